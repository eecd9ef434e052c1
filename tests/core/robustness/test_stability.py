"""Stability of rankings, on indices where other means give the same answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import DataError, IndiciaError
from indicia_robustness import omissions, search, weight_paths
from indicia_robustness.search import bisect_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.answers.answer import Answer
    from indicia.index import Index

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

INDICATORS: dict[str, Any] = {
    "jobs": {"dimension": "economy"},
    "pay": {"dimension": "economy", "weight": 2},
    "air": {"dimension": "nature", "direction": "cost"},
    "green": {"dimension": "nature"},
    "water": {},
}
DIMENSIONS: dict[str, Any] = {"economy": {"weight": 3}, "nature": {}}
TREE: dict[str, Any] = {"dimensions": DIMENSIONS}
POSITIVE = "min_max(lower=1, upper=9)"
OTHER_SCALE = {"rescaling": "min_max(lower=1, upper=9)"}
"""Changes the scale of scores and no rank, so that weights are found by search."""


@pytest.fixture
def data(figures: Data) -> Data:
    """A function that makes the table of this module."""
    return partial(figures, INDICATORS, 8)


def ranks(index: Index, table: pl.DataFrame) -> dict[str, float]:
    scores = index.score(table).scores
    return dict(scores.select("city", pl.col("rank").cast(pl.Float64)).iter_rows())


def ranks_without(found: Answer[Any], name: str) -> dict[str, float]:
    rows = found.frame("ranks").filter(pl.col("name") == name).drop_nulls("rank")
    return dict(rows.select("unit", "rank").iter_rows())


# A part left out


@pytest.mark.parametrize("words", [{}, {"weighting": "critic"}, {"aggregation": "topsis"}])
def test_an_indicator_left_out_is_the_index_without_it(index: Make, words: dict[str, Any], data: Data) -> None:
    found = index(INDICATORS, words, **TREE).stability(data())
    for name in INDICATORS:
        fewer = {key: spec for key, spec in INDICATORS.items() if key != name}
        assert ranks_without(found, name) == ranks(index(fewer, words, **TREE), data())


def test_a_dimension_left_out_is_the_index_without_it(index: Make, data: Data) -> None:
    found = index(INDICATORS, **TREE).stability(data())
    fewer = {key: spec for key, spec in INDICATORS.items() if spec.get("dimension") != "economy"}
    assert ranks_without(found, "economy") == ranks(index(fewer, dimensions={"nature": {}}), data())


@pytest.mark.parametrize("words", [{}, {"weighting": "critic", "aggregation": "vikor"}])
def test_a_unit_left_out_is_the_index_of_the_others(index: Make, words: dict[str, Any], data: Data) -> None:
    made = index(INDICATORS, words, **TREE)
    found = made.stability(data())
    for name in data()["city"]:
        assert ranks_without(found, name) == ranks(made, data().filter(pl.col("city") != name))


@pytest.mark.parametrize(
    "words",
    [
        {"imputation": "median", "weighting": "entropy", "normalisation": POSITIVE},
        {"missing": {"policy": "skip"}, "treatment": "fences"},
        {"missing": {"policy": "parent", "within": "state"}},
        {"missing": "skip", "imputation": "parent(within=state)"},
    ],
)
def test_what_is_left_out_takes_its_part_in_filled_gaps_with_it(index: Make, words: dict[str, Any], data: Data) -> None:
    states = [None, "c0", "c0", "c4", None, "c4", "c0", "c1"]
    table = data(gaps=True).with_columns(pl.Series("state", states))
    made = index(INDICATORS, words, data={"groups": ["state"]}, **TREE)
    found = made.stability(table)
    for name in table["city"]:
        settings = {"screening.without": [name]}
        assert ranks_without(found, name) == ranks(made.with_options(settings=settings), table), name
    for name in INDICATORS:
        fewer = {key: spec for key, spec in INDICATORS.items() if key != name}
        assert ranks_without(found, name) == ranks(index(fewer, words, data={"groups": ["state"]}, **TREE), table), name


@pytest.mark.parametrize("policy", ["refuse", "drop", "neutral"])
def test_an_indicator_that_varies_by_one_unit_alone_is_constant_without_it(
    index: Make, policy: str, data: Data
) -> None:
    table = data().with_columns(water=pl.when(pl.col("city") == "c3").then(2.0).otherwise(1.0))
    made = index(INDICATORS, {"constant": policy}, **TREE)
    found = made.stability(table)
    assert ranks_without(found, "c2") == ranks(made, table.filter(pl.col("city") != "c2"))
    if policy == "refuse":
        (fault,) = found.frame("omission_effects").filter(pl.col("name") == "c3")["fault"]
        assert fault.startswith("water is the same for all units")
    else:
        assert ranks_without(found, "c3") == ranks(made, table.filter(pl.col("city") != "c3"))


def test_units_and_parts_are_left_out_all_at_once(index: Make, data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(omissions, "score", refuse)
    found = index(INDICATORS, {"weighting": "critic"}, **TREE).stability(data())
    assert found.frame("omission_effects")["fault"].null_count() == 15


def test_units_are_compared_with_their_places_among_those_that_stay(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b", "c"], "region": ["n"] * 3, "jobs": [3.0, 2.0, 1.0]})
    found = index({"jobs": {"bounds": [0, 4]}}).stability(table)
    assert found.frame("omission_effects").select("left_out", "name", "mean_shift", "first").rows() == [
        ("unit", "a", 0.0, "b"),
        ("unit", "b", 0.0, "a"),
        ("unit", "c", 0.0, "a"),
    ]


def test_a_unit_that_is_not_ranked_can_leave_too(index: Make, data: Data) -> None:
    made = index(INDICATORS, eligible={"without": ["c2"]}, **TREE)
    found = made.stability(data())
    without = index(INDICATORS, **TREE)
    assert ranks_without(found, "c2") == ranks(without, data().filter(pl.col("city") != "c2"))
    only = index(INDICATORS, eligible={"only": ["c1", "c2", "c3"]}, **TREE).stability(data())
    assert set(ranks_without(only, "c2")) == {"c1", "c3"}


def test_what_cannot_be_left_out_is_told_with_the_reason(index: Make, data: Data) -> None:
    bounded = {name: {"bounds": [0, 10]} for name in INDICATORS}
    found = index(bounded, {"normalisation": "distance_to_reference(unit=c3)"}).stability(data())
    faults = found.frame("omission_effects").filter(pl.col("fault").is_not_null())
    assert faults.filter(pl.col("name") == "c3")["fault"].str.contains("there is no such unit").to_list() == [True]
    assert [sentence for sentence in found.sentences() if sentence.startswith("Not scored without ")]


def test_only_the_first_units_leave_where_so_many_are_asked_for(index: Make, data: Data) -> None:
    found = index(INDICATORS, **TREE).stability(data(), units=3)
    gone = found.frame("omission_effects").filter(pl.col("left_out") == "unit")["name"]
    first = sorted(ranks(index(INDICATORS, **TREE), data()).items(), key=lambda pair: pair[1])[:3]
    assert set(gone) == {name for name, _ in first}


def test_a_panel_is_looked_at_in_one_period(index: Make, data: Data) -> None:
    made = index(INDICATORS, {"statistics": "period"}, period="year", **TREE)
    table = data(periods=2)
    found, alone = made.stability(table, period=2020), index(INDICATORS, **TREE).stability(table.head(8))
    for name in ("omission_effects", "weights", "minimal_weight_shift", "reversals"):
        assert found.frame(name).equals(alone.frame(name)), name


# Other weights


def changed(made: Index, of: str, part: str, weight: float, share: float) -> Index:
    """Return the index with a weight that has changed by a share of itself, before scaling."""
    kind = "dimensions" if part in DIMENSIONS else "indicators"
    own = {"index": 5.0, "economy": 3.0, "nature": 2.0}[of] * weight
    return made.with_options(settings={f"{kind}.{part}.weight": own * (1 + share)})


@pytest.mark.parametrize(
    "methodology",
    [
        {},
        OTHER_SCALE,
        {"aggregation": "geometric"},
        {"aggregation": "topsis"},
        {"aggregation": "vikor"},
        {"levels": [{"aggregation": "geometric"}]},
        {"levels": [{}, {"aggregation": "geometric"}]},
        {"missing": "skip"},
    ],
)
def test_ranks_change_just_beyond_the_reported_change_and_not_before(
    index: Make, methodology: dict[str, Any], data: Data
) -> None:
    table = data(gaps="missing" in methodology)
    made = index(INDICATORS, {"normalisation": POSITIVE, **methodology}, **TREE)
    nominal, found = ranks(made, table), made.stability(table)
    first = min(nominal, key=lambda name: nominal[name])
    assert found.frame("weights")["first_changes"].is_not_null().any()
    for row in found.frame("weights").iter_rows(named=True):
        for change, dethroned in ((row["first_changes"], True), (row["two_swap"], False)):
            if change is None or not np.isfinite(change) or change <= -1:
                continue
            below, beyond = (
                ranks(changed(made, row["of"], row["part"], row["weight"], change * share), table)
                for share in (0.999, 1.001)
            )
            if dethroned:
                assert below[first] == 1
                assert beyond[first] > 1
                assert beyond[row["then_first"]] == 1
            else:
                assert below == nominal
                assert beyond[row["behind"]] < beyond[row["ahead"]]
                assert nominal[row["behind"]] > nominal[row["ahead"]]


def test_the_search_finds_what_the_closed_form_has(index: Make, data: Data) -> None:
    methodology = {"normalisation": POSITIVE}
    closed = index(INDICATORS, methodology, **TREE).stability(data())
    searched = index(INDICATORS, {**methodology, "levels": [OTHER_SCALE]}, **TREE).stability(data())
    key = ["of", "part"]
    one, other = (found.frame("weights").sort(key) for found in (closed, searched))
    assert one.select(*key, "then_first", "ahead", "behind").equals(other.select(*key, "then_first", "ahead", "behind"))
    for name in ("first_changes", "two_swap"):
        finite = one[name].is_finite().fill_null(value=False)
        np.testing.assert_allclose(other[name].filter(finite), one[name].filter(finite), rtol=1e-6)


@pytest.mark.parametrize("methodology", [{}, {"levels": [OTHER_SCALE]}])
def test_a_weight_of_0_changes_by_no_share_of_itself(index: Make, methodology: dict[str, Any], data: Data) -> None:
    indicators = {**INDICATORS, "water": {"weight": 0}}
    found = index(indicators, {"normalisation": POSITIVE, **methodology}, **TREE).stability(data()).frame("weights")
    assert found.filter(part="water").select("first_changes", "two_swap").row(0) == (None, None)


def test_the_nearest_weights_bring_a_unit_level_with_the_first(index: Make, data: Data) -> None:
    made = index(INDICATORS, {"normalisation": POSITIVE}, **TREE)
    nominal, found = ranks(made, data()), made.stability(data())
    first = min(nominal, key=lambda name: nominal[name])
    shifts = found.frame("minimal_weight_shift")
    assert shifts["moved"].is_sorted()
    assert first not in shifts["unit"]
    assert dict(shifts.select("part", "weight").rows()) == pytest.approx({"economy": 0.6, "nature": 0.2, "water": 0.2})
    for row in shifts.pivot("part", index=["unit", "moved"], values="then").iter_rows(named=True):
        weights = {name: row[name] for name in ("economy", "nature", "water")}
        assert sum(weights.values()) == pytest.approx(1)
        own = {"economy": 0.6, "nature": 0.2, "water": 0.2}
        assert sum(abs(weights[name] - own[name]) for name in own) / 2 == pytest.approx(row["moved"])
        settings = {f"dimensions.{name}.weight": weights[name] for name in DIMENSIONS}
        scores = made.with_options(settings={**settings, "indicators.water.weight": weights["water"]}).score(data())
        by_name = dict(scores.scores.select("city", "score").iter_rows())
        assert by_name[row["unit"]] == pytest.approx(by_name[first])


def test_the_search_for_the_nearest_weights_comes_near_the_least(index: Make, data: Data) -> None:
    closed = index(INDICATORS, {"normalisation": POSITIVE}, **TREE).stability(data()).frame("minimal_weight_shift")
    methodology = {"normalisation": POSITIVE, "levels": [OTHER_SCALE]}
    searched = index(INDICATORS, methodology, **TREE).stability(data()).frame("minimal_weight_shift")
    assert closed["moved"][0] <= searched["moved"][0] * (1 + 1e-6)
    assert searched["moved"][0] == pytest.approx(closed["moved"][0], rel=0.01)
    assert searched["unit"].unique().to_list() == closed["unit"].head(1).to_list()


def test_draws_that_change_each_other_are_searched_one_step_at_a_time(
    index: Make, data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def halving(*arguments: Any, batch_size: int, **others: Any) -> Any:
        seen.append(batch_size)
        return bisect_all(*arguments, batch_size=batch_size, **others)

    for module in (weight_paths, search):
        monkeypatch.setattr(module, "bisect_all", halving)
    for rescaling, together in (("percentile_rank", False), (OTHER_SCALE["rescaling"], True)):
        seen.clear()
        found = index(INDICATORS, {"levels": [{"rescaling": rescaling}]}, **TREE).stability(data())
        assert len(found.frame("weights")) == 7
        assert found.frame("minimal_weight_shift")["unit"].n_unique() == 1
        assert seen
        assert all((batch_size > 1) is together for batch_size in seen)


def test_an_error_under_other_weights_names_the_units_of_one_step(index: Make) -> None:
    values = {"jobs": [1.0, 2, 3, 4], "pay": [4.0, 2, 3, 1], "water": [2.0, 2.5, 4, 3]}
    table = pl.DataFrame({"city": list("abcd"), "region": ["n"] * 4, **values})
    economy = {"aggregation": "arithmetic", "decimals": 1}  # which rounds to 0 where one indicator counts nearly all
    indicators = {"jobs": {"dimension": "economy"}, "pay": {"dimension": "economy"}, "water": {"bounds": [1, 5]}}
    made = index(indicators, {"aggregation": "geometric"}, dimensions={"economy": economy})
    with pytest.raises(IndiciaError, match="economy has 4 that are not"):
        _ = made.stability(table).frame("weights")


def test_the_search_for_the_nearest_weights_waits_until_it_is_asked_for(
    index: Make, data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "nearest_for_any", None)
    found = index(INDICATORS, {"normalisation": POSITIVE, "levels": [OTHER_SCALE]}, **TREE).stability(data())
    assert [sentence for sentence in found.sentences() if "searches for the nearest weights" in sentence]
    monkeypatch.undo()
    assert found.frame("minimal_weight_shift")["unit"].n_unique() == 1


def test_a_unit_that_is_best_in_everything_stays_first_whatever_the_weights(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b"], "region": ["n"] * 2, "jobs": [2.0, 1.0], "pay": [2.0, 1.0]})
    found = index({"jobs": {}, "pay": {}}).stability(table)
    assert found.frame("weights")["first_changes"].null_count() == 2
    assert found.frame("minimal_weight_shift").is_empty()
    assert {
        "First place stays with a for any value of any single weight.",
        "No other weights of the parts of the index make another unit first than a.",
    } <= set(found.sentences())


def test_a_single_indicator_has_no_weight_to_change(index: Make, data: Data) -> None:
    found = index({"jobs": {}}).stability(data())
    assert found.frame("weights").is_empty()
    assert found.frame("minimal_weight_shift").is_empty()
    assert set(found.frame("omission_effects")["left_out"]) == {"unit"}


# Other units


def failed(found: Answer[Any]) -> list[int]:
    return found.frame("reversals")["failed"].to_list()


def test_with_fixed_bounds_and_sums_nothing_hangs_on_who_else_is_there(index: Make, data: Data) -> None:
    bounded = {name: {**spec, "bounds": [0, 10]} for name, spec in INDICATORS.items()}
    found = index(bounded, **TREE).stability(data())
    assert failed(found) == [0] * 6
    assert found.frame("reversals")["tried"].to_list() == [7, 7, 7, 7, 28, 56]
    assert found.sentences()[-1] == "No unit changes places because others come, go or get worse."


def test_three_that_beat_each_other_in_a_circle_are_found(index: Make) -> None:
    table = pl.DataFrame(
        {"city": ["a", "b", "c"], "region": ["n"] * 3, "x": [3.0, 2, 1], "y": [1.0, 3, 2], "z": [2.0, 1, 3]}
    )
    found = index({name: {} for name in "xyz"}).stability(table)
    last = found.frame("reversals").row(-1, named=True)
    assert (last["tried"], last["failed"]) == (1, 1)
    assert set(last["example"].split(" before ")) == {"a", "b", "c"}


def test_a_reversal_is_found_where_a_unit_that_sets_the_scale_leaves(index: Make) -> None:
    # x is worth little while d holds its scale wide open; without d it decides
    table = pl.DataFrame({"city": ["a", "b", "d"], "region": ["n"] * 3, "x": [1.0, 3.0, 100.0], "y": [60.0, 50.0, 0.0]})
    made = index({"x": {}, "y": {"weight": 1.2}}, {"weighting": "given"})
    found = made.stability(table)
    assert ranks(made, table)["a"] < ranks(made, table)["b"]
    alone = ranks(made, table.head(2))
    moved = found.frame("reversals").filter(pl.col("test") == "a unit leaves").row(1, named=True)
    assert (moved["failed"] > 0) == (alone["b"] < alone["a"])


def test_units_that_leave_or_get_worse_are_scored_with_the_weights_that_were_found(index: Make, data: Data) -> None:
    made = index(INDICATORS, {"weighting": "entropy"}, **TREE)
    nominal = made.score(data())
    given = {**dict(nominal.weights.select("id", "effective").iter_rows())}
    fixed = made.with_options(
        weighting="given",
        settings={
            f"{'dimensions' if name in DIMENSIONS else 'indicators'}.{name}.weight": weight
            for name, weight in given.items()
        },
    )
    given_again, found = (each.stability(data()).frame("reversals") for each in (fixed, made))
    assert found.equals(given_again)


@pytest.mark.parametrize("aggregation", ["topsis", "vikor", "geometric", "copeland", "median"])
def test_every_test_can_be_made_of_any_aggregation(index: Make, aggregation: str, data: Data) -> None:
    made = index(INDICATORS, {"normalisation": POSITIVE, "aggregation": aggregation, "missing": "skip"}, **TREE)
    found = made.stability(data(gaps=True))
    assert found.frame("reversals")["tried"].to_list() == [7, 7, 7, 7, 28, 56]
    assert [sentence for sentence in found.sentences() if "searches for the nearest weights" in sentence]


# What goes wrong


def test_one_unit_has_none_to_change_places_with(index: Make, data: Data) -> None:
    made = index({"jobs": {"bounds": [0, 10]}})
    with pytest.raises(DataError, match="fewer than two units have a rank"):
        made.stability(data().head(1))


def test_units_that_are_all_alike_tie_whatever_the_weights(index: Make, data: Data) -> None:
    table = data().with_columns(pl.lit(1.0).alias(name) for name in INDICATORS)
    found = index(INDICATORS, {"constant": "neutral"}, **TREE).stability(table)
    assert found.frame("weights")["two_swap"].null_count() == len(found.frame("weights"))
    assert found.frame("omission_effects")["mean_shift"].max() == 0


def test_without_one_of_those_that_tie_the_others_stay_first(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b", "c"], "region": ["n"] * 3, "jobs": [3.0, 3.0, 1.0], "pay": [2.0, 2.0, 1]})
    found = index({"jobs": {}, "pay": {}}).stability(table)
    assert found.sentences()[1:3] == [
        "No unit moves.",
        "First place stays with a, b, whichever other part is left out.",
    ]


def test_a_column_of_the_data_may_have_the_name_of_a_figure(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b"], "region": ["n"] * 2, "moved": [2.0, 1.0], "pay": [1.0, 2.0]})
    shift = index({"moved": {}, "pay": {}}).stability(table).frame("minimal_weight_shift")
    assert shift["part"].unique().sort().to_list() == ["moved", "pay"]


def test_units_that_tie_with_unlike_values_swap_at_once(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b"], "region": ["n"] * 2, "jobs": [2.0, 1.0], "pay": [1.0, 2.0]})
    assert index({"jobs": {}, "pay": {}}).stability(table).frame("weights")["two_swap"].to_list() == [0.0, 0.0]


def test_tables_are_called_by_name(index: Make, data: Data) -> None:
    found = index(INDICATORS, **TREE).stability(data())
    assert repr(found).startswith("Index · What changes the ranking?\n")
    with pytest.raises(IndiciaError, match='stability has no table "weight"'):
        found.frame("weight")
