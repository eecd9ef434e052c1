"""Equality of figures up to rounding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Column: TypeAlias = Sequence[float | None]

EXACT, CLOSE = 1e-12, 1e-9
"""The largest difference between figures, as a share of the largest figure."""


def size_of(*columns: Column) -> float:
    """Return the largest absolute value, which scales the tolerance of rounding.

    The result is at least 0.001, since smaller figures may all be rounding errors of zero.
    """
    return max([1e-3, *(abs(value) for column in columns for value in column if value is not None)])


def equal(column: Column, expected: Column, tolerance: float) -> bool:
    """Compare two columns up to rounding; their gaps must be in the same places."""
    if [value is None for value in column] != [value is None for value in expected]:
        return False
    pairs = [(a, b) for a, b in zip(column, expected, strict=True) if a is not None and b is not None]
    size = size_of([a for a, _ in pairs], [b for _, b in pairs])
    return all(abs(a - b) <= tolerance * size for a, b in pairs)


def sign(difference: float, size: float, tolerance: float = CLOSE) -> int:
    """Return the sign of a difference; a difference by rounding alone is 0."""
    return 0 if abs(difference) <= tolerance * size else (1 if difference > 0 else -1)
