"""Strategies of hypothesis that draw samples for a method, and values at the limits of floating point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from indicia.methods import Domain, Property

if TYPE_CHECKING:
    from indicia.testing.sample import Columns, Sample
    from indicia.testing.subject import Subject
    from indicia.testing.tolerance import Column

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
