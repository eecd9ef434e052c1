"""The parameter of methods whose statistics weigh units by a column of the data, such as the population."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from indicia.methods import UsedColumn

WeightsOfUnits = Annotated[
    str | None,
    Field(description="a column of the data that weighs the units in the statistics: population"),
]


def weights_of_units(column: str | None) -> tuple[UsedColumn, ...]:
    """Return the columns that a method uses if a column weighs the units."""
    return () if column is None else (UsedColumn.weights(column),)
