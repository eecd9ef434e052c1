"""Notes on a whole run, and the shares of imputed values."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import (
    OPTIONAL,
    ROOT,
    Definition,
    Eligible,
    FittedWeights,
    Leaf,
    Node,
    weight_sets_in,
    weights_in_file,
    weights_of_set,
)
from indicia.methods import Aggregation, MatrixAggregation
from indicia.methods.numbers import widened
from indicia.notes import Count, Names, Note
from indicia.stages.aggregate import statistics_of_weights
from indicia.stages.frozen import STAGES_WITH_STATISTICS
from indicia.tables.table import count_of, row_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from indicia.methods.profile import Profile
    from indicia.stages.stage import Change, Record
    from indicia.tables.fitted import Fitted
    from indicia.tables.weights import NodeWeights


def computed_notes(
    definition: Definition, tree: Node, fitted: Fitted | None, records: Iterable[Record] | None = None
) -> Iterator[Note]:
    """Yield a note for each method whose statistics or weights are computed, with the method of the fit.

    A further note names the nodes that lack components of the fit, so that the weights of the others are scaled.
    `records` are those of a run; without them, the methods are those of runs to come.
    """
    frozen = definition.frozen
    if fitted is None or frozen is None or frozen.tree is None:
        return
    subjects = None if records is None else {question.subject[0] for each in records for question in each.statistics}
    groups: dict[tuple[str, str | None], list[str]] = {}
    for part, former, stage in _changed_parts(tree, frozen.tree, fitted):
        if _uses_data(part, subjects):
            groups.setdefault(_methods(part, former, stage), []).append(part.id)
    for (method, of_fit), names in groups.items():
        if of_fit is None:
            yield Note("computed_from_data", method=method, parts=Names.of(names))
        else:
            yield Note("computed_by_other_method", method=method, former=of_fit, parts=Names.of(names))
    weightings: dict[str, list[str]] = {}
    for node in tree.nodes():
        if node.id in fitted.computed_at("weighting") and len(node.components) > 1:
            weightings.setdefault(node.weighting.brief, []).append(node.id)
    for method, names in weightings.items():
        yield Note("weights_from_data", method=method, parts=Names.of(names))
    if scaled := [node.id for node in tree.nodes() if _has_scaled_weights(node, fitted)]:
        yield Note("fitted_weights_scaled", parts=Names.of(scaled))


def notes_on_omissions(definition: Definition, fitted: Fitted | None) -> Iterator[Note]:
    """Yield notes on the weights and statistics of runs of a fitted index without a part."""
    if definition.frozen is None or fitted is None:
        return
    yield Note("omissions_scale_weights")
    if names := list(dict.fromkeys(question.subject[0] for question in fitted.of("aggregation"))):
        yield Note("omissions_from_data", parts=Names.of(names))


def notes_on_other_weights(definition: Definition, records: Iterable[Record]) -> Iterator[Note]:
    """Yield a note on the nodes of a fitted index whose statistics depend on weights, for runs with other weights."""
    if definition.frozen is None:
        return
    formulas = {
        name: formula for each in records if each.stage == "aggregation" for name, formula in each.formulas.items()
    }
    if names := [name for name, formula in formulas.items() if any(statistics_of_weights([formula]))]:
        yield Note("weighted_statistics_from_data", parts=Names.of(names))


def _changed_parts(
    tree: Node, fitted_tree: Node, fitted: Fitted
) -> Iterator[tuple[Leaf | Node, Leaf | Node | None, str]]:
    """Yield the parts whose statistics are computed: the part, the part of the fit, and the stage of the change."""
    leaves = {leaf.id: leaf for leaf in fitted_tree.leaves()}
    nodes = {node.id: node for node in fitted_tree.nodes()}
    for leaf in tree.leaves():
        stages = (stage for stage in STAGES_WITH_STATISTICS if leaf.id in fitted.computed_at(stage))
        if stage := next(stages, None):
            yield leaf, leaves.get(leaf.id), stage
    for node in tree.nodes():
        if node.id in fitted.computed_at("aggregation"):
            yield node, nodes.get(node.id), "aggregation"


def _uses_data(part: Leaf | Node, subjects: Collection[str] | None) -> bool:
    """Return whether a method looks at other units: it has statistics in the run, or compares units with each other."""
    if isinstance(part, Leaf):
        return subjects is None or part.id in subjects or part.normalisation.whole_column
    method = part.aggregation
    if isinstance(method, MatrixAggregation):
        return not method.row_by_row
    has_statistics = method.power is None and not method.additive
    return has_statistics if subjects is None else part.id in subjects


def _has_scaled_weights(node: Node, fitted: Fitted) -> bool:
    names = [part.id for part in node.components]
    of_fit = isinstance(node.weighting, FittedWeights) and len(names) > 1
    return of_fit and fitted.has_other_components(node.id, names)


def _methods(part: Leaf | Node, former: Leaf | Node | None, stage: str) -> tuple[str, str | None]:
    """Return the method of a part at a stage, and the method of the fit; None if it is the same."""
    own, of_fit = _word(part, stage), None if former is None else _word(former, stage)
    if own == of_fit and isinstance(part, Leaf):  # other words of the indicator, such as bounds
        return _word(part, "normalisation"), None
    return own, None if own == of_fit else of_fit


def _word(part: Leaf | Node, stage: str) -> str:
    method = getattr(part, stage)
    return "none" if method is None and stage in (*OPTIONAL, "transform") else str(method)


def changed_notes(changes: Iterable[Change]) -> Iterator[Note]:
    """Yield a note for each stage that changed cells: their number, and their indicators."""
    counts: dict[str, Counter[str]] = {}
    for change in changes:
        by_part = counts.setdefault(change.stage, Counter())
        for name in change.after.columns:
            by_part[name] += int(change.before[name].ne_missing(change.after[name]).sum())
    for stage, by_part in counts.items():
        yield Note(stage, count=Count(by_part.total(), "value"), parts=Names.of(by_part, 3))


def score_notes(
    tree: Node, node_weights: Mapping[str, NodeWeights], reweighted: pl.DataFrame, scores: pl.Series
) -> Iterator[Note]:
    """Yield notes on simulated indicators, on units that miss components or have no score, and on weights."""
    if simulated := [leaf.id for leaf in tree.leaves() if leaf.spec.simulated]:
        yield Note("simulated", parts=Names.of(simulated, len(simulated)))
    skipped = reweighted if reweighted.is_empty() else reweighted.filter(pl.col("scored"))
    if len(skipped):
        names, nodes = row_names(skipped, before="node"), skipped["node"].unique(maintain_order=True)
        count = count_of(skipped, names, before="node")
        yield Note("rescaled_weights", count=count, nodes=Names.of(nodes), units=Names.of(names))
    if without_score := scores.null_count():
        without = row_names(reweighted.filter(pl.col("node") == ROOT, ~pl.col("scored")), before="node")
        yield Note("no_score", count=Count(without_score, "row"), units=Names.of(without))
    yield from _weight_set_notes(tree)
    ignored: dict[str, list[str]] = {}
    for node in tree.nodes():
        weights = node_weights[node.id]
        if _ignores_weights(node.aggregation) and np.ptp(weights.values, axis=-1).max() > _ROUNDING:
            ignored.setdefault(node.aggregation.name, []).append(node.id)
        else:
            yield from _weights_note(node, weights)
    for method, nodes_of_method in ignored.items():
        yield Note("weights_ignored", method=method, parts=Names.of(nodes_of_method, 3))


_LOST = 1e-9
"""Scores that vary by a smaller share of the largest score no longer show the differences of their values."""


def lost_differences(tree: Node, before: Mapping[str, Profile], profiles: Mapping[str, Profile]) -> Iterator[Note]:
    """Yield a note on indicators and nodes that vary before scoring and not after it.

    `before` has the profiles of raw indicators, and `profiles` those of components and nodes.
    """
    parts = [leaf.id for leaf in tree.leaves() if _varies(before[leaf.id]) and not _varies(profiles[leaf.id])]
    for node in tree.nodes():
        if any(_varies(profiles[part.id]) for part in node.components) and not _varies(profiles[node.id]):
            parts.append(node.id)
    if parts:
        yield Note("lost_differences", parts=Names.of(parts))


def _varies(profile: Profile) -> bool:
    if profile.lowest is None or profile.highest is None:
        return False
    size = max(abs(profile.lowest), abs(profile.highest))
    return profile.highest / size - profile.lowest / size > _LOST if size > 0 else False


_ROUNDING = 1e-12
"""Weights that differ by no more are equal."""


def _weight_set_notes(tree: Node) -> Iterator[Note]:
    """Yield a note for each set of weights that states no part of some nodes."""
    nodes: dict[str, list[str]] = {}
    for node in tree.nodes():
        names = [part.id for part in node.components]
        for weights in weight_sets_in(node.weighting) if len(names) > 1 else ():
            if not weights.weights_of(node.id, names):
                nodes.setdefault(weights.set_name, []).append(node.id)
    for name, without in nodes.items():
        yield Note("weights_not_in_set", set=name, parts=Names.of(without, 10))


def _weights_note(node: Node, node_weights: NodeWeights) -> Iterator[Note]:
    """Yield a note if weights of the index file are scaled to sum 1, or have another sum, or if the file omits some."""
    if node.sum_of_weights is not None:
        if not _is_one(node.sum_of_weights):
            yield Note("unscaled_weights", part=Names.of([node.id]), sum=f"{node.sum_of_weights:g}")
        return
    weights = np.array(weights_in_file(node))
    with np.errstate(over="ignore"):
        total = weights.sum()
    if len(weights) == 1 or (weights == 1).all() or not total > 0:
        return
    if not np.allclose(weights / total, node_weights.values):  # the method does not use the weights of the index file
        return
    words = {"part": Names.of([node.id]), "sum": f"{total:g}"}
    of_set = weights_of_set(node)
    unstated = [part.id for part in node.components if not part.weight_stated and part.id not in of_set]
    if unstated:
        yield Note("default_weights", **words, parts=Names.of(unstated, 10))
    elif not _is_one(total):
        yield Note("sum_of_weights", **words)


def _is_one(total: float) -> bool:
    low, high = widened(1, 1)
    return low <= total <= high


def _ignores_weights(method: Aggregation) -> bool:
    return not method.uses_weights or (isinstance(method, MatrixAggregation) and method.row_by_row)


def uncounted(tree: Node) -> Iterator[Note]:
    """Yield a note on the parts that a node shows and does not count."""
    if parts := [part.id for node in tree.nodes() for part in node.shown]:
        yield Note("not_counted", parts=Names.of(parts, 10))


def idle_seed(definition: Definition, tree: Node) -> Iterator[Note]:
    """Yield a note on a seed that changes no figure, since no method is random."""
    seed = definition.methodology.seed
    is_random = tree.has_random_nodes or any(leaf.imputation and leaf.imputation.is_random for leaf in tree.leaves())
    if seed is not None and not is_random:
        yield Note("idle_seed", seed=seed)


_DEFAULT_SEEDS = {"weighting": "default_seed_of_weighting", "aggregation": "default_seed_of_aggregation"}
_STATED_SEEDS = {"weighting": "stated_seed_of_weighting", "aggregation": "stated_seed_of_aggregation"}
"""The notes on the seed of random weightings and aggregations."""


def seeds_of_nodes(definition: Definition, tree: Node) -> Iterator[Note]:
    """Yield a note on the seed of each random weighting and aggregation, with the nodes."""
    kinds = _DEFAULT_SEEDS if definition.methodology.seed is None else _STATED_SEEDS
    for stage, kind in kinds.items():
        nodes: dict[str, list[Node]] = {}
        for node in tree.nodes():
            is_used = stage == "aggregation" or len(node.components) > 1  # a single part has weight 1
            if node.seed is not None and is_used and getattr(node, stage).draws_random_numbers:
                nodes.setdefault(str(getattr(node, stage)), []).append(node)
        for name, of_method in nodes.items():
            parts = Names.of([node.id for node in of_method], 10)
            yield Note(kind, method=name, seed=of_method[0].seed, parts=parts)


def ends_of_ranks(definition: Definition, tree: Node) -> Iterator[Note]:
    """Yield a note on the end of the scores that has rank 1, if it is not the highest score of a benefit."""
    if definition.methodology.rank_from == "worst":
        yield Note("worst_is_highest" if tree.low_is_best else "worst_is_lowest")
    elif definition.direction == "cost" and tree.low_is_best:
        yield Note("low_is_best")


def unranked(eligible: Eligible, units: pl.Series, scores: pl.Series, ranks: pl.Series) -> Iterator[Note]:
    """Yield notes on units with a score that `[eligible]` excludes from ranks: names, or counts if all are excluded."""
    if eligible == type(eligible)():
        return
    excluded = {"without": units.is_in(list(eligible.without))}
    if eligible.only is not None:
        excluded["only"] = ~units.is_in(list(eligible.only))
    if ranks.count():
        for rule, rows in excluded.items():
            if names := units.filter(rows & scores.is_not_null()).unique(maintain_order=True).to_list():
                yield Note("kept_out", rule=rule, units=Names.of(names))
        return
    noun = "unit" if units.is_unique().all() else "row"
    yield Note(
        "none_ranked",
        **{rule: Count(int(excluded[rule].sum()) if rule in excluded else 0, noun) for rule in ("only", "without")},
        scoreless=Count(scores.null_count(), noun),
    )
