"""The notation of numbers, recognised from columns in the spellings of several offices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.data import MISSING, NumberFormat
from indicia.data.notation import to_numbers
from indicia_recognition.notation import recognise_numbers
from indicia_recognition.tables import repeated_headers

if TYPE_CHECKING:
    from indicia_recognition.observation import Observation


def table(**columns: str | list[str]) -> pl.DataFrame:
    """Return a table of towns; the cells of a column are separated by bars."""
    lists = {name: cells.split("|") if isinstance(cells, str) else cells for name, cells in columns.items()}
    height = max(map(len, lists.values()))
    return pl.DataFrame({"town": [f"town {'abcdefghijklmnop'[row]}" for row in range(height)], **lists})


def recognised(frame: pl.DataFrame, separator: str | None = ",") -> tuple[dict[str, Any], list[Observation]]:
    """Return the words that differ from the default, with the marks of a missing value beyond the default."""
    numbers, observations = recognise_numbers(frame, NumberFormat(), separator=separator)
    default = NumberFormat()
    words = {
        word: getattr(numbers, word)
        for word in NumberFormat.__dataclass_fields__
        if getattr(numbers, word) != getattr(default, word)
    }
    if "missing" in words:
        words["missing"] = tuple(mark for mark in words["missing"] if mark not in MISSING)
    return words, observations


# Decimal marks and thousands


@pytest.mark.parametrize(
    ("columns", "separator", "words"),
    [
        ({"rent": "1,234,567|2,345|12"}, ",", {"thousands": (",",)}),
        ({"rent": "12,34,567|2,345|12"}, ",", {"thousands": (",",)}),
        ({"rent": "1.234.567|2.345|12"}, ";", {"decimal": ",", "thousands": (".",)}),
        ({"rent": "1.234,5|2,75|12"}, ";", {"decimal": ",", "thousands": (".",)}),
        ({"rent": "1,234.5|2.75|12"}, ",", {"thousands": (",",)}),
        ({"rent": "11,87|2,5|12,13"}, ";", {"decimal": ","}),
        ({"rent": "0,123|0,456|0,2"}, ",", {"decimal": ","}),
        ({"rent": "1 335,21|15 293,33|987,5"}, "\t", {"decimal": ",", "thousands": (" ",)}),
        ({"rent": "1\xa0335|15\u202f293|987"}, ";", {"thousands": (" ",)}),
        ({"rent": "3'677.2|45'158.8|12"}, ";", {"thousands": ("'",)}),
        ({"rent": "3’677,2|45’158,8|12"}, ";", {"decimal": ",", "thousands": ("’",)}),
        ({"rent": "1_000|25_300|12"}, ",", {"thousands": ("_",)}),
        # another column decides
        ({"rent": "62,879|76,833|41,100", "pupils": "1 234,5|22 345,1|3"}, ";", {"decimal": ",", "thousands": (" ",)}),
        ({"rent": "62,879|76,833|41,100", "pupils": "1,234.5|22.1|3"}, "\t", {"thousands": (",",)}),
        ({"rent": "62.879|76.833|41.100", "pupils": "1,5|2,2|3,1"}, ";", {"decimal": ",", "thousands": (".",)}),
        # whole numbers below 1000 decide, as 0 to 999 have no separator
        ({"rent": "1,234|987|12,345|45"}, "\t", {"thousands": (",",)}),
        # the separator of the file decides
        ({"rent": "62,879|76,833|41,100"}, ";", {"decimal": ","}),
        ({"rent": "62,879|76,833|41,100"}, ",", {"thousands": (",",)}),
        ({"rent": "1.5|2.75|3"}, ",", {}),
        ({"rent": "62.879|76.833|41.100"}, ",", {}),
    ],
)  # fmt: skip
def test_the_marks_in_numbers_are_settled_by_all_columns(
    columns: dict[str, str], separator: str, words: dict[str, Any]
) -> None:
    assert recognised(table(**columns), separator)[0] == words


def test_a_column_of_fractions_shows_the_decimal_point() -> None:
    frame = table(pupils="12,345|45,678|23,456").with_columns(rent=pl.Series([1.5, 2.25, 3.0]))

    assert recognised(frame, "\t")[0] == {"thousands": (",",)}


@pytest.mark.parametrize(
    ("cells", "separator", "mark"),
    [("62,879|76,833|41,100", "\t", ","), ("62,879|76,833|41,100", None, ","), ("62.879|76.833|41.100", ";", ".")],
)
def test_numbers_that_nothing_settles_are_a_question_with_both_readings(
    cells: str, separator: str | None, mark: str
) -> None:
    words, (question, *_) = recognised(table(rent=cells), separator)

    assert words == {}
    assert question.effect == "question"
    assert question.names == ("rent",)
    assert "62.879" in question.sentence
    assert "62,879" in question.sentence
    assert f"--set data.decimal={mark}" in question.remedy
    assert f"--set data.thousands={mark}" in question.remedy


# Signs and words around numbers


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("28.7%|6.8 %|12%", {"percent": True}),
        ("28.7％|6.8％|12％", {"percent": True}),
        ("$3|$12|$4.5", {"unit_marks": ("$",)}),
        ("3 €|12 €|4.5 €", {"unit_marks": ("€",)}),
        ("CHF 3|CHF 12|CHF 4.5", {"unit_marks": ("CHF",)}),
        ("3 kg|12 kg|4.5 kg", {"unit_marks": ("kg",)}),
        ("3元|12元|4.5元", {"unit_marks": ("元",)}),
        ("3 beds|12 beds|4 beds", {"unit_marks": ("beds",)}),  # no list has the word
        ("12 per 1000|15 per 1000|9 per 1000", {"unit_marks": ("per 1000",)}),
        ("30/km²|45/km²|12/km²", {"unit_marks": ("/km²",)}),
        ("%12,3|%10,1|%11,5", {"decimal": ",", "percent": True}),
        ("12.5 1)|15.2|4 2)|7", {"footnotes": ("1)", "2)")}),
        ("12 k€|3 k€|4 k€", {"unit_marks": ("€",), "magnitudes": (("k", 1e3),)}),
        ("8.3 b|6.1 p|5.5|7.1 u", {"flags": ("b", "p", "u")}),  # in company of flags, and no billion
        ("28,5 трлн|94,2 млрд|3", {"decimal": ",", "magnitudes": (("трлн", 1e12), ("млрд", 1e9))}),
        ("2.88万亿元|3017亿元|1亿元", {"unit_marks": ("元",), "magnitudes": (("万亿", 1e12), ("亿", 1e8))}),
        ("3 km²|12 km²|4 km²", {"unit_marks": ("km²",)}),
        ("$6.3 bn|$800 m|$1.5 tn", {"unit_marks": ("$",), "magnitudes": (("bn", 1e9), ("m", 1e6), ("tn", 1e12))}),
        ("2.89m|1.35b|36.7m", {"magnitudes": (("m", 1e6), ("b", 1e9))}),
        ("2.89m|3.35m|36.7m", {"magnitudes": (("m", 1e6),)}),  # no space: a million, and no metre
        ("1.2k|950|3.4k", {"magnitudes": (("k", 1e3),)}),
        ("3.5 Mio.|1.2 Mrd.|900 Tsd.", {"magnitudes": (("Mio.", 1e6), ("Mrd.", 1e9), ("Tsd.", 1e3))}),
        ("3.5 millones|12 millones|4 millones", {"magnitudes": (("millones", 1e6),)}),
        ("3.2亿元|6500万元|1.1亿元", {"unit_marks": ("元",), "magnitudes": (("亿", 1e8), ("万", 1e4))}),
        ("499*|12|7†|8|9", {"footnotes": ("*", "†")}),
        ("70.2[1]|12|7(2)|8|9", {"footnotes": ("[1]", "(2)")}),
        ("19.6¹|12|7ᵇ|8|9", {"footnotes": ("¹", "ᵇ")}),
        ("82.4 p|12|7 bp|8|9 e|3|2", {"flags": ("p", "bp", "e")}),
        ("82.4p|12|7|8|9|3|2", {"footnotes": ("p",)}),  # a flag without a space
        (": c|12|7 p|8|9", {"flags": ("c", "p"), "missing": (":",)}),
        ("12 m|3 m|7.5 m", {"unit_marks": ("m",)}),
        ("(1.5)|-2|3|4", {"footnotes": ("()",)}),  # negative numbers have a minus here
    ],
)
def test_the_marks_around_numbers_become_words(cells: str, words: dict[str, Any]) -> None:
    found, observations = recognised(table(rent=cells))

    assert found == words
    assert all("rent" in observation.names and "rent" in observation.sentence for observation in observations)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ("1.234,5 Mio. €|12,5 Mio. €|3 Mrd. €", [1234.5e6, 12.5e6, 3e9]),
        ("US$ 1,234.50|US$ 12|US$ 3.5", [1234.5, 12, 3.5]),
        ("−1.5|2|−3", [-1.5, 2, -3]),
        ("１２|３|４", [12, 3, 4]),
        ("12.5% *|3%|4 %", [12.5, 3, 4]),
        ("Rs. 12,34,567|Rs. 5,000|Rs. 12", [1234567, 5000, 12]),
    ],
)
def test_numbers_in_several_notations_at_once_are_read(cells: str, values: list[float]) -> None:
    frame = table(rent=cells)
    numbers, observations = recognise_numbers(frame, NumberFormat(), separator=";")

    read, invalid = to_numbers(frame["rent"], numbers)

    assert invalid is None
    assert read.to_list() == values
    assert observations


def test_a_reading_is_told_with_an_example() -> None:
    _, observations = recognised(table(gdp="$6.32 bn|$1.5 tn|$80 m"))

    assert '"$6.32 bn" is read as 6,320,000,000' in observations[0].sentence
    assert "bn" in observations[0].sentence


def test_brackets_without_a_minus_in_the_column_are_a_question() -> None:
    words, (question,) = recognised(table(balance="(1.5)|2|3|4"))

    assert words == {}
    assert question.effect == "question"
    assert "negative" in question.sentence
    assert 'footnotes = ["()"]' in question.remedy


def test_a_letter_that_is_a_unit_or_a_magnitude_is_a_question() -> None:
    _, observations = recognised(table(height="12 m|3 m|7.5 m"))

    assert [observation.rule for observation in observations] == ["unit_marks", "unit_or_magnitude"]
    assert "magnitudes" in observations[1].remedy


# Missing values and other texts


@pytest.mark.parametrize(
    "mark",
    ["-", "–", "—", ":", ".", "x", "c", "u", "n.a.", "k.A.", "s.d.", "n.d.", "無", "缺", "暂无", "#DIV/0!", "***", "?"],
)
def test_marks_of_a_missing_value_are_recognised_among_numbers(mark: str) -> None:
    words, (observation,) = recognised(table(rent=f"1.5|{mark}|3|4|{mark}"))

    assert words == {"missing": (mark,)}
    assert "missing" in observation.sentence
    assert f'"{mark}"' in observation.sentence
    assert "2 cells" in observation.sentence


def test_the_same_letters_are_names_in_a_column_of_texts() -> None:
    assert recognised(table(group="x|c|x|c", rent="1|2|3|4")) == ({}, [])


def test_a_text_among_numbers_is_a_question_and_no_missing_value() -> None:
    words, (question,) = recognised(table(rent="1.5|2|3|4|5 to 7|6"))

    assert words == {}
    assert question.effect == "question"
    assert question.names == ("rent",)
    assert '"5 to 7"' in question.sentence
    assert "missing" in question.remedy


@pytest.mark.parametrize(
    "cells",
    [
        "007|012|113|204",  # codes
        "2020-01-01|2020-02-01|2020-03-01",
        "1.2.2020|1.3.2020|1.4.2020",
        "10-14|15-19|20-24",
        "A1|B2|C3|D4",
        "Lima|Oslo|Pune",
        "1st street|2nd street|3rd street",
        "12abc|13xyz|14foo|15bar",
        "1 District|2 District|3 District",
        "S01006506|S01006507|S01006508",
        "t001|t002|t003",
        "10 * mean|100 * mean|5 * mean",
    ],
)
def test_codes_dates_and_names_stay_texts_without_a_word(cells: str) -> None:
    assert recognised(table(code=cells)) == ({}, [])


def test_numbered_names_in_the_first_column_are_no_numbers() -> None:
    frame = pl.DataFrame({"place": ["1 Bezirk", "5 Bezirk", "9 Bezirk"], "rent": [1, 2, 3]})

    assert recognised(frame) == ({}, [])


def test_plain_numbers_and_the_default_marks_need_no_word() -> None:
    assert recognised(table(rent="1.5|..|NA|3", pupils="1|2|n/a|")) == ({}, [])


def test_words_that_are_stated_stay() -> None:
    stated = NumberFormat(decimal=",", footnotes=("*",), missing=("geheim",))

    numbers, _ = recognise_numbers(table(rent="62,879|5*|geheim|7,5|8"), stated, separator=",")

    assert numbers == stated


def test_a_mark_beside_those_that_are_stated_is_a_question() -> None:
    stated = NumberFormat(missing=("geheim",))

    numbers, (question,) = recognise_numbers(table(rent="1|2|3|-|geheim"), stated, separator=",")

    assert numbers == stated
    assert '"-"' in question.sentence


def test_a_header_on_each_page_is_a_row_to_leave_out() -> None:
    pages = table(rent="1|2|rent|3").with_columns(pl.Series("town", ["Lima", "Oslo", "town", "Pune"]))

    observation = repeated_headers(pages)

    assert observation is not None
    assert observation.names == ("town",)
    assert observation.effect == "left_out"
    assert "header" in observation.sentence
    assert recognised(pages) == ({}, [])


def test_a_table_without_a_second_header_has_no_such_row() -> None:
    assert repeated_headers(table(rent="1|2|x|3")) is None
    assert repeated_headers(pl.DataFrame({"town": ["town", "Lima"], "rent": [1, 2]})) is None


# Notations of further offices


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ("Fr. 120.–|Fr. 1’250.–|Fr. 98.50|Fr. 77.–", [120, 1250, 98.5, 77]),  # the dash stands for no cents
        ("12,-- €|15,50 €|9,-- €|8,25 €", [12, 15.5, 9, 8.25]),
        ("572,8 Mrd. Euro|88,8 Mrd. Euro|4,1 Mrd. Euro|9,3 Mrd. Euro", [572.8e9, 88.8e9, 4.1e9, 9.3e9]),
        ("1,2 mil millones de euros|3,4 mil millones de euros|2,5 mil millones de euros", [1.2e9, 3.4e9, 2.5e9]),
        ("3,5 millions d’euros|4,5 millions d’euros|7,25 millions d’euros", [3.5e6, 4.5e6, 7.25e6]),
        ("62.0|61.5 E|60.2|63.1 P|64.0|58.2|59.3|61.2", [62, 61.5, 60.2, 63.1, 64, 58.2, 59.3, 61.2]),
        ("62.0|61.5 (est.)|60.2 (2019)|63.1", [62, 61.5, 60.2, 63.1]),
        ("8 450:-|7 350:-|98:-", [8450, 7350, 98]),  # as Swedish prices
        ("▲0.9|1.4|△1.2|0.4", [-0.9, 1.4, -1.2, 0.4]),  # negative numbers in Japan
        ("+0,5 %-Punkte|−1,2 %-Punkte|0,3 %-Punkte", [0.5, -1.2, 0.3]),
        ("10,23 €/m²|9,50 €/m²|7,75 €/m²", [10.23, 9.5, 7.75]),
        ("1,250|987 [note 2]|1,034", [1250, 987, 1034]),
        ("62.0|~61.5|ca. 60.2|63.1", [62, 61.5, 60.2, 63.1]),
    ],
)
def test_a_mark_around_a_number_is_read_and_told(cells: str, values: list[float]) -> None:
    frame = table(rent=cells)
    numbers, observations = recognise_numbers(frame, NumberFormat(), separator=";")
    assert to_numbers(frame["rent"], numbers)[0].to_list() == pytest.approx(values)
    assert observations


def test_a_limit_is_no_number() -> None:
    words, observations = recognised(table(rent="62.0|<61.5|60.2|63.1|60.7|61"))
    assert words == {}
    assert '"<61.5"' in observations[0].sentence


def test_a_word_that_no_list_has_is_read_as_missing_with_a_question_if_it_is_rare() -> None:
    words, observations = recognised(table(rent="62|61|60|gone fishing|63|64"))
    assert words == {"missing": ("gone fishing",)}
    assert observations[0].effect == "question"


def test_words_that_are_many_are_kept() -> None:
    assert recognised(table(rent="62|61|low|high|63|high"))[0] == {}


def test_a_point_between_thousands_is_no_decimal_mark() -> None:
    frame = table(rent="1.130|1.240|2.350")
    numbers, observations = recognise_numbers(frame, NumberFormat(thousands=(".",)), separator=";")
    assert to_numbers(frame["rent"], numbers)[0].to_list() == [1130, 1240, 2350]
    assert not [seen for seen in observations if seen.effect == "question"]
