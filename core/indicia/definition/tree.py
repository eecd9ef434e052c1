"""The tree of an index with its methods.

A part may belong to several nodes: the tree is then a graph without circles, in which the part is one object.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from indicia.definition.section import text
from indicia.documents.blocks import TextTable
from indicia.documents.html import table_element

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from indicia.definition.methodology_section import Missing
    from indicia.definition.parts_section import Indicator
    from indicia.methods import Aggregation, Imputation, Normalisation, Treatment, Weighting

LEAF_STAGES = ("imputation", "treatment", "transform", "normalisation")
"""The stages of which an indicator has a method, by the attributes of `Leaf`."""
NODE_STAGES = ("weighting", "aggregation", "rescaling", "as_component")
"""The stages of which a node has a method, by the attributes of `Node`."""


@dataclass(frozen=True)
class Preparation:
    """An indicator with the methods that prepare its values for the normalisation."""

    id: str
    spec: Indicator
    compared: bool = False
    """True if the normalisation or the aggregation compares units, so that rounding noise must not separate values."""
    imputation: Imputation | None = None
    treatment: Treatment | None = None
    transform: Treatment | None = None

    def with_only(self, *choices: str) -> Preparation:
        """Return the indicator with some of its methods; the same arguments return the same object."""
        if choices not in self._with_only:
            methods = {choice: getattr(self, choice) for choice in choices}
            self._with_only[choices] = Preparation(self.id, self.spec, **methods)
        return self._with_only[choices]

    @cached_property
    def _with_only(self) -> dict[tuple[str, ...], Preparation]:
        return {}


Direction: TypeAlias = Literal["benefit", "cost"]


@dataclass(frozen=True)
class WeighedPart:
    """The facts about a component that a weighting uses."""

    name: str
    weight: float
    """The weight in the index file, by default 1."""
    direction: Direction
    """The direction of the values before normalisation."""
    is_score: bool
    """True if the component is a node, whose values are scores."""
    indicators: tuple[str, ...]
    """The indicators of the component; a component without scored indicators is left out."""


@dataclass(frozen=True)
class Weighing:
    """The facts about a node that its weighting uses."""

    id: str
    weighting: Weighting
    parts: tuple[WeighedPart, ...]
    seed: int | None = None
    """The seed of the run; None if the weighting is not random."""


@dataclass(frozen=True)
class Leaf:
    """An indicator with its methods."""

    id: str
    spec: Indicator
    normalisation: Normalisation
    oriented: bool = True
    """True if costs are reversed; False if the aggregation handles the directions."""
    compared: bool = False
    """True if the normalisation or the aggregation compares units, so that rounding noise must not separate values."""
    imputation: Imputation | None = None
    treatment: Treatment | None = None
    transform: Treatment | None = None
    decimals: int | None = None

    @cached_property
    def preparation(self) -> Preparation:
        """The indicator with the methods that prepare its values."""
        return Preparation(self.id, self.spec, self.compared, self.imputation, self.treatment, self.transform)

    def weighed_in(self, parent: str) -> WeighedPart:
        """Return the facts about the indicator that the weighting of a parent uses; the same object for a parent."""
        if parent not in self._weighed_in:
            direction: Direction = "cost" if self.spec.direction == "cost" else "benefit"
            facts = WeighedPart(self.id, self.weight_in(parent), direction, is_score=False, indicators=(self.id,))
            self._weighed_in[parent] = facts
        return self._weighed_in[parent]

    @cached_property
    def _weighed_in(self) -> dict[str, WeighedPart]:
        return {}

    @property
    def weight(self) -> float | Mapping[str, float]:
        """The weight in the index file, by default 1; the weights by parent if it has several."""
        return self.spec.weight

    def weight_in(self, parent: str) -> float:
        """Return the weight that the index file gives the indicator in a parent."""
        return _weight_in(self.weight, parent)

    @property
    def weight_stated(self) -> bool:
        """True if the index file has a weight for the indicator."""
        return "weight" in self.spec.model_fields_set

    @property
    def column(self) -> str:
        """The column of the data."""
        return self.spec.column or self.id


@dataclass(frozen=True)
class Node:
    """A dimension, or the index, with the methods that compute its score from its components."""

    id: str
    weight: float | Mapping[str, float]
    """The weight in the index file; the weights by parent if it has several."""
    level: int
    """The length of the longest path from the index: 0 for the index, 1 for first-level dimensions, …"""
    components: tuple[Part, ...]
    """The parts from which the score is computed."""
    weighting: Weighting
    aggregation: Aggregation
    missing: Missing
    decimals: int | None
    weight_stated: bool = True
    """True if the index file has a weight for the dimension."""
    rescaling: Normalisation | None = None
    """A normalisation of the score, before it is rounded."""
    as_component: Normalisation | None = None
    """A normalisation of the score as a component of the parent."""
    direction: Direction = "benefit"
    """`"benefit"` if larger components are better; the score has the same direction, unless `is_distance`."""
    opposes_parent: bool = False
    """True if the parents have another direction; False for the index."""
    sum_of_weights: float | None = None
    """The sum of the weights of the index file, if they enter the score unscaled; None if they are scaled to sum 1."""
    shown: tuple[Part, ...] = ()
    """The parts that do not count: they are computed and shown, and the score does not depend on them."""
    seed: int | None = None
    """The seed of the run; None if neither the weighting nor the aggregation is random."""

    @property
    def is_distance(self) -> bool:
        """True if the score falls as components rise, such as a distance to the best components."""
        return self.aggregation.low_is_best and self.rescaling is None

    @property
    def low_is_best(self) -> bool:
        """True if a lower score is better."""
        return self.is_distance != (self.direction == "cost")

    @property
    def turned(self) -> bool:
        """True if the score enters the parent with the opposite sign, as larger components mean more of the parent."""
        return self.is_distance != self.opposes_parent

    @cached_property
    def weighing(self) -> Weighing:
        """The facts about the node that its weighting uses."""
        seed = self.seed if self.weighting.draws_random_numbers else None
        return Weighing(self.id, self.weighting, tuple(part.weighed_in(self.id) for part in self.components), seed)

    def weighed_in(self, parent: str) -> WeighedPart:
        """Return the facts about the node that the weighting of a parent uses."""
        return WeighedPart(self.id, self.weight_in(parent), "benefit", is_score=True, indicators=self.indicators)

    def weight_in(self, parent: str) -> float:
        """Return the weight that the index file gives the node in a parent."""
        return _weight_in(self.weight, parent)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The components, and the parts that do not count."""
        return self.components + self.shown

    @cached_property
    def counting(self) -> frozenset[str]:
        """The parts on which the score depends: the components, their components, …"""
        names: set[str] = set()
        for node in self.nodes():  # parents first
            if node.id == self.id or node.id in names:
                names.update(part.id for part in node.components)
        return frozenset(names)

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """The indicators on which the score depends."""
        return tuple(leaf.id for leaf in self.leaves() if leaf.id in self.counting)

    @cached_property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """The nodes that each part belongs to, by part."""
        parents: dict[str, tuple[str, ...]] = {}
        for node in self.nodes():
            for part in node.parts:
                parents[part.id] = (*parents.get(part.id, ()), node.id)
        return parents

    def nodes(self) -> Iterator[Node]:
        """Yield this node and those below it, parents first, each once."""
        return iter(self._nodes)

    def counting_nodes(self) -> Iterator[Node]:
        """Yield this node and those on which its score depends, parents first, each once."""
        return (node for node in self._nodes if node is self or node.id in self.counting)

    @cached_property
    def _nodes(self) -> tuple[Node, ...]:
        """This node and those below it; a node with several parents follows the last of them."""
        finished: dict[str, Node] = {}
        path: list[tuple[Node, list[Part]]] = [(self, list(self.parts))]
        while path:
            node, pending = path[-1]
            if not pending:
                finished[node.id] = node
                path.pop()
            elif isinstance(part := pending.pop(), Node) and part.id not in finished:
                path.append((part, list(part.parts)))
        return tuple(reversed(finished.values()))

    def leaves(self) -> Iterator[Leaf]:
        """Yield the indicators below this node, each once."""
        return iter(self._leaves)

    @cached_property
    def _leaves(self) -> tuple[Leaf, ...]:
        return tuple(part for part in self._descendants if isinstance(part, Leaf))

    def descendants(self) -> Iterator[Part]:
        """Yield the dimensions and indicators below this node, each once, where it first occurs."""
        return iter(self._descendants)

    @cached_property
    def _descendants(self) -> tuple[Part, ...]:
        parts: dict[str, Part] = {}
        pending = list(reversed(self.parts))
        while pending:
            part = pending.pop()
            if part.id in parts:
                continue
            parts[part.id] = part
            if isinstance(part, Node):
                pending.extend(reversed(part.parts))
        return tuple(parts.values())

    def with_parts(self, change: Callable[[Node, tuple[Part, ...], tuple[Part, ...]], Node]) -> Node:
        """Return this node with changed nodes below it; a part of several nodes stays one object.

        `change` returns a changed node from the node, its changed components and its changed parts that do not count.
        """
        changed: dict[str, Node] = {}

        def changed_parts(parts: tuple[Part, ...]) -> tuple[Part, ...]:
            return tuple(changed[part.id] if isinstance(part, Node) else part for part in parts)

        for node in reversed(self._nodes):  # parts before their nodes
            changed[node.id] = change(node, changed_parts(node.components), changed_parts(node.shown))
        return changed[self.id]

    def with_seed(self, seed: int) -> Node:
        """Return this node with another seed of its random methods and of those below it."""
        return self.with_parts(
            lambda node, components, shown: replace(
                node, components=components, shown=shown, seed=None if node.seed is None else seed
            )
        )

    @property
    def has_random_nodes(self) -> bool:
        """True if the weighting or the aggregation of a node is random."""
        return any(node.seed is not None for node in self.nodes())

    @cached_property
    def harms(self) -> frozenset[str]:
        """The indicators in nodes that are all costs: there, larger normalised values are worse."""
        costs = {node.id for node in self.nodes() if node.direction == "cost"}
        return frozenset(leaf.id for leaf in self.leaves() if costs.issuperset(self.parents[leaf.id]))

    def _repr_html_(self) -> str:
        return tree_in_html(self, {})

    def without(self, names: Collection[str]) -> Node:
        """Return this node without some of its descendants, and without nodes that have no components left."""

        def rest(parts: tuple[Part, ...]) -> tuple[Part, ...]:
            others = (part for part in parts if part.id not in names)
            return tuple(part for part in others if isinstance(part, Leaf) or part.components)

        return self.with_parts(lambda node, parts, shown: replace(node, components=rest(parts), shown=rest(shown)))


