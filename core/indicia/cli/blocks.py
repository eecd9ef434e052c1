"""The writer of documents for the terminal."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from indicia.cli.folding import WIDTH, fold
from indicia.cli.output import display_width, print_line, print_paragraphs, print_texts, shorten
from indicia.documents.blocks import Heading, Items, Line, TextTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.documents.blocks import Block

_NAMES, _TEXT = (18, 10), 11
"""The widths to which a first column, with the names of parts, and other columns are cut: names further if need be."""
_STRIP = (13, 30)
"""The least and the largest width of a line on which intervals are drawn."""
_HEADING = 14
"""The width to which a heading, such as the name of a unit, is cut if the cells below it need no more."""


def print_blocks(blocks: Iterable[Block], *, width: int | None = WIDTH) -> None:
    """Print the blocks of a document, with sentences in lines of a width; a blank line precedes all but a section.

    In lines of a width, a sentence below a heading belongs to its section.

    A formula in LaTeX is left out: a terminal cannot show it.
    """
    previous: Block | None = None
    for block in blocks:
        in_section = isinstance(previous, Heading | Items)
        if isinstance(block, Heading):
            typer.secho(f"\n{block.text}", bold=sys.stdout.isatty())
        elif isinstance(block, Line):
            if not (width and isinstance(previous, Heading)):
                print_line("")
            print_paragraphs([fold(block.text, width=width) if width else block.text])
        elif isinstance(block, Items):
            if not in_section:
                print_line("")
            print_paragraphs(fold(text, 2, width) if width else text for text in block.texts)
        elif isinstance(block, TextTable):
            if not in_section:
                print_line(f"\n{block.caption}" if block.caption else "")
            _print_table(block)
        previous = block


def _print_table(table: TextTable) -> None:
    """Print a table; if it has columns that may be cut, in the width of a screen: long texts are cut, names least."""
    if table.cut:
        limits = _limits(table)
        headings = [shorten(heading, width) for heading, width in zip(table.headings, limits, strict=True)]
        rows = [
            [_cut(cell, width, table.shorter) for cell, width in zip(row, limits, strict=True)] for row in table.rows
        ]
        table = replace(table, headings=headings, rows=rows)
    print_texts(_with_strip(table) if table.strip else table)
    more = f"{'；' if table.language == 'zh' else '; '}--show {table.name}" if table.name else ""
    for note in table.notes:
        print_line(f"… {note}{more}" if more else note)


def _with_strip(table: TextTable) -> TextTable:
    """Return a table with the column that draws its intervals, as wide as the screen leaves it."""
    strip = table.strip
    assert strip is not None
    width = WIDTH - sum(2 + max(map(display_width, column)) for column in zip(table.headings, *table.rows, strict=True))
    drawn = strip.cells(min(max(width, _STRIP[0]), _STRIP[1]))
    at = strip.place

    def inserted(cells: Sequence[str], cell: str) -> list[str]:
        return [*cells[:at], cell, *cells[at:]]

    return replace(
        table,
        headings=inserted(table.headings, strip.heading),
        rows=[inserted(row, cell) for row, cell in zip(table.rows, drawn, strict=True)],
        numbers=[*table.numbers[:at], False, *table.numbers[at:]],
    )


def _limits(table: TextTable) -> list[int]:
    """Return the width of each column: what its cells need, less what is too much for a screen.

    A heading gets `_HEADING` columns if the cells below it need less. Then the widest text is cut until the rows fit,
    names to no less than `_NAMES`, and others to no less than `_TEXT`; figures are not cut.
    """
    cells = [max(map(display_width, column)) for column in zip(*table.rows, strict=True)]
    widths = [max(width, min(display_width(h), _HEADING)) for h, width in zip(table.headings, cells, strict=True)]
    # the shorter text of a cell is not cut
    least = [
        max((display_width(table.shorter.get(cell, "")) for cell in column), default=0)
        for column in zip(*table.rows, strict=True)
    ]
    width = WIDTH - (_STRIP[0] + 2 if table.strip else 0)
    for name in _NAMES:
        while (excess := sum(widths) + 2 * (len(widths) - 1) - width) > 0:
            spare = {place: widths[place] - max(least[place], _TEXT if place else name) for place in sorted(table.cut)}
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
