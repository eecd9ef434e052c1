"""Layouts: columns of years become rows, rows of indicators become columns, and no value is lost or doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.data import LongLayout, NumberFormat, TableFormat, WideLayout, read_table
from indicia.data.layouts import apply_layout, match_columns
from indicia.errors import DataError, IndiciaWarning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    File = Callable[[str, str | bytes], Path]

KEYS = ("country", "year")


def wide(pattern: str = "{period}", **words: str) -> TableFormat:
    return TableFormat(wide=WideLayout(pattern, **words))


def long(*keys: str, indicator: str = "indicator", value: str = "value") -> TableFormat:
    return TableFormat(long=LongLayout(indicator, value, keys))


def refusal(frame: pl.DataFrame, table_format: TableFormat) -> DataError:
    with pytest.raises(DataError) as caught:
        apply_layout(frame, table_format)
    return caught.value


# Wide


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("{period}", {"2020": ("value", "2020"), "2019/20": ("value", "2019/20"), "2020Q1": ("value", "2020Q1")}),
        ("{period} [YR{period}]", {"2020 [YR2020]": ("value", "2020")}),
        ("{period}", {"2018*": ("value", "2018"), "2019 (p)": ("value", "2019"), "2020p": ("value", "2020")}),
        ("X{period}", {"X2020": ("value", "2020")}),
        ("{period}年", {"2020年": ("value", "2020")}),
        ("{indicator} ({period})", {"le (2020)": ("le", "2020"), "GDP (PPP) (2021)": ("GDP (PPP)", "2021")}),
        ("{indicator}_{period}", {"le_2020": ("le", "2020"), "a_b_2020": ("a_b", "2020")}),
        ("{indicator}.{period}", {"gdp.2019": ("gdp", "2019")}),
        ("{period}_{indicator}", {"2020_le": ("le", "2020")}),
        ("{indicator} {period}", {"GDP 2020": ("GDP", "2020"), "GDP 2019/20": ("GDP", "2019/20")}),
    ],
)
def test_a_pattern_gives_the_indicator_and_the_period_of_a_column(
    pattern: str, names: dict[str, tuple[str, str]]
) -> None:
    assert match_columns([*names, "country", "area"], WideLayout(pattern)) == names


@pytest.mark.parametrize("name", ["20201", "12020", "1020", "2020 [YR2021]", "pm25"])
def test_a_number_that_is_no_year_is_no_period(name: str) -> None:
    patterns = ("{period}", "{period} [YR{period}]", "{indicator}{period}")
    assert all(not match_columns([name], WideLayout(pattern)) for pattern in patterns[: 3 if name == "pm25" else 2])


def test_each_indicator_gets_a_column_and_each_period_a_row() -> None:
    frame = pl.DataFrame({"c": ["A", "B"], "le (2020)": [1.5, 2.5], "le (2021)": [3, 4], "mys (2020)": ["x", "y"]})
    result = apply_layout(frame, wide("{indicator} ({period})"))
    assert result.columns == ["c", "year", "le", "mys"]
    assert result.rows() == [
        ("A", 2020, 1.5, "x"),
        ("B", 2020, 2.5, "y"),
        ("A", 2021, 3.0, None),
        ("B", 2021, 4.0, None),
    ]


def test_columns_of_numbers_become_text_beside_a_column_of_text_in_the_notation_of_the_table() -> None:
    frame = pl.DataFrame({"c": ["A"], "2020": [1.5], "2021": ["2,5"]})
    table_format = TableFormat(wide=WideLayout("{period}"), numbers=NumberFormat(decimal=","))
    assert apply_layout(frame, table_format)["value"].to_list() == ["1,5", "2,5"]


def test_periods_that_are_no_years_stay_text() -> None:
    frame = pl.DataFrame({"c": ["A"], "2019/20": [1], "2020/21": [2]})
    assert apply_layout(frame, wide(period="season")).rows() == [("A", "2019/20", 1), ("A", "2020/21", 2)]


def test_a_column_of_lists_among_the_years_is_refused() -> None:
    frame = pl.DataFrame({"c": ["A"], "2020": [1.5], "2021": [[1]]})
    assert "2021 holds lists, records or bytes" in refusal(frame, wide()).what


def test_a_year_without_values_is_left_out_with_a_warning() -> None:
    frame = pl.DataFrame({"c": ["A", "B"], "2020": [1, 2], "2021": [None, None], "2022": ["..", ".."]})
    with pytest.warns(IndiciaWarning, match="no unit has a value in 2021, 2022: left out"):
        assert apply_layout(frame, wide()).rows() == [("A", 2020, "1"), ("B", 2020, "2")]


@pytest.mark.parametrize(
    ("columns", "table_format", "fault", "remedy"),
    [
        (["c", "x"], wide(), 'no column has a name such as "{period}"', "change `pattern`"),
        (["c", "2020"], wide("{year}"), 'the pattern "{year}" is not', "write {period}"),
        (["year", "2020"], wide(), 'a column "year" already', "--set data.wide.period="),
        (["value", "2020"], wide(), 'a column "value" already', "--set data.wide.value="),
        (["c", "A 2020", "a 2020"], wide("a {period}"), 'two columns hold "value" in 2020', "columns = [...]"),
    ],
)
def test_a_pattern_that_does_not_fit_is_refused(
    columns: list[str], table_format: TableFormat, fault: str, remedy: str
) -> None:
    error = refusal(pl.DataFrame({name: [1] for name in columns}), table_format)
    assert fault in error.what
    assert remedy in str(error.remedy)


# Long


def rows_of_indicators(**more: Any) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "country": ["A", "A", "B", "B"],
            "year": [2020] * 4,
            "indicator": ["gdp", "le", "gdp", "le"],
            "value": [1.0, 2.0, 3.0, 4.0],
            **more,
        }
    )


def test_each_indicator_of_a_long_table_becomes_a_column() -> None:
    result = apply_layout(rows_of_indicators(), long(*KEYS))
    assert result.columns == ["country", "year", "gdp", "le"]
    assert result.rows() == [("A", 2020, 1.0, 2.0), ("B", 2020, 3.0, 4.0)]


def test_an_indicator_that_a_unit_lacks_is_null() -> None:
    assert apply_layout(rows_of_indicators()[:3], long(*KEYS)).rows() == [("A", 2020, 1.0, 2.0), ("B", 2020, 3.0, None)]


def test_values_may_be_text_in_another_notation() -> None:
    frame = rows_of_indicators(value=["1,5", "2", ":", "4 p"])
    assert apply_layout(frame, long(*KEYS)).rows() == [("A", 2020, "1,5", "2"), ("B", 2020, ":", "4 p")]


def test_without_keys_the_columns_that_describe_the_indicators_are_left_out_with_a_warning() -> None:
    frame = rows_of_indicators(measure=["$", "years", "$", "years"], DATAFLOW="x")
    with pytest.warns(IndiciaWarning, match=r"DATAFLOW, measure .* left out; keys = "):
        assert apply_layout(frame, long()).columns == ["country", "year", "gdp", "le"]


def test_years_as_columns_and_indicators_as_rows_are_both_turned() -> None:
    frame = pl.DataFrame({"c": ["A", "A"], "Series": ["gdp", "le"], "2020": [1, 2], "2021": [3, 4]})
    table_format = TableFormat(wide=WideLayout("{period}"), long=LongLayout("Series", "value", ("c", "year")))
    assert apply_layout(frame, table_format).rows() == [("A", 2020, 1, 2), ("A", 2021, 3, 4)]


@pytest.mark.parametrize(("power", "expected"), [(6, 1.5e6), (-2, 0.015), (0, 1.5)])
def test_the_power_of_ten_of_sdmx_multiplies_the_values(power: int, expected: float) -> None:
    frame = pl.DataFrame({"c": ["A"], "indicator": ["gdp"], "UNIT_MULT": [power], "value": [1.5]})
    assert apply_layout(frame, long("c"))["gdp"].to_list() == [expected]


def test_the_power_of_ten_of_sdmx_refuses_values_that_are_no_plain_numbers() -> None:
    frame = pl.DataFrame({"c": ["A"], "indicator": ["gdp"], "UNIT_MULT": [3], "value": ["1.5 p"]})
    error = refusal(frame, long("c"))
    assert 'UNIT_MULT multiplies the values of value, which are not plain numbers: "1.5 p"' in error.what
    assert "factor" in str(error.remedy)


@pytest.mark.parametrize("name", ["UNIT_MEASURE", "FREQ"])
def test_several_units_of_measure_or_frequencies_of_an_indicator_are_refused(name: str) -> None:
    error = refusal(rows_of_indicators(**{name: ["x", "y", "z", "y"]}), long(*KEYS))
    assert f'the indicator "gdp" has several values of {name}: x, z' in error.what
    assert f"--set data.where.{name}=x" in str(error.remedy)


def test_a_unit_of_measure_that_is_a_key_stays_for_where() -> None:
    frame = rows_of_indicators(UNIT_MEASURE=["x", "y", "z", "y"])
    assert "UNIT_MEASURE" in apply_layout(frame, long(*KEYS, "UNIT_MEASURE")).columns


def test_a_unit_period_and_indicator_that_occur_twice_are_refused_with_their_rows() -> None:
    frame = rows_of_indicators(indicator=["gdp", "le", "gdp", "gdp"])
    error = refusal(frame, long(*KEYS))
    assert error.what == "the long table has B, 2020, gdp twice: row 3, row 4"
    assert error.remedy == "remove one of the rows"


def test_rows_that_a_further_column_tells_apart_are_refused_with_the_name_of_that_column() -> None:
    frame = rows_of_indicators(indicator=["gdp", "le", "gdp", "gdp"], sex=["T", "T", "T", "F"])
    remedy = str(refusal(frame, long(*KEYS)).remedy)
    assert "the rows differ in sex (T, F)" in remedy
    assert "--set data.where.sex=T" in remedy


@pytest.mark.parametrize(
    ("frame", "table_format", "fault"),
    [
        (rows_of_indicators(), long(*KEYS, value="valu"), 'no column "valu" in the long table'),
        (rows_of_indicators(), long("contry"), 'no column "contry" in the long table'),
        (rows_of_indicators(indicator=["a", "b", None, "b"]), long(*KEYS), '"indicator" is empty in row 3'),
        (rows_of_indicators(indicator=["year", "b"] * 2), long(*KEYS), 'the indicator "year", which is the name of'),
    ],
)
def test_a_long_layout_that_does_not_fit_is_refused(frame: pl.DataFrame, table_format: TableFormat, fault: str) -> None:
    error = refusal(frame, table_format)
    assert fault in error.what
    assert error.remedy


# In a file


def test_roles_are_columns_of_the_table_after_its_layout(file: File) -> None:
    path = file("t.csv", "code,series,2020,2021\n007,gdp,1,2\n007,le,3,n/a\n")
    table_format = TableFormat(wide=WideLayout("{period}"), long=LongLayout("series", "value", ("code", "year")))
    result = read_table(path, table_format, text=["code"], numbers=["gdp", "le"])
    assert result.rows() == [("007", 2020, 1.0, 3.0), ("007", 2021, 2.0, None)]


def test_an_indicator_by_number_keeps_its_zeros(file: File) -> None:
    path = file("t.csv", "c,series,value\nA,01,1\nA,02,2\n")
    assert read_table(path, long("c", indicator="series"), numbers=["01", "02"]).columns == ["c", "01", "02"]


def test_a_text_among_numbers_is_named_by_its_unit_and_period(file: File) -> None:
    path = file("t.csv", "c,2020,2021\nLima,1,2\nOslo,3,many\n")
    with pytest.raises(DataError, match=r'gdp has text where numbers belong: "many" \(Oslo, 2021\)'):
        read_table(path, wide(value="gdp"), text=["c"], numbers=["gdp"])


def test_a_row_that_repeats_is_named_by_its_line(file: File) -> None:
    path = file("t.csv", "c,indicator,value\nLima,x,2\nOslo,x,1\nOslo,x,3\n")
    with pytest.raises(DataError, match="Oslo, x twice: line 3, line 4") as caught:
        read_table(path, long("c"))
    assert caught.value.where == str(path)


def test_blank_rows_of_a_table_with_years_as_columns_are_no_rows(file: File) -> None:
    path = file("t.csv", "c,series,2020,2021\nLima,x,2,3\n,,,\nLima,y,1,4\nLima,y,1,4\n")
    table_format = TableFormat(wide=WideLayout("{period}"), long=LongLayout("series", "value", ("c", "year")))
    with pytest.raises(DataError, match="Lima, 2020, y twice: line 4, line 5"):
        read_table(path, table_format)


def test_blank_rows_of_a_long_table_are_no_rows(file: File) -> None:
    path = file("t.csv", "c,indicator,value\nLima,x,2\n,,\nLima,y,1\n")
    assert read_table(path, long("c")).rows() == [("Lima", 2, 1)]
