"""Portfolios: the choice of several units under a budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, DefinitionError, require_optional
from indicia.methods.numbers import widened

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.types import NonNegativeInt

    Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, repr=False)
class Portfolio:
    """The portfolio with the largest sum of scores. The printed form has its size, its sum and its cost."""

    chosen: pl.Series
    """True for the units of the portfolio, in the order of the scores."""
    score: float
    """The sum of the scores of the portfolio."""
    cost: float
    """The sum of the costs of the portfolio."""
    _problem: _Problem = field(compare=False)

    @cached_property
    def second_best(self) -> float | None:
        """The sum of the scores of the best other portfolio within the limits; None if there is no other."""
        other = self._problem.solve([self.chosen.to_numpy()])
        return None if other is None else float(self._problem.scores[other].sum())

    def __repr__(self) -> str:
        return f"{self.chosen.sum()} of {len(self.chosen)} units: score {self.score:g}, cost {self.cost:g}"


@names_its_arguments
def portfolio(
    scores: pl.Series,
    costs: pl.Series,
    budget: float,
    *,
    minimum: NonNegativeInt = 0,
    maximum: NonNegativeInt | None = None,
    low_is_best: bool = False,
) -> Portfolio:
    """Choose the units with the largest sum of scores whose costs are within a budget, as PROMETHEE V does.

    PROMETHEE V takes net flows, which `promethee` gives as scores. A unit with a negative score is chosen only if the
    minimum requires it; so scores that are above 0 throughout fill the budget. Needs scipy.

    Source: Brans & Mareschal (1992), INFOR 30(2).

    Parameters
    ----------
    scores : polars.Series
        The score of each unit.
    costs : polars.Series
        The cost of each unit, 0 or more.
    budget : float
        The largest sum of costs.
    minimum : int, default 0
        The smallest number of units.
    maximum : int, optional
        The largest number of units; by default any.
    low_is_best : bool, default False
        True if a low score is good: the sum is then the smallest.

    Returns
    -------
    Portfolio
        The chosen units. `second_best` tells how much worse any other choice is.

    Raises
    ------
    DataError
        If a score or cost is missing, if a cost is negative, or if no portfolio is within the limits.
    DefinitionError
        If the minimum exceeds the maximum.
    MissingDependency
        If scipy is not installed.

    Examples
    --------
    >>> flows, costs = pl.Series([0.4, 0.3, 0.2, -0.9]), pl.Series([7.0, 4.0, 5.0, 1.0])
    >>> chosen = portfolio(flows, costs, budget=10)
    >>> chosen
    2 of 4 units: score 0.5, cost 9
    >>> chosen.chosen.to_list(), chosen.second_best
    ([False, True, True, False], 0.4)
    """
    if maximum is not None and minimum > maximum:
        raise DefinitionError(
            f"a portfolio has at least {minimum} and at most {maximum} units",
            remedy="state a minimum up to the maximum",
        )
    if len(scores) != len(costs):
        raise DataError(
            f"there are {len(scores)} scores and {len(costs)} costs", remedy="give one of each for every unit"
        )
    problem = _Problem(
        _finite("score", scores), _finite("cost", costs), budget, (minimum, maximum), -1.0 if low_is_best else 1.0
    )
    if (problem.costs < 0).any():
        raise DataError("a cost is negative", remedy="give the cost of each unit as 0 or more")
    chosen = problem.solve()
    if chosen is None:
        raise DataError(
            f"no portfolio of {minimum} or more units costs at most {budget:g}",
            remedy="raise the budget, or lower the minimum",
        )
    score, cost = (float(values[chosen].sum()) for values in (problem.scores, problem.costs))
    return Portfolio(pl.Series("chosen", chosen), score, cost, problem)


def _finite(name: str, values: pl.Series) -> Array:
    """Return values as an array; refuse missing ones."""
    values = pl.Series(values)
    if not values.dtype.is_numeric():
        raise DataError(f"a {name} is no number", remedy=f"give the {name}s of the units as numbers")
    array = values.cast(pl.Float64).to_numpy()
    if not np.isfinite(array).all():
        raise DataError(f"a {name} is missing or infinite", remedy="leave this unit out")
    return array


@dataclass(frozen=True)
class _Problem:
    """Scores and costs, the budget, the smallest and the largest number of units, and the sign of a good score."""

    scores: Array
    costs: Array
    budget: float
    numbers: tuple[int, int | None]
    sign: float

    def solve(self, excluded: Sequence[Mask] = ()) -> Mask | None:
        """Return the best portfolio other than the excluded ones; None if there is none."""
        while True:
            chosen = self._solve(excluded)
            if chosen is None or self.costs[chosen].sum() <= widened(0, self.budget)[1]:
                return chosen
            excluded = [*excluded, chosen]  # the programme's own tolerance let a larger excess pass

    def _solve(self, excluded: Sequence[Mask]) -> Mask | None:
        optimize = require_optional("scipy.optimize", "a portfolio", "scipy")
        units = len(self.scores)
        scale = abs(self.budget) if 0 < abs(self.budget) < np.inf else 1.0
        rows: list[Any] = [self.costs / scale, np.ones(units)]
        lower: list[float] = [-np.inf, self.numbers[0]]
        upper: list[float] = [widened(0, self.budget)[1] / scale, units if self.numbers[1] is None else self.numbers[1]]
        for other in excluded:  # one unit or more joins this portfolio or leaves it
            rows.append(np.where(other, -1.0, 1.0))
            lower.append(1.0 - other.sum())
            upper.append(np.inf)
        solution = optimize.milp(
            -self.sign * self.scores / (np.abs(self.scores).max(initial=0.0) or 1.0),
            integrality=np.ones(units),
            bounds=optimize.Bounds(0, 1),
            constraints=optimize.LinearConstraint(np.array(rows), lower, upper),
            options={"mip_rel_gap": 0},
        )
        return None if solution.x is None else solution.x > 0.5
