"""Long tables of results, with their code book."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import polars as pl

from indicia.data import escape_formulas, numbers, render
from indicia.definition import ROOT, Leaf, Part, languages_of, text, unit_of_measure
from indicia.documents.blocks import TextTable
from indicia.documents.markdown import markdown
from indicia.documents.table_words import word
from indicia.run import IMPUTED_SHARE, band_names, numbers_of_bands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indicia.outputs import ExportOptions, Files
    from indicia.result import Result


_STATUS = {"A": "status_normal", "I": "status_imputed", "E": "status_estimated", "O": "status_missing"}
"""The words of the codes of CL_OBS_STATUS that Indicia writes; other codes come from the data."""
_MEASURES = {
    "VALUE": "measure_value",
    "NORMALISED": "measure_normalised",
    "SCORE": "measure_score",
    "RANK": "measure_rank",
    "BAND": "measure_band",
    "IMPUTED_SHARE": "imputed_share",
    "OBSERVED": "measure_observed",
}


@dataclass(frozen=True)
class CodebookEntry:
    """A column of a long table, or a code in a column; texts are by language."""

    column: str
    code: str
    """The code; empty for the column itself."""
    name: Mapping[str, str]
    kind: str = ""
    """indicator, dimension, index or bands; empty for other codes."""
    level: int | None = None
    """0 for the index, 1 for its components, …"""
    parents: tuple[str, ...] = ()
    direction: str = ""
    unit: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)


def codebook_languages(result: Result, language: str | None = None) -> tuple[str, ...]:
    """Return the languages of the names in the index file; without any, the language of the reader."""
    return languages_of(result.definition) or (language or "en",)


def codebook(result: Result, table: pl.DataFrame, languages: Sequence[str]) -> list[CodebookEntry]:
    """Return an entry for each column of a long table, and for each code of its coded columns."""
    entries = [CodebookEntry(name, "", _words(f"column_{name}", languages)) for name in table.columns]
    entries += [_measure(code, languages) for code in _codes(table, "MEASURE")]
    codes = _codes(table, "INDICATOR")
    entries += [entry for entry in _variables(result, languages) if entry.code in codes]
    entries += [CodebookEntry("UNIT_MEASURE", "IX", _words("unit_index", languages))]
    for code in _codes(table, "OBS_STATUS"):
        entries.append(CodebookEntry("OBS_STATUS", code, _words(_STATUS.get(code, "status_of_data"), languages)))
    return entries


def codebook_frame(entries: Iterable[CodebookEntry], languages: Sequence[str]) -> pl.DataFrame:
    """Return a codebook as a table, with a column of names for each language if there are several."""

    def columns(name: str, texts: Mapping[str, str]) -> dict[str, str | None]:
        if len(languages) == 1:
            return {name: texts.get(languages[0]) or None}
        return {f"{name}_{language}": texts.get(language) or None for language in languages}

    rows = [
        {
            "column": entry.column,
            "code": entry.code or None,
            **columns("name", entry.name),
            "kind": entry.kind or None,
            "level": entry.level,
            "parents": "; ".join(entry.parents) or None,
            "direction": entry.direction or None,
            **columns("unit_of_measure", entry.unit),
            **columns("source", entry.source),
        }
        for entry in entries
    ]
    kinds = {name: pl.Int64 if name == "level" else pl.String for name in rows[0]}
    return pl.DataFrame(rows, schema=kinds)


def codebook_in_markdown(result: Result, entries: Sequence[CodebookEntry], languages: Sequence[str]) -> str:
    """Return a codebook for people, in the first of its languages, with all names."""
    language = languages[0]
    title = f"{text(result.definition.name, language)}: {word('codebook', language)}"
    parts = [_printed(title, [entry for entry in entries if not entry.code], languages)]
    for column in dict.fromkeys(entry.column for entry in entries if entry.code):
        codes = [entry for entry in entries if entry.code and entry.column == column]
        parts.append(_printed(column, codes, languages))
    return markdown("", parts)


def _printed(caption: str, entries: Sequence[CodebookEntry], languages: Sequence[str]) -> TextTable:
    """Return entries as a table of texts, without the columns that are empty."""
    frame = codebook_frame(entries, languages).with_columns(pl.col("level").cast(pl.String)).fill_null("")
    if any(entry.code for entry in entries):
        frame = frame.drop("column")
    table = TextTable(frame.columns, frame.rows(), [False] * frame.width, caption)
    return table.without_empty_columns()


def _measure(code: str, languages: Sequence[str]) -> CodebookEntry:
    if code in _MEASURES:
        return CodebookEntry("MEASURE", code, _words(_MEASURES[code], languages))
    group = code.removeprefix("RANK_")
    return CodebookEntry("MEASURE", code, {language: word("rank_of", language, group=group) for language in languages})


def _variables(result: Result, languages: Sequence[str]) -> Iterator[CodebookEntry]:
    """Yield the entries of indicators, dimensions, the index and its bands."""
    tree, definition = result.scored.tree, result.definition
    yield CodebookEntry("INDICATOR", ROOT, _in(definition.name, ROOT, languages), "index", 0)
    for part in tree.descendants():
        spec = definition.dimensions.get(part.id) or definition.indicators[part.id]
        kind = "indicator" if isinstance(part, Leaf) else "dimension"
        common = ("INDICATOR", part.id, _in(spec.name, part.id, languages), kind)
        parents = tree.parents[part.id]
        if not isinstance(part, Leaf):
            yield CodebookEntry(*common, part.level, parents, part.direction if part.opposes_parent else "")
            continue
        yield CodebookEntry(
            *common,
            1 + max(_level(tree.nodes(), parent) for parent in parents),
            parents,
            part.spec.direction,
            {language: unit_of_measure(part, language) for language in languages},
            _in(definition.source_for_readers(part.spec.source), "", languages),
        )
    for name, bands in definition.bands.items():
        yield CodebookEntry("INDICATOR", name, _in(bands.name, name, languages), "bands")


def _level(nodes: Iterable[Part], name: str) -> int:
    return next(node.level for node in nodes if node.id == name and not isinstance(node, Leaf))


def _codes(table: pl.DataFrame, column: str) -> list[str]:
    return table[column].drop_nulls().unique(maintain_order=True).to_list()


def _in(value: object, default: str, languages: Sequence[str]) -> dict[str, str]:
    """Return a text of the index file by language."""
    return {language: text(value, language, default) for language in languages}  # type: ignore[arg-type]


def _words(key: str, languages: Sequence[str]) -> dict[str, str]:
    return {language: word(key, language) for language in languages}


STATUS = {"normal": "A", "imputed": "I", "estimated": "E", "missing": "O"}
"""Codes of the SDMX list CL_OBS_STATUS 2.0; estimated values are treated, capped or simulated."""


def long_table(result: Result, language: str | None = None) -> pl.DataFrame:
    """Return every value of a result: indicators as prepared and normalised, scores of all nodes, ranks of the index.

    MEASURE is VALUE (as prepared), NORMALISED, SCORE, RANK, or RANK_ with a column of groups. The unit of measure IX
    means an index. BAND is the number of the band in the classification INDICATOR, and OBS_COMMENT its name. If values
    are imputed, IMPUTED_SHARE is the share of the weight of the index that rests on imputed values, and OBS_COMMENT
    marks the scores that are computed from imputed values. VALUE and OBSERVED are absent if the index does not publish
    raw values. If values have attributes, OBSERVED is such a value as the table has it, with its own OBS_STATUS, and
    with the columns TIME_DETAIL (its year), SOURCE_DETAIL and STANDARD_ERROR.

    >>> import indicia
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "income": [3.0, 9.0]})
    >>> long = long_table(indicia.score(table))
    >>> long.filter(MEASURE="SCORE").select("REF_AREA", "INDICATOR", "OBS_VALUE", "OBS_STATUS").rows()
    [('Lima', 'index', 0.0, 'A'), ('Oslo', 'index', 1.0, 'A')]
    """
    long = pl.concat(_columns(result, language))
    if result.attributes.is_empty() or not result.definition.publishes_raw_values:
        return long
    return pl.concat([long, _observed(result, language)], how="diagonal")


def _observed(result: Result, language: str | None) -> pl.DataFrame:
    """Return the values with attributes as the table has them."""
    period, specs = result.definition.data.period, result.definition.indicators
    labels = {name: text(spec.name, language, name) for name, spec in specs.items()}
    units = {name: text(spec.unit, language) or None for name, spec in specs.items()}
    value, status = pl.col("value").fill_nan(None), pl.col("status")
    return result.attributes.select(
        pl.col(result.unit).cast(pl.String).alias("REF_AREA"),
        TIME_PERIOD=pl.col(period).cast(pl.String) if period else pl.lit(None, pl.String),
        MEASURE=pl.lit("OBSERVED"),
        INDICATOR=pl.col("indicator"),
        INDICATOR_LABEL=pl.col("indicator").replace(labels),
        OBS_VALUE=value,
        UNIT_MEASURE=pl.col("indicator").replace_strict(units, return_dtype=pl.String),
        OBS_STATUS=status.fill_null(
            pl.when(value.is_null()).then(pl.lit(STATUS["missing"])).otherwise(pl.lit(STATUS["normal"]))
        ),
        OBS_COMMENT=pl.lit(None, pl.String),
        TIME_DETAIL=pl.col("year").cast(pl.String),
        SOURCE_DETAIL=pl.col("source"),
        STANDARD_ERROR=pl.col("standard_error"),
    )


def _columns(result: Result, language: str | None) -> Iterator[pl.DataFrame]:
    scored, definition = result.scored, result.definition
    period = definition.data.period
    keys = scored.units.select(
        pl.col(result.unit).cast(pl.String).alias("REF_AREA"),
        (pl.col(period).cast(pl.String) if period else pl.lit(None, pl.String)).alias("TIME_PERIOD"),
    )
    cells = _changed_values(result, keys)

    unchanged = keys.with_columns(code=pl.lit(None, pl.String), comment=pl.lit(None, pl.String)).select(
        "code", "comment"
    )

    def column(
        measure: str, name: str, label: str, unit: str, values: pl.Series, simulated: bool = False
    ) -> pl.DataFrame:
        default_code, default_comment = (STATUS["estimated"], "simulated") if simulated else (STATUS["normal"], None)
        frame = keys.hstack(cells.get((measure, name), unchanged).get_columns()).with_columns(
            pl.Series("value", numbers(values)).fill_nan(None)
        )
        status = pl.col("code").fill_null(default_code)
        return frame.select(
            "REF_AREA",
            "TIME_PERIOD",
            MEASURE=pl.lit(measure),
            INDICATOR=pl.lit(name),
            INDICATOR_LABEL=pl.lit(label),
            OBS_VALUE=pl.col("value"),
            UNIT_MEASURE=pl.lit(unit or None, pl.String),
            OBS_STATUS=pl.when(pl.col("value").is_null()).then(pl.lit(STATUS["missing"])).otherwise(status),
            OBS_COMMENT=pl.col("comment").fill_null(pl.lit(default_comment, pl.String)),
        )

    for leaf in scored.tree.leaves():
        label = text(leaf.spec.name, language, leaf.id)
        unit, simulated = unit_of_measure(leaf, language), leaf.spec.simulated
        if definition.publishes_raw_values:
            yield column("VALUE", leaf.id, label, unit, scored.prepared[leaf.id], simulated)
        yield column("NORMALISED", leaf.id, label, "IX", scored.normalised[leaf.id], simulated)
    for node in scored.tree.nodes():
        name = definition.dimensions[node.id].name if node.id in definition.dimensions else definition.name
        yield column("SCORE", node.id, text(name, language, node.id), "IX", scored.nodes[node.id])
    for name in scored.ranks.columns:
        label = text(definition.name, language)
        yield column("RANK" + name.removeprefix("rank").upper(), scored.tree.id, label, "NUMBER", scored.ranks[name])
    for name, bands in definition.bands.items():
        number = pl.Series(numbers_of_bands(result.bands_of_rows[name], bands))
        comment = band_names(result.bands_of_rows[name], bands, language) if bands.has_names else None
        cells["BAND", name] = unchanged.with_columns(comment=comment)
        yield column("BAND", name, text(bands.name, language, name), "NUMBER", number)
    if IMPUTED_SHARE in result.scores.columns:
        label = text(definition.name, language)
        yield column("IMPUTED_SHARE", scored.tree.id, label, "NUMBER", result.scores[IMPUTED_SHARE])


def _changed_values(result: Result, keys: pl.DataFrame) -> dict[tuple[str, str], pl.DataFrame]:
    """Return the codes and comments of columns with changed values, a row per unit."""
    changes: dict[tuple[str, str], pl.DataFrame] = {}
    for change in result.scored.changes:
        measure = "NORMALISED" if change.stage in ("clip", "missing") else "VALUE"
        code = STATUS["imputed"] if change.stage in ("imputation", "missing") else STATUS["estimated"]
        # A transform changes the scale of all values; a replaced missing value enters only the score of the parent.
        if change.stage in ("transform", "missing"):
            continue
        for name in change.after.columns:
            before, after = change.before[name], change.after[name]
            differs = before.ne_missing(after)
            comment = pl.format(
                "{}: {} to {}, {}",
                pl.lit(change.stage),
                pl.Series(before).cast(pl.String).fill_null("missing"),
                pl.Series(after).cast(pl.String).fill_null("missing"),
                change.reasons(name),
            )
            new = keys.select(
                pl.when(differs).then(pl.lit(code)).alias("code"), pl.when(differs).then(comment).alias("comment")
            )
            old = changes.get((measure, name))
            if old is not None:
                both = pl.concat_str(old["comment"], new["comment"], separator="; ", ignore_nulls=True)
                either = old["comment"].is_not_null() | new["comment"].is_not_null()
                new = keys.select(
                    pl.coalesce(old["code"], new["code"]).alias("code"),
                    pl.when(either).then(both).alias("comment"),
                )
            changes[measure, name] = new
            if change.stage == "imputation":
                flags = [pl.when(differs).then(pl.lit(value)) for value in (code, change.stage)]
                changes["NORMALISED", name] = keys.select(code=flags[0], comment=flags[1])
    for node in result.scored.tree.nodes():
        if node.id in result.imputed.values.columns:
            computed = pl.when(result.imputed.values[node.id]).then(pl.lit("computed from imputed values"))
            changes["SCORE", node.id] = keys.select(code=pl.lit(None, pl.String), comment=computed)
    return changes


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
