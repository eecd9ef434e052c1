"""The tables of further results of methods, by node."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

import polars as pl

from indicia.data import with_figures
from indicia.definition import Leaf, Node
from indicia.errors import IndiciaError, join_names, suggest
from indicia.stages.details import (
    details_of_units,
    table_of_aggregation,
    table_of_indicators,
    table_of_weighting,
    tables_of_aggregation,
    tables_of_indicators,
    tables_of_weighting,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Method
    from indicia.run import Scored

_UNDECLARED = "further results of each unit"


@dataclass(frozen=True)
class _Source:
    """A table of further results: the method that reports it, its name there, and how it is read."""

    method: Method
    name: str
    read: Callable[[], pl.DataFrame]


def detail_tables_of(scored: Scored, node: str) -> dict[str, str]:
    """Return the tables of a node's methods, by name, each with what a row of it is."""
    sources = _sources(scored, node)
    return {name: source.method.detail_tables.get(source.name, _UNDECLARED) for name, source in sources.items()}


def details_of(scored: Scored, node: str, table: str | None) -> pl.DataFrame:
    """Return one of the tables of a node's methods, by default the first."""
    sources = _sources(scored, node)
    if not sources:
        raise _without_details(scored, node)
    name = next(iter(sources)) if table is None else table
    if name not in sources:
        raise IndiciaError(f'the methods of {node} have no table "{name}"', remedy=suggest(name, sources))
    frame, units = sources[name].read(), scored.units
    texts = [key for key in units.columns if frame.schema.get(key) == pl.String != units.schema[key]]
    return frame.with_columns(pl.col(key).cast(units.schema[key]) for key in texts)  # a period, as in other tables


def unit_details(scored: Scored) -> pl.DataFrame:
    """Return what the aggregation of the index reports of each unit, beside the units' columns: often nothing."""
    return with_figures(scored.units, details_of_units(scored.tree, scored.source))


def _sources(scored: Scored, name: str) -> dict[str, _Source]:
    """Return the tables of a node, which may be an indicator.

    The name of a method stands before that of its table if another method has one of this name too: "rancom pairs".
    """
    part, table = _part(scored, name), scored.source
    found: dict[str, _Source] = {}
    if isinstance(part, Node):
        for own in tables_of_aggregation(part):
            found[own] = _Source(part.aggregation, own, partial(table_of_aggregation, part, own, table))
        for own in tables_of_weighting(part, table):
            source = _Source(part.weighting, own, partial(table_of_weighting, part, own, table))
            found[f"{part.weighting.name} {own}" if own in found else own] = source
    indicators = _indicators(part)
    for own, method in tables_of_indicators(indicators, scored.records).items():
        source = _Source(method, own, partial(table_of_indicators, indicators, own, scored.records))
        found[f"{method.name} {own}" if own in found else own] = source
    return found


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
    others = [other.id for other in _parts(scored) if _sources(scored, other.id)]
    what = f"{part.aggregation.name} of {node} has" if isinstance(part, Node) else f"the methods of {node} have"
    listed = f"; these have some: {join_names(others)}" if others else ""
    remedy = f"--node {quote(others[0])}" if others else "`indicia methods NAME` lists the tables that a method has"
    return IndiciaError(f"{what} no details beside scores and weights{listed}", remedy=remedy)
