"""The tables of further results of methods, by node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.data import with_figures
from indicia.definition import Leaf, Node
from indicia.errors import IndiciaError, join_names, suggest
from indicia.stages.details import (
    details_of_units,
    table_of_indicators,
    table_of_node,
    tables_of_indicators,
    tables_of_node,
)

if TYPE_CHECKING:
    import polars as pl

    from indicia.methods import Method
    from indicia.run import Scored

_UNDECLARED = "further results of each unit"


def detail_tables_of(scored: Scored, node: str) -> dict[str, str]:
    """Return the tables of a node's methods, by name, each with what a row of it is."""
    return {name: method.detail_tables.get(name, _UNDECLARED) for name, method in _methods_of(scored, node).items()}


def details_of(scored: Scored, node: str, table: str | None) -> pl.DataFrame:
    """Return one of the tables of a node's methods, by default the first."""
    methods = _methods_of(scored, node)
    if not methods:
        raise _without_details(scored, node)
    name = next(iter(methods)) if table is None else table
    if name not in methods:
        raise IndiciaError(f'the methods of {node} have no table "{name}"', remedy=suggest(name, methods))
    part = _part(scored, node)
    if isinstance(part, Node) and name in tables_of_node(part, scored.source):
        return table_of_node(part, name, scored.source)
    return table_of_indicators(_indicators(part), name, scored.records)


def unit_details(scored: Scored) -> pl.DataFrame:
    """Return what the aggregation of the index reports of each unit, beside the units' columns: often nothing."""
    return with_figures(scored.units, details_of_units(scored.tree, scored.source))


def _methods_of(scored: Scored, node: str) -> dict[str, Method]:
    """Return the method of each table of a node, which may be an indicator."""
    part = _part(scored, node)
    own = tables_of_node(part, scored.source) if isinstance(part, Node) else {}
    of_indicators = tables_of_indicators(_indicators(part), scored.records)
    return own | {name: method for name, method in of_indicators.items() if name not in own}


def _part(scored: Scored, name: str) -> Node | Leaf:
    parts: dict[str, Node | Leaf] = {part.id: part for part in _parts(scored)}
    if name not in parts:
        raise IndiciaError(f'"{name}" is no dimension or indicator', remedy=suggest(name, parts))
    return parts[name]


def _parts(scored: Scored) -> list[Node | Leaf]:
    return [*scored.tree.nodes(), *scored.tree.leaves()]


def _indicators(part: Node | Leaf) -> list[str]:
    return [leaf.id for leaf in part.leaves()] if isinstance(part, Node) else [part.id]


def _without_details(scored: Scored, node: str) -> IndiciaError:
    """Return the error for a node whose methods have no further results, which names the nodes that have some."""
    part = _part(scored, node)
    others = [other.id for other in _parts(scored) if _methods_of(scored, other.id)]
    what = f"{part.aggregation.name} of {node} has" if isinstance(part, Node) else f"the methods of {node} have"
    listed = f"; these have some: {join_names(others)}" if others else ""
    remedy = f"--node {others[0]}" if others else "`indicia methods NAME` lists the tables that a method has"
    return IndiciaError(f"{what} no details beside scores and weights{listed}", remedy=remedy)
