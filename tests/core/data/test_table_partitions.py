"""Partitions of a table: found by the names of files and by footers, and read with the same types everywhere."""

from __future__ import annotations

import pickle
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from indicia.data.read_partition import read
from indicia.data.table_format import Join, TableFormat, WideLayout
from indicia.data.table_partitions import _cuts, find_partitions
from indicia.errors import DataError, UnknownColumn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TABLE = pl.DataFrame({"city": [f"c{n:02}" for n in range(25)], "x": [n / 7 for n in range(25)]})


def all_rows(source: str | Path, names: list[str] | None = None, **options: Any) -> pl.DataFrame:
    return pl.concat(read(part, names) for part in find_partitions(source, **options).partitions)


def write_parts(folder: Path, *frames: pl.DataFrame, ending: str = "parquet") -> Path:
    """Write frames as the files a.parquet, b.parquet, … of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in zip("abcdefgh", frames, strict=False):
        path = folder / f"{name}.{ending}"
        if ending == "parquet":
            frame.write_parquet(path)
        else:
            frame.write_csv(path, separator="\t" if ending == "tsv" else ",")
    return folder


# In any cut, the rows are those of the table


@pytest.mark.parametrize("rows", [1, 3, 7, 100])
def test_partitions_of_a_folder_put_together_are_the_table(tmp_path: Path, rows: int) -> None:
    write_parts(tmp_path, TABLE[:7], TABLE[7:7], TABLE[7:22], TABLE[22:])
    assert_frame_equal(all_rows(tmp_path, rows=rows), TABLE)


@pytest.mark.parametrize("rows", [1, 3, 7, 100])
@pytest.mark.parametrize("group", [2, 10, 25])
def test_partitions_of_one_file_put_together_are_the_table(tmp_path: Path, rows: int, group: int) -> None:
    TABLE.write_parquet(tmp_path / "table.parquet", row_group_size=group)
    assert_frame_equal(all_rows(tmp_path / "table.parquet", rows=rows), TABLE)


@given(st.lists(st.integers(0, 50)), st.integers(1, 40))
def test_slices_of_row_groups_cover_every_row_once(groups: list[int], rows: int) -> None:
    slices = list(_cuts(groups, rows))
    assert [row for first, length in slices for row in range(first, first + length)] == list(range(sum(groups)))
    assert all(length <= 1.5 * rows for _, length in slices)


def test_small_files_are_read_together(tmp_path: Path) -> None:
    write_parts(tmp_path, TABLE[:5], TABLE[5:10], TABLE[10:15], TABLE[15:])
    assert [part.rows for part in find_partitions(tmp_path, rows=10).partitions] == [10, 5, 10]


def test_slices_end_between_row_groups(tmp_path: Path) -> None:
    TABLE.write_parquet(tmp_path / "table.parquet", row_group_size=4)
    assert [part.rows for part in find_partitions(tmp_path, rows=10).partitions] == [8, 8, 9]


@pytest.mark.parametrize("ending", ["csv", "tsv"])
@pytest.mark.parametrize("rows", [1, 3, 7, 100])
def test_partitions_of_text_files_put_together_are_the_table(tmp_path: Path, ending: str, rows: int) -> None:
    write_parts(tmp_path, TABLE[:7], TABLE[7:7], TABLE[7:22], TABLE[22:], ending=ending)
    assert_frame_equal(all_rows(tmp_path, rows=rows).cast({"x": pl.Float64}), TABLE)


@given(
    st.lists(st.tuples(st.text('a,"\n\r;é', min_size=1).filter(str.strip), st.integers(0, 10**9)), min_size=1),
    st.integers(1, 8),
)
def test_a_row_with_line_breaks_in_quotation_marks_is_never_cut(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, int]], rows: int
) -> None:
    path = tmp_path_factory.mktemp("text") / "table.csv"
    frame = pl.DataFrame(cells, schema={"name": pl.String, "x": pl.String}, orient="row", strict=False)
    frame.write_csv(path, quote_style="always")
    assert_frame_equal(all_rows(path, rows=rows), frame)


def test_text_files_may_have_columns_in_another_order_and_further_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("city,x\nLima,1\n")
    (tmp_path / "b.tsv").write_text("x\tnote\tcity\n2\tnew\tOslo\n")
    assert all_rows(tmp_path).rows() == [("Lima", "1"), ("Oslo", "2")]


def test_text_files_have_the_encoding_of_the_index_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("城市;x\n北京;1\n上海;2\n", encoding="gb18030")
    chinese = TableFormat(encoding="gb18030", separator=";")
    assert all_rows(tmp_path, rows=1, table_format=chinese).rows() == [("北京", "1"), ("上海", "2")]


@pytest.mark.parametrize("encoding", ["utf-16", "no-encoding"])
def test_a_text_in_which_rows_cannot_be_found_is_refused(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_text("city,x\nLima,1\n")
    with pytest.raises(DataError, match=rf"{encoding}.*\n.*a\.csv\n  fix: ."):
        find_partitions(tmp_path, table_format=TableFormat(encoding=encoding))


# Folders, globs and keys


def test_files_are_read_in_the_order_of_their_paths_and_hidden_ones_are_not(tmp_path: Path) -> None:
    write_parts(tmp_path / "north" / "1", TABLE[2:4])
    write_parts(tmp_path / "a", TABLE[:2])
    for name in ("_SUCCESS", ".part.crc", "_manifest.json"):
        (tmp_path / name).write_text("x")
    write_parts(tmp_path / ".indicia", TABLE)
    assert_frame_equal(all_rows(tmp_path), TABLE[:4])


def test_a_glob_leaves_out_other_files(tmp_path: Path) -> None:
    write_parts(tmp_path / "north", TABLE[:2])
    write_parts(tmp_path / "south", TABLE[2:4])
    (tmp_path / "north" / "README.md").write_text("x")
    assert_frame_equal(all_rows(tmp_path / "*" / "*.parquet"), TABLE[:4])
    assert_frame_equal(all_rows(tmp_path / "**" / "a.parquet"), TABLE[:4])
    assert_frame_equal(all_rows(tmp_path / "so*"), TABLE[2:4])


def test_a_linked_folder_is_read_once(tmp_path: Path) -> None:
    write_parts(tmp_path / "table", TABLE[:2])
    write_parts(tmp_path / "elsewhere", TABLE[2:4])
    (tmp_path / "table" / "b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "loop").symlink_to(tmp_path / "table")
    assert_frame_equal(all_rows(tmp_path / "table"), TABLE[:4])


@pytest.mark.parametrize(
    "keys",
    [("2020", "2021"), ("01", "x"), ("1.5", "2"), ("2020-01-01", "2021-02-02"), ("true", "false"), ("a%20b", "c")],
)
def test_keys_of_folders_become_columns_with_the_types_of_polars(tmp_path: Path, keys: tuple[str, str]) -> None:
    for key in keys:
        write_parts(tmp_path / f"key={key}" / "kind=b", TABLE[:2])
    assert_frame_equal(all_rows(tmp_path), pl.read_parquet(tmp_path, hive_partitioning=True))


def test_keys_of_small_files_that_are_read_together_stand_in_the_rows_of_their_file(tmp_path: Path) -> None:
    for year, rows in ((2020, 2), (2021, 3), (2022, 1)):
        write_parts(tmp_path / f"year={year}", TABLE[:rows])
    assert all_rows(tmp_path, ["year"])["year"].to_list() == [2020, 2020, 2021, 2021, 2021, 2022]
    assert all_rows(tmp_path, ["year", "x"]).height == 6


def test_a_null_among_the_keys_is_a_missing_value(tmp_path: Path) -> None:
    for key in ("2020", "__HIVE_DEFAULT_PARTITION__"):
        write_parts(tmp_path / f"year={key}", TABLE[:1])
    assert all_rows(tmp_path, ["year"])["year"].to_list() == [2020, None]


def test_files_without_the_keys_of_the_others_are_refused(tmp_path: Path) -> None:
    write_parts(tmp_path / "year=2020", TABLE[:2])
    write_parts(tmp_path, TABLE[2:4])
    with pytest.raises(
        DataError, match=r'"a\.parquet" has no key .*"year=2020/a\.parquet" has year\n.*\n  fix: give every'
    ):
        find_partitions(tmp_path)


# Types


def test_columns_of_other_libraries_are_read_as_by_polars(
    tmp_path: Path, file_of_library: Callable[[str], Path]
) -> None:
    for library in ("pandas", "duckdb", "pyarrow"):
        path = file_of_library(library)
        expected = pl.read_parquet(path).cast({pl.Categorical: pl.String})
        assert_frame_equal(all_rows(path, rows=2), expected)


@pytest.fixture
def file_of_library(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a table of many types with a library."""
    arrow: Any = pytest.importorskip("pyarrow")
    frame = pl.DataFrame(
        {
            "city": ["Lima", "Oslo", "Pune", "Rome"],
            "kind": pl.Series(["a", "b", "a", None], dtype=pl.Categorical),
            "day": pl.Series(["2020-01-01", None, "2021-01-01", "2022-01-01"]).str.to_date(),
            "x": pl.Series(["1.50", "2.25", None, "3.00"]).cast(pl.Decimal(10, 2)),
            "n": pl.Series([1, 2, 3, None], dtype=pl.Int32),
        }
    )

    def write(library: str) -> Path:
        path = tmp_path / f"{library}.parquet"
        if library == "pandas":
            frame.to_pandas().to_parquet(path, row_group_size=3)
        elif library == "duckdb":
            pytest.importorskip("duckdb").sql("SELECT * FROM frame").write_parquet(str(path))
        else:
            import pyarrow.parquet

            pyarrow.parquet.write_table(frame.to_arrow().cast(arrow.schema(frame.to_arrow().schema)), path)
        return path

    return write


