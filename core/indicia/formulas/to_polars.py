"""From the nodes of a formula to expressions of polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import polars as pl
from polars.exceptions import InvalidOperationError

from indicia.formulas.columns import ONE, PERIOD, UNIT
from indicia.formulas.node import Column, FixedValue, Node, Number, in_order
from indicia.formulas.normal import quantiles
from indicia.formulas.operators import OPERATORS
from indicia.formulas.to_text import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping, Sequence

    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


class Compiler:
    """Turns trees into expressions of polars, each node once.

    `values` hold an expression or a number for each node whose value is put in. With `by_name`, the frame has a column
    for each question, named by `name_of`, unless a value is put in for it: such expressions are the same in every run.

    >>> from indicia.formulas import column
    >>> x = column("x")
    >>> pl.DataFrame({"x": [1.0, 3.0]}).select(Compiler({})((x / x.sum()).node))["x"].to_list()
    [0.25, 0.75]
    """

    def __init__(self, values: Mapping[Node, pl.Expr | float], *, by_name: bool = False) -> None:
        self._made: dict[Node, Any] = dict(values)
        self._numbers: dict[Node, float] = {}
        self._by_name = by_name

    def put(self, node: Node, value: pl.Expr | float) -> None:
        """Put a value in place of a node from here on."""
        self._made[node] = value

    def put_number(self, node: Node, number: float) -> None:
        """Put a number in place of a node from here on, to be computed with as with a column."""
        self._numbers[node] = number
        self._made[node] = pl.col(ONE) * number

    def __call__(self, root: Node) -> pl.Expr:
        """Return the expression of a tree; each node in it whose value is put in must have one by now."""
        return self._kept(_BY_NAME, root, lambda: _expression(self._compiled(root)))

    def answer(self, question: Node) -> pl.Expr:
        """Return the expression of a question, under the name of its column."""
        return self._kept(_ANSWERS, question, lambda: self(question.args[0]).alias(name_of(question)))

    def _kept(self, kept: MutableMapping[Node, pl.Expr], node: Node, make: Callable[[], pl.Expr]) -> pl.Expr:
        """Return an expression that all runs share, unless values were put in."""
        if not self._by_name or self._made:
            return make()
        if node not in kept:
            kept[node] = make()
            self._made = {}
        return kept[node]

    def _compiled(self, root: Node) -> Any:
        for node in in_order([root], done=self):
            if self._by_name and node.is_question:
                made: Any = pl.col(name_of(node))
            elif (number := self._number(node)) is not None:
                self.put_number(node, number)
                continue
            else:
                made = _checked(node, [self._operand(node, arg) for arg in node.args])
            (self._made if node.is_open else _CLOSED)[node] = made
        return self._value(root)

    def __contains__(self, node: object) -> bool:
        return node in self._made or node in _CLOSED

    def _number(self, node: Node) -> float | None:
        """Return the result of an operator of numbers that were put in."""
        if node.kind not in _EXACT or self._numbers.keys().isdisjoint(node.args):
            return None
        numbers = [arg.options[0] if isinstance(arg, Number) else self._numbers.get(arg) for arg in node.args]
        if not all(type(number) in (int, float) for number in numbers):
            return None
        try:
            return float(OPERATORS[node.kind](*numbers))
        except ArithmeticError:  # such as 1 / 0, which polars computes
            return None

    def _operand(self, node: Node, arg: Node) -> Any:
        """Return what an operation is applied to; polars divides by a number inexactly, all else is exact."""
        return self._numbers[arg] if arg in self._numbers and node.kind in _SAME_OF_NUMBERS else self._value(arg)

    def _value(self, node: Node) -> Any:
        return self._made[node] if node.is_open else _CLOSED[node]


_SAME_OF_NUMBERS = frozenset(["add", "sub", "mul"])
"""The operators of which a column and a number have the digits that two columns have."""

_EXACT = _SAME_OF_NUMBERS | {"truediv"}
"""The operators that Python computes as polars computes columns."""

_CLOSED: WeakKeyDictionary[Node, Any] = WeakKeyDictionary()
"""The expressions of trees into which nothing is put: they are the same in every run."""

_BY_NAME: WeakKeyDictionary[Node, pl.Expr] = WeakKeyDictionary()
"""The expressions of trees whose questions are columns."""

_ANSWERS: WeakKeyDictionary[Node, pl.Expr] = WeakKeyDictionary()
"""The expressions of questions, under the names of their columns."""


def name_of(question: Node) -> str:
    """Return the name of the column that answers a question."""
    return f"\0q{question.serial}"


def to_polars(root: Node) -> pl.Expr:
    """Return the expression of a tree into which nothing is put.

    >>> from indicia.formulas import column
    >>> print(to_polars((column("x") + 1).node))
    [(col("x")) + (dyn int: 1)]
    """
    return Compiler({})(root)


def _checked(node: Node, args: list[Any]) -> Any:
    """Compile a node; what polars refuses is an error of polars, whatever it raises, and names the step."""
    if node.put_in:
        raise ValueError(f"no value was put in for {_named(node)}")
    try:
        return _compiled(node, args)
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidOperationError(f"{_named(node)}: {error}") from error


def _named(node: Node) -> str:
    return f"<{type(node).__name__} {to_text(node)}>"


def _compiled(node: Node, args: list[Any]) -> Any:
    match node:
        case Column():
            return pl.col(node.options[0])
        case Number():
            return node.options[0]
        case FixedValue():
            return pl.col(ONE) * node.options[1]
    if node.kind in OPERATORS:
        return _combined(OPERATORS[node.kind], args)
    if (rule := _RULES.get(node.kind)) is not None:
        return rule(*args, *node.options)
    first, *others = args
    return getattr(_expression(first), node.kind)(*others, *node.options)


def _combined(of: Callable[..., Any], args: list[Any]) -> Any:
    """Apply an operator: to numbers in Python, so that they have the digits that a formula in Python gives."""
    try:
        return of(*args)
    except ArithmeticError:  # such as 1 / 0, which Python refuses
        return of(_expression(args[0]), *args[1:])


def _expression(value: Any) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(value)


def _where(condition: Any, value: Any, otherwise: Any) -> pl.Expr:
    return pl.when(condition).then(_word(value)).otherwise(_word(otherwise))


def _word(value: Any) -> Any:
    """Return a word as a literal: polars takes it for the name of a column."""
    return pl.lit(value) if isinstance(value, str) else value


def _in_order(*args: Any) -> pl.Expr:
    *columns, place = args
    ordered: pl.Expr = pl.concat_list(columns).list.sort(descending=True, nulls_last=True).list.get(place)
    return ordered


def _normal_quantile(x: Any) -> pl.Expr:
    def numbers(values: pl.Series) -> Array:
        return quantiles(values.to_numpy())

    return _expression(x).map_batches(numbers, return_dtype=float, is_elementwise=True)  # type: ignore[arg-type]


def _fit(x: pl.Expr, function: Callable[[Array], Sequence[float]], size: int) -> pl.Expr:
    def numbers(values: pl.Series) -> pl.Series:
        present = values.drop_nulls().to_numpy()
        # of no values nothing is learned: the numbers are missing, as the mean of no values is
        learned = list(map(float, function(present))) if present.size else [None] * size
        return pl.Series([learned], dtype=pl.Array(pl.Float64, size))

    return x.map_batches(numbers, return_dtype=pl.Array(pl.Float64, size), returns_scalar=True)


_RULES: dict[str, Callable[..., pl.Expr]] = {
    "where": _where,
    "max_of": lambda *columns: pl.max_horizontal(columns),
    "min_of": lambda *columns: pl.min_horizontal(columns),
    "median_of": lambda *columns: pl.concat_list(columns).list.median(),
    "in_order": _in_order,
    "normal_quantile": _normal_quantile,
    "rank": lambda x, method, descending: x.rank(method, descending=descending),
    "sort": lambda x, descending: x.sort(descending=descending),
    "over": lambda x, key: x.over(key),
    "is_in": lambda x, others: x.is_in(list(others)),
    "replace_strict": lambda x, old, new: x.replace_strict(list(old), list(new)),
    "deviation": lambda x, ddof: x.std(ddof=ddof),
    "norm": lambda x: (x**2).sum().sqrt(),
    "fit": _fit,
    "item": lambda x, number: x.arr.get(number),
    "value_of_unit": lambda x, name: x.filter(pl.col(UNIT) == name).first(),
    "value_of_period": lambda x, name: x.filter(pl.col(PERIOD) == name).first(),
}
"""Operations that polars names otherwise, or whose arguments differ; all others have the name of their method."""
