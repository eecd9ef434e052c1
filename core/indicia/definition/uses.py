"""The columns of the data that the methods of an index use beside the indicators, and the lines that choose them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.definition.tree import LEAF_STAGES, NODE_STAGES, Leaf
from indicia.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin
    from indicia.definition.tree import Node, Part
    from indicia.methods import Method, UsedColumn


@dataclass(frozen=True)
class Use:
    """A column that a method uses beside the indicators, with the place of the method in the index file."""

    column: UsedColumn
    method: str
    """The method and its indicator or node, for errors."""
    stage: str
    """The stage of the method: normalisation, weighting, …"""
    word: tuple[str, ...]
    """The word of the index file that chooses the method."""


def uses_of(definition: Definition, tree: Node) -> tuple[Use, ...]:
    """Return the columns that methods of the tree use, each once for the same needs and stage."""
    uses: dict[tuple[UsedColumn, str], Use] = {}
    columns_of: dict[int, tuple[UsedColumn, ...]] = {}  # by method object, since many indicators share a method
    for part, node, stage, method in _methods(tree):
        columns = columns_of.get(id(method))
        if columns is None:
            columns = columns_of[id(method)] = method.used_columns
        for column in columns:
            word = _word(definition, part, node, stage)
            uses.setdefault((column, stage), Use(column, f"{method.name} of {part.id}", stage, word))
    return tuple(uses.values())


def used_columns_of(tree: Node) -> tuple[str, ...]:
    """Return the names of the columns that methods of the tree use beside the indicators."""
    parts = [(leaf, LEAF_STAGES) for leaf in tree.leaves()] + [(node, NODE_STAGES) for node in tree.nodes()]
    methods = (getattr(part, stage) for part, stages in parts for stage in stages)
    return tuple(dict.fromkeys(name for method in methods if method is not None for name in method.used_names))


def check_uses(tree: Node, definition: Definition, origin: Origin) -> None:
    """Refuse a used column that is an indicator of the index or names units, and a use that a stage cannot serve."""
    data = definition.data
    texts = {column: "the units" for column in (data.unit, *data.labels()) if column}
    texts |= dict.fromkeys(data.groups, "a group") | ({data.period: "the periods"} if data.period else {})
    indicators = {spec.column or name: name for name, spec in definition.indicators.items()}
    for use in uses_of(definition, tree):
        name, where = use.column.name, origin.where(use.word)
        if name in indicators or name in definition.indicators:
            raise MethodError(
                f'{use.method} uses the column "{name}", which is the indicator {indicators.get(name, name)}',
                where=where,
                remedy="name a column that is no indicator, or leave the indicator out of the index",
            )
        if name in texts:
            raise MethodError(
                f'{use.method} uses the column "{name}", which names {texts[name]}',
                where=where,
                remedy="name a column of numbers",
            )
    for leaf in tree.leaves():
        if leaf.transform is not None and leaf.transform.used_columns:
            raise MethodError(
                f"the transform {leaf.transform.name} of {leaf.id} uses a column of the data, "
                "and a transform also changes bounds, which have no such column",
                where=origin.where(["indicators", leaf.id, "transform"]),
                remedy=f'treatment = "{leaf.transform}" for {leaf.id}, or another transform',
            )


def _methods(tree: Node) -> Iterator[tuple[Part, Node, str, Method]]:
    """Yield the methods of a tree: the part, its node, the stage, and the method."""
    for node in tree.nodes():
        for stage in NODE_STAGES:
            if (method := getattr(node, stage)) is not None:
                yield node, node, stage, method
        for leaf in (part for part in node.parts if isinstance(part, Leaf)):
            for stage in LEAF_STAGES:
                if (method := getattr(leaf, stage)) is not None:
                    yield leaf, node, stage, method


def _word(definition: Definition, part: Part, node: Node, stage: str) -> tuple[str, ...]:
    """Return the word that chooses a method: of its indicator, its dimension, its level, or the methodology."""
    if isinstance(part, Leaf) and getattr(part.spec, stage) is not None:
        return "indicators", part.id, stage
    return _place(definition, node, stage)


def _place(definition: Definition, node: Node, stage: str) -> tuple[str, ...]:
    """Return the word that chooses a method for a node: of its dimension, its level, or the methodology."""
    dimension, levels = definition.dimensions.get(node.id), definition.methodology.levels
    if dimension is not None and getattr(dimension, stage) is not None:
        return "dimensions", node.id, stage
    if node.level < len(levels) and getattr(levels[node.level], stage) is not None:
        return "methodology", "levels", stage
    return "methodology", stage