def test_numbers_of_several_widths_are_read_as_numbers_that_hold_all(tmp_path: Path) -> None:
    write_parts(tmp_path, pl.DataFrame({"x": [1, 2]}), pl.DataFrame({"x": [0.5]}), pl.DataFrame({"x": [None]}))
    assert all_rows(tmp_path, rows=1)["x"].to_list() == [1.0, 2.0, 0.5, None]
    assert find_partitions(tmp_path).schema == {"x": pl.Float64()}


def test_the_index_of_pandas_has_its_name(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    for name, cities in (("a", ["Lima", "Oslo"]), ("b", ["Rome"])):
        pandas.DataFrame({"x": [1.5] * len(cities)}, index=cities).to_parquet(tmp_path / f"{name}.parquet")
    assert all_rows(tmp_path, ["name"])["name"].to_list() == ["Lima", "Oslo", "Rome"]
    assert list(find_partitions(tmp_path).schema) == ["name", "x"]


def test_only_the_columns_that_are_read_must_be_in_every_file(tmp_path: Path) -> None:
    write_parts(tmp_path, TABLE[:2].with_columns(note=pl.lit("x")), TABLE[2:4].with_columns(note=1))
    partitions = find_partitions(tmp_path, columns=["x", "city"]).partitions
    assert_frame_equal(pl.concat(read(part) for part in partitions).select("city", "x"), TABLE[:4])


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_partitions_are_pickled_and_read_in_another_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    write_parts(tmp_path / "parts" / "year=2020", TABLE, ending=ending)
    monkeypatch.chdir(tmp_path)
    (part,) = pickle.loads(pickle.dumps(find_partitions("parts"))).partitions
    monkeypatch.chdir("/")
    assert read(part, ["year", "x"]).columns == ["x", "year"]


# Errors


def test_a_file_that_lacks_a_column_is_named_with_the_nearest_name(tmp_path: Path) -> None:
    write_parts(tmp_path, TABLE[:2], TABLE[2:4].rename({"city": "City"}))
    with pytest.raises(DataError, match=r'b\.parquet" has no column "city", which ".*a\.parquet" has') as raised:
        find_partitions(tmp_path)
    assert raised.value.remedy == 'write the file again with this column; did you mean "City"?'
    assert raised.value.where == str(tmp_path / "b.parquet")


def test_a_text_file_that_lacks_a_column_is_named(tmp_path: Path) -> None:
    write_parts(tmp_path, TABLE[:2], TABLE[2:4].select("city"), ending="csv")
    with pytest.raises(DataError, match=r'b\.csv" has no column "x", which ".*a\.csv" has'):
        find_partitions(tmp_path)


def test_a_column_that_no_file_has_is_named_with_the_nearest_name(tmp_path: Path) -> None:
    write_parts(tmp_path, TABLE)
    with pytest.raises(UnknownColumn, match=r'unknown column "ctiy"\n.*a\.parquet\n  fix: did you mean "city"\?'):
        find_partitions(tmp_path, columns=["ctiy"])
    with pytest.raises(UnknownColumn, match=r'unknown column "y"\n.*a\.parquet, rows 1 to 25\n  fix: known: city, x'):
        read(find_partitions(tmp_path).partitions[0], ["y"])


@pytest.mark.parametrize(
    ("column", "kinds"),
    [
        (["1"], '"x" holds numbers in ".*a.parquet" and text in ".*c.parquet"'),
        ([True], "true and false in"),
        ([[1.0]], "values of the type List"),
    ],
)
def test_a_column_of_another_kind_is_an_error_that_names_both_files(tmp_path: Path, column: Any, kinds: str) -> None:
    write_parts(tmp_path, TABLE, TABLE, pl.DataFrame({"city": ["Lima"], "x": column}))
    with pytest.raises(DataError, match=kinds) as raised:
        find_partitions(tmp_path)
    assert raised.value.where == f"{tmp_path / 'a.parquet'}\n{tmp_path / 'c.parquet'}"
    assert raised.value.remedy == 'write "x" with the same type in every file'


PARQUET = b"PAR1" + b"\0" * 40


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "it is empty"),
        (b"city,x\nLima,1\n", "it is not Parquet"),
        (PARQUET, "it is cut off or damaged"),
        (b"PARE" + b"\0" * 40 + b"PARE", "it is encrypted"),
        (PARQUET + b"\x28\0\0\0PAR1", "its footer is damaged"),
        (PARQUET + b"\x15\x02" * 4 + b"\x08\0\0\0PAR1", "its footer is damaged"),
        (PARQUET + b"\xff\xff\xff\x7fPAR1", "it is cut off or damaged"),
        (b"PAR1", "it is cut off or damaged"),
    ],
)
def test_a_file_that_is_no_whole_parquet_is_named_with_the_fault(tmp_path: Path, content: bytes, fault: str) -> None:
    write_parts(tmp_path, TABLE)
    (tmp_path / "b.parquet").write_bytes(content)
    with pytest.raises(
        DataError, match=rf'^cannot read "b\.parquet": {fault}\n.*b\.parquet\n  fix: write the file again'
    ):
        find_partitions(tmp_path)


