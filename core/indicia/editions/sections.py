"""The difference of two editions in sections: a heading, sentences, a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.documents.blocks import Heading, Items, TextTable
from indicia.editions.gained import gained
from indicia.editions.scenarios import CAUSES
from indicia.editions.sentences import change_sentences, data_sentences
from indicia.notes import Note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.documents.blocks import Block
    from indicia.editions.difference import EditionDifference

_COLUMNS: dict[str, str] = {
    "unit": "column_unit",
    "ranks": "column_ranks",
    "move": "column_move",
    "score_change": "column_score_change",
    "own": "column_own",
    "others": "column_others",
    "method": "column_method",
    "sample": "column_sample",
    "indicator": "column_indicator",
    "values": "column_values",
    "changed": "column_changed",
    "filled": "column_filled",
    "emptied": "column_emptied",
    "mean_change": "column_mean_change",
    "largest_change": "column_largest_change",
}
"""The sentences of `messages/editions.toml` that name the columns."""


def sections_of(
    difference: EditionDifference,
    language: str | None = None,
    movers: int = 25,
    rules: Sequence[Note] = (),
    *,
    for_author: bool = False,
    most_changes: int | None = None,
) -> list[Block]:
    """Return the headings, sentences and tables of the sections of a difference that are not empty.

    Parameters
    ----------
    difference : EditionDifference
        The difference of two editions.
    language : str, optional
        "en" or "zh"; other languages have names in the language, and English sentences.
    movers : int
        The most units in the table of movers.
    rules : sequence of Note
        The sentences of rules that hold.
    for_author : bool
        True: editions have the names of their files, and notes name options and commands.
    most_changes : int, optional
        The most changes of the methodology that are listed; by default all.
    """
    names = _names(difference, language, for_author=for_author)

    notes = (*difference.notes, *(difference.hints if for_author else ()))

    def sentences(notes: Sequence[Note]) -> tuple[str, ...]:
        return tuple(note.in_language(language, names) for note in notes)

    methodology = [*sentences(_on_methodology(difference))]
    if most_changes is not None and len(methodology) > most_changes:
        more = Note("more_changes", count=str(len(methodology) - most_changes))
        methodology = [*methodology[:most_changes], more.in_language(language, {})]
    sections: Mapping[str, tuple[Sequence[str], TextTable | None]] = {
        "rules": (sentences(rules), None),
        "movers": (sentences(difference.findings[1:]), _movers(difference, names, language, movers)),
        "methodology": (methodology, None),
        "revisions": (sentences(data_sentences(difference)), _revisions(difference, names, language)),
        "notes": (sentences(notes), None),
    }
    blocks: list[Block] = []
    for name, (lines, table) in sections.items():
        if lines or table:
            blocks.append(Heading(Note(f"heading_{name}").in_language(language, {}), name))
        blocks += [*([Items(lines)] if lines else []), *([table] if table else [])]
    return blocks


def headline(difference: EditionDifference, language: str | None = None, *, for_author: bool = False) -> str:
    """Return the first sentence: the editions, and the numbers of units that stayed, came and left."""
    return difference.findings[0].in_language(language, _names(difference, language, for_author=for_author))


def _names(difference: EditionDifference, language: str | None, *, for_author: bool) -> dict[str, str]:
    return difference.reader_names(language) if for_author else difference.published_names(language)


def _on_methodology(difference: EditionDifference) -> list[Note]:
    """Return the changes of the methodology in words; nothing if the editions cannot tell them, or share a run."""
    if not difference.have_methods or difference.share_a_run:
        return []
    return change_sentences(difference.published_changes) or [Note("no_methodology_changes")]


def _movers(
    difference: EditionDifference, names: Mapping[str, str], language: str | None, most: int
) -> TextTable | None:
    """Return the largest moves with their causes, in places gained, or in points without ranks."""
    frame = difference.movers.head(most)
    if frame.is_empty():
        return None
    digits = _digits(difference.units)
    what = "rank" if (frame["move"] != 0).any() else "score"
    columns: dict[str, list[str]] = {"unit": [names.get(unit, unit) for unit in frame["unit"]]}
    pairs = frame.select("rank_old", "rank_new").iter_rows()
    columns["ranks"] = [f"{_plain(old)} → {_plain(new)}" for old, new in pairs]
    columns["move"] = [_signed(gained(value), None) for value in frame["move"]]
    columns["score_change"] = [_signed(value, digits) for value in frame["score_change"]]
    causes = frame.select("unit").join(difference.causes, on="unit", how="left", maintain_order="left")
    for cause in CAUSES if not difference.causes.is_empty() else ():
        values = causes[f"{what}_{cause}"]
        columns[cause] = [_signed(gained(value), 1) if what == "rank" else _signed(value, digits) for value in values]
    kept = {name: cells for name, cells in columns.items() if any(cell not in ("–", "– → –") for cell in cells)}
    more = len(difference.movers) - len(frame)
    note = Note("more_movers", count=str(more)).in_language(language, {}) if more > 0 else ""
    caption = "caption_movers" if what == "rank" else "caption_movers_by_score"
    return _table("movers", caption, kept, language, note)


def _revisions(difference: EditionDifference, names: Mapping[str, str], language: str | None) -> TextTable | None:
    """Return the changed values by indicator."""
    frame = difference.published("revision_summary").filter(pl.col("changed") > 0)
    if frame.is_empty():
        return None
    columns = {"indicator": [names.get(name, name) for name in frame["indicator"]]}
    columns |= {name: [str(value) for value in frame[name]] for name in ("values", "changed", "filled", "emptied")}
    for name in ("mean_change", "largest_change"):
        if name in frame.columns:
            columns[name] = [_figure(value) for value in frame[name]]
    columns["unit"] = [names.get(unit, unit) if unit is not None else "–" for unit in frame["unit"]]
    return _table("revisions", "caption_revisions", columns, language)


def _table(
    name: str, caption: str, columns: Mapping[str, Sequence[str]], language: str | None, note: str = ""
) -> TextTable:
    return TextTable(
        [Note(_COLUMNS[column]).in_language(language, {}) for column in columns],
        list(zip(*columns.values(), strict=True)),
        [column not in ("unit", "indicator") for column in columns],
        Note(caption).in_language(language, {}),
        [note] if note else [],
        name=name,
        label=f"tab:diff-{name}",
        language="zh" if language == "zh" else "en",
    )


def _digits(units: pl.DataFrame) -> int:
    """Return the decimals of scores: four for scores up to 10, and two for larger scores."""
    largest = units.select(pl.max_horizontal(pl.col("score_old", "score_new").abs().max())).item()
    return 4 if largest is None or largest <= 10 else 2


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _signed(value: float | None, digits: int | None) -> str:
    """Write a change with its sign; 0 has none.

    >>> _signed(3.0, None), _signed(-0.125, 2), _signed(-0.001, 2), _signed(None, 1)
    ('+3', '-0.12', '0.00', '–')
    """
    if value is None:
        return "–"
    text = f"{value:+g}" if digits is None else f"{value:+.{digits}f}"
    return text if float(text) else text.lstrip("+-")


def _figure(value: float | None) -> str:
    """Write a change of raw values with four digits.

    >>> _figure(12345.6), _figure(-0.123456), _figure(None)
    ('+12,346', '-0.1235', '–')
    """
    if value is None:
        return "–"
    return f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.4g}"
