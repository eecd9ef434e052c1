"""The coherence of an index: correlations inside nodes and across nodes, and the statistics of each node."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.defaults import ALL_INDICATORS
from indicia.methods.noise import NOISE
from indicia_statistics.correlation import column_ranks, correlations
from indicia_statistics.node_coherence import NodeCoherence, finite_values, varying
from indicia_statistics.reliability import pairwise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Array

ROOT = "index"


@dataclass(frozen=True)
class Correlation:
    """A correlation coefficient with the number of its units."""

    r: float
    units: int
    """The units that have both; of a sum of items the smallest number among its pairs."""


@dataclass(frozen=True, eq=False)
class Coherence:
    """The statistics of the components of each node and across nodes, each computed at its first use.

    Notes
    -----
    A correlation is over the units that have both values. Statistics of several items (alpha, KMO, components) are over
    the units that have every item; `nodes[…].units` and `incomplete` count them.
    """

    components: Mapping[str, pl.DataFrame]
    """By node: its components as they enter its score, a Float64 column for each."""
    scores: pl.DataFrame
    """The score of each node, a column for each."""
    costs: frozenset[str] = frozenset()
    """The nodes of which a higher score is worse."""
    distances: frozenset[str] = frozenset()
    """The nodes whose score falls as components rise, such as a distance to the best components."""
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By node, the weight of each component; nodes without weights count their components equally."""
    seed: int = 1
    """The seed of resampled tables and of unrelated items."""
    similar: Coherence | None = None
    """The coherence of a similar index, of which equal nodes are taken over."""

    _rank_matrices: dict[str, Array] = field(default_factory=dict, repr=False)

    @cached_property
    def nodes(self) -> dict[str, NodeCoherence]:
        """The statistics of the components of each node."""
        return {
            node: self._node_of_similar(node) or NodeCoherence.of(node, frame, self.seed)
            for node, frame in self.components.items()
        }

    def _node_of_similar(self, node: str) -> NodeCoherence | None:
        """Return the statistics of a node of the similar index if it has the same components."""
        if self.similar is None or self.similar.seed != self.seed:
            return None
        before = self.similar.components.get(node)
        return self.similar.nodes[node] if before is not None and before.equals(self.components[node]) else None

    @cached_property
    def indicators(self) -> NodeCoherence:
        """The statistics of all indicators together; of a flat index these are the statistics of the index."""
        if self.is_flat:
            return self.nodes[ROOT]
        columns: dict[str, pl.Series] = {}
        for node, frame in self.components.items():
            for name in frame.columns:
                if name not in self.components and name not in columns:
                    is_opposite = self._components_are_costs(node) != self._components_are_costs(ROOT)
                    columns[name] = frame[name] * (-1.0 if is_opposite else 1.0)
        frame = pl.DataFrame([column.alias(name) for name, column in columns.items()])
        return NodeCoherence.of(ALL_INDICATORS, frame, self.seed)

    @property
    def is_flat(self) -> bool:
        """True if the index has no dimensions."""
        return len(self.components) == 1

    @cached_property
    def indicators_below(self) -> dict[str, frozenset[str]]:
        """The indicators on which the score of each node depends."""
        below: dict[str, frozenset[str]] = {}

        def collect(node: str) -> frozenset[str]:
            if node not in below:
                parts = self.components[node].columns
                below[node] = frozenset().union(
                    *(collect(part) if part in self.components else frozenset({part}) for part in parts)
                )
            return below[node]

        for node in self.components:
            collect(node)
        return below

    def between(self, node: str, first: str, second: str) -> Correlation | None:
        """Return the correlation of two components of a node; None if one does not vary."""
        return self._correlation(self._place(node, first), self._place(node, second))

    def rank_correlation(self, node: str, first: str, second: str) -> float | None:
        """Return Spearman's ρ of two components of a node; None if one does not vary."""
        if self.between(node, first, second) is None:
            return None
        frame = self.components[node]
        places = [frame.columns.index(name) for name in (first, second)]
        rho = self._rank_matrix(node)[places[0], places[1]]
        if not np.isnan(rho):
            return float(rho)
        # ranks among the units that have both
        values = finite_values(frame.select(first, second))
        pair = pl.DataFrame({first: values[:, 0], second: values[:, 1]}, nan_to_null=True)
        of_both: float | None = correlations(pair, [first], [second], coefficient="spearman_rho")["r"].item()
        return of_both

    def _rank_matrix(self, node: str) -> Array:
        """Return Spearman's ρ of the components that all units have, (k, k); NaN for others."""
        if node not in self._rank_matrices:
            values = finite_values(self.components[node])
            is_usable = varying(values) & ~np.isnan(values).any(axis=0)
            matrix = np.full((values.shape[1], values.shape[1]), np.nan)
            if is_usable.any():
                ranks = column_ranks(values[:, is_usable], "average")
                matrix[np.ix_(is_usable, is_usable)] = pairwise(ranks)[2]
            self._rank_matrices[node] = matrix
        return self._rank_matrices[node]

    def with_node(self, node: str, part: str, other: str | None = None) -> Correlation | None:
        """Return the correlation of a component of a node with the score of the node, or of another node.

        The sign counts the direction: a positive correlation means that both improve together. None if one of the two
        does not vary.
        """
        other = node if other is None else other
        correlation = self._correlation(self._place(node, part), self._score_place(other))
        return self._in_direction(correlation, node, other)

    def with_rest(self, node: str, part: str) -> Correlation | None:
        """Return the correlation of a component with the weighted sum of the other components of its node."""
        return self._of_rest(self._rest(node, part), self._place(node, part))

    def with_sum(self, node: str, part: str) -> Correlation | None:
        """Return the correlation of a component with the unweighted sum of all components of its node."""
        place = self._place(node, part)
        places = (self._place(node, name) for name in self.components[node].columns)
        return self._of_rest({other: 1.0 for other in places if self._pool.units[other, other]}, place)

    def rest_with_node(self, node: str, part: str, other: str) -> Correlation | None:
        """Return the correlation of the other components of a node, summed by weight, with the score of a node."""
        correlation = self._of_rest(self._rest(node, part), self._score_place(other))
        return self._in_direction(correlation, node, other)

    def _in_direction(self, correlation: Correlation | None, node: str, other: str) -> Correlation | None:
        """Return the correlation of a component with the score of a node, positive if both improve together."""
        if correlation is None or self._components_are_costs(node) == (other in self.costs):
            return correlation
        return Correlation(-correlation.r, correlation.units)

    def _components_are_costs(self, node: str) -> bool:
        """Return True if larger components of a node are worse."""
        return (node in self.costs) != (node in self.distances)

    def _place(self, node: str, part: str) -> int:
        return self._pool.places[node, part]

    def _score_place(self, node: str) -> int:
        return self._pool.places[node, ""]

    def _correlation(self, first: int, second: int) -> Correlation | None:
        r = float(self._pool.correlation[first, second])
        return None if np.isnan(r) else Correlation(r, int(self._pool.units[first, second]))

    def _rest(self, node: str, part: str) -> dict[int, float]:
        """Return the weights of the other components of a node that vary, by their place."""
        weights = self.weights.get(node) or {}
        rest = {self._place(node, name): weights.get(name, 1.0) for name in self.components[node].columns}
        del rest[self._place(node, part)]
        return {place: weight for place, weight in rest.items() if weight and self._pool.units[place, place]}

    def _of_rest(self, rest: dict[int, float], place: int) -> Correlation | None:
        if not rest:
            return None
        places, weights = list(rest), np.array(list(rest.values()))
        covariance = self._pool.covariance
        shared = float(covariance[place, places] @ weights)
        variance = float(weights @ covariance[np.ix_(places, places)] @ weights) * float(covariance[place, place])
        largest = float(weights**2 @ np.diag(covariance)[places]) * float(covariance[place, place])
        if not variance > NOISE * largest:  # NaN, or items that cancel each other out
            return None
        r = max(-1.0, min(1.0, shared / sqrt(variance)))
        return Correlation(r, int(self._pool.units[place, places].min()))

    @cached_property
    def _pool(self) -> _Pool:
        columns = {
            (node, name): column
            for node, frame in self.components.items()
            for name, column in zip(frame.columns, frame, strict=True)
        }
        columns |= {(node, ""): self.scores[node] for node in self.components}
        return _Pool.of(columns)


@dataclass(frozen=True, eq=False)
class _Pool:
    """Correlations of all components and all scores, (k, k), computed together."""

    places: Mapping[tuple[str, str], int]
    """The place of each component of a node; of its score with an empty name of the component."""
    units: Array
    """The numbers of units that have both; 0 for a column that does not vary."""
    covariance: Array
    correlation: Array
    """NaN if one of the two does not vary."""

    @classmethod
    def of(cls, columns: Mapping[tuple[str, str], pl.Series]) -> _Pool:
        frame = pl.DataFrame([column.alias(str(place)) for place, column in enumerate(columns.values())])
        values = finite_values(frame)
        is_kept = varying(values)
        kept, size = np.flatnonzero(is_kept), len(columns)
        units = np.zeros((size, size))
        covariance, correlation = np.full((size, size), np.nan), np.full((size, size), np.nan)
        if len(kept):
            for matrix, block in zip((units, covariance, correlation), pairwise(values[:, is_kept]), strict=True):
                matrix[np.ix_(kept, kept)] = block
        return cls({key: place for place, key in enumerate(columns)}, units, covariance, correlation)
