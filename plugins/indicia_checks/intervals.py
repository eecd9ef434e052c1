"""Intervals of correlations, and the severity of a finding about a cut-off that an interval covers."""

from __future__ import annotations

from math import atanh, sqrt, tanh
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indicia.checks import Severity

_NORMAL = 1.959964
"""The 97.5 % quantile of the standard normal distribution."""


def interval(r: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a correlation of n pairs, by Fisher's transformation; -1 to 1 for fewer than 4 pairs.

    >>> tuple(round(end, 3) for end in interval(0.8, 20))
    (0.553, 0.918)
    """
    if n < 4:
        return -1.0, 1.0
    if abs(r) >= 1:
        return r, r
    centre, width = atanh(r), _NORMAL / sqrt(n - 3)
    return tanh(centre - width), tanh(centre + width)


def interval_text(r: float, n: int) -> str:
    """Return the 95 % interval of a correlation as words in brackets.

    >>> interval_text(0.8, 20)
    '(95 % interval 0.55 to 0.92)'
    """
    low, high = interval(r, n)
    return f"(95 % interval {low:z.2f} to {high:z.2f})"


def severity_at(r: float, n: int, cut: float, severity: Severity | None = None) -> Severity | None:
    """Return the severity of a correlation beyond a cut-off: information if its 95 % interval covers the cut-off.

    `cut` has the sign of the side that is at issue: -0.4 for a correlation below -0.4. `severity` is that of a
    certain finding; None leaves it to the check.

    >>> severity_at(-0.45, 23, -0.4), severity_at(-0.9, 23, -0.4, "error")
    ('information', 'error')
    """
    low, high = interval(r, n)
    return "information" if low <= cut <= high else severity
