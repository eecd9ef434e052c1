"""The rows of a header, joined to one name for each column."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def join_header(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Return the name of each column: its cells from top to bottom, without repetitions, separated by a space.

    The last row names columns, and the rows above it name groups of columns. A merged cell has its text in its first
    column only, so an empty cell of a group takes the text to its left. A row that numbers the columns is left out.

    >>> join_header([["", "Pupils", "", "Teachers"], ["Town", "Girls", "Boys", "Teachers"]])
    ['Town', 'Pupils Girls', 'Pupils Boys', 'Teachers']
    """
    width = max((len(row) for row in rows), default=0)
    cells = [[("" if cell is None else str(cell)).strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    if len(cells) == 1:
        return cells[0]
    groups = [list(row) for row in cells if not _numbers_columns(row)]
    if any(groups[-1][:1]) and not any(groups[-1][1:]):  # as pandas writes them: the cells above name the header's rows
        groups = [["", *row[1:]] for row in groups[:-1]] + [groups[-1]]
    continues = [True] * width  # the column belongs to the same groups as the column to its left
    for number, row in enumerate(groups[:-1]):
        for left, column in pairwise(range(width)):
            named_below = any(below[column] for below in groups[number + 1 :])
            continues[column] = continues[column] and not row[column] and named_below
            if continues[column]:
                row[column] = row[left]
    return [_joined(row[column] for row in groups) for column in range(width)]


def _numbers_columns(row: Sequence[str]) -> bool:
    """Return True if a row numbers the columns from 1, with or without brackets, and names none."""
    numbers = [cell.strip("()[]") for cell in row if cell]
    return len(numbers) > 2 and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _joined(parts: Iterable[str]) -> str:
    texts: list[str] = []
    for part in parts:
        text = " ".join(part.split())
        if text and text not in texts:
            texts.append(text)
    return " ".join(texts)
