"""Consensuses, one module per family; each lists its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.consensus import optimal, pairwise, places

if TYPE_CHECKING:
    from indicia.methods import Consensus

FAMILIES = (
    optimal,
    pairwise,
    places,
)


@hookimpl
def indicia_consensuses() -> list[type[Consensus]]:
    """Offer the consensuses of this package."""
    return [method for family in FAMILIES for method in family.METHODS]
