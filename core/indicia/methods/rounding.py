"""Rounding half up, in decimal notation."""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")

_ABSOLUTE, _RELATIVE = 1e-9, 4e-15
"""The largest absolute and relative error of a decimal half in memory, which may be a little less than the half."""


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
