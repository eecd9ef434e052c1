"""Named sets of weights of an index file: each is a weighting by its name, such as `weighting = "experts"`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition.frozen import FITTED_WEIGHTS, FittedWeights, LeftOutWeights
from indicia.errors import DefinitionError
from indicia.methods import Method, Weighting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.catalogue import Catalogue
    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin
    from indicia.definition.tree import Node
    from indicia.methods import Array, Indicators


@dataclass(frozen=True)
class WeightSet(Weighting):
    """Take the weights of a named set of the index file; at a node of which the set states no part, its own weights."""

    name = "weight_set"
    reference = ""
    formula = r"w_j = \text{weight}_j"

    set_name: str
    weights: tuple[tuple[str, float | tuple[tuple[str, float], ...]], ...]
    """The indicators and dimensions of the set, each with its weight, or with its weights by parent."""

    def __post_init__(self) -> None:
        # titles, manifests and messages show the name of the set as that of the method
        object.__setattr__(self, "name", self.set_name)

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "weights": {name: dict(weight) if isinstance(weight, tuple) else weight for name, weight in self.weights}
        }

    def __str__(self) -> str:
        return self.set_name

    @property
    def brief(self) -> str:
        return self.set_name

    @property
    def title(self) -> str:
        return self.set_name

    def weights_of(self, node: str, names: Sequence[str]) -> dict[str, float]:
        """Return the weights that the set states for these parts of a node."""
        stated = {name: dict(weight) if isinstance(weight, tuple) else {node: weight} for name, weight in self.weights}
        return {name: stated[name][node] for name in names if node in stated.get(name, {})}

    def weigh(self, indicators: Indicators) -> Array:
        stated = self.weights_of(indicators.node, indicators.names)
        return np.array([stated[name] for name in indicators.names], dtype=float) if stated else indicators.given


def weights_of_set(node: Node) -> dict[str, float]:
    """Return the weights of components in the set of weights of their node; empty if its weighting is no set."""
    names = [part.id for part in node.components]
    return node.weighting.weights_of(node.id, names) if isinstance(node.weighting, WeightSet) else {}


def weights_in_file(node: Node) -> list[float]:
    """Return the weights of the components of a node in its set of weights, or else in the index file."""
    stated = weights_of_set(node)
    return [stated[part.id] if part.id in stated else part.weight_in(node.id) for part in node.components]


def weight_sets_in(method: object) -> Iterator[WeightSet]:
    """Yield a set of weights, or the sets among the parameters of a method that combines weightings."""
    if isinstance(method, WeightSet):
        yield method
    elif isinstance(method, Method):
        yield from weight_sets_in(list(method.parameters.values()))
    elif isinstance(method, list | tuple | dict):
        for part in method.values() if isinstance(method, dict) else method:
            yield from weight_sets_in(part)


def with_weight_sets(catalogue: Catalogue, definition: Definition, origin: Origin) -> Catalogue:
    """Return a catalogue in which each set of weights of the index file is a weighting; refuse a name that is taken.

    The weights of a fitted index are a weighting too.
    """
    installed = catalogue.names("weighting")
    for name in definition.weights:
        if name in installed or not name.isidentifier():
            fault = "the name of an installed weighting" if name in installed else "no word of letters, digits and _"
            raise DefinitionError(
                f'the set of weights "{name}" has a name that is {fault}',
                where=origin.where(["weights", name]),
                remedy="give the set another name: [weights.experts]",
            )
    sets = {
        name: WeightSet(name, tuple((part, _hashable(weight)) for part, weight in weights.items()))
        for name, weights in definition.weights.items()
    }
    if definition.frozen is None:
        return catalogue.with_named("weighting", sets)
    left_out = {name: LeftOutWeights(name) for name in definition.frozen.weight_sets}
    return catalogue.with_named("weighting", {**left_out, **sets, FITTED_WEIGHTS: FittedWeights()})


def _hashable(weight: float | dict[str, float]) -> float | tuple[tuple[str, float], ...]:
    return tuple(weight.items()) if isinstance(weight, dict) else weight
