"""The distribution of the ranks of units over many draws.

Ranks have shape (draws, n); 1 is the best, and NaN marks a unit without a rank in a draw. Their type may be the
small one of `exact_type`, which saves memory for millions of draws. Sums have full precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from indicia.errors import DataError, DefinitionError, suggest
from indicia.methods.noise import NOISE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]

Ties: TypeAlias = Literal["min", "max", "average", "dense"]

_CELLS = 1 << 20
"""The largest number of values that a step holds."""
_MAX_BYTE = 255
"""The largest count that a byte holds."""


@dataclass(frozen=True)
class RankStatistics:
    """Statistics of the ranks of each unit, shape (n,); NaN for a unit without a rank in any draw."""

    mean: Array
    median: Array
    lower: Array
    upper: Array
    ranked: Array
    """The share of draws in which the unit has a rank."""


def ranks(scores: Array, ties: Ties = "min", *, lowest_first: bool = False, positive: bool = False) -> Array:
    """Rank the scores (draws, n) of each draw; a unit without a score has no rank.

    The highest score has rank 1, or with `lowest_first` the lowest. Two neighbouring scores are equal if their gap is
    within rounding noise, which is relative to the largest score of the draw. For scores of `positive` values that are
    all above 0, the noise is relative to the scores themselves. `ties` is the rank that equal scores share: the lowest
    of their places, the highest, the mean, or the next number (dense). DataError for an infinite score.

    >>> ranks(np.array([[0.3, 0.1 + 0.2, np.nan, 0.2]])).tolist()
    [[1.0, 1.0, nan, 3.0]]
    """
    if ties not in _TIES:
        raise DefinitionError(f'unknown rank of ties "{ties}"', remedy=suggest(ties, _TIES))
    result = np.empty(scores.shape)
    for portion in portions(scores):
        result[portion] = _rank(scores[portion], _TIES[ties], lowest_first, positive)
    return result


def exact_type(units: int) -> type[np.floating[Any]]:
    """Return the smallest type that holds ranks up to `units`, and halves of ranks, exactly.

    >>> exact_type(51), exact_type(33_755)
    (<class 'numpy.float16'>, <class 'numpy.float32'>)
    """
    # float(): a comparison in float16 would overflow
    return next(kind for kind in (np.float16, np.float32, np.float64) if units <= 1 / float(np.finfo(kind).eps))


def rank_statistics(ranks: Array, *, interval: tuple[float, float] = (0.05, 0.95)) -> RankStatistics:
    """Return the mean and the median rank of each unit, and an interval of its ranks.

    Quantiles are linear between order statistics (R's type 7), over the draws in which the unit has a rank.

    >>> rank_statistics(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]])).median.tolist()
    [1.0, 2.0]
    """
    lower, upper = interval
    if not 0 <= lower <= upper <= 1:
        raise DefinitionError(f"[{lower:g}, {upper:g}] is no interval of quantiles", remedy="interval = [0.05, 0.95]")
    _check_draws(ranks)
    draws, units = ranks.shape
    ranked = np.zeros(units)
    mean = np.zeros(units)
    for portion in portions(ranks):
        ranked += np.isfinite(ranks[portion]).sum(axis=0)
        mean += np.nansum(ranks[portion], axis=0, dtype=float)
    with np.errstate(invalid="ignore"):
        mean /= ranked
    quantiles = np.full((3, units), np.nan)
    for portion in portions(ranks.T):
        quantiles[:, portion] = _quantiles(ranks.T[portion].astype(float), [lower, 0.5, upper])
    return RankStatistics(mean, quantiles[1], quantiles[0], quantiles[2], ranked / draws)


def acceptability(ranks: Array, bounds: Sequence[int] | None = None) -> Array:
    """Return the share of draws in which a unit has a rank, shape (n, number of bounds).

    `bounds` are the last ranks of consecutive bands: [1, 3, 10] means rank 1, ranks 2 to 3, and ranks 4 to 10. By
    default each rank is a band, and a shared rank such as 1.5 belongs to the band of the worse rank. A row sums to 1 if
    the bands include all ranks and the unit has a rank in every draw. A column may have another sum, because of ties.

    Source: Lahdelma & Salminen (2001), Operations Research 49(3).

    >>> acceptability(np.array([[1.0, 2.0], [1.0, 1.0]])).tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    _check_draws(ranks)
    draws, units = ranks.shape
    last = np.arange(1, units + 1) if bounds is None else np.asarray(bounds)
    if not len(last) or (np.diff(last) <= 0).any() or last[0] < 1:
        raise DefinitionError("the bounds of bands of ranks rise, from 1 up", remedy="such as [1, 3, 10]")
    bands = len(last) + 1
    counts = np.zeros(units * bands, dtype=np.int64)
    for portion in portions(ranks):
        values = np.where(np.isfinite(ranks[portion]), ranks[portion].astype(float), np.inf)
        if bounds is None:
            band = np.minimum(np.ceil(values) - 1, units).astype(np.int64)
        else:
            band = np.searchsorted(last, values)
        counts += np.bincount((band + bands * np.arange(units)).ravel(), minlength=len(counts))
    shares: Array = counts.reshape(units, bands)[:, :-1] / draws
    return shares


