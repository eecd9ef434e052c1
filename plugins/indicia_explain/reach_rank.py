"""The least change of weights with which a unit overtakes another, or reaches a rank; every answer is run again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from indicia.run import Draws, draws_per_batch, score_draws
from indicia_explain.reach_weights import (
    INDICATORS,
    WeightChanges,
    WeightLevel,
    changes_of_pair,
    weight_levels,
)
from indicia_robustness import sampling, search
from indicia_robustness.weight_paths import NEARLY, levels_noise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia_explain.reach_question import ReachQuestion
    from indicia_robustness.baseline import Baseline

    Row = tuple[object, ...]

_BEYOND = 1e-6
"""The share of a change by which a run goes beyond the weights at which two units are level."""
_CANDIDATES = 50
"""The largest number of units ahead with which the unit draws level in turn."""
_STEPS = 16
_TRIES = 64
SEARCHED = 2_000
"""The largest number of units of a search."""


@dataclass(frozen=True, eq=False)
class ReachWeights:
    """The rows of the tables of weights of a question."""

    weights: Sequence[Row]
    parts: Sequence[Row]

    @classmethod
    def of(cls, question: ReachQuestion) -> ReachWeights:
        """Solve the question for the weights of each node."""
        baseline, behind = question.baseline, question.number(question.row)
        pairs = [] if question.is_reached else changes_of_pair(baseline, question.rival, behind)
        pairs = [_searched(question, change) if _needs_search(change) else change for change in pairs]
        if not question.is_reached and not any(change.level.name == baseline.nominal.tree.id for change in pairs):
            pairs = [*_by_search(question), *pairs]
        for_rank = [] if question.rank is None else _for_rank(question)
        changes = [*(("overtake", change) for change in pairs), *(("rank", change) for change in for_rank)]
        return cls(
            [
                (goal, *row, rank)  # the rank is that of a run just beyond the weights
                for goal, change in changes
                for row, rank in zip(
                    change.rows(baseline.names, baseline.nominal_ranks), _ranks_beyond(question, change), strict=True
                )
            ],
            [(goal, *row) for goal, change in changes for row in change.part_rows(baseline.names)],
        )


def _ranks_beyond(question: ReachQuestion, changes: WeightChanges) -> Array:
    """Return the ranks of the unit (m,) in runs just beyond the weights of each pair; NaN where there are none."""
    baseline, present = question.baseline, changes.level.weights
    ranks = np.full(len(changes.nearest), np.nan)
    solved = np.isfinite(changes.nearest).all(axis=1)
    beyond = np.maximum(present + (1 + _BEYOND) * (changes.nearest[solved] - present), 0.0)
    weights = _weights_of_nodes(baseline, changes.level, beyond / beyond.sum(axis=1, keepdims=True))
    if weights is None or not solved.any():
        return ranks
    nominal, step = baseline.nominal, draws_per_batch(baseline.nominal, errors=False)
    parts = [
        score_draws(
            baseline.definition,
            nominal,
            Draws(
                len(beyond[start : start + step]), {name: part[start : start + step] for name, part in weights.items()}
            ),
        )
        for start in range(0, len(beyond), step)
    ]
    ranks[solved] = baseline.ranked(np.concatenate(parts))[:, question.number(question.row)]
    return ranks


def _weights_of_nodes(baseline: Baseline, level: WeightLevel, weights: Array) -> dict[str, Array] | None:
    """Return weights of nodes that give these weights of a level (m, k); None if a part has several parents."""
    # with a weight of 0, units without the other parts would lack a score
    near = NEARLY * weights + (1 - NEARLY) * level.weights
    if level.name != INDICATORS:
        return {level.name: near}
    tree = baseline.nominal.tree
    if any(len(parents) > 1 for parents in tree.parents.values()):
        return None
    total = dict(zip(level.parts, near.T, strict=True))
    nodes: dict[str, Array] = {}
    for node in reversed(list(tree.counting_nodes())):  # parts before their nodes
        of_parts = np.stack([total[part.id] for part in node.components], axis=1)
        total[node.id] = of_parts.sum(axis=1)
        nodes[node.id] = of_parts / total[node.id][:, None]
    return nodes


def _for_rank(question: ReachQuestion) -> list[WeightChanges]:
    """Return, for the index and for all indicators, the least change with which runs give the unit the rank.

    The unit draws level with each unit ahead in turn; of the changes with which it has the rank, the least is returned.
    It is exact where one unit decides the rank, and else an upper limit.
    """
    baseline, behind = question.baseline, question.number(question.row)
    ranks = baseline.nominal_ranks
    ahead = baseline.order[
        (ranks[baseline.order] < question.rank_now) & (ranks[baseline.order] >= question.target_rank)
    ]
    ahead = ahead[:_CANDIDATES]
    least = []
    for level in weight_levels(baseline):
        if level.name not in (baseline.nominal.tree.id, INDICATORS) or not len(ahead):
            continue
        changes = WeightChanges.of(level, ahead, np.full(len(ahead), behind))
        reached = _ranks_beyond(question, changes) <= question.target_rank
        l1 = np.where(reached, changes.l1, np.nan)
        if reached.any() and np.isfinite(l1).any():
            best = [int(np.nanargmin(l1))]
            least.append(
                replace(
                    changes,
                    ahead=changes.ahead[best],
                    behind=changes.behind[best],
                    differences=changes.differences[best],
                    nearest=changes.nearest[best],
                    single=changes.single[best],
                )
            )
    return least


def _needs_search(change: WeightChanges) -> bool:
    return bool(np.isnan(change.differences).any())


def _by_search(question: ReachQuestion) -> list[WeightChanges]:
    """Search for the weights of the index if its score is no power mean; nothing if they cannot change."""
    tree = question.baseline.nominal.tree
    if not any(node is tree for node in question.baseline.weighable) or len(question.baseline.names) > SEARCHED:
        return []
    count = len(question.baseline.names)
    nothing = np.full((count, len(tree.components)), np.nan)
    weights = np.asarray(question.baseline.nominal.node_weights[tree.id].values)
    scores = np.full(count, np.nan)
    level = WeightLevel(tree.id, tuple(part.id for part in tree.components), weights, nothing, scores)
    pair = np.array([question.rival]), np.array([question.number(question.row)])
    blank = np.full((1, len(weights)), np.nan)
    return [_searched(question, WeightChanges(level, *pair, blank, blank, blank))]


def _searched(question: ReachQuestion, change: WeightChanges) -> WeightChanges:
    """Return the nearest weights by search, for a pair without a closed form."""
    baseline = question.baseline
    node = next((node for node in baseline.weighable if node.id == change.level.name), None)
    if node is not baseline.nominal.tree or len(baseline.names) > SEARCHED:
        return change
    nearest = _nearest_by_search(baseline, node, (int(change.ahead[0]), int(change.behind[0])))
    return replace(change, nearest=nearest[None], method="search")


def _nearest_by_search(baseline: Baseline, node: Node, pair: Sequence[int]) -> Array:
    """Return weights of a node at which the second unit of a pair draws level; NaN if the search finds none."""
    nominal = baseline.nominal
    present = np.asarray(nominal.node_weights[node.id].values)
    rows = np.flatnonzero(baseline.rows)[list(pair)]

    def scores(weights: Array) -> Array:
        drawn = Draws(len(weights), {node.id: NEARLY * weights + (1 - NEARLY) * present})
        return baseline.sign * score_draws(baseline.definition, nominal, drawn)[:, rows]

    nearest, _ = search.nearest_for_any(
        scores,
        present,
        sampling.generator(0, "nearest"),
        steps=_STEPS,
        tries=_TRIES,
        side_by_side=not levels_noise(baseline),
    )
    return nearest.weights
