"""Compare methodologies over the partitions of a table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl

from indicia.data.partition_files import MANIFEST, check_outside
from indicia.data.partition_writer import PartitionedOutput, WrittenPart
from indicia.data.table_partitions import ROWS
from indicia.definition import Definition, Node, Origin, build_tree, text
from indicia.errors import DefinitionError, IndiciaError, NothingKept
from indicia.methods.noise import NOISE
from indicia.partitions.partition import Partition, Pending
from indicia.partitions.ranks import rank_runs, read_ranks
from indicia.progress import Progress, silent
from indicia.scorable import Scorable
from indicia_compare.candidates import Candidate, Comparable, candidates
from indicia_engines import Engine, check_shared_folder
from indicia_partitions.replay import Replay, ScoreJob, check_packages, identity_of, manifest_of_partitions
from indicia_partitions.scored_files import RUN, ScoredPartition, WriteScores, ranking_of, scores_file
from indicia_partitions.table import PartitionedTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia.catalogue import Catalogue
    from indicia.partitions.rank_buckets import Ranking

    Floats = npt.NDArray[np.float64]

TOP = 100
"""The number of first places that a comparison counts."""


class ComparableIndex(Scorable, Comparable, Protocol):
    """An index whose methodologies can be compared over partitions."""


@dataclass(frozen=True)
class Alternative:
    """A methodology of a comparison, as an index that can be scored."""

    label: str
    definition: Definition
    tree: Node
    catalogue: Catalogue
    origin: Origin


@dataclass(frozen=True)
class PartitionedComparison:
    """Ranks of units by several methodologies, in a folder of Parquet files."""

    folder: Path
    manifest: Mapping[str, Any]
    definition: Definition

    @property
    def title(self) -> str:
        """The name of the index, and the size of the comparison, in one line."""
        number = len(self.manifest["methodologies"])
        return f"{text(self.definition.name, None)} · {number} methodologies · {self.manifest['units']:,} units"

    @property
    def methodologies(self) -> pl.DataFrame:
        """The number and the label of each methodology."""
        return pl.DataFrame(self.manifest["methodologies"])

    @property
    def agreement(self) -> pl.DataFrame:
        """The agreement of each pair of rankings, over the units that every methodology ranks.

        `correlation` is that of Pearson of the ranks, `mean_shift` and `largest_shift` are in places, `same_rank` is
        the share of units with the same rank, and the last column counts the units in the first places of both.
        """
        return pl.DataFrame(self.manifest["agreement"])

    @property
    def movers(self) -> pl.DataFrame:
        """The units whose ranks differ most, with their best and worst rank."""
        return pl.DataFrame(self.manifest["movers"])

    @property
    def left_out(self) -> pl.DataFrame:
        """The methodologies that cannot be scored, with the reasons."""
        return pl.DataFrame(self.manifest["left_out"], schema={"label": pl.String, "reason": pl.String})

    def scan(self) -> pl.LazyFrame:
        """Return the units with `score_N` and `rank_N` of methodology N, as a query of polars."""
        return pl.scan_parquet([self.folder / part["name"] for part in self.manifest["parts"]])


def compare_partitions(
    index: ComparableIndex,
    listed: Mapping[str, object],
    source: object,
    folder: Path,
    engine: Engine,
    *,
    rows: int = ROWS,
    replace: bool = False,
    progress: Progress = silent,
) -> PartitionedComparison:
    """Score a table in partitions by several methodologies, and compare their rankings.

    Parameters
    ----------
    index : Index or FittedIndex
    listed : mapping
        Lists of methods, by stage; without lists, the methodologies are the index and its variants.
    source, folder, engine, rows, replace, progress
        See `run_partitions`.

    Raises
    ------
    DefinitionError
        If fewer than two methodologies can be scored.
    """
    check_packages(engine, index)
    table = PartitionedTable.of(index, source, engine, rows=rows)
    alternatives, left_out = _planned(candidates([index], listed))
    check_outside(folder, table.source.source)
    output = PartitionedOutput(folder.absolute())
    identity = {**identity_of(index, table.source), "methodologies": json.dumps([each.label for each in alternatives])}
    with output.opened(identity, replace=replace) as state:
        if not state.complete:
            check_shared_folder(engine, output.workspace)
            written, content = _Comparison(table, output, engine, progress, left_out).write(alternatives)
            output.finish(written, {**manifest_of_partitions(index, table.source), **content})
            output.remove_work_files()
    return PartitionedComparison(folder, json.loads((folder / MANIFEST).read_text("utf-8")), index.definition)


def _planned(listed: Sequence[Candidate]) -> tuple[list[Alternative], list[dict[str, str]]]:
    alternatives, left_out = [], []
    for each in listed:
        try:
            tree = build_tree(each.definition, each.index.catalogue, each.origin)
        except IndiciaError as error:
            left_out.append({"label": each.label, "reason": error.reason})
            continue
        alternatives.append(Alternative(each.label, each.definition, tree, each.index.catalogue, each.origin))
    return alternatives, left_out


@dataclass
class _Comparison:
    """The phases of a comparison: score and rank by each methodology, and compare the ranks."""

    table: PartitionedTable
    output: PartitionedOutput
    engine: Engine
    progress: Progress
    left_out: list[dict[str, str]]

    def write(self, alternatives: Sequence[Alternative]) -> tuple[list[WrittenPart], dict[str, Any]]:
        """Write the parts of the output; return them, and the content of the manifest."""
        kept = dict(enumerate(alternatives, start=1))
        scored = self._score(kept)
        columns = []
        for number, (name, alternative) in enumerate(kept.items(), start=1):
            ranking = ranking_of(alternative.definition, alternative.tree)
            runs = [part[name].run for part in scored]
            folder, tolerance = self._output_of(name).workspace, NOISE if runs[0].is_logarithm else None
            rank_runs([run.sample for run in runs], folder, RUN, ranking, self.engine.map, tolerance=tolerance)
            columns.append(RankColumn(number, folder, ranking))
        written, states = [], []
        task = CompareRanks(self.output, tuple(columns), str(alternatives[0].definition.data.unit), TOP)
        for part, state in self.engine.map(task, [next(iter(part.values())) for part in scored]):
            written.append(part)
            states.append(state)
            self.progress(len(written), len(scored))
        state = reduce(AgreementState.joined, states)
        return written, {
            "units": state.units,
            "methodologies": [
                {"methodology": number, "label": alternative.label}
                for number, alternative in enumerate(kept.values(), start=1)
            ],
            "agreement": state.pairs(TOP) if state.units else [],
            "movers": state.movers.to_dicts(),
            "left_out": self.left_out,
        }

    def _score(self, kept: dict[int, Alternative]) -> list[dict[int, ScoredPartition]]:
        """Score the partitions by all methodologies; one that fails is left out, and the others go on."""
        answers: dict[str, Any] = {}
        while True:
            if len(kept) < 2:
                reasons = "; ".join(f"{each['label']}: {each['reason']}" for each in self.left_out)
                raise DefinitionError(
                    "a comparison needs two methodologies that can be scored",
                    where=reasons or None,
                    remedy="list several methods of a stage, or write [variants]",
                )
            scoring = {
                name: WriteScores(ScoreJob(each, _as_read), self._output_of(name)) for name, each in kept.items()
            }
            replay = Replay(CompareJob(self.table.reader, scoring), self.table.partitions, None, answers)
            try:
                outcomes = replay.run(self.engine)
            except MethodologyFails as error:
                self.left_out.append({"label": kept.pop(error.number).label, "reason": error.cause})
                continue
            if not outcomes:
                raise NothingKept("the partitions have no row to score")
            return outcomes

    def _output_of(self, name: int) -> PartitionedOutput:
        folder = self.output.workspace / f"methodology-{name}"
        output = PartitionedOutput(folder)
        output.workspace.mkdir(parents=True, exist_ok=True)
        return output


def _as_read(frame: pl.DataFrame) -> pl.DataFrame:
    return frame


@dataclass(frozen=True)
class RankColumn:
    """The ranks of a methodology in the work folder."""

    number: int
    folder: Path
    ranking: Ranking


@dataclass(frozen=True)
class CompareRanks:
    """Joins the scores and ranks of all methodologies for one partition, and measures their agreement."""

    output: PartitionedOutput
    columns: tuple[RankColumn, ...]
    unit: str
    top: int

    def __call__(self, part: ScoredPartition) -> tuple[WrittenPart, AgreementState]:
        """Write the units with the scores and ranks; return the file and the state of the agreement."""
        frames = [pl.read_ipc(scores_file(column.folder, part.number)) for column in self.columns]
        first = frames[0]
        units = first[:, : first.columns.index("score")]
        columns, ranks = [], []
        for column, frame in zip(self.columns, frames, strict=True):
            of_column = read_ranks(
                column.folder, RUN, part.number, frame.height, column.ranking, columns=("rank",)
            ).to_series()
            ranks.append(of_column.cast(pl.Float64).to_numpy())
            columns += [frame["score"].alias(f"score_{column.number}"), of_column.alias(f"rank_{column.number}")]
        written = self.output.write(part.number, units.hstack(columns))
        return written, AgreementState.of(units, np.column_stack(ranks), self.top)


class MethodologyFails(IndiciaError):
    """A methodology cannot score a partition; the comparison goes on without it."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number: int = number
        self.cause: str = reason

    def __reduce__(self) -> tuple[type[MethodologyFails], tuple[int, str]]:
        return type(self), (self.number, self.cause)


