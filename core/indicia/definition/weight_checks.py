"""Checks of sets of weights, and of weights that enter the score without being scaled to sum 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.defaults import AGGREGATION
from indicia.definition.tree import Leaf
from indicia.definition.weight_sets import weight_sets_in, weights_of_set
from indicia.errors import DefinitionError, MethodError, join_names, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin
    from indicia.definition.tree import Node


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
