"""Imputation from the other indicators of the same unit."""

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
    """Fill with the unit's average position between the smallest and the largest value of its other indicators.

    An indicator that does not vary has no positions. A unit without any value gets no values.
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

    statistic: Annotated[Literal["mean", "median"], Field(description="average of the positions of a unit")] = "mean"
    reach: Annotated[
        Literal["index", "dimension"],
        Field(description="positions in all indicators, or in those of the same dimension"),
    ] = "index"

    def complete(self, values: Array) -> Array:
        has_values, filled = ~np.isnan(values).all(axis=0), values.copy()
        gaps = np.flatnonzero(np.isnan(values[:, has_values]).any(axis=1))
        low, high = np.nanmin(values[:, has_values], axis=0), np.nanmax(values[:, has_values], axis=0)
        rows = values[np.ix_(gaps, has_values)]
        positions = np.divide(rows - low, high - low, out=np.full_like(rows, np.nan), where=high > low)
        position = _mean(positions) if self.statistic == "mean" else _median(positions)
        filled[np.ix_(gaps, has_values)] = np.where(np.isnan(rows), low + (high - low) * position[:, None], rows)
        return filled


def _mean(positions: Array) -> Array:
    """Return the mean of the values of each row; NaN without values."""
    count = (~np.isnan(positions)).sum(axis=1)
    mean: Array = np.divide(np.nansum(positions, axis=1), count, out=np.full(len(positions), np.nan), where=count > 0)
    return mean


def _median(positions: Array) -> Array:
    """Return the median of the values of each row; NaN without values."""
    count = (~np.isnan(positions)).sum(axis=1)[:, None]
    ascending = np.sort(positions, axis=1)  # NaN comes last
    below, above = (np.take_along_axis(ascending, at, axis=1) for at in (np.maximum(count - 1, 0) // 2, count // 2))
    median: Array = (below + above)[:, 0] / 2
    return median
