"""The figures in which runs over partitions and a run in memory differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.tables.values import VALUE
from indicia.testing.tolerance import EXACT, size_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indicia.formulas import Question
    from indicia.run import Scored
    from indicia.tables.values import Value

_FRAMES = ("prepared", "normalised", "components", "nodes")


def differences(over_partitions: Sequence[Scored], in_memory: Scored, tolerance: float = EXACT) -> Iterator[str]:
    """Yield a sentence for each figure that differs, with the unit and both numbers.

    Figures are equal if they differ by at most 1e-12 of the largest figure of their column, or by the tolerance.

    Parameters
    ----------
    over_partitions
        The outcomes of partitions, in the order of their rows.
    in_memory
        The outcome of all rows.
    tolerance
        The largest difference, as a share of the largest figure of the column.
    """
    units = pl.concat([scored.units for scored in over_partitions])
    if not units.equals(in_memory.units):
        yield f"the units are {units.rows()} over partitions, and {in_memory.units.rows()} in memory"
        return
    rows = [" ".join(map(str, key)) for key in units.select(in_memory.source.key).rows()]
    for kind in _FRAMES:
        figures = pl.concat([getattr(scored, kind) for scored in over_partitions])
        expected: pl.DataFrame = getattr(in_memory, kind)
        if figures.columns != expected.columns:
            yield f"the {kind} are those of {figures.columns} over partitions, and of {expected.columns} in memory"
            continue
        for column in expected:
            yield from _of_column(f"{column.name} ({kind})", rows, figures[column.name], column, tolerance)
    for scored in over_partitions:
        yield from _of_weights(scored, in_memory, tolerance)
        yield from _of_statistics(scored, in_memory, tolerance)


def _of_column(
    name: str, rows: Iterable[str], figures: Iterable[Any], expected: Iterable[Any], tolerance: float
) -> Iterator[str]:
    """Yield a sentence for each row whose figure differs."""
    expected = list(expected)
    size = size_of(expected)
    for row, figure, other in zip(rows, figures, expected, strict=True):
        if (figure is None) != (other is None) or (figure is not None and not abs(figure - other) <= tolerance * size):
            yield f"{name} of {row} is {figure} over partitions, and {other} in memory"


def _of_weights(scored: Scored, in_memory: Scored, tolerance: float) -> Iterator[str]:
    for node in in_memory.tree.nodes():
        figures, expected = scored.node_weights[node.id], in_memory.node_weights[node.id]
        parts = [part.id for part in node.components]
        if expected.keys is None:
            yield from _of_column(f"the weight in {node.id}", parts, figures.values, expected.values, tolerance)
            continue
        keys = [] if figures.keys is None else figures.keys.rows()
        rows = dict(zip(keys, figures.values, strict=True))
        for key, values in zip(expected.keys.rows(), expected.values, strict=True):
            place = f"the weight in {node.id}, {', '.join(map(str, key))},"
            yield from _of_column(place, parts, rows.get(key, [None] * len(parts)), values, tolerance)


def _of_statistics(scored: Scored, in_memory: Scored, tolerance: float) -> Iterator[str]:
    figures = _statistics_of(scored)
    for (stage, question), value in _statistics_of(in_memory).items():
        yield from _of_statistic(f"the {question} ({stage})", figures.get((stage, question)), value, tolerance)


def _statistics_of(scored: Scored) -> dict[tuple[str, Question], Value]:
    return {
        (record.stage, question): value for record in scored.records for question, value in record.statistics.items()
    }


def _of_statistic(name: str, figures: Value, expected: Value, tolerance: float) -> Iterator[str]:
    if isinstance(expected, pl.DataFrame):
        keys = [column for column in expected.columns if column != VALUE]
        if not isinstance(figures, pl.DataFrame):
            yield f"{name} is {figures} over partitions, and has a value for each {', '.join(keys)} in memory"
            return
        joined = expected.join(figures, on=keys, how="left", nulls_equal=True)
        rows = [", ".join(map(str, key)) for key in joined.select(keys).rows()]
        if joined[VALUE].dtype.is_nested():  # a statistic of several numbers
            pairs = zip(rows, joined[f"{VALUE}_right"].to_list(), joined[VALUE].to_list(), strict=True)
            for row, figure, other in pairs:
                yield from _of_statistic(f"{name} of {row}", figure, other, tolerance)
            return
        yield from _of_column(name, rows, joined[f"{VALUE}_right"], joined[VALUE], tolerance)
    elif isinstance(expected, list):
        values = figures if isinstance(figures, list) else [None] * len(expected)
        yield from _of_column(name, [f"number {place}" for place in range(len(expected))], values, expected, tolerance)
    else:
        yield from _of_column(name, ["all rows"], [figures], [expected], tolerance)
