"""Score the draws of a design, in groups that share their methods."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from indicia.definition import STAGES
from indicia.errors import DefinitionError, IndiciaError
from indicia.progress import Progress, silent
from indicia.robustness import rank_distribution
from indicia.robustness.baseline import Baseline, prepares_separately, ranks_of, without
from indicia.robustness.design import LEFT_OUT
from indicia.robustness.measurement import MeasurementErrors
from indicia.robustness.result import Failure
from indicia.robustness.weight_sets import of_draws, weight_sets
from indicia.run import (
    Draws,
    DrawsOfTree,
    Scored,
    StageCache,
    draws_per_batch,
    effective_weights,
    score,
    score_draws,
    score_draws_of_trees,
    share_queries,
    tree_is_linear,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt
    import polars as pl

    from indicia.definition import Definition, Node, Robustness
    from indicia.methods import Array
    from indicia.robustness.baseline import Plan
    from indicia.robustness.result import Factor

    Integers = npt.NDArray[np.int64]
    Sets = Mapping[str, Array]

Quantity: TypeAlias = Literal["ranks", "scores", "weights", "ranks and scores"]

_NUMBERS_HELD = 1 << 22
"""The largest number of weights and values of runs that are scored together."""
FAILED = 0.01
"""The share of draws that may fail without an error."""


@dataclass(frozen=True)
class DrawScorer:
    """An index with its data and its varied choices, which scores the draws of a design."""

    plan: Plan
    table: pl.DataFrame
    persons: pl.DataFrame | None
    """The table of weights with a row for each person, if weights come from a table."""
    varied: Robustness
    seed: int
    factors: Sequence[Factor]
    baseline: Baseline
    shared: StageCache
    folder: Path
    """The folder of the files that the index file names."""
    strict: bool = True
    """True if it is an error that more draws than the share `FAILED` cannot be scored."""

    def rescore(self, design: Integers, keep: Quantity) -> Any:
        """Score a design again, and return the scores or effective weights of its draws."""
        return getattr(self.score(design, keep=keep), keep)

    def score(self, design: Integers, progress: Progress = silent, keep: Quantity = "ranks") -> DrawScores:
        """Score all draws of a design, and keep their ranks, scores, weights, or ranks and scores."""
        scores, done = DrawScores.of(len(design), self.baseline, keep, FAILED if self.strict else 1.0), 0
        for done_now in self._score_groups(scores, self._groups(design)):
            done += done_now
            progress(done, len(design))
        scores.weight_sets = scores.complete = None
        return scores

    def _groups(self, design: Integers) -> Iterator[_Group]:
        """Yield groups of draws with the same tree; weights and errors vary within a group."""
        names = [factor.name for factor in self.factors]
        fixed = [column for column, name in enumerate(names) if name in (*STAGES, *LEFT_OUT)]
        combinations, groups = np.unique(design[:, fixed], axis=0, return_inverse=True)
        for number, combination in enumerate(combinations):
            draws = np.flatnonzero(groups.ravel() == number)
            choices = {
                names[column]: self.factors[column].alternatives[alternative]
                for column, alternative in zip(fixed, combination, strict=True)
            }
            numbers = {name: design[draws, column] for column, name in enumerate(names) if column not in fixed}
            yield _Group(choices, draws, numbers)

    def _score_groups(self, scores: DrawScores, groups: Iterator[_Group]) -> Iterator[int]:
        """Score all groups; yield the number of draws of each batch."""
        pending: list[list[_Run]] = []
        for _, of_stages in groupby(groups, key=lambda group: group.stages):
            same = list(of_stages)
            run = self._run_of_trees(scores, same)
            if run is None:
                for group in same:
                    yield from self._score_group(scores, group)
                continue
            if sum(each.numbers_held for runs in (*pending, [run]) for each in runs) > _NUMBERS_HELD:
                yield from self._score_pending(scores, pending)
            sharing = next((runs for runs in pending if share_queries(runs[0].complete, run.complete)), None)
            if sharing is None:
                pending.append([run])
            else:
                sharing.append(run)
        yield from self._score_pending(scores, pending)

    def _score_pending(self, scores: DrawScores, pending: list[list[_Run]]) -> Iterator[int]:
        """Score the lists of runs that share their queries, and empty the list of them."""
        while pending:
            yield from self._score_runs(scores, pending.pop(0))

    def _run_of_trees(self, scores: DrawScores, groups: Sequence[_Group]) -> _Run | None:
        """Return the run of groups of the same methods if draws without different parts can be scored together."""
        if len(groups) < 2 or scores.keep == "weights":
            return None
        try:
            definition, complete = scores.complete_run(groups[0].stages, self._score_stages)
            is_possible = self._needs_no_run(groups[0], definition, complete) and not tree_is_linear(complete)
            sets = self._weight_sets(scores, groups[0], complete) if is_possible else None
        except IndiciaError:
            return None
        return None if sets is None else _Run(definition, complete, sets, groups)

    def _score_runs(self, scores: DrawScores, runs: Sequence[_Run]) -> Iterator[int]:
        """Score the draws of runs that share their queries; yield the number of draws of each batch."""
        scores.weight_sets = scores.complete = None  # the runs have them
        step = draws_per_batch(runs[0].complete, errors=False)
        batch: list[tuple[_Run, _Group]] = []
        # draws of the same tree follow each other, so that they are in the same batch
        groups = sorted(
            ((run, group) for run in runs for group in run.groups), key=lambda run_group: run_group[1].omitted
        )
        for run, group in groups:
            start = 0
            while start < len(group.draws):
                room = step - sum(len(part.draws) for _, part in batch)
                batch.append((run, group.part(slice(start, start + room))))
                start += room
                if room <= len(batch[-1][1].draws):
                    yield from self._score_trees(scores, batch)
                    batch = []
        if batch:
            yield from self._score_trees(scores, batch)

    def _score_trees(self, scores: DrawScores, batch: Sequence[tuple[_Run, _Group]]) -> Iterator[int]:
        """Score draws of several trees; if they fail, score those of each run, and then each group, separately."""
        by_run = [[pair for pair in batch if pair[0] is run] for run in dict.fromkeys(run for run, _ in batch)]
        pairs = [pair for of_run in by_run for pair in of_run]
        try:
            trees = [self._draws_of_tree(run, group) for run, group in pairs]
            drawn_scores = score_draws_of_trees(pairs[0][0].definition, trees)
        except IndiciaError:
            for of_run in by_run:
                if len(by_run) > 1:
                    yield from self._score_trees(scores, of_run)
                else:
                    for _, group in of_run:
                        yield from self._score_group(scores, group)
            return
        start = 0
        for of_run in by_run:
            run, numbers = of_run[0][0], np.concatenate([group.draws for _, group in of_run])
            scores.add_scores(numbers, run.definition, run.complete, drawn_scores[start : start + len(numbers)])
            start += len(numbers)
            yield len(numbers)

    def _draws_of_tree(self, run: _Run, group: _Group) -> DrawsOfTree:
        complete = run.complete
        tree = without(complete.tree, group.omitted) if group.omitted else complete.tree
        weights = self._weights(run.sets, group, complete, replace(complete, tree=tree))
        return DrawsOfTree(complete, tree, Draws(len(group.draws), weights))

    def _score_group(self, scores: DrawScores, group: _Group) -> Iterator[int]:
        """Score a group in batches that fit in memory, and yield the number of draws of each."""
        try:
            definition, complete = scores.complete_run(group.stages, self._score_stages)
            scored = complete
            if group.omitted:
                tree = without(complete.tree, group.omitted)
                light = self._needs_no_run(group, definition, complete)
                scored = replace(complete, tree=tree) if light else score(definition, tree, self.table)
        except IndiciaError as error:
            scores.fail(group, error)
            yield len(group.draws)
            return
        sets = self._weight_sets(scores, group, complete)
        step = draws_per_batch(scored, errors="data" in group.numbers)
        for start in range(0, len(group.draws), step):
            batch = group.part(slice(start, start + step))
            weights = self._weights(sets, batch, complete, scored)
            if scores.keep == "weights":
                scores.add_weights(batch.draws, effective_weights(scored, Draws(len(batch.draws), weights)))
            else:
                self._score_batch(scores, batch, definition, scored, weights)
            yield len(batch.draws)

    def _weight_sets(self, scores: DrawScores, group: _Group, complete: Scored) -> Sets | None:
        """Return the drawn weights of the nodes of the complete tree; None if weights do not vary."""
        if "weights" in group.numbers and (scores.weight_sets is None or scores.weight_sets[0] != group.stages):
            scores.weight_sets = None  # so that memory never holds two sets of weights
            names = {part.id for node in self.baseline.nominal.tree.nodes() for part in node.components}
            scores.weight_sets = group.stages, weight_sets(self.varied, self.persons, self.seed, complete, names)
        return None if scores.weight_sets is None else scores.weight_sets[1]

    def _weights(self, sets: Sets | None, batch: _Group, complete: Scored, scored: Scored) -> dict[str, Array]:
        """Return the weights of the nodes of a tree in the draws of a batch; empty if weights do not vary."""
        if sets is None:
            return {}
        weights = of_draws(sets, complete, scored, batch.numbers["weights"])
        if scored is not complete and scored.source is complete.source:
            weights = _weights_of_single_parts(scored.tree, len(batch.draws)) | weights
        return weights

    def _score_stages(self, stages: Mapping[str, Any]) -> tuple[Definition, Scored]:
        definition, tree = self.plan(stages)
        return definition, score(definition, tree, self.table, cache=self.shared)

    def _needs_no_run(self, group: _Group, definition: Definition, complete: Scored) -> bool:
        """Return whether the normalised values of the complete run and drawn weights are enough to score the draws."""
        if "weights" not in group.numbers or "data" in group.numbers or not prepares_separately(definition, complete):
            return False
        assert self.varied.weights is not None
        return self.varied.weights.covers_all_nodes

    def _score_batch(
        self, scores: DrawScores, batch: _Group, definition: Definition, scored: Scored, weights: Sets
    ) -> None:
        """Score draws; if they fail, score each half, until each failing draw is a batch by itself."""
        errors, count = None, len(batch.draws)
        if "data" in batch.numbers:
            rows = self.baseline.rows_of(scored)
            errors = self._measurement.draw(rows, batch.numbers["data"])
        try:
            scores.add_scores(
                batch.draws, definition, scored, score_draws(definition, scored, Draws(count, weights, errors))
            )
        except IndiciaError as error:
            if count == 1:
                scores.fail(batch, error)
                return
            for half in (slice(count // 2), slice(count // 2, None)):
                half_weights = {name: column[half] for name, column in weights.items()}
                self._score_batch(scores, batch.part(half), definition, scored, half_weights)

    @cached_property
    def _measurement(self) -> MeasurementErrors:
        assert self.varied.data is not None
        return MeasurementErrors.of(self.varied.data, self.table, self.baseline, self.seed, self.folder)


@dataclass(frozen=True)
class _Group:
    """Draws that share their methods and the part that is left out."""

    choices: Mapping[str, Any]
    """The alternative of each choice."""
    draws: Integers
    """The numbers of the draws."""
    numbers: Mapping[str, Integers]
    """The number of the set of weights, and of the errors, of each draw."""

    @property
    def stages(self) -> dict[str, Any]:
        """The chosen methods, by stage."""
        return {stage: self.choices[stage] for stage in STAGES if stage in self.choices}

    @property
    def omitted(self) -> list[str]:
        """The parts that are left out."""
        return [str(self.choices[word]) for word in LEFT_OUT if self.choices.get(word) is not None]

    def part(self, draws: slice) -> _Group:
        """Return some of the draws."""
        return _Group(self.choices, self.draws[draws], {name: column[draws] for name, column in self.numbers.items()})

    def __str__(self) -> str:
        stages = [choice for choice in self.stages.values() if choice is not None]
        words = [*map(str, stages), *(f"without {part}" for part in self.omitted)]
        return " > ".join(words) or "the index as it stands"


@dataclass(frozen=True, eq=False)
class _Run:
    """The run of all indicators with some methods, whose draws leave out different parts."""

    definition: Definition
    complete: Scored
    sets: Sets
    """The drawn weights of the nodes."""
    groups: Sequence[_Group]

    @property
    def numbers_held(self) -> int:
        """The number of weights and normalised values that the run holds in memory."""
        weights = sum(of_node.size for of_node in self.sets.values())
        return weights + int(self.complete.normalised.estimated_size()) // 8


@dataclass
class DrawScores:
    """The ranks, scores or weights of the draws that are scored so far."""

    baseline: Baseline
    keep: Quantity
    """The arrays to fill; the others stay empty, to save memory."""
    scores: Array
    ranks: Array
    failed: npt.NDArray[np.bool_]
    weights: dict[str, Array]
    """The effective weights, by indicator."""
    reasons: dict[tuple[str, str], int] = field(default_factory=dict)
    weight_sets: tuple[Mapping[str, Any], Sets] | None = None
    """The methods of the last group, and the sets of weights drawn for them."""
    complete: tuple[Mapping[str, Any], Definition, Scored] | None = None
    """The methods of the last group, and the run of all indicators with them."""
    limit: float = FAILED
    """The share of draws that may fail without an error."""

    @classmethod
    def of(cls, runs: int, baseline: Baseline, keep: Quantity, limit: float = FAILED) -> DrawScores:
        """Return empty arrays for a number of runs."""
        units = len(baseline.names)
        scores = np.full((runs if "scores" in keep else 0, units), np.nan)
        ranks = np.full((runs if "ranks" in keep else 0, units), np.nan, dtype=rank_distribution.exact_type(units))
        names = baseline.nominal.tree.indicators if keep == "weights" else ()
        weights = {name: np.full(runs, np.nan) for name in names}
        return cls(baseline, keep, scores, ranks, np.zeros(runs, dtype=bool), weights, limit=limit)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The combinations of choices that cannot be scored."""
        return tuple(Failure(choices, reason, draws) for (choices, reason), draws in self.reasons.items())

    def complete_run(
        self, stages: Mapping[str, Any], score_stages: Callable[[Mapping[str, Any]], tuple[Definition, Scored]]
    ) -> tuple[Definition, Scored]:
        """Return the run of all indicators with these methods; groups of the same methods follow each other."""
        if self.complete is None or self.complete[0] != stages:
            self.complete = None  # so that memory never holds two runs
            self.complete = stages, *score_stages(stages)
        return self.complete[1:]

    def add_weights(self, draws: Integers, weights: Mapping[str, Array]) -> None:
        """Keep the effective weights of some draws; an indicator that is left out has weight 0."""
        for name, column in self.weights.items():
            column[draws] = weights.get(name, 0.0)

    def add_scores(self, draws: Integers, definition: Definition, scored: Scored, scores: Array) -> None:
        """Keep the scores (draws, rows) of some draws, their ranks, or both."""
        units = self.baseline.units_of(scored)
        analysed = units >= 0
        if "scores" in self.keep:
            self.scores[draws[:, None], units[analysed]] = scores[:, analysed]
        if "ranks" not in self.keep:
            return
        eligible = np.where(self.baseline.eligible[units[analysed]], scores[:, analysed], np.nan)
        self.ranks[draws[:, None], units[analysed]] = ranks_of(definition, scored, eligible)

    def fail(self, group: _Group, error: IndiciaError) -> None:
        """Count draws that cannot be scored; DefinitionError if there are too many."""
        self.failed[group.draws] = True
        reason = str(group), error.reason
        self.reasons[reason] = self.reasons.get(reason, 0) + len(group.draws)
        share = self.failed.mean()
        if share > self.limit:
            raise DefinitionError(
                f"at least {share:.1%} of the draws cannot be scored, and the limit is {FAILED:.0%}: "
                f"{group}: {error.what}",
                where=error.where,
                remedy=error.remedy or "leave out the alternative that does not go with the others",
            ) from error


def _weights_of_single_parts(tree: Node, draws: int) -> dict[str, Array]:
    """Return the weight 1 in each draw, (draws, 1), for each node of one component."""
    return {node.id: np.ones((draws, 1)) for node in tree.nodes() if len(node.components) == 1}
