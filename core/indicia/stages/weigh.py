"""Compute the weights of the components of nodes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import numpy as np

from indicia import tracing
from indicia.definition import Direction, Weighing
from indicia.errors import DataError, MethodError, join_names
from indicia.formulas import DRAW
from indicia.methods import Array, Expression, Indicators, RandomNumbers, Statistics, Weights
from indicia.partitions.partition import for_each
from indicia.stages.component_values import ComponentValues, GroupComponents, groups_of
from indicia.stages.plugin_boundary import attribute_errors_to, checked_array, numbers_of_weighing, plugin_of
from indicia.stages.stage import Fitted, NodeStage, Record
from indicia.tables.fitted import computed_of
from indicia.tables.scope import StatisticsScope
from indicia.tables.table import NodeColumns, Table
from indicia.tables.weights import NodeWeights

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    _Formula: TypeAlias = Callable[[Expression, Statistics], Expression]


@dataclass(frozen=True)
class Weigh(NodeStage[Weighing]):
    """Compute the weights of the components of nodes, except weights that are known from a former run or a draw."""

    name: ClassVar[str] = "weighting"
    known_weights: Mapping[str, NodeWeights] = field(default_factory=dict)
    """Weights that need not be computed, by node."""

    def reads(self, node: Weighing) -> Iterator[tuple[str, str]]:
        """Yield the components of the node, and their raw values."""
        for part in node.parts:
            yield "components", part.name
            yield "raw", part.name

    def of_nodes(self, table: Table) -> tuple[Weighing, ...]:
        """Return the nodes, without components whose indicators are all left out."""
        dropped = table.dropped
        if not dropped:
            return self.nodes
        nodes = (
            replace(node, parts=tuple(part for part in node.parts if not dropped.issuperset(part.indicators)))
            for node in self.nodes
        )
        return tuple(node for node in nodes if node.parts)

    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:
        """Return the weights of the components of each node."""
        nodes, kinds = self.of_nodes(table), set[str]()
        known = {**_fitted_weights(nodes, fitted, self.known_weights), **self.known_weights}
        weights = for_each(
            table.partition, nodes, lambda node: known[node.id] if node.id in known else _weigh(node, table, kinds)
        )
        node_weights = {node.id: of_node for node, of_node in zip(nodes, weights, strict=True)}
        own = computed_of(fitted, node_weights, self.name)
        warnings = tuple(
            f"{name}: {weights.warning}" for name, weights in node_weights.items() if weights.warning and name in own
        )
        record = Record(self.name, weights=node_weights, warnings=warnings, kinds_used=frozenset(kinds))
        return NodeColumns(weights=node_weights), record


def _fitted_weights(nodes: Iterable[Weighing], fitted: Fitted | None, known: Collection[str]) -> dict[str, NodeWeights]:
    """Return the weights of a former run; refuse nodes with components of which it has no weights.

    Without some components, the weights of the others are scaled to sum 1. Nodes with weights in `known`, and with
    weights that are computed from the data, are left out.
    """
    if fitted is None:
        return {}
    taken = {}
    for node in nodes:
        if node.id in known or node.id in fitted.computed_at(Weigh.name):
            continue
        names = [part.name for part in node.parts]
        weights = fitted.weights_of(node.id, names)
        groups = () if weights is None or weights.keys is None else (len(weights.keys),)
        if weights is None or weights.values.shape != (*groups, len(names)) or not (weights.values >= 0).all():
            raise _lacking(node.id, names, fitted)
        taken[node.id] = weights
    return taken


def _lacking(node: str, names: Sequence[str], fitted: Fitted) -> DataError:
    """Return the error for a node with components of which a former run has no weights."""
    components = fitted.components.get(node, ())
    if components and (new := [name for name in names if name not in components]):
        return DataError(
            f"the fitted index has no weight of {join_names(new)} in {node}",
            remedy=f"choose a weighting of {node}: --weighting, or weighting = in Python",
        )
    return DataError(f"the fitted index has no weights of the components of {node}", remedy="fit it again")


def _weigh(node: Weighing, table: Table, kinds: set[str]) -> NodeWeights:
    """Compute the weights of a node, over all rows or within groups; a single component has weight 1.

    The kinds of values that the weighting uses are added to `kinds`.
    """
    if len(node.parts) == 1 and node.parts[0].weight:
        return NodeWeights(np.ones(1), {})
    names, groups, components = tuple(part.name for part in node.parts), groups_of(table), table.columns.components
    used = list(table.used_columns)
    normalised = ComponentValues(
        components.frame.hstack(used) if used else components.frame,
        names,
        groups,
        components.profiles,
        StatisticsScope(partition=table.partition),
        f"weights of {node.id}, normalised",
    )
    raw = ComponentValues(
        table.raw.hstack(used) if used else table.raw,
        names,
        groups,
        scope=StatisticsScope(partition=table.partition),
        place=f"weights of {node.id}, raw",
    )
    numbers = numbers_of_weighing(node, table, groups)
    group_weights = for_each(
        table.partition,
        range(len(groups.sizes)),
        lambda group: _weigh_group(node, normalised, raw, group, kinds, numbers[group]),
    )
    if groups.keys is None:
        return group_weights[0]
    by_key = list(zip((" ".join(map(str, key)) for key in groups.keys.iter_rows()), group_weights, strict=True))
    facts = {f"{name} {key}": value for key, weights in by_key for name, value in weights.facts.items()}
    warnings = [f"{key}: {weights.warning}" for key, weights in by_key if weights.warning]
    is_draws = DRAW in groups.keys.columns  # nobody asks for the tables of thousands of draws
    tables = () if is_draws else tuple(table for weights in group_weights for table in weights.tables)
    return NodeWeights(
        np.stack([weights.values for weights in group_weights]), facts, "; ".join(warnings) or None, groups.keys, tables
    )


def _weigh_group(
    node: Weighing,
    normalised: ComponentValues,
    raw: ComponentValues,
    group: int,
    kinds: set[str],
    numbers: RandomNumbers | None,
) -> NodeWeights:
    names = normalised.names
    method = node.weighting
    given = np.array([part.weight for part in node.parts], dtype=float)
    with attribute_errors_to(method, node.id):
        nodes = frozenset(part.name for part in node.parts if part.is_score)
        directions = tuple(part.direction for part in node.parts)
        inputs = (method.name, node.id, names, directions, given)
        partition = normalised.scope.partition
        components: Any = GroupComponents
        if partition is not None:
            from indicia.stages.partition_components import PartitionComponents  # few tables are in partitions

            components = PartitionComponents
        before = 0 if partition is None else len(partition.pending)
        uses = method.used_names
        given_to_method = components(*inputs, normalised, raw, group, nodes, kinds, uses, "normalised", numbers)
        got = {"components": normalised.frame.select(names)} if tracing.is_on() else {}
        result = tracing.called(method, node.id, got, lambda: method.weigh(given_to_method))
    # a method that catches every exception would go on without a number of all rows, and with other weights
    pending = () if partition is None else partition.pending[before:]
    for caught in (*normalised.refusals, *raw.refusals, *pending):
        raise caught
    weights = result if isinstance(result, Weights) else Weights(result)
    values = checked_array(method, node.id, weights.values, (len(names),))
    _check_weights(node, names, values)
    with np.errstate(over="ignore"):
        overflows = not np.isfinite(values.sum())
    values = values / values.max() if overflows else values  # very large weights have an infinite sum
    return NodeWeights(values / values.sum(), weights.facts, weights.warning, None, (weights.tables,))


def looks_at_values(node: Weighing) -> bool:
    """Return whether the weights of a node depend on values or units; the test runs its method on hidden components."""
    if len(node.parts) == 1:
        return False
    names = tuple(part.name for part in node.parts)
    directions: tuple[Direction, ...] = tuple("benefit" for _ in names)
    given = np.array([part.weight for part in node.parts], dtype=float)
    try:
        node.weighting.weigh(_HiddenValues(node.id, names, directions, given))
    except _ValuesUsed:
        return True
    except ValueError:
        return False
    return False


def _check_weights(weighed: Weighing, names: tuple[str, ...], values: Array) -> None:
    method, node = weighed.weighting, weighed.id
    if undefined := [name for name, value in zip(names, values, strict=True) if not np.isfinite(value)]:
        raise MethodError(
            f"{method.name} of {node} has no finite weight for {join_names(undefined)}",
            where=plugin_of(method),
            remedy="choose another weighting there",
        )
    if negative := [name for name, value in zip(names, values, strict=True) if value < 0]:
        raise MethodError(
            f"{method.name} of {node} gives a negative weight to {join_names(negative)}",
            where=plugin_of(method),
            remedy="look at its direction, or choose another weighting there",
        )
    if not values.max() > 0:
        raise MethodError(
            f"{method.name} of {node} gives every component weight 0 ({join_names(names)})",
            where=plugin_of(method),
            remedy="choose another weighting there",
            word=_word_of_zero_weights(weighed),
        )


def _word_of_zero_weights(node: Weighing) -> tuple[str, ...]:
    """Return the keys of the first weight of a node if the index file gives all its parts weight 0."""
    first = node.parts[0]
    all_zero = not any(part.weight for part in node.parts)
    return ("dimensions" if first.is_score else "indicators", first.name, "weight") if all_zero else ()


class _ValuesUsed(Exception):
    """A weighting uses values."""


@dataclass(frozen=True)
class _HiddenValues(Indicators):
    """Components that raise an error if a weighting uses their values."""

    node: str
    names: tuple[str, ...]
    directions: tuple[Direction, ...]
    given: Array

    def on(self, values: Literal["normalised", "raw"]) -> _HiddenValues:  # noqa: ARG002
        return self

    def _raise(self, *_: Any, **__: Any) -> Any:
        raise _ValuesUsed

    @property
    def random(self) -> RandomNumbers:
        raise _ValuesUsed  # they belong to the units

    each = correlation = covariance = multiple_correlation = regression = correlation_with = _raise
    count_complete = reduce = column = matrix = _raise
