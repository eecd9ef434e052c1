"""Aggregations, one module per family; each lists its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.aggregation import (
    boundary,
    compromise,
    expression,
    ideal,
    means,
    ordered,
    pairwise,
    ratio,
    unbalanced,
    utility,
    voting,
)

if TYPE_CHECKING:
    from indicia.methods import Aggregation

FAMILIES = (
    boundary,
    compromise,
    expression,
    ideal,
    means,
    ordered,
    pairwise,
    ratio,
    unbalanced,
    utility,
    voting,
)


@hookimpl
def indicia_aggregations() -> list[type[Aggregation]]:
    """Offer the aggregations of this package."""
    return [method for family in FAMILIES for method in family.METHODS]
