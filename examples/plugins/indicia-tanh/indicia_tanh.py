"""A tanh normalisation for Indicia."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from indicia.catalogue import hookimpl
from indicia.methods import Expression, Normalisation, Property, Statistics, WorkedExample

indicia_contract = 2


@dataclass(frozen=True)
class Tanh(Normalisation):
    """Map the z-score to 0 to 1 by the hyperbolic tangent, which limits outliers; the mean scores 0.5."""

    name = "tanh"
    reference = "Jain, Nandakumar & Ross (2005), Pattern Recognition 38(12), after Hampel et al. (1986)"
    formula = r"z = \frac{1}{2} \left( \tanh \frac{k (x - \bar x)}{s_x} + 1 \right)"
    needs_spread = True
    neutral_score = 0.5
    properties = frozenset({Property.MONOTONE, Property.SCALE_INVARIANT})
    worked_examples = (
        WorkedExample(
            table={"unit": ["Lima", "Oslo", "Pune"], "income": [1, 2, 3]},
            expected={"normalised": {"income": [0.1192029, 0.5, 0.8807971]}},
            parameters={"slope": 1},
            source="(tanh z + 1) / 2 at -1, 0 and 1; by hand",
            precision=5e-8,
        ),
    )

    slope: Annotated[float, Field(gt=0, description="k, the steepness at the mean")] = 0.01

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return ((self.slope * (x - s.mean) / s.std).tanh() + 1) / 2


@hookimpl
def indicia_normalisations() -> list[type[Normalisation]]:
    """Offer the method."""
    return [Tanh]
