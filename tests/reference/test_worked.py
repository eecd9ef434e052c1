"""Worked examples with published results, to the precision at which they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from indicia.result import Result

    Score = Callable[[Mapping[str, Any], pl.DataFrame], Result]

WEIGHTS = {
    "entropy_elsayed_2017": ('entropy(on="raw")', 5e-7),
    "critic_tus_adali_2019": ("critic", 5e-4),
}
"""The weighting, and half a unit of the last decimal that is printed."""

LEFT_OUT = {
    "coupling_obstacle_mathmodels": "what comes after the score is compared in test_analysis.py",
}
SCORES = {
    "gra_supplier_jmcdm": ("gra", "grade", 1e-15),
    "topsis_jmcdm": ("topsis", "closeness", 5e-8),
}
"""The aggregation, what its score is called, and the precision."""
OTHERS = {"min_max": [0.3, 0.2, 0.2], "product_max": [0.24, 0.06, 0.06], "min_sum": [1.0, 0.6, 0.5]}
"""The other operators on the memberships of `fuzzy_mathmodels`, as its README has them."""
COMPUTED = {
    *WEIGHTS,
    *SCORES,
    "ahp_tourism_jiang",
    "bth_economic_entropy_topsis",
    "combination_mathmodels",
    "direction_types_mathmodels",
    "fuzzy_mathmodels",
    "rsr_mathmodels",
}


@pytest.fixture(scope="module")
def read(reference: Path) -> Callable[[str], pl.DataFrame]:
    """Return a function that reads a file of the worked examples."""
    return lambda path: pl.read_csv(reference / "worked" / path, infer_schema_length=None)


def flat(table: pl.DataFrame, unit: str, **methodology: object) -> dict[str, Any]:
    """Return an index of all columns but the unit's, each a benefit."""
    return {
        "data": {"unit": unit},
        "indicators": {column: {} for column in table.columns if column != unit},
        "methodology": methodology,
    }


def ahp(matrix: str, reference: Path, read: Callable[[str], pl.DataFrame], score: Score) -> Result:
    """Score what the matrix compares by the matrix itself: the weights are what matters."""
    path = f"ahp_tourism_jiang/pairwise_{matrix}.csv"
    table = read(path)
    unit = table.columns[0]
    return score(flat(table, unit, weighting={"method": "ahp", "matrix": str(reference / "worked" / path)}), table)


@pytest.mark.parametrize("example", WEIGHTS)
def test_weights_equal_the_published_ones(
    example: str, read: Callable[[str], pl.DataFrame], score: Score, assert_equal: Callable[..., None]
) -> None:
    weighting, precision = WEIGHTS[example]
    table = read(f"{example}/input.csv")
    found = score(flat(table, "a", weighting=weighting), table).weights.rename({"id": "criterion"})
    published = read(f"{example}/expected.csv").select("criterion", "weight")
    assert_equal(found, published, "criterion", precision=precision, absolute=True)


@pytest.mark.parametrize("example", SCORES)
def test_scores_equal_the_published_ones(
    example: str, read: Callable[[str], pl.DataFrame], score: Score, assert_equal: Callable[..., None]
) -> None:
    aggregation, called, precision = SCORES[example]
    weights = read(f"{example}/weights.csv").select("criterion", "direction", "weight")
    definition = {
        "data": {"unit": "a"},
        "indicators": {name: {"direction": sign, "weight": weight} for name, sign, weight in weights.iter_rows()},
        "methodology": {"aggregation": aggregation},
    }
    found = score(definition, read(f"{example}/input.csv")).scores.rename({"score": called})
    assert_equal(found, read(f"{example}/expected.csv"), "a", precision=precision, absolute=True)


@pytest.fixture(scope="module")
def by_rank_sums(read: Callable[[str], pl.DataFrame], score: Score) -> Result:
    """Return the three units scored by the sums of their ranks."""
    weights = read("rsr_mathmodels/weights.csv").select("indicator", "weight")
    definition = {
        "data": {"unit": "id"},
        "indicators": {name: {"weight": weight} for name, weight in weights.iter_rows()},
        "methodology": {"normalisation": "none", "aggregation": "rank_sum_ratio"},
    }
    return score(definition, read("rsr_mathmodels/input.csv"))


