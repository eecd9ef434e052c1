"""Compute recorded formulas: settle the statistics that they ask for in one pass, and put the values in.

A statistic of a statistic (the largest of the sums that VIKOR compares) takes one more round: all statistics that rest
on no open question are settled together, until no question is open.

Values of statistics can be kept, and put into the same formulas for other rows: that is a fitted index.

Statistics are computed eagerly: a lazy query sums in as many pieces as there are threads, and the last digit would
depend on the machine. Row-wise expressions may be computed in chunks of any size if the result is rechunked.
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import DataError, join_names, suggest
from indicia.formulas import DRAW, ONE, PERIOD, UNIT, Question
from indicia.formulas.rounds import rounds
from indicia.formulas.statistics import adds_squares, scaled
from indicia.formulas.to_polars import Compiler, name_of
from indicia.tables.joins import join_statistics
from indicia.tables.scope import StatisticsScope
from indicia.tables.values import VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.formulas import Node, Recorded
    from indicia.tables.profile import Profile
    from indicia.tables.values import StatisticValues, Value

IN_ORDER = pl.col(ONE).cum_sum().first().alias("\0in order")
"""Beside this aggregate groups are added up row by row; else in parts, and the last digit depends on the threads."""

SQUARED = (1e-140, 1e140)
"""Between these a statistic that squares values is exact; beyond them squares may be no numbers, or lose digits."""

_MANY = 131_072

_FEW = 10_000
"""Of fewer rows an aggregate takes less time than to hand it to another thread."""

_AT_ONCE = 8
"""Of many rows so many formulas are worked out at a time: statistics of a key stand beside every row."""


_ALL_ROWS = StatisticsScope()


@dataclass(frozen=True)
class Evaluated:
    """One column per formula, the values of the statistics that went into it, and the formulas."""

    frame: pl.DataFrame
    statistics: StatisticValues
    formulas: Mapping[str, Recorded]


def evaluate(
    frame: pl.DataFrame,
    formulas: Mapping[str, Recorded],
    scope: StatisticsScope = _ALL_ROWS,
    fitted: StatisticValues | None = None,
    *,
    facts: Mapping[tuple[str, ...], Profile] = MappingProxyType({}),
    weights: Mapping[Node, float | pl.Expr] = MappingProxyType({}),
    whole_column: bool = False,
    gaps: bool = False,
) -> Evaluated:
    """Compute one column per formula, with statistics of the rows of a scope.

    Formulas go row by row, unless they need the `whole_column`; with `gaps` they fill the missing cells of the columns
    that they are named after, and of many rows only those with such a cell are computed. Where statistics were `fitted`
    to other rows, their values are put in and no statistic of these rows is computed. The `facts` of subjects are of
    all rows, and give their extremes. `weights` are put in where formulas name them.

    >>> from indicia.formulas import column, record
    >>> x = column("x")
    >>> share = record(lambda recorder: x / recorder("x", x).sum)
    >>> evaluate(pl.DataFrame({"x": [1.0, 2.0, 5.0]}), {"share": share}).frame["share"].to_list()
    [0.125, 0.25, 0.625]
    """
    if fitted is not None and frame.height == 1:
        # Polars uses scalar kernels for a frame of one row, and the last digit can differ. The row is computed twice,
        # so that a single unit gets the same score as among others.
        two = pl.DataFrame([pl.concat([column, column]) for column in frame.get_columns()])
        both = evaluate(two, formulas, scope, fitted, weights=weights, whole_column=whole_column, gaps=gaps)
        return Evaluated(both.frame.head(1), both.statistics, formulas)
    frame = _with_ones(frame)
    names = list(formulas)
    if gaps and len(frame) > _MANY:
        resolver = _StatisticsResolver(frame, scope, fitted, put_in=False)
        resolver.expressions(formulas)
        filled = [_filled(frame, name, formulas[name], scope, resolver.statistics) for name in names]
        return Evaluated(pl.DataFrame(filled), resolver.statistics, formulas)
    at_once = max(_AT_ONCE, pl.thread_pool_size()) if scope.key and len(frame) > _MANY else max(1, len(names))
    columns: list[pl.Series] = []
    statistics: StatisticValues = {}
    for start in range(0, len(names), at_once):
        batch = {name: formulas[name] for name in names[start : start + at_once]}
        resolver = _StatisticsResolver(
            frame,
            scope,
            fitted,
            _extremes(facts) if scope.pooled else {},
            weights,
        )
        expressions = resolver.expressions(batch)
        whole = whole_column or len(expressions) >= _AT_ONCE  # many keep all threads at work, and need no copy
        wide = resolver.frame
        columns += (wide.select(expressions) if whole else _row_by_row(wide, expressions)).get_columns()
        statistics |= resolver.statistics
    return Evaluated(pl.DataFrame(columns), statistics, formulas)


def _filled(
    frame: pl.DataFrame, name: str, formula: Recorded, scope: StatisticsScope, statistics: StatisticValues
) -> pl.Series:
    """Put the values of a formula into the missing cells of a column."""
    column = frame[name]
    if not column.null_count():
        return column
    missing = column.is_null()
    key = (*scope.key, *((UNIT, *scope.parents.key) if scope.parents else ()))
    rows = frame.select(name, *dict.fromkeys(key)).filter(missing)
    given = evaluate(rows, {name: formula}, StatisticsScope(scope.key, parents=scope.parents), statistics).frame[name]
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


def summarise(frame: pl.DataFrame, formulas: Mapping[str, Recorded]) -> dict[str, float | None]:
    """Compute one number per formula, each made of statistics.

    >>> from indicia.formulas import column, record
    >>> x = column("x")
    >>> spread = record(lambda recorder: recorder("x", x).max - recorder("x", x).min)
    >>> summarise(pl.DataFrame({"x": [1.0, 2.0, 5.0]}), {"spread": spread})
    {'spread': 4.0}
    """
    resolver = _StatisticsResolver(_with_ones(frame), StatisticsScope(), put_in=False)
    numbers = resolver.expressions(formulas)
    return resolver.frame.head(1).select_seq(numbers).row(0, named=True)


def _extremes(facts: Mapping[tuple[str, ...], Profile]) -> StatisticValues:
    """Return the extremes of subjects as values of their statistics."""
    values = {Question(subject, end): value for subject, of in facts.items() for end, value in of.ends.items()}
    return {question: value for question, value in values.items() if value is not None}


def _with_ones(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.hstack([pl.Series(ONE, np.ones(frame.height))])


def _repeated(numbers: Mapping[str, float], rows: int) -> list[pl.Series]:
    """Return a column of each number."""
    row = pl.DataFrame([tuple(numbers.values())], schema=dict.fromkeys(numbers, pl.Float64), orient="row")
    return [number.new_from_index(0, rows) for number in row]


@dataclass
class _StatisticsResolver:
    """Answers the questions of formulas, round by round: all that rest on no open question are answered together."""

    frame: pl.DataFrame
    """In the end with all cached columns and look-ups, if values of a key are to be `put_in`."""
    scope: StatisticsScope
    fitted: StatisticValues | None = None
    known: StatisticValues = field(default_factory=dict)
    """Values that need not be computed."""
    weights: InitVar[Mapping[Node, float | pl.Expr]] = MappingProxyType({})
    put_in: bool = True
    statistics: StatisticValues = field(default_factory=dict)
    questions: dict[Question, Node] = field(default_factory=dict)
    """In the order in which formulas ask."""
    columns: dict[Node, str] = field(default_factory=dict)
    """The name of the column that answers each question."""
    pending: list[pl.DataFrame] = field(default_factory=list)
    """Values of a key that are still to be joined to the rows."""

    def __post_init__(self, weights: Mapping[Node, float | pl.Expr]) -> None:
        self.compiler = Compiler(weights, by_name=True)

    def expressions(self, formulas: Mapping[str, Recorded]) -> list[pl.Expr]:
        """Return the formulas with all values put in."""
        for formula in formulas.values():
            self.questions |= formula.questions
        for node in self.questions.values():
            self.columns[node] = name_of(node)
        for nodes in rounds(self.columns):
            self._join_pending()
            self._answer(nodes)
        if self.put_in:
            self._join_pending()
        return [self.compiler(formula.root).alias(name) for name, formula in formulas.items()]

    def _answer(self, nodes: Sequence[Node]) -> None:
        """Answer questions that rest on no open one, and put the answers in."""
        kinds = {
            "cached": self._cache,
            "period": self._look_up_periods,
            "parent": self._look_up_parents,
            "statistic": self._aggregate,
        }
        for kind, answer in kinds.items():
            if asked := [node for node in nodes if node.kind == kind]:
                answer(asked, [self.compiler.answer(node) for node in asked])

    def _join_pending(self) -> None:
        if self.pending:
            self.frame, self.pending = join_statistics(self.frame, self.pending, self.scope.key), []

    def _cache(self, _: Sequence[Node], asked: Sequence[pl.Expr]) -> None:
        self.frame = self.frame.hstack(_row_by_row(self.frame, asked))

    def _look_up_periods(self, nodes: Sequence[Node], asked: Sequence[pl.Expr]) -> None:
        key = (UNIT, *(name for name in self.scope.key if name == DRAW))
        scope = StatisticsScope(key)
        values = _aggregated(self.frame, asked, scope) if self.fitted is None else self._of_fitted(nodes)
        self.frame = join_statistics(
            self.frame, [_named(values[self.columns[node]], self.columns[node]) for node in nodes], key
        )
        _check_periods(self.frame, self._asked_by(nodes))
        self._note(nodes, values)

    def _look_up_parents(self, nodes: Sequence[Node], asked: Sequence[pl.Expr]) -> None:
        parents = self.scope.parents
        assert parents is not None
        questions = self._asked_by(nodes)
        if self.fitted is None:
            expressions = dict(zip(nodes, asked, strict=True))
            values = parents.settle({question: expressions[self.questions[question]] for question, _ in questions})
        else:
            values = _taken(self.fitted, [question for question, _ in questions])
            parents.check_fitted(self.frame, values)
        beside = {column: _named(values[question], column) for question, column in questions}
        self.frame = join_statistics(self.frame, list(beside.values()), parents.key)
        self.statistics |= values

    def _aggregate(self, nodes: Sequence[Node], asked: Sequence[pl.Expr]) -> None:
        if self.fitted is None:
            values = self._known(nodes)
            unknown = [one for node, one in zip(nodes, asked, strict=True) if self.columns[node] not in values]
            values |= _aggregated(self.frame, unknown, self.scope)
        else:
            values = self._of_fitted(nodes)
        _check_units(self.frame, [(question, values[column]) for question, column in self._asked_by(nodes)])
        if self.fitted is None:
            values |= self._scaled(nodes, values)
        self._note(nodes, values)
        if self.scope.key:
            self.pending += [_named(values[self.columns[node]], self.columns[node]) for node in nodes]
            return
        self._put_in(nodes, values)

    def _put_in(self, nodes: Sequence[Node], values: Mapping[str, Value]) -> None:
        """Put settled values into the expressions; of few rows as columns, so that all runs share expressions."""
        beside: dict[str, float] = {}
        for node in nodes:
            value = values[self.columns[node]]
            assert not isinstance(value, pl.DataFrame)
            if isinstance(value, list):
                self.compiler.put(node, pl.lit(pl.Series([value], dtype=pl.Array(pl.Float64, len(value)))))
            elif value is None:
                self.compiler.put(node, pl.col(ONE) * None)
            elif len(self.frame) < _FEW:
                beside[self.columns[node]] = value
            else:
                self.compiler.put_number(node, value)
        if beside:
            self.frame = self.frame.hstack(_repeated(beside, self.frame.height))

    def _asked_by(self, nodes: Sequence[Node]) -> list[tuple[Question, str]]:
        """Return all questions that these nodes answer, each with its column."""
        some = set(nodes)
        return [(question, self.columns[node]) for question, node in self.questions.items() if node in some]

    def _known(self, nodes: Sequence[Node]) -> dict[str, Value]:
        return {column: self.known[question] for question, column in self._asked_by(nodes) if question in self.known}

    def _scaled(self, nodes: Sequence[Node], values: Mapping[str, Value]) -> dict[str, Value]:
        """Return again, of scaled values, the statistics whose squares left the range of numbers."""
        lost = [node for node in nodes if adds_squares(node) and _lost_in_squares(values[self.columns[node]])]
        again = [self.compiler(scaled(node)).alias(self.columns[node]) for node in lost]
        return _aggregated(self.frame, again, self.scope) if again else {}

    def _of_fitted(self, nodes: Sequence[Node]) -> dict[str, Value]:
        assert self.fitted is not None
        questions = self._asked_by(nodes)
        values = _taken(self.fitted, [question for question, _ in questions])
        return {column: values[question] for question, column in reversed(questions)}

    def _note(self, nodes: Sequence[Node], values: Mapping[str, Value]) -> None:
        """Keep the values of questions; questions that share a node share its value."""
        self.statistics |= {question: values[column] for question, column in self._asked_by(nodes)}


def _named(value: Value, column: str) -> pl.DataFrame:
    """Return values of a key under the name of the column that they are to have beside the rows."""
    assert isinstance(value, pl.DataFrame)
    return pl.DataFrame([of.alias(column) if of.name == VALUE else of for of in value.get_columns()])


def _taken(fitted: StatisticValues, questions: Iterable[Question]) -> StatisticValues:
    try:
        return {question: fitted[question] for question in questions}
    except KeyError as error:
        subject = error.args[0].subject[0]
        raise DataError(
            f"nothing was fitted for {subject}: no unit needed it then", remedy="fit the index to data that need it too"
        ) from error


def _aggregated(frame: pl.DataFrame, aggregates: Sequence[pl.Expr], scope: StatisticsScope) -> dict[str, Value]:
    """Return the values of named aggregates, over the rows of a scope."""
    if scope.reference is not None:
        frame = frame.filter(scope.reference)
    if not aggregates:
        return {}
    if not scope.key:
        row = frame.select_seq(aggregates) if len(frame) < _FEW else frame.select(aggregates)
        return dict(row.row(0, named=True))
    values = frame.group_by(scope.key, maintain_order=True).agg(*aggregates, IN_ORDER)
    names = [one for one in values.columns if one not in scope.key and one != IN_ORDER.meta.output_name()]
    keys = values.select(scope.key)
    return {name: keys.hstack([values[name].alias(VALUE)]) for name in names}


def _lost_in_squares(value: Value) -> bool:
    if isinstance(value, pl.DataFrame):
        return not value[VALUE].is_between(*SQUARED).all()
    return isinstance(value, float) and not SQUARED[0] <= value <= SQUARED[1]


def _check_units(frame: pl.DataFrame, answers: Iterable[tuple[Question, Value]]) -> None:
    """Refuse a unit that others are compared with and that is not there, or has no value."""
    for question, value in answers:
        lacking = bool(value[VALUE].has_nulls()) if isinstance(value, pl.DataFrame) else value is None
        if question.kind != "value_of_unit" or not lacking:
            continue
        subject, unit = question.subject[-1], str(question.arguments[0])
        if not (frame[UNIT] == unit).any():
            raise DataError(
                f"{subject} is compared with {unit}, and there is no such unit",
                remedy=suggest(unit, frame[UNIT].drop_nulls().unique()),
            )
        within = " in some of the groups or periods" if isinstance(value, pl.DataFrame) else ""
        raise DataError(
            f"{subject} is compared with {unit}, which has no value{within}",
            remedy="complete the data, or choose another unit",
        )


def _check_periods(frame: pl.DataFrame, questions: Iterable[tuple[Question, str]]) -> None:
    """Refuse units that are compared with a period in which they have no value."""
    for question, column in questions:
        subject, period = question.subject[-1], str(question.arguments[0])
        if not (frame[PERIOD] == period).any() and frame[column].is_null().all():
            raise DataError(
                f"{subject} is compared with {period}, and there is no such period",
                remedy=suggest(period, frame[PERIOD].drop_nulls().unique()),
            )
        lacking = frame.filter(pl.col(column).is_null() & pl.col(subject).is_not_null())[UNIT]
        if len(lacking):
            units = lacking.unique(maintain_order=True).to_list()
            raise DataError(
                f"{subject} is compared with {period}, in which it has no value for {join_names(units)}",
                remedy="complete the data, leave these units out, or choose another period",
            )
