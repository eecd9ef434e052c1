"""Treat outliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.errors import join_names
from indicia.formulas import record_each
from indicia.stages.groups_and_parents import with_groups_and_parents
from indicia.stages.plugin_boundary import asked, evaluated
from indicia.stages.stage import Record, Stage, changed
from indicia.stages.take_scope import check_known
from indicia.stages.treating import Treating, check_domains, with_treated
from indicia.tables.parents import VALUES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from indicia.definition import Data, Preparation
    from indicia.formulas import Recorded
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
        """Return the table with treated values, each changed cell on record; outliers that remain are a warning."""
        methods = {one.id: one.treatment for one in table.taking_part(self.indicators) if one.treatment}
        if not methods:
            return table, Record(self.name)
        check_domains(table, methods, _remedy)
        columns: dict[str, pl.Series] = {}
        statistics: StatisticValues = {}
        formulas: dict[str, Recorded] = {}
        batches: list[Batch] = []
        values = fitted.of(self.name) if fitted else None
        for members in _by_rows(methods):
            method = next(iter(members.values()))
            frame, scope = with_groups_and_parents(
                table, table.values, self.data, str(method), method.groups, method.parents, VALUES, raw=True
            )
            if values is not None and method.groups:
                _check_groups(table, scope, members, values)
            recorded = record_each({name: Treating(method, name) for name, method in members.items()})
            found = evaluated(members, frame, recorded, scope, values)
            columns |= {column.name: column for column in found.frame}
            statistics |= found.statistics
            formulas |= found.formulas
            batches.append((members, scope))
        treated = pl.DataFrame([columns[name] for name in methods])
        after = with_treated(table, methods, treated, self.name)
        return after, Record(
            self.name,
            statistics=statistics,
            formulas=formulas,
            changes=changed(self.name, table.values, treated, {name: str(method) for name, method in methods.items()}),
            warnings=() if fitted else tuple(_unmet(after, batches)),
        )


def _remedy(name: str, method: Treatment) -> str:
    return f'choose another treatment for {name}, or write transform = "{method.name}" and a floor there'


def _by_rows(methods: Mapping[str, Treatment]) -> Iterable[dict[str, Treatment]]:
    """Return the indicators that are treated together: those of all methods that name no groups and no parents."""
    together: dict[tuple[object, ...], dict[str, Treatment]] = {}
    for name, method in methods.items():
        own = (str(method), method.groups, method.parents) if method.groups or method.parents else ()
        together.setdefault(own, {})[name] = method
    return together.values()


def _check_groups(table: Table, scope: StatisticsScope, names: Collection[str], fitted: StatisticValues) -> None:
    """Refuse units of a group that nothing was fitted to: missing limits would leave their outliers as they are."""
    for question, value in fitted.items():
        if question.subject[0] in names and isinstance(value, pl.DataFrame) and value.columns[:-1] == list(scope.key):
            check_known(table.units, scope.key, value, f"statistics of {question.subject[0]}")


def _unmet(table: Table, batches: Iterable[Batch]) -> Iterator[str]:
    """Yield a warning for each method by which indicators do not pass, over the rows that were treated together."""
    unmet = dict[str, list[str]]()
    for methods, scope in batches:
        frame = table.beside(table.values, scope)
        frame = frame if scope.reference is None else frame.filter(scope.reference)
        groups = frame.partition_by(scope.key) if scope.key else [frame]
        for name, method in methods.items():
            with asked(method, name):
                present = [group[name].drop_nulls().to_numpy() for group in groups]
                passed = all(method.passes(values) for values in present if values.size)
            if not passed:
                unmet.setdefault(str(method), []).append(name)
    yield from (f"{method} could not bring in the outliers of {join_names(names)}" for method, names in unmet.items())
