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


def shifted_weights(values: Array, weights: Array, power: float, means: Array) -> Array:
    """Return the weights v with which a weighted power mean is the arithmetic mean Σ v z.

    Parameters
    ----------
    values : Array
        The values z, shape (n, k); not negative, except for power 1. A value with weight 0 may be missing.
    weights : Array
        The weights, shape (n, k).
    power : float
        The order of the mean.
    means : Array
        The means of the rows, shape (n,).

    Returns
    -------
    Array
        Shape (n, k); each row sums to 1. Where the mean is 0, zeros share the weight.

    Notes
    -----
    From Σ w (h(z) - h(M)) = 0 follows M = Σ v z with v = w h[z, M] / Σ w h[z, M], where h[·,·] is the divided
    difference (Balk 2008, Price and Quantity Index Numbers, eq. 4.13).

    Examples
    --------
    >>> x, w = np.array([[1.0, 4.0]]), np.array([[0.5, 0.5]])
    >>> [shifted_weights(x, w, power, power_mean(x, w, power)).round(3).tolist() for power in (1, 0, -1)]
    [[[0.5, 0.5]], [[0.667, 0.333]], [[0.8, 0.2]]]
    """
    size = np.where(means > 0, means, 1.0)[:, None]  # the ratio of differences does not depend on the scale
    slopes = divided_difference(values / size, means[:, None] / size, power)
    with np.errstate(divide="ignore", invalid="ignore"):
        products = np.where(weights > 0, weights * slopes, 0.0)
        total = products.sum(axis=1, keepdims=True)
        # at a mean of zero h is steep without limit, and steepest at the zeros, which share the weight; where h is
        # flat, weights stay
        steep = np.where(np.isinf(products), weights, 0.0)
        of_zeros = np.where(values == 0, steep, 0.0)
        steep = np.where(of_zeros.any(axis=1, keepdims=True), of_zeros, steep)
        of_steep = steep / steep.sum(axis=1, keepdims=True)
        shifted: Array = np.where(np.isinf(total), of_steep, np.where(total == 0, weights, products / total))
    return shifted


def weights_of_sum(values: Array, weights: Array, power: float) -> Array:
    """Return the weights v with which the scores by a power mean are Σ v z, shape (n, k).

    Weights of a geometric mean may have any sum: its score is then a product of powers, Π z^w.

    >>> x, w = np.array([[2.0, 3.0]]), np.array([[1.0, 2.0]])
    >>> round(float((weights_of_sum(x, w, 0) * x).sum()), 9)
    18.0
    """
    means, total = power_mean(values, weights, power), weights.sum(axis=1)
    factor = total if power == 1 else means ** (total - 1) if power == 0 else np.ones(len(means))
    weights_of_score: Array = shifted_weights(values, weights, power, means) * factor[:, None]
    return weights_of_score


def _sum(terms: Array, counts: Array) -> Array:
    """Return the sum of the terms that count, and NaN in rows without any."""
    total: Array = np.where(counts, terms, 0.0).sum(axis=1)
    return np.where(counts.any(axis=1), total, np.nan)
