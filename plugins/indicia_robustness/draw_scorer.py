"""Score the draws of a design, in groups that share their methods."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import STAGES
from indicia.errors import IndiciaError
from indicia.progress import Progress, silent
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
from indicia_robustness.baseline import Baseline, prepares_separately, without
from indicia_robustness.design import LEFT_OUT
from indicia_robustness.draw_scores import FAILED, DrawScores, FailedDraws, LastRun
from indicia_robustness.imputations import IMPUTATIONS
from indicia_robustness.measurement import MeasurementErrors
from indicia_robustness.random_methods import RANDOM, tree_of_draw
from indicia_robustness.weight_sets import of_draws, weight_sets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt
    import polars as pl

    from indicia.definition import Definition, Node, Robustness
    from indicia.methods import Array
    from indicia_robustness.baseline import Plan
    from indicia_robustness.draw_scores import BlockScores, Quantity, Sets
    from indicia_robustness.morris_design import MultipliedWeights
    from indicia_robustness.result import Factor

    Integers = npt.NDArray[np.int64]

_OF_RUNS = (*STAGES, IMPUTATIONS, RANDOM)
"""The choices of which each combination has a run of its own."""
_NUMBERS_HELD = 1 << 22
"""The largest number of weights and values of runs that are scored together."""


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
    measurement: MeasurementErrors | None = None
    """The errors of measurement; by default they are computed if they are needed."""
    multiplied: MultipliedWeights | None = None
    """The sets of weights that follow the drawn ones, for elementary effects."""

    def rescore(self, design: Integers, keep: Quantity) -> Any:
        """Score a design again, and return the scores or effective weights of its draws."""
        return getattr(self.score(design, keep=keep), keep)

    def score(self, design: Integers, progress: Progress = silent, keep: Quantity = "ranks") -> DrawScores:
        """Score all draws of a design, and keep their ranks, scores, weights, or ranks and scores."""
        groups, done = draw_groups(self.factors, design), 0
        scores = self.empty_scores(groups, keep)
        for done_now in self._score_groups(scores, self._groups(design, groups)):
            done += done_now
            progress(done, len(design))
        return scores

    def score_block(self, design: Integers, keep: Quantity, last: LastRun) -> BlockScores:
        """Score some draws of a larger design. Any number of them may fail: the share of all draws counts."""
        groups = draw_groups(self.factors, design)
        scores = replace(self.empty_scores(groups, keep), last=last, limit=1.0)
        for _ in self._score_groups(scores, self._groups(design, groups)):
            pass
        return scores.block

    def empty_scores(self, groups: DrawGroups, keep: Quantity) -> DrawScores:
        """Return arrays for the draws of a design."""
        return DrawScores.of(groups.numbers, self.baseline, keep, FAILED if self.strict else 1.0)

    def _groups(self, design: Integers, groups: DrawGroups) -> Iterator[_Group]:
        """Yield groups of draws with the same tree; weights and errors vary within a group."""
        names = [factor.name for factor in self.factors]
        for number, combination in enumerate(groups.combinations):
            draws = np.flatnonzero(groups.numbers == number)
            choices = {
                names[column]: self.factors[column].alternatives[alternative]
                for column, alternative in zip(groups.columns, combination, strict=True)
            }
            numbers = {name: design[draws, column] for column, name in enumerate(names) if column not in groups.columns}
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
        scores.last.release()

    def _score_pending(self, scores: DrawScores, pending: list[list[_Run]]) -> Iterator[int]:
        """Score the lists of runs that share their queries, and empty the list of them."""
        while pending:
            yield from self._score_runs(scores, pending.pop(0))

    def _run_of_trees(self, scores: DrawScores, groups: Sequence[_Group]) -> _Run | None:
        """Return the run of groups of the same methods if draws without different parts can be scored together."""
        if len(groups) < 2 or scores.keep == "weights":
            return None
        try:
            definition, complete = scores.last.complete_run(groups[0].stages, self._score_stages)
            is_possible = self._needs_no_run(groups[0], definition, complete) and not tree_is_linear(complete)
            sets = self._weight_sets(scores, groups[0], complete) if is_possible else None
        except IndiciaError:
            return None
        return None if sets is None else _Run(definition, complete, sets, groups)

    def _score_runs(self, scores: DrawScores, runs: Sequence[_Run]) -> Iterator[int]:
        """Score the draws of runs that share their queries; yield the number of draws of each batch."""
        scores.last.release()  # the runs have them
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
            definition, complete = scores.last.complete_run(group.stages, self._score_stages)
            scored = complete
            if group.omitted:
                tree = without(complete.tree, group.omitted)
                light = self._needs_no_run(group, definition, complete)
                scored = replace(complete, tree=tree) if light else score(definition, tree, self.table)
        except IndiciaError as error:
            scores.fail(FailedDraws.of(str(group), error, group.draws))
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
        if "weights" not in group.numbers:
            return None
        names = {part.id for node in self.baseline.nominal.tree.nodes() for part in node.components}

        def sets() -> Sets:
            drawn = weight_sets(self.varied, self.persons, self.seed, complete, names)
            return drawn if self.multiplied is None else self.multiplied.extended(drawn, complete)

        return scores.last.sets(group.stages, sets)

    def _weights(self, sets: Sets | None, batch: _Group, complete: Scored, scored: Scored) -> dict[str, Array]:
        """Return the weights of the nodes of a tree in the draws of a batch; empty if weights do not vary."""
        if sets is None:
            return {}
        weights = of_draws(sets, complete, scored, batch.numbers["weights"])
        if scored is not complete and scored.source is complete.source:
            weights = _weights_of_single_parts(scored.tree, len(batch.draws)) | weights
        return weights

    def _score_stages(self, stages: Mapping[str, Any]) -> tuple[Definition, Scored]:
        number = stages.get(RANDOM)
        definition, tree = self.plan({stage: choice for stage, choice in stages.items() if stage != RANDOM})
        if number is None or not tree.has_random_nodes:
            return definition, score(definition, tree, self.table, cache=self.shared)
        with suppress(IndiciaError):  # another draw may be scored; the draws share the stages before random methods
            score(definition, tree, self.table, cache=self.shared)
        of_draw = tree_of_draw(tree, self.seed, number)
        return definition, score(definition, of_draw, self.table, cache=self.shared.copied())

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
            errors = self.measurement_errors.draw(rows, batch.numbers["data"])
        try:
            scores.add_scores(
                batch.draws, definition, scored, score_draws(definition, scored, Draws(count, weights, errors))
            )
        except IndiciaError as error:
            if count == 1:
                scores.fail(FailedDraws.of(str(batch), error, batch.draws))
                return
            for half in (slice(count // 2), slice(count // 2, None)):
                half_weights = {name: column[half] for name, column in weights.items()}
                self._score_batch(scores, batch.part(half), definition, scored, half_weights)

    @cached_property
    def measurement_errors(self) -> MeasurementErrors:
        """The errors of measurement of the data."""
        if self.measurement is not None:
            return self.measurement
        assert self.varied.data is not None
        return MeasurementErrors.of(self.varied.data, self.table, self.baseline, self.seed, self.folder)


@dataclass(frozen=True)
class DrawGroups:
    """The groups of the draws of a design: draws of a group share their methods and the part that is left out."""

    columns: Sequence[int]
    """The factors in which the draws of a group agree."""
    combinations: Integers
    """The alternatives of these factors, (groups, columns), in ascending order."""
    numbers: Integers
    """The group of each draw, (draws,)."""


def draw_groups(factors: Sequence[Factor], design: Integers) -> DrawGroups:
    """Return the groups of the draws of a design, (draws, factors)."""
    columns = [column for column, factor in enumerate(factors) if factor.name in (*_OF_RUNS, *LEFT_OUT)]
    combinations, numbers = np.unique(design[:, columns], axis=0, return_inverse=True)
    return DrawGroups(columns, combinations, numbers.ravel())


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
        """The chosen methods, by stage, and the numbers of the imputation and of the random numbers."""
        return {stage: self.choices[stage] for stage in _OF_RUNS if stage in self.choices}

    @property
    def omitted(self) -> list[str]:
        """The parts that are left out."""
        return [str(self.choices[word]) for word in LEFT_OUT if self.choices.get(word) is not None]

    def part(self, draws: slice) -> _Group:
        """Return some of the draws."""
        return _Group(self.choices, self.draws[draws], {name: column[draws] for name, column in self.numbers.items()})

    def __str__(self) -> str:
        numbered = (IMPUTATIONS, RANDOM)
        stages = [str(choice) for stage, choice in self.stages.items() if choice is not None and stage not in numbered]
        stages += [f"imputation {self.choices[IMPUTATIONS] + 1}"] if IMPUTATIONS in self.choices else []
        words = [*stages, *(f"without {part}" for part in self.omitted)]
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


def _weights_of_single_parts(tree: Node, draws: int) -> dict[str, Array]:
    """Return the weight 1 in each draw, (draws, 1), for each node of one component."""
    return {node.id: np.ones((draws, 1)) for node in tree.nodes() if len(node.components) == 1}
