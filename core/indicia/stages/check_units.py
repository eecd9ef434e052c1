"""Refuse methods that need more units than there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.errors import DataError
from indicia.stages.stage import Record, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.stages.stage import Fitted
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table


@dataclass(frozen=True)
class Needing:
    """A method that needs several units, their number, and the indicators that it, or its node, stands above."""

    method: str
    units: int
    indicators: tuple[str, ...]


@dataclass(frozen=True)
class CheckUnits(Stage):
    """Refuse methods that need more units than there are where they look: in all rows, or in the smallest period."""

    name: ClassVar[str] = "units"
    scaling: tuple[Needing, ...]
    """The methods that take statistics."""
    weighing: tuple[Needing, ...]
    """The methods that compute weights."""

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table as it is, if there are units enough; a fitted index scores a single unit."""
        if not fitted:
            _check(self.scaling, table, table.scope)
            _check(self.weighing, table, table.weights_scope)
        return table, Record(self.name)


def _check(methods: Sequence[Needing], table: Table, scope: StatisticsScope) -> None:
    methods = [one for one in methods if not table.dropped.issuperset(one.indicators)]
    if not methods:
        return
    units = table.units if scope.reference is None else table.units.filter(scope.reference)
    sizes = units.group_by(scope.key, maintain_order=True).len() if scope.key else units.select(pl.len())
    *where, fewest = sizes.row(sizes["len"].arg_min() or 0)
    there = " ".join(["there are", str(fewest), *(["in", *map(str, where)] if where else [])])
    for one in methods:
        if fewest < one.units:
            raise DataError(
                f"{one.method} needs at least {one.units} units, and {there}",
                remedy="choose another method there, or look at more rows together",
            )
