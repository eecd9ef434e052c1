"""The parts of a tree by their paths: a part of several dimensions has a place below each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.definition import Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Part
    from indicia.methods import Array

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
