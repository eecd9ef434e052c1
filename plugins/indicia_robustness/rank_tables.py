"""Tables of the robustness of a set of rankings: how far ranks spread, how open the order is, memberships, and SMAA."""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log, log2
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data import with_figures
from indicia.errors import DataError
from indicia_robustness.modes import degrees_of_confidence, score_modes
from indicia_robustness.rank_distribution import acceptability, rank_statistics

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

WIDTH = 0.1
"""The width of the band around a mode as a share of the range of all scores."""


def stability_table(units: pl.DataFrame, ranks: Array, reference: Array | None) -> pl.DataFrame:
    """Return the spread of the ranks (rankings, units) of each unit, and the place of its reference rank in it."""
    ranks = ranks.astype(float)
    reference = np.full(ranks.shape[1], np.nan) if reference is None else reference
    best, worst = ends_of_ranks(ranks)
    figures = {
        "rank": reference,
        "best": best,
        "median": rank_statistics(ranks).median,
        "worst": worst,
        "stability": rank_stability(ranks),
        "balance": balance_point(ranks, reference),
    }
    frame = with_figures(units, (pl.Series(name, values, nan_to_null=True) for name, values in figures.items()))
    return frame.sort("rank", units.columns[0], nulls_last=True)


def entropy_table(ranks: Array) -> pl.DataFrame:
    """Return the entropy of the first unit and of the whole ranking, in bits and as a share of the largest."""
    found = entropies(ranks.astype(float))
    return pl.DataFrame(
        {
            "of": ["first unit", "ranking"],
            "bits": [found.choice, found.ranking],
            "share": [found.choice_share, found.ranking_share],
        }
    )


def fuzzy_table(units: pl.DataFrame, ranks: Array) -> pl.DataFrame:
    """Return the membership of each unit in each rank: its acceptability divided by its largest one."""
    shares = fuzzy_ranks(acceptability(ranks), "unit")
    return with_figures(units, (pl.Series(str(place + 1), shares[:, place]) for place in range(shares.shape[1])))


def modes_table(units: pl.DataFrame, scores: Array, width: float | None = None, alpha: float = 0.5) -> pl.DataFrame:
    """Return the most likely score of each unit over draws (draws, units), and the degrees of confidence in it."""
    modes = score_modes(scores)
    band = WIDTH * float(np.nanmax(scores) - np.nanmin(scores)) or 1.0
    found = degrees_of_confidence(scores, modes, band if width is None else width, alpha)
    figures = {"mode": modes, "single": found.single, "cross": found.cross, "confidence": found.aggregate}
    return with_figures(units, (pl.Series(name, values, nan_to_null=True) for name, values in figures.items()))


@dataclass(frozen=True)
class Entropies:
    """The entropies of a set of rankings, in bits, and as shares of the largest possible."""

    choice: float
    """The entropy of the unit that is first."""
    choice_share: float
    ranking: float
    """The entropy of the whole ranking."""
    ranking_share: float


def rank_stability(ranks: Array, units: int | None = None) -> Array:
    """Return 1 less the share of all places over which the ranks of each unit (n,) spread.

    RS = (n - 1 - (worst - best)) / (n - 1): 1 for a unit that keeps one place, 0 for a unit that has both the first and
    the last. `units` is the number of units if the columns are some of them.

    Source: Paradowski (2025), Procedia Computer Science 270, ranking stability coefficient.

    >>> rank_stability(np.array([[1.0, 2, 3], [1, 3, 2], [2, 1, 3]])).tolist()
    [0.5, 0.0, 0.5]
    """
    count = ranks.shape[1] if units is None else units
    if count < 2:
        raise DataError("the stability of ranks needs at least two units", remedy="rank more units")
    best, worst = ends_of_ranks(ranks)
    return (count - 1 - (worst - best)) / (count - 1)


def balance_point(ranks: Array, reference: Array) -> Array:
    """Return where the reference rank of each unit (n,) lies between its median rank and its extremes, from -1 to 1.

    0 is the median, -1 the best rank or a better one, 1 the worst or a worse one; NaN for a unit that always has the
    reference rank.

    Source: Paradowski (2025), Procedia Computer Science 270, balance point coefficient.

    >>> balance_point(np.array([[1.0, 2, 3], [2, 1, 3], [3, 2, 1]]), np.array([1.0, 2, 3])).tolist()
    [-1.0, 0.0, 0.0]
    """
    best, worst = ends_of_ranks(ranks)
    median = _median(ranks)
    offset = reference - median
    room = np.where(offset > 0, worst - median, median - best)
    with np.errstate(divide="ignore", invalid="ignore"):
        result = np.where(room > 0, offset / room, np.sign(offset))
    result = np.where(offset == 0, np.where(worst == best, np.nan, 0.0), result)
    return np.clip(result, -1.0, 1.0)


