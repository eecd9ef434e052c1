"""Columns of the data that methods use beside the indicators: the population, an outcome, covariates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from report_pages import page_of

import indicia
from indicia.errors import DataError, MethodError
from indicia.methods import (
    Aggregation,
    Array,
    Components,
    Expression,
    Indicators,
    MatrixAggregation,
    MatrixContext,
    Normalisation,
    SeriesImputation,
    Statistics,
    Treatment,
    Weighting,
    row_sum,
)
from indicia.run import Draws, score_draws, score_subsets
from indicia_workbook.trace import trace

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.index import Index

CITIES = pl.DataFrame(
    {
        "city": ["a", "b", "c", "d"],
        "region": ["n", "n", "s", "s"],
        "x": [1.0, 2.0, 4.0, None],
        "people": [10.0, 20.0, 30.0, 40.0],
    }
)


def index(*, table: pl.DataFrame = CITIES, **methodology: Any) -> Index:
    """Return an index of x, with the people of each city in a column of the data."""
    data = {"unit": "city", "groups": [name for name in ("region",) if name in table.columns]}
    words = {"missing": "skip", "normalisation": "none", **methodology}
    return indicia.read({"data": data, "indicators": {"x": {}}, "methodology": words})


def normalised(made: Index, table: pl.DataFrame = CITIES) -> list[float | None]:
    return made.score(table).normalised["x"].to_list()


def test_the_weighted_mean_is_over_the_units_that_have_a_value() -> None:
    """(10 × 1 + 20 × 2 + 30 × 4) / 60 = 17 / 6: the forty people of d count nowhere."""
    scores = normalised(index(normalisation="mean_index(weights=people)"))
    assert scores == pytest.approx([6 / 17, 12 / 17, 24 / 17, None])


def test_the_weighted_deviation_has_the_weights_as_frequencies() -> None:
    """The sixty people have the values 1 ten times, 2 twenty times and 4 thirty times."""
    people = np.repeat([1.0, 2.0, 4.0], [10, 20, 30])
    expected = (np.array([1.0, 2.0, 4.0]) - people.mean()) / people.std()
    scores = normalised(index(normalisation="z_score(weights=people, ddof=0)"))
    assert scores[:3] == pytest.approx(expected.tolist())


@pytest.mark.parametrize("ddof", [0, 1])
def test_equal_weights_give_the_scores_without_weights(ddof: int) -> None:
    table = CITIES.with_columns(people=pl.lit(7.0))
    weighted = normalised(index(normalisation=f"z_score(weights=people, ddof={ddof})"), table)
    assert weighted == pytest.approx(normalised(index(normalisation=f"z_score(ddof={ddof})"), table))


def test_an_expression_names_columns_of_its_uses() -> None:
    formula = {"method": "formula", "expression": "x / (sum(x * people) / sum(people))", "uses": ["people"]}
    assert normalised(index(normalisation=formula)) == pytest.approx([6 / 17, 12 / 17, 24 / 17, None])


def test_a_statistic_of_a_column_is_within_groups() -> None:
    """In the north (10 × 1 + 20 × 2) / 30 = 5 / 3; in the south c is alone."""
    scores = normalised(index(normalisation="mean_index(weights=people)", statistics="region"))
    assert scores == pytest.approx([3 / 5, 6 / 5, 1.0, None])


def test_an_expression_of_a_node_names_columns_of_its_uses() -> None:
    formula = {"method": "formula", "expression": "x / people", "uses": ["people"]}
    assert index(aggregation=formula).score(CITIES).scores["score"].to_list() == [0.1, 0.1, 4 / 30, None]


def test_an_indicator_that_does_not_count_has_its_columns() -> None:
    shown = {"y": {"column": "x", "counts": False, "normalisation": "mean_index(scale=1, weights=people)"}}
    table = CITIES.filter(pl.col("x").is_not_null())
    made = indicia.read({"data": {"unit": "city"}, "indicators": {"x": {}, **shown}})
    assert made.score(table).normalised["y"].to_list() == pytest.approx([6 / 17, 12 / 17, 24 / 17])


def test_a_gap_gets_the_weighted_mean() -> None:
    assert normalised(index(imputation="mean(weights=people)"))[3] == pytest.approx(17 / 6)


def test_a_covariate_that_is_no_indicator_predicts_a_gap() -> None:
    """Least squares of x on the people: numpy's line through the three points, at forty."""
    slope, intercept = np.polyfit([10.0, 20.0, 30.0], [1.0, 2.0, 4.0], 1)
    made = index(imputation="regression(covariates=[people], on=covariates)")
    assert normalised(made)[3] == pytest.approx(intercept + 40 * slope)


