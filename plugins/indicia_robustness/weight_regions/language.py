"""The language of constraints on weights: comparisons of sums of weights, such as `health >= 2 income >= 0.1`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from indicia.errors import DefinitionError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST = 10_000
"""The largest number of characters of a constraint."""
_DEEPEST = 50
"""The largest depth of nested parentheses."""
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?P<percent>\s*%)?
    |(?P<name>[^\W\d]\w*)
    |(?P<quoted>"[^"]*"|'[^']*')
    |(?P<relation>>=|<=|==|=>|=<|≥|≤|[<>=])
    |(?P<sign>[-+*/()−·×]))""",
    re.VERBOSE,
)
_CONSTRAINT = re.compile(r"""(?:"[^"]*"|'[^']*'|[^;\n])+""")
_RELATIONS = {">": ">=", "=>": ">=", "≥": ">=", "<": "<=", "=<": "<=", "≤": "<=", "==": "="}
_SIGNS = {"−": "-", "·": "*", "×": "*"}
_REMEDY = 'write such as "health >= 2 income", "0.1 <= income <= 30%", "air + water >= 0.4" or "a >= b = c >= d"'


@dataclass(frozen=True)
class Constraint:
    """A linear constraint on weights: Σ coefficient × weight ≤ bound, or = bound."""

    coefficients: tuple[tuple[str, float], ...]
    """The coefficients that are not 0, by indicator or dimension."""
    bound: float
    is_equality: bool
    text: str
    """The comparison as it is written; of a chain, the two sides that are compared."""

    @property
    def names(self) -> tuple[str, ...]:
        """The indicators and dimensions of the constraint."""
        return tuple(name for name, _ in self.coefficients)


def read_constraints(texts: Iterable[str]) -> tuple[Constraint, ...]:
    """Read constraints; a text may have several, separated by semicolons or line ends, and chains of comparisons.

    DefinitionError for a text that is no constraint.

    >>> [constraint.text for constraint in read_constraints(["a >= 2 b >= 0.1; c = 20%"])]
    ['a >= 2 b', '2 b >= 0.1', 'c = 20%']
    """
    return tuple(
        constraint for text in texts for part in split_constraints(text) for constraint in _Reader(part).constraints()
    )


def split_constraints(text: str) -> list[str]:
    """Return the constraints of a text, which semicolons and line ends separate; those in quotes belong to a name.

    >>> split_constraints("a >= 2 b; 'GDP; per head' <= 20%")
    ['a >= 2 b', "'GDP; per head' <= 20%"]
    """
    return [part.strip() for part in _CONSTRAINT.findall(text) if part.strip()]


def has_relation(text: str) -> bool:
    """Return whether a text has a sign of comparison, as a constraint has."""
    return any(sign in text for sign in "<>=≤≥")


@dataclass(frozen=True)
class _Sum:
    """A number plus a sum of weights with coefficients."""

    number: float = 0.0
    weights: dict[str, float] = field(default_factory=dict)

    def scaled(self, factor: float) -> _Sum:
        return _Sum(self.number * factor, {name: factor * value for name, value in self.weights.items()})

    def plus(self, other: _Sum, sign: float = 1.0) -> _Sum:
        weights = dict(self.weights)
        for name, value in other.weights.items():
            weights[name] = weights.get(name, 0.0) + sign * value
        return _Sum(self.number + sign * other.number, weights)


@dataclass(frozen=True)
class _Ratio:
    """A sum of weights divided by another."""

    above: _Sum
    below: _Sum


_Side: TypeAlias = "_Sum | _Ratio"


