"""The tables that methods are tried on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from indicia.methods import Aggregation, Domain, Property

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.testing.subject import Columns, Outcome, Subject

INDICATORS = 3
"""How many components are weighed and aggregated; parameters that speak of components speak of x0, x1 and x2."""

EXTREMES = (
    [1e-300, 2e-300, 5e-300, 3e-300],
    [1e300, 2e300, 5e300, 3e300],
    [1e-300, 1.0, 1e300, 2.0],
    [5e-324, 1e-310, 1e-308, 1.0],
    [-1e300, 1e300, 0.5, 2.0],
    [1.7976931348623157e308, 1.0, 2.0, 3.0],
    [1.0, 1.0000000000000002, 1.0, 1.0],
)
"""Tiny, huge, both, subnormal, on either side of zero, the largest there is, and nearly equal."""


def costs_of(columns: Columns) -> list[str]:
    """Every second indicator is a cost."""
    return list(columns)[1::2]


def words_for(
    subject: Subject, names: Iterable[str], costs: Iterable[str], by: Mapping[str, float] | None = None
) -> Any:
    """Say of each indicator what a method may ask for: a target, beyond all values and in the unit of measure."""
    if subject.kind != "normalisation":
        return {}
    by, costs = by or {}, set(costs)
    return {name: {"target": (-1000.0 if name in costs else 1000.0) * by.get(name, 1.0)} for name in names}


@st.composite
def tables(draw: st.DrawFn, subject: Subject, units: tuple[int, int] = (3, 6)) -> dict[str, list[float]]:
    """Draw a table of values that the method takes, some of them tied, all exact in binary notation."""
    width = 4 if subject.kind == "normalisation" else INDICATORS
    lowest = -40 if subject.kind == "normalisation" and set(subject.domains) == {Domain.REAL} else 1
    columns = draw(grids(subject, units, width, st.integers(lowest, 40), 4))
    if lowest < 0:  # a benefit and a cost of which all values are negative
        columns |= {name: [value - 11 for value in columns[name]] for name in ("x2", "x3")}
    if subject.kind == "weighting" and draw(st.booleans()):  # some weightings refuse indicators that disagree
        return {name: sorted(x, reverse=name in costs_of(columns)) for name, x in columns.items()}
    return columns


@st.composite
def components(draw: st.DrawFn, subject: Subject, units: tuple[int, int] = (3, 6)) -> dict[str, list[float]]:
    """Draw normalised values between 0 and 1, 0 itself left out, or between -1 and 0 where a method takes them."""
    values = draw(grids(subject, units, INDICATORS, st.integers(1, 64), 64))
    if subject.declares(Property.DEFINED_BELOW_ZERO) and draw(st.booleans()):
        return {name: [value - 1.25 for value in x] for name, x in values.items()}
    return values


@st.composite
def grids(
    draw: st.DrawFn, subject: Subject, units: tuple[int, int], width: int, whole: st.SearchStrategy[int], parts: int
) -> dict[str, list[float]]:
    fewest, most = (max(number, subject.method.minimum_units) for number in units)
    rows = draw(st.integers(fewest, most))
    cells = draw(st.lists(whole, min_size=rows * width, max_size=rows * width))
    return {f"x{j}": [cell / parts for cell in cells[j::width]] for j in range(width)}


def fixed(subject: Subject, columns: Columns) -> dict[str, Any]:
    """Return the words that hand the values to an aggregation as they are."""
    assert isinstance(subject.method, Aggregation)
    return {"normalisation": "none", "costs": () if subject.method.oriented else costs_of(columns)}


def as_they_are(subject: Subject, columns: Columns, **more: Any) -> Outcome:
    return subject.score(columns, **fixed(subject, columns), **more)
