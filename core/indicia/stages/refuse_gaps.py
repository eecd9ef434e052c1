"""Refuse missing values for which the methodology has no rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.errors import DataError, join_names
from indicia.stages.stage import Record, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Preparation
    from indicia.stages.stage import Fitted
    from indicia.tables.table import Table


@dataclass(frozen=True)
class RefuseGaps(Stage):
    """Refuse missing values in indicators that may not have gaps."""

    name: ClassVar[str] = "gaps"
    indicators: tuple[Preparation, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the same table, if these indicators have no gaps."""
        if gaps := [
            indicator for indicator in table.taking_part(self.indicators) if table.profiles[indicator.id].missing
        ]:
            raise _missing_error(gaps, table)
        return table, Record(self.name)


def _missing_error(indicators: Sequence[Preparation], table: Table) -> DataError:
    """Return the error, with the units that lack a value and the other indicators with gaps."""

    def label(indicator: Preparation) -> str:
        return f"{indicator.id} (per {indicator.spec.per})" if indicator.spec.per else indicator.id

    first, *more = indicators
    units = table.first_units_where(table.values[first.id], pl.col("\0").is_null(), RefuseGaps.name)
    others = [f"{label(indicator)} ({table.profiles[indicator.id].missing})" for indicator in more]
    where = [f"missing too: {join_names(others, 10)}"] if others else []
    remedy = (
        'complete the data, or write missing = "skip", missing = "propagate" or an imputation in [methodology]; '
        "--set methodology.missing=skip does so for a run"
    )
    if first.imputation is not None:  # the imputation could not fill the gaps, for example in a group without values
        where.insert(0, f"{first.imputation} found no value for these units")
        remedy = 'complete the data, choose another imputation, or write missing = "skip" or missing = "propagate"'
    return DataError(
        f"{label(first)} is missing for {units.count} unit(s): {join_names(units.names, count=units.count)}",
        where="\n".join(where) or None,
        remedy=remedy,
    )
