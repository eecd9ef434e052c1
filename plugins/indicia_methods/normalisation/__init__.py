"""Normalisations, one module per family; each lists its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.normalisation import bands, curved, expression, linear, ranks, ratio

if TYPE_CHECKING:
    from indicia.methods import Normalisation

FAMILIES = (
    bands,
    curved,
    expression,
    linear,
    ranks,
    ratio,
)


@hookimpl
def indicia_normalisations() -> list[type[Normalisation]]:
    """Offer the normalisations of this package."""
    return [method for family in FAMILIES for method in family.METHODS]
