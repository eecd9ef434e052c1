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
from indicia_conformance import details as promise
from indicia_conformance.tolerance import BrokenPromise

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


def _cities(**methodology: Any) -> indicia.Result:
    indicators = {name: {"weight": weight} for name, weight in (("speed", 3), ("price", 2), ("nature", 1))}
    index = indicia.read({"data": {"unit": "city"}, "indicators": indicators, "methodology": methodology})
    numbers = np.random.default_rng(1).random((12, 3))
    columns = {name: numbers[:, at] for at, name in enumerate(indicators)}
    return index.score(pl.DataFrame({"city": [f"C{number}" for number in range(12)], **columns}))


def test_tables_of_two_methods_with_one_name_are_both_there() -> None:
    judged = {"method": "rancom", "judgements": {"speed": 1, "price": 2, "nature": 3}}
    result = _cities(weighting=judged, aggregation="promethee")
    tables = result.detail_tables()
    assert "preference of a over b" in tables["pairs"]
    assert "each component beside each other one" in tables["rancom pairs"]
    assert "preference" in result.details("index", "pairs").columns
    assert set(result.details("index", "rancom pairs").to_series(0)) == {"speed", "price", "nature"}


def test_a_component_with_the_name_of_a_column_is_refused_in_this_table_alone() -> None:
    index = indicia.read({"data": {"unit": "city"}, "indicators": {"unit": {}, "air": {}}})
    table = {"city": ["A", "B", "C"], "unit": [1.0, 2.0, 3.0], "air": [3.0, 1.0, 2.0]}
    result = index.with_options(aggregation="promethee").score(table)
    with pytest.raises(IndiciaError, match='has a column "unit" of its own'):
        result.details("index", "unicriterion")
    assert result.details("index", "pairs").height == 6


def test_a_refused_table_takes_no_other_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "index.toml"
    rows = [f"C{number},{number % 5},{number % 3},{number % 4}" for number in range(11)]
    (tmp_path / "cities.csv").write_text("city,speed,price,nature\n" + "\n".join(rows) + "\n")
    file.write_text(
        '[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nspeed = {}\nprice = {}\nnature = {}\n'
        '[methodology]\naggregation = "kemeny"\nnormalisation = "none"\n'
    )
    command = ["run", str(file), "--show", "details", "--node", "index"]
    with pytest.raises(SystemExit, match=r"^0$"):
        main([*command, "-f", "json"])
    shown = capsys.readouterr()
    assert "weak_orders" not in json.loads(shown.out)
    assert "pairs" in json.loads(shown.out)
    assert "there is no table weak_orders" in shown.err
    with pytest.raises(SystemExit, match=r"^0$"):
        main(command)
    assert "none: kemeny of index: lists the weak orders of at most 10 units" in capsys.readouterr().out


def test_loadings_have_the_signs_and_the_order_of_the_scores() -> None:
    random = np.random.default_rng(3)
    factors = random.normal(size=(30, 3))
    values = factors @ random.uniform(0, 1, size=(6, 3)).T + random.normal(size=(30, 6)) * 0.3
    names = [f"x{number}" for number in range(6)]
    words = {"normalisation": "z_score", "aggregation": {"method": "factor_score", "factors": 3}}
    index = indicia.read({"data": {"unit": "u"}, "indicators": {name: {} for name in names}, "methodology": words})
    table = pl.DataFrame({"u": [f"U{number}" for number in range(30)], **dict(zip(names, values.T, strict=True))})
    result = index.score(table)
    columns = ["factor 1", "factor 2", "factor 3"]
    loadings = result.details("index", "loadings").select(columns).to_numpy()
    scores = result.details("index", "units").select(columns).to_numpy()
    assert np.corrcoef(values.T, scores.T)[:6, 6:] == pytest.approx(loadings)
    weighted = index.with_options(weighting={"method": "factor", "factors": 3}, aggregation="arithmetic").score(table)
    assert weighted.details("index", "loadings").select(columns).to_numpy() == pytest.approx(loadings)


@pytest.mark.parametrize(
    ("reported", "fault"),
    [({"net": [1.0]}, "columns of different lengths"), ([1, 2], "gives a list for the table")],
)
def test_a_table_of_the_wrong_shape_is_a_fault_of_its_method(reported: Any, fault: str) -> None:
    @dataclass(frozen=True)
    class Wrong(SmallestLead):
        def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> Any:
            pairs = pair_table(context.units, lead=_leads(values))
            return {**pairs, **reported} if isinstance(reported, dict) else reported

    catalogue = installed().with_named("aggregation", {"smallest_lead": Wrong()})
    words = {"data": {"unit": "city"}, "indicators": {"a": {}, "b": {}}}
    index = indicia.Index({**words, "methodology": {"aggregation": "smallest_lead"}}, catalogue)
    with pytest.raises(MethodFailure, match=fault):
        index.score({"city": ["A", "B"], "a": [1.0, 2.0], "b": [2.0, 1.0]}).details("index", "pairs")
