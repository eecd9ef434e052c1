"""A table is read in the same form with and without an index file, and its user learns what is read how."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

import indicia
from indicia.data import TableFormat, load_table
from indicia.errors import DataError, DefinitionError, DubiousWarning, IndiciaWarning
from indicia.index import draft_index_file
from indicia.result import compare_manifests
from indicia_recognition.recognise import recognise

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, *rows: str) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join([*rows, ""]))
    return path


@pytest.mark.parametrize(
    "names",
    [
        ["10001040100.0", "10001040201.0", "10001040202.0"],
        ["1.10", "1.1", "1.2"],
        ["12345678901234567890", "12345678901234567891", "12345678901234567892"],
    ],
)
def test_units_with_numbers_as_names_are_named_as_written(tmp_path: Path, names: list[str]) -> None:
    rows = [f"{name},{7 - 2 * number},{3 + number * number}" for number, name in enumerate(names)]
    path = written(tmp_path, "GEOID,income,crime", *rows)
    text, _ = draft_index_file([str(path)], tmp_path, unit="GEOID")
    (tmp_path / "index.toml").write_text(text)
    from_table = indicia.score(str(path), unit="GEOID").scores
    assert sorted(from_table["GEOID"]) == sorted(names)
    assert from_table.equals(indicia.read(tmp_path / "index.toml").score().scores)


def test_a_column_of_text_that_is_left_out_is_a_note_and_no_warning(tmp_path: Path) -> None:
    path = written(tmp_path, "city,mayor,income", "Lima,A. Vargas,7", "Oslo,K. Lund,9", "Rome,P. Rossi,8")
    found = recognise(path, TableFormat())
    assert found.doubts == []
    assert "mayor is left out: text, another name of the units" in map(str, found.notes)


def test_a_run_that_stops_at_a_gap_warns_of_the_number_that_is_read_as_missing(tmp_path: Path) -> None:
    towns = [f"Town {letter},{20 + number}.5" for number, letter in enumerate("ABCDEFGHIJKL")]
    path = written(tmp_path, "town,income", *towns, "Town Z,-999")
    with pytest.raises(DataError, match="Town Z"), pytest.warns(DubiousWarning, match="-999 stands in income"):
        indicia.score(str(path))


def test_a_list_of_indicators_may_be_a_single_text(tmp_path: Path) -> None:
    path = written(tmp_path, 'city,gdp,co2,"GNI, PPP"', "Lima,7,1,2", "Oslo,9,5,3", "Rome,8,2,9")
    found = recognise(path, TableFormat(), indicators={"gdp,co2": {}, "GNI, PPP": {}})
    assert list(found.indicators) == ["gdp", "co2", "GNI, PPP"]


@pytest.mark.parametrize("rows", [4, 5, 400])
def test_more_skipped_rows_than_the_text_has_are_an_error_with_a_remedy(tmp_path: Path, rows: int) -> None:
    path = written(tmp_path, "city,gdp", "Lima,7", "Oslo,9", "Rome,8")
    with pytest.raises(DataError, match=f"no rows after {rows} skipped rows") as caught:
        recognise(path, TableFormat(skip_rows=rows))
    assert "--set data.skip_rows=0" in str(caught.value.remedy)


def test_the_manifest_has_the_format_in_which_a_table_was_read(tmp_path: Path) -> None:
    path = written(tmp_path, "city;income;crime", "Lima;7,5;2", "Oslo;9,25;4", "Rome;8,5;3")
    assert indicia.score(str(path)).manifest["data"]["read_as"] == {"decimal": ","}
    plain = written(tmp_path, "city,income,crime", "Lima,7.5,2", "Oslo,9.25,4", "Rome,8.5,3")
    assert "read_as" not in indicia.score(str(plain)).manifest["data"]


def test_another_format_of_the_same_values_is_no_difference_that_matters(tmp_path: Path) -> None:
    path = written(tmp_path, "city;income;crime", "Lima;7,5;2", "Oslo;9,25;4", "Rome;8,5;3")
    before = indicia.score(str(path)).manifest
    plain = written(tmp_path, "city,income,crime", "Lima,7.5,2", "Oslo,9.25,4", "Rome,8.5,3")
    assert not compare_manifests(indicia.score(str(plain)).manifest, before).matter


def test_a_footer_of_an_earlier_table_takes_no_row_with_values_in_silence(tmp_path: Path) -> None:
    rows = ("city,income,crime", "Lima,7.5,2", "Oslo,9.25,4", "Rome,8.5,3")
    first = written(tmp_path, *rows, "", "Source: the office")
    text, recognised = draft_index_file([str(first)], tmp_path)
    assert recognised.data["footer_rows"] == 2
    (tmp_path / "index.toml").write_text(text)
    index = indicia.read(tmp_path / "index.toml")
    second = written(tmp_path, *rows, "Pune,3.5,6", "Cusco,4.5,5")
    with pytest.warns(IndiciaWarning, match="leaves out the row of Pune, which has values; .*data.footer_rows=0"):
        index.score(str(second))


def test_a_workbook_of_standard_input_has_its_table_in_the_first_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    book = io.BytesIO()
    workbook = xlsxwriter.Workbook(book)
    workbook.add_worksheet("Notes").write(0, 0, "Read me")
    sheet = workbook.add_worksheet("Data")
    for number, row in enumerate([("city", "income"), ("Lima", 7), ("Oslo", 9), ("Rome", 8)]):
        sheet.write_row(number, 0, row)
    workbook.close()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(book.getvalue())))
    with pytest.raises(DataError, match='in the sheet "Data", and its first sheet is read, "Notes"') as caught:
        recognise("-", TableFormat())
    assert "book.xlsx#Data" in str(caught.value.remedy)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"\x89PNG\r\n\x1a\n", "a picture"), (b"%PDF-1.7", "a PDF document"), (b"\x1f\x8b\x08", "compressed")],
)
def test_a_file_that_is_no_table_is_named_by_its_kind(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content + b"a,b\n1,2\n3,4\n")
    with pytest.raises(DataError, match=kind):
        recognise(path, TableFormat())


def test_a_folder_without_an_index_file_is_refused_with_a_table_in_it(tmp_path: Path) -> None:
    path = written(tmp_path, "city,income", "Lima,7")
    with pytest.raises(DefinitionError, match="no such index file") as caught:
        indicia.read(tmp_path / "index.toml")
    assert caught.value.remedy == f"indicia init {path} writes one"


def test_a_short_line_near_the_end_may_be_a_note_below_the_table(tmp_path: Path) -> None:
    path = written(tmp_path, "city,income", "Lima,7", "Oslo,9", "Rome,8", "", "Source: the office", "Date: 2024")
    with pytest.raises(DataError, match="line 6 has 1 fields") as caught:
        load_table(path)
    assert "--set data.footer_rows=2" in str(caught.value.remedy)


def test_a_table_that_an_index_has_read_is_not_turned_round_or_joined_again(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text("town,income 2020,income 2021\nLima,1,2\nOslo,3,5\n")
    (tmp_path / "more.csv").write_text("town,crime\nLima,7\nOslo,4\n")
    index = indicia.read(
        {
            "data": {
                "path": str(tmp_path / "wide.csv"),
                "unit": "town",
                "period": "year",
                "wide": {"pattern": "{indicator} {period}"},
                "joins": [{"path": str(tmp_path / "more.csv"), "on": "town"}],
            },
            "indicators": {"income": {"direction": "benefit"}, "crime": {"direction": "cost"}},
        }
    )
    frame = index.read_table()
    assert frame.columns == ["town", "year", "income", "crime"]
    assert index.score(frame).scores.equals(index.score().scores)
    assert index.robustness(frame, draws=10, seed=1, weights={"spread": 0.1}).figures.units.height == 2
