"""Run an index over the partitions of a table: score, rank, and write a folder of scores."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.callers import warn
from indicia.data.partition_files import check_outside
from indicia.data.partition_writer import PartitionedOutput, WrittenPart
from indicia.data.table_partitions import ROWS
from indicia.errors import NothingKept
from indicia.methods.noise import NOISE
from indicia.partitions.ranks import rank_runs, read_ranks
from indicia.progress import Progress, silent
from indicia.run.fitted_range import check_fitted_range
from indicia_engines import check_shared_folder
from indicia_partitions.replay import (
    Replay,
    ScoreJob,
    check_packages,
    identity_of,
    manifest_of_partitions,
    notes_on_definition,
)
from indicia_partitions.result import PartitionedResult
from indicia_partitions.scored_files import (
    RUN,
    Damaged,
    RankBands,
    ScoredPartition,
    WriteScores,
    early_bands,
    pack,
    rank_columns,
    ranking_of,
    scores_file,
    unpack,
)
from indicia_partitions.summary import merge_summaries
from indicia_partitions.table import PartitionedTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from indicia.partitions.rank_buckets import Ranking
    from indicia.scorable import Scorable
    from indicia_engines.engine import Engine


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


WIDE = 10
"""A note names a rank whose scores lie further apart than this many tolerances; rounding noise explains one."""


def tie_notes(ties: Mapping[str, Any]) -> list[str]:
    """Return a note if so many scores lie so close that units with different scores share a rank.

    Parameters
    ----------
    ties : mapping
        What `rank_runs` returns.

    Examples
    --------
    >>> ties = {"noisy_levels": 2, "noisy_rows": 70, "longest": (61, 0.0, 3e-5), "tolerance": 1e-10, "rows": 100}
    >>> print(tie_notes(ties)[0])
    70 of 100 units share a rank with units of other scores, since their scores lie closer together than 1e-10, the
    noise of the largest score; 61 units from 0 to 3e-05 have one rank: a method or a transform for skewed figures
    spreads them
    """
    rows, lowest, highest = ties["longest"]
    tolerance = ties["tolerance"]
    if highest - lowest <= WIDE * tolerance:
        return []
    return [
        f"{ties['noisy_rows']:,} of {ties['rows']:,} units share a rank with units of other scores, since their scores "
        f"lie closer together than {tolerance:g}, the noise of the largest score; {rows:,} units from {lowest:g} to "
        f"{highest:g} have one rank: a method or a transform for skewed figures spreads them"
    ]


_ROUND = "round-{:04}.zip"
_PARTS = "parts.jsonl"


@dataclass(frozen=True)
class Journal:
    """The journal in the folder of an output that is opened.

    `PartitionedOutput.opened` removes the journal of a run with another identity.
    """

    output: PartitionedOutput
    kept: set[str] = field(default_factory=set)
    """The keys of the answers that the journal has."""

    def answers(self) -> dict[str, Any]:
        """Return the answers of finished rounds, by key; a damaged round and those after it are begun anew, aloud."""
        answers: dict[str, Any] = {}
        for path in self._rounds():
            try:
                answers |= unpack(path.read_bytes())
                self.kept.update(answers)
            except (Damaged, OSError) as error:
                message = f"{path} is damaged ({error}): the run computes this round and the later ones again"
                warn(message)
                self._forget(path)
                break
        return answers

    def keep_answers(self, answers: Mapping[str, Any]) -> None:
        """Add the answers of a finished round to the journal.

        Parameters
        ----------
        answers : Mapping[str, Any]
            All answers so far; those of earlier rounds are not written again.

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        new = {key: value for key, value in answers.items() if key not in self.kept}
        path = self.output.workspace / _ROUND.format(len(list(self._rounds())))
        self.output.write_whole(path, pack(new))
        self.kept.update(new)

    def parts(self) -> dict[str, WrittenPart]:
        """Return the finished partitions whose files are as they were written, by the names of the files."""
        return {part.name: part for part in self._listed() if self.output.is_whole(part)}

    def keep_part(self, part: WrittenPart) -> None:
        """Add a finished partition; only the driver does, so that lines do not mix."""
        with self.output.errors(self._list), self._list.open("a", encoding="utf-8") as file:
            file.write("\n" + json.dumps(asdict(part)))  # the last line of a run that was killed may be cut off
            file.flush()
            os.fsync(file.fileno())

    @property
    def _list(self) -> Path:
        return self.output.workspace / _PARTS

    def _listed(self) -> Iterator[WrittenPart]:
        """Yield the parts in the list; the last line of a run that was killed may be cut off."""
        try:
            lines = self._list.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return
        for line in lines:
            try:
                part = json.loads(line)
                yield WrittenPart(str(part["name"]), int(part["rows"]), str(part["sha256"]))
            except (ValueError, TypeError, KeyError):
                continue

    def _rounds(self) -> Iterator[Path]:
        number = 0
        while (path := self.output.workspace / _ROUND.format(number)).is_file():
            yield path
            number += 1

    def _forget(self, first: Path) -> None:
        """Remove a round and those after it."""
        for path in reversed([path for path in self._rounds() if path.name >= first.name]):
            path.unlink()
