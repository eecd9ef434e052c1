"""Promotion and demotion by one value: the least change that moves a unit some places up or down, all else equal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import IndiciaError
from indicia.run import moves_all_scores, score_probes, shared_indicators
from indicia_robustness.place_goals import PlaceGoals
from indicia_robustness.probe_margins import ProbeMargins, single_cells
from indicia_robustness.value_search import first_values, nearest_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.definition import Leaf
    from indicia.methods import Array
    from indicia_robustness.baseline import Baseline
    from indicia_robustness.value_search import Margins

    Integers = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

FAR = 1e3
"""The number of ranges of an indicator beyond which a value counts as out of reach."""
_NEAR_ZERO = 1e-9
"""The share of the smallest value to which positive values may fall, and of a range by which values stay inside it."""
_BEYOND = 1e-6
"""The share of a change by which a whole run tests the value just beyond the one that is needed."""
_NEARER = 8.0
"""The factor by which a value that cannot be scored comes nearer to the present one."""
_TRIALS = 12
_HALVINGS = 6
_ENDS = frozenset({"min", "max"})
_MOVES = ("up", "down")


@dataclass(frozen=True, eq=False)
class _Leaves:
    """The values of the indicators of the analysed units, and the way to better ranks; arrays are (units, leaves)."""

    leaves: Sequence[Leaf]
    values: Array
    is_straight: Mask
    """True if better values lead to better ranks, (leaves,): not in dimensions that are costs, for example."""
    better: Array
    """1 if a larger value leads to a better rank, -1 if a smaller one does, 0 for a value that is the best."""
    span: Array
    """The range of each indicator, (leaves,)."""
    sd: Array
    """The standard deviation of each indicator with n - 1, (leaves,)."""
    limits: Array
    """The smallest and the largest value that is tried, (2, leaves)."""

    @property
    def best(self) -> Array:
        """The ends of the best values of each indicator, (2, leaves); NaN without best values to go to."""
        ends = [(np.nan, np.nan) if leaf.spec.best is None else leaf.spec.best for leaf in self.leaves]
        return np.array(ends, dtype=float).T

    @classmethod
    def of(cls, baseline: Baseline) -> _Leaves:
        """Return the indicators on which the score depends."""
        tree = baseline.nominal.tree
        leaves = [leaf for leaf in tree.leaves() if leaf.id in tree.counting]
        raw = baseline.nominal.raw.values.filter(pl.Series(baseline.rows))
        values = raw.select(pl.col(leaf.id).cast(pl.Float64) for leaf in leaves).to_numpy()
        best_first = baseline.definition.methodology.rank_from != "worst"
        is_straight = np.array([(leaf.id in tree.harms) != best_first for leaf in leaves], dtype=bool)
        better = np.stack([_better(leaf, values[:, number]) for number, leaf in enumerate(leaves)], axis=1)
        better = np.where(is_straight, better, -better)
        low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
        sizes = np.nanmax(np.abs(values), axis=0)
        span = np.where(high > low, high - low, np.where(sizes > 0, sizes, 1.0))
        sd = np.nanstd(values, axis=0, ddof=1) if len(values) > 1 else np.full(len(leaves), np.nan)
        lowest = np.where(low > 0, _NEAR_ZERO * low, np.where(low == 0, 0.0, low - FAR * span))
        limits = np.stack([lowest, high + FAR * span])
        for number, leaf in enumerate(leaves):
            if isinstance(leaf.spec.bounds, tuple):
                ends = np.array(leaf.spec.bounds, dtype=float)
                limits[:, number] = ends + _NEAR_ZERO * np.array([1.0, -1.0]) * (ends[1] - ends[0])
        return cls(leaves, values, is_straight, better, span, sd, limits)


def _better(leaf: Leaf, values: Array) -> Array:
    """Return the side on which better values lie, for each value."""
    best = leaf.spec.best
    if best is None:
        return np.full(len(values), -1.0 if leaf.spec.direction == "cost" else 1.0)
    return np.where(values < best[0], 1.0, np.where(values > best[1], -1.0, 0.0))


@dataclass(frozen=True, eq=False)
class _Variables:
    """A value that may change, for a move up or down: one entry for each unit, indicator and move."""

    unit: Integers
    """The numbers of the units."""
    leaf: Integers
    up: Mask
    start: Array
    far: Array
    """The furthest value that is tried."""
    target: Array
    """The rank that is wanted."""

    def take(self, places: Integers | Mask) -> _Variables:
        """Return some of the entries."""
        return _Variables(
            self.unit[places],
            self.leaf[places],
            self.up[places],
            self.start[places],
            self.far[places],
            self.target[places],
        )


@dataclass(frozen=True, eq=False)
class ValueMoves:
    """The least changes of values for the first units of an index."""

    baseline: Baseline
    places: int
    """The number of places that a unit moves up or down; fewer if it reaches the first or the last rank."""
    units: int
    """The number of best-ranked units that are moved."""

    @cached_property
    def _leaves(self) -> _Leaves:
        return _Leaves.of(self.baseline)

    @cached_property
    def _variables(self) -> _Variables:
        """The present values of units that can move; the furthest value is the present one where no other can help."""
        baseline, data = self.baseline, self._leaves
        chosen = baseline.order[: self.units]
        last = float(np.nanmax(baseline.nominal_ranks))
        unit, leaf, up = (
            grid.ravel() for grid in np.meshgrid(chosen, np.arange(len(data.leaves)), [True, False], indexing="ij")
        )
        rank = baseline.nominal_ranks[unit]
        target = np.where(up, np.maximum(rank - self.places, 1.0), np.minimum(rank + self.places, last))
        start, better = data.values[unit, leaf], data.better[unit, leaf]
        to_better = np.asarray(up == data.is_straight[leaf])
        best = data.best[:, leaf]
        # a value within a best interval becomes worse towards its nearer edge, and cannot become better
        outward = np.where(start < best.mean(axis=0), -1.0, 1.0)
        side = np.where(better == 0, np.where(to_better, 0.0, outward), np.where(up, better, -better))
        ends = data.limits[:, leaf]
        far = np.where(side > 0, np.maximum(ends[1], start), np.minimum(ends[0], start))
        far = np.where(to_better & np.isfinite(best[0]), np.clip(start, best[0], best[1]), far)
        far = np.where(side == 0, start, far)
        can_move = np.isfinite(start) & (target != rank)
        variables = _Variables(unit, leaf, up.astype(bool), start, far, target)
        return variables.take(can_move)

    @cached_property
    def _goals(self) -> PlaceGoals:
        return PlaceGoals(self.baseline)

    @cached_property
    def table(self) -> pl.DataFrame:
        """A row for each unit, move and present value that may change."""
        variables, data = self._variables, self._leaves
        needed, far = self._needed(variables)
        reached = np.isfinite(needed)
        at = np.where(reached, needed, far)
        way = np.where(at == variables.start, far, at) - variables.start  # a change of 0 is enough for level units
        step = np.where(reached, _BEYOND * way, 0.0)
        inside = np.sign(far - variables.start)
        beyond = np.where(inside > 0, np.minimum(at + step, far), np.maximum(at + step, far))
        ranks_then = self._ranks_at(variables, beyond)
        names, leaves = self.baseline.names, data.leaves
        change = needed - variables.start
        frame = pl.DataFrame(
            {
                "rank": self.baseline.nominal_ranks[variables.unit],
                "move": [_MOVES[0] if up else _MOVES[1] for up in variables.up],
                "target": variables.target,
                "indicator": [leaves[number].id for number in variables.leaf],
                "value": variables.start,
                "needed": needed,
                "change": change,
                "change_in_sd": np.abs(change) / data.sd[variables.leaf],
                "rank_then": ranks_then,
            },
            schema_overrides={"move": pl.String, "indicator": pl.String},
        ).with_columns(pl.col(pl.Float64).fill_nan(None))
        units = pl.Series("unit", [names[unit] for unit in variables.unit], dtype=pl.String)
        order = ["rank", "unit", "move", "change_in_sd"]
        return frame.insert_column(0, units).sort(
            order, descending=[False, False, True, False], nulls_last=True, maintain_order=True
        )

    def _needed(self, variables: _Variables) -> tuple[Array, Array]:
        """Return the values that are needed, NaN where no value is enough, and the furthest values that were tried."""
        needed, far = np.full(len(variables.unit), np.nan), variables.far.copy()
        shared = shared_indicators(self.baseline.nominal)
        is_shared = np.array([self._leaves.leaves[number].id in shared for number in variables.leaf], dtype=bool)
        for all_rows in (False, True):
            places = np.flatnonzero(is_shared == all_rows)
            if len(places):
                needed[places], far[places] = self._search(variables.take(places), all_rows)
        return needed, far

    def _search(self, variables: _Variables, all_rows: bool) -> tuple[Array, Array]:
        names = [leaf.id for leaf in self._leaves.leaves]
        margins_of = ProbeMargins(self.baseline, self._goals, names, all_rows)

        def margins(numbers: Integers, at: Array) -> Array:
            some = variables.take(numbers)
            return margins_of(some.unit, some.leaf, some.up, some.target, at)

        numbers = np.arange(len(variables.unit))
        start, far, span = variables.start, variables.far, self._leaves.span[variables.leaf]
        at_start = margins(numbers, start)
        far = _within_domain(margins, start, far)
        needed = nearest_values(margins, start, far, span / 8, at_start)
        level = np.flatnonzero(at_start >= 0)  # with the unit that has the target rank: any change is enough, or none
        if len(level):
            passes = margins(level, start[level] + _BEYOND * (far - start)[level]) > 0
            needed[level] = np.where(passes, start[level], np.nan)
        # a deviation grows with the value, so that a score may fall again beyond the values that are enough
        uneven = np.array([not self._depends_on_ends_only(names[number]) for number in variables.leaf], dtype=bool)
        places = np.flatnonzero(np.isnan(needed) & uneven & (at_start < 0)) if all_rows else np.empty(0, dtype=np.int64)
        if len(places):
            needed[places] = first_values(
                lambda some, at: margins(places[some], at), start[places], far[places], span[places], at_start[places]
            )
        return needed, far

    @cached_property
    def _kinds(self) -> dict[str, set[str]]:
        """The kinds of statistics of the data, by indicator."""
        kinds: dict[str, set[str]] = {}
        for values in self.baseline.nominal.fitted.statistics.values():
            for question in values:
                kinds.setdefault(question.subject[0], set()).add(question.kind)
        return kinds

    def _depends_on_ends_only(self, name: str) -> bool:
        return not moves_all_scores(self.baseline.nominal) and self._kinds.get(name, set()) <= _ENDS

    def _ranks_at(self, variables: _Variables, at: Array) -> Array:
        """Return the rank of the unit of each entry in a whole run with another value; NaN if the run fails."""
        baseline, names = self.baseline, [leaf.id for leaf in self._leaves.leaves]
        rows = np.flatnonzero(baseline.rows)[variables.unit]
        try:
            probes = score_probes(baseline.definition, baseline.nominal, rows, single_cells(names, variables.leaf, at))
        except IndiciaError:
            if len(at) == 1:
                return np.array([np.nan])
            halves = np.array_split(np.arange(len(at)), 2)
            return np.concatenate([self._ranks_at(variables.take(half), at[half]) for half in halves])
        ranks: Array = baseline.ranked(probes.ranked)[np.arange(len(at)), variables.unit]
        return ranks


def _within_domain(margins: Margins, start: Array, far: Array) -> Array:
    """Return the furthest values (k,): nearer ones where a run fails, as where a mean gets a value below 0."""
    failed = np.flatnonzero(margins(np.arange(len(start)), far) == -np.inf)
    near, beyond = start.copy(), far.copy()
    trying = failed
    for _ in range(_TRIALS):
        if not len(trying):
            break
        nearer = start[trying] + (beyond[trying] - start[trying]) / _NEARER
        fails = margins(trying, nearer) == -np.inf
        near[trying[~fails]], beyond[trying[fails]] = nearer[~fails], nearer[fails]
        trying = trying[fails]
    failed = np.setdiff1d(failed, trying)
    for _ in range(_HALVINGS if len(failed) else 0):
        middle = (near[failed] + beyond[failed]) / 2
        fails = margins(failed, middle) == -np.inf
        near[failed[~fails]], beyond[failed[fails]] = middle[~fails], middle[fails]
    result = far.copy()
    result[failed] = near[failed]
    return result
