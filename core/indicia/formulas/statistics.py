"""The statistics of one indicator, as a formula asks for them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.formulas.expression import Expression
    from indicia.formulas.normal import Array
    from indicia.formulas.question import Argument


class Statistics(ABC):
    """`s` in a formula: statistics of the present values of x, all settled in one pass over the data.

    A statistic is an expression too. The core runs a formula once, settles the statistics that it asks for, and puts
    their values in. Hence a formula depends on nothing but its parameters, and takes no decision on values.

    Fixed bounds of an indicator are its `min` and `max`.
    """

    def __init__(self, x: Expression) -> None:
        self._x = x

    @abstractmethod
    def _settle(self, kind: str | None, aggregate: Expression, *arguments: Argument) -> Expression:
        """Return the statistic that an aggregate gives; its kind and arguments are its name, if it has one."""

    def _squares(self, ddof: int | None) -> Expression:
        """Return the standard deviation with the divisor n - ddof; without one, the length."""
        return (self._x**2).sum().sqrt() if ddof is None else self._x.std(ddof=ddof)

    @property
    def min(self) -> Expression:
        """The smallest value, or the fixed worst value."""
        return self._settle("min", self._x.min())

    @property
    def max(self) -> Expression:
        """The largest value, or the fixed best value."""
        return self._settle("max", self._x.max())

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
        return self._settle("std", self._squares(ddof), ddof)

    @property
    def length(self) -> Expression:
        """The Euclidean length: the root of the sum of squares."""
        return self._settle("length", self._squares(None))

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
    @abstractmethod
    def target(self) -> Expression:
        """The target that the index file gives for the indicator; an error where it gives none."""

    @abstractmethod
    def of_unit(self, name: str) -> Expression:
        """The value of one unit, by its name; missing where there is no such unit."""

    @abstractmethod
    def of_period(self, name: str) -> Expression:
        """The value that the unit itself has in one period, by its name; missing where it has none."""

    @property
    @abstractmethod
    def parent(self) -> Expression:
        """The value of the unit that the row's unit belongs to, in the same period; of an imputation with `parents`.

        A parent without a value has that of its own parent; missing where nobody on the way up has one.
        """

    @abstractmethod
    def learned(self, function: Callable[[Array], Sequence[float]], size: int) -> tuple[Expression, ...]:
        """Settle `size` numbers that a function finds in the present values, shape (n,): `s.learned(limits, 2)`.

        Where there are no values it is not asked, and the numbers are missing.
        """

    def __call__(self, aggregate: Expression) -> Expression:
        """Settle any other aggregate of x: `s(x.log().mean())`."""
        return self._settle(None, aggregate)
