"""Analyses of scores and ranks: plain functions on frames."""

from indicia.analysis.adequacy import Adequacy, adequacy
from indicia.analysis.clusters import ClusterTree, clusters
from indicia.analysis.convergence import Convergence, convergence
from indicia.analysis.correlation import correlations, partial_correlations
from indicia.analysis.coupling import coupling_coordination
from indicia.analysis.eigenvalues import eigenvalue_intervals
from indicia.analysis.factors import PrincipalComponents, RotatedComponents, principal_components, rotated_components
from indicia.analysis.importance import Discrepancy, discrepancy, importance, weights_for_importance
from indicia.analysis.inequality import Dagum, Theil, dagum, inequality, theil
from indicia.analysis.moments import moments
from indicia.analysis.obstacles import obstacle_degree
from indicia.analysis.parallel import ComponentCounts, component_counts, parallel_thresholds
from indicia.analysis.partial import PartialOrder, partial_order
from indicia.analysis.rankings import agreement, concordance, consensus
from indicia.analysis.reliability import Alpha, OneFactor, alpha, one_factor
from indicia.analysis.spatial import SpatialAutocorrelation, spatial_autocorrelation
from indicia.analysis.tiers import tiers
from indicia.result import trends
