"""The contract of a consensus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.methods.contract import Method

if TYPE_CHECKING:
    from indicia.methods.contract import Array


@dataclass(frozen=True)
class Consensus(Method):
    """Make one ranking of several rankings of the same n units.

    A ranking is a vector of ranks, 1 the best, equal units at the mean of their places.
    """

    low_is_best = False
    """A lower score is a better one; the core turns the rank round, the score stays as the paper has it."""

    def combine(self, rankings: Array) -> Array:
        """Return one score per unit, shape (n,), of ranks (m, n)."""
        raise NotImplementedError
