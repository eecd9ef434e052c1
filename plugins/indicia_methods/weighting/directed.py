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


def complete_range(indicators: Indicators) -> tuple[Array, Array]:
    """Return the smallest and the largest values of the units that have all indicators, each of shape (k,).

    ValueError if there are fewer than two such units.
    """
    count, low, high = indicators.reduce(_range, _range_of_both)
    if count[0] < 2:
        raise ValueError("fewer than two units have all components")
    return low, high


def _range(values: Array) -> Array:
    count = np.full(values.shape[1], float(len(values)))
    return np.array([count, values.min(axis=0, initial=np.inf), values.max(axis=0, initial=-np.inf)])


def _range_of_both(first: Array, second: Array) -> Array:
    return np.array([first[0] + second[0], np.minimum(first[1], second[1]), np.maximum(first[2], second[2])])


def complete_deviations(indicators: Indicators, ratios: Callable[[Array], Array]) -> tuple[Array, Array]:
    """Return the means and the standard deviations (divisor n) of ratios, over the units that have all indicators.

    `ratios` computes the ratios of some units from their values, both of shape (n, k).
    """

    def moments(values: Array) -> Array:
        x = ratios(np.ascontiguousarray(values))  # the last digit of sums follows the layout
        mean = x.sum(axis=0) / max(len(x), 1)
        return np.array([np.full(len(mean), float(len(x))), mean, ((x - mean) ** 2).sum(axis=0)])

    count, mean, squares = indicators.reduce(moments, _moments_of_both)
    return mean, np.sqrt(squares / count)


def _moments_of_both(first: Array, second: Array) -> Array:
    """Return count, means and squares about the means of two sets of units.

    Chan, Golub & LeVeque (1983), The American Statistician 37(3).
    """
    (n, mean, squares), (m, other_mean, other_squares) = first, second
    count, difference = n + m, other_mean - mean
    share = m / np.maximum(count, 1)
    return np.array([count, mean + difference * share, squares + other_squares + difference**2 * n * share])


def refuse_without_ratio(indicators: Indicators) -> None:
    """Refuse negative values and costs of 0: benefits are divided by the largest value, the smallest value by costs."""
    lowest = indicators.each(lambda x, s: s.min, Domain.NON_NEGATIVE)
    at_zero = is_cost(indicators) & (lowest == 0)
    if zero := [name for name, refused in zip(indicators.names, at_zero, strict=True) if refused]:
        raise ValueError(
            f"costs must be positive, since the smallest value is divided by them, unlike {', '.join(zero)}"
        )
