"""Check the columns that methods use beside the indicators: gaps, infinite values, domains, and sums of weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.errors import DataError, join_names
from indicia.formulas import USED
from indicia.partitions.merge import ByKey
from indicia.stages.stage import Record, Stage
from indicia.statistics.profile import profile

if TYPE_CHECKING:
    from indicia.definition import Use
    from indicia.stages.stage import Fitted
    from indicia.tables.table import Table


_SCOPES = {"transform": "treatment", "as_component": "rescaling"}
"""The stages whose statistics have the rows of another stage."""


@dataclass(frozen=True)
class CheckColumns(Stage):
    """Refuse a used column that lacks values, or that has values that its method does not accept.

    Units that screening leaves out need no values.
    """

    name: ClassVar[str] = "columns"
    uses: tuple[Use, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the same table, if its used columns meet the needs of their methods."""
        profiles = profile(table.used_columns, table.used_columns.columns)
        for use in self.uses:
            name = USED + use.column.name
            if name not in profiles:  # a fitted index reads the columns that its formulas need in each row
                continue
            column, facts = table.used_columns[name], profiles[name]
            if facts.missing:
                units = table.units_where(column, pl.col("\0").is_null())
                raise _error(
                    use, f"has no value for {join_names(units)}", "complete the column, or leave the units out"
                )
            if not facts.finite:
                units = table.units_where(column, ~pl.col("\0").is_finite())
                raise _error(use, f"is not finite for {join_names(units)}", "mend the values, or leave the units out")
            if not facts.within(use.column.domain):
                units = table.units_outside(column, use.column.domain)
                what = f"has values that are not {use.column.domain.value}: {join_names(units)}"
                raise _error(use, what, "name another column, or mend the values")
            if use.column.is_weight and (fitted is None or fitted.computed_at(use.stage)):
                _check_sum(use, column, table)
        return table, Record(self.name)


def _check_sum(use: Use, column: pl.Series, table: Table) -> None:
    """Refuse weights whose sum is 0 over the rows of any statistic."""
    stage = _SCOPES.get(use.stage, use.stage)
    scope = table.weights_scope if stage == "weighting" else table.scopes.by_stage()[stage]
    frame = table.with_scope_columns(pl.DataFrame([column.alias("\0")]), scope)
    rows = frame if scope.reference is None else frame.filter(scope.reference)
    merge = ByKey(scope.key, (("\0", "sum"),))
    sums = own = merge.aggregate(rows)
    if table.partition is not None:
        place = f"{CheckColumns.name}: sum of {use.column.name} for {stage}"
        answer = table.partition.ask_later(place, merge, lambda: own)
        if answer is None:
            return
        sums = answer
    sums = sums.filter(pl.col("\0") == 0)
    if len(sums) and not scope.key:
        raise _error(use, "has the sum 0, and weights need a larger sum", "name another column")
    if len(sums):
        keys = join_names(" ".join(map(str, row)) for row in sums.select(scope.key).iter_rows())
        what = f"has the sum 0 within {' '.join(scope.key)} {keys}, and weights need a larger sum"
        raise _error(use, what, 'name another column, or compute statistics over all rows: statistics = "pooled"')


def _error(use: Use, what: str, remedy: str) -> DataError:
    return DataError(f'the column "{use.column.name}", which {use.method} uses, {what}', remedy=remedy, word=use.word)
