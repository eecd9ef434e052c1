"""Add the groups and parents that a method or a rule names to the values that its formula reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.cell_text import cell_text
from indicia.definition import Data, check_group
from indicia.formulas import DRAW, PARENT, PERIOD, UNIT, Question
from indicia.tables.parents import NeedOfParents, Parents

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from indicia.methods import Imputation, Treatment
    from indicia.stages.stage import Fitted
    from indicia.tables.scope import StatisticsScope, StatisticValues
    from indicia.tables.table import Table


def with_columns_of_method(
    table: Table, method: Imputation | Treatment, scope: StatisticsScope, data: Data, need: NeedOfParents
) -> tuple[pl.DataFrame, StatisticsScope]:
    """Return the indicators with the groups and parents that a method names, and the scope of its statistics."""
    groups, parents = method.groups, method.parents
    return with_groups_and_parents(table, table.values, scope, data, str(method), groups, parents, need, raw=True)


def with_groups_and_parents(
    table: Table,
    values: pl.DataFrame,
    scope: StatisticsScope,
    data: Data,
    rule: str,
    groups: Iterable[str],
    parents: str | None,
    need: NeedOfParents,
    *,
    raw: bool,
) -> tuple[pl.DataFrame, StatisticsScope]:
    """Return values with the columns of groups and parents, and the scope of the statistics.

    Parameters
    ----------
    table
        The table with the units of the values.
    values
        One column for each indicator or node.
    scope
        The rows from which the stage computes statistics.
    data
        The section `[data]` of the index file.
    rule
        The method or rule that names groups and parents; errors quote it.
    groups
        The columns within which statistics are computed, in addition to the key of the scope; "period" stands for
        the column of periods.
    parents
        The column that names the parents, if the formula uses their values.
    need
        The rows that need the value of their parent.
    raw
        True if the values are values of indicators. Units that screening left out have these, but no scores.
    """
    groups = tuple(_columns(groups, data, rule))
    scope = replace(scope, key=tuple(dict.fromkeys([*scope.key, *groups])))
    table.check_groups(groups, rule)
    if parents is None:
        return table.with_scope_columns(values, scope), scope
    check_group(parents, data, f"{rule} names the parents")
    keys = _keys(table.units, table, parents)
    extra = [name for name in (DRAW,) if name in table.units.columns and name not in scope.key]
    frame = table.with_scope_columns(values, scope, *extra).hstack(keys.get_columns())
    screened_out = table.screened_out
    if not screened_out.is_empty():
        kept = screened_out.columns if raw else [name for name in table.units.columns if name in screened_out.columns]
        screened_out = screened_out.select(kept).hstack(_keys(screened_out, table, parents).get_columns())
        if DRAW in frame.columns:
            screened_out = screened_out.join(frame.select(DRAW).unique(maintain_order=True), how="cross")
    return frame, replace(scope, parents=Parents(parents, frame, screened_out, need))


def sources_of(
    stage: str, scope: StatisticsScope, statistics: StatisticValues, fitted: Fitted | None
) -> Mapping[Question, pl.DataFrame]:
    """Return, for each look-up, the unit that provides the value of each parent; with `fitted`, in the former run."""
    if scope.parents is None:
        return {}
    own = {question: value for question, value in statistics.items() if _is_computed(question, stage, fitted)}
    of_fit = {} if fitted is None else fitted.sources.get(stage, {})
    return {
        **{question: units for question, units in of_fit.items() if question in statistics and question not in own},
        **(scope.parents.sources(own) if own else {}),
    }


def _is_computed(question: Question, stage: str, fitted: Fitted | None) -> bool:
    return fitted is None or question.subject[0] in fitted.computed_at(stage)


def units_of_rows(
    scope: StatisticsScope, sources: Mapping[Question, pl.DataFrame], names: Collection[str]
) -> dict[str, pl.Series]:
    """Return, for each of these columns, the unit that provides the parent's value for each row."""
    if scope.parents is None:
        return {}
    parents = scope.parents
    return {
        name: parents.of_rows(units) for question, units in sources.items() if (name := question.subject[0]) in names
    }


def _columns(groups: Iterable[str], data: Data, rule: str) -> Iterator[str]:
    """Yield the columns of groups, without "period" if the data have no periods: all rows are then of one period."""
    for word in groups:
        column = data.period if word == "period" else word
        if column is None:
            continue
        if column != data.period:
            check_group(column, data, f"{rule} names the groups")
        yield column


def _keys(units: pl.DataFrame, table: Table, column: str) -> pl.DataFrame:
    period = table.period
    return units.select(
        pl.col(table.unit).alias(UNIT),
        pl.col(column).alias(PARENT),
        *([cell_text(period, units.schema[period]).alias(PERIOD)] if period else []),
    )
