"""The roles of the columns of a table are inferred as a person would."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import indicia
from indicia.errors import DefinitionError, DubiousWarning
from indicia_recognition import infer

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
    assert found.left_out["source"] == "text, a note or remark"


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
        "innovation_rank is left out: it is a rank from 1 to 3; a line in [indicators] makes it an "
        "indicator (--cost NAME, or --indicator NAME for each indicator)",
        "co2 is left out: it is empty",
    ]
    assert "note is left out: text, a note or remark" in result.notes
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
    found = infer(pl.DataFrame({"code": ["5A", "7B"], "city": ["Lima", "Oslo"], "gdp": [1.0, 2.0]}))
    assert (found.unit, found.label, found.doubtful) == ("code", "city", ())


@pytest.mark.parametrize("cells", [["PER", "NOR"], ["5A", "7B"], ["A. Vargas", "K. Lund"]])
def test_units_that_are_named_in_words_need_no_label(cells: list[str]) -> None:
    found = infer(pl.DataFrame({"city": ["Lima", "Oslo"], "contact": cells, "gdp": [1.0, 2.0]}))
    assert (found.label, found.left_out) == (None, {"contact": "text, another name of the units"})


def test_a_column_with_text_among_numbers_is_left_out_and_named() -> None:
    table = pl.DataFrame({"city": ["Lima", "Oslo", "Rome"], "gdp": ["1", "many", "3"], "co2": [1.0, 2.0, 3.0]})
    with pytest.warns(DubiousWarning, match='gdp is left out: numbers, and text such as "many"'):
        indicia.score(table)


def test_a_table_without_numbers_is_refused() -> None:
    assert fault(pl.DataFrame({"city": ["Lima", "Oslo"], "coast": ["yes", "no"]})) == (
        "the table has no numeric column to build an index from\n  columns: city, coast"
    )
    refusal = fault(pl.DataFrame({"city": ["Lima", "Oslo"], "gdp": ["1,5", "2,5"]}))
    assert "columns: city, gdp\n  fix: --indicator gdp names the cells that are not numbers; " in refusal


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


TOWNS = ["Aba", "Bonn", "Cork", "Dax", "Enna", "Faro", "Graz", "Hof", "Ulm", "Jena", "Kiel", "Lima"]
MEASURE = [3.1, 5.4, 2.2, 4.8, 3.9, 3.3, 1.7, 2.6, 6.0, 4.1, 3.5, 5.0]


def role_of(name: str, values: list[Any], **more: list[Any]) -> tuple[str, str]:
    """Return the rule that applies to a column beside the names of twelve towns, and its sentence."""
    found = infer(pl.DataFrame({"town": TOWNS, name: values, "measure": MEASURE, **more}, strict=False))
    rules = [(each.rule, each.sentence) for each in found.observations if name in each.names]
    return rules[0] if rules else ("indicator" if name in found.indicators else "", "")


@pytest.mark.parametrize(
    ("name", "values", "rule"),
    [
        ("", list(range(12)), "row_number"),
        ("column_0", [0, 2, 3, 5, 7, 8, 10, 13, 14, 15, 20, 21], "row_number"),
        ("column D", MEASURE, "no_name"),
        ("Unnamed: 0", list(range(12)), "row_number"),
        ("Unnamed: 0.1", list(range(12)), "row_number"),
        ("rownames", list(range(1, 13)), "row_number"),
        ("index", [0, 2, 3, 5, 7, 8, 10, 13, 14, 15, 20, 21], "row_number"),  # rows of a frame that were filtered
        ("No.", list(range(1, 13)), "row_number"),
        ("Lfd. Nr.", list(range(1, 13)), "row_number"),
        ("Nº", list(range(1, 13)), "row_number"),
        ("序号", list(range(1, 13)), "row_number"),
        ("序号", [1, 2, 3, 4] * 3, "row_number"),  # numbered anew in each province
        ("HDR country number", list(range(101, 113)), "code"),
        ("whatever", list(range(1, 13)), "row_number"),
        ("FIPS", [1001 + 2 * n for n in range(12)], "code"),
        ("Código IBGE", [3500105 + 7 * n * n for n in range(12)], "code"),
        ("ISO numeric", [40, 56, 100, 191, 196, 203, 208, 233, 246, 250, 276, 300], "code"),
        ("行政区划代码", [110000 + 10000 * n for n in range(12)], "code"),
        ("Postleitzahl", [10115, 20095, 80331, 50667, 60311, 70173, 40213, 44135, 45127, 28195, 1067, 30159], "code"),
        ("CAP", [10010 + 7 * n for n in range(12)], "code"),  # five digits each: the postal code of Italy
        ("zip_code", [15001 + n * n for n in range(12)], "code"),
        ("Kreisnummer", [1001, 1002, 1051, 1053, 1054, 1055, 1056, 1057, 1058, 1059, 1060, 1061], "code"),
        ("country number", [4, 8, 12, 20, 24, 28, 31, 32, 36, 40, 44, 48], "code"),
        ("kommunenr", [301, 1101, 1103, 1106, 1108, 1111, 1112, 1114, 1119, 1120, 1121, 1122], "code"),
        ("Kod pocztowy", [10115 + 31 * n for n in range(12)], "code"),
        ("customer_key", [5, 3, 9, 12, 45, 1, 33, 8, 7, 99, 4, 2], "code"),
        ("rank", [2, 1, 3, 5, 4, 6, 8, 7, 9, 10, 12, 11], "rank"),
        ("Rang 2020", [2, 1, 3, 5, 4, 6, 8, 7, 9, 10, 12, 11], "rank"),
        ("2020年排名", [2, 1, 3, 5, 4, 6, 8, 7, 9, 10, 12, 11], "rank"),
        ("year of foundation", [1999, 1850, 1874, 1900, 1911, 1700, 1820, 2001, 1950, 1960, 1970, 1888], "year"),
        ("region", [1, 2, 3] * 4, "group_code"),
        ("income group", [1, 2, 3, 4] * 3, "group_code"),
        ("地区", [1, 2, 3] * 4, "group_code"),
        ("województwo", [2, 4, 6] * 4, "group_code"),
        ("latitude", [5.1, 50.7, 51.9, 43.7, 37.6, 37.0, 47.1, 50.3, 48.4, 50.9, 54.3, -12.0], "coordinate"),
        ("flag", [0, 1] * 6, "flag"),
        ("estimated", [0, 1] * 6, "flag"),
        ("remarks", ["", "provisional"] * 6, "note"),
        ("资料来源", ["年鉴", "公报"] * 6, "note"),
        ("gdp_flag", ["p", "e"] * 6, "flag"),
        (
            "history",
            ["A long text on the town, of its founders and the walls that they built in the year " * 2] * 12,
            "note",
        ),
        ("member", [True, False] * 6, "true_or_false"),
        ("copy", MEASURE, "indicator"),  # the first of two equal columns stays
    ],
)
def test_a_column_that_measures_nothing_is_recognised(name: str, values: list[Any], rule: str) -> None:
    assert role_of(name, values)[0] == rule


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("population", [279729, 27969, 181055, 27816, 610723, 940907, 13753, 189900, 155173, 219650, 380221, 69832]),
        (
            "households",
            [27969, 18105, 27816, 61072, 94090, 13753, 18990, 15517, 21965, 38022, 69832, 34258],
        ),  # 5 digits
        ("index", [0.5, 0.7, 0.2, 0.9, 0.4, 0.3, 0.8, 0.6, 0.1, 0.55, 0.65, 0.75]),
        ("hospital beds", [12, 45, 33, 21, 18, 40, 37, 29, 31, 16, 25, 44]),
        ("doctor number", [120, 45, 330, 21, 18, 40, 37, 290, 31, 16, 25, 44]),  # a count in another order of words
        ("class size", [22, 25, 24, 23, 22, 26, 25, 27, 22, 21, 24, 23]),
        ("rankings in English papers", [2, 1, 3, 5, 4, 6, 8, 7, 9, 10, 12, 11]),
        ("codes of conduct", [2, 1, 3, 5, 4, 6, 8, 7, 9, 10, 12, 11]),
        ("years of schooling", [8, 9, 12, 11, 10, 9, 8, 12, 11, 9, 10, 12]),
        ("time", [11.04, 10.76, 11.02, 11.34, 11.11, 11.13, 10.83, 11.64, 11.37, 11.33, 11.2, 11.5]),
        ("cap", [100, 2500, 40, 90000, 12, 7, 333, 65, 8, 1200, 310, 77]),
        ("has plan", [0, 1] * 6),
        ("pupils", [5] * 6 + [6] * 6),
    ],
)
def test_a_column_of_ordinary_numbers_is_an_indicator(name: str, values: list[Any]) -> None:
    assert role_of(name, values) == ("indicator", "")


def test_the_sentence_has_the_evidence_and_the_remedy_the_words_of_the_tool() -> None:
    found = infer(pl.DataFrame({"rownames": range(1, 13), "town": TOWNS, "measure": MEASURE}))
    assert str(found.observations[0]) == (
        "rownames is left out: it numbers the rows from 1 to 12 (a row number); a line in [indicators] makes it an "
        "indicator (--cost NAME, or --indicator NAME for each indicator)"
    )


def test_a_column_named_rownames_that_holds_names_is_the_unit() -> None:
    assert infer(pl.DataFrame({"rownames": TOWNS, "measure": MEASURE})).unit == "rownames"


def test_equal_columns_count_once() -> None:
    found = infer(pl.DataFrame({"town": TOWNS, "income": MEASURE, "earnings": MEASURE}))
    assert found.indicators == ("income",)
    assert "same values as income" in found.left_out["earnings"]


def test_the_same_quantity_on_two_scales_is_asked_about() -> None:
    frame = pl.DataFrame({"town": TOWNS, "km": MEASURE, "miles": [value / 1.609 for value in MEASURE]})
    found = infer(frame)
    assert found.indicators == ("km", "miles")
    (doubt,) = found.observations
    assert (doubt.rule, doubt.effect, doubt.names) == ("proportional", "question", ("miles", "km"))


def test_in_a_table_of_ranks_the_ranks_are_indicators_and_asked_about() -> None:
    ranks = pl.DataFrame({"town": TOWNS, "income_rank": [*range(2, 13), 1], "crime_rank": [*range(12, 0, -1)]})
    found = infer(ranks)
    assert found.indicators == ("income_rank", "crime_rank")
    (doubt,) = found.observations
    assert doubt.sentence == "income_rank, crime_rank are ranks, and kept, as there are no other numbers"


def test_a_part_of_a_code_is_a_code() -> None:
    geoid = [1001, 1003, 1005, 1007, 1009, 1011, 4001, 4003, 4005, 4007, 4009, 4011]
    parts = {"GEOID": geoid, "st": [1] * 6 + [4] * 6}
    found = infer(pl.DataFrame({"town": TOWNS, **parts, "measure": MEASURE}))
    assert found.left_out["st"] == "it is a part of the code in GEOID"


def test_codes_with_zeros_beside_a_group_are_no_second_group() -> None:
    table = {"town": TOWNS, "state": ["AL", "AZ"] * 6, "STATE_FIPS": ["01", "04"] * 6, "measure": MEASURE}
    found = infer(pl.DataFrame(table))
    assert (found.groups, list(found.left_out)) == (("state",), ["STATE_FIPS"])


def test_a_group_of_numbers_is_stated_with_its_remedy() -> None:
    found = infer(pl.DataFrame({"town": TOWNS, "region": [1, 2, 3] * 4, "measure": MEASURE}))
    assert (found.groups, found.indicators) == (("region",), ("measure",))
    assert found.observations[0].effect == "format"
    assert (
        infer(pl.DataFrame({"town": TOWNS, "region": [1, 2, 3] * 4, "measure": MEASURE}), costs=["region"]).groups == ()
    )


def test_the_year_of_the_value_of_each_unit_is_no_period() -> None:
    found = infer(pl.DataFrame({"town": TOWNS, "survey year": [2010, 2011, 2012] * 4, "measure": MEASURE}))
    assert (found.unit, found.period) == ("town", None)
    assert found.left_out == {"survey year": "it holds years, 2010 to 2012"}


@pytest.mark.parametrize(
    ("name", "periods"),
    [
        ("jaar", [2019, 2020]),  # by its values
        ("t", [1, 2]),
        ("Berichtsjahr", [2019, 2020]),
        ("ejercicio fiscal", [2019, 2020]),
        ("观测日期", ["2019-12-31", "2020-12-31"]),
        ("season", ["2019/20", "2020/21"]),
    ],
)
def test_units_that_repeat_have_a_period(name: str, periods: list[Any]) -> None:
    frame = pl.DataFrame({"town": TOWNS * 2, name: [value for value in periods for _ in TOWNS], "x": MEASURE * 2})
    found = infer(frame)
    assert (found.unit, found.period, found.indicators) == ("town", name, ("x",))


def test_a_key_with_the_year_in_it_is_not_the_unit() -> None:
    keys = [f"{town}-{year}" for year in (2019, 2020) for town in TOWNS]
    frame = pl.DataFrame({"key": keys, "town": TOWNS * 2, "year": [2019] * 12 + [2020] * 12, "x": MEASURE * 2})
    found = infer(frame)
    assert (found.unit, found.period) == ("town", "year")


def test_totals_of_the_same_name_do_not_hide_the_unit() -> None:
    frame = pl.DataFrame(
        {"town": ["Aba", "Bonn", "Total", "Cork", "Dax", "Total"], "x": [1.0, 2.5, 3.5, 4.0, 5.0, 9.0]}
    )
    assert infer(frame).unit == "town"


def test_a_table_with_a_row_for_each_sex_names_the_rows_to_keep() -> None:
    frame = pl.DataFrame({"town": TOWNS * 2, "sex": ["all"] * 12 + ["female"] * 12, "x": MEASURE * 2})
    assert 'town names each unit once for each sex; keep the rows of one: where = { "sex" = "all" }' in fault(frame)


def test_units_that_are_written_twice_are_named_with_what_differs() -> None:
    frame = pl.DataFrame({"town": [*TOWNS, "Bonn", "Hof"], "x": [*MEASURE, 5.9, 2.6]})
    text = fault(frame)
    assert "town: Bonn, Hof stand more than once; the 2 rows of Bonn differ in x (5.4, 5.9); " in text
    assert "the 2 rows of Hof are equal" in text
    assert "remove the rows that repeat a unit" in text


def test_quantities_in_words_name_no_units() -> None:
    found = infer(pl.DataFrame({"town": TOWNS, "gdp": [f"${value} bn" for value in MEASURE], "x": MEASURE}))
    assert (found.label, found.doubtful) == (None, ("gdp",))


PROVINCES = ["Adana", "Bolu", "Corum", "Denizli", "Edirne", "Giresun", "Hatay", "Izmir", "Kars", "Mersin", "Ordu"]
"""Eleven names in alphabetical order."""


def test_whole_numbers_that_rise_with_the_alphabet_are_a_code() -> None:
    frame = pl.DataFrame(
        {"il": PROVINCES, "trx": [3, 14, 19, 20, 22, 28, 31, 35, 36, 133, 452], "x": [0.5, 2.0, 1.0] * 3 + [3.0, 4.0]}
    )
    observation = next(each for each in infer(frame).observations if each.names == ("trx",))
    assert (observation.rule, observation.effect) == ("code", "left_out")
    assert "its whole numbers rise with the alphabet" in observation.sentence
    assert "such as 3 for Adana" in observation.sentence
    assert "trx" in infer(frame, costs=["trx"]).indicators


def test_whole_numbers_that_rise_before_the_names_are_a_code() -> None:
    frame = pl.DataFrame(
        {
            "terr": [2, 4, 6, 8, 12, 14, 18, 22, 26, 28, 132],
            "il": PROVINCES[::-1],
            "x": [0.5, 2.0, 1.0] * 3 + [3.0, 4.0],
        }
    )
    assert infer(frame).indicators == ("x",)


def test_a_measure_that_sorts_the_table_is_an_indicator() -> None:
    frame = pl.DataFrame({"il": PROVINCES[::-1], "beds": [2, 4, 6, 8, 12, 14, 18, 22, 26, 28, 132]})
    assert infer(frame).indicators == ("beds",)


@pytest.mark.parametrize("name", ["Gründungsjahr", "founded", "Année de fondation", "成立年份"])
def test_years_of_foundation_may_be_of_any_century(name: str) -> None:
    frame = pl.DataFrame({"city": ["Aachen", "Bonn", "Kiel"], name: [1018, 1021, 1242], "gdp": [3.0, 2.5, 4.0]})
    assert infer(frame).indicators == ("gdp",)


@pytest.mark.parametrize("name", ["CD_UF", "TERYT", "Код ОКТМО", "Code Insee de la région", "UBIGEO", "kommunenr"])
def test_codes_have_names_in_many_countries(name: str) -> None:
    frame = pl.DataFrame({"area": ["A", "B", "C"], name: [33, 11, 24], "gdp": [3.0, 2.5, 4.0]})
    assert infer(frame).indicators == ("gdp",)


@pytest.mark.parametrize("cell", ["2024-03-{:02d} 12:00:00", "{:02d}.03.2024", "2024/3/{:d}"])
def test_dates_in_texts_are_no_numbers(cell: str) -> None:
    dates = [cell.format(number + 1) for number in range(len(TOWNS))]
    found = infer(pl.DataFrame({"town": TOWNS, "created": dates, "x": MEASURE}))
    assert [each.rule for each in found.observations if "created" in each.names] == ["date"]


@pytest.mark.parametrize("name", ["Kreis-Nr", "Gemeindenummer", "district no", "Area number"])
def test_the_number_of_a_unit_or_group_is_a_code_in_any_order(name: str) -> None:
    frame = pl.DataFrame({"area": ["A", "B", "C"], name: [14713, 9162, 315], "gdp": [3.0, 2.5, 4.0]})
    assert infer(frame).indicators == ("gdp",)


def test_a_number_of_things_is_an_indicator() -> None:
    frame = pl.DataFrame({"area": ["A", "B", "C"], "Hospital number": [14713, 9162, 315], "gdp": [3.0, 2.5, 4.0]})
    assert infer(frame).indicators == ("Hospital number", "gdp")
