"""Treatment of outliers, caps and floors, and transforms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia import catalogue
from indicia.catalogue import hookimpl, installed
from indicia.errors import DataError, DefinitionError, IndiciaWarning, MethodError
from indicia.index import Index
from indicia.methods import Treatment
from indicia_methods import aggregation, normalisation, weighting

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Array, Expression, Statistics

    Make = Callable[..., Index]


@dataclass(frozen=True)
class HalfMax(Treatment):
    """Draw in to half the largest value; pass where nothing is above 3."""

    name = "half_max"
    reference = "None"

    def treat(self, x: Expression, s: Statistics) -> Expression:
        (half,) = s.fit(lambda values: [values.max() / 2], 1)
        return x.clip(None, half)

    def passes(self, values: Array) -> bool:
        return bool(values.max() <= 3)


@dataclass(frozen=True)
class Reciprocal(Treatment):
    """Take the reciprocal, which turns the order round and has no value at 0."""

    name = "reciprocal"
    reference = "None"

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return 1 / x


@dataclass(frozen=True)
class OverMean(Treatment):
    """Divide by the mean."""

    name = "over_mean"
    reference = "None"

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return x / s.mean


def offer() -> list[type[Treatment]]:
    return [HalfMax, Reciprocal, OverMean]


OWN = catalogue.gather(
    normalisation,
    weighting,
    aggregation,
    SimpleNamespace(__name__="own", indicia_treatments=hookimpl(offer, specname="indicia_treatments")),
)
SHIPPED = installed()
RAW: dict[str, Any] = {"normalisation": "none"}


def prepared(made: Index, table: pl.DataFrame, name: str = "income") -> list[float | None]:
    values: list[float | None] = made.score(table).prepared[name].to_list()
    return values


# Outliers


def test_a_treatment_is_followed_by_floor_and_cap_and_then_by_the_transform(index: Make, cities: pl.DataFrame) -> None:
    spec = {"treatment": "limits(upper=8)", "cap": 4, "floor": 2, "transform": "log"}
    result = index({"income": spec}, RAW).score(cities)
    assert result.prepared["income"].to_list() == [math.log(x) for x in (3, 4, 2, 4)]
    assert result.cells.drop("city").rows() == [
        ("income", "treatment", 9.0, 8.0, "limits(upper=8)"),
        ("income", "cap", 8.0, 4.0, "floor = 2, cap = 4"),
        ("income", "cap", 1.0, 2.0, "floor = 2, cap = 4"),
    ]
    assert result.cells["city"].to_list() == ["Oslo", "Oslo", "Pune"]


def test_a_treatment_sees_values_whatever_their_direction(index: Make, cities: pl.DataFrame) -> None:
    spec = {"direction": "cost", "treatment": "limits(upper=4)"}
    assert prepared(index({"income": spec}, RAW), cities) == [3.0, 4.0, 1.0, 4.0]


def test_a_treatment_is_chosen_above_and_ended_by_none(index: Make, cities: pl.DataFrame) -> None:
    indicators = {"income": {}, "co2": {"treatment": "none"}, "people": {"treatment": "limits(upper=1)"}}
    result = index(indicators, {**RAW, "treatment": "limits(upper=3)"}).score(cities)
    assert result.prepared["income"].to_list() == [3.0, 3.0, 1.0, 3.0]
    assert result.prepared["co2"].to_list() == [2.0, 8.0, 1.5, 5.0]
    assert result.prepared["people"].to_list() == [1.0] * 4


def test_a_treatment_that_cannot_pass_is_warned_of(index: Make, cities: pl.DataFrame) -> None:
    made = index({"income": {}, "co2": {}}, {**RAW, "treatment": "half_max"}, methods=OWN)
    with pytest.warns(IndiciaWarning, match=r"^half_max could not bring in the outliers of income, co2$"):
        result = made.score(cities)
    assert result.prepared["income"].to_list() == [3.0, 4.5, 1.0, 4.0]


def test_nothing_is_learned_of_an_indicator_without_values(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(co2=pl.lit(None, pl.Float64))
    made = index({"income": {}, "co2": {}}, {**RAW, "missing": "skip", "treatment": "half_max"}, methods=OWN)
    with pytest.warns(IndiciaWarning, match=r"^half_max could not bring in the outliers of income$"):
        assert made.score(table).prepared["co2"].to_list() == [None] * 4


def test_the_winsorisation_that_stops_at_its_points_is_warned_of(index: Make) -> None:
    table = pl.DataFrame(
        {"city": [str(n) for n in range(30)], "region": ["all"] * 30, "x": [*map(float, range(27)), 1e6, 1e6, 2e6]}
    )
    with pytest.warns(IndiciaWarning, match=r"^winsorise\(points=1\) could not bring in the outliers of x$"):
        index({"x": {"treatment": "winsorise(points=1)"}}).score(table)
    assert index({"x": {"treatment": "winsorise(points=3)"}}).score(table).prepared["x"].max() == 26


def test_treatment_within_the_period_is_that_of_the_period_alone(index: Make, panel: pl.DataFrame) -> None:
    made = index({"income": {"treatment": "half_max"}}, {**RAW, "statistics": "period"}, period="year", methods=OWN)
    with pytest.warns(IndiciaWarning, match="half_max could not"):
        found = made.score(panel)
    assert found.prepared["income"].to_list() == [3.0, 4.5, 1.0, 4.0, 4.0, 4.5, 2.0, 4.5]


def test_a_treatment_passes_where_it_passes_in_every_period(index: Make, panel: pl.DataFrame) -> None:
    table = panel.with_columns(income=pl.Series([1.0, 2.0, 6.0, 3.0, 1.0, 1.5, 2.0, 5.0]))
    index({"income": {"treatment": "half_max"}}, {**RAW, "statistics": "period"}, period="year", methods=OWN).score(
        table
    )


def test_a_treatment_over_a_reference_period_looks_there(index: Make, panel: pl.DataFrame) -> None:
    made = index(
        {"income": {"treatment": "over_mean"}},
        {**RAW, "statistics": {"reference": 2020}},
        period="year",
        methods=OWN,
    )
    assert prepared(made, panel) == [x / 4.25 for x in (3.0, 9.0, 1.0, 4.0, 4.0, 6.0, 2.0, 9.0)]


def test_an_outlier_in_a_group_that_misses_all_is_no_fault(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(income=pl.Series([3.0, None, 1.0, None]))
    made = index(
        {"income": {"treatment": "half_max"}}, {**RAW, "statistics": "region", "missing": "propagate"}, methods=OWN
    )
    assert prepared(made, table) == [1.5, None, 1.0, None]


@pytest.mark.parametrize(
    ("spec", "values", "said"),
    [
        (
            {"transform": "log"},
            [3.0, 0.0, -1.0, None],
            "log needs positive values: income has 2 that are not (Oslo, Pune)\n"
            "  fix: give income a floor, or no transform",
        ),
        (
            {"treatment": "reciprocal"},
            [3.0, 0.0, 1.0, None],
            f"reciprocal has no finite value of income for Oslo\n  plugin {__name__}\n"
            "  fix: choose another treatment for income",
        ),
    ],
)
def test_a_treatment_outside_its_domain_names_the_units(
    index: Make, cities: pl.DataFrame, spec: dict[str, Any], values: list[float | None], said: str
) -> None:
    methods = SHIPPED if "transform" in spec else OWN
    with pytest.raises(DataError) as caught:
        index({"income": spec}, RAW, methods=methods).score(cities.with_columns(income=pl.Series(values)))
    assert str(caught.value) == said


def test_a_floor_that_a_treatment_would_need_is_one_of_a_transform(index: Make, cities: pl.DataFrame) -> None:
    with pytest.raises(DataError) as caught:
        index({"income": {"treatment": "log"}}, RAW).score(cities.with_columns(income=pl.Series([3.0, 0.0, 1.0, 2.0])))
    assert str(caught.value) == (
        "log needs positive values: income has 1 that is not (Oslo)\n"
        '  fix: choose another treatment for income, or write transform = "log" and a floor there'
    )


@pytest.mark.parametrize(
    "limits",
    [
        {"bounds": [0, 10]},
        {"bounds": {"by": "region", "north": [0, 10], "south": [0, 5]}},
        {"direction": "target", "target": 4},
        {"direction": "interval", "interval": [3, 4]},
        {"target": 4},
        {"floor": 2},
        {"cap": 8},
    ],
)
@pytest.mark.filterwarnings("ignore:the target of income counts for nothing")
@pytest.mark.parametrize("treatment", ["log", "box_cox", "power(exponent=2)", "winsorise(otherwise=log_range)"])
def test_limits_in_the_unit_of_measure_are_not_held_against_values_in_another(
    index: Make, cities: pl.DataFrame, treatment: str, limits: dict[str, Any]
) -> None:
    word = next(word for word in ("bounds", "target", "interval", "floor", "cap") if word in limits)
    with pytest.raises(MethodError) as caught:
        index({"income": limits, "co2": {}}, {"treatment": treatment}).score(cities)
    assert str(caught.value) == (
        f"{treatment} may change the scale of income, and {word} are on the old scale\n  indicators.income\n"
        '  fix: treatment = "none" for income; a transform changes bounds, target and cap too'
    )
    index({"income": {**limits, "treatment": "none"}, "co2": {}}, {"treatment": treatment}).score(cities)
    index({"income": limits, "co2": {}}, {"treatment": "winsorise"}).score(cities)


# Floor and cap


def test_a_floor_or_a_cap_alone(index: Make, cities: pl.DataFrame) -> None:
    assert prepared(index({"income": {"floor": 3.5}}), cities) == [3.5, 9.0, 3.5, 4.0]
    result = index({"income": {"cap": 3.5}}).score(cities)
    assert result.prepared["income"].to_list() == [3.0, 3.5, 1.0, 3.5]
    assert result.cells["why"].unique().to_list() == ["cap = 3.5"]


def test_a_missing_value_is_not_capped(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(income=pl.Series([3.0, None, 1.0, 9.0]))
    result = index({"income": {"cap": 3, "floor": 2}}, {"missing": "propagate"}).score(table)
    assert result.prepared["income"].to_list() == [3.0, None, 2.0, 3.0]
    assert result.cells["city"].to_list() == ["Pune", "Rome"]


# Transforms, and what the index file says of values


@pytest.mark.parametrize(
    ("direction", "scores"),
    [("benefit", [0.5, 1.0, 0.0]), ("cost", [0.5, 0.0, 1.0])],
)
def test_bounds_follow_the_transform(index: Make, direction: str, scores: list[float]) -> None:
    table = pl.DataFrame({"city": ["a", "b", "c"], "region": ["x"] * 3, "x": [10.0, 100.0, 1.0]})
    made = index({"x": {"direction": direction, "transform": "log", "bounds": [1, 100]}})
    assert made.score(table).scores["score"].to_list() == pytest.approx(scores, abs=1e-15)


def test_target_interval_and_worst_follow_the_transform(index: Make) -> None:
    table = pl.DataFrame({"city": list("abcd"), "region": ["x"] * 4, "x": [1.0, 10.0, 100.0, 1000.0]})
    aim = {"direction": "target", "target": 10, "worst": [0.1, 1000], "transform": "log"}
    assert index({"x": aim}, RAW).score(table).scores["score"].to_list() == pytest.approx([0.5, 1.0, 0.5, 0.0])
    span = {"direction": "interval", "interval": [10, 100], "worst": [1, 10000], "transform": "log"}
    assert index({"x": span}, RAW).score(table).scores["score"].to_list() == pytest.approx([0.0, 1.0, 1.0, 0.5])
    far = {"direction": "target", "target": 10, "transform": "log"}
    assert index({"x": far}, RAW).score(table).scores["score"].to_list() == pytest.approx([0.5, 1.0, 0.5, 0.0])


def test_the_target_of_a_formula_follows_the_transform(index: Make) -> None:
    table = pl.DataFrame({"city": list("abc"), "region": ["x"] * 3, "x": [1.0, 10.0, 100.0]})
    made = index({"x": {"target": 10000, "transform": "log"}}, {"normalisation": "distance_to_target"})
    assert made.score(table).scores["score"].to_list() == pytest.approx([0, 0.25, 0.5])


def test_bounds_follow_a_transform_that_learns_from_the_data(index: Make, cities: pl.DataFrame) -> None:
    made = index({"income": {"transform": "over_mean", "bounds": [0, 10]}}, methods=OWN)
    assert made.score(cities).scores["score"].to_list() == pytest.approx([0.3, 0.9, 0.1, 0.4])


def test_bounds_by_group_follow_the_transform(index: Make, cities: pl.DataFrame) -> None:
    bounds = {"by": "region", "south": [1, 9], "north": [4, 64]}
    scores = index({"income": {"transform": "log", "bounds": bounds}}).score(cities).scores["score"].to_list()
    assert scores == pytest.approx([0.5, math.log(9 / 4) / math.log(16), 0.0, 0.0])


def test_a_transform_changes_no_cell_on_record(index: Make, cities: pl.DataFrame) -> None:
    assert index({"income": {"transform": "log"}}).score(cities).cells.is_empty()


@pytest.mark.parametrize(
    ("spec", "rest", "said"),
    [
        (
            {"transform": "log", "bounds": [0, 9]},
            {},
            "log takes positive values, and the index file gives income 0, 9\n"
            "  fix: bounds, target and interval are given in the unit of measure, before the transform",
        ),
        (
            {"transform": "reciprocal", "bounds": [1, 9]},
            {"methods": OWN},
            "reciprocal does not keep the order of the bounds of income\n"
            "  fix: choose another transform for income, or give it no bounds",
        ),
        (
            {"transform": "over_mean", "bounds": [1, 9]},
            {"methods": OWN, "methodology": {"statistics": "region"}},
            "over_mean changes the scale of income differently within each region, and its bounds are the same\n"
            '  fix: statistics = "pooled", or no bounds',
        ),
    ],
)
def test_numbers_that_a_transform_cannot_carry_are_refused(
    index: Make, cities: pl.DataFrame, spec: dict[str, Any], rest: dict[str, Any], said: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        index({"income": spec}, **rest).score(cities)
    assert str(caught.value) == said


# Bounds by group


def test_bounds_differ_by_group(index: Make, cities: pl.DataFrame) -> None:
    bounds = {"by": "region", "south": [0, 4], "north": [0, 10]}
    benefit = index({"income": {"bounds": bounds}}).score(cities).scores["score"].to_list()
    assert benefit == pytest.approx([0.75, 0.9, 0.25, 0.4])
    cost = index({"income": {"bounds": bounds, "direction": "cost"}}).score(cities).scores["score"].to_list()
    assert cost == pytest.approx([0.25, 0.1, 0.75, 0.6])


@pytest.mark.parametrize("by", ["year", "period"])
@pytest.mark.parametrize("dtype", [pl.Int32, pl.Float64, pl.String])
def test_bounds_differ_by_period_however_it_is_written(index: Make, panel: pl.DataFrame, by: str, dtype: Any) -> None:
    bounds = {"by": by, "2020": [0, 10], "2021": [0, 20]}
    made = index({"income": {"bounds": bounds}}, period="year")
    scores = made.score(panel.with_columns(pl.col("year").cast(dtype))).scores["score"].to_list()
    assert scores == pytest.approx([0.3, 0.9, 0.1, 0.4, 0.2, 0.3, 0.1, 0.45])


def test_values_beyond_the_bounds_of_the_group_are_told(index: Make, cities: pl.DataFrame) -> None:
    bounds = {"by": "region", "south": [2, 4], "north": [0, 5]}
    result = index({"income": {"bounds": bounds}}, {"normalisation": "goalposts"}).score(cities)
    assert result.scores["score"].to_list() == pytest.approx([0.5, 1.0, 0.0, 0.8])
    assert result.cells.select("city", "stage", "before", "after", "why").rows() == [
        ("Oslo", "clip", 9.0, 5.0, "bounds, by goalposts"),
        ("Pune", "clip", 1.0, 2.0, "bounds, by goalposts"),
    ]


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        (
            {"by": "regoin", "south": [0, 4]},
            'the bounds of income differ by "regoin", which is no group of the data\n'
            '  indicators.income.bounds\n  fix: did you mean "region"?',
        ),
        (
            {"by": "region", "south": [0, 4]},
            'income has no bounds for region north\n  indicators.income.bounds\n  fix: add "north" = [least, greatest]',
        ),
    ],
)
def test_bounds_of_a_group_that_is_not_there_are_refused(
    index: Make, cities: pl.DataFrame, bounds: dict[str, Any], said: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        index({"income": {"bounds": bounds}}).score(cities)
    assert str(caught.value) == said


def test_a_unit_without_group_has_no_bounds(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(region=pl.Series(["south", None, "south", "north"]))
    bounds = {"by": "region", "south": [0, 4], "north": [0, 4]}
    with pytest.raises(DataError, match=r'^the bounds of income: "region" is empty for 1 unit\(s\): Oslo'):
        index({"income": {"bounds": bounds}}).score(table)


# What was changed


@settings(max_examples=30)
@given(
    values=st.lists(
        st.lists(st.none() | st.floats(-1e6, 1e6, allow_subnormal=False), min_size=2, max_size=2),
        min_size=5,
        max_size=12,
    ),
    treatment=st.sampled_from(
        ["limits(lower=-5, upper=5)", "winsorise_quantiles", "winsorise(skewness=0.1, kurtosis=-9)"]
    ),
    scope=st.sampled_from(["pooled", "region"]),
)
@pytest.mark.filterwarnings("ignore:.*could not bring in")
def test_prepared_values_are_the_raw_ones_but_for_the_cells_that_are_listed(
    values: list[list[float | None]], treatment: str, scope: str
) -> None:
    table = pl.DataFrame(values, schema=dict.fromkeys("ab", pl.Float64), orient="row").with_columns(
        city=pl.Series([f"c{number}" for number in range(len(values))]),
        region=pl.Series([str(number % 2) for number in range(len(values))]),
    )
    raw = {
        "data": {"unit": "city", "groups": ["region"]},
        "indicators": {"a": {"cap": 1e5}, "b": {"floor": -10, "imputation": "none"}},
        "methodology": {
            "imputation": "mean",
            "treatment": treatment,
            "statistics": scope,
            "normalisation": "none",
            "missing": "propagate",
        },
    }
    result = Index(raw, SHIPPED).score(table)
    order = ["imputation", "treatment", "cap"]
    for name in "ab":
        cells = dict(zip(table["city"], table[name], strict=True))
        for city, stage, before, after in (
            result.cells.filter(indicator=name).select("city", "stage", "before", "after").rows()
        ):
            assert stage in order
            assert cells[city] == before
            assert before != after
            cells[city] = after
        assert list(cells.values()) == result.prepared[name].to_list()
