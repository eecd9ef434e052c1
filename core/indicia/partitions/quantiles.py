"""Quantiles over partitions, by questions that narrow the range.

Exact quantiles of all rows of a partitioned table, without a sort.

A search counts values in bins of a range, chooses the bins that hold the wanted places, and asks again, until the
ranges have so few values that partitions return them. The results have the bits of `pl.Series.quantile`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import polars as pl

from indicia.methods.noise import by_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from indicia.partitions.partition import Partition
    from indicia.partitions.sorted_runs import Codes

    Bits = npt.NDArray[np.uint64]
    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]
    State = tuple[npt.NDArray[Any], ...]


_SIGN = np.uint64(1 << 63)


def ordered_bits(values: Floats) -> Bits:
    """Return the place of each value among all float64; NaN is above infinity, and -0.0 equals 0.0.

    >>> bits = ordered_bits(np.array([-1.0, 0.0, 5e-324, np.inf, np.nan]))
    >>> bool((np.diff(bits) > 0).all()), int(bits[2] - bits[1])
    (True, 1)
    """
    bits = (values + 0.0).view(np.uint64)
    bits = np.where(bits & _SIGN, ~bits, bits | _SIGN)
    nan = np.isnan(values)
    return np.where(nan, np.uint64(0xFFF8 << 48), bits) if nan.any() else bits


def values_of_bits(bits: Bits) -> Floats:
    """Return the value of each place.

    >>> values_of_bits(ordered_bits(np.array([-1.5, 2.0]))).tolist()
    [-1.5, 2.0]
    """
    return np.where(bits & _SIGN, bits ^ _SIGN, ~bits).view(np.float64)


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


MOST_VALUES = 2**20
"""The most values that all partitions together return."""
MOST_BINS = 2**16
"""The most bins of a range."""
_CELLS = 2**21
"""The most bins of all ranges of a question."""


@dataclass(frozen=True)
class Quantile:
    """A quantile of a column."""

    column: int
    """The place of the column in the sequence of columns."""
    probability: float
    interpolation: Literal["linear", "lower", "higher", "nearest", "midpoint"] = "linear"


def ask_quantiles(
    partition: Partition,
    place: str,
    quantiles: Sequence[Quantile],
    columns: Sequence[pl.Series],
    codes: Codes | None = None,
    number_of_codes: int = 1,
) -> list[pl.Series]:
    """Return quantiles of all rows, given the rows of one partition.

    Parameters
    ----------
    partition : Partition
        The door to the facts of all rows.
    place : str
        The name of the question in the run.
    quantiles : sequence of Quantile
        The wanted quantiles.
    columns : sequence of pl.Series
        The columns of the partition, of decimals; missing values are null.
    codes : int array, (rows,), or None
        The code of each row: quantiles are computed for each code. A row with -1 belongs to none; by default, all rows
        have the code 0.
    number_of_codes : int
        A number above all codes of all partitions.

    Returns
    -------
    list of pl.Series, (codes,)
        Each quantile by code; missing where a code has no values.

    Raises
    ------
    Pending
        If the partitions have to answer another question first.
    """
    search = QuantileSearch.start(quantiles, len(columns), number_of_codes)
    rounds = 0
    while (question := search.question()) is not None:
        rounds += 1
        answer = partition.ask(
            f"{place}: quantiles, round {rounds}",
            question.merge,
            lambda question=question: question.state(columns, codes),  # type: ignore[misc]
        )
        search = search.after(question, answer)
    return search.values()


@dataclass(frozen=True, eq=False)
class _Place:
    """The search for one place of the sorted values of a column, for each code; arrays have the shape (codes,)."""

    column: int
    wanted: Counts
    """The wanted place among the values of the range; the lowest has the place 0."""
    inside: Counts
    """The number of values in the range."""
    lowest: Bits
    highest: Bits

    @property
    def open(self) -> npt.NDArray[np.bool_]:
        """True for each code whose range has several different numbers."""
        return (self.inside > 0) & (self.lowest < self.highest)

    @property
    def ranges(self) -> Ranges:
        """The ranges in which the search goes on; all others are empty, however many values they have."""
        lowest = np.where(self.open, self.lowest, np.uint64(2**64 - 1))
        return Ranges(self.column, lowest, np.where(self.open, self.highest, np.uint64(0)))

    def narrowed(self, counts: RangeCounts, bins: Bins) -> _Place:
        """Return the search in the bins that hold the places; it ends at the lowest and at the highest value."""
        up_to = np.cumsum(counts.bins, axis=1)
        bin_ = np.argmax(up_to > self.wanted[:, None], axis=1)
        codes = np.arange(len(bin_))
        inside = counts.bins[codes, bin_]
        lowest = np.maximum(bins.first_in(bin_, self.lowest, self.highest), counts.lowest)
        highest = np.minimum(bins.first_in(bin_ + 1, self.lowest, self.highest) - np.uint64(1), counts.highest)
        at_lowest, at_highest = self.wanted < counts.at_lowest, self.wanted >= self.inside - counts.at_highest
        lowest, highest = np.where(at_highest, counts.highest, lowest), np.where(at_lowest, counts.lowest, highest)
        return self._changed(self.wanted - (up_to[codes, bin_] - inside), inside, lowest, highest)

    def end_among(self, values: Bits, codes: Codes) -> _Place:
        """Return the end of the search, given the values of the ranges, sorted by code and value."""
        count = np.bincount(codes, minlength=len(self.wanted))
        place = np.minimum(np.cumsum(count) - count + self.wanted, max(0, len(values) - 1))
        value = values[place] if len(values) else self.lowest
        return self._changed(self.wanted, self.inside, value, value)

    def _changed(self, wanted: Counts, inside: Counts, lowest: Bits, highest: Bits) -> _Place:
        """Return this search, changed where it is open."""
        new, old = (wanted, inside, lowest, highest), (self.wanted, self.inside, self.lowest, self.highest)
        return _Place(self.column, *(np.where(self.open, *pair) for pair in zip(new, old, strict=True)))


@dataclass(frozen=True, eq=False)
class QuantileSearch:
    """The state of a search for quantiles; each has two places, the next one below its position and the next above."""

    quantiles: tuple[Quantile, ...]
    columns: int
    codes: int
    most_values: int = MOST_VALUES
    most_bins: int = MOST_BINS
    rounds: int = 0
    positions: Floats | None = None
    """The position of each quantile among all rows, the missing values first: (quantiles, codes)."""
    present: Counts | None = None
    """The number of present values, (quantiles, codes)."""
    missing: Counts | None = None
    places: tuple[_Place, ...] = ()

    @classmethod
    def start(
        cls,
        quantiles: Sequence[Quantile],
        columns: int,
        codes: int = 1,
        *,
        most_values: int = MOST_VALUES,
        most_bins: int = MOST_BINS,
    ) -> QuantileSearch:
        """Begin a search for quantiles of columns, for each code; all partitions together return `most_values`."""
        return cls(tuple(quantiles), columns, codes, most_values, most_bins)

    def question(self) -> QuantileQuestion | None:
        """Return the next question about all rows, or None if the search has ended."""
        if self.positions is None:
            return QuantileQuestion("ends", self.columns, self.codes)
        distinct = {place.ranges.identity: place for place in self.places if place.open.any()}
        if not distinct:
            return None
        ranges = tuple(place.ranges for place in distinct.values())
        bins = max(2, min(self.most_bins, _CELLS // (self.codes * len(ranges))))
        kind = self._kind(list(distinct.values()))
        return QuantileQuestion(kind, self.columns, self.codes, ranges, 1 << bins.bit_length() - 1)

    def _kind(self, places: Sequence[_Place]) -> Kind:
        if sum(int(place.inside[place.open].sum()) for place in places) <= self.most_values:
            return "values"
        ends = [values_of_bits(end[place.open]) for place in places for end in (place.lowest, place.highest)]
        # bins of equal width suit most columns; bins by the bits of numbers end the search whatever the values
        return "linear" if self.rounds == 1 and np.isfinite(np.concatenate(ends)).all() else "bits"

    def after(self, question: QuantileQuestion, answer: State) -> QuantileSearch:
        """Return the search after an answer, which is the merged state of all partitions."""
        if question.kind == "ends":
            return replace(self._begun(RangeCounts.all_of(answer)), rounds=1)
        places = {ranges.identity: number for number, ranges in enumerate(question.ranges)}
        counts = [] if question.kind == "values" else RangeCounts.all_of(answer)
        if question.kind == "values":
            values, codes, range_of = answer
            order = np.lexsort((values, codes, range_of))
            values, codes = values[order], codes[order]
            ends = np.searchsorted(range_of[order], np.arange(len(question.ranges) + 1))
        narrowed = []
        for place in self.places:
            number = places.get(place.ranges.identity)
            if number is None:
                narrowed.append(place)
            elif question.kind == "values":
                part = slice(int(ends[number]), int(ends[number + 1]))
                narrowed.append(place.end_among(values[part], codes[part]))
            else:
                narrowed.append(place.narrowed(counts[number], Bins(question.kind, question.bins)))
        return replace(self, places=tuple(narrowed), rounds=self.rounds + 1)

    def _begun(self, counts: Sequence[RangeCounts]) -> QuantileSearch:
        """Return the search with the places of the quantiles, given the counts of each column."""
        of = [counts[quantile.column] for quantile in self.quantiles]
        present = np.array([column.bins[:, 0] for column in of]).reshape(len(of), self.codes)
        missing = np.array([column.missing for column in of]).reshape(len(of), self.codes)
        probability = np.array([quantile.probability for quantile in self.quantiles])[:, None]
        # polars sorts missing values first and counts them in the position, which decides the last digit
        positions = (present.astype(np.float64) - 1.0) * probability + missing.astype(np.float64)
        places = []
        for number, (quantile, column) in enumerate(zip(self.quantiles, of, strict=True)):
            for place in _places(quantile, positions[number]):
                wanted = np.clip(place.astype(np.int64) - missing[number], 0, np.maximum(present[number] - 1, 0))
                start = _Place(quantile.column, wanted, present[number], column.lowest, column.highest)
                places.append(start.narrowed(column, Bins("bits", 1)))
        return replace(self, positions=positions, present=present, missing=missing, places=tuple(places))

    def values(self) -> list[pl.Series]:
        """Return each quantile by code; missing where a code has no values."""
        if self.positions is None or self.present is None:
            raise ValueError("the search has not begun")
        columns = []
        for number, quantile in enumerate(self.quantiles):
            lower, upper = (values_of_bits(place.lowest) for place in self.places[2 * number : 2 * number + 2])
            value = _interpolated(quantile, lower, upper, self.positions[number])
            column = pl.Series(value)
            columns.append(column.set(pl.Series(self.present[number] == 0), None))
        return columns


def _places(quantile: Quantile, position: Floats) -> tuple[Floats, Floats]:
    """Return the places at or below a position, and at or above it, by the interpolation of a quantile."""
    below, above = np.floor(position), np.ceil(position)
    match quantile.interpolation:
        case "lower":
            return below, below
        case "higher":
            return above, above
        case "nearest":  # a half is rounded up
            nearest = below + (position - below >= 0.5)
            return nearest, nearest
    return below, above


def _interpolated(quantile: Quantile, lower: Floats, upper: Floats, position: Floats) -> Floats:
    """Interpolate between two values, by the formulas of polars."""
    with np.errstate(invalid="ignore", over="ignore"):
        if quantile.interpolation == "linear":
            value = (position - np.floor(position)) * (upper - lower) + lower
        else:
            value = (lower + upper) / 2
    return np.where(lower == upper, lower, value)
