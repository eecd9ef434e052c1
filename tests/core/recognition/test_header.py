from __future__ import annotations

import pytest

from indicia.data.parse import join_header
from indicia_recognition.header import HeaderRows, recognise_header

DATA = [["Lima", "12", "3.5"], ["Oslo", "7", "4.1"], ["Pune", "31", "2.2"]]


def recognised(*rows: list[str]) -> HeaderRows:
    return recognise_header(rows, rows)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([["Town", "Pupils", "Rent"]], (0, 1)),
        ([["", "Pupils", "Rent"]], (0, 1)),  # row names of R
        ([["Town", "2019", "2020"]], (0, 1)),  # years name the columns
        ([["Town", "2018 [YR2018]", "2019 [YR2019]"]], (0, 1)),
        ([["Schools in three towns"], ["Town", "Pupils", "Rent"]], (1, 1)),
        ([["Schools in three towns", "", ""], ["", "", ""], ["Town", "Pupils", "Rent"]], (2, 1)),
        ([["Source", "Ministry of Schools"], [], ["Updated", "2024-03-28"], [], ["Town", "Pupils", "Rent"]], (4, 1)),
        ([["Year", "2023", ""], ["Town", "Pupils", "Rent"]], (1, 1)),
        ([["Town", "Pupils", "Rent"], ["", "(thousands)", "(€)"]], (0, 2)),
        ([["Town", "Pupils", "Rent"], ["Name", "(thousands)", "(€)"]], (0, 2)),
        ([["地区", "学生", "租金"], ["", "（万人）", "（元）"]], (0, 2)),
        ([["Town", "Pupils", "Rent"], ["Unit", "thousands", "euros"]], (0, 2)),
        ([["城镇", "学生", "租金"], ["Town", "Pupils", "Rent"]], (0, 2)),
        ([["Town", "Pupils", "Rent"], ["(1)", "(2)", "(3)"]], (0, 2)),  # the columns are numbered
        ([["表1", "", ""], ["", "", "单位：万人"], ["地区", "学生", "租金"]], (2, 1)),
        ([["Set:", "Schools", ""], ["Unit:", "thousands", ""], ["Town", "Pupils", "Rent"]], (2, 1)),
        ([["", "Schools", "Homes"], ["Town", "Pupils", "Rent"]], (0, 2)),
        ([["Town", "Schools", "Homes"], ["", "Pupils", "Rent"], ["", "(thousands)", "(€)"]], (0, 3)),
        ([["Tabelle 1", "", ""], [], ["Stadt", "Schüler", "Miete"], ["", "Tausend", "Euro"]], (2, 2)),
        ([["Town", "Pupils", "Rent"], [], []], (0, 1)),  # blank rows below the header
        ([["Town", "Pupils", "Rent"], ["SOUTH AMERICA", "", ""]], (0, 1)),  # a heading among the units
        ([["Town", "Pupils", "Rent"], ["Cusco", "..", "n.a."]], (0, 1)),  # a unit without values
        ([["Town", "Pupils", "Rent"], ["Cusco", "", "3"]], (0, 1)),
    ],
)
def test_the_header_stands_above_the_first_row_of_numbers(before: list[list[str]], expected: tuple[int, int]) -> None:
    found = recognised(*before, *DATA)

    assert (found.skip_rows, found.header_rows) == expected
    assert found.footer_rows == 0


@pytest.mark.parametrize(
    ("after", "footer_rows"),
    [
        ([["Source: Ministry of Schools"]], 1),
        ([["Source: Ministry of Schools", "", ""]], 1),
        ([["", "", ""], ["Quelle: Schulamt", "", ""], ["* geschätzt", "", ""]], 3),
        ([["资料来源：教育局", "", ""]], 1),
        ([[], ["Fuente: INE", " 2020"]], 2),
        ([[], ["These are the towns of the sample", "", ""]], 2),
        ([["Cusco", "", ""]], 0),  # a unit without values
        ([["Total", "50", "9.8"]], 0),  # a row with numbers is none
        ([[], []], 0),  # blank rows alone need no word
    ],
)
def test_notes_and_sources_below_the_data_are_a_footer(after: list[list[str]], footer_rows: int) -> None:
    found = recognised(["Town", "Pupils", "Rent"], *DATA, *after)

    assert (found.skip_rows, found.header_rows, found.footer_rows) == (0, 1, footer_rows)


