"""The parts of a document, before any format: headings, sentences, lists, formulas and tables of texts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from indicia.arguments import names_its_arguments

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


@dataclass(frozen=True)
class Heading:
    """The heading of the following blocks."""

    text: str
    name: str = ""
    """The name of the section on a page."""


@dataclass(frozen=True)
class Line:
    """A sentence."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    texts: Sequence[str]


@dataclass(frozen=True)
class Formula:
    """A formula in LaTeX."""

    latex: str


@dataclass(frozen=True)
class Strip:
    """A column with an interval for each row of a table, and a point within it, which a terminal draws on a line."""

    heading: str
    intervals: Sequence[Sequence[float | None]]
    """The lower end, the point and the upper end; nothing is drawn where one is missing."""
    place: int
    """The number of the columns before it."""

    @names_its_arguments
    def cells(self, width: int) -> list[str]:
        """Return the intervals as texts, on lines of a width from the smallest end to the largest.

        >>> Strip("rank", [(1, 2, 4), (3, 4, 5), (None, None, None)], 0).cells(9)
        ['──●────', '    ──●──', '']
        """
        known = [[end for end in interval if end is not None] for interval in self.intervals]
        ends = [end for interval in known for end in interval]
        first, step = min(ends, default=0), (max(ends, default=0) - min(ends, default=0)) / (width - 1) or 1
        return [_drawn([round((end - first) / step) for end in interval]) for interval in known]


def _drawn(at: Sequence[int]) -> str:
    if len(at) < 3:
        return ""
    lower, point, upper = at
    return " " * lower + "─" * (point - lower) + "●" + "─" * (upper - point)


@dataclass(frozen=True)
class TextTable:
    """A table of texts; spaces at the beginning of a first cell indent it."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[bool]
    """True for the columns that hold numbers."""
    caption: str = ""
    notes: Sequence[str] = ()
    """The sentences below the table, such as the number of the rows that are left out."""
    name: str = ""
    """The name of the table on a page and on the command line."""
    label: str = ""
    """The label in LaTeX."""
    language: str = "en"
    repeated: int = 1
    """The number of columns that name a row; each part of a split table begins with these columns."""
    cut: Collection[int] = ()
    """The columns that a narrow screen may cut; without any, the table is as wide as its texts."""
    shorter: Mapping[str, str] = field(default_factory=dict)
    """Cells, each with the text that replaces it on a screen that would cut it, such as a figure without its unit."""
    strip: Strip | None = None
    bars: int | None = None
    """The column of bars of text, which screens show and files leave out."""

    @names_its_arguments
    def of_columns(self, places: Sequence[int]) -> TextTable:
        """Return the table with some of its columns, counted from 0.

        >>> TextTable(["city", "rank"], [["Lima", "1"]], [False, True]).of_columns([1]).rows
        [('1',)]
        """
        return replace(
            self,
            headings=tuple(self.headings[place] for place in places),
            rows=[tuple(row[place] for place in places) for row in self.rows],
            numbers=[self.numbers[place] for place in places],
            cut=[at for at, place in enumerate(places) if place in self.cut],
            strip=self.strip and replace(self.strip, place=sum(place < self.strip.place for place in places)),
            bars=places.index(self.bars) if self.bars in places else None,
        )

    @property
    def without_bars(self) -> TextTable:
        """The table for a file; a heading that stands above the bars belongs to the figures before them.

        >>> table = TextTable(["part", "", "gap"], [["income", "+1", "│██"]], [False, True, False], bars=2)
        >>> table.without_bars.headings
        ('part', 'gap')
        """
        if self.bars is None:
            return self
        headings = [*self.headings]
        headings[self.bars - 1] = headings[self.bars - 1] or headings[self.bars]
        return replace(self, headings=headings).of_columns(
            [place for place in range(len(headings)) if place != self.bars]
        )

    @names_its_arguments
    def without_empty_columns(self, empty: Collection[str] = ("",)) -> TextTable:
        """Return the table without columns whose cells are all empty; the first column stays."""
        places = range(len(self.headings))
        return self.of_columns([at for at in places if at == 0 or any(row[at] not in empty for row in self.rows)])

    @property
    def with_minus_signs(self) -> TextTable:
        """The table with minus signs in place of the hyphens before negative numbers."""
        return replace(self, rows=[list(map(_signed, row, self.numbers)) for row in self.rows])


def split_indent(cell: str) -> tuple[int, str]:
    """Return the level of a cell, which two spaces before its text make, and the text.

    >>> split_indent("    income")
    (2, 'income')
    """
    text = cell.lstrip(" ")
    return (len(cell) - len(text)) // 2, text


def with_em_spaces(cell: str) -> str:
    """Return a cell with an em space for each level: formats of text drop spaces at the beginning of a cell."""
    level, text = split_indent(cell)
    return "\u2003" * level + text


def _signed(cell: str, is_number: bool) -> str:
    return f"−{cell[1:]}" if is_number and cell.startswith("-") and cell[1:2].isdigit() else cell


Block: TypeAlias = Heading | Line | Items | Formula | TextTable
