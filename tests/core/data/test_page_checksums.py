"""Damaged pages of a Parquet file are found by the checksums that the file has."""

import io
from pathlib import Path

import polars as pl
import pytest

import indicia
from indicia.data.page_checksums import check_pages
from indicia.data.stream import slices
from indicia.errors import DataError

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

ROWS = 3000
INDEX = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {"direction": "benefit"}}})


def write(path: Path, **options: object) -> Path:
    """Write a table of cities in three row groups."""
    cities = pa.table({"city": [f"c{row}" for row in range(ROWS)], "income": [row + 0.5 for row in range(ROWS)]})
    pq.write_table(cities, path, row_group_size=1000, **{"write_page_checksum": True, **options})
    return path


def damaged(path: Path, value: float) -> Path:
    """Return a file in which 400 bytes of the page from a value on are zero."""
    content = bytearray(path.read_bytes())
    at = content.index(pa.array([value]).buffers()[1].to_pybytes()[:8])
    content[at : at + 400] = bytes(400)
    other = path.with_name("damaged.parquet")
    other.write_bytes(content)
    return other


PLAIN = {"compression": "none", "use_dictionary": False}


def read_in_memory(path: Path) -> None:
    INDEX.score(path)


def read_as_bytes(path: Path) -> None:
    check_pages(io.BytesIO(path.read_bytes()), "bytes")


def read_in_slices(path: Path) -> None:
    for _ in slices(path):
        pass


def read_in_partitions(path: Path) -> None:
    INDEX.score_partitions(path.with_suffix(""), path, engine="memory", rows=1000)


@pytest.mark.parametrize("read", [read_in_memory, read_as_bytes, read_in_slices, read_in_partitions])
def test_zeroed_bytes_within_a_page_are_refused_by_the_name_of_the_column(tmp_path, read):
    path = write(tmp_path / "cities.parquet", **PLAIN)
    read(path)
    with pytest.raises(DataError, match=r'the values of "income" differ from their checksum') as caught:
        read(damaged(path, 1100.5))
    assert "take the file from where it was written" in str(caught.value.remedy)


def test_a_file_without_checksums_is_read_as_it_is(tmp_path):
    path = damaged(write(tmp_path / "cities.parquet", write_page_checksum=False, **PLAIN), 1100.5)
    assert pl.read_parquet(path)["income"][1100] == 0.0
    check_pages(path, "path")


@pytest.mark.parametrize(
    "options",
    [{}, {"compression": "zstd"}, {"data_page_version": "2.0"}, {"data_page_size": 100}, {"write_statistics": False}],
    ids=str,
)
def test_whole_files_of_every_kind_are_accepted(tmp_path, options):
    check_pages(write(tmp_path / "cities.parquet", **options), "path")


@pytest.mark.parametrize(("names", "first"), [({"city"}, 0), ({"income"}, 2000)])
def test_only_the_columns_and_row_groups_that_are_read_are_compared(tmp_path, names, first):
    path = damaged(write(tmp_path / "cities.parquet", **PLAIN), 1100.5)
    check_pages(path, "path", names, first, 1000 if first else None)
    with pytest.raises(DataError):
        check_pages(path, "path", {"income"}, 1999, 1)


def test_bytes_that_are_no_parquet_are_left_to_polars(tmp_path):
    check_pages(io.BytesIO(b"PAR1 no table PAR1"), "bytes")
    frame = pl.DataFrame({"x": [1.0]})
    frame.write_parquet(tmp_path / "x.parquet")
    check_pages(tmp_path / "x.parquet", "path")
