"""Run an index over the partitions of a table: score, rank, and write a folder of scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.data.partition_files import check_outside
from indicia.data.partition_writer import PartitionedOutput, WrittenPart
from indicia.data.table_partitions import ROWS
from indicia.engines import check_shared_folder
from indicia.errors import NothingKept
from indicia.partitioned.identity import identity_of, manifest_of_partitions, notes_on_definition
from indicia.partitioned.journal import Journal
from indicia.partitioned.rank_bands import RankBands, early_bands
from indicia.partitioned.ranked_rows import RUN, rank_columns, ranking_of
from indicia.partitioned.replay import Replay
from indicia.partitioned.result import PartitionedResult
from indicia.partitioned.scored_files import ScoredPartition, WriteScores, scores_file
from indicia.partitioned.scoring import ScoreJob
from indicia.partitioned.summary import merge_summaries
from indicia.partitioned.table import PartitionedTable
from indicia.partitioned.tie_notes import tie_notes
from indicia.partitioned.workers import check_packages
from indicia.partitions.ranks import rank_runs, read_ranks
from indicia.progress import Progress, silent
from indicia.run.fitted_range import check_fitted_range
from indicia.statistics.noise import NOISE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from indicia.engines.engine import Engine
    from indicia.partitions.rank_buckets import Ranking
    from indicia.scorable import Scorable


def run_partitions(
    index: Scorable,
    source: object,
    folder: Path,
    engine: Engine,
    *,
    rows: int = ROWS,
    replace: bool = False,
    progress: Progress = silent,
) -> PartitionedResult:
    """Score and rank a table in partitions, and write a folder of Parquet files.

    Parameters
    ----------
    index : Index or FittedIndex
    source : path, glob or URL, optional
        The table; by default the table of the index file.
    folder : Path
        The folder of the scores. A run that was broken off there takes up where it stopped.
    engine : Engine
        Maps tasks over partitions.
    rows : int
        The rows of a partition, about.
    replace : bool
        Replace the results of another run in the folder.
    progress : callable
        Receives the number of partitions that are written and the number of all.

    Raises
    ------
    NeedsAllRows
        For methods that need all rows at once.
    DataError, OutputError
        If a file cannot be read or written.
    """
    check_packages(engine, index)
    early_bands(index.definition)  # refuses bands that need all rows before anything is read
    table = PartitionedTable.of(index, source, engine, rows=rows)
    check_outside(folder, table.source.source)
    output = PartitionedOutput(folder.absolute())
    with output.opened(identity_of(index, table.source), replace=replace) as state:
        if not state.complete:
            check_shared_folder(engine, output.workspace)
            _Run(index, table, output, engine, progress).write()
    return PartitionedResult.read(folder, index)


@dataclass(frozen=True)
class _Run:
    """The phases of a run: score, rank, write."""

    index: Scorable
    table: PartitionedTable
    output: PartitionedOutput
    engine: Engine
    progress: Progress

    def write(self) -> None:
        """Write the parts of the output and its manifest."""
        parts = self._score()
        summary = merge_summaries(part.summary for part in parts)
        if not self.index.allows_outside:
            check_fitted_range(summary.outside, summary.rows)
        ranking = ranking_of(self.index.definition, self.index.tree)
        ties = self._rank(parts, ranking)
        written = self._write_ranked(parts, ranking)
        content = {
            **manifest_of_partitions(self.index, self.table.source),
            "methods": parts[0].methodology,
            "rows": sum(part.rows for part in parts),
            "ties": ties,
            "weights": parts[0].weights.to_dicts(),
            "notes": [
                *notes_on_definition(self.index, self.table.source),
                *map(str, summary.notes(self.index.tree)),
                *tie_notes(ties),
            ],
            "warnings": list(summary.warnings),
        }
        self.output.finish(written, content)
        self.output.remove_work_files()

    def _score(self) -> list[ScoredPartition]:
        """Score the partitions, round by round."""
        journal = Journal(self.output)
        job = WriteScores(ScoreJob(self.index, self.table.reader), self.output)
        replay = Replay(job, self.table.partitions, self.output.workspace, journal.answers())
        parts = replay.run(self.engine, journal.keep_answers)
        if not parts:
            raise NothingKept("the partitions have no row to score")
        return parts

    def _rank(self, parts: Sequence[ScoredPartition], ranking: Ranking) -> dict[str, Any]:
        """Rank the scores of all partitions; return the number of ties by rounding noise."""
        runs = [part.run for part in parts]
        tolerance = NOISE if runs[0].is_logarithm else None
        samples, folder = [run.sample for run in runs], self.output.workspace
        return rank_runs(samples, folder, RUN, ranking, self.engine.map, tolerance=tolerance)

    def _write_ranked(self, parts: Sequence[ScoredPartition], ranking: Ranking) -> list[WrittenPart]:
        """Write the scores with ranks, without the parts that an earlier attempt has written."""
        journal = Journal(self.output)
        done = journal.parts()
        missing = [part for part in parts if f"part-{part.number:05}.parquet" not in done]
        definition = self.index.definition
        bands = RankBands.of(definition, [part.run.ranked for part in parts])
        task = WriteRankedScores(self.output, ranking, tuple(rank_columns(definition)), bands, tuple(definition.bands))
        written = dict(done)
        self.progress(len(written), len(parts))
        for part in self.engine.map(task, missing):
            journal.keep_part(part)
            written[part.name] = part
            self.progress(len(written), len(parts))
        return [written[f"part-{part.number:05}.parquet"] for part in parts]


@dataclass(frozen=True)
class WriteRankedScores:
    """Joins the ranks of a partition to its scores, and writes them to the output."""

    output: PartitionedOutput
    ranking: Ranking
    columns: tuple[str, ...]
    """The columns of ranks."""
    rank_bands: RankBands
    bands: tuple[str, ...]
    """The columns of all classifications, in their order."""

    def __call__(self, part: ScoredPartition) -> WrittenPart:
        """Write the unit, score, ranks, and scores of dimensions."""
        folder = self.output.workspace
        scores = pl.read_ipc(scores_file(folder, part.number))
        ranks = read_ranks(folder, RUN, part.number, scores.height, self.ranking, columns=self.columns)
        place = scores.columns.index("score") + 1
        units, dimensions = scores[:, :place], scores[:, place:].drop(self.bands, strict=False)
        ranked = units.hstack(ranks.get_columns())
        classified = {name: scores[name] for name in self.bands if name in scores.columns}
        classified |= self.rank_bands.columns(ranked)
        frame = ranked.hstack([*(classified[name] for name in self.bands), *dimensions])
        return self.output.write(part.number, frame)
