"""The format of a table: the settings by which its file is read, its numbers are written, and its rows are laid out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "None", "#N/A", "..", "...", "…")
"""The marks of a missing value that are read as missing unless the index file lists others."""


@dataclass(frozen=True)
class NumberFormat:
    """The notation of numbers in cells of text.

    >>> NumberFormat().plain
    True
    """

    decimal: str = "."
    """The decimal mark: a point or a comma."""
    thousands: tuple[str, ...] = ()
    """The separators of thousands; a space stands for every kind of space."""
    percent: bool = False
    """True if a percent sign may follow a number: "28.7 %" is 28.7."""
    unit_marks: tuple[str, ...] = ()
    """Currencies and units of measure before or after a number: "$", "€", "kg"."""
    magnitudes: tuple[tuple[str, float], ...] = ()
    """Words after a number that multiply it: ("bn", 1e9), ("亿", 1e8)."""
    footnotes: tuple[str, ...] = ()
    """Footnote marks after a number: "*", "[1]", "¹"."""
    flags: tuple[str, ...] = ()
    """Status flags after a number and a space, as Eurostat writes them: "p" in "12.3 p"."""
    missing: tuple[str, ...] = MISSING
    """The marks of a missing value."""

    @property
    def plain(self) -> bool:
        """True if numbers are written with a decimal point and nothing else."""
        return self == NumberFormat(missing=self.missing)


@dataclass(frozen=True)
class LongLayout:
    """A table with one row for each unit and indicator."""

    indicator: str
    """The column with the names of the indicators."""
    value: str
    """The column of the values."""
    keys: tuple[str, ...] = ()
    """The columns of units and periods, which stay; without them, those that do not describe the indicators."""


@dataclass(frozen=True)
class WideLayout:
    """A table with a column for each period, or for each indicator and period."""

    pattern: str
    """The names of these columns: "{period}", "{indicator} ({period})", "{period}_{indicator}".

    {unit} is a unit of measure in brackets, which follows the name of the indicator: "{indicator} {period} {unit}".
    """
    period: str = "year"
    """The name of the column of periods that the table gets."""
    value: str = "value"
    """The name of the column of values, if the pattern has no indicator."""


@dataclass(frozen=True)
class Join:
    """Another table with columns for the same units."""

    path: str
    on: tuple[tuple[str, str], ...]
    """The columns to match: the name in the main table, and the name in this one."""
    format: TableFormat = field(default_factory=lambda: TableFormat())


@dataclass(frozen=True)
class TableFormat:
    """The settings by which a file becomes a table with a row for each unit and period."""

    encoding: str = "utf-8"
    separator: str | None = None
    """The character between fields; None for the comma, semicolon, tab or bar that the header has most often."""
    skip_rows: int = 0
    """Rows (lines of a text, rows of a sheet) before the header."""
    header_rows: int = 1
    """Rows of the header, whose cells are joined to one name."""
    footer_rows: int = 0
    """Rows after the last row of the data, blank rows included."""
    range: str | None = None
    """The cells of a sheet to read: "B4:K60"."""
    columns: tuple[str, ...] = ()
    """The columns to read; all of them if empty."""
    hidden: Literal["skip", "read"] | None = None
    """Hidden rows and columns of a sheet; None skips them with a warning."""
    query: str | None = None
    """The query to a database."""
    table: str | None = None
    """The table of a database."""
    numbers: NumberFormat = NumberFormat()
    wide: WideLayout | None = None
    long: LongLayout | None = None
    without: tuple[str, ...] = ()
    """The names of rows that are no units: totals, notes, repeated headers."""
    joins: tuple[Join, ...] = ()
    keep_flags: bool = False
    """True if the flags of each column of numbers become a further column: see `flag_column`."""


def flag_column(column: str) -> str:
    """Return the name of the column with the status flags behind the numbers of another column.

    >>> flag_column("gdp")
    'gdp (flag)'
    """
    return f"{column} (flag)"


PLAIN = TableFormat()
"""A table of UTF-8 with one header row and plain numbers."""


@dataclass(frozen=True)
class TableAsRead:
    """A frame that has the form of the data already: it is neither converted nor joined again."""

    frame: pl.DataFrame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as a stream of Arrow, as of any other table."""
        return self.frame.__arrow_c_stream__(requested_schema)
