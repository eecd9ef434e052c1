"""The order of the scores of all rows, of which a run over partitions has some.

Each partition keeps, within each key, the row of the lowest and of the highest value; or, for a method that is not
declared monotone, the row of the highest and of the lowest score in each bin of the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from indicia.partitions.merge import MergeEach
from indicia.statistics.noise import NOISE, largest_absolute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.partitions.partition import Partition
    from indicia.statistics.profile import Profile

    _Rows = tuple[tuple[str, float, float], tuple[str, float, float]] | None
    """The unit, value and score of the worse row, and those of the better; None if no two rows are in a wrong order."""

_ALL, _BIN, _SIZE, _ROW = "\0all", "\0bin", "\0size", "\0row"
_FACTS = ("x", "score", "value", "unit")


class ScoredValue(NamedTuple):
    """The value of a unit, and its score."""

    unit: str
    value: float
    score: float


class Reversal(NamedTuple):
    """The outcome of a comparison of the scores of all rows with the order of one column."""

    noise: float
    """The largest difference between scores that count as equal."""
    rows: tuple[ScoredValue, ScoredValue] | None
    """Two rows of which the worse has the better score: the worse and the better; None if there are none."""

    @classmethod
    def of(cls, noise: float, rows: _Rows) -> Reversal:
        """Return the reversal of plain values."""
        return cls(noise, None if rows is None else (ScoredValue(*rows[0]), ScoredValue(*rows[1])))


@dataclass(frozen=True, eq=False)
class OrderOfScores:
    """The values and scores of a column in one partition."""

    x: pl.Series
    z: pl.Series
    values: pl.Series
    """The values as errors show them."""
    units: pl.DataFrame
    key: tuple[pl.Series, ...]
    profile: Profile
    """The profile of z."""
    is_cost: bool
    is_monotone: bool

    @property
    def merge(self) -> MergeEnds | MergeExtremeRows:
        """The rule that merges the states of partitions."""
        if self.is_monotone and not self.key:
            return MergeEnds(self.is_cost)
        key = (_ALL, *(f"\0key{number}" for number in range(len(self.key))))
        if self.is_monotone:
            return MergeExtremeRows(key, (("low", "x", False), ("high", "x", True)), self.is_cost)
        return MergeExtremeRows((*key, _BIN), (("top", "score", True), ("bottom", "score", False)), self.is_cost)

    def state(self) -> Ends | pl.DataFrame:
        """Return the rows that the partition keeps."""
        merge = self.merge
        if isinstance(merge, MergeEnds):
            profile = self.profile if self.profile.is_known else self.profile.own()
            return Ends(largest_absolute(profile), self._row(self.x.arg_min()), self._row(self.x.arg_max()))
        keys = [column.alias(f"\0key{number}") for number, column in enumerate(self.key)]
        frame = pl.DataFrame([self.x.alias("x"), self.z.alias("score"), self.values.alias("value"), *keys])
        frame = frame.with_row_index(_ROW).with_columns(pl.lit(0).alias(_ALL), pl.col("score").abs().alias(_SIZE))
        frame = frame.filter(pl.col("x").is_not_null())
        if not self.is_monotone:
            frame = frame.with_columns(_bin(pl.col("x")).alias(_BIN))
        sides = [pl.col(fact).alias(f"{side} {fact}") for side, *_ in merge.sides for fact in ("x", "score", "value")]
        rows = [pl.col(_ROW).alias(f"{side} unit") for side, *_ in merge.sides]
        chosen = merge.choose(frame.select(*merge.key, _SIZE, *sides, *rows))
        return chosen.with_columns(self._names(chosen[f"{side} unit"]) for side, *_ in merge.sides)

    def _row(self, row: int | None) -> EndRow | None:
        if row is None:
            return None
        return EndRow(self.x[row], " ".join(map(str, self.units.row(row))), self.values[row], self.z[row])

    def _names(self, rows: pl.Series) -> pl.Series:
        name = pl.concat_str(pl.all().cast(pl.String), separator=" ").alias(rows.name)
        return self.units[rows].select(name).to_series()


_ABOVE_ALL_EXPONENTS = 100_000
"""Makes the bins of positive numbers positive: the smallest number is 2 to the power of -1074."""


def _bin(x: pl.Expr) -> pl.Expr:
    """Return a bin of a number that grows with the number: 64 for each power of two, on both sides of zero."""
    size = x.abs()
    exponent = pl.when(size > 0).then((size.log(2) * 64).floor() + _ABOVE_ALL_EXPONENTS).otherwise(0.0)
    return (exponent * x.sign()).cast(pl.Int32)


class EndRow(NamedTuple):
    """The row of an extreme value."""

    x: float
    unit: str
    value: float
    score: float | None


class Ends(NamedTuple):
    """The rows of the lowest and of the highest value; None if no value is present."""

    size: float
    """The largest absolute score."""
    low: EndRow | None
    high: EndRow | None


@dataclass(frozen=True)
class MergeEnds:
    """Merges the rows of the lowest and of the highest value; the answer has the facts of a `Reversal`."""

    is_cost: bool

    def join(self, first: Ends, second: Ends) -> Ends:
        """Return the ends of both; of equal values, the first."""
        low, high = first.low or second.low, first.high or second.high
        if low is not None and second.low is not None and second.low.x < low.x:
            low = second.low
        if high is not None and second.high is not None and second.high.x > high.x:
            high = second.high
        return Ends(max(first.size, second.size), low, high)

    def value(self, state: Ends) -> tuple[float, _Rows]:
        """Return the ends if the worse one has a better score by more than noise."""
        noise = NOISE * state.size
        worse, better = (state.high, state.low) if self.is_cost else (state.low, state.high)
        if worse is None or better is None or worse.score is None or better.score is None:
            return noise, None
        is_wrong = worse.score > better.score + noise
        facts = (worse.unit, worse.value, worse.score), (better.unit, better.value, better.score)
        return noise, facts if is_wrong else None


@dataclass(frozen=True)
class MergeExtremeRows:
    """Merges rows in which a column is lowest or highest within a key; the answer has the facts of a `Reversal`."""

    key: tuple[str, ...]
    sides: tuple[tuple[str, str, bool], ...]
    """The word for a row, the column that decides, and whether it is the highest."""
    is_cost: bool

    def choose(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return one row for each key, with the facts of the chosen rows."""
        columns = [pl.col(_SIZE).max()]
        for side, fact, highest in self.sides:
            column = pl.col(f"{side} {fact}")
            place = column.arg_max() if highest else column.arg_min()
            columns += [pl.col(f"{side} {each}").get(place) for each in _FACTS]
        return frame.group_by(self.key, maintain_order=True).agg(columns)

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of both."""
        return self.choose(pl.concat([first, second]))

    def value(self, state: pl.DataFrame) -> tuple[float, _Rows]:
        """Return two rows in a wrong order: the ends of a key, or those of bins of values."""
        noise = NOISE * float(state[_SIZE].max() or 0.0)  # type: ignore[arg-type]
        if _BIN not in self.key:
            worse, better = ("high", "low") if self.is_cost else ("low", "high")
            wrong = state.filter(pl.col(f"{worse} score") > pl.col(f"{better} score") + noise)
            return noise, None if wrong.is_empty() else (_facts(wrong, worse), _facts(wrong, better))
        key = [name for name in self.key if name != _BIN]
        rows = state.sort(_BIN, descending=self.is_cost, maintain_order=True)
        # the highest score of all bins with worse values, with its row
        before = rows.with_columns(pl.col("top score").cum_max().shift(1).over(key).alias("\0before"))
        wrong = before.filter(pl.col("\0before") > pl.col("bottom score") + noise)
        if wrong.is_empty():
            return noise, None
        first = wrong.head(1)
        worse_rows = before.join(first.select(*key, pl.col("\0before").alias("\0top")), on=key, nulls_equal=True)
        worse_rows = worse_rows.filter(pl.col("top score") == pl.col("\0top")).head(1)
        return noise, (_facts(worse_rows, "top"), _facts(first, "bottom"))


def _facts(rows: pl.DataFrame, side: str) -> tuple[str, float, float]:
    return rows.select(f"{side} unit", f"{side} value", f"{side} score").row(0)


def ask_orders(partition: Partition, place: str, columns: Mapping[str, OrderOfScores]) -> dict[str, Reversal] | None:
    """Return the reversal of each column; None in the round that asks."""
    if not columns:
        return {}
    merge = MergeEach(tuple((name, column.merge) for name, column in columns.items()))
    answer = partition.ask_later(place, merge, lambda: {name: column.state() for name, column in columns.items()})
    return None if answer is None else {name: Reversal.of(*facts) for name, facts in answer.items()}
