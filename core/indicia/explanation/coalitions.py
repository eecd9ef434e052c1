"""Shapley and Owen values of the difference between two profiles, for any score of single units.

The value of a set of indicators is the score of the profile that has the values of one unit in these indicators, and
those of the other unit in all others. Statistics, weights and ideal points are those of the run: the profile joins no
sample. Hence the parts add to the difference, and an indicator without a difference has no part.

Source: Shorrocks (2013), Journal of Economic Inequality 11, for decompositions by the Shapley value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia.errors import DataError, DefinitionError, IndiciaError
from indicia.explanation.owen_structure import has_levels, structure_of
from indicia.explanation.pairs import pair_of
from indicia.explanation.profile_scores import ProfileScorer
from indicia.robustness.sampling import generator
from indicia.statistics.shapley import PartValues, fits, owen_values, sampled_values

if TYPE_CHECKING:
    from indicia.explanation.pairs import Pair, Profile
    from indicia.methods import Array
    from indicia.run import Scored
    from indicia.statistics.shapley import Masks, Structure

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
