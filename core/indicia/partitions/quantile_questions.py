"""The questions of a search for quantiles, the states of partitions, and the rule that merges them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from indicia.partitions.ordered_bits import ordered_bits, values_of_bits
from indicia.statistics.ranks import by_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    import polars as pl

    from indicia.partitions.ordered_bits import Bits
    from indicia.partitions.sorted_runs import Codes

    Counts = npt.NDArray[np.int64]
    State = tuple[npt.NDArray[Any], ...]

Kind = Literal["ends", "linear", "bits", "values"]
"""The answer of a question: the extremes, counts in bins of equal width, counts in bins of as many float64, or the
values themselves."""


@dataclass(frozen=True)
class Ranges:
    """Ranges of values, one for each code; the arrays have the shape (codes,)."""

    column: int
    lowest: Bits
    highest: Bits
    """The highest value that belongs to the range; a range whose highest value is below its lowest is empty."""

    @property
    def identity(self) -> tuple[int, bytes, bytes]:
        """A key that equal ranges share."""
        return self.column, self.lowest.tobytes(), self.highest.tobytes()


@dataclass(frozen=True)
class Bins:
    """The bins of ranges."""

    kind: Kind
    number: int
    """The number of bins of a range, a power of 2."""

    def of(self, bits: Bits, lowest: Bits, highest: Bits) -> npt.NDArray[np.int64]:
        """Return the bin of each value in its range; the bin rises with the value."""
        if self.kind == "linear":
            low, high = values_of_bits(lowest), values_of_bits(highest)
            with np.errstate(all="ignore"):
                bins = (values_of_bits(bits) - low) * (self.number / (high - low))
            return np.minimum(np.nan_to_num(bins, nan=0.0), self.number - 1).astype(np.int64)
        return (bits - lowest >> self._shift(lowest, highest)).astype(np.int64)

    def _shift(self, lowest: Bits, highest: Bits) -> Bits:
        """Return by how many binary digits a bin is narrower than the range."""
        # the logarithm of 2**53 + 1 is rounded, so a range may get half of the bins, but never more than all
        width = np.frexp((highest - lowest).astype(np.float64))[1]
        shift: Bits = np.maximum(width - (self.number.bit_length() - 1), 0).astype(np.uint64)
        return shift

    def first_in(self, bins: npt.NDArray[np.int64], lowest: Bits, highest: Bits) -> Bits:
        """Return the lowest number of each bin, or the number above the range for a bin beyond it."""
        beyond = highest + np.uint64(1)
        if self.kind == "bits":
            shift, number = self._shift(lowest, highest), bins.astype(np.uint64)
            return np.where(number <= highest - lowest >> shift, lowest + (number << shift), beyond)
        below, reached = lowest.copy(), beyond
        for _ in range(65):  # halve the numbers of 64 bits
            middle = below + (reached - below >> np.uint64(1))
            enough = self.of(np.minimum(middle, highest), lowest, highest) >= bins
            is_open = below < reached
            reached = np.where(is_open & enough, middle, reached)
            below = np.where(is_open & ~enough, middle + np.uint64(1), below)
        return reached


@dataclass(frozen=True, eq=False)
class RangeCounts:
    """The values of a column in the ranges of its codes."""

    bins: Counts
    """The number of values in each bin, (codes, bins)."""
    lowest: Bits
    """The lowest value of each code, and so on for the others: (codes,)."""
    highest: Bits
    at_lowest: Counts
    """The number of values that equal the lowest."""
    at_highest: Counts
    missing: Counts
    """The number of missing values; 0 except for the question about the extremes."""

    FIELDS: ClassVar[int] = 6

    @classmethod
    def all_of(cls, state: State) -> list[RangeCounts]:
        """Return the counts of each of the ranges of a question."""
        return [cls(*state[start : start + cls.FIELDS]) for start in range(0, len(state), cls.FIELDS)]

    def arrays(self) -> State:
        """Return the arrays, in the order of the fields."""
        return self.bins, self.lowest, self.highest, self.at_lowest, self.at_highest, self.missing

    def __add__(self, other: RangeCounts) -> RangeCounts:
        lowest, highest = np.minimum(self.lowest, other.lowest), np.maximum(self.highest, other.highest)
        return RangeCounts(
            self.bins + other.bins,
            lowest,
            highest,
            np.where(self.lowest == lowest, self.at_lowest, 0) + np.where(other.lowest == lowest, other.at_lowest, 0),
            np.where(self.highest == highest, self.at_highest, 0)
            + np.where(other.highest == highest, other.at_highest, 0),
            self.missing + other.missing,
        )


@dataclass(frozen=True)
class MergeQuantiles:
    """Merges the states of partitions for a question of a search for quantiles."""

    kind: Kind

    def join(self, first: State, second: State) -> State:
        """Return the state of the rows of both."""
        if self.kind == "values":
            return (*first, *second)
        counts = [
            counts_first + counts_second
            for counts_first, counts_second in zip(*map(RangeCounts.all_of, (first, second)), strict=True)
        ]
        return tuple(array for of_range in counts for array in of_range.arrays())

    def value(self, state: State) -> State:
        """Return the state of all rows; values are in one array, beside their codes and the places of their ranges."""
        if self.kind != "values":
            return state
        return tuple(np.concatenate(state[field::3]) for field in range(3))


@dataclass(frozen=True, eq=False)
class QuantileQuestion:
    """A question of a search for quantiles about the rows of all partitions."""

    kind: Kind
    columns: int
    codes: int
    ranges: tuple[Ranges, ...] = ()
    bins: int = 1

    @property
    def merge(self) -> MergeQuantiles:
        """The rule that merges states."""
        return MergeQuantiles(self.kind)

    def state(self, columns: Sequence[pl.Series], codes: Codes | None = None) -> State:
        """Return the state of the rows of a partition.

        Parameters
        ----------
        columns : sequence of pl.Series
            The columns; missing values are null.
        codes : int array, (rows,), or None
            The code of each row, or -1 for a row that belongs to none; by default, all rows have the code 0.
        """
        ranges = self.ranges or [_everything(column, self.codes) for column in range(self.columns)]
        rows = {column: _Rows.of(columns[column], codes) for column in dict.fromkeys(each.column for each in ranges)}
        inside = ((*rows[each.column].inside(each), each) for each in ranges)
        if self.kind == "values":
            return self._values(inside)
        counts = [self._counted(*each, columns[each[2].column], codes) for each in inside]
        return tuple(array for of_range in counts for array in of_range.arrays())

    def _counted(
        self, bits: Bits, codes: Codes, ranges: Ranges, column: pl.Series, codes_of_rows: Codes | None
    ) -> RangeCounts:
        """Count the values of ranges."""
        ends = _ends(bits, codes, self.codes)
        if self.kind == "ends":
            missing = _missing(column, codes_of_rows, self.codes)
            return RangeCounts(np.bincount(codes, minlength=self.codes)[:, None], *ends, missing)
        low, high = ranges.lowest, ranges.highest
        if self.codes > 1:
            low, high = low[codes], high[codes]
        place = Bins(self.kind, self.bins).of(bits, low, high) + codes.astype(np.int64) * self.bins
        counts = np.bincount(place, minlength=self.codes * self.bins).reshape(self.codes, self.bins)
        return RangeCounts(counts, *ends, np.zeros(self.codes, np.int64))

    def _values(self, inside: Iterator[tuple[Bits, Codes, Ranges]]) -> State:
        """Return the values in the ranges, their codes, and the places of their ranges."""
        values, codes, places = [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
        for place, (bits, of_values, _) in enumerate(inside):
            values.append(bits)
            codes.append(of_values)
            places.append(np.full(len(bits), place, np.int32))
        return np.concatenate(values), np.concatenate(codes), np.concatenate(places)


@dataclass(frozen=True)
class _Rows:
    """The present values of a column whose rows have a code."""

    bits: Bits
    codes: Codes | None
    """The codes, or None if all are 0."""

    @classmethod
    def of(cls, column: pl.Series, codes: Codes | None) -> _Rows:
        if codes is None:
            return cls(ordered_bits(column.drop_nulls().to_numpy().astype(np.float64, copy=False)), None)
        used = codes >= 0
        if column.null_count():
            used &= column.is_not_null().to_numpy()
        return cls(ordered_bits(column.to_numpy().astype(np.float64, copy=False)[used]), codes[used])

    def inside(self, ranges: Ranges) -> tuple[Bits, Codes]:
        """Return the values in the ranges of their codes, and the codes."""
        if self.codes is None:
            within = (self.bits >= ranges.lowest[0]) & (self.bits <= ranges.highest[0])
            bits = self.bits if within.all() else self.bits[within]
            return bits, np.zeros(len(bits), np.int32)
        within = (self.bits >= ranges.lowest[self.codes]) & (self.bits <= ranges.highest[self.codes])
        return self.bits[within], self.codes[within]


def _everything(column: int, codes: int) -> Ranges:
    return Ranges(column, np.zeros(codes, np.uint64), np.full(codes, 2**64 - 1, np.uint64))


def _ends(bits: Bits, own: Codes, codes: int) -> tuple[Bits, Bits, Counts, Counts]:
    """Return the lowest and the highest value of each code, and their numbers; an empty range without values."""
    if codes > 1:
        bits = bits[by_group(own.astype(np.uint32))]
    count = np.bincount(own, minlength=codes)
    lowest, highest = np.full(codes, 2**64 - 1, np.uint64), np.zeros(codes, np.uint64)
    numbers = np.zeros((2, codes), np.int64)
    present = count > 0
    if present.any():
        starts, counts = (np.cumsum(count) - count)[present], count[present]
        lowest[present] = np.minimum.reduceat(bits, starts)
        highest[present] = np.maximum.reduceat(bits, starts)
        for number, end in zip(numbers, (lowest, highest), strict=True):
            of_values = end if codes == 1 else np.repeat(end[present], counts)
            number[present] = np.add.reduceat((bits == of_values).astype(np.int64), starts)
    return lowest, highest, numbers[0], numbers[1]


def _missing(column: pl.Series, codes: Codes | None, number_of_codes: int) -> Counts:
    """Return the number of missing values of each code."""
    if not column.null_count():
        return np.zeros(number_of_codes, np.int64)
    if codes is None:
        return np.array([column.null_count()])
    of_missing = codes[column.is_null().to_numpy()]
    return np.bincount(of_missing[of_missing >= 0], minlength=number_of_codes)
