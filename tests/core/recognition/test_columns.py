"""The roles of the columns of a table are inferred as a person would."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import indicia
from indicia.errors import DefinitionError, DubiousWarning
from indicia.recognition import infer

PANEL = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Lima", "Oslo", "Pune"],
        "year": [2022, 2022, 2022, 2023, 2023, 2023],
        "continent": ["America", "Europe", "Asia"] * 2,
        "income": [3.0, 9.0, 1.0, 4.0, 8.0, 2.0],
        "co2": [2, 7, 1, 2, 6, 1],
    }
)


def fault(frame: pl.DataFrame, **said: Any) -> str:
    with pytest.raises(DefinitionError) as caught:
        infer(frame, **said)
    return str(caught.value)


def test_the_first_text_that_names_each_row_once_is_the_unit() -> None:
    frame = pl.DataFrame({"gdp": [1.0, 2.0], "region": ["S", "S"], "city": ["Lima", "Cusco"]})
    assert infer(frame).unit == "city"


def test_in_a_panel_units_come_back_in_each_period() -> None:
    found = infer(PANEL)
    assert (found.unit, found.period) == ("city", "year")
    assert found.indicators == ("income", "co2")


@pytest.mark.parametrize("name", ["year", "Year", "period", "Jahr", "année", "年份"])
def test_the_period_is_known_by_its_name_in_several_languages(name: str) -> None:
    assert infer(PANEL.rename({"year": name})).period == name


def test_a_second_text_that_names_units_is_the_label() -> None:
    frame = pl.DataFrame({"iso3": ["PER", "NOR"], "country": ["Peru", "Norway"], "gdp": [1.0, 2.0]})
    found = infer(frame)
    assert (found.unit, found.label, found.groups) == ("iso3", "country", ())


def test_a_text_that_several_units_share_is_a_group() -> None:
    frame = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "coast": ["yes", "yes", "no"], "gdp": [1.0, 2.0, 3.0]})
    assert infer(frame).groups == ("coast",)


def test_a_text_that_changes_within_a_unit_is_left_out() -> None:
    found = infer(PANEL.with_columns(pl.Series("source", ["a", "a", "b", "b", "a", "b"])))
    assert "source" not in found.groups
    assert found.left_out == {"source": "text, a note or remark"}


def test_codes_with_leading_zeros_name_units_as_they_are_written() -> None:
    frame = pl.DataFrame({"code": ["001", "010"], "gdp": [1.0, 2.0]})
    found = infer(frame)
    assert found.unit == "code"
    assert found.indicators == ("gdp",)


def test_codes_that_are_numbers_name_units_where_no_text_does() -> None:
    found = infer(pl.DataFrame({"region_id": [11, 12], "gdp": [1.0, 2.0]}))
    assert found.unit == "region_id"
    assert found.indicators == ("gdp",)


def test_a_rank_or_a_code_beside_the_unit_is_no_indicator() -> None:
    found = infer(pl.DataFrame({"city": ["Lima", "Oslo"], "rank": [2, 1], "zip_code": [15001, 150], "gdp": [1.0, 2.0]}))
    assert found.indicators == ("gdp",)
    assert found.left_out == {
        "rank": "it is a rank from 1 to 2",
        "zip_code": "it is a code of the units, such as 15001, not a measure",
    }


CODED = pl.DataFrame({"city": ["Lima", "Oslo", "Rome"], "gdp": [1.0, 2.0, 4.0], "innovation_rank": [2, 3, 1]})


def test_a_rank_that_is_named_as_a_cost_is_an_indicator() -> None:
    assert infer(CODED, costs=["innovation_rank"]).indicators == ("gdp", "innovation_rank")


def test_what_is_no_whole_number_is_neither_a_code_nor_a_rank() -> None:
    frame = CODED.with_columns(innovation_rank=pl.Series([0.5, 0.25, 1.0]))
    assert infer(frame).indicators == ("gdp", "innovation_rank")


def test_a_column_that_may_be_an_indicator_is_not_left_out_in_silence() -> None:
    empty = pl.lit(None, pl.Float64)
    with pytest.warns(DubiousWarning) as caught:
        result = indicia.score(CODED.with_columns(co2=empty, note=pl.lit("text")))
    assert [str(one.message) for one in caught] == [
        "innovation_rank is left out: it is a rank from 1 to 3; --cost innovation_rank, or a line in [indicators], "
        "includes it, and --indicator (in Python indicators=) lists every indicator",
        "co2 is left out: it is empty",
    ]
    assert result.weights["id"].to_list() == ["gdp"]


def test_an_empty_column_is_no_indicator() -> None:
    frame = pl.DataFrame(
        {"city": ["Lima", "Oslo"], "gdp": [1.0, 2.0], "co2": pl.Series([None, None], dtype=pl.Float64)}
    )
    assert infer(frame).left_out == {"co2": "it is empty"}


def test_a_stated_role_is_not_inferred() -> None:
    found = infer(PANEL, unit="city", period="year", groups=["continent"], indicators=["co2"])
    assert found.indicators == ("co2",)
    assert found.data() == {"unit": "city", "period": "year", "groups": ["continent"]}


def test_a_column_that_is_not_there_is_named_with_the_nearest() -> None:
    assert fault(PANEL, unit="cty") == 'unknown column "cty"\n  fix: did you mean "city"?'
    assert fault(PANEL, indicators=["incme"]) == 'unknown column "incme"\n  fix: did you mean "income"?'


def test_a_table_in_which_nothing_names_the_units_is_refused() -> None:
    assert fault(pl.DataFrame({"gdp": [1.0, 2.0], "co2": [3.0, 4.0]})) == (
        "no column names each unit once\n"
        "  columns: gdp, co2\n"
        '  fix: name it: unit = "…" (--unit); name the period too if units repeat: period = "…" (--period)'
    )


def test_a_unit_that_stands_twice_in_a_period_is_refused() -> None:
    assert fault(pl.concat([PANEL, PANEL.head(1)])).startswith("no column names each unit once within year")


def test_the_only_column_of_names_says_which_stands_twice() -> None:
    table = pl.DataFrame({"city": ["Lima", "Oslo", "Lima"], "gdp": [1.0, 2.0, 3.0]})
    assert "\n  city: Lima stands more than once; the 2 rows of Lima differ in gdp (1.0, 3.0)\n" in fault(table)
    panel = pl.DataFrame({"city": ["Lima", "Lima", "Lima"], "year": [1, 2, 2], "gdp": [1.0, 2.0, 3.0]})
    assert "\n  city: Lima 2 stands more than once; " in fault(panel)


@pytest.mark.parametrize(
    "cells", [["1", "unknown", "3"], ["1,5", "2,5", "3,5"], ["12%", "9%", "7%"], ["1 000", "2 000", ".."]]
)
def test_numbers_among_which_there_is_text_are_no_names_and_no_groups(cells: list[str]) -> None:
    found = infer(pl.DataFrame({"city": ["Lima", "Oslo", "Rome"], "gdp": cells, "co2": [1.0, 2.0, 3.0]}))
    assert (found.label, found.groups, found.indicators, found.doubtful) == (None, (), ("co2",), ("gdp",))
    text = next(cell for cell in cells if not cell.isdecimal())
    assert found.left_out == {"gdp": f'numbers, and text such as "{text}"'}


def test_codes_may_be_names() -> None:
    found = infer(pl.DataFrame({"city": ["Lima", "Oslo"], "code": ["5A", "7B"], "gdp": [1.0, 2.0]}))
    assert (found.label, found.doubtful) == ("code", ())


def test_a_column_with_text_among_numbers_is_left_out_and_named() -> None:
    table = pl.DataFrame({"city": ["Lima", "Oslo", "Rome"], "gdp": ["1", "unknown", "3"], "co2": [1.0, 2.0, 3.0]})
    with pytest.warns(DubiousWarning, match='gdp is left out: numbers, and text such as "unknown"'):
        indicia.score(table)


def test_a_table_without_numbers_is_refused() -> None:
    assert fault(pl.DataFrame({"city": ["Lima", "Oslo"], "coast": ["yes", "no"]})) == (
        "the table has no numeric column to build an index from\n  columns: city, coast"
    )
    assert fault(pl.DataFrame({"city": ["Lima", "Oslo"], "gdp": ["1,5", "2,5"]})) == (
        "the table has no numeric column to build an index from\n"
        "  columns: city, gdp\n"
        "  fix: --indicator gdp names the cells that are not numbers"
    )


def test_a_period_in_words_is_recognised_if_units_repeat() -> None:
    table = pl.DataFrame(
        {"city": ["Lima", "Oslo"] * 2, "quarter": ["2023Q1"] * 2 + ["2023Q2"] * 2, "gdp": [1, 2, 3, 5]}
    )
    found = infer(table)
    assert (found.unit, found.period, found.groups, found.left_out) == ("city", "quarter", (), {})
    assert infer(table, unit="city").period == "quarter"
    once = infer(table.head(2))
    assert (once.unit, once.period, once.left_out) == ("city", None, {"quarter": 'text, "2023Q1" for all units'})


def test_a_remedy_quotes_a_column_for_the_shell() -> None:
    assert '--indicator "GDP (€)" names' in fault(pl.DataFrame({"city": ["Lima", "Oslo"], "GDP (€)": ["1,5", "2,5"]}))
