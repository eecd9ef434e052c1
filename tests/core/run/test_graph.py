"""A part of several nodes scores as if it stood in each; a part that does not count changes no score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import indicia
from indicia.errors import DubiousWarning
from indicia.run import Draws, score_draws
from indicia_bundle import fitted

if TYPE_CHECKING:
    from indicia import Index
    from indicia.result import Result

TOWNS = pl.DataFrame(
    {
        "town": ["Ash", "Elm", "Fir", "Oak", "Yew"],
        "x": [1.0, 2.0, 5.0, 3.0, 4.5],
        "y": [3.0, 1.0, 2.0, 5.0, 4.0],
        "z": [9.0, 2.0, 4.0, 6.0, 1.0],
        "v": [1.0, 4.0, 2.0, 2.5, 3.0],
    }
)
DIMENSIONS: dict[str, Any] = {"a": {"weight": 2}, "b": {"weight": 3}}
SHARED: dict[str, Any] = {
    "x": {"dimension": ["a", "b"], "weight": {"a": 2, "b": 1}},
    "y": {"dimension": "a"},
    "z": {"dimension": "b", "weight": 4},
}
TWICE: dict[str, Any] = {
    "x": {"dimension": "a", "weight": 2},
    "again": {"column": "x", "dimension": "b", "weight": 1},
    "y": {"dimension": "a"},
    "z": {"dimension": "b", "weight": 4},
}

pytestmark = pytest.mark.filterwarnings("ignore:counted several times")


def made(indicators: dict[str, Any], dimensions: dict[str, Any] = DIMENSIONS, **methodology: Any) -> Index:
    return indicia.read(
        {
            "data": {"unit": "town"},
            "indicators": {name: {"direction": "benefit", **spec} for name, spec in indicators.items()},
            "dimensions": dimensions,
            "methodology": {"normalisation": "min_max(lower=1, upper=9)", **methodology},
        }
    )


def scored(*words: Any, table: pl.DataFrame = TOWNS, **methodology: Any) -> Result:
    return made(*words, **methodology).score(table)


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric", "topsis"])
def test_a_shared_indicator_gives_the_scores_of_an_indicator_that_is_written_twice(aggregation: str) -> None:
    one, two = scored(SHARED, aggregation=aggregation), scored(TWICE, aggregation=aggregation)
    assert_frame_equal(one.scores, two.scores, abs_tol=1e-12)


def test_the_contribution_of_a_shared_indicator_is_the_sum_over_its_parents() -> None:
    one, two = scored(SHARED).contributions, scored(TWICE).contributions
    np.testing.assert_allclose(one["x"], two["x"] + two["again"], rtol=1e-12)
    np.testing.assert_allclose(
        pl.sum_horizontal("x", "y", "z").pipe(one.select).to_series(), scored(SHARED).scores["score"]
    )


def test_the_effective_weight_of_a_shared_indicator_is_the_sum_over_its_parents() -> None:
    """2/5 of a, in which x has 2/3, and 3/5 of b, in which it has 1/5: 4/15 + 3/25."""
    rows = scored(SHARED).weights.filter(id="x").select("parent", "weight", "effective").rows()
    assert [parent for parent, _, _ in rows] == ["a", "b"]
    assert [weight for _, weight, _ in rows] == pytest.approx([2 / 3, 1 / 5])
    assert [effective for _, _, effective in rows] == pytest.approx([4 / 15 + 3 / 25] * 2)


def test_the_order_of_dimensions_in_the_file_does_not_change_scores() -> None:
    backwards = dict(reversed(DIMENSIONS.items()))
    order = ["town", "score", "rank", "a", "b"]
    one, two = scored(SHARED).scores.select(order), scored(SHARED, backwards).scores.select(order)
    assert_frame_equal(one, two, abs_tol=1e-12)


def test_a_shared_dimension_gives_the_scores_of_a_dimension_that_is_written_twice() -> None:
    parts = {"x": {"dimension": "c"}, "y": {"dimension": "c"}, "z": {"dimension": "a"}, "v": {"dimension": "b"}}
    again = {**parts, "x2": {"column": "x", "dimension": "d"}, "y2": {"column": "y", "dimension": "d"}}
    one = scored(parts, {**DIMENSIONS, "c": {"parent": ["a", "b"]}}, aggregation="geometric")
    two = scored(again, {**DIMENSIONS, "c": {"parent": "a"}, "d": {"parent": "b"}}, aggregation="geometric")
    np.testing.assert_allclose(one.scores["score"], two.scores["score"], rtol=1e-12)


def test_a_part_of_a_dimension_and_of_its_parent_counts_in_both() -> None:
    parts = {"x": {"dimension": ["a", "index"]}, "y": {"dimension": "a"}}
    again = {"x": {"dimension": "a"}, "again": {"column": "x"}, "y": {"dimension": "a"}}
    one, two = scored(parts, {"a": {}}), scored(again, {"a": {}})
    np.testing.assert_allclose(one.scores["score"], two.scores["score"], rtol=1e-12)


def test_a_shared_indicator_with_a_gap_is_filled_once() -> None:
    gaps = TOWNS.with_columns(x=pl.Series([None, *TOWNS["x"][1:]]))
    one = scored(SHARED, table=gaps, missing="value(value=2)")
    two = scored(TWICE, table=gaps, missing="value(value=2)")
    assert_frame_equal(one.scores, two.scores, abs_tol=1e-12)
    assert one.cells.height == 1


def test_a_present_indicator_contributes_through_the_dimension_that_has_a_score() -> None:
    gaps = TOWNS.with_columns(y=pl.Series([None, *TOWNS["y"][1:]]))
    strict = {**DIMENSIONS, "a": {"missing": {"policy": "skip", "minimum_share": 0.6}}}
    one = scored(SHARED, strict, table=gaps, missing="skip")
    assert one.scores["a"][0] is None
    total = one.contributions.select(pl.sum_horizontal("x", "y", "z")).to_series()
    np.testing.assert_allclose(total, one.scores["score"], rtol=1e-12)


def test_double_counting_is_a_warning_with_the_parents_and_the_effective_weight() -> None:
    with pytest.warns(DubiousWarning, match=r"counted several times: x in a and b \(effective weight 0.3867\)"):
        scored(SHARED)


def test_a_part_of_a_dimension_that_does_not_count_is_not_counted_twice(recwarn: pytest.WarningsRecorder) -> None:
    scored({**SHARED, "x": {"dimension": ["a", "b"]}}, {"a": {}, "b": {"counts": False}})
    assert not recwarn.list


# Parts that do not count

SHOWN: dict[str, Any] = {
    "x": {"dimension": ["a", "w"]},
    "y": {"dimension": ["b", "w"]},
    "z": {"dimension": "a"},
    "v": {"dimension": "w"},
}
WITH_SHOWN = {**DIMENSIONS, "w": {"counts": False, "aggregation": "geometric"}}
COUNTING: dict[str, Any] = {"x": {"dimension": "a"}, "y": {"dimension": "b"}, "z": {"dimension": "a"}}


def test_a_dimension_that_does_not_count_is_scored_and_ranked_and_changes_no_score() -> None:
    one, two = scored(SHOWN, WITH_SHOWN), scored(COUNTING)
    assert one.scores["score"].equals(two.scores["score"])
    alone = scored({name: {} for name in "xyv"}, {}, aggregation="geometric")
    np.testing.assert_allclose(one.scores["w"], alone.scores["score"], rtol=1e-12)
    assert one.ranks["w"].to_list() == alone.scores["rank"].to_list()


def test_a_note_names_the_parts_that_do_not_count() -> None:
    assert "shown, and not counted in the index: w" in map(str, scored(SHOWN, WITH_SHOWN).notes)


def test_a_part_that_does_not_count_has_weight_0() -> None:
    weights = scored(SHOWN, WITH_SHOWN).weights
    assert weights.filter(id="w").select("weight", "effective").row(0) == (0.0, 0.0)
    assert weights.filter(id="v").select("weight", "effective").row(0) == (pytest.approx(1 / 3), 0.0)
    assert weights.filter(id="x")["effective"].to_list() == pytest.approx([2 / 5 / 2] * 2)


def test_an_indicator_that_does_not_count_has_ranks() -> None:
    ranks = scored({"x": {}, "v": {"counts": False, "direction": "cost"}}, {}).indicator_ranks
    assert ranks["v"].to_list() == [1, 5, 2, 3, 4]


def test_contributions_are_those_of_the_parts_that_count() -> None:
    assert scored(SHOWN, WITH_SHOWN).contributions.columns == ["town", "x", "z", "y"]


def test_a_gap_of_an_indicator_that_does_not_count_leaves_the_score() -> None:
    gaps = TOWNS.with_columns(v=pl.Series([None, *TOWNS["v"][1:]]))
    words = {**COUNTING, "v": {"dimension": "a", "counts": False}}
    assert scored(words, table=gaps).scores["score"].null_count() == 0


def test_screening_asks_for_no_values_of_indicators_that_do_not_count() -> None:
    gaps = TOWNS.with_columns(v=pl.Series([None, *TOWNS["v"][1:]]))
    words = {**COUNTING, "v": {"dimension": "w"}, "z": {"dimension": ["a", "w"]}}
    index = made(words, {**DIMENSIONS, "w": {"counts": False, "missing": "skip"}})
    assert index.with_options(settings={"screening.units": 1}).score(gaps).left_out.is_empty()


# Many runs


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric"])
def test_draws_of_weights_are_the_scores_of_an_index_with_these_weights(aggregation: str) -> None:
    result = scored({**SHARED, "v": {"dimension": "w"}}, WITH_SHOWN, aggregation=aggregation)
    drawn = Draws(2, {"index": np.array([[0.4, 0.6], [0.9, 0.1]]), "a": np.array([[2 / 3, 1 / 3], [0.25, 0.75]])})
    scores = score_draws(result.definition, result.scored, drawn)
    words = {**SHARED, "x": {"dimension": ["a", "b"], "weight": {"a": 1, "b": 1}}, "y": {"dimension": "a", "weight": 3}}
    other = scored(words, {"a": {"weight": 9}, "b": {"weight": 1}}, aggregation=aggregation)
    np.testing.assert_allclose(scores[0], result.scores["score"], rtol=1e-12)
    np.testing.assert_allclose(scores[1], other.scores["score"], rtol=1e-12)


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric"])
def test_a_part_that_is_left_out_leaves_all_its_parents(aggregation: str) -> None:
    stability = made({**SHARED, "v": {"dimension": "w"}}, WITH_SHOWN, aggregation=aggregation).stability(TOWNS)
    effects = stability.frame("omission_effects")
    assert set(effects.filter(pl.col("left_out") != "unit")["name"]) == {"a", "b", "x", "y", "z"}
    without = scored({name: spec for name, spec in SHARED.items() if name != "x"}, aggregation=aggregation)
    first = without.scores.filter(rank=1)["town"].to_list()
    assert effects.filter(name="x")["first"].to_list() == first


def test_the_critical_change_of_a_weight_in_a_shared_dimension_changes_the_first_unit() -> None:
    parts = {"x": {"dimension": "c"}, "y": {"dimension": "c"}, "z": {"dimension": "a"}, "v": {"dimension": "b"}}
    dimensions = {**DIMENSIONS, "c": {"parent": ["a", "b"]}}
    (row,) = made(parts, dimensions).stability(TOWNS).frame("weights").filter(of="c", part="x").to_dicts()
    first = scored(parts, dimensions).scores.filter(rank=1)["town"].to_list()
    for factor, changes in ((0.999, False), (1.001, True)):
        words = {**parts, "x": {"dimension": "c", "weight": 1 + factor * row["first_changes"]}}
        assert (scored(words, dimensions).scores.filter(rank=1)["town"].to_list() != first) == changes


def test_a_fitted_index_scores_shared_and_shown_parts() -> None:
    words = {**SHARED, "v": {"dimension": "w"}}
    again = fitted.fit(made(words, WITH_SHOWN), TOWNS).score(TOWNS.head(3)).scores
    assert_frame_equal(again.drop("rank"), scored(words, WITH_SHOWN).scores.head(3).drop("rank"), abs_tol=1e-12)
