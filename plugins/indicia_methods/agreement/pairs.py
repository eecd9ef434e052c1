"""Agreement by pairs of units: does the same one come first in both rankings?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Agreement

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

_CELLS = 1 << 23
"""The most pairs of units, over all rankings, that are held at once."""


@dataclass(frozen=True)
class Kendall(Agreement):
    """Take pairs in the same order less pairs in opposite order, as a share of all pairs or of those not tied."""

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
        Literal["tau_a", "tau_b"], Field(description="tau_a counts tied pairs among all, tau_b allows for them")
    ] = "tau_b"

    def measure(self, first: Array, others: Array) -> Array:
        pairs = _Pairs.of(first, others)
        if self.variant == "tau_a":
            return pairs.balance / pairs.every
        return pairs.balance / np.sqrt((pairs.every - pairs.tied_first) * (pairs.every - pairs.tied_other))

    def table(self, rankings: Array) -> Array:
        count, units = rankings.shape
        balance, untied = np.zeros((count, count)), np.zeros(count)
        step = max(1, _CELLS // (count * units))
        for start in range(0, units, step):
            some = rankings[:, start : start + step, None]
            signs = np.sign(some - rankings[:, None, :]).reshape(count, -1).astype(np.float32)
            balance += signs @ signs.T  # sums of so few ones are exact
            untied += np.abs(signs).sum(axis=1)
        every = float(units * (units - 1))
        return balance / (every if self.variant == "tau_a" else np.sqrt(np.outer(untied, untied)))


@dataclass(frozen=True)
class GoodmanKruskal(Agreement):
    """Take pairs in the same order less pairs in opposite order, as a share of both: ties do not count."""

    name = "goodman_kruskal"
    reference = "Goodman & Kruskal (1954), Journal of the American Statistical Association 49"
    formula = r"\gamma = \frac{C - D}{C + D}"

    def measure(self, first: Array, others: Array) -> Array:
        pairs = _Pairs.of(first, others)
        return pairs.balance / (pairs.concordant + pairs.discordant)


@dataclass(frozen=True)
class _Pairs:
    """How many pairs of units are in which order, by Knight (1966), JASA 61: O(n log n)."""

    every: float
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
        x, y = (np.rint(2 * ranks).astype(np.int64) for ranks in (first, others))  # whole numbers: ties end in ½
        both = np.sort(x * (2 * n + 1) + y, axis=-1)
        discordant = _inversions(both % (2 * n + 1))
        every = n * (n - 1) / 2
        tied_first, tied_other, tied_both = _tied(np.sort(x)), _tied(np.sort(y, axis=-1)), _tied(both)
        concordant = every - tied_first - tied_other + tied_both - discordant
        return cls(every, tied_first, tied_other, concordant, discordant)


def _tied(ordered: npt.NDArray[Any]) -> Array:
    """Count the pairs of equal numbers in sorted rows."""
    place = np.arange(ordered.shape[-1])
    begins = np.ones(ordered.shape, dtype=bool)
    begins[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    pairs: Array = (place - np.maximum.accumulate(np.where(begins, place, 0), axis=-1)).sum(axis=-1).astype(float)
    return pairs


def _inversions(rows: npt.NDArray[np.int64]) -> Array:
    """Count the pairs of a larger number before a smaller one, bit by bit, the highest first."""
    found = np.zeros(rows.shape[:-1])
    for bit in reversed(range(int(rows.max()).bit_length())):
        # rows are in order of their higher bits; among equal ones, a 1 before a 0 is an inversion
        one = rows >> bit & 1
        ones = one.cumsum(axis=-1)
        higher = rows >> bit + 1
        begins = np.ones(rows.shape, dtype=bool)
        begins[..., 1:] = higher[..., 1:] != higher[..., :-1]
        earlier = np.maximum.accumulate(np.where(begins, ones - one, 0), axis=-1)
        found += ((ones - earlier) * (1 - one)).sum(axis=-1)
        rows = np.take_along_axis(rows, np.argsort(rows >> bit, axis=-1, kind="stable"), axis=-1)
    return found
