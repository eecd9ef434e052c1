"""Refuse methods that need more units than the data have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.errors import DataError
from indicia.partitions.merge import ByKey
from indicia.stages.stage import Record, Stage
from indicia.tables.fitted import computed_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.partitions.partition import Partition
    from indicia.stages.stage import Fitted
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table


@dataclass(frozen=True)
class UnitRequirement:
    """A method that needs several units, and their number."""

    method: str
    units: int
    indicators: tuple[str, ...]
    """The indicators below the method: if all are left out, the method is not used."""


@dataclass(frozen=True)
class CheckUnits(Stage):
    """Refuse methods that need more units than there are in all rows, or in the smallest period or group."""

    name: ClassVar[str] = "units"
    normalising: tuple[UnitRequirement, ...]
    """The methods that compare units over the rows of the normalisation."""
    aggregating: tuple[UnitRequirement, ...]
    """The methods that compare units over the rows of the aggregation."""
    weighing: tuple[UnitRequirement, ...]
    """The methods that compute weights over the scope of weights."""

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the same table, if there are enough units; the statistics of a fitted index need only one."""
        if not fitted or fitted.computed_at("normalisation"):
            own = [each for each in self.normalising if computed_of(fitted, each.indicators, "normalisation")]
            _check(own, table, table.scopes.normalisation, "normalisation")
        if not fitted or fitted.computed_at("aggregation"):
            _check(self.aggregating, table, table.scopes.aggregation, "aggregation")
        if not fitted or fitted.computed_at("weighting"):
            _check(self.weighing, table, table.weights_scope, "weighting")
        return table, Record(self.name)


def _check(methods: Sequence[UnitRequirement], table: Table, scope: StatisticsScope, stage: str) -> None:
    methods = [method for method in methods if not table.dropped.issuperset(method.indicators)]
    if not methods:
        return
    units = table.units if scope.reference is None else table.units.filter(scope.reference)
    sizes = _sizes(units, scope, table.partition, stage)
    if sizes is None:
        return
    *where, fewest = sizes.row(sizes["len"].arg_min() or 0)
    fact = " ".join(["there are", str(fewest), *(["in", *map(str, where)] if where else [])])
    for method in methods:
        if fewest < method.units:
            raise DataError(
                f"{method.method} needs at least {method.units} units, and {fact}",
                remedy="choose another method there, or compute it over more rows together",
            )


def _sizes(units: pl.DataFrame, scope: StatisticsScope, partition: Partition | None, stage: str) -> pl.DataFrame | None:
    """Return the number of rows by key; None in the round in which a run over partitions asks for it."""
    sizes = units.group_by(scope.key, maintain_order=True).len() if scope.key else units.select(pl.len())
    if partition is None:
        return sizes
    sizes = sizes.with_columns(pl.col("len").cast(pl.Int64))
    question = f"numbers of units for {stage}"
    answer: pl.DataFrame | None = partition.ask_later(question, ByKey(scope.key, (("len", "sum"),)), lambda: sizes)
    return answer
