"""The parser of formulas that users write in an index file: arithmetic over words, without the rest of Python."""

from __future__ import annotations

import ast
import math
import operator
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from indicia.errors import shorten, suggest
from indicia.methods.contract import where
from indicia.methods.numbers import half_added, half_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.formulas import Expression

Scope = TypeVar("Scope")
_Rule: TypeAlias = "float | Callable[[Any], Any]"
"""A number, or a function that computes a column from the values of the words in a run."""

_DECIMALS = 12
_LARGEST = 10_000
"""The largest size of an expression. A `max` repeats its arguments, so that each nested `max` doubles the size."""


def parsed(text: str) -> ast.expr:
    """Return the syntax tree of a Python expression; SyntaxError if it is none, ValueError if it nests too deeply.

    >>> parsed("min_max(lower=1)").func.id
    'min_max'
    """
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (RecursionError, MemoryError) as error:  # a MemoryError of the parser means that its stack is full
        raise ValueError("it is nested too deeply") from error


@dataclass(frozen=True)
class FormulaParser(Generic[Scope]):
    """A parser of numbers, words, `+ - * / **`, parentheses, `a if b > c else d`, and functions.

    Notes
    -----
    The functions are log, exp, sqrt, abs, floor, min(a, b), max(a, b), clip(a, lower, upper) and round(a, decimals),
    half up. A method defines the words. The scope, of any type, holds their values in a run of the formula.

    Examples
    --------
    >>> halved = FormulaParser(word=lambda name: lambda scope: scope[name] / 2)
    >>> halved.read("max(a, b) + 1")({"a": 6.0, "b": 4.0})
    4.0
    """

    word: Callable[[str], Callable[[Scope], Any]]
    """Return the function that looks a word up in the scope; ValueError if there is no such word."""
    quoted: Callable[[str], Callable[[Scope], Any]] | None = None
    """The same function for words in quotes; None if the formula has no such words."""
    calls: Mapping[str, Callable[[Any, str], Callable[[Scope], Any]]] = field(default_factory=dict)
    """Further functions of one argument, which is a number or a function of the scope.

    They also get the text of the call, for errors.
    """
    inner: FormulaParser[Any] | None = None
    """The parser of the arguments of further functions, if their words differ."""
    needed: str | None = None
    """A word that each expression must contain, since its value would be the same for all units without the word."""

    def read(self, text: str) -> Callable[[Scope], Expression]:
        """Parse an expression.

        Parameters
        ----------
        text
            The expression, such as "max(a, b) + 1"; it may spread over several lines.

        Returns
        -------
        function of the scope
            It computes the expression from the values of the words in the scope.

        Raises
        ------
        ValueError
            If the text is no expression, or contains syntax that these formulas do not allow.
        """
        source = shorten(" ".join(text.split()), 60)
        root = _parsed(text)
        try:
            if _size(root) > _LARGEST:
                raise ValueError(f'the expression "{source}" is too large: nest less')
            rule = self._root_rule(root, source)
        except RecursionError as error:
            raise ValueError(f'the expression "{source}" is nested too deeply') from error
        if isinstance(rule, float):
            raise ValueError(f'the expression "{source}" is the same for all: it is a number')
        return rule

    def names(self, text: str) -> set[str]:
        """Return the words of an expression, those in quotes too.

        Parameters
        ----------
        text : str
            The expression as it is written.

        Returns
        -------
        set of str
            The words.
        """
        nodes = list(ast.walk(_parsed(text)))
        words = {node.id for node in nodes if isinstance(node, ast.Name)}
        return words | {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}

    def _root_rule(self, node: ast.expr, source: str) -> _Rule:
        rule = self._rule(node)
        if self.needed and not self._contains(node, self.needed):
            raise ValueError(f'the expression "{source}" is the same for all: it has no {self.needed}')
        return rule

    def _contains(self, node: ast.AST, word: str) -> bool:
        """Return whether a word stands in a node, outside of the arguments of further functions."""
        if isinstance(node, ast.Name):
            return node.id == word
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.calls:
            return False
        return any(self._contains(part, word) for part in ast.iter_child_nodes(node))

    def _rule(self, node: ast.expr) -> _Rule:
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return _number(float, value)
            case ast.Constant(value=str() as name) if self.quoted:
                return self.quoted(name)
            case ast.Name(id=name):
                return self.word(name)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
                return self._apply(_OPERATORS[type(op)], operand)
            case ast.BinOp(left=left, op=op, right=right):
                if type(op) not in _OPERATORS:
                    hint = "; write ** for a power" if isinstance(op, ast.BitXor) else ""
                    raise ValueError(f'"{ast.unparse(node)}" is not arithmetic with + - * / **{hint}')
                return self._apply(_OPERATORS[type(op)], left, right)
            case ast.IfExp(test=ast.Compare(left=left, ops=[op], comparators=[right]), body=yes, orelse=no) if (
                type(op) in _COMPARISONS
            ):
                if isinstance(self._rule(left), float) and isinstance(self._rule(right), float):
                    raise ValueError(f'"{ast.unparse(node.test)}" is the same for all')
                return self._apply(_COMPARISONS[type(op)], left, right, yes, no)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments, ast.unparse(node))
        raise ValueError(f'"{ast.unparse(node)}" is not part of the language of formulas')

    def _call(self, name: str, arguments: list[ast.expr], source: str) -> _Rule:
        if name in self.calls:
            _check_arguments(name, 1, arguments, source)
            parser = self.inner or self
            return self.calls[name](parser._root_rule(arguments[0], ast.unparse(arguments[0])), source)
        if name == "round":
            _check_arguments(name, 2, arguments, source)
            decimals = self._rule(arguments[1])
            if not isinstance(decimals, float) or decimals not in range(_DECIMALS + 1):
                raise ValueError(f'"{source}": decimals are a whole number from 0 to {_DECIMALS}')
            return self._apply(_rounding(int(decimals)), arguments[0])
        if name not in _FUNCTIONS:
            remedy = suggest(name, [*_FUNCTIONS, "round", *self.calls])
            raise ValueError(f'the language of formulas has no function "{name}"; {remedy}')
        _check_arguments(name, _FUNCTIONS[name].arguments, arguments, source)
        return self._apply(_FUNCTIONS[name], *arguments)

    def _apply(self, function: _Function, *nodes: ast.expr) -> _Rule:
        """Apply a function to nodes: at once if all are numbers, else when the formula runs."""
        rules = [self._rule(node) for node in nodes]
        if all(isinstance(rule, float) for rule in rules):
            return function(*rules)  # type: ignore[no-any-return]
        return lambda scope: function(*(rule if isinstance(rule, float) else rule(scope) for rule in rules))


