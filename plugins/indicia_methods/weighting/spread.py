"""Weights by how much the units differ; an indicator that does not vary gets none."""

from __future__ import annotations

from dataclasses import dataclass
from math import e
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Domain, Weighting, where

if TYPE_CHECKING:
    from indicia.methods import Array, Expression, Indicators, Statistics

Values = Annotated[Literal["normalised", "raw"], Field(description="the values that are looked at")]


@dataclass(frozen=True)
class Entropy(Weighting):
    """Weigh an indicator by how unevenly its total is spread over the units (1 less Shannon's entropy)."""

    name = "entropy"
    reference = "Shannon (1948), Bell System Technical Journal 27; Zeleny (1982), Multiple Criteria Decision Making"
    formula = r"p = \frac{x}{\sum x}, \quad w_j = 1 + \frac{1}{\ln n} \sum p \ln p, \quad 0 \ln 0 = 0"

    on: Values = "normalised"
    shift: Annotated[float, Field(ge=0, description="added to every value before shares are taken")] = 0.0

    def weigh(self, indicators: Indicators) -> Array:
        def divergence(x: Expression, s: Statistics) -> Expression:
            shifted = x + self.shift if self.shift else x
            entropy = s(shifted.filter(shifted > 0).entropy(base=e)) / s.count.log()
            return where(s.max > s.min, 1 - entropy, 0.0)

        return indicators.on(self.on).each(divergence, Domain.NON_NEGATIVE)


@dataclass(frozen=True)
class StandardDeviation(Weighting):
    """Weigh an indicator by its standard deviation."""

    name = "standard_deviation"
    reference = "Diakoulaki, Mavrotas & Papayannakis (1995), Computers & Operations Research 22(7)"
    formula = r"w_j = s_j"

    on: Values = "normalised"

    def weigh(self, indicators: Indicators) -> Array:
        return indicators.on(self.on).each(lambda x, s: where(s.max > s.min, s.std, 0.0))
