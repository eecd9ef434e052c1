"""Weightings, one module per family; each lists its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.weighting import (
    bestworst,
    combined,
    correlation,
    degrees,
    factors,
    fucom,
    influence,
    judgement,
    loss,
    optimised,
    plain,
    seca,
    spread,
    stated,
)

if TYPE_CHECKING:
    from indicia.methods import Weighting

FAMILIES = (
    bestworst,
    combined,
    correlation,
    degrees,
    factors,
    fucom,
    influence,
    judgement,
    loss,
    optimised,
    plain,
    seca,
    spread,
    stated,
)


@hookimpl
def indicia_weightings() -> list[type[Weighting]]:
    """Offer the weightings of this package."""
    return [method for family in FAMILIES for method in family.METHODS]
