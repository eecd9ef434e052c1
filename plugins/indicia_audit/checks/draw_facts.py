"""The ranks of an uncertainty analysis, as checks see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.messages.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.methods import Array

_CELLS = 1 << 20
"""The largest number of ranks that a step holds as floating-point numbers."""
_CERTAIN = 0.95
"""The share of draws from which the order of two neighbours is certain."""
_SHARES = (0.05, 0.5, 0.95)
MANY_UNITS = 100
"""The least number of units for which audits of the JRC report a shift of ten ranks."""
_RANKS, _MOST_DRAWS = 10, 0.9
"""The shift that these audits report, and the least share of draws that it holds in."""


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
    """A row for each unit, by nominal rank: the unit, rank, mean, median, lower and upper (5-95 %), tier, stands_below.

    stands_below is the probability that the unit before it ranks above it."""
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

    @classmethod
    def of(cls, ranks: Array, nominal: Sequence[float], *, units: Sequence[str] = (), **facts: Any) -> DrawFacts:
        """Return facts for tests, from the ranks (draws, units) and the nominal ranks.

        Parameters
        ----------
        ranks : array of float, shape (draws, units)
            The ranks in all draws.
        nominal : sequence of float, shape (units,)
            The ranks without any change.
        units : sequence of str, optional
            The names of the units; by default they are numbered.
        **facts
            Further fields, which replace those that follow from the ranks.

        Returns
        -------
        DrawFacts
            The facts.

        Examples
        --------
        >>> facts = DrawFacts.of(np.array([[1.0, 2.0], [1.0, 2.0]]), [1, 2], units=["Oslo", "Lima"])
        >>> facts.table.select("unit", "lower", "tier").rows()
        [('Oslo', 1.0, 1), ('Lima', 2.0, 2)]
        """
        names = list(units) or [f"u{number}" for number in range(len(nominal))]
        drawn, of_index = np.asarray(ranks, dtype=float), np.asarray(nominal, dtype=float)
        lower, median, upper = quantiles(drawn)
        order = np.lexsort((np.array(names), of_index))
        pairs = drawn[:, order[:-1]], drawn[:, order[1:]]
        above = np.append(np.nan, ((pairs[0] < pairs[1]) + 0.5 * (pairs[0] == pairs[1])).mean(axis=0))
        table = pl.DataFrame(
            {
                "unit": [names[unit] for unit in order],
                "rank": of_index[order],
                "mean": drawn.mean(axis=0)[order],
                "median": median[order],
                "lower": lower[order],
                "upper": upper[order],
                "tier": 1 + (above >= _CERTAIN).cumsum(),
                "stands_below": above,
            },
            nan_to_null=True,
        )
        return cls(names, of_index, drawn, table, facts.pop("factors", {"weights": len(drawn)}), **facts)

    @property
    def draws(self) -> int:
        """The number of draws that were scored."""
        return len(self.ranks)

    @cached_property
    def average_shift(self) -> Array:
        """The mean absolute difference between drawn and nominal ranks, (draws,); NaN for a draw without ranks."""
        shift = np.empty(self.draws)
        for rows in self._portions():
            distance = np.abs(self.ranks[rows].astype(float) - self.nominal)
            ranked = np.isfinite(distance)
            with np.errstate(invalid="ignore"):
                shift[rows] = np.where(ranked, distance, 0.0).sum(axis=1) / ranked.sum(axis=1)
        return shift

    @cached_property
    def intervals(self) -> pl.DataFrame:
        """The ranked units by nominal rank: unit, rank, median, lower, upper, tier, stands_below."""
        columns = ["rank", "median", "lower", "upper", "tier", "stands_below"]
        table = self.table.select(pl.col(self.table.columns[0]).cast(pl.String).alias("unit"), *columns)
        return table.filter(pl.col("rank").is_not_null() & pl.col("lower").is_not_null())

    @cached_property
    def first_shares(self) -> Array:
        """The share of draws in which each unit is first, (units,)."""
        count = np.zeros(len(self.units))
        for rows in self._portions():
            ranks = np.where(np.isnan(self.ranks[rows]), np.inf, self.ranks[rows].astype(float))
            count += (np.isfinite(ranks) & (ranks == ranks.min(axis=1, keepdims=True))).sum(axis=0)
        return count / max(1, self.draws)

    @cached_property
    def kept_shares(self) -> Array:
        """The share of draws in which each unit has its nominal rank, (units,)."""
        return self._shares_within(0)

    def _shares_within(self, ranks: float) -> Array:
        """Return the share of draws in which each unit is at most a number of ranks from its nominal rank, (units,)."""
        count = np.zeros(len(self.units))
        for rows in self._portions():
            count += (np.abs(self.ranks[rows].astype(float) - self.nominal) <= ranks).sum(axis=0)
        return count / max(1, self.draws)

    @cached_property
    def steady_units(self) -> tuple[int, int]:
        """The number of units that shift little, and the largest shift of these.

        Audits of the JRC count the units that shift by at most ten ranks in 90 % of the draws. Of fewer than 100 units,
        ten in a hundred ranks, and at least three, take the place of ten.
        """
        units = len(self.intervals)
        limit = _RANKS if units >= MANY_UNITS else max(3, round(_RANKS * units / MANY_UNITS))
        return int((self._shares_within(limit) >= _MOST_DRAWS).sum()), limit

    def shift_in_words(self) -> Sentence:
        """Return the number of units that shift little as a sentence."""
        steady, limit = self.steady_units
        units = len(self.intervals)
        return Sentence(
            "{steady:,} of {units:,} {noun} {verb} by at most {limit} ranks in at least 90 % of {draws:,} draws",
            steady=steady,
            units=units,
            noun="unit" if units == 1 else "units",
            verb="shifts" if steady == 1 else "shift",
            limit=limit,
            draws=self.draws,
        )

    @cached_property
    def differences_of_halves(self) -> Array:
        """The largest difference between the 5 %, 50 % and 95 % quantiles of two halves of the draws, (units,)."""
        half = self.draws // 2
        differences: Array = np.abs(quantiles(self.ranks[:half]) - quantiles(self.ranks[half : 2 * half])).max(axis=0)
        return differences

    def _portions(self) -> Iterator[slice]:
        """Yield slices of draws that are small enough for memory."""
        step = max(1, _CELLS // max(1, len(self.units)))
        for start in range(0, self.draws, step):
            yield slice(start, start + step)


def quantiles(ranks: Array) -> Array:
    """Return the 5 %, 50 % and 95 % quantiles of the ranks of each unit, (3, units); NaN without a rank.

    Quantiles are linear between order statistics (type 7 of Hyndman & Fan 1996).

    >>> quantiles(np.array([[1.0], [2.0], [3.0]])).ravel().round(2).tolist()
    [1.1, 2.0, 2.9]
    """
    draws, units = ranks.shape
    result = np.full((len(_SHARES), units), np.nan)
    step = max(1, _CELLS // max(1, draws))
    for start in range(0, units if draws else 0, step):
        columns = ranks[:, start : start + step].astype(float)
        gaps = np.isnan(columns).any(axis=0)
        if not gaps.all():
            result[:, start : start + step][:, ~gaps] = np.quantile(columns[:, ~gaps], _SHARES, axis=0)
        for unit in np.flatnonzero(gaps):
            ranked = columns[np.isfinite(columns[:, unit]), unit]
            if len(ranked):
                result[:, start + unit] = np.quantile(ranked, _SHARES)
    return result
