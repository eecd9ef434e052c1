"""What imputations and treatments promise; looked at are the prepared values alone, before any normalisation."""

from __future__ import annotations

import math
import tempfile
import warnings
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

from indicia.engine.ensemble import Draws, ensemble
from indicia.errors import IndiciaError, MethodFailure, PluginWarning, listed
from indicia.fitted import fit as fit_index
from indicia.fitted import read as read_fitted
from indicia.index import Index
from indicia.methods import Domain, MatrixImputation, Property, SeriesImputation, Treatment
from indicia.testing.check import Check, check
from indicia.testing.subject import CLOSE, EXACT, Subject, alike, catalogue_of, strict
from indicia.testing.ways import streamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from indicia.fitted import FittedIndex
    from indicia.result import Result
    from indicia.testing.subject import Column, Columns

KINDS = ("imputation", "treatment")

FITTING = {Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
"""What a method of these kinds can declare."""

WIDTH = 4
DRAWS = 3
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
"""What was read before: the checks of one method come back to the same indices."""


class Preparation(Subject):
    """A method under test, and how tables are prepared with it."""

    @cached_property
    def follows(self) -> bool:
        """Whether it fills from other periods of the unit."""
        return isinstance(self.method, SeriesImputation)

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
        """Prepare a table as a run does."""
        return self.told(table, lambda frame: self.index_of(table, costs, **methodology).score(frame))

    def told(self, table: Table, score: Callable[[pl.DataFrame], Result]) -> Prepared:
        """Return the prepared values of a run, or its error; any other exception is a fault."""
        with warnings.catch_warnings():
            strict()
            try:
                result = score(table.frame)
            except PluginWarning as warning:
                self.fail("prints nothing", f"{warning} of {table}", warning)
            except Exception as error:
                if not isinstance(error, IndiciaError) or isinstance(error, MethodFailure):
                    self.fail("raises nothing but errors that state what is wrong", f"{error!r} of {table}", error)
                return Prepared(error=str(error))
        return Prepared({name: result.prepared[name].to_list() for name in table.columns})

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


def size_of(column: Column) -> float:
    """Return the size against which rounding is measured; what is nearly zero throughout is rounding itself."""
    return max([1e-3, *(abs(value) for value in column if value is not None)])


def shown(columns: Columns) -> str:
    """Write columns in one line."""
    return "; ".join(f"{name} = {list(x)}" for name, x in columns.items())


# Tables


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


def costs_of(table: Table) -> list[str]:
    """Every second indicator is a cost."""
    return list(table.columns)[1::2]


# The promises


def preparing(*kinds: str, declared: Property | None = None) -> Callable[[Callable[[Preparation], None]], Check]:
    """Make a check that looks at prepared values."""

    def of(keep: Callable[[Preparation], None]) -> Check:
        def kept(subject: Subject) -> None:
            keep(Preparation(subject.choice, subject.kind, subject.plugins))

        kept.__name__, kept.__doc__ = keep.__name__, keep.__doc__
        return check(*kinds, declared=declared)(kept)

    return of


@preparing(*KINDS)
def check_properties_fit_the_kind(subject: Preparation) -> None:
    """A method declares what a method of its kind can have."""
    if strange := subject.method.properties - FITTING:
        subject.fail(f"a {subject.kind} declares what can be tested of it", f"{sorted(one.value for one in strange)}")


@preparing(*KINDS)
def check_present_cells(subject: Preparation) -> None:
    """An imputation touches no present cell, to the last digit; without gaps there is nothing that it changes.

    A treatment changes no missing cell, nor makes one.
    """
    promise = "present cells are untouched" if subject.kind == "imputation" else "what is missing stays missing"

    def holds(table: Table) -> bool:
        scored = subject.sound(subject.run(table, costs_of(table)), table)
        whole = {name: [2.0 if value is None else value for value in x] for name, x in table.columns.items()}
        complete = table.with_columns(whole)
        return subject.sound(subject.run(complete, costs_of(table)), complete) and scored

    subject.drawn(promise, tables(subject), holds)


@preparing(*KINDS)
def check_order_of_rows(subject: Preparation) -> None:
    """Rows that come in another order get the same values.

    Where a method says that the order decides between units that are equally near, no units are.
    """
    promise = "the order of the rows changes nothing"

    def holds(drawn: tuple[Table, list[int]]) -> bool:
        table, order = drawn
        rows = sorted(range(table.rows), key=lambda row: (order[row % len(order)], -row))
        before = subject.run(table, costs_of(table))
        after = subject.run(table.of_rows(rows), costs_of(table))
        turned = replace(before, values=taken(before.values, rows) if before.error is None else {})
        return subject.compared(promise, after, turned, f"{table}; other order {rows}")

    orders = st.lists(st.integers(0, 9), min_size=6, max_size=6)
    subject.drawn(promise, st.tuples(tables(subject, plain=subject.depends_on_order), orders), holds)


@preparing(*KINDS)
def check_order_of_indicators(subject: Preparation) -> None:
    """Indicators that come in another order get the same values.

    Where a method says that the order decides what the values leave open, they leave nothing open.
    """
    promise = "the order of the indicators changes nothing"

    def holds(drawn: tuple[Table, list[int]]) -> bool:
        table, order = drawn
        names = sorted(table.columns, key=lambda name: order[int(name[1:])])
        other = table.with_columns({name: table.columns[name] for name in names})
        before, after = (subject.run(one, costs_of(table)) for one in (table, other))
        return subject.compared(promise, after, before, f"{table}; other order {names}")

    subject.drawn(promise, st.tuples(tables(subject, plain=subject.depends_on_order), st.permutations(range(4))), holds)


@preparing("treatment")
def check_order_of_units(subject: Preparation) -> None:
    """A treatment keeps the order of units, up to ties: a larger value never becomes a smaller one, equal ones stay so.

    It does so whatever the direction.
    """
    promise = "the order of the units stays, up to ties"

    def holds(table: Table) -> bool:
        found = subject.run(table)
        for name, x in table.columns.items() if found.error is None else ():
            pairs = sorted(
                (a, b) for a, b in zip(x, found.values[name], strict=True) if a is not None and b is not None
            )
            size = size_of([b for _, b in pairs])
            for (was, becomes), (following, then) in pairwise(pairs):
                if then < becomes - EXACT * size or (was == following and becomes != then):
                    told = f"{was} becomes {becomes} and {following} becomes {then}"
                    subject.fail(promise, f"{told}; {shown({name: x})}")
        turned = subject.run(table, costs_of(table))
        subject.compared("a treatment is the same for a cost as for a benefit", turned, found, str(table), EXACT)
        return found.error is None

    def with_an_outlier(drawn: tuple[Table, int]) -> bool:
        table, far = drawn
        end = {name: [far if row == 3 else value for row, value in enumerate(x)] for name, x in table.columns.items()}
        return holds(table) or holds(table.with_columns(end))

    far = st.sampled_from([50.0, 90.0] if subject.lowest > 0 else [90.0, -90.0])
    subject.drawn(promise, st.tuples(tables(subject), far), with_an_outlier)


_SCALES: dict[str, list[float]] = {
    "even": [10.0 + row + math.sqrt(2 + row) % 1 / 2 for row in range(40)],
    "with outliers": [10.0 + (row + math.sqrt(2 + row)) % 9 for row in range(37)] + [400.0, 900.0, 2000.0],
    "skewed": [10 * 2.0**row for row in range(40)],
    "shares": [(row + 1) / 41 for row in range(40)],
}
"""Columns by which it shows whether values are still in their unit of measure; one is too skewed to be winsorised."""


def rescaled(before: Column, after: Column) -> bool:
    """Say whether most values are others and still differ from each other; what is drawn in to an end does not."""
    pairs = [(x, y) for x, y in zip(before, after, strict=True) if x is not None and y is not None]
    return 3 * len({y for x, y in pairs if abs(y - x) > 0.05 * abs(x)}) > 2 * len({x for x, _ in pairs})


@preparing("treatment")
def check_scale(subject: Preparation) -> None:
    """A treatment that says nothing of another scale leaves values in their unit, but for those that it draws in.

    One that says that it may change the scale does so for some data.
    """
    tables = {name: subject.table({"x0": x}) for name, x in _SCALES.items()}
    found = {name: subject.run(table) for name, table in tables.items()}
    taken = {name: one.values["x0"] for name, one in found.items() if one.error is None}
    changed = {name: values for name, values in taken.items() if rescaled(_SCALES[name], values)}
    assert isinstance(subject.method, Treatment)
    if not subject.method.changes_scale and changed:
        name, values = next(iter(changed.items()))
        example = f"{_SCALES[name][:3]} … becomes {values[:3]} …"
        subject.fail("a treatment that changes the scale says so: changes_scale", example)
    if subject.method.changes_scale and taken and not changed:
        example = f"{len(taken)} columns stay in their unit of measure, {listed(taken)}"
        subject.fail("a treatment that says changes_scale changes the scale", example)


@preparing(*KINDS, declared=Property.SCALE_INVARIANT)
def check_units_of_measure(subject: Preparation) -> None:
    """Where `scale_invariant` is declared: of a x, with a of its own for each indicator, comes a y."""
    promise = "the units of measure change nothing"

    def holds(drawn: tuple[Table, list[float]]) -> bool:
        table, factors = drawn
        by = dict(zip(table.columns, factors, strict=True))

        def scaled(columns: Columns) -> dict[str, list[float | None]]:
            return {name: [v if v is None else v * by[name] for v in x] for name, x in columns.items()}

        before = subject.run(table, costs_of(table))
        if before.error is not None:
            return False
        after = subject.run(table.with_columns(scaled(table.columns)), costs_of(table))
        return subject.compared(promise, after, Prepared(scaled(before.values)), f"{table}; times {by}")

    factors = st.lists(st.sampled_from([0.001, 0.3, 1.0, 2.54, 1000.0]), min_size=WIDTH, max_size=WIDTH)
    subject.drawn(promise, st.tuples(tables(subject, plain=subject.depends_on_order), factors), holds)


@preparing(*KINDS)
def check_missing(subject: Preparation) -> None:
    """What is missing does not count: units without any value change nothing for the others.

    For a treatment that goes indicator by indicator.
    """
    promise = "what is missing does not count among the units"

    def holds(table: Table) -> bool:
        if subject.kind == "imputation":
            more = {name: [*x, *[None] * 4] for name, x in table.columns.items()}
            empty = {"unit": ["u9"] * 4 if subject.follows else [f"v{row}" for row in range(4)], "year": YEARS}
            empty |= {"group": "abab", "parent": [None] * 4}
            about = {name: [*x, *empty[name]] for name, x in table.about.items()}
            part, whole = subject.run(table), subject.run(Table(more, about))
            subject.sound(whole, Table(more, about))
            kept = Prepared({name: x[: table.rows] for name, x in whole.values.items()}, whole.error)
            if kept.error is None or part.error is not None:  # else refused: no indicator is complete any more
                subject.compared(promise, kept, part, str(table))
            return part.error is None
        scored = False
        for name, x in table.columns.items():
            present = [row for row, value in enumerate(x) if value is not None] or [0]
            column = table.with_columns({name: x})
            whole, part = subject.run(column), subject.run(column.of_rows(present))
            kept = whole if whole.error else Prepared(taken(whole.values, present))
            scored |= subject.compared(promise, kept, part, str(column), EXACT)
        return scored

    subject.drawn(promise, tables(subject), holds)


EXTREMES = (
    [1e-300, 2e-300, 5e-300, 3e-300],
    [1e300, 2e300, 5e300, 3e300],
    [1e-300, 1.0, 1e300, 2.0],
    [5e-324, 1e-310, 1e-308, 1.0],
    [-1e300, 1e300, 0.5, 2.0],
    [1.7976931348623157e308, 1.0, 2.0, 3.0],
    [1.0, 1.0000000000000002, 1.0, 1.0],
)


def _with_gaps(subject: Preparation, columns: Columns) -> dict[str, Column]:
    """Return the columns, with gaps in all but the first where there is something to fill."""
    if subject.kind != "imputation":
        return dict(columns)
    return {
        name: [None if number and row % 4 == number % 4 else value for row, value in enumerate(x)]
        for number, (name, x) in enumerate(columns.items())
    }


@preparing(*KINDS)
def check_extremes(subject: Preparation) -> None:
    """Values of 1e-300 and 1e300, alone and among ordinary ones, give finite figures or an error."""
    ordinary = [2.0, 5.0, 3.0, 1.0, 4.0, 2.5, 7.0, 6.0]
    for x in EXTREMES:
        twice = [*x, *(value / 2 for value in x)]
        alone = {f"x{j}": [twice[(row + 3 * j) % 8] for row in range(8)] for j in range(WIDTH)}
        among = {f"x{j}": twice if j == 1 else ordinary[j:] + ordinary[:j] for j in range(WIDTH)}
        for columns in (alone, among, {"x0": x}):
            table = subject.table(_with_gaps(subject, columns))
            for costs in ((), costs_of(table)) if subject.kind == "imputation" else ((),):
                subject.sound(subject.run(table, costs), table)


_AT_ZERO: dict[str, Column] = {
    "x0": [2.0, 0.0, 4.0, 7.0, 0.0, 1.0, 3.0, 9.0],
    "x1": [1.0, 0.0, 0.0, 3.0, 4.0, 2.0, 8.0, 1.5],
    "x2": [1.0, 0.0, 5.0, 6.0, 0.0, 2.0, 9.0, 3.0],
}
_BELOW_ZERO: dict[str, Column] = {
    "x0": [2.0, -3.0, 4.0, 7.0, -1.0, 5.0, 3.0, 6.0],
    "x1": [-1.0, -7.0, 2.0, 3.0, 4.0, 1.5, 8.0, 1.0],
    "x2": [-5.0, -8.0, -3.0, -2.0, -4.0, -9.0, -1.0, -6.0],
}


@preparing(*KINDS)
def check_zeros_and_negatives(subject: Preparation) -> None:
    """Zeros and negative values are taken where that is declared, and else taken or refused.

    What is refused is refused by name: the method, and the indicator or the node.
    """
    for columns, declared in ((_AT_ZERO, Property.DEFINED_AT_ZERO), (_BELOW_ZERO, Property.DEFINED_BELOW_ZERO)):
        table = subject.table(_with_gaps(subject, columns))
        for costs in ((), list(columns)):
            found = subject.run(table, costs)
            if not subject.sound(found, table) and subject.declares(declared):
                subject.fail(f"is {declared.value}", f"{found.error}; {table}")
            subject.named(found.error, columns, str(table))


@preparing(*KINDS)
def check_constant(subject: Preparation) -> None:
    """An indicator that does not vary is an error or has finite figures, and a treatment tells no units apart there."""
    varying: list[Column] = [[1.0, 2.0, 4.0, 7.0, 3.0, 6.0, 2.5, 5.0], [3.0, 1.0, 2.0, 6.0, 5.0, 1.5, 4.0, 7.0]]
    for constant in (5.0, 0.0, -3.0, 0.1, 1e300):
        for place in (0, 1, 2):
            x = [*varying[:place], [constant] * 8, *varying[place:]]
            table = subject.table(_with_gaps(subject, {f"x{j}": column for j, column in enumerate(x)}))
            found = subject.run(table)
            values = found.values.get(f"x{place}", [0.0])
            if subject.sound(found, table) and subject.kind == "treatment" and len(set(values)) > 1:
                subject.fail("an indicator that does not vary tells no units apart", f"{values} of {table}")


@preparing(*KINDS)
def check_few_units(subject: Preparation) -> None:
    """One unit, two, equal ones, and indicators or units without any value give finite figures or an error."""
    small: list[dict[str, Column]] = [
        {"x0": [2.0], "x1": [3.0], "x2": [5.0]},
        {"x0": [2.0], "x1": [None], "x2": [5.0]},
        {"x0": [2.0, 1.0], "x1": [3.0, None], "x2": [5.0, 7.0]},
        {"x0": [2.0] * 4, "x1": [3.0, None, 3.0, 3.0], "x2": [5.0] * 4},
        {"x0": [0.0] * 4, "x1": [0.0, None, 0.0, 0.0], "x2": [0.0] * 4},
        {"x0": [2.0, 1.0, 3.0, 4.0], "x1": [None] * 4, "x2": [5.0, None, 7.0, 1.0]},
        {"x0": [2.0, None, 3.0, 4.0], "x1": [5.0, None, 3.0, 1.0], "x2": [5.0, None, 7.0, 1.0]},
        {"x0": [None] * 4, "x1": [None] * 4, "x2": [None] * 4},
    ]
    for columns in small:
        table = subject.table(columns)
        found = subject.run(table)
        subject.sound(found, table)
        gone = [name for name, x in columns.items() if all(value is None for value in x)]
        if (
            found.error is None
            and subject.kind == "treatment"
            and any(v is not None for name in gone for v in found.values[name])
        ):
            subject.fail("what is missing stays missing, and nothing else is", f"{found.values}; {table}")


@preparing(*KINDS)
def check_duplicates(subject: Preparation) -> None:
    """Units that are alike, gaps and all, get the same values."""
    promise = "what is alike is treated alike"

    def holds(table: Table) -> bool:
        rows = range(4 if subject.follows else 1)  # the whole series of a unit
        columns = {name: [*x, *(x[row] for row in rows)] for name, x in table.columns.items()}
        about = {name: [*x, *("twin" if name == "unit" else x[row] for row in rows)] for name, x in table.about.items()}
        twice = Table(columns, about)
        found = subject.run(twice, costs_of(table))
        if not subject.sound(found, twice):
            return False
        for name, x in found.values.items():
            if not alike(x[: len(rows)], x[-len(rows) :], CLOSE):
                subject.fail(promise, f"{name} becomes {x}, first and last alike; {twice}")
        return True

    subject.drawn(promise, tables(subject), holds)


@preparing(*KINDS)
def check_periods(subject: Preparation) -> None:
    """Statistics within the period are those of each period alone.

    What fills from other periods of a unit fills each unit as if it were alone.
    """
    promise = 'statistics = "period" is the same as preparing each period alone'
    if subject.follows:
        promise = "a unit is filled as if it were alone"

    def holds(table: Table) -> bool:
        rows, key = range(table.rows), "unit"
        if not subject.follows:
            half = -(-len(rows) // 2)
            units, years = [f"u{row % half}" for row in rows], [2020 + row // half for row in rows]
            about = {**table.about, "unit": units, "year": years, "parent": list(map(parent_of, units))}
            table, key = Table(table.columns, about), "year"
        costs = costs_of(table)
        whole = subject.run(table, costs, statistics="period")
        parts = {
            one: subject.run(table.of_rows(row for row in rows if table.about[key][row] == one), costs)
            for one in dict.fromkeys(table.about[key])
        }
        failed = next((part.error for part in parts.values() if part.error), None)
        values = {
            name: [
                parts[one].values[name][table.about[key][:row].count(one)] for row, one in enumerate(table.about[key])
            ]
            for name in (() if failed else table.columns)
        }
        return subject.compared(promise, whole, Prepared(values, failed), str(table), EXACT)

    subject.drawn(promise, tables(subject, units=(14, 18)), holds)


@preparing(*KINDS)
def check_draws(subject: Preparation) -> None:
    """Draws of errors in the data that are prepared together score as each of them alone."""
    promise = "draws of errors in the data that are scored together score as each alone"

    def holds(drawn: tuple[Table, list[int]]) -> bool:
        table, numbers = drawn
        costs = costs_of(table)
        index = subject.index_of(table, costs)
        runs: list[Result] = []

        def run(frame: pl.DataFrame) -> Result:
            runs.append(index.score(frame))
            return runs[-1]

        added = np.resize(np.array(numbers, dtype=float) / 16, (len(table.columns), DRAWS, table.rows))
        errors = dict(zip(table.columns, added, strict=True))
        example = f"{table}; errors { {name: one.tolist() for name, one in errors.items()} }"
        erring = [
            table.with_columns(
                {
                    name: [None if value is None else value + error for value, error in zip(x, row, strict=True)]
                    for (name, x), row in zip(table.columns.items(), added[:, number].tolist(), strict=True)
                }
            )
            for number in range(DRAWS)
        ]
        if any(subject.told(one, run).error is not None for one in (table, *erring)):
            return False
        whole, *alone = runs
        try:
            found = ensemble(whole.definition, whole.scored, Draws(DRAWS, errors=errors))
        except IndiciaError as error:
            subject.fail(promise, f"{error}; {example}", error)
        for number, (row, one) in enumerate(zip(found, alone, strict=True)):
            scores, expected = pl.Series(row, nan_to_null=True).to_list(), one.scores["score"].to_list()
            if not alike(scores, expected, CLOSE):
                subject.fail(promise, f"draw {number} scores {scores}, alone {expected}; {example}")
        return True

    numbers = st.lists(st.integers(0, 40), min_size=11, max_size=11)
    subject.drawn(promise, st.tuples(tables(subject), numbers), holds, share=0.5)


@preparing(*KINDS)
def check_fitted(subject: Preparation) -> None:
    """Fitted and put to its own data, a few units of them, or a file of them slice by slice, it gives the same.

    What cannot do without the other units is refused by name.
    """
    promise = "what is fitted gives its own data the same values"
    unfit = isinstance(subject.method, SeriesImputation | MatrixImputation)

    def holds(table: Table) -> bool:
        costs = costs_of(table)
        whole = subject.run(table, costs)
        if whole.error is not None:
            return False
        fitted: list[FittedIndex] = []
        scored: list[Result] = []

        def fit(frame: pl.DataFrame) -> Result:
            fitted.append(fit_index(subject.index_of(table, costs), frame))
            if subject.offered:
                with tempfile.TemporaryDirectory() as folder:
                    fitted[0].write(Path(folder, "fitted.json"))
                    fitted[0] = read_fitted(Path(folder, "fitted.json"), subject.plugins)
            scored.append(fitted[0].score(frame))
            return scored[0]

        found = subject.told(table, fit)
        if unfit:
            if not (found.error and "cannot be fitted" in found.error and subject.method.name in found.error):
                subject.fail("what cannot be fitted is refused by name", f"{found.error}; {table}")
            return True
        subject.compared(promise, found, whole, str(table), 0.0)
        rows = [row for row in range(table.rows) if row % 3 != 1]
        few, part = table.of_rows(rows), Prepared(taken(whole.values, rows))
        subject.compared(f"{promise}, a few of them too", subject.told(few, fitted[0].score), part, str(few), 0.0)
        slices, scores = streamed(fitted[0], table.frame), scored[0].scores["score"].to_list()
        if not alike(slices, scores, CLOSE):
            subject.fail("slices of a file score as in memory", f"{slices} instead of {scores}; {table}")
        return True

    subject.drawn(promise, tables(subject), holds)