def top(ranks: Array, k: int) -> Array:
    """Return the share of all draws in which each unit (n,) has one of the first k ranks.

    >>> top(np.array([[1.0, 2.0], [1.0, 1.0]]), 1).tolist()
    [1.0, 0.5]
    """
    return acceptability(ranks, [k])[:, 0]


def pairwise(ranks: Array, units: Integers | None = None) -> Array:
    """Return the probability that a unit ranks above another, over draws in which both have ranks; ties count half.

    Shape (n, n), or (m, n) if `units` lists the numbers of m units; NaN for two units that never have ranks in the
    same draw.

    >>> pairwise(np.array([[1.0, 2.0], [1.0, 1.0]])).tolist()
    [[0.5, 0.75], [0.25, 0.5]]
    """
    _check_draws(ranks)
    draws, count = ranks.shape
    if units is not None:
        rows = [_share_ahead(ranks, np.array([unit]), slice(None)) for unit in units]
        return np.array(rows).reshape(len(units), count)
    wins = np.zeros((count, count), dtype=np.int64)
    width = max(1, _CELLS // (count * min(draws, _MAX_BYTE)))
    for start in range(0, draws, _MAX_BYTE):
        portion = ranks[start : start + _MAX_BYTE].astype(np.float32)  # exact for ranks and their halves
        for first in range(0, count, width):
            ahead = portion[:, first : first + width, None] < portion[:, None]
            wins[first : first + width] += np.add.reduce(ahead.view(np.uint8), axis=0, dtype=np.uint8)
    ranked = np.isfinite(ranks)
    both = np.full((count, count), float(draws)) if ranked.all() else _draws_with_both(ranked)
    with np.errstate(invalid="ignore"):
        share: Array = (both + wins - wins.T) / (2 * both)
    return share


def above(ranks: Array, first: Integers, second: Integers) -> Array:
    """Return the probability that each unit of `first` (m,) ranks above its partner in `second` (m,), shape (m,).

    The probabilities equal those of `pairwise`, and are computed for these pairs only.

    >>> above(np.array([[1.0, 2.0], [1.0, 1.0]]), np.array([0]), np.array([1])).tolist()
    [0.75]
    """
    _check_draws(ranks)
    return _share_ahead(ranks, first, second)


def above_next(ranks: Array, order: Integers, count: int) -> Array:
    """Return the probability that the units before a unit in an order rank above it, shape (units in order, count).

    Column 0 is for the unit directly before. The probabilities equal those of `pairwise`; NaN for no unit.

    >>> above_next(np.array([[1.0, 2.0], [1.0, 1.0]]), np.array([0, 1]), 1).tolist()
    [[nan], [0.75]]
    """
    _check_draws(ranks)
    won, both = np.zeros((2, count, len(order)), dtype=np.int64)
    for portion in portions(ranks):
        ordered = ranks[portion].astype(np.float32)[:, order]  # exact for ranks and their halves
        ranked = np.isfinite(ordered)
        for step in range(1, min(count, len(order) - 1) + 1):
            before, unit = ordered[:, :-step], ordered[:, step:]
            won[step - 1, step:] += (before < unit).sum(axis=0) - (before > unit).sum(axis=0)
            both[step - 1, step:] += (ranked[:, :-step] & ranked[:, step:]).sum(axis=0)
    with np.errstate(invalid="ignore"):
        share: Array = ((both + won) / (2 * both)).T
    return share


def tiers(ranks: Array, nominal: Array, names: Sequence[str], *, certainty: float = 0.95) -> tuple[Integers, Array]:
    """Return the tier of each unit (n,), 1 the best, and the probability that its predecessor ranks above it (n,).

    Units are ordered by nominal rank, ties by name. A new tier begins with a unit that ranks below its predecessor with
    a probability of at least `certainty`. So neighbours within a tier often change places, while the first and the
    last unit of a tier may differ clearly. A unit without a nominal rank is in tier 0. The first unit has no
    predecessor, and NaN.

    >>> tiers(np.array([[1.0, 2.0, 3.0], [1.0, 3.0, 2.0]]), np.array([1.0, 2.0, 3.0]), ["Oslo", "Lima", "Pune"])
    (array([1, 2, 2]), array([nan, 1. , 0.5]))
    """
    if not 0.5 < certainty <= 1:
        raise DefinitionError(f"a certainty of {certainty:g} is not above 0.5 and up to 1", remedy="certainty = 0.95")
    order = np.lexsort((np.asarray(names, dtype=str), nominal))
    order = order[np.isfinite(nominal[order])]
    chance = above(ranks, order[:-1], order[1:])
    tier, share_above = np.zeros(len(nominal), dtype=np.int64), np.full(len(nominal), np.nan)
    tier[order] = 1 + np.append(0, (chance >= certainty).cumsum())[: len(order)]
    share_above[order[1:]] = chance
    return tier, share_above


def average_shift(ranks: Array, nominal: Array) -> Array:
    """Return the mean absolute difference between drawn and nominal ranks for each draw (draws,).

    The mean is over units that have both ranks; NaN for a draw without such a unit.

    Source: Saisana, Saltelli & Tarantola (2005), Journal of the Royal Statistical Society A 168(2).

    >>> average_shift(np.array([[1.0, 2.0], [2.0, 1.0]]), np.array([1.0, 2.0])).tolist()
    [0.0, 1.0]
    """
    shift = np.empty(len(ranks))
    for portion in portions(ranks):
        distance = np.abs(ranks[portion].astype(float) - nominal)
        ranked = np.isfinite(distance)
        with np.errstate(invalid="ignore"):
            shift[portion] = np.where(ranked, distance, 0.0).sum(axis=1) / ranked.sum(axis=1)
    return shift


def _rank(scores: Array, shared_rank: Callable[[Array], Array], lowest_first: bool, positive: bool) -> Array:
    scored = ~np.isnan(scores)
    if np.isinf(scores).any():
        raise DataError("a score is infinite", remedy="look at the scores of the draws before ranking them")
    values, size = scores, np.abs(scores).max(axis=1, initial=0.0, where=scored)
    if positive:
        has_ratios = np.where(scored, scores, 1.0).min(axis=1, initial=np.inf) > 0
        values = values.copy()
        values[has_ratios] = np.log(values[has_ratios])
        size = np.where(has_ratios, 1.0, size)
    order = np.argsort(values if lowest_first else -values, axis=1)  # NaN comes last in any case
    ordered = np.take_along_axis(values, order, axis=1)
    is_new_rank = np.ones(scores.shape, dtype=bool)
    is_new_rank[:, 1:] = ~(np.abs(np.diff(ordered, axis=1)) <= NOISE * size[:, None])
    result = np.empty(scores.shape)
    np.put_along_axis(result, order, shared_rank(is_new_rank), axis=1)
    result[~scored] = np.nan
    return result


def _lowest(is_new_rank: Array) -> Array:
    places = np.arange(1.0, is_new_rank.shape[1] + 1)
    first: Array = np.maximum.accumulate(np.where(is_new_rank, places, 0.0), axis=1)
    return first


def _highest(is_new_rank: Array) -> Array:
    units = is_new_rank.shape[1]
    ends = np.ones(is_new_rank.shape, dtype=bool)
    ends[:, :-1] = is_new_rank[:, 1:]
    places = np.where(ends, np.arange(1.0, units + 1), units)
    last: Array = np.minimum.accumulate(places[:, ::-1], axis=1)[:, ::-1]
    return last


def _mean(is_new_rank: Array) -> Array:
    return (_lowest(is_new_rank) + _highest(is_new_rank)) / 2


def _next_number(is_new_rank: Array) -> Array:
    return is_new_rank.cumsum(axis=1).astype(float)


_TIES = {"min": _lowest, "max": _highest, "average": _mean, "dense": _next_number}


def _quantiles(columns: Array, shares: list[float]) -> Array:
    """Return quantiles of the values of each row that are not NaN, shape (number of quantiles, rows)."""
    ranked = np.isfinite(columns)
    complete = ranked.all(axis=1)
    result = np.full((len(shares), len(columns)), np.nan)
    if complete.any():
        result[:, complete] = np.quantile(columns[complete], shares, axis=1)
    for row in np.flatnonzero(~complete & ranked.any(axis=1)):
        result[:, row] = np.quantile(columns[row][ranked[row]], shares)
    return result


def _share_ahead(ranks: Array, units: Integers, others: Integers | slice) -> Array:
    """Return the share of draws in which the first unit of a pair is ahead, over draws in which both have ranks."""
    won, lost, both = (np.zeros(1, dtype=np.int64) for _ in range(3))
    for portion in portions(ranks):
        portion_ranks = ranks[portion].astype(float)
        first, second = portion_ranks[:, units], portion_ranks[:, others]
        ahead, behind = (first < second).sum(axis=0), (first > second).sum(axis=0)
        won, lost, both = won + ahead, lost + behind, both + ahead + behind + (first == second).sum(axis=0)
    with np.errstate(invalid="ignore"):
        share: Array = (both + won - lost) / (2 * both)
    return share


def _draws_with_both(ranked: npt.NDArray[np.bool_]) -> Array:
    """Return the number of draws in which both units of each pair have ranks."""
    units = ranked.shape[1]
    both = np.zeros((units, units))
    for portion in portions(ranked):
        is_ranked = ranked[portion].astype(float)
        both += is_ranked.T @ is_ranked
    return both


def portions(table: npt.NDArray[np.generic]) -> Iterator[slice]:
    """Yield slices of rows that are small enough for memory."""
    rows, columns = table.shape
    step = max(1, _CELLS // max(columns, 1))
    for start in range(0, rows, step):
        yield slice(start, start + step)


def _check_draws(ranks: Array) -> None:
    if not len(ranks):
        raise DataError("there are no draws", remedy="draws = 1_000")