def test_a_table_of_texts_begins_with_its_first_full_row() -> None:
    found = recognised(["Metadata"], [""], ["Name", "Direction"], ["rent", "cost"], ["pupils", "benefit"])

    assert (found.skip_rows, found.header_rows) == (2, 1)


def test_a_row_of_data_with_texts_is_no_second_row_of_the_header() -> None:
    found = recognised(
        ["Code", "Value", "Share"], ["D5", "skew 2.62", "2 and 3.5"], ["D1", "0.5", "0.1"], ["D2", "0.4", "0.2"]
    )

    assert found.header_rows == 1


def test_a_letter_may_name_a_column() -> None:
    found = recognised(["n", "x"], ["Lima", "much"], ["Oslo", "2"])

    assert (found.skip_rows, found.header_rows) == (0, 1)


def test_the_rows_that_are_skipped_joined_and_left_out_are_reported_with_their_words() -> None:
    found = recognised(["Table 1"], ["Town", "Pupils", "Rent"], ["", "(k)", "(€)"], *DATA, ["Source: UN", "", ""])

    preamble, header, footer = found.observations
    assert '"Table 1"' in preamble.sentence
    assert "data.skip_rows=1" in preamble.remedy
    assert "Rent (€)" in header.sentence
    assert "data.header_rows=2" in header.remedy
    assert footer.names == ("Source: UN",)
    assert "footer" in footer.sentence
    assert footer.effect == "left_out"


def test_a_first_row_of_numbers_raises_a_question() -> None:
    found = recognised(["Rome", "4", "1.5"], *DATA)

    assert (found.skip_rows, found.header_rows) == (0, 1)
    (question,) = found.observations
    assert question.effect == "question"
    assert "header" in question.sentence


def test_words_that_are_stated_stay() -> None:
    rows = [["Town", "Pupils", "Rent"], ["Lima", "2", "3"], *DATA, ["Source: UN", "", ""]]

    found = recognise_header(rows, rows, skip_rows=1, header_rows=1, footer_rows=0)

    assert found == HeaderRows(1, 1, 0)


def test_the_row_below_a_header_of_pandas_names_the_first_column() -> None:
    table = [["", "rent", "rent"], ["year", "2020", "2021"], ["city", "", ""]]
    table += [["Lima", "3.5", "4"], ["Oslo", "9.1", "9"]]
    assert recognise_header(table, table).header_rows == 3
    assert join_header(table[:3]) == ["city", "rent 2020", "rent 2021"]


def test_a_heading_of_rows_below_a_header_is_no_part_of_it() -> None:
    table = [["Land", "Rent", ""], ["", "2020", "2021"], ["Asia", "", ""], ["Oman", "3.5", "4"], ["Iran", "9.1", "9"]]
    assert recognise_header(table, table).header_rows == 2


def test_the_row_below_a_header_of_eurostat_names_the_first_column_and_its_legend_is_a_footer() -> None:
    table = [["TIME", "2020", "", "2021", ""], ["GEO (Labels)", "", "", "", ""]]
    table += [["Austria", "5.1", "", "6.2", "b"], ["Belgium", "4.4", "", "4.9", ""], ["Greece", "8.1", "d", "7.9", "d"]]
    table += [["", "", "", "", ""], ["Special value", "", "", "", ""], [":", "not available", "", "", ""]]
    found = recognise_header(table, table)
    assert (found.header_rows, found.footer_rows) == (2, 3)
