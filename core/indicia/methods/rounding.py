"""Rounding half up, in decimal notation, and the slack of ranges for figures with rounding errors."""

from __future__ import annotations

from math import inf
from typing import Any, TypeVar

T = TypeVar("T")

_ABSOLUTE, _RELATIVE = 1e-9, 4e-15
"""The largest absolute and relative error of a decimal half in memory, which may be a little less than the half."""


_SLACK = 1e-9
"""The largest rounding error of a figure, as a share of the larger end of its range."""


def widened(low: float, high: float) -> tuple[float, float]:
    """Return the ends of a range, wider by the rounding error of a figure at an end.

    Every check that a computed figure lies in a stated range takes these ends: 100.00000000000001 / 100 is not above 1.
    A sum of weights is 1 if it lies in `widened(1, 1)`.

    >>> low, high = widened(0, 1)
    >>> low <= 100.00000000000001 / 100 <= high, low <= 1.001 <= high
    (True, False)
    """
    slack = _SLACK * max((abs(end) for end in (low, high) if abs(end) != inf), default=0.0)
    return low - slack, high + slack


def half_up(x: T, decimals: int) -> T:
    """Round half up to a number of decimals: 0.0005 is rounded up, although the machine may store a smaller number.

    Parameters
    ----------
    x
        An expression of a formula, or of polars.
    decimals
        The number of decimals.

    Returns
    -------
    Expression or polars.Expr
        The rounded values.

    Examples
    --------
    >>> import polars as pl
    >>> pl.DataFrame({"x": [0.285, 593518.695, -2.5]}).select(half_up(pl.col("x"), 2))["x"].to_list()
    [0.29, 593518.7, -2.5]
    """
    column: Any = x
    scale = 10.0**decimals
    rounded: T = (half_added(column * scale).floor() / scale).round(decimals)
    return rounded


def half_added(scaled: Any) -> Any:
    """Add a half and its largest error in memory; the floor of the result is the number rounded half up."""
    return scaled + (0.5 + _ABSOLUTE) + abs(scaled) * _RELATIVE
