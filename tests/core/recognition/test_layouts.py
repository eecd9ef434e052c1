"""The layout of a table is recognised, and an ordinary table or panel is left as it is."""

from __future__ import annotations

from itertools import product
from typing import Any

import polars as pl
import pytest
from reference_folder import ABSENT, FOLDER

from indicia.data import LongLayout, TableFormat, WideLayout
from indicia.data.layouts import apply_layout
from indicia.data.read import load_table
from indicia.errors import DataError
from indicia_recognition.sample import sample_rows
from indicia_recognition.tables import recognise_layout

CITIES = ["Lima", "Oslo", "Rome", "Pune", "Bonn", "Cairo"]


def values(*names: str, **more: list[Any]) -> pl.DataFrame:
    """Return a table of cities with columns of different numbers."""
    columns = {name: [place + 10.5 * row for row in range(len(CITIES))] for place, name in enumerate(names)}
    return pl.DataFrame({"city": CITIES, **more, **columns})


def long(**dimensions: list[Any]) -> pl.DataFrame:
    """Return a table with a row for each combination of the dimensions, and a column of values."""
    *names, value = dimensions
    rows = [dict(zip(names, row, strict=True)) for row in product(*(dimensions[name] for name in names))]
    return pl.DataFrame([{**row, value: number + 0.5} for number, row in enumerate(rows)])


def layout(frame: pl.DataFrame, **options: Any) -> WideLayout | LongLayout | None:
    wide, longer, _ = recognise_layout(frame, "gdp", **options)
    assert not (wide and longer)
    return wide or longer


# Wide


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (["2019", "2020"], "{period}"),
        (["2019.0", "2020.0"], "{period}.0"),
        (["2019", "2020*"], "{period}"),
        (["2019", "2020 (p)"], "{period}"),
        (["le 2019", "le 2020p"], "{indicator} {period}"),
        (["2019/20", "2020/21"], "{period}"),
        (["2020Q1", "2020Q2"], "{period}"),
        (["Q1 2020", "Q2 2020"], "{period}"),
        (["2010-2015", "2015-2020"], "{period}"),
        (["2019 [YR2019]", "2020 [YR2020]"], "{period} [YR{period}]"),
        (["X2019", "X2020"], "X{period}"),
        (["FY2019", "FY2020"], "FY{period}"),
        (["2019年", "2020年"], "{period}年"),
        (["le (2019)", "le (2020)", "mys (2019)", "mys (2020)"], "{indicator} ({period})"),
        (["le_2019", "le_2020"], "{indicator}_{period}"),
        (["gdp.2019", "gdp.2020"], "{indicator}.{period}"),
        (["gdp2019", "gdp2020"], "{indicator}{period}"),
        (["人均GDP2019", "人均GDP2020"], "{indicator}{period}"),
        (["2019_le", "2020_le"], "{period}_{indicator}"),
        (["2019年GDP", "2020年GDP"], "{period}年{indicator}"),
        (["GDP（2019）", "GDP（2020）"], "{indicator}（{period}）"),
        (["GDP, 2019", "GDP, 2020"], "{indicator}, {period}"),
        (["GDP in 2019", "GDP in 2020"], "{indicator} in {period}"),
        (["PM2.5 2019", "PM2.5 2020"], "{indicator} {period}"),
        (["GDP 2019 (USD)", "GDP 2020 (USD)"], "{indicator} {period} (USD)"),
    ],
)
def test_columns_of_periods_are_recognised(names: list[str], pattern: str) -> None:
    frame = values(*names)
    found = layout(frame)
    assert isinstance(found, WideLayout)
    assert found.pattern == pattern
    assert apply_layout(frame, TableFormat(wide=found)).height == len(CITIES) * 2


