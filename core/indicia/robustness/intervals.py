"""Bootstrap confidence intervals."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia.errors import DefinitionError, suggest

if TYPE_CHECKING:
    from indicia.methods import Array

    Pair = tuple[Array, Array]

Interval: TypeAlias = Literal["percentile", "basic", "normal", "bca"]


def limits(
    estimate: Array,
    drawn: Array,
    *,
    level: float = 0.95,
    interval: Interval = "percentile",
    left_out: Array | None = None,
) -> Pair:
    """Return the lower and upper ends of bootstrap intervals, each of the shape of `estimate`.

    `drawn` (R, …) are the replicates; `left_out` (N, …) are the estimates of the jackknife, which bca needs. The
    interval "percentile" has quantiles that are linear between order statistics (R's type 7), "basic" mirrors them at
    the estimate, "normal" uses the standard deviation, and "bca" corrects the quantiles for bias and skewness.

    Source: Efron (1987), Journal of the American Statistical Association 82(397), for bca.

    >>> [end.item() for end in limits(np.array(2.0), np.array([1.0, 2.0, 3.0]), level=0.5)]
    [1.5, 2.5]
    """
    if not 0 < level < 1:
        raise DefinitionError(f"the level {level:g} is not between 0 and 1", remedy="level = 0.95")
    if interval not in (intervals := ("percentile", "basic", "normal", "bca")):
        raise DefinitionError(f'unknown interval "{interval}"', remedy=suggest(interval, intervals))
    tail = (1 - level) / 2
    if interval == "normal":
        margin = NormalDist().inv_cdf(1 - tail) * _spread(drawn)
        return estimate - margin, estimate + margin
    if interval == "bca":
        if left_out is None:
            raise DefinitionError("bca needs the estimates of the jackknife", remedy="interval = percentile")
        return _bca(estimate, drawn, left_out, tail)
    low, high = _quantiles(drawn, tail), _quantiles(drawn, 1 - tail)
    return (low, high) if interval == "percentile" else (2 * estimate - high, 2 * estimate - low)


def bias_and_acceleration(estimate: Array, drawn: Array, left_out: Array) -> Pair:
    """Return the two corrections of bca, each of the shape of `estimate`.

    The bias is the normal quantile of the share of replicates below the estimate, and NaN if all are on the same side.
    The acceleration is Σ u³ / (6 (Σ u²)^1.5), where u is the mean of the estimates of the jackknife minus each of them.

    >>> bias_and_acceleration(np.array(2.5), np.arange(1.0, 5), np.array([1.0, 2.0, 3.0]))[0].item()
    0.0
    """
    is_finite = np.isfinite(drawn)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (is_finite & (drawn < estimate)).sum(axis=0) / is_finite.sum(axis=0)
        u = left_out.mean(axis=0) - left_out
        squares = (u * u).sum(axis=0)
        acceleration = np.where(squares > 0, (u**3).sum(axis=0) / (6 * squares**1.5), 0.0)
    bias = [NormalDist().inv_cdf(value) if 0 < value < 1 else np.nan for value in np.ravel(share)]
    return np.array(bias).reshape(np.shape(estimate)), acceleration


def _quantiles(drawn: Array, levels: float | Array) -> Array:
    """Return quantiles over the first axis, ignoring NaN; `levels` is one number, or one for each column."""
    columns = drawn.reshape(len(drawn), -1).T
    column_levels = np.broadcast_to(np.asarray(levels, dtype=float).ravel(), len(columns))
    result = np.full(len(columns), np.nan)
    complete = np.isfinite(columns).all(axis=1)
    if np.ndim(levels) == 0:
        result[complete] = np.quantile(columns[complete], float(levels), axis=1) if complete.any() else np.nan
        separate = np.flatnonzero(~complete)
    else:
        separate = np.arange(len(columns))
    for column in separate:
        finite = columns[column][np.isfinite(columns[column])]
        if len(finite) and np.isfinite(column_levels[column]):
            result[column] = np.quantile(finite, column_levels[column])
    return result.reshape(drawn.shape[1:])


def _spread(drawn: Array) -> Array:
    is_finite = np.isfinite(drawn)
    count = is_finite.sum(axis=0)
    filled = np.where(is_finite, drawn, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=0) / count
        spread: Array = np.sqrt((np.where(is_finite, drawn - mean, 0.0) ** 2).sum(axis=0) / (count - 1))
    return np.where(count > 1, spread, np.nan)


def _bca(estimate: Array, drawn: Array, left_out: Array, tail: float) -> Pair:
    normal = NormalDist()
    bias, acceleration = bias_and_acceleration(estimate, drawn, left_out)
    ends = []
    for share in (tail, 1 - tail):
        shift = bias + normal.inv_cdf(share)
        inner = bias + shift / (1 - acceleration * shift)
        ends.append(_quantiles(drawn, np.array([normal.cdf(value) for value in inner.ravel()])))
    return ends[0].reshape(estimate.shape), ends[1].reshape(estimate.shape)
