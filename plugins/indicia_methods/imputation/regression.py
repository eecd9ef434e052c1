"""Imputation by linear regression on other indicators."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import numpy as np
from pydantic import Field

from indicia.methods import Array, Completed, MatrixImputation, Property, UsedColumn
from indicia_methods.imputation.standard import Covariates, condense, restore, standardise, used_covariates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Integers, Mask

_TOLERANCE = 1e-12
"""Rounds end when no imputed value changes by more, in standard deviations."""

_ROUNDS = 10_000

_PREDICTORS = {"complete": "complete indicators", "covariates": "covariates"}


@dataclass(frozen=True)
class Regression(MatrixImputation):
    """Fill with the fitted value of a least squares regression on other indicators, without random noise.

    Regress once on the complete indicators, or in rounds on all others. `covariates` are columns of the data that
    predict too, and are no indicators; with `on = covariates` nothing else predicts. Rounds start with the means in the
    gaps. For each indicator with gaps, in order, the regression uses the units that have it, and the imputed values of
    the other indicators so far. An indicator without any value stays missing and predicts nothing.
    """

    name = "regression"
    reference = "Buck (1960), JRSS B 22(2); in rounds: Beale & Little (1975), JRSS B 37(1)"
    formula = r"x_{ij} = b_{0j} + \sum_{<on>} b_{kj} x_{ik}"
    variants = {
        "on": {
            "complete": r"k \text{ complete}",
            "all": r"k \ne j",
            "covariates": r"k \text{ covariate}",
        },
    }
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    order_decides_ties = True
    detail_tables = {
        "coefficients": "a term of the regression of an indicator with gaps: the intercept or the slope on a "
        "predictor; with rounds, of the last round",
    }

    on: Annotated[
        Literal["complete", "all", "covariates"],
        Field(description="predictors: the indicators without gaps, all others, or covariates alone"),
    ] = "complete"
    rounds: Annotated[
        int | None, Field(ge=1, description="on = all: number of rounds; until convergence if omitted")
    ] = None
    covariates: Covariates = ()

    def __post_init__(self) -> None:
        if self.rounds is not None and self.on != "all":
            raise ValueError(f"regressions on {_PREDICTORS[self.on]} need no rounds: rounds go with on = all")
        if self.on == "covariates" and not self.covariates:
            raise ValueError('on = covariates needs covariates, such as covariates=["gdp"]')

    @property
    def uses(self) -> tuple[UsedColumn, ...]:
        return used_covariates(self.covariates)

    def complete(self, values: Array) -> Array | Completed:
        missing = np.isnan(values)
        z, centre, scale = standardise(values)
        has_values = ~missing.all(axis=0)
        incomplete = np.flatnonzero(has_values & missing.any(axis=0))
        if self.on == "covariates":
            equations = _fill_once(z, missing, incomplete, np.arange(z.shape[1] - len(self.covariates), z.shape[1]))
        elif self.on == "complete":
            complete = np.flatnonzero(~missing.any(axis=0))
            if len(incomplete) and not len(complete):
                raise ValueError("no indicator is complete: choose on = all, or impute one by another method")
            equations = _fill_once(z, missing, incomplete, complete)
        else:
            equations = self._iterate(z, missing, incomplete, np.flatnonzero(has_values))
        completed = restore(values, missing, z, centre, scale)
        if not equations:
            return completed
        return Completed(completed, {"coefficients": partial(_table_of_equations, equations, centre, scale)})

    def _iterate(self, z: Array, missing: Mask, incomplete: Integers, predictors: Integers) -> list[_Equation]:
        """Repeat until no imputed value changes, or for the number of rounds; return the last equations."""
        equations: list[_Equation] = []
        for _ in range(self.rounds or _ROUNDS):
            previous = z[missing]
            equations = _fill_once(z, missing, incomplete, predictors)
            if self.rounds is None and np.abs(z[missing] - previous).max(initial=0.0) <= _TOLERANCE:
                return equations
        if self.rounds is None:
            raise ValueError(f"values still change after {_ROUNDS} rounds: set rounds = 10, or choose another method")
        return equations


class _Equation(NamedTuple):
    """The regression of a standardised indicator."""

    indicator: int
    predictors: Integers
    coefficients: Array
    """The intercept and the slopes."""


def _table_of_equations(
    equations: Sequence[_Equation], centre: Array, scale: Array, names: Sequence[str], signs: Array
) -> DetailTable:
    """Return the coefficients in the units of measure."""
    indicators: list[str] = []
    terms: list[str] = []
    figures: list[float] = []
    for j, others, b in equations:
        slopes = b[1:] * scale[j] / scale[others]
        intercept = signs[j] * (centre[j] + scale[j] * b[0] - slopes @ centre[others])
        indicators += [names[j]] * len(b)
        terms += ["constant", *(names[other] for other in others)]
        figures += [float(intercept), *(signs[j] * signs[others] * slopes).tolist()]
    return {"indicator": indicators, "term": terms, "coefficient": figures}


def _fill_once(z: Array, missing: Mask, incomplete: Integers, predictors: Integers) -> list[_Equation]:
    """Fill each incomplete indicator once, in place; return the regressions."""
    equations = []
    for j in incomplete:
        others = predictors[predictors != j]
        gaps = missing[:, j]
        b = _coefficients(z[~gaps][:, others], z[~gaps, j])
        z[gaps, j] = b[0] + z[gaps][:, others] @ b[1:]
        equations.append(_Equation(int(j), others, b))
    return equations


def _coefficients(x: Array, y: Array) -> Array:
    """Return intercept and slopes of y on x, shape (1 + k,); the smallest slopes for dependent predictors."""
    units, slopes = x.shape
    if units <= slopes:
        raise ValueError(
            f"{units} units that have an indicator are too few for its regression on {slopes} others: "
            "impute fewer indicators together, or choose nearest"
        )
    rows = condense(np.column_stack([np.ones(units), x, y]))
    return np.asarray(np.linalg.lstsq(rows[:, :-1], rows[:, -1], rcond=1e-12)[0], dtype=float)
