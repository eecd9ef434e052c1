"""A normalisation that the index file writes itself, in a language of arithmetic and statistics and nothing else."""

from __future__ import annotations

import ast
import math
import operator
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import Field

from indicia.errors import nearest
from indicia.methods import Normalisation, where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indicia.methods import Expression, Statistics

Values: TypeAlias = "Callable[[str | float], Expression]"
"""What a name stands for; of a number, the quantile."""
Rule: TypeAlias = "float | Callable[[Values], Expression]"
"""A number, or how to make a column of the values of names."""


@dataclass(frozen=True)
class Formula(Normalisation):
    """Compute an expression over x and its statistics.

    It is made of numbers, `+ - * / **`, parentheses, the names x, min, max, mean, std, sum, count, median, target and
    q(0.25) for quantiles, and the functions log, exp, sqrt, abs, min(a, b), max(a, b) and clip(a, lower, upper).
    """

    name = "formula"
    reference = "The methodology of the index that uses it"
    formula = r"z = f(x); \quad \text{cost: } z = f(-x) \text{ or } z = g(x)"

    expression: Annotated[str, Field(description='such as "(x - min) / (max - min)"')]
    of_cost: Annotated[
        str | None, Field(description="the same for costs; without it the expression is taken of -x and its statistics")
    ] = None

    def __post_init__(self) -> None:
        for text in (self.expression, self.of_cost):
            if text is not None:
                parse(text)

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return _computed(self.expression, x, lambda name: _value(name, x, s))

    def cost(self, x: Expression, s: Statistics) -> Expression:
        if self.of_cost is None:
            return _computed(self.expression, x, lambda name: _mirrored(name, x, s))
        return _computed(self.of_cost, x, lambda name: _value(name, x, s))


def parse(text: str) -> Callable[[Values], Expression]:
    """Read an expression; ValueError says what is not part of the language."""
    try:
        node = ast.parse(text.strip(), mode="eval").body
        rule = _rule(node)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f'cannot read the expression "{shorten(text, 60)}"') from error
    if isinstance(rule, float) or not any(isinstance(part, ast.Name) and part.id == "x" for part in ast.walk(node)):
        raise ValueError(f'the expression "{shorten(text, 60)}" is the same for all units: it has no x')
    return rule


def _computed(text: str, x: Expression, values: Values) -> Expression:
    return where(x.is_null(), x, parse(text)(values))


def _value(name: str | float, x: Expression, s: Statistics) -> Expression:
    if isinstance(name, float):
        return s.quantile(name)
    return x if name == "x" else getattr(s, name)


def _mirrored(name: str | float, x: Expression, s: Statistics) -> Expression:
    """Return the value of a name for -x."""
    if isinstance(name, float):
        return -s.quantile(1 - name)
    if name in ("std", "count"):
        return _value(name, x, s)
    return -_value({"min": "max", "max": "min"}.get(name, name), x, s)


def _rule(node: ast.expr) -> Rule:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _number(float, value)
        case ast.Name(id=name):
            if name not in _NAMES:
                raise _unknown("name", name, _NAMES)
            return lambda values: values(name)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _applied(_OPERATORS[type(op)], [operand])
        case ast.BinOp(left=left, op=op, right=right):
            if type(op) not in _OPERATORS:
                hint = "; write ** for a power" if isinstance(op, ast.BitXor) else ""
                raise ValueError(f'"{ast.unparse(node)}" is not arithmetic with + - * / **{hint}')
            return _applied(_OPERATORS[type(op)], [left, right])
        case ast.Call(func=ast.Name(id="q"), args=[argument], keywords=[]):
            share = _rule(argument)
            if not isinstance(share, float) or not 0 <= share <= 1:
                raise ValueError(f'"{ast.unparse(node)}" is no quantile: it needs a number between 0 and 1')
            return lambda values: values(share)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name not in _FUNCTIONS:
                raise _unknown("function", name, [*_FUNCTIONS, "q"])
            function = _FUNCTIONS[name]
            if len(arguments) != function.arguments:
                raise ValueError(f'{name} takes {function.arguments}, not {len(arguments)}: "{ast.unparse(node)}"')
            return _applied(function, arguments)
    raise ValueError(f'"{ast.unparse(node)}" is not part of the language of formulas')


@dataclass(frozen=True)
class _Function:
    """What an operator or a function does to numbers, and to columns."""

    arguments: int
    of_numbers: Callable[..., float]
    of_columns: Callable[..., Expression]


def _applied(function: _Function, nodes: list[ast.expr]) -> Rule:
    """Apply a function to what nodes stand for: now if all are numbers, else when the formula runs."""
    rules = [_rule(node) for node in nodes]
    numbers = [rule for rule in rules if isinstance(rule, float)]
    if len(numbers) == len(rules):
        return _number(function.of_numbers, *numbers)
    return lambda values: function.of_columns(*(rule if isinstance(rule, float) else rule(values) for rule in rules))


def _number(function: Callable[..., float], *numbers: float) -> float:
    try:
        value = function(*numbers)
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"a number in the expression has no value: {error}") from error
    if not math.isfinite(value):
        raise ValueError("a number in the expression is too large")
    return value


def _unknown(kind: str, name: str, known: Iterable[str]) -> ValueError:
    return ValueError(f'the language of formulas has no {kind} "{name}"; {nearest(name, known)}')


def _larger(a: Any, b: Any) -> Expression:
    """Take the larger of two; what is undefined counts as larger, so that it is not lost."""
    return where(a > b, a, b)


def _smaller(a: Any, b: Any) -> Expression:
    return -_larger(-a, -b)


_NAMES = ("x", "min", "max", "mean", "std", "sum", "count", "median", "target")
_OPERATORS: dict[type[ast.AST], _Function] = {
    ast.Add: _Function(2, operator.add, operator.add),
    ast.Sub: _Function(2, operator.sub, operator.sub),
    ast.Mult: _Function(2, operator.mul, operator.mul),
    ast.Div: _Function(2, operator.truediv, operator.truediv),
    ast.Pow: _Function(2, math.pow, operator.pow),
    ast.UAdd: _Function(1, operator.pos, lambda a: a),
    ast.USub: _Function(1, operator.neg, operator.neg),
}
_FUNCTIONS = {
    "log": _Function(1, math.log, lambda a: a.log()),
    "exp": _Function(1, math.exp, lambda a: a.exp()),
    "sqrt": _Function(1, math.sqrt, lambda a: a.sqrt()),
    "abs": _Function(1, abs, lambda a: a.abs()),
    "min": _Function(2, min, _smaller),
    "max": _Function(2, max, _larger),
    "clip": _Function(
        3, lambda a, low, high: min(max(a, low), high), lambda a, low, high: _smaller(_larger(a, low), high)
    ),
}


METHODS = (Formula,)
