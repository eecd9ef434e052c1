"""The random numbers of the weighting and the aggregation of a node, which belong to the rows of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.formulas import DRAW
from indicia.methods import MatrixAggregation, RandomNumbers
from indicia.methods.random_numbers import identity_keys, seed_of_node

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import numpy.typing as npt

    from indicia.definition import Node, Weighing
    from indicia.methods.random_numbers import Bits
    from indicia.stages.component_values import Groups
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table

_KEY = "\0unit_key"
"""The column of the keys of units and periods, beside the components of a node."""


def unit_keys(table: Table) -> Bits:
    """Return a number for the unit and period of each row; all draws of a row have the same number."""
    return identity_keys(table.units.select(table.key).iter_rows())


def numbers_of_weighing(node: Weighing, table: Table, groups: Groups) -> list[RandomNumbers | None]:
    """Return the random numbers of the weighting of a node in each group of rows; None if it is not random."""
    if node.seed is None:
        return [None] * len(groups.sizes)
    keys, names = unit_keys(table), tuple(part.name for part in node.parts)
    keys = keys if groups.rows is None else keys[groups.rows.to_numpy()]
    seed = seed_of_node(node.seed, "weighting", node.id)
    return [
        RandomNumbers(seed, keys[start : start + size], names, _group_of(groups.keys, number))
        for number, (start, size) in enumerate(zip(groups.starts, groups.sizes, strict=False))
    ]


def with_unit_keys(frame: pl.DataFrame, table: Table, nodes: Iterable[Node]) -> pl.DataFrame:
    """Return the components of nodes with the keys of their rows, if the aggregation of a node is random."""
    if any(draws_numbers(node) for node in nodes):
        return frame.with_columns(pl.Series(_KEY, unit_keys(table)))
    return frame


def numbers_of_rows(
    node: Node, frame: pl.DataFrame, rows: npt.NDArray[np.intp], scope: StatisticsScope
) -> RandomNumbers | None:
    """Return the random numbers of rows that an aggregation compares; None if it is not random."""
    if not draws_numbers(node):
        return None
    assert node.seed is not None
    method = node.aggregation
    alike = isinstance(method, MatrixAggregation) and method.row_by_row
    group = () if alike or not scope.key else _group_of(frame.select(scope.key), int(rows[0]))
    keys = frame[_KEY].gather(rows).to_numpy()
    seed = seed_of_node(node.seed, "aggregation", node.id)
    return RandomNumbers(seed, keys, tuple(part.id for part in node.components), group)


def draws_numbers(node: Node) -> bool:
    """Return whether the aggregation of a node is random."""
    return node.seed is not None and node.aggregation.draws_random_numbers


def _group_of(keys: pl.DataFrame | None, row: int) -> tuple[str, ...]:
    """Return the names of a group of rows; the draw is none of them, since its seed has its number."""
    if keys is None:
        return ()
    return tuple(str(value) for name, value in zip(keys.columns, keys.row(row), strict=True) if name != DRAW)
