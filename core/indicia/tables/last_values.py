"""The last value of each unit in a table with periods, from which later gaps are filled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.cell_text import cell_text
from indicia.errors import DataError
from indicia.tables.scope import VALUE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


PERIOD = "period"
TIME = "\0t"


@dataclass(frozen=True, eq=False)
class LastValues:
    """The last present value of each unit, and the missing cells after it, by indicator.

    A fitted index has them for imputations whose `carries_forward` is true: they are all that a later gap depends on.
    """

    series: Mapping[str, pl.DataFrame]
    """By indicator, the unit, the period as text and the value: all cells of a table, or only the last ones."""
    ends: tuple[str, str]
    """The first and the last period of the table."""
    is_date: bool = False
    """True if the periods are dates, False if they are numbers."""

    @classmethod
    def of(
        cls, units: pl.DataFrame, unit: str, period: str, values: pl.DataFrame, earlier: LastValues | None = None
    ) -> LastValues | None:
        """Return the last values of a table; None if the periods have no place in time on their own.

        With the last values of an earlier table, a unit without a value in this one keeps the earlier value.
        """
        times = absolute_time(units[period])
        if times is None or times.is_empty():
            return None
        text = units.select(cell_text(period, units.schema[period])).to_series().alias(PERIOD)
        keys = [units[unit], text]
        series = {column.name: pl.DataFrame([*keys, column.alias(VALUE)]) for column in values}
        for name, rows in (earlier.rows if earlier is not None else {}).items():
            if name in series:
                before = rows.rename({rows.columns[0]: unit}).cast(dict(series[name].schema))  # type: ignore[arg-type]
                lacking = before.join(series[name], on=[unit, PERIOD], how="anti")
                series[name] = pl.concat([lacking, series[name]])
        ordered = text.gather(times.arg_sort())
        ends = ordered[0], ordered[-1]
        return cls(series, ends, units.schema[period].is_temporal())

    @cached_property
    def rows(self) -> dict[str, pl.DataFrame]:
        """By indicator, the unit, the period and the value: the last present value of each unit, and the gaps after it.

        A unit without a value is absent.
        """
        rows = {}
        for name, series in self.series.items():
            unit = series.columns[0]
            timed = series.with_columns(self.times(series[PERIOD]).alias(TIME))
            last = pl.when(pl.col(VALUE).is_not_null()).then(pl.col(TIME)).max().over(unit)
            rows[name] = timed.filter(pl.col(TIME) >= last).sort(unit, TIME).drop(TIME)
        return rows

    def without(self, names: Collection[str]) -> LastValues:
        """Return the last values of the other indicators."""
        if not names:
            return self
        return replace(self, series={name: rows for name, rows in self.series.items() if name not in names})

    def times(self, periods: pl.Series) -> pl.Series:
        """Return the periods of these rows as numbers."""
        dates = periods.str.slice(0, 10).str.to_date("%Y-%m-%d") if self.is_date else periods
        times = absolute_time(dates)
        if times is None:
            raise ValueError("a period is no number")
        return times

    def check(self, period: pl.Series) -> pl.Series:
        """Return the periods of another table as numbers.

        DataError if the last values cannot fill its gaps: its periods are of another kind, all are before those of the
        fit, or it begins after the first and not after the last of them, so that the values before it are unknown.
        """
        times = absolute_time(period)
        if times is None or period.dtype.is_temporal() != self.is_date:
            kind = "dates" if self.is_date else "numbers"
            raise DataError(
                f"the periods of the table are not {kind}, as those that the index was fitted to ({self._span})",
                remedy=f"write the periods as {kind}",
            )
        first, last = self.times(pl.Series(self.ends))
        ordered = period.gather(times.arg_sort()).cast(pl.String)
        if len(times) and times.sort()[-1] < first:
            raise DataError(
                f"the periods of the table ({ordered[0]} to {ordered[-1]}) are before those that the index was fitted "
                f"to ({self._span}), and it carries values forward only",
                remedy="score these periods with the index file, or together with the periods of the fit",
            )
        if len(times) and first < times.sort()[0] <= last:
            raise DataError(
                f"the table begins in {ordered[0]}, within the periods that the index was fitted to ({self._span}): "
                "the fitted index has the last value of each unit, not those before",
                remedy=f"a table from {self.ends[0]} on, or only periods after {self.ends[1]}",
            )
        return times

    @property
    def _span(self) -> str:
        return " to ".join(dict.fromkeys(self.ends))


def time_of(period: pl.Series) -> pl.Series:
    """Return periods as numbers: a year, the number of the day of a date, or the rank of any other text."""
    times = absolute_time(period)
    return period.rank("dense").cast(pl.Float64) if times is None else times


def absolute_time(period: pl.Series) -> pl.Series | None:
    """Return periods as numbers that do not depend on the other periods: a year, or the number of the day of a date.

    None if a period is another text, such as Q1, whose place in time depends on the other periods of a table.
    """
    if period.dtype.is_temporal():
        return period.cast(pl.Date).cast(pl.Int32).cast(pl.Float64)
    numbers = period.cast(pl.Float64, strict=False)
    return None if numbers.null_count() else numbers
