"""Further results of the consensus of a comparison."""

from __future__ import annotations

import polars as pl
import pytest

import indicia
from indicia.analysis import consensus_details
from indicia.catalogue import installed
from indicia.errors import MethodError

TABLE = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "air": [9.0, 1.0, 5.0]})
CYCLE = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "a": [1, 2, 3], "b": [2, 3, 1], "c": [3, 1, 2]})


def test_a_comparison_has_the_details_of_the_consensus_of_its_rankings() -> None:
    index = indicia.Index({"data": {"unit": "city"}, "indicators": {"income": {}, "air": {}}}, installed())
    comparison = index.compare(
        table=TABLE, aggregation=["arithmetic", "min", "geometric"], normalisation=["rank"]
    ).figures
    pairs = comparison.details("copeland")
    rankings = comparison.rankings.height
    assert pairs.select(pl.sum_horizontal("a_ahead", "b_ahead", "tied")).to_series().unique().to_list() == [rankings]
    won = comparison.details("schulze", "pairs").filter(outcome="won").group_by("a").len()
    beaten = comparison.consensus("schulze").filter(pl.col("score") > 0)
    assert dict(won.iter_rows()) == dict(beaten.select("city", "score").iter_rows())
    every = comparison.details("kemeny", "orders").group_by("order", maintain_order=True).agg(pl.col("rank").sort())
    assert set(map(tuple, every["rank"].to_list())) == {(1, 2, 3)}


def test_a_cycle_has_three_orders_and_a_heavier_ranking_decides_it() -> None:
    assert consensus_details(CYCLE, "kemeny", "orders")["order"].max() == 3
    heavier = consensus_details(CYCLE, "kemeny", "orders", weights={"a": 5})
    assert heavier.rows() == [(1, "Lima", 1, 8.0), (1, "Oslo", 2, 8.0), (1, "Pune", 3, 8.0)]


def test_a_list_does_not_vote_on_two_units_that_it_does_not_name() -> None:
    lists = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "a": [1, None, None], "b": [1, 2, 3]})
    pairs = consensus_details(lists, "copeland").rows_by_key(["a", "b"], named=True, unique=True)
    assert pairs["Oslo", "Pune"] == {"a_ahead": 1.0, "b_ahead": 0.0, "tied": 0.0, "outcome": "won"}
    assert pairs["Lima", "Oslo"]["a_ahead"] == 2


def test_an_error_names_what_there_is() -> None:
    with pytest.raises(MethodError, match="borda has no details beside scores and ranks"):
        consensus_details(CYCLE, "borda")
    with pytest.raises(MethodError, match='kemeny has no table "order"') as error:
        consensus_details(CYCLE, "kemeny", "order")
    assert "orders" in str(error.value.remedy)
