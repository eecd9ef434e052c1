"""Imputation from the other indicators of the unit alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import MatrixImputation, Property

if TYPE_CHECKING:
    from indicia.methods import Array


@dataclass(frozen=True)
class Row(MatrixImputation):
    """Fill with the place that the unit has, on average, between the worst and the best value of its other indicators.

    An indicator that does not vary tells no place. A unit that has no value at all stays without.
    """

    name = "row"
    reference = (
        "Becker, Caperna, Del Sorbo, Norlén, Papadimitriou & Saisana (2022), Journal of Open Source Software 7(78)"
    )
    formula = (
        r"x_{ij} = \min x_j + <statistic>_i (\max x_j - \min x_j), \quad z_{ij} = \frac{x_{ij} - \min x_j}{\max "
        r"x_j - \min x_j}"
    )
    variants = {
        "statistic": {
            "mean": r"\bar z",
            "median": r"\tilde z",
        },
    }
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    statistic: Annotated[Literal["mean", "median"], Field(description="what is taken of the places of a unit")] = "mean"
    reach: Annotated[
        Literal["index", "dimension"], Field(description="look at all indicators, or at those of the same dimension")
    ] = "index"

    def complete(self, values: Array) -> Array:
        some, filled = ~np.isnan(values).all(axis=0), values.copy()
        gaps = np.flatnonzero(np.isnan(values[:, some]).any(axis=1))
        low, high = np.nanmin(values[:, some], axis=0), np.nanmax(values[:, some], axis=0)
        unit = values[np.ix_(gaps, some)]
        places = np.divide(unit - low, high - low, out=np.full_like(unit, np.nan), where=high > low)
        middle = _mean(places) if self.statistic == "mean" else _median(places)
        filled[np.ix_(gaps, some)] = np.where(np.isnan(unit), low + (high - low) * middle[:, None], unit)
        return filled


def _mean(places: Array) -> Array:
    """Take the mean of each row's values, NaN where it has none."""
    count = (~np.isnan(places)).sum(axis=1)
    mean: Array = np.divide(np.nansum(places, axis=1), count, out=np.full(len(places), np.nan), where=count > 0)
    return mean


def _median(places: Array) -> Array:
    """Take the median of each row's values, NaN where it has none."""
    count = (~np.isnan(places)).sum(axis=1)[:, None]
    ascending = np.sort(places, axis=1)  # what is missing comes last
    below, above = (np.take_along_axis(ascending, at, axis=1) for at in (np.maximum(count - 1, 0) // 2, count // 2))
    median: Array = (below + above)[:, 0] / 2
    return median
