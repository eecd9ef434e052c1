"""Chinese practice: scores that put units into grades."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import numpy as np
from pydantic import Field

from indicia.methods import Aggregation, MatrixAggregation, Property, row_max, row_min, row_sum, where

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from indicia.methods import Array, Component, Components, Expression, MatrixContext

    Whole = npt.NDArray[np.int64]
    Told: TypeAlias = dict[str, list[float | str | None]]

_TIED = 1e-12
"""Ratios that differ by no more than this share of the largest are equal."""


def _check_grades(grades: tuple[str, ...]) -> None:
    if len(grades) < 2 or len(set(grades)) < len(grades):
        raise ValueError("grades are at least two different words, the worst first")


@dataclass(frozen=True)
class RankSumRatio(MatrixAggregation):
    """Add up the ranks of a unit in all components, as a share of what the best of all would have.

    The higher a value, the higher its rank; equal ones share the mean of theirs. By their place in the order units get
    a probit, on which the ratio is regressed: `fitted` scores are those of the line. The grades divide the probits from
    2 to 8 evenly, or at the `cuts`. For a unit that misses components the others share the whole.
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

    score: Annotated[Literal["ratio", "fitted"], Field(description="the ratio itself, or that of the line")] = "ratio"
    ranks: Annotated[
        Literal["whole", "interpolated"], Field(description="interpolated: from 1 to n in proportion to the values")
    ] = "whole"
    grades: Annotated[tuple[str, ...], Field(description="what they are called, the worst first")] = (
        "low",
        "medium",
        "high",
    )
    cuts: Annotated[tuple[float, ...], Field(description="probits at which the next grade begins")] = ()

    def __post_init__(self) -> None:
        _check_grades(self.grades)
        if self.cuts and len(self.cuts) != len(self.grades) - 1:
            raise ValueError(f"{len(self.cuts)} cuts do not divide {len(self.grades)} grades")
        if list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError("cuts rise")

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        ratio = self._ratio(values, weights)
        if self.score == "ratio":
            return ratio
        fitted, _, _ = _line(ratio, *_probits(ratio))
        return fitted

    def unit_details(self, values: Array, weights: Array, context: MatrixContext) -> Told:
        ratio = self._ratio(values, weights)
        place, probit = _probits(ratio)
        cuts = self.cuts or tuple(2 + 6 * number / len(self.grades) for number in range(1, len(self.grades)))
        told: Told = {"ratio": ratio.tolist(), "probit": probit[place].tolist()}
        if len(probit) > 1:
            fitted, intercept, slope = _line(ratio, place, probit)
            told |= {
                "fitted": fitted.tolist(),
                "intercept": [intercept] * len(ratio),
                "slope": [slope] * len(ratio),
            }
        reached = np.searchsorted(np.array(cuts) - _TIED, probit[place], side="right")
        return told | {"grade": [self.grades[number] for number in reached.tolist()]}

    def _ratio(self, values: Array, weights: Array) -> Array:
        above, whole = np.zeros(len(values)), np.zeros(len(values))
        for column, weight in zip(values.T, weights.tolist(), strict=True):
            there = ~np.isnan(column)
            if there.any():
                above[there] += weight * self._ranked(column[there])
                whole[there] += weight
        ratio: Array = above / whole
        return ratio

    def _ranked(self, column: Array) -> Array:
        """Return ranks as shares of their number."""
        count = len(column)
        distinct, place, sizes = np.unique(column, return_inverse=True, return_counts=True)
        if self.ranks == "whole" or len(distinct) == 1:
            ranks: Array = (np.cumsum(sizes) - (sizes - 1) / 2) / count
            return ranks[place]
        half = column / 2  # a range may be beyond all numbers
        inside: Array = (half - half.min()) / (half.max() - half.min())
        return (1 + (count - 1) * inside) / count


def _probits(ratio: Array) -> tuple[Whole, Array]:
    """Return the place of each unit among the ratios that differ, and their probits."""
    order = np.argsort(ratio, kind="stable")
    upwards = ratio[order]
    rises = np.concatenate([[0], np.cumsum(np.diff(upwards) > _TIED * upwards[-1])])
    place = np.empty(len(ratio), dtype=np.int64)
    place[order] = rises
    sizes = np.bincount(place)
    share = (np.cumsum(sizes) - (sizes - 1) / 2) / len(ratio)
    share[-1] = 1 - 1 / (4 * len(ratio))
    normal = NormalDist()
    return place, np.array([normal.inv_cdf(one) + 5 for one in share.tolist()])


