"""The strengths and weaknesses of a unit: indicators in which it is far from the median, measured, and told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array

Kind: TypeAlias = Literal["strength", "weakness"]

BEYOND = 0.75
"""The share of units that the unit must leave behind on its side of the median."""
ALIKE = 0.5
"""An indicator is nearly constant if so many units, or more, share its most frequent value."""


def kind_of(value: float, others: Array, effect: float) -> Kind | None:
    """Return whether an indicator is a strength or a weakness of a unit; None if it is neither.

    Parameters
    ----------
    value : float
        The normalised value of the unit; NaN if it is missing or imputed, and then neither.
    others : Array
        The normalised values of all units of the period, (n,), without missing ones.
    effect : float
        The part of the indicator in the distance to the median profile; above 0 if it makes the unit better.

    Returns
    -------
    str or None
        A strength or a weakness if three quarters of the units are nearer to the median or beyond it (ties count
        half), and if less than half of the units share one value.

    Notes
    -----
    COINr (`get_str_weak`) takes the indicators with the best and the worst ranks of a unit, and can leave out
    indicators with few distinct values. This rule also asks for an effect on the score.

    Examples
    --------
    >>> values = np.arange(10.0)
    >>> kind_of(9.0, values, 0.3), kind_of(1.0, values, -0.2), kind_of(5.0, values, 0.1)
    ('strength', 'weakness', None)
    >>> kind_of(9.0, np.array([9.0] + [1.0] * 9), 0.3) is None
    True
    """
    if np.isnan(value) or np.isnan(effect) or effect == 0 or not len(others):
        return None
    _, counts = np.unique(others, return_counts=True)
    if counts.max() >= ALIKE * len(others):
        return None
    nearer = others < value if value > np.median(others) else others > value
    share = (nearer.sum() + (others == value).sum() / 2) / len(others)
    if share < BEYOND:
        return None
    return "strength" if effect > 0 else "weakness"
