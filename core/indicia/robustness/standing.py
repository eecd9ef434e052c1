"""Where units stand over many draws: ranks, and what they say together.

Ranks have shape (draws, n), 1 is the best, and NaN says that a unit has none in a draw. They may be small numbers, such
as `exact` names, since there may be millions of draws: whatever is summed here is summed in full precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from indicia.errors import DataError, DefinitionError, suggest
from indicia.tables.noise import NOISE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]

Ties: TypeAlias = Literal["min", "max", "average", "dense"]

_CELLS = 1 << 20
"""The most numbers that a step holds at once."""
_COUNTED = 255
"""The most draws that a byte counts."""


@dataclass(frozen=True)
class Standing:
    """What the ranks of each unit, shape (n,), have in common; NaN for a unit without a rank in any draw."""

    mean: Array
    median: Array
    lower: Array
    upper: Array
    ranked: Array
    """The share of draws in which the unit has a rank."""


def ranks(scores: Array, ties: Ties = "min", *, low_is_best: bool = False, positive: bool = False) -> Array:
    """Rank the scores (draws, n) of each draw, 1 the best; what has no score has no rank.

    Scores are equal where no gap above the noise of arithmetic, a share of the largest of the draw, parts them; where
    they are made of `positive` values and all of a draw are above 0, a share of each other. `ties` is the rank that
    equal scores share: the lowest of their places, the highest, the mean, or the next number (dense). DataError where a
    score is infinite.

    >>> ranks(np.array([[0.3, 0.1 + 0.2, np.nan, 0.2]])).tolist()
    [[1.0, 1.0, nan, 3.0]]
    """
    if ties not in _TIES:
        raise DefinitionError(f'unknown rank of ties "{ties}"', remedy=suggest(ties, _TIES))
    found = np.empty(scores.shape)
    for some in _portions(scores):
        found[some] = _ranked(scores[some], _TIES[ties], low_is_best, positive)
    return found


def exact(units: int) -> type[np.floating[Any]]:
    """Return the smallest numbers that hold the ranks of so many units, and what lies half way, exactly.

    >>> exact(51), exact(10_000)
    (<class 'numpy.float16'>, <class 'numpy.float32'>)
    """
    return next(kind for kind in (np.float16, np.float32, np.float64) if 2 * units <= 2 / np.finfo(kind).eps)


def standing(ranks: Array, *, interval: tuple[float, float] = (0.05, 0.95)) -> Standing:
    """Return mean and median rank of each unit, and the quantiles between which its ranks lie.

    Quantiles are linear between order statistics (R's type 7), over the draws in which the unit has a rank.

    >>> standing(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]])).median.tolist()
    [1.0, 2.0]
    """
    lower, upper = interval
    if not 0 <= lower <= upper <= 1:
        raise DefinitionError(f"[{lower:g}, {upper:g}] is no interval of quantiles", remedy="interval = [0.05, 0.95]")
    _check_draws(ranks)
    draws, units = ranks.shape
    ranked = np.zeros(units)
    mean = np.zeros(units)
    for some in _portions(ranks):
        ranked += np.isfinite(ranks[some]).sum(axis=0)
        mean += np.nansum(ranks[some], axis=0, dtype=float)
    with np.errstate(invalid="ignore"):
        mean /= ranked
    at = np.full((3, units), np.nan)
    for some in _portions(ranks.T):
        at[:, some] = _quantiles(ranks.T[some].astype(float), [lower, 0.5, upper])
    return Standing(mean, at[1], at[0], at[2], ranked / draws)


def acceptability(ranks: Array, bounds: Sequence[int] | None = None) -> Array:
    """Return the share of draws in which a unit has a rank, shape (n, number of bounds).

    `bounds` are the last ranks of bands, each of which begins after the one before: [1, 3, 10] asks for ranks 1, 2 to
    3, and 4 to 10; every rank by itself if left out, where a shared rank between two counts with the lower. Rows sum to
    1 where the bounds leave out no rank and the unit always has one; columns need not, because of ties.

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
    for some in _portions(ranks):
        beyond = np.where(np.isfinite(ranks[some]), ranks[some].astype(float), np.inf)
        if bounds is None:
            band = np.minimum(np.ceil(beyond) - 1, units).astype(np.int64)
        else:
            band = np.searchsorted(last, beyond)
        counts += np.bincount((band + bands * np.arange(units)).ravel(), minlength=len(counts))
    shares: Array = counts.reshape(units, bands)[:, :-1] / draws
    return shares


