"""The smallest and the largest weights with which a unit is first, by linear programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.weight_regions.region import LEVEL

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.weight_regions.region import WeightRegion


def weights_when_first(scores: Array, region: WeightRegion) -> Array:
    """Return the limits of each weight with which a unit is first, (n, k, 2); NaN for a unit that cannot be first.

    `scores` (n, k) are those of the units with all weight on a component. A unit that ties with the best is first.

    >>> from indicia.weight_regions.region import WeightRegion
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