@pytest.mark.parametrize(
    ("column", "detail", "precision"), [("RSR", "ratio", 5e-4), ("probit", "probit", 5e-3), ("RSRfit", "fitted", 5e-3)]
)
def test_the_rank_sum_ratio_and_its_line_are_as_printed(
    column: str,
    detail: str,
    precision: float,
    by_rank_sums: Result,
    read: Callable[[str], pl.DataFrame],
    assert_equal: Callable[..., None],
) -> None:
    found = by_rank_sums.details().select("id", pl.col(detail).alias(column))
    printed = read("rsr_mathmodels/expected.csv").select("id", column)
    assert_equal(found, printed, "id", precision=precision, absolute=True)


def test_the_regression_of_the_rank_sum_ratio_is_as_printed(
    by_rank_sums: Result, read: Callable[[str], pl.DataFrame]
) -> None:
    printed = dict(read("rsr_mathmodels/expected_regression.csv").iter_rows())
    assert by_rank_sums.details().select("intercept", "slope").row(0, named=True) == pytest.approx(printed, abs=5e-5)


def memberships(operator: str, read: Callable[[str], pl.DataFrame], score: Score) -> pl.DataFrame:
    """Compose the memberships of four factors in three grades."""
    definition = {
        "data": {"unit": "grade"},
        "indicators": {name: {"weight": weight} for name, weight in read("fuzzy_mathmodels/weights.csv").iter_rows()},
        "methodology": {
            "normalisation": "none",
            "aggregation": {"method": "fuzzy_comprehensive", "operator": operator, "values": "memberships"},
        },
    }
    return score(definition, read("fuzzy_mathmodels/membership.csv")).scores.select("grade", value="score")


def test_fuzzy_evaluation_by_the_weighted_mean_is_as_published(
    read: Callable[[str], pl.DataFrame], score: Score, assert_equal: Callable[..., None]
) -> None:
    found = memberships("product_sum", read, score)
    assert_equal(found, read("fuzzy_mathmodels/expected.csv"), "grade", precision=1e-15, absolute=True)


@pytest.mark.parametrize("operator", OTHERS)
def test_fuzzy_evaluation_by_the_other_operators(
    operator: str, read: Callable[[str], pl.DataFrame], score: Score
) -> None:
    assert memberships(operator, read, score)["value"].to_list() == pytest.approx(OTHERS[operator], abs=1e-15)


@pytest.fixture(scope="module")
def transport(read: Callable[[str], pl.DataFrame], score: Score) -> Result:
    """Return the panel of transport, scored with statistics over all city-years."""
    directions = read("bth_economic_entropy_topsis/expected_weights.csv").select("indicator", "direction")
    definition = {
        "data": {"unit": "city", "period": "year"},
        "indicators": {name: {"direction": sign} for name, sign in directions.iter_rows()},
        "methodology": {
            "normalisation": "min_max",
            "weighting": "entropy",
            "aggregation": "topsis",
            "statistics": "pooled",
        },
    }
    return score(definition, read("bth_economic_entropy_topsis/input.csv"))


def test_entropy_weights_of_a_pooled_panel_equal_the_published_ones(
    transport: Result, read: Callable[[str], pl.DataFrame], assert_equal: Callable[..., None]
) -> None:
    published = read("bth_economic_entropy_topsis/expected_weights.csv").select("indicator", "weight")
    assert_equal(transport.weights.rename({"id": "indicator"}), published, "indicator")


def test_topsis_of_a_pooled_panel_equals_the_published_closeness(
    transport: Result, read: Callable[[str], pl.DataFrame], assert_equal: Callable[..., None]
) -> None:
    found = transport.scores.rename({"score": "closeness"})
    published = read("bth_economic_entropy_topsis/expected_closeness.csv")
    assert_equal(found, published, "city", "year", precision=5.1e-9, absolute=True)


@pytest.mark.parametrize(
    ("case", "settings"),
    [
        ("moderate", {"direction": "target", "target": 7}),
        ("interval", {"direction": "interval", "interval": [36, 37]}),
    ],
)
def test_a_best_value_or_interval_is_scored_as_published(
    case: str,
    settings: dict[str, Any],
    read: Callable[[str], pl.DataFrame],
    score: Score,
    assert_equal: Callable[..., None],
) -> None:
    cases = read("direction_types_mathmodels/cases.csv").filter(pl.col("case") == case)
    table = cases.select("x", "expected", unit=pl.int_range(pl.len()).cast(pl.String))
    definition = {"data": {"unit": "unit"}, "indicators": {"x": settings}}
    found = score(definition, table.select("unit", "x")).normalised
    assert_equal(found, table.select("unit", x="expected"), "unit", precision=5e-8, absolute=True)


