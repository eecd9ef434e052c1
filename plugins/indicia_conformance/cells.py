"""Tables for trials, and cells that methods must bear."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise, product
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from indicia.errors import join_names
from indicia.methods import Domain, Property, Treatment
from indicia_conformance.check import PREPARING, check
from indicia_conformance.tolerance import EXACT, Column, size_of

if TYPE_CHECKING:
    from indicia_conformance.sample import Columns, Sample
    from indicia_conformance.subject import Subject


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


COMPONENTS = 3
"""The number of indicators that are weighted and aggregated; the `example` of a method may name x0, x1 and x2."""
WIDTH = 4
"""The number of indicators for the other kinds."""

EXTREMES = (
    [1e-300, 2e-300, 5e-300, 3e-300],
    [1e300, 2e300, 5e300, 3e300],
    [1e-300, 1.0, 1e300, 2.0],
    [5e-324, 1e-310, 1e-308, 1.0],
    [-1e300, 1e300, 0.5, 2.0],
    [1.7976931348623157e308, 1.0, 2.0, 3.0],
    [1.0, 1.0000000000000002, 1.0, 1.0],
)
"""Tiny, huge, tiny and huge, subnormal, of both signs, the largest float, and nearly equal values."""


@st.composite
def samples(draw: st.DrawFn, subject: Subject, units: tuple[int, int] = (3, 6), *, distinct: bool = False) -> Sample:
    """Draw a table of values that the method accepts, with many ties; for imputations and treatments, with gaps.

    `units` is the smallest and the largest number of units; imputations and treatments get five more. A table that is
    `distinct` has no ties, and few gaps if any, so that the order of rows and columns cannot change a result.
    """
    if subject.prepares:
        return subject.sample(draw(_with_gaps(subject, (units[0] + 5, units[1] + 5), distinct)))
    lowest = -40 if subject.kind == "normalisation" and set(subject.domains) == {Domain.REAL} else 1
    width = WIDTH if subject.kind == "normalisation" else COMPONENTS
    columns = draw(_grids(subject, units, width, st.integers(lowest, 40), 4))
    if distinct:
        columns = {
            name: [value + math.sqrt(2 + j + width * row) % 1 / 4 for row, value in enumerate(x)]
            for j, (name, x) in enumerate(columns.items())
        }
    if lowest < 0:  # one benefit and one cost with negative values only
        columns |= {name: [value - 11 for value in columns[name]] for name in ("x2", "x3")}
    sample = subject.sample(columns)
    if subject.kind == "weighting" and draw(st.booleans()):  # some weightings refuse indicators that disagree
        return subject.sample({name: sorted(x, reverse=name in sample.costs) for name, x in columns.items()})
    return sample


@st.composite
def components(draw: st.DrawFn, subject: Subject, units: tuple[int, int] = (3, 6)) -> Columns:
    """Draw normalised values above 0 and up to 1, or between -1.25 and -0.25 if the method accepts them."""
    columns = draw(_grids(subject, units, COMPONENTS, st.integers(1, 64), 64))
    if subject.declares(Property.DEFINED_BELOW_ZERO) and draw(st.booleans()):
        return {name: [value - 1.25 for value in x] for name, x in columns.items()}
    return columns


@st.composite
def _grids(
    draw: st.DrawFn, subject: Subject, units: tuple[int, int], width: int, cell: st.SearchStrategy[int], divisor: int
) -> dict[str, list[float]]:
    """Draw columns of fractions with a power of two as divisor, which floats represent exactly."""
    fewest, most = (max(number, subject.method.minimum_units) for number in units)
    rows = draw(st.integers(fewest, most))
    cells = draw(st.lists(cell, min_size=rows * width, max_size=rows * width))
    return {f"x{j}": [number / divisor for number in cells[j::width]] for j in range(width)}


@st.composite
def _with_gaps(draw: st.DrawFn, subject: Subject, units: tuple[int, int], distinct: bool) -> dict[str, Column]:
    rows = 4 * draw(st.integers(2, 3)) if subject.fills_from_periods else draw(st.integers(*units))
    lowest = 1 if subject.domains[0] is not Domain.REAL else -40
    cells = draw(st.lists(st.integers(lowest, 40), min_size=rows * WIDTH, max_size=rows * WIDTH))
    chances = draw(st.lists(st.integers(0, 4), min_size=rows * WIDTH, max_size=rows * WIDTH))
    columns: dict[str, Column] = {}
    for j in range(WIDTH):
        fractions = [math.sqrt(2 + j + WIDTH * row) % 1 if distinct else 0.0 for row in range(rows)]
        x = [number / 4 + fraction for number, fraction in zip(cells[j::WIDTH], fractions, strict=True)]
        gaps = [row == 2 * j if distinct else chance == 0 for row, chance in enumerate(chances[j::WIDTH])]
        # some imputations need an indicator without gaps
        columns[f"x{j}"] = [None if gap and j else value for value, gap in zip(x, gaps, strict=True)]
    return columns


def with_gaps(subject: Subject, columns: Columns) -> Columns:
    """Return the columns; for an imputation, with gaps in all columns except the first."""
    if subject.kind != "imputation":
        return columns
    return {
        name: [None if j and row % 4 == j % 4 else value for row, value in enumerate(x)]
        for j, (name, x) in enumerate(columns.items())
    }
