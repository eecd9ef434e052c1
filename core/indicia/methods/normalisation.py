"""The contract of a normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from indicia.methods.contract import Domain, Method
from indicia.methods.formulas import fill_template

if TYPE_CHECKING:
    from indicia.formulas import Expression, Statistics


@dataclass(frozen=True)
class Normalisation(Method):
    """Convert an indicator to a common scale, on which a larger value is better.

    Notes
    -----
    A normalisation defines `benefit`. For a cost the core calls `benefit` with -x, and with minimum and maximum
    exchanged. A normalisation with another formula for costs, such as `s.min / x`, also defines `cost`.
    """

    cost_formula: ClassVar[str] = ""
    """The formula of a cost in LaTeX, if it is not that of -x."""

    needs_bounds = False
    """The formula needs bounds in the index file, and refuses an indicator without them."""

    follows_direction = True
    """A better value never scores less: the core refuses results that break this.

    False if the method compares a unit with itself, or defines its own optimum.
    """

    needs_periods = False
    """The formula compares a unit with itself in another period, and refuses data without periods."""

    missing_without_periods = False
    """The result is missing where a unit lacks the periods that the formula needs, such as before the first period.

    The policy for missing values then applies to it. False if the core refuses such a result.
    """

    @property
    def needs_spread(self) -> bool:
        """The formula has no value if all units are equal, as it divides by a range or a standard deviation.

        The class then defines `neutral_score` (default: False).
        """
        return False

    @property
    def whole_column(self) -> bool:
        """The formula needs other rows, not only statistics: ranks, or the period before (default: False)."""
        return False

    ordinal = False
    """The result shows the order of units, and no distances between them."""

    @property
    def guaranteed_worst_score(self) -> float | None:
        """An upper limit of the score of the worst unit, if statistics are computed from the data (default: none)."""
        return None

    @property
    def best_score(self) -> float | None:
        """The score of the better end of the scale, such as 100 for a scale from 0 to 100 (default: none).

        The end is the best unit, or the better bound of the index file. Values beyond bounds may score more.
        """
        return None

    @property
    def domain(self) -> Domain:
        """The values that `benefit` accepts (default: all)."""
        return Domain.REAL

    @property
    def cost_domain(self) -> Domain:
        """The values of a cost (default: those of `domain`)."""
        return self.domain

    @property
    def neutral_score(self) -> float:
        """The score of all units on an indicator that does not vary, if the methodology has `constant = "neutral"`."""
        raise NotImplementedError

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        """Return the normalised values of a benefit.

        Parameters
        ----------
        x
            The indicator in its unit of measure; -x for a cost, if the class has no `cost`.
        s
            The statistics of x. Bounds in the index file are its `min` and `max`.

        Returns
        -------
        Expression
            One value per unit, the larger the better; missing where x is.

        Examples
        --------
        >>> from indicia.methods import Normalisation
        >>> class Share(Normalisation):
        ...     def benefit(self, x, s):
        ...         return x / s.sum
        """
        raise NotImplementedError

    def cost(self, x: Expression, s: Statistics) -> Expression:
        """Return the normalised values of a cost.

        Parameters
        ----------
        x
            The indicator in its unit of measure.
        s
            The statistics of x.

        Returns
        -------
        Expression
            One value per unit, the larger the better.
        """
        raise NotImplementedError

    @classmethod
    def class_problem(cls) -> str | None:
        """Return a clause if the formula needs units that differ, and the class has no neutral score."""
        is_incomplete = cls.needs_spread is not Normalisation.needs_spread and (
            cls.neutral_score is Normalisation.neutral_score
        )
        return "which needs spread and has no neutral_score" if is_incomplete else None

    @property
    def cost_formula_of_run(self) -> str:
        """The formula of a cost, in LaTeX, with these parameters; empty if it is that of -x."""
        return fill_template(self.cost_formula, self.variants, self.settings)

    @classmethod
    def has_cost_formula(cls) -> bool:
        """Return True if the class defines `cost`."""
        return cls.cost is not Normalisation.cost
