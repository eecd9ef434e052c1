"""The ranks of an uncertainty analysis, as checks see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

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
    """The choices of the index file that changed no score in any draw."""
    left_out: tuple[str, ...] = ()
    """The alternatives and combinations that were not drawn, each with the reason."""
    single_choices: Mapping[tuple[str, str], Array] = field(default_factory=dict)
    """By stage and method, the ranks of the index with this choice alone, (units,)."""
    weights: Mapping[str, Any] = field(default_factory=dict)
    """The law of the drawn weights, with the words of the index file, such as {"spread": 0.25}; empty without."""
    persons: int = 0
    """The number of persons whose weights are drawn, if the weights come from a table."""
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
