"""Imputations, one module per family; each lists its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.imputation import belonging, likelihood, neighbours, regression, row, series, typical

if TYPE_CHECKING:
    from indicia.methods import Imputation

FAMILIES = (
    belonging,
    likelihood,
    neighbours,
    regression,
    row,
    series,
    typical,
)


@hookimpl
def indicia_imputations() -> list[type[Imputation]]:
    """Offer the imputations of this package."""
    return [method for family in FAMILIES for method in family.METHODS]
