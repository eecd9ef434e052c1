"""The question how a unit reaches a rank or overtakes another unit: the goal, and the runs that test a change."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import ROOT
from indicia.errors import DataError, DefinitionError, IndiciaError, suggest
from indicia.methods.noise import NOISE
from indicia.run import moves_all_scores, score_probes, score_row, shared_indicators
from indicia.tables.periods import rows_of_period
from indicia_explain.reach_weights import order_of_units
from indicia_explain.units import row_of
from indicia_robustness.baseline import Baseline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from indicia.definition import Leaf
    from indicia.methods import Array
    from indicia.result import Result

    Integers = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]
    from indicia.types import Period


_ENDS = frozenset({"min", "max"})
_LEVEL = 2e-15
"""The share of a score by which two scores may differ and still be level: the rounding of a few sums."""


@dataclass(frozen=True, eq=False)
class ReachQuestion:
    """A unit, and the rank that it wants or the unit that it wants to overtake."""

    result: Result
    baseline: Baseline
    row: int
    """The row of the unit in the data."""
    rank: int | None = None
    """The rank that is wanted; None if another unit is to be overtaken."""
    rival_row: int | None = None
    """The row of the unit to overtake; None if a rank is wanted."""
    costs: Mapping[str, float] = field(default_factory=dict)
    """The cost of a change of 1 in an indicator; by default 1 divided by its standard deviation."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """The furthest value of an indicator."""

    @classmethod
    def of(
        cls,
        result: Result,
        unit: str,
        *,
        rank: int | None,
        overtake: str | None,
        period: Period | None,
        costs: Mapping[str, float],
        limits: Mapping[str, float],
    ) -> ReachQuestion:
        """Check the words of a question, and find its units."""
        if (rank is None) == (overtake is None):
            raise DefinitionError(
                "the way to a rank needs a rank, or a unit to overtake, and not both",
                remedy="--reach 10, or --overtake UNIT (in Python: rank=10, or overtake=UNIT)",
            )
        row = row_of(result, unit, period)
        _, rows = rows_of_period(result.scored.source, period)
        baseline = Baseline(result.definition, result.scored, rows.to_numpy())
        rival_row = None if overtake is None else row_of(result, overtake, period)
        question = cls(result, baseline, row, rank, rival_row, dict(costs), dict(limits))
        question.check(unit, overtake)
        return question

    def check(self, unit: str, overtake: str | None) -> None:
        """Refuse a rank that nobody can have, units without a rank, and indicators that the index lacks."""
        ranks = self.baseline.nominal_ranks
        for name, row in ((unit, self.row), (overtake, self.rival_row)):
            if row is not None and np.isnan(ranks[self.number(row)]):
                raise DataError(
                    f"{name} has a score and no rank: [eligible] keeps it out", remedy="ask about a unit with a rank"
                )
        if self.rival_row == self.row:
            raise DefinitionError(f"{unit} cannot overtake itself", remedy="name another unit")
        count = int(np.isfinite(ranks).sum())
        if self.rank is not None and not 1 <= self.rank <= count:
            raise DefinitionError(
                f"there is no rank {self.rank}: {count} units have a rank", remedy=f"a rank from 1 to {count}"
            )
        for word, values in (("costs", self.costs), ("limits", self.limits)):
            for name, value in values.items():
                if name not in self.leaves:
                    raise DefinitionError(
                        f'"{name}" in {word} is no indicator of the index', remedy=suggest(name, self.leaves)
                    )
                if word == "costs" and value <= 0:
                    raise DefinitionError(
                        f"costs of {name}: {value} is not a number above 0", remedy="write a number above 0"
                    )

    @cached_property
    def leaves(self) -> dict[str, Leaf]:
        """The indicators on which the score depends."""
        tree = self.result.scored.tree
        return {leaf.id: leaf for leaf in tree.leaves() if leaf.id in tree.counting}

    def number(self, row: int) -> int:
        """Return the number of a row among the analysed units."""
        return int(self.baseline.rows[:row].sum())

    @property
    def name(self) -> str:
        """The name of the unit."""
        return str(self.baseline.names[self.number(self.row)])

    @property
    def rank_now(self) -> float:
        """The rank of the unit."""
        return float(self.baseline.nominal_ranks[self.number(self.row)])

    @property
    def target_rank(self) -> float:
        """The rank that is wanted, or the rank of the unit to overtake."""
        if self.rival_row is not None:
            return float(self.baseline.nominal_ranks[self.number(self.rival_row)])
        assert self.rank is not None
        return float(self.rank)

    @cached_property
    def rival(self) -> int:
        """The number of the unit to overtake: the unit that has the rank now."""
        if self.rival_row is not None:
            return self.number(self.rival_row)
        assert self.rank is not None
        order = order_of_units(self.baseline)
        others = order[order != self.number(self.row)]
        return int(others[min(self.rank, len(others)) - 1])

    @property
    def is_reached(self) -> bool:
        """True if the unit has the rank, or is ahead of the other unit, without any change."""
        return bool(self.reached(self.baseline.nominal_ranks[None])[0])

    def reached(self, ranks: Array) -> Mask:
        """Return whether the goal is reached, for ranks (m, units) of other runs."""
        own = ranks[:, self.number(self.row)]
        goal = self.target_rank if self.rival_row is None else ranks[:, self.rival]
        return np.asarray(own <= goal)

    @cached_property
    def others(self) -> Integers:
        """The rows of the other units that have a rank."""
        rows = np.flatnonzero(self.baseline.rows)
        others: Integers = rows[np.isfinite(self.baseline.nominal_ranks) & (rows != self.row)]
        return others

    @property
    def rounding(self) -> float:
        """Half a unit of the last digit of the scores that are ranked; 0 if they are not rounded."""
        decimals = self.result.scored.tree.decimals
        rounded = decimals is not None and self.result.definition.methodology.rank_by != "unrounded"
        return 0.5 * 10.0 ** -(decimals or 0) if rounded else 0.0

    def _counts_level(self, others: Array, goal: Array) -> Mask | bool:
        """Return whether a unit that is level with a goal (m,) has the rank that is wanted, for other scores (m, n)."""
        assert self.rank is not None
        ties = self.result.definition.methodology.ties
        if ties != "average":
            return ties in ("min", "dense")
        noise = NOISE * np.abs(others).max(axis=1, initial=0.0, where=np.isfinite(others))
        with np.errstate(invalid="ignore"):
            distance = others - goal[:, None]
        ahead = (distance > noise[:, None]).sum(axis=1)
        level = (np.abs(distance) <= noise[:, None]).sum(axis=1)
        return np.asarray(ahead + level / 2 + 1 <= self.rank)

    def goals(self, ranked: Array) -> Array:
        """Return the score that the unit needs, larger is better, from the ranked scores (m, rows) of runs."""
        counts_level: Mask | bool = True
        if self.rival_row is not None:
            goal = self.baseline.sign * ranked[:, self.rival_row]
        else:
            assert self.rank is not None
            others = self.baseline.sign * ranked[:, self.others]
            others = np.where(np.isnan(others), -np.inf, others)
            if self.result.definition.methodology.ties == "dense":
                goal = _best_level(others, self.rank)
            elif self.rank > others.shape[1]:
                goal = np.full(len(others), -np.inf)
            else:
                place = others.shape[1] - self.rank
                goal = np.partition(others, place, axis=1)[:, place]
            counts_level = self._counts_level(others, goal)
        # a rounded score is level from half a digit below, and ahead from half a digit above
        return np.asarray(np.where(counts_level, goal - self.rounding, goal + self.rounding))

    @cached_property
    def goal(self) -> float:
        """The score that the unit needs if no other score changes, larger is better."""
        return float(self.goals(self.nominal_scores[None])[0])

    @cached_property
    def nominal_margin(self) -> float:
        """The score of the unit less the score that it needs."""
        unrounded = self.result.scored.source.columns.unrounded[ROOT]
        return self.baseline.sign * float(unrounded[self.row]) - self.goal

    @cached_property
    def nominal_scores(self) -> Array:
        """The scores that are ranked, by row."""
        return self.result.scored.ranked[ROOT].to_numpy()

    @cached_property
    def _kinds(self) -> dict[str, set[str]]:
        """The kinds of statistics of the data, by indicator."""
        kinds: dict[str, set[str]] = {}
        for values in self.result.scored.fitted.statistics.values():
            for question in values:
                kinds.setdefault(question.subject[0], set()).add(question.kind)
        return kinds

    @cached_property
    def _moves_all(self) -> bool:
        return moves_all_scores(self.result.scored)

    def depends_on_ends_only(self, name: str) -> bool:
        """Return whether other scores depend on the smallest and the largest value of an indicator alone."""
        return not self._moves_all and self._kinds.get(name, set()) <= _ENDS

    @cached_property
    def shared(self) -> frozenset[str]:
        """The indicators whose values change the scores of other units too."""
        return shared_indicators(self.result.scored)

    def margins(self, cells: Mapping[str, Array], *, all_rows: bool) -> Array:
        """Return the score of the unit less the score that it needs, for other values (m,) of its indicators.

        A negative margin misses the goal; minus infinity stands for a run that fails. If `all_rows` is false, the
        row of the unit alone is scored, since no other score changes.
        """
        definition, scored, sign = self.result.definition, self.result.scored, self.baseline.sign
        try:
            if all_rows:
                probes = score_probes(definition, scored, self.row, cells)
                own, goals = sign * probes.unrounded[:, self.row], self.goals(probes.ranked)
            else:
                own = sign * score_row(definition, scored, self.row, cells).unrounded[:, 0]
                goals = np.full(len(own), self.goal)
        except IndiciaError:
            # a value outside the domain of a method fails its batch: the others are scored without it
            halves = _halves(cells)
            parts = [self.margins(half, all_rows=all_rows) for half in halves]
            return np.concatenate(parts) if parts else np.array([-np.inf])
        return self.margins_of(own, goals)

    def margins_of(self, own: Array, goals: Array) -> Array:
        """Return scores of the unit less the scores that it needs, 0 where the two are level but for rounding."""
        with np.errstate(invalid="ignore"):
            margins = own - goals
            margins[np.abs(margins) <= _LEVEL * np.abs(goals)] = 0.0
        return np.where(np.isnan(margins), -np.inf, margins)

    def outcomes(self, cells: Mapping[str, Array]) -> tuple[Array, Array]:
        """Return the ranks (m, units) of whole runs, and the scores of the unit (m,); NaN if a run fails."""
        try:
            probes = score_probes(self.result.definition, self.result.scored, self.row, cells)
        except IndiciaError:
            halves = _halves(cells)
            if not halves:
                return np.full((1, len(self.baseline.names)), np.nan), np.array([np.nan])
            ranks, scores = zip(*map(self.outcomes, halves), strict=True)
            return np.concatenate(ranks), np.concatenate(scores)
        return self.baseline.ranked(probes.ranked), probes.ranked[:, self.row]


def _best_level(scores: Array, rank: int) -> Array:
    """Return the score with a rank if equal scores share a rank and the next number follows, from scores (m, n)."""
    ordered = -np.sort(-scores, axis=1)
    noise = NOISE * np.abs(scores).max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        levels = np.cumsum(np.diff(ordered, axis=1, prepend=ordered[:, :1]) < -noise, axis=1) + 1
    is_level = levels == rank
    best = np.take_along_axis(ordered, is_level.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.asarray(np.where(is_level.any(axis=1), best, -np.inf))


def single_changes(names: Sequence[str], numbers: Integers, values: Array) -> dict[str, Array]:
    """Return the cells of probes that change one indicator each: `numbers` (m,) are places in `names`."""
    return {name: np.where(numbers == place, values, np.nan) for place, name in enumerate(names)}


def _halves(cells: Mapping[str, Array]) -> list[dict[str, Array]]:
    """Return the two halves of a batch of probes; nothing for a single probe."""
    count = len(next(iter(cells.values())))
    if count == 1:
        return []
    halves = np.array_split(np.arange(count), 2)
    return [{name: values[half] for name, values in cells.items()} for half in halves]
