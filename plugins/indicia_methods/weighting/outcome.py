"""Weights that are learned against an outcome: a column of the data that is no indicator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Property, Weighting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array, Expression, Indicators, Statistics


@dataclass(frozen=True)
class AgainstOutcome(Weighting):
    """Weigh an indicator by its coefficient in a regression of an outcome, or by its correlation with the outcome.

    The outcome is a column of the data that is no indicator, such as the result that a policy aims at. The regression
    is least squares with an intercept, on the normalised values of the units that have all components; the index is
    then the fitted outcome on another scale. A negative coefficient or correlation is an error, since a weight is not
    negative. A component that does not vary gets weight 0.
    """

    name = "against_outcome"
    reference = (
        "Saisana & Tarantola (2002), State-of-the-art Report on Composite Indicator Development, EUR 20408 EN; "
        "Porter & Stern (1999), The New Challenge to America's Prosperity, Council on Competitiveness"
    )
    example = "against_outcome(of=gdp)"
    formula = "<by>"
    symbols = {"of": "y"}
    variants = {
        "by": {
            "regression": r"w_j = b_j, \quad b = \arg\min_b \sum \left( y - b_0 - \sum_j b_j z_j \right)^2",
            "correlation": r"w_j = \operatorname{corr}(z_j, y)",
        },
    }
    properties = frozenset(
        {Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT}
    )

    of: Annotated[str, Field(description="the outcome, a column of the data that is no indicator")]
    by: Annotated[
        Literal["regression", "correlation"],
        Field(description="coefficients of a multiple regression, or correlations of single components"),
    ] = "regression"

    @property
    def uses(self) -> tuple[str, ...]:
        return (self.of,)

    def weigh(self, indicators: Indicators) -> Array:
        if not indicators.each(self._range).any():
            raise ValueError(f"the outcome {self.of} does not vary")
        figures = indicators.regression(self.of) if self.by == "regression" else indicators.correlation_with(self.of)
        _refuse_negative(self.by, self.of, indicators.names, figures)
        return figures

    def _range(self, _: Expression, s: Statistics) -> Expression:
        outcome = s.column(self.of)
        return s(outcome.max()) - s(outcome.min())


def _refuse_negative(by: str, outcome: str, names: Sequence[str], figures: Array) -> None:
    negative = [f"{name} ({figure:.3g})" for name, figure in zip(names, figures, strict=True) if figure < 0]
    if negative:
        figure = "coefficient in the regression of" if by == "regression" else "correlation with"
        raise ValueError(
            f"{', '.join(negative)} has a negative {figure} {outcome}: look at its direction, or leave it out"
        )
