"""Weights that enter the score as they stand in the index file, without being scaled to sum 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.defaults import AGGREGATION
from indicia.definition.tree import Leaf
from indicia.definition.weight_sets import weights_of_set
from indicia.errors import DefinitionError, MethodError, join_names

if TYPE_CHECKING:
    from indicia.definition.read import Origin
    from indicia.definition.tree import Node


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
