"""Run formulas over x and s: note the statistics they ask for, settle them in one pass, put their values in.

A statistic of a statistic (the largest of the sums that VIKOR compares) takes one more round: whatever does not rest
on an open question is settled together, until nothing is open.

What was settled can be kept, and put into the same formulas for other rows: that is a fitted index.

Statistics are asked eagerly: a lazy query sums in as many pieces as there are threads, and the last digit would depend
on the machine. What goes row by row may be cut as it likes, if it is one chunk afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from indicia.engine.keyed import beside_rows
from indicia.errors import DataError, listed, nearest
from indicia.methods import Statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from indicia.engine.parents import Parents
    from indicia.methods import Array

_ONE = "\0one"
"""A column of ones: a settled value times it is a column, since polars divides by a plain number inexactly."""

_IN_ORDER = pl.col(_ONE).cum_sum().first().alias("\0in order")
"""Beside this aggregate groups are added up row by row; else in parts, and the last digit depends on the threads."""

UNIT = "\0unit"
"""The column that names the units, where formulas may ask for one of them."""

PERIOD = "\0period"
"""The column of periods, as text, where formulas may ask for one of them."""

PARENT = "\0parent"
"""The column that names the unit that each unit belongs to, where formulas may ask for it."""

DRAW = "\0draw"
"""The column that tells the draws of an ensemble apart."""

_MANY = 131_072

_FEW = 10_000
"""Of fewer rows an aggregate takes less time than to hand it to another thread."""

_AT_ONCE = 8
"""Of many rows so many formulas are worked out at a time: statistics of a key stand beside every row."""


@dataclass(frozen=True)
class Over:
    """The rows over which statistics are taken."""

    key: tuple[str, ...] = ()
    """Within the rows that are equal in these columns."""
    reference: pl.Expr | None = None
    """Of the rows for which this holds; all rows are then compared with them."""
    parents: Parents | None = field(default=None, compare=False)
    """The units that others belong to, where a formula may ask for them."""

    @property
    def pooled(self) -> bool:
        """Whether they are all rows."""
        return not self.key and self.reference is None


Settled: TypeAlias = "dict[str, float | list[float] | pl.DataFrame | None]"
"""Statistics by name; where they are taken within a key, a frame of the key and one column for each."""


@dataclass(frozen=True)
class Evaluated:
    """One column per formula, and the statistics that went into it."""

    frame: pl.DataFrame
    settled: Settled = field(default_factory=dict)


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

    def learned(self, function: Callable[[Array], Sequence[float]], size: int) -> tuple[pl.Expr, ...]:
        def numbers(x: pl.Series) -> pl.Series:
            found = [float(number) for number in function(x.drop_nulls().to_numpy())]
            return pl.Series([found], dtype=pl.Array(pl.Float64, size))

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


def evaluate(
    frame: pl.DataFrame,
    formulas: Mapping[str, Formula],
    over: Over = Over(),
    fitted: Settled | None = None,
    *,
    whole_column: bool = False,
    gaps: bool = False,
) -> Evaluated:
    """Compute one column per formula, with statistics of the rows that `over` says.

    Formulas go row by row, unless they need the `whole_column`; with `gaps` they fill the missing cells of the columns
    that they are named after, and of many rows only those with such a cell are looked at. Where statistics were fitted
    to other rows, those are put in and nothing is asked of these.

    >>> frame = pl.DataFrame({"x": [1.0, 2.0, 5.0]})
    >>> def share(ask):
    ...     x = pl.col("x")
    ...     return x / ask("x", x).sum
    >>> evaluate(frame, {"share": share}).frame["share"].to_list()
    [0.125, 0.25, 0.625]
    """
    if fitted is not None and frame.height == 1:
        # polars computes with one row as with a number, to another last digit: a unit alone scores as among others
        two = pl.DataFrame([pl.concat([column, column]) for column in frame.get_columns()])
        both = evaluate(two, formulas, over, fitted, whole_column=whole_column, gaps=gaps)
        return Evaluated(both.frame.head(1), both.settled)
    frame = frame.hstack([pl.Series(_ONE, np.ones(frame.height))])
    names = list(formulas)
    if gaps and len(frame) > _MANY:
        settled = _settled(frame, formulas, over, _column_of, fitted, put_in=False)[2]
        filled = [_filled(frame, name, formulas[name], over, settled) for name in names]
        return Evaluated(pl.DataFrame(filled), settled)
    at_once = max(_AT_ONCE, pl.thread_pool_size()) if over.key and len(frame) > _MANY else max(1, len(names))
    columns: list[pl.Series] = []
    settled = {}
    for start in range(0, len(names), at_once):
        some = {name: formulas[name] for name in names[start : start + at_once]}
        wide, expressions, found = _settled(frame, some, over, _column_of, fitted)
        whole = whole_column or len(expressions) >= _AT_ONCE  # many keep all threads at work, and need no copy
        columns += (wide.select(expressions) if whole else _row_by_row(wide, expressions)).get_columns()
        settled |= found
    return Evaluated(pl.DataFrame(columns), settled)


def _filled(frame: pl.DataFrame, name: str, formula: Formula, over: Over, settled: Settled) -> pl.Series:
    """Put what a formula gives into the missing cells of a column."""
    column = frame[name]
    if not column.null_count():
        return column
    missing = column.is_null()
    key = (*over.key, *((UNIT, *over.parents.key) if over.parents else ()))
    rows = frame.select(name, *dict.fromkeys(key)).filter(missing)
    given = evaluate(rows, {name: formula}, Over(over.key, parents=over.parents), settled).frame[name]
    return column.clone().scatter(missing.arg_true(), given)


def _row_by_row(frame: pl.DataFrame, columns: Sequence[pl.Expr]) -> pl.DataFrame:
    """Compute a few columns, what recurs in them once; of many rows piece by piece, so that they stay in the cache."""
    query = frame.lazy().select(columns)
    if len(frame) <= _MANY:  # a piece may be a single row, with which polars computes as with a number
        return query.collect(engine="in-memory")
    pieces = query.collect(engine="streaming").get_columns()[::-1]
    whole = []
    while pieces:
        whole.append(pieces.pop().rechunk())  # one at a time: what is copied is let go
    return pl.DataFrame(whole)


def summarise(frame: pl.DataFrame, formulas: Mapping[str, Formula]) -> dict[str, float | None]:
    """Compute one number per formula, each made of statistics.

    >>> frame = pl.DataFrame({"x": [1.0, 2.0, 5.0]})
    >>> summarise(frame, {"spread": lambda ask: ask("x", pl.col("x")).max - ask("x", pl.col("x")).min})
    {'spread': 4.0}
    """
    _, numbers, settled = _settled(frame, formulas, Over(), _literal, put_in=False)
    row = pl.DataFrame([settled], schema={name: _type_of(value) for name, value in settled.items()})
    return row.select_seq(numbers).row(0, named=True)


def _column_of(value: float | list[float] | None) -> pl.Expr:
    return _literal(value) if isinstance(value, list) else pl.col(_ONE) * value


def _type_of(value: object) -> pl.DataType:
    return pl.Array(pl.Float64, len(value)) if isinstance(value, list) else pl.Float64()


def _literal(value: float | list[float] | None) -> pl.Expr:
    if isinstance(value, list):
        return pl.lit(pl.Series([value], dtype=_type_of(value)))
    return pl.lit(value) if isinstance(value, float) else pl.lit(value, dtype=pl.Float64)


def _settled(
    frame: pl.DataFrame,
    formulas: Mapping[str, Formula],
    over: Over,
    constant: Callable[[float | list[float] | None], pl.Expr],
    fitted: Settled | None = None,
    *,
    put_in: bool = True,
) -> tuple[pl.DataFrame, list[pl.Expr], Settled]:
    """Return the frame with what formulas hold, the formulas with all values in, and those values.

    Values of a key stand beside the rows then, unless they are not to be `put_in`.
    """
    put: dict[str, pl.Expr] = {}
    settled: Settled = {}
    beside: list[object] = []
    while True:
        ask = Ask(put, constant, over.parents)
        expressions = [formula(ask).alias(name) for name, formula in formulas.items()]
        open_questions = ask.aggregates.keys() | ask.columns.keys() | ask.of_units.keys() | ask.of_parents.keys()
        if beside and (open_questions or put_in):
            frame, beside = beside_rows(frame, beside, over.key), []
        if not open_questions:
            return frame, expressions, settled
        aggregates, columns, of_units, of_parents = (
            [noted.alias(name) for name, noted in group.items() if open_questions.isdisjoint(noted.meta.root_names())]
            for group in (ask.aggregates, ask.columns, ask.of_units, ask.of_parents)
        )
        if not (aggregates or columns or of_units or of_parents):
            raise ValueError("the statistics of a formula rest on each other")
        if columns:
            frame = frame.hstack(_row_by_row(frame, columns))
        put |= {name: pl.col(name) for name in ask.columns if name in frame.columns}
        if of_units:
            names = [aggregate.meta.output_name() for aggregate in of_units]
            key = (UNIT, *(name for name in over.key if name == DRAW))
            found = _aggregated(frame, of_units, Over(key)) if fitted is None else _taken(fitted, names)
            frame = beside_rows(frame, found.values(), key)
            _check_periods(frame, found)
            settled |= found
            put |= {name: pl.col(name) for name in names}
        if of_parents and over.parents:
            names = [x.meta.output_name() for x in of_parents]
            parents = over.parents
            found = parents.settle(of_parents) if fitted is None else _taken(fitted, parents.names(names))
            if fitted is not None:
                parents.check_fitted(frame, found)
            frame = beside_rows(frame, (found[name] for name in names), parents.key)
            settled |= found
            put |= {name: pl.col(name) for name in names}
        if aggregates:
            names = [aggregate.meta.output_name() for aggregate in aggregates]
            found = _aggregated(frame, aggregates, over) if fitted is None else _taken(fitted, names)
            _check_units(frame, found)
            settled |= found
            if not put_in and open_questions <= settled.keys():
                return frame, expressions, settled
            if over.key:
                beside = list(found.values())
                put |= {name: pl.col(name) for name in names}
            else:
                put |= {name: constant(value) for name, value in found.items()}  # type: ignore[arg-type]


def _taken(fitted: Settled, names: Iterable[str]) -> Settled:
    try:
        return {name: fitted[name] for name in names}
    except KeyError as error:
        subject = str(error.args[0]).split("\0")[0]
        raise DataError(
            f"nothing was fitted for {subject}: no unit needed it then", remedy="fit the index to data that need it too"
        ) from error


def _aggregated(frame: pl.DataFrame, aggregates: Sequence[pl.Expr], over: Over) -> Settled:
    if over.reference is not None:
        frame = frame.filter(over.reference)
    if not over.key:
        row = frame.select_seq(aggregates) if len(frame) < _FEW else frame.select(aggregates)
        return dict(row.row(0, named=True))
    found = frame.group_by(over.key, maintain_order=True).agg(*aggregates, _IN_ORDER).drop(_IN_ORDER.meta.output_name())
    return {name: found.select(*over.key, name) for name in found.columns if name not in over.key}


def _check_units(frame: pl.DataFrame, found: Settled) -> None:
    """Refuse a unit that others are compared with and that is not there, or has no value."""
    for name, value in found.items():
        subject, asked, unit = name.partition("\0of ")
        lacking = bool(value[name].has_nulls()) if isinstance(value, pl.DataFrame) else value is None
        if not (asked and lacking):
            continue
        if not (frame[UNIT] == unit).any():
            raise DataError(
                f"{subject} is compared with {unit}, and there is no such unit",
                remedy=nearest(unit, frame[UNIT].drop_nulls().unique()),
            )
        within = " in some of the groups or periods" if isinstance(value, pl.DataFrame) else ""
        raise DataError(
            f"{subject} is compared with {unit}, which has no value{within}",
            remedy="complete the data, or choose another unit",
        )


def _check_periods(frame: pl.DataFrame, found: Iterable[str]) -> None:
    """Refuse units that are compared with a period in which they have no value."""
    for name in found:
        subject, _, period = name.partition("\0at ")
        if not (frame[PERIOD] == period).any() and frame[name].is_null().all():
            raise DataError(
                f"{subject} is compared with {period}, and there is no such period",
                remedy=nearest(period, frame[PERIOD].drop_nulls().unique()),
            )
        lacking = frame.filter(pl.col(name).is_null() & pl.col(subject).is_not_null())[UNIT]
        if len(lacking):
            units = lacking.unique(maintain_order=True).to_list()
            raise DataError(
                f"{subject} is compared with {period}, in which it has no value for {listed(units)}",
                remedy="complete the data, leave these units out, or choose another period",
            )
