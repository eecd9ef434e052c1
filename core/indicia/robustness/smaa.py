"""SMAA-2: which weights speak for a unit, and how sure it is to be first by them.

Lahdelma & Salminen (2001), Operations Research 49(3). Rank acceptability is in `standing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia.errors import DefinitionError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from indicia.methods import Array

Importance: TypeAlias = Literal["centroid", "inverse", "linear"]

_CELLS = 1 << 20
"""The most numbers that a step holds at once."""


def central_weights(weights: Array, ranks: Array) -> Array:
    """Return the mean of the weights by which each unit is first, shape (n, k); NaN for a unit that never is.

    `weights` (draws, k) are those that the `ranks` (draws, n) were made by. Units that share the first rank are all
    first.

    >>> central_weights(np.array([[0.8, 0.2], [0.6, 0.4], [0.1, 0.9]]), np.array([[1, 2], [1, 2], [2, 1.0]])).round(2)
    array([[0.7, 0.3],
           [0.1, 0.9]])
    """
    units = ranks.shape[1]
    sums, counts = np.zeros((units, weights.shape[1])), np.zeros(units)
    step = max(1, _CELLS // max(units, 1))
    for start in range(0, len(ranks), step):
        some = slice(start, start + step)
        first = _first(ranks[some]).astype(float)
        sums += first.T @ weights[some]
        counts += first.sum(axis=0)
    with np.errstate(invalid="ignore"):
        central: Array = sums / counts[:, None]
    return central


def confidence(central: Array, ranks_at: Callable[[Array], Array]) -> Array:
    """Return the probability of each unit (n,) to be first if its central weights held; NaN where it has none.

    `central` (n, k) comes from `central_weights`; `ranks_at` takes weights (k,) and returns ranks (draws, n), whatever
    else is uncertain being drawn. Where nothing else is, confidence is 1 or 0.

    >>> confidence(np.array([[0.7, 0.3], [np.nan, np.nan]]), lambda weights: np.array([[1.0, 2.0], [2.0, 1.0]]))
    array([0.5, nan])
    """
    found = np.full(len(central), np.nan)
    for unit in np.flatnonzero(np.isfinite(central).all(axis=1)):
        found[unit] = _first(ranks_at(central[unit]))[:, unit].mean()
    return found


def holistic(acceptability: Array, importance: Importance = "centroid") -> Array:
    """Return the acceptability of each unit (n,) over all its ranks, of which better ones count more.

    `acceptability` (n, n) comes from `standing.acceptability`. The rank r of n counts 1/r (inverse), (n - r)/(n - 1)
    (linear), or Σ_{i ≥ r} 1/i / Σ 1/i (centroid).

    >>> holistic(np.array([[1.0, 0.0], [0.0, 1.0]]), "inverse").tolist()
    [1.0, 0.5]
    """
    if importance not in _IMPORTANCE:
        raise DefinitionError(f'unknown importance of ranks "{importance}"', remedy=nearest(importance, _IMPORTANCE))
    found: Array = acceptability @ _IMPORTANCE[importance](np.arange(1.0, acceptability.shape[1] + 1))
    return found


def _first(ranks: Array) -> npt.NDArray[np.bool_]:
    best = np.where(np.isnan(ranks), np.inf, ranks).min(axis=1, keepdims=True)
    first: npt.NDArray[np.bool_] = ranks == best
    return first


def _centroid(places: Array) -> Array:
    from_here = (1 / places)[::-1].cumsum()[::-1]
    centroid: Array = from_here / from_here[0]
    return centroid


def _inverse(places: Array) -> Array:
    return 1 / places


def _linear(places: Array) -> Array:
    return (len(places) - places) / max(len(places) - 1, 1)


_IMPORTANCE: dict[str, Callable[[Array], Array]] = {"centroid": _centroid, "inverse": _inverse, "linear": _linear}
