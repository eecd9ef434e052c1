"""The contract of an imputation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from indicia.methods.contract import Method

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.formulas import Expression, Statistics
    from indicia.methods.contract import Array
    from indicia.methods.detail_tables import DetailTable
    from indicia.methods.random_numbers import RandomNumbers


@dataclass(frozen=True)
class Imputation(Method):
    """Fill the missing values of an indicator by statistics; present values stay as they are.

    Notes
    -----
    A value stays missing if the statistics that it needs are missing. The policy of the methodology for missing values
    then applies to it.
    """

    @property
    def groups(self) -> tuple[str, ...]:
        """The group columns for statistics within groups, besides those of the methodology (default: none)."""
        return ()

    @property
    def parents(self) -> str | None:
        """The group column that names the parent of a unit, for formulas with `s.parent` (default: none)."""
        return None

    def fill(self, x: Expression, s: Statistics) -> Expression:
        """Return the values of the missing cells.

        Parameters
        ----------
        x
            The indicator in its unit of measure, whatever its direction.
        s
            The statistics of x.

        Returns
        -------
        Expression
            One value from statistics, one value per group, or the value of the parent.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class SeriesImputation(Imputation):
    """Fill the missing values of an indicator from other periods of the same unit."""

    @property
    def carries_forward(self) -> bool:
        """True if a fitted index can fill the gaps of later periods (default: False).

        The value of a cell must depend on earlier periods only by the last present value before the cell, by its
        period, and by the missing cells between: a fitted index keeps these of each unit.
        """
        return False

    def follow(self, x: Expression, t: Expression) -> Expression:
        """Return the series of one unit with values in the missing cells.

        Parameters
        ----------
        x
            The values of one unit, in the order of its periods.
        t
            The periods as numbers, in ascending order.

        Returns
        -------
        Expression
            The same number of values. Indicia ignores the values of present cells.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Completed:
    """A matrix without gaps, with further results."""

    values: Array
    """As `MatrixImputation.complete` returns it."""
    tables: Mapping[str, Callable[[Sequence[str], Array], DetailTable]] = field(default_factory=dict)
    """Tables of further results, which the class declares in `detail_tables`.

    Each is a function of the names of the columns and of their signs, shape (k,): -1 for a cost, whose values are
    negated in the matrix. It is called when somebody asks for the table.
    """
    columns_of_units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By table, the columns with numbers of rows of the matrix, in place of which the table has names of units."""


@dataclass(frozen=True)
class MatrixImputation(Imputation):
    """Fill missing values from other indicators and other units."""

    @property
    def reach(self) -> Literal["index", "dimension"]:
        """The indicators in one matrix: all with this method (default), or those of one dimension."""
        return "index"

    def complete(self, values: Array) -> Array | Completed:
        """Return the matrix with values in the missing cells.

        Parameters
        ----------
        values
            Indicators in their units of measure, shape (n, k), missing ones as NaN; costs are negated. The columns that
            the method declares in `uses` follow as further columns, without gaps.

        Returns
        -------
        Array or Completed
            The shape of `values`. Indicia ignores the values of present cells; NaN stays missing. `Completed` adds
            tables of further results.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class RandomImputation(MatrixImputation):
    """Fill missing values with random draws from the distribution of their values.

    Notes
    -----
    A run has one draw, which belongs to its seed. `[robustness] imputations` fills the table several times (multiple
    imputation), and pools the scores.
    """

    is_random = True

    def draw(self, values: Array, random: RandomNumbers) -> Array:
        """Return the matrix with drawn values in the missing cells.

        Parameters
        ----------
        values
            As in `MatrixImputation.complete`.
        random
            The random numbers of this run. The method uses no others, so that neither the order of the rows nor a
            further unit changes the numbers of a unit.

        Returns
        -------
        Array
            The shape of `values`. Indicia ignores the values of present cells; NaN stays missing.
        """
        raise NotImplementedError
