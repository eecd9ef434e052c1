"""Aggregates are scored by the statistics of the units, or as weighted means, and never ranked."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import indicia
from indicia import IndiciaError, Result
from indicia_report.markup import Texts
from indicia_report.method.methodology import methodology
from indicia_report.period_view import PeriodView

TABLE = pl.DataFrame(
    {
        "city": ["A", "B", "C", "D", "All"],
        "region": ["north", "north", "south", "south", None],
        "people": [1.0, 3.0, 2.0, 2.0, 8.0],
        "jobs": [10.0, 20.0, 30.0, 40.0, 50.0],
        "air": [4.0, 3.0, 2.0, None, 3.0],
    }
)
WORLD = {"world": {"row": "All", "name": {"en": "World", "zh": "世界"}}}


def scored(aggregates: dict[str, Any], table: pl.DataFrame = TABLE, **methodology: Any) -> Result:
    raw = {
        "data": {"unit": "city", "groups": ["region"]},
        "dimensions": {"work": {}, "nature": {}},
        "indicators": {
            "jobs": {"dimension": "work", "direction": "benefit"},
            "air": {"dimension": "nature", "direction": "cost"},
        },
        "methodology": {"missing": "propagate", **methodology},
        "aggregates": aggregates,
    }
    return indicia.read(raw).score(table)


def refusal(aggregates: dict[str, Any], **methodology: Any) -> str:
    with pytest.raises(IndiciaError) as caught:
        scored(aggregates, **methodology)
    return str(caught.value)


def test_a_row_is_scored_between_the_extremes_of_the_units_and_may_lie_beyond_them() -> None:
    result = scored(WORLD)
    row = result.aggregates.row(0, named=True)
    # jobs of units reach from 10 to 40, air from 4 to 2: (50 - 10) / 30 and (4 - 3) / 2
    assert (row["work"], row["nature"], row["score"]) == pytest.approx((4 / 3, 0.5, (4 / 3 + 0.5) / 2))
    assert (row["aggregate"], row["name"], row["members"], row["coverage"]) == ("world", "World", None, None)


def test_the_row_of_an_aggregate_changes_no_score_and_has_no_rank() -> None:
    without = scored({}, TABLE.filter(pl.col("city") != "All"))
    assert scored(WORLD).scores.equals(without.scores)


def test_means_of_scores_are_weighted_and_say_how_much_they_cover() -> None:
    rows = scored({"regions": {"groups": "region", "weights": "people"}, **WORLD}).aggregates
    north, south = rows.filter(pl.col("aggregate") != "world").rows(named=True)
    # A has (0 + 0) / 2, B (1/3 + 1/2) / 2; C (2/3 + 1) / 2, and D no score for want of air
    assert north["score"] == pytest.approx((1 * 0 + 3 * 5 / 12) / 4)
    assert (north["members"], north["coverage"]) == (2, 1.0)
    assert south["score"] == pytest.approx(5 / 6)
    assert south["work"] == pytest.approx((2 / 3 + 1) / 2)
    assert (south["members"], south["coverage"]) == (1, 0.5)


def test_members_that_screening_leaves_out_lower_the_coverage() -> None:
    regions = {"south": {"members": ["C", "D"], "weights": "people"}, "all": {"groups": "region"}}
    raw = {
        "data": {"unit": "city", "groups": ["region"], "without": ["All"]},
        "screening": {"without": ["D"]},
        "indicators": {"jobs": {"direction": "benefit"}},
        "aggregates": regions,
    }
    rows = indicia.read(raw).score(TABLE).aggregates.select("aggregate", "score", "members", "coverage").rows()
    assert rows == [("south", 1.0, 1, 0.5), ("north", 0.25, 2, 1.0), ("south", 1.0, 1, 0.5)]


def test_mean_values_are_scored_like_a_row() -> None:
    union = {"members": ["A", "B"], "weights": "people", "of": "values"}
    row = scored({"union": union, **WORLD}).aggregates.row(0, named=True)
    # jobs (10 + 3 · 20) / 4 = 17.5, air (4 + 3 · 3) / 4 = 3.25
    assert (row["work"], row["nature"]) == pytest.approx((7.5 / 30, 0.75 / 2))
    assert row["members"] == 2


def test_names_of_units_that_are_their_labels_in_a_language_name_mean_values() -> None:
    raw = {
        "data": {"unit": "city", "label": {"en": "city", "zh": "region"}},
        "indicators": {"jobs": {"direction": "benefit"}},
        "aggregates": {"union": {"members": ["A", "B"], "of": "values"}, **WORLD},
    }
    assert indicia.read(raw).score(TABLE).aggregates["name"].to_list() == ["union", "World"]


def test_an_inspection_refuses_an_aggregate_that_the_data_do_not_have() -> None:
    index = indicia.read({"data": {"unit": "city"}, "indicators": {"jobs": {}}, "aggregates": {"world": {"row": "Al"}}})
    with pytest.raises(IndiciaError, match='"Al", which is no row of the data'):
        index.check(TABLE)


def test_the_methodology_of_the_page_states_how_aggregates_are_scored() -> None:
    aggregates = {**WORLD, "regions": {"groups": "region", "weights": "people"}}
    html = str(methodology(PeriodView(scored(aggregates), ("en", "zh")), Texts.of("en")))
    assert "Scores of the groups of region are means weighted by people of the scores of the members" in html
    assert "is a row of the data that takes no part in the index" in html


def test_a_panel_has_a_row_for_each_period() -> None:
    years = pl.concat([TABLE.with_columns(year=pl.lit(year)) for year in (2022, 2023)])
    raw = {
        "data": {"unit": "city", "period": "year"},
        "indicators": {"jobs": {"direction": "benefit", "bounds": [0, 100]}},
        "aggregates": WORLD,
    }
    rows = indicia.read(raw).score(years).aggregates
    assert rows.select("aggregate", "year", "score").rows() == [("world", 2022, 0.5), ("world", 2023, 0.5)]


def test_a_fitted_index_scores_units_without_the_members_of_an_aggregate() -> None:
    union = {"union": {"members": ["A", "B"]}}
    index = indicia.read({"data": {"unit": "city"}, "indicators": {"jobs": {}}, "aggregates": union})
    fitted = indicia.fit(index, TABLE)
    assert fitted.score(TABLE.tail(2)).aggregates.is_empty()
    assert fitted.score(TABLE.head(1)).aggregates.select("score", "members").rows() == [(0.0, 1)]


def test_a_fitted_index_scores_units_without_the_row_of_an_aggregate() -> None:
    index = indicia.read({"data": {"unit": "city"}, "indicators": {"jobs": {}}, "aggregates": WORLD})
    fitted = indicia.fit(index, TABLE)
    assert fitted.score(TABLE.head(2)).aggregates.is_empty()
    assert fitted.score(TABLE.tail(2)).aggregates["score"].to_list() == pytest.approx([4 / 3])


@pytest.mark.parametrize(
    ("aggregates", "fault", "remedy"),
    [
        ({"world": {"row": "Al"}}, 'the aggregate world is "Al", which is no row of the data', 'did you mean "All"?'),
        (
            {"north": {"members": ["A", "Z"]}},
            "the aggregate north has Z as members, which are no units of the index",
            "known: A, All, B, C, D",
        ),
        (
            {"regions": {"groups": "regoin"}},
            'the aggregate regions names the groups "regoin", which is no column of data.groups',
            'did you mean "region"?',
        ),
        (
            {"north": {"members": ["D"], "weights": "air"}},
            'the aggregate north weights its members by "air", which is no weight for D',
            "give every member a weight of 0 or more, or leave it out of the members",
        ),
        (
            {"none": {}},
            "aggregates.none: an aggregate has either row, members or groups, and this states none of them",
            "",
        ),
        (
            {"two": {"row": "All", "members": ["A"]}},
            "aggregates.two: an aggregate has either row, members or groups, and this states row and members",
            "",
        ),
        (
            {"world": {"row": "All", "weights": "people"}},
            "aggregates.world: weights apply to members or groups, and row is scored as it stands",
            "",
        ),
    ],
)
def test_an_aggregate_that_cannot_be_is_refused(aggregates: dict[str, Any], fault: str, remedy: str) -> None:
    message = refusal(aggregates)
    assert message.startswith(fault)
    assert message.endswith(remedy)


def test_a_row_is_refused_where_a_method_compares_units() -> None:
    message = refusal(WORLD, normalisation="rank", missing="skip")
    assert message.startswith("the aggregate world is scored like a unit, and methods compare units: rank of jobs")
    assert 'members = [...] or groups = "…"' in message