@dataclass(frozen=True)
class CompareJob:
    """Scores a partition by several methodologies."""

    read: Callable[[Any], pl.DataFrame]
    """Reads a partition."""
    scoring: Mapping[int, WriteScores]
    """By the number of the methodology; each scores a frame that is read already."""

    def __call__(self, item: Any, partition: Partition) -> dict[int, ScoredPartition]:
        """Return the outcomes by the numbers of methodologies."""
        frame, outcomes, is_open = self.read(item), {}, False
        for number, score in self.scoring.items():
            prefix = f"{number}: "
            answers = {
                key.removeprefix(prefix): answer for key, answer in partition.answers.items() if key.startswith(prefix)
            }
            own = Partition(partition.number, answers, score.output.workspace, partition.where)
            try:
                outcomes[number] = score(frame, own)
            except Pending:
                is_open = True
            except IndiciaError as error:
                raise MethodologyFails(number, error.reason) from error
            partition.questions.update({prefix + key: question for key, question in own.questions.items()})
        if is_open:
            raise Pending
        return outcomes


MOVERS = 20
"""The number of units that are listed because their ranks differ most."""


@dataclass(frozen=True)
class AgreementState:
    """The figures of the units of some partitions that every methodology ranks."""

    units: int
    means: Floats
    """The mean ranks, shape (methodologies,)."""
    products: Floats
    """The sums of products of centred ranks, shape (methodologies, methodologies)."""
    shifts: Floats
    """The sums of absolute differences of ranks, shape (methodologies, methodologies)."""
    largest: Floats
    """The largest absolute differences of ranks."""
    same: Floats
    """The numbers of units with the same rank."""
    first: Floats
    """The numbers of units that are among the first in both."""
    movers: pl.DataFrame
    """The units whose ranks differ most: the unit, best, worst, and spread."""

    @classmethod
    def of(cls, units: pl.DataFrame, ranks: Floats, top: int) -> AgreementState:
        """Return the state of units, given their ranks, shape (n, methodologies)."""
        ranked = ~np.isnan(ranks).any(axis=1)
        ranks = ranks[ranked]
        count = ranks.shape[1]
        pairs = np.zeros((4, count, count))
        is_first = ranks <= top
        for a, b in combinations(range(count), 2):
            distance = np.abs(ranks[:, a] - ranks[:, b])
            both_first = is_first[:, a] & is_first[:, b]
            figures = distance.sum(), distance.max(initial=0.0), (distance == 0).sum(), both_first.sum()
            pairs[:, a, b] = pairs[:, b, a] = figures
        means = ranks.mean(axis=0) if len(ranks) else np.zeros(count)
        centred = ranks - means
        best, worst = ranks.min(axis=1, initial=np.inf), ranks.max(axis=1, initial=-np.inf)
        ends = [pl.Series("best", best), pl.Series("worst", worst), pl.Series("spread", worst - best)]
        movers = _widest(units.filter(pl.Series(ranked)).hstack(ends))
        shifts, largest, same, first = pairs
        return cls(len(ranks), means, centred.T @ centred, shifts, largest, same, first, movers)

    def joined(self, other: AgreementState) -> AgreementState:
        """Return the state of the units of both, in this order."""
        units = self.units + other.units
        between = other.means - self.means
        weight = self.units * other.units / units if units else 0.0
        return AgreementState(
            units,
            self.means + between * (other.units / units if units else 0.0),
            self.products + other.products + np.outer(between, between) * weight,
            self.shifts + other.shifts,
            np.maximum(self.largest, other.largest),
            self.same + other.same,
            self.first + other.first,
            _widest(pl.concat([self.movers, other.movers])),
        )

    def pairs(self, top: int) -> list[dict[str, Any]]:
        """Return the agreement of each pair of methodologies, which are numbered from 1."""
        spreads = np.sqrt(np.diag(self.products))
        rows = []
        for a, b in combinations(range(len(self.means)), 2):
            scale = spreads[a] * spreads[b]
            rows.append(
                {
                    "first": a + 1,
                    "second": b + 1,
                    "correlation": float(np.clip(self.products[a, b] / scale, -1.0, 1.0)) if scale else None,
                    "mean_shift": float(self.shifts[a, b] / self.units),
                    "largest_shift": float(self.largest[a, b]),
                    "same_rank": float(self.same[a, b] / self.units),
                    f"both_in_top_{top}": int(self.first[a, b]),
                }
            )
        return rows


def _widest(movers: pl.DataFrame) -> pl.DataFrame:
    """Return the units whose ranks differ most; of equal ones, those of the first partitions."""
    moved = movers.filter(pl.col("spread") > 0)
    return moved.sort("spread", descending=True, maintain_order=True).head(MOVERS)
