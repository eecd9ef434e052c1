"""The audit of every methodology of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from indicia_compare import ComparisonAnswer

TOWNS = pl.DataFrame(
    {
        "town": [f"T{row:02}" for row in range(20)],
        "income": [float(row) for row in range(20)],
        "schools": [float((3 * row) % 20 + row) for row in range(20)],
        # one value of 900 among values below 20: D05
        "waste": [900.0, *(float((7 * row) % 20) for row in range(1, 20))],
    }
)
INDEX = {
    "data": {"unit": "town"},
    "indicators": {
        "income": {"direction": "benefit"},
        "schools": {"direction": "benefit"},
        "waste": {"direction": "cost"},
    },
    "variants": {
        "clean": {"without": ["waste"]},
        # min_max to 0 has a zero, which geometric refuses
        "impossible": {"normalisation": "min_max", "aggregation": "geometric"},
    },
}


@pytest.fixture(scope="module")
def comparison() -> ComparisonAnswer:
    return indicia.read(INDEX).compare(table=TOWNS)


def test_each_methodology_has_its_counts_and_codes(comparison: ComparisonAnswer) -> None:
    standing, clean, _ = comparison.frame("audit").to_dicts()
    assert (standing["methodology"], standing["label"]) == (1, "as it stands")
    assert "D05" in standing["warning_codes"].split(", ")
    assert "D05" not in (clean["warning_codes"] or "")
    assert standing["warnings"] > clean["warnings"]


def test_a_methodology_that_cannot_be_scored_has_the_reason(comparison: ComparisonAnswer) -> None:
    row = comparison.frame("audit").row(2, named=True)
    assert (row["methodology"], row["label"], row["warnings"]) == (None, "impossible", None)
    assert "geometric" in row["left_out"]


def test_checks_of_draws_and_further_runs_do_not_look(comparison: ComparisonAnswer) -> None:
    codes = ", ".join(comparison.frame("audit")["error_codes"].drop_nulls().to_list())
    codes += ", ".join(comparison.frame("audit")["warning_codes"].drop_nulls().to_list())
    assert not {"U", "R", "B", "V"} & {code[0] for code in codes.split(", ") if code}


def test_a_waived_finding_does_not_count(comparison: ComparisonAnswer) -> None:
    waived = {**INDEX, "waivers": [{"code": "D05", "where": "waste", "reason": "a landfill"}]}
    audited = indicia.read(waived).compare(table=TOWNS).frame("audit")
    assert audited["warnings"][0] == comparison.frame("audit")["warnings"][0] - 1
