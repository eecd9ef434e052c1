"""Treatments of outliers and transforms, one module per family; each lists its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.treatment import bounds, logarithms, powers, rounding, stepwise

if TYPE_CHECKING:
    from indicia.methods import Treatment

FAMILIES = (
    bounds,
    logarithms,
    powers,
    rounding,
    stepwise,
)


@hookimpl
def indicia_treatments() -> list[type[Treatment]]:
    """Offer the treatments of this package."""
    return [method for family in FAMILIES for method in family.METHODS]
