"""Normalisations, by family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.normalisation.linear import DistanceToTarget, MinMax, Unscaled, ZScore
from indicia_methods.normalisation.ranks import PercentileRank, Rank
from indicia_methods.normalisation.ratio import LinearRatio, ShareOfMaximum, Sum, Vector

if TYPE_CHECKING:
    from indicia.methods import Normalisation


@hookimpl
def indicia_normalisations() -> list[type[Normalisation]]:
    """Offer the normalisations of this package."""
    return [Unscaled, MinMax, ZScore, DistanceToTarget, Rank, PercentileRank, Sum, Vector, ShareOfMaximum, LinearRatio]
