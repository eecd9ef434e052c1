"""Rotations of loadings to simple structure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array

_ROUNDS = 1000
_SMALLEST_ANGLE = 1e-12
_SMALLEST_LENGTH = 1e-9


def varimax(loadings: Array) -> Array:
    """Rotate pairs of factors to maximise the variance of squared loadings, rows scaled to length 1 (Kaiser 1958)."""
    lengths = _lengths(loadings)
    rotated = loadings / lengths
    size, count = loadings.shape
    for _ in range(_ROUNDS):
        largest = 0.0
        for first in range(count):
            for second in range(first + 1, count):
                x, y = rotated[:, first].copy(), rotated[:, second].copy()
                u, v = x**2 - y**2, 2 * x * y
                numerator = 2 * (u @ v - u.sum() * v.sum() / size)
                denominator = (u**2 - v**2).sum() - (u.sum() ** 2 - v.sum() ** 2) / size
                angle = float(np.arctan2(numerator, denominator)) / 4
                if np.hypot(numerator, denominator) < 1e-14:  # every angle is as good
                    continue
                rotated[:, first] = x * np.cos(angle) + y * np.sin(angle)
                rotated[:, second] = y * np.cos(angle) - x * np.sin(angle)
                largest = max(largest, abs(angle))
        if largest < _SMALLEST_ANGLE:
            break
    return np.asarray(rotated * lengths)


def promax(rotated: Array, *, by_length: bool, power: int = 4) -> tuple[Array, Array]:
    """Turn each factor of varimax towards the powers of its loadings; return loadings and correlations of factors.

    With `by_length` the rows have length 1 during the fit. U is the least-squares fit of V to sign(V) |V|^power, its
    columns scaled by √diag((U'U)⁻¹); the loadings are V U, the correlations (U'U)⁻¹ (Hendrickson & White 1964).
    """
    lengths = _lengths(rotated) if by_length else np.ones((len(rotated), 1))
    start = rotated / lengths
    target = np.sign(start) * np.abs(start) ** power
    turn = np.linalg.lstsq(start, target, rcond=None)[0]
    turn = turn * np.sqrt(np.diag(np.linalg.inv(turn.T @ turn)))
    return start @ turn * lengths, np.linalg.inv(turn.T @ turn)


def _lengths(loadings: Array) -> Array:
    """Return the lengths of rows, 1 for a row of zeros."""
    lengths = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    return np.where(lengths > _SMALLEST_LENGTH, lengths, 1.0)
