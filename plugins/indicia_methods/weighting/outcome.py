"""Weights that are learned against an outcome: a column of the data that is no indicator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Property, Weighting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array, Indicators

_SAME_PREDICTION = 1e-10
"""Components are linearly dependent if a singular value is smaller, as a share of the largest one."""


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
        y = indicators.column(self.of)
        if not y.max() > y.min():
            raise ValueError(f"the outcome {self.of} does not vary")
        varying = indicators.each(lambda x, s: s.max - s.min) > 0
        names = [name for name, varies in zip(indicators.names, varying, strict=True) if varies]
        values = indicators.matrix()[:, varying]
        figures = _coefficients(values, y) if self.by == "regression" else _correlations(values, y)
        _refuse_negative(self.by, self.of, names, figures)
        weights = np.zeros(len(indicators.names))
        weights[varying] = figures
        return weights


def _coefficients(values: Array, y: Array) -> Array:
    """Return the slopes of the least squares regression of y, over the units that have all components."""
    complete = ~np.isnan(values).any(axis=1)
    values, y = values[complete], y[complete]
    if len(values) <= values.shape[1] + 1:
        raise ValueError(
            f"a regression on {values.shape[1]} components needs more than {values.shape[1] + 1} units that have all "
            f"of them, and there are {len(values)}: by = correlation needs fewer"
        )
    size = np.abs(values).max(axis=0)
    size = np.where(size > 0, size, 1.0)
    scaled = values / size  # sums of very large values overflow
    slopes, _, rank, _ = np.linalg.lstsq(scaled - scaled.mean(axis=0), _centred(y), rcond=_SAME_PREDICTION)
    if rank < values.shape[1]:
        raise ValueError("components are linearly dependent, so their coefficients are not unique: leave one out")
    result: Array = slopes / size
    return result


def _correlations(values: Array, y: Array) -> Array:
    """Return the correlation of each component with y, over the units that have the component."""
    correlations = np.zeros(values.shape[1])
    for number, column in enumerate(values.T):
        present = ~np.isnan(column)
        x, outcome = _centred(column[present]), _centred(y[present])
        scale = np.linalg.norm(x) * np.linalg.norm(outcome)
        correlations[number] = x @ outcome / scale if scale > 0 else 0.0
    return correlations


def _centred(column: Array) -> Array:
    """Return the deviations from the mean, of values that are scaled to at most 1: squares of large ones overflow."""
    size = np.abs(column).max(initial=0.0)
    scaled = column / size if size > 0 else column
    centred: Array = scaled - scaled.mean()
    return centred


def _refuse_negative(by: str, outcome: str, names: Sequence[str], figures: Array) -> None:
    negative = [f"{name} ({figure:.3g})" for name, figure in zip(names, figures, strict=True) if figure < 0]
    if negative:
        figure = "coefficient in the regression of" if by == "regression" else "correlation with"
        raise ValueError(
            f"{', '.join(negative)} has a negative {figure} {outcome}: look at its direction, or leave it out"
        )
