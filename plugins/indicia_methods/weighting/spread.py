"""Weights by the variation of an indicator between units; an indicator that does not vary gets weight 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Domain, Property, Weighting, Weights, where
from indicia_methods.weighting.directed import refuse_without_ratio, statistic_by_direction

if TYPE_CHECKING:
    from indicia.methods import Array, Expression, Indicators, Statistics

Values = Annotated[Literal["normalised", "raw"], Field(description="values from which weights are computed")]
_VALUE_SYMBOLS = {"on": {"normalised": "z", "raw": "x"}}


@dataclass(frozen=True)
class Entropy(Weighting):
    """Weigh an indicator by the concentration of its total on few units (1 less Shannon's entropy).

    The method takes shares of the normalised values. Many papers take shares of the raw values: `on = "raw"`.

    The computation uses an equal form that keeps digits for values that hardly differ, with the mean m of v:
    w = Σ (v ln(1 + (v - m) / m) - (v - m)) / (m n ln n).
    """

    name = "entropy"
    reference = "Shannon (1948), Bell System Technical Journal 27; Zeleny (1982), Multiple Criteria Decision Making"
    formula = (
        r"p_i = \frac{v_i}{\sum v_i}, \quad w_j = 1 + \frac{1}{\ln n} \sum p_i \ln p_i, \quad 0 \ln 0 = 0, \quad "
        r"v_i = <on><shift>"
    )
    symbols = {"shift": "c"}
    variants = {
        "on": {"normalised": "z_{ij}", "raw": "x_{ij}"},
        "shift": {0.0: "", ...: " + c"},
    }
    always_named = ("on",)
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.ZERO_FOR_CONSTANT})

    detail_tables = {"components": "a component: its entropy e, and its divergence 1 - e"}

    on: Values = "normalised"
    shift: Annotated[float, Field(ge=0, description="added to every value before shares are taken")] = 0.0

    def weigh(self, indicators: Indicators) -> Weights:
        def divergence(x: Expression, s: Statistics) -> Expression:
            value, mean, off = x + self.shift if self.shift else x, s.mean + self.shift, x - s.mean
            unevenness = where(value <= 0, mean, value * (off / mean).log1p() - off)  # a missing value stays missing
            return where(s.max > s.min, s(unevenness.sum()) / (mean * s.count * s.count.log()), 0.0)

        divergences = indicators.on(self.on).each(divergence, Domain.NON_NEGATIVE)
        figures = {"entropy": 1 - divergences, "divergence": divergences}
        return Weights(divergences, tables={"components": {"component": list(indicators.names), **figures}})


@dataclass(frozen=True)
class StandardDeviation(Weighting):
    """Weigh an indicator by its standard deviation."""

    name = "standard_deviation"
    reference = "Diakoulaki, Mavrotas & Papayannakis (1995), Computers & Operations Research 22(7)"
    formula = r"w_j = s_j, \quad s_j^2 = \frac{1}{n - 1} \sum (<on>_j - \overline{<on>_j})^2"
    variants = _VALUE_SYMBOLS
    always_named = ("on",)
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT})

    on: Values = "normalised"

    def weigh(self, indicators: Indicators) -> Array:
        return indicators.on(self.on).each(lambda x, s: where(s.max > s.min, s.std, 0.0))


@dataclass(frozen=True)
class Variance(Weighting):
    """Weigh an indicator by its variance (statistical variance procedure)."""

    name = "variance"
    reference = "Rao & Patel (2010), Materials & Design 31(10)"
    formula = r"w_j = s_j^2, \quad s_j^2 = \frac{1}{n - 1} \sum (<on>_j - \overline{<on>_j})^2"
    variants = _VALUE_SYMBOLS
    always_named = ("on",)
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT})

    on: Values = "normalised"

    def weigh(self, indicators: Indicators) -> Array:
        deviations = StandardDeviation(self.on).weigh(indicators)
        largest = deviations.max(axis=-1, keepdims=True)
        return (
            deviations / np.where(largest > 0, largest, 1.0)
        ) ** 2  # scaled first, since squares may overflow; the core scales weights to sum 1


@dataclass(frozen=True)
class CoefficientOfVariation(Weighting):
    """Weigh an indicator by its standard deviation over its mean."""

    name = "coefficient_of_variation"
    reference = "Pearson (1896), Philosophical Transactions of the Royal Society A 187"
    formula = r"w_j = \frac{s_j}{\overline{<on>_j}}, \quad s_j^2 = \frac{1}{n - 1} \sum (<on>_j - \overline{<on>_j})^2"
    variants = _VALUE_SYMBOLS
    always_named = ("on",)
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.ZERO_FOR_CONSTANT})

    on: Values = "raw"

    def weigh(self, indicators: Indicators) -> Array:
        def variation(x: Expression, s: Statistics) -> Expression:
            share = x / s.max  # scaled first, since squares may overflow
            return where(s.max > s.min, s(share.std()) / s(share.mean()), 0.0)

        return indicators.on(self.on).each(variation, Domain.NON_NEGATIVE)


@dataclass(frozen=True)
class Gini(Weighting):
    """Weigh an indicator by its Gini coefficient: half the mean difference of two units over the mean.

    The computation sorts the values: Σ|x_i - x_k| = 2 Σ (2r - n - 1) x_(r). With the running sums C of the sorted
    values, Σ (2r - n - 1) x_(r) = (n + 1) Σ x - 2 Σ C.
    """

    name = "gini"
    reference = (
        "Gini (1912), Variabilità e mutabilità; Li & Chi (2009), Int. Conf. on Information Science and Engineering"
    )
    formula = r"w_j = \frac{\sum_i \sum_k |<on>_{ij} - <on>_{kj}|}{2 n^2 \overline{<on>_j}}"
    variants = _VALUE_SYMBOLS
    always_named = ("on",)
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.ZERO_FOR_CONSTANT})

    on: Values = "raw"

    def weigh(self, indicators: Indicators) -> Array:
        def coefficient(x: Expression, s: Statistics) -> Expression:
            share = x / s.max
            above = share - s.min / s.max  # keeps digits: running sums of large values would lose the differences
            differences = (s.count + 1) * s(above.sum()) - 2 * s(above.sort().cum_sum().sum())
            return where(s.max > s.min, differences / s.count**2 / s(share.mean()), 0.0)

        return indicators.on(self.on).each(coefficient, Domain.NON_NEGATIVE)


@dataclass(frozen=True)
class Angle(Weighting):
    """Weigh an indicator by the angle between its raw values and a constant indicator.

    The cosine of the angle is the mean over the quadratic mean. The computation takes the tangent, the coefficient of
    variation (divisor n), which keeps the digits of small angles.
    """

    name = "angle"
    reference = "Shuai, Zongzhun, Yongji & Lei (2012), 24th Chinese Control and Decision Conference"
    formula = (
        r"w_j = \arccos \frac{\sum v}{\sqrt{n \sum v^2}} = \arctan \frac{s_v}{\bar v}, \quad s_v^2 = \frac1n \sum "
        r"(v - \bar v)^2, \quad v = x<directed>"
    )
    variants = {
        "directed": {
            False: "",
            True: r", \text{ of a cost } 1 / x",
        },
    }
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.ZERO_FOR_CONSTANT})

    directed: Annotated[bool, Field(description="take 1 / x of costs, as the normalisation `sum` does")] = False

    def weigh(self, indicators: Indicators) -> Array:
        def angle(share: Expression, s: Statistics) -> Expression:
            return where(s.max > s.min, (s(share.std(ddof=0)) / s(share.mean())).arctan(), 0.0)

        raw = indicators.on("raw")
        if not self.directed:
            return raw.each(lambda x, s: angle(x / s.max, s), Domain.NON_NEGATIVE)
        refuse_without_ratio(raw)
        return statistic_by_direction(raw, lambda x, s: angle(x / s.max, s), lambda x, s: angle(s.min / x, s))


@dataclass(frozen=True)
class Lopcow(Weighting):
    """Weigh an indicator by the logarithm of its quadratic mean over its standard deviation (LOPCOW).

    Raw values are rescaled to 0 to 1, costs reversed. The paper (logarithmic percentage change-driven objective
    weighting) does not state the divisor of the variance; here it is n - 1, as in other software.
    """

    name = "lopcow"
    reference = "Ecer & Pamucar (2022), Omega 112, 102690"
    formula = (
        r"w_j = \left| 100 \ln \frac{\sqrt{\sum r_{ij}^2 / n}}{s_{r_j}} \right|, \quad r = \frac{x - \min x}{\max "
        r"x - \min x} \text{, of a cost } \frac{\max x - x}{\max x - \min x}"
    )
    properties = frozenset(
        {Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT}
    )

    def weigh(self, indicators: Indicators) -> Array:
        def change(r: Expression, s: Statistics) -> Expression:
            quadratic_mean = s((r**2).mean()).sqrt()
            return where(s.max > s.min, (100 * (quadratic_mean / s(r.std())).log()).abs(), 0.0)

        return statistic_by_direction(
            indicators.on("raw"),
            lambda x, s: change((x - s.min) / (s.max - s.min), s),
            lambda x, s: change((s.max - x) / (s.max - s.min), s),
        )


@dataclass(frozen=True)
class Mpsi(Weighting):
    """Weigh an indicator by the sum of squared deviations of its ratios to the best raw value (modified PSI).

    A benefit is divided by its largest value; the smallest value is divided by a cost.
    """

    name = "mpsi"
    reference = (
        "Gligorić, Gligorić, Lutovac, Negovanović & Langović (2022), Systems 10(6), 248, doi:10.3390/systems10060248"
    )
    formula = r"w_j = \sum_i (r_{ij} - \bar r_j)^2, \quad r = \frac{x}{\max x} \text{ or } \frac{\min x}{x}"
    properties = frozenset({Property.SCALE_INVARIANT, Property.ZERO_FOR_CONSTANT})

    def weigh(self, indicators: Indicators) -> Array:
        def deviations(r: Expression, s: Statistics) -> Expression:
            return where(s.max > s.min, s(r.var(ddof=0)) * s.count, 0.0)

        raw = indicators.on("raw")
        refuse_without_ratio(raw)
        return statistic_by_direction(raw, lambda x, s: deviations(x / s.max, s), lambda x, s: deviations(s.min / x, s))
