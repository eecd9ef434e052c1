"""Exact shares of a region of weights: where a unit is first, has a rank, or is ahead of another.

The score of a unit is linear in the weights of a node, Σ_c w_c m_ic, and larger scores are better. `scores` (n, k) has
the m_ic; without weights of other nodes these are the values of the components. The region is divided into simplices,
which are cut where two units are level until no two units change places within a simplex.

Sources: Lahdelma & Salminen (2001), Operations Research 49(3), for the shares; Lahdelma, Miettinen & Salminen (2003),
European Journal of Operational Research 147(1), for orders of importance.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.errors import IndiciaError, require_optional
from indicia_robustness.weight_regions.region import LEVEL
from indicia_robustness.weight_regions.simplices import (
    ROUNDING,
    Side,
    check_number,
    cut,
    level_heights,
    portions,
    triangulate,
    volumes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_robustness.weight_regions.region import WeightRegion

    Integers = npt.NDArray[np.int64]

MOST_COMPONENTS = 7
"""The largest number of components of a node with exact shares."""
_MOST_BY_SIMPLICES = 3
"""The largest dimension in which the weights with which a unit is first are divided into simplices."""
_ADDS_UP = 1e-9
"""The largest error of the sum of all shares, which is 1."""


@dataclass(frozen=True)
class FirstShares:
    """The shares of a region with which each unit is first."""

    share: Array
    """(n,); units that tie for the first place are all first."""
    centre: Array
    """The mean of the weights with which the unit is first, (n, k); NaN for a share of 0."""


def first_shares(scores: Array, region: WeightRegion) -> FirstShares:
    """Return the share of the weights with which each unit is first, and the centroid of these weights.

    >>> from indicia_robustness.weight_regions.region import WeightRegion
    >>> found = first_shares(np.array([[1.0, 0.0], [0.0, 1.0], [0.4, 0.4]]), WeightRegion(("a", "b")))
    >>> found.share.tolist(), found.centre[0].tolist()
    ([0.5, 0.5, 0.0], [0.75, 0.25])
    """
    base = _divided(region)
    total = volumes(base, region.directions).sum()
    if region.dimension > _MOST_BY_SIMPLICES:
        firsts, which = np.unique(region.level_groups(scores), return_inverse=True)
        volume, centre = first_polytopes(scores[firsts], region)
        if abs(volume.sum() / total - 1) > _ADDS_UP:
            raise IndiciaError(
                f"the exact shares of the first place sum to {volume.sum() / total:.9f} by rounding, and not to 1",
                remedy="estimate them by draws: --show central_weights",
            )
        return FirstShares(volume[which] / total, centre[which])
    share, sums = np.zeros(len(scores)), np.zeros(scores.shape)
    for piece in _pieces(scores, base, np.zeros(len(base), dtype=np.int64), all_ranks=False):
        size = volumes(piece.vertices, region.directions)
        share += np.bincount(piece.owners, size, len(scores))
        for number, column in enumerate(piece.vertices.mean(axis=1).T):
            sums[:, number] += np.bincount(piece.owners, size * column, len(scores))
    with np.errstate(invalid="ignore"):
        return FirstShares(share / total, sums / share[:, None])


def order_shares(scores: Array, region: WeightRegion) -> tuple[Integers, Array]:
    """Return the orders of the components by weight, (orders, k), and the share of each with which a unit is first.

    An order has the numbers of the components, the largest weight first, and those of equal weight by number; orders
    outside of the region are left out. The shares are (orders, n).

    >>> from indicia_robustness.weight_regions.region import WeightRegion
    >>> orders, share = order_shares(np.array([[1.0, 0.0], [0.0, 1.0]]), WeightRegion(("a", "b")))
    >>> orders.tolist(), share.tolist()
    ([[0, 1], [1, 0]], [[1.0, 0.0], [0.0, 1.0]])
    """
    count = len(region.names)
    base = _divided(region)
    groups = region.level_groups(np.eye(count))
    for one in range(count):
        for other in range(one):
            if groups[one] == groups[other]:
                continue
            heights = level_heights(base[:, :, one] - base[:, :, other])
            base = np.concatenate([cut(base, heights, "positive")[0], cut(base, heights, "negative")[0]])
            check_number(len(base))
    ordered = np.argsort(-base.mean(axis=1)[:, groups], axis=1, kind="stable")
    orders = np.array(list(permutations(range(count))), dtype=np.int64)
    places = (count ** np.arange(count)[::-1]) @ orders.T
    which = np.searchsorted(places, ordered @ (count ** np.arange(count)[::-1]))
    firsts = np.flatnonzero(first_shares(scores, region).share > 0)  # the others are first in no order
    shares = np.zeros((len(orders), len(scores)))
    for piece in _pieces(scores[firsts], base, which, all_ranks=False):
        size = volumes(piece.vertices, region.directions)
        np.add.at(shares, (piece.groups, firsts[piece.owners]), size)
    totals = np.bincount(which, volumes(base, region.directions), len(orders))
    kept = totals > ROUNDING * totals.sum()
    return orders[kept], shares[kept] / totals[kept, None]


def pairwise_shares(scores: Array, region: WeightRegion) -> Array:
    """Return the share of the weights with which the unit of a row is ahead of that of a column, ties counting half.

    >>> from indicia_robustness.weight_regions.region import WeightRegion
    >>> pairwise_shares(np.array([[1.0, 0.0], [0.0, 3.0]]), WeightRegion(("a", "b"))).round(6).tolist()
    [[0.5, 0.25], [0.75, 0.5]]
    """
    base = _divided(region)
    total, count = volumes(base, region.directions).sum(), len(scores)
    one, other = np.triu_indices(count, 1)
    at_vertices = np.einsum("sek,nk->sen", base, scores)
    noise = ROUNDING * np.abs(at_vertices).max(initial=0.0)
    share = np.full((count, count), 0.5)
    for part in portions(len(one), at_vertices.shape[0] * at_vertices.shape[1] * len(region.names)):
        heights = (at_vertices[:, :, one[part]] - at_vertices[:, :, other[part]]).transpose(2, 0, 1)
        heights = np.where(np.abs(heights) <= noise, 0.0, heights)
        pairs, simplices = heights.shape[:2]
        vertices = np.broadcast_to(base, (pairs, *base.shape)).reshape(-1, *base.shape[1:])
        pieces, owners = cut(vertices, heights.reshape(-1, heights.shape[2]), "positive")
        ahead = np.bincount(owners // simplices, volumes(pieces, region.directions), pairs) / total
        tied = (heights == 0).all(axis=2) @ (volumes(base, region.directions) / total)
        share[one[part], other[part]] = ahead + tied / 2
        share[other[part], one[part]] = 1 - ahead - tied / 2
    return share


@dataclass(frozen=True)
class RankShares:
    """The shares of a region with which each unit has so many units ahead of it and level with it."""

    ahead: Array
    """(n, n): the share with which the unit of a row has as many units ahead as the number of the column, from 0."""
    level: Integers
    """The number of units, (n,), whose scores equal those of a unit for all weights, the unit included."""


def rank_shares(scores: Array, region: WeightRegion) -> RankShares:
    """Return the shares of the weights with which each unit has 0, 1, 2, … units ahead of it.

    >>> from indicia_robustness.weight_regions.region import WeightRegion
    >>> rank_shares(np.array([[1.0, 0.0], [0.0, 3.0]]), WeightRegion(("a", "b"))).ahead.round(6).tolist()
    [[0.25, 0.75], [0.75, 0.25]]
    """
    base = _divided(region)
    total, count = volumes(base, region.directions).sum(), len(scores)
    ahead = np.zeros(count * count)
    for piece in _pieces(scores, base, np.zeros(len(base), dtype=np.int64), all_ranks=True):
        number = (piece.leads < 0).any(axis=1).sum(axis=1)
        ahead += np.bincount(piece.owners * count + number, volumes(piece.vertices, region.directions), len(ahead))
    groups = region.level_groups(scores)
    return RankShares(ahead.reshape(count, count) / total, np.bincount(groups, minlength=count)[groups])


@dataclass(frozen=True)
class _Pieces:
    """Simplices within which a unit has the same units ahead."""

    vertices: Array
    owners: Integers
    """The unit of each simplex."""
    groups: Integers
    """The group of the simplices of which it is a part."""
    leads: Array
    """The lead of the unit over all units at the vertices, (m, d + 1, n)."""


def _pieces(scores: Array, base: Array, groups: Integers, *, all_ranks: bool) -> Iterator[_Pieces]:
    """Yield the pieces of simplices where each unit is first, or with `all_ranks` where it has the same units ahead.

    Simplices are cut in portions, the last ones first, so that few are in memory at a time.
    """
    noise = ROUNDING * np.abs(np.einsum("sek,nk->sen", base, scores)).max(initial=0.0)
    count = len(scores)
    waiting = [(np.repeat(base, count, axis=0), np.tile(np.arange(count), len(base)), np.repeat(groups, count))]
    made = 0
    while waiting:
        vertices, owners, of_group = waiting.pop()
        first, *others = portions(len(vertices), vertices.shape[1] * count)
        waiting += [(vertices[part], owners[part], of_group[part]) for part in others]
        vertices, owners, of_group = vertices[first], owners[first], of_group[first]
        at_vertices = np.einsum("sek,nk->sen", vertices, scores)
        leads = np.take_along_axis(at_vertices, owners[:, None, None], axis=2) - at_vertices
        leads[np.abs(leads) <= noise] = 0.0
        worst, best = leads.min(axis=1), leads.max(axis=1)
        mixed = (worst < 0) & (best > 0)
        open_ = mixed.any(axis=1)
        settled = ~open_
        if all_ranks:
            rival = np.where(mixed, np.minimum(best, -worst), -np.inf)[open_].argmax(axis=1)
        else:
            beaten = ((best <= 0) & (worst < 0)).any(axis=1)
            open_, settled = open_ & ~beaten, settled & ~beaten
            # cut along the unit that is ahead in the largest part
            rival = np.where(mixed, leads.sum(axis=1), np.inf)[open_].argmin(axis=1)
        if settled.any():
            yield _Pieces(vertices[settled], owners[settled], of_group[settled], leads[settled])
        heights = np.take_along_axis(leads[open_], rival[:, None, None], axis=2).squeeze(2)
        sides: tuple[Side, ...] = ("positive", "negative") if all_ranks else ("positive",)
        for side in sides:
            pieces, which = cut(vertices[open_], heights, side)
            if len(pieces):
                waiting.append((pieces, owners[open_][which], of_group[open_][which]))
            made += len(pieces)
        check_number(made)


def _divided(region: WeightRegion) -> Array:
    """Return the simplices of a region; refuse more components than exact shares are computed for."""
    if len(region.names) > MOST_COMPONENTS:
        raise IndiciaError(
            f"exact shares are for nodes of up to {MOST_COMPONENTS} components, and this has {len(region.names)}",
            remedy="estimate the shares by draws: --show acceptability, --show central_weights",
        )
    return triangulate(region)


_THIN = 1e-9
"""A polytope that holds no ball of this radius has no volume."""


def first_polytopes(scores: Array, region: WeightRegion) -> tuple[Array, Array]:
    """Return the volume of the weights with which each unit is first, (n,), and their centroid, (n, k).

    No two rows of `scores` (n, k) are level in the whole region, which has at least two dimensions. A centroid is NaN
    without a volume.
    """
    optimize = require_optional("scipy.optimize", "exact shares of five components or more", "scipy")
    spatial = require_optional("scipy.spatial", "exact shares of five components or more", "scipy")
    start, basis = region.interior[0], region.directions
    size = basis.shape[1]
    rows, bounds = region.facets
    walls, room = np.einsum("mk,kd->md", rows, basis), bounds - rows @ start
    in_directions, at_start = scores @ basis, scores @ start
    volumes, centroids = np.zeros(len(scores)), np.full(scores.shape, np.nan)
    noise = LEVEL * np.abs(scores).max()
    for unit in range(len(scores)):
        behind = np.delete(in_directions - in_directions[unit], unit, axis=0)
        system = np.concatenate([walls, behind])
        slack = np.concatenate([room, np.delete(at_start[unit] - at_start, unit)])
        lengths = np.linalg.norm(system, axis=1)
        varies = lengths > noise
        if (slack[~varies] < 0).any():
            continue  # a rival is ahead by as much everywhere
        system, slack = system[varies] / lengths[varies, None], slack[varies] / lengths[varies]
        centre = _centre(optimize, system, slack)
        if centre is None:
            continue
        corners = spatial.HalfspaceIntersection(np.column_stack([system, -slack]), centre).intersections
        # with joggled corners (QJ) all facets are simplices; without, merged facets may lose the last six digits
        facets = corners[spatial.ConvexHull(corners, qhull_options="QJ").simplices]
        sizes = np.abs(np.linalg.det(facets - centre)) / factorial(size)
        volumes[unit] = sizes.sum()
        middle = sizes @ (facets.sum(axis=1) + centre) / (size + 1) / volumes[unit]
        centroids[unit] = start + basis @ middle
    return volumes, centroids


def _centre(optimize: Any, system: Array, slack: Array) -> Array | None:
    """Return the centre of the largest ball within a polytope, from a linear programme; None without a volume."""
    size = system.shape[1]
    programme = optimize.linprog(
        np.append(np.zeros(size), -1.0),
        A_ub=np.column_stack([system, np.ones(len(system))]),
        b_ub=slack,
        bounds=[(None, None)] * size + [(0, None)],
        method="highs",
    )
    centre: Array = programme.x
    return None if programme.status != 0 or centre[-1] < _THIN else centre[:-1]
