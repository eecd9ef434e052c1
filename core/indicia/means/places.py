"""The places of a tree of means: their values, and rescaled scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np

from indicia.definition import Leaf, Node, Part
from indicia.means.divided_differences import power_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import polars as pl

    from indicia.methods import Array
    from indicia.run import Scored
    from indicia.run.scored import Flags

    Rows: TypeAlias = npt.NDArray[np.intp]


_STRAIGHT = 1e-9
"""The largest distance from a straight line, as a share of the range of its values, that counts as rounding."""


@dataclass(frozen=True)
class Link:
    """A component of a parent is slope × value + base + rounding; each has the shape (n,)."""

    slope: Array
    base: Array
    rounding: Array
    """The effect of the rounding of the node's score; 0 where the score is not rounded."""


def link_of(scored: Scored, node: Node, value: Array) -> Link | str:
    """Return the link of a node, or the reason why it has none.

    `value` is the weighted mean of the components in each row, missing where the node has no score.
    """
    keys = scored.units.select(scored.scopes.rescaling.key)
    columns = scored.source.columns
    rescaled = columns.unrounded[node.id].to_numpy()
    slope, base = np.ones(len(value)), np.zeros(len(value))
    if node.rescaling is not None:
        line = None if node.rescaling.whole_column else line_of(value, rescaled, keys)
        if line is None:
            return f"{node.rescaling.name}, the rescaling of {node.id}, is no straight line"
        slope, base = line
    if node.id == scored.tree.id:
        return Link(slope, base, np.zeros(len(value)))
    scores = columns.scores[node.id].to_numpy()
    rounding, sign = scores - rescaled, -1.0 if node.turned else 1.0
    slope, base, rounding = sign * slope, sign * base, sign * rounding
    if node.as_component is not None:
        handed = columns.handed[node.id].to_numpy()
        line = None if node.as_component.whole_column else line_of(sign * scores, handed, keys)
        if line is None:
            return f"{node.as_component.name}, as_component of {node.id}, is no straight line"
        slope, base, rounding = line[0] * slope, line[0] * base + line[1], line[0] * rounding
    return Link(slope, base, np.nan_to_num(rounding))


def line_of(x: Array, y: Array, keys: pl.DataFrame) -> tuple[Array, Array] | None:
    """Return the slope and the base of y = slope × x + base in each row; None if the points are on no straight line.

    Each group of rows with equal keys has a line of its own, through its points with the least and the greatest x.

    >>> import polars as pl
    >>> x, y = np.array([1.0, 2.0, 4.0]), np.array([5.0, 7.0, 11.0])
    >>> [values.tolist() for values in line_of(x, y, pl.DataFrame()) or ()]
    [[2.0, 2.0, 2.0], [3.0, 3.0, 3.0]]
    >>> line_of(x, y**2, pl.DataFrame()) is None
    True
    """
    slope, base = np.ones(len(x)), np.zeros(len(x))
    for rows in _groups(keys, len(x)):
        present = rows[~(np.isnan(x[rows]) | np.isnan(y[rows]))]
        if not len(present):
            continue
        low, high = present[np.argmin(x[present])], present[np.argmax(x[present])]
        width = x[high] - x[low]
        slope[rows] = (y[high] - y[low]) / width if width > 0 else 1.0
        base[rows] = y[low] - slope[low] * x[low]
        distance = np.abs(slope[present] * x[present] + base[present] - y[present])
        if distance.max() > _STRAIGHT * max(np.abs(y[present]).max(), np.ptp(y[present])):
            return None
    return slope, base


def _groups(keys: pl.DataFrame, rows: int) -> list[Rows]:
    """Return the row numbers of each group; all rows if there is no key."""
    if not keys.width:
        return [np.arange(rows)]
    numbered = keys.with_row_index("\0row").group_by(keys.columns, maintain_order=True).agg("\0row")
    return [group.to_numpy() for group in numbered["\0row"]]


_BY_ROW = ("weights", "slope", "base", "present", "filled", "raw_components", "raw_values", "rounding")
"""The fields of a tree that have a row for each row of the run."""


