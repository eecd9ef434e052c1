"""The formula of a treatment, and the tables of what a treatment found for each indicator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import DataError, join_names
from indicia.formulas import Expression, Recorder, column, literal, record
from indicia.stages.plugin_boundary import attribute_errors_to, checked_expression, plugin_of
from indicia.stages.stage import MethodTable
from indicia.statistics.profile import domain_error
from indicia.tables.evaluate import evaluate
from indicia.tables.scope import StatisticsScope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.methods import Treatment
    from indicia.methods.detail_tables import DetailTable
    from indicia.tables.table import Table
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


@dataclass(frozen=True)
class TreatmentFormula:
    """The formula that treats an indicator."""

    method: Treatment
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        with attribute_errors_to(self.method, self.name, recorder):
            s = recorder(self.name, x, parents=self.method.parents, uses=self.method.used_names)
            return checked_expression(self.method, self.name, self.method.treat(x, s))


def check_domains(table: Table, methods: Mapping[str, Treatment], remedy: Callable[[str, Treatment], str]) -> None:
    """Refuse values outside the domain of a method; `remedy` returns the remedy for an indicator and its method."""
    for name, method in methods.items():
        if not table.profiles[name].within(method.domain):
            units = table.units_outside(table.values[name], method.domain)
            raise domain_error(method.name, method.domain, name, units, remedy(name, method))


def with_treated(table: Table, methods: Mapping[str, Treatment], treated: pl.DataFrame, stage: str) -> Table:
    """Return the table with treated values; values that are not finite are an error."""
    profiles = table.profile_columns(treated, stage, {name: table.profiles[name].missing for name in methods})
    for name, treated_profile in profiles.items():
        if not treated_profile.finite or table.loses_values(name, treated[name]):
            units = table.without_result(treated[name])
            raise DataError(
                f"{methods[name].name} has no finite value of {name} for {join_names(units)}",
                where=plugin_of(methods[name]),
                remedy=f"choose another {stage} for {name}",
            )
    return table.with_values(treated, profiles)
