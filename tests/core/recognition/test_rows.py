"""Rows that are no units are recognised by their names, by arithmetic and by their place."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia_recognition import Observation, infer
from indicia_recognition.columns import Inferred
from indicia_recognition.keys import kind_of_name
from indicia_recognition.row_table import RowTable, other_rows
from indicia_recognition.rows import rows_that_are_no_units
from indicia_recognition.totals import may_be_totals, sums_and_means

CITIES = {
    "city": ["Lima", "Oslo", "Pune", "Rome", "Bonn"],
    "people": [10.0, 0.7, 6.0, 2.8, 0.3],
    "income": [7.1, 60.2, 2.9, 35.5, 41.0],
}


def observed(frame: pl.DataFrame, **stated: Any) -> list[Observation]:
    return rows_that_are_no_units(frame, infer(frame, **stated))


def with_row(name: str | None, *values: float | None) -> pl.DataFrame:
    row = pl.DataFrame([[name], *([value] for value in values)], schema=pl.DataFrame(CITIES).schema)
    return pl.concat([pl.DataFrame(CITIES), row])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("World", "total"),
        ("Total", "total"),
        ("TOTAL GENERAL", "total"),
        ("Total général", "total"),
        ("Sous-total", "total"),
        ("Insgesamt", "total"),
        ("Summe Bayern", "total"),
        ("Promedio", "total"),
        ("總 計", "total"),
        ("臺灣", None),
        ("Afrique subsaharienne", "aggregate"),
        ("Südasien", "aggregate"),
        ("Zusammen", "total"),
        ("Africa (total)", "total"),
        ("OECD average", "total"),
        ("合计", "total"),
        ("全国", "total"),
        ("东部地区平均", "total"),
        ("總計", "total"),
        ("Ogółem", "total"),
        ("Celkem", "total"),
        ("Итого", "total"),
        ("Hela riket", "total"),
        ("全 国", "total"),
        ("EU27_2020", "aggregate"),
        ("European Union - 27 countries (from 2020)", "aggregate"),
        ("EA19", "aggregate"),
        ("OECD members", "aggregate"),
        ("Sub-Saharan Africa", "aggregate"),
        ("Sub-Saharan Africa (excluding high income)", "aggregate"),
        ("East Asia & Pacific", "aggregate"),
        ("Amérique latine", "aggregate"),
        ("Std. dev.", "statistic"),
        ("中位数", "statistic"),
        ("Source: United Nations", "note"),
        ("Note: Area in square miles.", "note"),
        ("Quelle: Statistisches Bundesamt (Destatis), 2024", "note"),
        ("Elaboración propia con datos del censo, de 2021", "note"),
        ("资料来源：国家统计局", "note"),
        ("注：按当年价格计算", "note"),
        ("* Estimate", "note"),
        ("[1] Without the islands", "note"),
    ],
)
def test_a_name_that_is_no_unit_is_known_in_several_languages(name: str, kind: str) -> None:
    assert kind_of_name(name) == kind


@pytest.mark.parametrize(
    "name",
    [
        "Union County",
        "Lake County",
        "Central African Republic",  # an aggregate is the whole name, not a part
        "South Africa",
        "Georgia",
        "Ireland",
        "Micronesia",
        "Notre-Dame-de-Bondeville",
        "Stand Rock",
        "Source",  # a place may have this name; a note has a text
        "Totana",
        "Sumner County",
        "Meanwood",
        "Western Australia",
        "Worldwide Bank",
        "Totalán",
        "全椒县",
        "平顶山市",
        "中山市",
        "注文",
    ],
)
def test_a_proper_name_is_a_unit(name: str) -> None:
    assert kind_of_name(name) is None


def test_a_total_is_left_out_with_the_evidence_of_its_name_and_its_values() -> None:
    (found,) = observed(with_row("Total", 19.8, 29.34))
    assert (found.rule, found.names, found.effect) == ("total_row", ("Total",), "left_out")
    assert found.sentence == (
        "Total is left out: its name is that of a total, and people is the sum of the other rows, and income is the "
        "mean of the other rows"
    )
    assert "without" in found.remedy


def test_a_sum_under_an_ordinary_name_is_left_out_if_all_numbers_agree() -> None:
    (found,) = observed(with_row("Atlantis", 19.8, 29.34))
    assert (found.names, found.effect) == (("Atlantis",), "left_out")
    assert "people is the sum of the other rows" in found.sentence


def test_a_mean_that_is_weighted_by_the_people_is_the_mean_of_the_total() -> None:
    weighted = sum(p * i for p, i in zip(CITIES["people"], CITIES["income"], strict=True)) / 19.8
    (found,) = observed(with_row("Atlantis", 19.8, round(weighted, 2)))
    assert found.effect == "left_out"


def test_a_large_unit_that_is_no_sum_is_a_unit() -> None:
    assert observed(with_row("Delhi", 33.0, 5.0)) == []


def test_a_single_sum_among_few_rows_may_be_an_accident() -> None:
    assert observed(pl.DataFrame({"city": ["Lima", "Oslo", "Pune", "Rome"], "x": [1.0, 2.0, 3.0, 6.0]})) == []


def test_a_row_with_the_name_of_its_group_and_the_sum_of_the_group_is_a_subtotal() -> None:
    frame = pl.DataFrame(
        {
            "region": ["North"] * 4 + ["South"] * 4,
            "city": ["North", "Oslo", "Bergen", "Bodø", "South", "Lima", "Cusco", "Puno"],
            "people": [1100, 700, 300, 100, 620, 400, 170, 50],
            "schools": [111, 70, 30, 11, 60, 41, 14, 5],
        }
    )
    found = observed(frame)
    assert [(each.names, each.effect) for each in found] == [(("North",), "left_out"), (("South",), "left_out")]
    assert found[0].sentence == (
        "North is left out: it has the name of the region of 3 rows, and people, schools are the sum of the other "
        "rows: a subtotal"
    )


def test_a_city_with_the_name_of_its_province_is_a_unit() -> None:
    frame = pl.DataFrame(
        {
            "province": ["Lima", "Lima", "Lima", "Cusco", "Cusco", "Cusco"],
            "city": ["Barranca", "Lima", "Huaral", "Urubamba", "Calca", "Anta"],
            "people": [7, 90, 10, 6, 5, 4],
            "schools": [9, 50, 12, 8, 7, 3],
        }
    )
    assert observed(frame) == []


def test_a_row_above_indented_names_is_a_subtotal() -> None:
    frame = pl.DataFrame(
        {
            "area": ["Norden", "  Kiel", "  Bremen", "Süden", "  Ulm", "  Fürth"],
            "people": [9.5, 4.0, 5.5, 3.9, 1.8, 2.1],
        }
    )
    assert [each.names for each in observed(frame)] == [("Norden",), ("Süden",)]


def test_regions_are_units_in_a_table_of_regions() -> None:
    frame = pl.DataFrame(
        {
            "region": ["Africa", "Asia", "Europe", "Oceania", "World"],
            "x": [1.0, 5.0, 3.0, 2.0, 9.0],
            "y": [4, 2, 1, 7, 3],
        }
    )
    assert [each.names for each in observed(frame)] == [("World",)]


def test_many_aggregates_are_one_observation_with_all_names() -> None:
    aggregates = [
        "Arab World",
        "Euro area",
        "European Union",
        "High income",
        "Low income",
        "OECD members",
        "South Asia",
    ]
    countries = [f"Country {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    names = [*countries, *aggregates, "Small states", "Middle income"]
    frame = pl.DataFrame({"country": names, "gdp": [float(value * value % 37) for value in range(len(names))]})
    (found,) = observed(frame)
    assert found.names == (*aggregates, "Small states", "Middle income")
    assert "Arab World, Euro area" in found.sentence


def test_statistics_at_the_foot_are_no_units() -> None:
    frame = pl.concat(
        [with_row("Mean", 3.96, 29.34), with_row("Min", 0.3, 2.9).tail(1), with_row("Max", 10.0, 60.2).tail(1)]
    )
    assert {name for each in observed(frame) for name in each.names} == {"Mean", "Min", "Max"}


def test_a_note_without_values_is_no_unit() -> None:
    (found,) = observed(with_row("Source: United Nations, 2020", None, None))
    assert (found.rule, found.names) == ("note_row", ("Source: United Nations, 2020",))
    assert "note or source" in found.sentence


def test_a_row_without_values_under_an_ordinary_name_is_asked_about() -> None:
    (found,) = observed(with_row("Monaco", None, None))
    assert (found.rule, found.effect) == ("row_without_values", "question")
    assert found.remedy == 'without = ["Monaco"] in [data] leaves it out'


def test_in_a_panel_totals_are_compared_within_a_period() -> None:
    one = with_row("Atlantis", 19.8, 29.34).with_columns(year=2020)
    other = one.with_columns(pl.col("people") * 2, year=2021)
    assert [each.names for each in observed(pl.concat([one, other]))] == [("Atlantis",)]


def test_the_label_tells_that_a_code_is_a_total() -> None:
    frame = with_row("Total", 19.8, 29.34).with_columns(code=pl.Series(["PE", "NO", "IN", "IT", "DE", "XX"]))
    (found,) = observed(frame.select("code", "city", "people", "income"))
    assert found.names == ("XX",)
    assert found.sentence.startswith("XX (Total) is left out: its name is that of a total")


def test_skewed_units_are_no_totals() -> None:
    people = [1_500_000, 400_000, 90_000, 51_000, 22_000, 9_000, 4_100, 1_800, 700, 300]
    frame = pl.DataFrame(
        {"city": [f"City {letter}" for letter in "ABCDEFGHIJ"], "people": people, "schools": [n // 900 for n in people]}
    )
    assert observed(frame) == []


def test_blocks_of_a_sum_and_its_parts_need_no_group() -> None:
    frame = pl.DataFrame(
        {
            "district": ["North", "Aba", "Bem", "Cor", "South", "Dax", "Eni", "Fam", "Province total"],
            "people": [6.1, 1.0, 2.0, 3.1, 15.3, 4.1, 5.0, 6.2, 21.4],
            "schools": [61, 11, 20, 30, 152, 40, 51, 61, 213],
        }
    )
    found = {each.names[0]: each.sentence for each in observed(frame)}
    assert list(found) == ["Province total", "North", "South"]
    assert found["South"] == (
        "South is left out: people, schools are the sum of the 3 rows below it: a subtotal, not a unit"
    )


def test_small_numbers_that_add_up_by_accident_are_no_blocks() -> None:
    frame = pl.DataFrame(
        {
            "city": [f"City {letter}" for letter in "ABCDEFGHIJKL"],
            "a": [2, 1, 1, 3, 2, 1, 1, 0, 1, 2, 1, 1],
            "b": [4, 2, 2, 1, 2, 1, 1, 0, 3, 4, 2, 2],
        }
    )
    assert observed(frame) == []


def test_the_total_of_a_group_has_the_evidence_of_its_group() -> None:
    frame = pl.DataFrame(
        {
            "province": ["A"] * 4 + ["B"] * 4,
            "town": ["a1", "a2", "a3", "Total A", "b1", "b2", "b3", "Total B"],
            "people": [1.0, 2.0, 3.5, 6.5, 4.0, 5.0, 6.5, 15.5],
            "area": [1.0, 4.0, 3.0, 8.0, 9.0, 5.0, 6.0, 20.0],
        }
    )
    assert [each.sentence for each in observed(frame)] == [
        "Total A is left out: its name is that of a total, and people, area are the sum of the other rows",
        "Total B is left out: its name is that of a total, and people, area are the sum of the other rows",
    ]


def test_a_name_that_each_block_repeats_is_listed_once() -> None:
    frame = pl.DataFrame(
        {"town": ["Aba", "Bonn", "Cork", "Subtotal", "Dax", "Enna", "Faro", "Subtotal"], "x": [1, 2, 4, 7, 5, 6, 8, 19]}
    )
    assert [each.names for each in observed(frame)] == [("Subtotal",)]


def test_the_country_above_its_regions_is_asked_about() -> None:
    rates = [3.1, 5.4, 2.2, 4.8, 3.9, 3.3, 1.7, 2.6, 6.0, 4.1]
    states = ["Alabama", "Alaska", "Arizona", "Colorado", "Georgia", "Idaho", "Iowa", "Maine", "Ohio", "Utah"]
    frame = pl.DataFrame({"state": ["United States", *states], "poverty": [4.0, *rates], "crime": [3.0, *rates[::-1]]})
    (found,) = observed(frame)
    assert (found.names, found.effect) == (("United States",), "question")
    assert "may be a total: its name is that of a country" in found.sentence


def test_a_row_with_values_and_no_name_is_asked_about() -> None:
    (found,) = observed(with_row(None, 19.8, 29.34))
    assert (found.rule, found.effect) == ("row_without_name", "question")
    assert found.sentence == (
        "city: row 6 of the data has values and no name, and may be a total: people is the sum of the other rows, and "
        "income is the mean of the other rows"
    )
    assert found.remedy.startswith("footer_rows = 1 in [data] (--set data.footer_rows=1)")


def test_a_code_that_is_also_the_abbreviation_of_a_statistic_is_a_unit() -> None:
    frame = pl.DataFrame({"state": ["OH", "OK", "OR", "PA", "RI", "SC", "SD"], "x": [7.0, 2, 5, 9, 4, 3, 6]})
    assert observed(frame) == []


def test_a_unit_without_values_in_every_period_is_asked_about() -> None:
    frame = pl.DataFrame(
        {
            "city": ["Lima", "Oslo", "Pune", "Graz", "Bonn"] * 2,
            "year": [2020] * 5 + [2021] * 5,
            "rent": [3.5, None, None, 4.4, 6.1, 3.9, 8.8, None, 4.1, 6.2],
        }
    )
    found = rows_that_are_no_units(frame, infer(frame))
    assert [(seen.rule, seen.names) for seen in found] == [("row_without_values", ("Pune",))]


def test_a_country_among_regions_in_each_period_may_be_a_total() -> None:
    regions = ["Polska", "Lubelskie", "Opolskie", "Podlaskie", "Pomorskie", "Mazowieckie", "Lubuskie"]
    regions += ["Podkarpackie", "Wielkopolskie"]
    frame = pl.DataFrame(
        {
            "code": [f"{number:02}" for number in range(9)] * 2,
            "region": regions * 2,
            "year": [2020] * 9 + [2021] * 9,
            "rent": [3.5, 4.2, 5.9, 4.4, 6.1, 3.9, 8.8, 5.5, 4.1, 6.2, 4.7, 3.1, 6.6, 5.1, 2.9, 3.3, 4.9, 4.8],
        }
    )
    (found,) = rows_that_are_no_units(frame, infer(frame))
    assert (found.rule, found.names, found.effect) == ("total_row", ("00",), "question")
    assert found.sentence.startswith("00 (Polska) may be a total")


def test_statistics_below_a_table_are_recognised_by_their_values_where_names_are_abbreviated() -> None:
    people, income = [float(n) for n in (10, 7, 6, 28, 3, 9)], [7.1, 60.2, 2.9, 35.5, 41.0, 12.4]
    rows = [("Min.", min(people), min(income)), ("Höchst", max(people), max(income)), ("N", 6.0, 6.0)]
    frame = pl.DataFrame(
        {
            "city": ["Lima", "Oslo", "Pune", "Rome", "Bonn", "Kiel", *(name for name, *_ in rows)],
            "people": [*people, *(row[1] for row in rows)],
            "income": [*income, *(row[2] for row in rows)],
        }
    )
    assert {name for each in observed(frame) for name in each.names} == {"Min.", "Höchst", "N"}


def test_subtotals_of_one_amount_beside_rates_are_left_out() -> None:
    frame = pl.DataFrame(
        {
            "area": ["A", "B", "C", "North", "D", "E", "South"],
            "rate": [4.0, 5.5, 6.1, 5.2, 8.0, 9.5, 8.7],
            "people": [4021, 10233, 7744, 21998, 5120, 3001, 8121],
        }
    )
    assert {name for each in observed(frame) for name in each.names} == {"North", "South"}


def test_a_sum_of_small_numbers_beside_rates_is_an_accident() -> None:
    frame = pl.DataFrame(
        {
            "area": ["A", "B", "C", "North", "D", "E", "South"],
            "rate": [4.0, 5.5, 6.1, 5.2, 8.0, 9.5, 8.7],
            "schools": [2, 3, 4, 9, 5, 1, 6],
        }
    )
    assert not observed(frame)


def test_the_remedy_for_last_rows_without_a_name_counts_the_footer() -> None:
    frame = pl.DataFrame({"city": ["Lima", "Oslo", "Pune", "Graz", None], "rent": [3.5, 4.2, 5.9, 4.4, 18.0]})
    (found,) = rows_that_are_no_units(frame, infer(frame), footer_rows=2)
    assert found.remedy.startswith("footer_rows = 3 in [data] (--set data.footer_rows=3)")


def test_a_total_in_spaced_characters_is_left_out() -> None:
    frame = pl.DataFrame({"地区": ["北 京", "上 海", "全 國"], "人口": [2188.6, 2489.0, 9000.0], "率": [2.6, 2.7, 3.0]})
    assert [each.names for each in observed(frame)] == [("全 國",)]


@given(st.data())
def test_no_total_is_passed_over_when_many_rows_are_looked_at_together(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(4, 12)), data.draw(st.integers(1, 4))
    numbers = st.lists(st.sampled_from([np.nan, 0.0, 1.0, 2.0, 3.5, -4.0, 1e7]), min_size=columns, max_size=columns)
    values = np.array(data.draw(st.lists(numbers, min_size=rows, max_size=rows)))
    total = data.draw(st.sampled_from([np.nansum, np.nanmean]))
    values[-1] = total(values[:-1], axis=0) if not np.isnan(values[:-1]).all(axis=0).any() else values[-1]
    frame = pl.DataFrame({"city": [f"city {row}" for row in range(rows)]})
    indicators = tuple(f"x{column}" for column in range(columns))
    roles = Inferred("city", None, None, (), indicators)
    table = RowTable(frame, roles, frame["city"].to_list(), [None] * rows, values, is_complete=True)
    looked_at = may_be_totals(table, range(rows), set())
    for row in range(rows):
        evidence = sums_and_means(table, row, other_rows(table, row, set()))
        assert row in looked_at or not (evidence and (evidence.certain or evidence.likely))
    assert looked_at <= set(range(rows))


def test_few_rows_of_a_wide_table_are_looked_at_for_totals() -> None:
    """Nearly each of 1,000 rows has the largest value of a column, if there are 2,000."""
    values = np.random.default_rng(1).random((300, 600))
    frame = pl.DataFrame({"city": [f"city {row}" for row in range(300)]})
    roles = Inferred("city", None, None, (), tuple(f"x{column}" for column in range(600)))
    table = RowTable(frame, roles, frame["city"].to_list(), [None] * 300, values, is_complete=True)
    assert may_be_totals(table, range(300), set()) == set()
    values[299] = values[:299].sum(axis=0)
    assert may_be_totals(table, range(300), set()) >= {299}