def top(ranks: Array, k: int) -> Array:
    """Return the probability of each unit (n,) to be among the first k; without a rank it is not.

    >>> top(np.array([[1.0, 2.0], [1.0, 1.0]]), 1).tolist()
    [1.0, 0.5]
    """
    return acceptability(ranks, [k])[:, 0]


def pairwise(ranks: Array, of: Whole | None = None) -> Array:
    """Return the probability that a unit stands above another, over draws in which both have ranks; ties count half.

    Shape (n, n), or (m, n) for the m units that `of` numbers; NaN for two units of which one or the other never has a
    rank.

    >>> pairwise(np.array([[1.0, 2.0], [1.0, 1.0]])).tolist()
    [[0.5, 0.75], [0.25, 0.5]]
    """
    _check_draws(ranks)
    draws, units = ranks.shape
    if of is not None:
        found = [_ahead(ranks, np.array([one]), slice(None)) for one in of]
        return np.array(found).reshape(len(of), units)
    wins = np.zeros((units, units), dtype=np.int64)
    width = max(1, _CELLS // (units * min(draws, _COUNTED)))
    for start in range(0, draws, _COUNTED):
        some = ranks[start : start + _COUNTED].astype(np.float32)  # exact for ranks and their halves
        for first in range(0, units, width):
            ahead = some[:, first : first + width, None] < some[:, None]
            wins[first : first + width] += np.add.reduce(ahead.view(np.uint8), axis=0, dtype=np.uint8)
    known = np.isfinite(ranks)
    both = np.full((units, units), float(draws)) if known.all() else _met(known)
    with np.errstate(invalid="ignore"):
        share: Array = (both + wins - wins.T) / (2 * both)
    return share


def above(ranks: Array, first: Whole, second: Whole) -> Array:
    """Return the probability that each unit of `first` (m,) stands above the one of `second` (m,), shape (m,).

    As `pairwise`, for the pairs that are asked for.

    >>> above(np.array([[1.0, 2.0], [1.0, 1.0]]), np.array([0]), np.array([1])).tolist()
    [0.75]
    """
    _check_draws(ranks)
    return _ahead(ranks, first, second)


def tiers(ranks: Array, nominal: Array, names: Sequence[str], *, certainty: float = 0.95) -> tuple[Whole, Array]:
    """Return the tier of each unit (n,), 1 the best, and the probability that its predecessor stands above it (n,).

    Units come by nominal rank, ties by name, and a new tier begins where a unit stands below the one before it with a
    probability of at least `certainty`. So neighbours in one tier cannot be told apart, while units at its ends may
    well be. A unit without a nominal rank is in tier 0; the first has no predecessor, and NaN.

    >>> tiers(np.array([[1.0, 2.0, 3.0], [1.0, 3.0, 2.0]]), np.array([1.0, 2.0, 3.0]), ["Oslo", "Lima", "Pune"])
    (array([1, 2, 2]), array([nan, 1. , 0.5]))
    """
    if not 0.5 < certainty <= 1:
        raise DefinitionError(f"a certainty of {certainty:g} is not above 0.5 and up to 1", remedy="certainty = 0.95")
    order = np.lexsort((np.asarray(names, dtype=str), nominal))
    order = order[np.isfinite(nominal[order])]
    chance = above(ranks, order[:-1], order[1:])
    tier, before = np.zeros(len(nominal), dtype=np.int64), np.full(len(nominal), np.nan)
    tier[order] = 1 + np.append(0, (chance >= certainty).cumsum())[: len(order)]
    before[order[1:]] = chance
    return tier, before


def average_shift(ranks: Array, nominal: Array) -> Array:
    """Return how many ranks units are away from their nominal ones, in the mean, for each draw (draws,).

    Over units with both ranks; NaN for a draw in which there is none.

    Source: Saisana, Saltelli & Tarantola (2005), Journal of the Royal Statistical Society A 168(2).

    >>> average_shift(np.array([[1.0, 2.0], [2.0, 1.0]]), np.array([1.0, 2.0])).tolist()
    [0.0, 1.0]
    """
    shift = np.empty(len(ranks))
    for some in _portions(ranks):
        away = np.abs(ranks[some].astype(float) - nominal)
        known = np.isfinite(away)
        with np.errstate(invalid="ignore"):
            shift[some] = np.where(known, away, 0.0).sum(axis=1) / known.sum(axis=1)
    return shift


def _ranked(scores: Array, shared: Callable[[Array], Array], low_is_best: bool, positive: bool) -> Array:
    known = ~np.isnan(scores)
    if np.isinf(scores).any():
        raise DataError("a score is infinite", remedy="look at the scores of the draws before ranking them")
    values, size = scores, np.abs(scores).max(axis=1, initial=0.0, where=known)
    if positive:
        ratios = np.where(known, scores, 1.0).min(axis=1, initial=np.inf) > 0
        values = values.copy()
        values[ratios] = np.log(values[ratios])
        size = np.where(ratios, 1.0, size)
    order = np.argsort(values if low_is_best else -values, axis=1)  # NaN comes last
    ordered = np.take_along_axis(values, order, axis=1)
    parted = np.ones(scores.shape, dtype=bool)
    parted[:, 1:] = ~(np.abs(np.diff(ordered, axis=1)) <= NOISE * size[:, None])
    found = np.empty(scores.shape)
    np.put_along_axis(found, order, shared(parted), axis=1)
    found[~known] = np.nan
    return found


def _first(parted: Array) -> Array:
    places = np.arange(1.0, parted.shape[1] + 1)
    first: Array = np.maximum.accumulate(np.where(parted, places, 0.0), axis=1)
    return first


def _last(parted: Array) -> Array:
    units = parted.shape[1]
    ends = np.ones(parted.shape, dtype=bool)
    ends[:, :-1] = parted[:, 1:]
    places = np.where(ends, np.arange(1.0, units + 1), units)
    last: Array = np.minimum.accumulate(places[:, ::-1], axis=1)[:, ::-1]
    return last


def _middle(parted: Array) -> Array:
    return (_first(parted) + _last(parted)) / 2


def _number(parted: Array) -> Array:
    return parted.cumsum(axis=1).astype(float)


_TIES = {"min": _first, "max": _last, "average": _middle, "dense": _number}


def _quantiles(columns: Array, at: list[float]) -> Array:
    """Return quantiles of each row, of what is no NaN, shape (number of quantiles, rows)."""
    known = np.isfinite(columns)
    whole = known.all(axis=1)
    found = np.full((len(at), len(columns)), np.nan)
    if whole.any():
        found[:, whole] = np.quantile(columns[whole], at, axis=1)
    for row in np.flatnonzero(~whole & known.any(axis=1)):
        found[:, row] = np.quantile(columns[row][known[row]], at)
    return found


def _ahead(ranks: Array, units: Whole, others: Whole | slice) -> Array:
    """Return the share of draws in which the first of two is ahead, over those in which both have ranks."""
    won, lost, both = (np.zeros(1, dtype=np.int64) for _ in range(3))
    for some in _portions(ranks):
        here = ranks[some].astype(float)
        first, second = here[:, units], here[:, others]
        ahead, behind = (first < second).sum(axis=0), (first > second).sum(axis=0)
        won, lost, both = won + ahead, lost + behind, both + ahead + behind + (first == second).sum(axis=0)
    with np.errstate(invalid="ignore"):
        share: Array = (both + won - lost) / (2 * both)
    return share


def _met(known: npt.NDArray[np.bool_]) -> Array:
    """Return in how many draws both units of each pair have ranks."""
    units = known.shape[1]
    both = np.zeros((units, units))
    for some in _portions(known):
        one = known[some].astype(float)
        both += one.T @ one
    return both


def _portions(table: npt.NDArray[np.generic]) -> Iterator[slice]:
    """Cut the rows of a table so that a step stays within memory."""
    rows, columns = table.shape
    step = max(1, _CELLS // max(columns, 1))
    for start in range(0, rows, step):
        yield slice(start, start + step)


def _check_draws(ranks: Array) -> None:
    if not len(ranks):
        raise DataError("there is no draw to look at", remedy="draws = 1_000")
