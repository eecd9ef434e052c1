"""The statistics of one indicator, as a formula asks for them."""

from __future__ import annotations

from sys import float_info
from typing import TYPE_CHECKING

from indicia.formulas.expression import Expression
from indicia.formulas.node import Lookup, Node, Operation, Reduction, Statistic
from indicia.formulas.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.formulas.fixed import FixedStatistics
    from indicia.formulas.normal import Array
    from indicia.formulas.question import Argument


class Statistics:
    """`s` in a formula: statistics of the present values of x, all settled in one pass over the data.

    A statistic is an expression too. The core runs a formula once, settles the statistics that it asks for, and puts
    their values in. Hence a formula depends on nothing but its parameters, and takes no decision on values.

    Fixed bounds of an indicator are its `min` and `max`.
    """

    def __init__(
        self,
        x: Expression,
        subject: tuple[str, ...],
        question: Callable[[Question, Node], Expression],
        fixed: FixedStatistics,
        parents: str | None,
    ) -> None:
        self._x = x
        self._subject = subject
        self._question = question
        self._fixed = fixed
        self._parents = parents
        self._unnamed = 0

    def _settle(self, kind: str | None, aggregate: Expression, *arguments: Argument) -> Expression:
        """Return the statistic that an aggregate gives; its kind and arguments are its name, if it has one."""
        if kind is None:
            self._unnamed += 1
            kind, arguments = "settled", (self._unnamed,)
        return self._ask(Statistic("statistic", (aggregate.node,)), kind, *arguments)

    def _reduction(self, kind: str, *options: object) -> Expression:
        return Expression(Reduction(kind, (self._x.node,), options))

    def _ask(self, node: Node, kind: str, *arguments: Argument) -> Expression:
        return self._question(Question(self._subject, kind, arguments), node)

    @property
    def min(self) -> Expression:
        """The smallest value, or the fixed worst value."""
        fixed = self._fixed.seen("min", self._x)
        return self._settle("min", self._x.min()) if fixed is None else fixed

    @property
    def max(self) -> Expression:
        """The largest value, or the fixed best value."""
        fixed = self._fixed.seen("max", self._x)
        return self._settle("max", self._x.max()) if fixed is None else fixed

    @property
    def mean(self) -> Expression:
        """The arithmetic mean."""
        return self._settle("mean", self._x.mean())

    @property
    def std(self) -> Expression:
        """The sample standard deviation (divisor n - 1)."""
        return self.deviation(1)

    def deviation(self, ddof: int) -> Expression:
        """The standard deviation with the divisor n - ddof."""
        return self._settle("std", self._reduction("deviation", ddof), ddof)

    @property
    def length(self) -> Expression:
        """The Euclidean length: the root of the sum of squares."""
        return self._settle("length", self._reduction("length"))

    @property
    def sum(self) -> Expression:
        """The sum."""
        return self._settle("sum", self._x.sum())

    @property
    def count(self) -> Expression:
        """The number of present values."""
        return self._settle("count", self._x.count().cast(float))

    @property
    def median(self) -> Expression:
        """The median."""
        return self._settle("median", self._x.median())

    def quantile(self, q: float) -> Expression:
        """The quantile at probability q, linear between order statistics (R type 7)."""
        return self._settle("quantile", self._x.quantile(q, "linear"), q)

    @property
    def target(self) -> Expression:
        """The target that the index file gives for the indicator; an error where it gives none."""
        target = self._fixed.seen("target", self._x)
        if target is None:
            raise ValueError(f"{self._subject[-1]} has no target: write target = … in the index file")
        return target

    def of_unit(self, name: str) -> Expression:
        """The value of one unit, by its name; missing where there is no such unit."""
        return self._settle("of_unit", self._reduction("of_unit", name), name)

    def of_period(self, name: str) -> Expression:
        """The value that the unit itself has in one period, by its name; missing where it has none."""
        return self._ask(Lookup("period", (self._reduction("of_period", name).node,)), "of_period", name)

    @property
    def parent(self) -> Expression:
        """The value of the unit that the row's unit belongs to, in the same period; of a method with `parents`.

        A parent without a value has that of its own parent; missing where nobody on the way up has one.
        """
        if self._parents is None:
            raise ValueError("the value of the parent is for imputations and treatments that name their `parents`")
        return self._ask(Lookup("parent", (self._x.node,), (self._parents,)), "parent", self._parents)

    def learned(self, function: Callable[[Array], Sequence[float]], size: int) -> tuple[Expression, ...]:
        """Settle `size` numbers that a function finds in the present values, shape (n,): `s.learned(limits, 2)`.

        Where there are no values it is not asked, and the numbers are missing.
        """
        numbers = self._settle(None, self._reduction("learned", function, size))
        return tuple(Expression(Operation("item", (numbers.node,), (number,))) for number in range(size))

    def __call__(self, aggregate: Expression) -> Expression:
        """Settle any other aggregate of x: `s(x.log().mean())`."""
        return self._settle(None, aggregate)


def adds_squares(statistic: Node) -> bool:
    """Return whether a statistic is a standard deviation or a length.

    >>> from indicia.formulas import column
    >>> spread = Reduction("deviation", (column("x").node,), (1,))
    >>> adds_squares(Statistic("statistic", (spread,)))
    True
    >>> adds_squares(Statistic("statistic", (column("x").max().node,)))
    False
    """
    return statistic.args[0].kind in ("deviation", "length")


def scaled(statistic: Node) -> Node:
    """Return a standard deviation or a length by values that are scaled to about 1.

    It takes the place of a statistic whose squares are too large or too small for numbers of the machine.
    """
    (aggregate,) = statistic.args
    x = Expression(aggregate.args[0])
    # a power of two scales without rounding
    unit = 2.0 ** x.abs().max().clip(float_info.min).log(2).floor()
    return (Expression(Reduction(aggregate.kind, ((x / unit).node,), aggregate.options)) * unit).node
