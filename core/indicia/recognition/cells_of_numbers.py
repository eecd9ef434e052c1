"""Columns in which most cells are numbers, with the parts of their cells."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from indicia.recognition.cells import cell_class, is_missing_mark, vocabulary
from indicia.recognition.number_cells import (
    NumberCell,
    common_tail,
    is_currency,
    magnitude,
    marks_between,
    split_cell,
    split_word,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from indicia.data.notation import Marks

_FIRST_CELLS = 60
"""The cells that show whether a column of texts may be one of numbers."""
_MOSTLY = 0.6
"""The least share of numbers among the cells of a column of numbers that are no marks of a missing value."""
_OF = re.compile(r"^(?:(?:de|of|di|do|da|des|von)\s+|d['’])")


@dataclass(frozen=True)
class CellsOfNumbers:
    """The distinct cells of a column in which most cells are numbers."""

    name: str
    numbers: Sequence[NumberCell]
    missing: Sequence[str]
    """Marks of a missing value that are not stated."""
    texts: Sequence[str]
    """The other cells."""
    counts: Mapping[str, int] = field(repr=False)

    @classmethod
    def of(cls, series: pl.Series, marks: Marks, is_first: bool) -> CellsOfNumbers | None:
        """Return a column of numbers; None for a column of names, codes or dates.

        The first column of a table has the names of its units more often than numbers with a unit of measure.
        """
        header = series.name.strip().casefold()
        cells = marks.removed(series).drop_nulls()
        first = cells.head(_FIRST_CELLS).to_list()
        tail = common_tail(dict.fromkeys(first, 1))
        if any(map(magnitude, tail.split())):
            tail = ""  # it multiplies the number
        names = sum(
            not _may_be_number(cell) and not (tail and cell.strip().endswith(tail)) and cell_class(cell) == "text"
            for cell in first
        )
        if names > (1 - _MOSTLY / 2) * len(first):
            return None
        distinct = cells.to_frame("cell").group_by("cell", maintain_order=True).len()
        counts = {cell: count for cell, count in distinct.rows() if cell.casefold() != header}
        if any(cell.lstrip("+-").startswith("0") and cell.lstrip("+-")[1:2].isdigit() for cell in counts):
            return None  # as numbers, codes such as 007 would lose their zeros
        numbers, missing, texts = [], [], []
        units = _repeated_words(counts) | {tail}
        for cell in counts:
            parts = _split_before(cell, tail) or split_cell(cell)
            if parts is not None and _is_number(parts, units):
                numbers.append(parts)
            elif is_missing_mark(cell) or not any(character.isalnum() or character == "%" for character in cell):
                missing.append(cell)
            else:
                texts.append(cell)
        if _few(texts, counts):
            # a word without digits can only be a missing value here
            words = [cell for cell in texts if not any(character.isdigit() for character in cell)]
            missing, texts = missing + words, [cell for cell in texts if cell not in words]
        if any(word and not _is_known(word) for word in units) and (is_first or _is_sequence(numbers)):
            return None  # names, such as "1 District" and "2 District"
        read = sum(counts[cell.text] for cell in numbers)
        others = sum(counts[cell] for cell in texts)
        if not read or read < _MOSTLY * (read + others) or (len(numbers) == 1 and read < 3 and others):
            return None
        return cls(series.name, numbers, missing, texts, counts)

    def share(self, cells: Iterable[NumberCell]) -> float:
        """Return the share of cells among the numbers."""
        return sum(self.counts[cell.text] for cell in cells) / sum(self.counts[cell.text] for cell in self.numbers)


def _repeated_words(counts: Mapping[str, int]) -> set[str]:
    """Return the words beside most of the numbers of a column, which are units of measure even if no list has them."""
    words: Counter[str] = Counter()
    total = 0
    for cell, count in counts.items():
        if (parts := split_cell(cell)) is not None:
            total += count
            words.update(dict.fromkeys((word for word, _ in parts.words), count))
    return {word for word, count in words.items() if count >= max(3, 0.8 * total)}


def _split_before(text: str, tail: str) -> NumberCell | None:
    """Return the parts of a cell before a tail of several words, which is its unit of measure."""
    if not tail or not text.strip().endswith(tail):
        return None
    cell = split_cell(text.strip().removesuffix(tail).strip())
    return None if cell is None or cell.words else replace(cell, text=text, words=((tail, True),))


def _is_sequence(numbers: Sequence[NumberCell]) -> bool:
    """Return True if the numbers are different whole numbers without a gap."""
    if not numbers or not all(cell.number.isdigit() for cell in numbers):
        return False
    values = sorted({int(cell.number) for cell in numbers})
    return len(values) == len(numbers) == values[-1] - values[0] + 1


def _may_be_number(text: str) -> bool:
    cell = split_cell(text)
    if cell is None:
        return False
    return not cell.before or is_currency(cell.before) or cell.before.casefold() in vocabulary().approximations


def _few(texts: Sequence[str], counts: Mapping[str, int]) -> bool:
    """Return True if texts are at most a fifth of the cells."""
    return 0 < 5 * sum(counts[text] for text in texts) <= sum(counts.values())


def _is_number(cell: NumberCell, units: set[str]) -> bool:
    """Return True if the marks around the digits belong to numbers; `units` are units of measure of the column."""
    if marks_between(cell.number)[0] == "wrong":
        return False
    # a word that no list has is a unit if it stands alone or after a magnitude
    alone = len(cell.words) == 1 or bool(magnitude(cell.words[0][0] if cell.words else ""))
    if not all((alone and word in units) or _is_known(word) for word, _ in cell.words):
        return False
    # a letter before digits is a code, such as S01
    return not cell.before or is_currency(cell.before) or cell.before.casefold() in vocabulary().approximations


def _is_known(word: str) -> bool:
    head, rest = split_word(word)
    return bool(head) or is_unit(rest) or may_be_flag(word)


def is_unit(word: str) -> bool:
    word = _OF.sub("", word)
    folded = word.casefold()
    return is_currency(word) or folded in vocabulary().units or folded.rstrip(".") in vocabulary().units


def may_be_flag(word: str) -> bool:
    """Return True for letters of flags; capital letters are flags, too, unless they are magnitudes or units."""
    if 0 < len(word) <= 2 and word.isupper() and not magnitude(word) and not is_unit(word):
        word = word.casefold()
    return 0 < len(word) <= 3 and all(letter in vocabulary().flags for letter in word)


def mark_and_flag(cell: str) -> tuple[str, str]:
    """Return the mark of a missing value, and the flag after it: ":" and "c" for ": c"."""
    mark, _, flag = cell.partition(" ")
    flag = flag.strip()
    return (mark, flag) if flag and not mark[-1:].isalnum() and may_be_flag(flag) else (cell, "")
