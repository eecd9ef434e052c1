"""Least and largest shares of components, as parameters of methods state them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from indicia.methods.rounding import widened
from indicia_methods.aggregation.percomponent import of_each

if TYPE_CHECKING:
    from indicia.methods import Array, MatrixContext
    from indicia_methods.arrays import Mask

Shares: TypeAlias = float | tuple[float, ...] | dict[str, float]


def by_component(parameter: str, parameter_value: Shares, context: MatrixContext, default: float) -> Array:
    """Return the value of a parameter for each component; the default if a component is not named."""
    values = [case[parameter] for case in of_each({parameter: parameter_value}, context.components)]
    return np.array([default if value is None else value for value in values], dtype=float)


def all_values(values: Shares) -> tuple[float, ...]:
    """Return all values of a parameter."""
    return tuple(values.values()) if isinstance(values, dict) else values if isinstance(values, tuple) else (values,)


def check_shares(lower: Shares, upper: Shares) -> None:
    """Refuse shares that are not between 0 and 1."""
    for name, shares in (("lower", lower), ("upper", upper)):
        if any(not 0 <= share <= 1 for share in all_values(shares)):
            raise ValueError(f"{name} must be a share between 0 and 1")


def _sum_text(shares: Array) -> str:
    """Write a sum with its terms."""
    if len(set(shares.tolist())) == 1:
        return f"{len(shares)} × {shares[0]:g} = {shares.sum():g}"
    return f"{' + '.join(f'{share:g}' for share in shares)} = {shares.sum():g}"


def share_bounds(lower: Shares, upper: Shares, present: Mask, context: MatrixContext) -> tuple[Array, Array]:
    """Return the bounds of each unit's shares; refuse bounds that no shares with sum 1 satisfy."""
    low, high = by_component("lower", lower, context, 0.0), by_component("upper", upper, context, 1.0)
    width = len(context.components)
    for name, lowest, highest in zip(context.components, low.tolist(), high.tolist(), strict=True):
        if lowest > highest:
            raise ValueError(f"lower = {lowest:g} exceeds upper = {highest:g} for {name}")
    below, above = widened(1, 1)
    for row in np.unique(present, axis=0):
        case = "" if row.all() else f" of a unit that has {row.sum()} of {width} components"
        if low[row].sum() > above:
            raise ValueError(f"no weights have these shares: lower bounds{case} are {_sum_text(low[row])}, more than 1")
        if high[row].sum() < below:
            raise ValueError(
                f"no weights have these shares: upper bounds{case} are {_sum_text(high[row])}, less than 1"
            )
    low, high = np.where(present, low, 0.0), np.where(present, high, 0.0)
    return low / low.sum(axis=1, keepdims=True).clip(min=1.0), high / high.sum(axis=1, keepdims=True).clip(max=1.0)
