"""Sobol' indices: the share of the variance of an output that is due to each factor.

The first-order index of a factor is the expected share by which the variance falls if the factor is fixed. The total
index is the expected share that remains if all other factors are fixed. Estimators use the runs of the design of
`sampling.saltelli`, for any number of outputs. Estimates are not clipped: by chance, one may be below 0 or above 1.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia.errors import DataError, DefinitionError, join_names, suggest
from indicia.methods.noise import NOISE
from indicia_robustness.estimators import Order, Runs, Sample, formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from indicia.methods import Array

    Pair = tuple[Array, Array]

_CELLS = 1 << 21
"""The largest number of values in a batch."""


def blocks(outputs: Array, factors: int, *, failed: npt.NDArray[np.bool_] | None = None, crossed: bool = False) -> Runs:
    """Cut the outputs of the design of `sampling.saltelli` into its parts.

    `outputs` has a row for each row of the design, shape (N (d + 2), p) or (N (d + 2),), or N (2 d + 2) rows if it is
    `crossed`. A row is dropped from all parts if it `failed` in any part. DataError for outputs that are not finite,
    for fewer than two rows, and for a number of rows that does not fit the design.

    >>> blocks(np.arange(12.0), 1).ab.shape
    (1, 4, 1)
    """
    rows = np.asarray(outputs, dtype=float).reshape(len(outputs), -1)
    parts = 2 * factors + 2 if crossed else factors + 2
    if len(rows) % parts:
        raise DataError(
            f"{len(rows)} runs are no design of {factors} factors, which has {parts} parts of equal length",
            remedy=f"pass the outputs of all rows of the design: {parts} times its base",
        )
    cut = rows.reshape(parts, -1, rows.shape[1])
    if failed is not None:
        cut = cut[:, ~np.asarray(failed).reshape(parts, -1).any(axis=0)]
    if cut.shape[1] < 2:
        raise DataError("too few runs of the design are left for Sobol' indices", remedy="raise the number of draws")
    if not np.isfinite(cut).all():
        raise DataError("an output of the design is missing or infinite", remedy="pass a mask of the runs that failed")
    a, b, mixed = cut[0], cut[1], cut[2:]
    return Runs(a, b, mixed[:factors], mixed[factors:] if crossed else None)


def check_factors(runs: Runs, names: Sequence[str]) -> None:
    """Refuse factors that changed no output in any run, since an index of 0 would be wrong for them.

    >>> check_factors(blocks(np.array([1.0, 2.0, 1.0, 3.0, 1.0, 2.0]), 1), ["aggregation"])
    Traceback (most recent call last):
    indicia.errors.DefinitionError: aggregation changed nothing in any run
      fix: leave it out, or give it alternatives that differ
    """
    idle = []
    for name, mixed in zip(names, runs.ab, strict=True):
        size = NOISE * np.maximum(np.abs(runs.a).max(axis=0), np.abs(mixed).max(axis=0))
        if (np.abs(mixed - runs.a).max(axis=0) <= size).all():
            idle.append(name)
    if idle:
        raise idle_factors(idle)


def idle_factors(names: Sequence[str]) -> DefinitionError:
    """Return the error for factors that changed nothing.

    >>> idle_factors(["imputation"]).what
    'imputation changed nothing in any run'
    """
    it = "it" if len(names) == 1 else "them"
    return DefinitionError(
        f"{join_names(names)} changed nothing in any run",
        remedy=f"leave {it} out, or give {it} alternatives that differ",
    )


def sobol(runs: Runs, order: Order, estimator: str | None = None, *, sample_variance: bool = False) -> Array:
    """Estimate first or total indices, shape (d, p).

    Estimators of both orders: jansen1999, homma1996 and homma1996_centred, janon2014, martinez2011, azzini2020; of the
    first: saltelli2010 and saltelli2010_centred (the default); of the total: sobol2007 and sobol2007_centred. The
    default total is jansen1999. homma1996 (first) and azzini2020 need a crossed design. The variance is that of A and B
    together, divided by 2 N, or by 2 N - 1 for `sample_variance`. NaN for an output that never varies. DefinitionError
    for an unknown estimator, and for an estimator that needs a crossed design.

    Source: see `estimators`.

    >>> u = np.random.default_rng(1).random((3, 1000))
    >>> sobol(blocks(np.concatenate([u[0], u[1], u[1]]), 1), "total").round(1).tolist()
    [[1.0]]
    """
    estimate = formula(order, estimator)
    return _over_outputs(runs, lambda batch: estimate(Sample(batch, _plain, sample_variance)), axis=1)


def replicates(
    runs: Runs,
    rows: npt.NDArray[np.int64],
    order: Order,
    estimator: str | None = None,
    *,
    sample_variance: bool = False,
) -> Array:
    """Estimate indices from resampled rows of the design, shape (R, d, p).

    `rows` (R, N) has the numbers, from 0, of the rows of each replicate; a row is the same in all parts of the design.

    >>> runs = blocks(np.array([1.0, 2.0, 3.0, 1.0, 3.0, 1.0]), 1)
    >>> replicates(runs, np.array([[0, 1]]), "total").tolist() == [sobol(runs, "total").tolist()]
    True
    """
    estimate, size = formula(order, estimator), len(runs.a)
    shares = np.empty(rows.shape)
    for replicate, drawn in enumerate(rows):
        shares[replicate] = np.bincount(drawn, minlength=size) / size

    def mean(terms: Array) -> Array:
        means: Array = shares @ terms.reshape(size, -1)
        return means.reshape(len(rows), *terms.shape[1:])

    return _over_outputs(runs, lambda batch: estimate(Sample(batch, mean, sample_variance)), axis=2)


def bootstrap(
    runs: Runs,
    order: Order,
    random: np.random.Generator,
    *,
    estimator: str | None = None,
    resamples: int = 1000,
    level: float = 0.95,
    interval: Interval = "percentile",
    sample_variance: bool = False,
) -> tuple[Array, Array]:
    """Return the lower and upper ends of bootstrap intervals of indices, each of shape (d, p).

    Rows of the design are resampled, as in `replicates`. NaN for an output that never varies; replicates in which it
    does not vary are left out.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap; Archer, Saltelli & Sobol' (1997), Journal of
    Statistical Computation and Simulation 58(2), for indices.

    >>> u = np.random.default_rng(1).random((2, 500))
    >>> low, high = bootstrap(blocks(np.concatenate([*u, u[1]]), 1), "total", np.random.default_rng(1))
    >>> bool(low.item() < 1 < high.item())
    True
    """
    if resamples < 2:
        raise DefinitionError(f"{resamples} resamples make no interval", remedy="resamples = 1_000")
    rows = random.integers(0, len(runs.a), (resamples, len(runs.a)))

    def ends(batch: Runs) -> Array:
        def estimates(rows: npt.NDArray[np.int64]) -> Array:
            return replicates(batch, rows, order, estimator, sample_variance=sample_variance)

        drawn = estimates(rows)
        point = sobol(batch, order, estimator, sample_variance=sample_variance)
        left_out = None
        if interval == "bca":
            left_out = jackknife(batch, order, estimator, sample_variance=sample_variance)
        return np.stack(limits(point, drawn, level=level, interval=interval, left_out=left_out))

    low, high = _over_outputs(runs, ends, axis=2, copies=resamples)
    return low, high


def jackknife(runs: Runs, order: Order, estimator: str | None = None, *, sample_variance: bool = False) -> Array:
    """Estimate indices with each row of the design left out in turn, shape (N, d, p).

    >>> jackknife(blocks(np.array([1.0, 2.0, 4.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0]), 1), "total").shape
    (3, 1, 1)
    """
    estimate, size = formula(order, estimator), len(runs.a)

    def mean(terms: Array) -> Array:
        others: Array = (terms.sum(axis=0) - terms) / (size - 1)
        return others

    def estimates(batch: Runs) -> Array:
        return estimate(Sample(batch, mean, sample_variance, rows=size - 1))

    return _over_outputs(runs, estimates, axis=2)


def _plain(terms: Array) -> Array:
    mean: Array = terms.mean(axis=0)
    return mean


def _over_outputs(runs: Runs, estimates: Callable[[Runs], Array], *, axis: int, copies: int = 1) -> Array:
    """Compute estimates for outputs, in batches that fit in memory."""
    parts = [estimates(batch) for batch in _portions(runs, copies)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=axis)


def _portions(runs: Runs, copies: int) -> Iterator[Runs]:
    factors, rows, outputs = runs.ab.shape
    step = max(1, _CELLS // (factors * max(rows, copies)))
    for start in range(0, outputs, step):
        yield runs.outputs(slice(start, start + step))


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