@dataclass(frozen=True)
class PlaceValues:
    """The values and weights of all places of a tree of power means; arrays have the shape (n, places)."""

    places: tuple[Place, ...]
    """Each parent before its components; the first is the index."""
    weights: Array
    """The weight of each place in its parent, as it enters a score without gaps; 1 for the index."""
    slope: Array
    """The component of a node is slope × value + base + rounding."""
    base: Array
    present: Flags
    """True where the parent has the component."""
    filled: Flags
    """True where a rule for missing values gave the component of a node that has no score."""
    raw_components: Array
    """Values as components of the parent, NaN where they are missing."""
    raw_values: Array
    """Scores of nodes before rescaling and rounding, NaN where they are missing."""
    rounding: Array

    def take(self, rows: Sequence[int]) -> Self:
        """Return the tree with these rows only, in this order."""
        return replace(self, **{name: getattr(self, name)[rows] for name in _BY_ROW})

    def followed_by(self, other: PlaceValues) -> Self:
        """Return the tree with the rows of another tree of the same places after its own."""
        joined: dict[str, Any] = {
            name: np.concatenate([getattr(tree, name) for tree in (self, other)]) for name in _BY_ROW
        }
        return replace(self, **joined)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.weights)

    @cached_property
    def means(self) -> tuple[Mean, ...]:
        """The nodes, parents first."""
        means = []
        for number, place in enumerate(self.places):
            if isinstance(place.part, Node):
                below = list(place.children)
                nodes = [child for child in below if isinstance(self.places[child].part, Node)]
                power = place.part.aggregation.power
                assert power is not None
                means.append(Mean(number, below, nodes, power))
        return tuple(means)

    @cached_property
    def leaves(self) -> dict[str, list[int]]:
        """The numbers of the places of each indicator, in the order of the tree."""
        leaves: dict[str, list[int]] = {}
        for number, place in enumerate(self.places):
            if isinstance(place.part, Leaf):
                leaves.setdefault(place.part.id, []).append(number)
        return leaves

    @cached_property
    def counts(self) -> Flags:
        """True where the score of the row depends on the place."""
        counts = np.zeros(self.present.shape, dtype=bool)
        counts[:, 0] = self.present[:, 0]
        for mean in self.means:
            for child in mean.below:
                counts[:, child] = counts[:, mean.place] & (self.filled[:, mean.place] | self.present[:, child])
        return counts

    @cached_property
    def within(self) -> Array:
        """The weight of each place in its parent, re-scaled over the components that the row has; 0 where it lacks it.

        Below a node whose component a rule filled, all components have their weights.
        """
        within = np.zeros(self.weights.shape)
        within[:, 0] = 1.0
        for mean in self.means:
            within[:, mean.below] = self.rescaled(mean, self.counts[:, mean.below])
        return within

    def rescaled(self, mean: Mean, counts: Flags) -> Array:
        """Return the weights of the components of a node, re-scaled over those that count, shape (n, k)."""
        weights = self.weights[:, mean.below]
        kept = np.where(counts, weights, 0.0)
        total, share = weights.sum(axis=1, keepdims=True), kept.sum(axis=1, keepdims=True)
        scaled = np.divide(kept * total, share, out=np.zeros_like(kept), where=share != 0)
        return np.where(counts.all(axis=1, keepdims=True), kept, scaled)

    def along_paths(self, weights: Array) -> Array:
        """Return the products of weights down each path from the index, shape (n, places)."""
        products = np.ones(weights.shape)
        for number, place in enumerate(self.places):
            if place.parent is not None:
                products[:, number] = products[:, place.parent] * weights[:, number]
        return products

    @cached_property
    def nominal(self) -> Array:
        """The weight of each place in the index, without gaps."""
        return self.along_paths(self.weights)

    @cached_property
    def effective(self) -> Array:
        """The weight of each place in the index of the row, re-scaled over what the row has; 0 where it lacks it."""
        return np.where(self.counts, self.along_paths(self.within), 0.0)

    @cached_property
    def implied(self) -> Profiles:
        """The profiles of the rows, with the value of the node in place of each part that does not count.

        A mean over some components is also the mean with all weights in which each other component stands at the
        value of the node. Below a node that does not count, all parts stand at the value of its parent.
        """
        return self._descend(self.raw_components, self.raw_values, self.counts, self.rounding)

    def of_indicators(self, values: Mapping[str, Array], weights: Array | None = None) -> Profiles:
        """Return the profiles of given normalised indicators, shape (n,) each, with the weights and lines of the rows.

        By default with the weights of rows without gaps. A missing value (NaN) is implied by the other components.
        """
        shape = self.weights.shape
        weights = self.weights if weights is None else weights
        components, node_values = np.full(shape, np.nan), np.full(shape, np.nan)
        for name, numbers in self.leaves.items():
            components[:, numbers] = np.asarray(values[name])[:, None]
        for mean in reversed(self.means):  # components before their node
            node, below = mean.place, mean.below
            kept = np.where(np.isnan(components[:, below]), 0.0, weights[:, below])
            means = power_mean(components[:, below], kept, mean.power)
            node_values[:, node] = value_of_mean(means, weights[:, below].sum(axis=1), mean.power)
            components[:, node] = self.slope[:, node] * node_values[:, node] + self.base[:, node]
        present = ~np.isnan(components)
        counts = np.zeros(shape, dtype=bool)
        counts[:, 0] = present[:, 0]
        for number, place in enumerate(self.places):
            if place.parent is not None:
                counts[:, number] = counts[:, place.parent] & present[:, number]
        return self._descend(components, node_values, counts, np.zeros(shape))

    def means_of(self, mean: Mean, values: Array) -> Array:
        """Return the means that belong to scores of a node: they differ if its weights do not sum to 1."""
        return _mean_of_value(values, self.weights[:, mean.below].sum(axis=1), mean.power)

    def _descend(self, components: Array, values: Array, counts: Flags, rounding: Array) -> Profiles:
        """Return profiles in which each place that does not count stands at the mean of its parent."""
        components, values = components.copy(), values.copy()
        rounding = np.where(counts, rounding, 0.0)
        for mean in self.means:
            node = mean.place
            absent = ~(counts[:, node] & ~np.isnan(values[:, node]))
            with np.errstate(divide="ignore", invalid="ignore"):
                of_component = (components[:, node] - self.base[:, node]) / self.slope[:, node]
            values[:, node] = np.where(absent, of_component, values[:, node])
            rounding[absent, node] = 0.0
            means = self.means_of(mean, values[:, node])
            for child in mean.below:
                is_own = counts[:, child] & ~np.isnan(components[:, child]) & ~(self.filled[:, node] & absent)
                components[:, child] = np.where(is_own, components[:, child], means)
        return Profiles(components, values, rounding)


