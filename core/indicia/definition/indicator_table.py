"""Read the indicators of an index from a table with one row for each indicator."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.data import read_table
from indicia.errors import DefinitionError, join_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

_KEYS = ("id", "name", "column")
"""The columns that may name the indicators, the first of them that the table has."""
_NUMBERS = ("target", "factor", "floor", "cap", "weight", "decimals")
_TEXTS = ("name", "short", "unit", "source", "note")
"""The keys whose texts may be in several languages, one column for each: `name_zh`."""


@dataclass(frozen=True)
class IndicatorTable:
    """A table of indicators: what it states, and the row and the cell of each key."""

    source: str
    """The name of the file for readers; empty if the table is in memory."""
    specifications: Mapping[str, Mapping[str, Any]]
    """By indicator, the keys of its table in an index file."""
    rows: Mapping[str, int]
    """By indicator, the number of its row as a spreadsheet counts, the header first."""
    cells: Mapping[tuple[str, str], tuple[str, object]]
    """By indicator and key, the column and the cell."""

    def where(self, keys: Sequence[object]) -> str | None:
        """Return the table, the row and the column of a setting; None if the table does not state it.

        >>> table = IndicatorTable("list.csv", {}, {"gdp": 2}, {("gdp", "weight"): ("weight", "abc")})
        >>> table.where(["indicators", "gdp", "weight"])
        'list.csv: row 2 (gdp), column "weight": abc'
        >>> table.where(["indicators", "gdp"])
        'list.csv: row 2 (gdp)'
        """
        if len(keys) < 2 or keys[0] != "indicators" or keys[1] not in self.rows:
            return None
        name = str(keys[1])
        row = f"{self.source}: row {self.rows[name]} ({name})".removeprefix(": ")
        if len(keys) == 2 or (name, str(keys[2])) not in self.cells:
            return row
        column, cell = self.cells[name, str(keys[2])]
        return f'{row}, column "{column}": {cell}'

    @classmethod
    def read(cls, table: object, folder: Path = Path()) -> IndicatorTable:
        """Read a table with columns such as name, direction, weight and dimension.

        The column `id`, or else `name` or `column`, names the indicator. A language is a suffix (`name_zh`); a pair of
        numbers is written `0, 2`, several dimensions `a; b`, and the weights in them `a = 2; b = 1`.
        """
        frame = read_table(table, folder=folder)
        source = str(table) if isinstance(table, str | Path) else ""
        key = _key_column(frame, source)
        if key != "name" or not any(column.startswith("name_") for column in frame.columns):
            columns = [column for column in frame.columns if column != key]
        else:
            columns = frame.columns
        specifications: dict[str, Mapping[str, Any]] = {}
        rows: dict[str, int] = {}
        cells: dict[tuple[str, str], tuple[str, object]] = {}
        for number, row in enumerate(frame.iter_rows(named=True), start=2):
            name = str(row[key] or "").strip()
            if not name or name in rows:
                fault = f'"{name}" stands twice, in row {rows[name]} too' if name else "the indicator has no name"
                raise DefinitionError(
                    f"the table of indicators: row {number}: {fault}",
                    where=f'{source}: row {number}, column "{key}"'.removeprefix(": "),
                    remedy="one row per indicator",
                )
            stated = {column: row[column] for column in columns if row[column] not in (None, "")}
            specifications[name], rows[name] = _specification(stated), number
            cells |= {(name, _key_of(column)): (column, cell) for column, cell in stated.items()}
        return cls(source, specifications, rows, cells)


def _key_column(frame: pl.DataFrame, source: str) -> str:
    """Return the column that names the indicators."""
    key = next((column for column in _KEYS if column in frame.columns), None)
    if key is None:
        # in a file that is not a table, the name of the single column is a line of text
        columns = [f"columns: {join_names(frame.columns, 30)}"] if frame.width > 1 else []
        raise DefinitionError(
            "the table of indicators has no column that names them",
            where="\n".join([*([source] if source else []), *columns]),
            remedy="call it name",
        )
    return key


def _key_of(column: str) -> str:
    """Return the key of an indicator that a column states: `name` for `name_zh`."""
    text = column.partition("_")[0]
    return text if text in _TEXTS else column


def _specification(cells: Mapping[str, Any]) -> dict[str, Any]:
    specification: dict[str, Any] = {}
    texts: dict[str, dict[str, str]] = {}
    for column, cell in cells.items():
        key = _key_of(column)
        if key in _TEXTS:
            texts.setdefault(key, {})[column.partition("_")[2] or "en"] = str(cell)
        elif column in ("bounds", "interval", "worst", "limits") and str(cell).strip() != "none":
            pair = str(cell).replace("\N{MINUS SIGN}", "-")
            specification[column] = [float(number) for number in re.findall(r"-?[\d.]+(?:[eE][+-]?\d+)?", pair)]
        elif column == "dimension":
            specification[column] = [name.strip() for name in str(cell).split(";")]
        elif column == "weight" and "=" in str(cell):
            specification[column] = _weights_by_dimension(str(cell))
        elif column in _NUMBERS and isinstance(cell, str):  # all cells of a column are texts if one cell is a text
            specification[column] = cell
            with suppress(ValueError):
                specification[column] = float(cell)
        else:
            specification[column] = cell
    return specification | {key: text["en"] if set(text) == {"en"} else text for key, text in texts.items()}


def _weights_by_dimension(cell: str) -> dict[str, Any]:
    """Read the weights of an indicator in several dimensions: `economy = 2; environment = 1`.

    A weight that is no number stays a text, which is refused with its place.
    """
    weights: dict[str, Any] = {}
    for entry in cell.split(";"):
        name, _, weight = entry.partition("=")
        weights[name.strip()] = weight.strip()
        with suppress(ValueError):
            weights[name.strip()] = float(weight)
    return weights