@pytest.mark.parametrize(
    "names",
    [
        ["2020"],  # the year of a single column is known to its reader
        ["hdi", "2020"],
        ["pop_2010", "gdp_2012", "hdi_2012"],  # the last year that each indicator has
        ["GDP (constant 2015 US$)", "GDP (constant 2017 US$)"],  # years of prices
        ["GDP, base 2010", "GDP, base 2015"],
        ["change 2000-2010", "change 2010-2020"],
        ["pm10", "pm25"],
        ["c 1400", "c 2300"],
        ["Population (2020)", "Area"],
        ["x1", "x2"],
    ],
)
def test_names_with_other_numbers_stay(names: list[str]) -> None:
    assert recognise_layout(values(*names), "gdp") == (None, None, [])


def test_columns_of_text_are_no_years() -> None:
    assert recognise_layout(pl.DataFrame({"2019": ["a", "b"], "2020": ["c", "d"], "x": [1, 2]}), "x")[0] is None


def test_years_of_numbers_in_another_notation_are_years() -> None:
    frame = pl.DataFrame({"city": ["A", "B", "C"], "2019": ["1 234,5", "..", "3"], "2020": ["1,2", "n.a.", "5 p"]})
    assert layout(frame) == WideLayout("{period}", value="gdp")


def test_the_values_get_another_name_if_a_column_has_the_name_of_the_file() -> None:
    assert layout(values("2019", "2020", gdp=list("abcdef"))) == WideLayout("{period}", value="value")


def test_numbered_columns_are_no_years() -> None:
    """A table of 2,000 columns x0 to x1999 once became 500 columns of the years 1500 to 1999."""
    assert layout(values(*(f"x{number}" for number in range(1980, 2000)))) is not None
    assert layout(values(*(f"x{number}" for number in range(900, 2000)))) is None
    assert layout(values("gdp_2019", "gdp_2020", "gdp_2021", "gdp_1")) == WideLayout("{indicator}_{period}", "year")


def test_periods_get_another_name_if_a_column_is_called_year() -> None:
    assert layout(values("x 2019", "x 2020", year=[2021] * 6)) == WideLayout("{indicator} {period}", "period")


@pytest.mark.parametrize(
    ("names", "named"),
    [
        (["hdi_2010", "hdi_2020", "gdp_2015", "area_2001", "mort_2012"], ("hdi_2010", "hdi_2020")),
        (["gdp_2019", "gdp_2020", "le 2019", "le 2020"], ("gdp_2019", "le 2019", "le 2020")),
        (["2019", "2020", "rank 2019", "rank 2020"], ("2019", "rank 2019", "rank 2020")),
    ],
)
def test_years_that_no_pattern_describes_are_a_question(names: list[str], named: tuple[str, ...]) -> None:
    wide, _, (question,) = recognise_layout(values(*names), "gdp")
    assert wide is None
    assert question.effect == "question"
    assert question.names == named
    assert "in [data]" in question.remedy


def test_a_year_that_a_single_indicator_has_is_a_question() -> None:
    _, _, (_, question) = recognise_layout(values("gdp_2019", "gdp_2020", "area_2015"), "gdp")
    assert question.effect == "question"
    assert question.sentence.startswith("area_2015 has a year in which no other indicator has values: the year 2015")


def test_an_observation_names_the_columns_of_years() -> None:
    _, _, (observation,) = recognise_layout(values("le (2019)", "le (2020)"), "gdp")
    assert observation.effect == "format"
    assert observation.names == ("le", "le (2019)", "le (2020)")
    assert "hold 1 indicator (le) in 2 years, 2019 to 2020" in observation.sentence
    assert 'wide = { pattern = "{indicator} ({period})" }' in observation.remedy


