"""Rounding as a person does."""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")

_LITTLE, _DIGITS = 1e-9, 4e-15
"""By how much less than a half what is meant as one may be: in itself, and as a share of the value it belongs to."""


def half_up(x: T, decimals: int) -> T:
    """Round an expression to so many decimals: 0.0005 in decimal notation goes up, however the machine stores it.

    >>> import polars as pl
    >>> pl.DataFrame({"x": [0.285, 593518.695, -2.5]}).select(half_up(pl.col("x"), 2))["x"].to_list()
    [0.29, 593518.7, -2.5]
    """
    column: Any = x
    scale = 10.0**decimals
    rounded: T = (half_added(column * scale).floor() / scale).round(decimals)
    return rounded


def half_added(scaled: Any) -> Any:
    """Return a little more than a half more than a number or an expression, of which the whole part is then taken."""
    return scaled + (0.5 + _LITTLE) + abs(scaled) * _DIGITS
