"""Weights from principal components and factor analysis, with tests of sampling adequacy."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, lgamma, log, sqrt
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.errors import join_names
from indicia.methods import Property, Weighting, Weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array, Indicators

_PROPERTIES = frozenset(
    {Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT}
)
_SINGULAR = 1e-12
_ZERO_EIGENVALUE = 1e-10
"""Eigenvalues up to this size are 0: some components are then linearly dependent."""
_SMALLEST_SHARE = 1e-4
"""Smallest coefficient with which a component takes part in a linear dependence."""
_ROUNDS = 1000


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

    squared: Annotated[bool, Field(description="weigh by squared loadings, shares of the variance")] = False
    components: Annotated[
        Literal["first", "above_one"], Field(description="the first component, or all with an eigenvalue above 1")
    ] = "first"

    def weigh(self, indicators: Indicators) -> Weights:
        units, correlation = _correlations(indicators)
        eigenvalues, vectors = _components(correlation)
        count = 1 if self.components == "first" else _above_one(eigenvalues)
        if _tied(eigenvalues, count):
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
            weights = np.where(np.abs(weights) < _SINGULAR, 0.0, weights)
        solution: dict[str, float | str] = {"variance explained": explained}
        solution |= {"components": count} if self.components == "above_one" else {}
        return Weights(weights, solution | facts)


@dataclass(frozen=True)
class Factor(Weighting):
    """Weigh an indicator by its squared loading on the factor on which it loads most.

    Factors are the principal components with an eigenvalue above 1, or a number of them, rotated by varimax with
    Kaiser's normalisation. In the paper an indicator has its share of the squared loadings of its factor, times the
    factor's share of the explained variance. This product is proportional to the squared loading. The method needs more
    units than indicators, and indicators that are linearly independent.
    """

    name = "factor"
    reference = (
        "Nicoletti, Scarpetta & Boylaud (2000), OECD Economics Department Working Papers 226; Kaiser (1958), "
        "Psychometrika 23(3); OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6"
    )
    formula = r"R = V \Lambda V^\top, \quad L = <rotation>, \quad w_j = \max_f l_{jf}^2<factors>"
    symbols = {"factors": "F"}
    variants = {
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

    factors: Annotated[
        int | None, Field(ge=1, description="number of factors; if omitted, those with an eigenvalue above 1")
    ] = None
    rotation: Annotated[Literal["varimax", "none"], Field(description="rotation of the factors")] = "varimax"

    def weigh(self, indicators: Indicators) -> Weights:
        units, correlation = _correlations(indicators)
        eigenvalues, vectors = _components(correlation)
        count = _above_one(eigenvalues) if self.factors is None else self.factors
        if count > len(eigenvalues):
            raise ValueError(f"factors = {count} exceeds the {len(eigenvalues)} indicators")
        if _tied(eigenvalues, count, inside=self.rotation == "none"):
            raise ValueError("factors of equal variance are not unique: choose another number of factors")
        loadings = vectors[:, :count] * np.sqrt(eigenvalues[:count])
        if self.rotation == "varimax" and count > 1:
            loadings = _varimax(loadings)
        squares = loadings**2
        largest = squares.max(axis=1)
        facts = _adequacy(units, correlation)
        varying = indicators.each(lambda x, s: s.max - s.min) > 0
        weights = np.where(varying & (largest > _SINGULAR), largest, 0.0)
        solution: dict[str, float | str] = {
            "variance explained": float(squares.sum() / eigenvalues.sum()),
            "factors": count,
        }
        for name, factor in zip(indicators.names, _factor_of_each(squares), strict=True):
            solution[f"factor of {name}"] = factor
        return Weights(weights, solution | facts)


def _correlations(indicators: Indicators) -> tuple[int, Array]:
    """Return the number of units that have all indicators, and the correlations over these units."""
    units, size = int((~np.isnan(indicators.matrix()).any(axis=1)).sum()), len(indicators.names)
    if units <= size:
        raise ValueError(f"{units} units are too few for components of {size} indicators: take more units")
    correlation = indicators.correlation(rows="complete")
    refuse_dependent(indicators.names, correlation)
    return units, correlation


def refuse_dependent(names: Sequence[str], correlation: Array) -> None:
    """Refuse linearly dependent indicators, and name the groups of dependent indicators."""
    eigenvalues, vectors = np.linalg.eigh(correlation)
    size, rank = len(names), int((eigenvalues > _ZERO_EIGENVALUE).sum())
    if rank == size:
        return
    rows = _reduce_rows(vectors[:, : size - rank].T)
    dependent = sorted(np.flatnonzero(row).tolist() for row in rows)  # row order depends on the machine
    groups = [join_names(names[at] for at in places) for places in dependent]
    raise ValueError(
        f"its components are linearly dependent, so that correlations of {size} have rank {rank}: {'; '.join(groups)}. "
        f"Leave out one of {'them' if len(groups) == 1 else 'each'}"
    )


def _reduce_rows(rows: Array) -> Array:
    """Reduce rows to row echelon form with full pivoting: each row has a column in which the other rows are 0."""
    rows = rows.copy()
    pivots: list[int] = []
    for _ in range(len(rows)):
        unused = np.delete(np.arange(len(rows)), pivots)
        row, column = np.unravel_index(np.abs(rows[unused]).argmax(), rows[unused].shape)
        pivot = int(unused[row])
        pivots.append(pivot)
        rows[pivot] /= rows[pivot, column]
        others = np.arange(len(rows)) != pivot
        rows[others] -= np.outer(rows[others, column], rows[pivot])
    return np.where(np.abs(rows) > _SMALLEST_SHARE, rows, 0.0)


def _components(correlation: Array) -> tuple[Array, Array]:
    """Return eigenvalues in descending order, and eigenvectors with positive sums, shape (k, k)."""
    eigenvalues, vectors = np.linalg.eigh(correlation)
    vectors = np.where(np.abs(vectors) < _SINGULAR, 0.0, vectors)  # rounding errors
    return eigenvalues[::-1], (vectors * np.where(vectors.sum(axis=0) >= 0, 1.0, -1.0) + 0.0)[:, ::-1]  # 0, not -0


def _above_one(eigenvalues: Array) -> int:
    count = int((eigenvalues > 1 + 1e-9).sum())
    if count == 0:
        raise ValueError("no eigenvalue is above 1, since the components do not correlate: choose another weighting")
    return count


def _tied(eigenvalues: Array, count: int, inside: bool = True) -> bool:
    """Return True if eigenvalue `count` equals the next, or with `inside`, if any two of the first equal each other."""
    gaps = eigenvalues[:-1] - eigenvalues[1:]
    close = gaps <= _SINGULAR * eigenvalues[0]
    return bool(close[:count].any() if inside else close[count - 1 : count].any())


def _varimax(loadings: Array) -> Array:
    """Rotate pairs of factors to maximise the variance of squared loadings, rows scaled to 1 (Kaiser 1958)."""
    size, count = loadings.shape
    norms = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rotated = np.divide(loadings, norms, out=np.zeros_like(loadings), where=norms > 1e-9)
    for _ in range(_ROUNDS):
        largest = 0.0
        for f in range(count):
            for g in range(f + 1, count):
                x, y = rotated[:, f].copy(), rotated[:, g].copy()
                u, v = x**2 - y**2, 2 * x * y
                numerator = 2 * (u @ v - u.sum() * v.sum() / size)
                denominator = (u**2 - v**2).sum() - (u.sum() ** 2 - v.sum() ** 2) / size
                angle = float(np.arctan2(numerator, denominator)) / 4
                if np.hypot(numerator, denominator) < 1e-14:
                    angle = 0.0
                rotated[:, f], rotated[:, g] = (
                    x * np.cos(angle) + y * np.sin(angle),
                    y * np.cos(angle) - x * np.sin(angle),
                )
                largest = max(largest, abs(angle))
        if largest < 1e-12:
            break
    return np.where(norms > 1e-9, rotated * norms, loadings)


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
