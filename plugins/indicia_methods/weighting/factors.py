"""Weights from principal components and factors, with what tells whether correlations bear them."""

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

_LINEAR = frozenset(
    {Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT}
)
_SINGULAR = 1e-12
_FOLLOWS = 1e-10
"""Up to which an eigenvalue is none: a component then follows from others."""
_INVOLVED = 1e-4
"""Above which share a component has part in what is linearly dependent."""
_ROUNDS = 1000


@dataclass(frozen=True)
class PrincipalComponent(Weighting):
    """Weigh an indicator by its loading on the first principal component, or on all with an eigenvalue above 1.

    A component has the sign with which its loadings sum to more than 0; several count by their shares of the variance.
    Units that have all indicators are looked at; the measure of sampling adequacy of Kaiser, Meyer & Olkin (KMO) and
    Bartlett's test say whether correlations bear components. There must be more units than indicators, and none that
    follows from the others.
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
    properties = _LINEAR

    squared: Annotated[bool, Field(description="weigh by the squared loading, its share of the variance")] = False
    components: Annotated[
        Literal["first", "above_one"], Field(description="the first component, or all with an eigenvalue above 1")
    ] = "first"

    def weigh(self, indicators: Indicators) -> Weights:
        units, correlation = _correlations(indicators)
        eigenvalues, vectors = _components(correlation)
        count = 1 if self.components == "first" else _above_one(eigenvalues)
        if _tied(eigenvalues, count):
            raise ValueError(
                "no principal component is first: there are several that explain as much"
                if count == 1
                else "some principal components explain as much as each other, so that they are not told apart"
            )
        loadings = vectors[:, :count]
        explained = float(eigenvalues[:count].sum() / eigenvalues.sum())
        facts = _adequacy(units, correlation)
        if count == 1:
            weights = loadings[:, 0] ** (2 if self.squared else 1)
        else:
            weights = (loadings**2 if self.squared else loadings) @ eigenvalues[:count]
            weights = np.where(np.abs(weights) < _SINGULAR, 0.0, weights)
        told: dict[str, float | str] = {"variance explained": explained}
        told |= {"components": count} if self.components == "above_one" else {}
        return Weights(weights, told | facts)


@dataclass(frozen=True)
class Factor(Weighting):
    """Weigh an indicator by its squared loading on the factor it belongs to, times the variance of that factor.

    Factors are the principal components with an eigenvalue above 1, or as many as asked, rotated by varimax with
    Kaiser's normalisation. An indicator belongs to the factor on which it loads most: it has the share of its squared
    loading there, and the factor that of the variance it explains, whose product is as the squared loading. There must
    be more units than indicators, and none that follows from the others.
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
    properties = _LINEAR

    factors: Annotated[
        int | None, Field(ge=1, description="how many; those with an eigenvalue above 1 if not given")
    ] = None
    rotation: Annotated[Literal["varimax", "none"], Field(description="what makes loadings large or small")] = "varimax"

    def weigh(self, indicators: Indicators) -> Weights:
        units, correlation = _correlations(indicators)
        eigenvalues, vectors = _components(correlation)
        count = _above_one(eigenvalues) if self.factors is None else self.factors
        if count > len(eigenvalues):
            raise ValueError(f"{count} factors are asked of {len(eigenvalues)} indicators")
        if _tied(eigenvalues, count, within=self.rotation == "none"):
            raise ValueError("some factors explain as much as each other, so that they are not told apart")
        loadings = vectors[:, :count] * np.sqrt(eigenvalues[:count])
        if self.rotation == "varimax" and count > 1:
            loadings = _varimax(loadings)
        squares = loadings**2
        highest = squares.max(axis=1)
        facts = _adequacy(units, correlation)
        varying = indicators.each(lambda x, s: s.max - s.min) > 0
        weights = np.where(varying & (highest > _SINGULAR), highest, 0.0)
        told: dict[str, float | str] = {
            "variance explained": float(squares.sum() / eigenvalues.sum()),
            "factors": count,
        }
        for name, which in zip(indicators.names, _in_order(squares), strict=True):
            told[f"factor of {name}"] = which
        return Weights(weights, told | facts)


def _correlations(indicators: Indicators) -> tuple[int, Array]:
    """Return how many units have all indicators, and the correlations within them, if components can be taken."""
    units, size = int((~np.isnan(indicators.matrix()).any(axis=1)).sum()), len(indicators.names)
    if units <= size:
        told = f"{units} units are too few for components of {size} indicators, which would fit whatever they were"
        raise ValueError(f"{told}: take more units than indicators")
    correlation = indicators.correlation(rows="complete")
    refuse_dependent(indicators.names, correlation)
    return units, correlation


