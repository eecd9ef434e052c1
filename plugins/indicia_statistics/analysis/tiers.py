"""Tiers of units with similar scores."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from indicia.methods import Array

    Places = npt.NDArray[np.int64]


@names_its_arguments
def tiers(
    scores: pl.Series,
    by: Literal["natural_breaks", "equal_width", "quantile"] | Sequence[float] = "natural_breaks",
    *,
    count: int = 4,
    low_is_best: bool = False,
) -> pl.Series:
    """Return the tier of each score, 1 the best; a missing score has no tier.

    Equal scores are always in the same tier. Rules are: tiers of equal width; tiers with equal numbers of units,
    between quantiles that are linear between order statistics; or natural breaks, which minimise the sum of squares
    within tiers.

    Source: Fisher (1958), Journal of the American Statistical Association 53; Jenks (1967), International Yearbook of
    Cartography 7.

    Parameters
    ----------
    scores : polars.Series
        The scores.
    by : {"natural_breaks", "equal_width", "quantile"} or sequence of float, default "natural_breaks"
        A rule, or the lowest score of each tier but the last, such as [0.8, 0.7, 0.55] of the Human Development Report.
    count : int, default 4
        The number of tiers of a rule.
    low_is_best : bool, default False
        True for an index of hunger or risk; a list then has the highest score of each tier but the last.

    Returns
    -------
    polars.Series
        The tiers, whole numbers from 1.

    Raises
    ------
    DataError
        For fewer different scores than tiers.
    DefinitionError
        For an unknown rule, or a list that is not in order.

    Examples
    --------
    >>> tiers(pl.Series([0.9, 0.1, None, 0.85, 0.5, 0.45]), count=3).to_list()
    [1, 3, None, 1, 2, 2]
    >>> tiers(pl.Series([0.9, 0.8, 0.79]), [0.8]).to_list()
    [1, 1, 2]
    >>> tiers(pl.Series([9.9, 10.0, 20.1]), [9.9, 19.9], low_is_best=True).to_list()
    [1, 2, 3]
    """
    if low_is_best:
        return tiers(-scores.cast(pl.Float64), by if isinstance(by, str) else [-cut for cut in by], count=count)
    present = scores.cast(pl.Float64).drop_nulls()
    if not present.is_finite().all():
        raise DataError("a score is infinite or not a number", remedy="leave out this score")
    cuts = np.sort(np.array(_cuts(present, by, count) if isinstance(by, str) else by, dtype=float))
    if not np.isfinite(cuts).all():
        raise DefinitionError("a cut is not a number", remedy="name the lowest score of each tier, such as [0.8, 0.7]")
    tier = len(cuts) + 1 - np.searchsorted(cuts, present.to_numpy(), side="right")
    tiers_of_rows = pl.DataFrame({"row": scores.is_not_null().arg_true(), "tier": tier.astype(np.int64)})
    rows = pl.DataFrame({"row": pl.arange(0, len(scores), dtype=pl.UInt32, eager=True)})
    return rows.join(tiers_of_rows, on="row", how="left", maintain_order="left")["tier"]


def _cuts(scores: pl.Series, by: str, count: int) -> Array:
    ordered = scores.unique().sort().to_numpy()
    if not 1 <= count <= len(ordered):
        raise DataError(f"there are {len(ordered)} different scores for {count} tiers", remedy="ask for fewer tiers")
    return _RULES[by](scores.sort().to_numpy(), count)


def _equal_width(ordered: Array, count: int) -> Array:
    return np.linspace(ordered[0], ordered[-1], count + 1)[1:-1]


def _quantile(ordered: Array, count: int) -> Array:
    return np.quantile(ordered, np.arange(1, count) / count)


def _natural_breaks(ordered: Array, count: int) -> Array:
    """Return the lowest score of each tier but the worst, by exact dynamic programming in O(count n log n)."""
    x, n = np.unique(ordered, return_counts=True)
    centred = x - ordered.mean()
    units, sums, squares = (np.append(0.0, (n * centred**power).cumsum()) for power in range(3))

    def within(begin: Places, end: Places) -> Array:
        """Return the sum of squares of the values begin, …, end - 1 about their mean."""
        n_within, sum_within, squares_within = (total[end] - total[begin] for total in (units, sums, squares))
        deviations: Array = squares_within - sum_within**2 / n_within
        return deviations

    def total_cost(before: Array, begin: Places, end: Places) -> Array:
        return before[begin] + within(begin, end)

    least = np.append(0.0, np.full(len(x), np.inf))  # the costs of the first 0, 1, … values without any tier
    begins = []
    for _ in range(count):
        least, begin = _smallest(len(x), partial(total_cost, least))
        begins.append(begin)
    starts, end = [], len(x)
    for begin in reversed(begins):
        end = int(begin[end])
        starts.append(x[end])
    return np.array(starts[:-1])


def _smallest(size: int, cost: Callable[[Places, Places], Array]) -> tuple[Array, Places]:
    """Return, for every end of 0, …, size, the smallest cost of a start before it, and that start.

    The best start does not decrease as the end increases. So each step computes the ends halfway between the ends of
    earlier steps: their best starts lie between the best starts of the two neighbours.
    """
    least = np.full(size + 1, np.inf)
    best = np.zeros(size + 1, dtype=np.int64)
    step = 1 << size.bit_length()
    while step := step >> 1:
        ends = np.arange(step, size + 1, 2 * step)
        after = ends + step
        low = best[ends - step]
        high = np.minimum(np.where(after <= size, best[np.minimum(after, size)], size), ends - 1)
        start_counts = np.maximum(high - low, 0) + 1
        first = start_counts.cumsum() - start_counts
        end_of_start = np.repeat(np.arange(len(ends)), start_counts)
        starts = np.arange(start_counts.sum()) - first[end_of_start] + low[end_of_start]
        costs = cost(starts, ends[end_of_start])
        least[ends] = np.minimum.reduceat(costs, first)
        place = np.flatnonzero(costs == least[ends][end_of_start])
        best[ends] = starts[place[np.unique(end_of_start[place], return_index=True)[1]]]
    return least, best


_RULES = {"natural_breaks": _natural_breaks, "equal_width": _equal_width, "quantile": _quantile}
