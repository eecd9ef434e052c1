"""What weightings share that tell benefits and costs apart in raw values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import Domain

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from indicia.methods import Array, Expression, Indicators, Statistics

    Formula = Callable[[Expression, Statistics], Expression]


def costs(indicators: Indicators) -> npt.NDArray[np.bool_]:
    """Say which indicators are costs, shape (k,)."""
    return np.array([direction == "cost" for direction in indicators.directions])


def statistic(indicators: Indicators, benefit: Formula, cost: Formula) -> Array:
    """Return one statistic per indicator, by the formula of its direction."""
    found = indicators.each(benefit)
    return np.where(costs(indicators), indicators.each(cost), found) if costs(indicators).any() else found


def refuse_without_ratio(indicators: Indicators) -> None:
    """Refuse values without a share of the best one: negative ones, and costs of zero, by which it would be divided."""
    lowest = indicators.each(lambda x, s: s.min, Domain.NON_NEGATIVE)
    at_zero = costs(indicators) & (lowest == 0)
    if zero := [name for name, found in zip(indicators.names, at_zero, strict=True) if found]:
        raise ValueError(
            f"costs must be positive, since the smallest value is divided by them, unlike {', '.join(zero)}"
        )
