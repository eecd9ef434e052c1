"""Simplices that are cut by hyperplanes: the exact volumes and centroids of regions of weights.

A region is a set of simplices, an array of vertices (simplices, d + 1, k) in a space of dimension d. A hyperplane cuts
a simplex with p vertices on its positive side and q on its negative side. The positive part has the p vertices and the
p q points in which edges cross the hyperplane. Its faces are those of the product of two simplices, of p and of q + 1
vertices, so that the staircase triangulation of this product divides it into C(p + q - 1, q) simplices; and the part
within the hyperplane into C(p + q - 2, q - 1). All simplices are cut at once, each by a hyperplane of its own.

Source: De Loera, Rambau & Santos (2010), Triangulations, section 6.2, for the staircase triangulation.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_robustness.weight_regions.region import WeightRegion

    Integers = npt.NDArray[np.int64]

Side: TypeAlias = Literal["positive", "negative", "within"]

MOST_SIMPLICES = 1 << 20
"""The largest number of simplices into which a region is divided."""
ROUNDING = 1e-13
"""A vertex is on a hyperplane if its distance is below this share of the largest distance of any vertex."""


def cut(vertices: Array, heights: Array, side: Side) -> tuple[Array, Integers]:
    """Cut simplices by hyperplanes; return the vertices of the pieces on one side, and the simplex of each piece.

    `vertices` is (m, d + 1, k), and `heights` (m, d + 1) are the signed distances of the vertices from the hyperplane
    of their simplex, 0 for a vertex on it. Pieces of a lower dimension are left out; pieces "within" the hyperplane
    have d vertices.

    >>> triangle = np.array([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]])
    >>> [len(cut(triangle, np.array([[-1.0, 1.0, 1.0]]), side)[0]) for side in ("positive", "negative", "within")]
    [2, 1, 1]
    """
    if side == "negative":
        return cut(vertices, -heights, "positive")
    size = vertices.shape[1] - (side == "within")
    pieces, owners = [np.empty((0, size, vertices.shape[2]))], [np.empty(0, dtype=np.int64)]
    kinds = np.where(heights > 0, 0, np.where(heights < 0, 1, 2))
    counts = np.stack([(kinds == kind).sum(axis=1) for kind in range(3)], axis=1)
    order = np.argsort(kinds, axis=1, kind="stable")
    for above, below, level in np.unique(counts, axis=0).tolist():
        rows = np.flatnonzero((counts == (above, below, level)).all(axis=1))
        sorted_vertices = np.take_along_axis(vertices[rows], order[rows][:, :, None], axis=1)
        sorted_heights = np.take_along_axis(heights[rows], order[rows], axis=1)
        of_pattern = _pieces(sorted_vertices, sorted_heights, above, below, side)
        if of_pattern is not None:
            pieces.append(of_pattern.reshape(-1, size, vertices.shape[2]))
            owners.append(np.repeat(rows, of_pattern.shape[1]))
    return np.concatenate(pieces), np.concatenate(owners)


def _pieces(vertices: Array, heights: Array, above: int, below: int, side: Side) -> Array | None:
    """Return the pieces of simplices of one pattern, (m, pieces, vertices, k); None if there are none.

    The vertices of each simplex are sorted: first those above the hyperplane, then those below it, then those on it.
    """
    level = vertices[:, above + below :]
    if side == "within":
        if above and below:
            crossings = _crossings(vertices, heights, above, below)
            chosen = crossings[:, _staircases(above, below)]
        elif above + below == 1:
            chosen = np.empty((len(vertices), 1, 0, vertices.shape[2]))  # the facet on the hyperplane
        else:
            return None
    elif not above:
        return None
    else:
        # the first column of the grid has the vertices above, the others have the crossings
        grid = vertices[:, :above, None]
        if below:
            crossings = _crossings(vertices, heights, above, below).reshape(len(vertices), above, below, -1)
            grid = np.concatenate([grid, crossings], axis=2)
        grid = grid.reshape(len(vertices), above * (below + 1), -1)
        chosen = grid[:, _staircases(above, below + 1)]
    shared = np.broadcast_to(level[:, None], (len(chosen), chosen.shape[1], level.shape[1], level.shape[2]))
    return np.concatenate([chosen, shared], axis=2)


def _crossings(vertices: Array, heights: Array, above: int, below: int) -> Array:
    """Return the points in which the edges from vertices above to vertices below cross, (m, above × below, k)."""
    high, low = heights[:, :above, None], heights[:, None, above : above + below]
    share = (high / (high - low))[..., None]
    start, end = vertices[:, :above, None], vertices[:, None, above : above + below]
    return (start + share * (end - start)).reshape(len(vertices), above * below, -1)


@cache
def _staircases(rows: int, columns: int) -> Integers:
    """Return the paths through a grid by steps down or to the right, (paths, cells), as numbers of cells."""
    steps = rows + columns - 2
    paths = []
    for down in combinations(range(steps), rows - 1):
        row = column = 0
        cells = [0]
        for step in range(steps):
            row, column = (row + 1, column) if step in down else (row, column + 1)
            cells.append(row * columns + column)
        paths.append(cells)
    return np.array(paths, dtype=np.int64)


def triangulate(region: WeightRegion) -> Array:
    """Divide a region of weights into simplices, (simplices, dimension + 1, k).

    IndiciaError if there are too many of them.
    """
    # weights that are 0 throughout have no vertex: the other equalities then cut through the middle of the rest
    is_zero = region.interior[1][: len(region.names)]
    vertices = np.eye(len(region.names))[~is_zero][None]
    for row, value in zip(*region.all_equalities, strict=True):
        heights = level_heights(vertices @ row - value)
        if not heights.any():
            continue  # this equality follows from others
        vertices = _without_doubles(cut(vertices, heights, "within")[0])
    for row, bound in zip(*region.facets, strict=True):
        heights = level_heights(bound - vertices @ row)
        if (heights < 0).any():
            vertices = cut(vertices, heights, "positive")[0]
        check_number(len(vertices))
    return vertices[volumes(vertices, region.directions) > 0]


def level_heights(heights: Array) -> Array:
    """Return heights in which those that rounding explains are 0."""
    return np.where(np.abs(heights) <= ROUNDING * np.abs(heights).max(initial=1.0), 0.0, heights)


def check_number(count: int) -> None:
    """Refuse more simplices than memory holds well."""
    if count > MOST_SIMPLICES:
        raise IndiciaError(
            f"exact shares divide the weights into more than {MOST_SIMPLICES:,} parts",
            remedy="estimate the shares by draws (--show acceptability), or take fewer units or components",
        )


def volumes(vertices: Array, directions: Array) -> Array:
    """Return the volume of each simplex, (m,), in the space of some orthonormal directions (k, d)."""
    size = directions.shape[1]
    if not size:
        return np.ones(len(vertices))
    edges = np.einsum("mek,kd->med", vertices[:, 1:] - vertices[:, :1], directions)
    volume: Array = np.abs(np.linalg.det(edges)) / factorial(size)
    return volume


def draw_within(vertices: Array, directions: Array, draws: int, random: np.random.Generator) -> Array:
    """Draw points, (draws, k), uniformly in simplices: a simplex by its volume, then a point in it."""
    size = volumes(vertices, directions)
    ends = np.cumsum(size)
    which = np.minimum(np.searchsorted(ends, random.random(draws) * ends[-1], side="right"), len(size) - 1)
    shares = random.dirichlet(np.ones(vertices.shape[1]), draws)
    points: Array = np.einsum("de,dek->dk", shares, vertices[which])
    return points


def portions(count: int, cells: int, limit: int = 1 << 22) -> Iterator[slice]:
    """Yield slices of rows, so that the rows of a slice have at most about `limit` cells."""
    step = max(1, limit // max(1, cells))
    for start in range(0, count, step):
        yield slice(start, start + step)


def _without_doubles(vertices: Array) -> Array:
    """Leave out simplices that occur twice: a facet on a hyperplane belongs to the simplices on both sides."""
    if len(vertices) < 2:
        return vertices
    rounded = np.round(vertices, 12)
    keys = [tuple(sorted(map(tuple, simplex))) for simplex in rounded.tolist()]
    first = {key: number for number, key in reversed(list(enumerate(keys)))}
    return vertices[sorted(first.values())]
