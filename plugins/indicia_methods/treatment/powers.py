"""Power transforms, with a fixed power or the maximum likelihood power for normality."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, sqrt
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import Array, Domain, Expression, MergedColumn, Statistics, Treatment, where
from indicia_methods.treatment.moments import Learning, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


_ZERO = 1e-8
"""A smaller absolute power counts as 0: the power formula would lose more digits than the logarithm errs."""

_SMALLEST, _LARGEST = log(1e-8), log(1e65)
"""Bounds of ln x^λ in the search for λ: a smaller power would be lost beside the 1 of the formula."""


@dataclass(frozen=True)
class BoxCox(Learning):
    """Take the power, or the logarithm, that makes the values most nearly normal, by maximum likelihood.

    The search keeps the powers of all values between 1e-8 and 1e65. If all values are equal, the power is 1.
    """

    name = "box_cox"
    reference = "Box & Cox (1964), Journal of the Royal Statistical Society B 26(2)"
    changes_scale = True
    formula = "y = <power>"
    symbols = {"power": r"\lambda"}
    variants = {
        "power": {
            None: (
                r"\frac{<shift>^\lambda - 1}{\lambda} \; (\ln <shift> \text{ where } \lambda = 0), \quad \lambda = "
                r"\arg\max -\frac n2 \ln \frac{\sum (y - \bar y)^2}{n} + (\lambda - 1) \sum \ln <shift>"
            ),
            0.0: r"\ln <shift>",
            ...: r"\frac{<shift>^\lambda - 1}{\lambda}",
        },
        "shift": {
            False: "x",
            True: r"(x - \min x + 1)",
        },
    }
    size = 2
    detail_tables = {
        "treatment": "an indicator: the number of changed values, the power λ, and with shift the smallest value",
    }

    power: Annotated[float | None, Field(description="λ; the maximum likelihood estimate if omitted")] = None
    shift: Annotated[bool, Field(description="shift all values so that the smallest is 1")] = False

    @property
    def domain(self) -> Domain:
        return Domain.REAL if self.shift else Domain.POSITIVE

    def learn(self, values: Array) -> Sequence[float]:
        smallest = float(values.min()) if self.shift and len(values) else 0.0
        if self.power is not None:
            return smallest, self.power
        return smallest, _fit_box_cox(np.log1p(values - smallest) if self.shift else np.log(values))

    @property
    def merges(self) -> bool:
        return self.power is not None

    def learn_merged(self, column: MergedColumn) -> Sequence[float]:
        assert self.power is not None
        return shape_of(column).smallest if self.shift else 0.0, self.power

    def name_learned(self, *learned: Expression) -> Mapping[str, Expression]:
        smallest, power = learned
        return {"power": power, "smallest": smallest} if self.shift else {"power": power}

    def at(self, x: Expression, *learned: Expression) -> Expression:
        smallest, power = learned
        return _box_cox(x - smallest + 1 if self.shift else x, power)


@dataclass(frozen=True)
class YeoJohnson(Learning):
    """Take the power that makes positive and negative values most nearly normal, by maximum likelihood.

    The search keeps the powers of all values between 1e-8 and 1e65. If all values are equal, the power is 1 and they
    stay unchanged.
    """

    name = "yeo_johnson"
    reference = "Yeo & Johnson (2000), Biometrika 87(4)"
    changes_scale = True
    formula = (
        r"y = \frac{(x + 1)^\lambda - 1}{\lambda} \; (x \ge 0), \quad y = -\frac{(1 - x)^{2 - \lambda} - 1}{2 - "
        r"\lambda} \; (x < 0), \quad \text{a power of } 0 \text{ being the logarithm}<power>"
    )
    symbols = {"power": r"\lambda"}
    variants = {
        "power": {
            None: (
                r", \quad \lambda = \arg\max -\frac n2 \ln \frac{\sum (y - \bar y)^2}{n} + (\lambda - 1) \sum "
                r"\operatorname{sgn}(x) \ln(1 + |x|)"
            ),
            ...: "",
        },
    }
    size = 1
    detail_tables = {"treatment": "an indicator: the number of changed values, and the power λ"}

    power: Annotated[float | None, Field(description="λ; the maximum likelihood estimate if omitted")] = None

    def learn(self, values: Array) -> Sequence[float]:
        return (_fit_yeo_johnson(values) if self.power is None else self.power,)

    @property
    def merges(self) -> bool:
        return self.power is not None

    def learn_merged(self, column: MergedColumn) -> Sequence[float]:
        assert self.power is not None
        return (self.power,)

    def name_learned(self, *learned: Expression) -> Mapping[str, Expression]:
        return {"power": learned[0]}

    def at(self, x: Expression, *learned: Expression) -> Expression:
        (power,) = learned
        return where(x >= 0, _box_cox(1 + x, power), -_box_cox(1 - x, 2 - power))


@dataclass(frozen=True)
class Power(Treatment):
    """Raise values to a power: 2 for squares, 0.5 for square roots."""

    name = "power"
    reference = "Tukey (1957), On the comparative anatomy of transformations, Annals of Mathematical Statistics 28(3)"
    example = "power(exponent=2)"
    changes_scale = True
    formula = "y = <signed>"
    symbols = {"exponent": "p"}
    variants = {
        "signed": {
            False: "x^p",
            True: r"\operatorname{sgn}(x) |x|^p",
        },
    }

    exponent: Annotated[float, Field(gt=0, description="p")]
    signed: Annotated[bool, Field(description="accept negative values, and keep their sign")] = False

    @property
    def domain(self) -> Domain:
        return Domain.REAL if self.signed else Domain.NON_NEGATIVE

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return x.sign() * x.abs() ** self.exponent if self.signed else x**self.exponent


def _box_cox(x: Expression, power: Expression) -> Expression:
    return where(power.abs() < _ZERO, x.log(), (x**power - 1) / power)


def _fit_box_cox(logarithms: Array) -> float:
    if len(logarithms) == 0 or logarithms.min() == logarithms.max():
        return 1.0
    logarithms = np.sort(
        logarithms
    )  # sorted, so that rounding in sums, and the power, do not depend on the order of units
    distance = (
        logarithms - logarithms.mean()
    )  # for values over their geometric mean, the likelihood is a function of the variance alone

    def unlikelihood(power: float) -> float:
        return _log_variance(_box_cox_of_logarithms(distance, power))

    return _minimise(unlikelihood, *_search_interval(float(logarithms.min()), float(logarithms.max())))


def _fit_yeo_johnson(values: Array) -> float:
    if values.min() == values.max():
        return 1.0
    values = np.sort(values)  # as in Box-Cox
    positive = values >= 0
    above, below = np.log1p(values[positive]), np.log1p(-values[~positive])
    slope = 2 * (above.sum() - below.sum()) / len(values)

    def unlikelihood(power: float) -> float:
        transformed = np.concatenate((_box_cox_of_logarithms(above, power), -_box_cox_of_logarithms(below, 2 - power)))
        return _log_variance(transformed) - (power - 1) * float(slope)

    low, high = _search_interval(0.0, float(above.max(initial=0.0)))
    mirrored_low, mirrored_high = _search_interval(0.0, float(below.max(initial=0.0)))
    return _minimise(unlikelihood, max(low, 2 - mirrored_high), min(high, 2 - mirrored_low))


def _box_cox_of_logarithms(logarithms: Array, power: float) -> Array:
    return logarithms if abs(power) < _ZERO else np.expm1(power * logarithms) / power


def _log_variance(values: Array) -> float:
    with np.errstate(over="ignore", under="ignore"):
        variance = float(values.var())
    return log(variance) if variance > 0 else -inf


def _search_interval(smallest: float, largest: float) -> tuple[float, float]:
    """Return the interval of λ in which x^λ stays within bounds, for logarithms of x from smallest to largest."""
    interval = (-_LARGEST, _LARGEST)
    if largest > 0:
        interval = max(interval[0], _SMALLEST / largest), min(interval[1], _LARGEST / largest)
    if smallest < 0:
        interval = max(interval[0], _LARGEST / smallest), min(interval[1], _SMALLEST / smallest)
    return min(interval[0], 1.0), max(interval[1], 1.0)


def _minimise(function: Callable[[float], float], low: float, high: float) -> float:
    """Minimise a convex function by parabolic interpolation and golden section steps.

    Brent (1973), Algorithms for Minimization without Derivatives, chapter 5. Both likelihoods are concave: Kouider &
    Chen (1995), Statistics & Probability Letters 25(2); Marchand, Muzellec, Beguier, Ogier du Terrail & Andreux (2022),
    NeurIPS 35.

    >>> round(_minimise(lambda x: (x - 2) ** 2, -5.0, 5.0), 6)
    2.0
    """
    golden = (3 - sqrt(5)) / 2
    best = second = third = low + golden * (high - low)
    f_best = f_second = f_third = function(best)
    step = previous = 0.0
    for _ in range(200):
        middle, tolerance = (low + high) / 2, 1e-9 * abs(best) + 1e-10
        if abs(best - middle) <= 2 * tolerance - (high - low) / 2:
            break
        r, q = (best - second) * (f_best - f_third), (best - third) * (f_best - f_second)
        numerator, denominator = (best - third) * q - (best - second) * r, 2 * (q - r)
        if denominator > 0:
            numerator = -numerator
        denominator, step_before_last, previous = abs(denominator), previous, step
        is_inside = denominator * (low - best) < numerator < denominator * (high - best)
        if abs(step_before_last) > tolerance and is_inside and abs(numerator) < abs(denominator * step_before_last / 2):
            step = numerator / denominator
        else:
            previous = (high if best < middle else low) - best
            step = golden * previous
        if abs(step) < tolerance:
            step = tolerance if step > 0 else -tolerance
        trial = best + step
        f_trial = function(trial)
        if f_trial <= f_best:
            low, high = (low, best) if trial < best else (best, high)
            best, second, third = trial, best, second
            f_best, f_second, f_third = f_trial, f_best, f_second
            continue
        low, high = (trial, high) if trial < best else (low, trial)
        if f_trial <= f_second or second == best:
            second, third, f_second, f_third = trial, second, f_trial, f_second
        elif f_trial <= f_third or third in (best, second):
            third, f_third = trial, f_trial
    return best
