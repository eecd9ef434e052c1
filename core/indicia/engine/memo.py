"""What runs over one table have computed, by all that it depends on, so that a comparison does each thing once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from indicia.definition import Definition, Leaf, Node

T = TypeVar("T")
Start: TypeAlias = "tuple[Hashable, Hashable]"
"""What prepared values depend on, and what normalised ones depend on beside."""


@dataclass(frozen=True)
class Memo:
    """Remembers for as long as it lives; one memo belongs to one table."""

    known: dict[Hashable, Any] = field(default_factory=dict)
    _numbers: dict[Hashable, int] = field(default_factory=dict)
    _kept: list[object] = field(default_factory=list)
    """What is told apart by its place in memory must not make room for something else."""

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what was computed under the key, or compute it."""
        if key not in self.known:
            self.known[key] = compute()
        found: T = self.known[key]
        return found

    def number(self, key: Hashable) -> int:
        """Return a number for a key, the same for the same key: keys are made of keys, and numbers are short."""
        return self._numbers.setdefault(key, len(self._numbers))

    def ident(self, thing: object) -> Hashable:
        """Return what tells a thing from others: itself, or its place where it cannot be compared."""
        try:
            hash(thing)
        except TypeError:
            self._kept.append(thing)
            return id(thing)
        return thing

    def of_data(self, definition: Definition, tree: Node) -> int:
        """Return what prepared values depend on."""
        methodology = definition.methodology
        return self.number(
            (
                self.ident(definition.data),
                self.ident(definition.screening),
                methodology.statistics,
                methodology.constant,
                tuple(self._of_leaf(leaf) for leaf in tree.leaves()),
                tuple(leaf.normalisation.needs_spread for leaf in tree.leaves()),
                tuple(node.missing.policy == "refuse" for node in tree.nodes()),
            )
        )

    def of_normalised(self, tree: Node) -> int:
        """Return what normalised values depend on, beside the prepared ones."""
        leaves = tree.leaves()
        return self.number(tuple((self.ident(leaf.normalisation), leaf.decimals, leaf.oriented) for leaf in leaves))

    def of_node(self, node: Node, start: Start, below: Mapping[str, int]) -> tuple[int, int, int]:
        """Return what the score of a node depends on, its weights, and weights that look at no normalised value."""
        parts = tuple(below.get(part.id, part.id) for part in node.components)
        given = tuple(part.weight for part in node.components)
        blind = self.number((start[0], node.id, parts, given, self.ident(node.weighting)))
        weights = self.number((start, blind, node.missing))
        stages = (node.aggregation, node.rescaling, node.as_component)
        return self.number((weights, node.decimals, *(self.ident(method) for method in stages))), weights, blind

    def _of_leaf(self, leaf: Leaf) -> Hashable:
        methods = (leaf.imputation, leaf.treatment, leaf.transform)
        return (leaf.id, self.ident(leaf.spec), leaf.compared, *(self.ident(method) for method in methods))
