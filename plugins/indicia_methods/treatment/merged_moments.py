"""Range, skewness and kurtosis of a column whose rows are in partitions."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import MergedColumn
from indicia_methods.treatment.moments import adjusted_moments, sums_of_powers

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Array

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
