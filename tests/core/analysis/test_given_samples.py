"""Sobol' indices and elementary effects of samples that users bring."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from indicia.analysis import elementary_effects, sobol_indices
from indicia.errors import DataError, DefinitionError
from indicia_robustness.sample_layout import saltelli_layout
from indicia_robustness.sampling import generator, saltelli


def sample(base: int = 64) -> pl.DataFrame:
    u = saltelli(base, 2, generator(1))
    return pl.DataFrame({"run": np.arange(len(u)), "gdp": u[:, 0], "co2": u[:, 1], "y": 3 * u[:, 0] + u[:, 1]})


def test_a_label_of_runs_is_no_input_and_intervals_hold_the_estimate() -> None:
    found = sobol_indices(sample(), estimators=["jansen1999"], resamples=200)
    assert found.select("input", "order").rows() == [
        (name, order) for order in ("first", "total") for name in ("gdp", "co2")
    ]
    assert found.select((pl.col("lower") <= pl.col("value")) & (pl.col("value") <= pl.col("upper"))).to_series().all()
    assert found.filter(order="total")["value"].to_list() == pytest.approx([0.9, 0.1], abs=0.02)


def test_methods_may_be_inputs() -> None:
    table = sample().with_columns(gdp=pl.when(pl.col("gdp") > 0.5).then(pl.lit("rank")).otherwise(pl.lit("z_score")))
    table = table.with_columns(y=(pl.col("gdp") == "rank").cast(pl.Float64))
    found = sobol_indices(table, interval=None).filter(order="total")
    assert found["value"].to_list() == pytest.approx([1.0, 0.0], abs=0.05)


def test_columns_of_parts_may_carry_the_names_of_inputs() -> None:
    y = sample()["y"].to_numpy().reshape(4, -1)
    table = pl.DataFrame({"y_a": y[0], "y_b": y[1], "y_ab_gdp": y[2], "y_ab_co2": y[3]})
    wanted = sobol_indices(sample(), estimators="all", interval=None)
    assert sobol_indices(table, estimators="all", interval=None).equals(wanted)
    assert "azzini2020" not in wanted["estimator"].to_list()


@pytest.mark.parametrize(
    ("table", "arguments", "fault"),
    [
        (sample().tail(-1), {}, "the 255 runs are no design of Saltelli of 2 inputs: gdp, co2"),
        (sample(), {"output": "z"}, 'unknown column "z"'),
        (sample().with_columns(y=pl.lit(None, pl.Float64)), {}, "y is missing or infinite in some rows"),
        (sample().select("y"), {}, "the sample has no input"),
        (pl.DataFrame({"y_a": [1.0, 2], "y_b": [1.0, 2]}), {}, "no output of A with a column of B"),
        (sample(), {"estimators": ["jansen"]}, 'unknown estimator "jansen"'),
        (sample(), {"estimators": ["azzini2020"]}, "this estimator needs runs of B with one column of A"),
    ],
)
def test_a_sample_without_indices_is_refused(table: pl.DataFrame, arguments: Any, fault: str) -> None:
    with pytest.raises((DataError, DefinitionError)) as refused:
        sobol_indices(table, **arguments)
    assert fault in str(refused.value)
    assert refused.value.remedy


POINTS = {"trajectory": [1, 1, 1, 2, 2, 2], "a": [0, 1, 1, 1, 1, 0], "b": [0, 0, 1, 1, 0, 0], "y": [0, 2, 5, 3, 2, 0]}


def test_the_interval_of_mu_is_that_of_morris() -> None:
    statistics = elementary_effects(pl.DataFrame(POINTS)).statistics.row(1, named=True)
    margin = 2 * statistics["sigma"] / np.sqrt(2)
    assert (statistics["mu"], statistics["sigma"]) == (2.0, pytest.approx(np.sqrt(2)))
    assert (statistics["lower"], statistics["upper"]) == pytest.approx((2 - margin, 2 + margin))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"a": [0, 1, 1, 1, 0, 0]}, "step 1 of trajectory 2 moves a and b"),
        ({"a": [0, 0, 1, 1, 1, 0]}, "step 1 of trajectory 1 moves no input"),
        ({"a": [0, 1, 0, 1, 1, 0], "b": [0, 0, 0, 1, 0, 0]}, "a moves 2 times in trajectory 1"),
        ({"trajectory": [1, 1, 2, 2, 2, 2]}, "trajectory 1 has 2 points, and 2 inputs need 3: a, b"),
        ({"trajectory": [1, 1, 1, 2, 2, None]}, "trajectory is missing in some rows"),
        ({"y": [0, 2, 5, 3, 2, None]}, "y is missing or infinite in some rows"),
        ({"b": list("abcdef")}, "the column b has no numbers"),
    ],
)
def test_a_trajectory_of_another_form_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(DataError) as refused:
        elementary_effects(pl.DataFrame(POINTS | changes))
    assert fault in str(refused.value)
    assert refused.value.remedy


def test_a_single_input_makes_no_design_of_saltelli() -> None:
    assert saltelli_layout(np.array([[1], [1], [2], [2], [2], [2]])) is None