def _parsed(text: str) -> ast.expr:
    """Parse an expression, which may spread over several lines; the ValueError names the place and the reason."""
    line = " ".join(part.strip() for part in text.strip().splitlines())
    source = shorten(line, 60)
    if "#" in re.sub(r"""'[^']*'|"[^"]*\"""", "", line):
        raise ValueError(f'cannot read the expression "{source}": # begins a comment, which is not allowed')
    try:
        return parsed(line)
    except SyntaxError as error:
        raise ValueError(f'cannot read the expression "{source}": {_fault(error, line)}') from error
    except ValueError as error:
        raise ValueError(f'cannot read the expression "{source}": {error}') from error


def _fault(error: SyntaxError, line: str) -> str:
    """Explain a syntax error in terms of arithmetic, with its place in the line."""
    if not line:
        return "it is empty"
    with suppress(SyntaxError, ValueError):
        parsed(f"{line} 0")
        return "it ends too early"
    position = min(max(error.offset or 1, 1), len(line)) - 1
    if "was never closed" in error.msg:
        reason = f'the bracket "{line[position]}" is never closed'
    elif "unmatched" in error.msg or "does not match" in error.msg:
        reason = f'the bracket "{line[position]}" has no opening bracket'
    elif error.msg.startswith("invalid syntax"):
        reason = f'"{_start_of(line[position:])}" cannot stand here'
    else:
        reason = error.msg
    return f"{reason}, at character {position + 1}" + (f', after "{_end_of(line[:position])}"' if position else "")


