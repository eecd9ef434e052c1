"""A fitted index fills the gaps of later periods from the last values of the data that it was fitted to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.errors import DataError, DefinitionError

if TYPE_CHECKING:
    from pathlib import Path

    from indicia import FittedIndex

BEFORE = {
    "city": ["Lima", "Lima", "Lima", "Oslo", "Oslo", "Oslo"],
    "year": [2020, 2021, 2022, 2020, 2021, 2022],
    "income": [3.0, 4.0, None, 9.0, 8.0, 7.0],
    "co2": [2.0, 3.0, 3.0, 8.0, 9.0, 6.0],
}


def fitted(imputation: str, before: dict[str, list[Any]] = BEFORE) -> FittedIndex:
    index = indicia.read(
        {
            "data": {"unit": "city", "period": "year"},
            "indicators": {
                "income": {"direction": "benefit", "imputation": imputation, "bounds": [0, 10]},
                "co2": {"direction": "cost", "bounds": [0, 10]},
            },
        }
    )
    return indicia.fit(index, pl.DataFrame(before))


def later(*rows: tuple[str, int, float | None]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={"city": pl.String, "year": pl.Int64, "income": pl.Float64}, orient="row")
    return frame.with_columns(co2=pl.lit(5.0))


def incomes(index: FittedIndex, *rows: tuple[str, int, float | None]) -> list[float | None]:
    values: list[float | None] = index.score(later(*rows)).frame("prepared")["income"].to_list()
    return values


def test_a_later_table_without_the_past_takes_the_last_value_of_each_unit() -> None:
    # Lima has 4 in 2021 and nothing in 2022; Oslo has 7 in 2022
    assert incomes(fitted("last_value"), ("Oslo", 2023, None), ("Lima", 2023, None)) == [7.0, 4.0]


def test_the_changed_cells_name_the_period_that_the_value_comes_from() -> None:
    cells = fitted("last_value").score(later(("Lima", 2023, None), ("Oslo", 2023, 1.0))).cells
    assert cells.select("city", "after", "why").rows() == [
        ("Lima", 4.0, "last_value: the value of 2021 in the fitted data")
    ]


def test_a_note_counts_the_values_that_are_carried() -> None:
    result = fitted("last_value").score(later(("Lima", 2023, None), ("Oslo", 2023, None)))
    assert "2 values of income carried forward from the fitted data: Lima 2023, Oslo 2023" in result.notes


def test_a_value_of_the_table_itself_goes_before_the_fitted_one() -> None:
    result = fitted("last_value").score(later(("Lima", 2023, 6.0), ("Lima", 2024, None)))
    assert result.frame("prepared")["income"].to_list() == [6.0, 6.0]
    assert result.cells["why"].to_list() == ["last_value"]


def test_a_table_that_repeats_the_past_counts_it_once_and_may_revise_it() -> None:
    assert incomes(fitted("last_value"), ("Lima", 2020, 1.0), ("Lima", 2021, 5.0), ("Lima", 2023, None)) == [1, 5, 5]


def test_the_fitted_data_have_the_scores_of_the_run() -> None:
    index = fitted("last_value")
    assert index.score(pl.DataFrame(BEFORE)).scores.equals(index.index.score(pl.DataFrame(BEFORE)).scores)


def test_the_limit_of_periods_counts_the_gap_before_the_table() -> None:
    # 2021 has the last value, so 2022 is the first period that it is carried to, and 2023 the second
    rows = ("Lima", 2023, None), ("Lima", 2024, 1.0)
    assert incomes(fitted("last_value(limit=2)"), *rows) == [4.0, 1.0]
    with pytest.raises(DataError, match="Lima 2023"):
        incomes(fitted("last_value(limit=1)"), *rows)


def test_the_age_of_a_value_is_that_of_its_period() -> None:
    with pytest.raises(DataError, match="Lima 2023"):
        incomes(fitted("last_value(age=1)"), ("Lima", 2023, None))
    assert incomes(fitted("last_value(age=2)"), ("Lima", 2023, None)) == [4.0]


def test_a_straight_line_leads_from_the_last_value_to_the_next_one() -> None:
    # from 4 in 2021 to 10 in 2024: 8 in 2023
    assert incomes(fitted("linear(ends='flat')"), ("Lima", 2023, None), ("Lima", 2024, 10.0)) == [8.0, 10.0]


def test_flat_ends_carry_the_last_value() -> None:
    assert incomes(fitted("linear(ends='flat')"), ("Oslo", 2023, None), ("Oslo", 2024, None)) == [7.0, 7.0]


def test_a_unit_without_a_past_stays_missing() -> None:
    with pytest.raises(DataError, match="income is missing for 1 unit"):
        incomes(fitted("last_value"), ("Rome", 2023, None))


@pytest.mark.parametrize(
    "imputation", ["last_value", "last_value(limit=3)", "linear(ends='flat')", "last_value(gap=2)"]
)
def test_two_tables_in_turn_are_filled_as_one(imputation: str) -> None:
    rows = [("Lima", 2023, None), ("Lima", 2024, 9.0), ("Lima", 2025, 9.5), ("Oslo", 2023, 6.0), ("Oslo", 2024, 6.0)]
    index = fitted(imputation)
    whole = pl.concat([pl.DataFrame(BEFORE), later(*rows)], how="diagonal")
    at_once = index.index.score(whole).frame("prepared").filter(pl.col("year") > 2022)
    assert incomes(index, *rows) == at_once["income"].to_list()


def test_the_file_holds_the_last_values_and_the_gaps_after_them(tmp_path: Path) -> None:
    fitted("last_value").write(tmp_path / "edition.json")
    content = json.loads((tmp_path / "edition.json").read_text())
    assert content["format"] == 4
    assert content["last_values"]["periods"] == ["2020", "2022"]
    assert content["last_values"]["rows"]["income"] == [
        ["Lima", "2021", 4.0],
        ["Lima", "2022", None],
        ["Oslo", "2022", 7.0],
    ]
    assert incomes(indicia.read_fitted(tmp_path / "edition.json"), ("Lima", 2023, None)) == [4.0]


def test_dates_are_periods_too(tmp_path: Path) -> None:
    dates = pl.Series("year", ["2020-12-31", "2021-12-31", "2022-12-31"] * 2).str.to_date()
    index = fitted("last_value(age=800)", {**BEFORE, "year": dates.to_list()})
    index.write(tmp_path / "edition.json")
    day = later(("Lima", 0, None)).with_columns(year=pl.lit("2023-12-31").str.to_date())
    result = indicia.read_fitted(tmp_path / "edition.json").score(day)
    assert result.cells["why"].to_list() == ["last_value(age=800): the value of 2021-12-31 in the fitted data"]


def test_a_table_before_the_fitted_periods_is_refused() -> None:
    with pytest.raises(
        DataError, match=r"\(2018 to 2019\) are before those that the index was fitted to \(2020 to 2022\)"
    ):
        incomes(fitted("last_value"), ("Lima", 2018, 1.0), ("Lima", 2019, None))


def test_a_table_that_begins_within_the_fitted_periods_is_refused() -> None:
    with pytest.raises(DataError, match="begins in 2021, within the periods") as error:
        incomes(fitted("last_value"), ("Lima", 2021, None))
    assert error.value.remedy == "a table from 2020 on, or only periods after 2022"


def test_periods_of_another_kind_are_refused() -> None:
    frame = later(("Lima", 0, None)).with_columns(year=pl.lit("Q1"))
    with pytest.raises(DataError, match="are not numbers, as those that the index was fitted to"):
        fitted("last_value").score(frame)


def test_periods_whose_order_depends_on_the_table_cannot_be_fitted() -> None:
    quarters = ["Q1 2020", "Q2 2020", "Q3 2020"] * 2
    with pytest.raises(DefinitionError, match="cannot be fitted to these periods") as error:
        fitted("last_value", {**BEFORE, "year": quarters})
    assert "dates as periods" in str(error.value.remedy)


def test_a_stream_of_slices_is_refused(tmp_path: Path) -> None:
    later(("Lima", 2023, None)).write_csv(tmp_path / "new.csv")
    with pytest.raises(DataError, match="cannot be scored slice by slice"):
        fitted("last_value").stream(tmp_path / "new.csv", tmp_path / "scores.csv")


def test_draws_carry_the_values_too() -> None:
    table = later(("Lima", 2023, None), ("Oslo", 2023, None), ("Rome", 2023, 1.0))
    robust = fitted("last_value").robustness(table, draws=20, seed=1, weights={"spread": 0.25}).figures
    # with co2 5 each, the order is that of the incomes 7, 4 and 1 in every draw
    assert dict(robust.units.select("city", "median").rows()) == {"Oslo": 1, "Lima": 2, "Rome": 3}