# Long


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (long(country=CITIES, indicator=["gdp", "le"], value=[]), LongLayout("indicator", "value", ("country",))),
        (
            long(Land=CITIES, Jahr=[2019, 2020], Merkmal=["BIP", "Quote"], Wert=[]),
            LongLayout("Merkmal", "Wert", ("Land", "Jahr")),
        ),
        (
            long(城市=CITIES, 指标名称=["人均GDP", "失业率"], 年份=[2019, 2020], 数值=[]),
            LongLayout("指标名称", "数值", ("城市", "年份")),
        ),
        (long(Pays=CITIES, Indicateur=["a", "b"], Valeur=[]), LongLayout("Indicateur", "Valeur", ("Pays",))),
        (long(pais=CITIES, variable=["a", "b"], x=[]), LongLayout("variable", "x", ("pais",))),
        (long(town=CITIES, what=["a", "b"], y=[]), LongLayout("what", "y", ("town",))),  # no name says it
        (long(town=CITIES, sex=["F", "M"], income=[]), LongLayout("sex", "income", ("town",))),
        (
            long(country=CITIES, year=[2019, 2020], indicator=["gdp"], value=[]),
            LongLayout("indicator", "value", ("country", "year")),
        ),
        (
            long(a=CITIES, indicator=["b", "c"], year=["2019", "2020"], value=[]),
            LongLayout("indicator", "value", ("a", "year")),
        ),
    ],
)
def test_a_table_with_a_row_for_each_unit_and_indicator_is_long(frame: pl.DataFrame, expected: LongLayout) -> None:
    assert layout(frame) == expected


@pytest.mark.parametrize(
    "frame",
    [
        long(country=CITIES, year=[2019, 2020], value=[]),
        long(country=CITIES, quarter=["2020Q1", "2020Q2"], value=[]),
        long(country=CITIES, month=["Jan", "Feb"], value=[]),
        long(country=CITIES, year=[2019, 2020], value=[]).with_columns(region=pl.col("country").str.head(1)),
        values("value", item=list("aabbcc")),  # groups of units
        pl.DataFrame(
            {"variable": ["a", "b", "c"], "pillar": ["x", "x", "y"], "weight": [0.5, 0.2, 0.3]}
        ),  # a description
        values("value", variable=["x"] * 6, region=list("ababab")).drop("variable"),
        pl.DataFrame({"country": ["A", "B", "B", "C"], "region": ["x", "y", "z", "x"], "gdp": [1.0, 2.0, 3.0, 4.0]}),
        pl.DataFrame({"country": CITIES * 2, "group": ["a"] * 6 + ["b"] * 6, "gdp": range(12), "le": range(12)}),
    ],
)
def test_an_ordinary_table_or_panel_is_not_long(frame: pl.DataFrame) -> None:
    assert recognise_layout(frame, "gdp") == (None, None, [])


def test_names_of_indicators_come_before_their_codes() -> None:
    frame = long(country=CITIES, code=["SP.1", "SP.2"], value=[]).rename({"code": "Series Code"})
    frame = frame.with_columns(pl.col("Series Code").replace({"SP.1": "Life", "SP.2": "Death"}).alias("Series Name"))
    wide, found, (_, left_out) = recognise_layout(frame, "gdp")
    assert wide is None
    assert found == LongLayout("Series Name", "value", ("country",))
    assert left_out.names == ("Series Code",)
    assert "a code or a description of the indicators" in left_out.sentence


@pytest.mark.parametrize(
    ("names", "best"),
    [
        ({"ind_code": ["I1", "I2"], "ind_name": ["Life", "Death"]}, "ind_name"),
        ({"Indicator": ["3.1.1", "3.2.1"], "SeriesDescription": ["Life", "Death"]}, "SeriesDescription"),
        ({"Indicator": ["Life", "Death"], "Indicator description": ["x " * 60, "y " * 60]}, "Indicator"),
        ({"GHO (CODE)": ["WHO_1", "WHO_2"], "GHO (DISPLAY)": ["Life", "Death"]}, "GHO (DISPLAY)"),
    ],
)
def test_the_most_readable_name_of_an_indicator_is_taken(names: dict[str, list[str]], best: str) -> None:
    code, name = names
    frame = long(country=CITIES, **{code: names[code]}, value=[])
    frame = frame.with_columns(pl.col(code).replace(dict(zip(names[code], names[name], strict=True))).alias(name))
    assert layout(frame) == LongLayout(best, "value", ("country",))


