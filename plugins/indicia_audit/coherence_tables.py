"""The computation of the tables of coherence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

import polars as pl

from indicia.definition import ROOT
from indicia.methods.probabilities import correlation_interval, correlation_p
from indicia_statistics.clusters import Linkage, clusters
from indicia_statistics.correlation import correlations
from indicia_statistics.moments import moments
from indicia_statistics.node_coherence import NodeCoherence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.analyses import Table
    from indicia_audit.checks import Subject
    from indicia_statistics.clusters import ClusterTree
    from indicia_statistics.coherence import Coherence, Correlation
    from indicia_statistics.correlation import Coefficient
    from indicia_statistics.factors import Rotation

_CLUSTERS = range(2, 7)
"""The numbers of clusters in the table."""
_NUMBER, _TEXT, _COUNT = pl.Float64, pl.String, pl.Int64


@dataclass(frozen=True)
class CoherenceTables:
    """The computation of the tables of `Coherence`, by the same names."""

    subject: Subject
    declared: Mapping[str, Table]
    factors: int | None
    """The number of components that are rotated; None for those with eigenvalues above 1."""

    @property
    def coherence(self) -> Coherence:
        """The statistics behind the tables."""
        return self.subject.coherence

    @cached_property
    def correlations(self) -> pl.DataFrame:
        """Pearson's r of each pair with its 95 % interval and p, and Spearman's ρ with its p.

        `node` is the node of both components; it is missing for a pair of indicators of different nodes.
        """
        pearson, spearman = self._pairs("pearson_r"), self._pairs("spearman_rho")
        low, high = correlation_interval(pearson["r"].to_numpy(), pearson["units"].to_numpy())
        return pearson.select(
            "node",
            "a",
            "b",
            "units",
            "r",
            pl.Series("low", low).fill_nan(None),
            pl.Series("high", high).fill_nan(None),
            "p",
            spearman["r"].alias("rho"),
            spearman["p"].alias("rho_p"),
        )

    @cached_property
    def rank_correlations(self) -> pl.DataFrame:
        """Kendall's τ_b of each pair, with p."""
        return self._pairs("kendall_tau_b").rename({"r": "tau"})

    @cached_property
    def node_correlations(self) -> pl.DataFrame:
        """The correlation of each component with scores: of its node, of the rest of its node, of other nodes.

        `relation` is "own", "rest" (the weighted sum of the other components of the node), "index" or "other".
        """
        rows = []
        for node, item, relation, other, correlation in self._with_nodes():
            if correlation is not None:
                rows.append((node, item, relation, other, correlation.units, correlation.r))
        declared = self.declared["node_correlations"]
        kinds: Any = declared.types_of(("node", "item", "relation", "with", "units", "r"))
        frame = pl.DataFrame(rows, schema=kinds, orient="row")
        r, units = frame["r"].to_numpy(), frame["units"].to_numpy()
        low, high = correlation_interval(r, units)
        return frame.with_columns(
            pl.Series("low", low), pl.Series("high", high), pl.Series("p", correlation_p(r, units - 2)).fill_nan(None)
        )

    @cached_property
    def partial(self) -> pl.DataFrame:
        """The correlation of each pair of components of a node, given the other components of the node."""
        return self._stacked(
            ((group, group.partial) for group in self._groups if not isinstance(group.partial, str)),
            self.declared["partial"],
        )

    @cached_property
    def reliability(self) -> pl.DataFrame:
        """Alpha, its interval by resampling, the mean correlation, and omega of each node; `reason` without alpha."""
        rows = []
        for group in self.coherence.nodes.values():
            result, low_high = group.alpha, group.alpha_interval or (None, None)
            omega = None if isinstance(group.one_factor, str) else group.one_factor.omega
            if isinstance(result, str):
                values: tuple[Any, ...] = (None, None, None, None, None, None, result)
            else:
                values = (result.standardised, *low_high, result.alpha, result.mean_correlation, omega, None)
            rows.append((group.node, len(group.items), group.units, *values))
        return self.declared["reliability"].frame(rows)

    @cached_property
    def items(self) -> pl.DataFrame:
        """The correlation of each component with the sum of the others, and alpha without it.

        Columns with `of_values` are of the values as they are, the others of standardised values.
        """
        frames = []
        for group in self.coherence.nodes.values():
            if isinstance(group.alpha, str) or isinstance(group.standardised, str):
                continue
            standardised = group.standardised.items.select(
                "item", "item_rest", "item_total", pl.col("standardised_if_deleted").alias("alpha_without")
            )
            values = group.alpha.items.select(
                item_rest_of_values="item_rest",
                item_total_of_values="item_total",
                alpha_of_values_without="alpha_if_deleted",
            )
            frames.append((group, pl.concat([standardised, values], how="horizontal")))
        return self._stacked(iter(frames), self.declared["items"])

    @cached_property
    def adequacy(self) -> pl.DataFrame:
        """The measure of Kaiser, Meyer and Olkin, and Bartlett's test of each node; `reason` if they are refused."""
        rows = []
        for group in self._groups:
            result = group.adequacy
            if isinstance(result, str):
                values: tuple[Any, ...] = (None, None, None, None, None, result)
            else:
                values = (result.kmo, result.chi_square, result.free, result.p, result.log_determinant, None)
            rows.append((group.node, len(group.items), group.units, group.incomplete, *values))
        return self.declared["adequacy"].frame(rows)

    @cached_property
    def adequacy_items(self) -> pl.DataFrame:
        """The measure of Kaiser, Meyer and Olkin of each component, its variance inflation, and its communality.

        The communality is the share of the variance that the components with eigenvalues above 1 explain.
        """
        frames = [
            (group, group.adequacy.items.with_columns(group.components.loadings["communality"]))
            for group in self._groups
            if not isinstance(group.adequacy, str) and not isinstance(group.components, str)
        ]
        return self._stacked(iter(frames), self.declared["adequacy_items"])

    @cached_property
    def eigenvalues(self) -> pl.DataFrame:
        """The eigenvalues of each node, their 90 % intervals by resampling, and those of unrelated items.

        `draws` counts the resampled tables: 1,000 up to 29 components, fewer for more.
        """
        frames = []
        for group in self.coherence.nodes.values():
            if isinstance(group.components, str) or group.thresholds is None:
                continue
            resamples = group.resamples
            ends = [group.eigenvalue_interval(place) or (None, None) for place in range(len(group.items))]
            columns = [
                pl.Series("low", [low for low, _ in ends], _NUMBER),
                pl.Series("high", [high for _, high in ends], _NUMBER),
                pl.Series("draws", [resamples.draws if resamples else 0] * len(ends), _COUNT),
                group.thresholds["mean"].alias("unrelated_mean"),
                group.thresholds["quantile"].alias("unrelated_quantile"),
            ]
            frames.append((group, group.components.eigenvalues.with_columns(columns)))
        return self._stacked(iter(frames), self.declared["eigenvalues"])

    @cached_property
    def loadings(self) -> pl.DataFrame:
        """The correlation of each item with each principal component of its node."""
        frames = [
            (group, _long(group.components.loadings.drop("communality"), "component"))
            for group in self.coherence.nodes.values()
            if not isinstance(group.components, str)
        ]
        return self._stacked(iter(frames), self.declared["loadings"])

    @cached_property
    def rotated(self) -> pl.DataFrame:
        """The loadings after varimax of the components with eigenvalues above 1, of nodes that have two or more.

        `factors` in `[audit]` of the index file rotates another number of components.
        """
        return self._rotated("varimax")

    @cached_property
    def promax(self) -> pl.DataFrame:
        """The loadings after promax of the components that `rotated` has too."""
        return self._rotated("promax")

    @cached_property
    def factor_correlations(self) -> pl.DataFrame:
        """The correlations of the factors after promax."""
        frames = []
        for group in self.coherence.nodes.values():
            result = group.rotated("promax", self.factors)
            if not isinstance(result, str):
                long = result.correlation.unpivot(index="factor", variable_name="with", value_name="r")
                frames.append((group, long.with_columns(pl.col("factor", "with").str.strip_prefix("factor"))))
        frames = [(group, frame.with_columns(pl.col("factor", "with").cast(_COUNT))) for group, frame in frames]
        return self._stacked(iter(frames), self.declared["factor_correlations"])

    @cached_property
    def clusters(self) -> pl.DataFrame:
        """The cluster of each unit if there are two to six clusters, by each rule of linkage. Needs scipy."""
        frames = []
        for linkage, tree in self._cluster_trees.items():
            counts = [count for count in _CLUSTERS if count <= len(tree.units)]
            columns = [tree.groups(count)["cluster"].alias(f"clusters_{count}") for count in counts]
            frames.append(pl.DataFrame([pl.repeat(linkage, len(tree.units), eager=True).alias("linkage"), tree.units]))
            frames[-1] = frames[-1].with_columns(columns)
        return pl.concat(frames)

    @cached_property
    def merges(self) -> pl.DataFrame:
        """The steps in which clusters merge, by each rule of linkage: see `ClusterTree.merges`."""
        trees = self._cluster_trees.items()
        return pl.concat(tree.merges.select(pl.lit(linkage).alias("linkage"), pl.all()) for linkage, tree in trees)

    @cached_property
    def cophenetic(self) -> pl.DataFrame:
        """The correlation of distances of units with the heights at which they merge, by each rule of linkage."""
        rows = [(linkage, tree.cophenetic) for linkage, tree in self._cluster_trees.items()]
        return self.declared["cophenetic"].frame(rows)

    @cached_property
    def moments(self) -> pl.DataFrame:
        """Skewness and excess kurtosis of the raw, the treated and the normalised values, in three forms."""
        run, subject = self.subject.run, self.subject
        assert run is not None
        normalised = self.coherence.indicators.present
        stages = {"raw": subject.raw[run.rows], "treated": subject.treated[run.rows], "normalised": normalised}
        frames = []
        for stage, frame in stages.items():
            group = NodeCoherence.of(stage, frame)
            if group.items:
                frames.append(moments(group.present, group.items).select(pl.lit(stage).alias("stage"), pl.all()))
        return pl.concat([self.declared["moments"].frame([]), *frames])

    @property
    def _groups(self) -> list[NodeCoherence]:
        """The components of each node, and all indicators of an index with dimensions."""
        groups = [*self.coherence.nodes.values()]
        return groups if self.coherence.is_flat else [*groups, self.coherence.indicators]

    def _pairs(self, coefficient: Coefficient) -> pl.DataFrame:
        """Return the correlations of pairs inside each node, then those of indicators of different nodes."""
        frames, inside = [], set()
        for group in self._groups:
            is_across = group.node not in self.coherence.components
            node = None if is_across else group.node
            if len(group.items) < 2:
                continue
            frame = correlations(group.present, group.items, coefficient=coefficient)
            frame = frame.select(pl.lit(node, _TEXT).alias("node"), pl.all())
            if is_across:
                frame = frame.filter([pair not in inside for pair in frame.select("a", "b").iter_rows()])
            inside |= {pair for a, b in frame.select("a", "b").iter_rows() for pair in ((a, b), (b, a))}
            frames.append(frame)
        empty = self.declared["rank_correlations"].frame([]).rename({"tau": "r"})
        return pl.concat([empty, *frames])

    def _with_nodes(self) -> Iterator[tuple[str, str, str, str, Correlation | None]]:
        """Yield node, component, relation, the other node and the correlation."""
        coherence = self.coherence
        below = coherence.indicators_below
        for node, frame in coherence.components.items():
            for item in frame.columns:
                yield node, item, "own", node, coherence.with_node(node, item)
                yield node, item, "rest", node, coherence.with_rest(node, item)
                own = below.get(item, frozenset({item}))
                for other in coherence.components:
                    if other == node:
                        continue
                    if other == ROOT:
                        yield node, item, "index", other, coherence.with_node(node, item, other)
                    elif not own & below[other]:
                        yield node, item, "other", other, coherence.with_node(node, item, other)

    def _rotated(self, rotation: Rotation) -> pl.DataFrame:
        frames = []
        for group in self.coherence.nodes.values():
            result = group.rotated(rotation, self.factors)
            if not isinstance(result, str):
                frames.append((group, _long(result.loadings, "factor")))
        return self._stacked(iter(frames), self.declared["rotated"])

    @cached_property
    def _cluster_trees(self) -> dict[str, ClusterTree]:
        """The clusters of the units that have every indicator, by each rule of linkage."""
        run = self.subject.run
        assert run is not None
        present = self.coherence.indicators.present  # the units are in the order of their names
        complete = present.select(run.units.sort().alias("unit"), pl.all()).drop_nulls(present.columns)
        return {rule: clusters(complete, "unit", present.columns, linkage=rule) for rule in get_args(Linkage)}

    @staticmethod
    def _stacked(frames: Iterator[tuple[NodeCoherence, pl.DataFrame]], declared: Table) -> pl.DataFrame:
        """Return the tables of nodes below each other, with a column of their nodes."""
        empty = declared.frame([])
        columns = [pl.col(name).cast(kind) for name, kind in empty.drop("node").schema.items()]
        tables = [frame.select(pl.lit(group.node).alias("node"), *columns) for group, frame in frames]
        return pl.concat([empty, *tables])


def _long(loadings: pl.DataFrame, noun: str) -> pl.DataFrame:
    """Return a row for each item and each component or factor."""
    long = loadings.unpivot(index="item", variable_name=noun, value_name="loading")
    return long.with_columns(pl.col(noun).str.strip_prefix(noun).cast(_COUNT))
