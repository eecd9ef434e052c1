"""Another unit of measure of each indicator, such as cents for euros, changes no rank, whatever the methods.

The values are whole numbers, and many lie equally far from a target on its two sides. In other units of measure, the
distances that the machine computes differ in the last digit: no method may rank units by them.
"""

from __future__ import annotations

import polars as pl
import pytest
from golden.methods import Subject

from indicia.catalogue import installed
from indicia.errors import IndiciaError
from indicia.methods import Domain, Property

pytestmark = pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")  # each method gets all words

DEPEND_ON_UNITS = {
    "none": "takes the values in their units",
    "scaled": "adds to the values, or multiplies them by, numbers in their units",
    "softmax": "exponentials of multiples are no multiples",
    "logarithmic": "logarithms of multiples differ by a constant, and their shares are others",
}
"""The normalisations whose scores depend on units by definition, with the reason."""

NORMALISATIONS, AGGREGATIONS = (
    [Subject(kind, name) for kind, name in installed().offers if kind == wanted]
    for wanted in ("normalisation", "aggregation")
)
SLOW = ("kemeny", "unobserved_components")
"""The aggregations that only the thorough tests compute."""
VALUES = {
    "x0": [12, 15, 15, 33, 41, 27, 12, 50, 38],
    "x1": [9, 31, 27, 27, 16, 45, 9, 22, 38],
    "x2": [1, 3, 2, 7, 8, 9, 6, 4, 5],
}
"""Whole numbers, whose distances are exact; those of x2 lie on both sides of the target, 5."""
FACTORS = (0.25, 0.0001, 1 / 30)
"""Other units of measure; 0.1 has the values 2.5, 0.001 and 1/3 times."""
OTHER_UNITS = [dict(zip(VALUES, (*FACTORS[at:], *FACTORS[:at]), strict=True)) for at in range(3)]
OTHER_UNITS += [dict.fromkeys(VALUES, 0.1)]


def ranks(normalisation: Subject, aggregation: Subject, factors: dict[str, float]) -> list[int | None]:
    """Return the ranks, with each indicator and the figures of the index file in another unit of measure."""
    method = normalisation.method
    words = {
        "x0": {"direction": "benefit", "target": 60 * factors["x0"]},
        "x1": {"direction": "cost", "target": 5 * factors["x1"]},
        "x2": {"direction": "target", "target": 5 * factors["x2"]},
    }
    if method.domain is Domain.POSITIVE:  # the closeness of the farthest unit is 0
        words["x2"]["direction"] = "benefit"
    if method.needs_bounds:
        words["x0"]["bounds"], words["x1"]["bounds"] = (
            [5 * factors[name], 60 * factors[name]] for name in ("x0", "x1")
        )
    columns = {name: [number * factors[name] for number in numbers] for name, numbers in VALUES.items()}
    units = {"unit": [f"u{row}" for row in range(9)], "region": [*"nsnsnsnsn"], "parent": ["u0"] * 9}
    table = pl.DataFrame({**units, "year": [2016] * 9, **columns})
    if normalisation.needs_periods:
        before = pl.DataFrame({**units, "year": [2015] * 9, **{name: x[3:] + x[:3] for name, x in columns.items()}})
        table = pl.concat([before, table])
    methodology = {"aggregation": aggregation.choice, "weighting": "equal", "missing": "propagate"}
    return normalisation.index(table, words, methodology).score(table).scored.rank.to_list()


def changed_ranks(normalisation: Subject, aggregation: Subject, factors: list[dict[str, float]]) -> str | None:
    """Return the ranks that differ between units of measure as a text; None if all are equal or there are no scores."""
    try:
        expected = ranks(normalisation, aggregation, dict.fromkeys(VALUES, 1))
    except IndiciaError:  # the aggregation does not take the values of the normalisation
        return None
    for units in factors:
        try:
            others: object = ranks(normalisation, aggregation, units)
        except IndiciaError as error:
            others = error
        if others != expected:
            return f"{normalisation.choice}, {units}: {others} instead of {expected}"
    return None


def _name(subject: Subject) -> str:
    return subject.name


def _named(subjects: list[Subject], *names: str) -> list[Subject]:
    return [subject for subject in subjects if subject.name in names]


@pytest.mark.parametrize("normalisation", NORMALISATIONS, ids=_name)
def test_units_of_measure_change_no_rank_of_a_normalisation(normalisation: Subject) -> None:
    arithmetic, copeland = _named(AGGREGATIONS, "arithmetic", "copeland")
    if normalisation.name in DEPEND_ON_UNITS:
        assert Property.SCALE_INVARIANT not in normalisation.method.properties
        assert changed_ranks(normalisation, arithmetic, OTHER_UNITS) is not None  # else the reason is out of date
    else:
        assert [changed_ranks(normalisation, each, OTHER_UNITS) for each in (arithmetic, copeland)] == [None, None]


@pytest.mark.parametrize("aggregation", [each for each in AGGREGATIONS if each.name not in SLOW], ids=_name)
def test_units_of_measure_change_no_rank_of_an_aggregation(aggregation: Subject) -> None:
    for normalisation in _named(NORMALISATIONS, "min_max", "rank", "z_score"):
        assert changed_ranks(normalisation, aggregation, OTHER_UNITS[:1]) is None


@pytest.mark.thorough
@pytest.mark.parametrize("aggregation", AGGREGATIONS, ids=_name)
def test_units_of_measure_change_no_rank_of_any_pair_of_methods(aggregation: Subject) -> None:
    pairs = [subject for subject in NORMALISATIONS if subject.name not in DEPEND_ON_UNITS]
    changed = [changed_ranks(subject, aggregation, OTHER_UNITS[1:2]) for subject in pairs]
    assert list(filter(None, changed)) == []
