"""The observations on the notation of numbers, each with its columns and an example."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.notation import BRACKETS, to_numbers
from indicia.data.table_format import MISSING
from indicia.errors import join_names, pluralise
from indicia.recognition.cells import is_missing_mark
from indicia.recognition.decimal_marks import APOSTROPHES
from indicia.recognition.number_cells import NumberCell, marks_between, split_word
from indicia.recognition.observation import Observation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from indicia.data.table_format import NumberFormat
    from indicia.recognition.cells_of_numbers import CellsOfNumbers

_THOUSANDS_NAMES = {",": "the comma", ".": "the point", " ": "the space", "'": "the apostrophe", "_": "the underscore"}


@dataclass(frozen=True)
class _Notation:
    """A part of the notation of numbers, such as the percent sign, with the cells that show it."""

    rule: str
    shows: Callable[[NumberCell], bool]
    """Returns True for a cell that shows it."""
    content: str
    """The end of the sentence: the effect on the number."""
    remedy: str


def notation_observations(
    columns: Sequence[CellsOfNumbers], stated: NumberFormat, numbers: NumberFormat
) -> list[Observation]:
    """Return an observation for each word of the notation, with the columns that it applies to and an example."""
    parts = [*_decimal_and_thousands(columns, stated, numbers), *_marks_around(stated, numbers)]
    observations = [seen for part in parts if (seen := _observation(columns, numbers, part)) is not None]
    return observations + (_missing_marks(columns) if stated.missing == MISSING else [])


def _observation(columns: Sequence[CellsOfNumbers], numbers: NumberFormat, notation: _Notation) -> Observation | None:
    """Return the observation of a part of the notation; None if no number shows it."""
    cells = _first_cells(columns, notation.shows)
    if not cells:
        return None
    cell = next(iter(cells.values()))
    value = to_numbers(pl.Series([cell.text]), numbers)[0][0]
    if value is None:
        return None
    sentence = f'{join_names(cells)}: "{cell.text}" is read as {value:,.15g}, {notation.content}'
    return Observation(notation.rule, tuple(cells), sentence, "format", notation.remedy)


def _first_cells(columns: Sequence[CellsOfNumbers], shows: Callable[[NumberCell], bool]) -> dict[str, NumberCell]:
    """Return the first cell of each column for which a condition holds."""
    cells = ((column.name, next(filter(shows, column.numbers), None)) for column in columns)
    return {name: cell for name, cell in cells if cell is not None}


def _decimal_and_thousands(
    columns: Sequence[CellsOfNumbers], stated: NumberFormat, numbers: NumberFormat
) -> Iterator[_Notation]:
    """Yield the decimal mark, if it is the comma, and the separators of thousands."""
    separators = {"'" if mark in APOSTROPHES else mark for mark in numbers.thousands}
    names = " and ".join(_THOUSANDS_NAMES.get(mark, mark) for mark in sorted(separators))
    between = f"{names} between thousands"

    def has_thousands(cell: NumberCell) -> bool:
        kind, separator, _ = marks_between(cell.number)
        return kind in ("thousands", "both", "either") and separator in separators

    def has_comma(cell: NumberCell) -> bool:
        kind, _, decimal = marks_between(cell.number)
        return decimal == "," and kind != "thousands"

    if numbers.decimal != "." and stated.decimal == ".":
        example = next(iter(_first_cells(columns, has_comma).values()), None)
        has_both = example is not None and marks_between(example.number)[0] == "both"
        content = "with the comma as the decimal mark" + (f" and {between}" if has_both else "")
        yield _Notation("decimal_mark", has_comma, content, 'decimal = "," in [data] (--set data.decimal=,)')
    if numbers.thousands and not stated.thousands:
        remedy = f"thousands = {_listed(numbers.thousands)} in [data]"
        yield _Notation("thousands", has_thousands, f"with {between}", remedy)


def _marks_around(stated: NumberFormat, numbers: NumberFormat) -> Iterator[_Notation]:
    """Yield the signs and words before and after numbers."""
    magnitudes, units = dict(numbers.magnitudes), set(numbers.unit_marks)
    footnotes, flags = set(numbers.footnotes), set(numbers.flags)

    def has_footnote(cell: NumberCell) -> bool:
        words = {word for word, _ in cell.words}
        return bool(footnotes & {*cell.footnotes, *words}) or (cell.brackets and BRACKETS in footnotes)

    def has_unit(cell: NumberCell) -> bool:
        return cell.before in units or any({word, split_word(word)[1]} & units for word, _ in cell.words)

    def has_magnitude(cell: NumberCell) -> bool:
        return any(split_word(word)[0] in magnitudes for word, _ in cell.words)

    def has_flag(cell: NumberCell) -> bool:
        return any(gap and word in flags for word, gap in cell.words)

    if numbers.percent and not stated.percent:
        yield _Notation("percent", lambda cell: cell.percent, "without its percent sign", "percent = true in [data]")
    if magnitudes and not stated.magnitudes:
        factors = ", ".join(f"{word} = {factor:g}" for word, factor in magnitudes.items())
        content = f"times the magnitude after it: {factors}"
        yield _Notation("magnitudes", has_magnitude, content, "magnitudes = { … } in [data]")
    if units and not stated.unit_marks:
        yield _Notation(
            "unit_marks",
            has_unit,
            f"without {join_names(numbers.unit_marks)}",
            f"unit_marks = {_listed(numbers.unit_marks)} in [data]",
        )
    if footnotes and not stated.footnotes:
        remedy = f"footnotes = {_listed(numbers.footnotes)} in [data]"
        yield _Notation("footnotes", has_footnote, "without its footnote mark", remedy)
    if flags and not stated.flags:
        yield _Notation("flags", has_flag, "without its status flag", f"flags = {_listed(numbers.flags)} in [data]")
    remedy = "write it with plain digits for another reading"
    yield _Notation("odd_characters", lambda cell: cell.odd_sign, "with the plain form of its signs or digits", remedy)


def _missing_marks(columns: Sequence[CellsOfNumbers]) -> list[Observation]:
    marks_by_column = {column.name: column.missing for column in columns if column.missing}
    if not marks_by_column:
        return []
    marks = dict.fromkeys(mark for marks in marks_by_column.values() for mark in marks)
    count = sum(column.counts[mark] for column in columns for mark in column.missing)
    listed = join_names((f'"{mark}"' for mark in marks), 12)
    verb = "is" if count == 1 else "are"
    return [
        Observation(
            "missing_marks",
            tuple(marks_by_column),
            f"{join_names(marks_by_column, 12)}: {pluralise(count, 'cell')} with {listed} {verb} read as missing",
            "format" if all(map(_is_mark, marks)) else "question",
            "missing = […] in [data] lists the marks",
        )
    ]


def _is_mark(cell: str) -> bool:
    """Return True for a mark that people write for a missing value, and for a cell of punctuation."""
    return is_missing_mark(cell) or not any(map(str.isalnum, cell))


def _listed(marks: Iterable[str]) -> str:
    return json.dumps(list(marks), ensure_ascii=False)
