"""Lists that name some units only, as rankings of all units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array


def with_unlisted_last(rankings: Array) -> Array:
    """Return ranks in which the units that a list does not name share its last places, at their mean.

    >>> with_unlisted_last(np.array([[1.0, np.nan, 2.0, np.nan]]))
    array([[1. , 3.5, 2. , 3.5]])
    """
    unlisted = np.isnan(rankings)
    units, listed = rankings.shape[1], (~unlisted).sum(axis=1, keepdims=True)
    return np.where(unlisted, (listed + 1 + units) / 2, rankings)
