"""Normalisations, by family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.normalisation.bands import AboveBelowMean, Categorical
from indicia_methods.normalisation.curved import BoxCox, Sigmoid, Softmax
from indicia_methods.normalisation.expression import Formula
from indicia_methods.normalisation.linear import (
    DistanceToMax,
    DistanceToReference,
    DistanceToTarget,
    Efficacy,
    Goalposts,
    MinMax,
    Robust,
    Scaled,
    Unscaled,
    ZScore,
)
from indicia_methods.normalisation.ranks import Borda, PercentileRank, QuantileNormal, Rank, RankExponential
from indicia_methods.normalisation.ratio import (
    EnhancedAccuracy,
    LinearRatio,
    Logarithmic,
    Max,
    MaxAbsolute,
    MeanIndex,
    Peldschus,
    ShareOfMax,
    Sum,
    Vector,
    ZavadskasTurskis,
)

if TYPE_CHECKING:
    from indicia.methods import Normalisation


@hookimpl
def indicia_normalisations() -> list[type[Normalisation]]:
    """Offer the normalisations of this package."""
    return [
        Unscaled,
        Scaled,
        MinMax,
        Goalposts,
        Efficacy,
        ZScore,
        Robust,
        DistanceToMax,
        DistanceToReference,
        DistanceToTarget,
        Rank,
        Borda,
        PercentileRank,
        RankExponential,
        QuantileNormal,
        Sum,
        Vector,
        Max,
        MaxAbsolute,
        ShareOfMax,
        LinearRatio,
        Peldschus,
        ZavadskasTurskis,
        EnhancedAccuracy,
        Logarithmic,
        MeanIndex,
        Sigmoid,
        Softmax,
        BoxCox,
        Categorical,
        AboveBelowMean,
        Formula,
    ]
