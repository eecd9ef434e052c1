"""The formula of a treatment, and what holds of its values, as a treatment and as a transform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.errors import DataError, join_names
from indicia.formulas import column
from indicia.stages.plugin_boundary import asked, expression, plugin_of
from indicia.tables.profile import domain_error, profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from indicia.formulas import Expression, Recorder
    from indicia.methods import Treatment
    from indicia.tables.table import Table


@dataclass(frozen=True)
class Treating:
    """The formula by which an indicator is treated."""

    method: Treatment
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        with asked(self.method, self.name, recorder):
            s = recorder(self.name, x, parents=self.method.parents)
            return expression(self.method, self.name, self.method.treat(x, s))


def check_domains(table: Table, methods: Mapping[str, Treatment], remedy: Callable[[str, Treatment], str]) -> None:
    """Refuse indicators with values that their method does not take; the remedy is of the indicator and its method."""
    for name, method in methods.items():
        if not table.facts[name].within(method.domain):
            units = table.outside(table.values[name], method.domain)
            raise domain_error(method.name, method.domain, name, units, remedy(name, method))


def with_treated(table: Table, methods: Mapping[str, Treatment], treated: pl.DataFrame, stage: str) -> Table:
    """Return the table with treated values, every one of which is finite."""
    looked_at = profile(treated, treated.columns)
    for name, facts in looked_at.items():
        if not facts.finite or facts.missing > table.facts[name].missing:
            unmade = table.without_result(treated[name])
            raise DataError(
                f"{methods[name].name} has no finite value of {name} for {join_names(unmade)}",
                where=plugin_of(methods[name]),
                remedy=f"choose another {stage} for {name}",
            )
    return table.with_values(treated, looked_at)
