"""The expressions that formulas are written with: each operator and each method records one step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from indicia.formulas.node import USED, Column, Node, Number, Operation, Reduction
from indicia.formulas.to_text import to_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from indicia.formulas.node import Option


Operand: TypeAlias = "Expression | float | str | None"
"""The second operand of an operation: an expression, a number, a text or None."""


class Expression:
    """A column in a formula. Formulas are made of these operators and methods, and of numbers.

    An expression holds no values: it records the steps that are applied to it, and the core computes them later. Hence
    a formula cannot use `if x > 0`; it writes `where(x > 0, …, …)`, which chooses row by row.

    >>> x = column("x")
    >>> (x - x.min()) / (x.max() - x.min())
    <Expression (x - min(x)) / (max(x) - min(x))>
    """

    __slots__ = ("node",)
    __array_ufunc__ = None  # without it, a number of NumPy on the left would compute the operation itself

    def __init__(self, node: Node) -> None:
        self.node: Node = node

    def __repr__(self) -> str:
        return f"<Expression {to_text(self.node)}>"

    def __bool__(self) -> bool:
        raise TypeError("a formula cannot use if on values: write where(condition, value, otherwise)")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(f"formulas have no operation {name}; there are: {', '.join(operations())}")

    if TYPE_CHECKING:

        def __hash__(self) -> int: ...
    else:
        __hash__ = object.__hash__  # `==` is an operation of formulas

    # arithmetic

    def __add__(self, other: Operand) -> Expression:
        return self._step("add", other)

    def __radd__(self, other: Operand) -> Expression:
        return self._reflected_step("add", other)

    def __sub__(self, other: Operand) -> Expression:
        return self._step("sub", other)

    def __rsub__(self, other: Operand) -> Expression:
        return self._reflected_step("sub", other)

    def __mul__(self, other: Operand) -> Expression:
        return self._step("mul", other)

    def __rmul__(self, other: Operand) -> Expression:
        return self._reflected_step("mul", other)

    def __truediv__(self, other: Operand) -> Expression:
        return self._step("truediv", other)

    def __rtruediv__(self, other: Operand) -> Expression:
        return self._reflected_step("truediv", other)

    def __floordiv__(self, other: Operand) -> Expression:
        return self._step("floordiv", other)

    def __rfloordiv__(self, other: Operand) -> Expression:
        return self._reflected_step("floordiv", other)

    def __mod__(self, other: Operand) -> Expression:
        return self._step("mod", other)

    def __rmod__(self, other: Operand) -> Expression:
        return self._reflected_step("mod", other)

    def __pow__(self, other: Operand) -> Expression:
        return self._step("pow", other)

    def __rpow__(self, other: Operand) -> Expression:
        return self._reflected_step("pow", other)

    def pow(self, exponent: Operand) -> Expression:
        """Raise to a power.

        Parameters
        ----------
        exponent : number or Expression
            The exponent.

        Returns
        -------
        Expression
            The powers.
        """
        return self._step("pow", exponent)

    def __neg__(self) -> Expression:
        return self._step("neg")

    def __pos__(self) -> Expression:
        return self

    def __abs__(self) -> Expression:
        return self.abs()

    # comparisons and logic

    def __lt__(self, other: Operand) -> Expression:
        return self._step("lt", other)

    def __le__(self, other: Operand) -> Expression:
        return self._step("le", other)

    def __gt__(self, other: Operand) -> Expression:
        return self._step("gt", other)

    def __ge__(self, other: Operand) -> Expression:
        return self._step("ge", other)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return self._step("eq", other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return self._step("ne", other)

    def __and__(self, other: Operand) -> Expression:
        return self._step("and", other)

    def __rand__(self, other: Operand) -> Expression:
        return self._reflected_step("and", other)

    def __or__(self, other: Operand) -> Expression:
        return self._step("or", other)

    def __ror__(self, other: Operand) -> Expression:
        return self._reflected_step("or", other)

    def __invert__(self) -> Expression:
        return self._step("invert")

    # functions of one value

    def abs(self) -> Expression:
        """Take the absolute value."""
        return self._step("abs")

    def sign(self) -> Expression:
        """Take the sign: -1, 0 or 1."""
        return self._step("sign")

    def sqrt(self) -> Expression:
        """Take the square root."""
        return self._step("sqrt")

    def cbrt(self) -> Expression:
        """Take the cube root."""
        return self._step("cbrt")

    def exp(self) -> Expression:
        """Take the exponential."""
        return self._step("exp")

    def log(self, base: Operand = math.e) -> Expression:
        """Take the logarithm (default: the natural one).

        Parameters
        ----------
        base : number or Expression, default e
            The base.

        Returns
        -------
        Expression
            The logarithms.
        """
        return self._step("log", base)

    def log10(self) -> Expression:
        """Take the decimal logarithm."""
        return self._step("log10")

    def log1p(self) -> Expression:
        """Take the natural logarithm of 1 + x."""
        return self._step("log1p")

    def sin(self) -> Expression:
        """Take the sine."""
        return self._step("sin")

    def cos(self) -> Expression:
        """Take the cosine."""
        return self._step("cos")

    def tan(self) -> Expression:
        """Take the tangent."""
        return self._step("tan")

    def arcsin(self) -> Expression:
        """Take the arc sine."""
        return self._step("arcsin")

    def arccos(self) -> Expression:
        """Take the arc cosine."""
        return self._step("arccos")

    def arctan(self) -> Expression:
        """Take the arc tangent."""
        return self._step("arctan")

    def sinh(self) -> Expression:
        """Take the hyperbolic sine."""
        return self._step("sinh")

    def cosh(self) -> Expression:
        """Take the hyperbolic cosine."""
        return self._step("cosh")

    def tanh(self) -> Expression:
        """Take the hyperbolic tangent."""
        return self._step("tanh")

    def floor(self) -> Expression:
        """Round down."""
        return self._step("floor")

    def ceil(self) -> Expression:
        """Round up."""
        return self._step("ceil")

    def round(self, decimals: int = 0) -> Expression:
        """Round to a number of decimals.

        Parameters
        ----------
        decimals : int, default 0
            The number of decimals.

        Returns
        -------
        Expression
            The rounded values.
        """
        return self._step("round", options=(decimals,))

    def clip(self, lower_bound: Operand = None, upper_bound: Operand = None) -> Expression:
        """Replace values beyond the bounds by the bounds.

        Parameters
        ----------
        lower_bound, upper_bound : number or Expression, optional
            The bounds; by default there is none at this end.

        Returns
        -------
        Expression
            The values between the bounds.
        """
        return self._step("clip", lower_bound, upper_bound)

    def cast(self, kind: type) -> Expression:
        """Change the type of values: to float, int, bool or str.

        Parameters
        ----------
        kind : type
            One of float, int, bool and str.

        Returns
        -------
        Expression
            The values with this type.
        """
        return self._step("cast", options=(kind,))

    # missing values

    def is_null(self) -> Expression:
        """Test for missing values."""
        return self._step("is_null")

    def is_not_null(self) -> Expression:
        """Test for present values."""
        return self._step("is_not_null")

    def is_nan(self) -> Expression:
        """Test for NaN, such as 0 / 0."""
        return self._step("is_nan")

    def is_finite(self) -> Expression:
        """Test for finite numbers."""
        return self._step("is_finite")

    def fill_null(self, value: Operand) -> Expression:
        """Replace missing values.

        Parameters
        ----------
        value : number or Expression
            The value in their place.

        Returns
        -------
        Expression
            The values without gaps.
        """
        return self._step("fill_null", value)

    def fill_nan(self, value: Operand) -> Expression:
        """Replace NaN.

        Parameters
        ----------
        value : number or Expression
            The value in its place.

        Returns
        -------
        Expression
            The values without NaN.
        """
        return self._step("fill_nan", value)

    # membership and replacement

    def is_between(self, lower_bound: Operand, upper_bound: Operand) -> Expression:
        """Test for values between two bounds, or equal to a bound.

        Parameters
        ----------
        lower_bound, upper_bound : number or Expression
            The bounds.

        Returns
        -------
        Expression
            True or false for each row.
        """
        return self._step("is_between", lower_bound, upper_bound)

    def is_in(self, others: Sequence[float | str]) -> Expression:
        """Test for values in a list.

        Parameters
        ----------
        others : sequence of float or str
            The list.

        Returns
        -------
        Expression
            True or false for each row.
        """
        return self._step("is_in", options=(tuple(others),))

    def replace(self, old: Operand, new: Operand) -> Expression:
        """Replace one value by another.

        Parameters
        ----------
        old, new : number or Expression
            The value, and that in its place.

        Returns
        -------
        Expression
            The values.
        """
        return self._step("replace", old, new)

    def replace_strict(self, old: Sequence[float | str], new: Sequence[float | str]) -> Expression:
        """Replace each old value by the new value at the same position; any other value is an error.

        Parameters
        ----------
        old, new : sequence of float or str
            The values, and those in their place.

        Returns
        -------
        Expression
            The values.
        """
        return self._step("replace_strict", options=(tuple(old), tuple(new)))

    # operations that need the whole column

    def rank(
        self, method: Literal["average", "min", "max", "dense", "ordinal"] = "average", *, descending: bool = False
    ) -> Expression:
        """Rank values, 1 for the lowest.

        Parameters
        ----------
        method : {"average", "min", "max", "dense", "ordinal"}, default "average"
            The rank of equal values.
        descending : bool, default False
            True for rank 1 of the highest value.

        Returns
        -------
        Expression
            The ranks.
        """
        return self._step("rank", options=(method, descending))

    def cum_sum(self) -> Expression:
        """Take the sum from the first row to this row."""
        return self._step("cum_sum")

    def cum_max(self) -> Expression:
        """Take the largest value from the first row to this row."""
        return self._step("cum_max")

    def cum_min(self) -> Expression:
        """Take the smallest value from the first row to this row."""
        return self._step("cum_min")

    def cum_count(self) -> Expression:
        """Count present values from the first row to this row."""
        return self._step("cum_count")

    def forward_fill(self, limit: int | None = None) -> Expression:
        """Replace missing values by the last present value, in at most `limit` rows after it.

        Parameters
        ----------
        limit : int, optional
            The most rows; by default all.

        Returns
        -------
        Expression
            The values, with fewer gaps.
        """
        return self._step("forward_fill", options=(limit,))

    def backward_fill(self, limit: int | None = None) -> Expression:
        """Replace missing values by the next present value, in at most `limit` rows before it.

        Parameters
        ----------
        limit : int, optional
            The most rows; by default all.

        Returns
        -------
        Expression
            The values, with fewer gaps.
        """
        return self._step("backward_fill", options=(limit,))

    def shift(self, n: int = 1) -> Expression:
        """Move values down by n rows.

        Parameters
        ----------
        n : int, default 1
            The number of rows.

        Returns
        -------
        Expression
            The values; missing in the first n rows.
        """
        return self._step("shift", options=(n,))

    def diff(self, n: int = 1) -> Expression:
        """Subtract the value n rows above.

        Parameters
        ----------
        n : int, default 1
            The number of rows.

        Returns
        -------
        Expression
            The differences; missing in the first n rows.
        """
        return self._step("diff", options=(n,))

    def reverse(self) -> Expression:
        """Reverse the order of rows."""
        return self._step("reverse")

    def sort(self, *, descending: bool = False) -> Expression:
        """Sort values; missing values come first.

        Parameters
        ----------
        descending : bool, default False
            True for the highest value first.

        Returns
        -------
        Expression
            The values in order.
        """
        return self._step("sort", options=(descending,))

    def unique(self) -> Expression:
        """Keep each value once."""
        return self._step("unique")

    def drop_nulls(self) -> Expression:
        """Leave out missing values."""
        return self._step("drop_nulls")

    def top_k(self, k: int = 5) -> Expression:
        """Keep the k largest values.

        Parameters
        ----------
        k : int, default 5
            The number of values.

        Returns
        -------
        Expression
            At most k values.
        """
        return self._step("top_k", options=(k,))

    def bottom_k(self, k: int = 5) -> Expression:
        """Keep the k smallest values.

        Parameters
        ----------
        k : int, default 5
            The number of values.

        Returns
        -------
        Expression
            At most k values.
        """
        return self._step("bottom_k", options=(k,))

    # aggregates

    def min(self) -> Expression:
        """Take the smallest value."""
        return self._reduction("min")

    def max(self) -> Expression:
        """Take the largest value."""
        return self._reduction("max")

    def sum(self) -> Expression:
        """Add all values."""
        return self._reduction("sum")

    def product(self) -> Expression:
        """Multiply all values."""
        return self._reduction("product")

    def mean(self) -> Expression:
        """Take the arithmetic mean."""
        return self._reduction("mean")

    def median(self) -> Expression:
        """Take the median."""
        return self._reduction("median")

    def quantile(self, q: float, interpolation: str = "nearest") -> Expression:
        """Take the quantile at probability q.

        Parameters
        ----------
        q : float
            The probability, 0 to 1.
        interpolation : str, default "nearest"
            "nearest", "lower", "higher", "midpoint" or "linear", between order statistics.

        Returns
        -------
        Expression
            A number for each group of rows.
        """
        return self._reduction("quantile", options=(q, interpolation))

    def std(self, ddof: int = 1) -> Expression:
        """Take the standard deviation with the divisor n - ddof.

        Parameters
        ----------
        ddof : int, default 1
            1 for the sample, 0 for the population.

        Returns
        -------
        Expression
            A number for each group of rows.
        """
        return self._reduction("std", options=(ddof,))

    def var(self, ddof: int = 1) -> Expression:
        """Take the variance with the divisor n - ddof.

        Parameters
        ----------
        ddof : int, default 1
            1 for the sample, 0 for the population.

        Returns
        -------
        Expression
            A number for each group of rows.
        """
        return self._reduction("var", options=(ddof,))

    def skew(self) -> Expression:
        """Take the skewness."""
        return self._reduction("skew")

    def kurtosis(self) -> Expression:
        """Take the excess kurtosis."""
        return self._reduction("kurtosis")

    def count(self) -> Expression:
        """Count present values."""
        return self._reduction("count")

    def len(self) -> Expression:
        """Count rows."""
        return self._reduction("len")

    def null_count(self) -> Expression:
        """Count missing values."""
        return self._reduction("null_count")

    def n_unique(self) -> Expression:
        """Count different values."""
        return self._reduction("n_unique")

    def any(self) -> Expression:
        """Test for at least one true value."""
        return self._reduction("any")

    def all(self) -> Expression:
        """Test for true values only."""
        return self._reduction("all")

    def first(self) -> Expression:
        """Take the value of the first row."""
        return self._reduction("first")

    def last(self) -> Expression:
        """Take the value of the last row."""
        return self._reduction("last")

    def _step(self, kind: str, *others: object, options: tuple[Option, ...] = ()) -> Expression:
        return step(kind, self, *others, options=options)

    def _reflected_step(self, kind: str, other: object) -> Expression:
        return step(kind, other, self)

    def _reduction(self, kind: str, options: tuple[Option, ...] = ()) -> Expression:
        return Expression(Reduction(kind, (self.node,), options))


def step(kind: str, *args: object, options: tuple[Option, ...] = ()) -> Expression:
    """Return one step of a formula: an operation that is applied to expressions and literals."""
    return Expression(Operation(kind, tuple(map(node_of, args)), options))


def column(name: str) -> Expression:
    """Return a column of the table as an expression."""
    return Expression(Column("column", (), (name,)))


def used_column(name: str, declared: Collection[str]) -> Expression:
    """Return a column of the data that is no indicator; ValueError if the method does not declare it in `uses`.

    >>> used_column("population", ["population"])
    <Expression population>
    """
    if name not in declared:
        raise ValueError(f'column("{name}") is a column that the method does not declare: uses = ("{name}",)')
    return column(USED + name)


def literal(value: float | str | None) -> Expression:
    """Return a number, a text or a truth value as an expression that is equal in all rows."""
    return Expression(node_of(value))


def within_groups(expression: Expression, key: Sequence[str]) -> Expression:
    """Compute an expression that needs the whole column, such as a rank, within groups; an empty key has no groups."""
    return step("over", expression, options=(tuple(key),)) if key else expression


def node_of(value: object) -> Node:
    """Return the node of an expression, or of a literal.

    >>> node_of(2.0).kind
    'number'
    >>> node_of([2.0])
    Traceback (most recent call last):
    TypeError: a formula is made of expressions and numbers, and not of list [2.0]
    """
    if isinstance(value, Expression):
        return value.node
    # a number of NumPy becomes a number of Python, so that it has the node of an equal literal
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        value = value.item()  # type: ignore[attr-defined]
    if value is None or isinstance(value, (bool, int, float, str)):
        return Number("number", (), (value,))
    raise TypeError(f"a formula is made of expressions and numbers, and not of {type(value).__name__} {value!r:.40}")


def operations() -> list[str]:
    """Return the names of all methods that a formula may call on an expression.

    >>> operations()[:4]
    ['abs', 'all', 'any', 'arccos']
    """
    return sorted(name for name in vars(Expression) if not name.startswith("_") and name != "node")
