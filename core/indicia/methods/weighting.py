"""The contract of a weighting."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from indicia.methods.contract import Method
from indicia.methods.random_numbers import not_declared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.formulas import Expression, Statistics
    from indicia.methods.contract import Array, Domain
    from indicia.methods.detail_tables import DetailTable
    from indicia.methods.random_numbers import RandomNumbers


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

        Returns
        -------
        Indicators
            The parts.
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

        Returns
        -------
        array of float, shape (k,)
            The statistics.
        """

    @abstractmethod
    def correlation(
        self, rows: Literal["pairwise", "complete"] = "pairwise", of: Literal["values", "ranks"] = "values"
    ) -> Array:
        """Return correlations, shape (k, k): those of Pearson, or with the ranks of the values those of Spearman.

        Parameters
        ----------
        rows
            The units in the computation: units with both parts (default), or units with all parts. A part that does not
            vary has correlation 0 with the others.
        of
            The values (default), or their ranks among the units in the computation. Equal values have the mean of their
            ranks.

        Returns
        -------
        array of float, shape (k, k)
            The correlations, -1 to 1.
        """

    @abstractmethod
    def covariance(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        """Return sample covariances (divisor n - 1), shape (k, k); `rows` as in `correlation`.

        Parameters
        ----------
        rows : {"pairwise", "complete"}, default "pairwise"
            The units in the computation, as in `correlation`.

        Returns
        -------
        array of float, shape (k, k)
            The covariances.
        """

    @abstractmethod
    def multiple_correlation(self) -> Array:
        """Return the correlation of each part with its least squares fit on the other parts, shape (k,).

        The units are those that have all parts. A part that does not vary has correlation 0.
        """

    @abstractmethod
    def regression(self, column: str) -> Array:
        """Return the slopes of the least squares regression of a column on the parts, shape (k,).

        The column is divided by its largest absolute value. The regression has an intercept. A part that does not vary
        has slope 0, and the units are those that have all other parts.

        Parameters
        ----------
        column
            A column of the data that the method declares in `uses`.

        Returns
        -------
        array of float, shape (k,)
            The slopes.

        Raises
        ------
        ValueError
            If the parts are linearly dependent, or if there are not more units than coefficients.
        """

    @abstractmethod
    def correlation_with(self, column: str) -> Array:
        """Return the correlation of each part with a column of the data, shape (k,).

        The units are those that have the part. A part or a column that does not vary has correlation 0.

        Parameters
        ----------
        column
            A column of the data that the method declares in `uses`.

        Returns
        -------
        array of float, shape (k,)
            The correlations, -1 to 1.
        """

    @abstractmethod
    def count_complete(self) -> int:
        """Return the number of units that have all parts."""

    @abstractmethod
    def reduce(self, function: Callable[[Array], Array], join: Callable[[Array, Array], Array] | None = None) -> Array:
        """Return figures that a function computes from the units that have all parts.

        In memory, `function` gets all these units at once. Over partitions, it gets those of each partition, and `join`
        joins the figures in the order of the partitions.

        Parameters
        ----------
        function
            It gets the values of some units, shape (n, k) without gaps; n may be 0. It returns an array, whose shape
            does not depend on n. It must not change the values.
        join
            It gets the figures of two sets of units, and returns the figures of both. The default adds them.

        Returns
        -------
        array
            The figures.

        Examples
        --------
        The sums of squares, and the largest values:

        `indicators.reduce(lambda x: (x**2).sum(axis=0))`,
        `indicators.reduce(lambda x: x.max(axis=0, initial=-np.inf), np.maximum)`
        """

    @abstractmethod
    def column(self, name: str) -> Array:
        """Return a column of the data that the method declares in `uses`, shape (n,).

        A run over partitions refuses it: prefer `regression`, `correlation_with`, and the statistics of `each`.

        Parameters
        ----------
        name : str
            The name of the column.

        Returns
        -------
        array of float, shape (n,)
            The values of the units.
        """

    @abstractmethod
    def matrix(self) -> Array:
        """Return the values, shape (n, k), missing ones as NaN.

        This needs all values in memory, and a run over partitions refuses it: prefer `each` and `reduce`.
        """

    @property
    def random(self) -> RandomNumbers:
        """The random numbers of the node, for a weighting whose class declares `is_random`.

        Its n units are the rows of `matrix`, and its columns are the parts. Each node has numbers of its own.
        """
        raise not_declared("the weighting")


@dataclass(frozen=True)
class Weights:
    """Weights with further results."""

    values: Array
    """One number per part, shape (k,), none negative."""
    facts: Mapping[str, float | str] = field(default_factory=dict)
    """Figures that the result shows beside the weights, such as a consistency ratio."""
    warning: str | None = None
    """A sentence for the user, such as that judgements contradict each other."""
    tables: Mapping[str, DetailTable] = field(default_factory=dict)
    """Tables of further results by name, which the class declares in `detail_tables`."""


@dataclass(frozen=True)
class Weighting(Method):
    """Compute the weight of each part of a node, an indicator or a dimension.

    Notes
    -----
    The core scales the weights to sum 1. A single part has weight 1, and its weighting is not called.
    """

    needs_all_rows = False
    """The method calls `matrix` or `column` of the indicators. Then a run over partitions refuses it before it starts.

    A property may compute it from parameters.
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
