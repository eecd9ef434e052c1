"""A table that describes the indicators of another gives the words of an index file, and misuses nothing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia_recognition.coin_tool import coin_tool, coin_tool_sheet, tree_of_paths
from indicia_recognition.metadata import recognise_metadata

if TYPE_CHECKING:
    from indicia_recognition.metadata_values import Metadata
    from indicia_recognition.observation import Observation

COLUMNS = ["country", "gdp", "co2", "jobs", "people"]


def described(columns: list[str] | None = None, main: pl.DataFrame | None = None, **table: list[Any]) -> Metadata:
    names = [name.replace("_", " ") for name in table]
    metadata = recognise_metadata(pl.DataFrame(dict(zip(names, table.values(), strict=True))), columns or COLUMNS, main)
    assert metadata is not None
    return metadata


def of_rule(metadata: Metadata, rule: str) -> Observation:
    return next(each for each in metadata.observations if each.rule == rule)


# Any list of indicators


def test_the_words_of_an_indicator_are_read_from_its_row() -> None:
    metadata = described(
        code=["gdp", "co2"],
        name=["Income", "Emissions"],
        direction=[1, -1],
        weight=[2.0, 0.5],
        unit=["$", "t"],
        pillar=["economy", "nature"],
    )
    assert metadata.indicators == {
        "gdp": {"name": "Income", "direction": "benefit", "unit": "$", "weight": 2, "dimension": "economy"},
        "co2": {"name": "Emissions", "direction": "cost", "unit": "t", "weight": 0.5, "dimension": "nature"},
    }
    assert metadata.dimensions == {"economy": {}, "nature": {}}


@pytest.mark.parametrize(
    ("benefit", "cost"),
    [
        ("1", "-1"),
        ("+", "-"),
        ("↑", "↓"),
        ("positive", "negative"),
        ("Higher is better", "Lower is better"),
        ("max", "min"),
        ("the higher, the better", "the lower, the better"),
        ("+ (more is better)", "- (less is better)"),
        ("正向", "负向"),
        ("正", "负"),
        ("效益型", "成本型"),
        ("正向指标", "逆向指标"),
        ("positiv", "negativ"),
        ("positif", "négatif"),
        ("positivo", "negativo"),
    ],
)
@pytest.mark.parametrize("column", ["direction", "polarity", "sign", "方向", "指标属性", "Wirkung", "Sens", "Sentido"])
def test_directions_are_read_in_several_languages(column: str, benefit: str, cost: str) -> None:
    metadata = described(code=["gdp", "co2"], **{column: [benefit, cost]})
    assert [words["direction"] for words in metadata.indicators.values()] == ["benefit", "cost"]


@pytest.mark.parametrize(
    ("column", "cells"),
    [("higher_is_better", ["yes", "no"]), ("reversed", [0, 1]), ("inverted", ["No", "Yes"]), ("反向", ["否", "是"])],
)
def test_a_column_of_yes_and_no_gives_directions(column: str, cells: list[Any]) -> None:
    metadata = described(code=["gdp", "co2"], **{column: cells})
    assert [words["direction"] for words in metadata.indicators.values()] == ["benefit", "cost"]


def test_a_direction_that_is_neither_is_a_question_and_not_assumed() -> None:
    metadata = described(code=["gdp", "co2", "jobs"], direction=["+", "-", "interval"])
    assert "direction" not in metadata.indicators["jobs"]
    question = of_rule(metadata, "direction_in_metadata")
    assert (question.names, question.effect) == (("jobs",), "question")
    assert '"interval", which is neither benefit nor cost' in question.sentence


def test_levels_of_dimensions_make_a_tree_and_merged_cells_are_filled() -> None:
    metadata = described(
        列=["gdp", "co2", "jobs", "people"],
        一级指标=["经济", None, "社会", None],
        二级指标=["产出", None, "就业", "人口"],
        方向=["正向", "负向", "正向", "正向"],
    )
    assert metadata.dimensions == {
        "经济": {},
        "产出": {"parent": "经济"},
        "社会": {},
        "就业": {"parent": "社会"},
        "人口": {"parent": "社会"},
    }
    assert [words["dimension"] for words in metadata.indicators.values()] == ["产出", "产出", "就业", "人口"]


def test_a_dimension_with_the_name_of_an_indicator_gets_another_name() -> None:
    assert tree_of_paths({0: ["gdp"], 1: ["index"]}, {"gdp"})[1] == {"dimension gdp": None, "dimension index": None}


def test_short_descriptions_are_names_and_long_ones_are_told() -> None:
    short = described(code=["gdp", "co2"], direction=[1, -1], description=["Income", "Emissions"])
    assert [words["name"] for words in short.indicators.values()] == ["Income", "Emissions"]
    prose = described(code=["gdp", "co2"], direction=[1, -1], description=["word " * 50, "more words " * 50])
    assert "name" not in prose.indicators["gdp"]
    assert of_rule(prose, "metadata_not_used").names == ("description",)


def test_weights_of_dimensions_stand_beside_their_column() -> None:
    metadata = described(
        code=["gdp", "co2", "jobs"],
        direction=[1, -1, 1],
        Bereich=["A", "B", "B"],
        Gewicht_Bereich=["60 %", "40 %", "40 %"],
    )
    assert metadata.dimensions == {"A": {"weight": 60}, "B": {"weight": 40}}


def test_weights_that_sum_to_one_over_all_indicators_give_the_weights_of_dimensions() -> None:
    metadata = described(code=["gdp", "co2", "jobs"], weight=[0.5, 0.2, 0.3], pillar=["A", "B", "B"])
    assert metadata.dimensions == {"A": {"weight": 0.5}, "B": {"weight": 0.5}}
    assert "sum to one over all indicators" in of_rule(metadata, "weights_of_dimensions").sentence


def test_weights_within_dimensions_leave_the_dimensions_equal() -> None:
    metadata = described(code=["gdp", "co2", "jobs"], weight=[1.0, 0.4, 0.6], pillar=["A", "B", "B"])
    assert metadata.dimensions == {"A": {}, "B": {}}


def test_equal_weights_are_not_written() -> None:
    assert described(code=["gdp", "co2"], direction=[1, -1], weight=[1, 1]).indicators["gdp"] == {
        "direction": "benefit"
    }


def test_denominators_and_groups_are_no_indicators() -> None:
    metadata = described(
        ["country", "gdp", "people", "region"],
        code=["gdp", "people", "region"],
        type=["indicator", "denominator", "group"],
        denominator=["people", None, None],
    )
    assert metadata.indicators == {"gdp": {"per": "people"}}
    assert metadata.denominators == ("people",)
    assert metadata.data == {"groups": ["region"]}
    assert of_rule(metadata, "left_out_by_metadata").names == ("people",)
    assert "gdp by people" in of_rule(metadata, "divided").sentence


def test_columns_that_match_names_in_another_spelling_are_described() -> None:
    metadata = described(["city", "GDP per capita", "CO2"], indicator=["gdp_per_capita", "co2"], direction=[1, -1])
    assert list(metadata.indicators) == ["GDP per capita", "CO2"]


def test_what_is_not_used_is_told() -> None:
    metadata = described(
        code=["gdp", "co2", "xx"],
        direction=[1, -1, 1],
        target=[5, 6, 7],
        source=["UN", "WB", "UN"],
    )
    assert of_rule(metadata, "described_but_absent").names == ("xx",)
    assert [each.names for each in metadata.observations if each.rule == "metadata_not_used"] == [
        ("target",),
        ("source",),
    ]
    assert all("target" not in words for words in metadata.indicators.values())


def test_columns_of_numbers_that_the_list_leaves_out_are_told() -> None:
    main = pl.DataFrame({"country": ["A"], "year": [2020], "gdp": [1.0], "co2": [2.0], "people": [3.0]})
    metadata = described(main.columns, main, code=["gdp", "co2"], direction=[1, -1])
    assert metadata.left_out == {"people": "not listed as an indicator in the second table"}


@pytest.mark.parametrize(
    "table",
    [
        {"city": ["Lima", "Oslo"], "gdp": [1, 2]},
        {"code": ["x", "y", "gdp"], "direction": [1, 1, 1]},  # a single name among others
        {"code": ["gdp", "co2"], "rank": [1, 2]},  # describes nothing that an index has
        {"code": ["gdp"]},
    ],
)
def test_another_table_describes_no_indicators(table: dict[str, list[Any]]) -> None:
    assert recognise_metadata(pl.DataFrame(table), COLUMNS) is None


# COINr


def coinr(**more: list[Any]) -> dict[str, list[Any]]:
    return {
        "iCode": ["gdp", "co2", "econ", "nat", "all", "people", "zone", "memo"],
        "iName": ["Income", "co2", "Economy", "nat", "My index", "People", "Zone", "Memo"],
        "Direction": [1.0, -1.0, 1.0, 1.0, 1.0, None, None, None],
        "Weight": [1.0, 1.0, 2.0, 1.0, 1.0, None, None, None],
        "Level": [1.0, 1.0, 2.0, 2.0, 3.0, None, None, None],
        "Parent": ["econ", "nat", "all", "all", None, None, None, None],
        "Type": ["Indicator"] * 2 + ["Aggregate"] * 3 + ["Denominator", "Group", "Other"],
        **more,
    }


def test_the_aggregates_of_coinr_are_the_dimensions_and_the_index() -> None:
    columns = ["uCode", "uName", "Time", "gdp", "co2", "people", "zone", "memo"]
    main = pl.DataFrame({name: [2018, 2019] for name in columns})
    metadata = described(columns, main, **coinr())
    assert metadata.indicators == {
        "gdp": {"name": "Income", "direction": "benefit", "weight": 1, "dimension": "econ"},
        "co2": {"direction": "cost", "weight": 1, "dimension": "nat"},
    }
    assert metadata.dimensions == {"econ": {"name": "Economy", "weight": 2}, "nat": {"weight": 1}}
    assert metadata.name == "My index"
    assert metadata.data == {"unit": "uCode", "label": "uName", "period": "Time", "groups": ["zone"]}
    assert metadata.denominators == ("people",)
    assert set(metadata.left_out) == {"people", "memo"}


def test_the_columns_that_coinr_names_are_told() -> None:
    note = of_rule(described(["uCode", "Time", "gdp"], None, **coinr()), "columns_of_coinr")
    assert note.sentence == "as in COINr's iData, uCode is the code of the unit, Time is the period"


def test_a_list_of_coinr_without_aggregates_is_flat() -> None:
    metadata = described(["gdp", "co2"], iCode=["gdp", "co2"], Type=["Indicator"] * 2, Direction=[1, -1])
    assert metadata.indicators == {"gdp": {"direction": "benefit"}, "co2": {"direction": "cost"}}
    assert metadata.dimensions == {}


def test_the_single_period_of_coinr_is_no_period() -> None:
    main = pl.DataFrame({"uCode": ["A", "B"], "Time": [2018, 2018], "gdp": [1, 2], "co2": [1, 2]})
    assert described(main.columns, main, **coinr()).data == {"unit": "uCode"}


def test_the_targets_of_coinr_are_told_and_not_used() -> None:
    metadata = described(["uCode", "gdp", "co2"], None, **coinr(Target=[4.5] + [None] * 7))
    note = of_rule(metadata, "metadata_not_used")
    assert note.effect == "left_out"
    assert "is left out for gdp: it holds values to reach, which distance_to_target uses" in note.sentence
    assert "target" not in metadata.indicators["gdp"]


# The COIN Tool


def sheet(*rows: list[str | None]) -> pl.DataFrame:
    width = max(map(len, rows))
    return pl.DataFrame(
        [[row[place] if place < len(row) else None for row in rows] for place in range(width)],
        schema=[("ABCDEFGH"[place], pl.String) for place in range(width)],
        orient="col",
    )


DATABASE: list[list[str | None]] = [
    [None, "DATABASE"],
    [],
    [None, None, None, "Weight", "1", "2", "1"],
    [None, None, None, "Direction (1 / -1)", "1", "-1", "1"],
    [None, None, None, "Goalpost lower", "0", "0", "0"],
    [None, None, None, "Goalpost upper", "9", "9", "9"],
    [None, None, None, "Index", "Index", "Index", "Index"],
    [None, None, None, "Sub-index", "si.01", "si.01", "si.02"],
    [None, None, None, "Pillar", "p.01", "p.02", "p.03"],
    [None, None, None, "Sub-pillar", "sp.01", "sp.01", "sp.01"],
    [None, None, None, "Indicator name", "Income", "Emissions", "Jobs"],
    [None, None, None, "Indicator code", "ind.01", "ind.02", "ind.03"],
    [None, "Austria", "AUT", None, "4.1", "1.5", "n/a"],
    [None, "Belgium", "BEL", None, "4.2", "2.5", "7"],
]


def test_the_rows_above_the_data_of_the_coin_tool_describe_the_indicators() -> None:
    found = coin_tool(sheet(*DATABASE))
    assert found is not None
    words, metadata = found
    assert words == {"skip_rows": 11, "header_rows": 1}
    assert metadata.data == {"unit": "column C", "label": "column B"}
    assert metadata.indicators["ind.02"] == {
        "name": "Emissions",
        "direction": "cost",
        "weight": 2,
        "dimension": "p.02",
    }
    assert metadata.dimensions["p.02"] == {"parent": "si.01"}
    assert "sp.01" not in metadata.dimensions  # one code for all indicators: the level is not used


def test_goalposts_and_weights_that_the_sheet_lacks_are_told() -> None:
    found = coin_tool(sheet(*DATABASE))
    assert found is not None
    assert "bounds = [lower, upper]" in of_rule(found[1], "metadata_not_used").remedy
    assert of_rule(found[1], "weights_of_dimensions").effect == "question"


def workbook(**sheets: list[list[str | None]]) -> bytes:
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            page.write_row(row, 0, cells)
    book.close()
    return content.getvalue()


@pytest.mark.parametrize("name", ["", "Database"])
def test_the_sheet_of_the_coin_tool_is_found_in_a_workbook(name: str) -> None:
    found = coin_tool_sheet(workbook(Cover=[["COIN Tool"]], Database=DATABASE), name)
    assert found is not None
    assert (found.sheet, found.format["skip_rows"], len(found.metadata.indicators)) == ("Database", 11, 3)


@pytest.mark.parametrize("name", ["", "Cover", "Nowhere"])
def test_another_workbook_has_no_sheet_of_the_coin_tool(name: str) -> None:
    assert coin_tool_sheet(workbook(Cover=[["COIN Tool"]], Database=[["city", "gdp"], ["Lima", "1"]]), name) is None


@pytest.mark.parametrize(
    "rows",
    [
        [["city", "gdp"], ["Lima", "1"]],
        [["Weight", "1"], ["Name", "x"]],
        [[None, "Weight"], ["Lima", "2"], ["Direction", "3"], ["Name", "4"]],
        DATABASE[:10],
    ],
)
def test_another_sheet_is_none_of_the_coin_tool(rows: list[list[str | None]]) -> None:
    assert coin_tool(sheet(*rows)) is None
