"""The rows of a table: one period, the first rows, another order."""

from __future__ import annotations

import polars as pl
import pytest

from indicia.cli.row_options import RowOptions
from indicia.errors import DataError, UnknownColumn

PANEL = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Lima", "Oslo", "Pune"],
        "year": [2020, 2020, 2020, 2021, 2021, 2021],
        "score": [0.9, 0.5, 0.1, 0.2, 0.8, None],
        "rank": [1, 2, 3, 2, 1, None],
    }
)


def chosen(period: str | None = "year", *, latest_first: bool = False, **options: object) -> list[tuple[object, ...]]:
    rows = RowOptions(**options).rows(PANEL, period, latest_first=latest_first)
    return PANEL[rows].select("city", "year").rows()


def test_the_last_period_comes_first_on_a_screen() -> None:
    assert [year for _, year in chosen(latest_first=True)] == [2021] * 3 + [2020] * 3


def test_a_period_is_chosen_by_its_text() -> None:
    assert chosen(at="2020") == [("Lima", 2020), ("Oslo", 2020), ("Pune", 2020)]


def test_the_first_ranks_of_each_period_are_kept() -> None:
    assert chosen(top=1) == [("Lima", 2020), ("Oslo", 2021)]


def test_numbers_are_sorted_from_the_highest_and_ranks_and_texts_from_the_first() -> None:
    assert chosen(at="2020", sort="score") == [("Lima", 2020), ("Oslo", 2020), ("Pune", 2020)]
    assert chosen(at="2020", sort="-score") == [("Pune", 2020), ("Oslo", 2020), ("Lima", 2020)]
    assert chosen(at="2021", sort="rank") == [("Oslo", 2021), ("Lima", 2021), ("Pune", 2021)]
    assert chosen(at="2021", sort="-city")[0] == ("Pune", 2021)


def test_the_first_rows_are_those_of_the_order_that_is_asked_for() -> None:
    assert chosen(at="2020", sort="-score", top=1) == [("Pune", 2020)]


def test_an_unknown_period_and_an_unknown_column_are_refused_with_the_nearest() -> None:
    with pytest.raises(DataError, match=r'the period 2012 is not in the data\n  fix: .*"2021"'):
        chosen(at="2012")
    with pytest.raises(UnknownColumn, match=r'no column "scores" in this table\n  fix: did you mean "score"'):
        chosen(sort="scores")


def test_a_table_without_periods_has_no_period_to_choose() -> None:
    with pytest.raises(DataError, match="--at chooses a period, and this table has none"):
        chosen(period=None, at="2020")
