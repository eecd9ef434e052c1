"""Imputations by one value for all units, or for all units of a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.methods import Imputation, Property

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics

_SHIFTED = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

Within = Annotated[
    str | tuple[str, ...] | None,
    Field(description="a column of groups, or several: the statistic is that of the unit's own group"),
]


@dataclass(frozen=True)
class Mean(Imputation):
    """Fill with the mean of the indicator, or of the unit's group.

    Units of a group that has no value stay without one.
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
    properties = _SHIFTED

    within: Within = None

    @property
    def groups(self) -> tuple[str, ...]:
        return _columns(self.within)

    def fill(self, x: Expression, s: Statistics) -> Expression:
        return s.mean.clip(s(x.min()), s(x.max()))  # a mean of equal values is rounded, and would differ from them


@dataclass(frozen=True)
class Median(Imputation):
    """Fill with the median of the indicator, or of the unit's group.

    Units of a group that has no value stay without one.
    """

    name = "median"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 3"
    formula = r"x_i = \tilde x<within>"
    symbols = {"within": "g"}
    variants = {
        "within": {
            None: "",
            ...: "_{g(i)}",
        },
    }
    properties = _SHIFTED

    within: Within = None

    @property
    def groups(self) -> tuple[str, ...]:
        return _columns(self.within)

    def fill(self, x: Expression, s: Statistics) -> Expression:
        return s.median


def _columns(within: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (within,) if isinstance(within, str) else within or ()


@dataclass(frozen=True)
class Constant(Imputation):
    """Fill with a number that is known beforehand."""

    name = "constant"
    reference = "Little & Rubin (2002), Statistical Analysis with Missing Data"
    example = "constant(value=2.5)"
    formula = r"x_i = c"
    symbols = {"value": "c"}
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    value: Annotated[float, Field(description="c, in the unit of measure of the indicator")]

    def fill(self, x: Expression, s: Statistics) -> Expression:
        return x.fill_null(self.value)
