"""Multiply indicators by a factor, and divide them by a column of the data, such as the population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.errors import DataError, listed
from indicia.stages.stage import Record, Stage

if TYPE_CHECKING:
    from indicia.definition import Leaf
    from indicia.stages.stage import Fitted
    from indicia.tables.table import Table


@dataclass(frozen=True)
class Denominated:
    """An indicator, the column that it is divided by, and the factor that it is multiplied by."""

    name: str
    per: str | None
    factor: float

    @classmethod
    def of(cls, leaf: Leaf) -> Denominated:
        """Return an indicator of the tree as far as it is denominated."""
        return cls(leaf.id, leaf.spec.per, leaf.spec.factor)


@dataclass(frozen=True)
class Denominate(Stage):
    """Multiply indicators by their factors, and divide them by their denominators."""

    name: ClassVar[str] = "denomination"
    indicators: tuple[Denominated, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the table with denominated values, and without the columns that no later stage reads."""
        indicators = [one for one in self.indicators if one.name in table.values.columns]
        if indicators:
            table = table.with_values(pl.DataFrame([_denominated(table, one) for one in indicators]))
            table.check_finite()
        return table.with_changes(source=table.source.clear()), Record(self.name)


def _denominated(table: Table, indicator: Denominated) -> pl.Series:
    column = table.values[indicator.name] * indicator.factor
    if indicator.per is None:
        return column
    denominator = table.source[indicator.per].cast(pl.Float64, strict=False)
    for word, fault in (("zero", pl.col("\0") == 0), ("infinite", pl.col("\0").is_infinite())):
        if units := table.naming(denominator, fault):
            raise DataError(
                f"{indicator.per}, which {indicator.name} is divided by, is {word} for {listed(units)}",
                remedy=f"write what is not known as missing, not as {word}",
            )
    return column / denominator
