"""Compute numbers of every group of rows at once, with the digits that each group gives by itself.

Weights within 100 periods ask the same of 100 small frames: two grouped queries take a tenth of the time of 300.

Polars adds up the rows of a group as it adds up a frame if they lie next to each other and the key is known to be
sorted; else row by row, and the last digit differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.formulas import ONE
from indicia.formulas.node import Reduction, in_order
from indicia.formulas.operators import OPERATORS
from indicia.formulas.rounds import rounds
from indicia.formulas.statistics import adds_squares, scaled
from indicia.formulas.to_polars import Compiler, name_of
from indicia.tables.evaluate import IN_ORDER, SQUARED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.formulas import Node, Recorded

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
"""The kinds of nodes that have the same digits in a group as in a frame; `skew` and `kurtosis` have not."""

_AT_ONCE = 8
"""So many formulas are computed at a time: the values of their statistics stand beside every row."""


def summarise_groups(
    frame: pl.DataFrame, sizes: Sequence[int], formulas: Mapping[str, Recorded]
) -> pl.DataFrame | None:
    """Compute what `summarise` gives of each group, one row per group; None where the last digit could differ.

    The first group are the first rows, as many as the first size says, and so on.

    >>> from indicia.formulas import column, record
    >>> x = column("x")
    >>> spread = record(lambda recorder: recorder("x", x).max - recorder("x", x).min)
    >>> summarise_groups(pl.DataFrame({"x": [1.0, 2.0, 5.0, 5.0]}), (2, 2), {"spread": spread})["spread"].to_list()
    [1.0, 0.0]
    """
    if min(sizes) < 2 or not all(map(_is_alike, formulas.values())):
        return None  # with a single row polars computes as with a number
    group = pl.Series(_GROUP, np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)).set_sorted()
    frame = frame.hstack([group, pl.Series(ONE, np.ones(len(frame)))])
    names = list(formulas)
    columns: list[pl.Series] = []
    for start in range(0, len(names), _AT_ONCE):
        batch = names[start : start + _AT_ONCE]
        values = _statistics(frame, [node for name in batch for node in formulas[name].questions.values()])
        values = values.with_columns(_of_statistics(formulas[name].root).alias(name) for name in batch)
        columns += values.select(*batch).cast(pl.Float64).get_columns()
    return pl.DataFrame(columns)


def _is_alike(formula: Recorded) -> bool:
    questions = dict.fromkeys(formula.questions.values())
    of_rows, of_statistics = in_order(questions), in_order([formula.root], done=questions)
    # sorted groups are added up row by row, unless cumulative sums come first
    after_sort = {node.kind for node in of_rows if any(arg.kind == "sort" for arg in node.args)}
    return (
        bool(questions)
        and _IN_GROUPS.issuperset(node.kind for node in of_rows)
        and _BY_ROW.issuperset(node.kind for node in of_statistics)
        and after_sort <= {"cum_sum"}
    )


def _of_statistics(root: Node) -> pl.Expr:
    """Return the expression of a formula over a frame that has a column for each statistic.

    Polars divides one row by a number exactly, and many rows only by a column.
    """
    compiler = Compiler({}, by_name=True)
    for node in in_order([root]):
        if node.is_open and node.kind == "truediv" and node.args[1].kind == "number":
            compiler.put(node, compiler(node.args[0]) / (pl.col(ONE) * node.args[1].options[0]))
    return compiler(root)


def _statistics(frame: pl.DataFrame, questions: Iterable[Node]) -> pl.DataFrame:
    """Return the values of statistics, one row per group and one column per question."""
    compiler = Compiler({}, by_name=True)
    beside = frame
    columns: list[pl.Series] = []
    for nodes in rounds(dict.fromkeys(questions)):
        values = _aggregated(beside, {node: compiler(node.args[0]) for node in nodes})
        values = _scaled(beside, values, {node: compiler(scaled(node)) for node in nodes if adds_squares(node)})
        columns += values.get_columns()
        beside = beside.hstack(values[frame[_GROUP]])
    return pl.DataFrame([pl.Series(ONE, np.ones(len(columns[0]))), *columns])


def _scaled(frame: pl.DataFrame, values: pl.DataFrame, of_scaled: Mapping[Node, pl.Expr]) -> pl.DataFrame:
    """Return values, of scaled rows in the groups in which their squares leave the range of numbers."""
    lost = {node: ~values[name_of(node)].is_between(*SQUARED) for node in of_scaled}
    again = {node: expression for node, expression in of_scaled.items() if lost[node].any()}
    if not again:
        return values
    better = _aggregated(frame, again)
    return values.with_columns(
        better[name_of(node)].zip_with(lost[node].fill_null(value=False), values[name_of(node)]) for node in again
    )


def _aggregated(frame: pl.DataFrame, aggregates: Mapping[Node, pl.Expr]) -> pl.DataFrame:
    # arithmetic of settled statistics is a column that does not vary within a group
    single = {node: one if isinstance(node.args[0], Reduction) else one.first() for node, one in aggregates.items()}
    named = [expression.cast(float).alias(name_of(node)) for node, expression in single.items()]
    return frame.group_by(_GROUP, maintain_order=True).agg(*named, IN_ORDER).select(map(name_of, aggregates))
