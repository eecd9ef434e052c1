"""Score a tree: prepare, normalise, weigh and aggregate from the bottom up, rank."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.definition import ROOT, Leaf, text
from indicia.engine.aggregate import aggregate, missing_components, missing_error, shares, with_presence
from indicia.engine.normalise import constant_indicators, normalise, said_constant
from indicia.engine.notes import said
from indicia.engine.prepare import prepare
from indicia.engine.rank import rank
from indicia.engine.weigh import weigh
from indicia.errors import DataError, DefinitionError, counted, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from indicia.definition import Definition, Node
    from indicia.engine.prepare import Prepared
    from indicia.engine.weigh import Weighed
    from indicia.methods import Method


@dataclass(frozen=True)
class Scored:
    """What a run computed, stage by stage; frames have one row per unit (and period), in the order of the data."""

    tree: Node
    units: pl.DataFrame
    prepared: pl.DataFrame
    normalised: pl.DataFrame
    nodes: pl.DataFrame
    """One column of scores per node."""
    rank: pl.Series
    weights: pl.DataFrame
    reweighted: pl.DataFrame
    """Units that miss components of a node: how many they have, of how many, and whether they got a score."""
    facts: Mapping[str, Mapping[str, float | str]]
    """What weightings report, by node."""
    notes: tuple[str, ...] = field(default=())
    warnings: tuple[str, ...] = field(default=())


def score(definition: Definition, tree: Node, table: pl.DataFrame) -> Scored:
    """Score every node of the tree for every row of the table, and rank."""
    key = _key(definition)
    prepared = prepare(table, definition.data, tuple(tree.leaves()))
    _check_units(tree, len(prepared.units))
    _check_present(tree, prepared)
    tree, constant, notes = _varying(definition, tree, prepared, key)
    normalised = normalise(prepared, tuple(tree.leaves()), key, constant)
    values, raw = normalised, prepared.values
    found: list[pl.Series] = []
    weighed: dict[str, Weighed] = {}
    incomplete: list[pl.DataFrame] = []
    by_level = sorted(tree.nodes(), key=lambda node: -node.level)
    for _, level in groupby(by_level, key=lambda node: node.level):
        nodes = list(level)
        weighed |= {node.id: weigh(node, values, raw) for node in nodes}
        incomplete += [rows for node in nodes if (rows := missing_components(node, values.frame)) is not None]
        scores = aggregate(nodes, {node.id: weighed[node.id].values for node in nodes}, values, prepared, key)
        found += scores.frame.get_columns()
        turned = scores.turned([node.id for node in nodes if node.aggregation.low_is_best])
        values, raw = values.beside(turned), raw.hstack(turned.frame.get_columns())
    period = definition.data.period
    reweighted = _reweighted(
        incomplete, prepared.units.select(prepared.unit, *([period] if period else [])), values.frame
    )
    return Scored(
        tree=tree,
        units=prepared.units,
        prepared=prepared.values,
        normalised=normalised.frame,
        nodes=pl.DataFrame(found).select(node.id for node in tree.nodes()),
        rank=rank(definition, tree.aggregation, prepared.units, scores.frame[ROOT], scores.facts[ROOT]),
        weights=_weights(definition, tree, weighed),
        reweighted=reweighted,
        facts={name: one.facts for name, one in weighed.items() if one.facts},
        notes=(*notes, *said(tree, weighed, reweighted, values.frame[ROOT], prepared.unit)),
        warnings=tuple(f"{name}: {one.warning}" for name, one in weighed.items() if one.warning),
    )


def examine(definition: Definition, tree: Node, table: pl.DataFrame) -> list[str]:
    """Make the checks that need no score, and say what the data hold; a fault is an error."""
    key = _key(definition)
    prepared = prepare(table, definition.data, tuple(tree.leaves()))
    _check_present(tree, prepared)
    tree, _, notes = _varying(definition, tree, prepared, key)
    gaps = [f"{name} ({count})" for name in prepared.values.columns if (count := prepared.values[name].null_count())]
    period = definition.data.period
    sizes = [counted(prepared.units[prepared.unit].n_unique(), "unit")]
    sizes += [counted(prepared.units[period].n_unique(), "period")] if period else []
    sizes += [counted(prepared.values.width, "indicator"), counted(sum(1 for _ in tree.nodes()) - 1, "dimension")]
    return [
        ", ".join(sizes),
        *notes,
        f"missing values: {listed(gaps, len(gaps))}" if gaps else "no missing values",
        "ok",
    ]


def contributions(scored: Scored) -> pl.DataFrame:
    """Return how much of the score comes from each indicator; they sum to it, up to rounding."""
    for node in scored.tree.nodes():
        if not node.aggregation.additive:
            raise DefinitionError(
                f"contributions need additive aggregations; that of {node.id} is {node.aggregation.name}",
                remedy='aggregation = "arithmetic"',
            )
    values = pl.concat([scored.normalised, scored.nodes], how="horizontal")
    numbers = dict(scored.weights.select("id", "weight").iter_rows())
    weights = {node.id: np.array([numbers[part.id] for part in node.components]) for node in scored.tree.nodes()}
    gaps = {name for name in values.columns if values[name].null_count()}
    incomplete = [node for node in scored.tree.nodes() if any(part.id in gaps for part in node.components)]
    effective: dict[str, pl.Expr] = {}

    def descend(node: Node, above: pl.Expr) -> None:
        for part, share in zip(node.components, shares(node, weights[node.id], node in incomplete), strict=True):
            if isinstance(part, Leaf):
                effective[part.id] = above * share * pl.col(part.id)
            else:
                descend(part, above * share)

    descend(scored.tree, pl.when(pl.col(ROOT).is_not_null()).then(1.0))
    return with_presence(values, incomplete, weights).select(one.alias(name) for name, one in effective.items())


def _key(definition: Definition) -> list[str]:
    """Return the columns within which statistics are taken."""
    over, data = definition.methodology.statistics, definition.data
    if over == "pooled":
        return []
    if over == "period":
        if data.period is None:
            raise DefinitionError('statistics = "period" needs a period', remedy='write period = "year" in [data]')
        return [data.period]
    if over in data.groups:
        return [over]
    remedy = nearest(over, ["pooled", "period", *data.groups])
    raise DefinitionError(
        f'statistics = "{over}" is neither "pooled", "period" nor a column of data.groups', remedy=remedy
    )


def _check_units(tree: Node, units: int) -> None:
    methods: list[Method] = [leaf.normalisation for leaf in tree.leaves()]
    methods += [method for node in tree.nodes() for method in (node.weighting, node.aggregation)]
    for method in methods:
        if units < method.minimum_units:
            raise DataError(f"{method.name} needs at least {method.minimum_units} units, and there are {units}")


def _check_present(tree: Node, prepared: Prepared) -> None:
    for node in tree.nodes():
        for part in node.components:
            if isinstance(part, Leaf) and node.missing.policy == "refuse" and prepared.facts[part.id].missing:
                raise missing_error(part.id, prepared.values[part.id], prepared)


def _varying(
    definition: Definition, tree: Node, prepared: Prepared, key: list[str]
) -> tuple[Node, list[str], list[str]]:
    """Return the tree that is scored, its constant indicators, and what there is to say of them."""
    leaves = tuple(tree.leaves())
    constant = constant_indicators(prepared, leaves, key)
    policy = definition.methodology.constant
    if not constant:
        return tree, [], []
    if policy == "refuse":
        raise said_constant(constant, leaves, len(prepared.units), key)
    if policy == "drop":
        return _without(tree, constant), [], [f"left out, being the same for all units: {listed(constant)}"]
    return tree, constant, [f"the same for all units, scored neutrally: {listed(constant)}"]


def _without(node: Node, dropped: Collection[str]) -> Node:
    kept: list[Any] = []
    for part in node.components:
        if isinstance(part, Leaf):
            if part.id not in dropped:
                kept.append(part)
        elif (smaller := _without(part, dropped)).components:
            kept.append(smaller)
    if node.id == ROOT and not kept:
        raise DefinitionError("every indicator is the same for all units; nothing is left to score")
    return replace(node, components=tuple(kept))


def _weights(definition: Definition, tree: Node, weighed: Mapping[str, Weighed]) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []

    def descend(node: Node, above: float) -> None:
        for part, weight in zip(node.components, weighed[node.id].values.tolist(), strict=True):
            if isinstance(part, Leaf):
                rows.append(
                    (
                        part.id,
                        text(part.spec.name, default=part.id),
                        node.id,
                        node.level + 1,
                        "indicator",
                        weight,
                        above * weight,
                    )
                )
            else:
                name = text(definition.dimensions[part.id].name, default=part.id)
                rows.append((part.id, name, node.id, part.level, "dimension", weight, above * weight))
                descend(part, above * weight)

    descend(tree, 1.0)
    kinds = {"id": pl.String, "name": pl.String, "parent": pl.String, "level": pl.Int64, "kind": pl.String}
    return pl.DataFrame(rows, schema={**kinds, "weight": pl.Float64, "effective": pl.Float64}, orient="row")


def _reweighted(incomplete: list[pl.DataFrame], units: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for frame in incomplete:
        node = frame.item(0, "node")
        about = units[frame["row"]]
        scored = values[node].is_not_null().gather(frame["row"]).alias("scored")
        rows.append(
            about.hstack([frame["node"], frame["present"].cast(pl.Int64), frame["components"].cast(pl.Int64), scored])
        )
    empty = {"node": pl.String, "present": pl.Int64, "components": pl.Int64, "scored": pl.Boolean}
    return (
        pl.concat(rows)
        if rows
        else units.clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in empty.items())
    )
