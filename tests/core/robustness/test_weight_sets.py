"""Weights are drawn for all nodes, one set a draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import DefinitionError, IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

SPREAD = {"spread": 0.25}


def test_weights_without_a_range_share_what_is_left(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=200, seed=1, weights={"ranges": {"jobs": [0.4, 0.6]}}).figures
    economy = 3 / 5
    jobs, pay, debt = (robust.weights[name] / economy for name in ("jobs", "pay", "debt"))
    assert jobs.min() < 0.42
    assert jobs.max() > 0.58
    np.testing.assert_allclose(pay, 2 * debt)
    np.testing.assert_allclose(jobs + pay + debt, 1)
    np.testing.assert_allclose(robust.weights["water"], 1 / 5)


def test_a_set_of_weights_stays_the_same_whatever_else_is_chosen(made: Make, data: Data) -> None:
    robust = (
        made()
        .robustness(data(), draws=8, seed=1, weights=SPREAD, aggregation=["arithmetic", "topsis"], sensitivity=8)
        .figures
    )
    at = [factor.name for factor in robust.factors].index("weights")
    for number in range(8):
        same = robust.design[:, at] == number
        assert all(np.ptp(column[same]) == 0 for column in robust.weights.values())


@pytest.mark.parametrize("draws", [4, 20])  # as many as persons, and more
def test_draws_of_persons_do_not_depend_on_the_order_of_the_table(
    made: Make, data: Data, tmp_path: Path, draws: int
) -> None:
    panel = pl.DataFrame({"jobs": [1, 2, 3, 5], "pay": [2, 2, 7, 1], "debt": [1, 9, 4, 1]})
    for name, rows in (("panel.csv", panel), ("other.csv", panel.reverse().select("debt", "jobs", "pay"))):
        rows.write_csv(tmp_path / name)
    one, other = (
        made().robustness(data(), draws=draws, seed=1, weights={"table": str(tmp_path / name)}).figures.weights
        for name in ("panel.csv", "other.csv")
    )
    assert {name: column.tolist() for name, column in one.items()} == {
        name: column.tolist() for name, column in other.items()
    }


def test_weights_that_differ_between_periods_cannot_be_drawn(made: Make, data: Data) -> None:
    methodology = {"weights": "period", "weighting": "entropy"}
    with pytest.raises(DefinitionError, match="weights that differ between periods or groups cannot be drawn"):
        made(methodology, period="year").robustness(data(periods=2), draws=8, seed=1, weights=SPREAD)


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"jobs": [1, 2], "pay": [1, 2]}, 'the stakeholders\' weights have no column "debt"'),
        (
            {"jobs": [1, 2], "pay": [1, 2], "dept": [1, 1]},
            "names parts that are no indicator or dimension that counts: dept",
        ),
        ({"air": [0, 1], "green": [0, 1]}, "stakeholder 1 has no weights for air, green"),
        ({"air": [-1, 1], "green": [2, 1]}, "stakeholder 1 has no weights for air, green"),
        ({"person": ["Ana", "Bo"]}, "has no column of numbers"),
    ],
)
def test_a_table_of_weights_that_lacks_something_is_named(
    made: Make, tmp_path: Path, columns: dict[str, Any], what: str, data: Data
) -> None:
    pl.DataFrame(columns).write_csv(tmp_path / "panel.csv")
    with pytest.raises(IndiciaError) as raised:
        made().robustness(data(), draws=5, seed=1, weights={"table": str(tmp_path / "panel.csv")})
    assert what in str(raised.value)


@pytest.mark.parametrize(
    ("varied", "what"),
    [
        ({"weights": {"spread": 1.5}}, "a spread of 1.5 is not between 0 and 1: weights would turn negative"),
        (
            {"weights": {"spread": 0.2, "simplex": True}},
            "choose one of spread, dirichlet, simplex, ranges, constraints and table",
        ),
        (
            {"weights": {"ranges": {"job": [0.1, 0.2]}}},
            "ranges of weights name parts that are no indicator or dimension that counts: job",
        ),
        ({"weights": {"ranges": {"jobs": [0.6, 0.7], "pay": [0.6, 0.7]}}}, "the lowest weights sum to 1.2"),
        ({"weights": {"ranges": {"jobs": [20, 30]}}}, "the range of jobs is 20 to 30, and a weight is a share"),
        ({"weights": {"ranges": {"air": [0.1, 0.2], "green": [0.1, 0.2]}}}, "the highest weights sum to 0.4"),
        ({"weights": {"table": "nowhere.csv"}}, "nowhere.csv"),
    ],
)
def test_weights_that_cannot_be_drawn_are_refused(made: Make, data: Data, varied: dict[str, Any], what: str) -> None:
    with pytest.raises(IndiciaError) as raised:
        made().robustness(data(), **{"draws": 20, "seed": 1, **varied})
    assert what in str(raised.value)


def test_constraints_hold_within_their_node_and_other_nodes_keep_their_weights(made: Make, data: Data) -> None:
    weights = {"constraints": ["jobs >= 2 pay >= debt", "debt >= 10%"]}
    robust = made().robustness(data(), draws=200, seed=1, weights=weights).figures
    jobs, pay, debt = (robust.weights[name] / (3 / 5) for name in ("jobs", "pay", "debt"))
    assert (jobs >= 2 * pay - 1e-9).all()
    assert (2 * pay >= debt - 1e-9).all()
    assert debt.min() >= 0.1 - 1e-9
    np.testing.assert_allclose(jobs + pay + debt, 1)
    np.testing.assert_allclose(robust.weights["water"], 1 / 5)
    both = made().robustness(data(), draws=200, seed=1, weights={**weights, "simplex": True}).figures
    assert np.ptp(both.weights["water"]) > 0.5
    dimensions = (
        made().robustness(data(), draws=200, seed=1, weights={"constraints": "economy >= nature + water"}).figures
    )
    assert (dimensions.weights["water"] <= 0.5 + 1e-9).all()


@pytest.mark.parametrize(
    ("constraints", "fault"),
    [
        ("jobs >= air", '"jobs >= air" compares parts of different dimensions: jobs of economy, air of nature'),
        ("jobs >= air2", "names parts that are no indicator or dimension that counts: air2"),
        ("jobs >=", "cannot read the constraint"),
        ([], "no constraint is stated"),
        ("jobs >= pay + 0.6; pay >= 0.3", '"jobs >= pay + 0.6", "pay >= 0.3" together'),
    ],
)
def test_constraints_that_no_node_satisfies_are_an_error(
    made: Make, data: Data, constraints: object, fault: str
) -> None:
    with pytest.raises(IndiciaError) as error:
        made().robustness(data(), draws=8, seed=1, weights={"constraints": constraints})  # type: ignore[typeddict-item]
    assert fault in str(error.value)
