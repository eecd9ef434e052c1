"""The contract of an agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.methods.contract import Method

if TYPE_CHECKING:
    from indicia.methods.contract import Array


@dataclass(frozen=True)
class Agreement(Method):
    """Measure how far two rankings of the same n units agree.

    Notes
    -----
    A ranking is a vector of ranks: 1 is the best, and tied units have the mean of their places. The core converts ranks
    to this form, and refuses results that are not finite.
    """

    minimum_units = 2

    distance = False
    """0 is full agreement, and a larger value means less agreement. If False, 1 is full agreement."""

    def measure(self, first: Array, others: Array) -> Array:
        """Compare one ranking with several.

        Parameters
        ----------
        first
            A ranking, shape (n,).
        others
            Rankings, shape (m, n).

        Returns
        -------
        Array
            The agreement of the first ranking with each of the others, shape (m,).
        """
        raise NotImplementedError

    def table(self, rankings: Array) -> Array:
        """Compare each ranking with all rankings.

        Parameters
        ----------
        rankings
            Rankings, shape (m, n).

        Returns
        -------
        Array
            Shape (m, m). Each row has the results of `measure` for one `first`; the table need not be symmetric.
        """
        import numpy as np

        return np.array([self.measure(ranking, rankings) for ranking in rankings])


@dataclass(frozen=True)
class JointAgreement(Agreement):
    """Measure how far any number of rankings agree, by one figure for all of them."""

    def concord(self, rankings: Array) -> float:
        """Return the agreement of all rankings, shape (m, n).

        Parameters
        ----------
        rankings : array of float, shape (m, n)
            The ranks of n units in each of m rankings.

        Returns
        -------
        float
            The agreement.
        """
        raise NotImplementedError

    def measure(self, first: Array, others: Array) -> Array:
        """Compare one ranking with several, as `concord` of each pair.

        Parameters
        ----------
        first : array of float, shape (n,)
            The ranks of the units in one ranking.
        others : array of float, shape (m, n)
            Their ranks in the others.

        Returns
        -------
        array of float, shape (m,)
            The agreement with each other ranking.
        """
        import numpy as np

        return np.array([self.concord(np.stack([first, other])) for other in others])
