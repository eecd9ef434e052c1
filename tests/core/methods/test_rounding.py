"""A figure that passes an end of its range by rounding alone lies in the range, for every check of a range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import indicia
from indicia import IndiciaError
from indicia.analysis import coupling_coordination, obstacle_degree, portfolio
from indicia_robustness.weight_grid import divisions_of
from indicia_robustness.weight_regions.draws import weights_in_box

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = pl.DataFrame({"unit": ["a", "b", "c"], "x": [0.0, 0.5, 1.0], "y": [0.2, 0.0, 1.0]})


def _couple(one: float) -> object:
    return coupling_coordination(pl.DataFrame({"x": [one], "y": [0.5]}), ["x", "y"])


def _obstacles(one: float) -> object:
    definition = {"data": {"unit": "unit"}, "indicators": {"x": {}, "y": {}}, "methodology": {"normalisation": "none"}}
    return obstacle_degree(indicia.read(definition).score(TABLE.with_columns(pl.col("x") * one)))


def _box(one: float) -> object:
    return weights_in_box(np.array([one - 0.4, 0.4]), np.array([1.0, 1.0]), 1, np.random.default_rng(1))


def _shares(one: float) -> object:
    method = f"benefit_of_the_doubt(lower=[{one - 0.4!r}, 0.4])"
    return indicia.score(TABLE.with_columns(pl.col("x", "y") + 1), normalisation="none", aggregation=method)


def _bands(one: float) -> object:
    bands = {"class": {"shares": [one - 0.4, 0.4]}}
    return indicia.read({"data": {"unit": "unit"}, "indicators": {"x": {}, "y": {}}, "bands": bands}).score(TABLE)


def _ranges(one: float) -> object:
    bands = {"class": {"of": "x", "ranges": {"low": [0.0, 0.5], "high": [0.5, 1.0]}}}
    return indicia.read({"data": {"unit": "unit"}, "indicators": {"x": {}, "y": {}}, "bands": bands}).score(
        TABLE.with_columns(pl.col("x") * one)
    )


def _portfolio(one: float) -> object:
    return portfolio(pl.Series([1.0, 2.0]), pl.Series([one, 3.0]), budget=1.0, minimum=1)


def _grid(one: float) -> object:
    return divisions_of(one / 2, 2)


@pytest.mark.parametrize("check", [_couple, _obstacles, _box, _shares, _bands, _ranges, _portfolio, _grid])
def test_every_range_has_the_same_slack(check: Callable[[float], object]) -> None:
    check(1.0)
    check(1 + 1e-10)
    with pytest.raises(IndiciaError):
        check(1 + 1e-7)
