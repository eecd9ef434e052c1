"""Imputations by the same value for all units, or for all units of a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.methods import Imputation, Property

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics

_PROPERTIES = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

Within = Annotated[
    str | tuple[str, ...] | None,
    Field(description="a group column, or several: take the statistic of the unit's own group"),
]


@dataclass(frozen=True)
class Mean(Imputation):
    """Fill with the mean of the indicator, or of the unit's group.

    Units of a group without any value stay missing.
    """

    name = "mean"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 3"
    formula = r"x_i = \bar x<within>"
    symbols = {"within": "g"}
    variants = {
        "within": {
            None: "",
            ...: "_{g(i)}",
        },
    }
    properties = _PROPERTIES

    within: Within = None

    @property
    def groups(self) -> tuple[str, ...]:
        return (self.within,) if isinstance(self.within, str) else self.within or ()

    def fill(self, x: Expression, s: Statistics) -> Expression:
        return s.mean.clip(s(x.min()), s(x.max()))  # the rounded mean of equal values could differ from them


@dataclass(frozen=True)
class Median(Mean):
    """Fill with the median of the indicator, or of the unit's group.

    Units of a group without any value stay missing.
    """

    name = "median"
    formula = r"x_i = \tilde x<within>"

    def fill(self, x: Expression, s: Statistics) -> Expression:
        return s.median


@dataclass(frozen=True)
class Constant(Imputation):
    """Fill with a fixed number."""

    name = "constant"
    reference = "Little & Rubin (2002), Statistical Analysis with Missing Data"
    example = "constant(value=2.5)"
    formula = r"x_i = c"
    symbols = {"value": "c"}
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    value: Annotated[float, Field(description="c, in the unit of measure of the indicator")]

    def fill(self, x: Expression, s: Statistics) -> Expression:
        return x.fill_null(self.value)
