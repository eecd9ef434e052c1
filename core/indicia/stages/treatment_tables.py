"""The tables of further results of treatments: what a treatment found for each indicator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from indicia.formulas import Expression, Recorder, column, literal, record
from indicia.stages.plugin_boundary import attribute_errors_to
from indicia.stages.stage import MethodTable
from indicia.tables.evaluate import evaluate
from indicia.tables.scope import StatisticsScope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Treatment
    from indicia.methods.detail_tables import DetailTable
    from indicia.tables.values import StatisticValues

TABLE = "treatment"


def treatment_tables(
    step: str,
    methods: Mapping[str, Treatment],
    before: pl.DataFrame,
    scope: StatisticsScope,
    statistics: StatisticValues,
    after: pl.DataFrame,
) -> list[MethodTable]:
    """Return the tables of the treatments that report figures, one for each indicator.

    Parameters
    ----------
    step
        The word of the index file for the step: `treatment` or `transform`.
    methods
        The methods, by indicator.
    before
        The values before the step, and the columns that the scope names.
    scope
        The rows from which the statistics are computed.
    statistics
        The values of the statistics in the formulas.
    after
        The values after the step.
    """
    return [
        MethodTable(method, TABLE, (name,), {}, partial(_columns, step, name, method, before, scope, statistics, after))
        for name, method in methods.items()
        if method.reports_figures
    ]


def _columns(
    step: str,
    name: str,
    method: Treatment,
    before: pl.DataFrame,
    scope: StatisticsScope,
    statistics: StatisticValues,
    after: pl.DataFrame,
) -> DetailTable:
    """Return a row for each group of rows: the number of values that the step changed, and what the method found."""
    changed = before[name].ne_missing(after[name]).alias("\0changed")
    rows = before.select(*scope.key, name).with_columns(changed)
    sums = pl.col("\0changed").sum(), pl.col(name).first()
    rows = rows.group_by(*scope.key, maintain_order=True).agg(*sums) if scope.key else rows.select(*sums)
    keyed = StatisticsScope(scope.key, parents=scope.parents)
    formulas = {figure: record(_FigureFormula(method, name, figure)) for figure in _figures(method, name)}
    figures = evaluate(rows.drop("\0changed"), formulas, keyed, statistics).frame if formulas else pl.DataFrame()
    size = len(rows)
    return {
        **{word: rows[word].cast(pl.String).to_list() for word in scope.key},
        "indicator": [name] * size,
        "step": [step] * size,
        "method": [method.name] * size,
        "changed": rows["\0changed"].to_list(),
        **{figure.name: figure.cast(pl.Float64).to_numpy() for figure in figures},
    }


@dataclass(frozen=True)
class _FigureFormula:
    """The formula of a figure that a treatment found."""

    method: Treatment
    name: str
    figure: str

    def __call__(self, recorder: Recorder) -> Expression:
        figure = _figures(self.method, self.name, recorder)[self.figure]
        return figure if isinstance(figure, Expression) else literal(figure)


def _figures(method: Treatment, name: str, recorder: Recorder | None = None) -> Mapping[str, Expression | float | None]:
    x = column(name)
    s = (recorder or Recorder())(name, x, parents=method.parents, uses=method.used_names)
    with attribute_errors_to(method, name):
        return method.figures(x, s)
