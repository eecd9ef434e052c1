"""Divided differences of powers and of the logarithm, and weighted power means of many rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array

_NEAR = 0.5
"""Values differ little if their distance is less than this share of the larger value."""


def divided_difference(first: Array, second: Array, power: float) -> Array:
    """Return (h(a) - h(b)) / (a - b), and h'(a) where a = b.

    h is the logarithm for power 0, otherwise a power with the sign that makes it rise. So no result is negative.

    Parameters
    ----------
    first, second : Array
        The values a and b, of shapes that broadcast. They are not negative, except for power 1.
    power : float
        The order of the power mean whose scale h is: 1 arithmetic, 0 geometric, -1 harmonic, p.

    Returns
    -------
    Array
        The divided differences; infinite where h is infinite at one of the values, or steep without limit at both.

    Notes
    -----
    Near values lose no digits: with t = (a - b) / b, the logarithm is log1p(t) / (b t), and the power is
    b^p expm1(p log1p(t)) / (b t), where b is the larger value. The result for power 0 is 1 / L(a, b), with the
    logarithmic mean L (Carlson 1972, American Mathematical Monthly 79(6)).

    Examples
    --------
    >>> import numpy as np
    >>> a, b = np.array([4.0, 2.0, 0.0]), np.array([1.0, 2.0, 2.0])
    >>> divided_difference(a, b, 2).tolist(), divided_difference(a, b, -1).tolist()
    ([5.0, 4.0, 2.0], [0.25, 0.25, inf])
    """
    if power == 1:
        return np.where(np.isnan(first) | np.isnan(second), np.nan, 1.0)
    if power == -1:
        with np.errstate(divide="ignore"):
            return 1 / (first * second)
    large, small = np.maximum(first, second), np.minimum(first, second)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = log_ratio(small, large)
        rise = -ratio if power == 0 else -np.sign(power) * large**power * np.expm1(power * ratio)
        slope = 1 / large if power == 0 else abs(power) * large ** (power - 1)
        difference: Array = np.where(large == small, slope, rise / (large - small))
    return difference


def log_ratio(numerator: Array, denominator: Array) -> Array:
    """Return ln(a / b) of values that are not negative; near values lose no digits.

    >>> import numpy as np
    >>> float(log_ratio(np.array(1.0 + 1e-15), np.array(1.0))) < 1.2e-15
    True
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (numerator - denominator) / denominator
        ratio: Array = np.where(np.abs(share) < _NEAR, np.log1p(share), np.log(numerator / denominator))
    return ratio


def power_mean(values: Array, weights: Array, power: float) -> Array:
    """Return the weighted power mean of each row.

    Parameters
    ----------
    values : Array
        Shape (n, k); not negative, except for power 1. A value with weight 0 may be missing.
    weights : Array
        Shape (n, k); a row with the weight 0 everywhere has no mean.
    power : float
        The order of the mean.

    Returns
    -------
    Array
        Shape (n,); missing (NaN) where a row has no weight.

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.array([[1.0, 4.0]]), np.array([[0.5, 0.5]])
    >>> [round(power_mean(x, w, power).item(), 3) for power in (1, 0, -1, 2)]
    [2.5, 2.0, 1.6, 2.915]
    """
    counts = weights != 0
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = weights / weights.sum(axis=1, keepdims=True)
        if power == 1:
            return _sum(shares * values, counts)
        # the largest value, or the smallest for a negative power, is divided out, since powers may overflow
        ends = np.where(counts, values, -np.inf if power > 0 else np.inf)
        size = ends.max(axis=1) if power > 0 else ends.min(axis=1)
        size = np.where((size > 0) & np.isfinite(size), size, 1.0)
        scaled = values / size[:, None]
        if power == 0:
            return np.exp(_sum(shares * np.log(scaled), counts)) * size
        mean: Array = size * _sum(shares * scaled**power, counts) ** (1 / power)
    return mean


def _sum(terms: Array, counts: Array) -> Array:
    """Return the sum of the terms that count, and NaN in rows without any."""
    total: Array = np.where(counts, terms, 0.0).sum(axis=1)
    return np.where(counts.any(axis=1), total, np.nan)
