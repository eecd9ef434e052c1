"""Texts of cells, and words of the workbook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.documents import table_words
from indicia.messages.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from indicia.definition.methodology_section import Methodology

    Values: TypeAlias = npt.NDArray[Any]


_MESSAGES = Catalogue(Path(__file__).parent / "messages")


def word(key: str, language: str, **filled: object) -> str:
    """Return a text of the workbook, or one that it shares with tables for papers, in a language.

    >>> word("level", "zh", n=2)
    '第2级'
    """
    own = f"workbook.{key}"
    is_own = own in _MESSAGES.messages("en")
    return _MESSAGES.text(own, language, **filled) if is_own else table_words.word(key, language, **filled)


def sheet_sentence(sheet: str, methodology: Methodology, language: str) -> str:
    """Return the sentence that describes a sheet, by the key of its description."""
    suffix = "_worst" if sheet == "ranking" and methodology.rank_from == "worst" else ""
    return word(f"{sheet}_says{suffix}", language, ties=word(methodology.ties, language))


COMPARISON, SUM, PRODUCT, POWER, ATOM = range(5)
"""The precedence of the outermost operator of a formula."""

ROW = "\x01row:0\x02"
"""A placeholder for the number of the row that holds the formula."""

LONGEST = 1200
"""The most characters of an intermediate result; a longer one is written as a new column."""

LIMIT = 8192
"""The most characters of a formula."""

ARGUMENTS = 255
"""The most arguments of a function."""

_PLACES = re.compile("\x01(\\w+):(\\d+)\x02")


class NoFormula(ValueError):
    """A calculation has no spreadsheet formula."""


@dataclass(frozen=True)
class Column:
    """A column of a sheet with one row per unit."""

    sheet: str
    letters: str
    title: str
    first: int
    last: int

    @property
    def here(self) -> str:
        """The cell in the row of the formula."""
        return f"'{self.sheet}'!${self.letters}{ROW}"

    def at(self, table: str) -> str:
        """Return the cell of another row, by the name of a table of row offsets."""
        return f"'{self.sheet}'!${self.letters}{place(table, self.first)}"

    def to(self, other: Column) -> str:
        """Return the range from this column to another column, in the row of the formula."""
        return f"{self.here}:${other.letters}{ROW}"

    @property
    def all(self) -> str:
        """The range of all cells of the column."""
        return f"'{self.sheet}'!${self.letters}${self.first}:${self.letters}${self.last}"


def fill_rows(text: str, offsets: Mapping[str, Values]) -> list[str]:
    """Return the formula of each row, with row numbers in place of the placeholders.

    >>> import numpy as np
    >>> fill_rows(f"A{ROW}+1", {"row": np.array([6, 7, 8])})
    ['A6+1', 'A7+1', 'A8+1']
    """
    pieces = _PLACES.split(text)
    template, columns = pieces[0].replace("%", "%%"), {}
    for table, first, after in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        name = f"{table}{first}"
        columns[name] = offsets[table] + int(first)
        template += f"%({name})d" + after.replace("%", "%%")
    rows = zip(*(numbers.tolist() for numbers in columns.values()), strict=True)
    if not columns:
        return [text] * len(offsets["row"])
    return [template % dict(zip(columns, row, strict=True)) for row in rows]


def place(table: str, first: int) -> str:
    """Return a placeholder for a row number: `first` plus the offset of the row in a table of offsets.

    >>> import numpy as np
    >>> fill_rows("B" + place("period", 10), {"period": np.array([0, 3])})
    ['B10', 'B13']
    """
    return f"\x01{table}:{first}\x02"


def call(function: str, arguments: Sequence[str]) -> str:
    """Return the call of a function; more arguments than a call may have are split over nested calls.

    >>> call("MAX", ["A1", "B1"])
    'MAX(A1,B1)'
    >>> call("MAX", ["A1"] * 300).count("MAX")
    3
    """
    if len(arguments) <= ARGUMENTS:
        return f"{function}({','.join(arguments)})"
    parts = [arguments[at : at + ARGUMENTS] for at in range(0, len(arguments), ARGUMENTS)]
    return call(function, [call(function, part) for part in parts])


def count_numbers(cells: Sequence[str]) -> str:
    """Return the formula that counts the cells with a number.

    >>> count_numbers(["A1", "B1"])
    'COUNT(A1,B1)'
    """
    parts = [cells[at : at + ARGUMENTS] for at in range(0, len(cells), ARGUMENTS)]
    counts = [f"COUNT({','.join(part)})" for part in parts]
    return counts[0] if len(counts) == 1 else f"({'+'.join(counts)})"


def letters_of(number: int) -> str:
    """Return the letters of a column, counted from 0.

    >>> [letters_of(number) for number in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
