"""Weighted means, with different degrees of compensation between components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.methods import Aggregation, Domain, Property, row_max, row_min, row_product, row_sum, where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Components, Expression


@dataclass(frozen=True)
class Arithmetic(Aggregation):
    """Take the weighted arithmetic mean."""

    name = "arithmetic"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"\sum_j w_j z_j"
    additive = True
    properties = frozenset(
        {
            Property.MONOTONE,
            Property.COMPENSATORY,
            Property.DEFINED_AT_ZERO,
            Property.DEFINED_BELOW_ZERO,
            Property.FREE_OF_RANK_REVERSAL,
        }
    )

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * c.z for c in components)


@dataclass(frozen=True)
class Geometric(Aggregation):
    """Take the weighted geometric mean, in which a low component weighs down the score."""

    name = "geometric"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"\prod_j z_j^{w_j}"
    domain = Domain.POSITIVE
    weights_of_any_sum = True
    power = 0.0
    properties = frozenset({Property.MONOTONE, Property.COMPENSATORY, Property.FREE_OF_RANK_REVERSAL})

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * c.z.log() for c in components).exp()


@dataclass(frozen=True)
class Harmonic(Aggregation):
    """Take the weighted harmonic mean."""

    name = "harmonic"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"\left( \sum_j \frac{w_j}{z_j} \right)^{-1}"
    domain = Domain.POSITIVE
    power = -1.0
    properties = frozenset({Property.MONOTONE, Property.FREE_OF_RANK_REVERSAL})

    def combine(self, components: Components) -> Expression:
        return 1 / row_sum(c.w / c.z for c in components)


@dataclass(frozen=True)
class Generalised(Aggregation):
    """Take the weighted power mean of order p. The larger p, the more a high component compensates for a low one."""

    name = "generalised"
    reference = "Hardy, Littlewood & Pólya (1934), Inequalities"
    example = "generalised(p=2)"
    formula = r"\left( \sum_j w_j z_j^p \right)^{1/p}"
    symbols = {"p": "p"}
    properties = frozenset({Property.MONOTONE, Property.FREE_OF_RANK_REVERSAL})

    p: Annotated[float, Field(description="order of the mean; 1 arithmetic, -1 harmonic")]

    def __post_init__(self) -> None:
        if self.p == 0:
            raise ValueError("the mean of order 0 is the geometric mean: choose geometric")

    @property
    def domain(self) -> Domain:
        return Domain.POSITIVE if self.p < 0 else Domain.NON_NEGATIVE

    @property
    def power(self) -> float:
        return self.p

    def combine(self, components: Components) -> Expression:
        end = (row_max if self.p > 0 else row_min)(c.z for c in components)
        size = components.cache_column(where(end > 0, end, 1.0))  # scaled first, since powers may overflow
        return size * row_sum(c.w * (c.z / size) ** self.p for c in components) ** (1 / self.p)


@dataclass(frozen=True)
class Sum(Aggregation):
    """Add up the components, each times its weight. Weights are scaled to a mean of 1.

    A missing component counts as the weighted mean of the unit's other components.
    """

    name = "sum"
    reference = "Churchman & Ackoff (1954), Journal of the Operations Research Society of America 2(2)"
    formula = r"k \sum_j w_j z_j"
    power = 1.0
    weights_sum_to_count = True
    properties = Arithmetic.properties

    def combine(self, components: Components) -> Expression:
        return len(components) * row_sum(c.w * c.z for c in components)


@dataclass(frozen=True)
class Product(Aggregation):
    """Multiply the components, each to the power of its weight. Weights are scaled to a mean of 1.

    A missing component counts as the weighted geometric mean of the unit's other components.
    """

    name = "product"
    reference = "Bridgman (1922), Dimensional Analysis"
    formula = r"\left( \prod_j z_j^{w_j} \right)^k"
    power = 0.0
    weights_sum_to_count = True
    domain = Domain.NON_NEGATIVE
    properties = frozenset({Property.MONOTONE, Property.DEFINED_AT_ZERO, Property.FREE_OF_RANK_REVERSAL})

    def combine(self, components: Components) -> Expression:
        return row_product(c.z ** (len(components) * c.w) for c in components)


@dataclass(frozen=True)
class WeightedProduct(Aggregation):
    """Multiply the components, each to the power of its weight. A component of 0 makes the score 0."""

    name = "weighted_product"
    reference = "Bridgman (1922), Dimensional Analysis; Miller & Starr (1969), Executive Decisions"
    formula = r"\prod_j z_j^{w_j}"
    domain = Domain.NON_NEGATIVE
    canonical_normalisation = "linear_ratio"
    weights_of_any_sum = True
    power = 0.0
    properties = frozenset({Property.MONOTONE, Property.DEFINED_AT_ZERO, Property.FREE_OF_RANK_REVERSAL})

    def combine(self, components: Components) -> Expression:
        return _product(components)


def _product(components: Components) -> Expression:
    """Return the product of the components to the powers of their weights; 0 to the power of 0 is 1."""
    return row_sum(c.w * where(c.z == 0, _LOG_ZERO, c.z.log()) for c in components).exp()


_LOG_ZERO = -1e300
"""Stands for log 0. It is finite, so that a weight of 0 makes it 0; any other weight makes the product 0."""


@dataclass(frozen=True)
class Waspas(Aggregation):
    """Mix the weighted arithmetic mean and the weighted geometric mean."""

    name = "waspas"
    reference = "Zavadskas, Turskis, Antucheviciene & Zakarevicius (2012), Elektronika ir Elektrotechnika 122(6)"
    formula = r"\lambda \sum_j w_j z_j + (1 - \lambda) \prod_j z_j^{w_j}"
    symbols = {"share": r"\lambda"}
    domain = Domain.NON_NEGATIVE
    canonical_normalisation = "linear_ratio"
    properties = frozenset({Property.MONOTONE, Property.DEFINED_AT_ZERO, Property.FREE_OF_RANK_REVERSAL})
    detail_tables = {"units": "a unit: its weighted arithmetic and geometric means"}

    share: Annotated[float, Field(ge=0, le=1, description="λ, the share of the arithmetic mean")] = 0.5

    def combine(self, components: Components) -> Expression:
        arithmetic, geometric = self.details(components).values()
        return self.share * arithmetic + (1 - self.share) * geometric

    def details(self, components: Components) -> Mapping[str, Expression]:
        return {"arithmetic": row_sum(c.w * c.z for c in components), "geometric": _product(components)}
