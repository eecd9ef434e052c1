"""The values with which a unit draws level with another, one indicator alone, computed by the engine.

The page has a value only where it moves the score of no other unit: the indicator has no statistics of the data, or has
the smallest and the largest value alone, and the change stays between those of the other units. So one query for each
round searches the values of all units. Others need a search for each unit: `indicia explain UNIT --overtake OTHER`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from indicia.errors import IndiciaError
from indicia.run.probes import score_row
from indicia_explain.reach_question import ReachQuestion
from indicia_explain.reach_raw import RawValues
from indicia_report.model.columns import encode
from indicia_robustness.baseline import Baseline
from indicia_robustness.value_search import nearest_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_report.model import types
    from indicia_report.period_view import PeriodView

    Integers = npt.NDArray[np.int64]
    Goal = Literal["above", "ten"]

_MOST_UNITS = 500
"""The most units for which the page has values."""
_MOST_PROBES = 30_000
"""The most pairs of a goal and an indicator for which the page has values."""
_TEN = 10
_MOST_LISTED = 6
"""The most values for each unit and goal."""
_SHARE_OF_CHANGE = 0.01
"""The largest share of a change that the rounding of the value adds, unless the data have fewer decimals."""
_MOST_DECIMALS = 9
"""The decimals of data that have more."""


@dataclass(frozen=True)
class _Change:
    """The change of one indicator that may take a unit to a goal."""

    number: int
    """The number of the goal."""
    values: RawValues
    limit: float


@dataclass(frozen=True)
class PageLevers:
    """The search for the values of all units of a period."""

    view: PeriodView
    places: Mapping[str, int]
    """The places of the parts in the tree of the page."""

    def entry(self, period: int, unit_numbers: list[int]) -> types.Levers | None:
        """Return the values by unit; None if the page has none.

        `period` is the number of the period on the page, and `unit_numbers` has the number of each unit of the view.
        """
        view, result = self.view, self.view.result
        if not result.definition.publishes_raw_values or view.starts_with_worst or len(view.units) > _MOST_UNITS:
            return None
        if not self._changes or len(self._changes) > _MOST_PROBES:
            return None
        try:
            needed = self._needed()
        except IndiciaError:  # a value outside the domain of a method
            return None
        entry: types.Levers = {"period": period, "above": {}, "ten": {}}
        for number, (goal, unit, rival) in enumerate(self._goals):
            found = [(change, value) for change, value in needed if change.number == number]
            enough = sorted(
                ((change, value) for change, value in found if value is not None),
                key=lambda pair: abs(pair[1] - pair[0].values.value) / pair[0].values.span,
            )
            listed = [(self.places[change.values.leaf.id], value) for change, value in enough[:_MOST_LISTED]]
            left_out = len(self._questions[number].leaves) - len(found)
            counts = len(enough) - len(listed), len(found) - len(enough), left_out
            entry[goal][str(unit_numbers[unit])] = (unit_numbers[rival], listed, *counts)
        return entry

    @cached_property
    def _goals(self) -> list[tuple[Goal, int, int]]:
        """The goals: the unit, and the unit to draw level with, as numbers of the view."""
        ranks = self.view.ranks
        order = [at for at in self.view.order if not np.isnan(ranks[at])]
        goals: list[tuple[Goal, int, int]] = []
        for at in order:
            above = [other for other in order if ranks[other] < ranks[at]]
            if above:
                goals.append(("above", at, above[-1]))
            if len(above) > _TEN:
                goals.append(("ten", at, above[_TEN - 1]))
        return goals

    @cached_property
    def _questions(self) -> list[ReachQuestion]:
        result, rows = self.view.result, np.flatnonzero(self.view.rows)
        baseline = Baseline(result.definition, result.scored, self.view.rows)
        return [
            ReachQuestion(result, baseline, int(rows[unit]), rival_row=int(rows[rival]))
            for _, unit, rival in self._goals
        ]

    @cached_property
    def _changes(self) -> list[_Change]:
        """The changes that move no other score, of values that are measured."""
        return list(self._possible_changes()) if self._goals else []

    def _possible_changes(self) -> Iterator[_Change]:
        first = self._questions[0]
        ends_only = {name for name in first.shared if self._has_scale_of_period and first.depends_on_ends_only(name)}
        for number, question in enumerate(self._questions):
            for name, leaf in question.leaves.items():
                if name in first.shared and name not in ends_only:
                    continue
                values = RawValues.of(question, leaf)
                limit = values.limit(question)
                if name in first.shared:
                    if not len(values.others) or not values.others.min() <= values.value <= values.others.max():
                        continue
                    limit = float(np.clip(limit, values.others.min(), values.others.max()))
                if math.isfinite(values.value) and math.isfinite(limit):
                    yield _Change(number, values, limit)

    @property
    def _has_scale_of_period(self) -> bool:
        """True if statistics are those of all units of a period, or of all rows."""
        scopes, period = self.view.result.scored.scopes, self.view.result.definition.data.period
        of_values = (scopes.treatment, scopes.normalisation)
        return all(scope.reference is None and set(scope.key) <= {period} for scope in of_values)

    def _needed(self) -> list[tuple[_Change, float | None]]:
        """Return the changes with the rounded values that are enough; None for those that are not."""
        start = np.array([change.values.value for change in self._changes])
        limit = np.array([change.limit for change in self._changes])
        side = np.array([change.values.side for change in self._changes])
        size = np.array([change.values.span for change in self._changes])
        now = np.array([self._questions[change.number].nominal_margin for change in self._changes])
        far = np.where(side * (limit - start) > 0, limit, start)
        exact = nearest_values(self._margins, start, far, size / 8, now)
        decimals = [self._decimals[change.values.leaf.id] for change in self._changes]
        rounded = np.array([_rounded(*row) for row in zip(exact, start, far, decimals, strict=True)])
        numbers = np.flatnonzero(np.isfinite(rounded) & (rounded != start))
        proved = numbers[self._margins(numbers, rounded[numbers]) >= 0]
        is_proved = np.isin(np.arange(len(start)), proved)
        return [
            (change, value if enough else None)
            for change, value, enough in zip(self._changes, rounded.tolist(), is_proved, strict=True)
        ]

    @cached_property
    def _decimals(self) -> dict[str, int]:
        """The decimals of the data of each indicator: a whole number stays whole."""
        raw = self.view.result.scored.raw.values
        columns = {name: encode(raw[name].to_numpy()) for name in self._questions[0].leaves}
        return {name: _MOST_DECIMALS if column["t"] == "f8" else column["d"] for name, column in columns.items()}

    def _margins(self, numbers: Integers, values: Array) -> Array:
        """Return the scores less the scores that are needed, for values (m,) of the changes with these numbers (m,)."""
        if not len(numbers):
            return np.empty(0)
        result, changes = self.view.result, [self._changes[number] for number in numbers.tolist()]
        names = np.array([change.values.leaf.id for change in changes])
        questions = [self._questions[change.number] for change in changes]
        rows = np.array([question.row for question in questions])
        cells = {str(name): np.where(names == name, values, np.nan) for name in np.unique(names)}
        own = questions[0].baseline.sign * score_row(result.definition, result.scored, rows, cells).unrounded[:, 0]
        margins: Array = questions[0].margins_of(own, np.array([question.goal for question in questions]))
        return margins


def _rounded(needed: float, start: float, limit: float, most_decimals: int) -> float:
    """Return a value with few decimals that is enough as well: rounded away from the present one, up to a limit.

    >>> _rounded(61.3741, 57.0, 100.0, 9), _rounded(0.18342, 0.2, 0.0, 9), _rounded(0.2, 0.0, 1.0, 0)
    (61.38, 0.1834, 1.0)
    """
    if not math.isfinite(needed) or needed == start:
        return needed
    decimals = min(math.ceil(-math.log10(_SHARE_OF_CHANGE * abs(needed - start))), most_decimals)
    direction = math.copysign(1.0, needed - start)
    scale = 10.0**decimals
    whole = direction * math.ceil(direction * needed * scale)
    rounded = whole / scale
    return rounded if direction * (limit - rounded) >= 0 else limit
