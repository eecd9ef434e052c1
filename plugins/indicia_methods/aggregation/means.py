"""Weighted means: from full compensation between components to little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.methods import Aggregation, Domain, total

if TYPE_CHECKING:
    from indicia.methods import Components, Expression


@dataclass(frozen=True)
class Arithmetic(Aggregation):
    """Take the weighted arithmetic mean."""

    name = "arithmetic"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"\sum_j w_j z_j"
    additive = True

    def combine(self, components: Components) -> Expression:
        return total(c.w * c.z for c in components)


@dataclass(frozen=True)
class Geometric(Aggregation):
    """Take the weighted geometric mean, which a low component pulls down."""

    name = "geometric"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"\prod_j z_j^{w_j}"
    domain = Domain.POSITIVE

    def combine(self, components: Components) -> Expression:
        return total(c.w * c.z.log() for c in components).exp()


@dataclass(frozen=True)
class Harmonic(Aggregation):
    """Take the weighted harmonic mean."""

    name = "harmonic"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"\left( \sum_j \frac{w_j}{z_j} \right)^{-1}"
    domain = Domain.POSITIVE

    def combine(self, components: Components) -> Expression:
        return 1 / total(c.w / c.z for c in components)


@dataclass(frozen=True)
class Generalised(Aggregation):
    """Take the weighted mean of order p: the larger p, the more a high component makes up for a low one."""

    name = "generalised"
    reference = "Hardy, Littlewood & Pólya (1934), Inequalities"
    formula = r"\left( \sum_j w_j z_j^p \right)^{1/p}"

    p: Annotated[float, Field(description="order of the mean; 1 arithmetic, -1 harmonic")]

    def __post_init__(self) -> None:
        if self.p == 0:
            raise ValueError("the mean of order 0 is the geometric mean: choose geometric")

    @property
    def domain(self) -> Domain:
        return Domain.POSITIVE if self.p < 0 else Domain.NON_NEGATIVE

    def combine(self, components: Components) -> Expression:
        return total(c.w * c.z**self.p for c in components) ** (1 / self.p)
