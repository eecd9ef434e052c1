"""The tree of dimensions from columns that name the dimensions of each indicator."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.recognition.metadata_cells import Cell

_ROOT = "index"


def tree_of_columns(
    table: dict[str, list[Cell]], columns: Sequence[str], rows: Sequence[int], indicators: set[str]
) -> tuple[dict[int, str], dict[str, str | None]]:
    """Return the lowest dimension of each row, and the parent of each dimension, parents first.

    A column is a level below another if each of its dimensions lies in one dimension of the other. Columns that are no
    levels of one tree are left out.
    """
    filled = {name: filled_down(table[name], rows) for name in columns}
    levels = sorted(columns, key=lambda name: len({filled[name][row] for row in rows}))
    levels = [name for name in levels if len({filled[name][row] for row in rows}) > 1 or len(rows) < 2]
    chain: list[str] = []
    for name in levels:
        if all(_is_nested(filled[upper], filled[name], rows) for upper in chain):
            chain.append(name)
    return tree_of_paths({row: [filled[name][row] for name in chain] for row in rows}, indicators)


def tree_of_paths(paths: Mapping[int, Sequence[Cell]], taken: set[str]) -> tuple[dict[int, str], dict[str, str | None]]:
    """Return the lowest dimension of each row, and the parent of each dimension.

    A path lists the dimensions of a row from the highest to the lowest. A dimension with the name of another dimension,
    of an indicator (`taken`) or of the index gets the name of its parent in front.

    >>> tree_of_paths({0: ["a", "x"], 1: ["a", "y"], 2: ["b", "x"]}, set())
    ({0: 'x', 1: 'y', 2: 'b x'}, {'a': None, 'x': 'a', 'y': 'a', 'b': None, 'b x': 'b'})
    """
    parents: dict[str, str | None] = {}
    names: dict[tuple[str, ...], str] = {}
    lowest: dict[int, str] = {}
    for row, path in paths.items():
        parent: str | None = None
        place: tuple[str, ...] = ()
        for name in path:
            if name is None or (place and place[-1] == name):
                continue
            place = (*place, name)
            if place not in names:
                unique = name
                if unique in parents or unique in taken or unique == _ROOT:
                    unique = f"{parent or 'dimension'} {name}"
                names[place] = unique
                parents[unique] = parent
            parent = names[place]
        if parent is not None:
            lowest[row] = parent
    return lowest, parents


def _is_nested(upper: Sequence[Cell], lower: Sequence[Cell], rows: Sequence[int]) -> bool:
    pairs = {(lower[row], upper[row]) for row in rows}
    return len({low for low, _ in pairs}) == len(pairs)


def filled_down(cells: Sequence[Cell], rows: Sequence[int]) -> list[Cell]:
    """Return the cells with the text above in place of empty cells, as of merged cells, if the first is not empty."""
    if not rows or cells[rows[0]] is None:
        return list(cells)
    filled: list[Cell] = []
    for cell in cells:
        filled.append(cell if cell is not None or not filled else filled[-1])
    return filled
