"""Weightings whose papers follow the order of the rows or of the indicators say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.catalogue import installed, reference
from indicia_methods.weighting import slope

if TYPE_CHECKING:
    from indicia.result import Result

SEVEN = pl.DataFrame(
    {
        "unit": list("ABCDEFG"),
        "x": [5.78, 43.65, 45.54, 53.44, 24.72, 29.7, 20.37],
        "y": [84.0, 79.0, 97.0, 96.0, 81.0, 98.0, 98.0],
    }
)


def weighed(table: pl.DataFrame, weighting: str) -> Result:
    return indicia.read(
        {
            "data": {"unit": "unit"},
            "indicators": {"x": {"direction": "benefit"}, "y": {"direction": "cost"}},
            "methodology": {"weighting": weighting, "missing": "skip"},
        }
    ).score(table)


def test_wenslo_follows_the_rows_of_the_table_and_the_result_says_so() -> None:
    listed, ascending = weighed(SEVEN, "wenslo"), weighed(SEVEN.sort("x"), "wenslo")
    assert listed.weights["weight"][0] - ascending.weights["weight"][0] > 0.001
    assert listed.facts["index"] == {"order of the units": "that of the table"}


def test_wenslo_takes_the_units_that_have_all_indicators() -> None:
    gap = pl.DataFrame({"unit": ["gap"], "x": [None], "y": [90.0]}, schema=SEVEN.schema)
    with_gap = pl.concat([SEVEN[:3], gap, SEVEN[3:]])
    assert (
        weighed(with_gap, "wenslo").weights["weight"].to_list() == weighed(SEVEN, "wenslo").weights["weight"].to_list()
    )


@pytest.mark.parametrize("cuts", [[3], [1, 6], [0, 4, 4, 7], [1, 2, 3, 4, 5, 6]])
def test_the_line_of_several_parts_of_a_table_is_the_line_of_the_table(cuts: list[int]) -> None:
    values, step = SEVEN.drop("unit").to_numpy(), np.array([2.0, 0.5])
    joined = np.zeros((4, 2))
    for part in np.split(values, cuts):
        joined = slope._joined(joined, slope._path(part, step), step)
    assert joined == pytest.approx(slope._path(values, step), rel=1e-14)


@pytest.mark.parametrize(
    ("weighting", "on_order", "on_ties"),
    [
        ("combination(of=[ranks, entropy])", True, False),
        ("combination(of=[cilos(ties=first), entropy])", False, True),
        ("combination(of=[cilos, entropy])", False, False),
    ],
)
def test_a_combination_depends_on_the_order_if_one_of_its_weightings_does(
    weighting: str, on_order: bool, on_ties: bool
) -> None:
    method = installed().choose("weighting", weighting)
    assert (method.depends_on_order, method.order_decides_ties) == (on_order, on_ties)


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("ranks", ["The order of the indicators can change the result."]),
        ("cilos", ["With ties = first, between equal candidates the order of rows and indicators decides."]),
        (
            "combination",
            [
                "With some parameters, the order of the indicators can change the result.",
                "With some parameters, between equal candidates the order of rows and indicators decides.",
            ],
        ),
        ("wenslo", ["Does not keep the promise order_of_rows: the line of the paper leads from each unit to the next"]),
        ("entropy", []),
    ],
)
def test_the_description_of_a_weighting_tells_on_which_order_it_depends(name: str, notes: list[str]) -> None:
    lines = reference.card(installed().offers["weighting", name]).splitlines()
    found = [line for line in lines if line.startswith("  note") and "order" in line]
    assert [note in line for note, line in zip(notes, found, strict=True)] == [True] * len(notes)