def test_rows_of_indicators_are_a_question() -> None:
    frame = pl.DataFrame({"Indicator": ["gdp", "life"], "Austria": [1.5, 2.5], "Belgium": [3.5, 4.5]})
    wide, found, (question,) = recognise_layout(frame, "t")
    assert (wide, found, question.effect, question.names) == (None, None, "question", ("Indicator",))
    assert "the rows are indicators (gdp, life)" in question.sentence
    assert "the columns Austria to Belgium may be the units" in question.sentence
    assert "--unit Indicator" in question.remedy


def test_codes_and_groups_of_units_stay_and_flags_are_left_out() -> None:
    frame = long(country=CITIES, indicator=["a", "b"], value=[]).with_columns(
        pl.col("country").str.head(3).alias("iso"),
        pl.Series("flag", list("xyxxyyxyxyxy")),
        pl.lit("Crops").alias("domain"),
    )
    _, found, observations = recognise_layout(frame, "gdp")
    assert found == LongLayout("indicator", "value", ("country", "iso"))
    assert [(one.names, one.effect) for one in observations[1:]] == [(("flag",), "left_out"), (("domain",), "left_out")]


def test_values_may_be_whole_numbers_that_look_like_years() -> None:
    frame = long(country=CITIES, indicator=["hours", "steps"], value=[]).with_columns(
        value=pl.Series(range(1800, 1812))
    )
    assert layout(frame) == LongLayout("indicator", "value", ("country",))


def test_a_large_long_table_in_the_order_of_indicators_is_long() -> None:
    units = [f"u{number}" for number in range(30_000)]
    frame = pl.concat(
        pl.DataFrame({"country": units, "indicator": indicator, "value": [0.5] * len(units)}) for indicator in "ab"
    )
    assert layout(frame) == LongLayout("indicator", "value", ("country",))
    assert layout(sample_rows(frame)) == LongLayout("indicator", "value", ("country",))


def test_a_column_that_numbers_the_rows_is_no_unit() -> None:
    frame = long(country=CITIES, indicator=["a", "b"], value=[])
    frame = frame.select(pl.Series("key", [f"r{row}" for row in range(12)]), pl.all())
    assert layout(frame) == LongLayout("indicator", "value", ("country",))


def test_the_values_of_several_columns_of_numbers_are_in_the_column_with_that_name() -> None:
    frame = long(country=CITIES, indicator=["a", "b"], value=[]).with_columns(lower=pl.col("value") - 1)
    assert layout(frame) == LongLayout("indicator", "value", ("country",))


def test_the_download_of_the_world_bank_has_years_as_columns_and_indicators_as_rows() -> None:
    frame = long(name=CITIES, series=["Life", "Death"], x=[]).select(
        pl.col("name").alias("Country Name"),
        pl.col("name").str.head(3).alias("Country Code"),
        pl.col("series").alias("Indicator Name"),
        pl.col("series").str.head(2).alias("Indicator Code"),
        pl.col("x").alias("2019"),
        pl.col("x").cast(pl.String).alias("2020"),
        pl.lit(None, pl.String).alias(""),
    )
    wide, found, observations = recognise_layout(frame, "API")
    assert wide == WideLayout("{period}", value="value")
    assert found == LongLayout("Indicator Name", "value", ("Country Name", "Country Code", "year"))
    assert [one.rule for one in observations] == ["years_as_columns", "long_table", *["beside_long_table"] * 2]
    assert apply_layout(frame, TableFormat(wide=wide, long=found)).shape == (12, 5)


