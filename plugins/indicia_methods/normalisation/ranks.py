"""Normalisations by order alone."""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Normalisation, Property, normal_quantile, where

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics

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
    def guaranteed_worst_score(self) -> float | None:
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
    def guaranteed_worst_score(self) -> float | None:
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
    symbols = {"k": "k"}
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
    formula = r"z = \Phi^{-1} \left( <scores> \right)"
    variants = {
        "scores": {
            "van_der_waerden": r"\frac{\operatorname{rank}(x)}{n + 1}",
            "blom": r"\frac{\operatorname{rank}(x) - 3/8}{n + 1/4}",
            "tukey": r"\frac{\operatorname{rank}(x) - 1/3}{n + 1/3}",
            "rankit": r"\frac{\operatorname{rank}(x) - 1/2}{n}",
        },
    }
    whole_column = True
    properties = _ORDERED

    scores: Annotated[
        Literal["van_der_waerden", "blom", "tukey", "rankit"], Field(description="c = 0, 3/8, 1/3 or 1/2")
    ] = "van_der_waerden"

    @property
    def guaranteed_worst_score(self) -> float:
        return 0.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        c = {"van_der_waerden": 0.0, "blom": 3 / 8, "tukey": 1 / 3, "rankit": 1 / 2}[self.scores]
        beyond_median = (x.rank("average") - (s.count + 1) / 2) / (s.count + 1 - 2 * c)
        return where(x.is_null(), x, normal_quantile(beyond_median))
