"""Formulas computed over a table: all columns of a stage in one query, or all groups of rows.

Compute statistics of all groups of rows in one query; every digit is equal to that of a query of each group.

Weights within 100 periods need the same statistics of 100 small frames. Two grouped queries take a tenth of the time
of 300 queries.

Polars sums the rows of a group in the same order as the rows of a frame if they lie next to each other and the key is
marked as sorted. Else it sums row by row, and the last digit differs.

Compute recorded formulas: first their statistics, in one pass over the data, then the formulas.

A statistic of a statistic (such as the largest of the sums that VIKOR compares) needs one more pass: each round answers
the questions that need only answers of earlier rounds.

A fitted index stores the values of statistics, and inserts them into the same formulas for other rows.

Statistics are computed eagerly: a lazy query sums in as many pieces as there are threads, and the last digit would
depend on the machine. Row-wise expressions may be computed in chunks of any size if the result is rechunked.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.formulas import ONE, UNIT, USED, Node, Question, RecordedFormula
from indicia.formulas.node import OPERATORS, Reduction, postorder
from indicia.formulas.recorder import adds_squares, scaled
from indicia.formulas.rounds import rounds
from indicia.formulas.to_polars import Compiler, name_of
from indicia.tables.scope import StatisticsScope, StatisticValues
from indicia.tables.statistics_resolver import (
    MANY_ROWS,
    ROW_BY_ROW,
    SAFE_SQUARES,
    StatisticsResolver,
    compute_row_by_row,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from indicia.methods.profile import Profile


_GROUP = "\0group"

_BY_ROW = frozenset(
    [
        *("number", "statistic", *OPERATORS, "where", "max_of", "min_of", "abs", "sign", "sqrt", "cbrt", "exp"),
        *("log", "log10", "log1p", "arctan", "tanh", "floor", "ceil", "clip", "cast"),
        *("is_null", "is_not_null", "is_nan", "is_finite", "is_between", "fill_null", "fill_nan"),
    ]
)
_IN_GROUPS = _BY_ROW | {
    *("column", "min", "max", "sum", "mean", "median", "quantile", "std", "var", "deviation", "norm", "product"),
    *("count", "len", "null_count", "n_unique", "first", "last", "any", "all", "sort", "cum_sum"),
}
"""The kinds of nodes that give the same digits in a group as in a frame; `skew` and `kurtosis` give others."""

_FORMULAS_PER_BATCH = 8
"""The number of formulas computed at a time: each adds a column of statistics to the frame."""


def summarise_groups(
    frame: pl.DataFrame, sizes: Sequence[int], formulas: Mapping[str, RecordedFormula]
) -> pl.DataFrame | None:
    """Compute formulas for each group, one row per group; None where the last digit could differ from `summarise`.

    The rows of the frame are sorted by group. `sizes` are the numbers of rows of the groups, in this order.

    >>> from indicia.formulas import column, record
    >>> x = column("x")
    >>> spread = record(lambda recorder: recorder("x", x).max - recorder("x", x).min)
    >>> summarise_groups(pl.DataFrame({"x": [1.0, 2.0, 5.0, 5.0]}), (2, 2), {"spread": spread})["spread"].to_list()
    [1.0, 0.0]
    """
    if min(sizes) < 2 or not all(map(_has_equal_digits, formulas.values())):
        return None  # polars uses scalar kernels for a frame of one row, with other digits
    group = pl.Series(_GROUP, np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)).set_sorted()
    frame = frame.hstack([group, pl.Series(ONE, np.ones(len(frame)))])
    names = list(formulas)
    columns: list[pl.Series] = []
    for start in range(0, len(names), _FORMULAS_PER_BATCH):
        batch = names[start : start + _FORMULAS_PER_BATCH]
        values = _statistics(frame, [node for name in batch for node in formulas[name].questions.values()])
        values = values.with_columns(_formula_of_groups(formulas[name].root).alias(name) for name in batch)
        columns += values.select(*batch).cast(pl.Float64).get_columns()
    return pl.DataFrame(columns)


def _has_equal_digits(formula: RecordedFormula) -> bool:
    """Return whether a formula gives the same digits in groups as in a frame of each group."""
    questions = dict.fromkeys(formula.questions.values())
    row_nodes, statistic_nodes = postorder(questions), postorder([formula.root], done=questions)
    # polars adds sorted values of groups in another order, unless the formula sums them by `cum_sum`
    kinds_after_sort = {node.kind for node in row_nodes if any(arg.kind == "sort" for arg in node.args)}
    return (
        bool(questions)
        and _IN_GROUPS.issuperset(node.kind for node in row_nodes)
        and _BY_ROW.issuperset(node.kind for node in statistic_nodes)
        and kinds_after_sort <= {"cum_sum"}
    )


def _formula_of_groups(root: Node) -> pl.Expr:
    """Return the expression of a formula over a frame that has a column for each statistic.

    `summarise` computes the formula over one row, in which a division by a number is exact. Here the frame has one row
    per group, and a division is exact only if the divisor is a column.
    """
    compiler = Compiler({}, by_name=True)
    for node in postorder([root]):
        if node.has_placeholder and node.kind == "truediv" and node.args[1].kind == "number":
            compiler.put(node, compiler(node.args[0]) / (pl.col(ONE) * node.args[1].options[0]))
    return compiler(root)


def _statistics(frame: pl.DataFrame, questions: Iterable[Node]) -> pl.DataFrame:
    """Return the values of statistics, one row per group and one column per question."""
    compiler = Compiler({}, by_name=True)
    with_statistics = frame
    columns: list[pl.Series] = []
    for nodes in rounds(dict.fromkeys(questions)):
        values = _aggregate(with_statistics, {node: compiler(node.args[0]) for node in nodes})
        values = _rescue_squares(
            with_statistics, values, {node: compiler(scaled(node)) for node in nodes if adds_squares(node)}
        )
        columns += values.get_columns()
        with_statistics = with_statistics.hstack(values[frame[_GROUP]])
    return pl.DataFrame([pl.Series(ONE, np.ones(len(columns[0]))), *columns])


def _rescue_squares(frame: pl.DataFrame, values: pl.DataFrame, expressions: Mapping[Node, pl.Expr]) -> pl.DataFrame:
    """Return the values of statistics; where squares overflow or underflow, these expressions replace the values."""
    unsafe = {node: ~values[name_of(node)].is_between(*SAFE_SQUARES) for node in expressions}
    nodes = {node: expression for node, expression in expressions.items() if unsafe[node].any()}
    if not nodes:
        return values
    exact = _aggregate(frame, nodes)
    return values.with_columns(
        exact[name_of(node)].zip_with(unsafe[node].fill_null(value=False), values[name_of(node)]) for node in nodes
    )


def _aggregate(frame: pl.DataFrame, aggregates: Mapping[Node, pl.Expr]) -> pl.DataFrame:
    expressions = {
        # a column of statistics has equal values within a group
        node: expression.first() if _has_column(node.args[0]) else expression
        for node, expression in aggregates.items()
    }
    columns = [expression.cast(float).alias(name_of(node)) for node, expression in expressions.items()]
    return frame.group_by(_GROUP, maintain_order=True).agg(*columns, ROW_BY_ROW).select(map(name_of, aggregates))


def _has_column(root: Node) -> bool:
    """Return True if a tree uses the columns of statistics outside of an aggregate."""
    aggregates = [node for node in postorder([root]) if isinstance(node, Reduction)]
    return any(node.is_question for node in postorder([root], done=aggregates))


_ALL_ROWS = StatisticsScope()


@dataclass(frozen=True)
class Evaluation:
    """The columns of formulas, the values of their statistics, and the formulas."""

    frame: pl.DataFrame
    statistics: StatisticValues
    formulas: Mapping[str, RecordedFormula]


def evaluate(
    frame: pl.DataFrame,
    formulas: Mapping[str, RecordedFormula],
    scope: StatisticsScope = _ALL_ROWS,
    fitted: StatisticValues | None = None,
    *,
    profiles: Mapping[tuple[str, ...], Profile] = MappingProxyType({}),
    weights: Mapping[Node, float | pl.Expr] = MappingProxyType({}),
    whole_column: bool = False,
    gaps: bool = False,
    computed: Collection[str] = (),
    anew: Collection[Question] = (),
    place: str = "",
) -> Evaluation:
    """Compute one column per formula, with statistics of the rows of a scope.

    Parameters
    ----------
    frame
        The values, and the columns that the scope names.
    formulas
        The formulas, by the names of the columns to compute.
    scope
        The rows from which statistics are computed; the default is all rows.
    fitted
        The values of statistics of other rows. With them, no statistic of these rows is computed, except for the
        formulas that `computed` names.
    profiles
        The profiles of subjects over all rows; the statistics that they have are not computed again.
    weights
        The values of the weights in the formulas.
    whole_column
        True if a formula needs all rows of a column, as ranks do; else formulas are computed row by row.
    gaps
        True if each formula fills the gaps of the column with its name; if rows are many, only gaps are computed.
    computed
        The formulas whose statistics are those of these rows, although `fitted` has values.
    anew
        The single statistics that are those of these rows, although `fitted` has values.
    place
        The name of the formulas in the run; a run over partitions asks for their statistics under this name.

    Examples
    --------

    >>> from indicia.formulas import column, record
    >>> x = column("x")
    >>> share = record(lambda recorder: x / recorder("x", x).sum)
    >>> evaluate(pl.DataFrame({"x": [1.0, 2.0, 5.0]}), {"share": share}).frame["share"].to_list()
    [0.125, 0.25, 0.625]
    """
    if fitted is not None and (own := [name for name in formulas if name in computed]):
        options: dict[str, Any] = {"profiles": profiles, "weights": weights, "whole_column": whole_column, "gaps": gaps}
        options |= {"anew": anew, "place": place}
        rest = {name: formula for name, formula in formulas.items() if name not in own}
        evaluations = [evaluate(frame, {name: formulas[name] for name in own}, scope, **options)]
        evaluations += [evaluate(frame, rest, scope, fitted, **options)] if rest else []
        return _joined(list(formulas), evaluations)
    if fitted is not None and frame.height == 1 and not anew:
        # Polars uses scalar kernels for a frame of one row, and the last digit can differ. The row is computed twice,
        # so that a single unit gets the same score as among others.
        doubled = pl.DataFrame([pl.concat([column, column]) for column in frame.get_columns()])
        evaluation = evaluate(doubled, formulas, scope, fitted, weights=weights, whole_column=whole_column, gaps=gaps)
        return Evaluation(evaluation.frame.head(1), evaluation.statistics, formulas)
    frame = _with_ones(frame)
    names = list(formulas)
    if gaps and len(frame) > MANY_ROWS:
        resolver = StatisticsResolver(frame, scope, fitted, anew, join_values=False, place=place)
        resolver.expressions(formulas)
        filled = [_fill_gaps(frame, name, formulas[name], scope, resolver.statistics) for name in names]
        return Evaluation(pl.DataFrame(filled), resolver.statistics, formulas)
    # partitions of different sizes must ask for the same statistics together
    is_large = scope.key and len(frame) > MANY_ROWS and scope.partition is None
    batch_size = max(_FORMULAS_PER_BATCH, pl.thread_pool_size()) if is_large else max(1, len(names))
    columns: list[pl.Series] = []
    statistics: StatisticValues = {}
    for start in range(0, len(names), batch_size):
        batch = {name: formulas[name] for name in names[start : start + batch_size]}
        known = profiles if scope.pooled else {}
        resolver = StatisticsResolver(frame, scope, fitted, anew, known, weights, place=place)
        expressions = resolver.expressions(batch)
        # many formulas keep all threads busy in one query, and the columns of pieces would have to be copied
        in_one_query = whole_column or len(expressions) >= _FORMULAS_PER_BATCH
        rows = resolver.frame
        columns += (rows.select(expressions) if in_one_query else compute_row_by_row(rows, expressions)).get_columns()
        statistics |= resolver.statistics
    return Evaluation(pl.DataFrame(columns), statistics, formulas)


def _joined(names: Sequence[str], evaluations: Sequence[Evaluation]) -> Evaluation:
    """Return the columns of several evaluations in this order, with all their statistics."""
    statistics = {question: value for each in evaluations for question, value in each.statistics.items()}
    formulas = {name: formula for each in evaluations for name, formula in each.formulas.items()}
    columns = {column.name: column for each in evaluations for column in each.frame}
    return Evaluation(
        pl.DataFrame([columns[name] for name in names]), statistics, {name: formulas[name] for name in names}
    )


def _fill_gaps(
    frame: pl.DataFrame, name: str, formula: RecordedFormula, scope: StatisticsScope, statistics: StatisticValues
) -> pl.Series:
    """Compute a formula for the rows in which a column is missing, and insert its values into the column."""
    column = frame[name]
    if not column.null_count():
        return column
    missing = column.is_null()
    key = (*scope.key, *((UNIT, *scope.parents.key) if scope.parents else ()))
    used = [column.name for column in frame if column.name.startswith(USED)]
    rows = frame.select(name, *dict.fromkeys(key), *used).filter(missing)
    values = evaluate(rows, {name: formula}, StatisticsScope(scope.key, parents=scope.parents), statistics).frame[name]
    return column.clone().scatter(missing.arg_true(), values)


def summarise(
    frame: pl.DataFrame,
    formulas: Mapping[str, RecordedFormula],
    scope: StatisticsScope = _ALL_ROWS,
    place: str = "",
    profiles: Mapping[tuple[str, ...], Profile] = MappingProxyType({}),
) -> dict[str, float | None]:
    """Compute one number per formula, whose operands are all statistics or numbers; see `evaluate`.

    >>> from indicia.formulas import column, record
    >>> x = column("x")
    >>> spread = record(lambda recorder: recorder("x", x).max - recorder("x", x).min)
    >>> summarise(pl.DataFrame({"x": [1.0, 2.0, 5.0]}), {"spread": spread})
    {'spread': 4.0}
    """
    resolver = StatisticsResolver(_with_ones(frame), scope, profiles=profiles, join_values=False, place=place)
    numbers = resolver.expressions(formulas)
    # a group may have no row in a partition
    row = resolver.frame.head(1) if resolver.frame.height else pl.DataFrame({ONE: [1.0]})
    return row.select_seq(numbers).row(0, named=True)


def _with_ones(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.hstack([pl.Series(ONE, np.ones(frame.height))])
