"""The contract of an agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.methods.contract import Method

if TYPE_CHECKING:
    from indicia.methods.contract import Array


@dataclass(frozen=True)
class Agreement(Method):
    """Say how far two rankings of the same n units agree.

    A ranking is a vector of ranks, 1 the best, equal units at the mean of their places. The core brings ranks to that
    form, and refuses what does not come out finite.
    """

    minimum_units = 2

    distance = False
    """0 is full agreement, and more is less of it."""

    def measure(self, first: Array, others: Array) -> Array:
        """Return how far each of the others agrees with the first, shape (m,), of ranks (n,) and (m, n)."""
        raise NotImplementedError

    def table(self, rankings: Array) -> Array:
        """Return how far each ranking (m, n) agrees with each, shape (m, m); the row is the first of the two."""
        import numpy as np

        return np.array([self.measure(one, rankings) for one in rankings])


@dataclass(frozen=True)
class JointAgreement(Agreement):
    """Say how far any number of rankings agree, by one figure for all of them."""

    def concord(self, rankings: Array) -> float:
        """Return how far all rankings agree, of ranks (m, n)."""
        raise NotImplementedError

    def measure(self, first: Array, others: Array) -> Array:
        """Take the rankings two by two."""
        import numpy as np

        return np.array([self.concord(np.stack([first, other])) for other in others])
