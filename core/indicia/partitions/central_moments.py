"""Columns over partitions: codes of keys, merged columns and central moments.

Skewness and kurtosis of all rows of a partitioned table, by central moments that merge.

References
----------
Pébay (2008), Formulas for Robust, One-Pass Parallel Computation of Covariances and Arbitrary-Order Statistical Moments,
Sandia Report SAND2008-6212, equations 2.1 and 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise, starmap
from math import nan, sqrt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.methods import Array, MergedColumn
from indicia.partitions.mergeable import Collected

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.partitions.partition import Partition
    from indicia.partitions.sorted_runs import Codes

    State = tuple[int, float, float, float, float]


_CODE = "\0code"


@dataclass(frozen=True)
class MergeKeys:
    """Collects the different rows of frames of keys, in the order of their first appearance."""

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the keys of both."""
        return pl.concat([first, second]).unique(maintain_order=True)

    def value(self, state: pl.DataFrame) -> pl.DataFrame:
        """Return all keys."""
        return state


def ask_keys(partition: Partition, place: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the different keys of all rows, given the columns of the key of one partition.

    A missing part is a key of its own, as in groups of polars. `place` is the name of the question in the run.
    """
    keys: pl.DataFrame = partition.ask(f"{place}: keys", MergeKeys(), lambda: rows.unique(maintain_order=True))
    return keys


def codes_of(rows: pl.DataFrame, keys: pl.DataFrame) -> Codes:
    """Return the place of each row in a frame of keys, or -1 for a row that is not there.

    >>> keys = pl.DataFrame({"year": [2020, 2021]})
    >>> codes_of(pl.DataFrame({"year": [2021, 2019, 2020]}), keys).tolist()
    [1, -1, 0]
    """
    if not keys.width:
        return np.zeros(rows.height, np.int32)
    numbered = keys.with_columns(pl.Series(_CODE, np.arange(keys.height, dtype=np.int32)))
    joined = rows.join(numbered, on=keys.columns, how="left", nulls_equal=True, maintain_order="left")
    return joined[_CODE].fill_null(-1).to_numpy()


class NoValues(Exception):
    """A column has no value in any partition."""


@dataclass(frozen=True)
class PartitionColumn(MergedColumn):
    """The present values of a column, of which this run has one partition."""

    partition: Partition
    place: str
    """The name of the column in the run."""
    values: Array
    """The present values of the partition."""
    reductions: list[str] = field(default_factory=list)
    """The questions that the method has asked."""

    def reduce(self, function: Callable[[Array], Array], join: Callable[[Array, Array], Array] | None = None) -> Array:
        """Return figures of all values; NoValues if there are none."""
        self.values.flags.writeable = False
        key = f"{self.place}: figures {len(self.reductions) + 1}"
        self.reductions.append(key)
        # a function of a plugin may not be picklable: the figures of partitions are joined here, in each of them
        answer = self.partition.ask(key, Collected(), lambda: ((len(self.values), function(self.values)),))
        if not any(count for count, _ in answer):
            raise NoValues
        return reduce(join or np.add, (figures for _, figures in answer))


_BLOCK = 16_384
"""Values raised to powers at a time, so that they fit in the cache of a processor."""


@dataclass(frozen=True)
class MergeMoments:
    """Merges states: the number of values, their mean, and the sums of squares, cubes and fourth powers about it."""

    def state(self, values: pl.Series) -> State:
        """Return the state of the present values of a partition."""
        numbers = values.drop_nulls().to_numpy().astype(np.float64, copy=False)
        if not len(numbers):
            return 0, 0.0, 0.0, 0.0, 0.0
        lowest = float(numbers.min())
        if lowest == numbers.max():  # the mean of equal values may be rounded
            return len(numbers), lowest, 0.0, 0.0, 0.0
        mean = float(numbers.mean())
        sums = np.zeros(4)
        for start in range(0, len(numbers), _BLOCK):
            distance = numbers[start : start + _BLOCK] - mean
            square = distance * distance
            sums += distance.sum(), square.sum(), (distance * square).sum(), (square * square).sum()
        return _about_exact_mean(len(numbers), mean, *sums.tolist())

    def join(self, first: State, second: State) -> State:
        """Return the state of the values of both."""
        n1, mean1, a2, a3, a4 = first
        n2, mean2, b2, b3, b4 = second
        n = n1 + n2
        if not n1 or not n2:
            return second if not n1 else first
        d = mean2 - mean1
        m2 = a2 + b2 + d**2 * n1 * n2 / n
        m3 = a3 + b3 + d**3 * n1 * n2 * (n1 - n2) / n**2 + 3 * d * (n1 * b2 - n2 * a2) / n
        m4 = (
            a4
            + b4
            + d**4 * n1 * n2 * (n1**2 - n1 * n2 + n2**2) / n**3
            + 6 * d**2 * (n1**2 * b2 + n2**2 * a2) / n**2
            + 4 * d * (n1 * b3 - n2 * a3) / n
        )
        return n, mean1 + d * n2 / n, m2, m3, m4

    def value(self, state: State) -> State:
        """Return the state of all values."""
        return state


@dataclass(frozen=True)
class MergeMomentsByCode:
    """Merges the moments of the groups of rows; a state has one element for each code."""

    codes: int

    def state(self, values: pl.Series, codes: Codes | None) -> tuple[State, ...]:
        """Return the state of the values of a partition, given the code of each row; None if all have the code 0."""
        if codes is None:
            return (MergeMoments().state(values),)
        order = np.argsort(codes, kind="stable")
        ends = np.searchsorted(codes[order], np.arange(self.codes + 1))
        return tuple(MergeMoments().state(values[order[start:end]]) for start, end in pairwise(ends))

    def join(self, first: tuple[State, ...], second: tuple[State, ...]) -> tuple[State, ...]:
        """Return the moments of both."""
        return tuple(starmap(MergeMoments().join, zip(first, second, strict=True)))

    def value(self, state: tuple[State, ...]) -> tuple[State, ...]:
        """Return the moments of all rows."""
        return state


def _about_exact_mean(n: int, mean: float, m1: float, m2: float, m3: float, m4: float) -> State:
    """Move sums of powers from a rounded mean to the exact mean, which the sum of distances gives."""
    d = m1 / n
    return n, mean + d, m2 - d * m1, m3 - 3 * d * m2 + 2 * d**2 * m1, m4 - 4 * d * m3 + 6 * d**2 * m2 - 3 * d**3 * m1


def skewness(state: State, *, bias: bool = True) -> float | None:
    """Return the skewness of all values, as `pl.Series.skew` does.

    >>> from polars import Series
    >>> round(skewness(MergeMoments().state(Series([1.0, 2.0, 3.0, 10.0]))), 6)
    1.018234
    """
    n, _, m2, m3, _ = state
    if n == 0 or (not bias and n < 3):
        return None
    if m2 == 0:
        return nan
    skew: float = (m3 / n) / (m2 / n) ** 1.5
    return skew if bias else sqrt((n - 1) * n) / (n - 2) * skew


def kurtosis(state: State, *, fisher: bool = True, bias: bool = True) -> float | None:
    """Return the kurtosis of all values, as `pl.Series.kurtosis` does; with `fisher`, that of the normal is 0."""
    n, _, m2, _, m4 = state
    if n == 0 or (not bias and n < 4):
        return None
    if m2 == 0:
        return nan
    kurt = (m4 / n) / (m2 / n) ** 2
    if not bias:
        kurt = 3 + ((n**2 - 1) * kurt - 3 * (n - 1) ** 2) / ((n - 2) * (n - 3))
    return kurt - 3 if fisher else kurt
