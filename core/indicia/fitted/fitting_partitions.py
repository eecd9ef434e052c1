"""Fit an index to a table in partitions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from indicia.callers import warn
from indicia.data.table_partitions import ROWS
from indicia.definition import Screening
from indicia.errors import NothingKept
from indicia.fitted.fitted_index import FittedIndex
from indicia.fitted.fitting import check_can_be_fitted, record_of_fit, without_parts_of_data
from indicia.partitioned.replay import Replay
from indicia.partitioned.scoring import ScoreJob
from indicia.partitioned.table import PartitionedTable
from indicia.partitioned.workers import check_packages
from indicia.result import Inputs
from indicia.result.methodology_line import methods_in_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from indicia.definition import Definition
    from indicia.engines.engine import Engine
    from indicia.partitioned.replay import Mapper
    from indicia.partitions.partition import Partition
    from indicia.questions import Questions
    from indicia.scorable import Scorable
    from indicia.tables.fitted import Fitted


def fit_partitions(index: Questions, source: object, engine: Engine, *, rows: int = ROWS) -> FittedIndex:
    """Compute the statistics and weights of an index over a table in partitions, and keep them.

    Parameters
    ----------
    index : Index
    source : path or glob, optional
        The table; by default the table of the index file.
    engine : Engine
        Maps tasks over partitions.
    rows : int
        The rows of a partition, about.

    Raises
    ------
    DefinitionError, NeedsAllRows
        For methods that cannot be fitted, or that need all rows at once.
    """
    check_can_be_fitted(index)
    check_packages(engine, index)
    table = PartitionedTable.of(index, source, engine, rows=rows)
    rows_of_all = table.source.rows if _all_rows_take_part(index.definition) else None
    fit = fit_rows(index, table.partitions, table.reader, engine, rows_of_all)
    for warning in fit.warnings:
        warn(warning)
    data = {**table.record, "rows": fit.rows}
    inputs = Inputs(index.definition, index.tree, index.catalogue, data, index.origin)
    record = record_of_fit(index, fit.methodology, data, inputs.plugins, inputs.citations)
    return FittedIndex.of(without_parts_of_data(index), fit.fitted, record)


def _all_rows_take_part(definition: Definition) -> bool:
    data = definition.data
    leaves_out = data.where or data.without or definition.aggregate_rows
    return not leaves_out and definition.screening == Screening()


@dataclass(frozen=True)
class FittedRows:
    """The statistics and weights of rows, and their number."""

    rows: int
    fitted: Fitted
    methodology: str
    """The methods in one line."""
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class FitJob:
    """Computes the statistics and weights of all rows in one partition."""

    scoring: ScoreJob

    def __call__(self, item: object, partition: Partition) -> FittedRows:
        """Return the statistics and weights, which are those of all rows, and the number of rows of the partition."""
        scored = self.scoring(item, partition)
        return FittedRows(len(scored.units), scored.fitted, methods_in_one_line(scored.tree), scored.warnings)


def fit_rows(
    index: Scorable,
    partitions: Sequence[Any],
    reader: Callable[[Any], pl.DataFrame],
    engine: Mapper,
    rows: int | None = None,
) -> FittedRows:
    """Return the statistics and weights of an index over all rows of partitions.

    Parameters
    ----------
    index : Index
    partitions : sequence
        The partitions, in their order.
    reader : callable
        Returns the rows of a partition.
    engine
        Maps tasks over partitions.
    rows : int, optional
        The number of rows, if it is known and all of them take part: no partition then counts its rows.

    Raises
    ------
    NothingKept
        If no row takes part.
    """
    # sorted columns are files, which workers on other machines find only if TMPDIR is a folder that they share
    with TemporaryDirectory(prefix="indicia-fit-") as folder:
        replay = Replay(FitJob(ScoreJob(index, reader)), partitions, Path(folder))
        if rows is not None and (first := replay.run_first(engine)) is not None:
            return replace(first, rows=rows)
        outcomes = replay.run(engine)
    if not outcomes:
        raise NothingKept("the partitions have no row to fit the index to")
    first = outcomes[0]
    warnings = tuple(dict.fromkeys(warning for outcome in outcomes for warning in outcome.warnings))
    return FittedRows(sum(outcome.rows for outcome in outcomes), first.fitted, first.methodology, warnings)