def test_a_parquet_file_that_ends_too_early_is_named(tmp_path: Path) -> None:
    write_parts(tmp_path, TABLE, TABLE)
    path = tmp_path / "b.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match=r'"b\.parquet": it is cut off or damaged'):
        find_partitions(tmp_path)


@given(st.data())
def test_a_damaged_footer_is_an_error_or_read(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("damaged") / "a.parquet"
    TABLE.write_parquet(path)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(1, 600))
    content[-at] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    with suppress(DataError):
        for part in find_partitions(path).partitions:
            read(part)


def test_a_file_with_damaged_values_is_named_where_it_is_read(tmp_path: Path) -> None:
    TABLE.write_parquet(tmp_path / "a.parquet", compression="zstd")
    content = bytearray((tmp_path / "a.parquet").read_bytes())
    content[8:120] = bytes(112)
    (tmp_path / "a.parquet").write_bytes(bytes(content))
    with pytest.raises(DataError, match=r'cannot read "a\.parquet": .+\n.*a\.parquet\n  fix: write the file again'):
        all_rows(tmp_path)


def test_the_file_with_damaged_values_is_named_among_small_files_that_are_read_together(tmp_path: Path) -> None:
    write_parts(tmp_path, TABLE, TABLE, TABLE)
    content = bytearray((tmp_path / "b.parquet").read_bytes())
    content[8:120] = bytes(112)
    (tmp_path / "b.parquet").write_bytes(bytes(content))
    with pytest.raises(DataError, match=r'^cannot read "b\.parquet": '):
        all_rows(tmp_path)


