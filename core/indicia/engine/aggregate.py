"""Make the scores of nodes of the scores of their components."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, overload

import numpy as np
import polars as pl

from indicia.definition import Leaf
from indicia.engine.profile import Columns, Profile, domain_error
from indicia.engine.settle import evaluate
from indicia.errors import DataError, MethodError, listed
from indicia.methods import Component, Components, Domain, MatrixAggregation, total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Node, Part
    from indicia.engine.prepare import Prepared
    from indicia.engine.settle import Ask, Formula
    from indicia.methods import Array


def aggregate(
    nodes: Sequence[Node], weights: Mapping[str, Array], values: Columns, prepared: Prepared, key: Sequence[str]
) -> Columns:
    """Return one column per node, all of one level; `values` holds their components, missing ones as null."""
    for node in nodes:
        _check_components(node, values, prepared)
    frame = pl.concat([prepared.units.select(key), values.frame], how="horizontal") if key else values.frame
    incomplete = [node for node in nodes if _incomplete(node, values.facts)]
    whole = [node for node in nodes if node not in incomplete and not isinstance(node.aggregation, MatrixAggregation)]
    columns = _evaluated(whole, weights, frame, key) if whole else {}
    frame = with_presence(frame, incomplete, weights)
    for node in nodes:
        if node not in whole:
            scored = frame.select(_scored(node, weights[node.id])).to_series() if node in incomplete else None
            columns[node.id] = _among(node, weights, frame, key, scored)
    rounded = [_rounded(node.id, node.decimals) for node in nodes if node.decimals is not None]
    scores = Columns.of(pl.DataFrame(columns).with_columns(rounded))
    for node in nodes:
        if not scores.facts[node.id].finite:
            raise _not_finite(node, scores.frame[node.id], prepared)
    return scores


def missing_components(node: Node, values: pl.DataFrame) -> pl.DataFrame | None:
    """Return the rows that miss components: their number, how many components they have, and of how many."""
    names = [part.id for part in node.components]
    if not any(values[name].null_count() for name in names):
        return None
    rows = (
        values.select(present=pl.sum_horizontal(_present(names)))
        .with_row_index("row")
        .filter(pl.col("present") < len(names))
    )
    return rows.with_columns(node=pl.lit(node.id), components=pl.lit(len(names)))


def shares(node: Node, weights: Array, incomplete: bool) -> list[pl.Expr | float]:
    """Return the weights, over what a unit has where some units miss components: see `with_presence`."""
    return [float(weight) / pl.col(f"\0{node.id}") if incomplete else float(weight) for weight in weights]


def with_presence(frame: pl.DataFrame, nodes: Sequence[Node], weights: Mapping[str, Array]) -> pl.DataFrame:
    """Add, per node, the total weight of the components that a unit has."""
    return frame.with_columns(
        total(
            weight * present
            for weight, present in zip(
                weights[node.id].tolist(), _present([part.id for part in node.components]), strict=True
            )
        ).alias(f"\0{node.id}")
        for node in nodes
    )


def _present(names: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(name).is_not_null().cast(pl.Float64) for name in names]


def _incomplete(node: Node, facts: Mapping[str, Profile]) -> bool:
    return any(facts[part.id].missing for part in node.components)


def _evaluated(
    nodes: Sequence[Node],
    weights: Mapping[str, Array],
    frame: pl.DataFrame,
    key: Sequence[str],
    incomplete: bool = False,
) -> dict[str, pl.Series]:
    formulas = {node.id: _formula(node, weights[node.id], incomplete) for node in nodes}
    return {column.name: column.fill_null(math.nan) for column in evaluate(frame, formulas, key)}


def _among(
    node: Node, weights: Mapping[str, Array], frame: pl.DataFrame, key: Sequence[str], scored: pl.Series | None
) -> pl.Series:
    """Score the units that get a score, as if there were no others."""
    rows = frame if scored is None else frame.filter(scored)
    if rows.is_empty():
        found = pl.Series(node.id, [], pl.Float64)
    elif isinstance(node.aggregation, MatrixAggregation):
        found = _compared(node, weights[node.id], rows, key)
    else:
        found = _evaluated([node], weights, rows, key, incomplete=True)[node.id]
    if scored is None:
        return found
    whole = pl.repeat(None, len(frame), dtype=pl.Float64, eager=True).alias(node.id)
    return whole.scatter(scored.arg_true(), found)


def _formula(node: Node, weights: Array, incomplete: bool) -> Formula:
    def formula(ask: Ask) -> pl.Expr:
        components = _Components(node, shares(node, weights, incomplete), ask)
        try:
            return node.aggregation.combine(components)
        except ValueError as error:
            raise MethodError(f"{node.aggregation.name} of {node.id}: {error}") from error

    return formula


class _Components(Components):
    def __init__(self, node: Node, weights: Sequence[pl.Expr | float], ask: Ask) -> None:
        self._components = [
            Component(pl.col(part.id), w, ask(f"{node.id}\0{part.id}", pl.col(part.id)), direction(node, part))
            for part, w in zip(node.components, weights, strict=True)
        ]
        self._statistics = ask(node.id, pl.col(node.components[0].id))
        self._hold = ask.hold
        self._node, self._held = node.id, 0

    def hold(self, column: pl.Expr) -> pl.Expr:
        self._held += 1
        return self._hold(f"{self._node}\0{self._held}", column)

    def settle(self, aggregate: pl.Expr) -> pl.Expr:
        return self._statistics(aggregate)

    @overload
    def __getitem__(self, index: int) -> Component: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Component]: ...
    def __getitem__(self, index: int | slice) -> Component | Sequence[Component]:
        return self._components[index]

    def __len__(self) -> int:
        return len(self._components)


def direction(node: Node, part: Part) -> Literal["benefit", "cost"]:
    """Return how the aggregation of a node sees a component: a cost only where it takes costs as costs."""
    as_cost = isinstance(part, Leaf) and part.spec.direction == "cost" and not node.aggregation.oriented
    return "cost" if as_cost else "benefit"


def _scored(node: Node, weights: Array) -> pl.Expr:
    """Say which units get a score."""
    names = [part.id for part in node.components]
    if node.missing.policy == "propagate":
        return pl.all_horizontal(pl.col(name).is_not_null() for name in names)
    share = total(_present(names)) / len(names)
    counting = [name for name, weight in zip(names, weights, strict=True) if weight > 0]
    return (share >= node.missing.minimum_share) & pl.any_horizontal(pl.col(name).is_not_null() for name in counting)


def _compared(node: Node, weights: Array, frame: pl.DataFrame, key: Sequence[str]) -> pl.Series:
    assert isinstance(node.aggregation, MatrixAggregation)
    matrix = frame.select(part.id for part in node.components).to_numpy()
    group = frame.select(pl.struct(key).rank("dense")).to_series().to_numpy() if key else np.zeros(len(frame))
    scores = np.empty(len(frame))
    try:
        for each in np.unique(group):
            scores[group == each] = node.aggregation.compare(matrix[group == each], weights)
    except ValueError as error:
        raise MethodError(f"{node.aggregation.name} of {node.id}: {error}") from error
    return pl.Series(node.id, scores)


def _rounded(name: str, decimals: int) -> pl.Expr:
    """Round half-up as a person does: 0.0005 in decimal notation goes up, however the machine stores it."""
    scale = 10.0**decimals
    return ((pl.col(name) * scale + (0.5 + 1e-9)).floor() / scale).round(decimals)


def missing_error(name: str, values: pl.Series, prepared: Prepared) -> DataError:
    """Say which units miss a value that the methodology does not let them miss."""
    units = prepared.naming(values, pl.col("\0").is_null())
    return DataError(
        f"{name} is missing for {len(units)} unit(s): {listed(units)}",
        remedy='complete the data, or write missing = "skip" or missing = "propagate" in [methodology]',
    )


def _check_components(node: Node, values: Columns, prepared: Prepared) -> None:
    domain = node.aggregation.domain
    for part in node.components:
        column, facts = values.frame[part.id], values.facts[part.id]
        if facts.missing and node.missing.policy == "refuse":
            raise missing_error(part.id, column, prepared)
        if not facts.within(domain):
            outside = pl.col("\0") <= 0 if domain is Domain.POSITIVE else pl.col("\0") < 0
            units = prepared.naming(column, outside)
            remedy = 'normalisation = "min_max(lower=1, upper=100)", or aggregation = "arithmetic"'
            raise domain_error(f"{node.aggregation.name} of {node.id}", domain, f"normalised {part.id}", units, remedy)


def _not_finite(node: Node, scores: pl.Series, prepared: Prepared) -> DataError:
    units = prepared.naming(scores, ~pl.col("\0").is_finite())
    alike = "units that are all alike, or a single one, cannot be told apart by this method"
    return DataError(
        f"{node.aggregation.name} gives no finite score of {node.id} for {listed(units)}",
        remedy=alike if len(units) == len(scores) else None,
    )
