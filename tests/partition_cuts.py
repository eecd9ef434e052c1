"""Runs over partitions of a frame, and their comparison with a run in memory."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl

import indicia
from indicia_partitions.replay import Replay, ScoreJob

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from indicia.run import Scored


class InThisProcess:
    """Maps a function over items, one after the other."""

    def map(self, function: Any, items: Any) -> Iterator[Any]:
        for item in items:
            yield function(item)


def cut(frame: pl.DataFrame, *places: int) -> list[pl.DataFrame]:
    """Cut a frame after these numbers of rows; equal places give an empty partition."""
    return [frame.slice(start, end - start) for start, end in pairwise([0, *places, len(frame)])]


def score_partitions(
    index: Any, frame: pl.DataFrame, places: Sequence[int], folder: Path | None = None
) -> list[Scored]:
    """Score the partitions of a frame."""

    def read(rows: pl.DataFrame) -> pl.DataFrame:
        return rows if rows.is_empty() else index.read_table(rows)

    return Replay(ScoreJob(index, read), cut(frame, *places), folder).run(InThisProcess())


def assert_equals_memory(
    definition: Any, frame: pl.DataFrame, places: Sequence[int], folder: Path | None = None
) -> list[Scored]:
    """Compare scores of every node and weights with those of a run in memory, and return the outcomes."""
    index = indicia.read(definition) if isinstance(definition, dict) else definition
    memory = index.score_frame(frame).scored
    outcomes = score_partitions(index, frame, places, folder)
    nodes = pl.concat([outcome.nodes for outcome in outcomes])
    assert nodes.columns == memory.nodes.columns
    for name in nodes.columns:
        assert_near(nodes[name], memory.nodes[name], name)
    for outcome in outcomes:
        for node, weights in memory.node_weights.items():
            values, expected = (pl.Series(each.values.ravel()) for each in (outcome.node_weights[node], weights))
            assert_near(values, expected, f"weights of {node}")
    return outcomes


def assert_near(values: pl.Series, expected: pl.Series, name: str) -> None:
    """Compare numbers at 1e-12 of the largest; the same are missing."""
    assert values.is_null().to_list() == expected.is_null().to_list(), f"missing values of {name}"
    size = max(1.0, float(expected.abs().max() or 0.0))
    difference = (values - expected).abs()
    row = difference.arg_max()
    assert row is None or difference[row] <= 1e-12 * size, f"{name}: {values[row]!r}, in memory {expected[row]!r}"
