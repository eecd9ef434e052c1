"""The tables of weightings that look at the data: what their papers print before the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.catalogue import installed

if TYPE_CHECKING:
    from indicia.result import Result

TABLE = pl.DataFrame(
    {
        "unit": ["A", "B", "C", "D", "E"],
        "x": [1.0, 2.0, 4.0, 8.0, 5.0],
        "y": [3.0, 9.0, 5.0, 6.0, 8.0],
        "z": [7.0, 1.0, 2.0, 6.0, 4.0],
    }
)
NAMES = ["x", "y", "z"]


def weighed(weighting: str, **columns: list[float]) -> Result:
    table = (
        pl.DataFrame({"unit": list("ABCDEFGH")[: len(next(iter(columns.values())))], **columns}) if columns else TABLE
    )
    definition: dict[str, Any] = {
        "data": {"unit": "unit"},
        "indicators": {name: {} for name in table.columns[1:]},
        "methodology": {"weighting": weighting, "normalisation": "none"},
    }
    return indicia.Index(definition, installed()).score(table)


@pytest.mark.parametrize(
    ("weighting", "column"),
    [
        ("critic", "information"),
        ("entropy", "divergence"),
        ("merec", "removal effect"),
        ("idocriw", "product"),
    ],
)
def test_the_last_column_of_the_components_is_proportional_to_the_weights(weighting: str, column: str) -> None:
    result = weighed(weighting)
    components = result.details(table="components")
    assert components["component"].to_list() == NAMES
    shares = components[column] / components[column].sum()
    assert shares.to_list() == pytest.approx(result.weights.filter(pl.col("id").is_in(NAMES))["weight"].to_list())


def test_contrast_is_the_deviation_over_the_range_and_conflict_the_sum_of_one_less_correlation() -> None:
    components = weighed("critic").details(table="components")
    values = TABLE.select(NAMES).to_numpy()
    contrast = values.std(axis=0, ddof=1) / (values.max(axis=0) - values.min(axis=0))
    assert components["contrast"].to_numpy() == pytest.approx(contrast)
    assert components["conflict"].to_numpy() == pytest.approx((1 - np.corrcoef(values.T)).sum(axis=1))


def test_the_entropy_of_two_equal_values_is_one_and_that_of_a_single_one_zero() -> None:
    components = weighed("entropy", x=[0.0, 4.0], y=[1.0, 3.0]).details(table="components")
    quarter = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75)) / np.log(2)
    assert components["entropy"].to_list() == pytest.approx([0, quarter], abs=1e-12)
    assert (components["entropy"] + components["divergence"]).to_list() == [1, 1]


def test_losses_are_those_of_the_units_that_are_best_in_a_component() -> None:
    losses = weighed("cilos").details(table="losses")
    assert losses.rows() == [
        ("x", 0, pytest.approx(1 - 6 / 9), pytest.approx(1 - 6 / 7)),  # D is best in x
        ("y", pytest.approx(1 - 2 / 8), 0, pytest.approx(1 - 1 / 7)),
        ("z", pytest.approx(1 - 1 / 8), pytest.approx(1 - 3 / 9), 0),
    ]
    assert weighed("idocriw").details(table="losses").equals(losses)


def test_two_indicators_have_the_eigenvalues_one_plus_and_less_their_correlation() -> None:
    columns = {name: TABLE[name].to_list() for name in "xy"}
    r = float(np.corrcoef(TABLE["x"], TABLE["y"])[0, 1])
    for weighting in ("pca", "factor"):
        result = weighed(weighting, **columns)
        eigenvalues = result.details(table="eigenvalues")
        assert eigenvalues["eigenvalue"].to_list() == pytest.approx([1 + r, 1 - r])
        assert eigenvalues["cumulative"].to_list() == pytest.approx([(1 + r) / 2, 1])
        loadings = result.details(table="loadings")
        assert loadings[:, 1].to_list() == pytest.approx([np.sqrt((1 + r) / 2)] * 2)
    assert loadings["communality"].to_list() == pytest.approx([(1 + r) / 2] * 2)
    assert result.details(table="factors").rows() == [("factor 1", pytest.approx(1 + r), pytest.approx((1 + r) / 2))]


def test_the_independence_of_two_indicators_is_by_their_correlation() -> None:
    components = weighed("independence", **{name: TABLE[name].to_list() for name in "xy"}).details(table="components")
    r = abs(float(np.corrcoef(TABLE["x"], TABLE["y"])[0, 1]))
    assert components["multiple correlation"].to_list() == pytest.approx([r, r])


def test_the_envelope_over_the_slope_of_a_component_is_its_weight() -> None:
    result = weighed("wenslo")
    components = result.details(table="components")
    ratio = components["envelope"] / components["slope"]
    shares = result.weights.filter(pl.col("id").is_in(NAMES))["weight"].to_list()
    assert (ratio / ratio.sum()).to_list() == pytest.approx(shares)
