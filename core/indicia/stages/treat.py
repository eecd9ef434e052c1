"""Treat outliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from indicia.errors import DataError, listed
from indicia.formulas import column, record
from indicia.stages.plugin_boundary import asked, evaluated, expression, plugin_of
from indicia.stages.stage import Record, Stage, changed
from indicia.tables.profile import domain_error, profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.definition import Preparation
    from indicia.formulas import Expression, Recorder
    from indicia.methods import Treatment
    from indicia.stages.stage import Fitted
    from indicia.tables.evaluate import Evaluated
    from indicia.tables.table import Table
    from indicia.tables.values import StatisticValues


@dataclass(frozen=True)
class Treat(Stage):
    """Treat the outliers of indicators that have a treatment."""

    name: ClassVar[str] = "treatment"
    indicators: tuple[Preparation, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with treated values, each changed cell on record; outliers that remain are a warning."""
        methods = {one.id: one.treatment for one in table.taking_part(self.indicators) if one.treatment}
        if not methods:
            return table, Record(self.name)
        treated, found = changed_scale(table, self.name, methods, fitted.of(self.name) if fitted else None)
        why = {name: str(method) for name, method in methods.items()}
        return treated, Record(
            self.name,
            statistics=found.statistics,
            formulas=found.formulas,
            changes=changed(self.name, table.values, found.frame, why),
            warnings=() if fitted else tuple(_unmet(treated, methods)),
        )


def changed_scale(
    table: Table,
    stage: str,
    methods: Mapping[str, Treatment],
    fitted: StatisticValues | None,
) -> tuple[Table, Evaluated]:
    """Return the table with the values that treatments give, their statistics and their formulas."""
    for name, method in methods.items():
        if not table.facts[name].within(method.domain):
            units = table.outside(table.values[name], method.domain)
            remedy = f"give {name} a floor, or no transform"
            if stage == "treatment":
                remedy = f'choose another treatment for {name}, or write transform = "{method.name}" and a floor there'
            raise domain_error(method.name, method.domain, name, units, remedy)
    frame = table.beside(table.values, table.scope)
    formulas = {name: record(Treating(method, name)) for name, method in methods.items()}
    found = evaluated(methods, frame, formulas, table.scope, fitted)
    looked_at = profile(found.frame, found.frame.columns)
    for name, facts in looked_at.items():
        if not facts.finite or facts.missing > table.facts[name].missing:
            unmade = table.without_result(found.frame[name])
            raise DataError(
                f"{methods[name].name} has no finite value of {name} for {listed(unmade)}",
                where=plugin_of(methods[name]),
                remedy=f"choose another {stage} for {name}",
            )
    return table.with_values(found.frame, looked_at), found


@dataclass(frozen=True)
class Treating:
    """The formula by which an indicator is treated."""

    method: Treatment
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        with asked(self.method, self.name, recorder):
            return expression(self.method, self.name, self.method.treat(x, recorder(self.name, x)))


def _unmet(table: Table, methods: Mapping[str, Treatment]) -> Iterator[str]:
    """Yield a warning for each method by which indicators do not pass, over the rows that were treated together."""
    frame, unmet = table.beside(table.values, table.scope), dict[str, list[str]]()
    frame = frame if table.scope.reference is None else frame.filter(table.scope.reference)
    groups = frame.partition_by(table.scope.key) if table.scope.key else [frame]
    for name, method in methods.items():
        with asked(method, name):
            present = [group[name].drop_nulls().to_numpy() for group in groups]
            passed = all(method.passes(values) for values in present if values.size)
        if not passed:
            unmet.setdefault(str(method), []).append(name)
    yield from (f"{method} could not bring in the outliers of {listed(names)}" for method, names in unmet.items())
