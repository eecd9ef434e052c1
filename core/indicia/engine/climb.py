"""The way up the tree, from normalised indicators to the index, level by level."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.engine.aggregate import missing_components
from indicia.engine.level import Level, Steps
from indicia.engine.profile import Columns, rounded
from indicia.engine.rescale import replaced, rescaled
from indicia.engine.weigh import weigh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Data, Node
    from indicia.engine.fit import Fitted
    from indicia.engine.memo import Memo, Start
    from indicia.engine.prepare import Change, Prepared
    from indicia.engine.profile import Profile
    from indicia.engine.settle import Over, Settled
    from indicia.engine.weigh import Weighed


@dataclass(frozen=True)
class Way:
    """All that the way up depends on, beside the values."""

    data: Data
    prepared: Prepared
    over: Over
    weights_over: Over = field(compare=False)
    fitted: Fitted | None = None
    """Statistics and weights of a former run."""
    weighed: Mapping[str, Weighed] | None = None
    """Weights that are given."""
    memo: Memo | None = None
    start: Start | None = None
    """What the values depend on, for the memo."""

    def weigh(self, node: Node, values: Columns, raw: pl.DataFrame) -> Weighed:
        """Return the weights of a node's components."""
        given = self.fitted.weighed if self.fitted else self.weighed
        return weigh(node, values, raw, self.prepared, self.weights_over) if given is None else given[node.id]

    def of(self, stage: str) -> Settled | None:
        """Return the statistics of a stage, where they were fitted."""
        return self.fitted.of(stage) if self.fitted else None


@dataclass(frozen=True)
class Scores:
    """What became of nodes."""

    scores: dict[str, pl.Series] = field(default_factory=dict)
    exact: dict[str, pl.Series] = field(default_factory=dict)
    """The scores before they are rounded."""
    handed: dict[str, pl.Series] = field(default_factory=dict)
    """The scores as parents take them."""
    facts: dict[str, Profile] = field(default_factory=dict)
    """Of the scores as parents take them."""
    weighed: dict[str, Weighed] = field(default_factory=dict)
    incomplete: dict[str, pl.DataFrame] = field(default_factory=dict)
    """Rows that miss components, by node."""
    changes: dict[str, Change] = field(default_factory=dict)
    """Values in place of missing components, by node."""
    settled: dict[str, Settled] = field(default_factory=dict)

    def take(self, other: Scores) -> None:
        """Add what became of other nodes."""
        for name in ("scores", "exact", "handed", "facts", "weighed", "incomplete", "changes"):
            getattr(self, name).update(getattr(other, name))
        for stage, settled in other.settled.items():
            self.settled[stage] = {**self.settled.get(stage, {}), **settled}

    def of(self, node: str) -> Scores:
        """Return what became of one node, for a memo."""
        one = Scores()
        for name in ("scores", "exact", "handed", "facts", "weighed", "incomplete", "changes"):
            getattr(one, name).update({key: value for key, value in getattr(self, name).items() if key == node})
        return one


@dataclass(frozen=True)
class Climbed:
    """What became of all nodes, and the values that parents took, those of indicators first."""

    nodes: Scores
    values: Columns


def climb(tree: Node, values: Columns, raw: pl.DataFrame, way: Way) -> Steps[Climbed]:
    """Score all nodes; `values` are the normalised indicators, `raw` the prepared ones."""
    whole = Scores()
    keys: dict[str, int] = {}
    by_level = sorted(tree.nodes(), key=lambda node: -node.level)
    for _, level in groupby(by_level, key=lambda node: node.level):
        nodes = list(level)
        found, values = yield from _remembered(nodes, values, raw, way, keys)
        whole.take(found)
        columns = [found.handed[node.id] for node in nodes]
        values = values.beside(Columns(pl.DataFrame(columns), found.facts))
        raw = raw.hstack(columns)
    return Climbed(whole, values)


def _remembered(
    nodes: Sequence[Node], values: Columns, raw: pl.DataFrame, way: Way, keys: dict[str, int]
) -> Steps[tuple[Scores, Columns]]:
    """Score nodes of one level, those that the memo does not know; return also the values with gaps filled."""
    if way.memo is None:
        return (yield from _scored(nodes, values, raw, way, {}, {}))
    assert way.start is not None
    of_weights = {}
    for node in nodes:
        keys[node.id], *of_weights[node.id] = way.memo.of_node(node, way.start, keys)
    known = way.memo.known
    new = [node for node in nodes if keys[node.id] not in known]
    found = Scores()
    if new:
        computed, values = yield from _scored(new, values, raw, way, keys, of_weights)
        for node in new:
            known[keys[node.id]] = computed.of(node.id)
    for node in nodes:
        found.take(known[keys[node.id]])
    return found, values


def _scored(
    nodes: Sequence[Node],
    values: Columns,
    raw: pl.DataFrame,
    way: Way,
    keys: Mapping[str, int],
    of_weights: Mapping[str, Sequence[int]],
) -> Steps[tuple[Scores, Columns]]:
    gaps, changes = replaced(nodes, values.frame, way.prepared, way.data, way.over, way.of("missing"))
    values = values.replacing(gaps.frame) if changes else values
    found = Scores(changes=changes)
    for node in nodes:
        found.weighed[node.id] = _weighed(node, values, raw, way, of_weights.get(node.id, ()))
        if any(values.facts[part.id].missing for part in node.components):
            found.incomplete[node.id] = missing_components(node, values.frame)
    scored = yield Level(nodes, found.weighed, values, way.prepared, way.over, way.of("aggregation"), keys)
    exact, rescaling = _rescaled("rescaling", nodes, scored.frame, way)
    scores = exact.with_columns(rounded(node.id, node.decimals) for node in nodes if node.decimals is not None)
    turned = scores.with_columns(-pl.col(node.id) for node in nodes if node.low_is_best)
    handed, as_component = _rescaled("as_component", nodes, turned, way)
    found.settled.update(missing=gaps.settled, aggregation=scored.settled)
    found.settled.update(rescaling=rescaling, as_component=as_component)
    found.facts.update(Columns.of(handed).facts)
    for frame, columns in ((exact, found.exact), (scores, found.scores), (handed, found.handed)):
        columns.update({column.name: column for column in frame})
    return found, values


def _weighed(node: Node, values: Columns, raw: pl.DataFrame, way: Way, keys: Sequence[int]) -> Weighed:
    """Weigh the components of a node, unless the memo knows; `keys` are those of weights that see values, or do not."""
    if way.memo is None:
        return way.weigh(node, values, raw)
    known: dict[Any, Any] = way.memo.known
    found: Weighed | None = next((known[key] for key in keys if key in known), None)
    if found is None:
        found = way.weigh(node, values, raw)
        seeing, blind = keys
        known[seeing if found.of_normalised else blind] = found
    return found


def _rescaled(stage: str, nodes: Sequence[Node], scores: pl.DataFrame, way: Way) -> tuple[pl.DataFrame, Settled]:
    methods = {node.id: getattr(node, stage) for node in nodes if getattr(node, stage) is not None}
    if not methods:
        return scores, {}
    low = [node.id for node in nodes if node.id in methods and node.aggregation.low_is_best and stage == "rescaling"]
    turned = scores.with_columns(-pl.col(name) for name in low)
    found = rescaled(methods, turned, way.prepared, way.over, way.of(stage))
    return scores.with_columns(found.frame.get_columns()), found.settled
