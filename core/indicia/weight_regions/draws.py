"""Draws of weights, uniform within a region: exact where a closed form or a division into simplices exists."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia.errors import IndiciaError, require_optional
from indicia.weight_regions.box import weights_in_box
from indicia.weight_regions.hit_and_run import hit_and_run
from indicia.weight_regions.simplices import draw_within, triangulate

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.weight_regions.region import WeightRegion

Route: TypeAlias = Literal["point", "limits", "simplex", "simplices", "hit and run"]
"""The ways to draw weights; all but the last are exact."""

_MOST_DIMENSIONS = 5
"""The largest dimension of a region that is divided into simplices to draw from it."""
_MOST_PIECES = 5_000
_ROUNDING = 1e-9


class RegionDraws:
    """Draws from a region of weights; the route is chosen once.

    Parameters
    ----------
    region : WeightRegion
        The region.

    Notes
    -----
    A region without freedom is a point. Bounds of single weights are drawn by rejection (`weights_in_box`). A complete
    order of the weights, also with ties, ratios and least differences, is a simplex: a Dirichlet distribution of its
    vertices, which for a plain order equals sorted spacings. Other regions of up to six weights are divided into
    simplices. The rest is drawn by `hit_and_run`.
    """

    def __init__(self, region: WeightRegion) -> None:
        self.region = region

    @property
    def route(self) -> Route:
        """The way in which weights are drawn."""
        if not self.region.constraints:
            return "simplex"
        if not self.region.dimension:
            return "point"
        if self.region.box is not None:
            return "limits"
        if self._vertices is not None:
            return "simplex"
        return "hit and run" if self._simplices is None else "simplices"

    def draw(self, draws: int, random: np.random.Generator) -> Array:
        """Return weights, (draws, k), each row with sum 1."""
        region, route = self.region, self.route
        if route == "point":
            return np.tile(region.interior[0], (draws, 1))
        if route == "limits":
            assert region.box is not None
            return weights_in_box(*region.box, draws, random)
        if route == "hit and run":
            return hit_and_run(region, draws, random)
        simplices = np.eye(len(region.names))[None] if not region.constraints else self._simplices
        if route == "simplex" and region.constraints:
            simplices = self._vertices
        assert simplices is not None
        drawn = np.maximum(draw_within(simplices, region.directions, draws, random), 0.0)
        scaled: Array = drawn / drawn.sum(axis=1, keepdims=True)
        return scaled

    @cached_property
    def _vertices(self) -> Array | None:
        """The vertices of a region that is a simplex, (1, dimension + 1, k); else None.

        A region of dimension d is a simplex if d + 1 of its inequalities bound it, and the others follow from these.
        """
        region, size = self.region, self.region.dimension
        rows, bounds = region.facets
        start, basis = region.interior[0], region.directions
        walls, room = np.einsum("mk,kd->md", rows, basis), bounds - rows @ start
        needed = _needed(walls, room, size + 1)
        if len(needed) != size + 1:
            return None
        walls, room = walls[needed], room[needed]
        corners = np.stack(
            [np.linalg.solve(np.delete(walls, wall, axis=0), np.delete(room, wall)) for wall in range(size + 1)]
        )
        vertices: Array = (np.einsum("cd,kd->ck", corners, basis) + start)[None]
        return vertices

    @cached_property
    def _simplices(self) -> Array | None:
        """The simplices into which a region of few dimensions is divided; None for many dimensions or simplices."""
        if self.region.dimension > _MOST_DIMENSIONS:
            return None
        try:
            simplices = triangulate(self.region)
        except IndiciaError:  # too many simplices
            return None
        return simplices if 0 < len(simplices) <= _MOST_PIECES else None


def _needed(walls: Array, room: Array, most: int) -> list[int]:
    """Return the inequalities that do not follow from the others; more than `most` of them need not be complete.

    A linear programme for each: an inequality follows if the others keep its left side below its bound.
    """
    optimize = require_optional("scipy.optimize", "constraints on weights", "scipy")
    kept, needed = list(range(len(walls))), []
    for number in range(len(walls)):
        others = [other for other in kept if other != number]
        programme = optimize.linprog(
            -walls[number], A_ub=walls[others], b_ub=room[others], bounds=(None, None), method="highs"
        )
        if programme.status == 0 and -programme.fun <= room[number] + _ROUNDING:
            kept = others
            continue
        needed.append(number)
        if len(needed) > most:
            break
    return needed
