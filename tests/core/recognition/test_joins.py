"""The columns by which two tables match are recognised, and what the join leaves out is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.data.joins import join_table
from indicia.errors import DataError
from indicia_recognition.joins import recognise_join

if TYPE_CHECKING:
    from indicia.data.table_format import Join
    from indicia_recognition.observation import Observation

CITIES = ["Lima", "Oslo", "Rome", "Pune"]
TABLE = pl.DataFrame({"city": CITIES, "gdp": [1.5, 2.5, 3.5, 4.5]})
PANEL = pl.DataFrame({"city": CITIES * 2, "year": [2020] * 4 + [2021] * 4, "gdp": [float(row) for row in range(8)]})


def recognise(other: dict[str, Any], main: pl.DataFrame = TABLE) -> tuple[Join, list[Observation]]:
    frame = pl.DataFrame(other)
    join, observations = recognise_join(main, frame, "b.csv")
    assert join is not None
    join_table(main, frame.select(join.format.columns or frame.columns), join)  # the join can be read
    return join, observations


@pytest.mark.parametrize(
    ("other", "on"),
    [
        ({"City": CITIES[::-1], "x": [1, 2, 3, 4]}, (("city", "City"),)),
        ({"Ort": CITIES[::-1], "x": [1, 2, 3, 4]}, (("city", "Ort"),)),
        ({"Ort": CITIES, "code": ["a", "b", "c", "d"], "x": [1, 2, 3, 4]}, (("city", "Ort"),)),
        ({"x": [1, 2, 3, 4], "城市": CITIES}, (("city", "城市"),)),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_units_match_by_their_names_whatever_their_columns_are_called(
    other: dict[str, Any], on: tuple[tuple[str, str], ...]
) -> None:
    assert recognise(other)[0].on == on


def test_units_and_periods_match_together() -> None:
    other = {"Year": [2021] * 4 + [2020] * 4, "City": CITIES * 2, "x": list(range(8))}
    assert recognise(other, PANEL)[0].on == (("city", "City"), ("year", "Year"))


def test_a_table_without_periods_joins_a_panel_by_units() -> None:
    assert recognise({"city": CITIES, "area": [1, 2, 3, 4]}, PANEL)[0].on == (("city", "city"),)


def test_groups_of_units_join_the_values_of_groups() -> None:
    main = TABLE.with_columns(region=pl.Series(["South", "North", "North", "South"]))
    join, _ = recognise({"region": ["North", "South"], "rain": [1, 2]}, main)
    assert join.on == (("region", "region"),)


def test_a_name_that_occurs_in_several_regions_matches_with_its_region() -> None:
    main = pl.DataFrame({"town": ["A", "A", "B"], "region": ["x", "y", "x"], "gdp": [1, 2, 3]})
    join, _ = recognise({"Region": ["x", "y", "x"], "Town": ["A", "A", "B"], "people": [1.5, 2.5, 3.5]}, main)
    assert set(join.on) == {("town", "Town"), ("region", "Region")}


def test_whole_numbers_match_only_by_name() -> None:
    main = pl.DataFrame({"id": [1, 2, 3], "firms": [1, 2, 3], "gdp": [1.5, 2.5, 3.5]})
    join, _ = recognise({"shops": [3, 2, 1], "id": [1, 2, 3]}, main)
    assert join.on == (("id", "id"),)


@pytest.mark.filterwarnings("ignore")
def test_codes_match_numbers_whose_zeros_are_lost() -> None:
    main = pl.DataFrame({"fips": ["01001", "02001"], "gdp": [1.5, 2.5]})
    assert recognise({"FIPS": [1001, 2001], "people": [1, 2]}, main)[0].on == (("fips", "FIPS"),)


def test_the_observation_names_the_columns_and_counts_the_rows() -> None:
    _, (observation,) = recognise({"City": CITIES, "x": [1, 2, 3, 4]})
    assert observation.sentence == "b.csv is joined by city = City: it adds x to 4 of 4 rows"
    assert observation.effect == "format"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("other", "rule", "names", "effect", "words"),
    [
        (
            {"city": [*CITIES, "Bonn"], "x": [1, 2, 3, 4, 5]},
            "join_unused_rows",
            ("Bonn",),
            "left_out",
            "1 row of b.csv",
        ),
        ({"city": CITIES[1:], "x": [1, 2, 3]}, "join_without_partner", ("Lima",), "question", "x is missing there"),
        (
            {"city": CITIES, "gdp": [1.5, 2.5, 3.5, 4.5], "x": [1] * 4},
            "join_same_column",
            ("gdp",),
            "left_out",
            "already",
        ),
        (
            {"city": CITIES, "gdp": [9.5, 2.5, 3.5, 4.5], "x": [1] * 4},
            "join_same_column",
            ("gdp",),
            "question",
            "1 row",
        ),
        ({"city": CITIES, "Year": [2010] * 4, "x": [1] * 4}, "join_other_period", ("Year",), "question", "(2010)"),
    ],
)
def test_what_the_join_leaves_out_is_told(
    other: dict[str, Any], rule: str, names: tuple[str, ...], effect: str, words: str
) -> None:
    observation = next(each for each in recognise(other)[1] if each.rule == rule)
    assert (observation.names, observation.effect) == (names, effect)
    assert words in observation.sentence


def test_a_description_in_the_place_of_the_first_table_is_refused() -> None:
    description = pl.DataFrame({"code": ["gdp", "jobs"], "direction": [1, -1]})
    table = pl.DataFrame({"city": CITIES, "gdp": [1, 2, 3, 4], "jobs": [1, 2, 3, 4]})
    with pytest.raises(DataError, match=r"the first table describes the columns of b\.csv") as caught:
        recognise_join(description, table, "b.csv")
    assert caught.value.remedy == "name b.csv first, and the description second"


@pytest.mark.parametrize(
    ("other", "fault", "remedy"),
    [
        ({"x": ["a", "b"], "y": [1, 2]}, "no column of b.csv holds the names of units of the first table", "on = {"),
        (
            {"city": CITIES * 2, "Year": [2020] * 4 + [2021] * 4, "x": range(8)},
            "several rows for one city, such as Lima",
            "period",
        ),
        (
            {"city": CITIES * 2, "sex": ["F"] * 4 + ["M"] * 4, "x": range(8)},
            "several rows for one city",
            "one value of sex",
        ),
        ({"city": CITIES}, "b.csv has no column that the first table lacks", "leave out b.csv"),
    ],
)
def test_tables_that_do_not_match_are_refused(other: dict[str, Any], fault: str, remedy: str) -> None:
    with pytest.raises(DataError) as caught:
        recognise_join(TABLE, pl.DataFrame(other), "b.csv")
    assert fault in caught.value.what
    assert remedy in str(caught.value.remedy)


@pytest.mark.filterwarnings(
    "ignore:4 names of key:indicia.IndiciaWarning", "ignore:2 names of key:indicia.IndiciaWarning"
)
def test_codes_with_zeros_match_numbers_without_them() -> None:
    main = pl.DataFrame({"key": ["08", "09", "11", "12"], "gdp": [1.5, 2.5, 3.5, 4.5]})
    other = pl.DataFrame({"number": [12, 8, 11, 9], "people": [4, 1, 3, 2]})
    join, _ = recognise_join(main, other, "people.csv")
    assert join.on == (("key", "number"),)
    assert join_table(main, other, join)["people"].to_list() == [1, 2, 3, 4]
    as_text = other.with_columns(pl.col("number").cast(pl.String))  # an index file reads keys as text
    assert join_table(main, as_text, join)["people"].to_list() == [1, 2, 3, 4]


def test_counts_do_not_match_codes_with_zeros_by_chance() -> None:
    main = pl.DataFrame({"key": ["08", "09", "11", "12"], "gdp": [1.5, 2.5, 3.5, 4.5]})
    with pytest.raises(DataError, match="holds the names of units of the first table"):
        recognise_join(main, pl.DataFrame({"people": [12, 8, 40, 9], "pupils": [4, 1, 3, 2]}), "people.csv")
