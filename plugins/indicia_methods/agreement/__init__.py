"""Agreements, one module per family; each lists its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.agreement import differences, pairs, top

if TYPE_CHECKING:
    from indicia.methods import Agreement

FAMILIES = (
    differences,
    pairs,
    top,
)


@hookimpl
def indicia_agreements() -> list[type[Agreement]]:
    """Offer the agreements of this package."""
    return [method for family in FAMILIES for method in family.METHODS]
