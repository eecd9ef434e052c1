"""Rows of statistics by stage, such as a treatment within each year and a normalisation over all years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.definition.methodology_section import Methodology
from indicia.errors import DataError, DefinitionError, DubiousWarning
from indicia.run import Scored, StageCache, score_all
from indicia.run.draws import Draws, score_draws
from indicia_bundle import fitted
from indicia_report.markup import Texts
from indicia_report.method.methodology import methodology
from indicia_report.period_view import PeriodView
from indicia_workbook.trace import trace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

    Make = Callable[..., Index]

SHEETS = ("data", "normalised", "weights", "statistics", "steps", "level 0")
TREATMENT = "winsorise_quantiles(lower=0.2, upper=0.8)"
TREATED_WITHIN_YEARS = {"treatment": "period", "normalisation": "pooled"}
INDICATORS: dict[str, Any] = {"a": {}, "b": {"direction": "cost"}}


@pytest.fixture(scope="module")
def years(figures: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    """Ten cities in three years."""
    return figures(["a", "b"], 10, periods=3)


def test_one_run_treats_within_years_and_scales_over_all_years_as_two_runs_do(index: Make, years: pl.DataFrame) -> None:
    """COINr 1.1.14 documents it for a panel: `Treat` by year, then `Normalise(global = TRUE)`."""
    words = {"treatment": TREATMENT, "normalisation": "z_score", "statistics": TREATED_WITHIN_YEARS}
    result = index(INDICATORS, words, period="year").score(years)
    treated = index(INDICATORS, {"treatment": TREATMENT, "statistics": "period"}, period="year").score(years).prepared
    scaled = index(INDICATORS, {"normalisation": "z_score"}, period="year").score(treated)
    assert result.prepared.equals(treated)
    assert result.scores.equals(scaled.scores)
    pooled = index(INDICATORS, {**words, "statistics": "pooled"}, period="year").score(years)
    assert not result.scores.equals(pooled.scores)


@pytest.mark.parametrize(
    ("statistics", "expected"),
    [
        # the mean of 2020 is 3, and that of all values is 5; then 0 is the minimum and 10 the maximum of all
        ({"imputation": "period"}, [0.2, 0.3, 0.4, 0.0, 0.9, 1.0]),
        ({"normalisation": "period", "imputation": "pooled"}, [0.0, 1.0, 2 / 3, 0.0, 0.9, 1.0]),
        ({"within": "period", "imputation": "pooled"}, [0.0, 1.0, 2 / 3, 0.0, 0.9, 1.0]),
        ({"imputation": {"reference": 2020}, "within": "period"}, [0.0, 0.5, 1.0, 0.0, 0.9, 1.0]),
    ],
)
def test_each_stage_takes_statistics_over_its_own_rows(
    index: Make, statistics: dict[str, Any], expected: list[float]
) -> None:
    table = pl.DataFrame({"city": ["c1", "c2", "c3"] * 2, "year": [2020] * 3 + [2021] * 3, "a": [2, None, 4, 0, 9, 10]})
    made = index({"a": {}}, {"imputation": "mean", "statistics": statistics}, period="year", groups=())
    assert made.score(table).scores["score"].to_list() == pytest.approx(expected)


def test_an_aggregation_compares_units_over_rows_of_its_own(index: Make, years: pl.DataFrame) -> None:
    """Copeland scores of all years are those of the first year if this year is scored as the only one."""
    words = {"aggregation": "copeland", "normalisation": "z_score"}
    result = index(INDICATORS, {**words, "statistics": {"aggregation": "period"}}, period="year").score(years)
    normalised = result.normalised.filter(year=2020)
    first = index({"a": {}, "b": {}}, {**words, "normalisation": "none"}, period="year").score(normalised)
    assert result.scores.filter(year=2020)["score"].equals(first.scores["score"])


def test_scores_are_rescaled_over_rows_of_their_own(index: Make, years: pl.DataFrame) -> None:
    words = {"rescaling": "min_max", "statistics": {"rescaling": "period"}}
    scores = index(INDICATORS, words, period="year").score(years).scores
    assert scores.group_by("year").agg(pl.col("score").max()).get_column("score").to_list() == [1.0, 1.0, 1.0]


def test_draws_take_statistics_over_the_rows_of_each_stage(index: Make, years: pl.DataFrame) -> None:
    words = {
        "treatment": TREATMENT,
        "rescaling": "min_max",
        "statistics": {**TREATED_WITHIN_YEARS, "rescaling": "year"},
    }
    made = index(INDICATORS, words, period="year", groups=("year",))
    scored = made.score(years).scored
    draws = score_draws(made.definition, scored, Draws(2, errors={"a": np.zeros((2, 30)), "b": np.zeros((2, 30))}))
    assert draws.tolist() == [scored.nodes["index"].to_list()] * 2


def test_compared_methodologies_take_statistics_over_the_rows_of_each_stage(index: Make, years: pl.DataFrame) -> None:
    words = {"treatment": TREATMENT, "statistics": {**TREATED_WITHIN_YEARS, "aggregation": "period"}}
    made = [index(INDICATORS, {**words, "aggregation": name}, period="year") for name in ("arithmetic", "copeland")]
    runs = score_all([(one.definition, one.tree) for one in made], years, StageCache())
    assert [run.nodes["index"].to_list() for run in runs if isinstance(run, Scored)] == [
        one.score(years).scores["score"].to_list() for one in made
    ]


def test_a_fitted_index_scores_a_new_year_if_only_pooled_stages_have_statistics(
    index: Make, years: pl.DataFrame, tmp_path: Path
) -> None:
    statistics = {"treatment": "period", "within": "region"}
    path = tmp_path / "fitted.json"
    fitted.fit(index(INDICATORS, {"statistics": statistics}, period="year"), years).write(path)
    later = fitted.read(path).score(years.with_columns(year=pl.col("year") + 10)).scores["score"]
    assert later.equals(index(INDICATORS, {"statistics": "region"}, period="year").score(years).scores["score"])


def test_a_fitted_index_refuses_a_new_year_that_its_treatment_does_not_have(index: Make, years: pl.DataFrame) -> None:
    words = {"treatment": TREATMENT, "statistics": TREATED_WITHIN_YEARS}
    made = fitted.fit(index(INDICATORS, words, period="year"), years)
    with pytest.raises(DataError, match="no statistics were fitted for year 2028, 2029"):
        made.score(years.with_columns(year=pl.col("year") + 8))


def test_a_workbook_has_live_formulas_over_the_rows_of_each_stage(index: Make, years: pl.DataFrame) -> None:
    words = {
        "normalisation": "z_score",
        "rescaling": "min_max",
        "statistics": {"within": "period", "normalisation": "pooled", "rescaling": "region"},
        "missing": "group_mean(within='region')",
    }
    gaps = years.with_columns(a=pl.when(pl.int_range(30) == 4).then(None).otherwise("a"))
    result = index(INDICATORS, words, period="year").score(gaps)
    assert trace(result, {name: name for name in SHEETS}, 2, "en").not_live == {}


def test_the_methodology_text_names_the_rows_of_each_stage(index: Make, years: pl.DataFrame) -> None:
    words = {"treatment": TREATMENT, "statistics": {**TREATED_WITHIN_YEARS, "imputation": "region"}}
    result = index(INDICATORS, words, period="year").score(years)
    text = methodology(PeriodView(result, languages=("en",)), Texts(("en",)))
    assert "the rows of each period (treatment of outliers); all rows (normalisation, aggregation)" in text


def test_a_manifest_has_the_rows_of_a_stage_and_no_key_for_other_stages(index: Make) -> None:
    made = index(INDICATORS, {"statistics": {"treatment": ["period", "region"]}}, period="year")
    assert made.definition.methodology.model_dump(mode="json")["statistics"] == {
        "within": [],
        "reference": None,
        "treatment": {"within": ["period", "region"], "reference": None},
    }


def test_a_doubt_names_rows_of_a_stage_that_the_index_lacks(index: Make, years: pl.DataFrame) -> None:
    made = index(INDICATORS, {"statistics": {"treatment": "period"}}, period="year")
    with pytest.warns(DubiousWarning, match="the index has no treatment"):
        made.score(years)


FILE = """
[indicators]
a = {{}}

