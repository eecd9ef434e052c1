"""The contract of an imputation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from indicia.methods.contract import Method

if TYPE_CHECKING:
    from indicia.formulas import Expression, Statistics
    from indicia.methods.contract import Array


@dataclass(frozen=True)
class Imputation(Method):
    """Fill the missing values of an indicator; present values are never touched.

    Write `fill`, one value (or one per group of units, or that of the unit's parent) made of statistics. What is
    missing for want of any statistic stays missing, and meets the methodology's policy for missing values.
    """

    @property
    def groups(self) -> tuple[str, ...]:
        """The group columns within which statistics are taken, beside those that the methodology names."""
        return ()

    @property
    def parents(self) -> str | None:
        """The group column that names the unit to which a unit belongs, where the formula asks for `s.parent`."""
        return None

    def fill(self, x: Expression, s: Statistics) -> Expression:
        """Return the value of the cells where x is missing."""
        raise NotImplementedError


@dataclass(frozen=True)
class SeriesImputation(Imputation):
    """Fill the missing values of an indicator from other periods of the same unit."""

    def follow(self, x: Expression, t: Expression) -> Expression:
        """Return the series of one unit with values for missing cells; periods ascend, t is the period as a number."""
        raise NotImplementedError


@dataclass(frozen=True)
class MatrixImputation(Imputation):
    """Fill missing values from other indicators of the same unit, and other units."""

    @property
    def reach(self) -> Literal["index", "dimension"]:
        """Which indicators are seen together: all that the method is chosen for, or those of one dimension."""
        return "index"

    def complete(self, values: Array) -> Array:
        """Return values for missing cells, shape (n, k), of indicators (n, k; missing as NaN).

        They are in their own units, and costs are negated.
        """
        raise NotImplementedError
