"""Compile the nodes of a formula to expressions of polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import polars as pl
from polars.exceptions import InvalidOperationError

from indicia.formulas.node import ONE, OPERATORS, PERIOD, UNIT, Column, FixedValue, Node, Number, postorder
from indicia.formulas.normal import quantiles
from indicia.formulas.to_text import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping, Sequence

    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


class Compiler:
    """Compiles trees to expressions of polars, each node once.

    `values` has an expression or a number for each placeholder. With `by_name`, a question without a value is compiled
    to the column that `name_of` names. Such expressions are equal in every run, and are cached for all runs.

    >>> from indicia.formulas import column
    >>> x = column("x")
    >>> pl.DataFrame({"x": [1.0, 3.0]}).select(Compiler({})((x / x.sum()).node))["x"].to_list()
    [0.25, 0.75]
    """

    def __init__(self, values: Mapping[Node, pl.Expr | float], *, by_name: bool = False) -> None:
        self._expressions: dict[Node, Any] = dict(values)
        self._numbers: dict[Node, float] = {}
        self._by_name = by_name

    def put(self, node: Node, value: pl.Expr | float) -> None:
        """Use a value in place of a node from now on."""
        self._expressions[node] = value

    def put_number(self, node: Node, number: float) -> None:
        """Use a number in place of a node from now on; operations round as with a column of this number."""
        self._numbers[node] = number
        self._expressions[node] = pl.col(ONE) * number

    def __call__(self, root: Node) -> pl.Expr:
        """Return the expression of a tree; each of its placeholders must have a value."""
        return self._shared(_BY_NAME, root, lambda: _expression(self._compile_tree(root)))

    def answer(self, question: Node) -> pl.Expr:
        """Return the expression of a question, under the name of its column."""
        return self._shared(_ANSWERS, question, lambda: self(question.args[0]).alias(name_of(question)))

    def _shared(self, cache: MutableMapping[Node, pl.Expr], node: Node, make: Callable[[], pl.Expr]) -> pl.Expr:
        """Return the expression of a node from the cache of all runs, unless this compiler has values."""
        if not self._by_name or self._expressions:
            return make()
        if node not in cache:
            cache[node] = make()
            self._expressions = {}  # the cache is used only while this is empty
        return cache[node]

    def _compile_tree(self, root: Node) -> Any:
        for node in postorder([root], done=self):
            if self._by_name and node.is_question:
                expression: Any = pl.col(name_of(node))
            elif (number := self._number(node)) is not None:
                self.put_number(node, number)
                continue
            else:
                expression = _compile_checked(node, [self._operand(node, arg) for arg in node.args])
            (self._expressions if node.has_placeholder else _CONSTANT)[node] = expression
        return self._value(root)

    def __contains__(self, node: object) -> bool:
        return node in self._expressions or node in _CONSTANT

    def _number(self, node: Node) -> float | None:
        """Return the result of an operator on numbers, of which `put_number` set at least one; None for other nodes."""
        if node.kind not in _EXACT or self._numbers.keys().isdisjoint(node.args):
            return None
        numbers = [arg.options[0] if isinstance(arg, Number) else self._numbers.get(arg) for arg in node.args]
        if not all(type(number) in (int, float) for number in numbers):
            return None
        try:
            return float(OPERATORS[node.kind](*numbers))
        except ArithmeticError:  # polars computes 1 / 0
            return None

    def _operand(self, node: Node, arg: Node) -> Any:
        """Return an argument; a number stays a number if polars computes exactly with it, and else becomes a column."""
        return self._numbers[arg] if arg in self._numbers and node.kind in _EXACT_WITH_NUMBERS else self._value(arg)

    def _value(self, node: Node) -> Any:
        return self._expressions[node] if node.has_placeholder else _CONSTANT[node]


_EXACT_WITH_NUMBERS = frozenset(["add", "sub", "mul"])
"""The operators that give the same digits for a column and a number as for two columns."""

_EXACT = _EXACT_WITH_NUMBERS | {"truediv"}
"""The operators that give the same digits for numbers in Python as for columns in polars."""

_CONSTANT: WeakKeyDictionary[Node, Any] = WeakKeyDictionary()
"""The expressions of trees without placeholders, which are the same in every run."""

_BY_NAME: WeakKeyDictionary[Node, pl.Expr] = WeakKeyDictionary()
"""The expressions of trees whose questions are columns of the frame."""

_ANSWERS: WeakKeyDictionary[Node, pl.Expr] = WeakKeyDictionary()
"""The expressions that compute questions, under the names of their columns."""


def name_of(question: Node) -> str:
    """Return the name of the column that answers a question."""
    return f"\0q{question.serial}"


def to_polars(root: Node) -> pl.Expr:
    """Return the expression of a tree without placeholders.

    >>> from indicia.formulas import column
    >>> print(to_polars((column("x") + 1).node))
    [(col("x")) + (dyn int: 1)]
    """
    return Compiler({})(root)


def _compile_checked(node: Node, args: list[Any]) -> Any:
    """Compile a node; any error of polars becomes an InvalidOperationError that names the step."""
    if node.is_placeholder:
        raise ValueError(f"the compiler has no value of {_label(node)}")
    try:
        return _compile(node, args)
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidOperationError(f"{_label(node)}: {error}") from error


def _label(node: Node) -> str:
    return f"<{type(node).__name__} {to_text(node)}>"


def _compile(node: Node, args: list[Any]) -> Any:
    match node:
        case Column():
            return pl.col(node.options[0])
        case Number():
            return node.options[0]
        case FixedValue():
            return pl.col(ONE) * node.options[1]
    if node.kind in OPERATORS:
        return _apply(OPERATORS[node.kind], args)
    if (rule := _RULES.get(node.kind)) is not None:
        return rule(*args, *node.options)
    first, *others = args
    return getattr(_expression(first), node.kind)(*others, *node.options)


def _apply(operator: Callable[..., Any], args: list[Any]) -> Any:
    """Apply an operator; Python computes with arguments that are all numbers."""
    try:
        return operator(*args)
    except ArithmeticError:  # Python refuses 1 / 0, polars gives infinity
        return operator(_expression(args[0]), *args[1:])


def _expression(value: Any) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(value)


def _where(condition: Any, value: Any, otherwise: Any) -> pl.Expr:
    return pl.when(condition).then(_text_as_literal(value)).otherwise(_text_as_literal(otherwise))


def _text_as_literal(value: Any) -> Any:
    """Return a text as a literal, since polars takes a text for the name of a column."""
    return pl.lit(value) if isinstance(value, str) else value


def _in_order(*args: Any) -> pl.Expr:
    *columns, place = args
    ordered: pl.Expr = pl.concat_list(columns).list.sort(descending=True, nulls_last=True).list.get(place)
    return ordered


def _normal_quantile(x: Any) -> pl.Expr:
    def numbers(values: pl.Series) -> Array:
        return quantiles(values.to_numpy())

    return _expression(x).map_batches(numbers, return_dtype=float, is_elementwise=True)  # type: ignore[arg-type]


def _fit(x: pl.Expr, function: Callable[[Array], Sequence[float]], size: int, *_: object) -> pl.Expr:
    def numbers(values: pl.Series) -> pl.Series:
        present = values.drop_nulls().to_numpy()
        # without present values the numbers are missing, as the mean is
        fit = list(map(float, function(present))) if present.size else [None] * size
        return pl.Series([fit], dtype=pl.Array(pl.Float64, size))

    return x.map_batches(numbers, return_dtype=pl.Array(pl.Float64, size), returns_scalar=True)


def _rows_of(unit: str, period: str) -> pl.Expr:
    """Return the condition for the rows of a unit and of a period; an empty name stands for all."""
    conditions = [pl.col(name) == value for name, value in ((UNIT, unit), (PERIOD, period)) if value]
    return pl.all_horizontal(conditions)


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
    "mean_of": lambda x, unit, period: x.filter(_rows_of(unit, period)).mean(),
    "value_of_unit": lambda x, name: x.filter(pl.col(UNIT) == name).first(),
    "value_of_period": lambda x, name: x.filter(pl.col(PERIOD) == name).first(),
}
"""Operations with another name or other arguments in polars; any other operation is the method with the same name."""
