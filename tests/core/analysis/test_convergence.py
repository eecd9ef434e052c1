"""Convergence: what the figures are of, and what is refused."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from indicia import IndiciaError
from indicia.analysis import convergence


def panel(*periods: list[float | None], **more: list[Any]) -> pl.DataFrame:
    units = "ABCDE"[: len(periods[0])]
    rows = [
        (unit, 2000 + 10 * at, y) for at, values in enumerate(periods) for unit, y in zip(units, values, strict=True)
    ]
    about = {"unit": pl.String, "year": pl.Int64, "y": pl.Float64}
    return pl.DataFrame(rows, schema=about, orient="row").with_columns(**{k: pl.Series(v) for k, v in more.items()})


def test_units_that_keep_their_distance_neither_converge_nor_have_a_half_life() -> None:
    found = convergence(panel([1.0, 2.0, 4.0, 8.0], [3.0, 6.0, 12.0, 24.0]), "y", unit="unit", period="year")
    assert found.trend == pytest.approx(0.0, abs=1e-15)
    assert found.beta["estimate"].to_list() == pytest.approx([0.10986122886681098, 0.0], abs=1e-15)  # ln 3 / 10
    assert found.speed == pytest.approx(0.0, abs=1e-15)


def test_gaps_that_halve_in_ten_years_have_a_half_life_of_ten() -> None:
    start = [1.0, 4.0, 16.0, 64.0]
    found = convergence(panel(start, [2 * y**0.5 for y in start]), "y", unit="unit", period="year")
    assert found.half_life == pytest.approx(10.0)
    assert found.sigma["sd_log"][1] == pytest.approx(found.sigma["sd_log"][0] / 2)
    assert found.r2 == pytest.approx(1.0)


def test_the_order_of_rows_and_dates_for_years_change_nothing() -> None:
    table = panel([1.0, 3.0, 4.0, 9.0], [2.0, 3.0, 7.0, 8.0], [2.0, 5.0, 6.0, 9.0])
    plain = convergence(table, "y", unit="unit", period="year")
    turned = convergence(table.reverse(), "y", unit="unit", period="year")
    assert turned.beta.equals(plain.beta)
    assert turned.sigma.equals(plain.sigma)
    dated = table.with_columns(year=pl.date("year", 1, 1))
    assert convergence(dated, "y", unit="unit", period="year").half_life == pytest.approx(plain.half_life, rel=1e-3)


@pytest.mark.parametrize(
    ("table", "controls", "message"),
    [
        (panel([1.0, 2.0, 3.0, 4.0], [2.0, None, 0.0, 4.0]), [], "y is missing or not positive in some year for B, C"),
        (panel([1.0, 2.0, 3.0, 4.0]), [], "convergence needs two periods or more, and year has 1"),
        (panel([1.0, 2.0], [2.0, 3.0]), [], "2 units are too few to estimate 2 terms"),
        (
            panel([1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0], z=[1.0] * 8),
            ["z"],
            "effects of log_initial, z cannot be told apart",
        ),
        (
            panel([1.0, 1.0, 1.0, 1.0], [2.0, 3.0, 4.0, 5.0]),
            [],
            "effects of log_initial cannot be told apart: one does not vary",
        ),
        (panel([1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0]), ["w"], 'unknown column "w"'),
        (panel([1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0]).vstack(panel([1.0])), [], "more than one row of a unit and"),
    ],
)
def test_what_cannot_be_compared_is_refused(table: pl.DataFrame, controls: list[str], message: str) -> None:
    with pytest.raises(IndiciaError, match=message):
        convergence(table, "y", unit="unit", period="year", controls=controls)
