"""Common weights of all units, at the least squares distance to the scores by own weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import require_optional

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia_methods.arrays import Integers

_TOLERANCE = 1e-7
"""Units with a score this close to 1 are among the best."""

_STEPS = 200
"""Limit of the steps; many are needed only if components are nearly linear combinations of others."""


def common_weights(values: Array, target: Array, multiplicity: Integers) -> Array:
    """Return the non-negative weights whose scores are nearest to the target, with no score above 1.

    `multiplicity` is the number of units with the same values. If components are linearly dependent, several weights
    are optimal. So each step adds a small penalty on the distance from the last weights, which makes its solution
    unique (proximal point method). The steps end when the scores no longer change.
    """
    best_units = values[target >= 1 - _TOLERANCE]
    limits = np.concatenate([np.eye(values.shape[1]), -best_units])
    bounds = np.concatenate([np.zeros(values.shape[1]), -np.ones(len(best_units))])
    root_multiplicity = np.sqrt(multiplicity)
    damping = 1e-4 * (np.linalg.norm(values * root_multiplicity[:, None], 2) or 1.0)
    stacked = np.concatenate([values * root_multiplicity[:, None], damping * np.eye(values.shape[1])])
    orthogonal, triangular = np.linalg.qr(stacked)
    limits_in_basis = np.linalg.solve(triangular.T, limits.T).T
    weights = np.zeros(values.shape[1])
    for _ in range(_STEPS):
        projected = orthogonal.T @ np.concatenate([target * root_multiplicity, damping * weights])
        next_weights = np.linalg.solve(
            triangular, projected + _least_norm(limits_in_basis, bounds - limits_in_basis @ projected)
        )
        change = np.abs(values @ (next_weights - weights)).max()
        weights = np.maximum(next_weights, 0.0)
        if change < 1e-13:
            break
    return weights


def _least_norm(limits: Array, bounds: Array) -> Array:
    """Return the vector of least norm that satisfies the limits (LDP: Lawson & Hanson 1974, chapter 23)."""
    stacked = np.concatenate([limits.T, bounds[None, :]])
    last = np.zeros(len(stacked))
    last[-1] = 1.0
    multipliers, _ = require_optional("scipy.optimize", "common weights", "scipy").nnls(stacked, last)
    rest = stacked @ multipliers - last
    least: Array = -rest[:-1] / rest[-1]
    return least
