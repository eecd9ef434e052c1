"""Linear normalisations: differences between units keep their proportions."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan, nextafter
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Normalisation, Property, where
from indicia_methods.unit_weights import WeightsOfUnits, weights_of_units

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics, UsedColumn

_LINEAR = frozenset(
    {Property.MONOTONE, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.FREE_OF_RANK_REVERSAL}
)
_SCALED = _LINEAR | {Property.SCALE_INVARIANT}


@dataclass(frozen=True)
class Unscaled(Normalisation):
    """Keep the values of benefits, and negate costs."""

    name = "none"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = "z = x"
    cost_formula = "z = -x"
    properties = _LINEAR

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x


@dataclass(frozen=True)
class Scaled(Normalisation):
    """Rescale linearly so that `a` scores 0 and `b` scores `scale`; reversed for a cost.

    Values beyond a and b score beyond 0 and `scale`.
    """

    name = "scaled"
    reference = (
        "Becker, Caperna, Del Sorbo, Norlén, Papadimitriou & Saisana (2022), Journal of Open Source Software 7(78)"
    )
    formula = r"z = c \frac{x - a}{b - a}"
    cost_formula = r"z = c \frac{b - x}{b - a}"
    symbols = {"a": "a", "b": "b", "scale": "c"}
    properties = _LINEAR

    a: Annotated[float, Field(description="smallest value of the scale of the data")] = 0.0
    b: Annotated[float, Field(description="largest value of the scale of the data")] = 100.0
    scale: Annotated[float, Field(gt=0, description="score of the better end")] = 100.0

    @property
    def best_score(self) -> float:
        return self.scale

    def __post_init__(self) -> None:
        if not self.a < self.b:
            raise ValueError(f"a = {self.a:g} must be smaller than b = {self.b:g}")

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return (x - self.a) / (self.b - self.a) * self.scale

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return (self.b - x) / (self.b - self.a) * self.scale


@dataclass(frozen=True)
class MinMax(Normalisation):
    """Rescale linearly so that the worst value scores `lower` and the best `upper`.

    The worst and the best value are those of the data, or the indicator's fixed bounds (goalposts). Values beyond fixed
    bounds can be clipped.
    """

    name = "min_max"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = <clip>l + (u - l) \frac{x - \min x}{\max x - \min x}<clip.end>"
    symbols = {"lower": "l", "upper": "u"}
    variants = {
        "clip": {
            "none": "",
            "lower": r"\max \left( l, ",
            "upper": r"\min \left( u, ",
            "both": r"\min \left( u, \max \left( l, ",
        },
        "clip.end": {"none": "", "lower": r" \right)", "upper": r" \right)", "both": r" \right) \right)"},
    }
    needs_spread = True
    properties = _SCALED

    lower: Annotated[float, Field(description="score of the worst value")] = 0.0
    upper: Annotated[float, Field(description="score of the best value")] = 1.0
    clip: Annotated[
        Literal["none", "lower", "upper", "both"], Field(description="set values beyond the bounds to the bounds")
    ] = "none"

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise ValueError(f"lower = {self.lower:g} must be smaller than upper = {self.upper:g}")

    @property
    def neutral_score(self) -> float:
        return (self.lower + self.upper) / 2

    @property
    def guaranteed_worst_score(self) -> float:
        return self.lower

    @property
    def best_score(self) -> float:
        return self.upper

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        z = self.lower + (self.upper - self.lower) * (x - s.min) / (s.max - s.min)
        return z.clip(
            self.lower if self.clip in ("lower", "both") else None,
            self.upper if self.clip in ("upper", "both") else None,
        )


@dataclass(frozen=True)
class Goalposts(Normalisation):
    """Rescale linearly so that the indicator's worse fixed bound scores 0 and the better one `scale`."""

    name = "goalposts"
    reference = "Anand & Sen (1994), Human Development Index: Methodology and Measurement, UNDP Occasional Paper 12"
    formula = r"z = c \, <truncate>\frac{x - \min x}{\max x - \min x}<truncate.end>"
    symbols = {"scale": "c"}
    variants = {
        "truncate": {True: r"\min \left( 1, \max \left( 0, ", False: ""},
        "truncate.end": {True: r" \right) \right)", False: ""},
    }
    needs_bounds = True
    properties = _LINEAR

    truncate: Annotated[bool, Field(description="set values beyond the bounds to the bounds")] = True
    scale: Annotated[float, Field(gt=0, description="score of the better bound")] = 1.0

    @property
    def best_score(self) -> float:
        return self.scale

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        z = (x - s.min) / (s.max - s.min)
        return self.scale * (z.clip(0.0, 1.0) if self.truncate else z)


@dataclass(frozen=True)
class Efficacy(Normalisation):
    """Rescale linearly from `base` for the worst value to `base` plus `gain` for the best (efficacy coefficient)."""

    name = "efficacy"
    reference = "Ministry of Finance of China (2002), Detailed Rules for Evaluating the Performance of Enterprises"
    formula = r"z = b + g \frac{x - \min x}{\max x - \min x}"
    symbols = {"base": "b", "gain": "g"}
    needs_spread = True
    properties = _SCALED

    base: Annotated[float, Field(description="score of the worst value")] = 60.0
    gain: Annotated[float, Field(gt=0, description="score of the best value, less base")] = 40.0

    @property
    def neutral_score(self) -> float:
        return self.base + self.gain / 2

    @property
    def guaranteed_worst_score(self) -> float:
        return self.base

    @property
    def best_score(self) -> float:
        return self.base + self.gain

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return self.base + self.gain * (x - s.min) / (s.max - s.min)


