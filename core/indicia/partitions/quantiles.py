"""Exact quantiles of all rows of a partitioned table, without a sort.

A search counts values in bins of a range, chooses the bins that hold the wanted places, and asks again, until the
ranges have so few values that partitions return them. The results have the bits of `pl.Series.quantile`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from indicia.partitions.ordered_bits import values_of_bits
from indicia.partitions.quantile_questions import Bins, QuantileQuestion, RangeCounts, Ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.partitions.ordered_bits import Bits, Floats
    from indicia.partitions.partition import Partition
    from indicia.partitions.quantile_questions import Counts, Kind, State
    from indicia.partitions.sorted_runs import Codes

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
