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
    """Bring an indicator to a common scale on which larger is better.

    Write `benefit`. For a cost the core runs `benefit` on -x, unless `cost` is written too, where the field has a
    formula of its own (`min / x`).
    """

    cost_formula: ClassVar[str] = ""
    """The formula of a cost in LaTeX, where it differs from that of -x."""

    needs_bounds = False
    """The formula is one of fixed bounds, and makes no sense of those of the data."""

    follows_direction = True
    """A better value never scores less; False where a unit is compared with itself, or an optimum is the method's own.

    Of methods that follow the direction the core refuses results that do not.
    """

    needs_periods = False
    """The formula compares a unit with itself in another period, and makes no sense of a single one."""

    @property
    def needs_spread(self) -> bool:
        """The formula has no value where all units are equal (it divides by a range or a standard deviation)."""
        return False

    whole_column = False
    """The formula needs the column as a whole (a rank), not only statistics of it."""

    ordinal = False
    """The result tells order and no distances."""

    @property
    def certain(self) -> float | None:
        """A value that the worst unit is certain to score at or below, where statistics are the data's own."""
        return None

    @property
    def domain(self) -> Domain:
        """The values that `benefit` can take."""
        return Domain.REAL

    @property
    def cost_domain(self) -> Domain:
        """The values of a cost that the method can take."""
        return self.domain

    @property
    def neutral(self) -> float:
        """The score of every unit on an indicator that does not tell them apart, where the methodology asks for it."""
        raise NotImplementedError

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        """Return the normalised values of an indicator of which more is better."""
        raise NotImplementedError

    def cost(self, x: Expression, s: Statistics) -> Expression:
        """Return the normalised values of an indicator of which less is better; larger is better afterwards."""
        raise NotImplementedError

    @classmethod
    def unfit(cls) -> str | None:
        """Say that a neutral score is missing, where the formula has no value for units that are all alike."""
        lacking = cls.needs_spread is not Normalisation.needs_spread and cls.neutral is Normalisation.neutral
        return "which needs spread and does not say its neutral score" if lacking else None

    @property
    def cost_formula_of_run(self) -> str:
        """The formula of a cost, in LaTeX, that the parameters choose; empty where it is that of -x."""
        return fill_template(self.cost_formula, self.variants, self.settings)

    @classmethod
    def has_cost_formula(cls) -> bool:
        """Say whether the method has a formula of its own for costs."""
        return cls.cost is not Normalisation.cost
