"""The tables of a robustness analysis: units and weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import DataError, DefinitionError, IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

SPREAD = {"spread": 0.25}


def test_a_doubt_that_cannot_matter_leaves_every_rank_alone(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b", "c"], "region": ["n"] * 3, "jobs": [3.0, 2, 1], "pay": [30.0, 25, 10]})
    robust = index({"jobs": {}, "pay": {}}).robustness(table, draws=50, seed=1, weights={"simplex": True}).figures
    units = robust.units.select("city", "rank", "mean", "lower", "upper", "tier")
    assert units.rows() == [("a", 1, 1, 1, 1, 1), ("b", 2, 2, 2, 2, 2), ("c", 3, 3, 3, 3, 3)]
    assert robust.acceptability.drop("city").to_numpy().tolist() == np.eye(3).tolist()
    assert robust.notes[0] == (
        "on average a unit moves 0.0 places from its rank in the index (0.0 to 0.0 in 90 % of the draws)"
    )


def test_central_weights_are_those_by_which_a_unit_comes_first(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b"], "region": ["n"] * 2, "jobs": [1.0, 0], "pay": [0.0, 1]})
    robust = index({"jobs": {}, "pay": {}}).robustness(table, draws=4000, seed=1, weights={"simplex": True}).figures
    found = {row[0]: row[1:] for row in robust.central_weights.iter_rows()}
    assert found["a"] == pytest.approx((0.5, 0.75, 0.25), abs=0.02)
    assert found["b"] == pytest.approx((0.5, 0.25, 0.75), abs=0.02)


def test_where_weights_differ_between_periods_none_are_central(made: Make, data: Data) -> None:
    varied = made({"weighting": "entropy", "weights": "period"}, period="year")
    robust = varied.robustness(data(periods=2), draws=20, seed=1, aggregation=["arithmetic", "topsis"]).figures
    with pytest.raises(DefinitionError, match="the weights of index differ between periods or groups"):
        _ = robust.central_weights


@pytest.mark.parametrize(("name", "table"), [("tier", "units"), ("top_3", "units"), ("first", "central_weights")])
def test_no_column_of_the_data_is_lost_to_a_figure_of_its_name(index: Make, name: str, table: str, data: Data) -> None:
    made = index({"jobs": {}, "pay": {}}, data={"unit": name})
    robust = made.robustness(data().rename({"city": name}), draws=5, seed=1, weights=SPREAD, top=[3])
    with pytest.raises(DataError, match=f'the column "{name}" has the name of a figure'):
        robust.frame(table)


def test_one_unit_with_fixed_bounds_is_first(index: Make, data: Data) -> None:
    made = index({"jobs": {"bounds": [0, 10]}, "pay": {"bounds": [0, 10]}})
    robust = made.robustness(data().head(1), draws=5, seed=1, weights=SPREAD).figures
    assert robust.units.select("city", "rank", "mean", "tier", "stands_below").rows() == [("c0", 1, 1, 1, None)]
    assert robust.notes


def test_units_that_all_tie_share_the_first_rank_and_the_only_tier(
    made: Make, data: Data, indicators: dict[str, Any]
) -> None:
    table = data().with_columns(pl.lit(1.0).alias(name) for name in indicators)
    robust = made({"constant": "neutral"}).robustness(table, draws=5, seed=1, weights=SPREAD).figures
    assert robust.units.select("rank", "mean", "tier").unique().rows() == [(1, 1, 1)]
    assert "1 tier" in robust.notes[1]


def test_indices_need_a_design_and_a_unit_that_is_there(made: Make, data: Data) -> None:
    answer = made().robustness(data(), draws=8, seed=1, weights=SPREAD)
    robust = answer.figures
    with pytest.raises(DefinitionError, match="this analysis has no runs for Sobol' indices"):
        _ = robust.sensitivity
    with pytest.raises(IndiciaError, match='"c99" is no unit of the data'):
        robust.sensitivity_of("c99")
    with pytest.raises(IndiciaError, match='no table "unit"'):
        answer.frame("unit")
