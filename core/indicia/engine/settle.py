"""Run formulas over x and s: note the statistics they ask for, settle them in one pass, put their values in.

Frames are asked eagerly: a lazy query cuts its result into as many chunks as there are threads, sums follow the
chunks, and the last digit would depend on the machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

import polars as pl

from indicia.methods import Statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


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


class Ask(Protocol):
    """How a formula gets the statistics of an x; the subject names it, once per formula."""

    def __call__(self, subject: str, x: pl.Expr, known: Known = ...) -> Statistics:
        """Return `s` for this x."""


_ONE = "\0one"
"""A column of ones: a settled value times it is a column, since polars divides by a plain number inexactly."""

Formula: TypeAlias = "Callable[[Ask], pl.Expr]"


class _Stated(Statistics):
    """Statistics that know what the index file fixes, and leave the rest to their kind."""

    def __init__(self, x: pl.Expr, subject: str, known: Known) -> None:
        super().__init__(x)
        self._subject = subject
        self._known = known
        self._unnamed = 0

    def _settle(self, name: str | None, aggregate: pl.Expr) -> pl.Expr:
        fixed = {"min": self._known.min, "max": self._known.max}.get(name or "")
        if fixed is not None:
            return pl.lit(fixed)
        if name is None:
            self._unnamed += 1
        return self._value(f"{self._subject}\0{name or self._unnamed}", aggregate)

    def _value(self, key: str, aggregate: pl.Expr) -> pl.Expr:
        """Return the aggregate itself: one expression that holds all its passes."""
        del key
        return aggregate

    @property
    def target(self) -> pl.Expr:
        if self._known.target is None:
            raise ValueError(f"{self._subject} has no target: write target = … in the index file")
        return pl.lit(self._known.target)


class _Noting(_Stated):
    """First run: notes each aggregate and hands it on."""

    def __init__(self, x: pl.Expr, subject: str, known: Known, noted: dict[str, pl.Expr]) -> None:
        super().__init__(x, subject, known)
        self._noted = noted

    def _value(self, key: str, aggregate: pl.Expr) -> pl.Expr:
        self._noted.setdefault(key, aggregate)
        return aggregate


class _Settled(_Stated):
    """Second run: hands out what was settled."""

    def __init__(self, x: pl.Expr, subject: str, known: Known, settled: Mapping[str, pl.Expr]) -> None:
        super().__init__(x, subject, known)
        self._settled = settled

    def _value(self, key: str, aggregate: pl.Expr) -> pl.Expr:
        del aggregate
        return self._settled[key]


@dataclass(frozen=True)
class Evaluated:
    """Values of formulas, and the statistics that went into them."""

    values: pl.DataFrame
    statistics: pl.DataFrame = field(default_factory=pl.DataFrame)
    """One row, or one per key; columns `subject\\0statistic`."""


def evaluate(frame: pl.DataFrame, formulas: Mapping[str, Formula], key: Sequence[str] = ()) -> Evaluated:
    """Compute one column per formula, row by row, with statistics taken within each key.

    >>> frame = pl.DataFrame({"x": [1.0, 2.0, 5.0]})
    >>> def share(ask):
    ...     x = pl.col("x")
    ...     return x / ask("x", x).sum
    >>> evaluate(frame, {"share": share}).values["share"].to_list()
    [0.125, 0.25, 0.625]
    """
    noted: dict[str, pl.Expr] = {}
    for formula in formulas.values():
        formula(lambda subject, x, known=Known(): _Noting(x, subject, known, noted))
    settled: dict[str, pl.Expr] = {}
    statistics = pl.DataFrame()
    if noted:
        aggregates = [aggregate.alias(name) for name, aggregate in noted.items()]
        if key:
            statistics = frame.group_by(key).agg(aggregates).sort(key)
            frame = frame.join(statistics, on=list(key), how="left", nulls_equal=True, maintain_order="left").rechunk()
            settled = {name: pl.col(name) for name in noted}
        else:
            statistics = frame.select(aggregates)
            frame = frame.with_columns(pl.repeat(1.0, frame.height, eager=True).alias(_ONE))
            settled = {name: pl.col(_ONE) * value for name, value in statistics.row(0, named=True).items()}
    columns = [
        formula(lambda subject, x, known=Known(): _Settled(x, subject, known, settled)).alias(name)
        for name, formula in formulas.items()
    ]
    return Evaluated(frame.with_columns(columns).select(list(formulas)), statistics)


def summarise(frame: pl.DataFrame, formulas: Mapping[str, Formula]) -> dict[str, float | None]:
    """Compute one number per formula, each an aggregate, all in one pass.

    >>> frame = pl.DataFrame({"x": [1.0, 2.0, 5.0]})
    >>> summarise(frame, {"spread": lambda ask: ask("x", pl.col("x")).max - ask("x", pl.col("x")).min})
    {'spread': 4.0}
    """
    aggregates = [
        formula(lambda subject, x, known=Known(): _Stated(x, subject, known)).alias(name)
        for name, formula in formulas.items()
    ]
    return frame.select(aggregates).row(0, named=True)
