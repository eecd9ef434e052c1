"""The parts of the difference between two scores of one run, by the rule that fits the methods of the index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia.definition import ROOT
from indicia.explanation.coalitions import ORDERS, coalition_parts
from indicia.explanation.owen_structure import indicators_of
from indicia.explanation.pairs import median_profile, profile_of_row

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from indicia.explanation.coalitions import CoalitionParts
    from indicia.methods import Array
    from indicia.run import Scored

PartRule: TypeAlias = Literal["natural", "shapley", "owen"]
"""The rule of the natural scale for trees of power means; Shapley or Owen values for any score."""


@dataclass(frozen=True)
class Parts:
    """The parts of the difference between two scores, by indicator and by dimension; scores are before rounding."""

    rule: PartRule
    indicators: tuple[str, ...]
    """The n indicators on which the index depends."""
    a: Array
    """The normalised values of the first, (n,), with implied values; NaN for an indicator that counts for neither."""
    b: Array
    implied_in_a: frozenset[str]
    """The indicators with an implied value of the first, since it lacks them or they do not count there."""
    implied_in_b: frozenset[str]
    weights: Array
    """Effective weights, (n,), re-scaled without the indicators that count for neither."""
    parts: Array
    """The part of each indicator, (n,); the sum is the difference of the scores."""
    nodes: Mapping[str, float]
    """The part of each dimension on which the index depends."""
    scores: tuple[float, float]
    """The two scores of the index."""
    errors: Array | None = None
    """The standard error of each part, (n,); None if the parts are exact."""
    orders: int | None = None
    """The number of sampled orders; None if the parts are exact."""


def parts_between(
    scored: Scored, a: int, b: int | None, *, rule: PartRule | None = None, orders: int = ORDERS, seed: int = 1
) -> Parts:
    """Divide the difference between the scores of two rows of a run among the indicators.

    Parameters
    ----------
    scored
        The run.
    a, b
        The rows; None stands for the profile of medians.
    rule
        "natural", "shapley" or "owen"; by default "natural" if all nodes are power means, else "owen" if the index has
        dimensions, else "shapley".
    orders, seed
        The number of sampled orders for Shapley and Owen values of many indicators, and their seed.

    Raises
    ------
    DefinitionError
        If a method compares units with each other, so that a mixture has no score of its own.
    DataError
        If one of the two lacks an indicator for which no implied value exists.
    """
    first = profile_of_row(scored, a)
    second = median_profile(scored, a) if b is None else profile_of_row(scored, b)
    coalitions = coalition_parts(
        scored, first, second, rule=None if rule == "natural" else rule, orders=orders, seed=seed
    )
    return _of_coalitions(scored, second.row, coalitions)


def _of_coalitions(scored: Scored, row: int, coalitions: CoalitionParts) -> Parts:
    pair = coalitions.pair
    by_name = dict(zip(pair.indicators, coalitions.parts.tolist(), strict=True))
    within = indicators_of(scored.tree)
    out = {name for name, value in zip(pair.indicators, pair.a, strict=True) if np.isnan(value)}
    first, second = pair.scores.index.tolist()
    return Parts(
        coalitions.rule,
        pair.indicators,
        pair.a,
        pair.b,
        pair.implied_in_a,
        pair.implied_in_b,
        _weights(scored, row, out),
        coalitions.parts,
        {node: sum(by_name[name] for name in names) for node, names in within.items() if node != ROOT},
        (first, second),
        coalitions.errors,
        coalitions.orders,
    )


def _weights(scored: Scored, row: int, out: Collection[str]) -> Array:
    """Return the effective weights of indicators in a row, re-scaled without some indicators."""
    tree, units = scored.tree, scored.units[row : row + 1]
    nodes = list(tree.counting_nodes())
    empty = set(out)
    for node in reversed(nodes):  # parts before their nodes
        if all(part.id in empty for part in node.components):
            empty.add(node.id)
    effective = {ROOT: 1.0}
    for node in nodes:
        weights = scored.weights_in_score[node.id].of_rows(units)[0]
        present = np.array([part.id not in empty for part in node.components])
        share = weights[present].sum() / weights.sum()
        for part, weight, counts in zip(node.components, weights, present, strict=True):
            own = effective[node.id] * float(weight) / share if counts and share > 0 else 0.0
            effective[part.id] = effective.get(part.id, 0.0) + own
    return np.array([effective[name] for name in tree.indicators])
