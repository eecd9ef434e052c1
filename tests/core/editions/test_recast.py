"""Old years under the new method: each table by itself, as a panel, and by a fitted index."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import indicia
from indicia.errors import DataError, DefinitionError

OLD = {"unit": ["A", "B", "C"], "x": [2.0, 0.0, 10.0], "y": [1.0, 2.0, 0.0]}
NEW = {"unit": ["A", "B", "D"], "x": [6.0, 0.0, 8.0], "y": [1.0, 4.0, 0.0]}


def index(period: bool = False, **methodology: Any) -> indicia.Index:
    data = {"unit": "unit", **({"period": "year"} if period else {})}
    return indicia.read({"data": data, "indicators": {"x": {}, "y": {}}, "methodology": methodology})


def frames(**columns: dict[str, Any]) -> dict[str, object]:
    return {name.removeprefix("y"): pl.DataFrame(values) for name, values in columns.items()}


def score_of(series: pl.DataFrame, unit: str, **where: Any) -> float:
    conditions = [pl.col("unit") == unit, *(pl.col(name) == value for name, value in where.items())]
    return float(series.filter(conditions)["score"].item())


def test_an_index_without_periods_scores_each_table_by_itself() -> None:
    recast = indicia.recast(index(), frames(y2021=OLD, y2022=NEW))
    assert recast.series.columns[:4] == ["unit", "edition", "score", "rank"]
    assert score_of(recast.series, "A", edition="2021") == pytest.approx((2 / 10 + 1 / 2) / 2)
    assert score_of(recast.series, "A", edition="2022") == pytest.approx((6 / 8 + 1 / 4) / 2)
    assert recast.series.group_by("edition", maintain_order=True).len().rows() == [("2021", 3), ("2022", 3)]
    assert any(note.startswith("each table is scored by itself") for note in recast.notes)


def test_an_index_with_a_period_pools_the_tables_as_it_states() -> None:
    """The pooled maximum of x is 10, that of y is 4; the name of a table without a column of periods is its period."""
    recast = indicia.recast(index(period=True), frames(y2021=OLD, y2022={**NEW, "year": [2022] * 3}))
    assert score_of(recast.series, "A", year=2022) == pytest.approx((6 / 10 + 1 / 4) / 2)
    assert any("their periods" in note and "2021" in note for note in recast.notes)
    within = indicia.recast(index(period=True, statistics="period"), frames(y2021=OLD, y2022=NEW))
    assert score_of(within.series, "A", year=2022) == pytest.approx((6 / 8 + 1 / 4) / 2)


def test_a_fitted_index_scores_all_tables_by_its_statistics() -> None:
    fitted = indicia.fit(index(), pl.DataFrame(NEW))
    recast = indicia.recast(fitted, frames(y2021=OLD, y2022=NEW))
    assert score_of(recast.series, "A", edition="2021") == pytest.approx((2 / 8 + 1 / 4) / 2)
    assert not any("by itself" in note for note in recast.notes)
    assert recast.manifest["fitted"]["sha256"] == fitted.score(pl.DataFrame(NEW)).manifest["fitted"]["sha256"]


def test_an_indicator_that_a_table_lacks_is_missing_by_the_rule_of_the_index_and_noted() -> None:
    fitted = indicia.fit(index(missing="skip"), pl.DataFrame(NEW))
    recast = indicia.recast(fitted, frames(y2021={"unit": OLD["unit"], "x": OLD["x"]}, y2022=NEW))
    assert score_of(recast.series, "A", edition="2021") == pytest.approx(2 / 8)
    assert "2021 does not have y: missing for all its units" in recast.notes
    assert recast.editions.rows() == [("2021", 3, "y"), ("2022", 3, None)]


def test_an_indicator_that_a_table_lacks_is_refused_if_the_index_refuses_gaps() -> None:
    with pytest.raises(DataError, match="2021 lacks y, and cannot be scored") as caught:
        indicia.recast(index(), frames(y2021={"unit": OLD["unit"], "x": OLD["x"]}, y2022=NEW))
    assert "indicia fit" in str(caught.value.remedy)


def test_a_table_and_a_later_table_that_revises_its_period_are_refused_as_one_panel() -> None:
    later = {**OLD, "year": [2021, 2021, 2022]}
    with pytest.raises(DataError, match="2021, 2022 have the same rows: A 2021, B 2021") as caught:
        indicia.recast(index(period=True), frames(y2021=OLD, y2022=later))
    assert "leave out the table whose values are older" in str(caught.value.remedy)


def test_a_table_without_any_indicator_is_refused() -> None:
    with pytest.raises(DataError, match="no indicator of the index: x, y"):
        indicia.recast(index(), frames(y2021={"unit": OLD["unit"], "z": OLD["x"]}))


def test_the_manifest_has_the_run_of_each_table() -> None:
    recast = indicia.recast(index(), frames(y2021=OLD, y2022=NEW))
    hashes = {name: run["data"]["sha256"] for name, run in recast.manifest["runs"].items()}
    assert len(set(hashes.values())) == 2
    assert recast.title == "Index · min_max > given > arithmetic · 2 tables · 6 rows"


def test_no_table_and_two_names_that_are_equal_are_refused() -> None:
    with pytest.raises(DefinitionError, match="no table is named"):
        indicia.recast(index(), {})
    with pytest.raises(DefinitionError, match="two tables have the name data") as caught:
        indicia.recast(index(), ["2021/data.csv", "2022/data.csv"])
    assert "2020=old/data.csv" in str(caught.value.remedy)
