"""The rows that statistics are taken over, and those that weights are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import DataError, DefinitionError, MethodError
from indicia.methods import MatrixAggregation, MatrixContext

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index
    from indicia.methods import Array
    from indicia.result import Result

    Make = Callable[..., Index]

INDICATORS: dict[str, Any] = {"income": {}, "co2": {"direction": "cost"}, "people": {"dimension": "size"}}
TREE: dict[str, Any] = {"dimensions": {"size": {}}}


def scores(result: Result) -> list[float]:
    found: list[float] = result.scores["score"].to_list()
    return found


@pytest.fixture
def wide() -> pl.DataFrame:
    """Eight cities in two regions and two years, no two alike."""
    cells = [(7 * n * n + 3 * n + 5) % 31 + 1.0 for n in range(48)]
    return pl.DataFrame(
        {
            "city": [f"c{n}" for n in range(8)] * 2,
            "region": ["south", "north", "north", "south"] * 4,
            "year": [2020] * 8 + [2021] * 8,
            "income": cells[:16],
            "co2": cells[16:32],
            "people": cells[32:],
        }
    )


# Statistics


def test_statistics_are_pooled_unless_said_otherwise(index: Make, panel: pl.DataFrame) -> None:
    made = index({"income": {}}, period="year")
    assert scores(made.score(panel)) == [x / 8 for x in (2.0, 8.0, 0.0, 3.0, 3.0, 5.0, 1.0, 8.0)]


def test_statistics_within_a_group_compare_its_units(index: Make, panel: pl.DataFrame) -> None:
    result = index({"income": {}}, {"statistics": "region"}, period="year").score(panel)
    assert scores(result) == pytest.approx([2 / 3, 1.0, 0.0, 0.0, 1.0, 0.4, 1 / 3, 1.0])


def test_statistics_within_period_and_group_compare_those_of_both(index: Make, panel: pl.DataFrame) -> None:
    result = index({"income": {}}, {"statistics": ["period", "region"]}, period="year").score(panel)
    assert scores(result) == [1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]


@pytest.mark.parametrize("year", [2020, "2020", 2020.0])
@pytest.mark.parametrize("dtype", [pl.Int16, pl.Float64, pl.String])
def test_statistics_of_a_reference_period_hold_for_all(
    index: Make, panel: pl.DataFrame, year: object, dtype: Any
) -> None:
    made = index({"income": {}}, {"statistics": {"reference": year}}, period="year")
    result = made.score(panel.with_columns(pl.col("year").cast(dtype)))
    assert scores(result) == [x / 8 for x in (2.0, 8.0, 0.0, 3.0, 3.0, 5.0, 1.0, 8.0)]
    later = index({"income": {}}, {"statistics": {"reference": 2021}}, period="year").score(panel)
    assert scores(later) == pytest.approx([1 / 7, 1.0, -1 / 7, 2 / 7, 2 / 7, 4 / 7, 0.0, 1.0])


def test_a_reference_period_may_be_a_date_of_many_digits(index: Make, panel: pl.DataFrame) -> None:
    table = panel.with_columns(pl.col("year") * 10000 + 1231)
    made = index({"income": {}}, {"statistics": {"reference": 20211231}}, period="year")
    assert scores(made.score(table))[4:] == pytest.approx([2 / 7, 4 / 7, 0.0, 1.0])


def test_a_reference_period_within_groups(index: Make, panel: pl.DataFrame) -> None:
    made = index({"income": {}}, {"statistics": {"reference": 2020, "within": "region"}}, period="year")
    assert scores(made.score(panel)) == pytest.approx([1.0, 1.0, 0.0, 0.0, 1.5, 0.4, 0.5, 1.0])


METHODOLOGIES: tuple[dict[str, Any], ...] = (
    {},
    {"normalisation": "z_score"},
    {"normalisation": "percentile_rank"},
    {"normalisation": "robust"},
    {"aggregation": "topsis"},
    {"aggregation": "vikor"},
    {"aggregation": "copeland"},
    {"aggregation": "codas"},
    {"rescaling": "z_score"},
    {"rescaling": "rank"},
    {"levels": [{}, {"as_component": "min_max"}]},
    {"treatment": "winsorise(skewness=0.2, kurtosis=-3, points=1)"},
    {"imputation": "median", "treatment": "winsorise_quantiles"},
)


@pytest.mark.parametrize("methods", METHODOLOGIES, ids=str)
@pytest.mark.parametrize("weighting", ["given", "standard_deviation", "critic"])
@pytest.mark.filterwarnings("ignore:.*could not bring in")
def test_a_period_is_scored_as_if_it_were_alone(
    index: Make, wide: pl.DataFrame, methods: dict[str, Any], weighting: str
) -> None:
    words = {"normalisation": "min_max(lower=1, upper=10)", **methods, "weighting": weighting}
    within = {"statistics": "period", "weights": "period"}
    whole = index(INDICATORS, {**words, **within}, period="year", **TREE).score(wide)
    for (year,), rows in wide.group_by("year"):
        alone = index(INDICATORS, words, **TREE).score(rows.drop("year"))
        part = whole.scores.filter(year=year)
        assert scores(alone) == pytest.approx(part["score"].to_list(), rel=1e-12, abs=1e-12)
        assert alone.scores["rank"].to_list() == part["rank"].to_list()
        columns = ("id", "weight", "effective")
        assert alone.weights.select(columns).rows() == [
            (name, pytest.approx(weight), pytest.approx(effective))
            for name, weight, effective in whole.weights.filter(year=year).select(columns).rows()
        ]


def test_the_order_of_rows_in_a_panel_does_not_matter(index: Make, wide: pl.DataFrame) -> None:
    words = {"statistics": "period", "weights": "region", "weighting": "entropy", "aggregation": "topsis"}
    made = index(INDICATORS, words, period="year", **TREE)
    mixed = wide.sample(fraction=1, shuffle=True, seed=3)
    one, other = (made.score(table).scores.sort("year", "city") for table in (wide, mixed))
    assert one["score"].to_list() == pytest.approx(other["score"].to_list(), rel=1e-12)
    assert one["rank"].to_list() == other["rank"].to_list()


# Weights


def test_weights_of_a_reference_period_are_those_of_it_alone(index: Make, wide: pl.DataFrame) -> None:
    bounds = {"income": {"bounds": [0, 40]}, "co2": {"bounds": [0, 40]}}
    words = {"weighting": "entropy", "weights": {"reference": 2021}}
    whole = index(bounds, words, period="year").score(wide)
    alone = index(bounds, {"weighting": "entropy"}).score(wide.filter(year=2021).drop("year"))
    assert whole.weights["weight"].to_list() == pytest.approx(alone.weights["weight"].to_list(), rel=1e-12)


def test_weights_that_differ_between_groups_are_listed_with_their_group(index: Make, wide: pl.DataFrame) -> None:
    result = index({"income": {}, "co2": {}}, {"weighting": "entropy", "weights": "region"}, period="year").score(wide)
    assert result.weights.columns == ["region", "id", "name", "parent", "level", "kind", "weight", "effective"]
    sums = result.weights.group_by("region").agg(pl.col("weight").sum())
    assert dict(sums.rows()) == {"south": pytest.approx(1.0), "north": pytest.approx(1.0)}
    each = {(region, name): weight for region, name, weight in result.weights.select("region", "id", "weight").rows()}
    z = result.normalised
    expected = [
        each[region, "income"] * a + each[region, "co2"] * b
        for region, a, b in z.select("region", "income", "co2").rows()
    ]
    assert scores(result) == pytest.approx(expected)


def test_contributions_use_the_weights_of_the_group(index: Make, wide: pl.DataFrame) -> None:
    result = index(INDICATORS, {"weighting": "entropy", "weights": "region"}, period="year", **TREE).score(wide)
    assert result.contributions.select(pl.sum_horizontal("income", "co2", "people")).to_series().to_list() == (
        pytest.approx(scores(result))
    )


def test_units_whose_weights_differ_are_not_compared(index: Make, wide: pl.DataFrame) -> None:
    words = {"weighting": "entropy", "weights": "region", "aggregation": "copeland", "statistics": "period"}
    with pytest.raises(MethodError, match="copeland of index: compares units whose weights differ"):
        index({"income": {}, "co2": {}}, words, period="year").score(wide)


@pytest.mark.parametrize(
    "methodology", [{"weighting": "critic"}, {"aggregation": "codas"}, {"imputation": "row"}], ids=str
)
def test_how_columns_lie_in_memory_does_not_change_a_bit(index: Make, methodology: dict[str, Any]) -> None:
    names = [f"x{j}" for j in range(6)]
    values = np.random.default_rng(5).normal(5, 2, (40, 6))
    values[3, 2] = np.nan
    side_by_side = pl.from_numpy(np.asfortranarray(values), names)
    apart = pl.DataFrame([pl.Series(name, values[:, j].copy()) for j, name in enumerate(names)])
    words = {"missing": "skip", **methodology}
    made = index({name: {} for name in names}, words, groups=())
    units = pl.Series("city", [f"c{number}" for number in range(40)])
    tables = [table.with_columns(units) for table in (side_by_side, apart, apart.select(reversed(names)))]
    one, *others = [made.score(table).scores["score"] for table in tables]
    for other in others:
        assert other.equals(one)


# Bad input


@pytest.mark.parametrize(
    ("methodology", "rest", "error", "said"),
    [
        (
            {"statistics": {"reference": 2015}},
            {"period": "year"},
            DataError,
            'the reference period 2015 is not in the data\n  methodology.statistics\n  fix: did you mean "2021"?',
        ),
        (
            {"weights": {"reference": "2020Q1"}},
            {"period": "year"},
            DataError,
            'the reference period 2020Q1 is not in the data\n  methodology.weights\n  fix: did you mean "2021"?',
        ),
        (
            {"statistics": {"reference": 2020}},
            {},
            DefinitionError,
            'a reference period needs a period\n  methodology.statistics\n  fix: write period = "year" in [data]',
        ),
        (
            {"statistics": "period"},
            {},
            DefinitionError,
            'statistics = "period" needs a period\n  methodology.statistics\n  fix: write period = "year" in [data]',
        ),
        (
            {"weights": "regoin"},
            {},
            DefinitionError,
            'weights = "regoin" is neither "pooled", "period" nor a column of data.groups\n  methodology.weights\n'
            '  fix: did you mean "region"?',
        ),
        (
            {"aggregation": "copeland", "statistics": {"reference": 2020}},
            {"period": "year"},
            MethodError,
            "copeland of index compares units with each other, not with a reference period\n"
            '  fix: statistics = "period", or another aggregation there',
        ),
        (
            {"ranks": ["regoin"]},
            {},
            DefinitionError,
            'ranks names "regoin", which is no column of data.groups\n  fix: did you mean "region"?',
        ),
    ],
)
def test_a_scope_that_cannot_be_is_refused(
    index: Make,
    panel: pl.DataFrame,
    methodology: dict[str, Any],
    rest: dict[str, Any],
    error: type[Exception],
    said: str,
) -> None:
    table = panel if "period" in rest else panel.filter(year=2020)
    with pytest.raises(error) as caught:
        index({"income": {}, "co2": {}}, methodology, **rest).score(table)
    assert str(caught.value) == said


@dataclass(frozen=True)
class OfThree(MatrixAggregation):
    """Take the first component, of three units or more."""

    name = "of_three"
    reference = "None"
    minimum_units = 3

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        return values[:, 0]


@pytest.mark.parametrize(
    ("statistics", "there"),
    [("period", "2 in 2021"), (["period", "region"], "1 in 2021 south"), ({"reference": 2021}, "2")],
)
def test_units_are_as_many_as_a_method_needs_where_it_compares_them(
    index: Make, wide: pl.DataFrame, statistics: object, there: str
) -> None:
    table, raw = wide.head(10), {"aggregation": OfThree()}
    assert len(index(INDICATORS, raw, period="year", **TREE).score(table).scores) == 10
    with pytest.raises(DataError, match=f"of_three needs at least 3 units, and there are {there}\n"):
        index(INDICATORS, {**raw, "statistics": statistics}, period="year", **TREE).score(table)


@pytest.mark.parametrize("what", ["statistics", "weights"])
def test_units_without_group_are_no_group(index: Make, cities: pl.DataFrame, what: str) -> None:
    table = cities.with_columns(region=pl.Series(["south", None, "south", None]))
    with pytest.raises(DataError) as caught:
        index({"income": {}, "co2": {}}, {what: "region", "weighting": "entropy"}).score(table)
    assert (
        str(caught.value) == f'{what}: "region" is empty for 2 unit(s): Oslo, Rome\n  fix: name the group of every unit'
    )


def test_a_group_of_one_unit_is_an_error_that_says_it_does_not_vary(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(region=pl.Series(["south", "north", "south", "south"]))
    with pytest.raises(DataError, match="income is the same for all units within a region; min_max has no value there"):
        index({"income": {}}, {"statistics": "region"}).score(table)
    neutral = index({"income": {}}, {"statistics": "region", "constant": "neutral"}).score(table)
    assert scores(neutral) == pytest.approx([2 / 3, 0.5, 0.0, 1.0])


def test_a_group_that_misses_all_has_no_score_and_disturbs_no_other(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(income=pl.Series([3.0, None, 1.0, None]))
    made = index({"income": {}}, {"statistics": "region", "missing": "propagate"})
    assert made.score(table).scores["score"].to_list() == [1.0, None, 0.0, None]


def test_a_group_that_is_not_in_the_reference_period_is_said(index: Make, panel: pl.DataFrame) -> None:
    table = panel.filter((pl.col("year") == 2021) | (pl.col("region") == "south"))
    made = index({"income": {}}, {"statistics": {"reference": 2020, "within": ["region"]}}, period="year")
    with pytest.raises(DataError) as caught:
        made.score(table)
    assert str(caught.value) == (
        "the reference period 2020 is not in the data of region north\n  fix: choose another, or other groups"
    )


def test_periods_of_text_are_periods(index: Make, panel: pl.DataFrame) -> None:
    quarters = panel.with_columns(year=pl.col("year").cast(pl.String) + "Q1")
    number, text = (
        scores(index({"income": {}}, {"statistics": "period"}, period="year").score(table))
        for table in (panel, quarters)
    )
    assert number == text


def test_each_unit_may_be_compared_with_itself_in_a_base_period(index: Make, panel: pl.DataFrame) -> None:
    words = {
        "normalisation": "formula(expression='100 * x / mean')",
        "statistics": {"within": "city", "reference": 2020},
    }
    found = index({"income": {}}, words, period="year", groups=("city",)).score(panel)
    assert scores(found) == pytest.approx([100.0] * 4 + [400 / 3, 200 / 3, 200.0, 225.0])