def test_weights_are_learned_by_least_squares() -> None:
    """The slopes of numpy's least squares of y on the normalised values, scaled to sum 1."""
    x, z, y = [0.0, 1.0, 2.0, 4.0, 3.0], [1.0, 0.0, 3.0, 2.0, 5.0], [1.0, 2.0, 4.0, 5.5, 6.0]
    table = pl.DataFrame({"city": list("abcde"), "x": x, "z": z, "y": y})
    slopes = np.linalg.lstsq(np.column_stack([np.ones(5), x, z]), np.array(y), rcond=None)[0][1:]
    words = {"normalisation": "none", "weighting": "against_outcome(of=y)"}
    made = indicia.read({"data": {"unit": "city"}, "indicators": {"x": {}, "z": {}}, "methodology": words})
    assert made.score(table).weights["weight"].to_list() == pytest.approx((slopes / slopes.sum()).tolist())


def test_a_negative_coefficient_names_its_indicator() -> None:
    table = pl.DataFrame({"city": list("abcd"), "x": [0, 1, 0, 1], "z": [0, 0, 1, 2], "y": [2, 5, 1, 2]})
    words = {"normalisation": "none", "weighting": "against_outcome(of=y)"}
    made = indicia.read({"data": {"unit": "city"}, "indicators": {"x": {}, "z": {}}, "methodology": words})
    with pytest.raises(MethodError, match=r"z \(-.*\) has a negative coefficient in the regression of y"):
        made.score(table)


@dataclass(frozen=True)
class PerHead(Normalisation):
    """Divide by the people of the unit."""

    name = "per_head"
    reference = "Example"
    uses = ("people",)

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s.column("people")


@dataclass(frozen=True)
class Undeclared(Normalisation):
    """Read a column without a declaration."""

    name = "undeclared"
    reference = "Example"

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / s.column("people")


@dataclass(frozen=True)
class People(Aggregation):
    """Multiply the sum by the share of the people."""

    name = "people"
    reference = "Example"
    uses = ("people",)

    def combine(self, components: Components) -> Expression:
        people = components.column("people")
        return row_sum(c.z for c in components) * people / components.aggregate(people.sum())


def test_a_formula_reads_a_column_in_each_row() -> None:
    assert normalised(index(normalisation=PerHead())) == [0.1, 0.1, 4 / 30, None]


def test_an_aggregation_reads_a_column_and_its_statistics() -> None:
    """Only the units with a score are in the sum: 60 people."""
    assert index(aggregation=People()).score(CITIES).scores["score"].to_list() == pytest.approx(
        [1 / 6, 4 / 6, 2.0, None]
    )


def test_a_column_that_is_not_declared_is_an_error() -> None:
    with pytest.raises(MethodError, match=r'undeclared of x: column\("people"\) is a column that the method does not'):
        index(normalisation=Undeclared()).score(CITIES)


def test_a_fitted_index_needs_a_column_of_its_statistics_no_more() -> None:
    fitted = indicia.fit(index(normalisation="z_score(weights=people)"), CITIES)
    assert fitted.fitted.columns == ()
    assert fitted.score(CITIES.drop("people")).scores.equals(fitted.score(CITIES).scores)


