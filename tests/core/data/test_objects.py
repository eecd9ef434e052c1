"""Tables from objects of Python, with the index of pandas."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import narwhals
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import indicia
from indicia.data import TableFormat, read_table, slices
from indicia.errors import DataError, UnknownColumn

if TYPE_CHECKING:
    from pathlib import Path

CITIES = {"city": ["Lima", "Oslo"], "gdp": [1.5, 2.5]}
ROWS = [("Lima", 1.5), ("Oslo", 2.5)]
FRAME = pd.DataFrame(CITIES)


class Arrow:
    """An object with the interface of Arrow and no other."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return pa.table(CITIES).__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "source",
    [
        pl.DataFrame(CITIES),
        pl.LazyFrame(CITIES),
        FRAME,
        FRAME.set_index("city"),
        pa.table(CITIES),
        pa.record_batch(CITIES),
        pa.Table.from_pandas(FRAME.set_index("city")),
        Arrow(),
        narwhals.from_native(pl.DataFrame(CITIES)),
        narwhals.from_native(FRAME.set_index("city")),
        np.array(ROWS, dtype=[("city", "U10"), ("gdp", "f8")]),
        np.array(ROWS, dtype=[("city", "S10"), ("gdp", "f8")]),
        np.rec.array(ROWS, dtype=[("city", "U10"), ("gdp", "f8")]),
        CITIES,
        {"city": np.array(["Lima", "Oslo"], dtype=object), "gdp": np.array([1.5, 2.5])},
        {"city": pl.Series(["Lima", "Oslo"]), "gdp": pd.Series([1.5, 2.5])},
        {"city": ("Lima", "Oslo"), "gdp": (Decimal("1.5"), 2.5)},
        [{"city": "Lima", "gdp": 1.5}, {"city": "Oslo", "gdp": 2.5}],
    ],
    ids=lambda source: type(source).__module__.partition(".")[0] + " " + type(source).__name__,
)
def test_an_object_with_names_is_a_table(source: object) -> None:
    frame = read_table(source)
    assert frame.columns == ["city", "gdp"]
    assert frame.rows() == ROWS


def test_a_relation_of_duckdb_is_a_table() -> None:
    duckdb = pytest.importorskip("duckdb")
    frame = read_table(duckdb.sql("SELECT 'Lima' AS city, 1.5::DECIMAL(5, 2) AS gdp"))
    assert frame.rows() == [("Lima", 1.5)]
    assert frame.schema["gdp"] == pl.Float64


# Missing and mixed values


@pytest.mark.parametrize(
    "missing", [None, float("nan"), pd.NA, pd.NaT, np.nan], ids=["None", "nan", "NA", "NaT", "nan of NumPy"]
)
def test_missing_values_are_null(missing: object) -> None:
    assert read_table({"gdp": [1.5, missing]}, numbers=["gdp"])["gdp"].to_list() == [1.5, None]


def test_a_masked_value_is_null() -> None:
    assert read_table({"gdp": np.ma.masked_array([1.5, 2.5], [False, True])})["gdp"].to_list() == [1.5, None]


def test_a_record_without_a_column_has_null_there() -> None:
    frame = read_table([{"city": "Lima", "gdp": 1.5}, {"city": "Oslo", "co2": 2}])
    assert frame.rows() == [("Lima", 1.5, None), ("Oslo", None, 2)]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, 2], pl.Int64),
        ([1, 2.5], pl.Float64),
        ([np.float64(1), np.int64(2)], pl.Float64),
        ([2**70, 1], pl.Float64),
        ([Decimal("1.5")], pl.Float64),
        ([1, "n/a"], pl.Int64),  # a mark of a missing value
        ([1, "many"], pl.String),
        ([True, False], pl.Boolean),
        ([dt.date(2020, 12, 31)], pl.Date),
    ],
)
def test_the_type_of_a_list_is_that_of_its_values(values: list[object], dtype: pl.DataType) -> None:
    assert read_table({"x": values}).schema["x"] == dtype


# The index of pandas


