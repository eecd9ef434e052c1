"""The columns and files that a definition uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.data import file_of, is_server, shown, split_sheet
from indicia.definition.tree import LEAF_STAGES, NODE_STAGES, Leaf, Node, Part
from indicia.errors import MethodError
from indicia.methods import Method, PairwiseComparisons, Ratings, UsedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin


def columns_of_numbers(definition: Definition) -> dict[str, list[str]]:
    """Return the columns of the data that are read as numbers, each with the keys of the table that names it."""
    specs, variables = definition.indicators, definition.outside.variables
    columns = [(spec.column or name, ["indicators", name]) for name, spec in specs.items()]
    columns += [(spec.per, ["indicators", name]) for name, spec in specs.items() if spec.per]
    columns += [(spec.weights, ["aggregates", name]) for name, spec in definition.aggregates.items() if spec.weights]
    columns += [
        (spec.column or name, ["outside", "variables", name]) for name, spec in variables.items() if not spec.path
    ]
    places: dict[str, list[str]] = {}
    for column, keys in columns:
        places.setdefault(column, keys)
    return places


def text_columns(definition: Definition) -> list[str]:
    """Return the columns of the data that are read as text: the unit, labels, groups, and neighbours."""
    data, neighbours = definition.data, definition.outside.neighbours
    columns = [data.unit, *data.labels(), *data.groups, neighbours.column if neighbours is not None else None]
    return [column for column in columns if column]


def columns_of_rows(definition: Definition) -> list[str]:
    """Return the columns that choose and date rows, whose type follows from their cells: the period, and `where`."""
    data = definition.data
    return [column for column in dict.fromkeys([data.period, *data.where]) if column]


def files_outside(definition: Definition, tree: Node, origin: Origin) -> tuple[str, ...]:
    """Return the paths in an index file that lead outside its folder, as the index file writes them.

    A server is outside the folder. Links are followed. A definition without an index file has no such paths.
    """
    if origin.path is None:
        return ()
    folder, names = origin.folder.resolve(), files_named(definition, tree, origin)
    return tuple(shown(name) for name in names if is_server(name) or not _path_in(folder, name).is_relative_to(folder))


def files_named(definition: Definition, tree: Node, origin: Origin) -> tuple[str, ...]:
    """Return the names of files and servers in an index file, as it writes them, each once; without standard input."""
    tables = [origin.indicator_table.source] if origin.indicator_table else []
    tables += [origin.weights_table] if origin.weights_table else []
    return tuple(dict.fromkeys((*tables, *_files(definition, tree))))


def files_of_values(definition: Definition) -> tuple[str, ...]:
    """Return the names of the tables with values of units: data, joined tables, cells, and variables outside."""
    attributes = definition.data.attributes
    outside = [variable.path for variable in definition.outside.variables.values()]
    joins = [join.path for join in definition.data.joins]
    names = (definition.data.path, *joins, attributes.path if attributes else None, *outside)
    return tuple(dict.fromkeys(name for name in names if name and name != "-"))


def _files(definition: Definition, tree: Node) -> Iterator[str]:
    reference, weights = definition.reference, definition.robustness.weights
    design = definition.robustness.design
    tables = (definition.data.path, reference and reference.path, weights and weights.table, design)
    yield from (path for path in tables if path and path != "-")
    yield from (join.path for join in definition.data.joins)
    attributes = definition.data.attributes
    yield from [attributes.path] if attributes and attributes.path else []
    if (profile := definition.audit.profile) and profile.endswith(".toml"):
        yield profile
    neighbours = definition.outside.neighbours
    outside = [variable.path for variable in definition.outside.variables.values()]
    yield from (path for path in (*outside, neighbours.path if neighbours else None) if path)
    yield from [definition.map.path] if definition.map else []
    yield from definition.plugins
    for node in tree.nodes():
        yield from judgement_files([node.weighting, node.aggregation, node.rescaling, node.as_component])
    for leaf in tree.leaves():
        yield from judgement_files([leaf.imputation, leaf.treatment, leaf.transform, leaf.normalisation])


def judgement_files(value: object) -> Iterator[str]:
    """Yield the files of judgements in the parameters of methods, including methods that are parameters."""
    if isinstance(value, PairwiseComparisons | Ratings):
        yield from value.files
    elif isinstance(value, Method):
        yield from judgement_files(list(value.parameters.values()))
    elif isinstance(value, list | tuple | dict):
        for element in value.values() if isinstance(value, dict) else value:
            yield from judgement_files(element)


def _path_in(folder: Path, name: str) -> Path:
    """Return the file of a table, without its sheet."""
    return (folder / file_of(split_sheet(name)[0])).resolve()


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
