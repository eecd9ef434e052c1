"""The correlation ratio Var(E[y | x]) / Var(y) of arrays, by curves that estimate E[y | x].

The ratio is S = Σ (fit - mean of y)² / Σ (y - mean of y)². None stands for a curve that the values cannot bear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

_NOISE = 1e-12
"""Values that differ by less than this share of their range are equal: they differ by rounding."""

_SPLINE_KNOTS = 6
"""The number of knots of the natural spline, which is the number of its parameters."""

_EDGE = 0.999
"""Beyond this share of the distance h, a weight is too close to 0 for a unit to determine a local polynomial."""

_BLOCK = 1 << 18
"""The largest number of pairs of a point and a unit in a block."""

_POINTS = 200
"""The number of points of a local regression. Among more values it is interpolated."""

_KNOTS = 60
"""The number of knots of a smoothing spline of five degrees of freedom; more knots do not change the curve."""


def linear_ratio(x: Array, y: Array) -> float:
    """Return r², the correlation ratio of a straight line.

    >>> linear_ratio(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0]))
    0.25
    """
    return float(np.corrcoef(x, y)[0, 1] ** 2)


def natural_spline_ratio(x: Array, y: Array) -> float | None:
    """Return the correlation ratio of a natural cubic spline, fitted by least squares; None for 6 units or fewer.

    The outer knots are the minimum and the maximum of x, the inner knots its quantiles 0.2, 0.4, 0.6 and 0.8, linear
    between order statistics; equal knots count once.

    Source: Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, 2nd ed., eq. 5.4 and 5.5.

    >>> x = np.arange(-4.0, 5.0)
    >>> round(linear_ratio(x, x**2), 3), round(natural_spline_ratio(x, x**2), 3)
    (0.0, 1.0)
    """
    if len(x) <= _SPLINE_KNOTS:
        return None
    design = natural_spline_design(x)
    # least squares of the lowest rank, since few values have more knots than they bear
    coefficients = np.linalg.lstsq(design, y, rcond=None)[0]
    return _ratio(design @ coefficients, y)


def natural_spline_design(x: Array) -> Array:
    """Return the regressors of the natural cubic spline, (units, parameters): 1, x from 0 to 1, and the bends.

    >>> natural_spline_design(np.array([2.0, 3.0, 4.0]))[:, :2].tolist()
    [[1.0, 0.0], [1.0, 0.5], [1.0, 1.0]]
    """
    z = _unit_interval(x)
    knots = np.unique(np.concatenate([[0.0, 1.0], np.quantile(z, [0.2, 0.4, 0.6, 0.8])]).round(12))
    cubes = np.maximum(z[:, None] - knots, 0.0) ** 3
    slopes = (cubes[:, :-1] - cubes[:, -1:]) / (knots[-1] - knots[:-1])
    return np.column_stack([np.ones_like(z), z, slopes[:, :-1] - slopes[:, -1:]])


def local_ratio(x: Array, y: Array, degree: int, span: float = 0.75) -> float | None:
    """Return the correlation ratio of a local polynomial of degree 1 or 2 (loess).

    At each point, the q = floor(span n) nearest units have the weights (1 - (d / h)³)³, where h is the distance of the
    q-th. The ratio is None if h is 0 for a point, or if its units have too few different values of x. Among more than
    200 different values, the curve is computed at 200 of them and is linear between them.

    Source: Cleveland & Devlin (1988), Journal of the American Statistical Association 83(403).

    >>> x = np.arange(8.0)
    >>> round(local_ratio(x, x**2, degree=2), 6)
    1.0
    """
    order = np.argsort(x, kind="stable")
    z, values = _unit_interval(x)[order], y[order] - y.mean()
    nearest = int(span * len(z) + 1e-5)
    distinct = _begins(z)
    points = z[distinct]
    if len(points) > _POINTS:
        points = points[np.linspace(0, len(points) - 1, _POINTS).round().astype(np.int64)]
    blocks = np.array_split(points, -(-len(points) * len(z) // _BLOCK))
    fits = [_local_fit(block, z, values, distinct.cumsum(), nearest, degree) for block in blocks]
    if any(fit is None for fit in fits):
        return None
    return _ratio(np.interp(z, points, np.concatenate([fit for fit in fits if fit is not None])), values)


def smoothing_ratio(x: Array, y: Array, freedom: float = 5.0) -> float | None:
    """Return the correlation ratio of a cubic smoothing spline with so many degrees of freedom; None for fewer values.

    The spline f minimises Σ (y - f(x))² + λ ∫ f''² over x from 0 to 1; λ is such that the trace of the smoother is the
    degrees of freedom. Values of x that agree to 4 decimals are one. Among more than 60 values, 60 are knots. For two
    values the curve is the line through the two means.

    Source: Green & Silverman (1994), Nonparametric Regression and Generalized Linear Models, ch. 2.

    >>> x = np.arange(8.0)
    >>> round(smoothing_ratio(x, 3 * x), 6)
    1.0
    """
    places, inverse, counts = np.unique(_unit_interval(x).round(4), return_inverse=True, return_counts=True)
    if len(places) <= freedom:
        return linear_ratio(x, y) if len(places) == 2 else None
    means = np.bincount(inverse, y - y.mean()) / counts
    knots = places
    if len(places) > _KNOTS:
        knots = places[np.linspace(0, len(places) - 1, _KNOTS).round().astype(np.int64)]
    basis, penalty = _cardinal_splines(knots, places)
    # in the coordinates of the eigenvectors, the smoother divides each by 1 + λ times its eigenvalue
    root = np.linalg.cholesky(basis.T @ (counts[:, None] * basis))
    inverse_root = np.linalg.inv(root)
    roughness, vectors = np.linalg.eigh(inverse_root @ penalty @ inverse_root.T)
    roughness = np.maximum(roughness, 0.0)
    roughness[:2] = 0.0  # straight lines are not rough
    shrinkage = 1 / (1 + _penalty_for(roughness, freedom) * roughness)
    coordinates = vectors.T @ (inverse_root @ (basis.T @ (counts * means)))
    fit = basis @ (inverse_root.T @ (vectors @ (shrinkage * coordinates)))
    return _ratio(fit[inverse], y - y.mean())


def _unit_interval(x: Array) -> Array:
    low, high = x.min(), x.max()
    unit: Array = (x - low) / (high - low)
    return unit


def count_distinct(x: Array) -> int:
    """Count the different values; values that differ by rounding are equal.

    >>> count_distinct(np.array([0.3, 0.1 + 0.2, 5.0]))
    2
    """
    return int(_begins(np.sort(_unit_interval(x))).sum())


def _begins(z: Array) -> npt.NDArray[np.bool_]:
    """Return True for each of the sorted values that differs from the value before it."""
    return np.append(True, np.diff(z) > _NOISE)


def _ratio(fit: Array, y: Array) -> float:
    mean = y.mean()
    return float(((fit - mean) ** 2).sum() / ((y - mean) ** 2).sum())


def _local_fit(points: Array, z: Array, y: Array, rank: Array, nearest: int, degree: int) -> Array | None:
    """Return the local polynomial at the points; `rank` counts the different values of the sorted z."""
    h = _distance_to_nearest(points, z, nearest)[:, None]
    if (h <= _NOISE).any():
        return None
    u = (z - points[:, None]) / h
    tricube = np.maximum(1 - np.abs(u * u * u), 0.0)
    weight = tricube * tricube * tricube
    inside = np.abs(u) < _EDGE
    first, last = inside.argmax(axis=1), len(z) - 1 - inside[:, ::-1].argmax(axis=1)
    if (rank[last] - rank[first] < degree).any():
        return None
    powers = [weight]  # products are many times faster than powers
    for _ in range(2 * degree):
        powers.append(powers[-1] * u)
    moments = np.stack([power.sum(axis=1) for power in powers], axis=1)
    targets = np.stack([power @ y for power in powers[: degree + 1]], axis=1)
    matrices = moments[:, np.add.outer(np.arange(degree + 1), np.arange(degree + 1))]
    fit: Array = np.linalg.solve(matrices, targets[..., None])[:, 0, 0]
    return fit


def _distance_to_nearest(points: Array, z: Array, nearest: int) -> Array:
    """Return the distance of each point to the last of its nearest values of the sorted z.

    The nearest values are neighbours in z. From the first place where their last value is at least as far from the
    point as their first value, the distance increases; before it, the distance decreases.
    """
    low, high = np.zeros(len(points), dtype=np.int64), np.full(len(points), len(z) - nearest)
    while (low < high).any():
        middle = (low + high) // 2
        far = z[middle + nearest - 1] - points >= points - z[middle]
        low, high = np.where(far, low, np.minimum(middle + 1, high)), np.where(far, middle, high)
    before = np.maximum(low - 1, 0)
    reach = [np.maximum(points - z[first], z[first + nearest - 1] - points) for first in (low, before)]
    distance: Array = np.minimum(*reach)
    return distance


def _cardinal_splines(knots: Array, places: Array) -> tuple[Array, Array]:
    """Return the natural cubic splines that are 1 at a knot and 0 at the others, at places, and ∫ f''² as a matrix."""
    step, size = np.diff(knots), len(knots)
    inner = np.arange(size - 2)
    differences = np.zeros((size, size - 2))
    differences[inner, inner] = 1 / step[:-1]
    differences[inner + 1, inner] = -1 / step[:-1] - 1 / step[1:]
    differences[inner + 2, inner] = 1 / step[1:]
    gram = np.diag((step[:-1] + step[1:]) / 3) + np.diag(step[1:-1] / 6, 1) + np.diag(step[1:-1] / 6, -1)
    curvature = np.zeros((size, size))  # the second derivatives at the knots, of each spline
    curvature[1:-1] = np.linalg.solve(gram, differences.T)
    penalty = differences @ curvature[1:-1]
    at = np.clip(np.searchsorted(knots, places, side="right") - 1, 0, size - 2)
    width = step[at]
    right = (places - knots[at]) / width
    left = 1 - right
    basis = np.zeros((len(places), size))
    rows = np.arange(len(places))
    basis[rows, at] = left
    basis[rows, at + 1] += right
    left_bend, right_bend = (left**3 - left) * width**2 / 6, (right**3 - right) * width**2 / 6
    basis += left_bend[:, None] * curvature[at] + right_bend[:, None] * curvature[at + 1]
    return basis, (penalty + penalty.T) / 2


def _penalty_for(roughness: Array, freedom: float) -> float:
    """Return the λ at which Σ 1 / (1 + λ roughness) is the degrees of freedom, by bisection of its logarithm."""
    low, high = -60.0, 60.0
    for _ in range(100):
        middle = (low + high) / 2
        if (1 / (1 + np.exp(middle) * roughness)).sum() > freedom:
            low = middle
        else:
            high = middle
    return float(np.exp(low))
