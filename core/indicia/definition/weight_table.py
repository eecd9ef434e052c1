"""Read the sets of weights of an index from a table with a column for each set."""

from __future__ import annotations

from pathlib import Path

from indicia.data import read_table
from indicia.errors import DefinitionError, join_names

_NAMES = ("id", "name", "column")
"""The columns of a table of weights that may name the indicators and dimensions, the first of them that it has."""


def read_weight_sets(source: str, folder: Path = Path()) -> dict[str, dict[str, float]]:
    """Return the sets of a table that has a row for each indicator or dimension, and a column for each set."""
    frame = read_table(source, folder=folder)
    key = next((column for column in _NAMES if column in frame.columns), None)
    sets = [column for column in frame.columns if column != key]
    if key is None or not sets:
        raise DefinitionError(
            "the table of weights needs a column of names and a column for each set",
            where=f"{source}: columns {join_names(frame.columns, 30)}",
            remedy="name the first column name, and each other column like its set: name, experts, citizens",
        )
    weights: dict[str, dict[str, float]] = {name: {} for name in sets}
    rows: dict[str, int] = {}
    for number, row in enumerate(frame.iter_rows(named=True), start=2):
        part = str(row[key] or "").strip()
        if not part or part in rows:
            raise DefinitionError(
                f"the table of weights: row {number} "
                + (f'has "{part}", as row {rows[part]} has' if part else "has no name"),
                where=f'{source}: row {number}, column "{key}"',
                remedy="one row for each indicator or dimension",
            )
        rows[part] = number
        for name in sets:
            if row[name] in (None, ""):
                continue
            weights[name][part] = _weight(row[name], f'{source}: row {number} ({part}), column "{name}": {row[name]}')
    return weights


def _weight(cell: object, where: str) -> float:
    try:
        weight = float(str(cell))
    except ValueError:
        weight = -1.0
    if not 0 <= weight < float("inf"):
        raise DefinitionError(
            f"the table of weights has {cell!r}, which is no weight",
            where=where,
            remedy="a number that is 0 or more; an empty cell leaves the part out of the set",
        )
    return weight
