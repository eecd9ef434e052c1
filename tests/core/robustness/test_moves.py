"""Moves, steps, relevance and scores under all weights, compared with pysensmcda 2.0 and with plain runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia import fit
from indicia.analysis import consensus, drawn_ranks
from indicia.errors import DefinitionError
from indicia_after_score.stability import AllWeights
from indicia_robustness import rank_tables
from indicia_robustness.modes import degrees_of_confidence, score_modes
from indicia_robustness.steps import read_steps
from indicia_robustness.value_search import roots
from indicia_robustness.weight_grid import divisions_of, weight_grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.answers.answer import Answer
    from indicia.index import Index
    from indicia_robustness.exhaustive import Exhaustive

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

PEER: dict[str, Any] = json.loads((Path(__file__).parent / "pysensmcda_2_0.json").read_text("utf-8"))
PLANTS = pl.DataFrame(
    {
        "city": [f"a{number}" for number in range(8)],
        "power": [106.78, 86.37, 104.85, 46.6, 69.18, 66.48, 74.48, 94.81],
        "wind": [6.75, 7.12, 6.95, 6.04, 7.05, 6.06, 6.61, 6.13],
        "distance": [2.0, 3.0, 60.0, 1.0, 33.16, 26.32, 48.25, 50.58],
        "voltage": [220.0, 400.0, 220.0, 220.0, 220.0, 220.0, 400.0, 221.0],
    }
)
NAMES = ["power", "wind", "distance", "voltage"]
SPECS: dict[str, Any] = {
    "power": {"weight": 4},
    "wind": {"weight": 3},
    "distance": {"weight": 2, "direction": "cost"},
    "voltage": {},
}
TREE: dict[str, Any] = {
    "jobs": {"dimension": "economy"},
    "pay": {"dimension": "economy", "weight": 2},
    "air": {"dimension": "nature", "direction": "cost"},
    "green": {"dimension": "nature"},
    "water": {},
}
DIMENSIONS: dict[str, Any] = {"economy": {"weight": 3}, "nature": {}}


@pytest.fixture(scope="module")
def plants(index: Make) -> Index:
    """The decision problem of the peer: TOPSIS with min-max."""
    return index(SPECS, {"normalisation": "min_max", "aggregation": "topsis"}, groups=())


@pytest.fixture(scope="module")
def moved(plants: Index) -> Answer[Any]:
    return plants.stability(PLANTS, grid=0.05, band=0.1, steps="±20% by 10%", other_weights="equal")


def over_all_weights(found: Answer[Any]) -> Exhaustive:
    asked = found.analysis
    return found.facts[AllWeights(asked.node, asked.grid, asked.band, asked.units)]


def test_the_problem_has_the_scores_of_the_peer(plants: Index) -> None:
    assert plants.score(PLANTS).scores.sort("city")["score"].to_numpy() == pytest.approx(PEER["pref"], abs=1e-10)


# Promotion and demotion


@pytest.mark.parametrize("move", ["up", "down"])
def test_a_value_moves_a_unit_within_the_last_step_of_the_peer(moved: Answer[Any], move: str) -> None:
    table = {
        (row["unit"], row["indicator"]): row
        for row in moved.frame("value_moves").filter(move=move).iter_rows(named=True)
    }
    compared = 0
    for unit, criterion, value, rank, step in PEER[move]:
        row = table.get((f"a{unit}", NAMES[criterion]))
        if value == 0 or row is None or rank != row["target"]:  # the peer stops short of the goal, or needs no change
            continue
        compared += 1
        assert row["needed"] is not None, row
        distance = abs(value - row["value"]) - abs(row["needed"] - row["value"])
        assert -1e-9 <= distance <= step + 1e-9, (row, value)
    assert compared >= 10


@pytest.mark.thorough
@pytest.mark.parametrize(
    "words", [{}, {"aggregation": "topsis"}, {"normalisation": "z_score"}, {"weighting": "critic"}]
)
def test_a_run_just_beyond_a_value_has_the_rank_and_just_before_it_has_not(
    index: Make, figures: Data, words: dict[str, Any]
) -> None:
    table, made = figures(TREE, 8), index(TREE, words, dimensions=DIMENSIONS)
    moves = made.stability(table, places=2).frame("value_moves")
    assert set(moves["move"]) == {"up", "down"}
    for row in moves.drop_nulls("needed")[::23].iter_rows(named=True):
        for share, reaches in ((1 + 1e-5, True), (1 - 1e-5, False)):
            value = row["value"] + share * row["change"]
            other = pl.when(pl.col("city") == row["unit"]).then(value).otherwise(row["indicator"])
            scores = made.score(table.with_columns(other.alias(row["indicator"]))).scores
            rank = scores.filter(city=row["unit"])["rank"].item()
            met = rank <= row["target"] if row["move"] == "up" else rank >= row["target"]
            assert met == reaches, row
    for row in moves.filter(pl.col("needed").is_not_null()).iter_rows(named=True):
        better, worse = sorted((row["rank_then"], row["target"]))
        assert (row["move"] == "up") == (row["rank_then"] == better) or better == worse


@pytest.mark.thorough
@pytest.mark.parametrize("words", [{}, {"aggregation": "topsis"}, {"missing": "skip"}])
def test_a_run_just_beyond_a_weight_has_the_rank_and_just_before_it_has_not(
    index: Make, figures: Data, words: dict[str, Any]
) -> None:
    table = figures(TREE, 8, gaps="missing" in words)
    made = index(TREE, words, dimensions=DIMENSIONS)
    found = made.stability(table)
    present = {node.id: node for node in found.result.scored.tree.nodes()}
    for row in found.frame("weight_moves").drop_nulls("needed")[::5].iter_rows(named=True):
        parts = [part.id for part in present[row["of"]].components]
        weights = dict(zip(parts, found.result.scored.node_weights[row["of"]].values.tolist(), strict=True))
        for share, reaches in ((1 + 1e-4, True), (1 - 1e-4, False)):
            changed = {**weights, row["part"]: weights[row["part"]] * (1 + share * row["relative_change"])}
            kinds = {name: "indicators" if name in TREE else "dimensions" for name in parts}
            settings = {f"{kinds[name]}.{name}.weight": weight for name, weight in changed.items()}
            scores = made.with_options(settings=settings).score(table).scores
            rank = scores.filter(city=row["unit"])["rank"].item()
            met = rank <= row["target"] if row["move"] == "up" else rank >= row["target"]
            assert met == reaches, row


def test_weights_by_search_and_in_closed_form_agree(index: Make, figures: Data) -> None:
    table = figures(TREE, 8)
    scale = {"levels": [{"rescaling": "min_max(lower=1, upper=9)"}]}  # changes no rank, and needs a search
    closed, searched = (
        index(TREE, words, dimensions=DIMENSIONS)
        .stability(table)
        .frame("weight_moves")
        .sort("unit", "move", "of", "part")
        for words in ({}, scale)
    )
    assert closed["needed"].null_count() < len(closed)
    assert searched["needed"].to_numpy() == pytest.approx(closed["needed"].to_numpy(), abs=1e-8, nan_ok=True)


def test_the_change_that_makes_the_second_first_is_the_one_that_any_unit_needs(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b"], "x": [1.0, 0.2], "y": [0.0, 0.6]})
    bounds = {"bounds": [0, 1]}
    found = index({"x": bounds, "y": bounds}, groups=()).stability(table)
    up = found.frame("weight_moves").filter(unit="b", move="up").sort("part")
    expected = found.frame("weights").sort("part")["first_changes"].to_list()
    assert up["relative_change"].to_list() == pytest.approx(expected, abs=1e-12)
    assert up["rank_then"].to_list() == [1.0, 1.0]


def test_a_value_stays_within_fixed_bounds_and_above_zero(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b", "c"], "x": [9.0, 5.0, 1.0], "y": [8.0, 2.0, 3.0]})
    found = index({"x": {"bounds": [0, 10]}, "y": {"bounds": [0, 10]}}, groups=()).stability(table, places=5)
    moves = found.frame("value_moves")
    assert moves.filter(unit="c", move="up")["target"].to_list() == [1.0, 1.0]
    assert moves["needed"].drop_nulls().is_between(0, 10).all()
    assert moves.filter(unit="a", indicator="x")["needed"].to_list() == [None]


def test_a_root_of_a_step_is_its_edge() -> None:
    edge = roots(lambda _, at: np.where(at >= 0.3, 1.0, -1.0), *np.array([[0.0], [1.0], [-1.0], [1.0]]))
    assert edge.tolist() == pytest.approx([0.3], abs=1e-12)


# Steps


def test_steps_of_weights_have_the_weights_scores_and_ranks_of_the_peer(moved: Answer[Any]) -> None:
    for number, change, weights, scores, ranks in PEER["weights"]:
        rows = (
            moved.frame("weight_steps")
            .filter(part=NAMES[number])
            .filter((pl.col("change") - change).abs() < 1e-9)
            .sort("unit")
        )
        assert rows["weight"].to_numpy() == pytest.approx(weights[number], abs=1e-12)
        assert rows["score"].to_numpy() == pytest.approx(scores, abs=1e-9)
        assert rows["rank"].to_list() == ranks


def test_ranges_of_weights_by_part_have_the_ranks_of_the_peer(plants: Index) -> None:
    ranges = ("0.2 to 0.6 by 0.1", "0.1 to 0.3 by 0.1", "0.2 to 0.3 by 0.1", "0.1 to 0.2 by 0.1")
    found = plants.stability(PLANTS, steps=dict(zip(NAMES, ranges, strict=True)), other_weights="equal").frame(
        "weight_steps"
    )
    for number, value, _, ranks in PEER["range"]:
        rows = found.filter(part=NAMES[number]).filter((pl.col("weight") - value).abs() < 1e-9).sort("unit")
        possible = rows["fault"].null_count() > 0  # the peer goes on with weights below 0
        assert not possible or rows["rank"].to_list() == ranks
        assert possible or rows["fault"][0] == "another weight would be below 0"


def test_steps_of_values_have_the_scores_and_ranks_of_the_peer(plants: Index) -> None:
    found = plants.stability(PLANTS, steps="±10% by 5%").frame("value_steps")
    for unit, criterion, change, score, rank in PEER["values"]:
        row = found.filter(unit=f"a{unit}", indicator=NAMES[criterion])
        row = row.filter((pl.col("change") - change).abs() < 1e-9)
        assert (row["score"].item(), row["rank"].item()) == pytest.approx((score, rank), abs=1e-9)


def test_listed_values_have_the_ranks_of_the_peer(plants: Index) -> None:
    steps = {"power": "50, 90", "wind": "6.2, 7", "distance": "5, 40", "voltage": "230, 300"}
    found = plants.stability(PLANTS, steps=steps).frame("value_steps")
    for unit, criterion, value, rank in PEER["discrete"]:
        row = found.filter(unit=f"a{unit}", indicator=NAMES[criterion], value=value)
        assert row["rank"].item() == rank


def test_a_value_that_cannot_be_scored_has_a_fault(index: Make, figures: Data) -> None:
    specs = {name: {**spec, "bounds": [0, 10]} for name, spec in TREE.items()}
    made = index(specs, {"aggregation": "geometric"}, dimensions=DIMENSIONS)
    found = made.stability(figures(TREE, 4), steps={"pay": "-5, 5"}, units=2).frame("value_steps")
    assert len(found) == 4
    assert found.filter(value=-5.0)["fault"].null_count() == 0
    assert found.filter(value=5.0)["fault"].null_count() == 2


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("±20", "shares of the present value"),
        ("0.1 to 20% by 0.1", "or none is"),
        ("3 to 1 by 1", "a range rises"),
        ("1, 5%", "or none is"),
        ("some", "these are no steps"),
        ("0 to 1 by 0.00001", "100,001 steps"),
    ],
)
def test_wrong_steps_are_refused(words: str, fault: str) -> None:
    with pytest.raises(DefinitionError, match=fault) as refused:
        read_steps(words)
    assert "±20% by 5%" in str(refused.value.remedy)


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"steps": {"powr": "±5%"}}, '"powr" in steps is no part'),
        ({"places": 0}, "places = 0"),
        ({"other_weights": "all"}, "other_weights = 'all' must be 'proportional' or 'equal'"),
        ({"band": 0.0}, "band = 0.0 must be more than 0"),
    ],
)
def test_wrong_settings_are_refused(plants: Index, settings: dict[str, Any], fault: str) -> None:
    with pytest.raises(DefinitionError, match=fault):
        plants.stability(PLANTS, **settings)


# Relevance


def test_the_relevance_of_indicators_is_that_of_the_peer_with_equal_weights(plants: Index) -> None:
    found = plants.with_options(weighting="equal").stability(PLANTS).frame("relevance")
    for gone, weighted, spearman, distance in PEER["relevance"]:
        row = found.filter(round=len(gone), left_out=NAMES[gone[-1]]).row(0, named=True)
        expected = (distance, weighted, spearman)
        assert (row["distance"], row["weighted_spearman"], row["spearman"]) == pytest.approx(expected, abs=1e-9)
    left = [NAMES[number] for number in PEER["relevance"][-1][0][:2]]
    assert found.filter("is_least")["left_out"].to_list()[:2] == left


# Scores under all weights


def test_modes_and_confidence_over_all_weights_are_those_of_the_peer(moved: Answer[Any]) -> None:
    table, peer = moved.frame("modes").sort("unit"), PEER["eors"]
    assert len(weight_grid(4, divisions_of(0.05, 4))) == peer["n"]
    assert table["mode"].to_numpy() == pytest.approx(peer["modes"], abs=1e-5)  # its optimiser stops there
    assert table["mode_rank"].to_list() == peer["ranking"]
    for column, name in (("single", "single"), ("cross", "cross"), ("confidence", "agg")):
        assert table[column].to_numpy() == pytest.approx(peer[name], abs=2e-3)  # a score at the edge of a band
    exact = degrees_of_confidence(over_all_weights(moved).scores, np.array(peer["modes"]), 0.1)
    assert exact.single == pytest.approx(peer["single"], abs=1e-12)
    assert exact.cross == pytest.approx(peer["cross"], abs=1e-12)


def test_local_sensitivity_and_fragility_are_those_of_the_peer(moved: Answer[Any]) -> None:
    peer, local = PEER["local"], over_all_weights(moved).local
    assert local.anchors == pytest.approx(np.array(peer["anchors"]), abs=1e-3)
    assert local.of_mode == pytest.approx(np.array(peer["pref"]), abs=0.02)
    assert local.index == pytest.approx(np.array(peer["csi"]), abs=0.05)
    assert local.fragility == pytest.approx(np.array(peer["fi"]), abs=0.05)


def test_the_mode_of_two_heaps_is_the_top_of_the_larger() -> None:
    random = np.random.default_rng(1)
    values = np.concatenate([random.normal(0, 0.1, 400), random.normal(5, 0.1, 600)])
    bandwidth = values.std(ddof=1) * len(values) ** -0.2
    grid = np.linspace(4.8, 5.2, 401)
    density = np.exp(-0.5 * ((grid[:, None] - values) / bandwidth) ** 2).sum(axis=1)
    assert score_modes(values[:, None]) == pytest.approx([grid[density.argmax()]], abs=1e-3)


def test_a_unit_without_scores_has_no_mode() -> None:
    scores = np.array([[1.0, np.nan], [1.0, np.nan], [1.0, np.nan]])
    assert score_modes(scores).tolist() == pytest.approx([1.0, np.nan], nan_ok=True)


def test_the_mode_of_symmetric_scores_is_their_middle() -> None:
    assert score_modes(np.array([[0.0, -1.0], [1.0, 0.0], [1.0, 0.0], [2.0, 1.0]])) == pytest.approx([1, 0], abs=1e-12)


def test_a_grid_that_is_wrong_or_empty_is_refused(plants: Index) -> None:
    for grid, fault in ((0.3, "no multiple"), (0.5, "no 4 weights above 0"), (0.001, "2,000,000 are possible")):
        with pytest.raises(DefinitionError, match=fault):
            _ = plants.stability(PLANTS, grid=grid).frame("modes")
    with pytest.raises(DefinitionError, match="the weights of power cannot vary"):
        _ = plants.stability(PLANTS, node="power").frame("modes")


def test_the_weights_of_a_dimension_can_vary(index: Make, figures: Data) -> None:
    found = index(TREE, dimensions=DIMENSIONS).stability(figures(TREE, 6), node="economy", grid=0.25)
    assert set(found.frame("mode_sensitivity")["part"]) == {"jobs", "pay"}
    assert len(over_all_weights(found).weights) == 3


# Sets of rankings


def test_measures_of_a_set_of_rankings_are_those_of_the_peer() -> None:
    ranks = np.array(PEER["R"], dtype=float)
    assert rank_tables.rank_stability(ranks) == pytest.approx(PEER["rs"], abs=1e-12)
    assert rank_tables.balance_point(ranks, np.array(PEER["rank"])) == pytest.approx(PEER["bp"], abs=1e-12)
    found = rank_tables.entropies(ranks)
    assert [found.choice, found.choice_share] == pytest.approx(PEER["ec"], abs=1e-12)
    assert [found.ranking, found.ranking_share] == pytest.approx(PEER["er"], abs=1e-12)


def test_memberships_and_pairwise_shares_are_those_of_the_peer() -> None:
    from indicia_robustness.rank_distribution import acceptability, pairwise

    ranks = np.array(PEER["R"], dtype=float)
    shares = acceptability(ranks)
    assert pytest.approx(np.array(PEER["fz"]), abs=1e-4) == shares.T  # it rounds to four digits
    assert pytest.approx(np.array(PEER["fz0"]), abs=1e-3) == rank_tables.fuzzy_ranks(shares, "unit").T
    assert pytest.approx(np.array(PEER["fz1"]), abs=1e-3) == rank_tables.fuzzy_ranks(shares, "rank").T
    off_diagonal = ~np.eye(8, dtype=bool)
    assert pairwise(ranks)[off_diagonal] == pytest.approx(np.array(PEER["pwi"])[off_diagonal], abs=1e-12)


def test_a_unit_that_keeps_its_rank_is_stable_and_has_no_balance() -> None:
    ranks = np.array([[1.0, 2.0, np.nan], [1.0, 3.0, 2.0]])
    assert rank_tables.rank_stability(ranks).tolist() == pytest.approx([1.0, 0.5, 1.0])
    balance = rank_tables.balance_point(ranks, np.array([1.0, 2.0, 1.0]))
    assert balance.tolist() == pytest.approx([np.nan, -1.0, -1.0], nan_ok=True)


def test_draws_have_tables_of_stability_entropy_memberships_and_modes(plants: Index) -> None:
    robust = plants.robustness(PLANTS, weights={"simplex": True}, draws=200, seed=1).figures
    ranks = robust.drawn_ranks
    spread = dict(zip(robust.names, rank_tables.rank_stability(ranks), strict=True))
    assert dict(robust.rank_stability.select("city", "stability").iter_rows()) == spread
    assert robust.entropies["of"].to_list() == ["first unit", "ranking"]
    assert robust.fuzzy_ranks.select(pl.max_horizontal(pl.exclude("city")).alias("most"))["most"].to_list() == [1.0] * 8
    assert robust.modes["mode"].is_between(0, 1).all()


def test_draws_of_another_program_have_the_same_tables() -> None:
    draws = pl.DataFrame(PEER["R"], schema=[f"a{number}" for number in range(8)], orient="row")
    nominal = {f"a{number}": rank for number, rank in enumerate(PEER["rank"])}
    found = drawn_ranks(draws, values="ranks", nominal=nominal)
    table = found.rank_stability.sort("unit")
    assert table["stability"].to_numpy() == pytest.approx(PEER["rs"], abs=1e-12)
    assert table["balance"].to_numpy() == pytest.approx(PEER["bp"], abs=1e-12)
    assert found.entropies["share"].to_list() == pytest.approx([PEER["ec"][1], PEER["er"][1]], abs=1e-12)
    assert pytest.approx(np.array(PEER["fz0"]), abs=1e-3) == found.fuzzy_ranks.drop("unit").to_numpy().T
    assert drawn_ranks(draws, values="ranks").rank_stability["balance"].null_count() == 8


def test_the_page_on_the_peer_has_each_of_its_functions() -> None:
    page = (Path(__file__).parents[3] / "docs" / "pysensmcda.md").read_text("utf-8")
    names = set(re.findall(r"\w+", page)) | {f"{name}_distribution" for name in ("chisquare", "laplace", "normal")}
    names |= {"random_distribution", "triangular_distribution", "uniform_distribution"}
    assert [name for name in PEER["functions"] if name not in names] == []


def test_a_value_comes_as_near_as_a_method_takes_it(index: Make, figures: Data) -> None:
    table = figures(["pay", "green"], 6)
    words = {"normalisation": "min_max(lower=1, upper=100)", "aggregation": "geometric"}
    fitted = fit(index({"pay": {}, "green": {}}, words), table)
    # a value far below the fitted minimum is negative, which no geometric mean takes
    moves = fitted.stability(table).frame("value_moves").filter(move="down")
    assert moves["needed"].null_count() == 0
    assert (moves["rank_then"] >= moves["target"]).all()


def test_a_value_with_a_best_interval_goes_to_its_edge_and_away_from_it(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b", "c"], "x": [9.0, 8.0, 1.0], "y": [4.5, 6.0, 1.0]})
    best = {"direction": "interval", "interval": [4, 5], "worst": [0, 10]}
    moves = (
        index({"x": {"bounds": [0, 10]}, "y": best}, groups=())
        .stability(table)
        .frame("value_moves")
        .filter(indicator="y")
    )
    assert moves.filter(unit="a", move="down")["needed"].item() > 5
    assert moves.filter(unit="b", move="up")["needed"].item() is None  # the edge is not enough
    assert moves.filter(unit="c", move="up")["needed"].item() is None


def test_compromises_are_those_of_the_peer() -> None:
    peer = PEER["compromise"]
    rankings = {f"ranking {number}": ranks for number, ranks in enumerate(peer["rankings"])}
    table = pl.DataFrame({"unit": list("abcdef"), **rankings})
    for method, name in (("borda",) * 2, ("rank_position",) * 2, ("dominance", "dominance_directed_graph")):
        assert consensus(table, method)["rank"].to_list() == peer[name]
    found = consensus(table, "half_quadratic")["score"].to_list()
    assert found == pytest.approx(peer["half_quadratic"], abs=1e-7)  # its iterations end at 1e-8


LEVEL = {"unit": list("ABCDE"), "a": [5.0, 4.0, 2.0, 1.6, 0.5], "b": [5.0, 2.0, 4.0, 3.9, 0.5]}
"""B and C are level with equal weights, and any change puts one of them behind the other."""


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric"])
@pytest.mark.parametrize("ties", ["min", "dense", "average"])
def test_level_units_change_places_with_any_change(aggregation: str, ties: str) -> None:
    methods = {"normalisation": "none", "aggregation": aggregation, "ties": ties}
    index = indicia.read({"data": {"unit": "unit"}, "indicators": {"a": {}, "b": {}}, "methodology": methods})
    stability = index.stability(LEVEL, places=1)
    moves = stability.frame("weight_moves").filter(move="down", unit="B")
    assert moves["needed"].to_list() == pytest.approx([0.5, 0.5], abs=1e-8)
    assert moves["rank_then"].to_list() == [3, 3]
    values = stability.frame("value_moves").filter(move="down", unit="B")
    assert values["change"].to_list() == [0, 0]
    assert values["rank_then"].to_list() == [3, 3]


def test_no_move_is_reached_at_the_end_of_a_weight() -> None:
    # level only where b has no weight
    table = {"unit": ["A", "B"], "a": [2.0, 2.0], "b": [3.0, 1.0]}
    moves = indicia.read(
        {"data": {"unit": "unit"}, "indicators": {"a": {}, "b": {}}, "methodology": {"normalisation": "none"}}
    )
    found = moves.stability(table, places=1).frame("weight_moves")
    assert found["needed"].null_count() == found.height


def test_a_column_of_units_may_have_the_name_of_a_figure() -> None:
    index = indicia.read({"data": {"unit": "needed"}, "indicators": {"a": {}, "b": {}}})
    stability = index.stability({"needed": ["A", "B", "C"], "a": [1.0, 2.0, 3.0], "b": [2.0, 1.0, 4.0]})
    for table in ("weight_moves", "value_moves"):
        assert set(stability.frame(table)["unit"]) == {"A", "B", "C"}
