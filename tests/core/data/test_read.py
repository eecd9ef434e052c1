"""Reading tables: names stay as written, gaps are marked, and an error names the place."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest

from indicia.data import NumberFormat, TableFormat, read_table
from indicia.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    File = Callable[[str, str | bytes], Path]


def marked(*marks: str) -> TableFormat:
    return TableFormat(numbers=NumberFormat(missing=marks))


def refusal(source: object, **options: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        read_table(source, **options)
    return caught.value


# Text, numbers and what is missing


def test_a_text_column_keeps_its_zeros_and_namibia_its_name(file: File) -> None:
    path = file("t.csv", "code,country,gdp\n007,NA,1\n010,null,2\n")
    assert read_table(path, text=["code", "country"]).rows() == [("007", "NA", 1), ("010", "null", 2)]


@pytest.mark.parametrize("row", [0, 999, 1_000, 1_999])
def test_one_cell_that_is_no_number_makes_text_of_a_column_wherever_it_stands(row: int) -> None:
    cells = [f" {number}" for number in range(2_000)]
    assert read_table(pl.DataFrame({"x": cells}))["x"].dtype == pl.Int64
    cells[row] = "007"
    assert read_table(pl.DataFrame({"x": cells}))["x"].to_list() == cells
    cells[row] = "Lima"
    assert read_table(pl.DataFrame({"x": cells}))["x"].to_list() == cells


def test_a_column_of_the_marks_of_this_table_alone_is_text() -> None:
    table = pl.DataFrame({"member": ["x", None, "x"], "gdp": ["1", "x", "3"], "co2": ["NA", "NA", None]})

    read = read_table(table, marked("x", "NA"))

    assert read["member"].to_list() == ["x", None, "x"]
    assert read["gdp"].to_list() == [1, None, 3]
    assert read["co2"].dtype == pl.Float64


def test_the_columns_of_data_are_chosen_from_a_frame() -> None:
    table = pl.DataFrame({"unit": ["a"], "gdp": [1.0], "co2": [2.0]})

    assert read_table(table, TableFormat(columns=("co2", "unit"))).columns == ["unit", "co2"]
    assert 'no column "cO2"' in refusal(table, format=TableFormat(columns=("cO2",))).what


def test_text_keeps_its_spaces(file: File) -> None:
    assert read_table(file("t.csv", "unit,x\n Lima ,1\n"), text=["unit"])["unit"][0] == " Lima "


def test_an_empty_text_is_null_quoted_or_not(file: File) -> None:
    path = file("t.csv", 'unit,x\n"",1\n,2\n')
    assert read_table(path, text=["unit"])["unit"].to_list() == [None, None]


@pytest.mark.parametrize(
    "mark", ["", "NA", "N/A", "n/a", "NaN", "nan", "null", "None", "#N/A", "..", "...", "…", " NA "]
)
def test_a_mark_of_missing_is_null_in_a_number_column(file: File, mark: str) -> None:
    path = file("t.csv", f"unit,gdp\na,{mark}\nb,2\n")
    assert read_table(path, text=["unit"], numbers=["gdp"])["gdp"].to_list() == [None, 2.0]


def test_a_zero_is_never_missing(file: File) -> None:
    path = file("t.csv", "unit,gdp\na,0\nb,0.0\nc,-0\nd,NA\n")
    assert read_table(path, numbers=["gdp"])["gdp"].to_list() == [0.0, 0.0, 0.0, None]


def test_nan_is_null_even_when_it_is_no_mark(file: File) -> None:
    path = file("t.csv", "unit,gdp,x\na,NaN,nan\nb,2,1.5\n")
    frame = read_table(path, numbers=["gdp"], format=marked("-"))
    assert frame.rows() == [("a", None, None), ("b", 2.0, 1.5)]


@pytest.mark.parametrize("written", ["-999", "-999.0", "-999.00"])
def test_a_number_can_be_a_mark_however_it_is_written(file: File, written: str) -> None:
    path = file("t.csv", f"unit,gdp\na,{written}\nb,2\n")
    assert read_table(path, numbers=["gdp"], format=marked("-999"))["gdp"].to_list() == [None, 2.0]


def test_a_number_can_be_a_mark_in_a_frame() -> None:
    frame = pl.DataFrame({"gdp": [-999, 2]})
    assert read_table(frame, format=marked("-999"))["gdp"].to_list() == [None, 2]


def test_an_empty_cell_is_missing_whatever_the_marks(file: File) -> None:
    path = file("t.csv", "unit,gdp\na,\nb,-\nc,1\n")
    assert read_table(path, numbers=["gdp"], format=marked("-"))["gdp"].to_list() == [None, None, 1.0]


def test_space_around_numbers_and_headers_is_harmless(file: File) -> None:
    path = file("t.csv", "unit , gdp \nLima, 1.5 \nOruro,\t2\n")
    assert read_table(path, text=["unit"], numbers=["gdp"])["gdp"].to_list() == [1.5, 2.0]


def test_columns_of_whole_numbers_become_integers_unless_floats_are_requested(file: File) -> None:
    frame = read_table(file("t.csv", "year,gdp,city\n2020,1.5,Lima\n2021,..,\n"))
    assert dict(frame.schema) == {"year": pl.Int64, "gdp": pl.Float64, "city": pl.String}


def test_columns_of_the_argument_numbers_are_floats(file: File) -> None:
    assert read_table(file("t.csv", "unit,x\na,1\n"), numbers=["x"])["x"].dtype == pl.Float64


def test_a_column_that_only_looks_like_numbers_at_first_is_text(file: File) -> None:
    path = file("t.csv", "x,y\n" + "1,1\n" * 3000 + "one,1\n")
    frame = read_table(path)
    assert (frame["x"].dtype, frame["x"][0], frame["y"].dtype) == (pl.String, "1", pl.Int64)


def test_a_column_that_only_looks_whole_at_first_is_of_floats(file: File) -> None:
    path = file("t.csv", "x,y\n" + "1,1\n" * 3000 + "1.5,1\n")
    assert read_table(path)["x"].dtype == pl.Float64


def test_a_column_that_is_empty_at_first_is_still_of_whole_numbers(file: File) -> None:
    path = file("t.csv", "x,y\n" + ",1\n" * 3000 + "7,1\n")
    assert read_table(path)["x"].dtype == pl.Int64


def test_a_column_of_marks_only_is_of_numbers(file: File) -> None:
    assert read_table(file("t.csv", "unit,x\na,..\nb,NA\n"))["x"].to_list() == [None, None]


# Frames


def test_a_polars_frame_is_a_table() -> None:
    frame = pl.DataFrame({"code": [1, 2], "x": [float("nan"), 2]})
    assert read_table(frame, text=["code"], numbers=["x"]).rows() == [("1", None), ("2", 2.0)]


def test_a_lazy_frame_is_a_table() -> None:
    assert read_table(pl.LazyFrame({"x": [1]}), numbers=["x"])["x"].to_list() == [1.0]


def test_a_frame_keeps_a_row_that_is_empty() -> None:
    assert read_table(pl.DataFrame({"x": [1, None]}), numbers=["x"]).height == 2


def test_categories_are_text_and_may_hold_numbers() -> None:
    frame = pl.DataFrame({"unit": ["b", "a"], "x": ["10", "NA"]}, schema=dict.fromkeys(["unit", "x"], pl.Categorical))
    assert read_table(frame, text=["unit"], numbers=["x"]).rows() == [("b", 10.0), ("a", None)]


def test_decimals_are_numbers() -> None:
    frame = pl.DataFrame({"x": ["1.25"]}).cast(pl.Decimal(10, 2))
    assert read_table(frame)["x"].to_list() == [1.25]


def test_a_moment_at_midnight_is_written_as_a_date() -> None:
    assert read_table(pl.DataFrame({"t": [dt.datetime(2020, 1, 1)]}), text=["t"])["t"][0] == "2020-01-01"


def test_a_pandas_frame_is_a_table_and_its_nan_are_null() -> None:
    frame = pd.DataFrame({"unit": ["a", None], "x": [1.5, float("nan")], "n": pd.array([1, None], dtype="Int64")})
    assert read_table(frame, text=["unit"], numbers=["x"]).rows() == [("a", 1.5, 1), (None, None, None)]


def test_a_pandas_column_may_mix_numbers_and_marks() -> None:
    frame = pd.DataFrame({"x": pd.Series([1.5, "..", None, 2], dtype=object), 2020: [1, 2, 3, 4]})
    assert read_table(frame, numbers=["x", "2020"])["x"].to_list() == [1.5, None, None, 2.0]


def test_pandas_columns_of_one_name_are_refused() -> None:
    assert refusal(pd.DataFrame([[1, 2]], columns=["x", "x "])).what == 'two columns are called "x"'


def test_a_file_that_is_not_a_table_is_refused() -> None:
    assert refusal(1.5).what == "cannot read a table from a float"


# What goes wrong: files


def test_a_missing_file_names_the_nearest(file: File, tmp_path: Path) -> None:
    file("cities.csv", "x\n1\n")
    error = refusal("citys.csv", folder=tmp_path)
    assert (error.what, error.remedy) == ('no file "citys.csv"', 'did you mean "cities.csv"?')


def test_a_missing_file_in_a_folder_without_tables_has_a_remedy_too(tmp_path: Path) -> None:
    assert refusal("cities.csv", folder=tmp_path).remedy == "name a file that exists"


def test_the_error_names_a_missing_folder(tmp_path: Path) -> None:
    assert refusal("none/t.csv", folder=tmp_path).remedy == f'there is no folder "{tmp_path / "none"}"'


def test_an_unknown_ending_lists_the_known_ones(file: File) -> None:
    error = refusal(file("t.sav", "x"))
    assert error.what == 'the ending of "t.sav" is not that of a table'
    assert error.remedy == (
        "known: csv, tsv, txt, parquet, json, ndjson, jsonl, xlsx, xlsm, xlsb, xls, ods, sqlite, sqlite3, db, duckdb"
    )


def test_a_folder_names_its_tables(file: File, tmp_path: Path) -> None:
    file("a.csv", "x\n1\n")
    error = refusal(tmp_path)
    assert (error.what, error.remedy) == (f'"{tmp_path}" is a folder, not a file', "name a file in it: a.csv")


@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "ndjson", "parquet", "xlsx"])
def test_an_empty_file_is_refused(file: File, ending: str) -> None:
    assert refusal(file(f"t.{ending}", "")).what == "the file is empty"


@pytest.mark.parametrize("content", ["unit,gdp\n", "unit,gdp", "unit,gdp\n,\n\n"])
def test_a_header_without_rows_is_refused(file: File, content: str) -> None:
    assert refusal(file("t.csv", content), numbers=["gdp"]).what == "the table has a header and no rows"


def test_an_empty_list_of_records_is_refused(file: File) -> None:
    assert refusal(file("t.json", "[]")).what == "the table has a header and no rows"


# What goes wrong: columns


def test_a_column_that_is_not_there_names_the_nearest(file: File) -> None:
    error = refusal(file("t.csv", "unit,gdp\na,1\n"), text=["unit"], numbers=["gpd"])
    assert error.what == 'no column "gpd" in the table, which has 2 columns'
    assert error.remedy == 'did you mean "gdp"?'


def test_a_text_column_that_is_not_there_is_refused(file: File) -> None:
    assert refusal(file("t.csv", "a/b\n1/2\n"), text=["b"]).what == 'no column "b" in the table, which has 1 column'


@pytest.mark.parametrize("header", ["unit,gdp,gdp", "unit,gdp, gdp", 'unit,gdp,"gdp"'])
def test_two_columns_of_one_name_are_refused(file: File, header: str) -> None:
    assert refusal(file("t.csv", f"{header}\na,1,2\n")).what == 'two columns are called "gdp"'


def test_columns_without_a_name_are_named_by_their_number(file: File) -> None:
    assert read_table(file("t.csv", "unit,gdp,,\na,1,2,3\n")).columns == ["unit", "gdp", "column_2", "column_3"]


def test_columns_without_a_name_and_a_value_are_no_columns(file: File) -> None:
    assert read_table(file("t.csv", ",gdp,,\na,1,,\nb,2,,\n")).columns == ["column_0", "gdp"]


def test_the_remedy_for_two_columns_of_one_name_lists_the_others(file: File) -> None:
    path = file("t.csv", "unit,gdp,gdp,co2\na,1,2,3\n")

    assert '--set \'data.columns=["unit", "co2"]\'' in (refusal(path).remedy or "")
    assert read_table(path, TableFormat(columns=("unit", "co2"))).rows() == [("a", 3)]


def test_lists_are_neither_text_nor_numbers(file: File) -> None:
    path = file("t.json", '[{"x": [1, 2]}]')
    assert refusal(path, numbers=["x"]).what == "x holds lists, records or bytes, not numbers"
    assert refusal(path, text=["x"]).what == "x holds lists, records or bytes, not text"


def test_dates_are_not_numbers() -> None:
    frame = pl.DataFrame({"day": [dt.date(2020, 1, 1)]})
    assert refusal(frame, numbers=["day"]).what == "day holds dates or times, not numbers"


# What goes wrong: cells


def test_text_among_numbers_is_shown_with_its_lines(file: File) -> None:
    cells = ["1"] * 12 + ["unknown"] + ["1"] * 5 + ["1,234", "unknown", "unknown", "x"]
    path = file("t.csv", "unit,gdp\n" + "".join(f'u,"{cell}"\n' for cell in cells))
    error = refusal(path, numbers=["gdp"])
    assert error.what == 'gdp has text where numbers belong: "unknown" (line 14), "1,234" (line 20) and 3 more'
    assert error.where == str(path)


def test_blank_lines_count_as_lines(file: File) -> None:
    path = file("t.csv", "\nunit,gdp\n\na,1\n\nb,?\n")
    assert '"?" (line 6)' in refusal(path, numbers=["gdp"]).what


def test_rows_are_counted_where_a_line_break_stands_in_quotes(file: File) -> None:
    path = file("t.csv", 'unit,gdp\n"a\nb",1\nc,?\n')
    assert '"?" (row 2)' in refusal(path, numbers=["gdp"]).what


def test_a_record_is_shown_with_its_row(file: File) -> None:
    path = file("t.ndjson", '{"gdp": 1}\n{"gdp": "?"}\n')
    assert '"?" (row 2)' in refusal(path, numbers=["gdp"]).what


def test_the_other_columns_with_text_are_named(file: File) -> None:
    path = file("t.csv", "unit,gdp,hdi,x\na,?,?,1\n")
    assert refusal(path, numbers=["gdp", "hdi", "x"]).where == f"{path}\nalso in hdi"


def test_the_remedy_for_text_is_a_mark_of_missing(file: File) -> None:
    path = file("t.csv", "unit,gdp\na,?\nb,-\n")
    remedy = refusal(path, numbers=["gdp"]).remedy or ""
    assert remedy.startswith('add "?", "-" to the `missing` marks if the number is missing')
    assert '--set \'data.missing=["?", "-", "NA"' in remedy


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["12.5%"], ["percent = true", "--set data.percent=true"]),
        (["$3"], ['unit_marks = ["$"]', "--set 'data.unit_marks=[\"$\"]'"]),
        (["50 kg"], ['unit_marks = ["kg"]']),
        (["3 bn"], ['magnitudes = { "bn" = 1e9 }', "--set 'data.magnitudes="]),
        (["3.2亿元"], ['magnitudes = { "亿" = 1e8 }', 'unit_marks = ["元"]']),
        (["499*", "7[1]"], ['footnotes = ["*", "[1]"]', "--set 'data.footnotes="]),
        (["82.4 p"], ['flags = ["p"]', "--set 'data.flags="]),
        (["12,5", "0,123"], ['decimal = ","', "reads \"12,5\" as 12.5 (--set data.decimal=,)"]),
        (["1,234,567"], ['thousands = ","', "as 1234567 (--set data.thousands=,)"]),
        (["1 335,21"], ['thousands = " " and decimal = ","', "as 1335.21"]),
        (["1'234"], ["--set \"data.thousands='\""]),
        (["0x10"], ["write numbers bare"]),
    ],
)  # fmt: skip
def test_the_remedy_is_the_word_that_reads_the_notation(file: File, cells: list[str], words: list[str]) -> None:
    rows = "".join(f'u{row},"{cell}"\n' for row, cell in enumerate(cells))
    remedy = refusal(file("t.csv", f"unit,gdp\n{rows}"), numbers=["gdp"]).remedy or ""
    for word in words:
        assert word in remedy


def test_the_remedy_for_an_ambiguous_separator_shows_both_readings(file: File) -> None:
    remedy = refusal(file("t.csv", 'unit,gdp\na,"1,234"\n'), numbers=["gdp"]).remedy or ""
    assert "as 1.234 (--set data.decimal=,)" in remedy
    assert "as 1234 (--set data.thousands=,)" in remedy


def test_the_remedy_for_truth_is_ones_and_zeros(file: File) -> None:
    error = refusal(file("t.csv", "unit,coast\na,True\nb,no\n"), numbers=["coast"])
    assert error.remedy == "write 1 for true and 0 for false"


def test_a_workbook_that_is_called_text_is_recognised(file: File) -> None:
    error = refusal(file("t.csv", b"PK\x03\x04\xff"))
    assert (error.what, error.remedy) == ("this is not a text but xlsx", "end its name in .xlsx")


def test_a_column_may_be_text_and_a_number_if_its_cells_are_numbers(file: File) -> None:
    assert read_table(file("t.csv", "unit,decile\na,01\n"), text=["decile"], numbers=["decile"]).rows() == [("a", "01")]
    error = refusal(file("t.csv", "unit,region\na,north\n"), text=["region"], numbers=["region"])
    assert error.what == 'region has text where numbers belong: "north" (line 2)'


@pytest.mark.parametrize("number", ["1_000", "0x10", "12%", "٣", "1e", "--1"])
def test_what_only_resembles_a_number_is_text(file: File, number: str) -> None:
    assert f'"{number}" (line 2)' in refusal(file("t.csv", f"unit,gdp\na,{number}\n"), numbers=["gdp"]).what


def test_infinity_can_be_a_mark_of_missing(file: File) -> None:
    path = file("t.csv", "unit,gdp\na,1\nb,inf\n")
    assert read_table(path, numbers=["gdp"], format=marked("inf"))["gdp"].to_list() == [1.0, None]


def test_a_whole_number_of_31_digits_in_json_is_read_or_refused_by_its_size(file: File) -> None:
    """Versions of polars below 1.38 read whole numbers of 64 bits at most."""
    large = '[{"unit": "a", "x": 1000000000000000000000000000000}, {"unit": "b", "x": 2}]'
    if tuple(map(int, pl.__version__.split(".")[:2])) >= (1, 38):
        assert read_table(file("t.json", large))["x"].to_list() == [10**30, 2]
    else:
        with pytest.raises(DataError, match="a whole number of 31 digits is too large"):
            read_table(file("t.json", large))


def test_a_path_with_a_null_character_is_refused() -> None:
    error = refusal("ci\0ties.csv")
    assert "cannot be the path of a file" in error.what


def test_a_column_that_is_missing_beside_a_single_other_asks_for_separators(file: File) -> None:
    """The single column of a file that is no table has a line of the file for a name, which is not shown."""
    error = refusal(file("t.csv", "city/gdp\nLima/1\n"), text=["city"])
    assert error.what == 'no column "city" in the table, which has 1 column'
    assert error.remedy == "commas, semicolons or tabs separate columns"
