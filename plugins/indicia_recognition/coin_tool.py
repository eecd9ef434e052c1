"""The sheet Database of the COIN Tool: descriptions of the indicators above their data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.sheet_xml import column_letters, column_number
from indicia_recognition.metadata_cells import Cell, cell_text, direction_of, observe_directions, stated_weights
from indicia_recognition.metadata_values import Metadata, Words, observe_description, observe_unused, without_empty
from indicia_recognition.observation import Observation
from indicia_recognition.words import plain_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEAD = 60
"""The rows of a sheet in which the titles of the COIN Tool are sought."""
_TITLES = {
    "weight": r"weights?",
    "direction": r"direction",
    "lower": r"goalposts?( \w+)? lower|lower goalposts?|goalpost min\w*",
    "upper": r"goalposts?( \w+)? upper|upper goalposts?|goalpost max\w*",
    "index": r"index",
    "subindex": r"sub index",
    "pillar": r"pillar",
    "subpillar": r"sub pillar",
    "name": r"(indicator )?name",
    "code": r"(indicator )?code",
}
"""The titles of the rows above the data in the sheet Database, as words."""


@dataclass(frozen=True)
class CoinToolSheet:
    """The sheet of the COIN Tool in a workbook."""

    sheet: str
    """The name of the sheet."""
    format: Words
    """The words of `[data]` that read it."""
    metadata: Metadata


def coin_tool_sheet(content: bytes, sheet: str = "") -> CoinToolSheet | None:
    """Return the sheet of the COIN Tool in a workbook; None for another workbook.

    Without a name in `sheet`, it is the sheet with the name Database.
    """
    from indicia.data.workbook import Workbook

    book = Workbook.open(content, "the workbook")
    names = [name for name in book.names if name == sheet or (not sheet and plain_words(name) == "database")]
    for name in names:
        head = book.load(name, dtypes="string", n_rows=_HEAD)
        width = max(map(column_number, head.columns), default=0)
        letters = [column_letters(number) for number in range(1, width + 1)]
        empty = pl.lit(None, pl.String)
        cells = head.select(pl.col(each) if each in head.columns else empty.alias(each) for each in letters)
        if found := coin_tool(cells):
            return CoinToolSheet(name, *found)
    return None


def coin_tool(cells: pl.DataFrame) -> tuple[Words, Metadata] | None:
    """Return the words of `[data]` and the description of indicators of the sheet Database of the COIN Tool.

    `cells` are all cells of the sheet as text, from cell A1 on, in columns named by letters. Another sheet gives None.
    """
    grid = [[cell_text(cell) for cell in row] for row in cells.head(_HEAD).rows()]
    titles = _find_titles(grid)
    if titles is None:
        return None
    column, rows = titles
    header = rows.get("code", rows["name"])
    places = [place for place in range(column + 1, cells.width) if grid[header][place] is not None]
    codes = {place: str(grid[header][place]) for place in places}
    if len(set(codes.values())) < len(codes):
        return None

    def cell(word: str, place: int) -> Cell:
        return grid[rows[word]][place] if word in rows else None

    # A level with one code for all indicators is not used, as the index itself; "--" is empty already.
    levels = [
        word
        for word in ("subindex", "pillar", "subpillar")
        if word in rows and len({cell(word, place) for place in places}) > 1
    ]
    lowest, parents = tree_of_paths(
        {place: [cell(word, place) for word in levels] for place in places}, set(codes.values())
    )
    weights = stated_weights({codes[place]: cell("weight", place) for place in places})
    indicators = {}
    for place, code in codes.items():
        name = cell("name", place)
        indicators[code] = without_empty(
            name=name if name != code else None,
            direction=direction_of(cell("direction", place)),
            weight=weights.get(code),
            dimension=lowest.get(place),
        )
    dimensions = {name: without_empty(parent=parent) for name, parent in parents.items()}
    names = [
        letter
        for place, letter in enumerate(cells.columns[:column])
        if any(row[place] is not None for row in grid[header + 1 :])
    ]
    called = [grid[header][cells.columns.index(letter)] or f"column {letter}" for letter in names]
    data = without_empty(unit=called[-1] if called else None, label=called[0] if len(called) > 1 else None)
    notes = [observe_description(indicators, dimensions, "the sheet of the COIN Tool")]
    notes += observe_directions({code: cell("direction", place) for place, code in codes.items()})
    if dimensions:
        sentence = "the sheet Database of the COIN Tool has no weights of sub-indices and pillars: they count as equal"
        remedy = "weight = … in [dimensions], from the sheet Framework"
        notes.append(Observation("weights_of_dimensions", tuple(dimensions), sentence, "question", remedy))
    having = [code for place, code in codes.items() if cell("lower", place) or cell("upper", place)]
    content = "ends of the scale, which the normalisation by goalposts uses"
    notes += observe_unused("Goalpost lower and upper", content, "bounds = [lower, upper]", having)
    words = {"skip_rows": header, "header_rows": 1}
    return words, Metadata(indicators, dimensions, data, observations=tuple(notes))


def _find_titles(grid: Sequence[Sequence[Cell]]) -> tuple[int, dict[str, int]] | None:
    """Return the column of the titles above the data, and the rows by their titles."""
    width = max(map(len, grid), default=0)
    for column in range(width):
        rows: dict[str, int] = {}
        for number, row in enumerate(grid):
            words = re.sub(r"[\d ]+$", "", plain_words(row[column] or ""))
            for word, pattern in _TITLES.items():
                if word not in rows and re.fullmatch(pattern, words):
                    rows[word] = number
        last = max(rows.values(), default=0)
        if {"weight", "direction", "name"} <= set(rows) and last in (rows.get("code"), rows["name"]):
            return column, rows
    return None


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
