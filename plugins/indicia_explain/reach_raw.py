"""The least change of one raw value with which a unit reaches a rank, all else equal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import ROOT
from indicia.errors import IndiciaError
from indicia.means import tree_of
from indicia.run import moves_all_scores, normalise_with
from indicia_explain.levers import ANY_VALUE, PossibleValues, possible_values
from indicia_explain.reach_question import single_changes
from indicia_robustness.value_search import first_values, nearest_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from indicia.definition import Leaf
    from indicia.methods import Array
    from indicia_explain.reach_question import ReachQuestion
    from indicia_robustness.value_search import Margins

    Integers = npt.NDArray[np.int64]

FAR = 1e6
"""The number of ranges of an indicator beyond which a value counts as out of reach."""
_NEAR_ZERO = 1e-9
"""The share of a value at which the search ends if a method refuses values below zero."""
_HALVINGS = 40
"""The halvings of the way to the furthest value, if the run of this value fails."""
_MARGIN = 1e-6
"""The share of a change by which a whole run tests the values just beyond and just before it."""


@dataclass(frozen=True)
class RawValues:
    """The values of one indicator: of the unit, and of the others in the same period."""

    leaf: Leaf
    value: float
    """The value of the unit; NaN if it is missing."""
    others: Array
    """The present values of the other units."""
    sd: float
    """The standard deviation over all units, with n - 1."""
    is_reversed: bool = False
    """True if a better value of the indicator leads to a worse rank.

    It does in dimensions that are costs, or if rank 1 is the worst score.
    """

    possible: PossibleValues = ANY_VALUE
    """The values that the indicator can have."""

    @classmethod
    def of(cls, question: ReachQuestion, leaf: Leaf) -> RawValues:
        """Return the values of an indicator, as measured after denomination."""
        column = question.result.scored.raw.values[leaf.id].to_numpy()
        of_period = question.baseline.rows
        others = of_period.copy()
        others[question.row] = False
        present = column[of_period & ~np.isnan(column)]
        sd = float(present.std(ddof=1)) if len(present) > 1 else np.nan
        is_harm = leaf.id in question.result.scored.tree.harms
        is_reversed = is_harm != (question.result.definition.methodology.rank_from == "worst")
        possible = possible_values(leaf.spec, column[~np.isnan(column)])
        return cls(leaf, float(column[question.row]), column[others & ~np.isnan(column)], sd, is_reversed, possible)

    @cached_property
    def edge(self) -> float | None:
        """The nearest of the best values of a target or interval; None without best values to go to."""
        best = self.leaf.spec.best
        return None if best is None or self.is_reversed else float(np.clip(self.value, *best))

    @property
    def side(self) -> float:
        """1 if a larger value leads to a better rank, -1 if a smaller value does, and 0 if the value is the best."""
        if self.edge is not None:
            return float(np.sign(self.edge - self.value))
        if self.leaf.spec.best is not None:
            return -1.0 if self.value < self.leaf.spec.best[0] else 1.0
        return -1.0 if (self.leaf.spec.direction == "cost") != self.is_reversed else 1.0

    def merit(self, values: Array) -> Array:
        """Return numbers that are larger for values that lead to better ranks."""
        best = self.leaf.spec.best
        if best is None:
            return self.side * values
        distance = np.maximum(np.maximum(best[0] - values, values - best[1]), 0.0)
        return distance if self.is_reversed else -distance

    @property
    def best_of_others(self) -> float:
        """The best value of the other units; NaN if they have none."""
        return float(self.others[self.merit(self.others).argmax()]) if len(self.others) else np.nan

    def limit(self, question: ReachQuestion, *, beyond: bool = False) -> float:
        """The furthest value of a path: as stated, else the best of the others, if the scale does not end before.

        With `beyond`, the end of the scale is the furthest value: a best value, or the better of fixed bounds.
        """
        side, ends = self.side, [self.best_of_others]
        if self.leaf.id in question.limits:
            return question.limits[self.leaf.id]
        if self.edge is not None:
            ends = [self.edge] if beyond or not len(self.others) else [self.edge, side * (side * self.others).max()]
        elif isinstance(bounds := self.leaf.spec.bounds, tuple):
            ends = [bounds[1] if side > 0 else bounds[0], *([] if beyond else ends)]
        return float(side * np.fmin.reduce(side * np.array(ends))) if side else self.value

    def is_beyond_others(self, value: float) -> bool:
        """Return whether a value is better than those of all other units."""
        return not len(self.others) or bool(self.merit(np.array([value]))[0] > self.merit(self.others).max())

    @property
    def span(self) -> float:
        """A size of ordinary changes of the indicator."""
        values = np.append(self.others, self.value)
        size = float(np.nanmax(values) - np.nanmin(values))
        return size or abs(self.value) or 1.0

    @property
    def far(self) -> float:
        """The furthest value that the search tests."""
        furthest = self.value + self.side * FAR * self.span if self.edge is None else self.edge
        return self.possible.towards(furthest, self.value, self.side) if self.side else furthest


@dataclass(frozen=True)
class RawChange:
    """The least change of one indicator."""

    values: RawValues
    needed: float
    """The value with which the goal is reached; NaN if no value reaches it."""
    where: str
    rank_before: float
    """The rank of a whole run just before the value that is needed."""
    rank_then: float
    """The rank of a whole run with the value that is needed; if no value is enough, the best rank that it brings."""
    score_then: float
    is_proved: bool
    """True if whole runs reach the goal just beyond the value and not just before it; or nowhere, if it is missing."""

    @property
    def in_sd(self) -> float:
        """The change in standard deviations; NaN if all units have one value."""
        return (self.needed - self.values.value) / self.values.sd if self.values.sd > 0 else np.nan


def raw_changes(question: ReachQuestion) -> list[RawChange]:
    """Return the least change of each indicator that the unit has and can change, in the order of the index file."""
    values = [RawValues.of(question, leaf) for leaf in question.leaves.values() if leaf.spec.lever]
    values = [of_leaf for of_leaf in values if np.isfinite(of_leaf.value)]
    if not values:
        return []
    shared = np.array([of_leaf.leaf.id in question.shared for of_leaf in values])
    needed, far = np.full((2, len(values)), np.nan)
    linear = LinearIndex.of(question) if shared.any() else None
    for all_rows in (False, True):
        places = np.flatnonzero(shared == all_rows)
        needed[places], far[places] = _needed(question, [values[place] for place in places], all_rows, linear)
    changes = _verified(question, values, needed, far)
    doubtful = [place for place, change in enumerate(changes) if linear is not None and not change.is_proved]
    if doubtful:  # a value that leaves the straight line, such as one that makes an indicator constant
        again = [values[place] for place in doubtful]
        of_runs = _verified(question, again, *_needed(question, again, all_rows=True))
        for place, change in zip(doubtful, of_runs, strict=True):
            changes[place] = change
    return changes


def _needed(
    question: ReachQuestion, values: Sequence[RawValues], all_rows: bool, linear: LinearIndex | None = None
) -> tuple[Array, Array]:
    """Return the values that are needed (k,), NaN where no value is enough, and the furthest values (k,) tested."""
    names = [of_leaf.leaf.id for of_leaf in values]
    start, far, span = (np.array([getattr(of_leaf, name) for of_leaf in values]) for name in ("value", "far", "span"))

    def margins(numbers: Integers, at: Array) -> Array:
        by_sums = linear.margins(names, numbers, at) if linear is not None and all_rows else None
        return question.margins(single_changes(names, numbers, at), all_rows=all_rows) if by_sums is None else by_sums

    if names:
        failed = margins(np.arange(len(names)), far) == -np.inf
        # a method may refuse values below zero, such as a logarithm: the search then ends near zero
        far = np.where(failed & (far < 0) & (start > 0), _NEAR_ZERO * start, far)
        if failed.any():
            far = _within_domain(margins, start, far)
    needed = nearest_values(margins, start, far, span / 8, question.nominal_margin)
    # a deviation grows with the value, so that a score may fall again beyond the values that are enough
    uneven = (name in question.shared and not question.depends_on_ends_only(name) for name in names)
    places = np.flatnonzero(np.isnan(needed) & np.fromiter(uneven, dtype=bool))
    if len(places):
        needed[places] = first_values(
            lambda numbers, at: margins(places[numbers], at),
            start[places],
            far[places],
            span[places],
            question.nominal_margin,
        )
    whole = [of_leaf.possible.from_here(value, of_leaf.side) for of_leaf, value in zip(values, needed, strict=True)]
    return np.array(whole), far


def _within_domain(margins: Margins, start: Array, far: Array) -> Array:
    """Return the furthest values (k,): nearer ones where a run fails, as where an exponential overflows."""
    numbers = np.arange(len(start))
    failed = numbers[margins(numbers, far) == -np.inf]
    near, far = start.copy(), far.copy()
    for _ in range(_HALVINGS if len(failed) else 0):
        middle = (near[failed] + far[failed]) / 2
        fails = margins(failed, middle) == -np.inf
        far[failed[fails]], near[failed[~fails]] = middle[fails], middle[~fails]
    return np.where(np.isin(numbers, failed), near, far)


def _verified(question: ReachQuestion, values: Sequence[RawValues], needed: Array, far: Array) -> list[RawChange]:
    """Test the values that are needed by whole runs: just before each of them, and just beyond."""
    names = [of_leaf.leaf.id for of_leaf in values]
    start, reached = np.array([of_leaf.value for of_leaf in values]), np.isfinite(needed)
    at = np.where(reached, needed, far)
    margin = np.where(reached, _MARGIN * (at - start), 0.0)
    numbers = np.concatenate([np.arange(len(values)), np.flatnonzero(reached)])
    is_whole = np.array([of_leaf.possible.is_whole for of_leaf in values])
    after = np.where(is_whole, 0.0, margin)
    beyond = np.where(far >= start, np.minimum(at + after, far), np.maximum(at + after, far))
    before = at - np.where(is_whole, np.sign(at - start), margin)
    tested = np.concatenate([beyond, before[reached]])
    ranks, scores = question.outcomes(single_changes(names, numbers, tested))
    own, met = ranks[:, question.number(question.row)], question.reached(ranks)
    then, rank_before = own[: len(values)], np.full(len(values), np.nan)
    rank_before[reached] = own[len(values) :]
    proved = met[: len(values)] == reached
    proved[reached] &= ~met[len(values) :]
    wheres = [_where(question, of_leaf, value) for of_leaf, value in zip(values, needed.tolist(), strict=True)]
    columns = values, needed.tolist(), wheres, rank_before.tolist(), then.tolist(), scores.tolist(), proved.tolist()
    return [RawChange(*row) for row in zip(*columns, strict=False)]


def _where(question: ReachQuestion, values: RawValues, needed: float) -> str:
    """Return the place of a value: on a fixed scale, within the values of the others, or beyond them."""
    if np.isnan(needed):
        return "out of reach"
    if values.leaf.id not in question.shared:
        return "fixed bounds"
    if values.is_beyond_others(needed):
        return "beyond the others"
    is_within = values.merit(np.array([needed]))[0] >= values.merit(values.others).min()
    return "within the others" if is_within else "behind the others"


def _ends(possible: PossibleValues) -> list[float]:
    """Return the least and the greatest possible value; NaN for one that does not exist."""
    return [end if np.isfinite(end) else np.nan for end in (possible.least, possible.greatest)]


def rows_of_changes(question: ReachQuestion, changes: Sequence[RawChange]) -> list[tuple[object, ...]]:
    """Return the rows of the changes of raw values, in the order of the index file."""
    return [
        (
            change.values.leaf.id,
            change.values.value,
            change.needed,
            change.needed - change.values.value,
            change.in_sd,
            change.where,
            change.values.best_of_others,
            change.values.limit(question, beyond=True),
            *_ends(change.values.possible),
            change.values.possible.is_whole,
            change.values.possible.is_assumed,
            change.rank_before,
            change.rank_then,
            change.score_then,
        )
        for change in changes
    ]


@dataclass(frozen=True, eq=False)
class LinearIndex:
    """The scores, normalised values and effective weights of an index that is a weighted sum."""

    question: ReachQuestion
    scores: Array
    """The scores before rounding, (rows,)."""
    weights: Mapping[str, Array]
    """The effective weight of each indicator, (rows,) each; it may differ from row to row."""

    @classmethod
    def of(cls, question: ReachQuestion) -> LinearIndex | None:
        """Return the sums of an index; None if scores are no sums, are rounded, or depend on all values."""
        scored = question.result.scored
        nodes = list(scored.tree.counting_nodes())
        is_sum = all(node.aggregation.additive and (node is scored.tree or node.decimals is None) for node in nodes)
        if not is_sum or question.rounding or moves_all_scores(scored):
            return None
        tree = tree_of(scored)
        if isinstance(tree, str):
            return None
        weights = tree.by_indicator(np.nan_to_num(tree.shares.shifted))
        return cls(question, scored.source.columns.unrounded[ROOT].to_numpy(), weights)

    def margins(self, names: Sequence[str], numbers: Integers, values: Array) -> Array | None:
        """Return the margins (m,) of changes of one indicator each; None if a value cannot be normalised.

        `numbers` (m,) are different places in `names`.
        """
        question = self.question
        changed = [names[number] for number in numbers.tolist()]
        cells = dict(zip(changed, values.tolist(), strict=True))
        try:
            frame = normalise_with(question.result.definition, question.result.scored, question.row, cells)
        except IndiciaError:
            return None
        present = question.result.scored.normalised
        scores = np.empty((len(changed), len(self.scores)))
        for number, name in enumerate(changed):
            change = frame[name].to_numpy() - present[name].to_numpy()
            scores[number] = self.scores + self.weights[name] * np.nan_to_num(change)
        return question.margins_of(question.baseline.sign * scores[:, question.row], question.goals(scores))
