"""Volumes and centroids of the weights with which a unit is first, from the vertices of each polytope (Qhull).

In dimensions 4 and 5, a polytope has far fewer vertices than there are simplices after many cuts.
"""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.errors import require_optional
from indicia.weight_regions.region import LEVEL

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.weight_regions.region import WeightRegion

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
