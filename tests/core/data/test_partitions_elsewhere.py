"""Partitions of tables on the web, in object stores and in Delta tables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from object_store import served
from polars.testing import assert_frame_equal

from indicia.data.read_partition import read
from indicia.data.table_partitions import find_partitions
from indicia.errors import DataError, IndiciaError, MissingDependency

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = pl.DataFrame({"city": [f"c{n:02}" for n in range(25)], "x": [n / 7 for n in range(25)]})


def all_rows(source: object, **options: Any) -> pl.DataFrame:
    return pl.concat(read(part) for part in find_partitions(str(source), **options).partitions)


# The web and object stores


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a bucket with a table in parts, and yield the address of the server."""
    folder = tmp_path_factory.mktemp("store")
    for year in (2020, 2021):
        (folder / "bucket" / "parts" / f"year={year}").mkdir(parents=True)
        TABLE[year - 2020 :: 2].write_parquet(folder / "bucket" / "parts" / f"year={year}" / "a.parquet")
    (folder / "bucket" / "parts" / "_SUCCESS").touch()
    TABLE.write_parquet(folder / "bucket" / "table.parquet")
    with served(folder) as address:
        yield address


@pytest.fixture
def bucket(store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let polars take the server for S3, and return the URL of the bucket."""
    variables = {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x", "REGION": "us-east-1", "ALLOW_HTTP": "true"}
    for name, value in {**variables, "ENDPOINT_URL": store}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return "s3://bucket"


@pytest.mark.thorough
@pytest.mark.parametrize("place", ["parts", "parts/", "parts/*/*.parquet", "parts/**/*.parquet"])
def test_a_folder_of_an_object_store_is_read_with_its_keys(bucket: str, place: str) -> None:
    expected = pl.concat([TABLE[0::2].with_columns(year=2020), TABLE[1::2].with_columns(year=2021)])
    assert_frame_equal(all_rows(f"{bucket}/{place}", rows=10), expected.cast({"year": pl.Int64}))


@pytest.mark.thorough
@pytest.mark.parametrize("place", ["missing/", "missing.parquet"])
def test_nothing_in_an_object_store_is_an_error_with_its_address(bucket: str, place: str) -> None:
    with pytest.raises(
        DataError, match=rf"^cannot read s3://bucket/{place}: .*\n.*\n  fix: correct the address; .* AWS_"
    ):
        find_partitions(f"{bucket}/{place}")


@pytest.mark.thorough
def test_a_file_of_the_web_is_read_in_slices_and_no_message_has_its_parameters(store: str) -> None:
    source = f"{store}/bucket/table.parquet?signature=secret"
    assert_frame_equal(all_rows(source, rows=10), TABLE)
    assert "secret" not in find_partitions(source).partitions[0].where
    with pytest.raises(DataError, match=r"cannot read http://.*missing") as raised:
        find_partitions(source.replace("table", "missing"))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("s4://bucket/parts", r"no table can be read from s4://\n  s4://bucket/parts\n  fix: known: abfs"),
        ("postgresql://ann:secret@host/db", r"a database cannot be read by partitions\n  postgresql://host/db\n"),
    ],
)
def test_an_address_of_another_kind_is_refused(source: str, fault: str) -> None:
    with pytest.raises(DataError, match=fault):
        find_partitions(source)


# Delta


@pytest.fixture
def delta(tmp_path: Path) -> Path:
    """Write a Delta table with keys, whose files hold a row that is deleted."""
    deltalake = pytest.importorskip("deltalake")
    place = str(tmp_path / "table")
    table = TABLE.with_columns(region=pl.Series(["no rth", "so/uth", None, "e%20st", "west"] * 5), year=2020)
    deltalake.write_deltalake(place, table[:20].to_arrow(), partition_by=["region", "year"])
    deltalake.write_deltalake(place, table[20:].to_arrow(), mode="append")
    deltalake.DeltaTable(place).delete("city = 'c03'")
    return tmp_path / "table"


@pytest.mark.thorough
def test_a_delta_table_has_its_present_rows_and_its_keys(delta: Path) -> None:
    expected = pl.scan_delta(str(delta)).collect()
    actual = all_rows(delta, rows=3)
    assert actual.schema["year"] == pl.Int64
    assert_frame_equal(actual.sort("city"), expected.select(actual.columns).sort("city"), check_dtypes=False)
    assert len(actual) == 24


@pytest.mark.thorough
def test_files_of_a_delta_table_are_refused_without_the_table(delta: Path) -> None:
    message = (
        r'the files are those of the Delta table ".*table", and some may hold deleted rows\n.*\n  fix: name the folder'
    )
    for source in (delta / "region=west", delta / "*" / "*" / "*.parquet"):
        with pytest.raises(DataError, match=message):
            find_partitions(source)


@pytest.mark.thorough
def test_a_delta_table_with_a_broken_log_is_named(delta: Path) -> None:
    for log in (delta / "_delta_log").iterdir():
        log.write_text("{")
    with pytest.raises(DataError, match=r"^cannot read .*table: "):
        find_partitions(delta)


def test_a_delta_table_needs_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_delta_log").mkdir()
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(MissingDependency, match=r"reading Delta tables .*\n  fix: pip install 'indicia\[delta\]'"):
        find_partitions(tmp_path)


# Iceberg


@pytest.fixture
def iceberg(tmp_path: Path) -> Path:
    """Write an Iceberg table, of which a row is deleted, and return its folder."""
    module = "pyiceberg.catalog.sql"  # codespell:ignore catalog
    catalogues = pytest.importorskip(module, reason="no pyiceberg: Iceberg tables are not tried")
    catalogue = catalogues.SqlCatalog("c", uri=f"sqlite:///{tmp_path}/c.db", warehouse=f"file://{tmp_path}")
    catalogue.create_namespace("ns")
    arrow = TABLE.to_arrow(compat_level=pl.CompatLevel.oldest())
    table = catalogue.create_table("ns.table", schema=arrow.schema)
    table.append(arrow.slice(0, 20))
    table.append(arrow.slice(20))
    table.delete("city == 'c03'")
    catalogue.engine.dispose()  # closes the connection to its database
    return Path(table.location().removeprefix("file://"))


@pytest.mark.thorough
def test_an_iceberg_table_has_its_present_rows(iceberg: Path) -> None:
    expected = TABLE.filter(pl.col("city") != "c03")
    assert_frame_equal(all_rows(iceberg, rows=3).sort("city"), expected)


@pytest.mark.parametrize("place", [".", "data", "data/*.parquet"])
def test_an_iceberg_table_is_never_read_as_a_folder_of_parquet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / "00002-1.metadata.json").write_text("{}")
    (tmp_path / "data").mkdir()
    TABLE.write_parquet(tmp_path / "data" / "a.parquet")
    monkeypatch.setitem(sys.modules, "pyiceberg.table", None)
    fault = r"pip install 'indicia\[iceberg\]'" if place == "." else r'the Iceberg table ".*", and some may hold'
    with pytest.raises(IndiciaError, match=fault):
        find_partitions(tmp_path / place)
