"""Importance beside weights, inequality and neighbours of an index, from an index file and in an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from indicia.answers.answer import Answer
    from indicia_after_score.importance import Importance

INDEX = {
    "data": {"unit": "city", "groups": ["coast"]},
    "indicators": {
        "gdp": {"direction": "benefit", "dimension": "wealth", "weight": 3},
        "work": {"direction": "benefit", "dimension": "wealth"},
        "air": {"direction": "benefit", "dimension": "nature"},
    },
    "dimensions": {"wealth": {}, "nature": {}},
    "outside": {"neighbours": {"column": "beside"}},
}
TABLE = pl.DataFrame(
    {
        "city": list("abcdefgh"),
        "gdp": [1.0, 1.0, 4.0, 2.0, 8.0, 6.0, 3.0, 7.0],
        "work": [5.0, 1.0, 2.0, 7.0, 3.0, 8.0, 6.0, 4.0],
        "air": [-1.0, 4.0, 2.0, 6.0, 5.0, 1.0, 3.0, 8.0],
        "coast": ["yes", "yes", "no", "no", None, "yes", "no", "no"],
        "beside": ["b", "a;c", "b;d", "c;e", "d;f", "e;g", "f;h", "g"],
    }
)


@pytest.fixture(scope="module")
def report() -> Answer[Importance]:
    return indicia.read(INDEX).importance(TABLE, measures=["distance_correlation"])


def row(table: pl.DataFrame, **where: str) -> dict[str, object]:
    return table.filter(**where).row(0, named=True)


def test_weights_in_the_node_stand_beside_weights_in_the_index(report: Answer[Importance]) -> None:
    rows = report.frame("importance").select("node", "level", "component", "weight", "effective_weight").rows()
    assert rows[2:] == [
        ("wealth", "component", "gdp", 0.75, 0.375),
        ("wealth", "component", "work", 0.25, 0.125),
        ("nature", "component", "air", 1.0, 0.5),
        ("index", "indicator", "gdp", 0.375, 0.375),
        ("index", "indicator", "work", 0.125, 0.125),
        ("index", "indicator", "air", 0.5, 0.5),
    ]


def test_variance_shares_of_each_node_add_to_1(report: Answer[Importance]) -> None:
    sums = report.frame("importance").group_by("node", "level").agg(pl.col("variance_share").sum())["variance_share"]
    assert sums.to_list() == pytest.approx([1, 1, 1, 1])


def test_the_weights_for_the_intended_importance_have_that_importance(report: Answer[Importance]) -> None:
    wealth = report.frame("weights_for_importance").filter(node="wealth")
    assert (wealth["exact_r2"] / wealth["exact_r2"].sum()).to_list() == pytest.approx([0.75, 0.25])
    assert wealth["attainable"].all()
    assert wealth["closest"].to_list() == wealth["exact"].to_list()


def test_other_measures_are_computed_as_they_are_chosen(report: Answer[Importance]) -> None:
    assert report.frame("main_effects").columns[3:] == [
        "units",
        "distinct",
        "r",
        "distance_correlation",
        "distance_correlation_corrected",
    ]
    assert report.frame("main_effects").height == report.frame("importance").height


def test_coefficients_are_weights_by_deviations(report: Answer[Importance]) -> None:
    # the index is the weighted mean, so that β = w s_x / s_y; both indicators have the range 7 before normalisation
    beta = dict(report.frame("coefficients").select("indicator", "beta").iter_rows())
    gdp, work = TABLE["gdp"].to_numpy().std(), TABLE["work"].to_numpy().std()
    assert beta["work"] / beta["gdp"] == pytest.approx(0.125 * work / (0.375 * gdp))


def test_inequality_is_that_of_the_values_before_normalisation(report: Answer[Importance]) -> None:
    gdp = row(report.frame("inequality"), column="gdp")
    # the mean absolute difference of all pairs, by the mean of 4
    values = TABLE["gdp"].to_numpy()
    assert gdp["gini"] == pytest.approx(np.abs(values[:, None] - values).mean() / (2 * 4))
    assert gdp["kind"] == "indicator"
    assert gdp["reason"] is None


def test_negative_values_have_the_reason_in_place_of_inequality(report: Answer[Importance]) -> None:
    air = row(report.frame("inequality"), column="air")
    assert (air["gini"], air["reason"]) == (None, "air is not zero or more for 1 unit")


def test_inequality_within_and_between_groups_adds_to_the_inequality_of_units_with_a_group(
    report: Answer[Importance],
) -> None:
    gdp = row(report.frame("inequality_by_group"), group="coast", column="gdp")
    assert (gdp["units"], gdp["groups"]) == (7, 2)
    # means 8/3 and 4 of 3 and 4 units: shares 8 and 16 of 24 of the total
    between = 8 / 24 * np.log(8 / 3 / (24 / 7)) + 16 / 24 * np.log(4 / (24 / 7))
    assert gdp["theil_between"] == pytest.approx(between)
    assert gdp["theil_t"] == pytest.approx(gdp["theil_within"] + gdp["theil_between"])
    assert gdp["gini"] == pytest.approx(gdp["gini_within"] + gdp["gini_between"] + gdp["transvariation"])


def test_the_parts_of_pairs_of_groups_add_to_those_of_their_column(report: Answer[Importance]) -> None:
    gdp = row(report.frame("inequality_by_group"), group="coast", column="gdp")
    (pair,) = report.frame("inequality_by_pair").filter(group="coast", column="gdp").to_dicts()
    assert (pair["between"], pair["transvariation"]) == pytest.approx((gdp["gini_between"], gdp["transvariation"]))
    assert pair["excess"] - pair["reverse_excess"] == pytest.approx(4 - 8 / 3)  # the difference of the means
    assert report.frame("inequality_by_pair").filter(column="air").is_empty()  # it has a negative value


def test_neighbours_of_the_index_file_have_morans_i(report: Answer[Importance]) -> None:
    z = TABLE["work"].to_numpy() - 4.5
    lag = [z[1], *(z[:-2] + z[2:]) / 2, z[-2]]
    work = row(report.frame("spatial"), column="work")
    assert work["moran"] == pytest.approx((z * lag).sum() / (z @ z))
    local = report.frame("local_spatial").filter(column="work")
    assert local["local"].to_list() == pytest.approx(z * lag / (z @ z / 8))
    assert local["quadrant"].to_list()[:2] == ["high-low", "low-low"]


def test_an_index_without_neighbours_has_empty_tables() -> None:
    index = indicia.read({name: words for name, words in INDEX.items() if name != "outside"})
    report = index.importance(TABLE.drop("beside"))
    assert report.frame("spatial").is_empty()
    assert report.frame("local_spatial").is_empty()


def test_pairs_of_which_few_units_have_a_value_have_no_row() -> None:
    gaps = TABLE.with_columns(work=pl.Series([5.0, None, 2.0, None, 3.0, None, 6.0, None]))
    report = indicia.read({**INDEX, "methodology": {"missing": "skip"}}).importance(gaps)
    assert "work" not in report.frame("spatial")["column"].to_list()
    assert "gdp" in report.frame("spatial")["column"].to_list()


def test_parts_below_a_formula_without_weights_have_no_weight() -> None:
    wealth = {"aggregation": "formula(expression='gdp * work')"}
    index = indicia.read({**INDEX, "dimensions": {"wealth": wealth, "nature": {}}})
    table = index.importance(TABLE).frame("importance")
    weights = {(level, part): weight for level, part, weight in table["level", "component", "weight"].rows()}
    assert weights["component", "gdp"] is weights["component", "work"] is None
    assert weights["component", "wealth"] == weights["component", "nature"] == 0.5
    assert weights["indicator", "air"] is None
    assert row(table, level="component", component="air")["effective_weight"] == 0.5
    assert row(table, level="component", component="gdp")["effective_weight"] is None


def test_an_audit_has_the_same_tables(report: Answer[Importance]) -> None:
    audit = indicia.read(INDEX).audit(TABLE, draws=20)
    assert audit.frame("importance").equals(report.frame("importance"))
    assert audit.frame("spatial").equals(report.frame("spatial"))
    assert audit.figures.subject.neighbours.height == 14


def test_a_panel_has_the_importance_of_one_period() -> None:
    second = TABLE.with_columns(gdp=pl.col("work"), work=pl.col("gdp"))
    panel = pl.concat([TABLE.with_columns(year=pl.lit(2020)), second.with_columns(year=pl.lit(2021))])
    index = indicia.read({**INDEX, "data": {"unit": "city", "period": "year", "groups": ["coast"]}})
    first, last = (index.importance(panel, period=period) for period in (2020, None))
    assert first.frame("importance")["units"].to_list() == [8] * 8
    gini = row(first.frame("inequality"), column="gdp")["gini"]
    assert row(last.frame("inequality"), column="work")["gini"] == pytest.approx(gini)


def test_an_unknown_table_is_named_with_a_remedy(report: Answer[Importance]) -> None:
    with pytest.raises(indicia.IndiciaError, match=r'importance has no table "importanse"'):
        report.frame("importanse")
