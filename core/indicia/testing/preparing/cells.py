"""What becomes of cells: which may change, in which order, on which scale; and what may be declared of that."""

from __future__ import annotations

import math
from itertools import pairwise, product

from hypothesis import strategies as st

from indicia.errors import join_names, with_article
from indicia.methods import Property, Treatment
from indicia.testing.preparing.preparation import KINDS, Preparation, Table, preparing, shown, tables
from indicia.testing.subject import EXACT, Column, size_of
from indicia.testing.tables import costs_of

FITTING = {Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
"""What a method of these kinds can declare."""


@preparing(*KINDS)
def check_properties_fit_the_kind(subject: Preparation) -> None:
    """A method declares what a method of its kind can have."""
    if strange := subject.method.properties - FITTING:
        promise = f"{with_article(subject.kind)} declares what can be tested of it"
        subject.fail(promise, f"{sorted(one.value for one in strange)}")


@preparing(*KINDS)
def check_present_cells(subject: Preparation) -> None:
    """An imputation touches no present cell, to the last digit; without gaps there is nothing that it changes.

    A treatment changes no missing cell, nor makes one.
    """
    promise = "present cells are untouched" if subject.kind == "imputation" else "what is missing stays missing"

    def holds(table: Table) -> bool:
        scored = subject.sound(subject.run(table, costs_of(table.columns)), table)
        whole = {name: [2.0 if value is None else value for value in x] for name, x in table.columns.items()}
        complete = table.with_columns(whole)
        return subject.sound(subject.run(complete, costs_of(table.columns)), complete) and scored

    subject.drawn(promise, tables(subject), holds)


@preparing("treatment")
def check_order_of_units(subject: Preparation) -> None:
    """A treatment keeps the order of units, up to ties: a larger value never becomes a smaller one, equal ones stay so.

    It does so whatever the direction; one with groups or parents, among units of one group and one parent.
    """
    promise = "the order of the units stays, up to ties"

    def holds(table: Table) -> bool:
        found = subject.run(table)
        together = subject.treated_together(table) if found.error is None else ()
        for name, rows in product(table.columns, together):
            x, treated = table.columns[name], found.values[name]
            pairs = sorted((a, b) for row in rows if (a := x[row]) is not None and (b := treated[row]) is not None)
            size = size_of([b for _, b in pairs])
            for (was, becomes), (following, then) in pairwise(pairs):
                if then < becomes - EXACT * size or (was == following and becomes != then):
                    told = f"{was} becomes {becomes} and {following} becomes {then}"
                    subject.fail(promise, f"{told}; {shown({name: x})}")
        turned = subject.run(table, costs_of(table.columns))
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


def _rescaled(before: Column, after: Column) -> bool:
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
    changed = {name: values for name, values in taken.items() if _rescaled(_SCALES[name], values)}
    assert isinstance(subject.method, Treatment)
    if not subject.method.changes_scale and changed:
        name, values = next(iter(changed.items()))
        example = f"{_SCALES[name][:3]} … becomes {values[:3]} …"
        subject.fail("a treatment that changes the scale says so: changes_scale", example)
    if subject.method.changes_scale and taken and not changed:
        example = f"{len(taken)} columns stay in their unit of measure, {join_names(taken)}"
        subject.fail("a treatment that says changes_scale changes the scale", example)
