"""The codebook of a long table: its columns, and the codes in them, with their names in the languages of the index."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import ROOT, Leaf, languages_of, text, unit_of_measure
from indicia.documents.blocks import TextTable
from indicia.documents.markdown import markdown
from indicia.documents.table_words import word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indicia.definition import Part
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
