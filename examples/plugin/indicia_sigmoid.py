"""A sigmoid normalisation for Indicia."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from indicia.catalogue import hookimpl
from indicia.methods import Expression, Normalisation, Statistics


@dataclass(frozen=True)
class Sigmoid(Normalisation):
    """Bring the z-score between 0 and 1 by the logistic function of steepness k (`slope`); the mean scores 0.5."""

    name = "sigmoid"
    reference = "Theodoridis and Koutroumbas (2009), Pattern Recognition, 4th ed., section 5.2.2 (softmax scaling)"
    formula = r"z = \frac{1}{1 + e^{-k (x - \bar x) / s_x}}"
    needs_spread = True
    neutral = 0.5

    slope: Annotated[float, Field(gt=0, description="steepness at the mean")] = 1.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return 1 / (1 + (-self.slope * (x - s.mean) / s.std).exp())


@hookimpl
def indicia_normalisations() -> list[type[Normalisation]]:
    """Offer the sigmoid."""
    return [Sigmoid]
