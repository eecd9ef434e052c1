"""Joins: every row of the main table stays, and rows match by names up to case, blanks and Unicode form."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.data import Join, LongLayout, NumberFormat, TableFormat, read_table
from indicia.data.joins import join_table, match_text
from indicia.errors import DataError, IndiciaWarning

if TYPE_CHECKING:
    from collections.abc import Callable

    File = Callable[[str, str | bytes], Path]

ON = (("city", "City"),)
CITIES = pl.DataFrame({"city": ["Lima", "Oslo"], "gdp": [1.0, 2.0]})


def joined(other: dict[str, Any], frame: pl.DataFrame = CITIES, on: tuple[tuple[str, str], ...] = ON) -> pl.DataFrame:
    return join_table(frame, pl.DataFrame(other), Join("people.csv", on))


def refusal(other: dict[str, Any], frame: pl.DataFrame = CITIES, on: tuple[tuple[str, str], ...] = ON) -> DataError:
    with pytest.raises(DataError) as caught:
        joined(other, frame, on)
    return caught.value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lima", " lima "),
        ("Sao  Paulo", "sao\u00a0paulo"),
        ("Côte", "Co\u0302te"),
        ("２０２０", "2020"),
        (2020, "2020"),
        (2020.0, 2020),
        (date(2020, 12, 31), 2020),
    ],
)
def test_names_and_periods_match_in_every_spelling(one: object, other: object) -> None:
    assert match_text(pl.Series([one])).item() == match_text(pl.Series([other])).item()


@pytest.mark.parametrize(("one", "other"), [("Lima", "Limas"), (2020, 2021), ("Cote", "Côte"), (20.5, 20)])
def test_different_names_do_not_match(one: object, other: object) -> None:
    assert match_text(pl.Series([one])).item() != match_text(pl.Series([other])).item()


def test_lists_are_no_keys() -> None:
    error = refusal({"City": [["Lima"], ["Oslo"]], "x": [1, 2]})
    assert '"City" holds lists, records or bytes' in error.what


def test_a_code_matches_a_number_whose_zeros_are_lost() -> None:
    frame = pl.DataFrame({"fips": ["01001", "02001", "x"], "gdp": [1.0, 2.0, 3.0]})
    with pytest.warns(IndiciaWarning) as caught:
        result = joined({"FIPS": [2001, 1001], "people": [7, 8]}, frame, (("fips", "FIPS"),))
    assert result["people"].to_list() == [8, 7, None]
    assert 'taken as equal: "01001" and "1001"' in str(caught[-1].message)


def test_the_columns_of_the_other_table_stand_beside_the_rows_of_the_first() -> None:
    assert joined({"City": ["Oslo", "Rome", "Lima"], "people": [7, 8, 9]}).rows() == [
        ("Lima", 1.0, 9),
        ("Oslo", 2.0, 7),
    ]


def test_units_and_periods_match_together() -> None:
    frame = pl.DataFrame({"city": ["Lima", "Lima"], "year": [2020, 2021]})
    other = {"City": ["Lima"] * 2, "Year": ["2021", "2020"], "people": [1, 2]}
    assert joined(other, frame, (*ON, ("year", "Year")))["people"].to_list() == [2, 1]


def test_a_table_without_periods_joins_every_period() -> None:
    frame = pl.DataFrame({"city": ["Lima", "Lima"], "year": [2020, 2021]})
    assert joined({"City": ["Lima"], "area": [5]}, frame)["area"].to_list() == [5, 5]


def test_a_row_without_a_partner_stays_and_is_named() -> None:
    with pytest.warns(IndiciaWarning, match=r"no row in people\.csv for Oslo: people is missing there"):
        assert joined({"City": ["Lima"], "people": [9]})["people"].to_list() == [9, None]


def test_names_in_another_spelling_are_named() -> None:
    with pytest.warns(IndiciaWarning, match='1 name of city in another spelling .*: "Lima" and "LIMA"'):
        joined({"City": ["LIMA", "Oslo"], "people": [9, 8]})


def test_blank_rows_of_the_joined_table_match_no_row() -> None:
    assert joined({"City": ["Lima", None, None, "Oslo"], "people": [9, 1, 2, 8]})["people"].to_list() == [9, 8]


@pytest.mark.parametrize(
    ("other", "on", "fault", "remedy"),
    [
        ({"City": ["Lima", "lima"], "x": [1, 2]}, ON, "people.csv has Lima and lima for one unit", "add the column"),
        ({"City": ["Lima", "Lima"], "x": [1, 2]}, ON, "people.csv has Lima twice", "add the column"),
        ({"City": ["Lima"], "gdp": [1]}, ON, "has columns of the table again: gdp", 'columns = ["City"]'),
        ({"City": ["Rome"], "x": [1]}, ON, "no row of people.csv matches", "on = {"),
        ({"Town": ["Rome"], "x": [1]}, ON, 'no column "City" in people.csv', "known: Town, x"),
        ({"City": ["Lima"], "x": [1]}, (("town", "City"),), 'no column "town" in the table', "known: city, gdp"),
        ({"City": ["Lima"], "x": [1]}, (), "no columns to match with people.csv", "on = ["),
    ],
)
def test_a_join_that_does_not_fit_is_refused(
    other: dict[str, Any], on: tuple[tuple[str, str], ...], fault: str, remedy: str
) -> None:
    error = refusal(other, on=on)
    assert fault in error.what
    assert remedy in str(error.remedy)


# In a file


def test_a_joined_file_is_read_in_its_own_format_from_the_folder_of_the_index(file: File) -> None:
    path = file("main.csv", "code,gdp\n007,1\n008,2\n")
    file("people.csv", "Code;people;note\n007;1.5;a\n008;k.A.;b\n")
    joins = (Join("people.csv", (("code", "Code"),), TableFormat(numbers=NumberFormat(missing=("k.A.",)))),)
    result = read_table(
        path.name, TableFormat(joins=joins), text=["code"], numbers=["gdp", "people"], folder=path.parent
    )
    assert result.rows() == [("007", 1.0, 1.5, "a"), ("008", 2.0, None, "b")]


def test_the_joined_tables_of_an_index_stay_in_its_folder_if_another_table_is_scored(
    file: File, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file("people.csv", "city,people\nLima,5\nOslo,6\n")
    index = """[data]
