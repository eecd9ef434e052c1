"""Limit values to the floor and the cap that the index file gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.stages.stage import Record, Stage, changes_between

if TYPE_CHECKING:
    from indicia.definition import Preparation
    from indicia.stages.stage import Fitted
    from indicia.tables.table import Table


@dataclass(frozen=True)
class Cap(Stage):
    """Limit values to a floor and a cap."""

    name: ClassVar[str] = "cap"
    indicators: tuple[Preparation, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the table with limited values; the record has each changed cell."""
        limits = {
            indicator.id: (indicator.spec.floor, indicator.spec.cap) for indicator in table.taking_part(self.indicators)
        }
        limits = {name: pair for name, pair in limits.items() if pair != (None, None)}
        if not limits:
            return table, Record(self.name)
        capped = table.values.select(pl.col(name).clip(*pair) for name, pair in limits.items())
        rules = {
            name: ", ".join(
                f"{word} = {end:g}" for word, end in zip(("floor", "cap"), pair, strict=True) if end is not None
            )
            for name, pair in limits.items()
        }
        profiles = None
        if table.partition is not None:  # the extremes of all rows follow from those before
            profiles = {name: table.profiles[name].clipped(*pair) for name, pair in limits.items()}
        return table.with_values(capped, profiles), Record(
            self.name, changes=changes_between(self.name, table.values, capped, rules)
        )
