"""Multiply indicators by a factor, and divide them by a column of the data, such as the population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.errors import DataError, join_names
from indicia.stages.stage import Record, Stage

if TYPE_CHECKING:
    from indicia.definition import Preparation
    from indicia.stages.stage import Fitted
    from indicia.tables.table import Table


@dataclass(frozen=True)
class Denominate(Stage):
    """Multiply indicators by their factors, and divide them by their denominators."""

    name: ClassVar[str] = "denomination"
    indicators: tuple[Preparation, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the table with denominated values, and an empty source, since no later stage reads the source."""
        indicators = [
            indicator
            for indicator in table.taking_part(self.indicators)
            if indicator.spec.per is not None or indicator.spec.factor != 1
        ]
        if indicators:
            denominated = pl.DataFrame([_denominated(table, indicator) for indicator in indicators])
            table = table.with_values(denominated, place=self.name)
            table.check_finite()
        # the source holds all columns of the data in memory
        return table.with_changes(source=table.source.clear()), Record(self.name)


def _denominated(table: Table, indicator: Preparation) -> pl.Series:
    column, per = table.values[indicator.id] * indicator.spec.factor, indicator.spec.per
    if per is None:
        return column
    denominator = table.source[per].cast(pl.Float64, strict=False)
    for word, condition in (("zero", pl.col("\0") == 0), ("infinite", pl.col("\0").is_infinite())):
        if units := table.units_where(denominator, condition):
            raise DataError(
                f"{per}, which {indicator.id} is divided by, is {word} for {join_names(units)}",
                remedy=f"write an unknown value as missing, not as {word}",
            )
    return column / denominator
