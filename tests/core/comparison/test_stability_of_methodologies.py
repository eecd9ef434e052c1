"""The stability of each methodology of a comparison, in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia_after_score.stability import Ranked
from indicia_robustness.critical_weights import critical_weights

if TYPE_CHECKING:
    from indicia.index import Index

TABLE = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome", "Bern", "Cork"],
        "jobs": [9.0, 7.0, 6.5, 4.0, 3.0, 1.0],
        "pay": [3.0, 5.0, 1.0, 9.0, 6.0, 2.0],
        "air": [2.0, 4.0, 9.0, 1.0, 8.0, 5.0],
    }
)


def index(**methodology: Any) -> Index:
    indicators = {name: {} for name in ("jobs", "pay", "air")}
    return indicia.read({"data": {"unit": "city"}, "indicators": indicators, "methodology": methodology})


def test_each_row_has_the_figures_of_the_methodology_by_itself() -> None:
    choices = {"normalisation": ["vector"], "aggregation": ["arithmetic", "geometric"]}
    table = index().compare(table=TABLE, **choices, tested=6).frame("stability")
    assert table["label"].to_list() == ["vector > arithmetic", "vector > geometric"]
    for row in table.iter_rows(named=True):
        normalisation, aggregation = row["label"].split(" > ")
        alone = index(normalisation=normalisation, aggregation=aggregation).stability(TABLE, units=6)
        weights = alone.frame("weights")
        weight = weights.row(0, named=True)
        assert (row["weight"], row["first_changes"]) == (weight["part"], weight["first_changes"])
        assert row["then_first"] == weight["then_first"]
        assert row["two_swap"] == weights.sort(pl.col("two_swap").abs())["two_swap"][0]
        assert row["moved"] == alone.frame("minimal_weight_shift")["moved"][0]
        failed = alone.frame("reversals")["failed"].to_list()
        columns = ("leaves_new_first", "leaves_reversed", "worse_new_first", "worse_reversed", "pairs_reversed")
        assert [row[column] for column in (*columns, "circles")] == failed
        parts = alone.frame("omission_effects").filter(left_out="indicator")
        assert (row["parts"], row["parts_new_first"]) == (3, (parts["first"] != row["first"]).sum())


def test_the_first_k_change_where_a_unit_draws_level_with_one_of_them() -> None:
    # C draws level with A where x weighs 0.375 and y 0.625: 0.24 beside 0.4 before they are scaled, 0.6 less than 0.6
    values = pl.DataFrame({"city": ["A", "B", "C"], "x": [1.0, 0.1, 0.0], "y": [0.2, 0.9, 0.8]})
    indicators = {"x": {"weight": 0.6}, "y": {"weight": 0.4}}
    two = indicia.read({"data": {"unit": "city"}, "indicators": indicators, "methodology": {"normalisation": "none"}})
    table = two.compare(table=values, aggregation=["arithmetic", "max"], top=2).frame("stability")
    assert table.select("top", "top_weight").row(0) == (2, "x")
    assert table["top_changes"][0] == pytest.approx(-0.6, rel=1e-12)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_a_search_finds_the_change_of_the_first_k_units_that_the_closed_form_has(k: int) -> None:
    linear = index(weighting="equal").stability(TABLE).facts[Ranked()]
    closed = critical_weights(linear, k).sort("part")["top_changes"]
    searched = index(weighting="equal").stability(TABLE).facts[Ranked()]
    vars(searched)["effects"] = {}  # no node counts as linear
    found = critical_weights(searched, k).sort("part")["top_changes"]
    np.testing.assert_allclose(found.to_numpy(), closed.to_numpy(), rtol=1e-6)


def test_a_copy_of_a_unit_reverses_others_under_some_normalisations_only() -> None:
    # the range of an indicator stays the same with a copy; the ranks of other units do not
    table = index().compare(table=TABLE, normalisation=["min_max", "rank"]).frame("stability")
    for normalisation, count in zip(("min_max", "rank"), table["copy_reversed"], strict=True):
        scored = index(normalisation=normalisation)
        before = scored.score(TABLE).scores["rank"].to_numpy()
        reversed_by = 0
        for row in range(len(TABLE)):
            copied = pl.concat([TABLE, TABLE[row].with_columns(city=pl.lit("copy"))])
            after = scored.score(copied).scores["rank"].to_numpy()[: len(TABLE)]
            reversed_by += bool(((before[:, None] < before) & (after[:, None] > after)).any())
        assert count == reversed_by
    assert table["copy_reversed"].to_list()[0] == 0 < table["copy_reversed"][1]


def test_a_row_says_why_it_has_no_answer() -> None:
    choices = {"normalisation": ["min_max", "vector"], "aggregation": ["geometric", "max", "arithmetic"]}
    table = index().compare(table=TABLE, **choices).frame("stability")
    reasons = dict(table.select("label", "reason").rows())
    assert "needs positive values" in reasons["min_max > geometric"]
    assert reasons["vector > arithmetic"] is None
    assert reasons["vector > max"] == (
        "no change of one weight lets units change places; no weights of the index make another unit first"
    )
    assert table.filter(label="min_max > geometric")["methodology"].to_list() == [None]


def test_two_units_cannot_be_tested_and_one_indicator_has_no_other_weight() -> None:
    one = indicia.read({"data": {"unit": "city"}, "indicators": {"jobs": {}}})
    row = one.compare(table=TABLE.head(2), normalisation=["min_max", "vector"]).frame("stability").row(0, named=True)
    for reason in ("the index has one component", "fewer than three units are ranked", "the index has one part"):
        assert reason in row["reason"]
    assert (row["first"], row["weight"], row["units"]) == ("Lima", None, None)


def test_progress_is_reported_by_methodology() -> None:
    steps = list[tuple[int, int]]()
    told = {"progress": lambda done, total: steps.append((done, total))}
    comparison = index().compare(TABLE, normalisation=["min_max", "vector"], **told)
    steps.clear()
    comparison.frame("stability")
    assert steps == [(1, 2), (2, 2)]
