"""Formulas in an index file: missing values, undefined expressions, and errors of the language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia
from indicia import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GAP: dict[str, list[float | None]] = {"a": [8.0, 1.0], "b": [8.0, 1.0], "c": [None, 1.0]}


def scored(
    expression: str, columns: Mapping[str, Sequence[float | None]], missing: str = "refuse"
) -> list[float | None]:
    """Return the scores of units, with the weights a: 3, b: 1 and 4 for the others."""
    rows = len(next(iter(columns.values())))
    result = indicia.score(
        pl.DataFrame({"unit": [f"u{row}" for row in range(rows)], **columns}),
        unit="unit",
        indicators={name: {"weight": {"a": 3.0, "b": 1.0}.get(name, 4.0)} for name in columns},
        aggregation={"method": "formula", "expression": expression},
        missing=missing,
    )
    scores: list[float | None] = result.scores["score"].to_list()
    return scores


@pytest.mark.parametrize(
    ("expression", "score"),
    [
        ("mean(each)", 8.0),
        ("geometric_mean(each)", 8.0),
        ("harmonic_mean(each)", 8.0),
        ("sum(each)", 16.0),
        ("product(each)", 64.0),
        ("lowest(each + 1)", 9.0),
        ("highest(-each)", -8.0),
        ("sum(w + 0 * each)", 1.0),
        ("mean(each - mean(each)) + 1", 1.0),
        ("mean(1 if w > 0.5 else each)", 0.75 + 0.25 * 8),
        ("mean(each * a)", 64.0),
    ],
)
def test_missing_components_are_left_out_and_weights_are_scaled_up(expression: str, score: float) -> None:
    scores = scored(expression, GAP, missing="skip")
    assert scores[0] == pytest.approx(score)


def test_a_component_without_weight_is_left_out_of_means() -> None:
    result = indicia.score(
        pl.DataFrame({"unit": ["u"], "a": [8.0], "b": [2.0]}),
        unit="unit",
        indicators={"a": {"weight": 1.0}, "b": {"weight": 0.0}},
        aggregation={"method": "formula", "expression": "geometric_mean(each - 2)"},
    )
    assert result.scores["score"].to_list() == [6.0]


@pytest.mark.parametrize("expression", ["a + c", "max(a, c)", "max(c, a)", "mean(each * c)", "a if a > c else a"])
def test_a_unit_that_misses_a_named_component_has_no_score(expression: str) -> None:
    for policy in ("propagate", "skip"):
        scores = scored(expression, GAP, missing=policy)
        assert scores[0] is None
        assert scores[1] is not None


@pytest.mark.parametrize(
    "expression",
    [
        "log(a)",
        "max(log(a), 1)",
        "min(1, log(a))",
        "clip(log(a), 0, 1)",
        "lowest(log(each))",
        "highest(log(each))",
        "geometric_mean(each)",
        "1 if log(a) > 0 else 0",
        "1 if log(a) < 0 else 0",
        "a ** 0.5",
        "1 / (a + 1)",
    ],
)
def test_an_undefined_expression_gives_no_score(expression: str) -> None:
    with pytest.raises(IndiciaError, match="no finite score of index for u0"):
        scored(expression, {"a": [-1.0, 1.0], "b": [1.0, 1.0]})


def test_names_that_are_not_words_need_quotes() -> None:
    columns = {"100m": [1.0], "each": [2.0], "w": [4.0], "if": [8.0], "mean": [16.0]}
    assert scored("'100m' + 'each' + \"w\" + 'if' + mean + max(0, sum('w' + 0 * each))", columns) == [51.0]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("a + lenght", 'there is no component "lenght"; did you mean "length"?'),
        ("sum('lenght' * each)", 'there is no component "lenght"; did you mean "length"?'),
        ("1 + 2", 'the expression "1 + 2" is the same for all: it is a number'),
        ("mean(a)", 'the expression "a" is the same for all: it has no each'),
        ("mean(1)", 'the expression "1" is the same for all: it has no each'),
        ("each + 1", "each belongs inside functions such as mean(each); a component of this name is 'each' in quotes"),
        ("w * a", "w belongs inside functions such as mean(each); a component of this name is 'w' in quotes"),
        ("mean(each, 2)", 'mean takes 1, not 2: "mean(each, 2)"'),
        ("median(each)", 'the language of formulas has no function "median"'),
        ("geomean(each)", 'the language of formulas has no function "geomean"; did you mean "mean"?'),
        ("a ^ 2", '"a ^ 2" is not arithmetic with + - * / **; write ** for a power'),
        ("round(a, b)", '"round(a, b)": decimals are a whole number from 0 to 12'),
        ("round(a, -1)", '"round(a, -1)": decimals are a whole number from 0 to 12'),
        ("round(a)", 'round takes 2, not 1: "round(a)"'),
        ("a if 2 > 1 else b", '"2 > 1" is the same for all'),
        ("a if a else b", '"a if a else b" is not part of the language of formulas'),
        ("a if 0 < a < 1 else b", '"a if 0 < a < 1 else b" is not part of the language of formulas'),
        ("a > b", '"a > b" is not part of the language of formulas'),
        ("a.real", '"a.real" is not part of the language of formulas'),
        ("__import__('os')", 'the language of formulas has no function "__import__"'),
        ("f'{a}'", "is not part of the language of formulas"),
        ("(lambda: a)()", "is not part of the language of formulas"),
        ("[a for a in b]", "is not part of the language of formulas"),
        ("a + True", '"True" is not part of the language of formulas'),
        ("a + 1 / 0", "a number in the expression has no value"),
        ("a + 9 ** 9 ** 9", "a number in the expression has no value"),
        ("a b", '"b" cannot stand here, at character 3, after "a "'),
        ("", 'cannot read the expression "": it is empty'),
        ("(a - b", 'the bracket "(" is never closed, at character 1'),
        ("(a - b)) / length", 'the bracket ")" has no opening bracket, at character 8, after "(a - b)"'),
        ("a +", "it ends too early"),
        ("a  # income\n+ b", "# begins a comment, which is not allowed"),
        ("(" * 1000 + "a" + ")" * 1000, "cannot read the expression"),
    ],
)
def test_an_invalid_aggregation_is_refused_with_a_reason(expression: str, message: str) -> None:
    with pytest.raises(IndiciaError) as error:
        scored(expression, {"a": [1.0, 2.0], "b": [1.0, 2.0], "length": [1.0, 2.0]})
    assert message in str(error.value)
    assert "formula" in str(error.value)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("(mean - min) / (max - min)", "is the same for all: it has no x"),
        ("y + x", 'the language of formulas has no name "y"'),
        ("x - q(x)", '"q(x)" is no quantile: write a number between 0 and 1'),
        ("x - q(2)", '"q(2)" is no quantile: write a number between 0 and 1'),
        ("x + 'x'", "\"'x'\" is not part of the language of formulas"),
        ("mean(x)", 'the expression "mean(x)" is the same for all: it has no x'),
        ("average(x)", 'the language of formulas has no function "average"; known: abs'),
    ],
)
def test_an_invalid_normalisation_is_refused_with_a_reason(expression: str, message: str) -> None:
    table = pl.DataFrame({"unit": ["A", "B"], "x": [1.0, 2.0]})
    with pytest.raises(IndiciaError) as error:
        indicia.score(table, unit="unit", normalisation={"method": "formula", "expression": expression})
    assert message in str(error.value)


@pytest.mark.parametrize(("value", "rounded"), [(0.25, 0.3), (1.35, 1.4), (1.349, 1.3), (-0.25, -0.2), (-1.5, -1.5)])
def test_a_formula_rounds_half_up_as_written_in_decimals(value: float, rounded: float) -> None:
    assert scored("round(a, 1)", {"a": [value]}) == [rounded]
    assert scored(f"0 * a + round({value}, 1)", {"a": [1.0]}) == [rounded]


def test_an_expression_may_spread_over_several_lines() -> None:
    values = {"a": [1.0, 2.0], "b": [3.0, 5.0], "length": [1.0, 2.0]}
    assert scored("a\n  + b\n  * length", values) == scored("a + b * length", values)
