"""Shapley and Owen values of the difference between two scores, for scores that are no means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.errors import DataError, DefinitionError
from indicia_explain.parts import parts_between

if TYPE_CHECKING:
    from indicia.result import Result
    from indicia_explain.parts import Parts

TABLE = pl.DataFrame(
    {
        "unit": list("ABCDE"),
        "region": ["north", "south", "north", "south", "north"],
        "x": [1.0, 5, 3, 2, 9],
        "y": [4.0, 2, 8, 6, 5],
        "z": [7.0, 3, 1, 9, 2],
        "w": [6.0, 6, 5, 8, 1],
    }
)
INDICATORS: dict[str, Any] = {
    "x": {"dimension": "d"},
    "y": {"dimension": "d", "direction": "cost"},
    "z": {"weight": 2},
    "w": {},
}


def result_of(aggregation: object, table: pl.DataFrame = TABLE, **words: Any) -> Result:
    index = {
        "data": {"unit": "unit", "groups": ["region"]},
        "indicators": words.pop("indicators", INDICATORS),
        "dimensions": words.pop("dimensions", {"d": {}}),
        "methodology": {"aggregation": aggregation, "normalisation": "min_max(lower=1, upper=100)", **words},
    }
    return indicia.read(index).score(table)


def part_of(parts: Parts, name: str) -> float:
    return float(parts.parts[parts.indicators.index(name)])


SCORES: list[Any] = [
    "topsis",
    "vikor",
    "min",
    "median",
    {"method": "owa", "weights": [1, 2, 3, 4]},
    {"method": "formula", "expression": "x * y + max(z, 'w')"},
]
WITHOUT_DIMENSIONS = {
    name: {word: value for word, value in words.items() if word != "dimension"} for name, words in INDICATORS.items()
}


@pytest.mark.parametrize("aggregation", SCORES, ids=str)
def test_parts_add_to_the_difference_and_change_only_their_signs_with_the_exchange_of_units(
    aggregation: object,
) -> None:
    scored = result_of(aggregation, indicators=WITHOUT_DIMENSIONS, dimensions={}).scored
    parts, exchanged = parts_between(scored, 0, 1), parts_between(scored, 1, 0)
    scores = scored.nodes["index"]
    assert parts.rule == "shapley"
    assert parts.parts.sum() == pytest.approx(scores[0] - scores[1], abs=1e-12)
    assert exchanged.parts.tolist() == (-parts.parts).tolist()


def test_an_indicator_without_a_difference_has_no_part() -> None:
    assert part_of(parts_between(result_of("topsis").scored, 0, 1), "w") == 0


def test_parts_of_a_minimum_are_those_of_its_definition() -> None:
    # A (1, 3), B (2, 1), minimum: v() = 1, v(x) = min(1, 1) = 1, v(y) = min(2, 3) = 2, v(x, y) = 1
    table = pl.DataFrame({"unit": ["A", "B"], "x": [1.0, 2], "y": [3.0, 1]})
    index = {
        "data": {"unit": "unit"},
        "indicators": {"x": {}, "y": {}},
        "methodology": {"aggregation": "min", "normalisation": "none"},
    }
    parts = parts_between(indicia.read(index).score(table).scored, 0, 1)
    # x: ((1 - 1) + (1 - 2)) / 2 = -1/2; y: ((2 - 1) + (1 - 1)) / 2 = 1/2
    assert parts.parts.tolist() == [-0.5, 0.5]


def test_parts_of_a_dimension_add_to_the_part_of_the_dimension() -> None:
    parts = parts_between(result_of("topsis").scored, 0, 1)
    assert parts.rule == "owen"
    assert parts.nodes["d"] == pytest.approx(part_of(parts, "x") + part_of(parts, "y"), abs=1e-15)


def test_rescaled_scores_and_components_keep_the_statistics_of_the_run() -> None:
    dimensions = {"d": {"rescaling": "min_max", "as_component": "z_score"}}
    scored = result_of("vikor", dimensions=dimensions).scored
    parts = parts_between(scored, 2, 4)
    assert parts.parts.sum() == pytest.approx(scored.nodes["index"][2] - scored.nodes["index"][4], abs=1e-12)


def test_a_shared_indicator_belongs_to_the_node_that_holds_both_its_dimensions() -> None:
    indicators = {
        "x": {"dimension": ["d", "e"]},
        "y": {"dimension": "d"},
        "z": {"dimension": "e"},
        "w": {"dimension": "d"},
    }
    scored = result_of("min", indicators=indicators, dimensions={"d": {}, "e": {}}).scored
    parts = parts_between(scored, 2, 3)
    assert parts.parts.sum() == pytest.approx(scored.nodes["index"][2] - scored.nodes["index"][3], abs=1e-12)
    assert parts.nodes["d"] == pytest.approx(part_of(parts, "y") + part_of(parts, "w"), abs=1e-15)


def test_the_profile_of_medians_is_the_base_of_one_score() -> None:
    scored = result_of("topsis").scored
    parts = parts_between(scored, 0, None)
    medians = scored.normalised.select(parts.indicators).median().row(0)
    assert parts.b.tolist() == list(medians)
    assert parts.parts.sum() == pytest.approx(scored.nodes["index"][0] - parts.scores[1], abs=1e-12)


def test_more_than_twelve_indicators_are_sampled_with_their_errors() -> None:
    names = [f"i{number}" for number in range(13)]
    table = pl.DataFrame({"unit": ["A", "B"], **{name: [float(n), 12.0 - n + 0.5] for n, name in enumerate(names)}})
    index = {
        "data": {"unit": "unit"},
        "indicators": {name: {} for name in names},
        "methodology": {"aggregation": "min", "normalisation": "none"},
    }
    scored = indicia.read(index).score(table).scored
    first, second = (parts_between(scored, 0, 1, orders=50, seed=3) for _ in range(2))
    assert first.orders == 50
    assert first.errors is not None
    assert first.parts.tobytes() == second.parts.tobytes()
    assert first.parts.sum() == pytest.approx(0 - 0.5, abs=1e-12)


def test_a_missing_part_of_a_minimum_stands_at_the_minimum() -> None:
    table = TABLE.with_columns(z=pl.when(pl.col("unit") == "A").then(None).otherwise("z"))
    scored = result_of("min", table, missing="skip").scored
    parts = parts_between(scored, 0, 3)
    assert parts.implied_in_a == {"z"}
    assert parts.a[parts.indicators.index("z")] == scored.nodes["index"][0]
    assert parts.parts.sum() == pytest.approx(scored.nodes["index"][0] - scored.nodes["index"][3], abs=1e-12)


def test_a_part_that_both_lack_takes_no_part_and_the_weights_of_the_others_grow() -> None:
    lacking = pl.col("unit").is_in(["A", "B"])
    table = TABLE.with_columns(z=pl.when(lacking).then(None).otherwise("z"))
    parts = parts_between(result_of("mean_min", table, missing="skip").scored, 0, 1)
    assert part_of(parts, "z") == 0
    # d, z and w have the weights 1 : 2 : 1, and x and y half of d each
    assert dict(zip(parts.indicators, parts.weights.tolist(), strict=True)) == pytest.approx(
        {"x": 0.25, "y": 0.25, "z": 0, "w": 0.5}
    )


def test_a_missing_part_without_an_implied_value_is_refused_with_its_unit_part_and_method() -> None:
    table = TABLE.with_columns(z=pl.when(pl.col("unit") == "A").then(None).otherwise("z"))
    with pytest.raises(DataError, match=r"A lacks z, .* topsis of index has no value") as caught:
        parts_between(result_of("topsis", table, missing="skip").scored, 0, 3)
    assert "imputation" in (caught.value.remedy or "")


@pytest.mark.parametrize("words", [{"aggregation": "borda"}, {"aggregation": "min", "rescaling": "rank"}], ids=str)
def test_a_method_that_compares_units_is_refused_by_its_name(words: dict[str, Any]) -> None:
    aggregation = words.pop("aggregation")
    dimensions = {"d": {"aggregation": aggregation, **words}}
    method = words.get("rescaling", aggregation)
    with pytest.raises(
        DefinitionError, match=f"compared with each other, or have random numbers: {method} of d"
    ) as caught:
        parts_between(result_of("min", dimensions=dimensions).scored, 0, 1)
    assert "indicia robustness --show pairwise" in (caught.value.remedy or "")


def test_two_units_whose_statistics_differ_by_group_are_refused_with_the_group() -> None:
    scored = result_of("topsis", statistics={"aggregation": "region"}).scored
    with pytest.raises(DefinitionError, match="region, which is south for one and north for the other") as caught:
        parts_between(scored, 0, 1)
    assert "the same region" in (caught.value.remedy or "")
    assert parts_between(scored, 0, 2).parts.sum() == pytest.approx(
        scored.nodes["index"][0] - scored.nodes["index"][2], abs=1e-12
    )


def test_medians_are_taken_without_an_indicator_that_the_unit_lacks_where_none_can_be_implied() -> None:
    table = TABLE.with_columns(z=pl.when(pl.col("unit") == "A").then(None).otherwise("z"))
    scored = result_of("topsis", table, missing="skip").scored
    parts = parts_between(scored, 0, None)
    assert part_of(parts, "z") == 0
    assert parts.parts.sum() == pytest.approx(scored.nodes["index"][0] - parts.scores[1], abs=1e-12)


def test_two_units_whose_weights_differ_by_group_are_refused_with_the_group() -> None:
    scored = result_of("min", weighting="entropy", weights="region").scored
    with pytest.raises(DefinitionError, match=r"the weights of .* depend on region, which is south") as caught:
        parts_between(scored, 0, 1)
    assert "the same region" in (caught.value.remedy or "")


def test_equal_weights_of_groups_divide_the_gap() -> None:
    scored = result_of("min", weighting="equal", weights="region").scored
    parts = parts_between(scored, 0, 1)
    assert parts.parts.sum() == pytest.approx(scored.nodes["index"][0] - scored.nodes["index"][1], abs=1e-12)


def test_two_units_that_differ_in_a_column_of_the_formula_are_refused_with_the_column() -> None:
    formula = {"method": "formula", "expression": "(x + y) * people", "uses": ["people"]}
    table = TABLE.with_columns(people=pl.Series([1.0, 2, 1, 4, 5]))
    indicators = {name: WITHOUT_DIMENSIONS[name] for name in "xy"}
    scored = result_of(formula, table, indicators=indicators, dimensions={}).scored
    with pytest.raises(DefinitionError, match=r"people, which is 2.0 for one and 1.0 for the other") as caught:
        parts_between(scored, 0, 1)
    assert "the same people" in (caught.value.remedy or "")
    parts = parts_between(scored, 0, 2)
    assert parts.parts.sum() == pytest.approx(scored.nodes["index"][0] - scored.nodes["index"][2], abs=1e-12)
