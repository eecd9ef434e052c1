"""Cells: pieces of a formula as a spreadsheet writes them, with their numbers.

`to_cells` walks the tree of a formula and applies its operations to cells. Each operation makes a new cell, with its
text and with the numbers that the text stands for. The workbook shows these numbers until a spreadsheet computes anew,
and they tell whether the text gives the numbers of the engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import polars as pl

from indicia.errors import with_article
from indicia.export.arithmetic import Arithmetic
from indicia.export.text import ATOM, LONGEST, PRODUCT, SUM, Column, NotWritten, call
from indicia.formulas.normal import quantiles

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

    def column_of(self, cell: Cell) -> Column:
        """Return the column of a cell; it gets one where it has none."""

    def statistic(self, column: Column, values: Values, kind: str, text: str, of: Callable[[Values], float]) -> Cell:
        """Give a statistic of a column a cell; in `text` the range is `{}`."""

    def beside(self, cells: Sequence[Cell]) -> str:
        """Return the range in which cells stand beside each other."""

    def peers(self) -> str | None:
        """Return the condition for the rows that are compared with this one, None for all rows."""

    def groups(self) -> Sequence[Values]:
        """Return the rows that are compared with each other, as indices."""


@dataclass(frozen=True, eq=False)
class Cell(Arithmetic):
    """A text and the numbers that it stands for; NaN where there is none."""

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

    def __neg__(self) -> Cell:
        if self.opposite is not None:
            return self.opposite
        return Cell(self.sheets, f"-{self._within(ATOM)}", -self.value, SUM, self.gaps, opposite=self)

    # rounding and bounds

    def round(self, decimals: int) -> Cell:
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

    def in_order(self, others: Sequence[Any]) -> list[Cell]:
        """Sort by size, the largest first; a place beyond what is not empty is empty."""
        cells = [self._cell(other) for other in others]
        numbers = np.column_stack(np.broadcast_arrays(*(np.asarray(one.value, dtype=float) for one in cells)))
        ordered = -np.sort(-numbers, axis=1)  # what is missing comes last
        among = self.sheets.beside(cells)
        if not np.isnan(numbers).any():
            return [self._made(f"LARGE({among},{at})", column) for at, column in enumerate(ordered.T, start=1)]
        return [
            self._possibly_empty(f'IF(COUNT({among})<{at},"",LARGE({among},{at}))', column)
            for at, column in enumerate(ordered.T, start=1)
        ]

    def normal_quantile(self) -> Cell:
        """Take the quantile of the standard normal distribution at a probability of this beyond one half."""
        with np.errstate(all="ignore"):
            value = quantiles(np.asarray(self.value))
        return self._made(f"NORMSINV(0.5+{self._within(PRODUCT)})", value, gaps=self.gaps)

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
        if not self.gaps:
            return self.count()
        if self.sheets.peers():
            raise NotWritten("a number of rows of which some are empty")
        return self._made(f"ROWS({self.sheets.column_of(self).all})", float(self.sheets.rows))

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
        return self.sheets.statistic(self.sheets.column_of(one), np.asarray(one.value, dtype=float), kind, text, of)

    def rank(self, method: str = "average", *, descending: bool = False) -> Cell:
        """Rank, 1 for the lowest."""
        if method not in ("min", "max", "average"):
            raise NotWritten(f"ranks of equal values that are {method}")
        one = self if self.opposite is None else self.opposite
        column = self.sheets.column_of(one)
        own, every = column.here, column.all
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
        return literal_cell(self.sheets, value)

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


def literal_cell(sheets: Sheets, value: Any) -> Cell:
    """Return a number or a truth value of a formula as a cell, and a cell as it is."""
    if isinstance(value, Cell):
        return value
    if isinstance(value, (bool, np.bool_)):
        return Cell(sheets, "TRUE" if value else "FALSE", bool(value))
    if isinstance(value, (int, float, np.integer, np.floating)):
        return number(sheets, float(value))
    raise NotWritten(f"{with_article(type(value).__name__)} in a formula")


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
    found = np.full(len(values), np.nan)
    for rows in groups:
        here = pl.Series(values[rows]).fill_nan(None)
        found[rows] = here.rank(method, descending=descending).cast(pl.Float64).to_numpy()  # type: ignore[arg-type]
    return found
