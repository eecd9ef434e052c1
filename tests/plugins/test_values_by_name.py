"""Aggregations with optimal, expected, reference and limiting values of the user, by the names of components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.catalogue import installed
from indicia.errors import IndiciaError
from indicia.methods import Property
from indicia.testing import checks

if TYPE_CHECKING:
    from indicia.testing import Case

PLANTS = pl.DataFrame(
    {
        "plant": ["A", "B", "C", "D", "E"],
        "output": [3.0, 5.0, 1.5, 8.0, 2.0],
        "price": [9.0, 4.0, 6.0, 5.0, 3.0],
        "noise": [1.0, 7.0, 3.0, 4.0, 5.0],
    }
)
INDICATORS = {"output": {"weight": 0.5}, "price": {"direction": "cost", "weight": 0.2}, "noise": {"weight": 0.3}}
POINT = {"output": 4.0, "price": 2.5, "noise": 3.5}
BOUNDS = {"output": [0.0, 10.0], "price": [1.0, 9.0], "noise": [0.5, 7.0]}


def scores(method: str, **parameters: Any) -> list[float]:
    """Return the scores of the plants in the order of the table."""
    definition = {
        "data": {"unit": "plant"},
        "indicators": INDICATORS,
        "methodology": {"aggregation": {"method": method, **parameters}},
    }
    values: list[float] = indicia.read(definition).score(PLANTS).scores.sort("plant")["score"].to_list()
    return values


PYMCDM = [
    (
        ("aras", {"optimal": POINT}),
        [0.4974792863092367, 1.2461531717154002, 0.5040988996536757, 1.3474201043356273, 0.8237253956424531],
    ),
    (
        ("spotis", {"expected": POINT, "bounds": BOUNDS}),
        [0.32788461538461544, 0.24903846153846154, 0.2355769230769231, 0.28557692307692306, 0.18173076923076925],
    ),
    (
        ("ervd", {"reference_point": POINT}),
        [0.17120128434436047, 0.8167617052828364, 0.2279326907093754, 0.8407391279880538, 0.4809550666988428],
    ),
    (
        ("ervd", {"reference_point": POINT, "loss": 1.5, "alpha": 0.5}),
        [0.11140532851572428, 0.8384663994750319, 0.1434944500988036, 0.8549302610158007, 0.42437150017493563],
    ),
    (
        ("limits_on_properties", {"lower": {"output": 4, "noise": 3.5}, "upper": {"price": 2.5}}),
        [2.436666666666667, 0.8700000000000001, 2.163333333333333, 0.9125, 1.45],
    ),
    (
        ("limits_on_properties", {"lower": {"output": 4}, "upper": {"price": 2.5}, "target": {"noise": 3.5}}),
        [1.600952380952381, 1.02, 1.8561904761904762, 0.6928571428571428, 1.3685714285714285],
    ),
]
"""Scores computed by pymcdm 1.4.0."""


@pytest.mark.parametrize(("aggregation", "expected"), PYMCDM)
def test_scores_are_those_of_pymcdm(aggregation: tuple[str, dict[str, Any]], expected: list[float]) -> None:
    assert scores(aggregation[0], **aggregation[1]) == pytest.approx(expected, rel=1e-12)


def test_the_best_observed_values_as_optimal_row_change_no_score_of_aras() -> None:
    best = {"output": 8, "price": 3, "noise": 7}
    assert scores("aras", optimal=best) == pytest.approx(scores("aras"), rel=1e-12)


def test_the_best_observed_values_as_limits_change_no_score() -> None:
    limits = {"lower": {"output": 8, "noise": 7}, "upper": {"price": 3}}
    assert scores("limits_on_properties", **limits) == scores("limits_on_properties")


def test_the_means_as_reference_point_change_no_score_of_ervd() -> None:
    means = {"output": 3.9, "price": 5.4, "noise": 4.0}
    assert scores("ervd", reference_point=means) == pytest.approx(scores("ervd"), rel=1e-12)


def test_the_best_bounds_as_expected_values_change_no_score_of_spotis() -> None:
    ranges = {"output": [1.5, 8], "price": [3, 9], "noise": [1, 7]}
    best = {"output": 8, "price": 3, "noise": 7}
    assert scores("spotis", expected=best, bounds=ranges) == pytest.approx(scores("spotis"), rel=1e-12)


def test_a_unit_at_the_expected_values_has_distance_0() -> None:
    expected = {"output": 5, "price": 4, "noise": 7}  # those of B
    assert scores("spotis", expected=expected, bounds=BOUNDS)[1] == 0


REFUSED = [
    ("aras", {"optimal": POINT | {"prize": 1}}, 'optimal names prize, which is no component; did you mean "price"?'),
    ("aras", {"optimal": {"output": 4}}, "optimal lacks price, noise: each component needs a value"),
    ("aras", {"optimal": POINT | {"price": 0}}, "optimal of price is 0, and has to be above 0"),
    ("ervd", {"reference_point": {"output": 4, "price": 1}}, "reference_point lacks noise"),
    ("spotis", {"expected": POINT}, "expected and bounds need each other"),
    ("spotis", {"expected": POINT, "bounds": BOUNDS | {"noise": [4, 5]}}, "expected of noise is 3.5, outside of its"),
    ("spotis", {"expected": POINT, "bounds": BOUNDS | {"noise": [5, 5]}}, "the first must be smaller than the second"),
    ("spotis", {"expected": POINT, "bounds": {"output": [0, 10]}}, "bounds lacks price, noise"),
    ("spotis", {"expected": POINT, "bounds": BOUNDS | {"nose": [4, 5]}}, 'did you mean "noise"?'),
    ("limits_on_properties", {"lower": {"output": 4}}, "no limit of price, noise: each component needs one"),
    (
        "limits_on_properties",
        {"target": {"outputs": 4}},
        'target names outputs, which is no component; did you mean "o',
    ),
    ("limits_on_properties", {"lower": {"price": -4}}, "lower of price is -4, and has to be above 0"),
    ("limits_on_properties", {"lower": {"a": 1}, "target": {"a": 1}}, "a has a limit in lower and in target"),
    (
        "limits_on_properties",
        {"lower": {"output": 4, "price": 2}, "target": {"noise": 3}},
        "price is a cost, and has a limit in lower: state its limit in upper",
    ),
]


@pytest.mark.parametrize(("method", "parameters", "message"), REFUSED)
def test_values_that_do_not_fit_the_components_are_refused(
    method: str, parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(IndiciaError) as refused:
        scores(method, **parameters)
    assert method in str(refused.value)
    assert message in str(refused.value)


def test_lists_show_the_properties_of_the_default_parameters() -> None:
    assert "spotis" in installed().table(["monotone"], "aggregation")["name"].to_list()
    assert (
        Property.MONOTONE
        not in installed().choose("aggregation", "spotis(expected={x: 1}, bounds={x: [0, 2]})").properties
    )


CASES = checks(
    "aras(optimal={x0: 2000, x1: 0.001, x2: 3000})",
    "spotis(expected={x0: 3, x1: 4, x2: 5}, bounds={x0: [-100, 100], x1: [-100, 100], x2: [-50, 100]})",
    "ervd(reference_point={x0: 3, x1: 4, x2: 5})",
    "limits_on_properties(lower={x0: 3, x2: 0.5}, upper={x1: 2})",
    "limits_on_properties(lower={x0: 3}, upper={x1: 2}, target={x2: 5})",
)
ELSEWHERE = ("worked_examples", "other_parameters")
"""Promises that are tried without these values."""


def may_hold(case: Case) -> bool:
    """Return False for the direction of a method with a best value between others, above which values are worse."""
    return case.check.name != "direction" or case.subject.declares(Property.MONOTONE)


@pytest.mark.thorough
@pytest.mark.usefixtures("fewer_tables")
@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.check.name not in ELSEWHERE and may_hold(case)],
    ids=lambda case: case.__name__,
)
def test_values_by_name_keep_the_promises_of_aggregations(case: Case) -> None:
    case()