def test_a_fitted_index_needs_a_column_that_it_reads_in_each_row() -> None:
    fitted = indicia.fit(index(normalisation=PerHead()), CITIES)
    assert fitted.fitted.columns == ("people",)
    with pytest.raises(DataError, match=r'no column "people" in the table.*per_head of x uses it'):
        fitted.score(CITIES.drop("people"))


@pytest.mark.parametrize(
    ("people", "what"),
    [
        ([10.0, None, 30.0, 40.0], r"has no value for b"),
        ([10.0, float("inf"), 30.0, 40.0], r"is not finite for b"),
        ([10.0, -20.0, 30.0, 40.0], r"has values that are not non-negative: b"),
        ([0.0, 0.0, 0.0, 0.0], r"has the sum 0"),
    ],
)
def test_weights_that_cannot_be_used_name_column_method_and_units(people: list[float | None], what: str) -> None:
    table = CITIES.with_columns(people=pl.Series(people))
    with pytest.raises(DataError, match=rf'the column "people", which z_score of x uses, {what}') as raised:
        index(normalisation="z_score(weights=people)").score(table)
    assert raised.value.where == "methodology.normalisation"
    assert raised.value.remedy


def test_a_sum_of_weights_is_checked_within_groups() -> None:
    table = CITIES.with_columns(people=pl.Series([0.0, 0.0, 30.0, 40.0]))
    with pytest.raises(DataError, match="has the sum 0 within region n"):
        index(normalisation="z_score(weights=people)", statistics="region").score(table)


def test_a_unit_that_screening_leaves_out_needs_no_value() -> None:
    table = CITIES.with_columns(people=pl.Series([10.0, 20.0, 30.0, None]))
    words = {"normalisation": "mean_index(weights=people)", "missing": "skip"}
    raw = {"data": {"unit": "city"}, "indicators": {"x": {}}, "methodology": words, "screening": {"units": 0.5}}
    assert normalised(indicia.read(raw), table) == pytest.approx([6 / 17, 12 / 17, 24 / 17])


def test_text_in_a_used_column_is_an_error() -> None:
    table = CITIES.with_columns(people=pl.Series(["10", "many", "30", "40"]))
    with pytest.raises(DataError, match='people has text where numbers belong: "many"'):
        index(normalisation="z_score(weights=people)").score(table)


def test_a_column_that_the_table_lacks_names_the_nearest_and_the_line() -> None:
    with pytest.raises(DataError, match=r'no column "peopel".*z_score of x uses it') as raised:
        index(normalisation="z_score(weights=peopel)").score(CITIES)
    assert raised.value.remedy == 'did you mean "people"?'
    assert str(raised.value.where).startswith("methodology.normalisation")


@pytest.mark.parametrize(("column", "what"), [("x", "is the indicator x"), ("region", "names a group")])
def test_a_used_column_with_another_role_is_refused(column: str, what: str) -> None:
    with pytest.raises(MethodError, match=f'z_score of x uses the column "{column}", which {what}') as raised:
        index(normalisation=f"z_score(weights={column})").score(CITIES)
    assert raised.value.where == "methodology.normalisation"


def test_a_name_of_uses_that_the_expression_lacks_is_refused() -> None:
    formula = {"method": "formula", "expression": "x / mean", "uses": ["people"]}
    with pytest.raises(MethodError, match='uses names "people", which the expression does not contain'):
        index(normalisation=formula).score(CITIES)


@dataclass(frozen=True)
class Scaled(Treatment):
    """Divide by the people of the unit."""

    name = "scaled_by"
    reference = "Example"
    uses = ("people",)

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return x / s.column("people")


@dataclass(frozen=True)
class Crowd(MatrixAggregation):
    """Give each unit its share of the people."""

    name = "crowd"
    reference = "Example"
    uses = ("people",)

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        return context.columns["people"] / context.columns["people"].sum()


@dataclass(frozen=True)
class Crowded(Weighting):
    """Weigh by the mean of the values times the people."""

    name = "crowded"
    reference = "Example"
    uses = ("people",)

    def weigh(self, indicators: Indicators) -> Array:
        means = indicators.each(lambda x, s: s((x * s.column("people")).mean()))
        assert indicators.column("people").tolist() in ([10.0, 20.0], [30.0, 40.0])
        return means


