"""Run formulas over x and s: note the statistics they ask for, settle them in one pass, put their values in.

A statistic of a statistic (the largest of the sums that VIKOR compares) takes one more round: whatever does not rest
on an open question is settled together, until nothing is open.

Frames are asked eagerly: a lazy query cuts its result into as many chunks as there are threads, sums follow the
chunks, and the last digit would depend on the machine.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from indicia.methods import Statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_ONE = "\0one"
"""A column of ones: a settled value times it is a column, since polars divides by a plain number inexactly."""

UNIT = "\0unit"
"""The column that names the units, where formulas may ask for one of them."""

_SLICE = 131_072


@dataclass(frozen=True)
class Known:
    """Statistics that the index file fixes, on the scale that the formula sees."""

    min: float | None = None
    max: float | None = None
    target: float | None = None

    def mirrored(self) -> Known:
        """Return what is known of -x."""

        def negated(value: float | None) -> float | None:
            return None if value is None else -value

        return Known(negated(self.max), negated(self.min), negated(self.target))


class Ask:
    """How a formula gets statistics and columns of its own; the subject names each, once per formula."""

    def __init__(self, settled: Mapping[str, pl.Expr], constant: Callable[[float], pl.Expr]) -> None:
        self.aggregates: dict[str, pl.Expr] = {}
        self.columns: dict[str, pl.Expr] = {}
        self._settled = settled
        self._constant = constant

    def __call__(self, subject: str, x: pl.Expr, known: Known | None = None) -> Statistics:
        """Return `s` for this x."""
        return _Asked(self, subject, x, known or Known())

    def hold(self, subject: str, expression: pl.Expr) -> pl.Expr:
        """Return a column that is computed once, however often it is used."""
        return self._note(self.columns, f"{subject}\0", expression)

    def aggregate(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Return an aggregate, or note it as an open question."""
        return self._note(self.aggregates, name, aggregate)

    def fixed(self, value: float) -> pl.Expr:
        """Return a value that nothing need be asked for."""
        return self._constant(value)

    def _note(self, noted: dict[str, pl.Expr], name: str, expression: pl.Expr) -> pl.Expr:
        if name in self._settled:
            return self._settled[name]
        noted.setdefault(name, expression)
        return pl.col(name)


Formula: TypeAlias = "Callable[[Ask], pl.Expr]"


class _Asked(Statistics):
    def __init__(self, ask: Ask, subject: str, x: pl.Expr, known: Known) -> None:
        super().__init__(x)
        self._ask = ask
        self._subject = subject
        self._known = known
        self._unnamed = 0

    def _settle(self, name: str | None, aggregate: pl.Expr) -> pl.Expr:
        fixed = {"min": self._known.min, "max": self._known.max}.get(name or "")
        if fixed is not None:
            return self._ask.fixed(fixed)
        if name is None:
            self._unnamed += 1
        return self._ask.aggregate(f"{self._subject}\0{name or self._unnamed}", aggregate)

    def of_unit(self, name: str) -> pl.Expr:
        return self._settle(f"of {name}", self._x.filter(pl.col(UNIT) == name).first())

    @property
    def target(self) -> pl.Expr:
        if self._known.target is None:
            raise ValueError(f"{self._subject} has no target: write target = … in the index file")
        return self._ask.fixed(self._known.target)


def evaluate(frame: pl.DataFrame, formulas: Mapping[str, Formula], key: Sequence[str] = ()) -> pl.DataFrame:
    """Compute one column per formula, row by row, with statistics taken within each key.

    >>> frame = pl.DataFrame({"x": [1.0, 2.0, 5.0]})
    >>> def share(ask):
    ...     x = pl.col("x")
    ...     return x / ask("x", x).sum
    >>> evaluate(frame, {"share": share})["share"].to_list()
    [0.125, 0.25, 0.625]
    """
    frame = frame.with_columns(pl.repeat(1.0, frame.height, eager=True).alias(_ONE))
    frame, columns = _settled(frame, formulas, key, lambda value: pl.col(_ONE) * value)
    return _row_by_row(frame, columns) if len(columns) < pl.thread_pool_size() else frame.select(columns)


def _row_by_row(frame: pl.DataFrame, columns: Sequence[pl.Expr]) -> pl.DataFrame:
    """Compute a few columns, slice by slice where there are many rows, so that one column uses all threads too."""
    if len(frame) <= _SLICE:
        return frame.select(columns)
    with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
        slices: list[pl.DataFrame] = list(threads.map(lambda rows: rows.select(columns), frame.iter_slices(_SLICE)))
    return pl.concat(slices, rechunk=True)


def summarise(frame: pl.DataFrame, formulas: Mapping[str, Formula]) -> dict[str, float | None]:
    """Compute one number per formula, each made of statistics.

    >>> frame = pl.DataFrame({"x": [1.0, 2.0, 5.0]})
    >>> summarise(frame, {"spread": lambda ask: ask("x", pl.col("x")).max - ask("x", pl.col("x")).min})
    {'spread': 4.0}
    """
    frame, numbers = _settled(frame, formulas, (), pl.lit)
    return frame.select(numbers).row(0, named=True)


def _settled(
    frame: pl.DataFrame,
    formulas: Mapping[str, Formula],
    key: Sequence[str],
    constant: Callable[[float | None], pl.Expr],
) -> tuple[pl.DataFrame, list[pl.Expr]]:
    """Return the frame with what formulas hold, and the formulas with all values in."""
    settled: dict[str, pl.Expr] = {}
    while True:
        ask = Ask(settled, constant)
        expressions = [formula(ask).alias(name) for name, formula in formulas.items()]
        open_questions = ask.aggregates.keys() | ask.columns.keys()
        if not open_questions:
            return frame, expressions
        aggregates, columns = (
            [noted.alias(name) for name, noted in group.items() if open_questions.isdisjoint(noted.meta.root_names())]
            for group in (ask.aggregates, ask.columns)
        )
        if not (aggregates or columns):
            raise ValueError("the statistics of a formula rest on each other")
        if columns:
            frame = frame.hstack(_row_by_row(frame, columns))
        settled |= {name: pl.col(name) for name in ask.columns if name in frame.columns}
        if aggregates and key:
            found = frame.group_by(key).agg(aggregates)
            frame = frame.join(found, on=list(key), how="left", nulls_equal=True, maintain_order="left").rechunk()
            settled |= {name: pl.col(name) for name in found.columns}
        elif aggregates:
            found = frame.select(aggregates)
            settled |= {name: constant(value) for name, value in found.row(0, named=True).items()}
