"""The parts of the difference between two scores of one run, by the rule that fits the methods of the index."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia.definition import ROOT
from indicia.errors import DataError, DefinitionError, IndiciaError
from indicia.means import Differences, MeanTree, Profiles, tree_of
from indicia_explain.owen_structure import has_levels, indicators_of, structure_of
from indicia_explain.pairs import Pair, Profile, median_profile, pair_of, profile_of_row
from indicia_explain.profile_scores import ProfileScorer
from indicia_robustness.sampling import generator
from indicia_statistics.shapley import PartValues, Structure, fits, owen_values, sampled_values

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from indicia.methods import Array
    from indicia.run import Scored
    from indicia.run.scored import Flags
    from indicia_statistics.shapley import Masks


Rule: TypeAlias = Literal["shapley", "owen"]

ORDERS = 4_000
"""The number of sampled orders where the subsets are too many."""


@dataclass(frozen=True)
class CoalitionParts:
    """The parts of the difference between the scores of two profiles."""

    rule: Rule
    pair: Pair
    parts: Array
    """The part of each indicator of the pair, (n,)."""
    errors: Array | None
    """The standard error of each part, (n,); None if the parts are exact."""
    orders: int | None
    """The number of sampled orders; None if the parts are exact."""


def coalition_parts(
    scored: Scored, a: Profile, b: Profile, *, rule: Rule | None = None, orders: int = ORDERS, seed: int = 1
) -> CoalitionParts:
    """Divide the difference of two scores, before rounding, among the indicators.

    Parameters
    ----------
    scored
        The run.
    a, b
        The profiles; a mixture has the period and the groups of `b`. Where the unit `a` lacks an indicator for which no
        implied value exists, a profile of medians `b` is taken without the indicator too.
    rule
        "shapley" for all orders of the indicators, "owen" for the orders that keep those of each dimension together.
        By default "owen" if the index has dimensions: parts of indicators then add to the parts of dimensions.
    orders
        The number of sampled orders, where exact values need the scores of too many mixtures: of more than 12
        indicators that differ, with "owen" along a path through the dimensions.
    seed
        The seed of the sampled orders.

    Raises
    ------
    DefinitionError
        If a method compares units with each other, so that a mixture has no score of its own.
    DataError
        If a mixture has no score, or one of two units lacks an indicator for which no implied value exists.
    """
    chosen = rule or ("owen" if has_levels(scored.tree) else "shapley")
    scorer = ProfileScorer(scored, b.row)
    pair = _pair(scorer, a, b)
    players = pair.players
    structure = structure_of(scorer.tree, players) if chosen == "owen" else tuple(range(len(players)))
    values = PartValues(np.zeros(0))
    if players:
        # one direction is computed for both, so that the exchange of the units changes no digit of a sampled part
        values = _values(scorer, pair, structure, orders, seed, is_turned=a.row > b.row)
    parts, errors = np.zeros(len(pair.indicators)), np.zeros(len(pair.indicators))
    places = [pair.indicators.index(name) for name in players]
    parts[places] = values.values
    if values.errors is not None:
        errors[places] = values.errors
    return CoalitionParts(chosen, pair, parts, None if values.errors is None else errors, values.orders)


def _pair(scorer: ProfileScorer, a: Profile, b: Profile) -> Pair:
    """Return the pair of two profiles; medians without the indicators that the unit lacks, if none can be implied."""
    try:
        return pair_of(scorer, a, b)
    except DataError:
        if b.is_unit:
            raise
        return pair_of(scorer, a, b.only(a.counted))


def _values(
    scorer: ProfileScorer, pair: Pair, structure: Structure, orders: int, seed: int, *, is_turned: bool
) -> PartValues:
    """Return the part of each indicator that differs; if `is_turned`, computed for the exchanged pair."""

    def value(masks: Masks) -> Array:
        return _scores_of_mixtures(scorer, pair, ~masks if is_turned else masks)

    if fits(structure):
        values = owen_values(value, structure)
    else:
        values = sampled_values(value, structure, orders, generator(seed, "coalitions"))
    return replace(values, values=-values.values) if is_turned else values


def _scores_of_mixtures(scorer: ProfileScorer, pair: Pair, masks: Masks) -> Array:
    try:
        scores = scorer.score(pair.mixed(masks)).index
    except DefinitionError:
        raise
    except IndiciaError as error:
        raise DataError(
            f"a mixture of the two units has no score: {error.what}", where=error.where, remedy=error.remedy
        ) from error
    if np.isnan(scores).any():
        raise DataError("a mixture of the two units has no score", remedy="fill the gaps of both units")
    return scores


PartRule: TypeAlias = Literal["natural", "shapley", "owen"]
"""The rule of the natural scale for trees of power means; Shapley or Owen values for any score."""

_NOISE = 1e-13
"""A part that no indicator has is rounding noise of the arithmetic up to this share of the scores."""


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
    others: Mapping[str, float] = field(default_factory=dict)
    """Parts that no indicator has, if they are not zero: "rounding" of dimensions, "scale" of rescalings by other
    statistics for the two, "weights" that differ between the two."""
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
    if rule in (None, "natural"):
        tree = MeanTree.of(scored) if rule == "natural" else tree_of(scored)
        if isinstance(tree, MeanTree):
            return _of_median(scored, tree, a) if b is None else _of_rows(tree, a, b)
    first = profile_of_row(scored, a)
    second = median_profile(scored, a) if b is None else profile_of_row(scored, b)
    chosen: Rule | None = "shapley" if rule == "shapley" else "owen" if rule == "owen" else None
    coalitions = coalition_parts(scored, first, second, rule=chosen, orders=orders, seed=seed)
    return _of_coalitions(scored, second.row, coalitions)


def _of_rows(tree: MeanTree, a: int, b: int) -> Parts:
    pairs = tree.pairs([a], [b])
    own = tree.counts[a], tree.counts[b]
    return _natural(tree, (pairs.first, pairs.second), own, pairs.weights, pairs.differences)


def _of_median(scored: Scored, tree: MeanTree, row: int) -> Parts:
    """Return the parts of a score against the profile of medians, with the weights of a row without gaps."""
    median = median_profile(scored, row)
    of_row = tree.take([row])
    base = of_row.of_indicators({name: np.array([value]) for name, value in median.values.items()})
    names = [place.part.id for place in tree.places]
    own = tree.counts[row], np.array([name in median.counted for name in names])
    pair = of_row.implied, base
    return _natural(tree, pair, own, of_row.nominal, of_row.differences(*pair))


def _natural(
    tree: MeanTree, pair: tuple[Profiles, Profiles], own: tuple[Flags, Flags], weights: Array, gap: Differences
) -> Parts:
    """Return the parts of one gap, given what counts for each of the two, by place."""
    places = tree.leaves
    counts = own[0] | own[1]
    out = [not counts[numbers].any() for numbers in places.values()]
    a, b = (
        np.where(out, np.nan, [profiles.components[0, numbers[0]] for numbers in places.values()]) for profiles in pair
    )
    parts, of_weights = tree.by_indicator(gap.parts), tree.by_indicator(weights)
    nodes: dict[str, float] = {}
    for mean in tree.means[1:]:
        node = tree.places[mean.place].part.id
        nodes[node] = nodes.get(node, 0.0) + float(gap.parts[0, mean.place])
    first, second = (float(profiles.components[0, 0]) for profiles in pair)
    size = max(abs(first), abs(second))
    rest = {"rounding": gap.rounding[0], "scale": gap.scale[0], "weights": gap.weights[0]}
    return Parts(
        "natural",
        tuple(places),
        a,
        b,
        _implied(places, counts, own[0]),
        _implied(places, counts, own[1]),
        np.array([of_weights[name][0] for name in places]),
        np.array([parts[name][0] for name in places]),
        nodes,
        (first, second),
        {name: float(part) for name, part in rest.items() if abs(part) > _NOISE * size},
    )


def _implied(places: Mapping[str, list[int]], counts: Flags, own: Flags) -> frozenset[str]:
    """Return the indicators that count for one of a pair, and not for this one."""
    return frozenset(name for name, numbers in places.items() if counts[numbers].any() and not own[numbers].any())


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
        errors=coalitions.errors,
        orders=coalitions.orders,
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
