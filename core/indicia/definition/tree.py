"""The tree of an index with its methods, which the engine scores."""

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
    """True if the normalisation, or the aggregation above it, compares units, so that equal values must be equal."""
    imputation: Imputation | None = None
    treatment: Treatment | None = None
    transform: Treatment | None = None

    def with_only(self, *choices: str) -> Preparation:
        """Return the indicator with some of its methods; equal arguments give the same object."""
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
    """A component as a weighting sees it."""

    name: str
    weight: float
    """The weight that the index file gives."""
    direction: Direction
    """The direction of the raw values."""
    is_score: bool
    """True if the component is a node, and its values are scores."""
    indicators: tuple[str, ...]
    """The indicators below; a component is left out if none of them takes part."""


@dataclass(frozen=True)
class Weighing:
    """A node as its weighting sees it."""

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
    """True if costs are reversed; False for an aggregation that takes directions itself."""
    compared: bool = False
    """True if the normalisation, or the aggregation above it, compares units, so that equal values must be equal."""
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
        """The indicator as a weighting sees it."""
        direction: Direction = "cost" if self.spec.direction == "cost" else "benefit"
        return WeighedPart(self.id, self.weight, direction, is_score=False, indicators=(self.id,))

    @property
    def weight(self) -> float:
        """The weight that the index file gives."""
        return self.spec.weight

    @property
    def weight_stated(self) -> bool:
        """True if the index file gives a weight; without a weight the indicator counts 1."""
        return "weight" in self.spec.model_fields_set

    @property
    def column(self) -> str:
        """The column of the data."""
        return self.spec.column or self.id


@dataclass(frozen=True)
class Node:
    """A dimension, or the index itself, with the methods that make its score of its components."""

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
    """True if the index file gives a weight; without a weight the dimension counts 1."""
    rescaling: Normalisation | None = None
    """A normalisation of the score itself."""
    as_component: Normalisation | None = None
    """A normalisation of the score as a component of the parent."""

    @property
    def low_is_best(self) -> bool:
        """True if a lower score is a better one."""
        return self.aggregation.low_is_best and self.rescaling is None

    @cached_property
    def weighing(self) -> Weighing:
        """The node as its weighting sees it."""
        return Weighing(self.id, self.weighting, tuple(part.weighed for part in self.components))

    @cached_property
    def weighed(self) -> WeighedPart:
        """The node as the weighting of its parent sees it."""
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

    def without(self, names: Collection[str]) -> Node:
        """Return this node without some of the parts below it, and without nodes that lose all their components."""
        parts = [
            part.without(names) if isinstance(part, Node) else part for part in self.components if part.id not in names
        ]
        return replace(self, components=tuple(part for part in parts if isinstance(part, Leaf) or part.components))


Part: TypeAlias = Leaf | Node
