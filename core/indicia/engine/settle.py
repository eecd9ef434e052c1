"""Compute formulas over x and s: record each, settle the statistics that it asks for in one pass, put their values in.

A statistic of a statistic (the largest of the sums that VIKOR compares) takes one more round: whatever does not rest
on an open question is settled together, until nothing is open.

What was settled can be kept, and put into the same formulas for other rows: that is a fitted index.

Statistics are asked eagerly: a lazy query sums in as many pieces as there are threads, and the last digit would depend
on the machine. What goes row by row may be cut as it likes, if it is one chunk afterwards.
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from indicia.engine.keyed import beside_rows
from indicia.errors import DataError, listed, nearest
from indicia.formulas import DRAW, ONE, PERIOD, UNIT, record
from indicia.formulas.recorder import scaled
from indicia.formulas.rounds import rounds
from indicia.formulas.to_polars import Compiler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from indicia.engine.parents import Parents
    from indicia.engine.profile import Profile
    from indicia.formulas import Formula, Node

_IN_ORDER = pl.col(ONE).cum_sum().first().alias("\0in order")
"""Beside this aggregate groups are added up row by row; else in parts, and the last digit depends on the threads."""

_SQUARED = (1e-140, 1e140)
"""Between these a statistic that squares values is exact; beyond them squares may be no numbers, or lose digits."""

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


def evaluate(
    frame: pl.DataFrame,
    formulas: Mapping[str, Formula],
    over: Over = Over(),
    fitted: Settled | None = None,
    *,
    facts: Mapping[str, Profile] = MappingProxyType({}),
    weights: Mapping[Node, float | pl.Expr] = MappingProxyType({}),
    whole_column: bool = False,
    gaps: bool = False,
) -> Evaluated:
    """Compute one column per formula, with statistics of the rows that `over` says.

    Formulas go row by row, unless they need the `whole_column`; with `gaps` they fill the missing cells of the columns
    that they are named after, and of many rows only those with such a cell are looked at. Where statistics were fitted
    to other rows, those are put in and nothing is asked of these. The `facts` of subjects are of all rows, which need
    not be looked at again for them. `weights` are put in where formulas name them.

    >>> from indicia.formulas import column
    >>> frame = pl.DataFrame({"x": [1.0, 2.0, 5.0]})
    >>> def share(recorder):
    ...     x = column("x")
    ...     return x / recorder("x", x).sum
    >>> evaluate(frame, {"share": share}).frame["share"].to_list()
    [0.125, 0.25, 0.625]
    """
    if fitted is not None and frame.height == 1:
        # polars computes with one row as with a number, to another last digit: a unit alone scores as among others
        two = pl.DataFrame([pl.concat([column, column]) for column in frame.get_columns()])
        both = evaluate(two, formulas, over, fitted, weights=weights, whole_column=whole_column, gaps=gaps)
        return Evaluated(both.frame.head(1), both.settled)
    frame = frame.hstack([pl.Series(ONE, np.ones(frame.height))])
    names = list(formulas)
    if gaps and len(frame) > _MANY:
        settling = _Settling(frame, over, _column_of, fitted, put_in=False)
        settling.of(formulas)
        filled = [_filled(frame, name, formulas[name], over, settling.settled) for name in names]
        return Evaluated(pl.DataFrame(filled), settling.settled)
    at_once = max(_AT_ONCE, pl.thread_pool_size()) if over.key and len(frame) > _MANY else max(1, len(names))
    columns: list[pl.Series] = []
    settled: Settled = {}
    for start in range(0, len(names), at_once):
        some = {name: formulas[name] for name in names[start : start + at_once]}
        settling = _Settling(frame, over, _column_of, fitted, _ends(facts) if over.pooled else {}, weights)
        expressions = settling.of(some)
        whole = whole_column or len(expressions) >= _AT_ONCE  # many keep all threads at work, and need no copy
        wide = settling.frame
        columns += (wide.select(expressions) if whole else _row_by_row(wide, expressions)).get_columns()
        settled |= settling.settled
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

    >>> from indicia.formulas import column
    >>> frame = pl.DataFrame({"x": [1.0, 2.0, 5.0]})
    >>> x = column("x")
    >>> summarise(frame, {"spread": lambda recorder: recorder("x", x).max - recorder("x", x).min})
    {'spread': 4.0}
    """
    settling = _Settling(frame, Over(), _literal, put_in=False)
    numbers, settled = settling.of(formulas), settling.settled
    row = pl.DataFrame([settled], schema={name: _type_of(value) for name, value in settled.items()})
    return row.select_seq(numbers).row(0, named=True)


