"""Probabilities of test statistics, to the precision of double numbers and without an optional library."""

from __future__ import annotations

import math

from indicia.analysis.convergence import two_sided


def correlation_p(r: float, free: int) -> float | None:
    """Return the two-sided probability of a correlation at least as large, by Student's t; None without freedom.

    >>> round(correlation_p(0.413, 21), 3)
    0.05
    >>> correlation_p(-1.0, 3)
    0.0
    """
    if free < 1:
        return None
    rest = 1 - r * r
    return two_sided(r * math.sqrt(free / rest), free) if rest > 0 else 0.0


def normal_p(z: float) -> float:
    """Return the two-sided probability of a standard normal value at least as large.

    >>> round(normal_p(1.959964), 6)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2))


def chi_square_p(x: float, free: int) -> float:
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
    return 1 - front * _series(a, half) if half < a + 1 else front * _fraction(a, half)


def _series(a: float, x: float) -> float:
    term = total = 1 / a
    place = a
    while term > total * 1e-17:
        place += 1
        term *= x / place
        total += term
    return total


def _fraction(a: float, x: float) -> float:
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    fraction = d
    for m in range(1, 100_000):
        factor = -m * (m - a)
        b += 2
        d = 1 / ((factor * d + b) or tiny)
        c = (b + factor / c) or tiny
        fraction *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return fraction
