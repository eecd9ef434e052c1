"""Further results of ELECTRE: concordance, discordance and credibility of pairs, and the steps of a distillation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import Array, pair_table
from indicia.methods.contract import check_pairs
from indicia_methods.aggregation.concordance import ROUNDING, Distillation, credibilities, indices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Integers, Mask, Words


def pairs_of_indices(
    columns: Array, weights: Array, relate: Callable[[Array, Array, Array], Mapping[str, Mask]], units: Sequence[str]
) -> DetailTable:
    """Return concordance, discordance and the relations made of them, of each ordered pair of units."""
    check_pairs(len(units))
    concordance, discordance, balance = indices(columns, columns, weights)
    relations = relate(concordance, discordance, balance)
    if len(relations) == 1:
        outranks: Mask | Words = relations["outranks"]
    else:  # a strong outranking is a weak one too
        words = np.select([relations["strong"], relations["weak"]], ["strongly", "weakly"], "no")
        outranks = words.astype(object)
    return pair_table(units, concordance=concordance, discordance=discordance, outranks=outranks)


def pairs_of_credibilities(
    columns: Array, weights: Array, thresholds: Array, ranks: Sequence[Integers], units: Sequence[str]
) -> DetailTable:
    """Return concordance, credibility and the relation by the ranks of both distillations, of each ordered pair."""
    check_pairs(len(units))
    better = np.logical_and.reduce([of_units[:, None] <= of_units for of_units in ranks])
    relation = np.select([better & better.T, better, better.T], ["I", "P", "P-"], "R")
    return pair_table(
        units,
        concordance=credibilities(columns, columns, weights, _without_veto(thresholds)),
        credibility=credibilities(columns, columns, weights, thresholds),
        relation=relation.astype(object),
    )


def units_beside_profiles(
    columns: Array, borders: Array, weights: Array, thresholds: Array, cut: float, units: Sequence[str]
) -> DetailTable:
    """Return concordance and credibility in both directions, and the relation, of each unit and each profile."""
    count, no_veto = borders.shape[1], _without_veto(thresholds)
    of_unit = credibilities(columns, borders, weights, thresholds)
    of_profile = credibilities(borders, columns, weights, thresholds).T
    outranks, is_outranked = (credibility >= cut - ROUNDING for credibility in (of_unit, of_profile))
    relation = np.select([outranks & is_outranked, outranks, is_outranked], ["I", ">", "<"], "R")
    return {
        "unit": np.repeat(np.array(units, dtype=object), count),
        "profile": np.tile(np.arange(1, count + 1), len(units)),
        "concordance": credibilities(columns, borders, weights, no_veto).ravel(),
        "credibility": of_unit.ravel(),
        "concordance_of_profile": credibilities(borders, columns, weights, no_veto).T.ravel(),
        "credibility_of_profile": of_profile.ravel(),
        "relation": relation.astype(object).ravel(),
    }


def steps(distillation: Distillation, units: Sequence[str]) -> DetailTable:
    """Return the qualification of each unit in each step of both distillations."""
    check_pairs(len(units))
    recorded: list[tuple[int, float, float, Integers, Integers]] = []
    distillation.ranks(best=True, record=lambda *step: recorded.append(step))
    descending = len(recorded)
    distillation.ranks(best=False, record=lambda *step: recorded.append(step))
    ranks, levels, cuts, places, qualifications = zip(*recorded, strict=True) if recorded else ((),) * 5
    sizes = [len(compared) for compared in places]
    words = ["descending"] * descending + ["ascending"] * (len(recorded) - descending)
    return {
        "distillation": np.repeat(np.array(words, dtype=object), sizes),
        "rank": np.repeat(ranks, sizes),
        "level": np.repeat(levels, sizes),
        "cut": np.repeat(cuts, sizes),
        "unit": np.array(units, dtype=object)[np.concatenate(places)] if recorded else [],
        "qualification": np.concatenate(qualifications) if recorded else [],
    }


def _without_veto(thresholds: Array) -> Array:
    return np.vstack([thresholds[:2], np.full((1, thresholds.shape[1]), np.inf)])
