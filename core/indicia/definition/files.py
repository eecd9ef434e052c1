"""The files that an index file names: tables, judgements, shapes and plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.data import file_of, is_server, shown, split_sheet
from indicia.methods import Method, PairwiseComparisons, Ratings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin
    from indicia.definition.tree import Node


def files_outside(definition: Definition, tree: Node, origin: Origin) -> tuple[str, ...]:
    """Return the paths in an index file that lead outside its folder, as the index file writes them.

    A server is outside the folder. Links are followed. A definition without an index file has no such paths.
    """
    if origin.path is None:
        return ()
    folder, names = origin.folder.resolve(), files_named(definition, tree, origin)
    return tuple(shown(name) for name in names if is_server(name) or not _place(folder, name).is_relative_to(folder))


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


def _place(folder: Path, name: str) -> Path:
    """Return the file of a table, without its sheet."""
    return (folder / file_of(split_sheet(name)[0])).resolve()
