"""The cells that an imputation or a treatment may change, their order, and their scale."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise, product
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from indicia.errors import join_names
from indicia.methods import Domain, Treatment
from indicia.testing.check import PREPARING, check
from indicia.testing.tables import samples
from indicia.testing.tolerance import EXACT, size_of

if TYPE_CHECKING:
    from indicia.testing.sample import Sample
    from indicia.testing.subject import Subject
    from indicia.testing.tolerance import Column


@check(*PREPARING)
def check_present_cells(subject: Subject) -> None:
    """An imputation leaves every present cell unchanged; a treatment neither fills nor creates a missing cell.

    An imputation of a table without gaps changes nothing.
    """
    promise = "present cells are untouched" if subject.kind == "imputation" else "missing cells stay missing"

    def holds(sample: Sample) -> bool:
        complete = {name: [2.0 if value is None else value for value in x] for name, x in sample.columns.items()}
        without_gaps = replace(sample, columns=complete)
        scored = subject.require_sound(subject.run(sample), sample)
        return subject.require_sound(subject.run(without_gaps), without_gaps) and scored

    subject.try_examples(promise, samples(subject), holds)


def rows_treated_together(subject: Subject, sample: Sample) -> list[list[int]]:
    """Return the lists of rows that a treatment treats together: all rows, or the rows of each group and parent."""
    assert isinstance(subject.method, Treatment)
    names = [name for name in (*subject.method.groups, subject.method.parents) if name in sample.keys]
    rows_by_key: dict[tuple[object, ...], list[int]] = {}
    for row in range(sample.rows):
        rows_by_key.setdefault(tuple(sample.keys[name][row] for name in names if name), []).append(row)
    return list(rows_by_key.values())


@check("treatment")
def check_order_of_values(subject: Subject) -> None:
    """A treatment keeps the order of units, up to ties: equal values stay equal, and no two values change places.

    The result is the same for a benefit and for a cost. With groups or parents, the order within each of them stays.
    """
    promise = "the order of the units stays, up to ties"

    def holds(sample: Sample) -> bool:
        sample = replace(sample, costs=())
        outcome = subject.run(sample)
        groups = rows_treated_together(subject, sample) if outcome.error is None else ()
        for name, rows in product(sample.columns, groups):
            x, treated = sample.columns[name], outcome.prepared[name]
            pairs = sorted((a, b) for row in rows if (a := x[row]) is not None and (b := treated[row]) is not None)
            size = size_of([b for _, b in pairs])
            for (low, treated_low), (high, treated_high) in pairwise(pairs):
                if treated_high < treated_low - EXACT * size or (low == high and treated_low != treated_high):
                    change = f"{low} becomes {treated_low} and {high} becomes {treated_high}"
                    subject.fail(promise, f"{change}; {name} = {list(x)}")
        costs = replace(sample, costs=tuple(sample.columns)[1::2])
        subject.compare(
            "a treatment is the same for a cost as for a benefit", subject.run(costs), outcome, costs, EXACT
        )
        return outcome.error is None

    def holds_with_an_outlier(example: tuple[Sample, float]) -> bool:
        sample, outlier = example
        columns = {name: [outlier if row == 3 else v for row, v in enumerate(x)] for name, x in sample.columns.items()}
        return holds(sample) or holds(replace(sample, columns=columns))

    outliers = st.sampled_from([90.0, -90.0] if subject.domains[0] is Domain.REAL else [50.0, 90.0])
    subject.try_examples(promise, st.tuples(samples(subject), outliers), holds_with_an_outlier)


_SCALES: dict[str, list[float]] = {
    "even": [10.0 + row + math.sqrt(2 + row) % 1 / 2 for row in range(40)],
    "with outliers": [10.0 + (row + math.sqrt(2 + row)) % 9 for row in range(37)] + [400.0, 900.0, 2000.0],
    "skewed": [10 * 2.0**row for row in range(40)],
    "shares": [(row + 1) / 41 for row in range(40)],
}
"""Columns that show whether values keep their unit of measure; the skewed column is too skewed to be winsorised."""


def _has_other_scale(before: Column, after: Column) -> bool:
    """Return True if most values changed and still differ; values that are set to a limit would be equal."""
    pairs = [(x, y) for x, y in zip(before, after, strict=True) if x is not None and y is not None]
    return 3 * len({y for x, y in pairs if abs(y - x) > 0.05 * abs(x)}) > 2 * len({x for x, _ in pairs})


@check("treatment")
def check_scale(subject: Subject) -> None:
    """A treatment changes the scale of an indicator only if it declares `changes_scale`.

    A treatment that declares `changes_scale` changes the scale of at least one of several columns.
    """
    outcomes = {name: subject.run(subject.sample({"x0": x})) for name, x in _SCALES.items()}
    treated = {name: outcome.prepared["x0"] for name, outcome in outcomes.items() if outcome.error is None}
    changed = {name: values for name, values in treated.items() if _has_other_scale(_SCALES[name], values)}
    assert isinstance(subject.method, Treatment)
    if not subject.method.changes_scale and changed:
        name, values = next(iter(changed.items()))
        example = f"{_SCALES[name][:3]} … becomes {list(values[:3])} …"
        subject.fail("a treatment that changes the scale declares changes_scale", example)
    if subject.method.changes_scale and treated and not changed:
        example = f"{len(treated)} columns stay in their unit of measure, {join_names(treated)}"
        subject.fail("a treatment that declares changes_scale changes the scale", example)
