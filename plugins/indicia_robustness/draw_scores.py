"""The ranks, scores or weights of draws, and the draws that cannot be scored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from indicia.errors import DefinitionError, IndiciaError
from indicia_robustness import rank_distribution
from indicia_robustness.baseline import ranks_of
from indicia_robustness.result import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from indicia.definition import Definition
    from indicia.methods import Array
    from indicia.run import Scored
    from indicia_robustness.baseline import Baseline

    Integers = npt.NDArray[np.int64]
    Sets = Mapping[str, Array]

Quantity: TypeAlias = Literal["ranks", "scores", "weights", "ranks and scores"]

FAILED = 0.01
"""The share of draws that may fail without an error."""


@dataclass(frozen=True)
class FailedDraws:
    """Draws that cannot be scored, with their choices and the error."""

    choices: str
    error: IndiciaError
    draws: Integers
    """The numbers of the draws."""

    @classmethod
    def of(cls, choices: str, error: IndiciaError, draws: Integers) -> FailedDraws:
        """Return the failure without the traceback of its error, which would hold the data of the run in memory."""
        return cls(choices, IndiciaError(error.what, where=error.where, remedy=error.remedy), draws)


@dataclass
class LastRun:
    """The methods of the last group of draws, with the run of all indicators and the weights drawn for them."""

    lasting: bool = False
    """True to keep them for the draws of a later block."""
    run: tuple[Mapping[str, Any], Definition, Scored] | None = None
    """The methods, the definition and the run."""
    weight_sets: tuple[Mapping[str, Any], Sets] | None = None
    """The methods, and the sets of weights."""

    def release(self) -> None:
        """Free the memory, unless a later block needs them."""
        if not self.lasting:
            self.run = self.weight_sets = None

    def complete_run(
        self, stages: Mapping[str, Any], score_stages: Callable[[Mapping[str, Any]], tuple[Definition, Scored]]
    ) -> tuple[Definition, Scored]:
        """Return the run of all indicators with these methods; groups of the same methods follow each other."""
        if self.run is None or self.run[0] != stages:
            self.run = None  # so that memory never holds two runs
            self.run = stages, *score_stages(stages)
        return self.run[1:]

    def sets(self, stages: Mapping[str, Any], draw: Callable[[], Sets]) -> Sets:
        """Return the weights drawn for these methods."""
        if self.weight_sets is None or self.weight_sets[0] != stages:
            self.weight_sets = None  # so that memory never holds two sets of weights
            self.weight_sets = stages, draw()
        return self.weight_sets[1]


@dataclass(frozen=True)
class BlockScores:
    """The outcome of a block of draws, which a worker returns."""

    scores: Array
    ranks: Array
    failing: tuple[FailedDraws, ...]


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
    groups: Integers
    """The number of the group of each draw: draws of a group share their methods and the part that is left out."""
    failing: list[FailedDraws] = field(default_factory=list)
    last: LastRun = field(default_factory=LastRun)
    limit: float = FAILED
    """The share of draws that may fail without an error."""

    @classmethod
    def of(cls, groups: Integers, baseline: Baseline, keep: Quantity, limit: float = FAILED) -> DrawScores:
        """Return empty arrays for runs, of which `groups` has the groups."""
        runs, units = len(groups), len(baseline.names)
        scores = np.full((runs if "scores" in keep else 0, units), np.nan)
        ranks = np.full((runs if "ranks" in keep else 0, units), np.nan, dtype=rank_distribution.exact_type(units))
        names = baseline.nominal.tree.indicators if keep == "weights" else ()
        weights = {name: np.full(runs, np.nan) for name in names}
        return cls(baseline, keep, scores, ranks, np.zeros(runs, dtype=bool), weights, groups, limit=limit)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The combinations of choices that cannot be scored, by group and first draw: in any order of the work."""
        counts: dict[tuple[str, str], int] = {}
        first: dict[tuple[str, str], tuple[int, int]] = {}
        for failing in self.failing:
            key = failing.choices, failing.error.reason
            counts[key] = counts.get(key, 0) + len(failing.draws)
            place = min((int(self.groups[draw]), int(draw)) for draw in failing.draws)
            first[key] = min(place, first.get(key, place))
        return tuple(Failure(*key, counts[key]) for key in sorted(counts, key=lambda key: first[key]))

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

    @property
    def block(self) -> BlockScores:
        """The outcome without the data of the run."""
        return BlockScores(self.scores, self.ranks, tuple(self.failing))

    def add_block(self, draws: Integers, block: BlockScores) -> None:
        """Keep the outcome of a block, whose draws have these numbers here; DefinitionError if too many draws fail."""
        for kept, of_block in ((self.scores, block.scores), (self.ranks, block.ranks)):
            if len(kept):
                kept[draws] = of_block
        for failing in block.failing:
            self.fail(replace(failing, draws=draws[failing.draws]))

    def fail(self, failing: FailedDraws) -> None:
        """Count draws that cannot be scored; DefinitionError if there are too many."""
        self.failed[failing.draws] = True
        self.failing.append(failing)
        share = self.failed.mean()
        if share > self.limit:
            error = failing.error
            raise DefinitionError(
                f"at least {share:.1%} of the draws cannot be scored, and the limit is {FAILED:.0%}: "
                f"{failing.choices}: {error.what}",
                where=error.where,
                remedy=error.remedy or "leave out the alternative that does not go with the others",
            ) from error
