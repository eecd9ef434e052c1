"""The formula and the checks of a method of treatment, which may be a treatment or a transform in the index file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.errors import DataError, join_names
from indicia.formulas import column
from indicia.stages.plugin_boundary import attribute_errors_to, checked_expression, plugin_of
from indicia.statistics.profile import domain_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from indicia.formulas import Expression, Recorder
    from indicia.methods import Treatment
    from indicia.tables.table import Table


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
