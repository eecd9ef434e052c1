"""The operators of a formula and its functions of one value, in the notation of spreadsheets."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia_workbook.text import ATOM, COMPARISON, POWER, PRODUCT, SUM, NoFormula

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from indicia_workbook.text import Values


class Arithmetic(ABC):
    """A text of a formula with its numbers; each operation returns a new text with new numbers."""

    text: str
    value: Values | float
    strength: int
    gaps: frozenset[str]
    opposite: Self | None

    __array_ufunc__ = None  # so that NumPy numbers on the left use the reflected operators below

    @abstractmethod
    def choose(self, value: Any, otherwise: Any) -> Self:
        """Return the value where this condition is true, and the other value elsewhere."""

    @abstractmethod
    def _cell(self, value: Any) -> Self:
        """Return a number as an operand; an operand is returned unchanged."""

    @abstractmethod
    def _make(self, text: str, value: Any, strength: int = ATOM, gaps: frozenset[str] = frozenset()) -> Self:
        """Return a new object with a text and its numbers."""

    # operators

    def __add__(self, other: Any) -> Self:
        return self if _equals(other, 0) else self._combine("+", self, other, SUM, np.add)

    def __radd__(self, other: Any) -> Self:
        return self if _equals(other, 0) else self._combine("+", other, self, SUM, np.add)

    def __sub__(self, other: Any) -> Self:
        right = self._cell(other)
        if right.opposite is not None:
            return self + right.opposite
        return self._combine("-", self, right, SUM, np.subtract)

    def __rsub__(self, other: Any) -> Self:
        return self._cell(other) - self

    def __mul__(self, other: Any) -> Self:
        return self if _equals(other, 1) else self._combine("*", self, other, PRODUCT, np.multiply)

    def __rmul__(self, other: Any) -> Self:
        return self if _equals(other, 1) else self._combine("*", other, self, PRODUCT, np.multiply)

    def __truediv__(self, other: Any) -> Self:
        return self._combine("/", self, other, PRODUCT, np.divide)

    def __rtruediv__(self, other: Any) -> Self:
        return self._combine("/", other, self, PRODUCT, np.divide)

    def __pow__(self, other: Any) -> Self:
        base, exponent = self, self._cell(other)
        power = self._combine("^", base, exponent, POWER, np.power)
        if isinstance(other, (int, float)) and other != 0:
            return power
        return self._make(f"IF({exponent.text}=0,1,{power.text})", power.value, gaps=power.gaps)  # Excel has no 0^0

    def __rpow__(self, other: Any) -> Self:
        return self._cell(other).__pow__(self)

    def pow(self, exponent: Any) -> Self:
        """Raise to a power."""
        return self.__pow__(exponent)

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Self:
        return self.abs()

    def __gt__(self, other: Any) -> Self:
        return self._combine(">", self, other, COMPARISON, np.greater)

    def __ge__(self, other: Any) -> Self:
        return self._combine(">=", self, other, COMPARISON, np.greater_equal)

    def __lt__(self, other: Any) -> Self:
        return self._combine("<", self, other, COMPARISON, np.less)

    def __le__(self, other: Any) -> Self:
        return self._combine("<=", self, other, COMPARISON, np.less_equal)

    def __eq__(self, other: object) -> Self:  # type: ignore[override]
        return self._combine("=", self, other, COMPARISON, np.equal)

    def __ne__(self, other: object) -> Self:  # type: ignore[override]
        return self._combine("<>", self, other, COMPARISON, np.not_equal)

    __hash__ = object.__hash__

    def __and__(self, other: Any) -> Self:
        right = self._cell(other)
        value = np.logical_and(self.value, right.value)
        return self._make(f"AND({self.text},{right.text})", value, gaps=self.gaps | right.gaps)

    def __or__(self, other: Any) -> Self:
        right = self._cell(other)
        value = np.logical_or(self.value, right.value)
        return self._make(f"OR({self.text},{right.text})", value, gaps=self.gaps | right.gaps)

    def __invert__(self) -> Self:
        if self.text in ("TRUE", "FALSE"):
            return self._cell(self.text == "FALSE")
        return self._make(f"NOT({self.text})", np.logical_not(self.value), gaps=self.gaps)

    def __bool__(self) -> bool:
        raise NoFormula("a Python condition on the values of a column")

    # functions of one value

    def log(self, base: float = math.e) -> Self:
        """Return the logarithm."""
        natural = self._function("LN", np.log)
        return natural if base == math.e else natural / math.log(base)

    def log10(self) -> Self:
        """Return the decimal logarithm."""
        return self._function("LOG10", np.log10)

    def log1p(self) -> Self:
        """Return the logarithm of 1 plus the value."""
        return (1 + self).log()

    def exp(self) -> Self:
        """Return the exponential."""
        return self._function("EXP", np.exp)

    def sqrt(self) -> Self:
        """Return the square root."""
        return self._function("SQRT", np.sqrt)

    def abs(self) -> Self:
        """Return the absolute value."""
        return self._function("ABS", np.abs)

    def floor(self) -> Self:
        """Round down."""
        return self._function("INT", np.floor)

    def sign(self) -> Self:
        """Return the sign."""
        return self._function("SIGN", np.sign)

    def tanh(self) -> Self:
        """Return the hyperbolic tangent."""
        return self._function("TANH", np.tanh)

    def sin(self) -> Self:
        """Return the sine."""
        return self._function("SIN", np.sin)

    def cos(self) -> Self:
        """Return the cosine."""
        return self._function("COS", np.cos)

    def arctan(self) -> Self:
        """Return the arc tangent."""
        return self._function("ATAN", np.arctan)

    def cast(self, kind: object) -> Self:
        """Convert truth values to 1 and 0."""
        if kind is not float:
            raise NoFormula(f"a change to {kind}")
        if np.asarray(self.value).dtype == bool:
            return self.choose(1.0, 0.0)
        return self

    # the text and the numbers of results

    def _function(self, name: str, function: Callable[[Any], Any]) -> Self:
        with np.errstate(all="ignore"):
            return self._make(f"{name}({self.text})", function(self.value), gaps=self.gaps)

    def _combine(self, sign: str, left: Any, right: Any, strength: int, function: Callable[[Any, Any], Any]) -> Self:
        first, second = self._cell(left), self._cell(right)
        associative = sign in "+*" or strength == COMPARISON  # a sum of sums needs no parentheses
        needed = strength + (strength in (POWER, COMPARISON)), strength + (not associative or strength == COMPARISON)
        second_text = second._operand(ATOM if second.text.startswith("-") else needed[1])
        with np.errstate(all="ignore"):
            value = function(first.value, second.value)
        return self._make(f"{first._operand(needed[0])}{sign}{second_text}", value, strength, first.gaps | second.gaps)

    def _operand(self, strength: int) -> str:
        return self.text if self.strength >= strength else f"({self.text})"


def _equals(value: object, number: int) -> bool:
    return isinstance(value, (int, float)) and value == number
