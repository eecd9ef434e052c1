"""How a formula asks: `s` notes the statistics, columns and values of others that it wants, until these are settled."""

from __future__ import annotations

from dataclasses import dataclass
from sys import float_info
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from indicia.methods import Statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.engine.parents import Parents
    from indicia.methods import Array

UNIT = "\0unit"
"""The column that names the units, where formulas may ask for one of them."""

PERIOD = "\0period"
"""The column of periods, as text, where formulas may ask for one of them."""

PARENT = "\0parent"
"""The column that names the unit that each unit belongs to, where formulas may ask for it."""

DRAW = "\0draw"
"""The column that tells the draws of an ensemble apart."""


@dataclass(frozen=True)
class Known:
    """Statistics that the index file fixes, on the scale that the formula sees: numbers, or columns that hold them."""

    min: float | pl.Expr | None = None
    max: float | pl.Expr | None = None
    target: float | pl.Expr | None = None

    def mirrored(self) -> Known:
        """Return what is known of -x."""

        def negated(value: float | pl.Expr | None) -> float | pl.Expr | None:
            return None if value is None else -value

        return Known(negated(self.max), negated(self.min), negated(self.target))


class Ask:
    """How a formula gets statistics and columns of its own; the subject names each, once per formula."""

    def __init__(
        self, settled: Mapping[str, pl.Expr], constant: Callable[[float], pl.Expr], parents: Parents | None = None
    ) -> None:
        self.aggregates: dict[str, pl.Expr] = {}
        self.scaled: dict[str, pl.Expr] = {}
        """The same aggregates, of values scaled to about 1: for those whose squares are too large or too small."""
        self.columns: dict[str, pl.Expr] = {}
        self.of_units: dict[str, pl.Expr] = {}
        self.of_parents: dict[str, pl.Expr] = {}
        self._parents = parents
        self._settled = settled
        self._constant = constant

    def __call__(self, subject: str, x: pl.Expr, known: Known | None = None) -> Statistics:
        """Return `s` for this x."""
        return _Asked(self, subject, x, known or Known())

    def hold(self, subject: str, expression: pl.Expr) -> pl.Expr:
        """Return a column that is computed once, however often it is used."""
        return self._note(self.columns, f"{subject}\0", expression)

    def of_unit(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Return an aggregate of the rows of each unit, or note it as an open question."""
        return self._note(self.of_units, name, aggregate)

    def of_parent(self, subject: str, x: pl.Expr) -> pl.Expr:
        """Return what the parent of each row's unit has, or note it as an open question."""
        if self._parents is None:
            raise ValueError("the value of the parent is for imputations that name their `parents`")
        return self._note(self.of_parents, f"{subject}\0{self._parents.word}", x)

    def aggregate(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Return an aggregate, or note it as an open question."""
        return self._note(self.aggregates, name, aggregate)

    def fixed(self, value: float | pl.Expr) -> pl.Expr:
        """Return a value that nothing need be asked for."""
        return value if isinstance(value, pl.Expr) else self._constant(value)

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

    def _squares(self, name: str, aggregate: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
        # a power of two scales without rounding
        unit = 2.0 ** self._x.abs().max().clip(lower_bound=float_info.min).log(2).floor()
        self._ask.scaled[f"{self._subject}\0{name}"] = aggregate(self._x / unit) * unit
        return super()._squares(name, aggregate)

    def learned(self, function: Callable[[Array], Sequence[float]], size: int) -> tuple[pl.Expr, ...]:
        def numbers(x: pl.Series) -> pl.Series:
            present = x.drop_nulls().to_numpy()
            if not present.size:  # nothing is learned of nothing: missing, as the mean of no values is
                return pl.Series([[None] * size], dtype=pl.Array(pl.Float64, size))
            return pl.Series([list(map(float, function(present)))], dtype=pl.Array(pl.Float64, size))

        aggregate = self._x.map_batches(numbers, return_dtype=pl.Array(pl.Float64, size), returns_scalar=True)
        settled = self._settle(None, aggregate)
        return tuple(settled.arr.get(number) for number in range(size))

    def of_unit(self, name: str) -> pl.Expr:
        return self._settle(f"of {name}", self._x.filter(pl.col(UNIT) == name).first())

    def of_period(self, name: str) -> pl.Expr:
        own = self._x.filter(pl.col(PERIOD) == name).first()
        return self._ask.of_unit(f"{self._subject}\0at {name}", own)

    @property
    def parent(self) -> pl.Expr:
        return self._ask.of_parent(self._subject, self._x)

    @property
    def target(self) -> pl.Expr:
        if self._known.target is None:
            raise ValueError(f"{self._subject} has no target: write target = … in the index file")
        return self._ask.fixed(self._known.target)
