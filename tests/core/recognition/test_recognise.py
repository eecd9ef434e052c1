"""Tables of text files as a whole, in notations of several offices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indicia.data import PLAIN
from indicia_recognition.recognise import recognise

if TYPE_CHECKING:
    from pathlib import Path

    from indicia_recognition.recognise import Recognised

TOWNS = ["Lima", "Oslo", "Rome", "Bonn", "Nice", "Pisa", "Brno", "Gent", "Bern", "Cork", "Linz", "Lyon"]


def recognised(folder: Path, text: str) -> Recognised:
    """Return the recognition of a text file."""
    path = folder / "towns.csv"
    path.write_text(text, encoding="utf-8")
    return recognise(str(path), PLAIN)


def test_a_first_column_without_a_name_can_name_the_units(tmp_path: Path) -> None:
    assert recognised(tmp_path, '"","rent","noise"\n"Lima",3,40\n"Oslo",9,35\n').data["unit"] == "column_0"


def test_ordinal_numbers_beside_decimal_commas_are_row_numbers(tmp_path: Path) -> None:
    rows = "".join(f"{at + 1}.;{town};{at * 7 % 5},5\n" for at, town in enumerate(TOWNS))
    table = recognised(tmp_path, f"Lp.;Miasto;Czynsz\n{rows}")
    assert list(table.indicators) == ["Czynsz"]
    assert any(seen.names == ("Lp.",) and seen.rule == "row_number" for seen in table.observations)


def test_ranges_are_neither_label_nor_group_but_left_out_as_text_among_numbers(tmp_path: Path) -> None:
    rows = "".join(f"{town},{at * 5 % 7},{at + 10}-{at * 3 + 40}\n" for at, town in enumerate(TOWNS))
    table = recognised(tmp_path, f"town,noise,rent\n{rows}")
    assert table.data == {"unit": "town"}
    assert [seen.rule for seen in table.observations if seen.names == ("rent",)] == ["text_among_numbers"]


@pytest.mark.parametrize(
    "periods",
    [
        "FY2019 FY2020",
        "2019/20 2020/21",
        "2019–2020 2020–2021",
        "民國110年 民國111年",
        "令和元年 令和2年",
        "Q1-2021 Q2-2021",
        "1.Quartal/2021 2.Quartal/2021",
    ],
)
def test_years_of_other_calendars_and_quarters_are_periods(tmp_path: Path, periods: str) -> None:
    rows = "".join(
        f"{town},{period},{at * 5 % 7},{at * 3 % 5}\n" for period in periods.split() for at, town in enumerate(TOWNS)
    )
    assert recognised(tmp_path, f"town,when,noise,rent\n{rows}").data["period"] == "when"


def test_years_with_a_word_are_whole_numbers(tmp_path: Path) -> None:
    rows = "".join(f"{town},{year}年,{at}\n" for year in (2019, 2020) for at, town in enumerate(TOWNS))
    table = recognised(tmp_path, f"城市,年份,noise\n{rows}")
    assert table.frame["年份"].unique().sort().to_list() == [2019, 2020]


@pytest.mark.parametrize("cell", ["#{0}", "{0}:5:2", "{0}:30"])
def test_cells_of_digits_are_no_label_without_a_word(tmp_path: Path, cell: str) -> None:
    rows = "".join(f"{town},{cell.format(at + 11)},{at * 5 % 7}\n" for at, town in enumerate(TOWNS))
    table = recognised(tmp_path, f"town,rent,noise\n{rows}")
    assert table.data == {"unit": "town"}
    assert [seen.rule for seen in table.observations if seen.names == ("rent",)] == ["text_among_numbers"]


def test_marks_in_columns_without_a_name_are_left_out(tmp_path: Path) -> None:
    rows = "".join(
        f"{town},{at * 5 % 7},{'p' * (at % 2)},{at * 3 % 5},{'b' * (at // 9)}\n" for at, town in enumerate(TOWNS)
    )
    table = recognised(tmp_path, f"town,noise,,rent,\n{rows}")
    assert (list(table.indicators), table.data) == (["noise", "rent"], {"unit": "town"})
    assert [seen.names for seen in table.observations if seen.rule == "no_name"] == [("column_2",), ("column_4",)]


@pytest.mark.parametrize("periods", ["令和2年 令和3年", "109年 110年", "民國109年 民國110年"])
def test_years_of_other_calendars_in_the_header_are_periods(tmp_path: Path, periods: str) -> None:
    rows = "".join(f"{town},{at * 5 % 7},{at * 3 % 5 + 2}\n" for at, town in enumerate(TOWNS))
    table = recognised(tmp_path, f"town,{periods.replace(' ', ',')}\n{rows}")
    assert table.frame[table.data["period"]].unique().sort().to_list() == periods.split()


@pytest.mark.parametrize("cell", ["{0}th", "{0}º", "第{0}"])
def test_ordinal_numbers_do_not_name_the_units(tmp_path: Path, cell: str) -> None:
    rows = "".join(f"{cell.format(at + 4)},{town},{at * 5 % 7}\n" for at, town in enumerate(TOWNS))
    assert recognised(tmp_path, f"place,town,noise\n{rows}").data == {"unit": "town"}


def test_points_before_three_digits_are_a_question_in_a_file_with_semicolons(tmp_path: Path) -> None:
    rows = "".join(f"{town};{at + 1}.{at + 130}\n" for at, town in enumerate(TOWNS))
    table = recognised(tmp_path, f"town;rent\n{rows}")
    assert [seen.names for seen in table.observations if seen.rule == "ambiguous_mark"] == [("rent",)]
