"""Weights from principal components and factor analysis, with tests of sampling adequacy."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, lgamma, log, sqrt
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.errors import join_names
from indicia.methods import Array, Indicators, Property, Weighting, Weights, matrix_table
from indicia_methods.principal_components import (
    SINGULAR,
    Rotation,
    are_tied,
    count_above_one,
    factor_loadings,
    in_order,
    principal_components,
    refuse_dependent,
    score_coefficients,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods.contract import DetailTable

_EIGENVALUES = "a principal component: its eigenvalue, its share of the variance, and the sum of the shares so far"
_PROPERTIES = frozenset(
    {Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT}
)


@dataclass(frozen=True)
class PrincipalComponent(Weighting):
    """Weigh an indicator by its loading on the first principal component, or on all with an eigenvalue above 1.

    The sign of a component makes the sum of its loadings positive. Several components count by their shares of the
    variance. Correlations are taken over the units that have all indicators. The method reports the measure of sampling
    adequacy of Kaiser, Meyer & Olkin (KMO) and Bartlett's test of sphericity. It needs more units than indicators, and
    indicators that are linearly independent.
    """

    name = "pca"
    reference = (
        "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6; Jolliffe (2002); Kaiser (1974), "
        "Psychometrika 39(1); Bartlett (1951), Biometrika 38"
    )
    formula = r"R v_f = \lambda_f v_f, \quad w_j = <components>"
    variants = {
        "components": {
            "first": "v_{1j}<squared>",
            "above_one": r"\sum_{\lambda_f > 1} \lambda_f v_{fj}<squared>",
        },
        "squared": {
            False: "",
            True: "^2",
        },
    }
    properties = _PROPERTIES

    detail_tables = {"eigenvalues": _EIGENVALUES, "loadings": "an indicator: its loading on each principal component"}

    squared: Annotated[bool, Field(description="weigh by squared loadings, shares of the variance")] = False
    components: Annotated[
        Literal["first", "above_one"], Field(description="the first component, or all with an eigenvalue above 1")
    ] = "first"

    def weigh(self, indicators: Indicators) -> Weights:
        units, correlation = _correlations(indicators)
        eigenvalues, vectors = principal_components(correlation)
        count = 1 if self.components == "first" else count_above_one(eigenvalues)
        if are_tied(eigenvalues, count):
            raise ValueError(
                "several principal components explain the same variance, and none is first: use another weighting"
                if count == 1
                else "principal components of equal variance are not unique: use another weighting"
            )
        loadings = vectors[:, :count]
        explained = float(eigenvalues[:count].sum() / eigenvalues.sum())
        facts = _adequacy(units, correlation)
        if count == 1:
            weights = loadings[:, 0] ** (2 if self.squared else 1)
        else:
            weights = (loadings**2 if self.squared else loadings) @ eigenvalues[:count]
            weights = np.where(np.abs(weights) < SINGULAR, 0.0, weights)
        _refuse_negative(indicators.names, weights, "weigh by squared loadings (squared = true)")
        solution: dict[str, float | str] = {"variance explained": explained}
        solution |= {"components": count} if self.components == "above_one" else {}
        tables = {
            "eigenvalues": _eigenvalues(eigenvalues),
            "loadings": _table_of_loadings(indicators.names, vectors * np.sqrt(eigenvalues.clip(0.0)), "component"),
        }
        return Weights(weights, solution | facts, tables=tables)


@dataclass(frozen=True)
class Factor(Weighting):
    """Weigh an indicator by its squared loading on its factor, or by its coefficient in the scores of all factors.

    Factors are the principal components with an eigenvalue above 1, or a number of them, rotated by varimax with
    Kaiser's normalisation. In the paper an indicator has its share of the squared loadings of its factor, times the
    factor's share of the explained variance. This product is proportional to the squared loading. The method needs more
    units than indicators, and indicators that are linearly independent.

    With `rule = "comprehensive_score"` the weight is the coefficient of the indicator in the comprehensive score of
    factors: the scores of the factors by regression, each times its share of the variance, as users of SPSS compute it.
    A negative coefficient is an error; the aggregation `factor_score` has coefficients of both signs.
    """

    name = "factor"
    reference = (
        "Nicoletti, Scarpetta & Boylaud (2000), OECD Economics Department Working Papers 226; Kaiser (1958), "
        "Psychometrika 23(3); OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6; "
        "Thurstone (1935), The Vectors of Mind (scores by regression)"
    )
    formula = r"R = V \Lambda V^\top, \quad L = <rotation>, \quad w_j = <rule><factors>"
    symbols = {"factors": "F"}
    variants = {
        "rule": {
            "largest_loading": r"\max_f l_{jf}^2",
            "comprehensive_score": r"\sum_f b_{jf} \sum_i l_{if}^2, \quad B = R^{-1} L",
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
    properties = _PROPERTIES

    detail_tables = {
        "eigenvalues": _EIGENVALUES,
        "loadings": "an indicator: its loading on each rotated factor, and its communality",
        "factors": "a rotated factor: its sum of squared loadings, and its share of the variance",
    }

    factors: Annotated[
        int | None, Field(ge=1, description="number of factors; if omitted, those with an eigenvalue above 1")
    ] = None
    rotation: Annotated[Rotation, Field(description="rotation of the factors")] = "varimax"
    rule: Annotated[
        Literal["largest_loading", "comprehensive_score"],
        Field(description="square of the largest loading, or coefficient in the comprehensive score of the factors"),
    ] = "largest_loading"

    def weigh(self, indicators: Indicators) -> Weights:
        units, correlation = _correlations(indicators)
        loadings = factor_loadings(correlation, self.factors, self.rotation)
        squares = loadings**2
        varying = indicators.each(lambda x, s: s.max - s.min) > 0
        if self.rule == "comprehensive_score":
            weights = score_coefficients(correlation, loadings) @ squares.sum(axis=0)
        else:
            weights = squares.max(axis=1)
        weights = np.where(varying & (np.abs(weights) > SINGULAR), weights, 0.0)
        _refuse_negative(
            indicators.names, weights, 'take the aggregation "factor_score", whose coefficients have both signs'
        )
        facts = _adequacy(units, correlation)
        solution: dict[str, float | str] = {
            "variance explained": float(squares.sum() / principal_components(correlation)[0].sum()),
            "factors": loadings.shape[1],
        }
        for name, factor in zip(indicators.names, _factor_of_each(squares), strict=True):
            solution[f"factor of {name}"] = factor
        ordered, eigenvalues = in_order(loadings), principal_components(correlation)[0]
        loaded = (ordered**2).sum(axis=0)
        tables: dict[str, DetailTable] = {
            "eigenvalues": _eigenvalues(eigenvalues),
            "loadings": {
                **_table_of_loadings(indicators.names, ordered, "factor"),
                "communality": squares.sum(axis=1),
            },
            "factors": {
                "factor": [f"factor {number}" for number in range(1, len(loaded) + 1)],
                "sum of squares": loaded,
                "share": loaded / eigenvalues.sum(),
            },
        }
        return Weights(weights, solution | facts, tables=tables)


def _eigenvalues(eigenvalues: Array) -> DetailTable:
    shares = eigenvalues / eigenvalues.sum()
    numbers = [float(number) for number in range(1, len(shares) + 1)]
    return {"component": numbers, "eigenvalue": eigenvalues, "share": shares, "cumulative": shares.cumsum()}


def _table_of_loadings(names: Sequence[str], loadings: Array, word: str) -> DetailTable:
    numbered = [f"{word} {number}" for number in range(1, loadings.shape[1] + 1)]
    return matrix_table("indicator", names, numbered, loadings)


def _refuse_negative(names: Sequence[str], weights: Array, alternative: str) -> None:
    """Refuse negative loadings, with the alternative that the field has for them."""
    if negative := [name for name, weight in zip(names, weights, strict=True) if weight < 0]:
        raise ValueError(
            f"it gives a negative weight to {join_names(negative)}: look at its direction, or {alternative}"
        )


def _correlations(indicators: Indicators) -> tuple[int, Array]:
    """Return the number of units that have all indicators, and the correlations over these units."""
    units, size = indicators.count_complete(), len(indicators.names)
    if units <= size:
        raise ValueError(f"{units} units are too few for components of {size} indicators: take more units")
    correlation = indicators.correlation(rows="complete")
    refuse_dependent(indicators.names, correlation)
    return units, correlation


def _factor_of_each(squares: Array) -> list[int]:
    """Return the number of the factor on which each indicator loads most; factor 1 has the largest variance."""
    order = np.argsort(-squares.sum(axis=0), kind="stable")
    return [int(factor) for factor in squares[:, order].argmax(axis=1) + 1]


def _adequacy(units: int, correlation: Array) -> dict[str, float | str]:
    """Return KMO and Bartlett's test, which show whether correlations suffice for components."""
    size = len(correlation)
    inverse = np.linalg.inv(correlation)
    scale = np.sqrt(np.diag(inverse))
    partial = inverse / np.outer(scale, scale)
    pairs = np.triu_indices(size, 1)
    r2, p2 = (correlation[pairs] ** 2).sum(), (partial[pairs] ** 2).sum()
    statistic = -(units - 1 - (2 * size + 5) / 6) * float(np.linalg.slogdet(correlation)[1])
    freedom = size * (size - 1) // 2
    facts: dict[str, float | str] = {"KMO": float(r2 / (r2 + p2))} if r2 + p2 > 0 else {}
    facts |= {"Bartlett": max(statistic, 0.0), "Bartlett df": freedom, "Bartlett p": _chi_square_p(statistic, freedom)}
    return facts


def _chi_square_p(value: float, freedom: int) -> float:
    """Return the probability of a larger χ², by the recurrence of the incomplete gamma function."""
    half = value / 2
    if half <= 0:
        return 1.0
    probability, exponent = (erfc(sqrt(half)), 0.5) if freedom % 2 else (exp(-half), 1.0)
    while exponent < freedom / 2:
        probability += exp(exponent * log(half) - half - lgamma(exponent + 1))
        exponent += 1
    return min(probability, 1.0)
