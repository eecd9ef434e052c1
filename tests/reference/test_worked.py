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
    "combination_mathmodels": "combinations of weights are not shipped yet",
    "coupling_obstacle_mathmodels": "what comes after the score is compared in test_analysis.py",
    "fuzzy_mathmodels": "fuzzy evaluation is not shipped yet",
    "rsr_mathmodels": "the rank-sum ratio is not shipped yet",
}
SCORES = {
    "gra_supplier_jmcdm": ("gra", "grade", 1e-15),
    "topsis_jmcdm": ("topsis", "closeness", 5e-8),
}
"""The aggregation, what its score is called, and the precision."""
COMPUTED = {*WEIGHTS, *SCORES, "ahp_tourism_jiang", "bth_economic_entropy_topsis", "direction_types_mathmodels"}


@pytest.fixture(scope="module")
def read(reference: Path) -> Callable[[str], pl.DataFrame]:
    """Return what reads a file of the worked examples."""
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


def test_every_example_of_the_reference_is_computed_or_left_out_with_a_reason(reference: Path) -> None:
    assert {path.name for path in (reference / "worked").iterdir() if path.is_dir()} == COMPUTED | set(LEFT_OUT)
