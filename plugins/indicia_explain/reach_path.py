"""The cheapest change of several raw values with which a unit reaches a rank.

Values improve, and go no further than their limits: by default the best value of the others. Then no other score
changes unless statistics such as a mean depend on the values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia_explain.reach_programme import ROUNDS, cheapest_point, greedy, greedy_at_most
from indicia_explain.reach_raw import RawValues
from indicia_robustness.value_search import nearest_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_explain.reach_question import ReachQuestion

    Integers = npt.NDArray[np.int64]

_LINEAR = 1e-9
"""The share of the largest gain by which gains may miss a straight line and still count as linear."""
_LARGE = 3_000_000
"""The largest number of scores for each round of a search over whole runs."""
_SEARCHED = 3_000_000
"""The largest number of values that a search over whole runs computes."""
_AT_MOST = (1, 2, 3)


@dataclass(frozen=True, eq=False)
class Step:
    """The room of one indicator."""

    values: RawValues
    limit: float
    cost: float
    """The cost of the whole way to the limit."""

    def at(self, share: Array) -> Array:
        """Return the values at shares of the way to the limit; the limit itself at 1."""
        between = self.values.value + share * (self.limit - self.values.value)
        return np.where(share >= 1, self.limit, between)

    def written(self, share: Array) -> Array:
        """Return the values at shares of the way as a run reads them: whole numbers without rounding noise."""
        values = self.at(share)
        return np.round(values) if self.values.possible.is_whole else values

    def rounded_up(self, share: float) -> float:
        """Return the share of the way at which the value is the next whole number, for an indicator that needs it."""
        if not self.values.possible.is_whole or not 0 < share < 1:
            return share
        value = self.values.possible.from_here(float(self.at(np.array(share))), self.values.side)
        return min(1.0, (value - self.values.value) / (self.limit - self.values.value))


@dataclass(frozen=True, eq=False)
class Path:
    """A change of several values; `shares` is None if no change within the limits is enough."""

    at_most: int | None
    shares: Array | None
    by_search: bool
    rank_then: float
    """The rank of a whole run with the new values, or with all values at their limits if no change is enough."""
    reaches: bool
    """True if this run reaches the goal."""


@dataclass(frozen=True, eq=False)
class Paths:
    """The cheapest paths of a unit; none, and no indicators left out, if it has reached its goal."""

    question: ReachQuestion
    beyond_others: bool = False
    """True if values may go beyond the best of the others, to the end of a fixed scale."""

    @cached_property
    def _rooms(self) -> tuple[list[Step], dict[str, str]]:
        steps: list[Step] = []
        left_out: dict[str, str] = {}
        if self.question.is_reached:
            return steps, left_out
        for name, leaf in self.question.leaves.items():
            values = RawValues.of(self.question, leaf)
            if not leaf.spec.lever or np.isnan(values.value):
                left_out[name] = "missing" if leaf.spec.lever else "no lever"
                continue
            limit = self._limit(values)
            room = values.side * (limit - values.value)
            if not room > 0:
                continue
            if self._alone_is_worst(values):
                left_out[name] = "alone the worst"
                continue
            price = self.question.costs.get(name, 1 / values.sd if values.sd > 0 else np.nan)
            if np.isfinite(price):
                steps.append(Step(values, limit, price * room))
        flat = self._flat(steps)
        left_out |= {
            step.values.leaf.id: "no effect at first" for step, is_flat in zip(steps, flat, strict=True) if is_flat
        }
        return [step for step, is_flat in zip(steps, flat, strict=True) if not is_flat], left_out

    @property
    def steps(self) -> list[Step]:
        """The indicators that may change."""
        return self._rooms[0]

    @property
    def left_out(self) -> dict[str, str]:
        """The reasons why indicators may not change."""
        return self._rooms[1]

    def _limit(self, values: RawValues) -> float:
        """Return the furthest value of an indicator; cap, floor and the possible values end the way too."""
        limit, spec = values.limit(self.question, beyond=self.beyond_others), values.leaf.spec
        if spec.cap is not None and values.side > 0:
            limit = min(limit, spec.cap)
        if spec.floor is not None and values.side < 0:
            limit = max(limit, spec.floor)
        return values.possible.towards(limit, values.value, values.side) if values.side else limit

    def _moves_others(self, name: str) -> bool:
        """Return whether a change within the limits changes other scores.

        It does not if only the ends of the data count, and if the limit does not go beyond the others.
        """
        if name not in self.question.shared:
            return False
        if not self.question.depends_on_ends_only(name):
            return True
        limit = self.question.limits.get(name)
        values = RawValues.of(self.question, self.question.leaves[name])
        if limit is None or np.isnan(values.value) or not len(values.others):
            return False
        return bool(values.merit(np.array([limit]))[0] > values.merit(values.others).max())

    def _alone_is_worst(self, values: RawValues) -> bool:
        """Return whether the unit alone has the worst value of an indicator whose scale begins at the worst value."""
        name, scored = values.leaf.id, self.question.result.scored
        if name not in self.question.shared or not self.question.depends_on_ends_only(name):
            return False
        others = values.others
        if scored.source.period is not None and scored.source.period not in scored.scopes.normalisation.key:
            column = scored.raw.values[name].to_numpy()  # the scale is that of all periods
            others = np.delete(column, self.question.row)
            others = others[~np.isnan(others)]
        return bool(len(others) and values.merit(np.array([values.value]))[0] < values.merit(others).min())

    def _flat(self, steps: Sequence[Step]) -> list[bool]:
        """Return the indicators whose first small change does not raise the score."""
        if not steps:
            return []
        small = self._margins(steps, 1e-3 * np.eye(len(steps)))
        return [bool(flat) for flat in small <= self.question.nominal_margin]

    @cached_property
    def moves_others(self) -> bool:
        """True if changes within the limits change other scores, so that each test is a whole run."""
        return any(self._moves_others(name) for name in self.question.leaves)

    def _margins(self, steps: Sequence[Step], shares: Array) -> Array:
        """Return the margins (m,) at shares (m, k) of the ways to the limits."""
        return self.question.margins(_cells(steps, shares), all_rows=self.moves_others)

    @cached_property
    def too_large(self) -> bool:
        """True if a search would need too many whole runs."""
        return self.moves_others and len(self.question.others) * len(self.steps) ** 2 > _LARGE

    @property
    def _rounds(self) -> int:
        """The most rounds of a search: fewer if each computes many values, so that it ends within a minute or so."""
        if not self.moves_others:
            return ROUNDS
        values_of_round = 2 * len(self.steps) * len(self.question.others) * len(self.question.leaves)
        return max(10, min(ROUNDS, _SEARCHED // max(1, values_of_round)))

    @cached_property
    def gains(self) -> Array | None:
        """The gain of each indicator at its limit if gains are linear and add up; None if they do not."""
        count = len(self.steps)
        shares = np.concatenate([np.eye(count), 0.5 * np.eye(count), np.ones((1, count)), np.full((1, count), 0.5)])
        gains = self._margins(self.steps, shares) - self.question.nominal_margin
        full, half, (all_full, all_half) = gains[:count], gains[count : 2 * count], gains[2 * count :]
        size = _LINEAR * np.abs(full).max(initial=0.0)
        is_linear = (np.abs(half - full / 2) <= size).all() and np.abs(
            np.array([all_full - full.sum(), all_half - full.sum() / 2])
        ).max() <= size * count
        return full if is_linear else None

    @cached_property
    def paths(self) -> list[Path]:
        """The cheapest path, and the cheapest paths that change one, two and three values."""
        if not self.steps or self.too_large:
            return []
        costs, needed = np.array([step.cost for step in self.steps]), -self.question.nominal_margin
        if self.gains is None:
            solutions: list[tuple[int | None, Array | None]] = [
                (None, cheapest_point(lambda points: self._margins(self.steps, points), costs, self._rounds)),
                (1, self._cheapest_single(costs)),
            ]
        else:
            solutions = [(None, greedy(self.gains, costs, needed))]
            for most in _AT_MOST:
                try:
                    solutions.append((most, greedy_at_most(self.gains, costs, needed, most)))
                except ValueError:  # too many sets of indicators
                    continue
        solutions = [(most, shares if shares is None else self._whole(shares)) for most, shares in solutions]
        *outcomes, at_limits = self._outcomes([*(shares for _, shares in solutions), None])
        # a search whose point a run does not confirm, as where scores move in steps, has no path
        paths = [
            Path(most, shares, self.gains is None, *outcome)
            if outcome[1]
            else Path(most, None, self.gains is None, *at_limits)
            for (most, shares), outcome in zip(solutions, outcomes, strict=True)
        ]
        return paths if self.gains is not None else _with_cheapest(paths, costs)

    def _whole(self, shares: Array) -> Array:
        """Return a path with whole numbers where an indicator needs them, and less of what is then too much."""
        shares = np.array([step.rounded_up(share) for step, share in zip(self.steps, shares.tolist(), strict=True)])
        if self.gains is None or not any(step.values.possible.is_whole for step in self.steps):
            return shares
        surplus = float(shares @ self.gains) + self.question.nominal_margin
        costs = np.array([step.cost for step in self.steps])
        useful = np.flatnonzero((shares > 0) & (self.gains > 0))
        for place in useful[np.argsort(self.gains[useful] / costs[useful], kind="stable")].tolist():
            needed = max(0.0, float(shares[place]) - max(0.0, surplus) / self.gains[place])
            lowered = self.steps[place].rounded_up(needed)
            surplus -= max(0.0, float(shares[place]) - lowered) * self.gains[place]
            shares[place] = min(float(shares[place]), lowered)
        return shares

    def _cheapest_single(self, costs: Array) -> Array | None:
        """Return the shares of the cheapest change of one value."""
        count = len(costs)

        def margins(numbers: Integers, shares: Array) -> Array:
            points = np.zeros((len(shares), count))
            points[np.arange(len(shares)), numbers] = shares
            return self._margins(self.steps, points)

        needed = nearest_values(
            margins, np.zeros(count), np.ones(count), np.full(count, 0.125), self.question.nominal_margin
        )
        if np.isnan(needed).all():
            return None
        best = int(np.nanargmin(needed * costs))
        return np.asarray(np.where(np.arange(count) == best, needed[best], 0.0))

    def _outcomes(self, paths: Sequence[Array | None]) -> list[tuple[float, bool]]:
        """Return the ranks of runs with the new values, a margin further, and whether the goal is reached.

        Without a path, all values are at their limits.
        """
        shares = np.stack([np.ones(len(self.steps)) if path is None else path for path in paths])
        cells = _cells(self.steps, np.minimum(shares * (1 + 1e-9), 1.0), written=True)
        ranks, _ = self.question.outcomes(cells)
        own = ranks[:, self.question.number(self.question.row)]
        return list(zip(own.tolist(), self.question.reached(ranks).tolist(), strict=True))

    @property
    def fails(self) -> bool:
        """True if no change within the limits is enough."""
        return not self.question.is_reached and not self.too_large and not any(p.shares is not None for p in self.paths)

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """A row for each changed value of each path."""
        rows: list[tuple[object, ...]] = []
        for path in self.paths:
            if path.shares is None:
                continue
            for step, share in zip(self.steps, path.shares.tolist(), strict=True):
                if share > 0:
                    values, new = step.values, float(step.written(np.array(share)))
                    change = new - values.value
                    in_sd = abs(change) / values.sd if values.sd > 0 else np.nan
                    numbers = values.value, new, change, in_sd, share * step.cost
                    rows.append((_word(path.at_most), values.leaf.id, *numbers, share >= 1))
        return rows

    @property
    def totals(self) -> list[tuple[object, ...]]:
        """A row for each path: its cost, the number of changed values, and the rank of a whole run with them."""
        sign, rows = self.question.baseline.sign, list[tuple[object, ...]]()
        needed = sign * self.question.goal
        score = sign * (self.question.nominal_margin + self.question.goal)
        for path in self.paths:
            cost, changed = None, 0
            if path.shares is not None:
                cost = float(path.shares @ np.array([step.cost for step in self.steps]))
                changed = int((path.shares > 0).sum())
            method = "search" if path.by_search else "linear programme"
            rows.append((_word(path.at_most), method, cost, changed, score, needed, path.rank_then))
        return rows


def _with_cheapest(paths: Sequence[Path], costs: Array) -> list[Path]:
    """Return the paths of a search: the first is another one that is cheaper, if it ended in a local optimum."""
    found = {path: float(path.shares @ costs) for path in paths if path.shares is not None}
    if not found:
        return list(paths)
    cheapest = min(found, key=found.__getitem__)
    is_dearer = found.get(paths[0], np.inf) > found[cheapest] * (1 + _LINEAR)
    return [replace(cheapest, at_most=None) if is_dearer else paths[0], *paths[1:]]


def _cells(steps: Sequence[Step], shares: Array, *, written: bool = False) -> Mapping[str, Array]:
    return {
        step.values.leaf.id: np.where(
            shares[:, place] > 0, (step.written if written else step.at)(shares[:, place]), np.nan
        )
        for place, step in enumerate(steps)
    }


def _word(at_most: int | None) -> str:
    return "all" if at_most is None else str(at_most)
