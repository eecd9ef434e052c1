"""The contract of a weighting."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from indicia.methods.contract import Method

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.formulas import Expression, Statistics
    from indicia.methods.contract import Array, Domain


class Indicators(ABC):
    """The k indicators or dimensions of one node, and their statistics."""

    node: str
    """The dimension whose parts are weighed; `index` at the top."""
    names: tuple[str, ...]
    """The names of the parts, k of them."""
    directions: tuple[Literal["benefit", "cost"], ...]
    """The directions of the raw values; scores of dimensions, targets and intervals are benefits."""
    given: Array
    """The weights in the index file, shape (k,)."""

    @abstractmethod
    def on(self, values: Literal["normalised", "raw"]) -> Indicators:
        """Return the same parts with statistics of other values.

        Parameters
        ----------
        values
            Normalised values (the default of all statistics), or raw values. The raw values of a dimension are its
            scores.
        """

    @abstractmethod
    def each(self, formula: Callable[[Expression, Statistics], Expression], domain: Domain | None = None) -> Array:
        """Return one statistic per part, shape (k,).

        Parameters
        ----------
        formula
            The statistic, of the values x and their statistics s: `lambda x, s: s.std / s.mean`.
        domain
            The values that the formula accepts (default: all). Another value is an error that names the part.
        """

    @abstractmethod
    def correlation(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        """Return Pearson correlations, shape (k, k).

        Parameters
        ----------
        rows
            The units in the computation: units with both parts (default), or units with all parts. A part that does not
            vary has correlation 0 with the others.
        """

    @abstractmethod
    def covariance(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        """Return sample covariances (divisor n - 1), shape (k, k); `rows` as in `correlation`."""

    def column(self, name: str) -> Array:
        """Return a column of the data that the method declares in `uses`, shape (n,)."""
        raise NotImplementedError

    @abstractmethod
    def matrix(self) -> Array:
        """Return the values, shape (n, k), missing ones as NaN. This needs all values in memory: prefer `each`."""


@dataclass(frozen=True)
class Weights:
    """Weights with further results."""

    values: Array
    """One number per part, shape (k,), none negative."""
    facts: Mapping[str, float | str] = field(default_factory=dict)
    """Figures that the result shows beside the weights, such as a consistency ratio."""
    warning: str | None = None
    """A sentence for the user, such as that judgements contradict each other."""


@dataclass(frozen=True)
class Weighting(Method):
    """Compute the weight of each part of a node, an indicator or a dimension.

    Notes
    -----
    The core scales the weights to sum 1. A single part has weight 1, and its weighting is not called.
    """

    def weigh(self, indicators: Indicators) -> Array | Weights:
        """Return the weights, before they are scaled.

        Parameters
        ----------
        indicators
            The k parts of the node.

        Returns
        -------
        Array or Weights
            One number per part, shape (k,), none negative and not all 0; `Weights` adds figures and a warning.

        Raises
        ------
        ValueError
            If there are no such weights; the core adds method and node to the message.
        """
        raise NotImplementedError