def _ends(facts: Mapping[str, Profile]) -> dict[str, float]:
    ends = {f"{subject}\0{end}": value for subject, of in facts.items() for end, value in of.ends.items()}
    return {name: value for name, value in ends.items() if value is not None}


def _column_of(value: float | list[float] | None) -> pl.Expr:
    return _literal(value) if isinstance(value, list) else pl.col(ONE) * value


def _type_of(value: object) -> pl.DataType:
    return pl.Array(pl.Float64, len(value)) if isinstance(value, list) else pl.Float64()


def _literal(value: float | list[float] | None) -> pl.Expr:
    if isinstance(value, list):
        return pl.lit(pl.Series([value], dtype=_type_of(value)))
    return pl.lit(value) if isinstance(value, float) else pl.lit(value, dtype=pl.Float64)


@dataclass
class _Settling:
    """Answers the questions of formulas, round by round: all that rest on no open question are answered together."""

    frame: pl.DataFrame
    """In the end with all that formulas cache and look up, if values of a key are to be `put_in`."""
    over: Over
    constant: Callable[[float | list[float] | None], pl.Expr]
    fitted: Settled | None = None
    known: Mapping[str, float] = field(default_factory=dict)
    """Statistics that nobody need look for."""
    weights: InitVar[Mapping[Node, float | pl.Expr]] = MappingProxyType({})
    put_in: bool = True
    settled: Settled = field(default_factory=dict)
    questions: dict[str, Node] = field(default_factory=dict)
    """By the names under which their values are kept, in the order in which formulas ask."""
    columns: dict[Node, str] = field(default_factory=dict)
    """The column of each question: the first of its names."""
    beside: list[object] = field(default_factory=list)
    """Values of a key that are still to be put beside the rows."""

    def __post_init__(self, weights: Mapping[Node, float | pl.Expr]) -> None:
        self.compiler = Compiler(weights)

    def of(self, formulas: Mapping[str, Formula]) -> list[pl.Expr]:
        """Return the formulas with all values in."""
        parents = self.over.parents.word if self.over.parents else None
        recorded = {name: record(formula, parents) for name, formula in formulas.items()}
        for formula in recorded.values():
            self.questions |= formula.questions
        for name, node in self.questions.items():
            self.columns.setdefault(node, name)
        for questions in rounds(self.columns):
            self._join_beside()
            self._answer(questions)
        if self.put_in:
            self._join_beside()
        return [self.compiler(formula.root).alias(name) for name, formula in recorded.items()]

    def _answer(self, questions: Sequence[Node]) -> None:
        """Answer questions that rest on no open one, and put the answers in."""
        kinds = {
            "cached": self._cache,
            "period": self._look_up_units,
            "parent": self._look_up_parents,
            "statistic": self._aggregate,
        }
        for kind, answer in kinds.items():
            if nodes := [node for node in questions if node.kind == kind]:
                answer(nodes, [self.compiler(node.args[0]).alias(self.columns[node]) for node in nodes])
        for node in questions:
            value = self.settled.get(self.columns[node])
            if node.kind == "statistic" and not isinstance(value, pl.DataFrame):
                self.compiler.put(node, self.constant(value))
            else:
                self.compiler.put(node, pl.col(self.columns[node]))

    def _join_beside(self) -> None:
        if self.beside:
            self.frame, self.beside = beside_rows(self.frame, self.beside, self.over.key), []

    def _cache(self, _: Sequence[Node], asked: Sequence[pl.Expr]) -> None:
        self.frame = self.frame.hstack(_row_by_row(self.frame, asked))

    def _look_up_units(self, nodes: Sequence[Node], asked: Sequence[pl.Expr]) -> None:
        names = [self.columns[node] for node in nodes]
        key = (UNIT, *(name for name in self.over.key if name == DRAW))
        found = _aggregated(self.frame, asked, Over(key)) if self.fitted is None else self._taken(nodes)
        self.frame = beside_rows(self.frame, (found[name] for name in names), key)
        _check_periods(self.frame, names)
        self._note(nodes, found)

    def _look_up_parents(self, nodes: Sequence[Node], asked: Sequence[pl.Expr]) -> None:
        names, parents = [self.columns[node] for node in nodes], self.over.parents
        assert parents is not None
        found = parents.settle(asked) if self.fitted is None else _taken(self.fitted, parents.names(names))
        if self.fitted is not None:
            parents.check_fitted(self.frame, found)
        self.frame = beside_rows(self.frame, (found[name] for name in names), parents.key)
        self.settled |= found

    def _aggregate(self, nodes: Sequence[Node], asked: Sequence[pl.Expr]) -> None:
        names = [self.columns[node] for node in nodes]
        if self.fitted is None:
            found = self._known(nodes)
            self._note([node for node in nodes if self.columns[node] in found], found)
            unknown = [one for name, one in zip(names, asked, strict=True) if name not in found]
            found |= _aggregated(self.frame, unknown, self.over)
        else:
            found = self._taken(nodes)
        _check_units(self.frame, found)
        if self.fitted is None:
            found |= self._scaled(nodes, found)
        self._note(nodes, found)
        if self.over.key:
            self.beside += [found[name] for name in names]

    def _known(self, nodes: Sequence[Node]) -> Settled:
        some = set(nodes)
        names = [(name, node) for name, node in self.questions.items() if name in self.known and node in some]
        return {self.columns[node]: self.known[name] for name, node in names}

    def _scaled(self, nodes: Sequence[Node], found: Settled) -> Settled:
        """Return again, of scaled values, the statistics that squares have spoilt."""
        again = {self.columns[node]: one for node in nodes if (one := scaled(node)) is not None}
        spoilt = [self.compiler(one).alias(name) for name, one in again.items() if _spoilt(name, found[name])]
        return _aggregated(self.frame, spoilt, self.over) if spoilt else {}

    def _taken(self, nodes: Sequence[Node]) -> Settled:
        assert self.fitted is not None
        some = set(nodes)
        return _taken(self.fitted, [name for name, node in self.questions.items() if node in some])

    def _note(self, nodes: Sequence[Node], found: Settled) -> None:
        """Keep the values of questions under all their names."""
        some = set(nodes)
        for name, node in self.questions.items():
            if node in some:
                column = self.columns[node]
                value = found[column]
                self.settled[name] = value.rename({column: name}) if isinstance(value, pl.DataFrame) else value


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
    if not aggregates:
        return {}
    if not over.key:
        row = frame.select_seq(aggregates) if len(frame) < _FEW else frame.select(aggregates)
        return dict(row.row(0, named=True))
    found = frame.group_by(over.key, maintain_order=True).agg(*aggregates, _IN_ORDER).drop(_IN_ORDER.meta.output_name())
    return {name: found.select(*over.key, name) for name in found.columns if name not in over.key}


def _spoilt(name: str, value: object) -> bool:
    if isinstance(value, pl.DataFrame):
        return not value[name].is_between(*_SQUARED).all()
    return isinstance(value, float) and not _SQUARED[0] <= value <= _SQUARED[1]


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
