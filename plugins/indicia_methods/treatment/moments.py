"""Skewness and kurtosis of columns, from merged states too, and what a treatment learns from them."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import Array, Expression, MergedColumn, Statistics, Treatment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


_SMALLEST_EXPONENT = -1_000


@dataclass(frozen=True)
class ChangedColumn(MergedColumn):
    """A column whose values are changed row by row."""

    column: MergedColumn
    change: Callable[[Array], Array]

    def reduce(self, function: Callable[[Array], Array], join: Callable[[Array, Array], Array] | None = None) -> Array:
        return self.column.reduce(lambda values: function(self.change(values)), join)


@dataclass(frozen=True)
class Shape:
    """The range, the adjusted skewness G1 and the excess kurtosis G2 of a column, as `moments.shape` computes them."""

    smallest: float
    largest: float
    g1: float
    g2: float


def shape_of(column: MergedColumn) -> Shape:
    """Return range and shape; G1 and G2 are NaN for fewer than three and four values, or equal values."""
    n, smallest, opposite, _, _, *sums = column.reduce(_moments, moments_of_both).tolist()
    if n < 3 or smallest == -opposite:
        return Shape(smallest, -opposite, nan, nan)
    m2, m3, m4 = (total / n for total in sums)
    return Shape(smallest, -opposite, *adjusted_moments(int(n), m2, m3, m4))


def _moments(values: Array) -> Array:
    """Return count, ends, exponent, mean, and sums of powers 2 to 4 about the mean.

    Values are divided by two to the power of the exponent, which rounds nothing: a fourth power of x could overflow.
    """
    smallest, largest = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    if not len(values):
        return np.array([0.0, np.inf, np.inf, _SMALLEST_EXPONENT, 0.0, 0.0, 0.0, 0.0])
    exponent = max(int(np.frexp(max(abs(smallest), abs(largest)))[1]), _SMALLEST_EXPONENT)
    x = np.ldexp(values, -exponent)
    mean = float(x.mean()) if smallest < largest else float(x[0])  # the mean of equal values may be rounded
    return np.array([len(x), smallest, -largest, exponent, mean, *sums_of_powers(x, mean, 1.0)[1:]])


def moments_of_both(first: Array, second: Array) -> Array:
    """Return the moments of two sets of values.

    Pébay (2008), Sandia Report SAND2008-6212, equations 2.1 and 3.1.

    >>> one, other = (_moments(np.array([value])) for value in (1.0, 0.5))
    >>> moments_of_both(one, other).tolist()
    [2.0, 0.5, -1.0, 1.0, 0.375, 0.03125, 0.0, 0.00048828125]
    """
    exponent = max(first[3], second[3])
    n, *_, mean, a2, a3, a4 = _divided(first, exponent)
    m, *_, other, b2, b3, b4 = _divided(second, exponent)
    count, d = n + m, other - mean
    if not n or not m:
        return first if n else second
    moments = [
        mean + d * m / count,
        a2 + b2 + d**2 * n * m / count,
        a3 + b3 + d**3 * n * m * (n - m) / count**2 + 3 * d * (n * b2 - m * a2) / count,
        a4
        + b4
        + d**4 * n * m * (n**2 - n * m + m**2) / count**3
        + 6 * d**2 * (n**2 * b2 + m**2 * a2) / count**2
        + 4 * d * (n * b3 - m * a3) / count,
    ]
    return np.array([count, *np.minimum(first[1:3], second[1:3]), exponent, *moments])


def _divided(moments: Array, exponent: float) -> list[float]:
    """Return moments of values that are divided by another power of two."""
    shift = int(moments[3] - exponent)
    return [*moments[:4].tolist(), *np.ldexp(moments[4:], np.arange(1, 5) * shift).tolist()]


@dataclass(frozen=True)
class Learning(Treatment):
    """Apply a formula over x and a few numbers that are computed from the whole column."""

    @property
    def size(self) -> int:
        """Length of the result of `learn`."""
        raise NotImplementedError

    def learn(self, values: Array) -> Sequence[float]:
        """Return finite numbers for any present values, shape (n,)."""
        raise NotImplementedError

    @property
    def merges(self) -> bool:
        """True if `learn_merged` returns the numbers of `learn`."""
        return False

    def learn_merged(self, column: MergedColumn) -> Sequence[float]:
        """Return the numbers of `learn`, from figures that partitions of the rows can merge."""
        raise NotImplementedError

    def at(self, x: Expression, *learned: Expression) -> Expression:
        """Return the formula of the treated values."""
        raise NotImplementedError

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return self.at(x, *self._fit(s))

    def _fit(self, s: Statistics) -> tuple[Expression, ...]:
        return s.fit(self.learn, self.size, self.learn_merged if self.merges else None)

    def name_learned(self, *learned: Expression) -> Mapping[str, Expression]:
        """Return the numbers of `learn` that the details show, by name."""
        raise NotImplementedError

    def figures(self, x: Expression, s: Statistics) -> Mapping[str, Expression | float | None]:
        return self.name_learned(*self._fit(s))


_LARGEST_EXPONENT = 900
"""Largest binary exponent of values whose sum cannot overflow."""

_BLOCK = 16_384
"""Values raised to powers at a time, so that they fit in the cache of a processor."""


def skewness(values: Array) -> float:
    """Return the adjusted Fisher-Pearson skewness G1; NaN for fewer than three values, or equal values.

    >>> round(skewness(np.array([1.0, 2.0, 3.0, 10.0])), 6)
    1.763633
    """
    return shape(values)[0]


def kurtosis(values: Array) -> float:
    """Return the adjusted excess kurtosis G2; NaN for fewer than four values, or equal values.

    >>> round(kurtosis(np.array([1.0, 2.0, 3.0, 10.0])), 6)
    3.228
    """
    return shape(values)[1]


def shape(values: Array) -> tuple[float, float]:
    """Return G1 and G2, as spreadsheets compute them (SKEW and KURT).

    >>> shape(np.array([1.0, 1.0, 1.0, 1.0]))
    (nan, nan)
    """
    if len(values) < 3 or (smallest := values.min()) == (largest := values.max()):
        return nan, nan
    values, excess = scale_into_range(values, smallest, largest)
    spread = float(np.ldexp(largest, -excess) - np.ldexp(smallest, -excess))
    _, m2, m3, m4 = sums_of_powers(values, float(values.mean()), spread) / len(values)
    return adjusted_moments(len(values), m2, m3, m4)


def scale_into_range(values: Array, smallest: float, largest: float) -> tuple[Array, int]:
    """Divide values by a power of two if their sum could overflow; return them and the exponent."""
    _, exponent = np.frexp(max(abs(smallest), abs(largest)))
    excess = max(0, int(exponent) - _LARGEST_EXPONENT)
    return (np.ldexp(values, -excess) if excess else values), excess


def sums_of_powers(values: Array, centre: float, scale: float) -> Array:
    """Return the sums of the first four powers of (x - centre) / scale; a fourth power of x could overflow."""
    sums = np.zeros(4)
    for start in range(0, len(values), _BLOCK):
        distance = (values[start : start + _BLOCK] - centre) / scale
        square = distance * distance
        sums += distance.sum(), square.sum(), (distance * square).sum(), (square * square).sum()
    return sums


def adjusted_moments(n: int, m2: float, m3: float, m4: float) -> tuple[float, float]:
    """Return G1 and G2 of n values from their central moments; NaN if a moment underflows."""
    if n < 3 or m2 <= 0 or m2**2 == 0:
        return nan, nan
    g1 = float(m3 / m2**1.5 * sqrt(n * (n - 1)) / (n - 2))
    if n < 4:
        return g1, nan
    return g1, float(((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3)))
