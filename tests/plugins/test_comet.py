"""COMET with an expression or another aggregation in place of the judgements of an expert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.errors import IndiciaError
from indicia.testing import checks

if TYPE_CHECKING:
    from indicia.testing import Case

CARS = pl.DataFrame(
    {
        "car": ["A", "B", "C", "D"],
        "speed": [20.0, 75.0, 50.0, 99.0],
        "price": [15.0, 40.0, 30.0, 2.0],
        "range": [3.0, 7.0, 1.0, 9.0],
    }
)
INDICATORS: dict[str, Any] = {
    "speed": {"weight": 0.5},
    "price": {"weight": 0.2, "direction": "cost"},
    "range": {"weight": 0.3},
}
VALUES = {"speed": [0, 50, 100], "price": [0, 45], "range": [0, 2, 10]}


def scores(indicators: dict[str, Any] = INDICATORS, **parameters: Any) -> list[float]:
    """Return the scores of the cars in the order of the table."""
    definition = {
        "data": {"unit": "car"},
        "indicators": indicators,
        "methodology": {"aggregation": {"method": "comet", "values": VALUES, **parameters}},
    }
    values: list[float] = indicia.read(definition).score(CARS).scores.sort("car")["score"].to_list()
    return values


PYMCDM = [
    (
        {"expert": "vikor"},
        [0.31617647058823534, 0.72140522875817, 0.43137254901960775, 0.978111111111111],
    ),
    (
        {"expert": "topsis", "expert_normalisation": "min_max"},
        [0.2985294117647059, 0.6919934640522876, 0.38235294117647056, 0.9769346405228758],
    ),
    (
        {"expert": "mabac"},
        [0.34375, 0.7039930555555556, 0.35416666666666663, 0.9767430555555556],
    ),
]
"""Scores computed by pymcdm 1.4.0, whose TOPSIS has min-max normalisation."""


@pytest.mark.parametrize(("expert", "expected"), PYMCDM, ids=["vikor", "topsis", "mabac"])
def test_an_aggregation_as_expert_gives_the_scores_of_pymcdm(expert: dict[str, str], expected: list[float]) -> None:
    assert scores(**expert) == pytest.approx(expected, rel=1e-12)


def test_characteristic_values_may_name_components_in_any_order() -> None:
    reordered = {name: VALUES[name] for name in ("range", "speed", "price")}
    assert scores(values=reordered, expert="vikor") == pytest.approx(scores(expert="vikor"), rel=1e-12)


def test_an_expression_gives_the_scores_of_its_judgements() -> None:
    objects = [(speed, price, 0) for speed in (0, 100) for price in (0, 45)]
    values = {"speed": [0, 100], "price": [0, 45]}
    worth = [speed - 3 * price for speed, price, _ in objects]
    judgements = [[1.0 if a > b else 0.5 if a == b else 0.0 for b in worth] for a in worth]
    two = {name: INDICATORS[name] for name in values}
    by_judgements = scores(two, values=values, judgements=judgements)
    assert scores(two, values=values, expression="speed - 3 * price") == by_judgements


def test_an_expression_sees_raw_values_of_costs() -> None:
    price = {"price": INDICATORS["price"]}
    assert scores(price, values={"price": [0, 45]}, expression="price") == [15 / 45, 40 / 45, 30 / 45, 2 / 45]


def test_objects_whose_scores_differ_by_rounding_errors_have_one_preference() -> None:
    values = {"speed": [0, 0.1, 0.2, 0.3, 100]}
    speed = {"speed": INDICATORS["speed"]}
    tied = scores(speed, values=values, expression="speed if speed < 0.25 else min(speed, 0.1 + 0.2)")
    assert tied == [1, 1, 1, 1]  # 0.3 and 0.1 + 0.2 are the best, and all cars lie between 0.3 and 100


def test_weights_count_only_for_an_aggregation_as_expert() -> None:
    equal = {name: {**words, "weight": 1} for name, words in INDICATORS.items()}
    expression = {"expression": "speed - price + range"}
    assert scores(equal, **expression) == scores(**expression)
    assert scores(equal, expert="mabac") != scores(expert="mabac")


REFUSED = [
    ({}, "needs judgements, an expression, or an aggregation as expert"),
    ({"expression": "speed", "expert": "topsis"}, "or an aggregation as expert, not expression and expert"),
    ({"expression": "speed + prize"}, 'expression names prize, which is no component; did you mean "price"?'),
    ({"expression": "speed +"}, 'cannot read the expression "speed +"'),
    ({"expression": "log(speed)"}, "expression has no value for the object with speed = 0, price = 0, range = 0"),
    ({"expert": "topsys"}, 'did you mean "topsis"?'),
    ({"expert": "geometric", "expert_normalisation": "min_max"}, "geometric needs positive values, unlike those of"),
    ({"expert": "limits_on_properties"}, "limits_on_properties needs positive values, unlike those of speed"),
    ({"expert": "formula(expression='speed / people', uses=[people])"}, "uses people, which only units have"),
    ({"expression": "speed", "expert_normalisation": "min_max"}, "expert_normalisation goes with an aggregation"),
    ({"values": [list(range(101))] * 3, "expression": "speed"}, "1,030,301 characteristic objects are too many"),
]


@pytest.mark.parametrize(("parameters", "message"), REFUSED)
def test_an_expert_that_cannot_score_the_objects_is_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(IndiciaError) as refused:
        scores(**parameters)
    assert message in str(refused.value)


OF_SUITE = "values={x0: [-1000, 1, 1000], x1: [-1000, 1000], x2: [-1000, 0, 1000]}"
CASES = checks(f"comet({OF_SUITE}, expression='x0 - 2 * x1 + min(x2, 3)')", f"comet({OF_SUITE}, expert=spotis)")


@pytest.mark.thorough
@pytest.mark.usefixtures("fewer_tables")
@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.check.name not in ("worked_examples", "other_parameters")],
    ids=lambda case: case.__name__,
)
def test_experts_keep_the_promises_of_aggregations(case: Case) -> None:
    case()
