"""Treat outliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from indicia.errors import join_names
from indicia.formulas import record_each
from indicia.partitions.partition import for_each
from indicia.stages.groups_and_parents import with_columns_of_method
from indicia.stages.plugin_boundary import attribute_errors_to, evaluate_checked
from indicia.stages.stage import Record, Stage, changes_between
from indicia.stages.take_scope import check_fitted_keys
from indicia.stages.treatment_formula import TreatmentFormula, check_domains, with_treated
from indicia.stages.treatment_tables import treatment_tables
from indicia.tables.parents import VALUES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from indicia.definition import Data, Preparation
    from indicia.formulas import RecordedFormula
    from indicia.methods import Treatment
    from indicia.partitions.partition import Partition
    from indicia.stages.stage import Fitted, MethodTable
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table
    from indicia.tables.values import StatisticValues

    Batch = tuple[Mapping[str, Treatment], StatisticsScope]


@dataclass(frozen=True)
class Treat(Stage):
    """Treat the outliers of indicators that have a treatment."""

    name: ClassVar[str] = "treatment"
    indicators: tuple[Preparation, ...]
    data: Data

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with treated values; the record has the changed cells, and a warning if outliers remain."""
        indicators = table.taking_part(self.indicators)
        methods = {indicator.id: indicator.treatment for indicator in indicators if indicator.treatment}
        if not methods:
            return table, Record(self.name)
        check_domains(table, methods, _remedy)
        columns: dict[str, pl.Series] = {}
        statistics: StatisticValues = {}
        formulas: dict[str, RecordedFormula] = {}
        batches: list[Batch] = []
        tables: list[MethodTable] = []
        values, own = (fitted.of(self.name), fitted.computed_at(self.name)) if fitted else (None, frozenset(methods))

        def treat(members: dict[str, Treatment]) -> None:
            method = next(iter(members.values()))
            frame, scope = with_columns_of_method(table, method, table.scopes.treatment, self.data, VALUES)
            if values is not None and method.groups:
                _check_groups(table, scope, members, values)
            recorded = record_each({name: TreatmentFormula(method, name) for name, method in members.items()})
            evaluation = evaluate_checked(
                members, frame, recorded, scope, values, computed=own, place=f"{self.name} by {method}"
            )
            tables.extend(treatment_tables(self.name, members, frame, scope, evaluation.statistics, evaluation.frame))
            columns.update({column.name: column for column in evaluation.frame})
            statistics.update(evaluation.statistics)
            formulas.update(evaluation.formulas)
            batches.append((members, scope))

        for_each(table.partition, _by_groups_and_parents(methods), treat)
        treated = pl.DataFrame([columns[name] for name in methods])
        after = with_treated(table, methods, treated, self.name)
        return after, Record(
            self.name,
            statistics=statistics,
            formulas=formulas,
            changes=changes_between(
                self.name, table.values, treated, {name: str(method) for name, method in methods.items()}
            ),
            warnings=tuple(_warnings(after, batches, own)),
            tables=tuple(tables),
        )


def _remedy(name: str, method: Treatment) -> str:
    return f'choose another treatment for {name}, or write transform = "{method.name}" and a floor there'


def _by_groups_and_parents(methods: Mapping[str, Treatment]) -> Iterable[dict[str, Treatment]]:
    """Group the indicators that share a query: with no groups and parents of a method, or with equal methods."""
    groups: dict[tuple[object, ...], dict[str, Treatment]] = {}
    for name, method in methods.items():
        key = (str(method), method.groups, method.parents) if method.groups or method.parents else ()
        groups.setdefault(key, {})[name] = method
    return groups.values()


def _check_groups(table: Table, scope: StatisticsScope, names: Collection[str], fitted: StatisticValues) -> None:
    """Refuse units of a group without fitted statistics, in which outliers could not be treated."""
    for question, value in fitted.items():
        if question.subject[0] in names and isinstance(value, pl.DataFrame) and value.columns[:-1] == list(scope.key):
            check_fitted_keys(table.units, scope.key, value, f"statistics of {question.subject[0]}")


def _warnings(table: Table, batches: Iterable[Batch], names: Collection[str]) -> Iterator[str]:
    """Yield a warning for each method after which outliers remain, with those of its indicators that `names` has."""
    failed = dict[str, list[str]]()
    treated = [(name, method, scope) for methods, scope in batches for name, method in methods.items() if name in names]
    passed = for_each(table.partition, treated, lambda each: _passes(table, *each))
    for (name, method, _), has_passed in zip(treated, passed, strict=True):
        if not has_passed:
            failed.setdefault(str(method), []).append(name)
    yield from (f"{method} could not bring in the outliers of {join_names(names)}" for method, names in failed.items())


def _passes(table: Table, name: str, method: Treatment, scope: StatisticsScope) -> bool:
    """Return whether the treated values of an indicator meet the aim of its treatment, in each group of rows."""
    if not method.checks_values:
        return True
    frame = table.with_scope_columns(table.values.select(name), scope)
    frame = frame if scope.reference is None else frame.filter(scope.reference)
    with attribute_errors_to(method, name):
        if table.partition is not None:
            return all(_pass_merged(table.partition, frame, name, method, scope))
        groups = frame.partition_by(scope.key) if scope.key else [frame]
        columns = [group[name].drop_nulls().to_numpy() for group in groups]
        return all(method.passes(values) for values in columns if values.size)


def _pass_merged(
    partition: Partition, frame: pl.DataFrame, name: str, method: Treatment, scope: StatisticsScope
) -> list[bool]:
    """Return whether the treated values of all rows meet the aim of the treatment, for each group of rows."""
    place = f"{name} after {method}"
    from indicia.partitions.key_codes import ask_keys, codes_of
    from indicia.partitions.merged_column import NoValues, PartitionColumn  # few tables are in partitions

    keys = ask_keys(partition, place, frame.select(scope.key)) if scope.key else None
    codes = np.zeros(frame.height) if keys is None else codes_of(frame.select(scope.key), keys)

    def passes(code: int) -> bool:
        values = frame[name].filter(pl.Series(codes == code)).drop_nulls().to_numpy(writable=True)
        try:
            return method.passes_merged(PartitionColumn(partition, f"{place}, {code}", values))
        except NoValues:
            return True

    return for_each(partition, range(1 if keys is None else keys.height), passes)
