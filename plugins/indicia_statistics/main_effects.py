"""The main effect of an indicator on a score: a line where the data fit it, else a curve, and its interval."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods.probabilities import f_p
from indicia_statistics.correlation_ratio import linear_ratio, natural_spline_design, natural_spline_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]

RESAMPLES = 1000
"""The number of bootstrap resamples."""

_BLOCKS = 500
"""The largest number of blocks of units that are drawn."""

_SIGNIFICANCE = 0.05
"""Below this probability, a line does not describe the score."""

_TAIL = 0.025
"""The share of resamples beyond each end of an interval."""

_NOISE = 1e-10
"""Singular values, and residuals, below this share of the largest are 0 but for rounding."""


@dataclass(frozen=True, eq=False)
class MainEffect:
    """The main effect S = Var(E[y | x]) / Var(y) of x on y."""

    linear: float
    """r², the main effect if E[y | x] is a line."""
    spline: float | None
    """The main effect if E[y | x] is a natural cubic spline; None for six units or fewer."""
    p_linear: float | None
    """The probability of a spline that fits as much better than the line, if E[y | x] is a line; None without one."""
    resamples: Array
    """The main effect in each bootstrap resample, (resamples,); NaN where x or y is constant."""
    interval: tuple[float, float]
    """The 95 % interval of the main effect."""

    @property
    def is_linear(self) -> bool:
        """True if the data do not reject a line."""
        return self.p_linear is None or self.p_linear >= _SIGNIFICANCE

    @property
    def value(self) -> float:
        """The main effect: r² if the data do not reject a line, else that of the spline."""
        return self.linear if self.is_linear or self.spline is None else self.spline


@dataclass(frozen=True, eq=False)
class Blocks:
    """The units by blocks: units of a block are drawn together."""

    number: int
    """The number of blocks."""
    order: Integers
    """The units, one block after another, (units,)."""
    present: Integers
    """The blocks that have a unit."""
    starts: Integers
    """The place in `order` of the first unit of each of these blocks."""

    @classmethod
    def of(cls, blocks: Integers) -> Blocks:
        """Return the units by their blocks, (units,), which are numbers from 0."""
        order = np.argsort(blocks, kind="stable")
        present, starts = np.unique(blocks[order], return_index=True)
        return cls(int(present[-1]) + 1, order, present, starts)

    def sums(self, columns: Array) -> Array:
        """Return the sum of each column over the units of each block, (blocks, columns)."""
        sums = np.zeros((self.number, columns.shape[1]))
        sums[self.present] = np.add.reduceat(columns[self.order], self.starts, axis=0)
        return sums


@dataclass(frozen=True, eq=False)
class Pair:
    """The values of an indicator and a score, complete and not constant, with the blocks of their units."""

    x: Array
    y: Array
    blocks: Blocks


def main_effects(pairs: Sequence[Pair]) -> list[MainEffect]:
    """Estimate the main effect of x on y, test whether it is linear, and compute its bootstrap interval, for each pair.

    Notes
    -----
    The test is the F test of a natural cubic spline with knots at the quantiles 0, 0.2, …, 1 against the straight line
    that it contains. Paruolo, Saisana & Saltelli (2013) take r² where they do not reject a line, too; their curve is a
    local-linear kernel regression, for which `kernel_main_effect` has the test.

    The curve, the knots and the outcome of the test stay the same in all resamples. The interval of r² comes from the
    percentiles of r. Resamples of a spline fit better than the data, so that their percentiles are corrected for the
    share of them below the estimate (Efron 1981).

    References
    ----------
    Efron (1981), Canadian Journal of Statistics 9(2), doi:10.2307/3314608; Hastie & Tibshirani (1990), Generalized
    Additive Models, section 3.9, for the F test.
    """
    fits = [_Fit.of(pair) for pair in pairs]
    effects: dict[int, MainEffect] = {}
    for number in {pair.blocks.number for pair in pairs}:
        places = [place for place, pair in enumerate(pairs) if pair.blocks.number == number]
        sums = [fits[place].sums for place in places]
        # one product for all pairs: BLAS takes longer to share the work of a small product among threads than to do it
        resampled = resample_counts(number) @ np.concatenate(sums, axis=1)
        ends = np.cumsum([columns.shape[1] for columns in sums])[:-1]
        for place, columns in zip(places, np.split(resampled, ends, axis=1), strict=True):
            effects[place] = fits[place].effect(columns)
    return [effects[place] for place in range(len(pairs))]


@dataclass(frozen=True, eq=False)
class _Fit:
    """A line, or a spline if the data reject the line, with the sums that determine it in a resample."""

    linear: float
    spline: float | None
    p_linear: float | None
    sums: Array
    """The sums over each block of the products of a line or of a spline, (blocks, products)."""
    size: int = 0
    """The number of parameters of the spline; 0 for a line."""

    @classmethod
    def of(cls, pair: Pair) -> _Fit:
        x, y = pair.x, pair.y
        linear, spline = linear_ratio(x, y), natural_spline_ratio(x, y)
        basis = _orthonormal(natural_spline_design(x)) if spline is not None else None
        p_linear = None if basis is None or spline is None else _linearity(linear, spline, len(x), basis.shape[1])
        if basis is not None and p_linear is not None and p_linear < _SIGNIFICANCE:
            sums = pair.blocks.sums(_spline_products(basis, y))
            return cls(linear, spline, p_linear, sums, basis.shape[1])
        return cls(linear, spline, p_linear, pair.blocks.sums(_line_products(x, y)))

    def effect(self, sums: Array) -> MainEffect:
        """Return the main effect with its interval, from the sums in resamples, (resamples, products)."""
        if self.size and self.spline is not None:
            resamples = _spline_resamples(sums, self.size)
            ends = _corrected_percentiles(resamples, self.spline)
        else:
            r = _correlation_resamples(sums)
            resamples, ends = r * r, _squared(_percentiles(r))
        return MainEffect(self.linear, self.spline, self.p_linear, resamples, ends)


def blocks_of(units: int) -> Integers:
    """Return the block of each unit, (units,): at most 500 blocks of about equal size, at random with a fixed seed.

    The mean of blocks that are drawn with replacement has the same variance as that of units, and 500 blocks bound the
    time of the bootstrap.
    """
    blocks: Integers = np.random.default_rng(1).permutation(units) % min(units, _BLOCKS)
    return blocks


@lru_cache(maxsize=8)
def resample_counts(blocks: int) -> Array:
    """Return how often each of the resamples draws each block, (resamples, blocks), with a fixed seed."""
    draws = np.random.default_rng(1).integers(blocks, size=(RESAMPLES, blocks))
    draws += np.arange(RESAMPLES)[:, None] * blocks
    return np.bincount(draws.ravel(), minlength=RESAMPLES * blocks).reshape(RESAMPLES, blocks).astype(np.float64)


def percentile_interval(values: Array) -> tuple[float, float] | None:
    """Return the 95 % percentile interval of resamples; None if all are NaN.

    >>> percentile_interval(np.arange(1001.0))
    (25.0, 975.0)
    """
    values = values[~np.isnan(values)]
    return _percentiles(values) if len(values) else None


def _linearity(linear: float, spline: float, units: int, parameters: int) -> float | None:
    """Return p of the F test of a spline with so many parameters against the line; None without freedom."""
    extra, residual = parameters - 2, units - parameters
    if extra < 1 or residual < 1:
        return None
    gain, rest = spline - linear, 1 - spline
    if gain <= _NOISE:
        return 1.0
    return f_p(gain / extra / (rest / residual), extra, residual) if rest > _NOISE else 0.0


def _orthonormal(design: Array) -> Array:
    """Return an orthonormal basis of the columns of a design; values with few levels have fewer than the columns."""
    left, singular, _ = np.linalg.svd(design, full_matrices=False)
    basis: Array = left[:, singular > _NOISE * singular[0]]
    return basis


def _line_products(x: Array, y: Array) -> Array:
    x, y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
    return np.column_stack([np.ones_like(x), x, y, x * y, x * x, y * y])


def _correlation_resamples(sums: Array) -> Array:
    n, sum_x, sum_y, xy, xx, yy = sums.T
    with np.errstate(invalid="ignore", divide="ignore"):
        variances = (xx - sum_x**2 / n) * (yy - sum_y**2 / n)
        r = np.where(variances > _NOISE * n**2, (xy - sum_x * sum_y / n) / np.sqrt(np.abs(variances)), np.nan)
    return np.clip(r, -1.0, 1.0)


def _spline_products(basis: Array, y: Array) -> Array:
    y = (y - y.mean()) / y.std()
    first, second = np.triu_indices(basis.shape[1])
    return np.column_stack([basis[:, first] * basis[:, second], basis * y[:, None], np.ones_like(y), y, y * y])


def _spline_resamples(sums: Array, size: int) -> Array:
    first, second = np.triu_indices(size)
    matrices = np.empty((len(sums), size, size))
    matrices[:, first, second] = matrices[:, second, first] = sums[:, : len(first)]
    # a column that a resample does not have gets the coefficient 0
    matrices += np.eye(size) * _NOISE
    target, (n, sum_y, yy) = sums[:, len(first) : -3], sums[:, -3:].T
    coefficients = np.linalg.solve(matrices, target[..., None])[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        total = yy - sum_y**2 / n
        effect = ((coefficients * target).sum(axis=1) - sum_y**2 / n) / total
        return np.where(total > _NOISE * n, np.clip(effect, 0.0, 1.0), np.nan)


def _percentiles(values: Array) -> tuple[float, float]:
    low, high = np.nanquantile(values, [_TAIL, 1 - _TAIL])
    return float(low), float(high)


def _squared(ends: tuple[float, float]) -> tuple[float, float]:
    """Return the ends of an interval of r² from those of r."""
    low, high = sorted(end * end for end in ends)
    return (0.0 if ends[0] <= 0 <= ends[1] else low), high


def _corrected_percentiles(values: Array, estimate: float) -> tuple[float, float]:
    """Return the percentile interval, corrected for the share of resamples below the estimate."""
    values = values[~np.isnan(values)]
    below = ((values < estimate).sum() + 0.5) / (len(values) + 1)
    normal = NormalDist()
    shift = 2 * normal.inv_cdf(float(below))
    shares = [normal.cdf(shift + normal.inv_cdf(tail)) for tail in (_TAIL, 1 - _TAIL)]
    low, high = np.quantile(values, shares)
    return float(low), float(high)
