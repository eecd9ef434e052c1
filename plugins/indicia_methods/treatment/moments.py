"""Skewness and kurtosis of a sample."""

from __future__ import annotations

from math import nan, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array


_LARGEST_EXPONENT = 900
"""Largest binary exponent of values whose sum cannot overflow."""

_BLOCK = 16_384
"""Values raised to powers at a time, so that they fit in the cache of a processor."""


def skewness(values: Array) -> float:
    """Return the adjusted Fisher-Pearson skewness G1; NaN for fewer than three values, or equal values.

    >>> round(skewness(np.array([1.0, 2.0, 3.0, 10.0])), 6)
    1.763633
    """
    return shape(values)[0]


def kurtosis(values: Array) -> float:
    """Return the adjusted excess kurtosis G2; NaN for fewer than four values, or equal values.

    >>> round(kurtosis(np.array([1.0, 2.0, 3.0, 10.0])), 6)
    3.228
    """
    return shape(values)[1]


def shape(values: Array) -> tuple[float, float]:
    """Return G1 and G2, as spreadsheets compute them (SKEW and KURT).

    >>> shape(np.array([1.0, 1.0, 1.0, 1.0]))
    (nan, nan)
    """
    if len(values) < 3 or (smallest := values.min()) == (largest := values.max()):
        return nan, nan
    values, excess = scale_into_range(values, smallest, largest)
    spread = float(np.ldexp(largest, -excess) - np.ldexp(smallest, -excess))
    _, m2, m3, m4 = sums_of_powers(values, float(values.mean()), spread) / len(values)
    return adjusted_moments(len(values), m2, m3, m4)


def scale_into_range(values: Array, smallest: float, largest: float) -> tuple[Array, int]:
    """Divide values by a power of two if their sum could overflow; return them and the exponent."""
    _, exponent = np.frexp(max(abs(smallest), abs(largest)))
    excess = max(0, int(exponent) - _LARGEST_EXPONENT)
    return (np.ldexp(values, -excess) if excess else values), excess


def sums_of_powers(values: Array, centre: float, scale: float) -> Array:
    """Return the sums of the first four powers of (x - centre) / scale; a fourth power of x could overflow."""
    sums = np.zeros(4)
    for start in range(0, len(values), _BLOCK):
        distance = (values[start : start + _BLOCK] - centre) / scale
        square = distance * distance
        sums += distance.sum(), square.sum(), (distance * square).sum(), (square * square).sum()
    return sums


def adjusted_moments(n: int, m2: float, m3: float, m4: float) -> tuple[float, float]:
    """Return G1 and G2 of n values from their central moments; NaN if a moment underflows."""
    if n < 3 or m2 <= 0 or m2**2 == 0:
        return nan, nan
    g1 = float(m3 / m2**1.5 * sqrt(n * (n - 1)) / (n - 2))
    if n < 4:
        return g1, nan
    return g1, float(((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3)))
