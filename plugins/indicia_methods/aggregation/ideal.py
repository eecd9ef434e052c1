"""Distances to ideal values: the best possible, or the best observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Aggregation, Domain, Property, row_max, row_sum, where
from indicia_methods.aggregation.percomponent import by_name
from indicia_methods.aggregation.properties import DISTANCE, DISTANCE_SUM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Component, Components, Expression


@dataclass(frozen=True)
class Topsis(Aggregation):
    """Compare the Euclidean distances to the worst and to the best observed values."""

    name = "topsis"
    reference = "Hwang & Yoon (1981), Multiple Attribute Decision Making"
    formula = (
        r"\frac{D^-}{D^+ + D^-}, \quad D^\pm = \sqrt{\sum_j w_j^2 (z_j - z_j^\pm)^2}, "
        r"\quad z^+ = \max z, \; z^- = \min z"
    )
    canonical_normalisation = "vector"
    properties = DISTANCE
    detail_tables = {"units": "a unit: its distances to the best and to the worst observed values"}

    def combine(self, components: Components) -> Expression:
        to_best, to_worst = self.details(components).values()
        return to_worst / (to_best + to_worst)

    def details(self, components: Components) -> Mapping[str, Expression]:
        return {
            "to_best": row_sum((c.w * (c.z - c.s.max)) ** 2 for c in components).sqrt(),
            "to_worst": row_sum((c.w * (c.z - c.s.min)) ** 2 for c in components).sqrt(),
        }


@dataclass(frozen=True)
class Rim(Aggregation):
    """Compare the distances to 0, the worst end of the range, and to 1, the best end or interval (reference ideal).

    The range and the best interval are the indicator's bounds and direction; without bounds, the range of the data. The
    best interval may end where the range ends: direction `interval`, `interval = [10, 15]` and `worst = [0, 15]`.
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
    """Add up the weighted distances to the best end of the bounds, or to expected values, as shares of the range.

    With `expected` and `bounds`, values on either side of the expected one are worse. Both are in the unit of measure,
    since the input are raw values (normalisation `none`), and replace the bounds and the direction of the indicators. A
    value beyond its bounds counts with its whole distance.
    """

    name = "spotis"
    reference = (
        "Dezert, Tchamova, Han & Tacnet (2020), 23rd International Conference on Information Fusion, "
        "doi:10.23919/FUSION45008.2020.9190347; Shekhovtsov, Dezert & Sałabun (2025), 17th ICAART 3, "
        "doi:10.5220/0013119800003890"
    )
    formula = r"\sum_j w_j <expected>"
    symbols = {"expected": "e_j"}
    variants = {
        "expected": {
            None: r"(1 - z_j), \quad 1 - z_j = \frac{|x_j - x_j^*|}{x_j^{\max} - x_j^{\min}}",
            ...: r"\frac{|x_j - e_j|}{x_j^{\max} - x_j^{\min}}",
        },
    }
    low_is_best = True

    expected: Annotated[
        dict[str, float] | None,
        Field(description="expected value of each component, by name; the best bound if omitted"),
    ] = None
    bounds: Annotated[
        dict[str, tuple[float, float]] | None,
        Field(description="with expected: least and greatest value of each component, by name"),
    ] = None

    def __post_init__(self) -> None:
        if (self.expected is None) != (self.bounds is None):
            raise ValueError("expected and bounds need each other: set both, or neither")
        if self.expected is None or self.bounds is None:
            return
        for name, (low, high) in self.bounds.items():
            if not low < high:
                raise ValueError(f"bounds of {name} are [{low:g}, {high:g}]: the first must be smaller than the second")
        for (low, high), (name, value) in zip(
            by_name("bounds", self.bounds, self.expected), self.expected.items(), strict=True
        ):
            if not low <= value <= high:
                raise ValueError(f"expected of {name} is {value:g}, outside of its bounds, [{low:g}, {high:g}]")

    @property
    def canonical_normalisation(self) -> str:  # type: ignore[override]
        return "min_max" if self.expected is None else "none"

    @property
    def oriented(self) -> bool:
        return self.expected is None

    @property
    def properties(self) -> frozenset[Property]:  # type: ignore[override]
        if self.expected is None:
            return DISTANCE_SUM
        return DISTANCE_SUM - {Property.MONOTONE, Property.COMPENSATORY, Property.SCALE_INVARIANT}

    def combine(self, components: Components) -> Expression:
        if self.expected is None or self.bounds is None:
            return row_sum(c.w * (1 - c.z) for c in components)
        names = [c.name for c in components]
        expected, bounds = by_name("expected", self.expected, names), by_name("bounds", self.bounds, names)
        return row_sum(
            c.w * ((c.z - value).abs() / (high - low))
            for c, value, (low, high) in zip(components, expected, bounds, strict=True)
        )


@dataclass(frozen=True)
class Piv(Aggregation):
    """Add up the weighted distances to the best observed values (proximity indexed value)."""

    name = "piv"
    reference = "Mufazzal & Muzakkir (2018), Computers & Industrial Engineering 119"
    formula = r"\sum_j w_j (\max z_j - z_j)"
    canonical_normalisation = "vector"
    low_is_best = True
    properties = DISTANCE_SUM

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * (c.s.max - c.z) for c in components)


