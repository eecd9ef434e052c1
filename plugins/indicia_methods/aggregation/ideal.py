"""Closeness to the best, or to the best that is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Aggregation, Domain, Property, row_max, row_sum, where

if TYPE_CHECKING:
    from indicia.methods import Component, Components, Expression


@dataclass(frozen=True)
class Topsis(Aggregation):
    """Compare the distance to the worst values with the distance to the best ones."""

    name = "topsis"
    reference = "Hwang & Yoon (1981), Multiple Attribute Decision Making"
    formula = (
        r"\frac{D^-}{D^+ + D^-}, \quad D^\pm = \sqrt{\sum_j w_j^2 (z_j - z_j^\pm)^2}, "
        r"\quad z^+ = \max z, \; z^- = \min z"
    )
    canonical_normalisation = "vector"
    properties = frozenset(
        {
            Property.MONOTONE,
            Property.COMPENSATORY,
            Property.SCALE_INVARIANT,
            Property.DEFINED_AT_ZERO,
            Property.DEFINED_BELOW_ZERO,
        }
    )

    def combine(self, components: Components) -> Expression:
        to_best = row_sum((c.w * (c.z - c.s.max)) ** 2 for c in components).sqrt()
        to_worst = row_sum((c.w * (c.z - c.s.min)) ** 2 for c in components).sqrt()
        return to_worst / (to_best + to_worst)


@dataclass(frozen=True)
class Rim(Aggregation):
    """Compare the distance to 0, the worst end of the range, with the distance to 1, the best end or interval.

    Range and best interval are the indicator's bounds and direction; without them the data's own.
    """

    name = "rim"
    reference = "Cables, Lamata & Verdegay (2016), Information Sciences 337-338"
    formula = r"\frac{I^-}{I^+ + I^-}, \quad I^+ = \sqrt{\sum_j w_j^2 (1 - z_j)^2}, \; I^- = \sqrt{\sum_j w_j^2 z_j^2}"
    domain = Domain.NON_NEGATIVE
    properties = frozenset(
        {
            Property.COMPENSATORY,
            Property.SCALE_INVARIANT,
            Property.DEFINED_AT_ZERO,
            Property.FREE_OF_RANK_REVERSAL,
        }
    )

    def combine(self, components: Components) -> Expression:
        to_best = row_sum((c.w * (1 - c.z)) ** 2 for c in components).sqrt()
        to_worst = row_sum((c.w * c.z) ** 2 for c in components).sqrt()
        return to_worst / (to_best + to_worst)


@dataclass(frozen=True)
class Spotis(Aggregation):
    """Add the weighted shares of the range that are missing to the best end, 1; the range is the indicator's bounds."""

    name = "spotis"
    reference = (
        "Dezert, Tchamova, Han & Tacnet (2020), 23rd International Conference on Information Fusion, "
        "doi:10.23919/FUSION45008.2020.9190347"
    )
    formula = r"\sum_j w_j (1 - z_j), \quad 1 - z_j = \frac{|x_j - x_j^*|}{x_j^{\max} - x_j^{\min}}"
    low_is_best = True
    properties = frozenset(
        {
            Property.MONOTONE,
            Property.COMPENSATORY,
            Property.SCALE_INVARIANT,
            Property.DEFINED_AT_ZERO,
            Property.DEFINED_BELOW_ZERO,
            Property.FREE_OF_RANK_REVERSAL,
        }
    )

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * (1 - c.z) for c in components)


@dataclass(frozen=True)
class Piv(Aggregation):
    """Add the weighted distances to the best values that are seen."""

    name = "piv"
    reference = "Mufazzal & Muzakkir (2018), Computers & Industrial Engineering 119"
    formula = r"\sum_j w_j (\max z_j - z_j)"
    canonical_normalisation = "vector"
    low_is_best = True
    properties = Spotis.properties

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * (c.s.max - c.z) for c in components)


@dataclass(frozen=True)
class Mara(Aggregation):
    """Measure the area between the line of the best values that are seen and the unit's own.

    A line leads from the sum of the weighted benefits at 0 to that of the weighted costs at 1.
    """

    name = "mara"
    reference = "Gligorić, Gligorić, Lutovac, Negovanović & Langović (2022), Systems 10(6), doi:10.3390/systems10060248"
    formula = (
        r"\int_0^1 f^+(t) - f(t) \, dt = \tfrac12 \sum_j w_j (\max z_j - z_j), \quad "
        r"f(t) = (1 - t) \sum_{j \in B} w_j z_j + t \sum_{j \in C} w_j z_j"
    )
    canonical_normalisation = "linear_ratio"
    low_is_best = True
    properties = Spotis.properties

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * (c.s.max - c.z) for c in components) / 2


