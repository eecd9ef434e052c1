"""An aggregation that the index file writes itself, in a language of arithmetic over components and nothing else."""

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

    Term = Callable[["_Scope"], Expression]


@dataclass(frozen=True)
class Formula(Aggregation):
    """Compute an expression over the components, by their names or over all of them.

    It is made of numbers, `+ - * / **`, parentheses, names of components (in quotes where they are not words:
    `'100m'`), the functions log, exp, sqrt, abs, floor, min(a, b), max(a, b), clip(a, lower, upper) and
    round(a, decimals), half up, and choices such as `a if a > 5 else 0.7 * b`. Over all components, leaving out those
    that a unit misses: mean(each), geometric_mean(each) and harmonic_mean(each), by their weights; sum(each),
    product(each), lowest(each) and highest(each), without. There `each` stands for every component in turn, `w` for its
    weight, and an expression for either: `sum(w * each ** 2)`. A unit that misses a component which is named has no
    score.
    """

    name = "formula"
    reference = "The methodology of the index that uses it"
    example = "formula(expression='mean(each) + lowest(each) / 2')"
    formula = r"f(z_1, \dots, z_k; w)"
    symbols = {"expression": "f"}
    canonical_normalisation = "none"

    expression: Annotated[str, Field(description='such as "survival * exp(0.08 * (school - 14))" or "mean(each)"')]

    def __post_init__(self) -> None:
        LANGUAGE.read(self.expression)

    def combine(self, components: Components) -> Expression:
        by_name = {component.name: component.z for component in components}
        named: dict[str, Expression] = {}

        def value(name: str) -> Expression:
            if name not in by_name:
                raise ValueError("; ".join(filter(None, [f'there is no component "{name}"', suggest(name, by_name)])))
            return named.setdefault(name, by_name[name])

        score = LANGUAGE.read(self.expression)(_Scope(components, value))
        for z in named.values():
            score = where(z.is_null(), z, score)
        return score


@dataclass(frozen=True)
class _Scope:
    """What the words of an expression stand for."""

    components: Components
    value: Callable[[str], Expression]
    each: Component | None = None


def _named(name: str) -> Callable[[_Scope], Expression]:
    return lambda scope: scope.value(name)


def _outer_word(name: str) -> Callable[[_Scope], Expression]:
    if name in ("each", "w"):
        raise ValueError(f"{name} stands inside mean(each) and the like; a component of that name is written '{name}'")
    return _named(name)


def _inner_word(name: str) -> Callable[[_Scope], Expression | float]:
    def each(scope: _Scope) -> Expression | float:
        assert scope.each is not None
        return scope.each.z if name == "each" else scope.each.w

    return each if name in ("each", "w") else _named(name)


def _over_all(
    reduce: Callable[[Sequence[Component], list[Expression]], Expression],
) -> Callable[[Term, str], Term]:
    """Make a function of all components: of the terms that an expression gives of each, missing as the component is."""

    def call(rule: Term, written: str) -> Term:
        def term(scope: _Scope, component: Component) -> Expression:
            return where(component.z.is_null(), component.z, rule(replace(scope, each=component)))

        return lambda scope: reduce(scope.components, [term(scope, component) for component in scope.components])

    return call


def _defined(reduce: Callable[[list[Expression]], Expression]) -> Callable[[list[Expression]], Expression]:
    """Give no value where a term has none, such as the logarithm of a negative one."""

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
    "mean": _over_all(_mean),
    "geometric_mean": _over_all(_geometric_mean),
    "harmonic_mean": _over_all(_harmonic_mean),
    "sum": _over_all(lambda _, terms: row_sum(terms)),
    "product": _over_all(lambda _, terms: row_product(terms)),
    "lowest": _over_all(lambda _, terms: _defined(row_min)(terms)),
    "highest": _over_all(lambda _, terms: _defined(row_max)(terms)),
}
_INNER: FormulaParser[_Scope] = FormulaParser(_inner_word, quoted=_named, calls=_CALLS, needed="each")
LANGUAGE: FormulaParser[_Scope] = FormulaParser(_outer_word, quoted=_named, calls=_CALLS, inner=_INNER)
