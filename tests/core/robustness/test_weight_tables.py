"""The tables of weights of an analysis of robustness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

SIMPLEX = {"simplex": True}


@pytest.mark.parametrize(
    ("node", "weights"),
    [
        ("index", {"constraints": ["economy >= nature", "water <= 0.3"]}),
        ("nature", {"constraints": "air <= 2 green"}),
        ("economy", {"ranges": {"jobs": [0.2, 0.5]}}),
        ("economy", {"constraints": "pay >= jobs", "simplex": False}),
    ],
)
def test_exact_tables_of_a_node_are_those_of_draws_of_its_weights(
    made: Make, data: Data, node: str, weights: dict[str, Any]
) -> None:
    robust = made().robustness(data(), draws=4000, seed=1, weights=weights).figures.at_node(node)  # type: ignore[arg-type]
    shares = robust.exact_acceptability.drop("city").to_numpy()
    assert shares == pytest.approx(robust.acceptability.drop("city").to_numpy(), abs=0.03)
    assert robust.exact_pairwise.drop("city").to_numpy() == pytest.approx(
        robust.pairwise.fill_null(0.5).drop("city").to_numpy(), abs=0.03
    )
    first = robust.exact_central_weights.sort("city")["first"].to_numpy()
    assert first == pytest.approx(robust.exact_acceptability.sort("city")["1"].to_numpy())


def test_an_index_of_which_low_scores_are_best_has_its_own_ranks(made: Make, data: Data) -> None:
    index = made(direction="cost")
    robust = index.robustness(data(), draws=2000, seed=1, weights={"constraints": "economy >= nature"}).figures
    shares = robust.exact_acceptability.drop("city").to_numpy()
    assert shares == pytest.approx(robust.acceptability.drop("city").to_numpy(), abs=0.04)


def test_cumulative_and_holistic_acceptability_follow_from_acceptability(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=200, seed=1, weights=SIMPLEX).figures
    cumulative = robust.cumulative_acceptability
    assert cumulative["3"].to_numpy() == pytest.approx(robust.share_in_top(3))
    assert cumulative[cumulative.columns[-1]].to_numpy() == pytest.approx(1)
    linear = robust.holistic_acceptability.sort("city")["linear"].to_numpy()
    mean_rank = robust.units.sort("city")["mean"].to_numpy()
    assert linear == pytest.approx((10 - mean_rank) / 9)


def test_a_confidence_factor_is_the_share_of_draws_with_the_central_weights(made: Make, data: Data) -> None:
    words: dict[str, Any] = {"draws": 300, "seed": 1, "noise": 0.2}
    robust = made().robustness(data(), weights=SIMPLEX, **words).figures
    best, confidence = robust.confidence.row(0)[0], robust.confidence.row(0)[2]
    assert 0 < confidence < 1
    central = robust.central_weights.row(0, named=True)
    # an index of one level with these weights and the same errors of measurement
    indicators = {
        name: {"weight": central[name], "direction": "cost" if name in ("debt", "air") else "benefit"}
        for name in ("jobs", "pay", "debt", "air", "green", "water")
    }
    flat = made(indicators=indicators, dimensions={}).robustness(data(), **words).figures
    assert flat.acceptability.filter(city=best)["1"].item() == pytest.approx(confidence)
    cross = robust.cross_confidence
    assert cross.filter(city=best)[best].item() == confidence
    assert cross.drop("city").sum().row(0) == pytest.approx([1] * (cross.width - 1))
    never = robust.confidence.filter(first=0)
    assert never["confidence"].null_count() == len(never) > 0


@pytest.mark.parametrize(
    ("table", "words", "methodology", "fault"),
    [
        ("confidence", {"weights": SIMPLEX}, {}, "nothing but the weights varies"),
        ("confidence", {"noise": 0.1}, {}, "the weights do not vary"),
        ("weight_bounds", {"noise": 0.1}, {}, "the weights do not vary"),
        ("weight_bounds", {"weights": {"spread": 0.2}}, {}, "the weights of index are not uniform within a region"),
        ("weight_bounds", {"weights": {"constraints": "jobs >= pay"}}, {}, "the weights of index do not vary"),
        ("weight_bounds", {"weights": SIMPLEX}, {"aggregation": "geometric"}, "geometric of [a-z]+ is no weighted sum"),
    ],
)
def test_tables_that_an_analysis_cannot_have_say_why(
    made: Make, data: Data, table: Any, words: dict[str, Any], methodology: dict[str, Any], fault: str
) -> None:
    robust = made(methodology).robustness(data(), draws=50, seed=1, **words)
    with pytest.raises(IndiciaError, match=fault) as error:
        robust.frame(table)
    assert error.value.remedy


def test_a_node_without_several_components_is_no_node_of_exact_tables(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=10, seed=1, weights=SIMPLEX).figures
    with pytest.raises(IndiciaError, match='"water" is no part of the index with several components'):
        robust.at_node("water")


def test_bounds_hold_in_every_draw_in_which_a_unit_is_first(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=500, seed=1, weights={"constraints": "economy >= nature"}).figures
    bounds = {(unit, part): ends for unit, part, *ends in robust.weight_bounds.iter_rows()}
    water = robust.weights["water"]
    for number, unit in enumerate(robust.names):
        drawn = water[robust.drawn_ranks[:, number] == 1]
        if len(drawn):
            low, high = bounds[unit, "water"]
            assert low - 1e-9 <= drawn.min() <= drawn.max() <= high + 1e-9
    possible = robust.weight_bounds.drop_nulls()["city"].unique()
    assert set(robust.exact_central_weights.filter(pl.col("first") > 0)["city"]) <= set(possible)
    assert np.isfinite(robust.weight_orders["share"].to_numpy()).all()


def test_the_mean_weights_in_the_first_place_are_the_central_weights(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=100, seed=1, weights=SIMPLEX).figures
    best, _, *central = robust.central_weights.row(0)
    first = robust.weights_in_top(1).filter(city=best)
    assert first["mean"].to_numpy() == pytest.approx(np.array(central))
    wider = robust.weights_in_top(3).filter(city=best)
    assert (wider["lower"] <= first["lower"]).all()
    assert (wider["upper"] >= first["upper"]).all()
    assert (robust.weights_in_top(10)["mean"].null_count()) == 0
