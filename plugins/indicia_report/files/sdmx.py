"""A result as SDMX-CSV 2.0, with the structure of its data as SDMX-ML 3.0.

References
----------
SDMX (2021), SDMX-CSV 2.0 field guide, https://github.com/sdmx-twg/sdmx-csv
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import normalize

import polars as pl

from indicia.data import escape_formulas, render
from indicia.definition import text
from indicia.tables.names import reader_names
from indicia_report.files.codebook import codebook, codebook_languages
from indicia_report.files.long import long_table
from indicia_report.files.sdmx_structure import Component, Structure, structure_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.outputs import ExportOptions, Files
    from indicia.result import Result
    from indicia_report.files.codebook import CodebookEntry

VERSION = "1.0.0"
_CODED = ("MEASURE", "INDICATOR", "OBS_STATUS")
_ATTRIBUTES = ("UNIT_MEASURE", "OBS_STATUS", "OBS_COMMENT", "TIME_DETAIL", "SOURCE_DETAIL", "STANDARD_ERROR")
_CODE = re.compile(r"[A-Za-z0-9_$][A-Za-z0-9_@$-]*")
"""A code of SDMX that no spreadsheet reads as a formula."""
_TIME = r"^\d{4}(-(\d\d(-\d\d)?|A1|S[12]|T[1-3]|Q[1-4]|M\d\d|W\d\d|D\d{3}))?$"
"""The periods of time that SDMX knows."""


def sdmx_files(result: Result, options: ExportOptions) -> Files:
    """Return a result as SDMX-CSV, and its data structure, dataflow, concepts and codes beside it."""
    table, languages = long_table(result, options.language), codebook_languages(result, options.language)
    entries = codebook(result, table, languages)
    codes = {column: _codes_of(table[column].drop_nulls().unique(maintain_order=True)) for column in _CODED}
    period = _period(table)
    columns = {
        "REF_AREA": pl.col("REF_AREA"),
        **{name: pl.col(name).replace(codes[name]) for name in ("MEASURE", "INDICATOR")},
        **({period: pl.col("TIME_PERIOD")} if period else {}),
        "OBS_VALUE": pl.col("OBS_VALUE").cast(pl.String).fill_null("NaN"),  # SDMX 3.0: a number that is missing
        **{name: pl.col(name) for name in _ATTRIBUTES if name in table.columns},
        "OBS_STATUS": pl.col("OBS_STATUS").replace(codes["OBS_STATUS"]),
    }
    structure = Structure(
        agency=_agency(result),
        name=_slug(text(result.definition.name)) or "INDEX",
        version=VERSION,
        titles={language: text(result.definition.name, language) for language in languages},
        components=tuple(_components(result, columns, period, codes, entries, languages)),
        date=result.definition.publication.date if result.definition.publication else None,
    )
    frame = table.select(
        pl.lit("dataflow").alias("STRUCTURE"),
        pl.lit(structure.dataflow).alias("STRUCTURE_ID"),
        pl.lit("I").alias("ACTION"),
        *(column.alias(name) for name, column in columns.items()),
    )
    return {"": render(escape_formulas(frame), "csv"), ".structure.xml": structure_message(structure)}


def _period(table: pl.DataFrame) -> str | None:
    """Return the dimension of the periods; None without periods, PERIOD for periods that are no time of SDMX."""
    periods = table["TIME_PERIOD"]
    if periods.null_count() == len(periods):
        return None
    return "TIME_PERIOD" if periods.fill_null("").str.contains(_TIME).all() else "PERIOD"


def _components(
    result: Result,
    columns: Iterable[str],
    period: str | None,
    codes: Mapping[str, Mapping[str, str]],
    entries: Sequence[CodebookEntry],
    languages: Sequence[str],
) -> Iterable[Component]:
    """Yield the components of the data structure in the order of the columns."""
    titles = {entry.column: entry.name for entry in entries if not entry.code}
    roles = {"OBS_VALUE": "measure", "TIME_PERIOD": "time", **dict.fromkeys(_ATTRIBUTES, "attribute")}
    for name in columns:
        names: dict[str, Mapping[str, str]] | None = None
        if name == "REF_AREA":
            names = _areas(result, languages)
        elif name in codes:
            by_code = {entry.code: entry.name for entry in entries if entry.code and entry.column == name}
            names = {codes[name][code]: by_code[code] for code in codes[name]}
        title = titles["TIME_PERIOD" if name == period else name]
        kind = "Double" if name in ("OBS_VALUE", "STANDARD_ERROR") else "String"
        originals = {written: code for code, written in codes.get(name, {}).items() if written != code}
        yield Component(name, roles.get(name, "dimension"), title, kind, names, originals)


def _areas(result: Result, languages: Sequence[str]) -> dict[str, Mapping[str, str]] | None:
    """Return the names of the units by code; None if a unit has a name that is no code."""
    units, data = result.scored.units, result.definition.data
    keys = units[result.unit].cast(pl.String).to_list()
    if not all(key and _CODE.fullmatch(key) for key in keys):
        return None
    names = {language: reader_names(units, data, language) for language in languages}
    return {key: {language: names[language][at] for language in languages} for at, key in enumerate(keys)}


def _codes_of(values: Iterable[str]) -> dict[str, str]:
    """Return a code of SDMX for each text; texts that are codes stay as they are.

    >>> _codes_of(["gdp", "CO₂ per head", "CO2 per-head", "收入"])
    {'gdp': 'gdp', 'CO₂ per head': 'CO2_per_head', 'CO2 per-head': 'CO2_per-head', '收入': 'CODE_1'}
    """
    values = list(values)
    codes = {value: value for value in values if _CODE.fullmatch(value)}
    used = set(codes.values())
    for value in values:
        if value in codes:
            continue
        ascii_text = normalize("NFKD", value).encode("ascii", "ignore").decode()
        stem = re.sub(r"[^A-Za-z0-9_@$-]+", "_", ascii_text).strip("_@-") or "CODE"
        candidates = (stem if number == 0 else f"{stem}_{number}" for number in range(stem == "CODE", len(values) + 2))
        codes[value] = next(code for code in candidates if code not in used)
        used.add(codes[value])
    return {value: codes[value] for value in values}


def _agency(result: Result) -> str:
    """Return the publisher as the identifier of an agency."""
    publication = result.definition.publication
    return _slug(text(publication.publisher) if publication else "") or "INDICIA"


def _slug(name: str) -> str:
    """Return a name as an identifier, which begins with a letter; empty without Latin letters."""
    words = re.findall("[A-Z0-9]+", normalize("NFKD", name).encode("ascii", "ignore").decode().upper())
    return re.sub("^[^A-Z]+", "", "_".join(words))[:60].rstrip("_")
