"""Doubts about values: codes for missing values, impossible values, scales that change, names that are alike."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from reference_folder import ABSENT, table_of_gallery

from indicia.data import read_table
from indicia_recognition import Inferred, Observation, infer
from indicia_recognition.rows import rows_that_are_no_units
from indicia_recognition.sentinels import Sentinel, sentinels
from indicia_recognition.values import questions

UNITS = [f"City {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
RATES = [3.1, 5.4, 2.2, 4.8, 3.9, 3.3, 1.7, 2.6, 6.0, 4.1, 3.5, 5.0]


def table(**columns: list[Any]) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    return pl.DataFrame({"city": UNITS[:height], **columns}, strict=False)


def roles(frame: pl.DataFrame, **stated: Any) -> Inferred:
    """Return the roles with all columns of numbers as indicators."""
    numbers = [name for name in frame.columns if frame.schema[name].is_numeric() and name != "year"]
    return infer(frame, indicators=numbers, **stated)


def doubts(frame: pl.DataFrame, **stated: Any) -> list[Observation]:
    return list(questions(frame, roles(frame, **stated)))


def found_sentinels(frame: pl.DataFrame) -> list[Sentinel]:
    return sentinels(frame, roles(frame))


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        ([*RATES[:10], -999, 2.0], "-999"),
        ([*RATES[:10], -99, -99], "-99"),
        ([*RATES[:10], 9999, 2.0], "9999"),
        ([*RATES[:10], 999.9, 999.9], "999.9"),
        ([*RATES[:10], 99, 99], "99"),
        ([*RATES[:10], 8888, 8888], "8888"),
        ([120, 310, 250, 90, 400, 170, 220, 140, 500, 330, -1, -1], "-1"),
        ([*RATES[:10], -32768, 2.0], "-32768"),
    ],
)
def test_a_famous_number_far_from_the_rest_is_read_as_missing(cells: list[float], mark: str) -> None:
    (found,) = found_sentinels(table(rate=cells))
    assert (found.rule, found.names, found.marks, found.effect) == ("sentinel", ("rate",), (mark,), "format")
    assert found.sentence.startswith(f"{mark} stands in rate (")
    assert "missing" in found.sentence
    assert "--set data.missing" in found.remedy


@pytest.mark.parametrize(
    "cells",
    [
        [*RATES[:10], 9, 7],
        [98, 97, 99, 99, 96, 95, 100, 99, 99, 94, 93, 92],  # shares near 100
        [900, 950, 999, 1010, 870, 1200, 999, 930, 1100, 880, 990, 999],
        [-3.0, 2.1, -1.0, 4.0, -1, 0.3, 1.8, -2.2, 3.4, 0.9, -0.4, 2.0],  # growth
        [5, 40, 300, 2_000, 9_999, 31_000, 150_000, 800_000, 12, 77, 450, 6_100],  # a long tail
        [-400, -820, -999, -150, -640, -330, -710, -90, -505, -280, -777, -610],  # all are negative
    ],
)
def test_a_number_that_may_be_a_value_is_no_code(cells: list[float]) -> None:
    assert found_sentinels(table(rate=cells)) == []


def test_a_code_that_is_a_value_elsewhere_is_asked_about() -> None:
    frame = table(rate=[*RATES[:10], 99, 99], deaths=[99, 310, 250, 90, 400, 170, 220, 140, 500, 330, 120, 80])
    (found,) = found_sentinels(frame)
    assert (found.marks, found.effect) == ((), "question")
    assert "it is a value of deaths" in found.sentence


def test_a_single_99_among_small_rates_is_asked_about() -> None:
    (found,) = found_sentinels(table(rate=[*RATES[:11], 99]))
    assert (found.marks, found.effect) == ((), "question")


def test_one_code_in_two_columns_is_one_observation() -> None:
    (found,) = found_sentinels(table(a=[*RATES[:11], -999], b=[-999, *RATES[:11]]))
    assert found.names == ("a", "b")


@pytest.mark.parametrize(
    ("name", "values", "rule", "words"),
    [
        ("Population", [*range(100, 111), -104], "negative", "Population is negative for City L (-104)"),
        ("Bevölkerung", [*range(100, 111), -104], "negative", "negative for City L"),
        ("人口", [*range(100, 111), -104], "negative", "negative for City L"),
        ("Internet users (%)", [*range(60, 71), 187.4], "share_above_100", "above 100 for City L (187.4)"),
        ("Anteil der Haushalte", [*range(60, 71), 187.4], "share_above_100", "above 100"),
        ("城镇化率", [*range(60, 71), 187.4], "share_above_100", "above 100"),
        ("share of forest", [*np.linspace(0.4, 0.9, 11), 1.3], "share_above_100", "above 1 for City L (1.3)"),
        ("life expectancy", [*range(60, 71), 708], "outlying_value", "life expectancy of City L (708) is far from"),
        ("life expectancy", [*range(60, 71), 7.1], "outlying_value", "by a factor of 0.1"),
    ],
)
def test_an_impossible_value_is_asked_about_with_the_unit(
    name: str, values: list[float], rule: str, words: str
) -> None:
    (found,) = doubts(table(**{name: values}))
    assert (found.rule, found.names, found.effect) == (rule, (name, "City L"), "question")
    assert words in found.sentence
    assert "correct the value" in found.remedy


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Population growth", [*range(1, 12), -4]),
        ("GDPGrow", [*range(1, 12), -4]),
        ("Net migration of population", [*range(1, 12), -4]),
        ("人口增长率", [*range(1, 12), -4]),
        ("Mobile subscriptions (per 100 people)", [*range(60, 71), 187.4]),
        ("Government debt (% of GDP)", [*range(60, 71), 187.4]),
        ("dluh (% HDP)", [*range(60, 71), 187.4]),
        ("Gross enrolment (%)", [*range(90, 101), 112.0]),
        ("Index (2015=100)", [*range(90, 101), 112.0]),
        ("Government effectiveness (-2.5 to 2.5)", list(np.linspace(-2.2, 1.9, 12))),
        ("Access to electricity (%)", [100.0] * 6 + [97.6, 72.0, 64.7, 15.5, 11.1, 51.1]),
        ("Adult literacy (%)", [100.0, 99.9, 37.3, 22.3, 58.0, 61.6, 97.1, 88.7, 99.2, 98.6, 73.8, 35.1]),
        ("gdp", [21_000, 900, 560, 430, 300, 210, 150, 90, 44, 20, 8, 1]),
        ("density", [21_000, 430, 310, 260, 250, 240, 220, 200, 150, 110, 95, 70]),
        ("temperature", [*range(1, 12), -4]),
        ("yes_or_no", [0] * 11 + [1]),
    ],
)
def test_a_value_that_its_quantity_can_have_is_no_doubt(name: str, values: list[float]) -> None:
    assert doubts(table(**{name: values})) == []


def test_shares_among_percentages_are_counted() -> None:
    shares = [0.45, 0.61, 0.52, 0.83, 0.77, 0.58, 0.66, 0.71]
    (found,) = doubts(table(urban=[*shares, 44.0, 61.5, 80.2]))
    assert (found.rule, found.names) == ("mixed_scale", ("urban", "City I", "City J", "City K"))
    assert found.sentence.startswith(
        "urban has shares among percentages: 8 values from 0.45 to 0.83, and 3 values about"
    )


def test_a_column_with_thousands_among_units_has_two_scales() -> None:
    (found,) = doubts(table(gdp=[12_300.0, 15_200.0, 9_800.0, 21_000.0, 14.1, 18_700.0, 11_900.0, 19.4, 16_000.0]))
    assert found.rule == "mixed_scale"
    assert "about 1000 times" in found.sentence


def panel(first: list[float], second: list[float], years: tuple[object, object] = (2020, 2021)) -> pl.DataFrame:
    units = UNITS[: len(first)]
    return pl.concat(
        [pl.DataFrame({"city": units, "year": year, "x": x}) for year, x in zip(years, (first, second), strict=True)]
    )


def test_a_scale_that_changes_between_periods_is_asked_about() -> None:
    first = [1200.0, 5400.0, 800.0, 31000.0, 15000.0, 2600.0]
    (found,) = doubts(panel(first, [value * 1.03 / 1000 for value in first]))
    assert (found.rule, found.names) == ("scale_of_period", ("x", "2021"))
    assert "factor of 1000" in found.sentence


def test_growth_that_differs_between_units_is_no_change_of_scale() -> None:
    first = [1200.0, 5400.0, 800.0, 31000.0, 15000.0, 2600.0]
    assert doubts(panel(first, [12.0, 9000.0, 80000.0, 310.0, 1500000.0, 2.0])) == []


@pytest.mark.parametrize(
    ("values", "words"), [([1.0] * 12, "constant, 1 in all 12 rows"), ([0.3, 0.1 + 0.2] * 6, "but for rounding noise")]
)
def test_a_constant_column_is_asked_about(values: list[float], words: str) -> None:
    (found,) = doubts(table(x=values))
    assert (found.rule, found.names) == ("constant", ("x",))
    assert words in found.sentence


def test_a_column_of_nearly_one_value_names_the_other_units() -> None:
    (found,) = doubts(pl.DataFrame({"city": [f"C{n}" for n in range(60)], "x": [5.0] * 58 + [4.0, 3.0]}))
    assert found.rule == "nearly_constant"
    assert "C58 (4), C59 (3)" in found.sentence


@pytest.mark.parametrize(
    ("names", "difference"),
    [
        (["Norway", "Norway "], "blanks"),
        (["Peru", "PERU"], "case"),
        (["Côte", "Co\u0302te"], "Unicode form"),
        (["ＡＢＣ省", "ABC省"], "Unicode form"),
        (["Curaçao", "Curacao"], "case, blanks, accents or punctuation"),
        (["St. Lucia", "St Lucia"], "case, blanks, accents or punctuation"),
        (["New York", "NewYork"], "blanks"),
    ],
)
def test_names_that_are_alike_are_asked_about(names: list[str], difference: str) -> None:
    frame = pl.DataFrame({"country": [*names, "Chile", "Ghana"], "x": [1.5, 2.0, 3.0, 4.0]})
    (found,) = doubts(frame)
    assert (found.rule, found.names) == ("units_alike", tuple(names))
    assert f"differ only in {difference}" in found.sentence
    assert f'without = ["{names[1]}"]' in found.remedy


@pytest.mark.parametrize(
    "names", [["Tract 1.1", "Tract 11"], ["Guinea", "Guinea-Bissau"], ["A1", "A-2"], ["利州区", "梨州区"]]
)
def test_other_names_are_not_alike(names: list[str]) -> None:
    assert doubts(pl.DataFrame({"country": [*names, "Chile", "Ghana"], "x": [1.5, 2.0, 3.0, 4.0]})) == []


def test_alike_names_in_two_provinces_are_two_units() -> None:
    frame = pl.DataFrame({"city": ["San José", "SAN JOSE", "Lima"], "province": ["A", "B", "B"], "x": [1.5, 2.0, 3.0]})
    assert list(questions(frame, infer(frame, groups=["province"]))) == []


def test_a_unit_that_ends_where_a_similar_one_begins_may_be_renamed() -> None:
    names = [f"City {letter}" for letter in "ABCDEFGH"]
    first = pl.DataFrame({"city": [*names, "Turkey"], "year": 2019, "x": range(10, 19), "y": range(20, 29)})
    second = pl.DataFrame({"city": [*names, "Türkiye"], "year": 2022, "x": range(11, 20), "y": range(21, 30)})
    (found,) = doubts(pl.concat([first, second]))
    assert (found.rule, found.names) == ("renamed_unit", ("Turkey", "Türkiye"))
    assert "Turkey (only until 2019) and Türkiye (only from 2022)" in found.sentence


def test_units_that_come_and_go_are_not_renamed() -> None:
    years = []
    for year in range(2015, 2020):
        names = [f"Team {(year * 7 + place * 13) % 40}" for place in range(12)]
        years.append(pl.DataFrame({"team": names, "year": year, "x": range(40, 52), "y": range(50, 62)}))
    assert doubts(pl.concat(years).unique(["team", "year"], maintain_order=True)) == []


def test_a_year_that_is_missing_among_regular_years_is_asked_about() -> None:
    frame = pl.concat(
        [
            pl.DataFrame({"city": UNITS[:5], "year": year, "x": range(year - 2000, year - 1995)})
            for year in (2015, 2016, 2018, 2019)
        ]
    )
    (found,) = doubts(frame)
    assert (found.rule, found.sentence) == ("missing_period", "2017 is missing in year, which has 2016 and 2018")


def test_a_large_table_is_sampled_and_its_extremes_are_seen() -> None:
    values = np.random.default_rng(1).uniform(50, 80, 100_000)
    values[54_321] = -999
    frame = pl.DataFrame({"place": [f"P{row}" for row in range(100_000)], "life_expectancy": values})
    (found,) = found_sentinels(frame)
    assert found.marks == ("-999",)


GALLERY = Path(__file__).parents[3] / "examples" / "gallery"
TRUE_DOUBTS = {
    "arwu_2005_2015": {"units_alike", "renamed_unit"},  # "Texas A&M University", and "Texas A & M University"
    "decathlon": {"units_alike"},  # "SEBRLE" at one competition, "Sebrle" at the other
}


@pytest.mark.parametrize("file", sorted(GALLERY.glob("*.toml")), ids=lambda file: file.stem)
def test_published_indices_are_above_doubt(file: Path) -> None:
    raw = tomllib.loads(file.read_text(encoding="utf-8"))
    data = raw["data"]
    path = table_of_gallery(file)
    if not path.exists():
        pytest.skip(ABSENT)
    columns = [spec.get("column", name) for name, spec in raw["indicators"].items()]
    groups, label = data.get("groups", []), data.get("label")
    label = label if isinstance(label, str) else None
    text = [column for column in (data["unit"], label, *groups) if column]
    frame = read_table(path, text=text, numbers=list(dict.fromkeys(columns)))
    for column, value in data.get("where", {}).items():
        if not isinstance(value, list | dict) and not str(value).startswith((">", "<", "!")):
            frame = frame.filter(pl.col(column).cast(pl.String) == str(value))
    frame_roles = Inferred(data["unit"], label, data.get("period"), tuple(groups), tuple(dict.fromkeys(columns)))
    found = [
        *sentinels(frame, frame_roles),
        *rows_that_are_no_units(frame, frame_roles),
        *questions(frame, frame_roles),
    ]
    assert [each.sentence for each in found if each.rule not in TRUE_DOUBTS.get(file.stem, ())] == []


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([float("inf"), float("nan"), -float("inf"), 1e308, 5e-324, 0.0, -0.0, None], pl.Float64),
        ([2**63, 2**63 + 1, 2**64 - 1, 0, 1, 2, 3, None], pl.UInt64),
        ([0, 1, 255, 3, 4, 5, 6, None], pl.UInt8),
        ([None] * 8, pl.Float64),
    ],
)
@pytest.mark.filterwarnings("error")
def test_extreme_numbers_of_any_type_are_no_failure(values: list[Any], dtype: Any) -> None:
    frame = pl.DataFrame({"city": UNITS[:8], "x": pl.Series(values, dtype=dtype), "y": range(3, 11)})
    frame_roles = infer(frame)
    for found in (sentinels, rows_that_are_no_units, questions):
        list(found(frame, frame_roles))


def test_a_99_that_repeats_far_above_rates_of_a_wide_range_is_missing() -> None:
    rates = [1.2, 28.8, 4.1, 14.8, 99.0, 5.3, 9.5, 99.0, 11.5, 3.4, 99.0, 7.1]
    (mark,) = found_sentinels(table(unemployment=rates))
    assert mark.marks == ("99",)


def test_a_99_that_stands_twice_is_asked_about() -> None:
    rates = [1.2, 28.8, 4.1, 14.8, 99.0, 5.3, 9.5, 6.6, 11.5, 3.4, 99.0, 7.1]
    (mark,) = found_sentinels(table(unemployment=rates))
    assert (mark.marks, mark.effect) == ((), "question")


def test_a_9999_that_repeats_among_values_of_its_size_is_asked_about() -> None:
    income = [9999, 4474, 17896, 9999, 4790, 64660, 4624, 12246, 9999, 33034, 38354, 54489, 17030, 31033]
    (mark,) = found_sentinels(table(income=income))
    assert (mark.marks, mark.effect) == ((), "question")
    assert "is it a code for a missing value?" in mark.sentence


def test_prices_that_end_in_nines_are_prices() -> None:
    prices = [999, 1499, 999, 1499, 999, 1999, 799, 1499, 2499, 799, 1999, 599]
    assert not found_sentinels(table(price=prices))


def test_a_unit_without_a_label_is_named_by_its_unit() -> None:
    towns = [f"T{number}" for number in range(9)]
    labels = [None, *(f"Town {number}" for number in range(1, 9))]
    people = [5000.0, *(50.0 + number for number in range(8))]
    frame = pl.DataFrame({"code": towns, "town": labels, "residents": people})
    doubts = list(questions(frame, infer(frame, unit="code", label="town")))
    assert any("residents of T0 (5000)" in doubt.sentence for doubt in doubts)
