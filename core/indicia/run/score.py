"""Score a table by a definition: list the stages, run them, and collect the outcome."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import ROOT
from indicia.errors import IndiciaError, enough_memory, join_names
from indicia.run.all_units import methods_needing_all_units
from indicia.run.batch import run_together
from indicia.run.draws import ROWS_PER_BATCH
from indicia.run.plan import stages_of, stages_of_nodes
from indicia.run.scored import Scored
from indicia.run.stage_cache import StageCache
from indicia.run.steps import run_stages
from indicia.stages.frozen import statistics_that_hold
from indicia.stages.rank import Rank, check_eligible, ranked_scores
from indicia.stages.screen import Screen
from indicia.statistics.profile import ProfiledColumns
from indicia.tables.table import NodeColumns, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.definition import Definition, Node
    from indicia.methods import Array
    from indicia.partitions.partition import Partition
    from indicia.stages.stage import Fitted

_PER_VALUE = 8.0 + 6.0
"""The least number of bytes that a run needs for each value of an indicator: 8 in the table, and 6 for results.

Measured for 1,000,000 rows of 10 indicators: in addition to the table, a weighted mean of raw values needs 7 bytes, and
TOPSIS of values from 0 to 1 needs 15.
"""
BYTES_PER_SCORE = 12.0
"""The number of bytes of a score and its rank."""


def score(
    definition: Definition,
    tree: Node,
    table: pl.DataFrame,
    fitted: Fitted | None = None,
    cache: StageCache | None = None,
) -> Scored:
    """Score every node of the tree for every row of the table, and rank.

    With `fitted`, the statistics and weights of a former run are used, and none is computed from these data; the
    definition of a fitted index has its own. If runs over one table share a `cache`, equal stages are applied once.
    """
    if cache is not None:
        (scored,) = score_all([(definition, tree)], table, cache)
        if isinstance(scored, IndiciaError):
            raise scored
        return scored
    with enough_memory(*_large(tree, table)):
        used = statistics_that_hold(definition, tree) if fitted is None else fitted
        return Scored.of(definition, tree, run_stages(stages_of(definition, tree), Table.of(table, used)))


def score_partition(definition: Definition, tree: Node, table: pl.DataFrame, partition: Partition) -> Scored:
    """Score every node for the rows of a partition, without ranks; the partition answers questions about all rows."""
    used = statistics_that_hold(definition, tree)
    stages = [stage for stage in stages_of(definition, tree) if not isinstance(stage, Rank)]
    screened = next(place for place, stage in enumerate(stages) if isinstance(stage, Screen)) + 1
    steps = run_stages(stages[:screened], Table.of(table, used, partition))
    check_eligible(definition, steps[-1].table)  # here, so that its question takes no round of its own
    return Scored.of(definition, tree, [*steps, *run_stages(stages[screened:], steps[-1].table)])


def score_all(
    planned: Sequence[tuple[Definition, Node]], table: pl.DataFrame, cache: StageCache
) -> list[Scored | IndiciaError]:
    """Score one table by many methodologies, each as `score` does; equal stages are applied once."""
    with enough_memory(*_large(planned[0][1], table, len(planned))), _no_garbage_collection():
        lists = [stages_of(definition, cache.interned(tree)) for definition, tree in planned]
        fitted = [statistics_that_hold(definition, tree) for definition, tree in planned]
        runs = run_together(lists, Table.of(table), cache, fitted)
        return [
            Scored.of(definition, tree, steps) if isinstance(steps, list) else steps
            for (definition, tree), steps in zip(planned, runs, strict=True)
        ]


def score_trees(definition: Definition, scored: Scored, trees: Sequence[Node]) -> list[Array | IndiciaError]:
    """Score the normalised indicators of a run by other trees; return the scores that are ranked, (rows,), by tree.

    Nodes that several trees share are scored once. If a tree fails, its error takes the place of its scores.
    """
    cache = StageCache()
    columns = NodeColumns(ProfiledColumns.of(scored.normalised))
    table = scored.source.with_changes(columns=columns, ranks=pl.DataFrame())
    batch = max(1, ROWS_PER_BATCH // max(1, len(table.units)))
    with _no_garbage_collection():
        lists = [stages_of_nodes(definition.data, cache.interned(tree)) for tree in trees]
        batches = (lists[start : start + batch] for start in range(0, len(lists), batch))
        runs = [run for stages in batches for run in run_together(stages, table, cache)]
    return [
        ranked_scores(definition, run[-1].table.columns)[ROOT].to_numpy() if isinstance(run, list) else run
        for run in runs
    ]


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pause the garbage collection of reference cycles.

    Many runs create many small keys without cycles, and each collection would search all of them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _large(tree: Node, table: pl.DataFrame, runs: int = 1) -> tuple[str, str, float]:
    """Return the description of the job, a remedy for too little memory, and the least number of bytes it needs."""
    leaves = sum(1 for _ in tree.leaves())
    size = f"score {len(table):,} rows of {leaves} indicators"
    least = len(table) * (_PER_VALUE * leaves + BYTES_PER_SCORE * runs)
    if methods := list(methods_needing_all_units(tree)):
        return size, f"take other methods than those that look at all units at once: {join_names(methods, 3)}", least
    slices = "fit the index to some of the rows (indicia fit), and score all slice by slice (indicia score --stream)"
    return size, slices, least