def entropies(ranks: Array) -> Entropies:
    """Return how much a set of rankings leaves open: which unit is first, and the whole order.

    H = -Σ p log2 p, over the shares of rankings in which a unit is first, and over the shares of different rankings.
    The largest possible are log2 n and log2 n!. Shares of first ranks are counted as they are, also if several units
    share the first rank. Few rankings of many units underestimate the entropy of the ranking.

    Source: Shannon (1948), Bell System Technical Journal 27.

    >>> found = entropies(np.array([[1.0, 2, 3], [1, 3, 2], [1, 2, 3], [1, 3, 2]]))
    >>> found.choice, found.ranking
    (0.0, 1.0)
    """
    if not len(ranks):
        raise DataError("there are no rankings", remedy="a row for each ranking")
    units = ranks.shape[1]
    _, counts = np.unique(np.nan_to_num(ranks, nan=0.0), axis=0, return_counts=True)
    choice, ranking = _entropy((ranks == 1).mean(axis=0)), _entropy(counts / len(ranks))
    most_choice, most_ranking = log2(units) if units else 0.0, lgamma(units + 1) / log(2)
    return Entropies(
        choice,
        choice / most_choice if most_choice else 0.0,
        ranking,
        ranking / most_ranking if most_ranking else 0.0,
    )


def fuzzy_ranks(acceptability: Array, by: str) -> Array:
    """Return acceptabilities (n, ranks) as memberships: divided by the largest of each unit, or of each rank.

    >>> fuzzy_ranks(np.array([[0.5, 0.25], [0.25, 0.75]]), "unit").round(3).tolist()
    [[1.0, 0.5], [0.333, 1.0]]
    """
    largest = acceptability.max(axis=1 if by == "unit" else 0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(largest > 0, acceptability / largest, 0.0))


def ends_of_ranks(ranks: Array) -> tuple[Array, Array]:
    """Return the best and the worst rank of each unit (n,); NaN for a unit without a rank."""
    return np.fmin.reduce(ranks, axis=0), np.fmax.reduce(ranks, axis=0)


def _median(ranks: Array) -> Array:
    ranked = np.isfinite(ranks).any(axis=0)
    result = np.full(ranks.shape[1], np.nan)
    result[ranked] = np.nanmedian(ranks[:, ranked], axis=0)
    return result


def _entropy(shares: Array) -> float:
    """Return -Σ p log2 p."""
    positive = shares[shares > 0]
    return float(-(positive * np.log2(positive)).sum()) + 0.0


_CELLS = 1 << 20
"""The largest number of values in a batch."""


def central_weights(weights: Array, ranks: Array) -> Array:
    """Return the mean of the weights with which each unit is first, shape (n, k); NaN for a unit that never is first.

    `weights` (draws, k) are the weights of the `ranks` (draws, n). Units that share the best rank are all first.

    >>> central_weights(np.array([[0.8, 0.2], [0.6, 0.4], [0.1, 0.9]]), np.array([[1, 2], [1, 2], [2, 1.0]])).round(2)
    array([[0.7, 0.3],
           [0.1, 0.9]])
    """
    units = ranks.shape[1]
    sums, counts = np.zeros((units, weights.shape[1])), np.zeros(units)
    step = max(1, _CELLS // max(units, 1))
    for start in range(0, len(ranks), step):
        batch = slice(start, start + step)
        first = _first(ranks[batch]).astype(float)
        sums += first.T @ weights[batch]
        counts += first.sum(axis=0)
    with np.errstate(invalid="ignore"):
        central: Array = sums / counts[:, None]
    return central


def _first(ranks: Array) -> npt.NDArray[np.bool_]:
    best = np.where(np.isnan(ranks), np.inf, ranks).min(axis=1, keepdims=True)
    first: npt.NDArray[np.bool_] = ranks == best
    return first
