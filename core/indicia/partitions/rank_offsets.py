"""Ranks carried over the boundaries of buckets: how many rows stand before each bucket, and which levels go on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from indicia.partitions.noisy_levels import NoiseCounts, NoisyLevels, value_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.partitions.rank_buckets import BucketSummary, Counts, Ranking

    Chain = list["EndLevel"]


@dataclass(frozen=True)
class EndLevel:
    """The lowest or the highest level of a bucket; a bucket of one level has only its lowest."""

    summary: BucketSummary
    is_highest: bool

    @property
    def lowest(self) -> float:
        """The lowest value."""
        return self.summary.ends[2 if self.is_highest else 0]

    @property
    def highest(self) -> float:
        """The highest value."""
        return self.summary.ends[3 if self.is_highest or self.summary.levels == 1 else 1]

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.summary.level_rows[self.is_highest]

    @property
    def value(self) -> float:
        """The value that stands for those of the level."""
        return self.summary.end_values[self.is_highest]

    def counts(self, key: int) -> Counts:
        """Return the number of rows of each code."""
        counts = self.summary.keys[key]
        return counts.last if self.is_highest else counts.first


def link_levels(summaries: Sequence[BucketSummary], tolerance: float) -> list[Chain]:
    """Join the end levels of buckets that are neighbours within the tolerance; each chain is one level of all rows."""
    filled = [summary for summary in summaries if summary.rows]
    chains: list[Chain] = [[EndLevel(filled[0], is_highest=False)]] if filled else []
    for summary, following in pairwise([*filled, None]):
        if summary is not None and summary.levels > 1:
            chains.append([EndLevel(summary, is_highest=True)])
        if summary is not None and following is not None:
            lowest = EndLevel(following, is_highest=False)
            if following.ends[0] - summary.ends[3] > tolerance:
                chains.append([lowest])
            else:
                chains[-1].append(lowest)
    return chains


def noise_of_chains(chains: Sequence[Chain], ranking: Ranking) -> NoisyLevels:
    """Return the chains that have several values."""
    noisy = [chain for chain in chains if chain[-1].highest > chain[0].lowest]
    return NoisyLevels(
        np.array([chain[0].lowest for chain in noisy], float),
        np.array([chain[-1].highest for chain in noisy], float),
        np.array([value_for([level.value for level in chain], ranking.equal_value) for chain in noisy], float),
        np.array([sum(level.rows for level in chain) for chain in noisy], np.int64),
    )


def noise_counts(summaries: Sequence[BucketSummary], ends: NoisyLevels) -> NoiseCounts:
    """Count the noisy levels of all rows."""
    return sum((summary.noise for summary in summaries), NoiseCounts.of(ends))


@dataclass(frozen=True)
class RankOffsets:
    """The places of one key that buckets cannot tell alone, counted from the lowest value.

    Arrays have the shape (buckets, codes). Places by the average are doubled.
    """

    before: Counts
    """The number that is added to the places of a bucket."""
    lowest: Counts
    """The place of the rows of the lowest level."""
    highest: Counts
    """The place of the rows of the highest level."""
    total: Counts
    """The highest place of each code, not doubled: (codes,)."""


def carry_offsets(
    summaries: Sequence[BucketSummary], chains: Sequence[Chain], key: int, codes: int, ties: str
) -> RankOffsets:
    """Return the offsets of one key.

    Parameters
    ----------
    summaries : sequence of BucketSummary
        The summaries of all buckets, in ascending order.
    chains : sequence of chains
        The levels at the ends of buckets, joined.
    key, codes : int
        The number of the key, and the number of its codes.
    ties : str
        The policy for ties of stored places.
    """
    dense = ties == "dense"
    added = np.zeros((len(summaries), codes), np.int64)
    repeated = np.zeros_like(added)
    for summary in summaries:
        if summary.rows:
            added[summary.number] = summary.keys[key].levels if dense else summary.keys[key].rows
    if dense:
        for chain in chains:
            seen = chain[0].counts(key) > 0
            for level in chain[1:]:
                present = level.counts(key) > 0
                repeated[level.summary.number] = present & seen
                seen = seen | present
    after = np.cumsum(added - repeated, axis=0)
    before = after - added
    lowest, highest = np.zeros_like(added), np.zeros_like(added)
    for chain in chains:
        place = _place_of_chain(chain, key, before, after, ties)
        for level in chain:
            number = level.summary.number
            if level.is_highest or level.summary.levels == 1:
                highest[number] = place
            if not level.is_highest:
                lowest[number] = place
    total = after[-1] if len(after) else np.zeros(codes, np.int64)
    return RankOffsets(before * 2 if ties == "average" else before, lowest, highest, total)


def _place_of_chain(chain: Chain, key: int, before: Counts, after: Counts, ties: str) -> Counts:
    """Return the place of the rows of a chain, by code."""
    start, first = chain[0], chain[0].counts(key)
    number = start.summary.number
    if ties == "dense":
        place: Counts = (after[number] - (first > 0) if start.is_highest else before[number]) + 1
        return place
    below = after[number] - first if start.is_highest else before[number]
    lowest, highest = below + 1, below + sum(level.counts(key) for level in chain)
    of_ties: dict[str, Counts] = {"min": lowest, "max": highest, "average": lowest + highest}
    return of_ties[ties]
