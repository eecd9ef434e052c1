"""Named sets of weights of an index file: each is a weighting by its name, such as `weighting = "experts"`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.errors import DefinitionError, join_names, suggest
from indicia.methods import Method, Weighting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.catalogue import Catalogue
    from indicia.definition.model import Definition
    from indicia.definition.read import Origin
    from indicia.definition.tree import Node, Part
    from indicia.methods import Array, Indicators


@dataclass(frozen=True)
class WeightSet(Weighting):
    """Take the weights of a named set of the index file; at a node of which the set states no part, its own weights."""

    name = "weight_set"
    reference = ""
    formula = r"w_j = \text{weight}_j"

    set_name: str
    weights: tuple[tuple[str, float], ...]
    """The indicators and dimensions of the set, each with its weight."""

    def __post_init__(self) -> None:
        # titles, manifests and messages show the name of the set as that of the method
        object.__setattr__(self, "name", self.set_name)

    @property
    def settings(self) -> dict[str, Any]:
        return {"weights": dict(self.weights)}

    def __str__(self) -> str:
        return self.set_name

    @property
    def brief(self) -> str:
        return self.set_name

    @property
    def title(self) -> str:
        return self.set_name

    def weights_of(self, names: Sequence[str]) -> dict[str, float]:
        """Return the weights that the set states for these parts of a node."""
        weights = dict(self.weights)
        return {name: weights[name] for name in names if name in weights}

    def weigh(self, indicators: Indicators) -> Array:
        stated = self.weights_of(indicators.names)
        return np.array([stated[name] for name in indicators.names], dtype=float) if stated else indicators.given


def weights_in_file(weighting: Weighting, parts: Sequence[Part]) -> list[float]:
    """Return the weights of parts in the set of weights of their node, or else in the index file."""
    stated = weighting.weights_of([part.id for part in parts]) if isinstance(weighting, WeightSet) else {}
    return [stated.get(part.id, part.weight) for part in parts]


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
    """Return a catalogue in which each set of weights of the index file is a weighting; refuse a name that is taken."""
    installed = catalogue.names("weighting")
    for name in definition.weights:
        if name in installed or not name.isidentifier():
            fault = "the name of an installed weighting" if name in installed else "no word of letters, digits and _"
            raise DefinitionError(
                f'the set of weights "{name}" has a name that is {fault}',
                where=origin.where(["weights", name]),
                remedy="give the set another name: [weights.experts]",
            )
    sets = {name: WeightSet(name, tuple(weights.items())) for name, weights in definition.weights.items()}
    return catalogue.with_named("weighting", sets)


def check_weight_sets(definition: Definition, origin: Origin) -> None:
    """Refuse sets of weights that name parts that the index lacks."""
    parts = [*definition.indicators, *definition.dimensions]
    for name, weights in definition.weights.items():
        if unknown := next((part for part in weights if part not in parts), None):
            raise DefinitionError(
                f'the set of weights "{name}" has a weight of "{unknown}", which is no indicator and no dimension',
                where=origin.where(["weights", name, unknown]),
                remedy=suggest(unknown, parts),
            )


def check_weights_of_nodes(tree: Node, origin: Origin) -> None:
    """Refuse a set of weights that states some parts of a node and not the others, or gives all of them weight 0."""
    for node in tree.nodes():
        names = [part.id for part in node.components]
        for weights in weight_sets_in(node.weighting) if len(names) > 1 else ():
            stated = weights.weights_of(names)
            keys = ["weights", weights.set_name, *list(stated)[:1]]
            if missing := [name for name in names if stated and name not in stated]:
                raise DefinitionError(
                    f'the set of weights "{weights.set_name}" states {join_names(stated)} of {node.id}, and lacks '
                    f"{join_names(missing)}",
                    where=origin.where(keys),
                    remedy=f"state {join_names(missing)} in the set too, or no part of {node.id}",
                )
            if stated and not any(stated.values()):
                raise DefinitionError(
                    f'the set of weights "{weights.set_name}" gives every part of {node.id} weight 0',
                    where=origin.where(keys),
                    remedy="give one of them a weight above 0",
                )
