"""UTASTAR: utilities of values, inferred from a ranking of example units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from indicia.errors import require_optional
from indicia.methods import (
    Aggregation,
    Array,
    Component,
    Components,
    Expression,
    MatrixContext,
    Property,
    matrix_table,
    row_sum,
    where,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.methods.contract import DetailTable


@dataclass(frozen=True)
class Utastar(Aggregation):
    """Add up piecewise linear utilities of the components that agree best with a ranking of examples.

    Examples are units, in the data or not, with their ranks (1 the best) and their values in each component.
    Breakpoints are equally spaced from the worst to the best of these values; the utility is constant beyond them. Of
    all utilities with the smallest error, the method averages those that maximise the weight of each component in turn.
    The method ignores the weights of the index file. The score of a unit that misses components is relative to the
    largest utility of its present components. Needs scipy.
    """

    name = "utastar"
    uses_weights = False
    reference = "Siskos & Yannacopoulos (1985), Investigação Operacional 5(1)"
    formula = (
        r"\sum_j u_j(x_j), \quad \min \sum_a \sigma_a^+ + \sigma_a^-, \; "
        r"\Delta(a, b) = \sum_j u_j(x_{aj}) - \sigma_a^+ + \sigma_a^- - \sum_j u_j(x_{bj}) + \sigma_b^+ - \sigma_b^-, "
        r"\; \Delta(a, b) \ge \delta \text{ where } a \text{ is before } b, \; = 0 \text{ where they are level}"
    )
    symbols = {"delta": r"\delta"}
    canonical_normalisation = "none"
    properties = frozenset(
        {Property.MONOTONE, Property.FREE_OF_RANK_REVERSAL, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
    )
    detail_tables = {
        "units": "a unit: its utility in each component",
        "breakpoints": "a value of a component: its utility, the mean of all solutions, the worst value first",
        "examples": "an example: its utility, and the errors that the utilities of the solutions need to rank it",
        "solutions": "a solution with the smallest sum of errors, by the component whose weight it maximises: the "
        "weights of the components; the last is their mean, which the scores use",
    }
    example = "utastar(examples={'x0': [4, 2, 1], 'x1': [1, 3, 2], 'x2': [2, 1, 3]}, ranks=[1, 2, 3])"

    examples: Annotated[
        dict[str, tuple[float, ...]], Field(description="values of each component, one for each example")
    ]
    ranks: Annotated[tuple[int, ...], Field(description="ranks of the examples, 1 the best; ties are allowed")]
    breakpoints: Annotated[
        int | dict[str, int], Field(description="number of breakpoints: of all components, or by name")
    ] = 2
    delta: Annotated[float, Field(gt=0, lt=1, description="δ, smallest difference in utility of examples")] = 0.05

    def __post_init__(self) -> None:
        if lengths := {name: len(x) for name, x in self.examples.items() if len(x) != len(self.ranks)}:
            name, length = lengths.popitem()
            raise ValueError(f"{len(self.ranks)} examples have ranks, but {name} has {length} values")
        if len(set(self.ranks)) < 2:
            raise ValueError("needs two or more examples, not all of the same rank")
        numbers = self.breakpoints.values() if isinstance(self.breakpoints, dict) else [self.breakpoints]
        if min(numbers) < 2:
            raise ValueError("a component needs two breakpoints or more")

    @property
    def oriented(self) -> bool:
        return False

    def combine(self, components: Components) -> Expression:
        utilities = self._utilities(components)
        reachable = [
            where(c.z.is_null(), c.z, float(steps.sum()))
            for c, steps in zip(components, self._steps(components), strict=True)
        ]
        return row_sum(utilities) / row_sum(reachable)

    def details(self, components: Components) -> Mapping[str, Expression]:
        """Return the utility of each component."""
        return {f"utility {c.name}": u for c, u in zip(components, self._utilities(components), strict=True)}

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        names = context.components
        points = self._points(names, context.costs.tolist())
        solution = self._solution(names, points)
        if table == "examples":
            steps = np.concatenate(self._mean_steps(solution, points))
            reached = [_shares(point, np.array(self.examples[name])) for name, point in zip(names, points, strict=True)]
            over, under = np.split(solution.errors.mean(axis=0), 2)
            return {
                "example": np.arange(1, len(self.ranks) + 1),
                "rank": self.ranks,
                "utility": np.hstack(reached) @ steps,
                "overestimation": over,
                "underestimation": under,
            }
        if table == "solutions":
            starts = np.cumsum([0, *(len(point) - 1 for point in points[:-1])])
            rows = np.vstack([solution.steps, np.concatenate(self._mean_steps(solution, points))])
            return matrix_table("maximised", [*names, "mean"], names, np.add.reduceat(rows, starts, axis=1))
        utilities = [np.cumsum([0.0, *steps]) for steps in self._mean_steps(solution, points)]
        return {
            "component": np.repeat(np.array(names, dtype=object), [len(point) for point in points]),
            "value": np.concatenate(points),
            "utility": np.concatenate(utilities),
        }

    def _utilities(self, components: Components) -> list[Expression]:
        utilities = []
        all_points = self._points([c.name for c in components], [c.direction == "cost" for c in components])
        for c, points, steps in zip(components, all_points, self._steps(components), strict=True):
            utilities.append(
                row_sum(
                    float(step) * ((c.z - float(low)) / float(high - low)).clip(0.0, 1.0)
                    for (low, high), step in zip(pairwise(points), steps, strict=True)
                )
                + 0.0 * c.z  # a missing value has no utility
            )
        return utilities

    def _points(self, names: Sequence[str], costs: Sequence[bool]) -> list[Array]:
        """Return the breakpoints of each component, worst first."""
        if sorted(names) != sorted(self.examples):
            raise ValueError(
                f"examples have values of {', '.join(self.examples)}; the components are {', '.join(names)}"
            )
        return [self._between(name, is_cost) for name, is_cost in zip(names, costs, strict=True)]

    def _between(self, name: str, is_cost: bool) -> Array:
        values = self.examples[name]
        if min(values) == max(values):
            raise ValueError(f"the examples are all alike in {name}, so its utility is undetermined: add others")
        ends = (max(values), min(values)) if is_cost else (min(values), max(values))
        count = self.breakpoints.get(name, 2) if isinstance(self.breakpoints, dict) else self.breakpoints
        return np.linspace(*ends, count)

    def _steps(self, components: Sequence[Component]) -> list[Array]:
        """Return the utility of each step from a breakpoint to the next, by component; the sum is 1."""
        names = [c.name for c in components]
        points = self._points(names, [c.direction == "cost" for c in components])
        return self._mean_steps(self._solution(names, points), points)

    def _solution(self, names: Sequence[str], points: Sequence[Array]) -> Solution:
        return solve(
            tuple(tuple(point.tolist()) for point in points),
            tuple(self.examples[name] for name in names),
            self.ranks,
            self.delta,
        )

    def _mean_steps(self, solution: Solution, points: Sequence[Array]) -> list[Array]:
        mean = np.mean(solution.steps, axis=0)
        return np.split(mean / mean.sum(), np.cumsum([len(point) - 1 for point in points])[:-1])


@dataclass(frozen=True)
class Solution:
    """The smallest sum of errors, and a row of utilities and of errors for each component that is maximised.

    The errors of a row are the overestimations of the examples, then their underestimations.
    """

    error: float
    steps: Array
    errors: Array


@lru_cache(maxsize=64)
def solve(
    points: tuple[tuple[float, ...], ...],
    examples: tuple[tuple[float, ...], ...],
    ranks: tuple[int, ...],
    delta: float,
) -> Solution:
    """Solve the linear programme of UTASTAR, then maximise the weight of each component among its solutions.

    `points` are the breakpoints and `examples` the values of the examples, by component.
    """
    shares = np.hstack([_shares(np.array(point), np.array(x)) for point, x in zip(points, examples, strict=True)])
    units, steps = shares.shape
    by_rank = sorted(range(units), key=lambda unit: ranks[unit])
    errors = np.hstack([-np.eye(units), np.eye(units)])  # σ⁺, overestimation, and σ⁻, underestimation
    terms = np.hstack([shares, errors])
    better: list[Array] = []
    level = [np.concatenate([np.ones(steps), np.zeros(2 * units)])]
    for unit, next_unit in pairwise(by_rank):
        (better if ranks[unit] < ranks[next_unit] else level).append(terms[unit] - terms[next_unit])
    sums = np.concatenate([np.zeros(steps), np.ones(2 * units)])
    limits = {
        "A_ub": -np.array(better),
        "b_ub": np.full(len(better), -delta),
        "A_eq": np.array(level),
        "b_eq": np.array([1.0, *([0.0] * (len(level) - 1))]),
    }
    error = float(_minimise(sums, limits) @ sums)
    limits["A_ub"], limits["b_ub"] = np.vstack([limits["A_ub"], sums]), np.append(limits["b_ub"], error + 1e-12)
    optima, start = [], 0
    for point in points:
        weight = np.zeros(len(sums))
        weight[start : start + len(point) - 1] = -1.0
        optima.append(_minimise(weight, limits))
        start += len(point) - 1
    return Solution(error, *np.split(np.array(optima), [steps], axis=1))


def _shares(points: Array, values: Array) -> Array:
    """Return the share of each step that a value has passed, shape (n, steps)."""
    reached: Array = np.clip((values[:, None] - points[:-1]) / np.diff(points), 0.0, 1.0)
    return reached


def _minimise(costs: Array, limits: Mapping[str, Any]) -> Array:
    optimize = require_optional("scipy.optimize", "utastar", "scipy")
    solution = optimize.linprog(costs, **limits, method="highs")
    if solution.x is None:
        raise ValueError(f"scipy finds no utilities: {solution.message}")
    optimum: Array = np.maximum(solution.x, 0.0)
    return optimum
