"""The parameter of imputations that predict by columns of the data beside the indicators."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from indicia.methods import UsedColumn

Covariates = Annotated[
    tuple[str, ...],
    Field(description="columns of the data, without gaps, that predict beside the indicators: gdp"),
]


def used_covariates(names: tuple[str, ...]) -> tuple[UsedColumn, ...]:
    """Return the columns that an imputation uses as covariates."""
    return tuple(map(UsedColumn, names))