def test_an_observation_names_the_columns_of_a_long_table() -> None:
    _, _, (observation,) = recognise_layout(long(country=CITIES, indicator=["gdp", "le"], value=[]), "t")
    assert observation.names == ("indicator", "value")
    assert observation.sentence == (
        'the table is long: one row for each country and indicator; it is pivoted, and the values of "value" become '
        "2 columns: gdp, le"
    )
    assert "--set data.long.indicator=" in observation.remedy


# SDMX


def sdmx(**more: Any) -> pl.DataFrame:
    frame = long(REF_AREA=CITIES, INDICATOR=["B1", "P3"], TIME_PERIOD=[2019, 2020], OBS_VALUE=[])
    return frame.with_columns(DATAFLOW=pl.lit("X:Y(1.0)"), OBS_STATUS=pl.lit("A"), **more)


def test_sdmx_is_recognised_by_its_columns() -> None:
    _, found, observations = recognise_layout(sdmx(UNIT_MULT=pl.lit(0)), "t")
    assert found == LongLayout("INDICATOR", "OBS_VALUE", ("REF_AREA", "TIME_PERIOD"))
    assert "SDMX" in observations[0].sentence
    assert {name for one in observations[1:] for name in one.names} == {"DATAFLOW", "OBS_STATUS", "UNIT_MULT"}


def test_the_dimension_that_varies_holds_the_indicators_of_sdmx() -> None:
    frame = sdmx(freq=pl.lit("A"), unit=pl.lit("PC")).rename({"INDICATOR": "na_item", "REF_AREA": "geo"})
    assert layout(frame) == LongLayout("na_item", "OBS_VALUE", ("geo", "TIME_PERIOD"))


def test_columns_with_labels_of_sdmx_are_no_further_dimensions() -> None:
    frame = (
        sdmx()
        .rename({"INDICATOR": "na_item", "REF_AREA": "geo"})
        .with_columns(
            pl.col("geo").str.to_uppercase().alias("Geopolitical entity"),
            pl.col("na_item")
            .replace({"B1": "Gross domestic product", "P3": "Final consumption"})
            .alias("National accounts"),
        )
    )
    assert layout(frame) == LongLayout("National accounts", "OBS_VALUE", ("geo", "TIME_PERIOD", "Geopolitical entity"))


@pytest.mark.parametrize("name", ["{} {} ({})", "{};{};[{}]"])
def test_different_units_of_measure_after_the_year_are_a_part_of_the_pattern(name: str) -> None:
    names = [name.format(*parts) for parts in product(["Rent", "Wage"], ["2020", "2021"], ["€"])]
    names = [each.replace("€", "%") if "Wage" in each else each for each in names]
    found = layout(values(*names))
    assert found == WideLayout(name.format("{indicator}", "{period}", "").rstrip("()[]") + "{unit}")


def test_one_unit_of_measure_after_the_year_is_a_text_of_the_pattern() -> None:
    assert layout(values("Rent 2020 (€)", "Rent 2021 (€)")) == WideLayout("{indicator} {period} (€)")


def test_the_names_of_columns_with_two_levels_in_pandas_are_split() -> None:
    assert layout(values("('rent', 2020)", "('rent', 2021)")) == WideLayout("('{indicator}', {period})")


def test_years_of_two_digits_are_asked_about() -> None:
    wide, longer, observations = recognise_layout(values("rent_19", "rent_20", "noise_19", "noise_20"), "gdp")
    assert (wide, longer) == (None, None)
    assert [(seen.rule, seen.effect) for seen in observations] == [("years_in_names", "question")]


@pytest.mark.parametrize(
    "names",
    [
        ("rent_19", "rent_20", "noise"),  # a single indicator
        ("pm_25", "pm_10", "so_25", "so_10"),  # sizes
        ("q_01", "q_02", "r_01", "r_02"),
        ("rent_19", "rent_20", "noise_21", "noise_22"),
    ],
)
def test_other_numbers_in_names_are_no_years(names: tuple[str, ...]) -> None:
    assert recognise_layout(values(*names), "gdp") == (None, None, [])


