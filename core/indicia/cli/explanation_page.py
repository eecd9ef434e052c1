"""The printed page of an explanation: title, headline, small tables, further sentences, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.cli.folding import WIDTH, fold
from indicia.cli.output import display_width, print_grid, print_line, print_section, shorten

if TYPE_CHECKING:
    from indicia.explanation.grids import Grid
    from indicia.explanation.outcome import Explanation

_LEAST = 12
"""The least width of a first column, which names the parts."""
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
        print_section_of(grid)
    if sentences:
        print_line("")
        for sentence in sentences:
            print_line(fold(sentence, 2))
    if notes:
        print_section("说明" if language == "zh" else "Notes", (fold(note, 2) for note in notes))


def print_section_of(grid: Grid) -> None:
    """Print a small table, whose first column is cut to the width of a screen."""
    print_line(f"\n{grid.title}" if grid.title else "")
    widest = [max(map(display_width, column), default=0) for column in zip(*grid.rows, strict=True)]
    headings = [
        shorten(heading, max(_HEADING, width)) for heading, width in zip(grid.headings, widest or [WIDTH], strict=False)
    ]
    widths = [max(map(display_width, column)) for column in zip(headings, *grid.rows, strict=True)]
    room = max(_LEAST, WIDTH - sum(widths[1:]) - 2 * (len(widths) - 1))
    rows = [[_cut(row[0], room), *row[1:]] for row in grid.rows]
    # headings may be equal, or empty, so that the columns at the right are padded here
    padded = [
        [" " * (width - display_width(cell)) + cell if place in grid.right else cell for cell in column]
        for place, (column, width) in enumerate(zip(zip(headings, *rows, strict=True), widths, strict=True))
    ]
    first, *others = zip(*padded, strict=True)
    print_grid(first, others)
    if grid.more:
        print_line(grid.more)


def _cut(name: str, width: int) -> str:
    """Cut a name to a width, and keep its indentation."""
    text = name.lstrip(" ")
    indent = len(name) - len(text)
    return " " * indent + shorten(text, width - indent)
