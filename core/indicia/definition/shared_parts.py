"""The indicators that the trees of several methodologies share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.definition.model import Definition
    from indicia.definition.tree import Leaf

    LeafKey: TypeAlias = tuple[object, ...]


@dataclass
class SharedParts:
    """The indicators of the trees that were built so far, and the graphs that were checked.

    Trees of one index differ in few methods, so most of their indicators are equal; one object serves all of them, and
    facts that are kept at the object are computed once.
    """

    _leaves: dict[LeafKey, Leaf] = field(default_factory=dict)
    """An indicator holds the objects whose ids are in its key, so that no later object has the same id."""
    _checked: dict[tuple[int, int], Definition] = field(default_factory=dict)

    def leaf(self, key: LeafKey, build: Callable[[], Leaf]) -> Leaf:
        """Return the indicator of a key, built at its first use."""
        leaf = self._leaves.get(key)
        if leaf is None:
            leaf = self._leaves[key] = build()
        return leaf

    def check_graph_once(self, definition: Definition, check: Callable[[], None]) -> None:
        """Run a check that depends on indicators and dimensions alone, unless equal objects have passed it."""
        key = id(definition.indicators), id(definition.dimensions)
        if key not in self._checked:
            check()
            self._checked[key] = definition