def test_ahp_weighs_the_criteria_of_a_journey_as_other_software(
    reference: Path, read: Callable[[str], pl.DataFrame], score: Score, assert_equal: Callable[..., None]
) -> None:
    published = read("ahp_tourism_jiang/expected.csv").select("item", "criterion", weight="value")
    software = published.filter(pl.col("item") == "software_weight").drop("item")
    found = ahp("criteria", reference, read, score).weights.rename({"id": "criterion"})
    assert_equal(found, software, "criterion", precision=5e-9, absolute=True)


def test_ahp_weighs_the_criteria_of_a_journey_as_printed_but_for_a_misprint(
    reference: Path, read: Callable[[str], pl.DataFrame], score: Score, assert_equal: Callable[..., None]
) -> None:
    published = read("ahp_tourism_jiang/expected.csv").select("item", "criterion", weight="value")
    printed = published.filter(pl.col("item") == "weight").drop("item")
    found = ahp("criteria", reference, read, score).weights.rename({"id": "criterion"})
    assert_equal(found, printed, "criterion", precision=0.01, absolute=True)


@pytest.mark.parametrize("fact", ["lambda_max", "CI", "CR"])
def test_ahp_reports_the_published_consistency_of_the_criteria(
    fact: str, reference: Path, read: Callable[[str], pl.DataFrame], score: Score
) -> None:
    published = dict(read("ahp_tourism_jiang/expected.csv").select("item", "value").iter_rows())
    found = ahp("criteria", reference, read, score).facts["index"][fact]
    assert found == pytest.approx(published[f"software_{fact}"], abs=5e-7)
    assert found == pytest.approx(published[fact], abs=1e-3)


@pytest.mark.parametrize("criterion", ["scenery", "cost"])
def test_ahp_weighs_the_places_as_printed(
    criterion: str, reference: Path, read: Callable[[str], pl.DataFrame], score: Score
) -> None:
    column = read("ahp_tourism_jiang/expected_alternatives.csv").select("alternative", criterion)
    published = dict(column.iter_rows())
    result = ahp(criterion, reference, read, score)
    found = dict(result.weights.select("id", "weight").iter_rows())
    found |= {fact: result.facts["index"][fact] for fact in ("lambda_max", "CI")}
    assert found == pytest.approx(published, abs=1e-3)


def test_ahp_ranks_the_places_by_the_printed_totals(
    reference: Path, read: Callable[[str], pl.DataFrame], score: Score, assert_equal: Callable[..., None]
) -> None:
    places = read("ahp_tourism_jiang/expected_alternatives.csv").filter(pl.col("alternative").str.starts_with("P"))
    matrix = reference / "worked" / "ahp_tourism_jiang" / "pairwise_criteria.csv"
    table = places.drop("total")
    weighting = {"method": "ahp", "matrix": str(matrix)}
    found = score(flat(table, "alternative", weighting=weighting, normalisation="none"), table).scores
    printed = places.select("alternative", score="total")
    assert_equal(found, printed, "alternative", precision=1e-3, absolute=True)


@pytest.mark.parametrize(
    ("result", "rule"),
    [
        ("linear_0.6", {"rule": "additive", "shares": [0.6, 0.4]}),
        ("multiplicative", {"rule": "multiplicative"}),
        ("geometric", {"rule": "geometric"}),
        ("game_linear", {"rule": "game_theory"}),
    ],
)
def test_two_weightings_are_combined_as_by_other_software(
    result: str,
    rule: dict[str, Any],
    read: Callable[[str], pl.DataFrame],
    score: Score,
    assert_equal: Callable[..., None],
) -> None:
    given = read("combination_mathmodels/input.csv").with_columns(pl.col("indicator").cast(pl.String))
    names = given["indicator"].to_list()
    of = [
        {"method": "budget_allocation", "budget": 1, "points": dict(zip(names, given[one], strict=True))}
        for one in ("subjective", "objective")
    ]
    table = pl.DataFrame({"unit": ["A", "B"], **{name: [1.0, 2.0] for name in names}})
    found = score(flat(table, "unit", weighting={"method": "combination", "of": of, **rule}), table).weights
    printed = read("combination_mathmodels/expected.csv").select("indicator", weight=result)
    assert_equal(found.rename({"id": "indicator"}), printed, "indicator", precision=6e-8, absolute=True)


def test_every_example_of_the_reference_is_computed_or_left_out_with_a_reason(reference: Path) -> None:
    assert {path.name for path in (reference / "worked").iterdir() if path.is_dir()} == COMPUTED | set(LEFT_OUT)