def _start_of(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"


def _end_of(text: str) -> str:
    return text if len(text) <= 20 else f"…{text[-20:]}"


@dataclass(frozen=True)
class _Function:
    """An operator or a function, for numbers and for columns."""

    arguments: int
    of_numbers: Callable[..., float]
    of_columns: Callable[..., Any]
    copies: int = 1
    """The number of times that the formula of columns repeats an argument."""

    def __call__(self, *values: Any) -> Any:
        if all(isinstance(value, float) for value in values):
            return _number(self.of_numbers, *values)
        return self.of_columns(*values)


def _size(node: ast.AST) -> int:
    """Return the number of parts of an expression, with the repeated arguments of functions."""
    if isinstance(node, ast.IfExp):
        return 3 * _size(node.test) + _size(node.body) + _size(node.orelse)
    copies = 1
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
        copies = _FUNCTIONS[node.func.id].copies
    return 1 + copies * sum(map(_size, ast.iter_child_nodes(node)))


def _check_arguments(name: str, number: int, arguments: list[ast.expr], source: str) -> None:
    if len(arguments) != number:
        raise ValueError(f'{name} takes {number}, not {len(arguments)}: "{source}"')


def _number(function: Callable[..., float], *numbers: float) -> float:
    try:
        value = float(function(*numbers))
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"a number in the expression has no value: {error}") from error
    if not math.isfinite(value):
        raise ValueError("a number in the expression is too large")
    return value


def _rounding(decimals: int) -> _Function:
    """Return the function that rounds numbers and columns half up."""
    scale = 10.0**decimals
    return _Function(
        1, lambda a: round(math.floor(half_added(a * scale)) / scale, decimals), lambda a: half_up(a, decimals)
    )


def _comparison(compare: Callable[[Any, Any], Any]) -> _Function:
    def of_columns(a: Any, b: Any, yes: Any, no: Any) -> Any:
        if isinstance(a, float) and isinstance(b, float):
            return yes if compare(a, b) else no
        undefined = a - b  # NaN if either is; a comparison with NaN would give False
        return where(undefined.is_nan(), undefined, where(compare(a, b), yes, no))

    return _Function(4, lambda a, b, yes, no: yes if compare(a, b) else no, of_columns)


_LARGER = _Function(2, max, lambda a, b: where(a > b, a, b), copies=2)
"""NaN is the larger value, so that an undefined value is not lost."""
_SMALLER = _Function(2, min, lambda a, b: -_LARGER(-a, -b), copies=2)
_OPERATORS: dict[type[ast.AST], _Function] = {
    ast.Add: _Function(2, operator.add, operator.add),
    ast.Sub: _Function(2, operator.sub, operator.sub),
    ast.Mult: _Function(2, operator.mul, operator.mul),
    ast.Div: _Function(2, operator.truediv, operator.truediv),
    ast.Pow: _Function(2, math.pow, operator.pow),
    ast.UAdd: _Function(1, operator.pos, lambda a: a),
    ast.USub: _Function(1, operator.neg, operator.neg),
}
_COMPARISONS: dict[type[ast.AST], _Function] = {
    ast.Lt: _comparison(operator.lt),
    ast.LtE: _comparison(operator.le),
    ast.Gt: _comparison(operator.gt),
    ast.GtE: _comparison(operator.ge),
}
_FUNCTIONS = {
    "log": _Function(1, math.log, lambda a: a.log()),
    "exp": _Function(1, math.exp, lambda a: a.exp()),
    "sqrt": _Function(1, math.sqrt, lambda a: a.sqrt()),
    "abs": _Function(1, abs, lambda a: a.abs()),
    "floor": _Function(1, math.floor, lambda a: a.floor()),
    "min": _SMALLER,
    "max": _LARGER,
    "clip": _Function(
        3, lambda a, low, high: min(max(a, low), high), lambda a, low, high: _SMALLER(_LARGER(a, low), high), copies=4
    ),
}
