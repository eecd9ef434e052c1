"""Reading each kind of file: what is in it comes over, and where it is malformed is said."""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
import zipfile
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import indicia
from indicia.data import TableFormat, read_table, render
from indicia.errors import DataError, IndiciaWarning, MissingDependency

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    File = Callable[[str, str | bytes], Path]


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    return lambda content: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def refusal(source: object, **options: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        read_table(source, **options)
    return caught.value


def workbook(rows: list[list[object]], sheet: str = "Data") -> bytes:
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for row, cells in enumerate(rows):
        page.write_row(row, 0, cells)
    book.close()
    return content.getvalue()


# CSV and TSV


def test_tabs_separate_a_tsv(file: File) -> None:
    assert read_table(file("t.tsv", "unit\tgdp\nLima, Peru\t1\n"), numbers=["gdp"]).rows() == [("Lima, Peru", 1.0)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_header_shows_the_separator(file: File, separator: str) -> None:
    path = file("t.csv", separator.join(['"unit, or; city"', "gdp"]) + f"\nLima{separator}1\n")
    assert read_table(path).columns == ["unit, or; city", "gdp"]


def test_a_byte_order_mark_is_no_part_of_the_header(file: File) -> None:
    assert read_table(file("t.csv", b"\xef\xbb\xbfunit,gdp\nLima,1\n")).columns == ["unit", "gdp"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(file: File, end: str) -> None:
    path = file("t.csv", f"unit,gdp{end}Lima,1{end}Oruro,{end}")
    assert read_table(path, numbers=["gdp"]).rows() == [("Lima", 1.0), ("Oruro", None)]


def test_blank_lines_are_no_rows(file: File) -> None:
    path = file("t.csv", "\n\nunit,gdp\n\n\nLima,1\n\nOruro,\n\n")
    assert read_table(path, numbers=["gdp"]).rows() == [("Lima", 1.0), ("Oruro", None)]


def test_a_quoted_field_may_hold_separators_quotes_and_line_breaks(file: File) -> None:
    path = file("t.csv", 'unit,gdp\n"Lima, ""Peru""\nSouth",1\nOruro,\n')
    assert read_table(path, numbers=["gdp"]).rows() == [('Lima, "Peru"\nSouth', 1.0), ("Oruro", None)]


def test_a_header_may_hold_a_line_break(file: File) -> None:
    frame = read_table(file("t.csv", '"gdp\n(USD)",unit\n1,a\n'), numbers=["gdp\n(USD)"])
    assert frame.columns == ["gdp\n(USD)", "unit"]


def test_another_encoding_is_read_when_it_is_named(file: File) -> None:
    path = file("t.csv", "城市,x\n广州,1\n".encode("gb18030"))
    assert read_table(path, TableFormat(encoding="gb18030")).rows() == [("广州", 1)]


def test_utf_16_is_read_when_it_is_named(file: File) -> None:
    path = file("t.csv", "城市,x\n广州,1\n".encode("utf-16"))
    assert read_table(path, TableFormat(encoding="utf-16")).rows() == [("广州", 1)]


def test_a_long_file_is_read_in_the_order_of_its_lines(file: File) -> None:
    rows = "".join(f"u{i},{i},{'' if i % 3 else i}\n" for i in range(50_000))
    frame = read_table(file("t.csv", "unit,x,y\n" + rows), numbers=["x", "y"])
    assert frame["x"].to_list() == list(range(50_000))


# Other kinds of file


def test_a_list_of_json_records_is_a_table(file: File) -> None:
    path = file("t.json", '[{"code": "007", "x": 1.5}, {"code": 8, "x": null}, {"code": "9", "x": ".."}]')
    frame = read_table(path, text=["code"], numbers=["x"])
    assert frame.rows() == [("007", 1.5), ("8", None), ("9", None)]


def test_json_records_that_differ_late_are_read(file: File) -> None:
    path = file("t.json", "[" + '{"x": 1},' * 500 + '{"x": 2.5, "y": "late"}]')
    assert read_table(path, numbers=["x"]).row(-1) == (2.5, "late")


@pytest.mark.parametrize("ending", ["ndjson", "jsonl", "json"])
def test_one_json_record_per_line_is_a_table(file: File, ending: str) -> None:
    path = file(f"t.{ending}", '{"unit": "a", "x": 1}\n{"unit": "b", "x": "NA"}\n')
    assert read_table(path, numbers=["x"]).rows() == [("a", 1.0), ("b", None)]


def test_parquet_integers_become_plain_text(tmp_path: Path) -> None:
    pl.DataFrame({"code": [7, None], "float": [7.0, 7.5], "x": [1, 2]}).write_parquet(tmp_path / "t.parquet")
    frame = read_table("t.parquet", folder=tmp_path, text=["code", "float"], numbers=["x"])
    assert frame.rows() == [("7", "7", 1.0), (None, "7.5", 2.0)]


def test_a_parquet_file_of_any_length_and_with_any_names_is_one_chunk(tmp_path: Path) -> None:
    names = ["*", "^x.*$", "x1", "x2", "x3", "x4", "x5", "a b"]
    for rows in (1, 3_000_000):  # of the longer one, a column is more than is read at a time
        frame = pl.DataFrame({name: pl.int_range(rows, eager=True) % 7 + at for at, name in enumerate(names)})
        frame.write_parquet(tmp_path / "t.parquet", row_group_size=1_000_000)
        found = read_table("t.parquet", folder=tmp_path)
        assert_frame_equal(found, frame)
        assert found.n_chunks("all") == [1] * len(names)


def test_an_excel_integer_is_plain_text_and_a_code_keeps_its_zeros(file: File) -> None:
    path = file("t.xlsx", workbook([["code", "x"], ["007", 1.5], [7.0, None], ["NA", ".."]]))
    frame = read_table(path, text=["code"], numbers=["x"])
    assert frame.rows() == [("007", 1.5), ("7", None), ("NA", None)]


def test_excel_numbers_keep_small_digits(file: File) -> None:
    path = file("t.xlsx", workbook([["x", "y"], [1e-20, 0.123456789012345], ["..", 1e22]]))
    assert read_table(path, numbers=["x"]).rows() == [(1e-20, 0.123456789012345), (None, 1e22)]


def test_excel_years_are_whole_numbers_and_may_head_columns(file: File) -> None:
    frame = read_table(file("t.xlsx", workbook([["year", 2020], [2021, 1.5]])))
    assert (frame.columns, frame["year"].dtype) == (["year", "2020"], pl.Int64)


def test_an_excel_date_is_written_as_a_date(file: File) -> None:
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd"})
    book.add_worksheet().write_column(0, 0, ["day", dt.date(2020, 12, 31)])
    book.close()
    assert read_table(file("t.xlsx", content.getvalue()), text=["day"])["day"][0] == "2020-12-31"


def test_a_sheet_is_named_behind_the_path(file: File) -> None:
    path = file("t.xlsx", workbook([[None, None], ["unit", "x"], [None, None], ["a", 1]], sheet="Tabelle #1"))
    assert read_table(f"{path}#Tabelle #1", text=["unit"]).rows() == [("a", 1)]


def test_standard_input_may_be_of_any_kind(stdin: Callable[[bytes], None]) -> None:
    frame = pl.DataFrame({"unit": ["a", "b"], "x": [1.5, None]})
    for kind in ("csv", "json", "ndjson", "parquet", "xlsx", "tsv"):
        stdin(render(frame, kind))
        assert_frame_equal(read_table("-", text=["unit"], numbers=["x"]), frame)


# What goes wrong: encodings


def test_a_byte_that_is_not_utf_8_is_shown_with_its_line(file: File) -> None:
    error = refusal(file("t.csv", "unit,x\nLima,1\nMéxico,2\n".encode("cp1252")))
    assert error.what == "the text is not UTF-8: byte 16 (0xe9), on line 3"


@pytest.mark.parametrize(
    ("encoding", "written"),
    [("cp1252", "Zürich,1\nMéxico,2"), ("gb18030", "广州,1\n深圳,2"), ("utf-16", "Zürich,1\n广州,2")],
)
@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_likely_encoding_is_suggested(file: File, ending: str, encoding: str, written: str) -> None:
    content = f"unit,x\n{written}\n" if ending == "csv" else f'[{{"unit": "{written!r}"}}]'
    remedy = f'perhaps encoding = "{encoding}" (--encoding {encoding})'
    assert refusal(file(f"t.{ending}", content.encode(encoding))).remedy == remedy


def test_a_wrong_encoding_is_refused_by_its_name(file: File) -> None:
    error = refusal(file("t.csv", "unit,x\n\xe9,1\n".encode("cp1252")), format=TableFormat(encoding="ascii"))
    assert error.what == "the text is not ASCII: byte 8 (0xe9), on line 2"


def test_an_unknown_encoding_is_refused(file: File) -> None:
    assert refusal(file("t.csv", "x\n1\n"), format=TableFormat(encoding="utf-9")).what == 'unknown encoding "utf-9"'


@pytest.mark.parametrize(
    "codec",
    ["punycode", "idna", "undefined", "unicode_escape", "raw-unicode-escape", "base64", "rot13", "zlib", "x\0y"],
)
def test_a_codec_that_is_no_encoding_of_texts_is_refused(file: File, codec: str) -> None:
    path = file("t.csv", "city,jobs\nLima,3\nOslo,4\n")
    assert refusal(path, format=TableFormat(encoding=codec)).what == f'unknown encoding "{codec}"'
    with pytest.raises(DataError, match="unknown encoding"):
        indicia.score(path, encoding=codec)


# What goes wrong: rows


def test_an_empty_last_field_is_a_field(file: File) -> None:
    assert read_table(file("t.csv", "unit,x,y\na,1,2\nb,2,\n"))["y"].to_list() == [2, None]


@pytest.mark.parametrize("row", ["b,2,3,4", "b,2,3,", "b,2", "b"])
def test_a_row_with_too_many_or_too_few_fields_is_shown_with_its_line(file: File, row: str) -> None:
    error = refusal(file("t.csv", f'unit,x,y\n"a, ""b""",1,2\n{row}\nc,1,2\n'))
    assert error.what == f"line 3 has {row.count(',') + 1} fields where the header has 3"


@pytest.mark.parametrize("row", ["a,1,2,3", "a,1"])
def test_the_first_row_may_be_the_wrong_one(file: File, row: str) -> None:
    assert refusal(file("t.csv", f"unit,x,y\n\n{row}\n")).what.startswith("line 3 has ")


def test_a_short_row_is_found_far_down(file: File) -> None:
    rows = [f'"u, {i}",{i},' for i in range(40_000)]
    rows[34_567] = '"u, 34567",1'
    error = refusal(file("t.csv", "unit,x,y\r\n" + "\r\n".join(rows)), numbers=["x", "y"])
    assert error.what == "line 34569 has 2 fields where the header has 3"


def test_a_quotation_mark_that_is_never_closed_is_shown_with_its_line(file: File) -> None:
    error = refusal(file("t.csv", 'unit,x\na,1\n"b,2\nc,3\n'))
    assert error.what == "the quotation marks on line 3 do not pair"


def test_a_stray_quotation_mark_is_shown_with_its_line(file: File) -> None:
    error = refusal(file("t.csv", 'unit,x\na,1\n"5" pipe",2\nc,3\n'))
    assert error.what == "the quotation marks on line 3 do not pair"


def test_malformed_json_is_shown_with_its_line(file: File) -> None:
    error = refusal(file("t.json", '[{"x": 1},\n {"x": }]'))
    assert error.what == "malformed JSON: Expecting value, line 2, character 8"


def test_a_malformed_record_is_shown_with_its_line(file: File) -> None:
    error = refusal(file("t.ndjson", '{"x": 1}\n{"x": 2\n'))
    assert error.what.startswith("malformed JSON: Expecting ',' delimiter, line 2")


@pytest.mark.parametrize("content", ["[1, 2]", "[[1], [2]]", '[{"x": 1}, null]', "[{"])
def test_json_that_is_no_list_of_records_is_refused(file: File, content: str) -> None:
    assert "a list of records" in str(refusal(file("t.json", content)))


def test_nan_is_not_json(file: File) -> None:
    assert refusal(file("t.json", '[{"x": NaN}]')).what == "malformed JSON: NaN is not a number in JSON"


# What goes wrong: Excel and Parquet


def test_a_file_that_is_not_parquet_is_refused(file: File) -> None:
    assert refusal(file("t.parquet", "unit,gdp")).what.startswith("not a Parquet file that can be read")


def test_a_file_that_is_not_excel_is_refused(file: File) -> None:
    assert refusal(file("t.xlsx", "unit,gdp")).what == "not an Excel workbook that can be read"


def test_an_unknown_sheet_lists_the_sheets(file: File) -> None:
    error = refusal(f"{file('t.xlsx', workbook([['x'], [1]]))}#Date")
    assert (error.what, error.remedy) == ('no sheet "Date"', 'the sheets are "Data"')


def test_an_empty_sheet_is_refused(file: File) -> None:
    assert refusal(file("t.xlsx", workbook([]))).what == "the sheet is empty"


def test_excel_without_its_library_says_what_to_install(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file("t.xlsx", workbook([["x"], [1]]))
    monkeypatch.setitem(sys.modules, "fastexcel", None)
    with pytest.raises(MissingDependency, match=r"pip install 'indicia\[excel\]'"):
        read_table(path)


def test_two_excel_columns_of_one_name_are_refused(file: File) -> None:
    assert refusal(file("t.xlsx", workbook([["x", "x"], [1, 2]]))).what == 'two columns are called "x"'


def test_empty_excel_columns_are_no_columns(file: File) -> None:
    path = file("t.xlsx", workbook([["unit", None, None, "x"], ["a", None, None, 1]]))
    assert read_table(path).columns == ["unit", "x"]


def test_an_excel_cell_is_shown_with_the_row_of_the_sheet(file: File) -> None:
    path = file("t.xlsx", workbook([[], ["unit", "gdp"], ["a", 1], ["b", "?"]]))
    assert '"?" (row 4)' in refusal(path, numbers=["gdp"]).what


def test_of_several_sheets_the_one_that_is_read_is_named(file: File) -> None:
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, value in (("Data", 1), ("Notes", 2)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["unit", "x"])
            sheet.write_row(1, 0, ["a", value])
    path = file("t.xlsx", content.getvalue())
    with pytest.warns(IndiciaWarning, match='of 2 sheets the first is read, "Data"; .*t.xlsx#Notes is another'):
        assert read_table(path)["x"].to_list() == [1]
    assert read_table(f"{path}#Notes")["x"].to_list() == [2]


# What goes wrong: damaged files


def damaged(change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return a workbook of which each part was changed, or left out."""
    whole, made = zipfile.ZipFile(io.BytesIO(workbook([["unit", "x"], ["a", 1]]))), io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        for name in whole.namelist():
            if (part := change(name, whole.read(name))) is not None:
                book.writestr(name, part)
    return made.getvalue()


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/worksheets/sheet1.xml", lambda _: None),
        ("xl/worksheets/sheet1.xml", lambda content: content[:200]),
        ("xl/worksheets/sheet1.xml", lambda content: content.replace(b'r="B2"', b'r="!!"')),
        ("xl/sharedStrings.xml", lambda _: None),
        ("xl/_rels/workbook.xml.rels", lambda _: None),
    ],
    ids=["no sheet", "half a sheet", "a cell without a place", "no texts", "no list of parts"],
)
def test_a_damaged_workbook_is_refused(file: File, part: str, change: Callable[[bytes], bytes | None]) -> None:
    content = damaged(lambda name, content: change(content) if name == part else content)
    error = refusal(file("t.xlsx", content))
    assert error.what == "not an Excel workbook that can be read"
    assert "t.xlsx" in str(error.where)


def test_a_workbook_without_sheets_is_refused(file: File) -> None:
    content = damaged(lambda _, content: re.sub(rb"<sheets>.*</sheets>", b"<sheets></sheets>", content))
    error = refusal(file("t.xlsx", content))
    assert error.what == "the workbook has no sheet"
    assert error.remedy


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "json"])
def test_a_file_that_is_damaged_anywhere_is_read_or_refused(file: File, kind: str) -> None:
    """Polars and calamine raise errors of many classes, and panic in places where they did not foresee damage."""
    random, table = Random(5), pl.DataFrame({"unit": ["a", "b"], "x": [1.5, 2.0]})
    whole = render(table, kind)
    for _ in range(200):
        content = bytearray(whole)
        at = random.randrange(len(content))
        content[at : at + random.choice([0, 1, 1, 20])] = random.choice([b"", b"\0", b"[", b"9" * 40, b"\xff"])
        with suppress(DataError):
            read_table(file(f"t.{kind}", bytes(content)), text=["unit"])


@pytest.mark.parametrize("deep", ["[" * 100_000, '[{"x": ' + "[" * 100_000, '{"x": ' * 100_000])
@pytest.mark.parametrize("ending", ["json", "ndjson"])
def test_json_that_is_nested_too_deeply_is_refused(file: File, deep: str, ending: str) -> None:
    error = refusal(file(f"t.{ending}", deep))
    assert "nested too deeply" in error.what
    assert "a list of records" in str(error.remedy)


def test_a_whole_number_that_no_column_holds_is_refused_by_its_digits(file: File) -> None:
    error = refusal(file("t.json", '[{"x": 1' + "0" * 40 + "}]"))
    assert error.what == "malformed JSON: a whole number of 41 digits is too large"
    assert "exponent" in str(error.remedy)
