"""Normalisations that shift and stretch: differences between units keep their proportions."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nextafter
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Normalisation

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics


@dataclass(frozen=True)
class Unscaled(Normalisation):
    """Leave the values as they are, costs negated."""

    name = "none"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = x; \quad \text{cost: } z = -x"

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x


@dataclass(frozen=True)
class MinMax(Normalisation):
    """Rescale linearly so that the worst value scores `lower` and the best `upper`.

    The worst and the best are the data's own, or the indicator's fixed bounds (goalposts); only beyond fixed bounds
    is there anything to clip.
    """

    name = "min_max"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = l + (u - l) \frac{x - \min x}{\max x - \min x}"
    needs_spread = True

    lower: Annotated[float, Field(description="score of the worst value")] = 0.0
    upper: Annotated[float, Field(description="score of the best value")] = 1.0
    clip: Annotated[
        Literal["none", "lower", "upper", "both"], Field(description="hold values beyond the bounds to them")
    ] = "none"

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise ValueError(f"lower = {self.lower:g} must be smaller than upper = {self.upper:g}")

    @property
    def neutral(self) -> float:
        return (self.lower + self.upper) / 2

    @property
    def certain(self) -> float:
        return self.lower

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        z = self.lower + (self.upper - self.lower) * (x - s.min) / (s.max - s.min)
        return z.clip(
            self.lower if self.clip in ("lower", "both") else None,
            self.upper if self.clip in ("upper", "both") else None,
        )


@dataclass(frozen=True)
class ZScore(Normalisation):
    """Centre on the mean and divide by the standard deviation, then bring to another mean and deviation if asked."""

    name = "z_score"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = m + d \, \frac{x - \bar x}{s_x}"
    needs_spread = True

    mean: Annotated[float, Field(description="mean of the scores")] = 0.0
    sd: Annotated[float, Field(gt=0, description="standard deviation of the scores")] = 1.0
    ddof: Annotated[Literal[0, 1], Field(description="1: sample standard deviation, 0: of the population")] = 1

    @property
    def neutral(self) -> float:
        return self.mean

    @property
    def certain(self) -> float:
        return nextafter(self.mean, -inf)

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return self.mean + self.sd * (x - s.mean) / s(x.std(ddof=self.ddof))


@dataclass(frozen=True)
class DistanceToTarget(Normalisation):
    """Measure how much of the way from the worst value to the indicator's target is done."""

    name = "distance_to_target"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"z = \frac{x - \min x}{t - \min x}"

    cap: Annotated[bool, Field(description="score 1 beyond the target")] = False

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        z = (x - s.min) / (s.target - s.min)
        return z.clip(upper_bound=1.0) if self.cap else z
