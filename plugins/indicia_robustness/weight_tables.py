"""The tables of an analysis of robustness on weights: exact shares of one node, and figures of the draws."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.data import with_figures
from indicia.definition import Node
from indicia.errors import DefinitionError, IndiciaError, join_names, suggest
from indicia_robustness.baseline import Baseline
from indicia_robustness.weight_regions import Constraint, WeightRegion
from indicia_robustness.weight_regions.frames import (
    METAWEIGHTS,
    acceptability_frame,
    bounds_frame,
    central_frame,
    holistic,
    orders_frame,
    pairwise_frame,
)
from indicia_robustness.weight_sets import regions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from indicia.definition import Robustness
    from indicia.methods import Array
    from indicia.run import Scored
    from indicia.types import PositiveInt


class WeightTables(Baseline):
    """Tables on the weights with which a unit has a rank; `Robust` has the attributes that they need."""

    varied: Robustness
    design: npt.NDArray[np.int64]
    failed: npt.NDArray[np.bool_]
    node: str | None
    first_at_weights: Callable[[npt.NDArray[np.int64], Mapping[str, Array]], Array] | None

    @property
    def free_draws(self) -> slice | npt.NDArray[np.int64]:
        """The runs with independently drawn choices."""
        raise NotImplementedError

    @property
    def acceptability(self) -> pl.DataFrame:
        """The share of draws in which a unit has a rank."""
        raise NotImplementedError

    @property
    def ranks(self) -> Array:
        """The ranks of all runs."""
        raise NotImplementedError

    @property
    def weights(self) -> Mapping[str, Array]:
        """The effective weights of indicators in all runs."""
        raise NotImplementedError

    @property
    def central_weights(self) -> pl.DataFrame:
        """The share of draws in which a unit is first, and the mean weights of these draws."""
        raise NotImplementedError

    @names_its_arguments
    def at_node(self, node: str) -> Self:
        """Return the analysis with the exact tables of another node: only the weights of this node vary in them.

        Parameters
        ----------
        node : str
            The name of a dimension with several components, or "index".

        Returns
        -------
        Robust
            The same draws.

        Raises
        ------
        IndiciaError
            If there is no such node.

        Examples
        --------
        >>> import indicia
        >>> index = indicia.read(
        ...     {"data": {"unit": "city"}, "dimensions": {"life": {}},
        ...      "indicators": {"income": {}, "air": {"dimension": "life"}, "green": {"dimension": "life"}}})
        >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [3, 9, 1], "air": [5, 4, 1], "green": [1, 3, 9]}
        >>> robust = index.robustness(table, draws=50, seed=1, weights={"simplex": True}).figures
        >>> robust.at_node("life").exact_central_weights.select("city", "first").row(0)
        ('Oslo', 1.0)
        """
        node_of(self, node)
        changed: dict[str, Any] = {"node": node}
        return replace(self, **changed)

    @cached_property
    def exact_acceptability(self) -> pl.DataFrame:
        """The share of all weights of a node with which a unit has each rank, exact: `acceptability` without draws.

        For a score that is a weighted sum of up to seven components; all other weights and choices are those
        of the index. A row for each ranked unit, a column for each rank.
        """
        names, scores, region = self._exact
        return acceptability_frame(names, scores, region, self.definition.methodology.ties)

    @cached_property
    def exact_pairwise(self) -> pl.DataFrame:
        """The share of all weights of a node with which the unit of the row is ahead of that of the column, exact."""
        return pairwise_frame(*self._exact)

    @cached_property
    def exact_central_weights(self) -> pl.DataFrame:
        """The share of all weights of a node with which a unit is first, and the centroid of these weights, exact.

        `mean` is the mean of the unit's rank over all weights.
        """
        return central_frame(*self._exact, self.definition.methodology.ties)

    @cached_property
    def weight_bounds(self) -> pl.DataFrame:
        """The smallest and the largest weight of each component of a node with which a unit can be first.

        No values for a unit that cannot be first with any weights. The number of components is not limited.
        """
        return bounds_frame(*self._exact)

    @cached_property
    def weight_orders(self) -> pl.DataFrame:
        """The orders of the components of a node by weight with which a unit can be first.

        `share` is the share of the weights in this order with which the unit is first.
        """
        return orders_frame(*self._exact)

    @cached_property
    def cumulative_acceptability(self) -> pl.DataFrame:
        """The share of draws in which a unit has a rank up to that of the column (k best ranks)."""
        unit, *ranks = self.acceptability.columns
        shares = self.acceptability.select(ranks).to_numpy().cumsum(axis=1)
        columns = (pl.Series(rank, shares[:, place]) for place, rank in enumerate(ranks))
        return with_figures(self.acceptability.select(unit), columns)

    @cached_property
    def holistic_acceptability(self) -> pl.DataFrame:
        """The shares of the ranks in the draws, each times the worth of the rank: centroid, linear and inverse worth.

        See `indicia.analysis.holistic_acceptability`. Ordered by the centroid worth.
        """
        unit = self.acceptability.columns[0]
        columns = [holistic(self.acceptability, unit, kind) for kind in METAWEIGHTS]
        frame = with_figures(self.acceptability.select(unit), columns)
        return frame.sort(METAWEIGHTS[0], unit, descending=[True, False])

    @names_its_arguments
    def weights_in_top(self, k: PositiveInt) -> pl.DataFrame:
        """Return the weights of the draws in which a unit is among the first k: their mean, and the furthest of them.

        Parameters
        ----------
        k : int
            The number of places; 1 for the central weights of `central_weights`.

        Returns
        -------
        polars.DataFrame
            A row for each unit and indicator, with `mean`, `lower` and `upper` of its effective weight; no values for a
            unit that is never among the first k.

        Raises
        ------
        IndiciaError
            If k is below 1, or the index has no such weights because they differ between groups.

        Examples
        --------
        >>> import indicia
        >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}, "air": {}}})
        >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [3, 9, 1], "air": [5, 4, 1]}
        >>> robust = index.robustness(table, draws=2000, seed=1, weights={"simplex": True}).figures
        >>> robust.weights_in_top(1).filter(city="Lima", part="air")["lower"].round(1).item()
        0.8
        """
        free = self.free_draws
        scored, names = ~self.failed[free], list(self.weights)
        among = self.ranks[free][scored] <= k
        drawn = np.stack([self.weights[name][free][scored] for name in names], axis=1)
        rows = [
            (unit, part, *figures)
            for number, unit in enumerate(self.names)
            for part, figures in zip(names, _figures(drawn[among[:, number]]), strict=True)
        ]
        schema = {self.unit: pl.String, "part": pl.String, "mean": pl.Float64, "lower": pl.Float64, "upper": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)

    @cached_property
    def confidence(self) -> pl.DataFrame:
        """The share of draws in which a unit is first, and the probability that it is first with its central weights.

        The weights are fixed at the central weights of the unit, and everything else varies as in the first 1,000
        draws. `rival` is the other unit that is most often first then, in the share `rival_first`. Units that are never
        first have no values.
        """
        first, shares, firsts = self._first_shares, self._first_with_central_weights, self._firsts
        own = np.full(len(self.names), np.nan)
        rival_first, rivals = own.copy(), np.full(len(self.names), -1)
        own[firsts] = shares[firsts, np.arange(len(firsts))]
        others = shares.copy()
        others[firsts, np.arange(len(firsts))] = -1.0
        rivals[firsts] = self.order[others[self.order].argmax(axis=0)]  # of equal shares, that of the better rank
        rival_first[firsts] = others.max(axis=0)
        rivals = np.where(rival_first > 0, rivals, -1)
        rival_first = np.where(rival_first > 0, rival_first, np.nan)
        columns = [
            pl.Series("first", first),
            pl.Series("confidence", own, nan_to_null=True),
            pl.Series("rival", [None if unit < 0 else self.names[unit] for unit in rivals], dtype=pl.String),
            pl.Series("rival_first", rival_first, nan_to_null=True),
        ]
        frame = with_figures(self.labelled_units.select(self.unit), columns)
        return frame.sort("first", self.unit, descending=[True, False])

    @cached_property
    def cross_confidence(self) -> pl.DataFrame:
        """The probability that the unit of the row is first with the central weights of the unit of the column.

        Columns are the units that are first in some draw. The diagonal has the confidence factors of `confidence`.
        """
        shares = self._first_with_central_weights
        columns = (pl.Series(self.names[unit], shares[:, place]) for place, unit in enumerate(self._firsts))
        return with_figures(self.labelled_units.select(self.unit), columns)

    @cached_property
    def _exact(self) -> tuple[pl.DataFrame, Array, WeightRegion]:
        """The ranked units, their scores with all weight on a component, and the region of the weights."""
        node = node_of(self, self.node or self.nominal.tree.id)
        region, scores = region_of(self, node, self.varied), scores_by_weight(self, node)
        ranked = np.isfinite(scores).all(axis=1)
        return self.labelled_units.select(self.unit).filter(pl.Series(ranked)), scores[ranked], region

    @cached_property
    def _by_unit(self) -> pl.DataFrame:
        """`central_weights` in the order of the units."""
        order = self.labelled_units.select(self.unit)
        return order.join(self.central_weights, on=self.unit, how="left", maintain_order="left")

    @property
    def _first_shares(self) -> Array:
        return self._by_unit["first"].to_numpy()

    @property
    def _firsts(self) -> npt.NDArray[np.intp]:
        """The numbers of the units that are first in some draw."""
        return np.flatnonzero(self._first_shares > 0)

    @cached_property
    def _first_with_central_weights(self) -> Array:
        """The probability that a unit is first with the central weights of each unit that is first, (units, firsts)."""
        if self.varied.weights is None or self.first_at_weights is None:
            raise IndiciaError(
                "the weights do not vary", remedy="--weights simplex, or constraints: --weights 'a >= b'"
            )
        indicators = [name for name in self._by_unit.columns if name not in (self.unit, "first")]
        effective = {name: self._by_unit[name].to_numpy()[self._firsts] for name in indicators}
        return self.first_at_weights(self.design[self.free_draws], node_weights_of(self.nominal, effective))


def _figures(weights: Array) -> list[tuple[float, ...]]:
    """Return the mean, the smallest and the largest of each column; NaN without rows."""
    if not len(weights):
        return [(np.nan, np.nan, np.nan)] * weights.shape[1]
    return list(zip(weights.mean(axis=0), weights.min(axis=0), weights.max(axis=0), strict=True))


def node_of(baseline: Baseline, name: str) -> Node:
    """Return a node of several components by its name; IndiciaError if there is none."""
    nodes = {node.id: node for node in baseline.weighable}
    if name not in nodes:
        raise IndiciaError(
            f'"{name}" is no part of the index with several components and one set of weights',
            remedy=suggest(name, nodes) or f"name {join_names(nodes)}",
        )
    return nodes[name]


def scores_by_weight(baseline: Baseline, node: Node) -> Array:
    """Return the score of the index with all weight of a node on one component, (units, k); larger is better.

    The score with weights w of the node is Σ w m, since the index is a weighted sum of the components of the node; all
    other weights stay. NaN for a unit without a rank. IndiciaError if the index is no such sum.
    """
    effect = baseline.effects.get(node.id)
    if effect is None:
        raise IndiciaError(
            f"the index is no weighted sum of the components of {node.id}: {_obstacle(baseline, node)}",
            remedy="estimate by draws: --show acceptability, --show central_weights; or name another node: --node",
        )
    nominal, rows = baseline.nominal, baseline.rows
    values = nominal.components.select(part.id for part in node.components).to_numpy()[rows]
    weights = np.asarray(nominal.node_weights[node.id].values, dtype=float).ravel()
    score = baseline.sign * nominal.nodes[nominal.tree.id].to_numpy()[rows]
    rest = score - effect * (values @ (weights / weights.sum()))
    by_weight = rest[:, None] + effect * values
    ranked = np.isfinite(baseline.nominal_ranks) & baseline.eligible
    return np.where(ranked[:, None], by_weight, np.nan)


def _obstacle(baseline: Baseline, node: Node) -> str:
    """Return the reason why the index is not linear in the components of a node."""
    nominal = baseline.nominal
    profiles = nominal.source.columns.components.profiles
    above = [each for each in nominal.tree.counting_nodes() if node.id in {part.id for part in each.components}]
    for each in (node, *above, nominal.tree):
        if not each.aggregation.additive:
            return f"{each.aggregation.name} of {each.id} is no weighted sum"
        if missing := [part.id for part in each.components if profiles[part.id].missing]:
            return f"units miss components of {each.id}, so that weights differ: {join_names(missing)}"
        if each.rescaling is not None or each.decimals is not None:
            return f"the score of {each.id} is rescaled or rounded"
    return "a dimension above it is rescaled, rounded or no weighted sum"


def region_of(baseline: Baseline, node: Node, varied: Robustness) -> WeightRegion:
    """Return the region in which the weights of a node are uniform in the draws; IndiciaError if they are not."""
    weights, names = varied.weights, tuple(part.id for part in node.components)
    if weights is None:
        raise IndiciaError("the weights do not vary", remedy="--weights simplex, or constraints: --weights 'a >= b'")
    parts = {part.id for each in baseline.nominal.tree.nodes() for part in each.components}
    regions = regions_of(weights.constraints or (), baseline.nominal.tree, parts)
    if node.id in regions:
        return regions[node.id]
    if weights.simplex:
        return WeightRegion(names)
    if weights.ranges is not None and not weights.ranges.keys().isdisjoint(names):
        present = np.asarray(baseline.nominal.node_weights[node.id].values, dtype=float).ravel()
        return WeightRegion(names, tuple(_limits(dict(weights.ranges), names, present)))
    reason = "do not vary" if weights.constraints or weights.ranges else "are not uniform within a region"
    raise DefinitionError(
        f"the weights of {node.id} {reason}, so that they have no shares",
        remedy="--weights simplex, or constraints; --node names another node",
    )


def _limits(ranges: dict[str, tuple[float, float]], names: tuple[str, ...], present: Array) -> list[Constraint]:
    """Return ranges as constraints; the weights without a range stay in proportion to each other."""
    constraints = []
    for name in names:
        if name in ranges:
            low, high = ranges[name]
            constraints.append(Constraint(((name, -1.0),), -low, False, f"{name} >= {low:g}"))
            if high < 1:
                constraints.append(Constraint(((name, 1.0),), high, False, f"{name} <= {high:g}"))
    others = [(name, weight) for name, weight in zip(names, present, strict=True) if name not in ranges]
    constraints += [Constraint(((name, 1.0),), 0.0, True, f"{name} = 0") for name, weight in others if not weight]
    positive = [(name, float(weight)) for name, weight in others if weight]
    for (one, weight), (other, other_weight) in pairwise(positive):
        text = f"{one} / {other} = {weight / other_weight:g}"
        constraints.append(Constraint(((one, other_weight), (other, -weight)), 0.0, True, text))
    return constraints


def node_weights_of(scored: Scored, effective: Mapping[str, Array]) -> dict[str, Array]:
    """Return the weights of the components of each node, (sets, k), with these effective weights of indicators.

    IndiciaError for a part of several dimensions, whose weights in each do not follow from its effective weight.
    """
    tree = scored.tree
    weights: dict[str, Array] = {}
    totals: dict[str, Array] = dict(effective)
    seen: set[str] = set()
    for node in reversed(list(tree.counting_nodes())):  # children first
        for part in node.components:
            if part.id in seen:
                raise IndiciaError(
                    f"{part.id} belongs to several dimensions, and its central weight in each is not known",
                    remedy="--show central_weights has the effective weights",
                )
            seen.add(part.id)
        columns = []
        for part in node.components:
            scale = (part.sum_of_weights or 1.0) if isinstance(part, Node) else 1.0
            columns.append(totals[part.id] / scale)
        stacked = np.stack(columns, axis=1)
        totals[node.id] = stacked.sum(axis=1)
        present = np.asarray(scored.node_weights[node.id].values, dtype=float).ravel()
        whole = totals[node.id][:, None]
        # a node without weight keeps its present weights
        weights[node.id] = np.where(whole > 0, stacked / np.where(whole > 0, whole, 1.0), present / present.sum())
    return {name: columns for name, columns in weights.items() if columns.shape[1] > 1}
