"""Helpers of weightings that treat benefits and costs differently, on raw values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import Domain

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Array, Expression, Indicators, Statistics
    from indicia_methods.arrays import Mask

    Formula = Callable[[Expression, Statistics], Expression]


def is_cost(indicators: Indicators) -> Mask:
    """Return True for each cost and False for each benefit, shape (k,)."""
    return np.array([direction == "cost" for direction in indicators.directions])


def statistic_by_direction(indicators: Indicators, benefit: Formula, cost: Formula) -> Array:
    """Return a statistic of each indicator, by the formula of its direction."""
    of_benefits = indicators.each(benefit)
    return (
        np.where(is_cost(indicators), indicators.each(cost), of_benefits) if is_cost(indicators).any() else of_benefits
    )


def complete_values(indicators: Indicators) -> Array:
    """Return the values of the units that have all indicators, shape (units, k)."""
    values = indicators.matrix()
    present = ~np.isnan(values).any(axis=1)
    if present.sum() < 2:
        raise ValueError("fewer than two units have all components")
    return values if present.all() else values[present]


def refuse_without_ratio(indicators: Indicators) -> None:
    """Refuse negative values and costs of 0: benefits are divided by the largest value, the smallest value by costs."""
    lowest = indicators.each(lambda x, s: s.min, Domain.NON_NEGATIVE)
    at_zero = is_cost(indicators) & (lowest == 0)
    if zero := [name for name, refused in zip(indicators.names, at_zero, strict=True) if refused]:
        raise ValueError(
            f"costs must be positive, since the smallest value is divided by them, unlike {', '.join(zero)}"
        )
