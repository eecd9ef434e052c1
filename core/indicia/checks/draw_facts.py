"""The ranks of an uncertainty analysis, as checks see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.methods import Array


@dataclass(frozen=True, eq=False)
class DrawFacts:
    """The ranks of all units in the draws of a Monte Carlo analysis."""

    units: Sequence[str]
    """The names of the analysed units."""
    nominal: Array
    """The rank of each unit in the index without changes, (units,); NaN for a unit without a rank."""
    ranks: Array
    """The ranks of all draws, (draws, units), in a small exact type; NaN for a unit without a rank."""
    table: pl.DataFrame
    """A row for each unit, by nominal rank: rank, mean, median, lower and upper (5-95 %), tier, stands_below."""
    factors: Mapping[str, int]
    """The choices that vary, with the number of alternatives of each."""
    failed: int = 0
    """The number of draws that could not be scored."""
    idle: tuple[str, ...] = ()
    """The choices that changed no score in any draw."""
    left_out: tuple[str, ...] = ()
    """The alternatives that were not drawn, each with the reason, since the index cannot be scored with them."""
    sensitivity: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Sobol' indices of the average shift: factor, first, total and their bounds; empty without such runs."""

    @property
    def draws(self) -> int:
        """The number of draws that were scored."""
        return len(self.ranks)

    @cached_property
    def average_shift(self) -> Array:
        """The mean absolute difference between drawn and nominal ranks, (draws,)."""
        shift: Array = np.nanmean(np.abs(self.ranks - self.nominal), axis=1)
        return shift
