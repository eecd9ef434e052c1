"""Formulas of cells, with their arithmetic.

Cells: parts of a spreadsheet formula, each with the numbers that the part computes.

`to_cells` walks the tree of a formula and applies its operations to cells. Each operation returns a new cell with text
and numbers. The workbook shows the numbers until a spreadsheet computes the formulas. The numbers must equal the scores
of the engine; else the workbook has values in place of the formula.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

import numpy as np
import polars as pl

from indicia.errors import with_article
from indicia.formulas.normal import quantiles
from indicia_workbook.text import ATOM, COMPARISON, LONGEST, POWER, PRODUCT, SUM, Column, NoFormula, call

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


class Sheets(Protocol):
    """The sheets to which cells add columns and statistics."""

    @property
    def rows(self) -> int:
        """The number of units (and periods)."""

    def spill(self, cell: Cell) -> Cell:
        """Write a cell as a new column, and return a reference to the column."""

    def column_of(self, cell: Cell) -> Column:
        """Return the column of a cell; a cell without a column is written as a new column."""

    def statistic(
        self, column: Column, values: Values, kind: str, text: str, function: Callable[[Values], float]
    ) -> Cell:
        """Return the cell of a statistic of a column; `text` is its formula with `{}` in place of the range."""

    def beside(self, cells: Sequence[Cell]) -> str:
        """Return a range of adjacent columns that holds these cells."""

    def peers(self) -> str | None:
        """Return the condition that a row is in the same group; None if all rows are in one group."""

    def groups(self) -> Sequence[Values]:
        """Return the row numbers of each group."""


@dataclass(frozen=True, eq=False)
class Cell(Arithmetic):
    """A part of a formula as text, and its numbers; NaN for an empty cell."""

    sheets: Sheets
    text: str
    value: Values | float
    strength: int = ATOM
    gaps: frozenset[str] = frozenset()
    """The references whose empty cells make this cell empty."""
    column: Column | None = None
    """The column, if the text is a reference to a column."""
    opposite: Cell | None = None
    """The cell x, if this cell is -x."""

    def __neg__(self) -> Cell:
        if self.opposite is not None:
            return self.opposite
        return Cell(self.sheets, f"-{self._operand(ATOM)}", -self.value, SUM, self.gaps, opposite=self)

    # rounding and bounds

    def round(self, decimals: int) -> Cell:
        """Round to a number of decimals."""
        return self._make(f"ROUND({self.text},{decimals})", np.round(self.value, decimals), gaps=self.gaps)

    def clip(self, lower_bound: Any = None, upper_bound: Any = None) -> Cell:
        """Limit values to bounds."""
        clipped = self
        for bound, name, function in ((lower_bound, "MAX", np.maximum), (upper_bound, "MIN", np.minimum)):
            if bound is not None:
                end = self._cell(bound)
                text = f"{name}({clipped.text},{end.text})"
                clipped = self._make(text, function(clipped.value, end.value), gaps=clipped.gaps | end.gaps)
        return clipped

    # missing values

    def is_null(self) -> Cell:
        """Test for a missing value."""
        missing = np.isnan(np.asarray(self.value, dtype=float))
        return self._make(self._gap_test() or "FALSE", missing)

    def is_not_null(self) -> Cell:
        """Test for a value that is present."""
        return ~self.is_null()

    def is_nan(self) -> Cell:
        """Return FALSE: the engine has no NaN among its scores."""
        return self._make("FALSE", np.zeros(np.shape(self.value), dtype=bool))

    def fill_null(self, value: Any) -> Cell:
        """Replace missing values."""
        if not self.gaps:
            return self
        filler = self._cell(value)
        filled = np.where(np.isnan(self.value), filler.value, self.value)
        return self._make(f"IF({self._gap_test()},{filler.text},{self.text})", filled, gaps=filler.gaps)

    def replace(self, old: float, new: float) -> Cell:
        """Replace a number by another."""
        return (self == old).choose(new, self)

    def fill_nan(self, value: Any) -> Cell:
        """Return this cell, as present values are numbers."""
        return self

    def choose(self, value: Any, otherwise: Any) -> Cell:
        """Return the value where this condition is true, and the other value elsewhere."""
        yes, no = self._cell(value), self._cell(otherwise)
        if self.text in ("TRUE", "FALSE"):
            return yes if self.text == "TRUE" else no
        chosen = np.where(self.value, yes.value, no.value)
        chosen = chosen if chosen.ndim else chosen.item()
        gaps = yes.gaps | no.gaps
        if _missing_with_cells(chosen, gaps, (yes, no)):
            text = f"IF({self.text},{yes.text},{no.text})"
            if open_gaps := self.gaps - gaps:
                text = f"IF({_any_empty(open_gaps)},{no.text},{text})"
            return self._make(text, chosen, gaps=gaps)
        text = f"IF({self.text},{yes.guarded()},{no.guarded()})"
        if self.gaps:
            text = f"IF({_any_empty(self.gaps)},{no.guarded()},{text})"
        return self._spilled_if_empty(text, chosen)

    def row_statistic(self, kind: Literal["max", "min", "median"], others: Sequence[Any]) -> Cell:
        """Return the largest, the smallest or the median of the cells that are not empty."""
        cells = [self._cell(other) for other in others]
        cells = [self.sheets.spill(cell) if cell.gaps and not cell.column else cell for cell in cells]
        kinds: dict[str, Callable[[Any], Any]]
        kinds = {"max": np.fmax.reduce, "min": np.fmin.reduce, "median": _median}
        value = kinds[kind](np.broadcast_arrays(*(np.asarray(cell.value, dtype=float) for cell in cells)))
        value = value if np.ndim(value) else float(value)
        arguments = ",".join(cell.text for cell in cells)
        text = f"{kind.upper()}({arguments})"
        if any(not cell.gaps for cell in cells):
            return self._make(text, value)
        return self._spilled_if_empty(f'IF(COUNT({arguments})=0,"",{text})', value)

    def in_order(self, others: Sequence[Any]) -> list[Cell]:
        """Return the cells by size, the largest first; empty cells come last."""
        cells = [self._cell(other) for other in others]
        numbers = np.column_stack(np.broadcast_arrays(*(np.asarray(cell.value, dtype=float) for cell in cells)))
        ordered = -np.sort(-numbers, axis=1)  # NaN comes last
        cells_beside = self.sheets.beside(cells)
        if not np.isnan(numbers).any():
            return [
                self._make(f"LARGE({cells_beside},{place})", column) for place, column in enumerate(ordered.T, start=1)
            ]
        return [
            self._spilled_if_empty(f'IF(COUNT({cells_beside})<{place},"",LARGE({cells_beside},{place}))', column)
            for place, column in enumerate(ordered.T, start=1)
        ]

    def normal_quantile(self) -> Cell:
        """Return the quantile of the standard normal distribution at the probability 0.5 + this value."""
        with np.errstate(all="ignore"):
            value = quantiles(np.asarray(self.value))
        return self._make(f"NORMSINV(0.5+{self._operand(PRODUCT)})", value, gaps=self.gaps)

    def guarded(self) -> str:
        """Return the text as a formula whose result is an empty text where the value is missing."""
        absent = self._gap_test()
        return f'IF({absent},"",{self.text})' if absent else self.text

    # statistics

    def min(self) -> Cell:
        """Return the smallest value."""
        return -self.opposite.max() if self.opposite is not None else self._statistic("min", "MIN({})", np.min)

    def max(self) -> Cell:
        """Return the largest value."""
        return -self.opposite.min() if self.opposite is not None else self._statistic("max", "MAX({})", np.max)

    def mean(self) -> Cell:
        """Return the mean."""
        return -self.opposite.mean() if self.opposite is not None else self._statistic("mean", "AVERAGE({})", np.mean)

    def sum(self) -> Cell:
        """Return the sum."""
        return -self.opposite.sum() if self.opposite is not None else self._statistic("sum", "SUM({})", np.sum)

    def median(self) -> Cell:
        """Return the median."""
        return (
            -self.opposite.median() if self.opposite is not None else self._statistic("median", "MEDIAN({})", np.median)
        )

    def std(self, ddof: int = 1) -> Cell:
        """Return the standard deviation."""
        text = _by_divisor(ddof, "STDEV({})", "STDEVP({})")
        return self._statistic(f"sd (n - {ddof})" if ddof else "sd (n)", text, lambda x: np.std(x, ddof=ddof))

    def var(self, ddof: int = 1) -> Cell:
        """Return the variance."""
        text = _by_divisor(ddof, "VAR({})", "VARP({})")
        return self._statistic(f"var (n - {ddof})" if ddof else "var (n)", text, lambda x: np.var(x, ddof=ddof))

    def count(self) -> Cell:
        """Return the number of present values."""
        return self._statistic("count", "COUNT({})", len)

    def len(self) -> Cell:
        """Return the number of rows."""
        if not self.gaps:
            return self.count()
        if self.sheets.peers():
            raise NoFormula("the number of rows of a group, with missing values")
        return self._make(f"ROWS({self.sheets.column_of(self).all})", float(self.sheets.rows))

    def quantile(self, q: float, interpolation: str = "linear") -> Cell:
        """Return a quantile."""
        if interpolation != "linear":
            raise NoFormula(f'a quantile with the interpolation "{interpolation}"')
        if self.opposite is not None:
            return -self.opposite.quantile(1 - q)
        return self._statistic(f"quantile {q:.15g}", f"PERCENTILE({{}},{q!r})", lambda x: np.quantile(x, q))

    def _statistic(self, kind: str, text: str, function: Callable[[Values], Any]) -> Cell:
        if not isinstance(self.value, np.ndarray):
            raise NoFormula("a statistic of a single number")
        source = self if self.opposite is None else self.opposite  # these statistics ignore the sign
        values = np.asarray(source.value, dtype=float)
        return self.sheets.statistic(self.sheets.column_of(source), values, kind, text, function)

    def rank(self, method: str = "average", *, descending: bool = False) -> Cell:
        """Return ranks; the lowest value has rank 1, or with `descending` the highest."""
        if method not in ("min", "max", "average"):
            raise NoFormula(f'the ranks "{method}" of equal values')
        column = self.sheets.column_of(self if self.opposite is None else self.opposite)
        value, column_range = column.here, column.all
        ascending = descending is (self.opposite is not None)
        peers = self.sheets.peers()
        in_group = f'({column_range}<>"")' + (f"*{peers}" if peers else "")
        lower = (
            f"RANK({value},{column_range},{int(ascending)})"
            if not peers
            else (f"1+SUMPRODUCT({in_group}*({column_range}{'<' if ascending else '>'}{value}))")
        )
        equal = f"SUMPRODUCT({in_group}*({column_range}={value}))"
        text = {"min": lower, "max": f"{lower}+{equal}-1", "average": f"{lower}+({equal}-1)/2"}[method]
        ranks = _ranks(np.asarray(self.value), self.sheets.groups(), method, descending)
        return self._make(text, ranks, SUM, self.gaps)

    # other methods

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoFormula(f"{name}()")

    def _cell(self, value: Any) -> Cell:
        return literal_cell(self.sheets, value)

    def _make(self, text: str, value: Any, strength: int = ATOM, gaps: frozenset[str] = frozenset()) -> Cell:
        value = value if isinstance(value, np.ndarray) and value.ndim else np.asarray(value).item()
        cell = Cell(self.sheets, text, value, strength, gaps)
        numbers = isinstance(value, np.ndarray) and value.dtype != bool
        return self.sheets.spill(cell) if numbers and len(text) > LONGEST else cell

    def _spilled_if_empty(self, text: str, value: Any) -> Cell:
        cell = self._make(text, value)
        return self.sheets.spill(cell) if np.isnan(np.asarray(cell.value, dtype=float)).any() else cell

    def _gap_test(self) -> str:
        return _any_empty(self.gaps) if self.gaps else ""


def literal_cell(sheets: Sheets, value: Any) -> Cell:
    """Return a cell for a number or a truth value; a cell is returned unchanged."""
    if isinstance(value, Cell):
        return value
    if isinstance(value, (bool, np.bool_)):
        return Cell(sheets, "TRUE" if value else "FALSE", bool(value))
    if isinstance(value, (int, float, np.integer, np.floating)):
        return number(sheets, float(value))
    raise NoFormula(f"{with_article(type(value).__name__)} in a formula")


def number(sheets: Sheets, value: float) -> Cell:
    """Return the cell of a number.

    >>> [number(None, x).text for x in (2.0, -0.5, 1e-12)]
    ['2', '-0.5', '1E-12']
    """
    if math.isinf(value):
        raise NoFormula("an infinite number")
    if math.isnan(value):
        return Cell(sheets, "NA()", value)
    text = repr(value).upper().removesuffix(".0")
    return Cell(sheets, text, value, SUM if value < 0 else ATOM)


def _any_empty(cells: frozenset[str]) -> str:
    tests = [f'{cell}=""' for cell in sorted(cells)]
    return tests[0] if len(tests) == 1 else call("OR", tests)


def _missing_with_cells(value: Values | float, gaps: frozenset[str], cells: tuple[Cell, Cell]) -> bool:
    """Return whether the values are missing exactly where one of the cells is empty."""
    if not gaps:
        return True
    missing = np.isnan(np.asarray(value, dtype=float))
    expected = np.zeros(np.shape(value), dtype=bool)
    for cell in cells:
        if cell.gaps:
            expected = expected | np.isnan(np.asarray(cell.value, dtype=float))
    return bool(np.array_equal(missing, expected))


def _by_divisor(ddof: int, sample: str, population: str) -> str:
    if ddof not in (0, 1):
        raise NoFormula(f"a divisor of n - {ddof}")
    return sample if ddof else population


def _median(values: Sequence[Values]) -> Any:
    stacked = np.stack(values)
    medians = np.full(stacked.shape[1:], np.nan)
    present = ~np.isnan(stacked).all(axis=0)
    medians[present] = np.nanmedian(stacked[:, present], axis=0)
    return medians


def _ranks(values: Values, groups: Sequence[Values], method: str, descending: bool) -> Values:
    ranks = np.full(len(values), np.nan)
    for rows in groups:
        group_values = pl.Series(values[rows]).fill_nan(None)
        ranks[rows] = group_values.rank(method, descending=descending).cast(pl.Float64).to_numpy()  # type: ignore[arg-type]
    return ranks
