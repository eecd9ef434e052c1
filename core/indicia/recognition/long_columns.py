"""The columns of a table that may be long, by their names and cells: values, periods, units, texts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.layouts import PERIOD, SDMX_ATTRIBUTES
from indicia.recognition.cells import cell_class
from indicia.recognition.names import is_name, rank_of, split_part
from indicia.recognition.words import plain_words

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_CELLS = 200
"""The cells of a column of text that are read to see whether they are numbers."""


_FIRST_CELLS = 20
"""The cells by which a column with fractions is known at once."""


@dataclass(frozen=True)
class LongColumns:
    """The columns of a table that may be long, by what their names and cells say."""

    frame: pl.DataFrame
    value: str | None
    """The column of the values; None if no column or several columns may hold them."""
    evident: bool
    """True if the name of the value column says that it holds values."""

    @cached_property
    def texts(self) -> list[str]:
        """The columns of text: names, codes and descriptions."""
        return [
            name
            for name in self.others
            if self.frame.schema[name].is_(pl.String) and name not in self.periods and not self.is_empty(name)
        ]

    @cached_property
    def others(self) -> list[str]:
        """The columns without that of the values, and without the attributes of SDMX."""
        return [name for name in self.frame.columns if name != self.value and name.lower() not in SDMX_ATTRIBUTES]

    @cached_property
    def periods(self) -> list[str]:
        """The columns of periods; a column with the code of another is none."""
        names = [name for name in self.others if is_period(self.frame[name])]
        plain = [name for name in names if not split_part(name)[1]]
        return plain if plain and all(self.determines(plain, name) for name in names) else names

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The number of different cells by column."""
        return {name: self.frame[name].n_unique() for name in self.frame.columns}

    @cached_property
    def units(self) -> list[str]:
        """The columns of text whose names say that they hold units; "unit" beside another is the unit of measure."""
        names = [name for name in self.texts if rank_of(name, "units") is not None]
        return [name for name in names if plain_words(name) != "unit" or len(names) == 1]

    def is_measure(self, name: str) -> bool:
        """Return True for a column whose name says that it holds units of measure or frequencies."""
        return rank_of(name, "measures") is not None or (plain_words(name) == "unit" and name not in self.units)

    def is_empty(self, name: str) -> bool:
        """Return True for a column without a cell."""
        return self.frame[name].null_count() == self.frame.height

    def count(self, *names: str) -> int:
        """Return the number of different rows of some columns."""
        columns = list(dict.fromkeys(names))
        if len(columns) == 1:
            return self.sizes[columns[0]]
        return int(self.frame.select(pl.struct(columns).n_unique()).item())

    def determines(self, by: Sequence[str], name: str) -> bool:
        """Return True if rows that are equal in `by` are equal in the column."""
        return not by or self.count(*by) == self.count(*by, name)

    def equal_to(self, name: str) -> list[str]:
        """Return the columns of text that name the same things as a column, and the column."""
        return [
            other
            for other in self.texts
            if self.sizes[other] == self.sizes[name] == self.count(name, other)
            and (self.sizes[name] > 1 or other == name)
        ]

    def is_key(self, *names: str) -> bool:
        """Return True if no two rows are equal in these columns."""
        return self.count(*names) == self.frame.height


def holds_numbers(column: pl.Series, *, empty: bool = False) -> bool:
    """Return True if more cells are numbers than texts; `empty` is the answer for a column without either."""
    if column.dtype.is_numeric():
        return True
    present = column.drop_nulls()
    if not len(present):
        return empty
    if column.dtype != pl.String:
        return False
    cells = present if len(present) <= MOST_CELLS else present.gather_every(len(present) // MOST_CELLS)
    classes = Counter(map(cell_class, cells))
    if not classes["number"] and not classes["text"]:
        return empty
    return classes["number"] > classes["text"]


def value_columns(frame: pl.DataFrame) -> list[str]:
    """Return the columns that may hold the values, those with the name of values first."""
    numbers = [
        name
        for name in frame.columns
        if name.lower() not in SDMX_ATTRIBUTES and holds_numbers(frame[name]) and not is_period(frame[name])
    ]
    ranks = {name: rank for name in numbers if (rank := rank_of(name, "values")) is not None}
    if ranks:
        # a column of typed numbers comes before one with texts such as "72.5 [71.0-73.9]"
        return sorted(ranks, key=lambda name: (not frame.schema[name].is_numeric(), ranks[name]))
    return [name for name in numbers if not is_code(frame[name])]


def is_period(column: pl.Series) -> bool:
    """Return True for a column of dates, of years, or of texts that name periods."""
    if column.dtype.is_temporal():
        return True
    named = rank_of(column.name, "periods") is not None
    if rank_of(column.name, "values") is not None:
        return False
    present = column.drop_nulls()
    if column.dtype.is_float() and (present.head(_FIRST_CELLS) % 1 != 0).any():
        return False
    if column.dtype.is_numeric():
        present = present.cast(pl.Float64)  # 2200 is too large for an integer of 8 bits
        years = present.is_between(1500, 2200) & (present % 1 == 0)
        return bool(len(present)) and bool(years.all()) and (named or (present.n_unique() > 1 and len(present) > 20))
    if column.dtype != pl.String or not len(present):
        return False
    cells = present.head(MOST_CELLS).str.strip_chars()
    return named or bool(cells.str.contains(rf"(?i)^(?:{_for_polars(PERIOD)})$").all())


def _for_polars(pattern: str) -> str:
    """Return a regular expression without assertions on neighbours, which polars does not have."""
    return re.sub(r"\(\?<?!\\d\)", "", pattern)


def is_code(column: pl.Series) -> bool:
    """Return True if the name of a column of whole numbers says that it holds a code or counts the rows."""
    if not column.dtype.is_integer():
        return False
    is_row = column.name == "" or re.match(r"(?i)unnamed: \d+$|(row)?(names?|index|id|no|nr)$", column.name)
    part = split_part(column.name)[1]
    return bool(is_row) or (part not in ("", "number") and not is_name(column.name))
