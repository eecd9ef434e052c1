"""The agreement of several rankings over partitions: correlations, shifts, and the units that move most."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

MOVERS = 20
"""The number of units that are listed because their ranks differ most."""


@dataclass(frozen=True)
class AgreementState:
    """The figures of the units of some partitions that every methodology ranks."""

    units: int
    means: Floats
    """The mean ranks, shape (methodologies,)."""
    products: Floats
    """The sums of products of centred ranks, shape (methodologies, methodologies)."""
    shifts: Floats
    """The sums of absolute differences of ranks, shape (methodologies, methodologies)."""
    largest: Floats
    """The largest absolute differences of ranks."""
    same: Floats
    """The numbers of units with the same rank."""
    first: Floats
    """The numbers of units that are among the first in both."""
    movers: pl.DataFrame
    """The units whose ranks differ most: the unit, best, worst, and spread."""

    @classmethod
    def of(cls, units: pl.DataFrame, ranks: Floats, top: int) -> AgreementState:
        """Return the state of units, given their ranks, shape (n, methodologies)."""
        ranked = ~np.isnan(ranks).any(axis=1)
        ranks = ranks[ranked]
        count = ranks.shape[1]
        pairs = np.zeros((4, count, count))
        is_first = ranks <= top
        for a, b in combinations(range(count), 2):
            distance = np.abs(ranks[:, a] - ranks[:, b])
            both_first = is_first[:, a] & is_first[:, b]
            figures = distance.sum(), distance.max(initial=0.0), (distance == 0).sum(), both_first.sum()
            pairs[:, a, b] = pairs[:, b, a] = figures
        means = ranks.mean(axis=0) if len(ranks) else np.zeros(count)
        centred = ranks - means
        best, worst = ranks.min(axis=1, initial=np.inf), ranks.max(axis=1, initial=-np.inf)
        ends = [pl.Series("best", best), pl.Series("worst", worst), pl.Series("spread", worst - best)]
        movers = _widest(units.filter(pl.Series(ranked)).hstack(ends))
        shifts, largest, same, first = pairs
        return cls(len(ranks), means, centred.T @ centred, shifts, largest, same, first, movers)

    def joined(self, other: AgreementState) -> AgreementState:
        """Return the state of the units of both, in this order."""
        units = self.units + other.units
        between = other.means - self.means
        weight = self.units * other.units / units if units else 0.0
        return AgreementState(
            units,
            self.means + between * (other.units / units if units else 0.0),
            self.products + other.products + np.outer(between, between) * weight,
            self.shifts + other.shifts,
            np.maximum(self.largest, other.largest),
            self.same + other.same,
            self.first + other.first,
            _widest(pl.concat([self.movers, other.movers])),
        )

    def pairs(self, top: int) -> list[dict[str, Any]]:
        """Return the agreement of each pair of methodologies, which are numbered from 1."""
        spreads = np.sqrt(np.diag(self.products))
        rows = []
        for a, b in combinations(range(len(self.means)), 2):
            scale = spreads[a] * spreads[b]
            rows.append(
                {
                    "first": a + 1,
                    "second": b + 1,
                    "correlation": float(np.clip(self.products[a, b] / scale, -1.0, 1.0)) if scale else None,
                    "mean_shift": float(self.shifts[a, b] / self.units),
                    "largest_shift": float(self.largest[a, b]),
                    "same_rank": float(self.same[a, b] / self.units),
                    f"both_in_top_{top}": int(self.first[a, b]),
                }
            )
        return rows


def _widest(movers: pl.DataFrame) -> pl.DataFrame:
    """Return the units whose ranks differ most; of equal ones, those of the first partitions."""
    moved = movers.filter(pl.col("spread") > 0)
    return moved.sort("spread", descending=True, maintain_order=True).head(MOVERS)