@dataclass(frozen=True)
class Mara(Aggregation):
    """Measure the area between the line of the best observed values and the line of the unit.

    A line leads from the sum of the weighted benefits at 0 to the sum of the weighted costs at 1.
    """

    name = "mara"
    reference = "Gligorić, Gligorić, Lutovac, Negovanović & Langović (2022), Systems 10(6), doi:10.3390/systems10060248"
    formula = (
        r"\int_0^1 f^+(t) - f(t) \, dt = \tfrac12 \sum_j w_j (\max z_j - z_j), \quad "
        r"f(t) = (1 - t) \sum_{j \in B} w_j z_j + t \sum_{j \in C} w_j z_j"
    )
    canonical_normalisation = "linear_ratio"
    low_is_best = True
    properties = DISTANCE_SUM

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * (c.s.max - c.z) for c in components) / 2


@dataclass(frozen=True)
class Gra(Aggregation):
    """Take the weighted mean of the grey relational coefficients, the nearness of values to the best observed."""

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

    zeta: Annotated[float, Field(gt=0, le=1, description="ζ; the smaller, the more small distances count")] = 0.5

    def combine(self, components: Components) -> Expression:
        scale = self.zeta * components.aggregate(row_max(c.z.max() - c.z.min() for c in components))
        return scale * row_sum(c.w / (c.s.max - c.z + scale) for c in components)


@dataclass(frozen=True)
class Wroclaw(Aggregation):
    """Divide the distance to the best observed values by its mean plus two standard deviations (Wrocław taxonomy).

    Hellwig's measure of development is 1 less this score.
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
    properties = DISTANCE

    ddof: Annotated[Literal[0, 1], Field(description="0: the variance of d divides by n as published; 1: by n - 1")] = 0

    def combine(self, components: Components) -> Expression:
        distance = components.cache_column(row_sum(c.w * (c.s.max - c.z) ** 2 for c in components).sqrt())
        mean = components.aggregate(distance.mean())
        deviation = components.aggregate(distance.std(ddof=self.ddof).fill_null(0.0))  # null for a single unit
        return distance / (mean + 2 * deviation)


@dataclass(frozen=True)
class Ervd(Aggregation):
    """Compare distances to the worst and the best values, after losses are weighted more than gains (prospect theory).

    Gains and losses are relative to the mean of the units, or to the reference point of the decision maker. With
    `reference_point` the input are raw values (normalisation `none`), which the method divides by their sum together
    with the reference point; another normalisation takes a reference point on its scale.
    """

    name = "ervd"
    reference = "Shyur, Yin, Shih & Cheng (2015), Foundations of Computing and Decision Sciences 40(4)"
    formula = (
        r"\frac{S^-}{S^+ + S^-}, \quad S^\pm = \sum_j w_j |v_j - v_j^\pm|, \; v^+ = \max v, \; v^- = \min v, \quad "
        r"v_j = <reference_point>, \text{ a cost turned round}"
    )
    symbols = {"loss": r"\lambda", "alpha": r"\alpha", "reference_point": r"\mu_j"}
    variants = {
        "reference_point": {
            None: r"(z_j - \bar z_j)^\alpha \text{ or } -\lambda (\bar z_j - z_j)^\alpha",
            ...: (
                r"\left( \frac{x_j - \mu_j}{\sum |x_j|} \right)^\alpha \text{ or } -\lambda \left( "
                r"\frac{\mu_j - x_j}{\sum |x_j|} \right)^\alpha"
            ),
        },
    }
    oriented = False

    loss: Annotated[float, Field(gt=0, description="λ, the weight of losses relative to gains")] = 2.25
    alpha: Annotated[float, Field(gt=0, le=1, description="α; below 1, large gains and losses count less")] = 0.88
    reference_point: Annotated[
        dict[str, float] | None,
        Field(description="value of each component, by name, above which gains begin; the mean if omitted"),
    ] = None

    @property
    def canonical_normalisation(self) -> str:  # type: ignore[override]
        return "sum" if self.reference_point is None else "none"

    @property
    def properties(self) -> frozenset[Property]:  # type: ignore[override]
        return DISTANCE if self.reference_point is None else DISTANCE - {Property.SCALE_INVARIANT}

    def combine(self, components: Components) -> Expression:
        points: list[float | None] = [None] * len(components)
        if self.reference_point is not None:
            points = [*by_name("reference_point", self.reference_point, [c.name for c in components])]
        to_worst, full_distances = [], []
        for c, point in zip(components, points, strict=True):
            is_benefit = c.direction == "benefit"
            best, worst = (c.z.max(), c.z.min()) if is_benefit else (c.z.min(), c.z.max())
            # v rises from the worst value to the best
            total = None if point is None else c.z.abs().sum()
            centre = c.z.mean() if point is None else point
            best_value, worst_value = (
                components.aggregate(self._value(c, end, centre, total)) for end in (best, worst)
            )
            if total is None:
                value = self._value(c, c.z, c.s.mean, None)
            else:
                value = self._value(c, c.z, centre, components.aggregate(total))
            to_worst.append(c.w * (value - worst_value))
            full_distances.append(where(c.z.is_null(), c.z, c.w * (best_value - worst_value)))
        return row_sum(to_worst) / row_sum(full_distances)  # S⁺ + S⁻ is the distance between worst and best

    def _value(self, c: Component, z: Expression, centre: Expression | float, total: Expression | None) -> Expression:
        gain = z - centre if c.direction == "benefit" else centre - z
        gain = gain if total is None else gain / total
        return gain.abs() ** self.alpha * where(gain > 0, 1.0, -self.loss)
