"""Tables of exact shares of weights, and the worth of ranks."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.data import with_figures
from indicia_robustness.weight_regions.region import LEVEL
from indicia_robustness.weight_regions.shares import first_shares, order_shares, pairwise_shares, rank_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array
    from indicia_robustness.weight_regions.region import WeightRegion

Metaweights: TypeAlias = Literal["centroid", "linear", "inverse"]
"""The worth of ranks in a holistic acceptability."""
METAWEIGHTS: tuple[Metaweights, ...] = ("centroid", "linear", "inverse")


def holistic(acceptability: pl.DataFrame, unit: str, metaweights: Metaweights) -> pl.Series:
    """Return the sum over ranks of the shares in their columns, each times the worth of the rank."""
    shares = acceptability.drop(unit).to_numpy()
    return pl.Series(metaweights, np.einsum("ur,r->u", shares, worth_of_ranks(shares.shape[1], metaweights)))


def worth_of_ranks(count: int, metaweights: Metaweights) -> Array:
    """Return the worth of each rank, (count,), that of the first being 1."""
    ranks = np.arange(1, count + 1)
    if metaweights == "inverse":
        return 1 / ranks
    if metaweights == "linear":
        return (count - ranks) / max(1, count - 1) if count > 1 else np.ones(1)
    sums = np.cumsum(1 / ranks[::-1])[::-1]
    worth: Array = sums / sums[0]
    return worth


def acceptability_frame(names: pl.DataFrame, scores: Array, region: WeightRegion, ties: str = "min") -> pl.DataFrame:
    """Return the shares of ranks; `scores` (n, k) are those of the units of `names` with all weight on a component."""
    count = len(scores)
    if ties == "dense":
        firsts, which = np.unique(region.level_groups(scores), return_inverse=True)
        ahead = np.zeros((count, count))
        ahead[:, : len(firsts)] = rank_shares(scores[firsts], region).ahead[which]
    else:
        shares = rank_shares(scores, region)
        later = {"min": 0 * shares.level, "max": shares.level - 1, "average": shares.level // 2}[ties]
        rows, places = np.nonzero(shares.ahead)
        ahead = np.zeros((count, count))
        ahead[rows, places + later[rows]] = shares.ahead[rows, places]
    return with_figures(names, (pl.Series(str(rank + 1), ahead[:, rank]) for rank in range(count)))


def pairwise_frame(names: pl.DataFrame, scores: Array, region: WeightRegion) -> pl.DataFrame:
    """Return the shares with which a unit is ahead of another."""
    shares = pairwise_shares(scores, region)
    return with_figures(names, (pl.Series(name, column) for name, column in zip(_keys(names), shares.T, strict=True)))


def central_frame(names: pl.DataFrame, scores: Array, region: WeightRegion, ties: str = "min") -> pl.DataFrame:
    """Return the shares of the first rank, mean ranks and centroids."""
    first = first_shares(scores, region)
    frame = with_figures(names, [pl.Series("first", first.share), pl.Series("mean", _mean_ranks(scores, region, ties))])
    columns = [
        pl.Series(part, column, nan_to_null=True) for part, column in zip(region.names, first.centre.T, strict=True)
    ]
    return with_figures(frame, columns).sort("first", names.columns[0], descending=[True, False])


def _mean_ranks(scores: Array, region: WeightRegion, ties: str) -> Array:
    """Return the mean rank of each unit over the region, (n,); only units that are level everywhere tie."""
    groups = region.level_groups(scores)
    if ties == "dense":
        firsts, which = np.unique(groups, return_inverse=True)
        return _mean_ranks(scores[firsts], region, "average")[which]
    level = np.bincount(groups, minlength=len(groups))[groups]
    later = {"min": -(level - 1) / 2, "average": 0.0, "max": (level - 1) / 2}[ties]
    ranks: Array = 0.5 + (1 - pairwise_shares(scores, region)).sum(axis=1) + later
    return ranks


def bounds_frame(names: pl.DataFrame, scores: Array, region: WeightRegion) -> pl.DataFrame:
    """Return the limits of the weights with which a unit is first."""
    bounds = weights_when_first(scores, region)
    keys, parts = _keys(names), region.names
    repeated = pl.Series(names.columns[0], np.repeat(keys, len(parts)).tolist())
    lower, upper = (
        pl.Series(name, bounds[..., end].ravel(), nan_to_null=True) for end, name in enumerate(("lower", "upper"))
    )
    frame = pl.DataFrame([repeated, pl.Series("part", list(parts) * len(keys)), lower, upper])
    return frame.sort(pl.col("lower").is_null(), names.columns[0], maintain_order=True)


def orders_frame(names: pl.DataFrame, scores: Array, region: WeightRegion) -> pl.DataFrame:
    """Return the orders of weights with which a unit is first."""
    orders, shares = order_shares(scores, region)
    groups = region.level_groups(np.eye(len(region.names)))
    texts = [_order_text(order.tolist(), region.names, groups.tolist()) for order in orders]
    which, units = np.nonzero(shares > 0)
    keys = _keys(names)
    columns = [
        pl.Series(names.columns[0], [keys[unit] for unit in units], dtype=pl.String),
        pl.Series("order", [texts[order] for order in which], dtype=pl.String),
        pl.Series("share", shares[which, units]),
    ]
    frame = pl.DataFrame(columns).with_columns(place=pl.Series(units))
    return frame.sort("place", "share", "order", descending=[False, True, False]).drop("place")


def _order_text(order: Sequence[int], names: Sequence[str], groups: Sequence[int]) -> str:
    """Return components in their order: "air > income = health", with = between weights that are always equal."""
    signs = (" = " if groups[one] == groups[other] else " > " for one, other in pairwise(order))
    return names[order[0]] + "".join(sign + names[part] for sign, part in zip(signs, order[1:], strict=True))


def _keys(names: pl.DataFrame) -> list[str]:
    return [str(name) for name in names.to_series(0)]


def weights_when_first(scores: Array, region: WeightRegion) -> Array:
    """Return the limits of each weight with which a unit is first, (n, k, 2); NaN for a unit that cannot be first.

    `scores` (n, k) are those of the units with all weight on a component. A unit that ties with the best is first.

    >>> from indicia_robustness.weight_regions.region import WeightRegion
    >>> weights_when_first(np.array([[1.0, 0.0], [0.0, 3.0], [0.0, 1.0]]), WeightRegion(("a", "b"))).round(6).tolist()
    [[[0.75, 1.0], [0.0, 0.25]], [[0.0, 0.75], [0.25, 1.0]], [[nan, nan], [nan, nan]]]
    """
    count, parts = scores.shape
    limits = np.full((count, parts, 2), np.nan)
    axes = np.eye(parts)
    rivals = list(range(count))
    for unit in range(count):
        # a unit that cannot be first is no rival either: another is ahead of it wherever it is ahead
        if _ends(scores, unit, rivals, region, axes[0]) is None:
            rivals.remove(unit)
    for unit in rivals:
        for part in range(parts):
            ends = _ends(scores, unit, rivals, region, axes[part])
            if ends is not None:
                limits[unit, part] = np.clip(ends, 0.0, 1.0)
    return limits


def _ends(
    scores: Array, unit: int, rivals: list[int], region: WeightRegion, objective: Array
) -> tuple[float, float] | None:
    """Return the smallest and the largest value of an objective where a unit is ahead of its rivals."""
    behind = scores[[rival for rival in rivals if rival != unit]] - scores[unit]
    sizes = np.abs(behind).max(axis=1, initial=0.0)
    differs = sizes > LEVEL * np.abs(scores).max()
    behind = behind[differs] / sizes[differs, None]  # the tolerance of the programme is absolute
    return region.extremes(objective, behind, np.zeros(len(behind)))