def value_of_mean(mean: Array, total: Array, power: float) -> Array:
    """Return the score of a node whose weights have this sum."""
    if np.allclose(total, 1.0, rtol=1e-12, atol=0):
        return mean
    return total * mean if power == 1 else mean**total


def _mean_of_value(value: Array, total: Array, power: float) -> Array:
    if np.allclose(total, 1.0, rtol=1e-12, atol=0):
        return value
    return value / total if power == 1 else value ** (1 / total)


MAX_PLACES = 20_000
"""The most places of a tree that is explained; dimensions that share dimensions may have very many paths."""


@dataclass(frozen=True)
class Profiles:
    """The values of all places in each row, with implied values where a part does not count; shape (n, places)."""

    components: Array
    """Values as components of the parent; those of the index are its unrounded scores."""
    values: Array
    """Scores of nodes before rescaling and rounding; NaN for indicators."""
    rounding: Array
    """The part of a component that is the rounding of the node's score."""

    def take(self, rows: Sequence[int]) -> Profiles:
        """Return the profiles of these rows, in this order."""
        return Profiles(self.components[rows], self.values[rows], self.rounding[rows])


@dataclass(frozen=True)
class Mean:
    """A node that is a power mean."""

    place: int
    """The number of its place."""
    below: list[int]
    """The numbers of the places of its components."""
    nodes: list[int]
    """Those of them that are nodes."""
    power: float
    """The order of the mean."""


@dataclass(frozen=True)
class Place:
    """A part, with the path by which the index depends on it."""

    part: Part
    parent: int | None
    """The number of the place of the parent; None for the index."""
    position: int
    """The position among the components of the parent."""
    children: tuple[int, ...]
    """The numbers of the places of the components; empty for an indicator."""


def places_of(tree: Node) -> tuple[Place, ...] | None:
    """Return the places of the parts on which the score depends, each parent before its components.

    A place of the index is the first. None stands for more than `MAX_PLACES` places.
    """
    parts: list[tuple[Part, int | None, int]] = [(tree, None, 0)]
    children: list[tuple[int, ...]] = []
    for number, (part, _, _) in enumerate(parts):  # grows while it is read: level by level
        components = part.components if isinstance(part, Node) else ()
        children.append(tuple(range(len(parts), len(parts) + len(components))))
        parts += [(component, number, position) for position, component in enumerate(components)]
        if len(parts) > MAX_PLACES:
            return None
    return tuple(
        Place(part, parent, position, below) for (part, parent, position), below in zip(parts, children, strict=True)
    )
