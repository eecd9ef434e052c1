"""Aggregations, by family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.aggregation.ideal import Topsis
from indicia_methods.aggregation.means import Arithmetic, Generalised, Geometric, Harmonic
from indicia_methods.aggregation.voting import Copeland

if TYPE_CHECKING:
    from indicia.methods import Aggregation


@hookimpl
def indicia_aggregations() -> list[type[Aggregation]]:
    """Offer the aggregations of this package."""
    return [Arithmetic, Geometric, Harmonic, Generalised, Topsis, Copeland]