def test_a_file_that_changes_during_the_run_is_named(tmp_path: Path) -> None:
    write_parts(tmp_path, TABLE)
    (part,) = find_partitions(tmp_path).partitions
    write_parts(tmp_path, TABLE.reverse().with_columns(y=1))
    with pytest.raises(DataError, match=r'"a\.parquet" changed during the run\n.*\n  fix: start again'):
        read(part)
    (tmp_path / "a.parquet").unlink()
    with pytest.raises(
        DataError, match=r'cannot read "a\.parquet": No such file .*\n.*\n  fix: put the file back; on a cluster'
    ):
        read(part)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "_SUCCESS").touch()
    with pytest.raises(DataError, match=r'the folder ".*" has no file of a table\n.*\n  fix: name a folder or glob'):
        find_partitions(tmp_path)
    with pytest.raises(DataError, match=r'no file matches ".*\*\.parquet"'):
        find_partitions(tmp_path / "*.parquet")


def test_files_without_rows_are_refused(tmp_path: Path) -> None:
    write_parts(tmp_path / "parquet", TABLE[:0], TABLE[:0])
    write_parts(tmp_path / "csv", TABLE[:0], ending="csv")
    for folder in ("parquet", "csv"):
        with pytest.raises(DataError, match="columns and no rows"):
            find_partitions(tmp_path / folder)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        (
            "b.csv",
            r'files of several kinds: "a\.parquet", "b\.csv"\n.*a\.parquet\n.*b\.csv\n  fix: name those of one kind',
        ),
        (
            "b.xlsx",
            r'"b\.xlsx" is no part of a table .*\n.*\n  fix: take it out of the folder, or name the parts with a',
        ),
        ("README", r'"README" is no part of a table'),
    ],
)
def test_a_folder_with_other_files_is_refused(tmp_path: Path, name: str, fault: str) -> None:
    write_parts(tmp_path, TABLE)
    (tmp_path / name).write_text("x")
    with pytest.raises(DataError, match=fault):
        find_partitions(tmp_path)