@dataclass(frozen=True)
class ZScore(Normalisation):
    """Subtract the mean and divide by the standard deviation; optionally rescale to another mean and deviation.

    With `weights`, such as the population, both are weighted. Equal weights give the unweighted scores.
    """

    name = "z_score"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = m + d \, \frac{x - \bar x}{s_x}, \quad <weights>"
    symbols = {"mean": "m", "sd": "d", "ddof": r"\nu", "weights": "p"}
    variants = {
        "weights": {
            None: r"s_x^2 = \frac{1}{n - \nu} \sum (x - \bar x)^2",
            ...: r"\bar x = \frac{\sum p x}{P}, \quad s_x^2 = \frac{\sum p (x - \bar x)^2}{P - \nu \sum p^2 / P}, "
            r"\quad P = \sum p",
        },
    }
    needs_spread = True
    properties = _SCALED

    mean: Annotated[float, Field(description="mean of the scores")] = 0.0
    sd: Annotated[float, Field(gt=0, description="standard deviation of the scores")] = 1.0
    ddof: Annotated[Literal[0, 1], Field(description="1: divisor n - 1 (sample), 0: n (population)")] = 1
    weights: WeightsOfUnits = None

    @property
    def uses(self) -> tuple[UsedColumn, ...]:
        return weights_of_units(self.weights)

    @property
    def neutral_score(self) -> float:
        return self.mean

    @property
    def guaranteed_worst_score(self) -> float:
        return nextafter(self.mean, -inf)

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        if self.weights is not None:
            return self.mean + self.sd * (x - s.weighted_mean(self.weights)) / s.weighted_std(self.weights, self.ddof)
        return self.mean + self.sd * (x - s.mean) / s.std_with(self.ddof)


@dataclass(frozen=True)
class Robust(Normalisation):
    """Subtract the median and divide by the interquartile range, which limits the effect of outliers."""

    name = "robust"
    reference = "Tukey (1977), Exploratory Data Analysis"
    formula = r"z = \frac{x - \tilde x}{Q_3 - Q_1}"
    needs_spread = True
    neutral_score = 0.0
    guaranteed_worst_score = 0.0
    properties = _SCALED

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return (x - s.median) / (s.quantile(0.75) - s.quantile(0.25))


@dataclass(frozen=True)
class DistanceToMax(Normalisation):
    """Subtract the distance to the best value, as a share of the range, from 1."""

    name = "distance_to_max"
    reference = (
        "Becker, Caperna, Del Sorbo, Norlén, Papadimitriou & Saisana (2022), Journal of Open Source Software 7(78)"
    )
    formula = r"z = 1 - \frac{\max x - x}{\max x - \min x}"
    needs_spread = True
    neutral_score = 0.5
    guaranteed_worst_score = 0.0
    best_score = 1.0
    properties = _SCALED

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return 1 - (s.max - x) / (s.max - s.min)


@dataclass(frozen=True)
class DistanceToReference(Normalisation):
    """Subtract the distance to a reference unit, as a share of that unit's distance to the worst value, from 1.

    The reference unit scores 1. If it has the worst value itself, all units score 1 with `cap`, and have no score
    without `cap`. If the reference unit has no value, no unit has a score.
    """

    name = "distance_to_reference"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    example = "distance_to_reference(unit=u0)"
    formula = r"z = <cap>1 - \frac{x_r - x}{x_r - \min x}<cap.end>"
    symbols = {"unit": "r"}
    variants = {
        "cap": {
            False: "",
            True: r"\min \left( 1, ",
        },
        "cap.end": {
            False: "",
            True: r" \right)",
        },
    }
    guaranteed_worst_score = 0.0
    properties = _SCALED

    unit: Annotated[str, Field(description="name of the unit that scores 1")]
    cap: Annotated[bool, Field(description="limit scores to 1")] = False

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        reference = s.value_of_unit(self.unit)
        z = 1 - (reference - x) / (reference - s.min)
        if self.cap:
            return where(reference > s.min, z, 1 + 0 * (x - reference)).clip(upper_bound=1.0)
        return where(reference > s.min, z, nan * x)


@dataclass(frozen=True)
class DistanceToTarget(Normalisation):
    """Measure the progress from the worst value to the indicator's target, as a share of their distance.

    If the worst value reaches the target, all units score 1 with `cap`, and have no score without `cap`.
    """

    name = "distance_to_target"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = <cap>\frac{x - \min x}{t - \min x}<cap.end>"
    variants = {
        "cap": {
            False: "",
            True: r"\min \left( 1, ",
        },
        "cap.end": {
            False: "",
            True: r" \right)",
        },
    }
    properties = _SCALED

    cap: Annotated[bool, Field(description="limit scores to 1")] = False

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        z = (x - s.min) / (s.target - s.min)
        if self.cap:
            return where(s.target > s.min, z, 1 + 0 * x).clip(upper_bound=1.0)
        return where(s.target > s.min, z, nan * x)
