"""Ratio systems, which compare the sums or products of benefits and of costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from indicia.methods import Aggregation, Domain, Property, row_max, row_sum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Components, Expression


def _sum(components: Components, direction: Literal["benefit", "cost"]) -> Expression | float:
    terms = [c.w * c.z for c in components if c.direction == direction]
    return row_sum(terms) if terms else 0.0


def _sum_or_mean(components: Components, direction: Literal["benefit", "cost"]) -> Expression:
    """Return the weighted sum of a direction; the mean sum of all units if a unit misses all its components."""
    side = [c for c in components if c.direction == direction]
    present = row_max(c.z for c in side)
    sums = components.cache_column(row_sum(c.w * c.z for c in side) + 0 * present)
    return sums.fill_null(components.aggregate(sums.mean()))


@dataclass(frozen=True)
class Moora(Aggregation):
    """Subtract the weighted costs from the weighted benefits, or take the largest weighted distance to the best value.

    With `reference_point`, the distance, a low score is good.
    """

    name = "moora"
    reference = "Brauers & Zavadskas (2006), Control and Cybernetics 35(2)"
    formula = "<form>"
    variants = {
        "form": {
            "ratio": r"\sum_{j \in B} w_j z_j - \sum_{j \in C} w_j z_j",
            "reference_point": r"\max_j w_j \lvert z_j^* - z_j \rvert, \quad z_j^* \text{ the best value}",
        },
    }
    canonical_normalisation = "vector"
    oriented = False
    properties = frozenset({Property.MONOTONE, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    form: Annotated[
        Literal["ratio", "reference_point"], Field(description="difference of sums, or largest distance to the best")
    ] = "ratio"

    @property
    def low_is_best(self) -> bool:
        return self.form == "reference_point"

    def combine(self, components: Components) -> Expression:
        if self.form == "ratio":
            return row_sum(c.w * c.z if c.direction == "benefit" else -(c.w * c.z) for c in components)
        return row_max(c.w * (c.s.max - c.z) if c.direction == "benefit" else c.w * (c.z - c.s.min) for c in components)


@dataclass(frozen=True)
class FullMultiplicative(Aggregation):
    """Divide the product of the benefits by the product of the costs."""

    name = "full_multiplicative"
    reference = "Brauers & Zavadskas (2010), Technological and Economic Development of Economy 16(1)"
    formula = r"<share>\prod_{j \in B} z_j<exponents> \Big/ \prod_{j \in C} z_j<exponents>"
    variants = {
        "exponents": {
            "weights": "^{w_j}",
            "one": "",
        },
        "share": {
            False: "",
            True: r"\frac{P}{\max P}, \quad P = ",
        },
    }
    domain = Domain.POSITIVE
    canonical_normalisation = "vector"
    oriented = False
    properties = frozenset({Property.MONOTONE, Property.FREE_OF_RANK_REVERSAL})

    exponents: Annotated[
        Literal["weights", "one"], Field(description="powers of the components: their weights, or 1")
    ] = "weights"
    share: Annotated[bool, Field(description="divide by the score of the best unit")] = False

    def combine(self, components: Components) -> Expression:
        logarithms = [c.z.log() if c.direction == "benefit" else -c.z.log() for c in components]
        if self.exponents == "weights":
            logarithms = [c.w * logarithm for c, logarithm in zip(components, logarithms, strict=True)]
        score = components.cache_column(row_sum(logarithms))
        return (score - components.aggregate(score.max())).exp() if self.share else score.exp()


@dataclass(frozen=True)
class Moosra(Aggregation):
    """Divide the sum of weighted benefits by the sum of weighted costs.

    A unit that misses all costs, or all benefits, gets the mean sum of the other units.
    """

    name = "moosra"
    reference = "Das, Sarkar & Ray (2012), International Journal of Applied Decision Sciences 5(2)"
    formula = r"\sum_{j \in B} w_j z_j \Big/ \sum_{j \in C} w_j z_j"
    domain = Domain.NON_NEGATIVE
    canonical_normalisation = "vector"
    oriented = False
    properties = frozenset({Property.MONOTONE, Property.FREE_OF_RANK_REVERSAL})

    def combine(self, components: Components) -> Expression:
        if len({c.direction for c in components}) < 2:
            raise ValueError("divides benefits by costs, so it needs a benefit and a cost")
        return _sum_or_mean(components, "benefit") / _sum_or_mean(components, "cost")


@dataclass(frozen=True)
class Copras(Aggregation):
    """Add to the sum of benefits a term in inverse proportion to the sum of costs; the best unit scores 1.

    A unit that misses all costs, or all benefits, gets the mean sum of the other units.
    """

    name = "copras"
    reference = "Zavadskas, Kaklauskas & Šarka (1994), Technological and Economic Development of Economy 1(3)"
    formula = (
        r"\frac{Q}{\max Q}, \quad Q = S^+ + \frac{\sum S^-}{S^- \sum 1/S^-}, \quad "
        r"S^+ = \sum_{j \in B} w_j z_j, \; S^- = \sum_{j \in C} w_j z_j"
    )
    domain = Domain.NON_NEGATIVE
    canonical_normalisation = "sum"
    oriented = False
    properties = frozenset({Property.MONOTONE})
    detail_tables = {"units": "a unit: its sums of weighted benefits and of weighted costs"}

    def details(self, components: Components) -> Mapping[str, Expression]:
        names: dict[str, Literal["benefit", "cost"]] = {"benefits": "benefit", "costs": "cost"}
        found = {c.direction for c in components}
        return {name: _sum_or_mean(components, side) for name, side in names.items() if side in found}

    def combine(self, components: Components) -> Expression:
        directions = {c.direction for c in components}
        sums = []
        if "benefit" in directions:
            sums.append(_sum_or_mean(components, "benefit"))
        if "cost" in directions:
            costs = components.cache_column(_sum_or_mean(components, "cost"))
            sums.append(components.aggregate(costs.sum()) / (costs * components.aggregate((1 / costs).sum())))
        significance = components.cache_column(row_sum(sums))
        return significance / components.aggregate(significance.max())


@dataclass(frozen=True)
class Ocra(Aggregation):
    """Add up the distances of costs to the highest and of benefits to the lowest value, divided by the lowest value."""

    name = "ocra"
    reference = "Parkan (1994), Managerial and Decision Economics 15(3), doi:10.1002/mde.4090150303"
    formula = (
        r"P - \min P, \quad P = \sum_{j \in C} w_j \frac{\max x_j - x_j}{\min x_j} "
        r"+ \sum_{j \in B} w_j \frac{x_j - \min x_j}{\min x_j}"
    )
    domain = Domain.POSITIVE
    canonical_normalisation = "none"
    oriented = False
    properties = frozenset({Property.MONOTONE, Property.SCALE_INVARIANT})

    def combine(self, components: Components) -> Expression:
        performance = components.cache_column(
            row_sum(
                c.w * ((c.z - c.s.min) if c.direction == "benefit" else (c.s.max - c.z)) / c.s.min for c in components
            )
        )
        return performance - components.aggregate(performance.min())


@dataclass(frozen=True)
class Ram(Aggregation):
    """Take the (2 + costs)-th root of 2 + benefits, with weighted sums of both."""

    name = "ram"
    reference = "Sotoudeh-Anvari (2023), Journal of Cleaner Production 423, doi:10.1016/j.jclepro.2023.138695"
    formula = r"\sqrt[2 + S^-]{2 + S^+}, \quad S^+ = \sum_{j \in B} w_j z_j, \; S^- = \sum_{j \in C} w_j z_j"
    domain = Domain.NON_NEGATIVE
    canonical_normalisation = "sum"
    oriented = False
    properties = frozenset({Property.MONOTONE, Property.DEFINED_AT_ZERO, Property.FREE_OF_RANK_REVERSAL})

    def combine(self, components: Components) -> Expression:
        benefits, costs = _sum(components, "benefit"), _sum(components, "cost")
        return (2 + benefits) ** (1 / (2 + costs))


@dataclass(frozen=True)
class Aroman(Aggregation):
    """Mix linear and vector normalisation, and add powers of the sums of costs and of benefits.

    The formula is that of the paper, in which a larger sum of costs gives a larger score.
    """

    name = "aroman"
    expected_failures: ClassVar[Mapping[str, str]] = {
        "direction": "the formula of the paper gives a larger sum of costs a larger score"
    }
    reference = (
        "Bošković, Švadlenka, Jovčić, Dobrodolac, Simić & Bacanin (2023), IEEE Access 11, "
        "doi:10.1109/ACCESS.2023.3265818"
    )
    formula = (
        r"L^\lambda + A^{1 - \lambda}, \quad L = \sum_{j \in C} w_j t_j, \; A = \sum_{j \in B} w_j t_j, \quad "
        r"t = \frac{1}{2} \left( \beta \frac{x - \min x}{\max x - \min x} "
        r"+ (1 - \beta) \frac{x}{\sqrt{\sum x^2}} \right)"
    )
    symbols = {"beta": r"\beta", "exponent": r"\lambda"}
    domain = Domain.NON_NEGATIVE
    canonical_normalisation = "none"
    oriented = False
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO})

    beta: Annotated[float, Field(ge=0, le=1, description="β, the share of the linear normalisation")] = 0.5
    exponent: Annotated[float, Field(gt=0, lt=1, description="λ, the power of the costs")] = 0.5

    def combine(self, components: Components) -> Expression:
        sides = []
        for direction, exponent in (("cost", self.exponent), ("benefit", 1 - self.exponent)):
            side = [c for c in components if c.direction == direction]
            if side:
                linear = row_sum(c.w * ((c.z - c.s.min) / c.s(c.z.max() - c.z.min())) for c in side)
                vector = row_sum(c.w * (c.z / c.s.norm) for c in side)
                sides.append(((self.beta * linear + (1 - self.beta) * vector) / 2) ** exponent)
        return row_sum(sides)


@dataclass(frozen=True)
class Lmaw(Aggregation):
    """Standardise ratios to the best value, take their logarithms as shares of all units', and add weighted powers."""

    name = "lmaw"
    reference = "Pamučar, Žižović, Biswas & Božanić (2021), Facta Universitatis, Mechanical Engineering 19(3)"
    formula = (
        r"\sum_j \frac{2 \varphi_j^{w_j}}{(2 - \varphi_j)^{w_j} + \varphi_j^{w_j}}, \quad "
        r"\varphi = \frac{\ln \eta}{\sum \ln \eta}, \quad "
        r"\eta = 1 + \frac{x}{\max x}; \; \text{cost: } \eta = 1 + \frac{\min x}{x}"
    )
    domain = Domain.POSITIVE
    canonical_normalisation = "none"
    oriented = False
    properties = frozenset({Property.MONOTONE, Property.SCALE_INVARIANT})

    def combine(self, components: Components) -> Expression:
        terms = []
        for c in components:
            share = c.z / c.s.max if c.direction == "benefit" else c.s.min / c.z
            logarithm = components.cache_column(share.log1p())
            inverse_share = components.aggregate(logarithm.sum()) / logarithm
            terms.append(2 / (1 + (2 * inverse_share - 1) ** c.w))  # numerator and denominator divided by φ^w
        return row_sum(terms)
