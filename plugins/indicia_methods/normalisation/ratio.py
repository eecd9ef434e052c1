"""Normalisations that divide by a sum, a norm or an extreme value of the indicator: ratios keep their meaning."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.methods import Domain, Normalisation, Property, where
from indicia_methods.unit_weights import WeightsOfUnits, weights_of_units

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics, UsedColumn

_RATIO = frozenset({Property.MONOTONE, Property.SCALE_INVARIANT, Property.FREE_OF_RANK_REVERSAL})


@dataclass(frozen=True)
class Sum(Normalisation):
    """Divide by the sum over units; for a cost, divide its reciprocal by the sum of reciprocals."""

    name = "sum"
    reference = "Zavadskas & Turskis (2010), Technological and Economic Development of Economy 16(2)"
    formula = r"z = \frac{x}{\sum x}"
    cost_formula = r"z = \frac{1/x}{\sum 1/x}"
    domain = Domain.NON_NEGATIVE
    cost_domain = Domain.POSITIVE
    properties = _RATIO

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s.sum

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return (1 / x) / s((1 / x).sum())


@dataclass(frozen=True)
class Vector(Normalisation):
    """Divide by the Euclidean norm of the indicator; for a cost, subtract the quotient from 1."""

    name = "vector"
    reference = "Hwang & Yoon (1981), Multiple Attribute Decision Making"
    formula = r"z = \frac{x}{\sqrt{\sum x^2}}"
    cost_formula = r"z = 1 - \frac{x}{\sqrt{\sum x^2}}"
    properties = _RATIO | {Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s.norm

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return 1 - self.benefit(x, s)


@dataclass(frozen=True)
class Max(Normalisation):
    """Divide by the largest value; for a cost, subtract the quotient from 1."""

    name = "max"
    reference = "Hwang & Yoon (1981), Multiple Attribute Decision Making"
    formula = r"z = \frac{x}{\max x}"
    cost_formula = r"z = 1 - \frac{x}{\max x}"
    domain = Domain.NON_NEGATIVE
    properties = _RATIO | {Property.DEFINED_AT_ZERO}

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s.max

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return 1 - x / s.max


@dataclass(frozen=True)
class MaxAbsolute(Normalisation):
    """Divide by the largest absolute value, and negate costs: scores lie between -1 and 1, and 0 stays 0."""

    name = "max_absolute"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = \frac{x}{\max |x|}"
    cost_formula = r"z = \frac{-x}{\max |x|}"
    properties = _RATIO | {Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s(x.abs().max())


@dataclass(frozen=True)
class ShareOfMax(Normalisation):
    """Divide by the absolute best value. Costs are negated, so the best value of a positive cost scores -1.

    There is no value if the best value is 0.
    """

    name = "share_of_max"
    reference = (
        "Becker, Caperna, Del Sorbo, Norlén, Papadimitriou & Saisana (2022), Journal of Open Source Software 7(78)"
    )
    formula = r"z = \frac{x}{|\max x|}"
    cost_formula = r"z = \frac{-x}{|\min x|}"
    properties = _RATIO | {Property.DEFINED_BELOW_ZERO}

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s.max.abs()


@dataclass(frozen=True)
class LinearRatio(Normalisation):
    """Divide by the largest value; for a cost, divide the smallest value by the value."""

    name = "linear_ratio"
    reference = "Stopp (1975); Hwang & Yoon (1981), Multiple Attribute Decision Making"
    formula = r"z = \frac{x}{\max x}"
    cost_formula = r"z = \frac{\min x}{x}"
    domain = Domain.NON_NEGATIVE
    cost_domain = Domain.POSITIVE
    best_score = 1.0
    properties = _RATIO

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s.max

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return s.min / x


@dataclass(frozen=True)
class Peldschus(Normalisation):
    """Square the ratio to the largest value; for a cost, cube the ratio of the smallest value to the value."""

    name = "peldschus"
    reference = "Peldschus, Vaigauskas & Zavadskas (1983), Bauplanung – Bautechnik 37(4)"
    formula = r"z = \left( \frac{x}{\max x} \right)^2"
    cost_formula = r"z = \left( \frac{\min x}{x} \right)^3"
    domain = Domain.NON_NEGATIVE
    cost_domain = Domain.POSITIVE
    best_score = 1.0
    properties = _RATIO

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return (x / s.max) ** 2

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return (s.min / x) ** 3


@dataclass(frozen=True)
class ZavadskasTurskis(Normalisation):
    """Subtract the distance to the best value, as a share of the best value, from 1."""

    name = "zavadskas_turskis"
    reference = "Zavadskas & Turskis (2008), Informatica 19(2)"
    formula = r"z = 1 - \left| \frac{\max x - x}{\max x} \right|"
    cost_formula = r"z = 1 - \left| \frac{\min x - x}{\min x} \right|"
    domain = Domain.NON_NEGATIVE
    cost_domain = Domain.POSITIVE
    best_score = 1.0
    properties = _RATIO

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return 1 - ((s.max - x) / s.max).abs()

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return 1 - ((s.min - x) / s.min).abs()


@dataclass(frozen=True)
class EnhancedAccuracy(Normalisation):
    """Subtract the distance to the best value, as a share of the distances of all units, from 1."""

    name = "enhanced_accuracy"
    reference = "Zeng, Li & Yang (2013), Journal of Medical Systems 37(2)"
    formula = r"z = 1 - \frac{\max x - x}{\sum (\max x - x)}"
    cost_formula = r"z = 1 - \frac{x - \min x}{\sum (x - \min x)}"
    needs_spread = True
    neutral_score = 1.0
    best_score = 1.0
    properties = _RATIO | {Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return 1 - (s.max - x) / s((s.max - x).sum())


@dataclass(frozen=True)
class Logarithmic(Normalisation):
    """Divide the logarithm by the sum of logarithms; for a cost, subtract from 1 and divide by n - 1.

    There is no value if the sum of the logarithms is 0 or less, since the formula would reverse the order. Then choose
    a smaller unit of measure, which makes the logarithms larger.
    """

    name = "logarithmic"
    reference = "Zavadskas & Turskis (2008), Informatica 19(2)"
    formula = r"z = \frac{\ln x}{\sum \ln x}"
    cost_formula = r"z = \frac{1}{n - 1} \left( 1 - \frac{\ln x}{\sum \ln x} \right)"
    domain = Domain.POSITIVE
    properties = frozenset({Property.FREE_OF_RANK_REVERSAL})

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        sum_of_logarithms = s(x.log().sum())
        return x.log() / where(sum_of_logarithms > 0, sum_of_logarithms, nan)

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return (1 - self.benefit(x, s)) / (s.count - 1)


@dataclass(frozen=True)
class MeanIndex(Normalisation):
    """Divide by the mean; for a cost, divide the mean by the value.

    With `weights`, such as the population, the mean is weighted: the mean of regions is then that of the country.
    """

    name = "mean_index"
    reference = "Krajnc & Glavič (2005), Resources, Conservation and Recycling 43(2)"
    formula = r"z = c \frac{x}{\bar x}<weights>"
    cost_formula = r"z = c \frac{\bar x}{x}<weights>"
    symbols = {"scale": "c", "weights": "p"}
    variants = {"weights": {None: "", ...: r", \quad \bar x = \frac{\sum p x}{\sum p}"}}
    domain = Domain.NON_NEGATIVE
    cost_domain = Domain.POSITIVE
    properties = _RATIO

    scale: Annotated[float, Field(gt=0, description="score of the mean; 100 for index numbers")] = 1.0
    weights: WeightsOfUnits = None

    @property
    def uses(self) -> tuple[UsedColumn, ...]:
        return weights_of_units(self.weights)

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return self.scale * x / (s.mean if self.weights is None else s.weighted_mean(self.weights))

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return self.scale * (s.mean if self.weights is None else s.weighted_mean(self.weights)) / x


@dataclass(frozen=True)
class BasePeriod(Normalisation):
    """Divide by the unit's own value in a base period, which scores 100; for a cost, take the reciprocal.

    Scores show the change of a unit since the base period, not its level.
    """

    name = "base_period"
    reference = "Fisher (1922), The Making of Index Numbers"
    example = "base_period(period=2015)"
    formula = r"z = c \frac{x_t}{x_{t_0}}"
    cost_formula = r"z = c \frac{x_{t_0}}{x_t}"
    symbols = {"period": "t_0", "scale": "c"}
    domain = Domain.NON_NEGATIVE
    cost_domain = Domain.POSITIVE
    needs_periods = True
    follows_direction = False
    properties = frozenset({Property.SCALE_INVARIANT, Property.FREE_OF_RANK_REVERSAL})

    period: Annotated[int | str, Field(description="the base period")]
    scale: Annotated[float, Field(gt=0, description="score of the base period")] = 100.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return self.scale * x / s.value_of_period(str(self.period))

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return self.scale * s.value_of_period(str(self.period)) / x
