"""The smallest and the largest weights with which a unit is first, by linear programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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
        behind = scores[[rival for rival in rivals if rival != unit]] - scores[unit]
        if region.extremes(axes[0], behind, np.zeros(len(behind))) is None:
            rivals.remove(unit)
    for unit in rivals:
        behind = scores[[rival for rival in rivals if rival != unit]] - scores[unit]
        for part in range(parts):
            ends = region.extremes(axes[part], behind, np.zeros(len(behind)))
            if ends is not None:
                limits[unit, part] = np.clip(ends, 0.0, 1.0)
    return limits
