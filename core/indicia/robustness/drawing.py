"""Score the draws of a design, those together that share their methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from indicia.definition import STAGES
from indicia.errors import DefinitionError, IndiciaError
from indicia.progress import Progress, silent
from indicia.robustness import standing
from indicia.robustness.baseline import Baseline, ranks_of, without
from indicia.robustness.design import LEFT_OUT
from indicia.robustness.measurement import MeasurementErrors
from indicia.robustness.result import Failure
from indicia.robustness.weight_sets import of_draws, weight_sets
from indicia.run import Draws, Scored, StageCache, draws_per_batch, effective_weights, score, score_draws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt
    import polars as pl

    from indicia.definition import Definition, Node, Robustness
    from indicia.methods import Array
    from indicia.robustness.result import Factor

    Whole = npt.NDArray[np.int64]
    Sets = Mapping[str, Array]

Plan: TypeAlias = "Callable[[Mapping[str, Any]], tuple[Definition, Node]]"
"""Returns the index with other choices, by stage."""
Kept: TypeAlias = Literal["ranks", "scores", "weights"]

FAILED = 0.01
"""The share of draws that may fail."""


@dataclass(frozen=True)
class Drawing:
    """What draws of an index are scored with."""

    plan: Plan
    table: pl.DataFrame
    persons: pl.DataFrame | None
    """The table of weights, a row a person, if weights come from one."""
    varied: Robustness
    seed: int
    factors: Sequence[Factor]
    baseline: Baseline
    shared: StageCache

    def again(self, design: Whole, keep: Kept) -> Any:
        """Return scores, or effective weights, of a design that was scored: the same draws once more."""
        return getattr(self.scored(design, keep=keep), keep)

    def scored(self, design: Whole, progress: Progress = silent, keep: Kept = "ranks") -> Found:
        """Score all draws of a design, and keep what is asked for of each."""
        found, done = Found.of(len(design), self.baseline, keep), 0
        for alike in self._alike(design):
            for more in self._score(found, alike):
                progress(done + more, len(design))
            done += len(alike.drawn)
        found.sets = None
        return found

    def _alike(self, design: Whole) -> Iterator[_Alike]:
        """Part the draws by what needs a tree of its own; all else is drawn within it."""
        names = [factor.name for factor in self.factors]
        fixed = [at for at, name in enumerate(names) if name in (*STAGES, *LEFT_OUT)]
        combinations, which = np.unique(design[:, fixed], axis=0, return_inverse=True)
        for number, combination in enumerate(combinations):
            drawn = np.flatnonzero(which.ravel() == number)
            chosen = {names[at]: self.factors[at].alternatives[one] for at, one in zip(fixed, combination, strict=True)}
            yield _Alike(chosen, drawn, {name: design[drawn, at] for at, name in enumerate(names) if at not in fixed})

    def _score(self, found: Found, alike: _Alike) -> Iterator[int]:
        """Score draws that share their methods, so many at once as memory holds well, and say how many are done."""
        try:
            definition, tree = self.plan(alike.stages)
            whole = scored = score(definition, tree, self.table, shared=self.shared)
            if alike.gone:
                scored = score(definition, without(whole.tree, alike.gone), self.table)
        except IndiciaError as error:
            found.fail(alike, error)
            return
        if "weights" in alike.numbers and (found.sets is None or found.sets[0] != alike.stages):
            found.sets = None  # so that two sets of weights are never held at once
            known = {part.id for node in self.baseline.nominal.tree.nodes() for part in node.components}
            sets = weight_sets(self.varied, self.persons, self.seed, whole, known)
            found.sets = alike.stages, sets
        step = draws_per_batch(scored, errors="data" in alike.numbers)
        for start in range(0, len(alike.drawn), step):
            some = alike.part(slice(start, start + step))
            weights = {} if found.sets is None else of_draws(found.sets[1], whole, scored, some.numbers["weights"])
            if found.keep == "weights":
                found.note_weights(some.drawn, effective_weights(scored, Draws(len(some.drawn), weights)))
            else:
                self._rank(found, some, definition, scored, weights)
            yield start + len(some.drawn)

    def _rank(self, found: Found, alike: _Alike, definition: Definition, scored: Scored, weights: Sets) -> None:
        """Score some draws; where that cannot be, find those that cannot by halves."""
        errors, count = None, len(alike.drawn)
        if "data" in alike.numbers:
            places = self.baseline.places(scored)
            errors = self._measurement.drawn(places, alike.numbers["data"])
        try:
            scores = score_draws(definition, scored, Draws(count, weights, errors))
            found.note_scores(alike.drawn, definition, scored, scores)
        except IndiciaError as error:
            if count == 1:
                found.fail(alike, error)
                return
            for half in (slice(count // 2), slice(count // 2, None)):
                of_half = {name: column[half] for name, column in weights.items()}
                self._rank(found, alike.part(half), definition, scored, of_half)

    @cached_property
    def _measurement(self) -> MeasurementErrors:
        assert self.varied.data is not None
        return MeasurementErrors.of(self.varied.data, self.table, self.baseline, self.seed)


@dataclass(frozen=True)
class _Alike:
    """Draws that share their methods and what is left out."""

    chosen: Mapping[str, Any]
    """By choice."""
    drawn: Whole
    """Which draws they are."""
    numbers: Mapping[str, Whole]
    """The number of the set of weights, and of the errors, of each."""

    @property
    def stages(self) -> dict[str, Any]:
        """The methods that are chosen."""
        return {stage: self.chosen[stage] for stage in STAGES if stage in self.chosen}

    @property
    def gone(self) -> list[str]:
        """The parts that are left out."""
        return [str(self.chosen[word]) for word in LEFT_OUT if self.chosen.get(word) is not None]

    def part(self, which: slice) -> _Alike:
        """Return some of the draws."""
        return _Alike(self.chosen, self.drawn[which], {name: one[which] for name, one in self.numbers.items()})

    def __str__(self) -> str:
        words = [*map(str, self.stages.values()), *(f"without {part}" for part in self.gone)]
        return " > ".join(words) or "the index as it stands"


@dataclass
class Found:
    """What has been computed so far."""

    baseline: Baseline
    keep: Kept
    """What is kept of each draw; all else is empty, since many draws of many units fill the memory."""
    scores: Array
    ranks: Array
    failed: npt.NDArray[np.bool_]
    weights: dict[str, Array]
    """Effective, by indicator."""
    reasons: dict[tuple[str, str], int] = field(default_factory=dict)
    sets: tuple[Mapping[str, Any], Sets] | None = None
    """The last methods, and the sets of weights that were drawn for them."""

    @classmethod
    def of(cls, runs: int, baseline: Baseline, keep: Kept) -> Found:
        """Make room for so many runs."""
        units = len(baseline.names)
        scores = np.full((runs if keep == "scores" else 0, units), np.nan)
        ranks = np.full((runs if keep == "ranks" else 0, units), np.nan, dtype=standing.exact(units))
        names = [leaf.id for leaf in baseline.nominal.tree.leaves()] if keep == "weights" else []
        weights = {name: np.full(runs, np.nan) for name in names}
        return cls(baseline, keep, scores, ranks, np.zeros(runs, dtype=bool), weights)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The choices that do not go together."""
        return tuple(Failure(choices, reason, draws) for (choices, reason), draws in self.reasons.items())

    def note_weights(self, drawn: Whole, weights: Mapping[str, Array]) -> None:
        """Take the effective weights of some draws; what is left out counts nothing."""
        for name, column in self.weights.items():
            column[drawn] = weights.get(name, 0.0)

    def note_scores(self, drawn: Whole, definition: Definition, scored: Scored, scores: Array) -> None:
        """Take the scores (draws, rows) of some draws, or rank them."""
        at = self.baseline.numbers(scored)
        some = at >= 0
        if self.keep == "scores":
            self.scores[drawn[:, None], at[some]] = scores[:, some]
            return
        ranked = np.where(self.baseline.eligible[at[some]], scores[:, some], np.nan)
        self.ranks[drawn[:, None], at[some]] = ranks_of(definition, scored, ranked)

    def fail(self, alike: _Alike, error: IndiciaError) -> None:
        """Count draws that cannot be scored, as long as they are few."""
        self.failed[alike.drawn] = True
        reason = str(alike), error.reason
        self.reasons[reason] = self.reasons.get(reason, 0) + len(alike.drawn)
        share = self.failed.mean()
        if share > FAILED:
            raise DefinitionError(
                f"at least {share:.1%} of the draws cannot be scored, and more than {FAILED:.0%} may not: "
                f"{alike}: {error.what}",
                where=error.where,
                remedy=error.remedy or "leave out the alternative that does not go with the others",
            ) from error