def refuse_dependent(names: Sequence[str], correlation: Array) -> None:
    """Refuse indicators of which some follow from others, and name those that go together."""
    eigenvalues, vectors = np.linalg.eigh(correlation)
    size, rank = len(names), int((eigenvalues > _FOLLOWS).sum())
    if rank == size:
        return
    rows = _reduced(vectors[:, : size - rank].T)
    dependent = sorted(np.flatnonzero(row).tolist() for row in rows)  # the order of the rows depends on the machine
    groups = [join_names(names[at] for at in places) for places in dependent]
    raise ValueError(
        f"its components are linearly dependent, so that correlations of {size} have rank {rank}: {'; '.join(groups)}. "
        f"Leave out one of {'them' if len(groups) == 1 else 'each'}"
    )


def _reduced(rows: Array) -> Array:
    """Return as many rows that span the same, each with a column of its own; zero is what rounding leaves over."""
    rows = rows.copy()
    own: list[int] = []
    for _ in range(len(rows)):
        free = np.delete(np.arange(len(rows)), own)
        row, column = np.unravel_index(np.abs(rows[free]).argmax(), rows[free].shape)
        pivot = int(free[row])
        own.append(pivot)
        rows[pivot] /= rows[pivot, column]
        others = np.arange(len(rows)) != pivot
        rows[others] -= np.outer(rows[others, column], rows[pivot])
    return np.where(np.abs(rows) > _INVOLVED, rows, 0.0)


def _components(correlation: Array) -> tuple[Array, Array]:
    """Return eigenvalues from the largest down, and their vectors with positive sums, shape (k, k)."""
    eigenvalues, vectors = np.linalg.eigh(correlation)
    vectors = np.where(np.abs(vectors) < _SINGULAR, 0.0, vectors)  # the noise of what does not go with the others
    return eigenvalues[::-1], (vectors * np.where(vectors.sum(axis=0) >= 0, 1.0, -1.0) + 0.0)[:, ::-1]  # 0, not -0


def _above_one(eigenvalues: Array) -> int:
    count = int((eigenvalues > 1 + 1e-9).sum())
    if count == 0:
        raise ValueError("no eigenvalue is above 1: the components do not go together at all")
    return count


def _tied(eigenvalues: Array, count: int, within: bool = True) -> bool:
    """Say whether a component that is taken explains as much as another one; `within` those that are taken, too."""
    off = eigenvalues[:-1] - eigenvalues[1:]
    close = off <= _SINGULAR * eigenvalues[0]
    return bool(close[:count].any() if within else close[count - 1 : count].any())


def _varimax(loadings: Array) -> Array:
    """Turn factors so that squared loadings vary most within each, pair by pair, rows scaled to 1 (Kaiser 1958)."""
    size, count = loadings.shape
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    turned = np.divide(loadings, length, out=np.zeros_like(loadings), where=length > 1e-9)
    for _ in range(_ROUNDS):
        largest = 0.0
        for f in range(count):
            for g in range(f + 1, count):
                x, y = turned[:, f].copy(), turned[:, g].copy()
                u, v = x**2 - y**2, 2 * x * y
                above = 2 * (u @ v - u.sum() * v.sum() / size)
                below = (u**2 - v**2).sum() - (u.sum() ** 2 - v.sum() ** 2) / size
                angle = float(np.arctan2(above, below)) / 4
                if np.hypot(above, below) < 1e-14:
                    angle = 0.0
                turned[:, f], turned[:, g] = (
                    x * np.cos(angle) + y * np.sin(angle),
                    y * np.cos(angle) - x * np.sin(angle),
                )
                largest = max(largest, abs(angle))
        if largest < 1e-12:
            break
    return np.where(length > 1e-9, turned * length, loadings)


def _in_order(squares: Array) -> list[int]:
    """Return to which factor each indicator belongs, counted from the one with the largest variance."""
    order = np.argsort(-squares.sum(axis=0), kind="stable")
    return [int(factor) for factor in squares[:, order].argmax(axis=1) + 1]


def _adequacy(units: int, correlation: Array) -> dict[str, float | str]:
    """Return KMO and Bartlett's test, which say whether correlations bear components."""
    size = len(correlation)
    inverse = np.linalg.inv(correlation)
    scale = np.sqrt(np.diag(inverse))
    partial = inverse / np.outer(scale, scale)
    pairs = np.triu_indices(size, 1)
    together, alone = (correlation[pairs] ** 2).sum(), (partial[pairs] ** 2).sum()
    statistic = -(units - 1 - (2 * size + 5) / 6) * float(np.linalg.slogdet(correlation)[1])
    freedom = size * (size - 1) // 2
    facts: dict[str, float | str] = {"KMO": float(together / (together + alone))} if together + alone > 0 else {}
    facts |= {"Bartlett": max(statistic, 0.0), "Bartlett df": freedom, "Bartlett p": _beyond(statistic, freedom)}
    return facts


def _beyond(value: float, freedom: int) -> float:
    """Return how probable a larger value of χ² is, by the recurrence of the incomplete gamma function."""
    half = value / 2
    if half <= 0:
        return 1.0
    found, at = (erfc(sqrt(half)), 0.5) if freedom % 2 else (exp(-half), 1.0)
    while at < freedom / 2:
        found += exp(at * log(half) - half - lgamma(at + 1))
        at += 1
    return min(found, 1.0)
