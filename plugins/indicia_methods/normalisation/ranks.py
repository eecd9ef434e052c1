"""Normalisations by the order of the values."""

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

    ties: Annotated[Literal["min", "max", "average", "dense"], Field(description="rank of equal values")] = "min"

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x.rank(self.ties).cast(float)


@dataclass(frozen=True)
class Borda(Normalisation):
    """Count the units with a worse value."""

    name = "borda"
    reference = "Borda (1781), Mémoire sur les élections au scrutin"
    formula = r"z = \operatorname{rank}(x) - 1"
    whole_column = True
    ordinal = True
    properties = _ORDERED

    ties: Annotated[
        Literal["min", "max", "average", "dense"],
        Field(description="rank of equal values; average counts each tied unit half"),
    ] = "min"

    @property
    def guaranteed_worst_score(self) -> float | None:
        return 0.0 if self.ties in ("min", "dense") else None

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x.rank(self.ties).cast(float) - 1


@dataclass(frozen=True)
class PercentileRank(Normalisation):
    """Take the share of the other units that have a worse value.

    With `of = "all"` the score is the rank as a share of the number of units, as the Handbook has it (Table 15): the
    best unit scores 1, and the worst 1 / n.
    """

    name = "percentile_rank"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = <of>"
    variants = {
        "of": {
            "others": r"\frac{\operatorname{rank}(x) - 1}{n - 1}",
            "all": r"\frac{\operatorname{rank}(x)}{n}",
        },
    }
    whole_column = True
    ordinal = True
    properties = _ORDERED

    ties: Annotated[Literal["min", "max", "average"], Field(description="rank of equal values")] = "min"
    of: Annotated[
        Literal["others", "all"], Field(description="the units of which it is a share: the others, or all")
    ] = "others"

    @property
    def guaranteed_worst_score(self) -> float | None:
        return 0.0 if self.ties == "min" and self.of == "others" else None

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        rank = x.rank(self.ties).cast(float)
        return rank / s.count if self.of == "all" else (rank - 1) / (s.count - 1)


@dataclass(frozen=True)
class RankExponential(Normalisation):
    """Score ranks from 0 to 100, with differences that grow exponentially towards the top.

    So good ranks in other indicators hardly compensate for a top rank. In an index of deprivation the most deprived
    unit is at the top and scores 100. Ranks count from the worst unit, as those of `rank` do. If a publisher counts
    from the top and gives equal units the smaller rank, these are the ranks `max` here.
    """

    name = "rank_exponential"
    reference = (
        "Noble et al. (2000), Measuring Multiple Deprivation at the Small Area Level: The Indices of Deprivation"
    )
    formula = (
        r"z = -k \ln \left( 1 - R \left( 1 - e^{-100 / k} \right) \right), \quad R = \frac{\operatorname{rank}"
        "(x)}{<ties>}"
    )
    symbols = {"k": "k"}
    variants = {
        "ties": {
            "dense": r"\max \operatorname{rank}(x)",
            ...: "n",
        },
    }
    whole_column = True
    properties = _ORDERED

    k: Annotated[
        float, Field(ge=10, description="k; the smaller, the steeper; with 23 the top tenth spans half of the scale")
    ] = 23.0
    ties: Annotated[
        Literal["min", "max", "average", "dense"],
        Field(description="rank of equal values; dense ranks are shares of the largest"),
    ] = "average"

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        rank = x.rank(self.ties)
        share = rank / (s(rank.max()) if self.ties == "dense" else s.count)
        return -self.k * (share * expm1(-100 / self.k)).log1p()


@dataclass(frozen=True)
class QuantileNormal(Normalisation):
    """Replace values by the normal quantiles of their ranks; equal values have the mean of their ranks."""

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
    guaranteed_worst_score = 0.0
    properties = _ORDERED

    scores: Annotated[
        Literal["van_der_waerden", "blom", "tukey", "rankit"],
        Field(description="c = 0, 3/8, 1/3 or 1/2 in (rank - c) / (n + 1 - 2 c)"),
    ] = "van_der_waerden"

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        c = {"van_der_waerden": 0.0, "blom": 3 / 8, "tukey": 1 / 3, "rankit": 1 / 2}[self.scores]
        share_above_median = (x.rank("average") - (s.count + 1) / 2) / (s.count + 1 - 2 * c)
        return where(x.is_null(), x, normal_quantile(share_above_median))
