"""Normalisations by order alone."""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Normalisation, Property, where

if TYPE_CHECKING:
    from indicia.methods import Array, Expression, Statistics

_ORDERED = frozenset(
    {
        Property.MONOTONE,
        Property.SCALE_INVARIANT,
        Property.DEFINED_AT_ZERO,
        Property.DEFINED_BELOW_ZERO,
        Property.FREE_OF_RANK_REVERSAL,
    }
)


@dataclass(frozen=True)
class Rank(Normalisation):
    """Replace values by their ranks, the worst 1."""

    name = "rank"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = \operatorname{rank}(x)"
    whole_column = True
    ordinal = True
    properties = _ORDERED

    ties: Annotated[Literal["min", "max", "average", "dense"], Field(description="the rank of equal values")] = "min"

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x.rank(self.ties).cast(float)


@dataclass(frozen=True)
class Borda(Normalisation):
    """Count the units that a unit is better than."""

    name = "borda"
    reference = "Borda (1781), Mémoire sur les élections au scrutin"
    formula = r"z = \operatorname{rank}(x) - 1"
    whole_column = True
    ordinal = True
    properties = _ORDERED

    ties: Annotated[
        Literal["min", "max", "average", "dense"],
        Field(description="the rank of equal values; average counts a unit that is equal half"),
    ] = "min"

    @property
    def certain(self) -> float | None:
        return 0.0 if self.ties in ("min", "dense") else None

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x.rank(self.ties).cast(float) - 1


@dataclass(frozen=True)
class PercentileRank(Normalisation):
    """Give the share of the other units that a unit is better than."""

    name = "percentile_rank"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = \frac{\operatorname{rank}(x) - 1}{n - 1}"
    whole_column = True
    ordinal = True
    properties = _ORDERED

    ties: Annotated[Literal["min", "max", "average"], Field(description="the rank of equal values")] = "min"

    @property
    def certain(self) -> float | None:
        return 0.0 if self.ties == "min" else None

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return (x.rank(self.ties).cast(float) - 1) / (s.count - 1)


@dataclass(frozen=True)
class RankExponential(Normalisation):
    """Give 0 to 100 by rank, with distances that grow towards the top: a top rank is hard to make up for.

    In an index of deprivation the most deprived unit is the one at the top, with 100.
    """

    name = "rank_exponential"
    reference = (
        "Noble et al. (2000), Measuring Multiple Deprivation at the Small Area Level: The Indices of Deprivation"
    )
    formula = (
        r"z = -k \ln \left( 1 - R \left( 1 - e^{-100 / k} \right) \right), \quad R = \frac{\operatorname{rank}(x)}{n}"
    )
    whole_column = True
    properties = _ORDERED

    k: Annotated[
        float, Field(ge=10, description="the smaller, the steeper at the top; of 23 the upper tenth spans half")
    ] = 23.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        share = x.rank("average") / s.count
        return -self.k * (share * expm1(-100 / self.k)).log1p()


@dataclass(frozen=True)
class QuantileNormal(Normalisation):
    """Replace values by the normal quantiles of their ranks, equal values at the mean of their ranks."""

    name = "quantile_normal"
    reference = "van der Waerden (1952), Indagationes Mathematicae 14; Blom (1958), Statistical Estimates"
    formula = r"z = \Phi^{-1} \left( \frac{\operatorname{rank}(x) - c}{n + 1 - 2c} \right)"
    whole_column = True
    properties = _ORDERED

    scores: Annotated[
        Literal["van_der_waerden", "blom", "tukey", "rankit"], Field(description="c = 0, 3/8, 1/3 or 1/2")
    ] = "van_der_waerden"

    @property
    def certain(self) -> float:
        return 0.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        c = {"van_der_waerden": 0.0, "blom": 3 / 8, "tukey": 1 / 3, "rankit": 1 / 2}[self.scores]
        beyond_median = (x.rank("average") - (s.count + 1) / 2) / (s.count + 1 - 2 * c)
        z = beyond_median.map_batches(
            lambda q: normal_quantile(q.to_numpy()),
            return_dtype=float,  # type: ignore[arg-type]
            is_elementwise=True,
        )
        return where(x.is_null(), x, z)


def normal_quantile(q: Array) -> Array:
    """Return the quantiles of the standard normal distribution at probabilities 1/2 + q, where |q| < 1/2 - 1.4e-11.

    Wichura (1988), Algorithm AS 241, Applied Statistics 37(3), PPND16, accurate to about 1e-16. Its third
    approximation, farther out, is left out: a rank falls there only among 7e10 units. It works on numbers, as an
    expression would repeat its argument for every power.
    """
    size = np.abs(q)
    near, far = 0.180625 - q**2, np.sqrt(-np.log(0.5 - size)) - 1.6
    central = q * np.polyval(_NEAR, near) / np.polyval((*_NEAR_BELOW, 1.0), near)
    outer = np.sign(q) * np.polyval(_FAR, far) / np.polyval((*_FAR_BELOW, 1.0), far)
    quantile: Array = np.where(size <= 0.425, central, outer)
    return quantile


_NEAR = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.3871328727963666080e0,
)
_NEAR_BELOW = (
    5.2264952788528545610e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
)
_FAR = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258e0,
    3.64784832476320460504e0,
    5.76949722146069140550e0,
    4.63033784615654529590e0,
    1.42343711074968357734e0,
)
_FAR_BELOW = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940e0,
    2.05319162663775882187e0,
)


METHODS = (
    Rank,
    Borda,
    PercentileRank,
    RankExponential,
    QuantileNormal,
)
