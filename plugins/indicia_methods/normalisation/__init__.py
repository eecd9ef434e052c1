"""Normalisations, one module per family. A run imports the modules that it needs."""

from __future__ import annotations

from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_normalisations() -> dict[str, str]:
    """Offer the normalisations of this package: the name of each, and the place of its class."""
    return {
        "categorical": "indicia_methods.normalisation.bands:Categorical",
        "above_below_mean": "indicia_methods.normalisation.bands:AboveBelowMean",
        "sigmoid": "indicia_methods.normalisation.curved:Sigmoid",
        "softmax": "indicia_methods.normalisation.curved:Softmax",
        "box_cox": "indicia_methods.normalisation.curved:BoxCox",
        "formula": "indicia_methods.normalisation.expression:Formula",
        "none": "indicia_methods.normalisation.linear:Unscaled",
        "scaled": "indicia_methods.normalisation.linear:Scaled",
        "min_max": "indicia_methods.normalisation.linear:MinMax",
        "goalposts": "indicia_methods.normalisation.linear:Goalposts",
        "efficacy": "indicia_methods.normalisation.linear:Efficacy",
        "z_score": "indicia_methods.normalisation.linear:ZScore",
        "robust": "indicia_methods.normalisation.linear:Robust",
        "distance_to_max": "indicia_methods.normalisation.linear:DistanceToMax",
        "distance_to_reference": "indicia_methods.normalisation.linear:DistanceToReference",
        "distance_to_target": "indicia_methods.normalisation.linear:DistanceToTarget",
        "cyclical": "indicia_methods.normalisation.over_time:Cyclical",
        "annual_differences": "indicia_methods.normalisation.over_time:AnnualDifferences",
        "balance_of_opinions": "indicia_methods.normalisation.over_time:BalanceOfOpinions",
        "rank": "indicia_methods.normalisation.ranks:Rank",
        "borda": "indicia_methods.normalisation.ranks:Borda",
        "percentile_rank": "indicia_methods.normalisation.ranks:PercentileRank",
        "rank_exponential": "indicia_methods.normalisation.ranks:RankExponential",
        "quantile_normal": "indicia_methods.normalisation.ranks:QuantileNormal",
        "reference_goalposts": "indicia_methods.normalisation.reference:ReferenceGoalposts",
        "base_period": "indicia_methods.normalisation.ratio:BasePeriod",
        "sum": "indicia_methods.normalisation.ratio:Sum",
        "vector": "indicia_methods.normalisation.ratio:Vector",
        "max": "indicia_methods.normalisation.ratio:Max",
        "max_absolute": "indicia_methods.normalisation.ratio:MaxAbsolute",
        "share_of_max": "indicia_methods.normalisation.ratio:ShareOfMax",
        "linear_ratio": "indicia_methods.normalisation.ratio:LinearRatio",
        "peldschus": "indicia_methods.normalisation.ratio:Peldschus",
        "zavadskas_turskis": "indicia_methods.normalisation.ratio:ZavadskasTurskis",
        "enhanced_accuracy": "indicia_methods.normalisation.ratio:EnhancedAccuracy",
        "logarithmic": "indicia_methods.normalisation.ratio:Logarithmic",
        "mean_index": "indicia_methods.normalisation.ratio:MeanIndex",
    }
