"""The marks beside numbers: units of measure, magnitudes, footnotes, status flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.data.notation import BRACKETS
from indicia.recognition.cells import vocabulary
from indicia.recognition.cells_of_numbers import CellsOfNumbers, is_unit, mark_and_flag, may_be_flag
from indicia.recognition.number_cells import NumberCell, is_currency, magnitude, split_word
from indicia.recognition.observation import Observation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.data.table_format import NumberFormat


@dataclass(frozen=True)
class MarksBesideNumbers:
    """The marks around the numbers of all columns."""

    units: tuple[str, ...]
    magnitudes: tuple[tuple[str, float], ...]
    footnotes: tuple[str, ...]
    flags: tuple[str, ...]
    questions: tuple[Observation, ...]


def marks_beside_numbers(columns: Sequence[CellsOfNumbers], stated: NumberFormat, decimal: str) -> MarksBesideNumbers:
    """Return the meaning of the marks around numbers: it depends on the share of the cells that have them."""
    units: dict[str, None] = {}
    magnitudes: dict[str, float] = {}
    flags = {flag: None for column in columns for cell in column.missing if (flag := mark_and_flag(cell)[1])}
    footnotes = dict.fromkeys(mark for column in columns for cell in column.numbers for mark in cell.footnotes)
    questions = []
    has_flags = bool(flags) or any(
        gap and may_be_flag(word) and not magnitude(word) and word not in vocabulary().units
        for column in columns
        for cell in column.numbers
        for word, gap in cell.words
    )
    for column in columns:
        for cell in column.numbers:
            if cell.before:
                units[cell.before] = None
            if decimal == "," and cell.number.endswith("."):
                footnotes["."] = None  # the point of an ordinal number
        if any(cell.brackets for cell in column.numbers):
            if any(cell.signed for cell in column.numbers):
                footnotes[BRACKETS] = None  # negative numbers have a minus already
            elif BRACKETS not in stated.footnotes:
                questions.append(_brackets(column))
        with_words = [cell for cell in column.numbers if cell.words]
        if not with_words:
            continue
        share = column.share(with_words)
        all_words = {word for cell in with_words for word, _ in cell.words}
        scaled = _magnitudes(with_words, all_words, share, stated)
        for cell in with_words:
            for word, gap in cell.words:
                factor, unit = split_word(word)
                if word in stated.unit_marks or word in stated.flags or word in stated.footnotes:
                    continue
                if factor and factor in scaled:
                    magnitudes[factor] = scaled[factor]
                    if unit:
                        units[unit] = None
                elif may_be_flag(word) and (share < 0.5 or (gap and has_flags)):
                    (flags if gap else footnotes)[word] = None
                elif is_unit(word) or _is_common(word, column):
                    units[word] = None
        lone = sorted(word for word in all_words if magnitude(word) and word in units)
        if lone and not scaled and share >= 0.5:
            questions.append(_lone_magnitude(column, lone[0]))
    return MarksBesideNumbers(tuple(units), tuple(magnitudes.items()), tuple(footnotes), tuple(flags), tuple(questions))


def _magnitudes(
    with_words: Sequence[NumberCell], words: set[str], share: float, stated: NumberFormat
) -> dict[str, float]:
    """Return the words of a column that multiply its numbers.

    A letter that can be a flag or a unit of measure does so only in company: of another magnitude, of a currency, or
    if it stands at nearly every number without a space.
    """
    if stated.magnitudes:
        return {}
    factors = {head: factor for word in words if (head := split_word(word)[0]) and (factor := magnitude(head))}
    clear = {word for word in factors if word.casefold() not in vocabulary().units and not may_be_flag(word)}
    # Two letters of magnitudes beside almost every number explain each other, as in 1.2m and 3.4b.
    in_company = len(factors) > 1 and share >= 0.5
    priced = share >= 0.5 and any(map(_has_currency, with_words))
    close = share >= 0.5 and not any(gap for cell in with_words for _, gap in cell.words)
    capital = {word for word in factors if close and word.casefold() in ("m", "k", "b")}
    return {
        word: factor for word, factor in factors.items() if word in clear or in_company or priced or word in capital
    }


def _is_common(word: str, column: CellsOfNumbers) -> bool:
    """Return True if a word stands beside four in five of the numbers of a column."""
    return column.share(cell for cell in column.numbers if any(word == other for other, _ in cell.words)) >= 0.8


def _has_currency(cell: NumberCell) -> bool:
    return is_currency(cell.before) or any(is_currency(word) for word, _ in cell.words)


def _brackets(column: CellsOfNumbers) -> Observation:
    cell = next(cell for cell in column.numbers if cell.brackets)
    digits = cell.text.strip().strip("()")
    return Observation(
        "brackets",
        (column.name,),
        f'{column.name}: "{cell.text}" is read as negative, -{digits}',
        "question",
        f'footnotes = ["()"] in [data] reads it as {digits} (--set \'data.footnotes=["()"]\')',
    )


def _lone_magnitude(column: CellsOfNumbers, word: str) -> Observation:
    cell = next(cell for cell in column.numbers if any(word == other for other, _ in cell.words))
    factor = magnitude(word) or 1.0
    return Observation(
        "unit_or_magnitude",
        (column.name,),
        f'{column.name}: "{cell.text}" is read as a number with "{word}" as a unit of measure and not as a magnitude',
        "question",
        f"magnitudes = {{ {word} = {factor:.0e} }} in [data] multiplies the numbers".replace("e+0", "e"),
    )
