"""Skewness and kurtosis of a sample."""

from __future__ import annotations

from math import nan, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array


_LARGEST = 900
"""The exponent of values of which any number can be added up."""

_BLOCK = 16_384
"""So many values are raised to powers at a time: they stay near the processor."""


def skewness(values: Array) -> float:
    """Return the adjusted Fisher-Pearson skewness G1; NaN of fewer than three values, or equal ones.

    >>> round(skewness(np.array([1.0, 2.0, 3.0, 10.0])), 6)
    1.763633
    """
    return shape(values)[0]


def kurtosis(values: Array) -> float:
    """Return the adjusted excess kurtosis G2; NaN of fewer than four values, or equal ones.

    >>> round(kurtosis(np.array([1.0, 2.0, 3.0, 10.0])), 6)
    3.228
    """
    return shape(values)[1]


def shape(values: Array) -> tuple[float, float]:
    """Return G1 and G2, as spreadsheets compute them.

    >>> shape(np.array([1.0, 1.0, 1.0, 1.0]))
    (nan, nan)
    """
    if len(values) < 3 or (least := values.min()) == (most := values.max()):
        return nan, nan
    values, over = in_range(values, least, most)
    spread = float(np.ldexp(most, -over) - np.ldexp(least, -over))
    _, m2, m3, m4 = sums_of_powers(values, float(values.mean()), spread) / len(values)
    return adjusted(len(values), m2, m3, m4)


def in_range(values: Array, least: float, most: float) -> tuple[Array, int]:
    """Return values, divided by a power of two where their sum could be too large, and the exponent of it."""
    _, exponent = np.frexp(max(abs(least), abs(most)))
    over = max(0, int(exponent) - _LARGEST)
    return (np.ldexp(values, -over) if over else values), over


def sums_of_powers(values: Array, centre: float, scale: float) -> Array:
    """Return the sums of the first four powers of (x - centre) / scale; a fourth power of x could be too large."""
    sums = np.zeros(4)
    for start in range(0, len(values), _BLOCK):
        distance = (values[start : start + _BLOCK] - centre) / scale
        square = distance * distance
        sums += distance.sum(), square.sum(), (distance * square).sum(), (square * square).sum()
    return sums


def adjusted(n: int, m2: float, m3: float, m4: float) -> tuple[float, float]:
    """Return G1 and G2 of n values with these central moments, NaN where moments are too small to be told from 0."""
    if n < 3 or m2 <= 0 or m2**2 == 0:
        return nan, nan
    g1 = float(m3 / m2**1.5 * sqrt(n * (n - 1)) / (n - 2))
    if n < 4:
        return g1, nan
    return g1, float(((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3)))
