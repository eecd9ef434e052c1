"""The further results of methods, as tables of a node."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.catalogue import installed
from indicia.cli import main
from indicia.errors import IndiciaError, MethodFailure
from indicia.methods import (
    Completed,
    Indicators,
    MatrixAggregation,
    MatrixContext,
    MatrixImputation,
    Weighting,
    Weights,
    matrix_table,
    pair_table,
)
from indicia.testing import details as promise
from indicia.testing.failure import BrokenPromise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from indicia.methods import Array

    Run = Callable[..., Any]


@dataclass(frozen=True)
class SmallestLead(MatrixAggregation):
    """Take the sum of the smallest weighted leads over the other units."""

    name = "smallest_lead"
    reference = "Example"
    detail_tables = {"pairs": "each unit beside each other one: the smallest lead of a over b"}

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        scores: Array = _leads(values).sum(axis=1)
        return scores

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> Mapping[str, Any]:
        return pair_table(context.units, lead=_leads(values))


def _leads(values: Array) -> Array:
    leads: Array = np.nanmin(values[:, None, :] - values, axis=2)
    return leads


@dataclass(frozen=True)
class Ragged(SmallestLead):
    """Return columns of different lengths."""

    name = "ragged"

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> Mapping[str, Any]:
        return {"a": ["x"], "lead": [1.0, 2.0]}


@dataclass(frozen=True)
class Undeclared(Weighting):
    """Weight equally, and report a table that the class does not declare."""

    name = "undeclared"
    reference = "Example"

    def weigh(self, indicators: Indicators) -> Weights:
        k = len(indicators.names)
        influence = matrix_table("of", indicators.names, indicators.names, np.eye(k))
        return Weights(np.ones(k), tables={"influence": influence})


@dataclass(frozen=True)
class Means(MatrixImputation):
    """Fill with the mean, and report the means."""

    name = "means"
    reference = "Example"
    detail_tables = {"means": "each indicator: its mean"}

    def complete(self, values: Array) -> Completed:
        mean = np.nanmean(values, axis=0)

        def means(names: Any, signs: Array) -> dict[str, Any]:
            return {"indicator": list(names), "mean": mean * signs}

        return Completed(np.where(np.isnan(values), mean, values), {"means": means})


TABLE = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Quito"],
        "year": [1, 1, 2, 2],
        "x": [1.0, 0.0, 1.0, 0.0],
        "y": [0.0, 1.0, 4.0, None],
        "co2": [3.0, 1.0, None, 4.0],
    }
)
INDEX: dict[str, Any] = {
    "data": {"unit": "city"},
    "dimensions": {"people": {}, "nature": {}},
    "indicators": {
        "x": {"dimension": "people"},
        "y": {"dimension": "people"},
        "co2": {"dimension": "nature", "direction": "cost"},
    },
}


@pytest.fixture
def run() -> Run:
    catalogue = installed()

    def score(table: pl.DataFrame = TABLE, people: Any = "arithmetic", **methodology: Any) -> Any:
        dimensions = {"people": {"aggregation": people}, "nature": {}}
        words = INDEX | {"dimensions": dimensions, "methodology": methodology}
        return indicia.Index(words, catalogue).score(table)

    return score


def test_a_table_of_pairs_is_that_of_the_formula(run: Run) -> None:
    result = run(TABLE.head(2), normalisation="none", people=SmallestLead())
    pairs = result.details("people", "pairs")
    assert pairs.rows() == [("Lima", "Oslo", -1.0), ("Oslo", "Lima", -1.0)]
    assert pairs.columns == ["a", "b", "lead"]
    assert result.detail_tables("people") == SmallestLead.detail_tables


def test_an_index_without_details_says_so_and_names_the_nodes_that_have_some(run: Run) -> None:
    result = run(TABLE.head(2), normalisation="none", people=SmallestLead())
    with pytest.raises(IndiciaError, match=r"arithmetic of index has no details .*; these have some: people") as caught:
        result.details()
    assert caught.value.remedy == "--node people"
    assert result.detail_tables() == {}
    with pytest.raises(IndiciaError, match='no table "pair"') as caught:
        result.details("people", "pair")
    assert "pairs" in str(caught.value.remedy)
    with pytest.raises(IndiciaError, match='"peopl" is no dimension or indicator'):
        result.details("peopl")


def test_an_imputation_reports_its_tables_with_costs_as_they_are(run: Run) -> None:
    result = run(imputation=Means())
    assert result.details("index", "means").rows() == [("x", 0.5), ("y", 5 / 3), ("co2", 8 / 3)]
    assert result.detail_tables("people") == {}, "the method saw the indicators of another dimension too"


def test_tables_of_groups_have_the_group_in_front() -> None:
    words = {
        "data": {"unit": "city", "groups": ["year"]},
        "indicators": {"x": {}},
        "methodology": {"statistics": "year", "normalisation": "none", "aggregation": SmallestLead()},
    }
    result = indicia.Index(words, installed()).score(TABLE)
    assert result.details(table="pairs").filter(a="Lima").rows() == [("1", "Lima", "Oslo", 1.0)]


def test_a_table_of_a_plugin_with_columns_of_different_lengths_is_a_fault_of_the_plugin(run: Run) -> None:
    result = run(TABLE.head(2), normalisation="none", people=Ragged())
    with pytest.raises(MethodFailure, match="columns of different lengths: a 1, lead 2"):
        result.details("people", "pairs")


def test_pairs_of_more_than_two_thousand_units_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 2,000 units, and there are 2,001"):
        pair_table(["u"] * 2001, x=np.zeros((2001, 2001)))


@pytest.mark.parametrize(
    ("method", "kind", "reason"),
    [
        (Ragged(), "aggregation", "columns of different lengths"),
        (Undeclared(), "weighting", "influence is not declared"),
    ],
)
def test_the_suite_finds_tables_that_cannot_be_made_or_are_not_declared(method: Any, kind: str, reason: str) -> None:
    with pytest.raises(BrokenPromise, match=reason):
        promise.check_details(method, kind)
    promise.check_details(SmallestLead(), "aggregation")


def test_the_command_prints_all_tables_or_one_and_json_has_all_by_name(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    table = tmp_path / "cities.csv"
    TABLE.head(2).select("city", "x", "y").write_csv(table)
    shown = ["run", str(table), "--unit", "city", "-n", "none", "-a", "promethee", "--node", "index"]

    def printed(*options: str) -> tuple[str, str]:
        with pytest.raises(SystemExit):
            main([*shown, *options])
        out, err = capfdbinary.readouterr()
        return out.decode(), err.decode()

    assert "index, units: " in printed()[0]
    assert [row["city"] for row in json.loads(printed("-f", "json")[0])["units"]] == ["Lima", "Oslo"]
    assert "--show weights takes no --node and no --table" in printed("--show", "weights")[1]