unit = "city"
joins = [{ path = "people.csv", on = "city" }]
[indicators]
gdp = { per = "people" }
"""
    path = file("index.toml", index)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    Path("other.csv").write_text("city,gdp\nLima,1\nOslo,2\n")
    assert indicia.read(path).read_table("other.csv")["people"].to_list() == [5.0, 6.0]


def test_a_long_table_joins_after_its_layout(file: File) -> None:
    path = file("main.csv", "city,gdp\nLima,1\nOslo,2\n")
    file("long.csv", "town,series,value\nLima,people,5\nOslo,people,6\n")
    layout = TableFormat(long=LongLayout("series", "value", ("town",)))
    joins = (Join("long.csv", (("city", "town"),), layout),)
    result = read_table(path.name, TableFormat(joins=joins), numbers=["people"], folder=path.parent)
    assert result.rows() == [("Lima", 1, 5.0), ("Oslo", 2, 6.0)]


def test_a_column_that_neither_table_has_is_refused(file: File) -> None:
    path = file("main.csv", "city,gdp\nLima,1\n")
    file("people.csv", "city,people\nLima,1\n")
    joins = TableFormat(joins=(Join("people.csv", (("city", "city"),)),))
    with pytest.raises(DataError, match='no column "poeple" in the table, which has 4 columns'):
        read_table(path.name, joins, text=["city"], numbers=["poeple"], folder=path.parent)


@pytest.mark.filterwarnings("ignore:2 names of country in another spelling")
def test_names_that_differ_in_accents_or_apostrophes_match() -> None:
    frame = pl.DataFrame({"country": ["Côte d’Ivoire", "Bénin", "Mali"], "rent": [1.5, 2.5, 3.5]})
    other = pl.DataFrame({"country": ["Benin", "Cote d'Ivoire", "Mali"], "people": [1, 2, 3]})
    assert join_table(frame, other, Join("b.csv", (("country", "country"),)))["people"].to_list() == [2, 1, 3]


@pytest.mark.filterwarnings("ignore:no row in b.csv for")
def test_names_that_differ_in_accents_do_not_match_if_there_are_several() -> None:
    frame = pl.DataFrame({"town": ["Münster", "Munster", "Bonn"], "rent": [1.5, 2.5, 3.5]})
    other = pl.DataFrame({"town": ["Munster", "Bonn"], "people": [1, 2]})
    assert join_table(frame, other, Join("b.csv", (("town", "town"),)))["people"].to_list() == [None, 1, 2]
