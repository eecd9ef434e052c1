"""Probabilities of test statistics, to the precision of double numbers and without an optional library."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods.contract import Array

_TINY = 1e-300
"""In place of a denominator of 0."""
_MAX_TERMS = 100_000
_NORMAL = 1.959964
"""The 97.5 % quantile of the standard normal distribution."""


def correlation_p(r: Array, free: Array | int) -> Array:
    """Return two-sided probabilities of correlations at least as large, by Student's t; NaN without freedom.

    It is the regularised incomplete beta function of 1 - r² at f / 2 and 1 / 2, as a continued fraction (Numerical
    Recipes, section 6.4).

    >>> correlation_p(np.array([0.413, -1.0, 0.0]), 21).round(3)
    array([0.05, 0.  , 1.  ])
    """
    r, free = np.broadcast_arrays(np.asarray(r, np.float64), np.asarray(free, np.float64))
    a, x, b = free / 2, (1 - r) * (1 + r), np.full(r.shape, 0.5)
    is_usable = (free >= 1) & (x > 0)
    p = np.where((free >= 1) & ~np.isnan(r), 0.0, np.nan)
    a, x, b = a[is_usable], x[is_usable], b[is_usable]
    is_zero = x == 1  # a correlation of 0
    powers = a * np.log(x) + b * np.log1p(-np.where(is_zero, 0.5, x))
    front = np.where(is_zero, 0.0, np.exp(_log_gamma(a + b) - _log_gamma(a) - _log_gamma(b) + powers))
    is_tail = x < (a + 1) / (a + b + 2)
    first, second, place = np.where(is_tail, a, b), np.where(is_tail, b, a), np.where(is_tail, x, 1 - x)
    part = front * _beta_fraction(first, second, place) / first
    p[is_usable] = np.where(is_tail, part, 1 - part)
    return p


def f_p(f: float, free: int, free_residual: int) -> float:
    """Return the probability that an F value with these degrees of freedom exceeds `f`.

    It is the regularised incomplete beta function of d / (d + c f) at d / 2 and c / 2, for c and d degrees of freedom.

    >>> round(f_p(4.964602743730711, 1, 10), 9), f_p(0.0, 3, 10)
    (0.05, 1.0)
    """
    if f <= 0:
        return 1.0
    a, b, x = free_residual / 2, free / 2, free_residual / (free_residual + free * f)
    powers = a * math.log(x) + b * math.log1p(-x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + powers)
    is_tail = x < (a + 1) / (a + b + 2)
    first, second, place = (a, b, x) if is_tail else (b, a, 1 - x)
    part = front * float(_beta_fraction(*(np.array([value]) for value in (first, second, place)))[0]) / first
    return part if is_tail else 1 - part


def correlation_interval(r: Array, units: Array | int) -> tuple[Array, Array]:
    """Return the ends of the 95 % intervals of correlations, by Fisher's transformation; -1 and 1 below 4 units.

    >>> low, high = correlation_interval(np.array([0.8, 1.0]), np.array([20, 20]))
    >>> low.round(3), high.round(3)
    (array([0.553, 1.   ]), array([0.918, 1.   ]))
    """
    r, units = np.broadcast_arrays(np.asarray(r, np.float64), np.asarray(units, np.float64))
    with np.errstate(divide="ignore"):
        centre = np.arctanh(r)
    width = _NORMAL / np.sqrt(np.maximum(units - 3, 1))
    is_wide = units < 4
    return np.where(is_wide, -1.0, np.tanh(centre - width)), np.where(is_wide, 1.0, np.tanh(centre + width))


def normal_p(z: float) -> float:
    """Return the two-sided probability of a standard normal value at least as large.

    >>> round(normal_p(1.959964), 6)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2))


def chi_square_p(x: float, free: float) -> float:
    """Return the probability that a chi-square value with `free` degrees of freedom exceeds `x`.

    It is the regularised incomplete gamma function Q(f / 2, x / 2): a series for small x, a continued fraction for
    large x (Numerical Recipes, section 6.2).

    >>> round(chi_square_p(3.841458820694124, 1), 12), round(chi_square_p(18.307038053275146, 10), 12)
    (0.05, 0.05)
    """
    a, half = free / 2, x / 2
    if half <= 0:
        return 1.0
    front = math.exp(a * math.log(half) - half - math.lgamma(a))
    return 1 - front * _series(a, half) if half < a + 1 else front * _gamma_fraction(a, half)


def _log_gamma(x: Array) -> Array:
    values, places = np.unique(x, return_inverse=True)
    return np.array([math.lgamma(value) for value in values])[places]


def _beta_fraction(a: Array, b: Array, x: Array) -> Array:
    c = np.ones_like(x)
    d = 1 / _nonzero(1 - (a + b) * x / (a + 1))
    fraction = d.copy()
    for m in range(1, _MAX_TERMS):
        step = np.ones_like(x)
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _nonzero(1 + factor * d)
            c = _nonzero(1 + factor / c)
            step = c * d
            fraction = fraction * step
        if (np.abs(step - 1) < 1e-15).all():
            break
    return fraction


def _nonzero(x: Array) -> Array:
    return np.where(x == 0, _TINY, x)


def _series(a: float, x: float) -> float:
    term = total = 1 / a
    place = a
    while term > total * 1e-17:
        place += 1
        term *= x / place
        total += term
    return total


def _gamma_fraction(a: float, x: float) -> float:
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / b
    fraction = d
    for m in range(1, _MAX_TERMS):
        factor = -m * (m - a)
        b += 2
        d = 1 / ((factor * d + b) or _TINY)
        c = (b + factor / c) or _TINY
        fraction *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return fraction
