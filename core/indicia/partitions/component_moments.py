"""States of the components of a node that merge: means and cross products, over complete rows and over pairs.

Values are scaled by powers of two, which rounds nothing, so that squares of very large and very small values neither
overflow nor underflow. Partitions are centred on their own means, so that sums of squares lose no digits.

References
----------
Chan, Golub & LeVeque (1983), The American Statistician 37(3), doi:10.1080/00031305.1983.10483115; Demmel, Grigori,
Hoemmen & Langou (2012), SIAM Journal on Scientific Computing 34(1), doi:10.1137/080731992 (triangles of rows).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.methods.component_correlations import CANCELLATION, NO_COMPLETE_UNITS, NO_SHARED_UNITS, correlations_of
from indicia.methods.kernel_regression import check_units, multiple_correlations_of, solve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]

_ROWS = 65_536
"""Rows computed at a time, which bounds the memory."""

_SMALLEST_EXPONENT = -1_000
"""The smallest power of two by which values are divided, and that of zeros: its reciprocal is finite."""


@dataclass(frozen=True)
class _CompleteRows(ABC):
    """Count, means and spread of k components over the rows that have all of them."""

    count: int
    exponents: Integers
    """The powers of two by which values are divided, shape (k,)."""
    largest: Array
    """The largest absolute values, divided, shape (k,)."""
    means: Array
    """The means of the divided values, shape (k,)."""
    spread: Array
    """The spread of the divided values about their means, shape (k, k)."""

    @classmethod
    def of(cls, values: Array) -> Self:
        """Return the state of rows, shape (n, k), missing values as NaN; n may be 0."""
        return reduce(cls.join, (cls._of_rows(block[~np.isnan(block).any(axis=1)]) for block in _blocks(values)))

    @classmethod
    def _of_rows(cls, x: Array) -> Self:
        x, exponents, largest = _divided(x)
        means = x.sum(axis=0) / max(len(x), 1)
        x -= means
        return cls(len(x), exponents, largest, means, cls._spread_of(x))

    def join(self, other: Self) -> Self:
        """Return the state of the rows of both."""
        count, exponents = self.count + other.count, np.maximum(self.exponents, other.exponents)
        first, second = self._divided_by(exponents), other._divided_by(exponents)
        difference = second.means - first.means
        share = second.count / max(count, 1)
        between = np.sqrt(first.count * share) * difference
        return type(self)(
            count,
            exponents,
            np.maximum(first.largest, second.largest),
            first.means + share * difference,
            self._joined_spread(first.spread, second.spread, between),
        )

    def _divided_by(self, exponents: Integers) -> Self:
        """Return the state with other powers of two."""
        shift = self.exponents - exponents
        largest, means = np.ldexp(self.largest, shift), np.ldexp(self.means, shift)
        return replace(
            self, exponents=exponents, largest=largest, means=means, spread=self._shifted_spread(self.spread, shift)
        )

    @property
    def _sizes(self) -> Array:
        """The largest absolute values, or 1 where all are 0."""
        return np.where(self.largest > 0, self.largest, 1.0)

    def _check(self) -> None:
        if self.count < 2:
            raise ValueError(NO_COMPLETE_UNITS)

    @staticmethod
    @abstractmethod
    def _spread_of(centred: Array) -> Array:
        """Return the spread of centred rows."""

    @staticmethod
    @abstractmethod
    def _joined_spread(first: Array, second: Array, between: Array) -> Array:
        """Return the spread of two sets of rows; `between` is a centred row that stands for their means."""

    @staticmethod
    @abstractmethod
    def _shifted_spread(spread: Array, shift: Integers) -> Array:
        """Return the spread of values that are multiplied by powers of two."""


class CompleteMoments(_CompleteRows):
    """Count, means and cross products of k components over the rows that have all of them; the spread is products."""

    def covariances(self) -> Array:
        """Return the sample covariances, shape (k, k); ValueError for fewer than two rows."""
        self._check()
        return _scaled(self.spread / (self.count - 1), self.exponents)

    def correlations(self) -> Array:
        """Return the correlations, shape (k, k); ValueError for fewer than two rows."""
        self._check()
        covariance = self.spread / (self._sizes[:, None] * self._sizes) / (self.count - 1)
        return correlations_of(covariance, np.broadcast_to(np.diag(covariance)[:, None], covariance.shape))

    @staticmethod
    def _spread_of(centred: Array) -> Array:
        products: Array = centred.T @ centred
        return products

    @staticmethod
    def _joined_spread(first: Array, second: Array, between: Array) -> Array:
        return first + second + np.outer(between, between)

    @staticmethod
    def _shifted_spread(spread: Array, shift: Integers) -> Array:
        return _scaled(spread, shift)


class CompleteTriangle(_CompleteRows):
    """Count, means and triangle of k components over the rows that have all of them.

    The spread is R of the QR decomposition of the centred values; R'R are their cross products. Components that depend
    on each other almost linearly keep digits in R that their products lose. R takes some fifty times longer.
    """

    def multiple_correlations(self) -> Array:
        """Return the correlation of each component with its fit on the others, shape (k,)."""
        self._check()
        norms = np.linalg.norm(self.spread, axis=0)
        return multiple_correlations_of(self.spread / np.where(norms > 0, norms, 1.0))

    def slopes(self) -> Array:
        """Return the slopes of the last component, over its largest absolute value, on the others, shape (k - 1,)."""
        check_units(self.count, len(self.means) - 1)
        scaled = self.spread / self._sizes
        coefficients: Array = solve(scaled[:, :-1], scaled[:, -1]) / np.ldexp(self._sizes, self.exponents)[:-1]
        return coefficients

    @staticmethod
    def _spread_of(centred: Array) -> Array:
        triangle = np.asarray(np.linalg.qr(centred, mode="r"), dtype=np.float64)
        return np.vstack([triangle, np.zeros((centred.shape[1] - len(triangle), centred.shape[1]))])

    @staticmethod
    def _joined_spread(first: Array, second: Array, between: Array) -> Array:
        return CompleteTriangle._spread_of(np.vstack([first, second, between]))

    @staticmethod
    def _shifted_spread(spread: Array, shift: Integers) -> Array:
        return np.ldexp(spread, shift)


@dataclass(frozen=True)
class PairMoments:
    """Counts, means and cross products of each pair of k components, over the rows that have both."""

    exponents: Integers
    """The powers of two by which values are divided, shape (k,)."""
    largest: Array
    """The largest absolute values of all present values, divided, shape (k,)."""
    counts: Array
    """The numbers of rows that have j and k, shape (k, k)."""
    means: Array
    """The mean of j over the rows that have j and k, shape (k, k)."""
    squares: Array
    """The sum of squares of j about this mean, shape (k, k)."""
    products: Array
    """The sum of products of j and k about these means, shape (k, k)."""

    @classmethod
    def of(cls, values: Array) -> PairMoments:
        """Return the state of rows, shape (n, k), missing values as NaN; n may be 0."""
        return reduce(cls.join, map(cls._of_rows, _blocks(values)))

    @classmethod
    def _of_rows(cls, x: Array) -> PairMoments:
        present = ~np.isnan(x)
        x, exponents, largest = _divided(np.where(present, x, 0.0))
        centre = x.sum(axis=0) / np.maximum(present.sum(axis=0), 1)
        shared = present.astype(float)
        centred = (x - centre) * shared
        counts = shared.T @ shared
        shift = centred.T @ shared / np.maximum(counts, 1.0)
        squares, products = (centred**2).T @ shared, centred.T @ centred
        state = cls(
            exponents,
            largest,
            counts,
            centre[:, None] + shift,
            squares - counts * shift**2,
            products - counts * shift * shift.T,
        )
        inexact = state.squares < CANCELLATION * squares
        for j, k in np.argwhere(np.triu(inexact | inexact.T)):
            state._centre(j, k, x[present[:, j] & present[:, k]][:, [j, k]])
        return state

    def _centre(self, j: int, k: int, pair: Array) -> None:
        """Compute the figures of a pair again, from values about the means of the pair."""
        means = pair.mean(axis=0)
        products = (pair - means).T @ (pair - means)
        self.means[j, k], self.means[k, j] = means
        self.squares[j, k], self.squares[k, j] = np.diag(products)
        self.products[j, k] = self.products[k, j] = products[0, 1]

    def join(self, other: PairMoments) -> PairMoments:
        """Return the state of the rows of both."""
        exponents = np.maximum(self.exponents, other.exponents)
        first, second = (each.divided_by(exponents) for each in (self, other))
        counts = first.counts + second.counts
        difference, share = second.means - first.means, second.counts / np.maximum(counts, 1.0)
        weight = first.counts * share
        return PairMoments(
            exponents,
            np.maximum(first.largest, second.largest),
            counts,
            first.means + share * difference,
            first.squares + second.squares + weight * difference**2,
            first.products + second.products + weight * difference * difference.T,
        )

    def divided_by(self, exponents: Integers) -> PairMoments:
        """Return the state with other powers of two."""
        shift = self.exponents - exponents
        return PairMoments(
            exponents,
            np.ldexp(self.largest, shift),
            self.counts,
            np.ldexp(self.means, shift[:, None]),
            np.ldexp(self.squares, 2 * shift[:, None]),
            np.ldexp(self.products, shift[:, None] + shift),
        )

    def covariances(self) -> Array:
        """Return the sample covariances, shape (k, k); ValueError for a pair with fewer than two rows."""
        self._check()
        return _scaled(self.products / (self.counts - 1), self.exponents)

    def correlations(self) -> Array:
        """Return the correlations, shape (k, k); ValueError for a pair with fewer than two rows."""
        self._check()
        size = np.where(self.largest > 0, self.largest, 1.0)
        divisor = self.counts - 1
        return correlations_of(
            self.products / (size[:, None] * size) / divisor, self.squares / size[:, None] ** 2 / divisor
        )

    def correlations_with_last(self) -> Array:
        """Return the correlations of the last component, which has no gaps, with the others, shape (k - 1,)."""
        lengths = np.sqrt(self.squares[:-1, -1]) * np.sqrt(self.squares[-1, :-1])
        correlations: Array = np.divide(self.products[:-1, -1], lengths, out=np.zeros_like(lengths), where=lengths > 0)
        return correlations

    def _check(self) -> None:
        if self.counts.min() < 2:
            raise ValueError(NO_SHARED_UNITS)


def _blocks(values: Array) -> Iterator[Array]:
    """Yield blocks of rows, at least one."""
    for start in range(0, max(len(values), 1), _ROWS):
        yield values[start : start + _ROWS]


def _divided(x: Array) -> tuple[Array, Integers, Array]:
    """Return values over powers of two, these powers, and the largest absolute values after the division."""
    largest = np.maximum(x.max(axis=0, initial=0.0), -x.min(axis=0, initial=0.0))
    exponents = _exponents(largest)
    return x * np.ldexp(1.0, -exponents), exponents, np.ldexp(largest, -exponents)


def _scaled(products: Array, exponents: Integers) -> Array:
    """Return the products of values from those of values that are divided by powers of two."""
    return np.asarray(np.ldexp(products, exponents[:, None] + exponents), dtype=np.float64)


def _exponents(largest: Array) -> Integers:
    """Return the powers of two above the largest absolute values."""
    exponents = np.where(largest > 0, np.frexp(largest)[1], _SMALLEST_EXPONENT)
    return np.maximum(exponents, _SMALLEST_EXPONENT).astype(np.int64)


@dataclass(frozen=True)
class MergeMoments:
    """Merges states of components. The answer has the fields of the state of all rows."""

    def join(self, first: Any, second: Any) -> Any:
        """Return the state of the rows of both."""
        return first.join(second)

    def value(self, state: Any) -> tuple[Any, ...]:
        """Return the fields of the state."""
        return tuple(getattr(state, each.name) for each in fields(state))
