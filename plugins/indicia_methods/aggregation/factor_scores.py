"""The comprehensive score of factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.errors import join_names
from indicia.methods import Array, MatrixAggregation, MatrixContext, Property, matrix_table
from indicia_methods.principal_components import (
    SINGULAR,
    Rotation,
    factor_loadings,
    in_order,
    refuse_dependent,
    score_coefficients,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.methods.contract import DetailTable


@dataclass(frozen=True)
class FactorScore(MatrixAggregation):
    """Add up the scores of factors, each times its share of the variance: the comprehensive score of SPSS users.

    Factors are the principal components of the correlations with an eigenvalue above 1, or a number of them, rotated by
    varimax with Kaiser's normalisation. The scores of factors are those by regression. A component may count with a
    negative coefficient, and the sign of a factor makes the sum of its loadings positive. Weights do not count.
    Correlations are taken over the units that have all components; a missing component counts as its mean. The method
    needs more units than components, and components that are linearly independent.
    """

    name = "factor_score"
    uses_weights = False
    reference = (
        "Thurstone (1935), The Vectors of Mind; Kaiser (1958), Psychometrika 23(3); OECD/JRC (2008), Handbook on "
        "Constructing Composite Indicators, step 6"
    )
    formula = (
        r"\sum_f <shares> \sum_j b_{jf} \frac{z_j - \bar z_j}{s_j}, \quad B = R^{-1} L, \quad R = V \Lambda V^\top, "
        r"\quad L = <rotation><factors>"
    )
    symbols = {"factors": "F"}
    variants = {
        "shares": {
            "explained": r"\frac{\sum_j l_{jf}^2}{\sum_{j, g} l_{jg}^2}",
            "total": r"\frac{\sum_j l_{jf}^2}{k}",
        },
        "rotation": {
            "varimax": r"\operatorname{varimax}(V \sqrt{\Lambda})",
            "none": r"V \sqrt{\Lambda}",
        },
        "factors": {
            None: r", \quad f \text{ with } \lambda_f > 1",
            ...: r", \quad f \le F",
        },
    }
    canonical_normalisation = "z_score"
    minimum_units = 3
    detail_tables = {
        "units": "a unit: its score by each factor",
        "loadings": "a component: its loading on each factor, and the share of its variance that the factors explain",
        "coefficients": "a component: its coefficient in the score of each factor, for standardised values",
        "factors": "a factor: the variance that it explains, in components, as a share of the total, and its share in "
        "the score",
    }
    properties = frozenset(
        {Property.COMPENSATORY, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
    )

    factors: Annotated[
        int | None, Field(ge=1, description="number of factors; if omitted, those with an eigenvalue above 1")
    ] = None
    rotation: Annotated[Rotation, Field(description="rotation of the factors")] = "varimax"
    shares: Annotated[
        Literal["explained", "total"],
        Field(description="share of a factor in the variance that the factors explain, or in the total variance"),
    ] = "explained"

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        factors = self._factors(values, context)
        return factors.scores @ factors.shares

    def unit_details(
        self,
        values: Array,
        weights: Array,
        context: MatrixContext,
    ) -> Mapping[str, Sequence[float | str | None]]:
        scores = self._factors(values, context).scores
        return {f"factor {number}": column.tolist() for number, column in enumerate(scores.T, start=1)}

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        factors = self._factors(values, context)
        count = len(factors.shares)
        names = [f"factor {number}" for number in range(1, count + 1)]
        variances = (factors.loadings**2).sum(axis=0)
        if table == "factors":
            numbers, of_total = np.arange(1, count + 1), variances / len(factors.loadings)
            return {"factor": numbers, "variance": variances, "of_total": of_total, "share": factors.shares}
        if table == "coefficients":
            return matrix_table("component", factors.components, names, factors.coefficients)
        communality = (factors.loadings**2).sum(axis=1)
        return {**matrix_table("component", factors.components, names, factors.loadings), "communality": communality}

    def _factors(self, values: Array, context: MatrixContext) -> _Factors:
        """Return the factors, the one with the largest variance first."""
        present = np.flatnonzero(~np.isnan(values).all(axis=0))  # a component that no unit has does not count
        names = [context.components[place] for place in present]
        values, complete = _standardise(values[:, present], names)
        size, count = complete.shape
        correlation = complete.T @ complete / (size - 1)
        refuse_dependent(names, correlation)
        loadings = factor_loadings(correlation, self.factors, self.rotation)
        variances = (loadings**2).sum(axis=0)
        largest_first = np.argsort(-variances, kind="stable")
        coefficients = score_coefficients(correlation, loadings)[:, largest_first]
        total = variances.sum() if self.shares == "explained" else float(count)
        return _Factors(
            names,
            np.nan_to_num(values, nan=0.0) @ coefficients,
            variances[largest_first] / total,
            in_order(loadings),
            coefficients,
        )


@dataclass(frozen=True)
class _Factors:
    """Scores of units (n, factors), shares of factors, loadings and coefficients of components (k, factors)."""

    components: list[str]
    scores: Array
    shares: Array
    loadings: Array
    coefficients: Array


def _standardise(values: Array, names: Sequence[str]) -> tuple[Array, Array]:
    """Return values with mean 0 and standard deviation 1 over the complete units, of all units and of these units."""
    is_complete = ~np.isnan(values).any(axis=1)
    size, count = int(is_complete.sum()), len(names)
    if size <= count:
        raise ValueError(f"{size} units are too few for factors of {count} components: take more units")
    largest = np.abs(values[is_complete]).max(axis=0)
    values = values / np.where(largest > 0, largest, 1.0)  # squares of very large values overflow
    deviations = values - values[is_complete].mean(axis=0)
    spread = np.sqrt((deviations[is_complete] ** 2).sum(axis=0) / (size - 1))
    if constant := [name for name, s in zip(names, spread.tolist(), strict=True) if not s > SINGULAR]:
        raise ValueError(f"{join_names(constant)} does not vary, and has no correlations")
    deviations = deviations / spread
    return deviations, deviations[is_complete]
