"""The contract of a treatment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.methods.contract import Domain, Method

if TYPE_CHECKING:
    from indicia.formulas import Expression, Statistics
    from indicia.methods.contract import Array


@dataclass(frozen=True)
class Treatment(Method):
    """Draw in the outliers of an indicator, or change its scale; the order of units stays, up to ties.

    It is chosen as a `treatment`, by the look of the data, or as a `transform`, whatever the data look like. It sees
    values in their unit of measure, whatever the direction. With `groups` or `parents` it is a `treatment` alone, and
    keeps the order among units of one group and one parent. What depends on the whole column (how many points to draw
    in) is a statistic too: `low, high = s.learned(self.limits, 2)`.
    """

    @property
    def domain(self) -> Domain:
        """The values that the formula can take."""
        return Domain.REAL

    @property
    def changes_scale(self) -> bool:
        """Whether treated values may be in another unit, so that bounds and targets no longer tell anything of them."""
        return False

    @property
    def groups(self) -> tuple[str, ...]:
        """The group columns within which statistics are taken, beside those that the methodology names.

        A transform has none: the bounds that follow it are the same for all groups.
        """
        return ()

    @property
    def parents(self) -> str | None:
        """The group column that names the unit to which a unit belongs, where the formula asks for `s.parent`.

        A transform has none: the bounds that follow it belong to no unit.
        """
        return None

    def treat(self, x: Expression, s: Statistics) -> Expression:
        """Return the treated values."""
        raise NotImplementedError

    def passes(self, values: Array) -> bool:  # noqa: ARG002
        """Say whether treated values, shape (n,), at least one and none missing, are what the treatment aims at."""
        return True
