"""The directions of parts in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.definition import Leaf
from indicia_report.markup import exact_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition import Node, Part
    from indicia.notes import Spoken
    from indicia_report.markup import Texts


def direction(part: Part, tree: Node, texts: Texts) -> Spoken:
    """Describe the best values of a part; in a dimension of which less is better, the effect of an indicator on it."""
    if not isinstance(part, Leaf):
        return texts.get("cost" if part.low_is_best else "benefit")
    spec, suffix = part.spec, "_raises" if part.id in tree.harms else ""
    if spec.direction == "target":
        return texts.get(f"target{suffix}", target=exact_number(spec.target or 0.0))
    if spec.direction == "interval" and spec.interval:
        low, high = map(exact_number, spec.interval)
        return texts.get(f"interval{suffix}", low=low, high=high)
    if suffix:
        return texts.get("raises" if spec.direction == "benefit" else "lowers")
    return texts.get(spec.direction)


def parts_by_sentence(tree: Node) -> Iterator[tuple[str, list[str]]]:
    """Yield the keys of sentences on directions, each with the nodes of which the sentence is true."""
    dimensions = [node for node in tree.nodes() if node is not tree]
    costs = [node.id for node in dimensions if node.low_is_best and node.direction == "cost"]
    if tree.low_is_best and costs and len(costs) == len(dimensions):
        yield "ranked_low_all", costs
        return
    if tree.low_is_best:
        yield "ranked_low", [tree.id]
    yield "low_is_best_in", costs
    yield "turned", [node.id for node in dimensions if node.opposes_parent and node.turned]
