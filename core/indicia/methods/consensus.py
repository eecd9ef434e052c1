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

    Notes
    -----
    A ranking is a vector of ranks: 1 is the best, and tied units have the mean of their places.
    """

    low_is_best = False
    """A lower score is better. The core ranks by the inverted score, and shows the score as in the paper."""

    def combine(self, rankings: Array) -> Array:
        """Return the scores that the core ranks.

        Parameters
        ----------
        rankings
            Ranks, shape (m, n).

        Returns
        -------
        Array
            One finite score per unit, shape (n,).
        """
        raise NotImplementedError
