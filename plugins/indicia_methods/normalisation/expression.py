"""A normalisation by an expression in the index file, over x and its statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import Field

from indicia.errors import suggest
from indicia.methods import FormulaParser, Normalisation, where

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Expression, Statistics

Values: TypeAlias = "Callable[[str | float], Expression]"
"""The value of a name; of a number, the quantile."""


@dataclass(frozen=True)
class Formula(Normalisation):
    """Compute an expression over x and its statistics.

    An expression has numbers, `+ - * / **`, parentheses, the names x, min, max, mean, std, sum, count, median, target
    and q(0.25) for quantiles, the functions log, exp, sqrt, abs, floor, min(a, b), max(a, b), clip(a, lower, upper) and
    round(a, decimals), half up, and choices such as `0 if x < mean else 1`.

    The expression is not reversed for a cost: it must fall as x rises.
    """

    name = "formula"
    reference = "The methodology of the index that uses it"
    example = "formula(expression='(x - mean) / (max - min)', of_cost='(mean - x) / (max - min)')"
    formula = "z = f(x)"
    cost_formula = "z = <of_cost>"
    symbols = {"expression": "f", "of_cost": "g"}
    variants = {
        "of_cost": {
            None: "f(x)",
            ...: "g(x)",
        },
    }

    expression: Annotated[str, Field(description='such as "(x - min) / (max - min)"')]
    of_cost: Annotated[
        str | None, Field(description="expression for costs, if the method is applied to benefits and costs")
    ] = None

    def __post_init__(self) -> None:
        for text in (self.expression, self.of_cost):
            if text is not None:
                _OUTER.read(text)

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return _compute(self.expression, x, lambda name: _value(name, x, s))

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return _compute(self.expression if self.of_cost is None else self.of_cost, x, lambda name: _value(name, x, s))


def _compute(text: str, x: Expression, values: Values) -> Expression:
    return where(x.is_null(), x, _OUTER.read(text)(values))


def _value(name: str | float, x: Expression, s: Statistics) -> Expression:
    if isinstance(name, float):
        return s.quantile(name)
    return x if name == "x" else getattr(s, name)


def _word(name: str) -> Callable[[Values], Expression]:
    if name not in _NAMES:
        raise ValueError(f'the language of formulas has no name "{name}"; {suggest(name, _NAMES)}')
    return lambda values: values(name)


def _quantile(share: float | Callable[[Values], Expression], text: str) -> Callable[[Values], Expression]:
    if not isinstance(share, float) or not 0 <= share <= 1:
        raise ValueError(f'"{text}" is no quantile: write a number between 0 and 1')
    return lambda values: values(share)


_NAMES = ("x", "min", "max", "mean", "std", "sum", "count", "median", "target")
_SHARE: FormulaParser[Values] = FormulaParser(_word)
_OUTER: FormulaParser[Values] = FormulaParser(_word, calls={"q": _quantile}, inner=_SHARE, needed="x")