def test_a_parquet_file_without_an_ending_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    TABLE.write_parquet(tmp_path / "000000_0")
    assert_frame_equal(all_rows(tmp_path), TABLE)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("prats", r'no folder "prats"\n.*\n  fix: did you mean "parts"\?'),
        ("parts/b.parquet", r'no file "b\.parquet"\n.*\n  fix: did you mean "a\.parquet"\?'),
        ("prats/x/*.parquet", r'no folder "prats"\n.*\n  fix: did you mean "parts"\?'),
        ("prats/x/b.parquet", r'no folder "prats"\n.*\n  fix: did you mean "parts"\?'),
    ],
)
def test_a_missing_folder_is_an_error_with_the_nearest_name(tmp_path: Path, source: str, fault: str) -> None:
    write_parts(tmp_path / "parts", TABLE)
    with pytest.raises(DataError, match=fault):
        find_partitions(tmp_path / source)


@pytest.mark.parametrize(
    "table_format",
    [
        TableFormat(skip_rows=1),
        TableFormat(footer_rows=1),
        TableFormat(wide=WideLayout("{period}")),
        TableFormat(query="SELECT 1"),
        TableFormat(joins=(Join("people.csv", (("city", "city"),)),)),
    ],
)
def test_formats_that_need_more_than_a_partition_are_refused_by_name(tmp_path: Path, table_format: TableFormat) -> None:
    write_parts(tmp_path, TABLE)
    word = next(
        name
        for name in table_format.__dataclass_fields__
        if getattr(table_format, name) != getattr(TableFormat(), name)
    )
    with pytest.raises(
        DataError, match=rf"a table with {word} in \[data\] cannot be read by partitions.*\n  fix: write"
    ):
        find_partitions(tmp_path, table_format=table_format)


# The fingerprint


def test_the_fingerprint_changes_with_a_file(tmp_path: Path) -> None:
    write_parts(tmp_path, TABLE, TABLE)
    before = find_partitions(tmp_path).fingerprint
    assert find_partitions(tmp_path, rows=1).fingerprint == before
    write_parts(tmp_path, TABLE.with_columns(x=1.0))
    assert find_partitions(tmp_path).fingerprint != before
