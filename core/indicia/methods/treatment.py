"""The contract of a treatment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.methods.contract import Domain, Method

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.formulas import Expression, Statistics
    from indicia.methods.contract import Array


@dataclass(frozen=True)
class Treatment(Method):
    """Treat the outliers of an indicator, or change its scale; units keep their order, up to ties.

    Notes
    -----
    Users choose it as `treatment`, which applies if the distribution needs it, or as `transform`, which always applies.
    With `groups` or `parents` it serves as `treatment` only, and keeps the order of units of one group or parent.
    """

    @property
    def domain(self) -> Domain:
        """The values that the formula accepts (default: all)."""
        return Domain.REAL

    @property
    def changes_scale(self) -> bool:
        """Treated values may have another unit of measure, as logarithms do (default: False).

        Bounds and targets in the index file then no longer apply to them.
        """
        return False

    @property
    def groups(self) -> tuple[str, ...]:
        """The group columns for statistics within groups, besides those of the methodology (default: none).

        A transform has none: the bounds in the index file are the same for all groups.
        """
        return ()

    @property
    def parents(self) -> str | None:
        """The group column that names the parent of a unit, for formulas with `s.parent` (default: none).

        A transform has none: the bounds in the index file belong to no unit.
        """
        return None

    def treat(self, x: Expression, s: Statistics) -> Expression:
        """Return the treated values.

        Parameters
        ----------
        x
            The indicator in its unit of measure, whatever its direction.
        s
            The statistics of x. `s.fit(function, size)` returns numbers that a function computes from the column.

        Returns
        -------
        Expression
            One value per unit.

        Examples
        --------
        >>> from indicia.methods import Treatment
        >>> class Winsorise(Treatment):
        ...     def treat(self, x, s):
        ...         low, high = s.fit(self.limits, 2)
        ...         return x.clip(low, high)
        """
        raise NotImplementedError

    def figures(self, x: Expression, s: Statistics) -> Mapping[str, Expression | float | None]:  # noqa: ARG002
        """Return what the treatment found for an indicator, such as bounds or a power (default: nothing).

        The table `treatment` of the details has a row for each indicator with these figures. A treatment that returns
        some declares the table in `detail_tables`.

        Parameters
        ----------
        x
            The indicator, for use within `s(…)`.
        s
            The statistics of x: those that `treat` uses, in the same order, and no others.

        Returns
        -------
        mapping of str to Expression, float or None
            Numbers by name, computed from statistics alone; NaN or None where there is no such number.
        """
        return {}

    @property
    def reports_figures(self) -> bool:
        """True if the treatment has a function `figures` of its own, and with its parameters some figures."""
        return type(self).figures is not Treatment.figures

    @property
    def checks_values(self) -> bool:
        """True if the treatment has a function `passes` of its own."""
        return type(self).passes is not Treatment.passes

    @property
    def checks_all_values(self) -> bool:
        """True if the treatment has a function `passes` of its own, and no `passes_merged`."""
        return self.checks_values and type(self).passes_merged is Treatment.passes_merged

    def passes(self, values: Array) -> bool:  # noqa: ARG002
        """Return True if the treated values meet the aim of the treatment (default: always).

        Parameters
        ----------
        values
            Treated values, shape (n,), at least one and none missing.

        Returns
        -------
        bool
            True if no further pass is needed.
        """
        return True

    def passes_merged(self, column: MergedColumn) -> bool:  # noqa: ARG002
        """Return `passes` of a column of which a run has one partition.

        A run over partitions refuses a treatment that has `passes` of its own and not this function.

        Parameters
        ----------
        column
            Treated values.

        Returns
        -------
        bool
            True if no further pass is needed.
        """
        return True


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
