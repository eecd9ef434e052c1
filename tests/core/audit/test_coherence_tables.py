"""The tables of `index.coherence()` on a small index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.errors import IndiciaError
from indicia_after_score.audit import Audit
from indicia_after_score.coherence import Coherence

if TYPE_CHECKING:
    from indicia.answers.answer import Answer

UNITS = [f"u{row}" for row in range(12)]
TABLE = pl.DataFrame(
    {
        "unit": UNITS,
        "a": [float(row) for row in range(12)],
        "b": [float(row * 5 % 12) for row in range(12)],
        "c": [float(row * 7 % 12) for row in range(12)],
        "d": [float((row * row) % 13) for row in range(12)],
        "e": [1.0, 3.0, 2.0, 5.0, 4.0, 9.0, 6.0, 8.0, 7.0, 12.0, 10.0, 11.0],
    }
)
DEFINITION: dict[str, Any] = {
    "data": {"unit": "unit"},
    "indicators": {
        **{name: {"dimension": "one", "direction": "benefit"} for name in "abc"},
        "d": {"dimension": "two", "direction": "benefit"},
        "e": {"dimension": "two", "direction": "cost"},
    },
    "dimensions": {"one": {}, "two": {}},
}


@pytest.fixture(scope="module")
def report() -> Answer[Coherence]:
    return indicia.read(DEFINITION).coherence(TABLE)


@pytest.mark.parametrize("name", Coherence.tables())
def test_every_table_has_columns(report: Answer[Coherence], name: str) -> None:
    assert report.frame(name).width > 1


def test_an_audit_has_the_same_tables() -> None:
    assert set(Coherence.tables()) <= set(Audit.tables())


def test_units_of_a_table_in_any_order_have_their_own_clusters(report: Answer[Coherence]) -> None:
    reversed_rows = indicia.read(DEFINITION).coherence(TABLE.reverse()).frame("clusters")
    assert reversed_rows.sort("linkage", "unit").rows() == report.frame("clusters").sort("linkage", "unit").rows()


def test_a_pair_of_different_nodes_has_no_node(report: Answer[Coherence]) -> None:
    nodes = dict(report.frame("correlations").select(pl.concat_str("a", "b"), "node").iter_rows())
    assert nodes == {
        **dict.fromkeys(("ab", "ac", "bc"), "one"),
        "de": "two",
        "onetwo": "index",
        **dict.fromkeys(("ad", "ae", "bd", "be", "cd", "ce")),
    }


def test_an_indicator_is_correlated_as_it_enters_the_score(report: Answer[Coherence]) -> None:
    """e is a cost and rises with a in the data: r of their normalised values is negative."""
    (r,) = report.frame("correlations").filter(a="a", b="e")["r"]
    assert r == pytest.approx(-TABLE.select(pl.corr("a", "e")).item())


def test_a_node_without_components_gives_the_reason() -> None:
    report = indicia.read(DEFINITION).coherence(TABLE.with_columns(c=pl.col("a") * 2 + 1))
    (reason,) = report.frame("adequacy").filter(node="one")["reason"]
    assert reason == "a, c are linearly dependent: the correlations of 3 items have rank 2"
    assert "one" not in report.frame("eigenvalues")["node"].to_list()


def test_a_panel_is_looked_at_in_one_period() -> None:
    panel = pl.concat([TABLE.with_columns(year=2020), TABLE.with_columns(year=2021, a=pl.col("a").reverse())])
    definition = {**DEFINITION, "data": {"unit": "unit", "period": "year"}}
    index = indicia.read(definition)
    first, last = index.coherence(panel, period=2020), index.coherence(panel)
    (r,), (r_last,) = (found.frame("correlations").filter(a="a", b="b")["r"] for found in (first, last))
    assert r == pytest.approx(-r_last)
    assert first.frame("moments").filter(stage="raw", item="a")["units"].to_list() == [12]


def test_a_period_without_data_is_an_error() -> None:
    with pytest.raises(IndiciaError, match="no periods"):
        indicia.read(DEFINITION).coherence(TABLE, period=1999)


def test_an_unknown_table_is_an_error_with_the_nearest_name(report: Answer[Coherence]) -> None:
    with pytest.raises(IndiciaError, match="coherence has no table") as caught:
        report.frame("reliabilty")
    assert caught.value.remedy == 'did you mean "reliability"?'


def test_the_index_file_may_state_the_number_of_rotated_components() -> None:
    rotated = indicia.read({**DEFINITION, "audit": {"factors": 3}}).coherence(TABLE).frame("rotated")
    assert rotated.filter(node="one")["factor"].unique().sort().to_list() == [1, 2, 3]
    assert rotated.filter(node="two").is_empty()  # two items have two components


def test_one_rotated_component_is_an_error_with_its_key_and_the_least_number() -> None:
    with pytest.raises(IndiciaError, match=r"audit\.factors must be 2 or more"):
        _ = indicia.read({**DEFINITION, "audit": {"factors": 1}}).definition


def test_a_part_of_a_harm_agrees_with_the_index_if_both_improve_together() -> None:
    """More of the dimension harm is worse: e lowers harm, and the index rises with e as with a, which e follows."""
    dimensions = {"one": {}, "harm": {"direction": "cost"}}
    indicators = {"a": {"dimension": "one"}, "e": {"dimension": "harm", "direction": "cost"}}
    report = indicia.read({**DEFINITION, "dimensions": dimensions, "indicators": indicators}).coherence(TABLE)
    rows = report.frame("node_correlations").filter(node="harm", item="e")
    assert set(rows["relation"]) == {"own", "index", "other"}
    assert all(r > 0.5 for r in rows["r"])


def test_a_part_of_a_distance_agrees_with_the_score_that_falls_as_the_part_rises() -> None:
    """SPOTIS is the distance to the best scores: in a flat index of a and e, both improve as the distance falls."""
    words = {"indicators": {"a": {}, "e": {}}, "methodology": {"aggregation": "spotis"}}
    own = (
        indicia.read({"data": {"unit": "unit"}, **words})
        .coherence(TABLE)
        .frame("node_correlations")
        .filter(relation="own")
    )
    assert all(r > 0.9 for r in own["r"])