@dataclass(frozen=True)
class Gra(Aggregation):
    """Take the weighted mean of the grey relational coefficients: how near each value is to the best that is seen."""

    name = "gra"
    reference = "Deng (1982), Systems & Control Letters 1(5)"
    formula = (
        r"\sum_j w_j \frac{\Delta_{\min} + \zeta \Delta_{\max}}{\Delta_j + \zeta \Delta_{\max}}, \quad "
        r"\Delta_j = \max z_j - z_j, \; \Delta_{\min} = 0, \; \Delta_{\max} = \max_j \max \Delta_j"
    )
    symbols = {"zeta": r"\zeta"}
    properties = frozenset(
        {Property.COMPENSATORY, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
    )

    zeta: Annotated[float, Field(gt=0, le=1, description="the smaller, the more small distances tell apart")] = 0.5

    def combine(self, components: Components) -> Expression:
        reach = self.zeta * components.aggregate(row_max(c.z.max() - c.z.min() for c in components))
        return reach * row_sum(c.w / (c.s.max - c.z + reach) for c in components)


@dataclass(frozen=True)
class Wroclaw(Aggregation):
    """Measure the distance to the best values that are seen, as a share of the mean distance plus two deviations.

    Hellwig's measure of development is 1 less this.
    """

    name = "wroclaw"
    reference = "Hellwig (1968), Przegląd Statystyczny 15(4)"
    formula = (
        r"\frac{d}{\bar d + 2 s_d}, \quad d = \sqrt{\sum_j w_j (\max z_j - z_j)^2}, \; s_d^2 = \frac{1}{n - \nu} "
        r"\sum (d - \bar d)^2"
    )
    symbols = {"ddof": r"\nu"}
    canonical_normalisation = "z_score"
    low_is_best = True
    properties = frozenset(
        {
            Property.MONOTONE,
            Property.COMPENSATORY,
            Property.SCALE_INVARIANT,
            Property.DEFINED_AT_ZERO,
            Property.DEFINED_BELOW_ZERO,
        }
    )

    ddof: Annotated[
        Literal[0, 1], Field(description="divisor of the variance of d: 0 all units as published, 1 one less")
    ] = 0

    def combine(self, components: Components) -> Expression:
        distance = components.cache_column(row_sum(c.w * (c.s.max - c.z) ** 2 for c in components).sqrt())
        mean = components.aggregate(distance.mean())
        deviation = components.aggregate(distance.std(ddof=self.ddof).fill_null(0.0))  # of a single unit
        return distance / (mean + 2 * deviation)


@dataclass(frozen=True)
class Ervd(Aggregation):
    """Value gains over the mean less than losses of the same size, then compare distances to the worst and the best.

    The reference point of the decision maker is taken to be the mean of the units.
    """

    name = "ervd"
    reference = "Shyur, Yin, Shih & Cheng (2015), Foundations of Computing and Decision Sciences 40(4)"
    formula = (
        r"\frac{S^-}{S^+ + S^-}, \quad S^\pm = \sum_j w_j |v_j - v_j^\pm|, \; v^+ = \max v, \; v^- = \min v, \quad "
        r"v_j = (z_j - \bar z_j)^\alpha \text{ or } -\lambda (\bar z_j - z_j)^\alpha, \text{ a cost turned round}"
    )
    symbols = {"loss": r"\lambda", "alpha": r"\alpha"}
    canonical_normalisation = "sum"
    oriented = False
    properties = frozenset(
        {
            Property.MONOTONE,
            Property.COMPENSATORY,
            Property.SCALE_INVARIANT,
            Property.DEFINED_AT_ZERO,
            Property.DEFINED_BELOW_ZERO,
        }
    )

    loss: Annotated[float, Field(gt=0, description="λ, how much more a loss counts than a gain")] = 2.25
    alpha: Annotated[float, Field(gt=0, le=1, description="below 1, what adds to a gain or loss counts less")] = 0.88

    def combine(self, components: Components) -> Expression:
        to_worst, whole_ways = [], []
        for c in components:
            rising = c.direction == "benefit"
            best, worst = (c.z.max(), c.z.min()) if rising else (c.z.min(), c.z.max())
            # v rises from the worst value to the best
            top, bottom = (components.aggregate(self._value(c, end, c.z.mean())) for end in (best, worst))
            to_worst.append(c.w * (self._value(c, c.z, c.s.mean) - bottom))
            whole_ways.append(where(c.z.is_null(), c.z, c.w * (top - bottom)))
        return row_sum(to_worst) / row_sum(
            whole_ways
        )  # v lies between worst and best: both distances are the whole way

    def _value(self, c: Component, z: Expression, mean: Expression) -> Expression:
        gain = z - mean if c.direction == "benefit" else mean - z
        return gain.abs() ** self.alpha * where(gain > 0, 1.0, -self.loss)
