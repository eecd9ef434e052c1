"""The share of draws in which a unit is in each band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import RANK
from indicia.methods import half_up
from indicia.methods.noise import NOISE
from indicia.run import numbers_by_limits, numbers_by_places
from indicia_robustness.rank_distribution import portions, ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.definition import Bands
    from indicia.methods import Array
    from indicia_robustness.rank_distribution import Ties

    Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class DrawClassifier:
    """A classification of the index's rank or score, and the units that it classifies."""

    bands: Bands
    ties: Ties
    eligible: npt.NDArray[np.bool_]
    """A mask of the units that have shares."""
    groups: Sequence[Integers]
    """The rows of the units of each group of `within`; a single group of all units without `within`."""
    decimals: int | None = None
    """The decimals of the score."""

    def shares(self, figures: Array) -> Array:
        """Return the share of draws in each band, (units, bands), for ranks or scores of draws, (draws, units)."""
        draws, units = figures.shape
        bins = self.bands.count + 1
        counts = np.zeros(units * bins, dtype=np.int64)
        for portion in portions(figures):
            numbers = self._numbers(figures[portion].astype(float))
            counts += np.bincount((numbers + bins * np.arange(units)).ravel(), minlength=len(counts))
        shares: Array = counts.reshape(units, bins)[:, 1:] / draws
        return shares

    def _numbers(self, figures: Array) -> Integers:
        """Return the number of the band of each unit in each draw; 0 for a unit without a band."""
        for decimals in (self.decimals, self.bands.decimals):
            if decimals is not None:
                figures = _round_half_up(figures, decimals)
        if self.bands.shares is None:
            low, high = self.bands.ends
            noise = NOISE * np.abs(self.bands.limits).max()
            numbers = numbers_by_limits(self.bands, figures)
            numbers[(figures < low - noise) | (figures > high + noise)] = 0
            return numbers
        figures = np.where(self.eligible, figures, np.nan)
        numbers = np.zeros(figures.shape, dtype=np.int64)
        for members in self.groups:
            numbers[:, members] = self._numbers_of_group(figures[:, members])
        return numbers

    def _numbers_of_group(self, figures: Array) -> Integers:
        is_rank = self.bands.of == RANK
        if is_rank and not self.bands.within:
            places = figures
        else:
            places = ranks(figures, self.ties if is_rank else "min", lowest_first=True)
        return numbers_by_places(self.bands, places, np.isfinite(figures).sum(axis=1, keepdims=True))


def _round_half_up(figures: Array, decimals: int) -> Array:
    """Round figures half up, as the index does."""
    column = pl.DataFrame({"x": figures.ravel()}).select(half_up(pl.col("x"), decimals)).to_series()
    return column.to_numpy().reshape(figures.shape)
