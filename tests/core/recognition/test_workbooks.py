"""The sheet with the table, and the doubts about its cells."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from indicia.data import TableFormat
from indicia.errors import DataError
from indicia_recognition.workbooks import recognise_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from indicia_recognition.observation import Observation

    Edit = Callable[[Worksheet, Workbook], Any]

TOWNS: list[list[object]] = [
    ["Town", "Pupils", "Rent"],
    ["Lima", 12, 3.5],
    ["Oslo", 7, 4.1],
    ["Pune", 31, 2.2],
    ["Rome", 9, 2.9],
]


def workbook(pages: dict[str, list[list[object]]], edit: Edit | None = None) -> bytes:
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    for name, rows in pages.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)
        if edit:
            edit(sheet, book)
    book.close()
    return content.getvalue()


def observed(content: bytes, **stated: Any) -> dict[str, Observation]:
    return {each.rule: each for each in recognise_workbook(content, TableFormat(**stated), "", "towns.xlsx")[2]}


README: list[list[object]] = [["Towns of the sample"], ["Sheet", "Content"], ["Towns", "4 towns"]]
LOOKUP: list[list[object]] = [["Town", "Region"], ["Lima", 1], ["Oslo", 2]]


@pytest.mark.parametrize(
    ("pages", "chosen"),
    [
        ({"Notes": README, "Towns": TOWNS, "Regions": LOOKUP}, "Towns"),
        ({"Towns": TOWNS, "Notes": README}, "Towns"),
        ({"Regions": LOOKUP, "Towns": TOWNS}, "Towns"),
        ({"说明": README, "数据": TOWNS}, "数据"),
        ({"Notes": README, "Empty": [], "Towns": TOWNS}, "Towns"),
    ],
)
def test_the_sheet_with_the_most_numbers_below_a_header_is_read(
    pages: dict[str, list[list[object]]], chosen: str
) -> None:
    sheet, _, observations = recognise_workbook(workbook(pages), TableFormat(), "", "towns.xlsx")
    assert sheet == chosen
    (choice,) = observations
    assert choice.sentence.startswith(f'the sheet "{chosen}" is read')
    assert all(f'"{name}"' in choice.sentence for name in pages)
    assert "towns.xlsx#" in choice.remedy


def test_a_single_sheet_and_a_stated_sheet_need_no_choice() -> None:
    assert observed(workbook({"Towns": TOWNS})) == {}
    content = workbook({"Towns": TOWNS, "Regions": LOOKUP})
    assert recognise_workbook(content, TableFormat(), "Regions")[::2] == ("Regions", [])


def test_an_unknown_sheet_is_refused_with_the_names_of_the_sheets() -> None:
    with pytest.raises(DataError, match='no sheet "Twons"') as caught:
        recognise_workbook(workbook({"Towns": TOWNS}), TableFormat(), "Twons")
    assert caught.value.remedy == 'the sheets are "Towns"'


def test_sheets_of_a_similar_size_raise_a_question() -> None:
    question = observed(workbook({"North": TOWNS, "South": TOWNS}))["similar_sheets"]
    assert (question.names, question.effect) == (("South",), "question")
    assert "towns.xlsx#South" in question.remedy


def test_a_hidden_sheet_is_not_chosen() -> None:
    def hide(sheet: Worksheet, book: Workbook) -> None:
        if sheet.get_name() == "Old":
            sheet.very_hidden()

    larger = [*TOWNS, ["Bern", 3, 4.4]]
    assert recognise_workbook(workbook({"Towns": TOWNS, "Old": larger}, hide), TableFormat())[0] == "Towns"


def test_of_sheets_with_years_as_names_the_last_is_read() -> None:
    content = workbook({"Cover": README, "2019": TOWNS, "2021": TOWNS, "2020": TOWNS})
    sheet, _, observations = recognise_workbook(content, TableFormat())
    assert sheet == "2021"
    assert observations[1].names == ("2019", "2020")


def test_a_chart_is_no_sheet_of_a_table(capfd: pytest.CaptureFixture[str]) -> None:
    def add_chart(sheet: Worksheet, book: Workbook) -> None:
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=Towns!$B$2:$B$4"})
        book.add_chartsheet("Chart").set_chart(chart)

    assert recognise_workbook(workbook({"Towns": TOWNS}, add_chart), TableFormat())[::2] == ("Towns", [])
    assert capfd.readouterr().err == ""


def test_notes_beside_the_table_are_left_out_with_their_columns() -> None:
    rows = [*TOWNS[:1], [*TOWNS[1], None, "Rent in euros"], [*TOWNS[2], None, None, "and cents"], *TOWNS[3:]]
    content = workbook({"T": rows})
    found = observed(content)["beside_table"]
    assert (found.names, found.effect) == (("Rent in euros",), "left_out")
    assert "in columns E to F, which are left out" in found.sentence
    assert "--set data.range=A:F" in found.remedy
    assert recognise_workbook(content, TableFormat())[1].range == "A:C"
    assert observed(content, range="A:F") == {}


def test_a_second_table_beside_the_first_raises_a_question() -> None:
    rows = [[*TOWNS[0], None, None], *([*row, None, 5, 7] for row in TOWNS[1:])]
    assert observed(workbook({"T": rows}))["beside_table"].effect == "question"


def test_a_blank_column_within_a_table_is_none_beside_it() -> None:
    rows = [[*row[:2], None, row[2]] for row in TOWNS]
    assert observed(workbook({"T": rows})) == {}


def test_title_header_rows_and_footer_are_recognised() -> None:
    rows = [["Table 1"], [], ["Town", "Schools", None], [None, "Pupils", "Rent"], *TOWNS[1:], [], ["Source: an office"]]
    _, recognised, _ = recognise_workbook(workbook({"T": rows}), TableFormat())
    assert (recognised.skip_rows, recognised.header_rows, recognised.footer_rows) == (2, 2, 2)


def test_a_hidden_row_is_left_out_with_its_number_and_first_cell() -> None:
    content = workbook({"T": TOWNS}, lambda sheet, _: sheet.set_row(2, None, None, {"hidden": 1}))
    row = observed(content)["hidden_rows"]
    assert (row.names, row.effect) == (("Oslo",), "left_out")
    assert row.sentence == 'row 3 of the sheet "T" is hidden and left out: "Oslo"'
    assert "--set data.hidden=read" in row.remedy
    assert recognise_workbook(content, TableFormat())[1].hidden == "skip"
    assert observed(content, hidden="read") == {}


def test_rows_that_a_filter_hides_raise_a_question() -> None:
    def filtered(sheet: Worksheet, _: Workbook) -> None:
        sheet.autofilter("A1:C5")
        sheet.set_row(2, None, None, {"hidden": 1})

    assert observed(workbook({"T": TOWNS}, filtered))["hidden_rows"].effect == "question"


def test_a_hidden_column_is_left_out_with_its_name() -> None:
    content = workbook({"T": TOWNS}, lambda sheet, _: sheet.set_column("B:B", None, None, {"hidden": 1}))
    assert observed(content)["hidden_columns"].names == ("Pupils",)


def test_errors_of_excel_are_counted_by_column() -> None:
    def edit(sheet: Worksheet, _: Workbook) -> None:
        sheet.write_formula("C3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("C4", "=NA()", None, "#N/A")

    question = observed(workbook({"T": TOWNS}, edit))["excel_errors"]
    assert question.names == ("Rent",)
    assert question.sentence.startswith("Rent has 2 errors of Excel, such as #DIV/0!, first in row 3")


def test_numbers_in_merged_cells_raise_a_question_and_merged_names_do_not() -> None:
    def edit(sheet: Worksheet, _: Workbook) -> None:
        sheet.merge_range("A2:A3", "Lima")
        sheet.merge_range("C4:C5", 2.2)

    found = observed(workbook({"T": TOWNS}, edit))
    assert set(found) == {"merged_numbers"}
    assert found["merged_numbers"].names == ("Rent",)


def test_a_question_on_a_column_names_all_rows_of_its_header() -> None:
    def edit(sheet: Worksheet, book: Workbook) -> None:
        for row, share in enumerate([0.287, 0.31, 0.4, 0.05], 2):
            sheet.write(row, 2, share, book.add_format({"num_format": "0.0 %"}))

    question = observed(workbook({"T": [["Town", "Pupils", "Girls"], ["", "", "%"], *TOWNS[1:]]}, edit))
    assert question["percent_format"].names == ("Girls %",)


@pytest.mark.parametrize(("title", "asked"), [("Share (%)", True), ("Anteil in Prozent", True), ("Share", False)])
def test_shares_under_the_name_of_a_percentage_raise_a_question(title: str, asked: bool) -> None:
    def edit(sheet: Worksheet, book: Workbook) -> None:
        for row, share in enumerate([0.287, 0.31, 0.4, 0.05], 1):
            sheet.write(row, 2, share, book.add_format({"num_format": "0.0 %"}))

    found = observed(workbook({"T": [["Town", "Pupils", title], *TOWNS[1:]]}, edit))
    assert ("percent_format" in found) == asked
    if asked:
        assert "Excel shows 28.7 %, and 0.287 is read" in found["percent_format"].sentence
        assert "factor = 100" in found["percent_format"].remedy
