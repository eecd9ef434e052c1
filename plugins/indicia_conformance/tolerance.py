"""The failure of a promise, and the tolerance of figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias


class BrokenPromise(AssertionError):
    """A method does not keep a promise."""

    def __init__(self, message: str, *, is_fault_of_code: bool = False, is_without_example: bool = False) -> None:
        super().__init__(message)
        self.is_without_example = is_without_example
        """True if the method refused all tables that were tried."""
        self.is_fault_of_code = is_fault_of_code
        """True if the method raised, warned, printed or drew random numbers: no declaration excuses that."""


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
