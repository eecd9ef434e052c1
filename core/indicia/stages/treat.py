"""Treat outliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.errors import join_names
from indicia.formulas import record_each
from indicia.partitions.partition import for_each
from indicia.stages.groups_and_parents import with_columns_of_method
from indicia.stages.plugin_boundary import attribute_errors_to, evaluate_checked
from indicia.stages.stage import Record, Stage, changes_between
from indicia.stages.take_scope import check_fitted_keys
from indicia.stages.treatment_formula import TreatmentFormula, check_domains, with_treated
from indicia.tables.parents import VALUES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from indicia.definition import Data, Preparation
    from indicia.formulas import RecordedFormula
    from indicia.methods import Treatment
    from indicia.stages.stage import Fitted
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
    for methods, scope in batches:
        frame = table.with_scope_columns(table.values, scope)
        frame = frame if scope.reference is None else frame.filter(scope.reference)
        groups = frame.partition_by(scope.key) if scope.key else [frame]
        for name, method in ((name, method) for name, method in methods.items() if name in names):
            with attribute_errors_to(method, name):
                columns = [group[name].drop_nulls().to_numpy() for group in groups]
                passed = all(method.passes(values) for values in columns if values.size)
            if not passed:
                failed.setdefault(str(method), []).append(name)
    yield from (f"{method} could not bring in the outliers of {join_names(names)}" for method, names in failed.items())
