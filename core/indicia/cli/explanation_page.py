"""The printed page of an explanation: title, headline, small tables, further sentences, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.cli.folding import WIDTH, fold
from indicia.cli.output import display_width, print_grid, print_line, print_section, shorten
from indicia.explanation.grids import heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.explanation.grids import Grid
    from indicia.explanation.outcome import Explanation

_NAMES, _TEXT = (18, 10), 11
"""The widths to which a first column, with the names of parts, and other columns are cut: names further if need be."""
_HEADING = 14
"""The width to which a heading, such as the name of a unit, is cut if the cells below it need no more."""


def print_explanation(explanation: Explanation, language: str | None) -> None:
    """Print an explanation in lines of 80 columns; a terminal gets the same lines."""
    names = explanation.reader_names(language)
    headline, *sentences = explanation.sentences(language)
    notes = [note.in_language(language, names) for note in explanation.notes]
    grids = explanation.grids(language)  # before anything is printed, since a table may raise an error
    print_line(fold(explanation.titled(language), 2))
    print_line(f"\n{fold(headline)}")
    for grid in grids:
        print_small_table(grid)
    if sentences:
        print_line("")
        for sentence in sentences:
            print_line(fold(sentence, 2))
    if notes:
        print_section(heading("heading_notes", language), (fold(note, 2) for note in notes))


def print_small_table(grid: Grid) -> None:
    """Print a small table in the width of a screen: long texts are cut, names least."""
    print_line(f"\n{grid.title}" if grid.title else "")
    limits = _limits(grid)
    headings = [shorten(heading, width) for heading, width in zip(grid.headings, limits, strict=True)]
    rows = [[_cut(cell, width, grid.shorter) for cell, width in zip(row, limits, strict=True)] for row in grid.rows]
    # headings may be equal, or empty, so that the columns at the right are padded here
    widths = [max(map(display_width, column)) for column in zip(headings, *rows, strict=True)]
    padded = [
        [" " * (width - display_width(cell)) + cell if place in grid.right else cell for cell in column]
        for place, (column, width) in enumerate(zip(zip(headings, *rows, strict=True), widths, strict=True))
    ]
    first, *others = zip(*padded, strict=True)
    print_grid(first, others)
    if grid.more:
        print_line(grid.more)


def _limits(grid: Grid) -> list[int]:
    """Return the width of each column: what its cells need, less what is too much for a screen.

    A heading gets `_HEADING` columns if the cells below it need less. Then the widest text is cut until the rows fit,
    names to no less than `_NAMES`, and others to no less than `_TEXT`; figures are not cut.
    """
    cells = [max(map(display_width, column)) for column in zip(*grid.rows, strict=True)]
    widths = [max(width, min(display_width(h), _HEADING)) for h, width in zip(grid.headings, cells, strict=True)]
    # the shorter text of a cell is not cut
    least = [
        max((display_width(grid.shorter.get(cell, "")) for cell in column), default=0)
        for column in zip(*grid.rows, strict=True)
    ]
    for name in _NAMES:
        while (excess := sum(widths) + 2 * (len(widths) - 1) - WIDTH) > 0:
            spare = {place: widths[place] - max(least[place], _TEXT if place else name) for place in sorted(grid.texts)}
            widest = max(spare, key=lambda place: spare[place])
            if spare[widest] <= 0:
                break
            widths[widest] -= min(excess, max(1, spare[widest] // 2))
    return widths


def _cut(name: str, width: int, shorter: Mapping[str, str]) -> str:
    """Cut a name to a width, and keep its indentation; a cell that has a shorter text gets this one."""
    if display_width(name) > width and name in shorter:
        return shorter[name]
    text = name.lstrip(" ")
    indent = len(name) - len(text)
    return " " * indent + shorten(text, width - indent)
