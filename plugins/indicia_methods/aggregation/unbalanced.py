"""Means with a penalty for unbalanced components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Aggregation, Domain, Property, row_min, row_sum

if TYPE_CHECKING:
    from indicia.methods import Components, Expression


@dataclass(frozen=True)
class MazziottaPareto(Aggregation):
    """Subtract a penalty for variation between components from their mean: s²/m, the variance over the mean."""

    name = "mazziotta_pareto"
    reference = "De Muro, Mazziotta & Pareto (2011), Social Indicators Research 104(1), doi:10.1007/s11205-010-9727-z"
    formula = r"m <penalty> \frac{s^2}{m}, \quad m = \sum_j w_j z_j, \; s^2 = <ddof>\sum_j w_j (z_j - m)^2"
    variants = {
        "penalty": {
            "minus": "-",
            "plus": "+",
        },
        "ddof": {
            0: "",
            1: r"\frac{k}{k - 1} ",
        },
    }
    domain = Domain.POSITIVE
    canonical_normalisation = "z_score(mean=100, sd=10, ddof=0)"
    properties = frozenset({Property.FREE_OF_RANK_REVERSAL})

    penalty: Annotated[
        Literal["minus", "plus"], Field(description="plus if a high score is bad, as in an index of poverty")
    ] = "minus"
    ddof: Annotated[
        Literal[0, 1], Field(description="divisor of s²: 0 as published, 1 the number of components less 1")
    ] = 0

    def combine(self, components: Components) -> Expression:
        mean = components.cache_column(row_sum(c.w * c.z for c in components))
        variance = row_sum(c.w * (c.z - mean) ** 2 for c in components)
        if self.ddof:
            count = components.cache_column(row_sum(c.z.is_not_null().cast(float) for c in components))
            variance = variance * count / (count - 1)
        return mean - variance / mean if self.penalty == "minus" else mean + variance / mean


@dataclass(frozen=True)
class AdjustedMazziottaPareto(MazziottaPareto):
    """Subtract the variance over the mean from the mean, of values rescaled to 70 to 130 between fixed goalposts.

    Goalposts as published lie half of the range over all periods below and above a reference value, which scores 100:
    choose the normalisation `reference_goalposts`. With the default, `min_max`, they are the bounds of the indicators
    or, without bounds, the extremes of the data.
    """

    name = "adjusted_mazziotta_pareto"
    reference = "Mazziotta & Pareto (2016), Social Indicators Research 127(3), doi:10.1007/s11205-015-0998-2"
    canonical_normalisation = "min_max(lower=70, upper=130)"


@dataclass(frozen=True)
class MeanMin(Aggregation):
    """Take a value between the weighted mean and the lowest component."""

    name = "mean_min"
    reference = "Casadio Tarabusi & Guarini (2013), Social Indicators Research 112(1)"
    formula = r"m - \alpha \left( \sqrt{(m - \min_j z_j)^2 + \beta^2} - \beta \right), \quad m = \sum_j w_j z_j"
    symbols = {"alpha": r"\alpha", "beta": r"\beta"}
    canonical_normalisation = "z_score(mean=100, sd=10)"
    properties = frozenset(
        {
            Property.MONOTONE,
            Property.DEFINED_AT_ZERO,
            Property.DEFINED_BELOW_ZERO,
            Property.FREE_OF_RANK_REVERSAL,
        }
    )

    alpha: Annotated[float, Field(ge=0, le=1, description="0 the mean; 1, with beta = 0, the lowest component")] = 0.5
    beta: Annotated[float, Field(ge=0, description="β: distances well below it have a small penalty")] = 0.0

    def combine(self, components: Components) -> Expression:
        mean = components.cache_column(row_sum(c.w * c.z for c in components))
        distance = mean - row_min(c.z for c in components)
        return mean - self.alpha * ((distance**2 + self.beta**2).sqrt() - self.beta)
