"""Numbers in the notations of offices, with the values that people read in them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from indicia.data import NumberFormat, TableFormat, read_table
from indicia.data.notation import to_numbers

ERROR = "error"


def values(notation: NumberFormat, *cells: str) -> list[Any]:
    """Return the number of each cell, None for a missing number, and ERROR for a cell that is no number."""
    numbers, invalid = to_numbers(pl.Series("x", cells), notation)
    mask = [False] * len(cells) if invalid is None else invalid.to_list()
    return [ERROR if is_invalid else number for number, is_invalid in zip(numbers, mask, strict=True)]


@pytest.mark.parametrize(
    ("notation", "cells"),
    [
        ({}, {"12": 12, " 1.5 ": 1.5, "−1.5": -1.5, "+2": 2, "12-": -12, "(12)": -12, "１２．５": 12.5, "1e3": 1000}),
        ({}, {"1,5": ERROR, "1 234": ERROR, "12%": ERROR, "$3": ERROR, "--1": ERROR, "(3": ERROR, "3)": ERROR}),
        ({"thousands": (",",)}, {"1,234": 1234, "17,098,242": 17098242, "1,234.5": 1234.5, "12": 12, "1234": 1234}),
        ({"thousands": (",",)}, {"1,23": ERROR, "1,234,5": ERROR, "0,123": ERROR, "1.234,5": ERROR, ",123": ERROR}),
        ({"thousands": (",",)}, {"12,34,567": 1234567, "1,23,456.7": 123456.7, "(1,234)": -1234, "-1,234": -1234}),
        ({"decimal": ","}, {"1,5": 1.5, "0,123": 0.123, ",5": 0.5, "-3": -3, "1.5": ERROR, "1.234": ERROR}),
        ({"decimal": ",", "thousands": (".",)}, {"1.234": 1234, "1.234,5": 1234.5, "12,5": 12.5, "1.23": ERROR}),
        ({"decimal": ",", "thousands": (" ",)}, {"1 335,21": 1335.21, "1\xa0335": 1335, "1\u202f335\u2009000": 1335e3}),
        ({"thousands": ("'",)}, {"37'374.8": 37374.8, "37’374.8": 37374.8}),
        ({"thousands": ("_",)}, {"1_000": 1000}),
        ({"percent": True}, {"28.7%": 28.7, "28.7 %": 28.7, "%7": 7, "7％": 7, "28.7": 28.7, "-2 %": -2, "3‰": ERROR}),
        ({"unit_marks": ("$", "US$", "kg", "元")}, {"$3": 3, "US$ 3": 3, "-$3": -3, "$-3": -3, "3 kg": 3, "3元": 3}),
        ({"unit_marks": ("$",)}, {"($3)": -3, "3 €": ERROR, "$": ERROR}),
        ({"magnitudes": (("bn", 1e9), ("m", 1e6))}, {"6.32 bn": 6.32e9, "0.09m": 90_000, "3": 3, "3 tn": ERROR}),
        ({"magnitudes": (("亿", 1e8), ("dozen", 12))}, {"3.2亿": 3.2e8, "2 dozen": 24}),
        ({"unit_marks": ("$", "元"), "magnitudes": (("bn", 1e9), ("亿", 1e8))}, {"$6.32 bn": 6.32e9, "3.2亿元": 3.2e8}),
        ({"footnotes": ("*", "[1]", "¹", " a")}, {"499*": 499, "70.2[1]": 70.2, "19.6¹": 19.6, "3.7 a": 3.7, "5*¹": 5}),
        ({"footnotes": ("*",)}, {"5†": ERROR, "*": ERROR}),
        ({"footnotes": ("()",)}, {"(12.5)": 12.5}),  # brackets that do not make a number negative
        ({"flags": ("p", "b")}, {"82.4 p": 82.4, "81 bp": 81, "82.4p": ERROR, "82.4 e": ERROR}),
        ({"flags": ("c",), "missing": (":",)}, {": c": None, ":": None, "NA": ERROR}),
        ({"missing": ("..", "-999"), "decimal": ","}, {"..": None, "": None, "-999": None, "-999,0": None, "1,5": 1.5}),
        ({"percent": True, "footnotes": ("*",)}, {"12.5 %*": 12.5, "12.5* %": 12.5}),
    ],
)  # fmt: skip
def test_a_cell_is_read_in_the_notation_that_is_stated(notation: dict[str, Any], cells: dict[str, Any]) -> None:
    assert dict(zip(cells, values(NumberFormat(**notation), *cells), strict=True)) == cells


def test_the_flags_behind_numbers_are_a_further_column_if_they_are_kept() -> None:
    table = pl.DataFrame({"city": ["A", "B", "C"], "x": ["82.4 p", "81", ": c"], "y": ["1", "2", "3"]})
    notation = NumberFormat(flags=("p", "c"), missing=(":",))
    kept = read_table(table, TableFormat(numbers=notation, keep_flags=True), text=["city"], numbers=["x", "y"])
    assert kept.to_dict(as_series=False) == {
        "city": ["A", "B", "C"],
        "x": [82.4, 81.0, None],
        "y": [1.0, 2.0, 3.0],
        "x (flag)": ["p", None, "c"],
    }
    assert "x (flag)" not in read_table(table, TableFormat(numbers=notation), text=["city"], numbers=["x", "y"]).columns


def test_a_magnitude_is_exact_to_the_last_digit() -> None:
    notation = NumberFormat(magnitudes=(("bn", 1e9), ("m", 1e6)))

    assert values(notation, "4.35 bn", "1.1m") == [4_350_000_000.0, 1_100_000.0]


def test_a_column_without_other_texts_has_no_mask() -> None:
    assert to_numbers(pl.Series(["1,5", ".."]), NumberFormat(decimal=","))[1] is None


@pytest.mark.parametrize("name", ["t.csv", "t.tsv"])
def test_a_file_is_read_in_the_notation_of_its_format(tmp_path: Any, name: str) -> None:
    separator = "\t" if name.endswith("tsv") else ";"
    rows = [["town", "pupils", "rent", "code"], ["Lima", "1.234", "3,5", "007"], ["Oslo", "7", "4.120,25", "011"]]
    path = tmp_path / name
    path.write_text("\n".join(separator.join(row) for row in rows) + "\n", encoding="utf-8")
    notation = TableFormat(numbers=NumberFormat(decimal=",", thousands=(".",)))

    frame = read_table(path, notation)

    assert frame["pupils"].to_list() == [1234, 7]
    assert frame["rent"].to_list() == [3.5, 4120.25]
    assert frame["code"].to_list() == ["007", "011"]
    assert read_table(path, notation, text=["town"], numbers=["pupils"])["pupils"].to_list() == [1234.0, 7.0]
