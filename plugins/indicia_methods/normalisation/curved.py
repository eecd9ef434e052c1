"""Non-linear normalisations: equal differences of values give unequal differences of scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Domain, Normalisation, Property, where

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics


@dataclass(frozen=True)
class Sigmoid(Normalisation):
    """Take the logistic function of the standardised value: nearly linear around the mean, flat far from the mean."""

    name = "sigmoid"
    reference = "Theodoridis & Koutroumbas (2009), Pattern Recognition, where it is called softmax scaling"
    formula = r"z = \frac{1}{1 + e^{-y}}, \quad y = \frac{x - \bar x}{r \, s_x}"
    symbols = {"r": "r"}
    needs_spread = True
    neutral_score = 0.5
    properties = frozenset(
        {
            Property.MONOTONE,
            Property.SCALE_INVARIANT,
            Property.DEFINED_AT_ZERO,
            Property.DEFINED_BELOW_ZERO,
            Property.FREE_OF_RANK_REVERSAL,
        }
    )

    r: Annotated[float, Field(gt=0, description="r; the larger, the wider the nearly linear part")] = 1.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return 1 / (1 + ((s.mean - x) / (self.r * s.std)).exp())


@dataclass(frozen=True)
class Softmax(Normalisation):
    """Distribute 1 over the units in proportion to the exponential of the value, or of the standardised value.

    With `on = values` the shares depend on the unit of measure.
    """

    name = "softmax"
    reference = "Bridle (1990), in Fogelman Soulié & Hérault (eds), Neurocomputing, NATO ASI Series F68"
    formula = r"z = \frac{e^{y / t}}{\sum e^{y / t}}, \quad y = <on>"
    symbols = {"temperature": "t"}
    variants = {
        "on": {
            "values": "x",
            "z_scores": r"\frac{x - \bar x}{s_x}",
        },
    }
    properties = frozenset({Property.MONOTONE, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    on: Annotated[Literal["values", "z_scores"], Field(description="argument of the exponential")] = "values"
    temperature: Annotated[float, Field(gt=0, description="t; the higher, the more equal the shares")] = 1.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        distance = x - s(x.max())  # cancels in the shares, and prevents overflow
        if self.on == "z_scores":
            distance = where(s.std > 0, distance / s.std, distance)
        power = (distance / self.temperature).exp()
        return power / s(power.sum())


@dataclass(frozen=True)
class BoxCox(Normalisation):
    """Take a power, or the logarithm, and rescale it so that the worst value scores `lower` and the best `upper`.

    The computation leaves out the shift and the factor of the transform, which cancel in the rescaling.
    """

    name = "box_cox"
    reference = "Box & Cox (1964), Journal of the Royal Statistical Society B 26(2)"
    example = "box_cox(power=0.5)"
    formula = r"z = l + (u - l) \frac{y - \min y}{\max y - \min y}, \quad y = <power>"
    cost_formula = r"z = u - (u - l) \frac{y - \min y}{\max y - \min y}, \quad y = <power>"
    symbols = {"power": r"\lambda", "lower": "l", "upper": "u"}
    variants = {
        "power": {
            0.0: r"\ln x",
            ...: r"\frac{x^\lambda - 1}{\lambda}",
        },
    }
    domain = Domain.POSITIVE
    needs_spread = True
    properties = frozenset({Property.MONOTONE, Property.SCALE_INVARIANT, Property.FREE_OF_RANK_REVERSAL})

    power: Annotated[float, Field(description="λ: 1 is linear, 0 the logarithm, -1 the reciprocal")]
    lower: Annotated[float, Field(description="score of the worst value")] = 0.0
    upper: Annotated[float, Field(description="score of the best value")] = 1.0

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise ValueError(f"lower = {self.lower:g} must be smaller than upper = {self.upper:g}")

    @property
    def neutral_score(self) -> float:
        return (self.lower + self.upper) / 2

    @property
    def guaranteed_worst_score(self) -> float:
        return self.lower

    @property
    def best_score(self) -> float:
        return self.upper

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return self.lower + (self.upper - self.lower) * self._position(x, s)

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return self.upper - (self.upper - self.lower) * self._position(x, s)

    def _position(self, x: Expression, s: Statistics) -> Expression:
        if self.power == 0:
            return (x / s.min).log() / (s.max / s.min).log()
        return ((x / s.min) ** self.power - 1) / ((s.max / s.min) ** self.power - 1)