@pytest.mark.parametrize(
    ("index", "columns"),
    [
        (pd.RangeIndex(2), ["gdp"]),
        (pd.Index([4, 7]), ["gdp"]),  # rows of a larger frame
        (pd.Index(["Lima", "Oslo"]), ["name", "gdp"]),
        (pd.Index(["Lima", "Oslo"], name="city"), ["city", "gdp"]),
        (pd.Index([4, 7], name="id"), ["id", "gdp"]),
        (pd.to_datetime(["2019-12-31", "2020-12-31"]), ["name", "gdp"]),
        (pd.MultiIndex.from_product([["Lima"], [2019, 2020]], names=["city", "year"]), ["city", "year", "gdp"]),
        (pd.MultiIndex.from_product([["Lima"], [2019, 2020]]), ["level_0", "level_1", "gdp"]),
    ],
)
@pytest.mark.parametrize("kind", ["frame", "parquet", "arrow"])
def test_an_index_is_a_column_unless_it_counts_rows(
    index: pd.Index, columns: list[str], kind: str, tmp_path: Path
) -> None:
    frame = pd.DataFrame({"gdp": [1.5, 2.5]}, index=index)
    source: Any = frame
    if kind == "parquet":
        frame.to_parquet(tmp_path / "t.parquet")
        source = tmp_path / "t.parquet"
        assert next(slices(source)).columns == columns
    elif kind == "arrow":
        source = pa.Table.from_pandas(frame)
    read = read_table(source)
    assert read.columns == columns
    assert read["gdp"].to_list() == [1.5, 2.5]


def test_a_parquet_file_from_standard_input_has_its_index_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO()
    FRAME.set_index("city").to_parquet(content)
    assert read_table(content.getvalue()).columns == ["city", "gdp"]


def test_a_series_is_a_table_with_its_index() -> None:
    series = pd.Series([1.5, 2.5], index=["Lima", "Oslo"])
    assert read_table(series).columns == ["name", "value"]
    assert read_table(series.rename("gdp")).rows() == ROWS


def test_names_of_several_levels_are_joined() -> None:
    columns = pd.MultiIndex.from_tuples([("city", ""), ("gdp", 2019), ("gdp", 2020)])
    assert read_table(pd.DataFrame([["Lima", 1, 2]], columns=columns)).columns == ["city", "gdp 2019", "gdp 2020"]


def test_an_index_with_the_name_of_a_column_is_refused() -> None:
    with pytest.raises(DataError, match="the index has the name of a column: city") as caught:
        read_table(FRAME.set_index("city", drop=False))
    assert caught.value.remedy == "rename the index or the column"


# Columns to read, and refusals


@pytest.mark.parametrize("source", [FRAME, pl.DataFrame(CITIES), CITIES, pa.table(CITIES)])
def test_columns_are_read_by_name(source: object) -> None:
    assert read_table(source, TableFormat(columns=("gdp",))).columns == ["gdp"]
    with pytest.raises(UnknownColumn, match='no column "gpd"'):
        read_table(source, TableFormat(columns=("gpd",)))


@pytest.mark.parametrize(
    ("source", "what", "remedy"),
    [
        (np.zeros((3, 2)), "an array of numbers (3 × 2) has no names", 'name the columns: {"city": names'),
        (np.zeros((2, 2), dtype=[("x", "f8")]), "2 dimensions", "one dimension"),
        ({}, "the dict has no columns", "for example"),
        ({"a": [1, 2], "b": [1]}, "a has 2 values, and b has 1", "None for a missing value"),
        ({"a": 1}, "a is 1, not the list", '{"a": [1.5, 2.5]}'),
        ({"a": "text"}, "a is 'text', not the list", '{"a": [1.5, 2.5]}'),
        ({"Lima": {"gdp": 1}}, "Lima is a dict", "give a list of dicts"),
        ({"a": np.zeros((2, 2))}, "a is an array of 2 × 2 values", "a name of its own"),
        ([], "the list has no rows", "for example"),
        ([["Lima", 1]], "the list holds a list", "give a list of dicts"),
        (object(), "cannot read a table from an object", "a table of Arrow, a structured array of NumPy, a dict of"),
    ],
)
def test_an_object_without_names_is_refused_with_a_form_that_can_be_read(
    source: object, what: str, remedy: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_table(source)
    assert what in caught.value.what
    assert remedy in str(caught.value.remedy)


def test_a_column_of_durations_is_text_and_may_be_a_period_or_a_group() -> None:
    hours = [dt.timedelta(hours=1), dt.timedelta(hours=2, minutes=30), dt.timedelta(hours=1)]
    table = pl.DataFrame({"city": ["Lima", "Lima", "Oslo"], "time": hours, "jobs": [1.0, 2.0, 3.0]})
    texts = ["PT1H", "PT2H30M", "PT1H"]
    assert read_table(table)["time"].to_list() == read_table(table.to_pandas())["time"].to_list() == texts
    indicators = {"jobs": {"direction": "benefit"}}
    panel = indicia.read({"data": {"unit": "city", "period": "time"}, "indicators": indicators}).score(table)
    assert panel.scores["time"].to_list() == texts
    assert indicia.score(table).scores.height == 3  # the durations are recognised as periods
    groups = indicia.read({"data": {"unit": "city", "groups": ["time"]}, "indicators": indicators})
    with pytest.raises(DataError, match="Lima"):  # it stands twice
        groups.score(table)
