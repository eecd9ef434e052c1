"""The statistics of indicators over all rows, as checks see them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from indicia_audit.checks.distributions import moments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    import polars as pl

    from indicia_audit.checks.distributions import Distribution

    Shape: TypeAlias = tuple[float | None, float | None]


@dataclass(frozen=True)
class Sample:
    """The rows that a subject has, if they are a part of a larger table: evenly spaced from the first row."""

    rows: int
    """The number of rows of the sample."""
    of: int
    """The number of all rows."""
    step: int
    """The distance between rows of the sample."""

    def __str__(self) -> str:
        return f"looked at {self.rows:,} of {self.of:,} rows: every {_ordinal(self.step)}"


def _ordinal(number: int) -> str:
    """Return an ordinal in digits.

    >>> [_ordinal(number) for number in (2, 3, 11, 21, 1000)]
    ['2nd', '3rd', '11th', '21st', '1,000th']
    """
    last = 0 if number % 100 in (11, 12, 13) else number % 10
    return f"{number:,}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


class BeyondBounds(NamedTuple):
    """The numbers of measured values that have bounds, and that are below and above them."""

    present: int
    below: int
    above: int


class IndicatorStatistics(Protocol):
    """The statistics of the values of an indicator over all rows; in `indicia check` of partitions, they merge."""

    @property
    def rows(self) -> int:
        """The number of rows."""

    @property
    def present(self) -> int:
        """The number of values before anything is filled."""

    @property
    def zeros(self) -> int:
        """The number of values that are 0."""

    @property
    def imputed(self) -> int:
        """The number of filled values."""

    @property
    def changed(self) -> int:
        """The number of values that the treatment of outliers changes."""

    @property
    def lowest(self) -> float | None:
        """The lowest value before anything is filled; None without values."""

    @property
    def highest(self) -> float | None:
        """The highest value before anything is filled; None without values."""

    @property
    def lowest_row(self) -> str:
        """The first unit by name that has the lowest value, with its period in a panel; empty without values."""

    @property
    def highest_row(self) -> str:
        """The first unit by name that has the highest value."""

    @property
    def median(self) -> float | None:
        """The median before anything is filled."""

    @property
    def has_two_values(self) -> bool:
        """True if there are two different values at most."""

    @property
    def raw(self) -> Shape:
        """The skewness and excess kurtosis before anything is filled: see `moments`."""

    @property
    def treated(self) -> Shape:
        """The skewness and excess kurtosis after the treatment of outliers."""

    @property
    def prepared(self) -> Shape:
        """The skewness and excess kurtosis after transforms."""

    @property
    def treated_values(self) -> int:
        """The number of values after the treatment of outliers."""

    @property
    def prepared_values(self) -> int:
        """The number of values after transforms."""

    @property
    def beyond_bounds(self) -> BeyondBounds | None:
        """The values beyond the fixed bounds; None without bounds."""


class RowsOfIndicators(Protocol):
    """The rows of a subject: see `Subject`."""

    @property
    def raw(self) -> pl.DataFrame:
        """The values before anything is filled."""

    @property
    def treated(self) -> pl.DataFrame:
        """The values after the treatment of outliers."""

    @property
    def prepared(self) -> pl.DataFrame:
        """The values after transforms."""

    @property
    def imputed(self) -> pl.DataFrame:
        """True where a missing value was filled."""

    @property
    def changed(self) -> pl.DataFrame:
        """True where the treatment of outliers changed a value."""

    @property
    def distributions(self) -> Mapping[str, Distribution]:
        """The distribution of the values, by indicator."""

    @property
    def skewness(self) -> Mapping[str, float | None]:
        """The skewness of the values, by indicator."""

    @property
    def kurtosis(self) -> Mapping[str, float | None]:
        """The excess kurtosis of the values, by indicator."""

    def bounds_by_row(self, name: str) -> pl.DataFrame | None:
        """Return the ends of the fixed scale of an indicator; None if it has none."""

    def rows_where(self, mask: pl.Series) -> Iterator[tuple[int, str, str | None]]:
        """Yield the number, unit and period of the rows where a mask is true, sorted."""


@dataclass(frozen=True)
class StatisticsOfRows:
    """The statistics of an indicator whose rows are all in memory, computed when they are used."""

    subject: RowsOfIndicators
    name: str

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.subject.raw)

    @property
    def present(self) -> int:
        """The number of values before anything is filled."""
        return self._raw.count()

    @property
    def zeros(self) -> int:
        """The number of values that are 0."""
        facts = self.subject.distributions.get(self.name)
        return facts.zeros if facts else 0

    @property
    def imputed(self) -> int:
        """The number of filled values."""
        return int(self.subject.imputed[self.name].sum())

    @property
    def changed(self) -> int:
        """The number of values that the treatment of outliers changes."""
        return int(self.subject.changed[self.name].sum())

    @property
    def lowest(self) -> float | None:
        """The lowest value before anything is filled; None without values."""
        return self._raw.min()  # type: ignore[return-value]

    @property
    def highest(self) -> float | None:
        """The highest value before anything is filled; None without values."""
        return self._raw.max()  # type: ignore[return-value]

    @property
    def lowest_row(self) -> str:
        """The first unit by name that has the lowest value; empty without values."""
        return first_row_of(self.subject, self.name, self.lowest)

    @property
    def highest_row(self) -> str:
        """The first unit by name that has the highest value; empty without values."""
        return first_row_of(self.subject, self.name, self.highest)

    @property
    def median(self) -> float | None:
        """The median before anything is filled."""
        median = self._raw.median()
        return None if median is None else float(median)  # type: ignore[arg-type]

    @property
    def has_two_values(self) -> bool:
        """True if there are two different values at most."""
        return self._raw.n_unique() - min(1, self._raw.null_count()) <= 2

    @property
    def raw(self) -> Shape:
        """The skewness and excess kurtosis before anything is filled."""
        return self.subject.skewness[self.name], self.subject.kurtosis[self.name]

    @cached_property
    def treated(self) -> Shape:
        """The skewness and excess kurtosis after the treatment of outliers."""
        return moments(self.subject.treated[self.name])

    @cached_property
    def prepared(self) -> Shape:
        """The skewness and excess kurtosis after transforms."""
        return moments(self.subject.prepared[self.name])

    @property
    def treated_values(self) -> int:
        """The number of values after the treatment of outliers."""
        return self.subject.treated[self.name].count()

    @property
    def prepared_values(self) -> int:
        """The number of values after transforms."""
        return self.subject.prepared[self.name].count()

    @property
    def beyond_bounds(self) -> BeyondBounds | None:
        """The values beyond the fixed bounds; None without bounds."""
        return beyond_bounds_of(self.subject, self.name)

    @property
    def _raw(self) -> pl.Series:
        return self.subject.raw[self.name]


def first_row_of(subject: RowsOfIndicators, name: str, value: float | None) -> str:
    """Return the first row by unit and period that has a value of an indicator; an empty text for None."""
    if value is None:
        return ""
    _, unit, period = next(iter(subject.rows_where((subject.raw[name] == value).fill_null(value=False))))
    return unit if period is None else f"{unit} {period}"


def beyond_bounds_of(subject: RowsOfIndicators, name: str) -> BeyondBounds | None:
    """Return the numbers of measured values beyond the fixed bounds of an indicator, before caps and floors."""
    bounds = subject.bounds_by_row(name)
    if bounds is None:
        return None
    # before caps, since a cap at a bound makes these values equal too
    values = subject.treated[name].set(subject.raw[name].is_null(), None)
    below, above = int((values < bounds["low"]).sum()), int((values > bounds["high"]).sum())
    return BeyondBounds(values.count(), below, above)
