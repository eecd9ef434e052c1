"""Analyses of scores and ranks: plain functions on frames."""

from indicia.result import trends
from indicia_robustness.weight_regions.frames import Metaweights
from indicia_statistics.analysis.convergence import Convergence, convergence
from indicia_statistics.analysis.coupling import coupling_coordination
from indicia_statistics.analysis.drawn_ranks import DrawnRanks, drawn_ranks
from indicia_statistics.analysis.elementary_effects import ElementaryEffects, elementary_effects
from indicia_statistics.analysis.obstacles import obstacle_degree
from indicia_statistics.analysis.partial import PartialOrder, partial_order
from indicia_statistics.analysis.portfolios import Portfolio, portfolio
from indicia_statistics.analysis.rankings import agreement, concordance, consensus, consensus_details
from indicia_statistics.analysis.score_modes import score_modes
from indicia_statistics.analysis.sobol_indices import sobol_indices
from indicia_statistics.analysis.tiers import tiers
from indicia_statistics.analysis.weight_shares import (
    exact_acceptability,
    exact_central_weights,
    exact_pairwise,
    holistic_acceptability,
    weight_bounds,
    weight_draws,
    weight_orders,
)
from indicia_statistics.clusters import ClusterTree, clusters
from indicia_statistics.correlation import correlations, partial_correlations
from indicia_statistics.factors import (
    ComponentCounts,
    PrincipalComponents,
    RotatedComponents,
    component_counts,
    eigenvalue_intervals,
    parallel_thresholds,
    principal_components,
    rotated_components,
)
from indicia_statistics.importance import Discrepancy, discrepancy, importance, weights_for_importance
from indicia_statistics.inequality import Dagum, Theil, dagum, inequality, theil
from indicia_statistics.moments import moments
from indicia_statistics.node_coherence import Adequacy, adequacy
from indicia_statistics.reliability import Alpha, OneFactor, alpha, one_factor
from indicia_statistics.spatial import SpatialAutocorrelation, spatial_autocorrelation

__all__ = [
    "Adequacy",
    "Alpha",
    "ClusterTree",
    "ComponentCounts",
    "Convergence",
    "Dagum",
    "Discrepancy",
    "DrawnRanks",
    "ElementaryEffects",
    "Metaweights",
    "OneFactor",
    "PartialOrder",
    "Portfolio",
    "PrincipalComponents",
    "RotatedComponents",
    "SpatialAutocorrelation",
    "Theil",
    "adequacy",
    "agreement",
    "alpha",
    "clusters",
    "component_counts",
    "concordance",
    "consensus",
    "consensus_details",
    "convergence",
    "correlations",
    "coupling_coordination",
    "dagum",
    "discrepancy",
    "drawn_ranks",
    "eigenvalue_intervals",
    "elementary_effects",
    "exact_acceptability",
    "exact_central_weights",
    "exact_pairwise",
    "holistic_acceptability",
    "importance",
    "inequality",
    "moments",
    "obstacle_degree",
    "one_factor",
    "parallel_thresholds",
    "partial_correlations",
    "partial_order",
    "portfolio",
    "principal_components",
    "rotated_components",
    "score_modes",
    "sobol_indices",
    "spatial_autocorrelation",
    "theil",
    "tiers",
    "trends",
    "weight_bounds",
    "weight_draws",
    "weight_orders",
    "weights_for_importance",
]
