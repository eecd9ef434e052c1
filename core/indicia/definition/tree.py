"""The tree of an index with its methods."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from indicia.definition.model import Indicator, Missing
    from indicia.methods import Aggregation, Imputation, Normalisation, Treatment, Weighting


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

    @cached_property
    def weighed(self) -> WeighedPart:
        """The facts about the indicator that a weighting uses."""
        direction: Direction = "cost" if self.spec.direction == "cost" else "benefit"
        return WeighedPart(self.id, self.weight, direction, is_score=False, indicators=(self.id,))

    @property
    def weight(self) -> float:
        """The weight in the index file, by default 1."""
        return self.spec.weight

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
    weight: float
    level: int
    """0 for the index, 1 for first-level dimensions, …"""
    components: tuple[Part, ...]
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
    """Whether larger components are better or worse; the score has the same direction, unless `is_distance`."""
    opposes_parent: bool = False
    """True if the parent has another direction; False for the index."""
    sum_of_weights: float | None = None
    """The sum of the weights of the index file, if they enter the score unscaled; None if they are scaled to sum 1."""

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
        return Weighing(self.id, self.weighting, tuple(part.weighed for part in self.components))

    @cached_property
    def weighed(self) -> WeighedPart:
        """The facts about the node that the weighting of its parent uses."""
        indicators = tuple(leaf.id for leaf in self.leaves())
        return WeighedPart(self.id, self.weight, "benefit", is_score=True, indicators=indicators)

    def nodes(self) -> Iterator[Node]:
        """Yield this node and those below it, parents first."""
        yield self
        for part in self.components:
            if isinstance(part, Node):
                yield from part.nodes()

    def leaves(self) -> Iterator[Leaf]:
        """Yield the indicators below this node."""
        for part in self.components:
            if isinstance(part, Node):
                yield from part.leaves()
            else:
                yield part

    @cached_property
    def harms(self) -> frozenset[str]:
        """The indicators in nodes that are costs: there, larger normalised values are worse."""
        costs = (node for node in self.nodes() if node.direction == "cost")
        return frozenset(part.id for node in costs for part in node.components if isinstance(part, Leaf))

    def without(self, names: Collection[str]) -> Node:
        """Return this node without some of its descendants, and without nodes that have no components left."""
        parts = [
            part.without(names) if isinstance(part, Node) else part for part in self.components if part.id not in names
        ]
        return replace(self, components=tuple(part for part in parts if isinstance(part, Leaf) or part.components))


Part: TypeAlias = Leaf | Node