_ROWS_OF_NOTEBOOK = 60
"""The parts of a tree that a notebook shows."""


def tree_in_html(tree: Node, names: Mapping[str, str]) -> str:
    """Return a table of the parts of a tree, each below its first parent: names, weights, directions, methods."""
    outline = list(_outline(tree, None, 0, set()))
    rows = [
        (
            "  " * depth + names.get(part.id, part.id),
            *_weight_and_direction(part, parent),
            " > ".join(map(str, _methods_of(part))),
        )
        for depth, part, parent in outline[:_ROWS_OF_NOTEBOOK]
    ]
    parts = TextTable(["part", "weight", "direction", "methods"], rows, [False, True, False, False])
    table = table_element(parts.without_empty_columns(), inline=True)
    more = len(outline) - len(rows)
    return f"{table}<p>and {more:,} more</p>" if more > 0 else table


def _outline(part: Part, parent: Node | None, depth: int, seen: set[str]) -> Iterator[tuple[int, Part, Node | None]]:
    if part.id in seen:
        return
    seen.add(part.id)
    yield depth, part, parent
    for below in part.parts if isinstance(part, Node) else ():
        yield from _outline(below, part if isinstance(part, Node) else None, depth + 1, seen)


def _weight_and_direction(part: Part, parent: Node | None) -> tuple[str, str]:
    """Return the weight that the index file states, and the direction of an indicator or a cost."""
    counts = parent is None or any(other.id == part.id for other in parent.components)
    weight = f"{part.weight_in(parent.id):g}" if parent is not None and part.weight_stated else ""
    direction = part.spec.direction if isinstance(part, Leaf) else part.direction if part.direction == "cost" else ""
    return weight if counts else "does not count", str(direction)


def _methods_of(part: Part) -> list[object]:
    stages = LEAF_STAGES if isinstance(part, Leaf) else NODE_STAGES
    return [method for stage in stages if (method := getattr(part, stage)) is not None]


def _weight_in(weight: float | Mapping[str, float], parent: str) -> float:
    return float(weight) if isinstance(weight, int | float) else weight[parent]


Part: TypeAlias = Leaf | Node


def unit_of_measure(leaf: Leaf, language: str | None = None) -> str:
    """Return the unit of measure of an indicator before normalisation, with the name of its transform."""
    unit = text(leaf.spec.unit, language)
    return f"{leaf.transform} of {unit}" if unit and leaf.transform else unit
