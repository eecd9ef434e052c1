"""Treatments that set values beyond two bounds to the bounds (winsorisation)."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Treatment, where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Expression, Statistics

    Figures = Mapping[str, Expression | float | None]

_BOUNDS = {"treatment": "an indicator: the number of changed values, and the lower and upper bounds of its values"}
_NORMAL = 1.4826
"""Ratio of the standard deviation to the median absolute deviation of a normal distribution."""


@dataclass(frozen=True)
class WinsoriseQuantiles(Treatment):
    """Set values below a quantile and above another to the quantiles.

    If the two quantiles are equal, all values stay unchanged, since they would all become equal.
    """

    name = "winsorise_quantiles"
    reference = "Tukey (1962), The Future of Data Analysis, Annals of Mathematical Statistics 33(1)"
    formula = r"y = \min(Q_u, \max(Q_l, x)), \quad Q_p \text{ the quantile of } x \text{ at } p"
    symbols = {"lower": "l", "upper": "u"}
    detail_tables = _BOUNDS

    lower: Annotated[float, Field(ge=0, le=1, description="probability of the lower quantile; 0: no lower bound")] = (
        0.05
    )
    upper: Annotated[float, Field(ge=0, le=1, description="probability of the upper quantile; 1: no upper bound")] = (
        0.95
    )

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise ValueError(f"lower = {self.lower:g} must be smaller than upper = {self.upper:g}")

    def treat(self, x: Expression, s: Statistics) -> Expression:
        low = s.quantile(self.lower) if self.lower > 0 else None
        high = s.quantile(self.upper) if self.upper < 1 else None
        least, most = s.quantile(self.lower), s.quantile(self.upper)
        return where(least < most, x.clip(low, high), x)

    def figures(self, x: Expression, s: Statistics) -> Figures:
        least, most = s.quantile(self.lower), s.quantile(self.upper)
        low = where(least < most, least, nan) if self.lower > 0 else None
        return {"lower": low, "upper": where(least < most, most, nan) if self.upper < 1 else None}


@dataclass(frozen=True)
class Fences(Treatment):
    """Set values farther than `k` interquartile ranges from the quartiles to that distance (Tukey's fences).

    If the quartiles are equal, all values stay unchanged.
    """

    name = "fences"
    reference = "Tukey (1977), Exploratory Data Analysis"
    formula = r"y = \min(Q_3 + k R, \max(Q_1 - k R, x)), \quad R = Q_3 - Q_1"
    symbols = {"k": "k"}
    detail_tables = _BOUNDS

    k: Annotated[float, Field(ge=0, description="1.5 for outliers, 3 for extreme outliers")] = 1.5

    def treat(self, x: Expression, s: Statistics) -> Expression:
        first, third = s.quantile(0.25), s.quantile(0.75)
        reach = self.k * (third - first)
        return where(first < third, x.clip(first - reach, third + reach), x)

    def figures(self, x: Expression, s: Statistics) -> Figures:
        first, third = s.quantile(0.25), s.quantile(0.75)
        reach = self.k * (third - first)
        return {
            "lower": where(first < third, first - reach, nan),
            "upper": where(first < third, third + reach, nan),
        }


@dataclass(frozen=True)
class Deviations(Treatment):
    """Set values farther than `k` deviations from the centre to that distance.

    Deviations from the mean are standard deviations; deviations from the median are 1.4826 median absolute deviations.
    If more than half of the values are equal, the latter are 0 and all values stay unchanged.
    """

    name = "deviations"
    reference = (
        "Leys, Ley, Klein, Bernard & Licata (2013), Journal of Experimental Social Psychology 49(4), "
        "doi:10.1016/j.jesp.2013.03.013"
    )
    formula = r"y = \min(c + k d, \max(c - k d, x)), \quad <centre>"
    symbols = {"k": "k"}
    variants = {
        "centre": {
            "mean": r"c = \bar x, \; d = s_x",
            "median": r"c = \tilde x, \; d = 1.4826 \operatorname{med} |x - \tilde x|",
        },
    }

    detail_tables = _BOUNDS

    k: Annotated[float, Field(gt=0, description="number of deviations")] = 3.0
    centre: Annotated[Literal["mean", "median"], Field(description="origin of the distances")] = "mean"

    def treat(self, x: Expression, s: Statistics) -> Expression:
        centre, deviation = self._scale(x, s)
        return where(deviation > 0, x.clip(centre - self.k * deviation, centre + self.k * deviation), x)

    def _scale(self, x: Expression, s: Statistics) -> tuple[Expression, Expression]:
        if self.centre == "mean":
            return s.mean, s.std
        return s.median, _NORMAL * s((x - s.median).abs().median())

    def figures(self, x: Expression, s: Statistics) -> Figures:
        centre, deviation = self._scale(x, s)
        return {
            "lower": where(deviation > 0, centre - self.k * deviation, nan),
            "upper": where(deviation > 0, centre + self.k * deviation, nan),
        }


@dataclass(frozen=True)
class Limits(Treatment):
    """Set values beyond fixed limits to the limits."""

    name = "limits"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    example = "limits(lower=1, upper=8)"
    formula = "y = <upper>"
    symbols = {"lower": "l", "upper": "u"}
    variants = {
        "upper": {
            None: "<lower>",
            ...: r"\min(u, <lower>)",
        },
        "lower": {
            None: "x",
            ...: r"\max(l, x)",
        },
    }

    detail_tables = _BOUNDS

    lower: Annotated[float | None, Field(description="lower limit")] = None
    upper: Annotated[float | None, Field(description="upper limit")] = None

    def __post_init__(self) -> None:
        if self.lower is None and self.upper is None:
            raise ValueError("limits needs lower, upper, or both")
        if self.lower is not None and self.upper is not None and not self.lower < self.upper:
            raise ValueError(f"lower = {self.lower:g} must be smaller than upper = {self.upper:g}")

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return x.clip(self.lower, self.upper)

    def figures(self, x: Expression, s: Statistics) -> Figures:
        return {"lower": self.lower, "upper": self.upper}
