"""Lines of equal score of an aggregation over two indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.catalogue import installed
from indicia.catalogue.method_table import of_default_parameters
from indicia.defaults import NORMALISATION, POSITIVE_NORMALISATION
from indicia.methods import Aggregation, Domain, MatrixAggregation
from indicia_site.pictures.samples import choice, run
from indicia_site.pictures.svg import Plot

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from indicia.catalogue import Offer

    Grid = npt.NDArray[np.float64]
    Point = tuple[float, float]

_SIDES = {"kemeny": 7}
"""The numbers of values of an indicator, where the method cannot rank as many units."""
_WITH_COST = ("moosra",)
"""The methods that need a benefit and a cost."""
_POSITIVE = ("cocoso",)
_ON_THE_SCALE_OF_VALUES = ("choquet", "comet", "utastar")
"""The methods whose parameters name values of the indicators."""
_SHARES = (0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
"""The shares of all pairs of values that score less than a line."""


def aggregation(offer: Offer) -> tuple[str, str]:
    """Return the lines of equal score, and a caption."""
    side = _SIDES.get(offer.name, 13 if issubclass(offer.method, MatrixAggregation) else 41)
    steps = np.linspace(0.02, 1, side)
    columns = {"x0": np.tile(steps, side).tolist(), "x1": np.repeat(steps, side).tolist()}
    second = "cost" if offer.name in _WITH_COST else "benefit"
    indicators = {"x0": {"direction": "benefit"}, "x1": {"direction": second}}
    methodology = {"normalisation": _normalisation(offer), "weighting": "equal", "aggregation": choice(offer)}
    scored = run(columns, indicators, methodology).scores
    scores = np.empty(side * side)
    scores[[int(unit[1:]) for unit in scored["unit"]]] = scored["score"].to_numpy()
    grid = scores.reshape(side, side)
    plot = Plot((0, 1), (0, 1), "first indicator", f"second indicator, a {second}", width=400, height=400)
    method = installed().choose("aggregation", choice(offer))
    low_is_best = isinstance(method, Aggregation) and method.low_is_best
    levels = np.unique(np.quantile(grid, _SHARES[::-1] if low_is_best else _SHARES))
    for number, level in enumerate(levels[::-1] if low_is_best else levels):
        for start, end in segments(grid, float(level), steps):
            plot.line((start, end), f"iso level{number}")
    described = f"Lines of equal score by {offer.name}, over two indicators with equal weights"
    caption = (
        f"{described}: the stronger the colour of a line, the better the score; values from 0.02 to 1, by "
        f"<code>{choice(offer)}</code> after <code>{_normalisation(offer)}</code>. A straight line lets one indicator "
        "make up for the other at a fixed rate, a corner does not let it."
    )
    return plot.svg(described), caption


def _normalisation(offer: Offer) -> str:
    """Return the default normalisation of an aggregation; one whose worst score is positive, if it needs that."""
    if offer.name in _ON_THE_SCALE_OF_VALUES:
        return "none"
    named: str = of_default_parameters(offer.method, "canonical_normalisation", NORMALISATION)
    domain = offer.method.domain  # type: ignore[attr-defined]
    needs_positive = offer.name in _POSITIVE or domain is Domain.POSITIVE
    return POSITIVE_NORMALISATION if named == "min_max" and needs_positive else named


def segments(grid: Grid, level: float, steps: Grid) -> Iterator[tuple[Point, Point]]:
    """Yield the pieces of the line at which a grid has a level, square by square.

    >>> list(segments(np.array([[0.0, 1.0], [0.0, 1.0]]), 0.5, np.array([0.0, 1.0])))
    [((0.5, 0.0), (0.5, 1.0))]
    """
    side = len(steps)
    for row in range(side - 1):
        for column in range(side - 1):
            corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
            points = [
                crossing
                for first, second in zip(corners, [*corners[1:], corners[0]], strict=True)
                if (crossing := _crossing(grid, level, steps, first, second))
            ]
            for start in range(0, len(points) - 1, 2):
                first, second = sorted(points[start : start + 2])
                yield first, second


def _crossing(grid: Grid, level: float, steps: Grid, first: tuple[int, int], second: tuple[int, int]) -> Point | None:
    """Return the point of a side of a square at which the grid has the level."""
    before, after = float(grid[first]), float(grid[second])
    if (before < level) == (after < level):
        return None
    share = (level - before) / (after - before)
    x = steps[first[1]] + share * (steps[second[1]] - steps[first[1]])
    y = steps[first[0]] + share * (steps[second[0]] - steps[first[0]])
    return float(x), float(y)
