"""Sheets of workbooks: header rows, hidden and merged cells, footers, ranges, formulas, and every digit."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import warnings
from random import Random
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import polars as pl
import pytest
import system_tools
from polars.testing import assert_frame_equal

from indicia.data import NumberFormat, TableFormat, read_table
from indicia.data.sheet_xml import SheetXml
from indicia.errors import DataError, IndiciaWarning, OutOfMemory, UnknownColumn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet

    File = Callable[[str, str | bytes], Path]
    Edit = Callable[[Worksheet], Any]

OLE = b"\xd0\xcf\x11\xe0"
CITIES: list[list[object]] = [["city", "gdp"], ["Lima", 1.5], ["Oslo", 2], ["Pune", 3]]


def book(rows: list[list[object]], edit: Edit | None = None, at: tuple[int, int] = (0, 0)) -> bytes:
    """Return a workbook with one sheet, whose first cell is at a row and a column from 0."""
    return sheets({"Data": rows}, edit, at)


def sheets(pages: dict[str, list[list[object]]], edit: Edit | None = None, at: tuple[int, int] = (0, 0)) -> bytes:
    import xlsxwriter

    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for name, rows in pages.items():
        sheet = workbook.add_worksheet(name)
        for row, cells in enumerate(rows):
            sheet.write_row(at[0] + row, at[1], cells)
        if edit:
            edit(sheet)
    workbook.close()
    return content.getvalue()


@pytest.fixture
def read(file: File) -> Callable[..., pl.DataFrame]:
    """Return a function that reads a workbook; a warning is an error."""

    def read_silently(content: bytes, **settings: Any) -> pl.DataFrame:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return read_table(file("t.xlsx", content), TableFormat(**settings))

    return read_silently


# Cells


def test_numbers_keep_every_digit_in_a_column_of_numbers_and_in_a_mixed_column(read: Any) -> None:
    numbers = [1 / 3, 1e-12, 12345678.12345678, 1e300]
    content = book([["x", "y"], *([number, number] for number in numbers), [None, "n/a"], [None, "see note"]])
    frame = read(content)
    assert frame["x"].drop_nulls().to_list() == numbers
    assert [float(text) for text in frame["y"].to_list()[:4]] == numbers


def test_a_column_of_whole_numbers_has_a_type_of_whole_numbers(read: Any) -> None:
    assert read(book([*CITIES[:1], ["Lima", 2.0], ["Oslo", 3]])).schema["gdp"] == pl.Int64


def test_numbers_that_are_stored_as_text_are_numbers(read: Any) -> None:
    assert read(book([["city", "gdp"], ["Lima", "11.87"], ["Oslo", 2.5]]))["gdp"].to_list() == [11.87, 2.5]


@pytest.mark.parametrize("word", ["n/a", "NA", "null", "None", "#N/A", "<NA>", "1.#IND", "..", "-", "x"])
@pytest.mark.parametrize("beside", [1.5, dt.datetime(2020, 12, 31)], ids=["number", "date"])
def test_a_text_beside_numbers_or_dates_is_kept(file: File, word: str, beside: object) -> None:
    content = book([["x", "y"], [beside, 1], [None, 2]], lambda sheet: sheet.write_string("A3", word))
    frame = read_table(file("t.xlsx", content), TableFormat(numbers=NumberFormat(missing=())))
    assert frame["x"][1] == word


def test_a_truth_value_is_not_read_as_the_number_1(read: Any) -> None:
    assert read(book([["x"], [True], [2.5]]))["x"].to_list() == ["true", "2.5"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.date(2020, 12, 31), "2020-12-31"),
        (dt.datetime(2020, 12, 31, 10, 30), "2020-12-31 10:30:00"),
    ],
)
def test_a_date_is_a_text_without_midnight(read: Any, value: dt.date, text: str) -> None:
    content = book([["day", "x"]], lambda sheet: (sheet.write(1, 0, value), sheet.write(1, 1, 1)))
    assert read(content)["day"].to_list() == [text]


def test_a_date_beside_texts_has_no_midnight(read: Any) -> None:
    content = book([["day"], [None], ["unknown"]], lambda sheet: sheet.write(1, 0, dt.date(2020, 12, 31)))
    assert read(content)["day"].to_list() == ["2020-12-31", "unknown"]


def test_a_percentage_stays_a_share(file: File) -> None:
    import xlsxwriter

    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, ["city", "share"])
    sheet.write(1, 0, "Lima")
    sheet.write(1, 1, 0.287, workbook.add_format({"num_format": "0.0%"}))
    workbook.close()
    assert read_table(file("t.xlsx", content.getvalue()))["share"].to_list() == [0.287]


def test_a_formula_has_its_value(read: Any) -> None:
    assert read(book(CITIES, lambda sheet: sheet.write_formula("B3", "=1/3", None, 1 / 3)))["gdp"][1] == 1 / 3


def test_formulas_without_a_value_are_refused_with_the_column_and_the_first_cell(file: File) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.write_formula("B3", "=B2*2", None, "")
        sheet.write_formula("B4", "=B2*3", None, "")

    path = file("t.xlsx", without_values(book(CITIES, edit)))
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert caught.value.what == "gdp has 2 formulas without a value: B3"
    assert "Excel or LibreOffice" in str(caught.value.remedy)
    assert read_table(path, TableFormat(columns=("city",))).columns == ["city"]


def without_values(content: bytes) -> bytes:
    """Return a workbook without the values of formulas, as a program that does not compute writes it."""

    def emptied(sheet: bytes) -> bytes:
        return re.sub(rb' t="str"(><f>[^<]*</f>)<v>[^<]*</v>', rb"\1<v></v>", sheet)

    return edited(content, "xl/worksheets/sheet1.xml", emptied)


def edited(content: bytes, name: str, edit: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook with another content of one of its files."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(out, "w") as target:
        for member in source.infolist():
            part = source.read(member)
            target.writestr(member, edit(part) if member.filename == name else part)
    return out.getvalue()


# Header, footer and range


def test_rows_before_the_header_are_skipped(read: Any) -> None:
    content = book([["A table of cities"], ["for the year 2020", 2020], [], *CITIES])
    assert read(content, skip_rows=3).columns == ["city", "gdp"]


def test_merged_cells_of_header_rows_have_one_text(read: Any) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.merge_range("A1:A2", "city")
        sheet.merge_range("B1:C1", "pupils")

    content = book([[None, None, None, "area"], [None, "girls", "boys", "km2"], ["Lima", 1, 2, 3]], edit)
    assert read(content, header_rows=2).columns == ["city", "pupils girls", "pupils boys", "area km2"]


def test_a_header_of_years_is_text(read: Any) -> None:
    assert read(book([["city", 2009, 2010.0], ["Lima", 1, 2]])).columns == ["city", "2009", "2010"]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (dt.date(2020, 12, 31), "2020"),
        (dt.date(2020, 1, 1), "2020"),
        (dt.date(2020, 6, 30), "2020-06-30"),
    ],
)
def test_a_date_in_the_header_is_text_and_at_an_end_of_a_year_the_year(read: Any, day: dt.date, name: str) -> None:
    content = book([["city"], ["Lima", 1]], lambda sheet: sheet.write(0, 1, day))
    assert read(content).columns == ["city", name]


def test_footer_rows_end_at_the_last_row_with_a_value(read: Any) -> None:
    content = book([*CITIES, [], ["Source: an office"], [None, None]])
    assert read(content, footer_rows=2).rows() == [("Lima", 1.5), ("Oslo", 2.0), ("Pune", 3.0)]


def test_footer_rows_end_at_the_last_visible_row(read: Any) -> None:
    rows = [*CITIES, ["Source: an office"], ["draft"]]
    content = book(rows, lambda sheet: sheet.set_row(5, None, None, {"hidden": 1}))
    assert read(content, footer_rows=1, hidden="skip").rows() == [("Lima", 1.5), ("Oslo", 2.0), ("Pune", 3.0)]


@pytest.mark.parametrize("cells", ["C4:D7", "C4", "C4:D", "$C$4:$D$7", "C:D"])
def test_a_range_names_the_cells_to_read(read: Any, cells: str) -> None:
    content = book([*CITIES], lambda sheet: sheet.write("F4", "note"), at=(3, 2))
    assert read(content, range=cells if cells != "C4" else "C4:D7").columns == ["city", "gdp"]


def test_rows_to_skip_count_from_the_first_row_of_the_range(read: Any) -> None:
    content = book([["title"], *CITIES], at=(3, 2))
    assert read(content, range="C4:D8", skip_rows=1).height == 3


@pytest.mark.parametrize("cells", ["B4:A1", "4B", "", "B0:C9", "Sheet!A1"])
def test_a_range_that_is_none_is_refused(file: File, cells: str) -> None:
    with pytest.raises(DataError, match="is no range of cells") as caught:
        read_table(file("t.xlsx", book(CITIES)), TableFormat(range=cells or " "))
    assert caught.value.remedy == 'for example range = "B4:K60", or "B:K"'


def test_skipping_all_rows_is_refused_with_the_word_to_change(file: File) -> None:
    with pytest.raises(DataError) as caught:
        read_table(file("t.xlsx", book(CITIES)), TableFormat(skip_rows=9))
    assert caught.value.what == 'the sheet "Data" has no cells after row 9'
    assert "--set data.skip_rows=0" in str(caught.value.remedy)


def test_columns_are_read_by_name_and_an_unknown_name_is_refused(file: File) -> None:
    path = file("t.xlsx", book(CITIES))
    assert read_table(path, TableFormat(columns=("gdp",))).columns == ["gdp"]
    with pytest.raises(UnknownColumn, match='no column "gpd"') as caught:
        read_table(path, TableFormat(columns=("gpd",)))
    assert caught.value.remedy == 'did you mean "gdp"?'


def test_an_error_names_the_row_of_excel(file: File) -> None:
    path = file("t.xlsx", book([["title"], [], *CITIES[:2], ["Oslo", "many"]], at=(4, 3)))
    with pytest.raises(DataError, match=r'"many" \(row 9\)'):
        read_table(path, TableFormat(skip_rows=5), numbers=["gdp"])


# Hidden and merged cells


def hide_row_3(sheet: Worksheet) -> None:
    sheet.set_row(2, None, None, {"hidden": 1})


HIDDEN_ROW = book([*CITIES[:2], ["DRAFT", "draft"], *CITIES[2:]], hide_row_3)


def test_hidden_rows_are_skipped_with_a_warning_that_names_them(file: File) -> None:
    path = file("t.xlsx", HIDDEN_ROW)
    with pytest.warns(IndiciaWarning, match=r"row 3 of the sheet .Data. is hidden and skipped; .*data\.hidden=read"):
        frame = read_table(path)
    assert frame.rows() == [("Lima", 1.5), ("Oslo", 2.0), ("Pune", 3.0)]


def test_hidden_rows_are_skipped_silently_or_read_if_the_format_names_it(read: Any) -> None:
    assert read(HIDDEN_ROW, hidden="skip")["city"].to_list() == ["Lima", "Oslo", "Pune"]
    assert read(HIDDEN_ROW, hidden="read")["city"].to_list() == ["Lima", "DRAFT", "Oslo", "Pune"]


def test_a_row_after_a_hidden_row_keeps_its_number_in_errors(file: File) -> None:
    rows = [*CITIES[:2], ["DRAFT", 1], ["Oslo", "many"]]
    path = file("t.xlsx", book(rows, hide_row_3))
    with pytest.raises(DataError, match=r'"many" \(row 4\)'):
        read_table(path, TableFormat(hidden="skip"), numbers=["gdp"])


def test_hidden_columns_are_skipped(file: File) -> None:
    content = book(
        [["city", "old", "gdp"], ["Lima", 7, 1]], lambda sheet: sheet.set_column("B:B", None, None, {"hidden": 1})
    )
    path = file("t.xlsx", content)
    with pytest.warns(IndiciaWarning, match="column B of the sheet"):
        assert read_table(path).columns == ["city", "gdp"]
    assert read_table(path, TableFormat(hidden="read")).columns == ["city", "old", "gdp"]


def test_the_value_of_merged_cells_is_the_value_of_each_row(read: Any) -> None:
    content = book(
        [["city", "year", "x"], [None, 1, 5], [None, 2, 6]], lambda sheet: sheet.merge_range("A2:A3", "Lima")
    )
    assert read(content)["city"].to_list() == ["Lima", "Lima"]


def test_hidden_sheets_are_not_read(file: File) -> None:
    def edit(sheet: Worksheet) -> None:
        if sheet.get_name() == "Lists":
            sheet.hide()
        else:
            sheet.activate()

    path = file("t.xlsx", sheets({"Lists": [["a"], [1]], "Data": CITIES}, edit))
    assert read_table(path).columns == ["city", "gdp"]
    assert read_table(f"{path}#Lists").columns == ["a"]


# Other kinds of workbooks


@pytest.mark.parametrize(
    ("name", "content", "what", "remedy"),
    [
        ("t.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "the workbook is encrypted", "without a password"),
        ("t.xlsx", OLE, "this is an old workbook of Excel", "end its name in .xls"),
        ("t.xls", b"<html><table><tr><td>city</td></tr></table></html>", "a page of HTML or XML", "save it as xlsx"),
        ("t.xls", b"city\tgdp\nLima\t1\n", "this is not a workbook but a text", "end its name in .txt"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_its_kind(
    file: File, name: str, content: bytes, what: str, remedy: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_table(file(name, content))
    assert what in caught.value.what
    assert remedy in str(caught.value.remedy)


def test_a_new_workbook_with_the_name_of_an_old_one_is_read(file: File) -> None:
    assert read_table(file("t.xls", book(CITIES))).height == 3


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_workbooks_of_other_programs_are_read(file: File, tmp_path: Path, ending: str) -> None:
    office = system_tools.need(system_tools.office())
    source = file("t.xlsx", sheets({"Notes": [["note"]], "Data": [["title"], *CITIES]}))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", ending, "--outdir", str(tmp_path), str(source)],
        check=True,
        capture_output=True,
    )
    frame = read_table(f"{tmp_path}/t.{ending}#Data", TableFormat(skip_rows=1))
    assert frame.rows() == [("Lima", 1.5), ("Oslo", 2.0), ("Pune", 3.0)]


@pytest.mark.parametrize("seed", range(30))
def test_cells_are_the_same_if_the_types_of_the_library_are_not_used(
    file: File, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    random = Random(seed)
    values = [1 / 3, 1e-12, 7, 2010, None, "007", "12.5", "none", "Lima", " pad ", dt.datetime(2020, 12, 31)]
    width = random.randint(1, 4)
    columns = [random.choices(values, k=4) if random.random() < 0.5 else [random.random() for _ in "abcd"]]
    columns += [random.choices(random.choice([values, [1.5, None], ["a", "b"]]), k=4) for _ in range(width)]
    rows: list[list[object]] = [[f"c{number}" for number in range(width + 1)], *zip(*columns, strict=True)]
    path = file("t.xlsx", book(rows, hide_row_3 if random.random() < 0.5 else None, at=(random.randint(0, 1), 1)))
    typed = read_table(path, TableFormat(hidden="skip"))
    monkeypatch.setattr(SheetXml, "has_booleans", True)  # these are loaded as text
    assert_frame_equal(read_table(path, TableFormat(hidden="skip")), typed, check_exact=True)


def test_a_cell_far_from_the_table_is_refused_if_memory_has_no_room_for_the_cells_between(file: File) -> None:
    path = file("t.xlsx", book(CITIES, lambda sheet: sheet.write("XFD1048576", 1)))
    with pytest.raises(OutOfMemory, match="reaches to cell XFD1048576") as caught:
        read_table(path)
    assert "delete the cells far from the table" in str(caught.value.remedy)


def test_a_list_of_texts_with_a_wrong_count_is_refused(file: File) -> None:
    def with_count(content: bytes) -> bytes:
        return re.sub(rb'uniqueCount="\d+"', b'uniqueCount="999999999999"', content)

    path = file("t.xlsx", edited(book(CITIES), "xl/sharedStrings.xml", with_count))
    with pytest.raises(DataError, match="not an Excel workbook that can be read"):
        read_table(path)


def test_several_columns_without_a_name_are_called_by_their_letters(read: Callable[..., pl.DataFrame]) -> None:
    rows = [[None, None, "gdp"], ["Austria", "AUT", 1], ["Belgium", "BEL", 2]]
    assert read(book(rows, at=(2, 1))).columns == ["column B", "column C", "gdp"]
