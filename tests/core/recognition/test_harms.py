"""Thirteen kinds of harm that a raw table does to a ranking: each is left out, read as missing, or asked about.

The clean table has fifteen states of 1977 (U.S. Department of Commerce, in the data sets of R: `state.x77`). Where a
harm is left out, the ranking is that of the clean table; where a person must decide, a question names the place.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

import indicia
from indicia.errors import DataError, DubiousWarning

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

CLEAN = """\
State,Income,Murder,HS Grad
Alabama,3624,15.1,41.3
Alaska,6315,11.3,66.7
Arizona,4530,7.8,58.1
Arkansas,3378,10.1,39.9
California,5114,10.3,62.6
Colorado,4884,6.8,63.9
Connecticut,5348,3.1,56.0
Delaware,4809,6.2,54.6
Florida,4815,10.7,52.6
Georgia,4091,13.9,40.6
Hawaii,4963,6.2,61.9
Idaho,4119,5.3,59.5
Illinois,5107,10.3,52.6
Indiana,4458,7.1,52.9
Iowa,4628,2.3,59.0
"""
ROWS = CLEAN.splitlines()


def with_column(name: str, values: list[object]) -> str:
    """Return the table with a further column before the others."""
    return "\n".join(f"{value},{row}" for value, row in zip([name, *values], ROWS, strict=True)) + "\n"


def with_rows(*rows: str) -> str:
    """Return the table with further rows at its end."""
    return "\n".join([*ROWS, *rows]) + "\n"


def ranked(path: Path, text: str) -> tuple[pl.DataFrame, list[str]]:
    """Return the ranking of a table, and the doubts and notes about it."""
    path.write_text(text)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = indicia.score(path)
    doubts = [str(warning.message) for warning in caught if issubclass(warning.category, DubiousWarning)]
    return result.ranking, [*doubts, *map(str, result.notes)]


YEARS = [1819, 1959, 1912, 1836, 1850, 1876, 1788, 1787, 1845, 1788, 1959, 1890, 1818, 1816, 1846]
COUNTIES = [str(1001 + 2 * number) for number in range(15)]
LEFT_OUT = [
    ("a row number", with_column("", list(range(15))), "row number"),
    ("a code", with_column("FIPS", COUNTIES), "FIPS is left out: it is a code"),
    ("an identifier", with_column("record_id", [88217 + 37 * number for number in range(15)]), "record_id is left out"),
    (
        "a year",
        with_column("established", YEARS),
        "established is left out",
    ),
    ("a total row", with_rows("Total,70183,126.4,822.2"), "Total is left out: its name is that of a total"),
    ("a repeated header", "\n".join([*ROWS[:8], ROWS[0], *ROWS[8:]]) + "\n", "header"),
    (
        "a source line",
        with_rows("Source: U.S. Department of Commerce (1977),,,"),
        "Source: U.S. Department of Commerce",
    ),
    ("an empty row", "\n".join([*ROWS[:8], ",,,", *ROWS[8:]]) + "\n", ""),
    ("a constant column", with_column("reporting", [1] * 15), "reporting is constant"),
]


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in LEFT_OUT], ids=[case[0] for case in LEFT_OUT])
def test_a_harm_that_is_left_out_changes_no_score(tmp_path: Path, text: str, message: str) -> None:
    clean, _ = ranked(tmp_path / "clean.csv", CLEAN)
    ranking, messages = ranked(tmp_path / "harmed.csv", text)
    assert ranking.select("State", "score", "rank").rows() == clean.select("State", "score", "rank").rows()
    assert any(message in each for each in messages)


def test_a_direction_is_taken_from_the_name_and_noted(tmp_path: Path) -> None:
    ranking, notes = ranked(tmp_path / "t.csv", CLEAN)
    assert ranking["State"].to_list()[-2:] == ["Georgia", "Alabama"]
    assert "less is better, by name or correlation: Murder" in notes


def test_a_number_that_stands_for_a_missing_value_is_read_as_missing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(CLEAN.replace("4530", "-999").replace("4815", "-999"))
    with pytest.raises(DataError, match=r"Income is missing for 2 unit\(s\): Arizona, Florida"):
        indicia.score(path)


def with_shares(rows: int) -> str:
    """Return the table with the percentages of the first rows as shares."""
    split = [row.rpartition(",") for row in ROWS[1 : rows + 1]]
    return "\n".join([ROWS[0], *(f"{row},{float(last) / 100:.3f}" for row, _, last in split), *ROWS[rows + 1 :]]) + "\n"


PERCENTAGES = CLEAN.replace("HS Grad", "HS Grad (%)")
QUESTIONS = [
    ("an impossible value", PERCENTAGES.replace("66.7", "166.7"), ["HS Grad", "Alaska", "166.7"]),
    ("a scale that changes between rows", with_shares(5), ["HS Grad", "100"]),
    ("two spellings of a unit", with_rows("ALABAMA,3700,14.9,41.0"), ["Alabama", "ALABAMA"]),
]


@pytest.mark.parametrize(("text", "words"), [case[1:] for case in QUESTIONS], ids=[case[0] for case in QUESTIONS])
def test_a_harm_that_a_person_must_settle_is_asked_about(tmp_path: Path, text: str, words: list[str]) -> None:
    try:
        _, messages = ranked(tmp_path / "t.csv", text)
    except DataError as error:
        messages = [str(error)]
    assert any(all(word in message for word in words) for message in messages)
