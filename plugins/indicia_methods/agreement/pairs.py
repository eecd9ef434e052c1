"""Agreement of rankings by pairs of units: concordant pairs have the same order in both rankings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Agreement

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_methods.arrays import Integers

_CELLS = 1 << 23
"""Most pairs of units, over all rankings, that are held in memory."""


@dataclass(frozen=True)
class Kendall(Agreement):
    """Subtract discordant from concordant pairs, as a share of all pairs (tau_a) or corrected for ties (tau_b)."""

    name = "kendall"
    reference = "Kendall (1938), Biometrika 30; Kendall (1945), Biometrika 33(3)"
    formula = "<variant>"
    variants = {
        "variant": {
            "tau_b": r"\tau_b = \frac{C - D}{\sqrt{(C + D + T_x)(C + D + T_y)}}",
            "tau_a": r"\tau_a = \frac{C - D}{n (n - 1) / 2}",
        },
    }

    variant: Annotated[
        Literal["tau_a", "tau_b"],
        Field(description="tau_a: share of all pairs, ties included; tau_b: corrected for ties"),
    ] = "tau_b"

    def measure(self, first: Array, others: Array) -> Array:
        pairs = _Pairs.of(first, others)
        if self.variant == "tau_a":
            return pairs.balance / pairs.total
        return pairs.balance / np.sqrt((pairs.total - pairs.tied_first) * (pairs.total - pairs.tied_other))

    def table(self, rankings: Array) -> Array:
        count, units = rankings.shape
        balance, untied = np.zeros((count, count)), np.zeros(count)
        step = max(1, _CELLS // (count * units))
        for start in range(0, units, step):
            block = rankings[:, start : start + step, None]
            signs = np.sign(block - rankings[:, None, :]).reshape(count, -1).astype(np.float32)
            balance += signs @ signs.T  # exact: a float32 holds integers up to 2^24
            untied += np.abs(signs).sum(axis=1)
        total = float(units * (units - 1))
        return balance / (total if self.variant == "tau_a" else np.sqrt(np.outer(untied, untied)))


@dataclass(frozen=True)
class GoodmanKruskal(Agreement):
    """Subtract discordant from concordant pairs, as a share of both; tied pairs do not count."""

    name = "goodman_kruskal"
    reference = "Goodman & Kruskal (1954), Journal of the American Statistical Association 49"
    formula = r"\gamma = \frac{C - D}{C + D}"

    def measure(self, first: Array, others: Array) -> Array:
        pairs = _Pairs.of(first, others)
        return pairs.balance / (pairs.concordant + pairs.discordant)


@dataclass(frozen=True)
class _Pairs:
    """Counts of concordant, discordant and tied pairs, by Knight (1966), JASA 61, in O(n log n)."""

    total: float
    tied_first: Array
    tied_other: Array
    concordant: Array
    discordant: Array

    @property
    def balance(self) -> Array:
        return self.concordant - self.discordant

    @classmethod
    def of(cls, first: Array, others: Array) -> _Pairs:
        n = len(first)
        x, y = (np.rint(2 * ranks).astype(np.int64) for ranks in (first, others))  # ranks of ties end in ½
        both = np.sort(x * (2 * n + 1) + y, axis=-1)
        discordant = _inversions(both % (2 * n + 1))
        total = n * (n - 1) / 2
        tied_first, tied_other, tied_both = _tied(np.sort(x)), _tied(np.sort(y, axis=-1)), _tied(both)
        concordant = total - tied_first - tied_other + tied_both - discordant
        return cls(total, tied_first, tied_other, concordant, discordant)


def _tied(ordered: npt.NDArray[Any]) -> Array:
    """Count the pairs of equal numbers in sorted rows."""
    places = np.arange(ordered.shape[-1])
    begins = np.ones(ordered.shape, dtype=bool)
    begins[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    pairs: Array = (places - np.maximum.accumulate(np.where(begins, places, 0), axis=-1)).sum(axis=-1).astype(float)
    return pairs


def _inversions(rows: Integers) -> Array:
    """Count the pairs in which a larger number precedes a smaller one, bit by bit, the highest bit first."""
    inversions = np.zeros(rows.shape[:-1])
    for bit in reversed(range(int(rows.max()).bit_length())):
        # rows are sorted by their higher bits; where these are equal, a 1 before a 0 is an inversion
        bits = rows >> bit & 1
        ones = bits.cumsum(axis=-1)
        higher = rows >> bit + 1
        begins = np.ones(rows.shape, dtype=bool)
        begins[..., 1:] = higher[..., 1:] != higher[..., :-1]
        earlier = np.maximum.accumulate(np.where(begins, ones - bits, 0), axis=-1)
        inversions += ((ones - earlier) * (1 - bits)).sum(axis=-1)
        rows = np.take_along_axis(rows, np.argsort(rows >> bit, axis=-1, kind="stable"), axis=-1)
    return inversions
