"""The files of a long table: the table, its codebook, and its metadata."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from indicia.data import escape_formulas, render
from indicia.definition import text
from indicia_report.files.codebook import codebook, codebook_frame, codebook_in_markdown, codebook_languages
from indicia_report.files.long import long_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from indicia.outputs import ExportOptions, Files
    from indicia.result import Result
    from indicia_report.files.codebook import CodebookEntry

_DELIMITERS = {"csv": ",", "tsv": "\t"}


def long_files(result: Result, options: ExportOptions) -> Files:
    """Return a long table, a codebook for programs and one for people, and metadata beside a table of text."""
    table, languages = long_table(result, options.language), codebook_languages(result, options.language)
    entries = codebook(result, table, languages)
    files = {
        ".codebook.csv": render(escape_formulas(codebook_frame(entries, languages)), "csv"),
        ".codebook.md": codebook_in_markdown(result, entries, languages).encode(),
    }
    if options.format == "parquet":
        return {"": render(table, "parquet"), **files}
    delimiter = _DELIMITERS[options.format]
    metadata = csvw_metadata(result, table, entries, languages, PurePath(options.file).name, delimiter)
    # a spreadsheet would read some texts as formulas
    content = render(escape_formulas(table), options.format)
    return {"": content, **files, f"{PurePath(options.file).suffix}-metadata.json": metadata.encode()}


KEYS = ("REF_AREA", "TIME_PERIOD", "MEASURE", "INDICATOR")
"""The columns whose values together occur once."""
_NUMBERS = {"OBS_VALUE", "STANDARD_ERROR"}
_ALWAYS = {"REF_AREA", "MEASURE", "INDICATOR", "OBS_STATUS"}
_SPDX = re.compile(r"(CC0|CC-BY|ODbL|ODC-By|PDDL|OGL|etalab|DL-DE|NLOD|MIT|BSD|Apache)[A-Za-z0-9.-]*-\d[\w.-]*")
"""Identifiers of licences of data in the list of SPDX; another licence is a text."""


def csvw_metadata(
    result: Result,
    table: pl.DataFrame,
    entries: Iterable[CodebookEntry],
    languages: Sequence[str],
    file: str,
    delimiter: str = ",",
) -> str:
    """Return the metadata of a long table as JSON: its columns with types and titles, its key, and its publication."""
    named = {entry.column: entry.name for entry in entries if not entry.code}
    metadata: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": languages[0]}],
        "@type": "Table",
        "url": quote(file),
        **({"dialect": {"delimiter": delimiter}} if delimiter != "," else {}),
        **_facts(result, languages),
        "tableSchema": {
            "columns": [_column(column, named[column.name]) for column in table],
            "primaryKey": [name for name in KEYS if _is_present(table[name])],
        },
    }
    return json.dumps(metadata, ensure_ascii=False, indent=1) + "\n"


def _column(column: pl.Series, name: Mapping[str, str]) -> dict[str, Any]:
    """Return the description of a column; its titles include its heading in the file."""
    return {
        "name": column.name,
        "titles": {language: [column.name, title] for language, title in name.items()},
        "datatype": _datatype(column),
        "required": column.name in _ALWAYS or (column.name in KEYS and _is_present(column)),
    }


def _datatype(column: pl.Series) -> str:
    if column.name in _NUMBERS:
        return "double"
    is_year = column.name in ("TIME_PERIOD", "TIME_DETAIL") and column.drop_nulls().str.contains(r"^\d{4}$").all()
    return "gYear" if is_year and column.count() else "string"


def _is_present(column: pl.Series) -> bool:
    return column.null_count() == 0


def _facts(result: Result, languages: Sequence[str]) -> dict[str, Any]:
    """Return title, publisher, licence and other facts of the publication, in the terms of Dublin Core."""
    definition = result.definition
    publication = definition.publication
    facts: dict[str, Any] = {
        "dc:title": _texts(definition.name, languages),
        "dc:description": result.methodology,
        "dc:source": [_texts(source, languages) for source in _sources(result)],
    }
    if publication:
        facts |= {
            "dc:publisher": _texts(publication.publisher, languages),
            "dc:creator": list(publication.authors),
            "dc:issued": publication.date,
            "schema:version": _texts(publication.edition, languages),
            "dc:license": _licence(publication.licence, languages),
            "dc:bibliographicCitation": _texts(publication.citation, languages),
            "dc:identifier": {"@id": f"https://doi.org/{publication.doi}"} if publication.doi else None,
            "dcat:landingPage": {"@id": publication.url} if publication.url else None,
            "dcat:contactPoint": _texts(publication.contact, languages),
        }
    return {key: value for key, value in facts.items() if value}


def _sources(result: Result) -> list[Any]:
    """Return the sources of the indicators for readers, each once."""
    found = []
    for spec in result.definition.indicators.values():
        source = result.definition.source_for_readers(spec.source)
        if source and source not in found:
            found.append(source)
    return found


def _licence(licence: Any, languages: Sequence[str]) -> Any:
    """Return the address of a licence in the list of SPDX, or its text."""
    if isinstance(licence, str) and licence.startswith(("https://", "http://")):
        return {"@id": licence}
    if isinstance(licence, str) and _SPDX.fullmatch(licence):
        return {"@id": f"https://spdx.org/licenses/{licence}"}
    return _texts(licence, languages)


def _texts(value: Any, languages: Sequence[str]) -> Any:
    """Return a text, or its languages."""
    if not isinstance(value, dict):
        return value
    return [{"@value": text(value, language), "@language": language} for language in languages if language in value]
