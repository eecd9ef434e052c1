"""Transforms by powers, with a power that is given or the one that makes values most nearly normal."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, sqrt
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import Domain, Treatment, where
from indicia_methods.treatment.learning import Learning

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.methods import Array, Expression, Statistics

_ZERO = 1e-8
"""A smaller power is 0: its formula would lose more digits than the logarithm is off."""

_LEAST, _MOST = log(1e-8), log(1e65)
"""Between these lies the logarithm of a power that is sought: a smaller one is lost beside the 1 in the formula."""


@dataclass(frozen=True)
class BoxCox(Learning):
    """Take a power, or the logarithm, that makes values most nearly normal by maximum likelihood.

    The power is sought where powers of all values lie between 1e-8 and 1e65. Of values that are all equal it is 1.
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

    power: Annotated[float | None, Field(description="λ, in place of the likeliest")] = None
    shift: Annotated[bool, Field(description="move all values so that the smallest is 1")] = False

    @property
    def domain(self) -> Domain:
        return Domain.REAL if self.shift else Domain.POSITIVE

    def learn(self, values: Array) -> Sequence[float]:
        least = float(values.min()) if self.shift and len(values) else 0.0
        if self.power is not None:
            return least, self.power
        return least, _likeliest_box_cox(np.log1p(values - least) if self.shift else np.log(values))

    def at(self, x: Expression, *learned: Expression) -> Expression:
        least, power = learned
        return _bent(x - least + 1 if self.shift else x, power)


@dataclass(frozen=True)
class YeoJohnson(Learning):
    """Take a power of values on either side of 0 that makes them most nearly normal by maximum likelihood.

    The power is sought where powers of all values lie between 1e-8 and 1e65. Of values that are all equal it is 1,
    which leaves values as they are.
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

    power: Annotated[float | None, Field(description="λ, in place of the likeliest")] = None

    def learn(self, values: Array) -> Sequence[float]:
        return (_likeliest_yeo_johnson(values) if self.power is None else self.power,)

    def at(self, x: Expression, *learned: Expression) -> Expression:
        (power,) = learned
        return where(x >= 0, _bent(1 + x, power), -_bent(1 - x, 2 - power))


@dataclass(frozen=True)
class Power(Treatment):
    """Raise to a power: 2 takes squares, 0.5 square roots."""

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
    signed: Annotated[bool, Field(description="take negative values too, and give them back their sign")] = False

    @property
    def domain(self) -> Domain:
        return Domain.REAL if self.signed else Domain.NON_NEGATIVE

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return x.sign() * x.abs() ** self.exponent if self.signed else x**self.exponent


def _bent(x: Expression, power: Expression) -> Expression:
    return where(power.abs() < _ZERO, x.log(), (x**power - 1) / power)


def _likeliest_box_cox(logarithms: Array) -> float:
    if len(logarithms) == 0 or logarithms.min() == logarithms.max():
        return 1.0
    logarithms = np.sort(logarithms)  # sums do not depend on the order of the units then, nor does the power
    distance = logarithms - logarithms.mean()  # of values over their geometric mean the likelihood is the variance

    def unlikelihood(power: float) -> float:
        return _log_variance(_bend(distance, power))

    return _lowest(unlikelihood, *_sought(float(logarithms.min()), float(logarithms.max())))


def _likeliest_yeo_johnson(values: Array) -> float:
    if values.min() == values.max():
        return 1.0
    values = np.sort(values)  # as above
    positive = values >= 0
    above, below = np.log1p(values[positive]), np.log1p(-values[~positive])
    slope = 2 * (above.sum() - below.sum()) / len(values)

    def unlikelihood(power: float) -> float:
        bent = np.concatenate((_bend(above, power), -_bend(below, 2 - power)))
        return _log_variance(bent) - (power - 1) * float(slope)

    low, high = _sought(0.0, float(above.max(initial=0.0)))
    mirrored_low, mirrored_high = _sought(0.0, float(below.max(initial=0.0)))
    return _lowest(unlikelihood, max(low, 2 - mirrored_high), min(high, 2 - mirrored_low))


def _bend(logarithms: Array, power: float) -> Array:
    return logarithms if abs(power) < _ZERO else np.expm1(power * logarithms) / power


def _log_variance(values: Array) -> float:
    with np.errstate(over="ignore", under="ignore"):
        variance = float(values.var())
    return log(variance) if variance > 0 else -inf


def _sought(least: float, most: float) -> tuple[float, float]:
    """Return the powers between which numbers with such logarithms have powers that are neither too small nor large."""
    reach = (-_MOST, _MOST)
    if most > 0:
        reach = max(reach[0], _LEAST / most), min(reach[1], _MOST / most)
    if least < 0:
        reach = max(reach[0], _MOST / least), min(reach[1], _LEAST / least)
    return min(reach[0], 1.0), max(reach[1], 1.0)


def _lowest(function: Callable[[float], float], low: float, high: float) -> float:
    """Find where a convex function is lowest, by parabolas through three points or by golden section.

    Brent (1973), Algorithms for Minimization without Derivatives, chapter 5. Both likelihoods are concave: Kouider &
    Chen (1995), Statistics & Probability Letters 25(2); Marchand, Muzellec, Beguier, Ogier du Terrail & Andreux (2022),
    NeurIPS 35.

    >>> round(_lowest(lambda x: (x - 2) ** 2, -5.0, 5.0), 6)
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
        denominator, before, previous = abs(denominator), previous, step
        inside = denominator * (low - best) < numerator < denominator * (high - best)
        if abs(before) > tolerance and inside and abs(numerator) < abs(denominator * before / 2):
            step = numerator / denominator
        else:
            previous = (high if best < middle else low) - best
            step = golden * previous
        if abs(step) < tolerance:
            step = tolerance if step > 0 else -tolerance
        tried = best + step
        f_tried = function(tried)
        if f_tried <= f_best:
            low, high = (low, best) if tried < best else (best, high)
            best, second, third = tried, best, second
            f_best, f_second, f_third = f_tried, f_best, f_second
            continue
        low, high = (tried, high) if tried < best else (low, tried)
        if f_tried <= f_second or second == best:
            second, third, f_second, f_third = tried, second, f_tried, f_second
        elif f_tried <= f_third or third in (best, second):
            third, f_third = tried, f_tried
    return best
