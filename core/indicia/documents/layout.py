"""The layout of a table on a page of paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from indicia.documents.blocks import TextTable

_PORTRAIT, _LANDSCAPE = 345.0, 550.0
"""The width of a line in the class article, in portrait and in landscape, in points."""

_EM = {10: 10.0, 9: 9.25, 8: 8.5, 7: 8.0, 6: 7.4}
"""The width of an em by the size of the letters, in points: Computer Modern is wider in small sizes."""

UPRIGHT = 90.0
"""The greatest height of an upright heading in points; a longer heading has two lines."""

LINE_LETTERS = 14
"""The greatest width of a line of text in a cell, in letters M; a longer text is broken into lines."""


@dataclass(frozen=True)
class Layout:
    """The orientation, letter size and gaps of a table on its page."""

    landscape: bool
    size: int
    """The size of the letters, in points."""
    gap: float = 12.0
    """The space between two columns, in points."""
    upright: bool = False
    """True if the headings of columns of numbers are upright."""

    @property
    def room(self) -> float:
        """The width of a line, in points."""
        return _LANDSCAPE if self.landscape else _PORTRAIT


_LAYOUTS = (
    *(Layout(landscape, size, gap) for landscape in (False, True) for size, gap in ((10, 12.0), (9, 10.0), (8, 8.0))),
    *(Layout(True, size, gap=5.0, upright=True) for size in (8, 7, 6)),
)


def parts_of(table: TextTable) -> list[tuple[TextTable, Layout]]:
    """Return a table with its layout; a table that is wider than a page is split into parts."""
    for layout in _LAYOUTS:
        if sum(widths := column_widths(table, layout)) <= layout.room:
            return [(table, layout)]
    left = min(table.repeated, len(widths) - 1)
    room = layout.room - sum(widths[:left])
    parts: list[list[int]] = [[]]
    for at in range(left, len(widths)):
        if parts[-1] and sum(widths[other] for other in (*parts[-1], at)) > room:
            parts.append([])
        parts[-1].append(at)
    return [(table.of_columns([*range(left), *part]), layout) for part in parts]


def column_widths(table: TextTable, layout: Layout) -> list[float]:
    """Estimate the width of each column with its gap, in points."""
    widths = []
    for at, heading in enumerate(table.headings):
        cells, wide = cells_width(table, at, layout.size), text_width(heading, layout.size)
        if not table.numbers[at]:
            cells = min(cells, LINE_LETTERS * layout.size)
        if layout.upright and table.numbers[at]:
            lines = min(wide, 1.3 * layout.size * (2 if wide > UPRIGHT else 1))
            widths.append(layout.gap + max(cells, lines))
            continue
        words = heading.split() if heading.isascii() else [heading[: max(2, len(heading) // 3 + 1)]]
        longest = max((1.1 * text_width(word, layout.size) for word in words), default=0.0)
        widths.append(layout.gap + max(cells, min(1.1 * wide, max(longest, wide / 2.5))))
    return widths


def cells_width(table: TextTable, at: int, size: int) -> float:
    """Estimate the width of the longest cell of a column in points."""
    return max((text_width(row[at], size) for row in table.rows), default=0.0)


def text_width(text: str, size: int) -> float:
    """Estimate the width of a text in points."""
    letters = sum(1.0 if east_asian_width(mark) in "WF" else 0.72 if mark.isupper() else 0.5 for mark in text)
    return letters * _EM[size]
