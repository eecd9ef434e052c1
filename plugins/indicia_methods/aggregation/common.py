"""Weights that all units have in common, near to what each would choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import require_optional

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

_BEST = 1e-7
"""A unit that is no further than this from 1 is among the best."""

_STEPS = 200
"""The most steps towards common weights; few are taken unless components are nearly sums of others."""


def common_weights(values: Array, wanted: Array, counts: npt.NDArray[np.int64]) -> Array:
    """Return the weights, none negative, by which no unit is worth more than 1 and all are nearest to what is wanted.

    `counts` says how many units have the same values. A component may be a sum of others, so that many weights are as
    near. Each step looks no further than near the last one, which makes its solution one; where no step moves the worth
    of the units, they are as near as can be.
    """
    best = values[wanted >= 1 - _BEST]
    limits = np.concatenate([np.eye(values.shape[1]), -best])
    bounds = np.concatenate([np.zeros(values.shape[1]), -np.ones(len(best))])
    often = np.sqrt(counts)
    near = 1e-4 * (np.linalg.norm(values * often[:, None], 2) or 1.0)
    stacked = np.concatenate([values * often[:, None], near * np.eye(values.shape[1])])
    orthogonal, triangular = np.linalg.qr(stacked)
    across = np.linalg.solve(triangular.T, limits.T).T
    weights = np.zeros(values.shape[1])
    for _ in range(_STEPS):
        target = orthogonal.T @ np.concatenate([wanted * often, near * weights])
        found = np.linalg.solve(triangular, target + _least(across, bounds - across @ target))
        moved = np.abs(values @ (found - weights)).max()
        weights = np.maximum(found, 0.0)
        if moved < 1e-13:
            break
    return weights


def _least(limits: Array, bounds: Array) -> Array:
    """Return the smallest vector that is within limits (Lawson & Hanson 1974, chapter 23)."""
    stacked = np.concatenate([limits.T, bounds[None, :]])
    last = np.zeros(len(stacked))
    last[-1] = 1.0
    multipliers, _ = require_optional("scipy.optimize", "common weights", "scipy").nnls(stacked, last)
    rest = stacked @ multipliers - last
    least: Array = -rest[:-1] / rest[-1]
    return least
