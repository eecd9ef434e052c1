"""The distance correlation of two arrays, in O(n log n) time and O(n) memory.

Source: Székely, Rizzo & Bakirov (2007), Annals of Statistics 35(6); the bias-corrected form is Székely & Rizzo (2014),
Annals of Statistics 42(6), and the fast algorithm after Huo & Székely (2016), Technometrics 58(4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array


_NOISE = 1e-12
"""A distance variance below this share of the sum of squared distances is 0 but for rounding."""


def distance_correlation(x: Array, y: Array) -> tuple[float, float | None]:
    """Return the distance correlation, and the bias-corrected squared distance correlation, which may be negative.

    The distances a = |x_i - x_j| and b = |y_i - y_j| have the sums a_i and b_i by row, and a.. and b.. in all. The
    squared distance covariance is Σ a b / n² - 2 Σ a_i b_i / n³ + a.. b.. / n⁴. The unbiased form divides by n (n - 3),
    n - 2 and (n - 1) (n - 2) instead; it needs four units, and is
    None for fewer, or if all values but one are equal, which have no unbiased distance variance.

    >>> distance_correlation(np.array([1.0, 2.0, 3.0, 5.0]), np.array([2.0, 4.0, 6.0, 10.0]))
    (1.0, 1.0)
    """
    z, v = _standardised(x), _standardised(y)
    n = len(z)
    a, b = _distance_sums(z), _distance_sums(v)
    squares = 2.0 * n**2  # Σ a² = 2 n Σ z² - 2 (Σ z)² of standardised values
    sums = [
        (a_b, float(rows @ other_rows), float(rows.sum() * other_rows.sum()))
        for a_b, rows, other_rows in ((_products(z, v), a, b), (squares, a, a), (squares, b, b))
    ]
    biased = [a_b / n**2 - 2 * rows / n**3 + total / n**4 for a_b, rows, total in sums]
    correlation = float(np.sqrt(max(biased[0], 0.0) / np.sqrt(biased[1] * biased[2])))
    if n < 4:
        return correlation, None
    # the factor 1 / (n (n - 3)) of the unbiased form cancels out
    unbiased = [a_b - 2 * rows / (n - 2) + total / ((n - 1) * (n - 2)) for a_b, rows, total in sums]
    if min(unbiased[1:]) <= _NOISE * squares:
        return correlation, None
    return correlation, float(unbiased[0] / np.sqrt(unbiased[1] * unbiased[2]))


def _standardised(x: Array) -> Array:
    """Return the values about their mean, in units of their standard deviation: sums lose fewer digits."""
    standardised: Array = (x - x.mean()) / x.std()
    return standardised


def _distance_sums(x: Array) -> Array:
    """Return the sum of the distances of each value to all values."""
    order = np.argsort(x, kind="stable")
    ordered = x[order]
    before = ordered.cumsum() - ordered
    position = np.arange(len(x))
    sums = np.empty_like(x)
    sums[order] = ordered * position - before + (ordered.sum() - before - ordered) - ordered * (len(x) - 1 - position)
    return sums


def _products(x: Array, y: Array) -> float:
    """Return Σ |x_i - x_j| |y_i - y_j| over all ordered pairs.

    In the order of x, a pair has the product (x_j - x_i) (y_j - y_i) with the sign of y_j - y_i. Each pass of a merge
    sort meets the pairs of two neighbouring halves: in the order of y, sums of 1, x, y and x y over the units of the
    left half give all products with a unit of the right half.
    """
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    by_y = np.argsort(y, kind="stable")
    position = np.arange(len(x))
    columns = np.stack([np.ones_like(x), x, y, x * y])
    total, half = 0.0, 1
    while half < len(x):
        pair = by_y // (2 * half)
        at = by_y[np.argsort(pair, kind="stable")]  # pair of halves by pair, in the order of y
        is_left = at // half % 2 == 0
        sums = np.concatenate([np.zeros((4, 1)), np.where(is_left, columns[:, at], 0.0).cumsum(axis=1)], axis=1)
        ends = np.minimum(2 * half * (position // (2 * half) + 1), len(x))
        begins = 2 * half * (position // (2 * half))
        # below: left units with a lower y than the right unit; above: the others of the same pair of halves
        below = sums[:, position] - sums[:, begins]
        above = sums[:, ends] - sums[:, position]
        count, sum_x, sum_y, sum_xy = (below - above)[:, ~is_left]
        x_right, y_right = x[at][~is_left], y[at][~is_left]
        total += float((x_right * y_right * count - y_right * sum_x - x_right * sum_y + sum_xy).sum())
        half *= 2
    return 2 * total
