"""An aggregation by an expression in the index file: arithmetic over components, in a safe language."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.errors import suggest
from indicia.methods import Aggregation, FormulaParser, row_max, row_min, row_product, row_sum, where

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.methods import Component, Components, Expression

    Term = Callable[["_Context"], Expression]


@dataclass(frozen=True)
class Formula(Aggregation):
    """Compute an expression over the components, by name or over all components.

    An expression has numbers, `+ - * / **`, parentheses, names of components (in quotes unless they are words:
    `'100m'`), the functions log, exp, sqrt, abs, floor, min(a, b), max(a, b), clip(a, lower, upper) and
    round(a, decimals), half up, and choices such as `a if a > 5 else 0.7 * b`. Functions over all components are
    mean(each), geometric_mean(each) and harmonic_mean(each), with weights, and sum(each), product(each), lowest(each)
    and highest(each), without. In them `each` is the value of a component and `w` its weight, also in expressions:
    `sum(w * each ** 2)`. They leave out the components that a unit misses. A unit that misses a named component has no
    score. A cost has the sign that its normalisation gives it: with `none` it is -x, and the expression writes -x for
    its value. A formula of which a lower score is better, such as that of the Gender Inequality Index, needs
    `direction = "cost"` for the index or the dimension. `uses` names columns of the data that are no components, such
    as the population; the expression may contain their names.
    """

    name = "formula"
    reference = "The methodology of the index that uses it"
    example = "formula(expression='mean(each) + lowest(each) / 2')"
    formula = r"f(z_1, \dots, z_k; w)"
    symbols = {"expression": "f"}
    canonical_normalisation = "none"
    weights_of_any_sum = True

    expression: Annotated[str, Field(description='such as "survival * exp(0.08 * (school - 14))" or "mean(each)"')]
    uses: Annotated[tuple[str, ...], Field(description="columns of the data that the expression names")] = ()

    def __post_init__(self) -> None:
        _OUTER.read(self.expression)
        named = _OUTER.names(self.expression)
        if idle := [name for name in self.uses if name not in named]:
            raise ValueError(f'uses names "{idle[0]}", which the expression does not contain')

    def combine(self, components: Components) -> Expression:
        by_name = {component.name: component.z for component in components}
        named_values: dict[str, Expression] = {}

        def value(name: str) -> Expression:
            if name in self.uses:
                return components.column(name)
            if name not in by_name:
                raise ValueError("; ".join(filter(None, [f'there is no component "{name}"', suggest(name, by_name)])))
            return named_values.setdefault(name, by_name[name])

        score = _OUTER.read(self.expression)(_Context(components, value))
        for z in named_values.values():
            score = where(z.is_null(), z, score)
        return score


@dataclass(frozen=True)
class _Context:
    """The values of the words of an expression."""

    components: Components
    value: Callable[[str], Expression]
    each: Component | None = None


def _named(name: str) -> Callable[[_Context], Expression]:
    return lambda scope: scope.value(name)


def _outer_word(name: str) -> Callable[[_Context], Expression]:
    if name in ("each", "w"):
        raise ValueError(
            f"{name} belongs inside functions such as mean(each); a component of this name is '{name}' in quotes"
        )
    return _named(name)


def _inner_word(name: str) -> Callable[[_Context], Expression | float]:
    def each(scope: _Context) -> Expression | float:
        assert scope.each is not None
        return scope.each.z if name == "each" else scope.each.w

    return each if name in ("each", "w") else _named(name)


def _over_components(
    reduce: Callable[[Sequence[Component], list[Expression]], Expression],
) -> Callable[[Term, str], Term]:
    """Make a function over all components; the term of a component is missing if its value is."""

    def call(expression: Term, text: str) -> Term:
        def term(scope: _Context, component: Component) -> Expression:
            return where(component.z.is_null(), component.z, expression(replace(scope, each=component)))

        return lambda scope: reduce(scope.components, [term(scope, component) for component in scope.components])

    return call


def _with_nan(reduce: Callable[[list[Expression]], Expression]) -> Callable[[list[Expression]], Expression]:
    """Return NaN if a term is NaN, such as the logarithm of a negative value."""

    def reduced(terms: list[Expression]) -> Expression:
        return where(row_sum(term.is_nan() * 1.0 for term in terms) > 0, math.nan, reduce(terms))

    return reduced


def _mean(components: Sequence[Component], terms: list[Expression]) -> Expression:
    return row_sum(c.w * term for c, term in zip(components, terms, strict=True))


def _geometric_mean(components: Sequence[Component], terms: list[Expression]) -> Expression:
    return row_product(term**c.w for c, term in zip(components, terms, strict=True))


def _harmonic_mean(components: Sequence[Component], terms: list[Expression]) -> Expression:
    return 1 / row_sum(c.w / term for c, term in zip(components, terms, strict=True))


_CALLS = {
    "mean": _over_components(_mean),
    "geometric_mean": _over_components(_geometric_mean),
    "harmonic_mean": _over_components(_harmonic_mean),
    "sum": _over_components(lambda _, terms: row_sum(terms)),
    "product": _over_components(lambda _, terms: row_product(terms)),
    "lowest": _over_components(lambda _, terms: _with_nan(row_min)(terms)),
    "highest": _over_components(lambda _, terms: _with_nan(row_max)(terms)),
}
_INNER: FormulaParser[_Context] = FormulaParser(_inner_word, quoted=_named, calls=_CALLS, needed="each")
_OUTER: FormulaParser[_Context] = FormulaParser(_outer_word, quoted=_named, calls=_CALLS, inner=_INNER)
