"""Tables, and what becomes of them by an imputation or a treatment under test."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import strategies as st

from indicia.errors import IndiciaError
from indicia.index import Index
from indicia.methods import Domain, Imputation, SeriesImputation, Treatment
from indicia.testing.check import Check, check
from indicia.testing.subject import CLOSE, Subject, alike, catalogue_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from indicia.methods import Property
    from indicia.result import Result
    from indicia.testing.subject import Column, Columns

KINDS = ("imputation", "treatment")

WIDTH = 4
YEARS = (2000, 2001, 2003, 2004)
"""The periods of a unit, where a method fills from other periods; they are not equally far apart."""


@dataclass(frozen=True)
class Table:
    """Units with what is said of them, and their indicators; missing values as None."""

    columns: Columns
    about: Mapping[str, Sequence[Any]]

    @property
    def rows(self) -> int:
        return len(self.about["unit"])

    @property
    def frame(self) -> pl.DataFrame:
        cells = {name: pl.Series(list(x), dtype=pl.Float64) for name, x in self.columns.items()}
        return pl.DataFrame({**self.about, **cells})

    def of_rows(self, rows: Iterable[int]) -> Table:
        rows = list(rows)
        return Table(taken(self.columns, rows), {name: [x[row] for row in rows] for name, x in self.about.items()})

    def with_columns(self, columns: Columns) -> Table:
        return replace(self, columns=columns)

    def __str__(self) -> str:
        return f"{shown(self.columns)}; {self.about}"


def taken(columns: Columns, rows: Sequence[int]) -> dict[str, list[float | None]]:
    return {name: [x[row] for row in rows] for name, x in columns.items()}


@dataclass(frozen=True)
class Prepared:
    """The prepared values in the order of the rows, or the error that was stated."""

    values: Mapping[str, list[float | None]] = field(default_factory=dict)
    error: str | None = None


def parent_of(unit: str) -> str | None:
    """Name the unit that a unit belongs to: u0 has none, u1 and u2 belong to it, u3 and u4 to u1, and so on."""
    number = int(unit.removeprefix("u")) if unit.removeprefix("u").isdecimal() else 0
    return f"u{(number - 1) // 2}" if number else None


_INDICES: dict[str, Index] = {}
_PREPARED: dict[Any, Prepared] = {}
"""Indices and tables that were prepared before: the checks of one method come back to the same ones."""


class Preparation(Subject):
    """A method under test, and how tables are prepared with it."""

    @cached_property
    def follows(self) -> bool:
        """Whether it fills from other periods of the unit."""
        return isinstance(self.method, SeriesImputation)

    @cached_property
    def keeps_units(self) -> bool:
        """True if no unit may be taken from a table: those that are left may be compared with it."""
        return isinstance(self.method, Imputation) or (
            isinstance(self.method, Treatment) and self.method.parents is not None
        )

    @cached_property
    def lowest(self) -> int:
        """The smallest value to draw, in quarters."""
        return 1 if isinstance(self.method, Treatment) and self.method.domain is not Domain.REAL else -40

    def table(self, columns: Columns, units: Sequence[str] | None = None) -> Table:
        """Return a table of these columns; a panel where the method fills from other periods."""
        rows = range(len(next(iter(columns.values()))))
        about: dict[str, list[Any]] = {"unit": list(units or (f"u{row}" for row in rows))}
        if self.follows and units is None:
            about = {"unit": [f"u{row // 4}" for row in rows], "year": [YEARS[row % 4] for row in rows]}
        groups: dict[str, list[Any]] = {
            "group": ["ab"[row % 2] for row in rows],
            "parent": [parent_of(unit) for unit in about["unit"]],
        }
        return Table(columns, about | groups)

    def treated_together(self, table: Table) -> list[list[int]]:
        """Return the rows that a treatment treats by one rule: all, or those of one group and one parent."""
        assert isinstance(self.method, Treatment)
        parents = [self.method.parents] if self.method.parents else []
        names = [name for name in (*self.method.groups, *parents) if name in table.about]
        together: dict[tuple[Any, ...], list[int]] = {}
        for row in range(table.rows):
            together.setdefault(tuple(table.about[name][row] for name in names), []).append(row)
        return list(together.values())

    def index_of(self, table: Table, costs: Iterable[str] = (), **methodology: Any) -> Index:
        costs = set(costs)
        data = {"unit": "unit", "groups": ["group", "parent"]} | ({"period": "year"} if "year" in table.about else {})
        raw = {
            "data": data,
            "indicators": {name: {"direction": "cost" if name in costs else "benefit"} for name in table.columns},
            "methodology": {"normalisation": "none", "missing": "skip", self.kind: self.choice, **methodology},
        }
        key = repr((raw, self.plugins))
        if key not in _INDICES:
            _INDICES[key] = Index(raw, catalogue_of(self.plugins))
        return _INDICES[key]

    def run(self, table: Table, costs: Iterable[str] = (), **methodology: Any) -> Prepared:
        """Prepare a table as a run does, or return what a run made of the same table before."""
        costs = list(costs)
        key = type(self.method), repr((self.kind, self.choice, self.plugins, table, costs, methodology))
        if len(_PREPARED) > 5000:
            _PREPARED.clear()
        if key not in _PREPARED:
            _PREPARED[key] = self.told(table, lambda frame: self.index_of(table, costs, **methodology).score(frame))
        elif (error := _PREPARED[key].error) is not None:
            self.refusals.append(error)
        return _PREPARED[key]

    def told(self, table: Table, score: Callable[[pl.DataFrame], Result]) -> Prepared:
        """Return the prepared values of a run, or its error; any other exception is a fault."""
        try:
            with self.asked(table):
                result = score(table.frame)
        except IndiciaError as error:
            self.refusals.append(str(error))
            return Prepared(error=str(error))
        return Prepared({name: _with_noise(result, name) for name in table.columns})

    def sound(self, found: Prepared, table: Table) -> bool:
        """Say whether there are values; a wrong figure, or a present cell that is gone or touched, is a fault."""
        if found.error is not None:
            return False
        for name, x in table.columns.items():
            values = found.values[name]
            if any(value is not None and not math.isfinite(value) for value in values):
                self.fail("figures are finite, or an error is stated", f"{name} becomes {values}; {table}")
            if self.kind == "imputation" and any(
                before is not None and before != after for before, after in zip(x, values, strict=True)
            ):
                self.fail("present cells are untouched", f"{name} becomes {values}; {table}")
            if self.kind == "treatment" and [value is None for value in x] != [value is None for value in values]:
                self.fail("what is missing stays missing, and nothing else is", f"{name} becomes {values}; {table}")
        return True

    def compared(self, promise: str, found: Prepared, expected: Prepared, example: str, share: float = CLOSE) -> bool:
        """Compare two ways to the same values, or to an error; say whether there were values."""
        if (found.error is None) != (expected.error is None):
            told = f"an error in one, none in the other: {found.error or expected.error}"
            self.fail(promise, f"{told}; {example}")
        if found.error is not None:
            return False
        for name, values in expected.values.items():
            if not alike(found.values[name], values, share):
                self.fail(promise, f"{name} becomes {found.values[name]} instead of {values}; {example}")
        return True


def _with_noise(result: Result, name: str) -> list[float | None]:
    """Return the prepared values of an indicator as the method left them: the engine levels rounding noise."""
    values: list[float | None] = result.prepared[name].to_list()
    for change in result.scored.changes:
        if change.stage == "noise" and name in change.after.columns:
            cells = zip(change.before[name], change.after[name], values, strict=True)
            values = [before if value == after else value for before, after, value in cells]
    return values


def shown(columns: Columns) -> str:
    """Write columns in one line."""
    return "; ".join(f"{name} = {list(x)}" for name, x in columns.items())


@st.composite
def tables(draw: st.DrawFn, subject: Preparation, units: tuple[int, int] = (8, 11), plain: bool = False) -> Table:
    """Draw a table of values that the method takes, with gaps; many of the values are the same.

    In a plain one no values are, and gaps are few: nothing is left open.
    """
    rows = 4 * draw(st.integers(2, 3)) if subject.follows else draw(st.integers(*units))
    cells = draw(st.lists(st.integers(subject.lowest, 40), min_size=rows * WIDTH, max_size=rows * WIDTH))
    gaps = draw(st.lists(st.integers(0, 4), min_size=rows * WIDTH, max_size=rows * WIDTH))
    columns = {}
    for j in range(WIDTH):
        apart = [math.sqrt(2 + j + WIDTH * row) % 1 if plain else 0.0 for row in range(rows)]
        x = [cell / 4 + more for cell, more in zip(cells[j::WIDTH], apart, strict=True)]
        gone = [row == 2 * j if plain else gap == 0 for row, gap in enumerate(gaps[j::WIDTH])]
        whole = j == 0  # some methods go by an indicator that is complete
        columns[f"x{j}"] = [None if gap and not whole else value for value, gap in zip(x, gone, strict=True)]
    return subject.table(columns)


def with_gaps(subject: Preparation, columns: Columns) -> dict[str, Column]:
    """Return the columns, with gaps in all but the first where there is something to fill."""
    if subject.kind != "imputation":
        return dict(columns)
    return {
        name: [None if number and row % 4 == number % 4 else value for row, value in enumerate(x)]
        for number, (name, x) in enumerate(columns.items())
    }


def preparing(*kinds: str, declared: Property | None = None) -> Callable[[Callable[[Preparation], None]], Check]:
    """Make a check that looks at prepared values."""

    def of(keep: Callable[[Preparation], None]) -> Check:
        def kept(subject: Subject) -> None:
            keep(Preparation(subject.choice, subject.kind, subject.plugins))

        kept.__name__, kept.__doc__ = keep.__name__, keep.__doc__
        return check(*kinds, declared=declared)(kept)

    return of
