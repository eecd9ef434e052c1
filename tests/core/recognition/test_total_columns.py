"""A column that is the total of other columns counts twice, and is left out."""

from __future__ import annotations

import polars as pl
import pytest

from indicia_recognition.columns import infer

CITIES = ["Lima", "Oslo", "Rome", "Pune", "Bonn", "Cairo"]
MEN, WOMEN = [30, 12, 45, 27, 8, 61], [51, 9, 23, 14, 33, 70]


def indicators(**columns: list[float]) -> tuple[str, ...]:
    return infer(pl.DataFrame({"city": CITIES, **columns})).indicators


@pytest.mark.parametrize("total", ["Total", "Gesamtergebnis", "合计"])
def test_the_sum_of_the_columns_beside_it_is_left_out(total: str) -> None:
    sums = [a + b for a, b in zip(MEN, WOMEN, strict=True)]
    rent = [3.5, 9.1, 7.2, 2.2, 6.4, 4.1]
    assert indicators(men=MEN, women=WOMEN, **{total: sums}, rent=rent) == ("men", "women", "rent")
    assert indicators(rent=rent, **{total: sums}, men=MEN, women=WOMEN) == ("rent", "men", "women")


def test_the_mean_of_the_other_columns_is_left_out() -> None:
    means = [(a + b) / 2 for a, b in zip(MEN, WOMEN, strict=True)]
    assert indicators(men=MEN, women=WOMEN, average=means) == ("men", "women")


def test_another_column_with_the_name_of_a_total_is_an_indicator() -> None:
    assert indicators(men=MEN, women=WOMEN, total=[90, 20, 69, 44, 41, 99]) == ("men", "women", "total")


def test_a_sum_with_another_name_is_an_indicator() -> None:
    sums = [a + b for a, b in zip(MEN, WOMEN, strict=True)]
    assert indicators(men=MEN, women=WOMEN, pupils=sums) == ("men", "women", "pupils")
