"""The four causes of a move between two editions: Shapley values over sixteen runs, and their ranges over orders."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia_editions.scenarios import CAUSES, Scenarios

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from indicia.methods import Array
    from indicia_editions.edition import Edition

ORDERS = tuple(permutations(range(len(CAUSES))))
"""The 24 orders in which the causes can be switched from old to new."""
CONTEXTS = {
    others: factorial(sum(others)) * factorial(len(others) - sum(others)) / factorial(len(CAUSES))
    for others in product((0, 1), repeat=len(CAUSES) - 1)
}
"""The share of the orders in which a cause is switched while the other three have these bits; the shares sum to 1."""


@dataclass(frozen=True)
class Division:
    """A move, divided into the parts of causes; each array has the shape (causes, units)."""

    shapley: Array
    """The mean over all orders: the parts add up to the move, and a cause that changes nothing has 0."""
    first: Array
    """The part if the cause is switched alone from the old edition (Laspeyres)."""
    last: Array
    """The part if the cause is switched last (Paasche)."""
    lowest: Array
    highest: Array
    """The range over the orders; where the ends differ in sign, the part depends on the order."""


def divide(values: Array) -> Division:
    """Divide the move of units into own data, others' data, method and sample, and own + others as "data".

    Parameters
    ----------
    values : (2, 2, 2, 2, units) array
        The figure of each unit in the sixteen runs, by own, others, method and sample.

    Returns
    -------
    Division
        Arrays of shape (5, units): own, others, method, sample, data.

    Notes
    -----
    φ_c = mean over the 24 orders of v(causes up to c) - v(causes before c). Source: Shapley 1953; Shorrocks 2013.
    """
    parts = np.stack([_of_order(values, order) for order in ORDERS])
    parts = np.concatenate([parts, parts[:, :1] + parts[:, 1:2]], axis=1)
    old, new = values[0, 0, 0, 0], values[1, 1, 1, 1]
    switched = [*((cause,) for cause in range(len(CAUSES))), (0, 1)]
    first = np.stack([values[_bits(causes)] - old for causes in switched])
    last = np.stack([new - values[_bits(set(range(len(CAUSES))) - set(causes))] for causes in switched])
    shapley = parts.mean(axis=0)
    return Division(shapley, first, last, parts.min(axis=0), parts.max(axis=0))


def _of_order(values: Array, order: Sequence[int]) -> Array:
    """Return the parts of the causes if they are switched in this order, (causes, units)."""
    parts, bits = np.empty((len(CAUSES), values.shape[-1])), [0] * len(CAUSES)
    before = values[0, 0, 0, 0]
    for cause in order:
        bits[cause] = 1
        after = values[tuple(bits)]
        parts[cause], before = after - before, after
    return parts


def _bits(switched: Collection[int]) -> tuple[int, ...]:
    """Return the bits of a scenario in which these causes are new."""
    return tuple(int(cause in switched) for cause in range(len(CAUSES)))


def causes_of(old: Edition, new: Edition, units: Sequence[str] | None = None) -> pl.DataFrame:
    """Divide the moves of many units between two editions.

    Parameters
    ----------
    old, new : Edition
        The editions.
    units : sequence of str, optional
        The units, which both editions have; by default all such units.

    Returns
    -------
    DataFrame
        A row for each unit: `unit`, `score_own`, `score_others`, `score_method`, `score_sample` (points of the
        unrounded score, new - old), and `rank_own`, `rank_others`, `rank_method`, `rank_sample` (ranks, new - old: a
        climb is negative). Null for a unit without a score, or without a rank, in one of the sixteen runs.

    Raises
    ------
    IndiciaError
        If a method cannot score the data of the other edition, or no unit has a score in one of the runs.

    Notes
    -----
    If the method scores each row alone (fixed bounds, a fitted index), the time is that of four runs. Else each unit
    needs eight runs of all rows, which are computed in batches.
    """
    scenarios = Scenarios.of(old, new, units)
    for bits, error in scenarios.errors.items():
        if np.isnan(scenarios.scores[bits]).all():  # one reason for all units is no matter of a single unit
            raise error
    columns = [pl.Series("unit", scenarios.units, pl.String)]
    for what, values in (("score", scenarios.scores), ("rank", scenarios.ranks)):
        parts = divide(values).shapley
        columns += [
            pl.Series(f"{what}_{cause}", part, nan_to_null=True) for cause, part in zip(CAUSES, parts, strict=False)
        ]
    return pl.DataFrame(columns)


def totals_of(causes: pl.DataFrame) -> pl.DataFrame:
    """Return the sums of the causes over units."""
    rows = []
    for what in ("score", "rank"):
        parts = {cause: causes[f"{what}_{cause}"].drop_nulls() for cause in CAUSES}
        total = sum(float(part.abs().sum()) for part in parts.values())
        for cause, part in parts.items():
            absolute = float(part.abs().sum())
            share = absolute / total if total else None
            rows.append((what, cause, float(part.sum()), part.mean(), absolute, part.abs().mean(), share))
    names = ("sum", "mean", "sum_absolute", "mean_absolute", "share")
    schema = {"what": pl.String, "cause": pl.String, **dict.fromkeys(names, pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row")
