"""Trees of weighted power means: the parts of each score, and of the gap between two profiles, in closed form.

A node with values u and weights w is a power mean if h(V) = Σ w h(u), where h(u) is u (arithmetic), ln u (geometric),
1/u (harmonic) or a power of u. All arrays have a row for each row of the run, and a column for each place: a part of
several dimensions has a place below each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from indicia.definition import Node
from indicia.errors import DataError, DefinitionError
from indicia.means.divided_differences import divided_difference, power_mean, shifted_weights
from indicia.means.places import MAX_PLACES, Mean, Place, PlaceValues, Profiles, link_of, places_of, value_of_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from indicia.methods import Array
    from indicia.run import Scored
    from indicia.run.scored import Flags


@dataclass(frozen=True)
class Shares:
    """The contributions of all places to the score of the index, shape (n, places)."""

    shifted: Array
    """The weights v with which the score is an arithmetic mean: contribution = v × component."""
    contributions: Array
    constant: Array
    """The part of the score that rescalings add, whatever the values; shape (n,)."""
    rounding: Array
    """The part of the score that is the rounding of dimensions; shape (n,)."""


@dataclass(frozen=True)
class Pairs:
    """The gaps between pairs of rows."""

    first: Profiles
    second: Profiles
    weights: Array
    """The weight of each place in the index, re-scaled over the places that count for a row of the pair."""
    counts: Flags
    """True where a place counts for a row of the pair."""
    differences: Differences


@dataclass(frozen=True)
class MeanTree(PlaceValues):
    """A tree of power means with the weights, links and values of a run.

    See Also
    --------
    tree_of : the tree of a run, or the reason why it has no closed form.

    References
    ----------
    Balk (2008), Price and Quantity Index Numbers, eq. 4.13; Reinsdorf, Diewert & Ehemann (2002); Martin (2021),
    Statistics Canada 62F0014M: a mean as an arithmetic mean with other weights. Ang (2015), LMDI: gaps of a geometric
    mean.
    """

    @classmethod
    def of(cls, scored: Scored) -> MeanTree:
        """Return the tree of a run.

        Raises
        ------
        DefinitionError
            If a node is no power mean, or if a rescaling between nodes is no straight line.
        """
        tree = tree_of(scored)
        if isinstance(tree, str):
            raise DefinitionError(
                f"the parts of a score are exact for trees of power means: {tree}",
                remedy="indicia explain divides the gap to the median profile, or to another unit, for other methods",
            )
        return tree

    @cached_property
    def shares(self) -> Shares:
        """The contribution of each place to the score of its row.

        From Σ e (h(u) - h(M)) = 0 follows M = Σ v u with v = e h[u, M] / Σ e h[u, M], where e are the weights within
        the node and h[·,·] is the divided difference; down the tree v is multiplied.
        """
        profiles, shape = self.implied, self.weights.shape
        shifted, contributions = np.zeros(shape), np.zeros(shape)
        constant, rounding = self.base[:, 0].copy(), np.zeros(self.rows)
        factor = np.zeros(shape)  # the weight of the value of a node in the score
        shifted[:, 0], factor[:, 0] = 1.0, self.slope[:, 0]
        for mean in self.means:
            shifted[:, mean.below] = factor[:, [mean.place]] * self.shifted_within(mean)
            contributions[:, mean.below] = shifted[:, mean.below] * profiles.components[:, mean.below]
            for child in mean.nodes:
                factor[:, child] = shifted[:, child] * self.slope[:, child]
                rest = np.where(self.counts[:, child], self.base[:, child], 0.0)
                constant += shifted[:, child] * rest
                rounding += shifted[:, child] * profiles.rounding[:, child]
        contributions[:, 0] = profiles.components[:, 0]
        scored = self.counts[:, [0]]
        return Shares(
            np.where(scored, shifted, np.nan),
            np.where(scored, contributions, np.nan),
            np.where(scored[:, 0], constant, np.nan),
            np.where(scored[:, 0], rounding, np.nan),
        )

    def shifted_within(self, mean: Mean) -> Array:
        """Return the weights v with which the value of a node is Σ v u over its components, shape (n, k)."""
        weights, components = self.within[:, mean.below], self.implied.components[:, mean.below]
        values = self.implied.values[:, mean.place]
        if mean.power == 1:
            return weights
        means = self.means_of(mean, values)
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where(means == 0, 1.0, values / means)
        return shifted_weights(components, weights, mean.power, means) * factor[:, None]

    def differences(self, first: Profiles, second: Profiles, weights: Array | None = None) -> Differences:
        """Return the parts of the gaps between the profiles of equal rows, by the rule of the natural scale.

        `weights` are the weights within nodes, shape (n, places); by default those without gaps.
        """
        weights = self.weights if weights is None else weights
        parts = differences(self.means, (first, weights, self.slope), (second, weights, self.slope))
        return self._checked(parts, first, second)

    def pairs(self, first: Sequence[int], second: Sequence[int]) -> Pairs:
        """Return the parts of the gaps between rows of the run, one pair after another.

        A component that counts for neither row of a pair is taken out, and weights are re-scaled. A component that
        counts for one row only is implied for the other.
        """
        a, b = self.take(first), self.take(second)
        counts = (a.counts | b.counts) & (self.nominal[first] + self.nominal[second] != 0)
        weights, other = np.zeros(counts.shape), np.zeros(counts.shape)
        for mean in self.means:
            weights[:, mean.below] = a.rescaled(mean, counts[:, mean.below])
            other[:, mean.below] = b.rescaled(mean, counts[:, mean.below])
        parts = differences(self.means, (a.implied, weights, a.slope), (b.implied, other, b.slope))
        self._checked(parts, a.implied, b.implied)
        return Pairs(a.implied, b.implied, a.along_paths((weights + other) / 2), counts, parts)

    def _checked(self, parts: Differences, first: Profiles, second: Profiles) -> Differences:
        """Return the parts; refuse values of missing parts, and of profiles, outside the domain of a mean."""
        scored = ~np.isnan(first.components[:, 0]) & ~np.isnan(second.components[:, 0])
        undefined = ~np.isfinite(parts.parts) & scored[:, None]
        if undefined.any():
            place = self.places[int(undefined.any(axis=0).argmax())]
            parent = self.places[place.parent or 0].part
            assert isinstance(parent, Node)
            method = parent.aggregation.name
            raise DataError(
                f"{method} of {parent.id} has no value in one of the two profiles: a value that stands for a missing "
                "part, or a rescaled median, lies outside its domain",
                remedy="fill the gaps (imputation, or missing = value), or leave out as_component there",
            )
        return parts

    def by_indicator(self, of_places: Array) -> dict[str, Array]:
        """Return the sums over the places of each indicator, shape (n,) each."""
        return {name: of_places[:, numbers].sum(axis=1) for name, numbers in self.leaves.items()}


def _obstacles(scored: Scored) -> Iterator[str]:
    """Yield the nodes that are no power means."""
    components = scored.components
    for node in scored.tree.counting_nodes():
        power = node.aggregation.power
        if power is None:
            yield f"{node.id} is scored by {node.aggregation.name}"
        elif power != 1:
            for part in node.components:
                if (lowest := components[part.id].min()) is not None and float(lowest) < 0:  # type: ignore[arg-type]
                    yield f"{part.id} has values below zero in {node.id}, which is scored by {node.aggregation.name}"


def tree_of(scored: Scored) -> MeanTree | str:
    """Return the tree of a run, or the reason why it has no closed form, as a clause that names the node."""
    if reason := next(_obstacles(scored), None):
        return reason
    places = places_of(scored.tree)
    if places is None:
        return f"its dimensions share dimensions along more than {MAX_PLACES:,} paths"
    rows, shape = len(scored.units), (len(scored.units), len(places))
    node_weights = {node.id: _weights(scored, node) for node in _nodes(places)}
    weights = np.ones(shape)
    for number, place in enumerate(places):
        if place.parent is not None:
            weights[:, number] = node_weights[places[place.parent].part.id][:, place.position]
    columns = _numbers(scored.components, (place.part.id for place in places[1:]))
    components = np.column_stack([np.full(rows, np.nan), *(columns[place.part.id] for place in places[1:])])
    values, rounding = np.full(shape, np.nan), np.zeros(shape)
    slope, base = np.ones(shape), np.zeros(shape)
    filled = np.zeros(shape, dtype=bool)
    lines: dict[str, tuple[Array, ...]] = {}
    for number, place in enumerate(places):
        node = place.part
        if isinstance(node, Node):
            if node.id not in lines:
                value = _value(scored, node, columns, node_weights[node.id])
                link = link_of(scored, node, value)
                if isinstance(link, str):
                    return link
                lines[node.id] = (value, link.slope, link.base, link.rounding)
            values[:, number], slope[:, number], base[:, number], rounding[:, number] = lines[node.id]
            filled[:, number] = ~np.isnan(components[:, number]) & np.isnan(values[:, number])
    components[:, 0] = scored.source.columns.unrounded[scored.tree.id].to_numpy()
    present = ~np.isnan(components)
    return MeanTree(places, weights, slope, base, present, filled, components, values, rounding)


def _nodes(places: Iterable[Place]) -> list[Node]:
    return list({place.part.id: place.part for place in places if isinstance(place.part, Node)}.values())


def _weights(scored: Scored, node: Node) -> Array:
    """Return the weights of the components of a node as they enter its formula, shape (n, k)."""
    weights = scored.weights_in_score[node.id].of_rows(scored.units)
    return weights * len(node.components) if node.aggregation.weights_sum_to_count else weights


def _numbers(frame: pl.DataFrame, names: Iterable[str]) -> dict[str, Array]:
    return {name: frame[name].to_numpy() for name in dict.fromkeys(names)}


def _value(scored: Scored, node: Node, columns: Mapping[str, Array], weights: Array) -> Array:
    """Return the scores of a node before rescaling and rounding; those of the run unless it rescales them."""
    unrounded = scored.source.columns.unrounded[node.id].to_numpy()
    if node.rescaling is None:
        return unrounded
    assert node.aggregation.power is not None
    values = np.column_stack([columns[part.id] for part in node.components])
    kept = np.where(np.isnan(values), 0.0, weights)
    mean = power_mean(values, kept, node.aggregation.power)
    return np.where(np.isnan(unrounded), np.nan, value_of_mean(mean, weights.sum(axis=1), node.aggregation.power))


@dataclass(frozen=True)
class Differences:
    """The parts of gaps between the unrounded scores of pairs of profiles."""

    parts: Array
    """Shape (n, places); the parts of indicators, with `rounding` and `scale`, sum to the part of the index."""
    rounding: Array
    """The part of the rounding of dimensions, shape (n,)."""
    scale: Array
    """The part of rescalings with other statistics for the two profiles, shape (n,)."""
    weights: Array
    """The part of weights that differ between the two profiles, shape (n,)."""


Side: TypeAlias = "tuple[Profiles, Array, Array]"
"""The profiles of one side, their weights within nodes, and the slopes from values to components; (n, places)."""


def differences(means: Sequence[Mean], first: Side, second: Side) -> Differences:
    """Return the parts of the gaps between profiles, row by row.

    Parameters
    ----------
    means : sequence of Mean
        The nodes of the tree, parents first.
    first, second : Side
        The profiles A and B, without missing values where a weight is not 0.

    Returns
    -------
    Differences
        The parts; a place that does not differ has 0, and the parts below a node sum to the part of the node.

    References
    ----------
    Ang (2015), Energy Policy 86, doi:10.1016/j.enpol.2015.07.007 (LMDI-I); Ang & Liu (2007), Energy Policy 35(1), for
    the limit at zero.
    """
    (a, weights, slopes), (b, other_weights, other_slopes) = first, second
    gaps, turned = a.components - b.components, a.values - b.values
    equal_weights = np.array_equal(weights, other_weights)
    weights, slopes = (weights + other_weights) / 2, (slopes + other_slopes) / 2
    of_rounding = a.rounding - b.rounding
    of_scale = gaps - slopes * turned - of_rounding
    parts, of_value = np.zeros(gaps.shape), np.zeros(gaps.shape)
    parts[:, 0], of_value[:, 0] = gaps[:, 0], slopes[:, 0]  # of_value: the part for a unit of difference in the value
    rounding, scale, weighting = of_rounding[:, 0].copy(), of_scale[:, 0].copy(), np.zeros(len(gaps))
    for mean in means:
        node, below = mean.place, mean.below
        shares = _shares(
            (a.components[:, below], b.components[:, below]),
            (a.values[:, node], b.values[:, node]),
            weights[:, below],
            mean.power,
        )
        up = of_value[:, [node]] * shares
        parts[:, below] = _product(up, gaps[:, below])
        if not equal_weights:
            weighting += of_value[:, node] * turned[:, node] - parts[:, below].sum(axis=1)
        for position, child in enumerate(below):
            if child in mean.nodes:
                of_value[:, child] = up[:, position] * slopes[:, child]
                rounding += _product(up[:, position], of_rounding[:, child])
                scale += _product(up[:, position], of_scale[:, child])
    return Differences(parts, rounding, scale, weighting)


def _product(factor: Array, values: Array) -> Array:
    """Return products that are 0 where the factor is, whatever the value: a part without weight may have none."""
    product: Array = np.where(factor == 0, 0.0, factor * values)
    return product


def _shares(components: tuple[Array, Array], values: tuple[Array, Array], weights: Array, power: float) -> Array:
    """Return w h[u_A, u_B] / h[V_A, V_B] for the components of a node, shape (n, k)."""
    if power == 1:
        return weights
    (first, second), (first_value, second_value) = components, values
    size = np.fmax(first_value, second_value)[:, None]
    size = np.where(size > 0, size, 1.0)  # the ratio does not depend on the scale, and powers may overflow
    of_parts = divided_difference(first / size, second / size, power)
    of_value = divided_difference(first_value[:, None] / size, second_value[:, None] / size, power)
    with np.errstate(divide="ignore", invalid="ignore"):
        # where h is steep without limit at zero, components that are zero on both sides have no part
        is_level = (first == second) & np.isinf(of_parts)
        shares = np.where((weights == 0) | is_level, 0.0, weights * of_parts / of_value)
        if power > 0:  # both values are zero, and so are all components
            return np.where((of_value == 0) | np.isinf(of_value), weights, shares)
        # zeros on one side share the gap by their weights, and all other components get nothing
        one_sided = (weights != 0) & ((first == 0) != (second == 0))
        total = np.where(one_sided, weights, 0.0).sum(axis=1, keepdims=True)
        gap = (first_value - second_value)[:, None]
        of_zeros = np.where(one_sided, weights / total * gap / (first - second), 0.0)
        return np.where(np.isinf(of_value), of_zeros, shares)
