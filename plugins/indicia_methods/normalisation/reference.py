"""A linear normalisation whose scale has a reference value in its middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Normalisation, Property

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics


@dataclass(frozen=True)
class ReferenceGoalposts(Normalisation):
    """Rescale linearly between two goalposts, half of the range below and above a reference value.

    The reference value scores the middle of the scale, 100, and the goalposts score `lower` and `upper`. The range is
    that of all units and periods, or that of fixed bounds. The reference value is the mean, the mean of a `period`, the
    value of a `unit`, its value in a period, or the `target` of each indicator. Scores may lie beyond the goalposts.
    """

    name = "reference_goalposts"
    reference = "Mazziotta & Pareto (2016), Social Indicators Research 127(3), doi:10.1007/s11205-015-0998-2"
    formula = r"z = \frac{l + u}{2} + (u - l) \frac{x - r}{\max x - \min x}, \quad r = <value><unit><period>"
    symbols = {"lower": "l", "upper": "u", "unit": "a", "period": "t_0"}
    variants = {
        "value": {"mean": r"\bar x", "target": "t"},
        "unit": {None: "", ...: "_{a}"},
        "period": {None: "", ...: "^{(t_0)}"},
    }
    needs_spread = True
    properties = frozenset(
        {
            Property.DEFINED_AT_ZERO,
            Property.DEFINED_BELOW_ZERO,
            Property.FREE_OF_RANK_REVERSAL,
            Property.SCALE_INVARIANT,
        }
    )

    value: Annotated[
        Literal["mean", "target"],
        Field(description="the reference value: the mean of the units, or the target of the indicator"),
    ] = "mean"
    unit: Annotated[
        str | None, Field(description="mean: of this unit alone; in a panel the mean of its periods, or of `period`")
    ] = None
    period: Annotated[int | str | None, Field(description="mean: of this period alone")] = None
    lower: Annotated[float, Field(description="score of the worse goalpost")] = 70.0
    upper: Annotated[float, Field(description="score of the better goalpost")] = 130.0

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise ValueError(f"lower = {self.lower:g} must be smaller than upper = {self.upper:g}")
        if self.value == "target" and (self.unit, self.period) != (None, None):
            raise ValueError("value = target is a number of the index file, and needs no unit and no period")

    @property
    def neutral_score(self) -> float:
        return (self.lower + self.upper) / 2

    @property
    def guaranteed_worst_score(self) -> float | None:
        return None if self.value == "target" else self.neutral_score

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        if self.value == "target":
            r = s.target
        elif (self.unit, self.period) == (None, None):
            r = s.mean
        else:
            r = s.mean_of(unit=self.unit, period=None if self.period is None else str(self.period))
        return self.neutral_score + (self.upper - self.lower) * (x - r) / (s.max - s.min)
