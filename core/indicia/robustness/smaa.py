"""SMAA-2: the central weights of units.

Lahdelma & Salminen (2001), Operations Research 49(3). Rank acceptability is in `rank_distribution`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

_CELLS = 1 << 20
"""The largest number of values in a batch."""


def central_weights(weights: Array, ranks: Array) -> Array:
    """Return the mean of the weights with which each unit is first, shape (n, k); NaN for a unit that never is first.

    `weights` (draws, k) are the weights of the `ranks` (draws, n). Units that share the best rank are all first.

    >>> central_weights(np.array([[0.8, 0.2], [0.6, 0.4], [0.1, 0.9]]), np.array([[1, 2], [1, 2], [2, 1.0]])).round(2)
    array([[0.7, 0.3],
           [0.1, 0.9]])
    """
    units = ranks.shape[1]
    sums, counts = np.zeros((units, weights.shape[1])), np.zeros(units)
    step = max(1, _CELLS // max(units, 1))
    for start in range(0, len(ranks), step):
        batch = slice(start, start + step)
        first = _first(ranks[batch]).astype(float)
        sums += first.T @ weights[batch]
        counts += first.sum(axis=0)
    with np.errstate(invalid="ignore"):
        central: Array = sums / counts[:, None]
    return central


def _first(ranks: Array) -> npt.NDArray[np.bool_]:
    best = np.where(np.isnan(ranks), np.inf, ranks).min(axis=1, keepdims=True)
    first: npt.NDArray[np.bool_] = ranks == best
    return first
