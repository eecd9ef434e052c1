"""A formula over x and s, written down as a spreadsheet writes it.

A `Cell` is handed to a method in place of an expression. Each operator and each function makes a new one, with its text
and with the numbers that it stands for: those are what the workbook shows until a spreadsheet computes anew, and what
tells whether the text says the same as the engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from indicia.export.text import (
    ATOM,
    COMPARISON,
    LONGEST,
    POWER,
    PRODUCT,
    SUM,
    Column,
    NotWritten,
    call,
)
from indicia.methods import Symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.export.text import Values


class Sheets(Protocol):
    """Where cells put what they need besides themselves."""

    @property
    def rows(self) -> int:
        """The number of units (and periods)."""

    def spill(self, cell: Cell) -> Cell:
        """Give a cell a column of its own."""

    def statistic(self, column: Column, values: Values, kind: str, text: str, of: Callable[[Values], float]) -> Cell:
        """Give a statistic of a column a cell; in `text` the range is `{}`."""

    def peers(self) -> str | None:
        """Return the condition for the rows that are compared with this one, None for all rows."""

    def groups(self) -> Sequence[Values]:
        """Return the rows that are compared with each other, as indices."""


@dataclass(frozen=True, eq=False)
class Cell(Symbol):
    """A text and the numbers it stands for; NaN where there is none."""

    sheets: Sheets
    text: str
    value: Values | float
    strength: int = ATOM
    gaps: frozenset[str] = frozenset()
    """The cells of which one that is empty leaves this one empty."""
    column: Column | None = None
    """Where this is a column as it stands."""
    opposite: Cell | None = None
    """Where this is the negative of another."""

    __array_ufunc__ = None  # numbers of numpy on the left leave the operator to us

    # operators

    def __add__(self, other: Any) -> Cell:
        return self if _is(other, 0) else self._joined("+", self, other, SUM, np.add)

    def __radd__(self, other: Any) -> Cell:
        return self if _is(other, 0) else self._joined("+", other, self, SUM, np.add)

    def __sub__(self, other: Any) -> Cell:
        right = self._cell(other)
        if right.opposite is not None:
            return self + right.opposite
        return self._joined("-", self, right, SUM, np.subtract)

    def __rsub__(self, other: Any) -> Cell:
        return self._cell(other) - self

    def __mul__(self, other: Any) -> Cell:
        return self if _is(other, 1) else self._joined("*", self, other, PRODUCT, np.multiply)

    def __rmul__(self, other: Any) -> Cell:
        return self if _is(other, 1) else self._joined("*", other, self, PRODUCT, np.multiply)

    def __truediv__(self, other: Any) -> Cell:
        return self._joined("/", self, other, PRODUCT, np.divide)

    def __rtruediv__(self, other: Any) -> Cell:
        return self._joined("/", other, self, PRODUCT, np.divide)

    def __pow__(self, other: Any) -> Cell:
        base, exponent = self, self._cell(other)
        power = self._joined("^", base, exponent, POWER, np.power)
        if isinstance(other, (int, float)) and other != 0:
            return power
        return self._made(f"IF({exponent.text}=0,1,{power.text})", power.value, gaps=power.gaps)  # Excel has no 0^0

    def __rpow__(self, other: Any) -> Cell:
        power: Cell = self._cell(other) ** self
        return power

    def pow(self, exponent: Any) -> Cell:
        """Raise to a power."""
        return self.__pow__(exponent)

    def __neg__(self) -> Cell:
        if self.opposite is not None:
            return self.opposite
        return Cell(self.sheets, f"-{self._within(ATOM)}", -self.value, SUM, self.gaps, opposite=self)

    def __pos__(self) -> Cell:
        return self

    def __abs__(self) -> Cell:
        return self.abs()

    def __gt__(self, other: Any) -> Cell:
        return self._joined(">", self, other, COMPARISON, np.greater)

    def __ge__(self, other: Any) -> Cell:
        return self._joined(">=", self, other, COMPARISON, np.greater_equal)

    def __lt__(self, other: Any) -> Cell:
        return self._joined("<", self, other, COMPARISON, np.less)

    def __le__(self, other: Any) -> Cell:
        return self._joined("<=", self, other, COMPARISON, np.less_equal)

    def __eq__(self, other: object) -> Cell:  # type: ignore[override]
        return self._joined("=", self, other, COMPARISON, np.equal)

    def __ne__(self, other: object) -> Cell:  # type: ignore[override]
        return self._joined("<>", self, other, COMPARISON, np.not_equal)

    __hash__ = object.__hash__

    def __and__(self, other: Any) -> Cell:
        right = self._cell(other)
        value = np.logical_and(self.value, right.value)
        return self._made(f"AND({self.text},{right.text})", value, gaps=self.gaps | right.gaps)

    def __or__(self, other: Any) -> Cell:
        right = self._cell(other)
        value = np.logical_or(self.value, right.value)
        return self._made(f"OR({self.text},{right.text})", value, gaps=self.gaps | right.gaps)

    def __invert__(self) -> Cell:
        if self.text in ("TRUE", "FALSE"):
            return self._cell(self.text == "FALSE")
        return self._made(f"NOT({self.text})", np.logical_not(self.value), gaps=self.gaps)

    def __bool__(self) -> bool:
        raise NotWritten("a formula takes no decision on values")

    # functions of one value

    def log(self, base: float = math.e) -> Cell:
        """Take the logarithm."""
        natural = self._function("LN", np.log)
        return natural if base == math.e else natural / math.log(base)

    def log10(self) -> Cell:
        """Take the decimal logarithm."""
        return self._function("LOG10", np.log10)

    def log1p(self) -> Cell:
        """Take the logarithm of one more."""
        return (1 + self).log()

    def exp(self) -> Cell:
        """Take the exponential."""
        return self._function("EXP", np.exp)

    def sqrt(self) -> Cell:
        """Take the square root."""
        return self._function("SQRT", np.sqrt)

    def abs(self) -> Cell:
        """Take the absolute value."""
        return self._function("ABS", np.abs)

    def floor(self) -> Cell:
        """Round down."""
        return self._function("INT", np.floor)

    def sign(self) -> Cell:
        """Take the sign."""
        return self._function("SIGN", np.sign)

    def tanh(self) -> Cell:
        """Take the hyperbolic tangent."""
        return self._function("TANH", np.tanh)

    def sin(self) -> Cell:
        """Take the sine."""
        return self._function("SIN", np.sin)

    def cos(self) -> Cell:
        """Take the cosine."""
        return self._function("COS", np.cos)

    def arctan(self) -> Cell:
        """Take the arc tangent."""
        return self._function("ATAN", np.arctan)

    def cast(self, kind: object) -> Cell:
        """Take a number for a number."""
        if kind is not float:
            raise NotWritten(f"a change to {kind}")
        if np.asarray(self.value).dtype == bool:
            return self.choose(1.0, 0.0)
        return self

    def rounded(self, decimals: int) -> Cell:
        """Round half-up as a person does, as the engine does."""
        scale = 10.0**decimals
        return ((self * scale + (0.5 + 1e-9)).floor() / scale).to_decimals(decimals)

    def to_decimals(self, decimals: int) -> Cell:
        """Round to the nearest, as a spreadsheet does."""
        return self._made(f"ROUND({self.text},{decimals})", np.round(self.value, decimals), gaps=self.gaps)

    def clip(self, lower_bound: Any = None, upper_bound: Any = None) -> Cell:
        """Hold values to bounds."""
        held = self
        for bound, name, of in ((lower_bound, "MAX", np.maximum), (upper_bound, "MIN", np.minimum)):
            if bound is not None:
                end = self._cell(bound)
                text = f"{name}({held.text},{end.text})"
                held = self._made(text, of(held.value, end.value), gaps=held.gaps | end.gaps)
        return held

    # missing values

    def is_null(self) -> Cell:
        """Ask whether there is none."""
        missing = np.isnan(np.asarray(self.value, dtype=float))
        return self._made(self._absent() or "FALSE", missing)

    def is_not_null(self) -> Cell:
        """Ask whether there is one."""
        return ~self.is_null()

    def is_nan(self) -> Cell:
        """Ask whether a value that is present is no number: never, or there would be no score."""
        return self._made("FALSE", np.zeros(np.shape(self.value), dtype=bool))

    def fill_null(self, value: Any) -> Cell:
        """Put a value where there is none."""
        if not self.gaps:
            return self
        filler = self._cell(value)
        filled = np.where(np.isnan(self.value), filler.value, self.value)
        return self._made(f"IF({self._absent()},{filler.text},{self.text})", filled, gaps=filler.gaps)

    def replace(self, old: float, new: float) -> Cell:
        """Put one number in place of another."""
        return (self == old).choose(new, self)

    def fill_nan(self, value: Any) -> Cell:  # noqa: ARG002
        """Return the same: a value that is present is a number."""
        return self

    def choose(self, value: Any, otherwise: Any) -> Cell:
        """Choose between two, this being the condition."""
        yes, no = self._cell(value), self._cell(otherwise)
        if self.text in ("TRUE", "FALSE"):
            return yes if self.text == "TRUE" else no
        chosen = np.where(self.value, yes.value, no.value)
        chosen = chosen if chosen.ndim else chosen.item()
        every = yes.gaps | no.gaps
        if _absent_as(chosen, every, (yes, no)):
            text = f"IF({self.text},{yes.text},{no.text})"
            if open_gaps := self.gaps - every:
                text = f"IF({_any_empty(open_gaps)},{no.text},{text})"
            return self._made(text, chosen, gaps=every)
        text = f"IF({self.text},{yes.guarded()},{no.guarded()})"
        if self.gaps:
            text = f"IF({_any_empty(self.gaps)},{no.guarded()},{text})"
        return self._possibly_empty(text, chosen)

    def of_all(self, what: Literal["max", "min", "median"], others: Sequence[Any]) -> Cell:
        """Take the largest, the smallest or the median, of what is not empty."""
        cells = [self._cell(other) for other in others]
        cells = [self.sheets.spill(one) if one.gaps and not one.column else one for one in cells]
        kinds: dict[str, Callable[[Any], Any]]
        kinds = {"max": np.fmax.reduce, "min": np.fmin.reduce, "median": _median}
        value = kinds[what](np.broadcast_arrays(*(np.asarray(one.value, dtype=float) for one in cells)))
        value = value if np.ndim(value) else float(value)
        text = f"{what.upper()}({','.join(one.text for one in cells)})"
        if any(not one.gaps for one in cells):
            return self._made(text, value)
        return self._possibly_empty(f'IF(COUNT({",".join(one.text for one in cells)})=0,"",{text})', value)

    def guarded(self) -> str:
        """Return the text, which gives an empty one where there is no value."""
        absent = self._absent()
        return f'IF({absent},"",{self.text})' if absent else self.text

    # statistics

    def min(self) -> Cell:
        """Settle the smallest value."""
        return -self.opposite.max() if self.opposite is not None else self._statistic("min", "MIN({})", np.min)

    def max(self) -> Cell:
        """Settle the largest value."""
        return -self.opposite.min() if self.opposite is not None else self._statistic("max", "MAX({})", np.max)

    def mean(self) -> Cell:
        """Settle the mean."""
        return -self.opposite.mean() if self.opposite is not None else self._statistic("mean", "AVERAGE({})", np.mean)

    def sum(self) -> Cell:
        """Settle the sum."""
        return -self.opposite.sum() if self.opposite is not None else self._statistic("sum", "SUM({})", np.sum)

    def median(self) -> Cell:
        """Settle the median."""
        return (
            -self.opposite.median() if self.opposite is not None else self._statistic("median", "MEDIAN({})", np.median)
        )

    def std(self, ddof: int = 1) -> Cell:
        """Settle the standard deviation."""
        text = _by_divisor(ddof, "STDEV({})", "STDEVP({})")
        return self._statistic(f"sd (n - {ddof})" if ddof else "sd (n)", text, lambda x: np.std(x, ddof=ddof))

    def var(self, ddof: int = 1) -> Cell:
        """Settle the variance."""
        text = _by_divisor(ddof, "VAR({})", "VARP({})")
        return self._statistic(f"var (n - {ddof})" if ddof else "var (n)", text, lambda x: np.var(x, ddof=ddof))

    def count(self) -> Cell:
        """Settle the number of present values."""
        return self._statistic("count", "COUNT({})", len)

    def len(self) -> Cell:
        """Settle the number of rows."""
        if self.gaps:
            raise NotWritten("a number of rows of which some are empty")
        return self.count()

    def quantile(self, q: float, interpolation: str = "linear") -> Cell:
        """Settle a quantile."""
        if interpolation != "linear":
            raise NotWritten(f"a quantile that is {interpolation}")
        if self.opposite is not None:
            return -self.opposite.quantile(1 - q)
        return self._statistic(f"quantile {q:.15g}", f"PERCENTILE({{}},{q!r})", lambda x: np.quantile(x, q))

    def _statistic(self, kind: str, text: str, of: Callable[[Values], Any]) -> Cell:
        if not isinstance(self.value, np.ndarray):
            raise NotWritten("a statistic of a single number")
        one = self if self.opposite is None else self.opposite  # only those statistics ask that take it for the same
        whole = one if one.column else self.sheets.spill(one)
        assert whole.column is not None
        return self.sheets.statistic(whole.column, np.asarray(whole.value), kind, text, of)

    def rank(self, method: str = "average", *, descending: bool = False) -> Cell:
        """Rank, 1 for the lowest."""
        if method not in ("min", "max", "average"):
            raise NotWritten(f"ranks of equal values that are {method}")
        one = self if self.opposite is None else self.opposite
        whole = one if one.column else self.sheets.spill(one)
        assert whole.column is not None
        own, every = whole.column.here, whole.column.all
        up = descending is (self.opposite is not None)
        peers = self.sheets.peers()
        among = f'({every}<>"")' + (f"*{peers}" if peers else "")
        lower = (
            f"RANK({own},{every},{int(up)})"
            if not peers
            else (f"1+SUMPRODUCT({among}*({every}{'<' if up else '>'}{own}))")
        )
        equal = f"SUMPRODUCT({among}*({every}={own}))"
        text = {"min": lower, "max": f"{lower}+{equal}-1", "average": f"{lower}+({equal}-1)/2"}[method]
        value = _ranked(np.asarray(self.value), self.sheets.groups(), method, descending)
        return self._made(text, value, SUM, self.gaps)

    # else

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotWritten(f"{name}()")

    def _cell(self, value: Any) -> Cell:
        if isinstance(value, Cell):
            return value
        if isinstance(value, (bool, np.bool_)):
            return Cell(self.sheets, "TRUE" if value else "FALSE", bool(value))
        if isinstance(value, (int, float, np.integer, np.floating)):
            return number(self.sheets, float(value))
        raise NotWritten(f"a {type(value).__name__} in a formula")

    def _within(self, strength: int) -> str:
        return self.text if self.strength >= strength else f"({self.text})"

    def _function(self, name: str, of: Callable[[Any], Any]) -> Cell:
        with np.errstate(all="ignore"):
            return self._made(f"{name}({self.text})", of(self.value), gaps=self.gaps)

    def _joined(self, sign: str, left: Any, right: Any, strength: int, of: Callable[[Any, Any], Any]) -> Cell:
        first, second = self._cell(left), self._cell(right)
        alike = sign in "+*" or strength == COMPARISON  # a sum of sums needs no parentheses
        ends = strength + (strength in (POWER, COMPARISON)), strength + (not alike or strength == COMPARISON)
        second_text = second._within(ATOM if second.text.startswith("-") else ends[1])
        with np.errstate(all="ignore"):
            value = of(first.value, second.value)
        return self._made(f"{first._within(ends[0])}{sign}{second_text}", value, strength, first.gaps | second.gaps)

    def _made(self, text: str, value: Any, strength: int = ATOM, gaps: frozenset[str] = frozenset()) -> Cell:
        value = value if isinstance(value, np.ndarray) and value.ndim else np.asarray(value).item()
        made = Cell(self.sheets, text, value, strength, gaps)
        numbers = isinstance(value, np.ndarray) and value.dtype != bool
        return self.sheets.spill(made) if numbers and len(text) > LONGEST else made

    def _possibly_empty(self, text: str, value: Any) -> Cell:
        made = self._made(text, value)
        return self.sheets.spill(made) if np.isnan(np.asarray(made.value, dtype=float)).any() else made

    def _absent(self) -> str:
        return _any_empty(self.gaps) if self.gaps else ""


def number(sheets: Sheets, value: float) -> Cell:
    """Write a number.

    >>> [number(None, x).text for x in (2.0, -0.5, 1e-12)]
    ['2', '-0.5', '1E-12']
    """
    if math.isinf(value):
        raise NotWritten("an infinite number")
    if math.isnan(value):
        return Cell(sheets, "NA()", value)
    text = repr(value).upper().removesuffix(".0")
    return Cell(sheets, text, value, SUM if value < 0 else ATOM)


def _is(value: object, number: int) -> bool:
    return isinstance(value, (int, float)) and value == number


def _any_empty(cells: frozenset[str]) -> str:
    tests = [f'{cell}=""' for cell in sorted(cells)]
    return tests[0] if len(tests) == 1 else call("OR", tests)


def _absent_as(value: Values | float, gaps: frozenset[str], parts: tuple[Cell, Cell]) -> bool:
    """Say whether a choice has no value just where one of these cells is empty."""
    if not gaps:
        return True
    missing = np.isnan(np.asarray(value, dtype=float))
    expected = np.zeros(np.shape(value), dtype=bool)
    for part in parts:
        if part.gaps:
            expected = expected | np.isnan(np.asarray(part.value, dtype=float))
    return bool(np.array_equal(missing, expected))


def _by_divisor(ddof: int, sample: str, population: str) -> str:
    if ddof not in (0, 1):
        raise NotWritten(f"a divisor of n - {ddof}")
    return sample if ddof else population


def _median(values: Sequence[Values]) -> Any:
    stacked = np.stack(values)
    found = np.full(stacked.shape[1:], np.nan)
    some = ~np.isnan(stacked).all(axis=0)
    found[some] = np.nanmedian(stacked[:, some], axis=0)
    return found


def _ranked(values: Values, groups: Sequence[Values], method: str, descending: bool) -> Values:
    import polars as pl

    found = np.full(len(values), np.nan)
    for rows in groups:
        here = pl.Series(values[rows]).fill_nan(None)
        found[rows] = here.rank(method, descending=descending).cast(pl.Float64).to_numpy()  # type: ignore[arg-type]
    return found
