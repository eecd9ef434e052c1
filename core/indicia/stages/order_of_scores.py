"""The order of the scores of all rows, of which a run over partitions has some.

Each partition keeps, within each key, the row of the lowest and of the highest value; or, for a method that is not
declared monotone, the row of the highest and of the lowest score in each bin of the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.partitions.merge import MergeEach
from indicia.statistics.noise import NOISE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.partitions.partition import Partition

_ALL, _BIN, _SIZE, _ROW = "\0all", "\0bin", "\0size", "\0row"
_FACTS = ("x", "score", "value", "unit")


@dataclass(frozen=True)
class ScoredValue:
    """The value of a unit, and its score."""

    unit: str
    value: float
    score: float


@dataclass(frozen=True, eq=False)
class OrderOfScores:
    """The values and scores of a column in one partition."""

    x: pl.Series
    z: pl.Series
    values: pl.Series
    """The values as errors show them."""
    units: pl.DataFrame
    key: tuple[pl.Series, ...]
    is_cost: bool
    is_monotone: bool

    @property
    def merge(self) -> MergeExtremeRows:
        """The rule that merges the states of partitions."""
        key = (_ALL, *(f"\0key{number}" for number in range(len(self.key))))
        if self.is_monotone:
            return MergeExtremeRows(key, (("low", "x", False), ("high", "x", True)))
        return MergeExtremeRows((*key, _BIN), (("top", "score", True), ("bottom", "score", False)))

    def state(self) -> pl.DataFrame:
        """Return the rows that the partition keeps."""
        merge = self.merge
        if self.is_monotone and not self.key and (ends := self._ends()) is not None:
            return ends
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

    def _ends(self) -> pl.DataFrame | None:
        """Return the rows of the lowest and the highest value; the same as grouping all rows in one group, but fast."""
        low, high = self.x.arg_min(), self.x.arg_max()
        if low is None or high is None:
            return None
        present = self.z if not self.x.null_count() else self.z.filter(self.x.is_not_null())
        facts: dict[str, object] = {_ALL: 0, _SIZE: present.abs().max()}
        names = self._names(pl.Series("unit", [low, high]))
        for side, row, name in (("low", low, names[0]), ("high", high, names[1])):
            facts |= {f"{side} x": self.x[row], f"{side} score": self.z[row], f"{side} value": self.values[row]}
            facts[f"{side} unit"] = name
        schema: dict[str, pl.DataType] = {_ALL: pl.Int32(), _SIZE: self.z.dtype}
        for side in ("low", "high"):
            schema |= {f"{side} x": self.x.dtype, f"{side} score": self.z.dtype, f"{side} value": self.values.dtype}
            schema[f"{side} unit"] = pl.String()
        return pl.DataFrame([facts], schema=schema)

    def _names(self, rows: pl.Series) -> pl.Series:
        name = pl.concat_str(pl.all().cast(pl.String), separator=" ").alias(rows.name)
        return self.units[rows].select(name).to_series()

    def reversal(self, rows: pl.DataFrame) -> tuple[float, tuple[ScoredValue, ScoredValue] | None]:
        """Return the noise of scores, and two rows in a wrong order: the worse and the better; None if there are none.

        `rows` are those of all partitions.
        """
        noise = NOISE * float(rows[_SIZE].max() or 0.0)  # type: ignore[arg-type]
        if self.is_monotone:
            worse, better = ("high", "low") if self.is_cost else ("low", "high")
            wrong = rows.filter(pl.col(f"{worse} score") > pl.col(f"{better} score") + noise)
            return noise, _pair(wrong, worse, better)
        key = [name for name in rows.columns if name.startswith(("\0key", _ALL))]
        rows = rows.sort(_BIN, descending=self.is_cost, maintain_order=True)
        # the highest score of all bins with worse values, with its row
        before = rows.with_columns(pl.col("top score").cum_max().shift(1).over(key).alias("\0before"))
        wrong = before.filter(pl.col("\0before") > pl.col("bottom score") + noise)
        if wrong.is_empty():
            return noise, None
        first = wrong.head(1)
        worse_rows = before.join(first.select(*key, pl.col("\0before").alias("\0top")), on=key, nulls_equal=True)
        worse_rows = worse_rows.filter(pl.col("top score") == pl.col("\0top")).head(1)
        return noise, (_value(worse_rows, "top"), _value(first, "bottom"))


_ABOVE_ALL_EXPONENTS = 100_000
"""Makes the bins of positive numbers positive: the smallest number is 2 to the power of -1074."""


def _bin(x: pl.Expr) -> pl.Expr:
    """Return a bin of a number that grows with the number: 64 for each power of two, on both sides of zero."""
    size = x.abs()
    exponent = pl.when(size > 0).then((size.log(2) * 64).floor() + _ABOVE_ALL_EXPONENTS).otherwise(0.0)
    return (exponent * x.sign()).cast(pl.Int32)


def _pair(rows: pl.DataFrame, worse: str, better: str) -> tuple[ScoredValue, ScoredValue] | None:
    return None if rows.is_empty() else (_value(rows, worse), _value(rows, better))


def _value(rows: pl.DataFrame, side: str) -> ScoredValue:
    return ScoredValue(*rows.select(f"{side} unit", f"{side} value", f"{side} score").row(0))


@dataclass(frozen=True)
class MergeExtremeRows:
    """Merges rows in which a column is lowest or highest within a key."""

    key: tuple[str, ...]
    sides: tuple[tuple[str, str, bool], ...]
    """The word for a row, the column that decides, and whether it is the highest."""

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

    def value(self, state: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of all partitions."""
        return state


def ask_orders(
    partition: Partition, place: str, columns: Mapping[str, OrderOfScores]
) -> dict[str, tuple[float, tuple[ScoredValue, ScoredValue] | None]] | None:
    """Return, for each column, the noise of its scores and two rows in a wrong order; None in the round that asks."""
    if not columns:
        return {}
    merge = MergeEach(tuple((name, column.merge) for name, column in columns.items()))
    answer = partition.ask_later(place, merge, lambda: {name: column.state() for name, column in columns.items()})
    if answer is None:
        return None
    return {name: column.reversal(answer[name]) for name, column in columns.items()}