def test_a_column_of_indicators_of_eurostat_comes_before_its_unit_of_measure() -> None:
    table = long(indic_il=["LI_R", "S80"], geo=CITIES, TIME_PERIOD=[2020, 2021], OBS_VALUE=[0])
    units = pl.col("indic_il").replace_strict({"LI_R": "PC", "S80": "RT"})
    table = table.select(pl.lit("ESTAT:ILC").alias("DATAFLOW"), units.alias("unit"), pl.all())
    found = layout(table)
    assert found == LongLayout("indic_il", "OBS_VALUE", ("geo", "TIME_PERIOD"))


def test_the_power_of_ten_of_sdmx_is_told() -> None:
    *_, observation = recognise_layout(sdmx(UNIT_MULT=pl.lit(6)), "t")[2]
    assert observation.sentence == "UNIT_MULT is 6: each value is multiplied by 10 to this power"


@pytest.mark.parametrize(
    ("frame", "fault", "remedy"),
    [
        (
            long(country=CITIES, indicator=["a", "b"], sex=["F", "M", "Total"], value=[]),
            "several rows for each country and indicator, by sex (F, M, Total)",
            "--set data.where.sex=Total",
        ),
        (
            long(geo=CITIES, sex=["F", "M", "T"], na_item=["a", "b"], TIME_PERIOD=[2020], OBS_VALUE=[]),
            "several dimensions that may be the indicators: sex (F, M, T); na_item (a, b)",
            "--set data.where.sex=T for the indicators of na_item",
        ),
        (
            sdmx(UNIT_MEASURE=pl.when(pl.col("REF_AREA") < "M").then(pl.lit("USD")).otherwise(pl.lit("EUR"))),
            'the indicator "B1" has several values of UNIT_MEASURE: USD, EUR',
            "--set data.where.UNIT_MEASURE=USD",
        ),
        (
            long(country=CITIES, indicator=["a", "b"], value=[]).with_columns(
                pl.when(pl.col("country") < "M").then(pl.lit("kg")).otherwise(pl.lit("lb")).alias("unit of measure"),
                pl.Series("note", list("abcabcabcabc")),
            ),
            'the indicator "a" has several values of unit of measure: kg, lb',
            '--set "data.where.unit of measure=kg"',
        ),
    ],
)
def test_a_further_dimension_of_a_long_table_is_an_error_that_asks_for_a_condition(
    frame: pl.DataFrame, fault: str, remedy: str
) -> None:
    with pytest.raises(DataError) as caught:
        recognise_layout(frame, "t")
    assert fault in caught.value.what
    assert remedy in str(caught.value.remedy)


def test_a_condition_on_a_further_dimension_makes_it_a_key() -> None:
    frame = long(country=CITIES, indicator=["a", "b"], sex=["F", "M", "T"], value=[])
    assert layout(frame, where={"sex": "T"}) == LongLayout("indicator", "value", ("country", "sex"))


# Many tables


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
@pytest.mark.parametrize("case", ["01", "02", "05", "16", "31", "38", "42", "44", "49", "50"])
def test_ordinary_tables_of_offices_have_no_layout(case: str) -> None:
    (folder,) = (FOLDER / "office_tables").glob(f"{case}_*")
    for path in folder.glob("*.csv"):
        if path.name != "expected.csv":
            assert recognise_layout(load_table(path).frame, path.stem) == (None, None, [])


def test_a_single_indicator_has_its_name_and_not_its_code() -> None:
    table = long(code=["R1"], indicator=["Rent in euros"], city=CITIES, year=[2020, 2021], value=[0])
    table = table.rename({"code": "IndicatorCode"})
    found = layout(table)
    assert isinstance(found, LongLayout)
    assert found.indicator == "indicator"
