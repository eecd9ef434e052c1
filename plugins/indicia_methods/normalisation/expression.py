"""A normalisation by an expression in the index file, over x and its statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias

from pydantic import Field

from indicia.errors import suggest
from indicia.methods import FormulaParser, Normalisation, where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.methods import Expression, Statistics

Term: TypeAlias = "float | Callable[[_Scope], Expression]"
"""A number, or a function that computes a column from the values of the words."""


@dataclass(frozen=True)
class Formula(Normalisation):
    """Compute an expression over x and its statistics.

    An expression has numbers, `+ - * / **`, parentheses, the names x, min, max, mean, std, sum, count, median, target
    and q(0.25) for quantiles, the functions log, exp, sqrt, abs, floor, min(a, b), max(a, b), clip(a, lower, upper) and
    round(a, decimals), half up, and choices such as `0 if x < mean else 1`.

    `uses` names columns of the data that are no indicators, such as the population; the expression may contain their
    names (in quotes unless they are words), and the functions sum(…) and mean(…) of any expression over the units that
    have x: `x / (sum(x * population) / sum(population))`.

    The expression is not reversed for a cost: it must fall as x rises.
    """

    name = "formula"
    reference = "The methodology of the index that uses it"
    example = "formula(expression='(x - mean) / (max - min)', of_cost='(mean - x) / (max - min)')"
    formula = "z = f(x)"
    cost_formula = "z = <of_cost>"
    symbols = {"expression": "f", "of_cost": "g"}
    expected_failures: ClassVar[Mapping[str, str]] = {
        "other_parameters": "without of_cost, an expression that rises with x is refused for a cost"
    }
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
    uses: Annotated[tuple[str, ...], Field(description="columns of the data that the expression names")] = ()

    def __post_init__(self) -> None:
        texts = [text for text in (self.expression, self.of_cost) if text is not None]
        if reserved := [name for name in self.uses if name in _NAMES]:
            raise ValueError(f'"{reserved[0]}" is a word of formulas: rename the column in the data')
        parser = _parser(self.uses)
        for text in texts:
            parser.read(text)
        named = set[str]().union(*map(parser.names, texts))
        if idle := [name for name in self.uses if name not in named]:
            raise ValueError(f'uses names "{idle[0]}", which the expression does not contain')

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return self._compute(self.expression, x, s)

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return self._compute(self.expression if self.of_cost is None else self.of_cost, x, s)

    def _compute(self, text: str, x: Expression, s: Statistics) -> Expression:
        return where(x.is_null(), x, _parser(self.uses).read(text)(_Scope(x, s)))


@dataclass(frozen=True)
class _Scope:
    """The values of the words of an expression."""

    x: Expression
    s: Statistics

    def value(self, name: str) -> Expression:
        if name in _NAMES:
            return self.x if name == "x" else getattr(self.s, name)
        return self.s.column(name)


def _parser(uses: tuple[str, ...]) -> FormulaParser[_Scope]:
    """Return the parser of expressions that may contain the names of these columns."""
    names = (*_NAMES, *uses)

    def word(name: str) -> Callable[[_Scope], Expression]:
        if name not in names:
            raise ValueError(f'the language of formulas has no name "{name}"; {suggest(name, names)}')
        return lambda scope: scope.value(name)

    quoted = word if uses else None
    inner = FormulaParser(word, quoted=quoted, calls=_CALLS)
    return FormulaParser(word, quoted=quoted, calls=_CALLS, inner=inner, needed="x")


def _quantile(share: Term, text: str) -> Callable[[_Scope], Expression]:
    if not isinstance(share, float) or not 0 <= share <= 1:
        raise ValueError(f'"{text}" is no quantile: write a number between 0 and 1')
    return lambda scope: scope.s.quantile(share)


def _over_units(reduce: Callable[[Expression], Expression]) -> Callable[[Term, str], Callable[[_Scope], Expression]]:
    """Make a function of an expression over the units that have x."""

    def call(term: Term, text: str) -> Callable[[_Scope], Expression]:
        if isinstance(term, float):
            raise ValueError(f'"{text}" is the same for all: it is a number')
        return lambda scope: scope.s(reduce(where(scope.x.is_null(), scope.x, term(scope))))

    return call


_NAMES = ("x", "min", "max", "mean", "std", "sum", "count", "median", "target")
_CALLS: Mapping[str, Callable[[Term, str], Callable[[_Scope], Expression]]] = {
    "q": _quantile,
    "sum": _over_units(lambda values: values.sum()),
    "mean": _over_units(lambda values: values.mean()),
}
