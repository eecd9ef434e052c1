"""Aggregations, one module per family; each lists its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.aggregation import (
    acceptability,
    boundary,
    comet,
    compromise,
    efficiency,
    electre,
    expression,
    frontier,
    grades,
    ideal,
    means,
    ordered,
    outranking,
    pairwise,
    ratio,
    unbalanced,
    utastar,
    utility,
    voting,
)

if TYPE_CHECKING:
    from indicia.methods import Aggregation

FAMILIES = (
    acceptability,
    boundary,
    comet,
    compromise,
    efficiency,
    electre,
    expression,
    frontier,
    grades,
    ideal,
    means,
    ordered,
    outranking,
    pairwise,
    ratio,
    unbalanced,
    utastar,
    utility,
    voting,
)


@hookimpl
def indicia_aggregations() -> list[type[Aggregation]]:
    """Offer the aggregations of this package."""
    return [method for family in FAMILIES for method in family.METHODS]
