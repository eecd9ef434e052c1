"""Profiles of columns: missing values and extremes, computed in one pass for all checks."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.errors import DataError, join_names
from indicia.methods.numbers import half_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.methods.contract import Domain


@dataclass(frozen=True)
class Profile:
    """The missing values and the extremes of one column; these are None where no value is present."""

    missing: int
    invalid: bool
    """True if a value is NaN."""
    lowest: float | None
    highest: float | None

    @property
    def is_known(self) -> bool:
        """True if the extremes are known without a question about all rows."""
        return True

    def own(self) -> Profile:
        """Return the profile of the rows at hand, which are those of one partition in a run over partitions."""
        return self

    @property
    def finite(self) -> bool:
        """True if all present values are finite."""
        ends = [end for end in (self.lowest, self.highest) if end is not None]
        return not self.invalid and all(math.isfinite(end) for end in ends)

    @property
    def ends(self) -> dict[str, float | None]:
        """The extreme values, by the names that statistics have in formulas."""
        return {"min": self.lowest, "max": self.highest}

    def has(self, kind: str) -> bool:
        """Return whether the profile has a statistic of the column; `kind` is its name in formulas."""
        return self.ends.get(kind) is not None

    def statistic(self, kind: str) -> float:
        """Return a statistic that the profile has."""
        value = self.ends[kind]
        assert value is not None
        return value

    @property
    def spread(self) -> float:
        """The highest value minus the lowest; 0 where no value is present, NaN where values are not finite."""
        return 0.0 if self.lowest is None or self.highest is None else self.highest - self.lowest

    def mirrored(self) -> Profile:
        """Return the profile of -x."""
        lowest, highest = (None if end is None else -end for end in (self.highest, self.lowest))
        return replace(self, lowest=lowest, highest=highest)

    def clipped(self, low: float | None, high: float | None) -> Profile:
        """Return the profile of values that are limited to an interval; None stands for no limit."""
        ends = pl.Series([self.lowest, self.highest], dtype=pl.Float64)
        lowest, highest = ends.clip(low, high)  # the function that limits the values
        return replace(self, lowest=lowest, highest=highest)

    @property
    def constant(self) -> bool:
        """True if all present values are equal."""
        return self.lowest == self.highest

    def within(self, domain: Domain) -> bool:
        """Return whether all present values lie in the domain."""
        return self.lowest is None or domain.admits(self.lowest)

    def between(self, low: object, high: object) -> bool:
        """Return True if all present values lie between two limits for certain; None stands for no limit."""
        if self.lowest is None or self.highest is None:
            return True
        # limits that are not numbers differ between rows, and the profile has no rows
        is_above = low is None or (isinstance(low, float) and low <= self.lowest)
        return is_above and (high is None or (isinstance(high, float) and self.highest <= high))


_MANY = 10_000
"""The number of rows from which one query for all columns is faster than three aggregates of each column."""


def profile(frame: pl.DataFrame, columns: Iterable[str]) -> dict[str, Profile]:
    """Return the profiles of numeric columns.

    >>> profile(pl.DataFrame({"x": [1.0, None, 3.0]}), ["x"])
    {'x': Profile(missing=1, invalid=False, lowest=1.0, highest=3.0)}
    """
    return {name: column_profile for name, (column_profile, _) in profiles_and_sums(frame, columns).items()}


def profiles_and_sums(frame: pl.DataFrame, columns: Iterable[str]) -> dict[str, tuple[Profile, float]]:
    """Return the profile and the sum of each numeric column; the sum is computed to find NaN."""
    names = list(columns)
    if frame.height < _MANY:
        return {name: _profile(column := frame[name], column.sum(), column.min(), column.max()) for name in names}
    extremes = frame.select(
        expression
        for number, name in enumerate(names)
        for expression in (
            pl.col(name).sum().alias(f"{number}s"),
            pl.col(name).min().alias(f"{number}l"),
            pl.col(name).max().alias(f"{number}h"),
        )
    ).row(0)
    return {name: _profile(frame[name], *extremes[3 * number : 3 * number + 3]) for number, name in enumerate(names)}


def _profile(column: pl.Series, total: Any, lowest: Any, highest: Any) -> tuple[Profile, float]:
    """Return a profile and the sum.

    The column is searched for NaN only if its sum is NaN, as both infinities give that sum too.
    """
    invalid = total != total and bool(column.is_nan().any())
    return Profile(column.null_count(), invalid, lowest, highest), float(total or 0.0)


@dataclass(frozen=True)
class ProfiledColumns:
    """Columns of numbers, with their profiles."""

    frame: pl.DataFrame
    profiles: Mapping[str, Profile]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> ProfiledColumns:
        """Profile the columns of a frame."""
        return cls(frame, profile(frame, frame.columns))

    @classmethod
    def none(cls) -> ProfiledColumns:
        """Return no columns."""
        return cls(pl.DataFrame(), {})

    def with_columns(self, *others: ProfiledColumns) -> ProfiledColumns:
        """Return these columns with others added, or replaced where the names are equal."""
        new = [column for columns in others for column in columns.frame.get_columns()]
        if not new:
            return self
        profiles = {
            name: column_profile for columns in (self, *others) for name, column_profile in columns.profiles.items()
        }
        return ProfiledColumns(self.frame.with_columns(new) if self.frame.width else pl.DataFrame(new), profiles)


def rounded(name: str, decimals: int) -> pl.Expr:
    """Round a column half-up."""
    return half_up(pl.col(name), decimals)


def domain_error(method: str, domain: Domain, column: str, units: list[str], remedy: str) -> DataError:
    """Return the error of a method that cannot take values outside its domain, with some units by name."""
    units = sorted(units)
    outside = (
        f"1 that is not ({units[0]})" if len(units) == 1 else f"{len(units)} that are not ({join_names(units, 3)})"
    )
    return DataError(f"{method} needs {domain.value} values: {column} has {outside}", remedy=remedy)
