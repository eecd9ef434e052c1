r"""Write a formula in LaTeX, with symbols or with the numbers of one row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.formulas.node import (
    CachedColumn,
    Column,
    FixedValue,
    Lookup,
    Node,
    Number,
    Operation,
    Statistic,
    Weight,
    postorder,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Value: TypeAlias = "float | Sequence[float] | None"

LOGIC, COMPARISON, SUM, FUNCTION, PRODUCT, POWER, ATOM = range(7)
"""The strength of the outermost operation of a piece, which decides where parentheses are needed."""


@dataclass(frozen=True)
class Piece:
    """A piece of a formula, and the strength of its outermost operation."""

    text: str
    strength: int = ATOM

    def within(self, strength: int) -> str:
        """Return the text, in parentheses where its strength is less."""
        return self.text if self.strength >= strength else _parenthesised(self.text)


def to_latex(
    root: Node,
    values: Mapping[Node, Value] = MappingProxyType({}),
    row: Mapping[str, float | None] = MappingProxyType({}),
    names: Mapping[str, str] = MappingProxyType({}),
    digits: int = 6,
) -> str:
    r"""Return a formula in LaTeX.

    Parameters
    ----------
    root
        The formula, usually after `tidy`.
    values
        The values of statistics, cached columns, look-ups and weights, which replace their symbols.
    row
        The values of one row, by column, which replace the names of columns.
    names
        The symbols of columns, in LaTeX; a column without a symbol is written by its name.
    digits
        The number of significant digits of numbers.

    Examples
    --------
    >>> from indicia.formulas import Expression, column
    >>> x = column("income")
    >>> largest = Expression(Statistic("statistic", (x.max().node,)))
    >>> share = (x / largest).node
    >>> print(to_latex(share))
    \frac{\mathit{income}}{\max \mathit{income}}
    >>> print(to_latex(share, names={"income": "x_1"}))
    \frac{x_1}{\max x_1}
    >>> print(to_latex(share, {largest.node: 8.0}, {"income": 2.0}))
    \frac{2}{8}
    """
    pieces: dict[Node, Piece] = {}
    for node in postorder([root]):
        if node in values:
            pieces[node] = _value(values[node], digits)
        elif isinstance(node, Column) and node.options[0] in row:
            pieces[node] = _value(row[node.options[0]], digits)
        elif node.kind == "item" and node.args[0] in values:
            numbers: Any = values[node.args[0]]
            pieces[node] = _value(numbers[node.options[0]], digits)
        else:
            pieces[node] = _piece(node, [pieces[arg] for arg in node.args], names, digits)
    return pieces[root].text


def _piece(node: Node, args: list[Piece], names: Mapping[str, str], digits: int) -> Piece:
    match node:
        case Column(options=(name,)):
            return Piece(names.get(name) or _name(name))
        case Weight():
            name = node.options[-1]
            return Piece(f"w_{{{names.get(name) or _name(name)}}}")
        case Number() | FixedValue():
            return _value(node.options[-1], digits)
        case Statistic() | CachedColumn():
            return args[0]
        case Lookup(kind="parent"):
            return _call("parent", args)
        case Lookup(kind="previous"):
            return _subscript(args[0], "t - 1")
        case Lookup(kind="over_time"):
            return _subscript(args[0], "t")
        case Lookup():
            return args[0]
        case Operation(kind="log", args=(_, Number(options=(math.e,)))):
            return _function(r"\ln")(args[0])
    if (rule := _RULES.get(node.kind)) is not None:
        return rule(*args, *node.options)
    return _call(node.kind, [*args, *(_option(option, digits) for option in node.options)])


def _value(value: Value | str, digits: int) -> Piece:
    """Return a number, a word or a truth value."""
    if value is None:
        return Piece(r"\text{none}")
    if isinstance(value, bool | str):
        return Piece(rf"\text{{{_escaped(str(value))}}}")
    if not isinstance(value, int | float):
        return Piece(rf"\left({', '.join(_value(number, digits).text for number in value)}\right)")
    if not math.isfinite(value):
        infinite = Piece(r"\infty") if value > 0 else Piece(r"-\infty", SUM)
        return Piece(r"\text{not a number}") if math.isnan(value) else infinite
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    if exponent:
        return Piece(rf"{mantissa} \cdot 10^{{{int(exponent)}}}", SUM if value < 0 else PRODUCT)
    return Piece(mantissa, SUM if value < 0 else ATOM)


def _option(option: Any, digits: int) -> Piece:
    return _value(option.__name__ if callable(option) else option, digits)


def _name(name: str) -> str:
    r"""Return a name as a symbol.

    >>> print(_name("x"), _name("gdp_per_head"), _name("50 % or more"))
    x \mathit{gdp\_per\_head} \text{50 \% or more}
    """
    name = name.rpartition("\0")[2]
    if len(name) == 1 and name.isalpha():
        return name
    return rf"\mathit{{{_escaped(name)}}}" if name.isidentifier() else rf"\text{{{_escaped(name)}}}"


_SPECIAL = {character: f"\\{character}" for character in "{}_%&#$"}
_SPECIAL |= {"\\": r"\textbackslash ", "^": r"\textasciicircum ", "~": r"\textasciitilde "}


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)


def _parenthesised(text: str) -> str:
    return rf"\left({text}\right)"


def _call(kind: str, args: Sequence[Piece]) -> Piece:
    """Return a function with its arguments in parentheses."""
    return Piece(rf"\operatorname{{{_escaped(kind)}}}{_parenthesised(', '.join(arg.text for arg in args))}")


def _function(command: str) -> Callable[..., Piece]:
    """Return the rule of a function, whose argument has no parentheses where it is a single symbol."""
    return lambda x, *_: Piece(f"{command} {x.within(ATOM)}", FUNCTION)


def _infix(sign: str, strength: int) -> Callable[[Piece, Piece], Piece]:
    return lambda a, b: Piece(f"{a.within(strength + 1)} {sign} {b.within(strength + 1)}", strength)


def _delimited(left: str, right: str) -> Callable[..., Piece]:
    return lambda x, *_: Piece(rf"\left{left} {x.text} \right{right}")


def _condition(words: str) -> Callable[[Piece], Piece]:
    return lambda x: Piece(rf"{x.within(SUM)} \text{{ {words}}}", COMPARISON)


def _add(a: Piece, b: Piece) -> Piece:
    return Piece(f"{a.within(SUM)} + {b.within(ATOM if b.text.startswith('-') else SUM)}", SUM)


def _sub(a: Piece, b: Piece) -> Piece:
    return Piece(f"{a.within(SUM)} - {b.within(FUNCTION)}", SUM)


def _mul(a: Piece, b: Piece) -> Piece:
    return Piece(rf"{a.within(PRODUCT)} \cdot {b.within(PRODUCT)}", PRODUCT)


def _power(base: Piece, exponent: Piece) -> Piece:
    text = base.within(ATOM)
    if base.strength == ATOM and "^" in text:  # LaTeX refuses x^a^b
        text = f"{{{text}}}"
    return Piece(f"{text}^{{{exponent.text}}}", POWER)


def _log(x: Piece, base: Piece) -> Piece:
    return Piece(rf"\log_{{{base.text}}} {x.within(ATOM)}", FUNCTION)


def _cases(condition: Piece, value: Piece, otherwise: Piece) -> Piece:
    rows = rf"{value.text} & \text{{if }} {condition.text} \\ {otherwise.text} & \text{{else}}"
    return Piece(rf"\begin{{cases}} {rows} \end{{cases}}")


def _clip(x: Piece, lower: Piece, upper: Piece) -> Piece:
    none = _value(None, 1)
    if lower != none:
        x = Piece(rf"\max\left({lower.text}, {x.text}\right)")
    return x if upper == none else Piece(rf"\min\left({upper.text}, {x.text}\right)")


def _cast(x: Piece, kind: type) -> Piece:
    """Return a number as it is, and a condition in Iverson brackets: 1 where it is true, 0 elsewhere."""
    if kind is not float:
        return _call(kind.__name__, [x])
    return Piece(rf"\left[{x.text}\right]") if x.strength <= COMPARISON else x


def _of_columns(name: str) -> Callable[..., Piece]:
    """Return the rule of an operation of several columns, row by row."""
    return lambda *args: Piece(rf"{name}\left({', '.join(arg.text for arg in args)}\right)")


def _in_order(*args: Any) -> Piece:
    *columns, place = args
    return Piece(
        rf"\operatorname{{largest}}_{{{place + 1}}}\left({', '.join(column.text for column in columns)}\right)"
    )


def _subscript(x: Piece, name: str) -> Piece:
    text = _parenthesised(x.text) if x.strength < ATOM or "_" in x.text else x.text
    return Piece(rf"{text}_{{\text{{{_escaped(name)}}}}}")


_RULES: dict[str, Callable[..., Piece]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "truediv": lambda a, b: Piece(rf"\frac{{{a.text}}}{{{b.text}}}", PRODUCT),
    "floordiv": lambda a, b: Piece(rf"\left\lfloor \frac{{{a.text}}}{{{b.text}}} \right\rfloor"),
    "mod": _infix(r"\operatorname{mod}", FUNCTION),
    "pow": _power,
    "neg": lambda x: Piece(f"-{x.within(FUNCTION)}", SUM),
    "abs": _delimited("|", "|"),
    "floor": _delimited(r"\lfloor", r"\rfloor"),
    "ceil": _delimited(r"\lceil", r"\rceil"),
    "sqrt": lambda x: Piece(rf"\sqrt{{{x.text}}}"),
    "cbrt": lambda x: Piece(rf"\sqrt[3]{{{x.text}}}"),
    "exp": lambda x: Piece(rf"e^{{{x.text}}}", POWER),
    "log": _log,
    "log10": _function(r"\log_{10}"),
    "log1p": lambda x: Piece(rf"\ln \left(1 + {x.text}\right)", FUNCTION),
    "sign": _function(r"\operatorname{sgn}"),
    "round": lambda x, decimals: Piece(rf"\operatorname{{round}}_{{{decimals}}}\left({x.text}\right)"),
    "clip": _clip,
    "cast": _cast,
    "or": _infix(r"\lor", LOGIC),
    "and": _infix(r"\land", LOGIC),
    "invert": lambda x: Piece(rf"\lnot {x.within(ATOM)}", COMPARISON),
    "lt": _infix("<", COMPARISON),
    "le": _infix(r"\le", COMPARISON),
    "gt": _infix(">", COMPARISON),
    "ge": _infix(r"\ge", COMPARISON),
    "eq": _infix("=", COMPARISON),
    "ne": _infix(r"\ne", COMPARISON),
    "is_null": _condition("is missing"),
    "is_not_null": _condition("is present"),
    "is_nan": _condition("is not a number"),
    "is_finite": _condition("is finite"),
    "is_between": lambda x, a, b: Piece(rf"{a.within(SUM)} \le {x.within(SUM)} \le {b.within(SUM)}", COMPARISON),
    "fill_null": lambda x, filler: _cases(_condition("is missing")(x), filler, x),
    "fill_nan": lambda x, filler: _cases(_condition("is not a number")(x), filler, x),
    "where": _cases,
    "max_of": _of_columns(r"\max"),
    "min_of": _of_columns(r"\min"),
    "median_of": _of_columns(r"\operatorname{median}"),
    "in_order": _in_order,
    "normal_quantile": lambda x: Piece(rf"\Phi^{{-1}}\left(0.5 + {x.within(FUNCTION)}\right)"),
    "rank": lambda x, *_: _call("rank", [x]),
    "over": lambda x, _: x,
    "item": lambda x, number: Piece(rf"{x.text}_{{{number + 1}}}"),
    "min": _function(r"\min"),
    "max": _function(r"\max"),
    "sum": _function(r"\sum"),
    "product": _function(r"\prod"),
    "median": _function(r"\operatorname{median}"),
    "mean": lambda x: Piece(rf"\overline{{{x.text}}}"),
    "count": lambda _: Piece("n"),
    "len": lambda _: Piece("n"),
    "std": lambda x, ddof: _deviation(x, ddof),
    "deviation": lambda x, ddof: _deviation(x, ddof),
    "var": lambda x, ddof: Piece(rf"{{{_deviation(x, ddof).text}}}^{{2}}", POWER),
    "norm": _delimited(r"\|", r"\|"),
    "quantile": lambda x, q, _: Piece(rf"Q_{{{q:g}}}\left({x.text}\right)"),
    "mean_of": lambda x, *rows: _subscript(Piece(rf"\overline{{{x.text}}}"), ", ".join(filter(None, rows))),
    "value_of_unit": _subscript,
    "value_of_period": _subscript,
    "fit": lambda x, function, *_: Piece(rf"\operatorname{{{_escaped(function.__name__)}}}\left({x.text}\right)"),
}
"""The operations that have a notation; any other operation is written as a function with its name."""


def _deviation(x: Piece, ddof: int) -> Piece:
    """Return the standard deviation: s with the divisor n - 1, sigma with n."""
    symbol = {0: r"\sigma", 1: "s"}.get(ddof, rf"s^{{(n - {ddof})}}")
    return Piece(rf"{symbol}_{{{x.text}}}")