def test_a_matrix_aggregation_gets_the_column_of_the_units_that_it_compares() -> None:
    scores = index(aggregation=Crowd()).score(CITIES).scores["score"].to_list()
    assert scores == pytest.approx([10 / 60, 20 / 60, 30 / 60, None])


def test_a_weighting_gets_the_column_of_its_group() -> None:
    """In the north (1 × 10 + 2 × 20) / 2 = 25 of x and (4 × 10 + 3 × 20) / 2 = 50 of z."""
    table = CITIES.with_columns(x=pl.Series([1.0, 2.0, 4.0, 1.0]), z=pl.Series([4.0, 3.0, 4.0, 1.0]))
    words = {"normalisation": "none", "weighting": Crowded(), "weights": "region"}
    raw = {"data": {"unit": "city", "groups": ["region"]}, "indicators": {"x": {}, "z": {}}, "methodology": words}
    weights = indicia.read(raw).score(table).weights
    assert weights.filter(region="n")["weight"].to_list() == pytest.approx([1 / 3, 2 / 3])
    assert weights.filter(region="s")["weight"].to_list() == [0.5, 0.5]


def test_runs_of_a_comparison_use_their_columns() -> None:
    made = index(normalisation="mean_index(weights=people)")
    compared = made.compare(table=CITIES, normalisation=["mean_index", "mean_index(weights=people)", PerHead()]).figures
    assert not compared.failures
    alone = made.score(CITIES).scores.sort("city")["score"]
    assert compared.scores.sort("city")["2"].to_list() == alone.to_list()


@dataclass(frozen=True)
class Following(SeriesImputation):
    """Fill by the last value, and declare a column."""

    name = "following"
    reference = "Example"
    uses = ("people",)

    def follow(self, x: Expression, t: Expression) -> Expression:
        return x.forward_fill()


def test_a_series_imputation_with_columns_is_refused() -> None:
    with pytest.raises(MethodError, match="its uses name columns of the data, which a method of its kind does not get"):
        index(imputation=Following()).score(CITIES)


def test_a_transform_with_columns_is_refused() -> None:
    raw = {"data": {"unit": "city"}, "indicators": {"x": {"transform": Scaled()}}}
    with pytest.raises(MethodError, match="the transform scaled_by of x uses a column of the data") as raised:
        indicia.read(raw).score(CITIES)
    assert raised.value.where == "indicators.x.transform"


def test_a_treatment_reads_a_column() -> None:
    assert normalised(index(treatment=Scaled())) == [0.1, 0.1, 4 / 30, None]


def test_check_names_used_columns_and_their_unused_neighbours() -> None:
    raw = {
        "data": {"unit": "city"},
        "indicators": {"x": {}},
        "methodology": {"missing": "skip"},
        "variants": {"people": {"normalisation": "z_score(weights=people)"}},
    }
    inspection = indicia.read(raw).check(CITIES)
    assert inspection.unused["name"].to_list() == ["region"]


def test_a_workbook_computes_weighted_statistics_from_its_data_sheet() -> None:
    """No part of the workbook is without a formula, and `trace` holds each formula against the engine."""
    result = index(normalisation="z_score(weights=people)").score(CITIES)
    sheets = ("data", "normalised", "steps", "statistics", "weights", "level 0")
    contents = trace(result, dict(zip(sheets, sheets, strict=True)), 1, "en")
    assert contents.not_live == {}
    assert [entry.column.title for entry in contents.layout.entries["data"]] == ["x", "people"]


def test_the_manifest_names_used_columns() -> None:
    assert index(normalisation="z_score(weights=people)").score(CITIES).manifest["columns_used"] == ["people"]
    assert "columns_used" not in index().score(CITIES).manifest


def test_the_page_names_used_columns() -> None:
    text = page_of(index(normalisation="z_score(weights=people)").score(CITIES))
    assert "need their value for every unit: people." in text


