"""Evaluation methods of Chinese practice, which assign units to grades."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import numpy as np
from pydantic import Field

from indicia.methods import Aggregation, MatrixAggregation, Property, row_max, row_min, row_sum, where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Array, Component, Components, Expression, MatrixContext
    from indicia_methods.arrays import Integers

    Details: TypeAlias = dict[str, list[float | str | None]]

_ROUNDING = 1e-12
"""Ratios that differ by at most this share of the largest are equal."""


def _check_grades(grades: tuple[str, ...]) -> None:
    if len(grades) < 2 or len(set(grades)) < len(grades):
        raise ValueError("grades must be at least two different words, the worst first")


@dataclass(frozen=True)
class RankSumRatio(MatrixAggregation):
    """Take the weighted mean of a unit's ranks in all components, divided by the number of units (rank-sum ratio, RSR).

    Higher values have higher ranks; equal values share the mean of their ranks. Units ordered by the ratio get a
    probit, and the ratio is regressed on the probits: `fitted` scores lie on the regression line. Grades divide the
    probits from 2 to 8 evenly, or at `cuts`. If a unit misses components, the weights of the others are scaled up.
    """

    name = "rank_sum_ratio"
    reference = "Tian Fengtiao (1988), the rank-sum ratio method, as in Chinese textbooks of health statistics"
    formula = r"<score>\mathrm{RSR}_i = \sum_j w_j \frac{R_{ij}}{n}<ranks>"
    variants = {
        "score": {
            "ratio": "",
            "fitted": (
                r"a + b \, \mathrm{Probit}, \quad \mathrm{Probit} = \Phi^{-1}\!\left( \frac{\bar R}{n} \right) + 5, "
                r"\text{ of the last } 1 - \frac{1}{4n}, \quad "
            ),
        },
        "ranks": {
            "whole": "",
            "interpolated": r", \quad R_{ij} = 1 + (n - 1) \frac{z_{ij} - \min z_j}{\max z_j - \min z_j}",
        },
    }
    properties = frozenset(
        {Property.MONOTONE, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
    )

    detail_tables = {"units": "a unit: its ratio, its probit, the line fitted to these, and its grade"}

    score: Annotated[Literal["ratio", "fitted"], Field(description="the ratio, or its value on the line")] = "ratio"
    ranks: Annotated[
        Literal["whole", "interpolated"],
        Field(description="integer ranks, or ranks interpolated from 1 to n in proportion to the values"),
    ] = "whole"
    grades: Annotated[tuple[str, ...], Field(description="names of the grades, the worst first")] = (
        "low",
        "medium",
        "high",
    )
    cuts: Annotated[tuple[float, ...], Field(description="probits at which the next grade begins")] = ()

    def __post_init__(self) -> None:
        _check_grades(self.grades)
        if self.cuts and len(self.cuts) != len(self.grades) - 1:
            raise ValueError(f"{len(self.grades)} grades need {len(self.grades) - 1} cuts, not {len(self.cuts)}")
        if list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError("cuts must rise")

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        ratio = self._ratio(values, weights)
        if self.score == "ratio":
            return ratio
        fitted, _, _ = _fit_line(ratio, *_probits(ratio))
        return fitted

    def unit_details(self, values: Array, weights: Array, context: MatrixContext) -> Details:
        ratio = self._ratio(values, weights)
        level, probit = _probits(ratio)
        cuts = self.cuts or tuple(2 + 6 * number / len(self.grades) for number in range(1, len(self.grades)))
        details: Details = {"ratio": ratio.tolist(), "probit": probit[level].tolist()}
        if len(probit) > 1:
            fitted, intercept, slope = _fit_line(ratio, level, probit)
            details |= {
                "fitted": fitted.tolist(),
                "intercept": [intercept] * len(ratio),
                "slope": [slope] * len(ratio),
            }
        reached = np.searchsorted(np.array(cuts) - _ROUNDING, probit[level], side="right")
        return details | {"grade": [self.grades[number] for number in reached.tolist()]}

    def _ratio(self, values: Array, weights: Array) -> Array:
        sums, weight_sums = np.zeros(len(values)), np.zeros(len(values))
        for column, weight in zip(values.T, weights.tolist(), strict=True):
            present = ~np.isnan(column)
            if present.any():
                sums[present] += weight * self._rank(column[present])
                weight_sums[present] += weight
        ratio: Array = sums / weight_sums
        return ratio

    def _rank(self, column: Array) -> Array:
        """Return the ranks, divided by the number of units."""
        count = len(column)
        distinct, level, sizes = np.unique(column, return_inverse=True, return_counts=True)
        if self.ranks == "whole" or len(distinct) == 1:
            ranks: Array = (np.cumsum(sizes) - (sizes - 1) / 2) / count
            return ranks[level]
        half = column / 2  # halved, since the range may overflow
        position: Array = (half - half.min()) / (half.max() - half.min())
        return (1 + (count - 1) * position) / count


def _probits(ratio: Array) -> tuple[Integers, Array]:
    """Return the level of each unit among the distinct ratios, and the probit of each level."""
    order = np.argsort(ratio, kind="stable")
    upwards = ratio[order]
    rises = np.concatenate([[0], np.cumsum(np.diff(upwards) > _ROUNDING * upwards[-1])])
    level = np.empty(len(ratio), dtype=np.int64)
    level[order] = rises
    sizes = np.bincount(level)
    share = (np.cumsum(sizes) - (sizes - 1) / 2) / len(ratio)
    share[-1] = 1 - 1 / (4 * len(ratio))
    normal = NormalDist()
    return level, np.array([normal.inv_cdf(value) + 5 for value in share.tolist()])


def _fit_line(ratio: Array, level: Integers, probit: Array) -> tuple[Array, float, float]:
    """Return the fitted ratios of the least squares line, its intercept and its slope."""
    if len(probit) < 2:
        raise ValueError("all units have the same ratio, so no line can be fitted: choose score = ratio")
    ratio_of_level = np.bincount(level, ratio) / np.bincount(level)
    deviation = probit - probit.mean()
    slope = float(deviation @ (ratio_of_level - ratio_of_level.mean()) / (deviation @ deviation))
    intercept = float(ratio_of_level.mean() - slope * probit.mean())
    fitted: Array = intercept + slope * probit[level]
    return fitted, intercept, slope


@dataclass(frozen=True)
class FuzzyComprehensive(Aggregation):
    """Compute the membership of a unit in each grade, and score the mean of the grades' centres by membership.

    A value at the centre of a grade belongs to this grade only, a value between two centres to both in proportion, and
    a value beyond the last centre to the last grade. An operator combines weights and memberships of the components.
    The grade of a unit is the grade of its largest membership; of equal ones, the worst. If the values are memberships
    in a single grade, from 0 to 1, the score is the combined membership.
    """

    name = "fuzzy_comprehensive"
    reference = (
        "Wang Peizhuang (1983), Fuzzy Set Theory and its Applications; the operators as in Chinese textbooks of "
        "mathematical modelling"
    )
    formula = "<values>"
    symbols = {"centres": "c_g"}
    variants = {
        "values": {
            "scores": (
                r"\frac{\sum_g c_g b_g}{\sum_g b_g}, \quad b_g = <operator>, \quad \mu_g \text{ triangular, } 1 "
                r"\text{ at "
                r"} c_g \text{ and } 0 \text{ at the next } c"
            ),
            "memberships": "<operator.alone>",
        },
        "operator": {
            "product_sum": r"\sum_j w_j \mu_g(z_j)",
            "min_max": r"\max_j \min(w_j, \mu_g(z_j))",
            "product_max": r"\max_j w_j \mu_g(z_j)",
            "min_sum": r"\min \Big( 1, \sum_j \min(w_j, \mu_g(z_j)) \Big)",
        },
        "operator.alone": {
            "product_sum": r"\sum_j w_j z_j",
            "min_max": r"\max_j \min(w_j, z_j)",
            "product_max": r"\max_j w_j z_j",
            "min_sum": r"\min \Big( 1, \sum_j \min(w_j, z_j) \Big)",
        },
    }
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.FREE_OF_RANK_REVERSAL})

    detail_tables = {"units": "a unit: its membership in each grade, and the grade in which it has the most"}

    operator: Annotated[
        Literal["product_sum", "min_max", "product_max", "min_sum"],
        Field(description="combination of weights and memberships (product or min), then over components (sum or max)"),
    ] = "product_sum"
    grades: Annotated[tuple[str, ...], Field(description="names of the grades, the worst first")] = (
        "poor",
        "medium",
        "good",
    )
    centres: Annotated[
        tuple[float, ...], Field(description="c, the value at the centre of each grade; evenly from 0 to 1 if omitted")
    ] = ()
    values: Annotated[Literal["scores", "memberships"], Field(description="scores, or memberships")] = "scores"

    def __post_init__(self) -> None:
        _check_grades(self.grades)
        if self.centres and len(self.centres) != len(self.grades):
            raise ValueError(f"{len(self.grades)} grades need as many centres, not {len(self.centres)}")
        if list(self.centres) != sorted(set(self.centres)):
            raise ValueError("centres must rise")

    @property
    def _centres(self) -> tuple[float, ...]:
        last = len(self.grades) - 1
        return self.centres or tuple(number / last for number in range(last + 1))

    @property
    def settings(self) -> dict[str, Any]:
        return {**self.parameters, "centres": self._centres}

    def combine(self, components: Components) -> Expression:
        if self.values == "memberships":
            return self._combine([(c.w, c.z) for c in components])
        degrees = self._degrees(components)
        products = [centre * degree for centre, degree in zip(self._centres, degrees, strict=True)]
        return row_sum(products) / row_sum(degrees)

    def details(self, components: Components) -> Mapping[str, Expression]:
        if self.values == "memberships":
            return {}
        degrees = self._degrees(components)
        most = row_max(degrees)
        grade = 0 * most + len(degrees) - 1
        for number in reversed(range(len(degrees) - 1)):
            grade = where(degrees[number] >= most - _ROUNDING, number, grade)
        words = grade.replace_strict(list(range(len(degrees))), list(self.grades))
        return {**dict(zip(self.grades, degrees, strict=True)), "grade": words}

    def _degrees(self, components: Components) -> list[Expression]:
        """Return the membership in each grade."""
        return [
            self._combine([(c.w, self._membership(c, number)) for c in components])
            for number in range(len(self.grades))
        ]

    def _membership(self, component: Component, number: int) -> Expression:
        """Return the triangular membership of a component's value: 1 at the centre, 0 at the next centres."""
        centres, z = self._centres, component.z
        here, slopes = centres[number], []
        if number > 0:
            slopes.append((z - centres[number - 1]) / (here - centres[number - 1]))
        if number < len(centres) - 1:
            slopes.append((centres[number + 1] - z) / (centres[number + 1] - here))
        return row_min(slopes).clip(0.0, 1.0)

    def _combine(self, pairs: list[tuple[Expression | float, Expression]]) -> Expression:
        if self.operator.startswith("product"):
            terms = [weight * degree for weight, degree in pairs]
        else:
            terms = [where(degree >= weight, weight, degree) for weight, degree in pairs]  # keeps gaps
        if self.operator.endswith("max"):
            return row_max(terms)
        return row_sum(terms).clip(upper_bound=1.0) if self.operator == "min_sum" else row_sum(terms)
