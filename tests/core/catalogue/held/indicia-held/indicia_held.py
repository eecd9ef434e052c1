"""A plugin with one method of each kind, and no contract stated.

A change that it does not survive needs a new contract.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from indicia.catalogue import hookimpl
from indicia.methods import (
    Aggregation,
    Agreement,
    Array,
    Components,
    Consensus,
    Domain,
    Expression,
    Imputation,
    Indicators,
    MatrixAggregation,
    MatrixContext,
    MatrixImputation,
    Normalisation,
    Property,
    SeriesImputation,
    Statistics,
    Treatment,
    Weighting,
    Weights,
    row_sum,
    where,
)


@dataclass(frozen=True)
class Middle(Imputation):
    """Fill missing values with the middle of the range."""

    name = "held_middle"
    reference = "None"

    def fill(self, x: Expression, s: Statistics) -> Expression:
        return (s.min + s.max) / 2


@dataclass(frozen=True)
class Earlier(SeriesImputation):
    """Carry the last value of the unit on."""

    name = "held_earlier"
    reference = "None"

    def follow(self, x: Expression, t: Expression) -> Expression:
        return x.forward_fill()


@dataclass(frozen=True)
class Columns(MatrixImputation):
    """Fill missing values with the mean of the column."""

    name = "held_columns"
    reference = "None"

    def complete(self, values: Array) -> Array:
        return np.where(np.isnan(values), np.nanmean(values, axis=0), values)


@dataclass(frozen=True)
class Cap(Treatment):
    """Bring values above a quantile to it."""

    name = "held_cap"
    reference = "None"

    q: Annotated[float, Field(ge=0, le=1, description="probability of the quantile")] = 0.9

    def treat(self, x: Expression, s: Statistics) -> Expression:
        (high,) = s.fit(self.highest, 1)
        return x.clip(None, high)

    def highest(self, values: Array) -> tuple[float]:
        return (float(np.quantile(values, self.q)),)

    def passes(self, values: Array) -> bool:
        return len(values) > 0


@dataclass(frozen=True)
class Linear(Normalisation):
    """Rescale linearly, so that the worst value scores 0 and the best `upper`."""

    name = "held_linear"
    reference = "None"
    formula = r"u \frac{x - \min x}{\max x - \min x}"
    properties = frozenset({Property.MONOTONE, Property.SCALE_INVARIANT})
    needs_spread = True
    minimum_units = 1

    upper: Annotated[float, Field(gt=0, description="score of the best value")] = 1.0

    def __post_init__(self) -> None:
        if self.upper > 1000:
            raise ValueError("upper is at most 1000")

    @property
    def neutral_score(self) -> float:
        return self.upper / 2

    @property
    def guaranteed_worst_score(self) -> float | None:
        return 0.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return where(s.count > 0, self.upper * (x - s.min) / (s.max - s.min), x)


@dataclass(frozen=True)
class Ratio(Normalisation):
    """Divide by the largest value, or the smallest by it."""

    name = "held_ratio"
    reference = "None"
    domain = Domain.POSITIVE

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s.max

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return s.min / x


@dataclass(frozen=True)
class Spread(Weighting):
    """Weigh by the standard deviation, and how unlike the others an indicator is."""

    name = "held_spread"
    reference = "None"

    def weigh(self, indicators: Indicators) -> Weights:
        spread = indicators.each(lambda x, s: s.std)
        unlike = (1 - indicators.correlation()).sum(axis=1)
        assert indicators.on("raw").matrix().shape[1] == len(indicators.names) == len(indicators.given)
        return Weights(spread * unlike, {"largest": float(spread.max())})


@dataclass(frozen=True)
class Mean(Aggregation):
    """Take the weighted mean, relative to the largest one."""

    name = "held_mean"
    reference = "None"
    canonical_normalisation = "held_linear"

    def combine(self, components: Components) -> Expression:
        score = components.cache_column(row_sum(c.w * c.z for c in components))
        return score / components.aggregate(score.max())


@dataclass(frozen=True)
class Wins(MatrixAggregation):
    """Count the weights with which a unit is ahead of others."""

    name = "held_wins"
    reference = "None"

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        return np.array([((row > values) * weights).sum() for row in values])


@dataclass(frozen=True)
class Same(Agreement):
    """Take the share of units that have the same rank."""

    name = "held_same"
    reference = "None"

    def measure(self, first: Array, others: Array) -> Array:
        return (first == others).mean(axis=-1)


@dataclass(frozen=True)
class Best(Consensus):
    """Take the mean rank."""

    name = "held_mean_rank"
    reference = "None"
    low_is_best = True

    def combine(self, rankings: Array) -> Array:
        return rankings.mean(axis=0)


@hookimpl
def indicia_imputations() -> list[type[Imputation]]:
    return [Middle, Earlier, Columns]


@hookimpl
def indicia_treatments() -> list[type[Treatment]]:
    return [Cap]


@hookimpl
def indicia_normalisations() -> list[type[Normalisation]]:
    return [Linear, Ratio]


@hookimpl
def indicia_weightings() -> list[type[Weighting]]:
    return [Spread]


@hookimpl
def indicia_aggregations() -> list[type[Aggregation]]:
    return [Mean, Wins]


@hookimpl
def indicia_agreements() -> list[type[Agreement]]:
    return [Same]


@hookimpl
def indicia_consensuses() -> list[type[Consensus]]:
    return [Best]
