"""The files of scores of partitions, before units are ranked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.definition import RANK
from indicia.errors import DataError
from indicia.partitioned.plain_values import Damaged, pack, unpack
from indicia.partitioned.ranked_rows import RankedRun, write_ranked_rows
from indicia.partitioned.summary import RunSummary
from indicia.partitions.partition import NeedsAllRows, Pending
from indicia.partitions.sorted_runs import RunSample
from indicia.result import Result
from indicia.run import label_bands, numbers_by_limits, numbers_by_places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from indicia.data.partition_writer import PartitionedOutput
    from indicia.definition import Bands, Definition
    from indicia.partitioned.scoring import ScoreJob
    from indicia.partitions.partition import Partition


@dataclass(frozen=True)
class ScoredPartition:
    """The outcome of the rows of a partition, whose scores stand in a file."""

    number: int
    rows: int
    run: RankedRun
    weights: pl.DataFrame
    """The weights of all parts, which are those of all rows."""
    methodology: str
    """The methods in one line."""
    summary: RunSummary
    """The notes, counts and extremes of the rows."""

    def to_plain(self) -> dict[str, Any]:
        """Return the fields as plain values, for a file."""
        sample = self.run.sample
        fields = {"number": sample.number, "count": sample.count, "values": sample.values, "step": sample.step}
        run = {**fields, "codes": sample.codes, "is_logarithm": self.run.is_logarithm, "ranked": self.run.ranked}
        return {
            "number": self.number,
            "rows": self.rows,
            "weights": self.weights,
            "methodology": self.methodology,
            "run": run,
            "summary": self.summary.to_plain(),
        }

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> ScoredPartition:
        """Return the outcome, given the fields as plain values."""
        run = dict(plain["run"])
        is_logarithm, ranked = run.pop("is_logarithm"), run.pop("ranked")
        return cls(
            plain["number"],
            plain["rows"],
            RankedRun(RunSample(**run), is_logarithm, ranked),
            plain["weights"],
            plain["methodology"],
            RunSummary.of_plain(plain["summary"]),
        )


@dataclass(frozen=True)
class WriteScores:
    """Scores a partition, and writes its scores and its sorted scores to the work folder.

    A partition that an earlier attempt of the run has scored is not scored again.
    """

    scoring: ScoreJob
    output: PartitionedOutput

    def __call__(self, item: object, partition: Partition) -> ScoredPartition:
        """Return the outcome of a partition."""
        folder = self.output.workspace
        path = folder / f"scored-{partition.number:05}.zip"
        if (earlier := _outcome_in(path)) is not None:
            return earlier
        scored = self.scoring(item, partition)
        run = write_ranked_rows(scored, partition, folder)
        if partition.questions:  # a check is not answered yet, and a file of an outcome would end the questions
            raise Pending
        index = self.scoring.index
        definition = index.definition.model_copy(update={"bands": early_bands(index.definition)})
        scored_early = replace(scored, definition=definition)
        result = Result(definition, scored_early, pl.DataFrame(), index.catalogue, index.origin, index.tree)
        self.output.write_work_file(scores_file(folder, partition.number), result.scores)
        outcome = ScoredPartition(
            partition.number, len(scored.units), run, result.weights, result.methodology, RunSummary.of(scored)
        )
        self.output.write_whole(path, pack(outcome.to_plain()))  # written last: the other files are whole now
        return outcome


def _outcome_in(path: Path) -> ScoredPartition | None:
    """Return the outcome in a file; None if there is none, or if it is damaged."""
    try:
        return ScoredPartition.of_plain(unpack(path.read_bytes()))
    except (OSError, Damaged, KeyError, TypeError):
        return None


def scores_file(folder: Path, number: int) -> Path:
    """Return the file of the scores of a partition."""
    return folder / f"scores-{number:05}.arrow"


def early_bands(definition: Definition) -> dict[str, Bands]:
    """Return the classifications of scores and indicators by limits, which each row shows.

    Raises
    ------
    NeedsAllRows
        For shares of the units by another figure than the rank, or within groups.
    """
    early = {}
    for name, bands in definition.bands.items():
        if bands.shares is not None and (bands.of != RANK or bands.within):
            of = f" within {', '.join(bands.within)}" if bands.within else f" by {bands.of}"
            raise NeedsAllRows(
                f"the bands {name} share out all units{of}, and the table is read in partitions",
                remedy='of = "rank" without within, or thresholds, or --engine memory',
                word=("bands", name, "shares"),
            )
        if bands.of != RANK:
            early[name] = bands
    return early


@dataclass(frozen=True)
class RankBands:
    """The classifications of ranks, and the number of ranked units."""

    bands: Mapping[str, Bands]
    ranked: pl.DataFrame
    """The number of ranked units, `units`, by period."""

    @classmethod
    def of(cls, definition: Definition, ranked: Sequence[pl.DataFrame]) -> RankBands:
        """Return the classifications of ranks, given the numbers of ranked units of partitions.

        Raises
        ------
        DataError
            For fewer units than shares.
        """
        period = [definition.data.period] if definition.data.period else []
        counts = pl.concat(ranked)
        counts = counts.group_by(period, maintain_order=True).sum() if period else counts.sum()
        bands = {name: each for name, each in definition.bands.items() if each.of == RANK}
        for name, each in bands.items():
            few = counts.filter(pl.col("units") < each.count) if each.shares is not None else counts.clear()
            if len(few):
                *where, count = few.row(0)
                in_period = f" in {where[0]}" if where else ""
                raise DataError(
                    f"{each.count} shares of the bands {name} need as many units, and there are {count}{in_period}",
                    remedy="fewer shares, or thresholds",
                    word=("bands", name, "shares"),
                )
        return cls(bands, counts)

    def columns(self, frame: pl.DataFrame) -> dict[str, pl.Series]:
        """Return a column for each classification of the rows of a frame with ranks."""
        ranks = frame["rank"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        period = self.ranked.drop("units").columns
        if period:
            units = frame.select(period).join(self.ranked, on=period, how="left", maintain_order="left")["units"]
        else:
            units = self.ranked["units"].new_from_index(0, len(frame))
        of_rows = units.cast(pl.Float64).fill_null(0.0).to_numpy()
        return {
            name: label_bands(
                name,
                bands,
                numbers_by_limits(bands, ranks) if bands.shares is None else numbers_by_places(bands, ranks, of_rows),
            )
            for name, bands in self.bands.items()
        }
