"""An index reads the rows of every partition with the same types, as it reads the table in memory."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import indicia
from indicia.data.notation import cell_kind, inferred
from indicia.data.table_format import NumberFormat
from indicia.errors import DataError, IndiciaWarning
from indicia_partitions.table import PartitionReader, partitions_of_index, reader_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


class Here:
    """Maps in this process."""

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        return map(function, items)


def index_of(**data: Any) -> indicia.Index:
    return indicia.read({"data": {"unit": "city", **data}, "indicators": {"gdp": {"per": "people"}}})


def write_parts(folder: Path, *frames: dict[str, list[Any]], ending: str = "parquet") -> Path:
    for name, columns in zip("abcdefgh", frames, strict=False):
        path = folder / f"{name}.{ending}"
        frame = pl.DataFrame(columns)
        frame.write_parquet(path) if ending == "parquet" else frame.write_csv(path, separator=";")
    return folder


def frames_of(index: indicia.Index, folder: Path) -> list[pl.DataFrame]:
    partitions = partitions_of_index(index, folder, rows=2)
    reader = reader_of(index, partitions, Here())
    return [reader(part) for part in partitions.partitions]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("first", "second", "dtype"),
    [
        (["2020", "2021"], ["2020", "2022"], pl.Int64),
        (["2020", "2021"], ["2020/21", "2021/22"], pl.String),
        (["2020", "2021"], ["02", "03"], pl.String),
        (["2020", "2021"], ["2020.5", "2021.5"], pl.Float64),
        (["2020", "2021"], ["NA", None], pl.Int64),
        (["2020年", "2021年"], ["2020", "2022"], pl.Int64),
    ],
)
def test_a_period_has_the_type_that_it_has_in_memory(
    tmp_path: Path, ending: str, first: list[str], second: list[str], dtype: Any
) -> None:
    index = index_of(period="year", unit_marks=["年"])
    frames = [
        {"city": ["Lima", "Oslo"], "year": years, "gdp": ["1", "2.5"], "people": ["1", "2"]}
        for years in (first, second)
    ]
    parts = frames_of(index, write_parts(tmp_path, *frames, ending=ending))
    assert [part.schema["year"] for part in parts] == [dtype, dtype]
    in_memory = index.read_table(pl.concat([pl.DataFrame(frame, strict=False) for frame in frames]))
    assert_frame_equal(pl.concat(parts), in_memory.select(parts[0].columns))


CELLS = st.sampled_from(["1", "2.5", "-3", "01", "x", "", "NA", "-", "5 kg", "1e400", "99999999999999999999", None])


@given(st.lists(CELLS, min_size=1, max_size=6), st.integers(0, 6))
def test_the_greatest_kind_of_the_parts_of_a_column_is_that_of_the_column(cells: list[str | None], cut: int) -> None:
    numbers = NumberFormat(unit_marks=("kg",), missing=("NA", "-"))
    column = pl.Series("x", cells, pl.String)
    kinds = [cell_kind(part, numbers) for part in (column[:cut], column[cut:]) if len(part)]
    assert max(kinds).dtype == inferred(column, numbers).dtype


def test_numbers_are_read_in_the_notation_of_the_index_file_in_every_part(tmp_path: Path) -> None:
    index = index_of(
        decimal=",", thousands=["."], percent=True, separator=";", where={"region": "north"}
    )  # scoring keeps the rows
    shared = {"people": ["1", "1"], "region": ["north", "south"]}
    write_parts(
        tmp_path,
        {"city": ["Lima", "Oslo"], "gdp": ["1.234", "2"], **shared},
        {"city": ["Rome", "Pune"], "gdp": ["1,234", "5 %"], **shared},
        ending="csv",
    )
    assert [part["gdp"].to_list() for part in frames_of(index, tmp_path)] == [[1234.0, 2.0], [1.234, 5.0]]


def test_text_where_numbers_belong_is_an_error_that_names_the_file_and_the_row(tmp_path: Path) -> None:
    write_parts(
        tmp_path,
        {"city": ["Lima", "Pune"], "gdp": ["1", "3"], "people": ["1", "1"]},
        {"city": ["Oslo", "Rome"], "gdp": ["2", "2,5"], "people": ["1", "1"]},
    )
    message = r'gdp has text where numbers belong: "2,5" \(row 2\)\n.*b\.parquet, rows 1 to 2; .*\n  fix: .*decimal'
    with pytest.raises(DataError, match=message):
        frames_of(index_of(), tmp_path)


def test_rows_that_the_index_leaves_out_may_be_all_rows_of_a_part(tmp_path: Path) -> None:
    write_parts(
        tmp_path,
        {"city": ["Lima", "Oslo"], "gdp": [1.0, 2.0], "people": [1, 1]},
        {"city": ["Total"], "gdp": [2.0], "people": [1]},
    )
    frames = frames_of(index_of(without=["Total"]), tmp_path)
    assert [frame.height for frame in frames] == [2, 0]


def test_a_row_that_without_names_may_stand_in_any_part_and_one_that_stands_in_none_is_named(tmp_path: Path) -> None:
    write_parts(
        tmp_path,
        {"city": ["Lima", "Oslo"], "gdp": [1.0, 2.0], "people": [1, 1]},
        {"city": [" Total", "Rome"], "gdp": [2.0, 3.0], "people": [1, 1]},
    )
    with pytest.warns(IndiciaWarning, match=r"^without in \[data\] names Totl, but no row of city has this name$"):
        frames = frames_of(index_of(without=["Totl", "Total"]), tmp_path)
    assert [frame["city"].to_list() for frame in frames] == [["Lima", "Oslo"], ["Rome"]]


def test_a_column_that_the_table_lacks_is_named_with_its_place_in_the_index(tmp_path: Path) -> None:
    write_parts(tmp_path, {"city": ["Lima"], "gpd": [1.0], "people": [1]})
    with pytest.raises(
        DataError, match=r'unknown column "gdp"\n  indicators\.gdp\n.*a\.parquet\n  fix: did you mean "gpd"\?'
    ):
        frames_of(index_of(), tmp_path)


def test_only_columns_of_the_index_are_read(tmp_path: Path) -> None:
    write_parts(tmp_path, {"city": ["Lima"], "gdp": [1.0], "people": [1], "note": ["x"], "area": [1.0]})
    assert frames_of(index_of(), tmp_path)[0].columns == ["city", "gdp", "people"]
    assert frames_of(index_of(columns=["city", "gdp", "people", "area"]), tmp_path)[0].columns == [
        "city",
        "gdp",
        "people",
        "area",
    ]


def test_a_reader_is_pickled(tmp_path: Path) -> None:
    write_parts(tmp_path, {"city": ["Lima"], "gdp": [1.0], "people": [1]})
    index = index_of()
    partitions = partitions_of_index(index, tmp_path)
    reader: PartitionReader = pickle.loads(pickle.dumps(reader_of(index, partitions, Here())))
    assert reader(partitions.partitions[0]).rows() == [("Lima", 1.0, 1.0)]


def test_formats_that_need_all_rows_are_refused_before_files_are_read(tmp_path: Path) -> None:
    index = index_of(joins=[{"path": "people.csv", "on": ["city"]}])
    with pytest.raises(DataError, match=r"a table with joins in \[data\] cannot be read by partitions"):
        partitions_of_index(index, tmp_path / "missing")
