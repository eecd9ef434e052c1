"""Simplify a formula for readers, to the form that a person would write."""

from __future__ import annotations

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
    Reduction,
    Statistic,
    postorder,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Value: TypeAlias = "float | Sequence[float] | None"
    """The value of a statistic, a cached column, a look-up or a weight; a learned statistic has several numbers."""

_MIRRORED = {"min": "max", "max": "min", "mean": "mean", "sum": "sum", "median": "median"}
"""For a statistic of -x, the statistic of x that is its negative: min(-x) = -max(x)."""
_MIRRORED |= {name: name for name in ("mean_of", "value_of_unit", "value_of_period", "first", "last")}
_EVEN = ("deviation", "norm", "std", "var", "count", "len", "null_count", "n_unique")
"""Statistics that are equal for x and -x."""


def tidy(
    root: Node, values: Mapping[Node, Value] = MappingProxyType({}), row: Mapping[str, float | None] | None = None
) -> tuple[Node, dict[Node, Value]]:
    """Simplify a formula, and return it with the values of its nodes.

    The formula of a cost becomes max - x. Sums with 0, products with 1 and bounds that are None disappear; so do
    `fill_null(0)` in a sum and `fill_null(1)` in a product. The result is for readers: its last digit may differ.

    Parameters
    ----------
    root
        The formula.
    values
        The values of statistics, cached columns, look-ups and weights.
    row
        The values of one row, by column. `fill_null` becomes the value that it has in this row.

    Examples
    --------
    >>> from indicia.formulas import Expression, column
    >>> x = -column("x")
    >>> Expression(tidy((0.0 + 1.0 * (x - x.min()) / (x.max() - x.min())).node)[0])
    <Expression (max(x) - x) / (max(x) - min(x))>
    """
    tidied_values: dict[Node, Value] = {}
    tidied: dict[Node, Node] = {}
    for node in postorder([root]):
        args = tuple([tidied[arg] for arg in node.args])
        tidy_node = tidied[node] = _fill_null(node, args, row) or _simplified(type(node), node.kind, args, node.options)
        if node in values:
            value = values[node]
            if tidy_node.kind == "neg" and isinstance(node, _QUESTIONS):  # the tidy node is of x, the value is of -x
                (tidy_node,), value = tidy_node.args, None if value is None else -value  # type: ignore[operator]
            tidied_values[tidy_node] = value
    return tidied[root], tidied_values


_QUESTIONS = (Statistic, CachedColumn, Lookup)


def _fill_null(node: Node, args: tuple[Node, ...], row: Mapping[str, float | None] | None) -> Node | None:
    """Return the argument whose value `fill_null` has in this row; None for other operations, or without a row."""
    if node.kind != "fill_null" or row is None:
        return None
    columns = [arg.options[0] for arg in postorder([args[0]]) if isinstance(arg, Column)]
    return args[1] if any(row.get(name, 0.0) is None for name in columns) else args[0]


def _simplified(cls: type[Node], kind: str, args: tuple[Node, ...], options: tuple[Any, ...]) -> Node:
    """Return a node with tidy arguments, or a simpler node in its place."""
    # a sign moves outwards, so that x - -5 becomes x + 5
    if cls in (Number, FixedValue) and _is_negative(options[-1]):
        return Operation("neg", (cls(kind, args, (*options[:-1], -options[-1])),))
    if cls in (Statistic, Lookup) and args[0].kind == "neg":
        return Operation("neg", (cls(kind, args[0].args, options),))
    if cls is Reduction and args[0].kind == "neg":
        if kind in _EVEN:
            return Reduction(kind, args[0].args, options)
        if kind in _MIRRORED:
            return _negative(Reduction(_MIRRORED[kind], args[0].args, options))
        if kind == "quantile" and options[1] == "linear":
            return _negative(Reduction(kind, args[0].args, (1 - options[0], "linear")))
    if cls is Operation and (rule := _RULES.get(kind)) is not None and (simpler := rule(*args)) is not None:
        return simpler
    return cls(kind, args, options)


def _operation(kind: str, *args: Node) -> Node:
    return _simplified(Operation, kind, args, ())


def _is_negative(value: object) -> bool:
    return isinstance(value, (int, float)) and value < 0


def _is_number(node: Node, number: int) -> bool:
    value = node.options[0] if isinstance(node, Number) else None
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == number


def _negative(x: Node) -> Node:
    return _operation("neg", x)


def _neg(x: Node) -> Node | None:
    if x.kind == "neg":
        return x.args[0]
    return _operation("sub", x.args[1], x.args[0]) if x.kind == "sub" else None


def _add(a: Node, b: Node) -> Node | None:
    a, b = _without_filler(a, 0), _without_filler(b, 0)
    if _is_number(a, 0) or _is_number(b, 0):
        return b if _is_number(a, 0) else a
    if b.kind == "neg":
        return _operation("sub", a, b.args[0])
    if a.kind == "neg":
        return _operation("sub", b, a.args[0])
    return Operation("add", (a, b))


def _sub(a: Node, b: Node) -> Node | None:
    if _is_number(b, 0):
        return a
    if _is_number(a, 0):
        return _negative(b)
    if b.kind == "neg":
        return _operation("add", a, b.args[0])
    return _negative(_operation("add", a.args[0], b)) if a.kind == "neg" else None


def _mul(a: Node, b: Node) -> Node | None:
    a, b = _without_filler(a, 1), _without_filler(b, 1)
    if _is_number(a, 1) or _is_number(b, 1):
        return b if _is_number(a, 1) else a
    if a.kind == "neg" and b.kind == "neg":
        return _operation("mul", a.args[0], b.args[0])
    if a.kind == "neg" or b.kind == "neg":
        return _negative(_operation("mul", *(factor.args[0] if factor.kind == "neg" else factor for factor in (a, b))))
    return Operation("mul", (a, b))


def _truediv(a: Node, b: Node) -> Node | None:
    if _is_number(b, 1):
        return a
    if a.kind == "neg" and b.kind == "neg":
        return _operation("truediv", a.args[0], b.args[0])
    if a.kind == "neg" or b.kind == "neg":
        return _negative(
            _operation("truediv", *(factor.args[0] if factor.kind == "neg" else factor for factor in (a, b)))
        )
    return None


def _abs(x: Node) -> Node | None:
    return _operation("abs", x.args[0]) if x.kind == "neg" else None


def _pow(x: Node, exponent: Node) -> Node | None:
    return x if _is_number(exponent, 1) else None


def _clip(x: Node, lower: Node, upper: Node) -> Node | None:
    return x if lower.options == upper.options == (None,) else None


def _without_filler(term: Node, neutral: int) -> Node:
    """Return the term of `term.fill_null(neutral)`, which changes no sum with 0 and no product with 1."""
    return term.args[0] if term.kind == "fill_null" and _is_number(term.args[1], neutral) else term


_RULES: dict[str, Callable[..., Node | None]] = {
    "neg": _neg,
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "truediv": _truediv,
    "abs": _abs,
    "pow": _pow,
    "clip": _clip,
}