def _line(ratio: Array, place: Whole, probit: Array) -> tuple[Array, float, float]:
    """Return the ratios of the line by least squares, its intercept and its slope."""
    if len(probit) < 2:
        raise ValueError("all units have the same ratio, through which there is no line: choose score = ratio")
    of_place = np.bincount(place, ratio) / np.bincount(place)
    apart = probit - probit.mean()
    slope = float(apart @ (of_place - of_place.mean()) / (apart @ apart))
    intercept = float(of_place.mean() - slope * probit.mean())
    fitted: Array = intercept + slope * probit[place]
    return fitted, intercept, slope


@dataclass(frozen=True)
class FuzzyComprehensive(Aggregation):
    """Say to what degree a unit belongs to each grade, by weights and an operator, and score the mean of the grades.

    A value that is a grade's own belongs to it alone, one between two grades to both in proportion, and one beyond the
    last to that. The grade of a unit is that to which it belongs most, of equal ones the worse. Where the values are
    memberships themselves, 0 to 1 in one grade, the score is the unit's membership.
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

    operator: Annotated[
        Literal["product_sum", "min_max", "product_max", "min_sum"],
        Field(description="how weights meet memberships, and how those of all components are put together"),
    ] = "product_sum"
    grades: Annotated[tuple[str, ...], Field(description="what they are called, the worst first")] = (
        "poor",
        "medium",
        "good",
    )
    centres: Annotated[
        tuple[float, ...], Field(description="c, the value of each grade; otherwise evenly from 0 to 1")
    ] = ()
    values: Annotated[Literal["scores", "memberships"], Field(description="what the values are")] = "scores"

    def __post_init__(self) -> None:
        _check_grades(self.grades)
        if self.centres and len(self.centres) != len(self.grades):
            raise ValueError(f"{len(self.centres)} centres for {len(self.grades)} grades")
        if list(self.centres) != sorted(set(self.centres)):
            raise ValueError("centres rise")

    @property
    def _centres(self) -> tuple[float, ...]:
        last = len(self.grades) - 1
        return self.centres or tuple(number / last for number in range(last + 1))

    @property
    def settings(self) -> dict[str, Any]:
        return {**self.parameters, "centres": self._centres}

    def combine(self, components: Components) -> Expression:
        if self.values == "memberships":
            return self._together([(c.w, c.z) for c in components])
        degrees = self._degrees(components)
        worth = [centre * degree for centre, degree in zip(self._centres, degrees, strict=True)]
        return row_sum(worth) / row_sum(degrees)

    def details(self, components: Components) -> Mapping[str, Expression]:
        if self.values == "memberships":
            return {}
        degrees = self._degrees(components)
        most = row_max(degrees)
        grade = 0 * most + len(degrees) - 1
        for number in reversed(range(len(degrees) - 1)):
            grade = where(degrees[number] >= most - _TIED, number, grade)
        words = grade.replace_strict(list(range(len(degrees))), list(self.grades))
        return {**dict(zip(self.grades, degrees, strict=True)), "grade": words}

    def _degrees(self, components: Components) -> list[Expression]:
        """Return the memberships in each grade."""
        return [
            self._together([(c.w, self._membership(c, number)) for c in components])
            for number in range(len(self.grades))
        ]

    def _membership(self, component: Component, number: int) -> Expression:
        """Return how much a value belongs to a grade: less, in a straight line, up to the centres next to its own."""
        centres, z = self._centres, component.z
        here, slopes = centres[number], []
        if number > 0:
            slopes.append((z - centres[number - 1]) / (here - centres[number - 1]))
        if number < len(centres) - 1:
            slopes.append((centres[number + 1] - z) / (centres[number + 1] - here))
        return row_min(slopes).clip(0.0, 1.0)

    def _together(self, pairs: list[tuple[Expression | float, Expression]]) -> Expression:
        if self.operator.startswith("product"):
            met = [weight * degree for weight, degree in pairs]
        else:
            met = [where(degree >= weight, weight, degree) for weight, degree in pairs]  # a gap stays one
        if self.operator.endswith("max"):
            return row_max(met)
        return row_sum(met).clip(upper_bound=1.0) if self.operator == "min_sum" else row_sum(met)
