"""Intervals of correlations, and the severity of a finding about a cut-off that an interval covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.checks import Sentence
from indicia.statistics.probabilities import correlation_interval

if TYPE_CHECKING:
    from indicia.checks import Severity


def interval(r: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a correlation of n pairs, by Fisher's transformation; -1 to 1 for fewer than 4 pairs.

    >>> tuple(round(end, 3) for end in interval(0.8, 20))
    (0.553, 0.918)
    """
    low, high = correlation_interval(np.array(r), n)
    return float(low), float(high)


def interval_text(r: float, n: int) -> str:
    """Return the 95 % interval of a correlation as words in brackets.

    >>> interval_text(0.8, 20)
    '(95 % interval 0.55 to 0.92)'
    """
    low, high = interval(r, n)
    return Sentence("(95 % interval {low:z.2f} to {high:z.2f})", low=low, high=high)


def severity_at(r: float, n: int, cut: float, severity: Severity | None = None) -> Severity | None:
    """Return the severity of a correlation beyond a cut-off: information if its 95 % interval covers the cut-off.

    `cut` has the sign of the side that is at issue: -0.4 for a correlation below -0.4. `severity` is that of a
    certain finding; None leaves it to the check.

    >>> severity_at(-0.45, 23, -0.4), severity_at(-0.9, 23, -0.4, "error")
    ('information', 'error')
    """
    return severity_beside(interval(r, n), cut, severity)


def severity_beside(ends: tuple[float, float], cut: float, severity: Severity | None = None) -> Severity | None:
    """Return the severity of a figure beyond a cut-off: information if its interval covers the cut-off.

    >>> severity_beside((0.1, 0.4), 0.3), severity_beside((0.1, 0.2), 0.3, "warning")
    ('information', 'warning')
    """
    low, high = ends
    return "information" if low <= cut <= high else severity
