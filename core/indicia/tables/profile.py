"""Profiles of columns for the checks, computed in one pass: missing values and extremes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.errors import DataError, join_names
from indicia.methods import half_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.methods import Domain


@dataclass(frozen=True)
class Profile:
    """Facts of one column; lowest and highest are None where nothing is present."""

    missing: int
    invalid: bool
    """Holds a value that is no number."""
    lowest: float | None
    highest: float | None

    @property
    def finite(self) -> bool:
        """Whether all present values are finite."""
        ends = [end for end in (self.lowest, self.highest) if end is not None]
        return not self.invalid and all(math.isfinite(end) for end in ends)

    @property
    def ends(self) -> dict[str, float | None]:
        """The extreme values, by the names that statistics have in formulas."""
        return {"min": self.lowest, "max": self.highest}

    @property
    def spread(self) -> float:
        """The highest value less the lowest; 0 where none is present, NaN where the values are not finite."""
        return 0.0 if self.lowest is None or self.highest is None else self.highest - self.lowest

    def mirrored(self) -> Profile:
        """Return the facts of -x."""
        lowest, highest = (None if end is None else -end for end in (self.highest, self.lowest))
        return replace(self, lowest=lowest, highest=highest)

    @property
    def constant(self) -> bool:
        """Whether the present values are all the same."""
        return self.lowest == self.highest

    def within(self, domain: Domain) -> bool:
        """Whether all present values lie in the domain."""
        return self.lowest is None or domain.admits(self.lowest)

    def between(self, low: object, high: object) -> bool:
        """Whether two numbers, of which None is no limit, enclose all present values for certain."""
        if self.lowest is None or self.highest is None:
            return True
        above = low is None or (isinstance(low, float) and low <= self.lowest)
        return above and (high is None or (isinstance(high, float) and self.highest <= high))


_MANY = 10_000


def profile(frame: pl.DataFrame, columns: Iterable[str]) -> dict[str, Profile]:
    """Return the profiles of numeric columns.

    >>> profile(pl.DataFrame({"x": [1.0, None, 3.0]}), ["x"])
    {'x': Profile(missing=1, invalid=False, lowest=1.0, highest=3.0)}
    """
    names = list(columns)
    if frame.height < _MANY:  # a query takes longer to plan than these take
        return {name: _profile(column := frame[name], column.sum(), column.min(), column.max()) for name in names}
    facts = frame.select(
        expression
        for number, name in enumerate(names)
        for expression in (
            pl.col(name).sum().alias(f"{number}s"),
            pl.col(name).min().alias(f"{number}l"),
            pl.col(name).max().alias(f"{number}h"),
        )
    ).row(0)
    return {name: _profile(frame[name], *facts[3 * number : 3 * number + 3]) for number, name in enumerate(names)}


def _profile(column: pl.Series, total: Any, lowest: Any, highest: Any) -> Profile:
    """Return a profile; only where the total is NaN, since a value is or since infinities meet, is NaN searched for."""
    invalid = total != total and bool(column.is_nan().any())
    return Profile(column.null_count(), invalid, lowest, highest)


@dataclass(frozen=True)
class Columns:
    """Columns of numbers, with their profiles."""

    frame: pl.DataFrame
    facts: Mapping[str, Profile]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Columns:
        """Return the columns of a frame, and compute their profiles."""
        return cls(frame, profile(frame, frame.columns))

    @classmethod
    def none(cls) -> Columns:
        """Return no columns."""
        return cls(pl.DataFrame(), {})

    def with_columns(self, *others: Columns) -> Columns:
        """Return these columns, and others beside them or in their place."""
        new = [column for one in others for column in one.frame.get_columns()]
        if not new:
            return self
        facts = {name: about for one in (self, *others) for name, about in one.facts.items()}
        return Columns(self.frame.with_columns(new) if self.frame.width else pl.DataFrame(new), facts)


def rounded(name: str, decimals: int) -> pl.Expr:
    """Round a column half-up as a person does."""
    return half_up(pl.col(name), decimals)


def units_where(frame: pl.DataFrame, condition: pl.Expr, unit: str, period: str | None) -> list[str]:
    """Name the units (with their period) for which a condition holds."""
    rows = frame.filter(condition).select(unit, *([period] if period else []))
    return [" ".join(str(part) for part in row) for row in rows.iter_rows()]


def domain_error(method: str, domain: Domain, column: str, units: list[str], remedy: str) -> DataError:
    """Say that a method cannot take some values."""
    which = f"1 that is not ({units[0]})" if len(units) == 1 else f"{len(units)} that are not ({join_names(units, 3)})"
    return DataError(f"{method} needs {domain.value} values: {column} has {which}", remedy=remedy)