def test_a_stream_needs_no_column_that_only_statistics_use(tmp_path: Path) -> None:
    fitted = indicia.fit(index(normalisation="z_score(weights=people)", missing="skip"), CITIES)
    CITIES.drop("people").drop_nulls().write_csv(tmp_path / "cities.csv")
    fitted.stream(tmp_path / "cities.csv", tmp_path / "scores.csv")
    expected = fitted.score(CITIES).scores.sort("city")["score"][:3]
    assert pl.read_csv(tmp_path / "scores.csv")["score"].to_list() == expected.to_list()


def test_a_fitted_file_keeps_the_columns_that_formulas_read_in_each_row(tmp_path: Path) -> None:
    formula = {"method": "formula", "expression": "x / people", "uses": ["people"]}
    indicia.fit(index(aggregation=formula), CITIES).write(tmp_path / "fitted.json")
    fitted = indicia.read_fitted(tmp_path / "fitted.json")
    assert fitted.fitted.columns == ("people",)
    assert fitted.score(CITIES).scores["score"].to_list() == [0.1, 0.1, 4 / 30, None]


def test_a_unit_that_is_left_out_takes_its_weight_along() -> None:
    """Without c, the mean of ten and twenty people is 5 / 3."""
    table = CITIES.drop_nulls().with_columns(z=pl.Series([1.0, 2.0, 4.0]))
    made = index(normalisation="mean_index(weights=people)")
    run = made.score(table)
    rows, number = np.array([0, 1, 0, 2]), np.array([0, 0, 1, 1])
    scores = score_subsets(run.definition, run.scored, rows, number)
    assert scores.tolist() == pytest.approx([3 / 5, 6 / 5, 4 / 13, 16 / 13])


def test_robustness_varies_methods_with_and_without_columns() -> None:
    table = pl.DataFrame(
        {
            "city": list("abcde"),
            "x": [1.0, 2.0, 4.0, 3.0, 9.0],
            "z": [5.0, 1.0, 2.0, 4.0, 3.0],
            "people": [5, 4, 3, 2, 9],
        }
    )
    raw = {"data": {"unit": "city"}, "indicators": {"x": {}, "z": {}}}
    choices = ["z_score(weights=people)", "z_score", "mean_index(weights=people)"]
    robust = indicia.read(raw).robustness(table, draws=20, seed=1, normalisation=choices).figures
    assert not robust.failures


def test_a_flat_index_takes_no_column_of_its_method_for_an_indicator() -> None:
    table = CITIES.drop("region").drop_nulls().with_columns(z=pl.Series([5.0, 1.0, 2.0]))
    result = indicia.score(table, unit="city", normalisation="mean_index(weights=people)")
    assert result.normalised.columns == ["city", "x", "z"]
    assert "no indicator, as a method uses it: people" in map(str, result.notes)


def test_an_aggregate_of_values_has_the_mean_of_a_column_that_formulas_read() -> None:
    """Of the north (1 + 2) / 2 over (10 + 20) / 2."""
    formula = {"method": "formula", "expression": "x / people", "uses": ["people"]}
    raw = {
        "data": {"unit": "city", "groups": ["region"]},
        "indicators": {"x": {}},
        "methodology": {"normalisation": "none", "aggregation": formula},
        "aggregates": {"regions": {"groups": "region", "of": "values"}},
    }
    aggregates = indicia.read(raw).score(CITIES.drop_nulls()).aggregates
    assert aggregates["score"].to_list() == pytest.approx([0.1, 4 / 30])


def test_draws_repeat_the_column_with_its_rows() -> None:
    """A draw with errors of 0 gives the scores of the run."""
    made = index(normalisation="z_score(weights=people)")
    run = made.score(CITIES)
    errors = {"x": np.zeros((2, 4))}
    drawn = score_draws(run.definition, run.scored, Draws(2, errors=errors))
    assert np.nan_to_num(drawn).tolist() == [run.scores.sort("city")["score"].fill_null(0.0).to_list()] * 2