[data]
period = "year"

[methodology]
normalisation = "z_score"

[methodology.statistics]
{statistics}
"""


@pytest.mark.parametrize(
    ("statistics", "fault", "place", "remedy"),
    [
        ('tretment = "period"', 'unknown key "tretment"', 'index.toml:12   tretment = "period"', '"treatment"'),
        (
            'treatment = { withn = "year" }',
            'unknown key "withn" in methodology.statistics.treatment',
            'index.toml:12   treatment = { withn = "year" }',
            '"within"',
        ),
        (
            "within = 'period'\nimputation = 'pooled'\ntreatment = 'pooled'\nnormalisation = 'pooled'\n"
            "aggregation = 'pooled'\nrescaling = 'pooled'",
            "within of statistics applies to no stage",
            "index.toml:12   within = 'period'\n  index.toml:13   imputation = 'pooled'",
            "leave out within",
        ),
        (
            'treatment = "regoin"',
            'statistics.treatment = "regoin" is neither "pooled", "period" nor a column of data.groups',
            'index.toml:12   treatment = "regoin"',
            "fix:",
        ),
        (
            "treatment = { reference = 2019 }",
            "the reference period 2019 is not in the data",
            "index.toml:12   treatment = { reference = 2019 }",
            'did you mean "2021"?',
        ),
    ],
)
def test_rows_of_a_stage_that_cannot_be_are_refused_with_their_line(
    tmp_path: Path, years: pl.DataFrame, statistics: str, fault: str, place: str, remedy: str
) -> None:
    path = tmp_path / "index.toml"
    path.write_text(FILE.format(statistics=statistics).replace("[data]", '[data]\nunit = "city"').replace("\n", "", 1))
    with pytest.raises((DefinitionError, DataError)) as caught:
        indicia.read(path).score(years)
    for text in (fault, place, remedy):
        assert text in str(caught.value)


def test_the_schema_knows_the_stages_of_statistics() -> None:
    stages = Methodology.model_json_schema()["$defs"]["StageScopes"]["properties"]
    assert list(stages) == [
        "within",
        "reference",
        "imputation",
        "treatment",
        "normalisation",
        "aggregation",
        "rescaling",
    ]