class _Reader:
    """A reader of one constraint: sums, products with numbers, and one ratio a side."""

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > _LONGEST:
            raise self._error("it is too long")
        self.tokens = list(self._tokens())
        self.place = 0
        self.depth = 0

    def constraints(self) -> Iterator[Constraint]:
        """Yield a constraint for each comparison."""
        sides, relations, texts = [], [], []
        while True:
            start = self.place
            sides.append(self._side())
            texts.append(self._source(start, self.place))
            kind, relation = self._next()
            if kind == "end":
                break
            if kind != "relation":
                raise self._error(f'"{relation}" cannot stand after "{texts[-1]}"')
            self.place += 1
            relations.append(_RELATIONS.get(relation, relation))
        if not relations:
            raise self._error("it has no comparison: >=, <= or =")
        for (left, right), relation, (before, after) in zip(pairwise(sides), relations, pairwise(texts), strict=True):
            yield self._constraint(left, relation, right, f"{before} {relation} {after}")

    def _constraint(self, left: _Side, relation: str, right: _Side, text: str) -> Constraint:
        """Return left - right ≤ 0, with numbers on the right."""
        if isinstance(left, _Ratio):
            difference = self._multiplied(left, right, text)
        elif isinstance(right, _Ratio):
            difference = self._multiplied(right, left, text).scaled(-1.0)
        else:
            difference = left.plus(right, -1.0)
        if relation == ">=":
            difference = difference.scaled(-1.0)
        weights = tuple((name, value) for name, value in difference.weights.items() if value)
        if not weights:
            raise self._error(f'"{text}" restricts no weight')
        return Constraint(weights, 0.0 - difference.number, relation == "=", text)

    def _multiplied(self, ratio: _Ratio, number: _Side, text: str) -> _Sum:
        """Return the ratio less a number, multiplied by the divisor."""
        if isinstance(number, _Ratio) or number.weights:
            raise self._error(f'"{text}" compares a ratio with weights', "compare it with a number: a / b >= 2")
        if not any(ratio.below.weights.values()):
            raise self._error(f'the divisor in "{text}" is 0', "divide by a weight or a sum of weights")
        if ratio.below.number or min(ratio.below.weights.values()) < 0:
            raise self._error(f'the divisor in "{text}" may be negative', "divide by a weight or a sum of weights")
        return ratio.above.plus(ratio.below.scaled(number.number), -1.0)

    def _side(self) -> _Side:
        """Read a sum of terms."""
        total: _Side | None = None
        while total is None or self._next()[1] in ("+", "-"):
            sign = 1.0
            while self._next()[1] in ("+", "-"):
                sign = -sign if self._next()[1] == "-" else sign
                self.place += 1
            term = self._term()
            if isinstance(term, _Sum) and (total is None or isinstance(total, _Sum)):
                total = (total or _Sum()).plus(term, sign)
            elif total is None and isinstance(term, _Ratio):
                total = _Ratio(term.above.scaled(sign), term.below)
            else:
                raise self._error("a ratio of weights cannot be part of a sum", "compare it with a number: a / b >= 2")
        return total

    def _term(self) -> _Side:
        """Read factors: numbers, and one weight or sum of weights; a number may stand directly before a weight."""
        product: _Side = self._factor()
        while True:
            kind, sign = self._next()
            if sign in ("*", "/"):
                self.place += 1
            elif not (kind in ("name", "quoted") or sign == "("):
                return product
            factor = self._factor()
            if isinstance(product, _Ratio):
                raise self._error("a ratio of weights cannot be a factor", "write a >= 4 b for a / b / 2 >= 2")
            product = self._quotient(product, factor) if sign == "/" else self._product(product, factor)

    def _product(self, one: _Sum, other: _Sum) -> _Sum:
        if one.weights and other.weights:
            raise self._error("two weights are multiplied", "constraints are linear: a >= 2 b, a + b <= 0.5")
        return other.scaled(one.number) if other.weights else one.scaled(other.number)

    def _quotient(self, one: _Sum, other: _Sum) -> _Side:
        if other.weights:
            return _Ratio(one, other)
        if not other.number:
            raise self._error("it divides by 0")
        return one.scaled(1 / other.number)

    def _factor(self) -> _Sum:
        """Read a number, a weight, or a sum in parentheses."""
        kind, token = self._next()
        self.place += 1
        if kind == "number":
            value = float(token.rstrip("% ")) / (100 if token.endswith("%") else 1)
            if value == float("inf"):
                raise self._error(f"the number {token} is too large")
            return _Sum(value)
        if kind == "name":
            return _Sum(0.0, {token: 1.0})
        if kind == "quoted":
            return _Sum(0.0, {token[1:-1]: 1.0})
        if token != "(":
            found = "it ends too early" if kind == "end" else f'"{token}" cannot stand here'
            before = self._source(max(0, self.place - 4), self.place - 1)
            raise self._error(f'{found}, after "{before}"' if before else found)
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._error("it is nested too deeply")
        inside = self._side()
        if isinstance(inside, _Ratio):
            raise self._error("a ratio of weights cannot stand in parentheses")
        if self._next()[1] != ")":
            raise self._error("a parenthesis is never closed")
        self.place += 1
        self.depth -= 1
        return inside

    def _next(self) -> tuple[str, str]:
        return self.tokens[self.place][:2] if self.place < len(self.tokens) else ("end", "")

    def _source(self, start: int, end: int) -> str:
        """Return the text of some tokens."""
        if start >= end or start >= len(self.tokens):
            return ""
        return self.text[self.tokens[start][2] : self.tokens[min(end, len(self.tokens)) - 1][3]]

    def _tokens(self) -> Iterator[tuple[str, str, int, int]]:
        """Yield the kind, the text, the start and the end of each token."""
        place, end = 0, len(self.text.rstrip())
        while place < end:
            match = _TOKEN.match(self.text, place)
            if match is None:
                start = place + len(self.text[place:]) - len(self.text[place:].lstrip())
                hint = ": a name with other characters than letters, digits and _ is written in quotes"
                raise self._error(f'"{self.text[start : start + 10]}" is no part of a constraint{hint}')
            place = match.end()
            kind = next(kind for kind in ("number", "name", "quoted", "relation", "sign") if match[kind] is not None)
            token = match[kind] + ("%" if match["percent"] else "")
            yield kind, _SIGNS.get(token, token), match.start(kind), place

    def _error(self, fault: str, remedy: str = _REMEDY) -> DefinitionError:
        return DefinitionError(f'cannot read the constraint "{shorten(self.text, 60)}": {fault}', remedy=remedy)
