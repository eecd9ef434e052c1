"""Imputations by the same value for all units, or for all units of a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.methods import Imputation, Property
from indicia_methods.unit_weights import WeightsOfUnits, weights_of_units

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics, UsedColumn

_PROPERTIES = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

Within = Annotated[
    str | tuple[str, ...] | None,
    Field(description="a group column, or several: take the statistic of the unit's own group"),
]


def groups_of(within: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the group columns that the parameter names."""
    return (within,) if isinstance(within, str) else within or ()


@dataclass(frozen=True)
class Mean(Imputation):
    """Fill with the mean of the indicator, or of the unit's group.

    With `weights`, such as the population, the mean is weighted. Units of a group without any value stay missing.
    """

    name = "mean"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 3"
    formula = r"x_i = \bar x<within><weights>"
    symbols = {"within": "g", "weights": "p"}
    variants = {
        "within": {
            None: "",
            ...: "_{g(i)}",
        },
        "weights": {
            None: "",
            ...: r", \quad \bar x = \frac{\sum p x}{\sum p}",
        },
    }
    properties = _PROPERTIES

    within: Within = None
    weights: WeightsOfUnits = None

    @property
    def groups(self) -> tuple[str, ...]:
        return groups_of(self.within)

    @property
    def uses(self) -> tuple[UsedColumn, ...]:
        return weights_of_units(self.weights)

    def fill(self, x: Expression, s: Statistics) -> Expression:
        mean = s.mean if self.weights is None else s.weighted_mean(self.weights)
        return mean.clip(s(x.min()), s(x.max()))  # the rounded mean of equal values could differ from them


@dataclass(frozen=True)
class Median(Imputation):
    """Fill with the median of the indicator, or of the unit's group.

    Units of a group without any value stay missing.
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
    properties = _PROPERTIES

    within: Within = None

    @property
    def groups(self) -> tuple[str, ...]:
        return groups_of(self.within)

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
