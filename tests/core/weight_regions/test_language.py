"""The language of constraints on weights."""

from __future__ import annotations

import pytest

from indicia.errors import DefinitionError
from indicia_robustness.weight_regions import read_constraints

UPPER = [
    ("a >= b", {"a": -1, "b": 1}, 0),
    ("a ≥ 2 b", {"a": -1, "b": 2}, 0),
    ("a <= 30%", {"a": 1}, 0.3),
    ("0.1 < a", {"a": -1}, -0.1),
    ("a - b >= 0.1", {"a": -1, "b": 1}, -0.1),
    ("a / b >= 2", {"a": -1, "b": 2}, 0),
    ("3 >= a/(b + c)", {"a": 1, "b": -3, "c": -3}, 0),
    ("2(a + b) / 4 <= c * 3 - -0.2", {"a": 0.5, "b": 0.5, "c": -3}, 0.2),
    ("'GDP per head' <= \"air, dirty\"", {"GDP per head": 1, "air, dirty": -1}, 0),
    ("健康 >= 收入", {"健康": -1, "收入": 1}, 0),
]


@pytest.mark.parametrize(("text", "coefficients", "bound"), UPPER)
def test_a_comparison_is_a_sum_of_weights_below_a_bound(
    text: str, coefficients: dict[str, float], bound: float
) -> None:
    (constraint,) = read_constraints([text])
    assert dict(constraint.coefficients) == pytest.approx(coefficients)
    assert constraint.bound == pytest.approx(bound)
    assert not constraint.is_equality


def test_a_chain_compares_neighbours_and_semicolons_separate_chains() -> None:
    constraints = read_constraints(["a >= b = c; d <= 20%\n e >= 0.1", "a >= d"])
    assert [(each.text, each.is_equality) for each in constraints] == [
        ("a >= b", False),
        ("b = c", True),
        ("d <= 20%", False),
        ("e >= 0.1", False),
        ("a >= d", False),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a", "it has no comparison"),
        ("a >=", "it ends too early"),
        (">= a", '">=" cannot stand here'),
        ("a * b >= 1", "two weights are multiplied"),
        ("a >= b c", "two weights are multiplied"),
        ("a >= a", "restricts no weight"),
        ("1 >= 0.5", "restricts no weight"),
        ("a / 0 >= 1", "it divides by 0"),
        ("a / b + c >= 1", "a ratio of weights cannot be part of a sum"),
        ("a / b >= c", "compares a ratio with weights"),
        ("a / b >= c / d", "compares a ratio with weights"),
        ("a / (b - c) >= 1", "may be negative"),
        ("(a / b) >= 1", "cannot stand in parentheses"),
        ("a / b / 2 >= 1", "cannot be a factor"),
        ("(a >= b", "a parenthesis is never closed"),
        ("a >= b)", '")" cannot stand after "b"'),
        ("gdp@head >= b", "a name with other characters than letters, digits and _ is written in quotes"),
        ("(" * 60 + "a" + ")" * 60 + " >= b", "it is nested too deeply"),
        ("a >= 1e999", "is too large"),
        ("a >= b + " + "b + " * 5000 + "b", "it is too long"),
        ("__import__('os') >= a", "two weights are multiplied"),
    ],
)
def test_what_is_no_constraint_is_an_error_with_the_fault(text: str, fault: str) -> None:
    with pytest.raises(DefinitionError) as error:
        read_constraints([text])
    assert fault in error.value.what
    assert error.value.remedy


def test_a_name_in_quotes_may_have_a_semicolon() -> None:
    (constraint,) = read_constraints(["'GDP; per head' >= 2 air"])
    assert constraint.names == ("GDP; per head", "air")


def test_a_ratio_may_have_a_minus_and_a_divisor_of_zero_is_refused() -> None:
    (constraint,) = read_constraints(["-a / b <= -2"])
    assert dict(constraint.coefficients) == {"a": -1.0, "b": 2.0}
    with pytest.raises(DefinitionError, match=r"the divisor .* is 0"):
        read_constraints(["a / (b - b) >= 2"])
