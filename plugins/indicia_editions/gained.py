"""The sign of moves in rank for readers: tables have the new minus the old rank, and pages the places gained."""

from __future__ import annotations

from typing import TypeVar

Shift = TypeVar("Shift", float, float | None)


def gained(shift: Shift) -> Shift:
    """Return the places that a unit gained by a shift of its rank, new - old; a fall is negative.

    >>> gained(-4.0), gained(57.0), gained(0.0), gained(None)
    (4.0, -57.0, 0.0, None)
    """
    return shift if shift is None else 0 - shift  # a negation would write -0 for a unit that stays
