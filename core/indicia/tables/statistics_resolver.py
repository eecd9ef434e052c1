"""Answer the questions of recorded formulas: compute their statistics, cached columns and look-ups, round by round."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from math import isinf
from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import SMALLER, DataError, DefinitionError, join_names, suggest, suggest_unit
from indicia.formulas import DRAW, ONE, PERIOD, UNIT, Node, Question, RecordedFormula
from indicia.formulas.recorder import adds_squares, scaled
from indicia.formulas.rounds import rounds
from indicia.formulas.to_polars import Compiler, name_of
from indicia.formulas.to_text import to_text
from indicia.methods.noise import equalised
from indicia.partitions.mergeable import check_formulas
from indicia.partitions.partition import MergeNamesInData, NamesInData, Partition, for_each
from indicia.tables.periods import check_fitted_units, values_of_previous_period
from indicia.tables.scope import VALUE, StatisticsScope, StatisticValues, Value, join_statistics

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from indicia.methods.profile import Profile

ROW_BY_ROW = pl.col(ONE).cum_sum().first().alias("\0row by row")
"""An aggregate that makes polars sum groups row by row; without it, sums depend on the number of threads."""

SAFE_SQUARES = (1e-140, 1e140)
"""The range in which a standard deviation or a norm is exact; beyond it squares overflow or lose digits."""

MANY_ROWS = 131_072
"""The number of rows beyond which columns are computed in pieces that fit into the cache of the processor."""

_FEW = 10_000
"""The number of rows below which one thread computes an aggregate faster than several threads."""


@dataclass
class StatisticsResolver:
    """Answers the questions of formulas in rounds: each round uses the answers of the rounds before."""

    frame: pl.DataFrame
    """The rows, to which cached columns and look-ups are added, and with `join_values` the statistics within a key."""
    scope: StatisticsScope
    fitted: StatisticValues | None = None
    anew: Collection[Question] = ()
    """The statistics that are computed from the rows, although `fitted` has values."""
    profiles: Mapping[tuple[str, ...], Profile] = field(default_factory=dict)
    """The profiles of subjects: statistics that they have, such as minima and maxima, are not computed."""
    weights: Mapping[Node, float | pl.Expr] = field(default_factory=dict)
    join_values: bool = True
    place: str = ""
    """The name of the formulas in the run, by which a partition asks for facts of all rows."""
    statistics: StatisticValues = field(default_factory=dict)
    questions: dict[Question, Node] = field(default_factory=dict)
    """The questions, in the order in which formulas ask them, and their nodes."""
    columns: dict[Node, str] = field(default_factory=dict)
    """The name of the column that answers each question."""
    by_column: dict[str, Value] = field(default_factory=dict)
    """The values of statistics, by the names of their columns."""
    pending: list[pl.DataFrame] = field(default_factory=list)
    """Statistics within a key that are not yet joined to the rows."""

    def __post_init__(self) -> None:
        self.compiler: Compiler = Compiler(self.weights, by_name=True)

    def expressions(self, formulas: Mapping[str, RecordedFormula]) -> list[pl.Expr]:
        """Answer all questions, and return the expressions of the formulas."""
        if self.scope.partition is not None:
            check_formulas(self.place, formulas.values(), of_fit=self.fitted is not None)
        for formula in formulas.values():
            self.questions |= formula.questions
        for node in self.questions.values():
            self.columns[node] = name_of(node)
        for nodes in rounds(self.columns):
            self._join_pending()
            self._answer(nodes)
        if self.join_values:
            self._join_pending()
        roots = {name: formula.root for name, formula in formulas.items()}
        if self.scope.partition is not None:
            from indicia.tables.partition_ranks import with_ranks  # few tables are in partitions

            self.frame, roots = with_ranks(self.scope.partition, self.place, self.frame, roots, self.compiler)
        return [self.compiler(root).alias(name) for name, root in roots.items()]

    def _answer(self, nodes: Sequence[Node]) -> None:
        """Answer the questions of one round, by kind."""
        kinds = {
            "cached": self._cache,
            "level": self._level,
            "period": self._look_up_periods,
            "over_time": self._look_up_units,
            "previous": self._look_up_previous,
            "parent": self._look_up_parents,
            "statistic": self._aggregate,
        }
        for kind, answer in kinds.items():
            if of_kind := [node for node in nodes if node.kind == kind]:
                answer(of_kind, [self.compiler.answer(node) for node in of_kind])

    def _join_pending(self) -> None:
        # the statistics of a round are joined together, since one join of all is faster than a join of each;
        # the key of a fitted statistic has no number of a draw
        by_key: dict[tuple[str, ...], list[pl.DataFrame]] = {}
        for values in self.pending:
            by_key.setdefault(tuple(values.columns[:-1]), []).append(values)
        for key, frames in by_key.items():
            self.frame = join_statistics(self.frame, frames, key)
        self.pending = []

    def _cache(self, _: Sequence[Node], expressions: Sequence[pl.Expr]) -> None:
        self.frame = self.frame.hstack(compute_row_by_row(self.frame, expressions))

    def _level(self, nodes: Sequence[Node], expressions: Sequence[pl.Expr]) -> None:
        values = compute_row_by_row(self.frame, expressions)
        columns = for_each(self.scope.partition, nodes, lambda node: self._levelled(values[self.columns[node]], node))
        self.frame = self.frame.hstack(columns)

    def _levelled(self, values: pl.Series, node: Node) -> pl.Series:
        """Return values in which neighbours that differ by no more than the tolerance have their lowest value."""
        (tolerance,), partition = node.options, self.scope.partition
        if partition is None:
            return equalised(values, tolerance)
        from indicia.partitions.sorted_columns import lowest_of_noise  # few tables are in partitions

        return lowest_of_noise(partition, f"{self.place}: levels of {to_text(node)}", values, tolerance)

    @property
    def _unit_key(self) -> tuple[str, ...]:
        """The columns that identify a unit: its name, and the number of the draw."""
        return (UNIT, *(name for name in self.scope.key if name == DRAW))

    def _look_up_periods(self, nodes: Sequence[Node], expressions: Sequence[pl.Expr]) -> None:
        self._join_by_unit(nodes, expressions)
        _check_periods(self.frame, self._questions_of(nodes))

    def _look_up_units(self, nodes: Sequence[Node], expressions: Sequence[pl.Expr]) -> None:
        self._join_by_unit(nodes, expressions)
        if self.fitted is not None:
            answers = [(question, self.by_column[column]) for question, column in self._questions_of(nodes)]
            check_fitted_units(self.frame, answers)

    def _join_by_unit(self, nodes: Sequence[Node], expressions: Sequence[pl.Expr]) -> None:
        """Join a number for each unit to the rows, and store the numbers."""
        scope = StatisticsScope(self._unit_key)
        values = _compute(self.frame, expressions, scope) if self.fitted is None else self._fitted_by_column(nodes)
        self.pending += [_as_column(values[self.columns[node]], self.columns[node]) for node in nodes]
        self._join_pending()
        self._store(nodes, values)

    def _look_up_previous(self, nodes: Sequence[Node], expressions: Sequence[pl.Expr]) -> None:
        # values of rows, not statistics: a fitted index does not store them
        previous = values_of_previous_period(self.frame, expressions, self._unit_key)
        self.frame = self.frame.hstack(previous.select(self.columns[node] for node in nodes))

    def _look_up_parents(self, nodes: Sequence[Node], expressions: Sequence[pl.Expr]) -> None:
        parents = self.scope.parents
        assert parents is not None
        questions = self._questions_of(nodes)
        if self.fitted is None:
            by_node = dict(zip(nodes, expressions, strict=True))
            values = parents.look_up({question: by_node[self.questions[question]] for question, _ in questions})
        else:
            values = _fitted_values(self.fitted, [question for question, _ in questions])
            parents.check_fitted(self.frame, values)
        joined = {column: _as_column(values[question], column) for question, column in questions}
        self.pending += joined.values()
        self._join_pending()
        self.statistics |= values

    def _aggregate(self, nodes: Sequence[Node], expressions: Sequence[pl.Expr]) -> None:
        fresh = {self.questions[question] for question in self.anew if question in self.questions}
        computed = [node for node in nodes if self.fitted is None or node in fresh]
        values: dict[str, Value] = {}
        if computed:
            _check_has_periods(self.frame, self._questions_of(computed))
            values = self._computed(dict(zip(nodes, expressions, strict=True)), computed)
        if len(computed) < len(nodes):
            values |= self._fitted_by_column([node for node in nodes if self.columns[node] not in values])
        answers = [(question, values[column]) for question, column in self._questions_of(nodes)]
        _check_units(self.frame, answers, self.scope.partition, self.place)
        if computed:
            values |= self._rescue_squares(computed, values)
            _check_finite(((question, values[column]) for question, column in self._questions_of(computed)), self.place)
        self._store(nodes, values)
        numbers: list[Node] = []
        for node in nodes:  # a fitted statistic may be a number where those of draws have a key
            value, column = values[self.columns[node]], self.columns[node]
            if isinstance(value, pl.DataFrame):
                self.pending.append(_as_column(value, column))
            else:
                numbers.append(node)
        if numbers:
            self._insert(numbers, values)

    def _computed(self, expressions: Mapping[Node, pl.Expr], nodes: Sequence[Node]) -> dict[str, Value]:
        """Return the values of statistics from profiles and from the rows, by the names of their columns."""
        of_profiles = {
            column: question
            for question, column in self._questions_of(nodes)
            if not question.arguments
            and (known := self.profiles.get(question.subject)) is not None
            and known.has(question.kind)
        }
        others = {node: expressions[node] for node in nodes if self.columns[node] not in of_profiles}
        parts = for_each(
            self.scope.partition,
            (partial(self._from_profiles, of_profiles), partial(self._compute, others)),
            lambda part: part(),
        )
        return {name: value for part in parts for name, value in part.items()}

    def _from_profiles(self, questions: Mapping[str, Question]) -> dict[str, Value]:
        """Return the statistics that profiles have, by the names of their columns."""
        values = for_each(
            self.scope.partition,
            questions.values(),
            lambda question: self.profiles[question.subject].statistic(question.kind),
        )
        return dict(zip(questions, values, strict=True))

    def _compute(self, expressions: Mapping[Node, pl.Expr]) -> dict[str, Value]:
        """Return the values of statistics, given their expressions, by the names of their columns."""
        partition = self.scope.partition
        if partition is None:
            return _compute(self.frame, list(expressions.values()), self.scope)
        trees = {node.args[0]: self.columns[node] for node in expressions}
        return self._of_partitions(partition, trees)

    def _of_partitions(self, partition: Partition, trees: Mapping[Node, str]) -> dict[str, Value]:
        """Return the values of statistics of all rows, by the names of their columns."""
        from indicia.tables.partition_statistics import PartitionStatistics  # few tables are in partitions

        statistics = PartitionStatistics(partition, self.place, self.scope.key, self.scope.reference, self.by_column)
        return statistics.compute(self.frame, trees, self.compiler)

    def _insert(self, nodes: Sequence[Node], values: Mapping[str, Value]) -> None:
        """Insert the values of statistics into expressions; in small frames as columns, so that runs share them."""
        columns: dict[str, float] = {}
        for node in nodes:
            value = values[self.columns[node]]
            assert not isinstance(value, pl.DataFrame)
            if isinstance(value, list):
                self.compiler.put(node, pl.lit(pl.Series([value], dtype=pl.Array(pl.Float64, len(value)))))
            elif value is None:
                self.compiler.put(node, pl.col(ONE) * None)
            elif 0 < len(self.frame) < _FEW:
                columns[self.columns[node]] = value
            else:
                self.compiler.put_number(node, value)
        if columns:
            self.frame = self.frame.hstack(_constant_columns(columns, self.frame.height))

    def _questions_of(self, nodes: Sequence[Node]) -> list[tuple[Question, str]]:
        """Return the questions of nodes, each with the column of its answer; several questions may share a node."""
        node_set = set(nodes)
        return [(question, self.columns[node]) for question, node in self.questions.items() if node in node_set]

    def _rescue_squares(self, nodes: Sequence[Node], values: Mapping[str, Value]) -> dict[str, Value]:
        """Compute statistics again, from scaled values, if their squares overflow or underflow."""
        unsafe = [node for node in nodes if adds_squares(node) and _is_beyond_safe_squares(values[self.columns[node]])]
        partition = self.scope.partition
        if partition is not None and unsafe:
            trees = {scaled(node): self.columns[node] for node in unsafe}
            return self._of_partitions(partition, trees)
        aggregates = [self.compiler(scaled(node)).alias(self.columns[node]) for node in unsafe]
        return _compute(self.frame, aggregates, self.scope) if aggregates else {}

    def _fitted_by_column(self, nodes: Sequence[Node]) -> dict[str, Value]:
        assert self.fitted is not None
        questions = self._questions_of(nodes)
        values = _fitted_values(self.fitted, [question for question, _ in questions])
        # reversed, so that of several questions that share a node the first one sets the value
        return {column: values[question] for question, column in reversed(questions)}

    def _store(self, nodes: Sequence[Node], values: Mapping[str, Value]) -> None:
        """Store the values of questions; questions that share a node share its value."""
        self.statistics |= {question: values[column] for question, column in self._questions_of(nodes)}
        self.by_column |= {self.columns[node]: values[self.columns[node]] for node in nodes}


def _constant_columns(numbers: Mapping[str, float], rows: int) -> list[pl.Series]:
    """Return a column of equal values for each number."""
    row = pl.DataFrame([tuple(numbers.values())], schema=dict.fromkeys(numbers, pl.Float64), orient="row")
    return [number.new_from_index(0, rows) for number in row]


def _as_column(value: Value, column: str) -> pl.DataFrame:
    """Return the values of a statistic within a key, as a column of this name."""
    assert isinstance(value, pl.DataFrame)
    return pl.DataFrame([part.alias(column) if part.name == VALUE else part for part in value.get_columns()])


def _fitted_values(fitted: StatisticValues, questions: Iterable[Question]) -> StatisticValues:
    try:
        return {question: fitted[question] for question in questions}
    except KeyError as error:
        subject = error.args[0].subject[0]
        raise DataError(
            f"nothing was fitted for {subject}: no unit needed it then", remedy="fit the index to data that need it too"
        ) from error


def _compute(frame: pl.DataFrame, aggregates: Sequence[pl.Expr], scope: StatisticsScope) -> dict[str, Value]:
    """Return the values of named aggregates, over the rows of a scope."""
    if scope.reference is not None:
        frame = frame.filter(scope.reference)
    if not aggregates:
        return {}
    if not scope.key:
        row = frame.select_seq(aggregates) if len(frame) < _FEW else frame.select(aggregates)
        return dict(row.row(0, named=True))
    values = frame.group_by(scope.key, maintain_order=True).agg(*aggregates, ROW_BY_ROW)
    names = [name for name in values.columns if name not in scope.key and name != ROW_BY_ROW.meta.output_name()]
    keys = values.select(scope.key)
    return {name: keys.hstack([values[name].alias(VALUE)]) for name in names}


def _is_beyond_safe_squares(value: Value) -> bool:
    if isinstance(value, pl.DataFrame):
        return not value[VALUE].is_between(*SAFE_SQUARES).all()
    return isinstance(value, float) and not SAFE_SQUARES[0] <= value <= SAFE_SQUARES[1]


_STATISTICS = {"std": "standard deviation", "weighted_mean": "weighted mean", "weighted_std": "weighted deviation"}
"""The words for statistics that have another name in formulas."""


def _check_finite(answers: Iterable[tuple[Question, Value]], place: str) -> None:
    """Refuse an infinite statistic, such as a sum that is too large for a number."""
    for question, value in answers:
        if isinstance(value, pl.DataFrame):
            is_infinite = value.schema[VALUE] == pl.Float64 and bool(value[VALUE].is_infinite().any())
        else:
            is_infinite = isinstance(value, float) and isinf(value)
        if is_infinite:
            name, kind = question.subject[0], question.kind
            statistic = "a statistic" if kind == "settled" else f"the {_STATISTICS.get(kind, kind)}"
            raise DataError(
                f"{statistic} of {name} is infinite",
                where=place or None,
                remedy=f"{SMALLER}; or a formula divides by 0",
            )


def _check_has_periods(frame: pl.DataFrame, questions: Iterable[tuple[Question, str]]) -> None:
    """Refuse a mean of a period for data without periods."""
    for question, _ in questions:
        if question.kind == "mean_of" and question.arguments[1] and PERIOD not in frame.columns:
            raise DefinitionError(
                f"{question.subject[-1]} is compared with {question.arguments[1]}, and the data have no periods",
                remedy='period = "year" in [data], the column of the periods',
            )


def _check_units(
    frame: pl.DataFrame, answers: Iterable[tuple[Question, Value]], partition: Partition | None, place: str
) -> None:
    """Refuse a unit of comparison that is not in the data or has no value."""
    for question, value in answers:
        lacking = bool(value[VALUE].has_nulls()) if isinstance(value, pl.DataFrame) else value is None
        if question.kind not in ("value_of_unit", "mean_of") or not lacking:
            continue
        subject, names = question.subject[-1], [str(name) for name in question.arguments if name]
        for name, column, noun in zip(question.arguments, (UNIT, PERIOD), ("unit", "period"), strict=False):
            if not name:
                continue
            names_in_data = frame[column].drop_nulls().unique()
            if partition is not None:
                names_in_data = _of_all_rows(partition, f"{place}: the {noun} {name}", str(name), names_in_data)
            if not (names_in_data == name).any():
                known = names_in_data if partition is None else ()
                raise DataError(
                    f"{subject} is compared with {name}, and there is no such {noun}",
                    remedy=suggest_unit(str(name), known, labels=names_in_data)
                    if column == UNIT
                    else suggest(str(name), names_in_data),
                )
        within = " in some of the groups or periods" if isinstance(value, pl.DataFrame) else ""
        raise DataError(
            f"{subject} is compared with {' '.join(names)}, which has no value{within}",
            remedy="complete the data, or choose another unit",
        )


def _of_all_rows(partition: Partition, place: str, name: str, names: pl.Series) -> pl.Series:
    """Return a name if it is in the data, and the names of the data that resemble it."""
    present, alike = partition.ask(place, MergeNamesInData((name,)), lambda: NamesInData.of((name,), names))
    return pl.Series([*present, *alike], dtype=pl.String).unique()


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


def compute_row_by_row(frame: pl.DataFrame, expressions: Sequence[pl.Expr]) -> pl.DataFrame:
    """Compute a few columns, their common parts once; many rows in pieces that fit into the cache of the processor."""
    query = frame.lazy().select(expressions)
    if len(frame) <= MANY_ROWS:  # a piece of a small frame could be a single row, whose last digit may differ
        return query.collect(engine="in-memory")
    pieces = query.collect(engine="streaming").get_columns()[::-1]
    columns = []
    while pieces:
        columns.append(pieces.pop().rechunk())  # pop frees the memory of each column once it is copied
    return pl.DataFrame(columns)
