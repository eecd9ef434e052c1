"""A column of which a run has one partition of the rows, as a method sees it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods.contract import Array


class MergedColumn(ABC):
    """The present values of a column over all rows, of which a run has one partition at a time."""

    @abstractmethod
    def reduce(self, function: Callable[[Array], Array], join: Callable[[Array, Array], Array] | None = None) -> Array:
        """Return figures of all values.

        Parameters
        ----------
        function
            It gets the values of a partition, shape (n,) without gaps; n may be 0. It returns an array, and must not
            change the values.
        join
            It gets the figures of two sets of values, and returns the figures of both. The default adds them.

        Returns
        -------
        array of float
            The figures of all values.

        Examples
        --------
        The sum of squares, and the largest value:

        `column.reduce(lambda x: (x**2).sum(keepdims=True))`,
        `column.reduce(lambda x: x.max(keepdims=True, initial=-np.inf), np.maximum)`
        """
