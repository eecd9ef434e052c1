"""The named sets of weights of an index file, and the checks of weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.defaults import AGGREGATION
from indicia.definition.frozen import FITTED_WEIGHTS, FittedWeights, LeftOutWeights
from indicia.definition.tree import Leaf, Node
from indicia.errors import DefinitionError, MethodError, join_names, suggest
from indicia.methods import Array, Indicators, Method, Weighting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.catalogue import Catalogue
    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin


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


def check_weight_sets(definition: Definition, origin: Origin) -> None:
    """Refuse sets of weights that name parts that the index lacks."""
    parts = definition.parts
    for name, weights in definition.weights.items():
        if unknown := next((part for part in weights if part not in parts), None):
            raise DefinitionError(
                f'the set of weights "{name}" has a weight of "{unknown}", which is no indicator and no dimension',
                where=origin.where(["weights", name, unknown]),
                remedy=suggest(unknown, parts),
            )
        for part, weight in weights.items():
            _check_parents(name, part, weight, parts[part].parents, origin)


def _check_parents(
    name: str, part: str, weight: float | dict[str, float], parents: Sequence[str], origin: Origin
) -> None:
    """Refuse one weight of a part of several dimensions, and weights in dimensions that it does not belong to."""
    table = ", ".join(f"{parent} = {weight:g}" if isinstance(weight, float) else f"{parent} = 1" for parent in parents)
    remedy = f"write the weight in each: {part} = {{ {table} }}"
    if isinstance(weight, float):
        if len(parents) > 1:
            raise DefinitionError(
                f'the set of weights "{name}" has one weight of {part}, which belongs to {join_names(parents)}',
                where=origin.where(["weights", name, part]),
                remedy=remedy,
            )
    elif not set(weight) <= set(parents):
        raise DefinitionError(
            f'the set of weights "{name}" has weights of {part} in {join_names(weight)}, and it belongs to '
            f"{join_names(parents)}",
            where=origin.where(["weights", name, part]),
            remedy=remedy,
        )


def check_weights_of_nodes(tree: Node, origin: Origin) -> None:
    """Refuse a set of weights that states some parts of a node and not the others, or gives all of them weight 0."""
    for node in tree.nodes():
        names = [part.id for part in node.components]
        for weights in weight_sets_in(node.weighting) if len(names) > 1 else ():
            stated = weights.weights_of(node.id, names)
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


def check_unscaled(node: Node, origin: Origin, line: str | None, aggregation_line: str | None) -> None:
    """Refuse unscaled weights that the index file does not state, and an aggregation that needs weights with sum 1.

    `line` and `aggregation_line` are the lines of `scale_weights` and of the aggregation.
    """
    method = node.aggregation
    if not (method.additive or method.weights_of_any_sum):
        raise MethodError(
            f"{method.name} of {node.id} needs weights that sum to 1, and scale_weights = false leaves their sum",
            where=_lines(line, aggregation_line),
            remedy=f'scale_weights = true, or a weighted sum or product there: aggregation = "{AGGREGATION}"',
        )
    of_set = weights_of_set(node)
    unstated = [part for part in node.components if not part.weight_stated and part.id not in of_set]
    if unstated and len(node.components) > 1:
        kind = "indicators" if isinstance(unstated[0], Leaf) else "dimensions"
        raise DefinitionError(
            f"scale_weights = false takes the weights of {node.id} as they stand, and no weight is stated for "
            f"{join_names(part.id for part in unstated)}",
            where=_lines(line, origin.where([kind, unstated[0].id])),
            remedy=f"write a weight for each part of {node.id}, or leave out scale_weights",
        )


def _lines(*lines: str | None) -> str | None:
    return "\n".join(dict.fromkeys(filter(None, lines))) or None
