"""The seed of random imputations, in a run, its notes and its manifest."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.index import Index

TABLE = pl.DataFrame(
    {
        "unit": list("abcdefgh"),
        "year": [2020, 2021] * 4,
        "x": [1.0, None, 3.0, 4.0, None, 6.0, 7.0, 9.0],
        "y": [2.0, 1.0, 5.0, 4.0, 8.0, None, 6.0, 3.0],
    }
)


def index(imputation: str, **methodology: Any) -> Index:
    words = {"imputation": imputation, "weighting": "equal", **methodology}
    indicators = {"x": {"direction": "benefit"}, "y": {"direction": "cost"}}
    return Index({"data": {"unit": "unit"}, "indicators": indicators, "methodology": words}, installed())


def test_a_run_without_a_seed_has_the_seed_1_and_says_so() -> None:
    result, stated = index("hot_deck").score(TABLE), index("hot_deck", seed=1).score(TABLE)
    assert result.prepared.equals(stated.prepared)
    assert "hot_deck draws random values of x, y, with the seed 1, since no seed is stated" in result.notes
    assert "hot_deck draws random values of x, y, with the seed 1" in stated.notes
    assert result.manifest["methodology"]["seed"] == stated.manifest["methodology"]["seed"] == 1
    assert not result.prepared.equals(index("hot_deck", seed=2).score(TABLE).prepared)


def test_a_run_without_random_methods_has_no_seed_and_a_stated_one_is_noted() -> None:
    assert "seed" not in index("mean").score(TABLE).manifest["methodology"]
    assert "the seed 7 changes nothing, since no method is random" in index("mean", seed=7).score(TABLE).notes


@pytest.mark.parametrize("imputation", ["hot_deck", "chained", "chained(model=matching)"])
def test_a_unit_keeps_its_values_when_rows_move_and_units_without_values_come(imputation: str) -> None:
    empty = pl.DataFrame({"unit": ["i"], "year": [2020], "x": [None], "y": [None]}, schema=TABLE.schema)
    other = pl.concat([empty, TABLE.reverse()])
    first = index(imputation, missing="skip").score(TABLE).prepared
    second = index(imputation, missing="skip").score(other).prepared
    assert second.reverse().head(8).select("x", "y").to_numpy() == pytest.approx(
        first.select("x", "y").to_numpy(), rel=1e-12
    )


def test_groups_have_random_numbers_of_their_own() -> None:
    table = TABLE.with_columns(
        x=pl.Series([1.0, 1.0, None, None, 2.0, 2.0, 3.0, 3.0]), y=pl.int_range(8).cast(pl.Float64)
    )
    definition = {
        "data": {"unit": "unit", "groups": ["year"]},
        "indicators": {"x": {"direction": "benefit"}, "y": {"direction": "cost"}},
        "methodology": {"imputation": "hot_deck(within=year)", "weighting": "equal"},
    }
    drawn = {
        tuple(Index(_with_seed(definition, seed), installed()).score(table).prepared["x"][2:4]) for seed in range(9)
    }
    assert any(first != second for first, second in drawn)


def _with_seed(definition: dict[str, Any], seed: int) -> dict[str, Any]:
    return {**definition, "methodology": {**definition["methodology"], "seed": seed}}
