"""Correlations of indicators over all rows of a table in partitions, of the rows that have both values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.methods import Array
    from indicia.partitions.central_moments import State


@dataclass(frozen=True, eq=False)
class CorrelationState:
    """Sums of standardised values over the rows that have both of two indicators, (indicators, indicators)."""

    names: tuple[str, ...]
    counts: Array
    sums: Array
    """Of the indicator of the row."""
    squares: Array
    products: Array

    @classmethod
    def of(cls, frame: pl.DataFrame, moments: Sequence[State]) -> CorrelationState:
        """Return the sums of the rows of a partition, given the moments of each column over all rows."""
        x = np.column_stack([frame[name].to_numpy() for name in frame.columns])
        means = np.array([state[1] for state in moments])
        scales = np.array([(state[2] / state[0]) ** 0.5 if state[0] else 0.0 for state in moments])
        present = ~np.isnan(x)
        z = np.where(present, (x - means) / np.where(scales > 0, scales, 1.0), 0.0)
        m = present.astype(float)
        return cls(tuple(frame.columns), m.T @ m, z.T @ m, (z * z).T @ m, z.T @ z)

    def __add__(self, other: CorrelationState) -> CorrelationState:
        return CorrelationState(
            self.names,
            self.counts + other.counts,
            self.sums + other.sums,
            self.squares + other.squares,
            self.products + other.products,
        )

    @property
    def correlations(self) -> Array:
        """The correlation of each pair; NaN where an indicator does not vary over the rows that have both."""
        with np.errstate(invalid="ignore", divide="ignore"):
            covariance = self.products - self.sums * self.sums.T / self.counts
            variance = self.squares - self.sums * self.sums / self.counts
            varies = variance > 1e-14 * np.maximum(self.squares, 1e-300)
            r = covariance / np.sqrt(variance * variance.T)
        return np.where(varies & varies.T, r, np.nan)
