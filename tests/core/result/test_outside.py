"""The tables outside an index: variables to compare with, and neighbours of units."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from reference_folder import ABSENT, FOLDER
from scipy import stats

import indicia
from indicia.errors import IndiciaError
from indicia.result.outside import Neighbours

if TYPE_CHECKING:
    from pathlib import Path

TABLE = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome", "Cork"],
        "jobs": [60.0, 80.0, 50.0, 70.0, 90.0],
        "rent": [3.0, 9.0, 1.0, 5.0, 2.0],
        "gdp": [6.0, 80.0, 2.0, None, 70.0],
        "near": ["Rome; Cork", "Cork", None, "Lima", "Lima;Oslo"],
    }
)
MORAN = FOLDER / "audit" / "moran"


def index(**outside: Any) -> indicia.Index:
    raw = {
        "data": {"unit": "city"},
        "indicators": {"jobs": {"dimension": "work"}, "rent": {"direction": "cost", "dimension": "home"}},
        "dimensions": {"work": {}, "home": {}},
        "outside": outside,
    }
    return indicia.read(raw)


def fault(table: pl.DataFrame = TABLE, **outside: Any) -> IndiciaError:
    def run() -> None:
        made = index(**outside)
        _ = made.tree
        made.score(table)

    with pytest.raises(IndiciaError) as caught:
        run()
    return caught.value


def write(folder: Path, *rows: str) -> str:
    path = folder / "other.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


def test_correlations_are_those_of_numpy_and_scipy() -> None:
    result = index(variables={"gdp": {"direction": "benefit"}}).score(TABLE)
    scores = result.scores.filter(pl.col("city") != "Rome")
    gdp = np.array([6.0, 80.0, 2.0, 70.0])
    assert result.outside["id"].to_list() == ["index", "work", "home"]
    for row, column in zip(result.outside.to_dicts(), ("score", "work", "home"), strict=True):
        y = scores[column].to_numpy()
        assert (row["variable"], row["n"], row["missing"]) == ("gdp", 4, 1)
        assert row["pearson"] == pytest.approx(np.corrcoef(gdp, y)[0, 1], abs=1e-12)
        assert row["spearman"] == pytest.approx(stats.spearmanr(gdp, y).statistic, abs=1e-12)


def test_the_expected_sign_follows_from_the_direction_of_the_variable() -> None:
    outside = index(variables={"gdp": {"direction": "cost"}, "jobs": {}}).score(TABLE).outside
    assert outside.filter(id="work").select("variable", "expected", "as_expected").rows() == [
        ("gdp", "negative", False),
        ("jobs", None, None),
    ]


def test_a_transform_changes_the_values_that_are_compared() -> None:
    result = index(variables={"wealth": {"column": "gdp", "transform": "log"}}).score(TABLE)
    values = result.outside_values["wealth"].to_list()
    assert values[3] is None
    assert values[:3] == pytest.approx(np.log([6, 80, 2]).tolist(), rel=1e-15)


def test_a_transform_names_the_variable_that_it_cannot_take() -> None:
    caught = fault(TABLE.with_columns(gdp=pl.lit(0.0)), variables={"gdp": {"transform": "log"}})
    assert "log needs positive values" in caught.what
    assert "gdp" in caught.what


def test_a_variable_of_another_table_is_matched_by_the_names_of_units(tmp_path: Path) -> None:
    path = write(tmp_path, "place,score", "LIMA,3", "Oslo,1", "Pune,2", "Mars,9")
    rival = {"path": path, "unit": "place", "column": "score"}
    result = index(variables={"rival": rival}).score(TABLE)
    assert result.outside_values["rival"].to_list() == [3.0, 1.0, 2.0, None, None]
    lines = index(variables={"rival": rival}).check(TABLE).lines
    assert "outside variable rival: 3 of 5 units; none for Rome, Cork; units that the data do not have: Mars" in lines


def test_a_panel_has_correlations_within_each_period(tmp_path: Path) -> None:
    table = pl.concat([TABLE.with_columns(year=pl.lit(year)) for year in (2020, 2021)])
    path = write(tmp_path, "city,year,score", *(f"{city},2021,{at}" for at, city in enumerate(TABLE["city"])))
    raw = index(variables={"rival": {"path": path, "column": "score"}}).with_options(settings={"data.period": "year"})
    outside = raw.score(table).outside.filter(id="index").select("year", "n", "missing")
    assert outside.rows() == [(2020, 0, 5), (2021, 5, 0)]


@pytest.mark.parametrize(
    ("rows", "message", "remedy"),
    [
        (("city,score", "Lima,1", "Lima,2"), "has several rows for Lima", "keep one row for each unit"),
        (("city,score", "Mars,1", "Venus,2"), "no unit of", 'unit = "…" names its column of units'),
        (("city,points", "Lima,1"), 'no column "score" in the table', "known: city, points"),
        (("city,score", "Lima,many"), "score has text where numbers belong", ""),
    ],
)
def test_a_wrong_table_of_a_variable_is_an_error(
    tmp_path: Path, rows: tuple[str, ...], message: str, remedy: str
) -> None:
    caught = fault(variables={"score": {"path": write(tmp_path, *rows)}})
    assert message in caught.what
    assert remedy in str(caught.remedy)


@pytest.mark.parametrize(
    ("outside", "message"),
    [
        ({"variables": {"city": {}}}, 'the variable "city" has the name of a column of the units'),
        ({"variables": {"gdp": {"unit": "iso"}}}, "unit is a column of another table, which path names"),
        ({"variables": {"gpd": {}}}, 'no column "gpd" in the table'),
        ({"variables": {"gdp": {"transform": "lgo"}}}, '"lgo"'),
        ({"variables": {"gdp": {"transform": "winsorise(within=[region])"}}}, "winsorise"),
        ({"variables": {"gdp": {"colum": "x"}}}, 'unknown key "colum"'),
        ({"neighbours": {}}, "neighbours are"),
        ({"neighbours": {"column": "near", "weight": "w"}}, "weight is a column of a table of pairs"),
    ],
)
def test_what_stands_outside_is_checked_with_the_index_file(outside: dict[str, Any], message: str) -> None:
    caught = fault(**outside)
    assert message in caught.what
    assert str(caught.where).startswith("outside.")


def test_the_mean_of_neighbours_is_the_mean_of_their_scores() -> None:
    result = index(neighbours={"column": "near"}).score(TABLE)
    scores = dict(result.scores.select("city", "score").iter_rows())
    means = dict(result.neighbours.select("city", "mean_of_neighbours").iter_rows())
    assert means["Lima"] == pytest.approx((scores["Rome"] + scores["Cork"]) / 2)
    assert means["Pune"] is None
    assert result.neighbours["neighbours"].to_list() == [2, 1, 0, 1, 2]
    lines = index(neighbours={"column": "near"}).check(TABLE).lines
    assert "neighbours: 6 pairs, symmetric; no neighbour: Pune" in lines


def test_pairs_have_weights_and_names_outside_the_data_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "unit,neighbour,km", "Lima,Oslo,1", "Lima,Pune,3", "Lima,Mars,1")
    made = index(neighbours={"path": path, "weight": "km"})
    pairs = made.score(TABLE).neighbour_pairs
    assert pairs is not None
    assert pairs.standardised.tolist() == [0.25, 0.75]
    assert (pairs.unmatched, pairs.is_symmetric) == (("Mars",), False)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Lima,Lima,1", "a unit is its own neighbour: Lima – Lima"),
        ("Oslo,Pune,1", "a pair stands twice: Oslo – Pune"),
        ("Lima,,1", "a row lacks a name: Lima – (empty)"),
        ("Lima,Oslo,0", "a weight is missing, or not above 0: Lima – Oslo"),
    ],
)
def test_a_wrong_pair_is_an_error(tmp_path: Path, row: str, message: str) -> None:
    path = write(tmp_path, "unit,neighbour,km", "Oslo,Pune,1", row)
    caught = fault(neighbours={"path": path, "weight": "km"})
    assert message in caught.what
    assert caught.where == "outside.neighbours"


def test_a_fitted_index_needs_nothing_from_outside() -> None:
    fitted = indicia.fit(index(variables={"gdp": {}}, neighbours={"column": "near"}), TABLE)
    assert fitted.score(TABLE.select("city", "jobs", "rent")).outside.is_empty()


def test_the_manifest_has_what_stands_outside(tmp_path: Path) -> None:
    path = write(tmp_path, "city,score", "Lima,1", "Oslo,2")
    outside = index(variables={"rival": {"path": path, "column": "score"}}).score(TABLE).manifest["outside"]
    assert outside["variables"]["rival"]["column"] == "score"
    assert len(outside["variables"]["rival"]["table"]) == 64
    assert "path" not in outside["variables"]["rival"]
    assert "outside" not in index().score(TABLE).manifest


@pytest.mark.skipif(not MORAN.is_dir(), reason=ABSENT)
@pytest.mark.parametrize("variable", ["CRIME", "INC", "HOVAL"])
def test_the_spatial_lag_gives_the_statistics_of_moran_in_columbus(variable: str) -> None:
    """The 49 neighbourhoods of Columbus (Anselin 1988) with row-standardised weights; Moran's I by R's spdep."""
    values = pl.read_csv(MORAN / "values.csv")
    matrix = pl.read_csv(MORAN / "neighbours.csv").unpivot(index="unit", variable_name="neighbour").filter(value=1)
    neighbours = Neighbours.of(values["unit"].to_list(), matrix.select("unit", "neighbour"))
    z = (values[variable] - values[variable].mean()).to_numpy()
    with (MORAN / "moran.csv").open(encoding="utf-8") as file:
        rows = {(row["style"], row["variable"]): row for row in csv.DictReader(file)}
    assert float(z @ neighbours.lag(z) / (z @ z)) == pytest.approx(float(rows["row", variable]["moran_i"]), abs=1e-12)
    assert neighbours.is_symmetric
