"""Compute the statistics and weights of an index over the partitions of a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from indicia.errors import NothingKept
from indicia.partitioned.replay import Replay
from indicia.partitioned.scoring import ScoreJob
from indicia.result.methodology_line import methods_in_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from indicia.partitioned.replay import Mapper
    from indicia.partitions.partition import Partition
    from indicia.scorable import Scorable
    from indicia.tables.fitted import Fitted


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
