"""What changes nothing: the order of rows and indicators, units of measure, gaps, duplicates, periods, other runs."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from hypothesis import strategies as st

from indicia.errors import IndiciaError
from indicia.fitted import fit as fit_index
from indicia.fitted import read as read_fitted
from indicia.methods import MatrixImputation, Property, SeriesImputation
from indicia.run import Draws, ensemble
from indicia.testing.preparing.preparation import (
    KINDS,
    WIDTH,
    YEARS,
    Preparation,
    Prepared,
    Table,
    parent_of,
    preparing,
    tables,
    taken,
)
from indicia.testing.subject import CLOSE, EXACT, alike
from indicia.testing.tables import costs_of
from indicia.testing.ways import streamed

if TYPE_CHECKING:
    from indicia.fitted import FittedIndex
    from indicia.result import Result
    from indicia.testing.subject import Columns

_DRAWS = 3


@preparing(*KINDS)
def check_order_of_rows(subject: Preparation) -> None:
    """Rows that come in another order get the same values.

    Where a method says that the order decides between units that are equally near, no units are.
    """
    promise = "the order of the rows changes nothing"

    def holds(drawn: tuple[Table, list[int]]) -> bool:
        table, order = drawn
        rows = sorted(range(table.rows), key=lambda row: (order[row % len(order)], -row))
        before = subject.run(table, costs_of(table.columns))
        after = subject.run(table.of_rows(rows), costs_of(table.columns))
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
        before, after = (subject.run(one, costs_of(table.columns)) for one in (table, other))
        return subject.compared(promise, after, before, f"{table}; other order {names}")

    subject.drawn(promise, st.tuples(tables(subject, plain=subject.depends_on_order), st.permutations(range(4))), holds)


@preparing(*KINDS, declared=Property.SCALE_INVARIANT)
def check_units_of_measure(subject: Preparation) -> None:
    """Where `scale_invariant` is declared: of a x, with a of its own for each indicator, comes a y."""
    promise = "the units of measure change nothing"

    def holds(drawn: tuple[Table, list[float]]) -> bool:
        table, factors = drawn
        by = dict(zip(table.columns, factors, strict=True))

        def scaled(columns: Columns) -> dict[str, list[float | None]]:
            return {name: [v if v is None else v * by[name] for v in x] for name, x in columns.items()}

        before = subject.run(table, costs_of(table.columns))
        if before.error is not None:
            return False
        after = subject.run(table.with_columns(scaled(table.columns)), costs_of(table.columns))
        return subject.compared(promise, after, Prepared(scaled(before.values)), f"{table}; times {by}")

    factors = st.lists(st.sampled_from([0.001, 0.3, 1.0, 2.54, 1000.0]), min_size=WIDTH, max_size=WIDTH)
    subject.drawn(promise, st.tuples(tables(subject, plain=subject.depends_on_order), factors), holds)


@preparing(*KINDS)
def check_missing(subject: Preparation) -> None:
    """What is missing does not count: units without any value change nothing for the others.

    For a treatment that goes indicator by indicator; of one with parents, units are added, and none is taken away.
    """
    promise = "what is missing does not count among the units"

    def holds(table: Table) -> bool:
        if subject.keeps_units:
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


@preparing(*KINDS)
def check_duplicates(subject: Preparation) -> None:
    """Units that are alike, gaps and all, get the same values."""
    promise = "what is alike is treated alike"

    def holds(table: Table) -> bool:
        rows = range(4 if subject.follows else 1)  # the whole series of a unit
        columns = {name: [*x, *(x[row] for row in rows)] for name, x in table.columns.items()}
        about = {name: [*x, *("twin" if name == "unit" else x[row] for row in rows)] for name, x in table.about.items()}
        twice = Table(columns, about)
        found = subject.run(twice, costs_of(table.columns))
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
        costs = costs_of(table.columns)
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
        costs = costs_of(table.columns)
        index = subject.index_of(table, costs)
        runs: list[Result] = []

        def run(frame: pl.DataFrame) -> Result:
            runs.append(index.score(frame))
            return runs[-1]

        added = np.resize(np.array(numbers, dtype=float) / 16, (len(table.columns), _DRAWS, table.rows))
        errors = dict(zip(table.columns, added, strict=True))
        example = f"{table}; errors { {name: one.tolist() for name, one in errors.items()} }"
        erring = [
            table.with_columns(
                {
                    name: [None if value is None else value + error for value, error in zip(x, row, strict=True)]
                    for (name, x), row in zip(table.columns.items(), added[:, number].tolist(), strict=True)
                }
            )
            for number in range(_DRAWS)
        ]
        if any(subject.told(one, run).error is not None for one in (table, *erring)):
            return False
        whole, *alone = runs
        try:
            found = ensemble(whole.definition, whole.scored, Draws(_DRAWS, errors=errors))
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
        costs = costs_of(table.columns)
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
