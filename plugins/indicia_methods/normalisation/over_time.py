"""Normalisations that compare a unit with itself in other periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from indicia.methods import Domain, Normalisation, Property, where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Expression, Statistics


_PERIODS = {"periods": "a unit is compared with itself in other periods, and a period alone has none"}


@dataclass(frozen=True)
class Cyclical(Normalisation):
    """Subtract the unit's mean over time, and divide by its mean absolute deviation over time.

    Scores show how far a unit is above or below its usual value, not its level. An irregular series is divided by a
    large deviation, and so counts less. A unit whose values are all equal is at its mean. A unit with a value in one
    period only has no score.
    """

    name = "cyclical"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, table 3 and section 5.6"
    formula = r"z = c + \frac{x_t - E_t(x_t)}{E_t(|x_t - E_t(x_t)|)}"
    symbols = {"centre": "c"}
    needs_periods = True
    missing_without_periods = True
    follows_direction = False
    expected_failures: ClassVar[Mapping[str, str]] = _PERIODS
    properties = frozenset(
        {
            Property.SCALE_INVARIANT,
            Property.FREE_OF_RANK_REVERSAL,
            Property.DEFINED_AT_ZERO,
            Property.DEFINED_BELOW_ZERO,
        }
    )

    centre: Annotated[float, Field(description="score of the unit's mean; 100 for the index form of section 5.6")] = 0.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        mean = s.over_time(x.mean())
        deviation = s.over_time((x - mean).abs().mean())
        varies = s.over_time(x.max()) > s.over_time(x.min())
        sample_deviation = s.over_time(x.std())  # missing for a single value
        at_mean = where(x.is_null(), x, where(sample_deviation.is_null(), sample_deviation, self.centre))
        return where(varies, self.centre + (x - mean) / deviation, at_mean)


@dataclass(frozen=True)
class AnnualDifferences(Normalisation):
    """Take the change since the period before, in per cent of the value before; for a cost, the fall.

    The period before is that of the data: a unit without a value there has no score, as in the first period.
    `relative_to = "current"` divides by the present value: the Handbook has this formula in table 3, and the other in
    section 5.7. Scores show the growth of a unit, not its level.
    """

    name = "annual_differences"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, table 3 and section 5.7"
    formula = r"z = c \frac{x_t - x_{t-1}}{<relative_to>}"
    cost_formula = r"z = c \frac{x_{t-1} - x_t}{<relative_to>}"
    symbols = {"scale": "c"}
    variants = {"relative_to": {"previous": "x_{t-1}", "current": "x_t"}}
    domain = Domain.NON_NEGATIVE
    needs_periods = True
    missing_without_periods = True
    whole_column = True
    follows_direction = False
    expected_failures: ClassVar[Mapping[str, str]] = _PERIODS
    properties = frozenset({Property.SCALE_INVARIANT, Property.FREE_OF_RANK_REVERSAL})

    relative_to: Annotated[
        Literal["previous", "current"], Field(description="divide by the value before, or by the present value")
    ] = "previous"
    scale: Annotated[float, Field(gt=0, description="score of a change by the whole value; 100 for per cent")] = 100.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return self.scale * (x - s.previous) / self._base(x, s)

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return self.scale * (s.previous - x) / self._base(x, s)

    def _base(self, x: Expression, s: Statistics) -> Expression:
        return s.previous if self.relative_to == "previous" else x


@dataclass(frozen=True)
class BalanceOfOpinions(Normalisation):
    """Score a rise since the period before as 100, a fall as -100, and a change up to a threshold as 0.

    Each indicator has the values of one expert, or of one question of a survey. The equally weighted arithmetic mean of
    a dimension is then the balance: the share of experts that see a rise, less the share that see a fall, in per cent.
    With `missing = "skip"` the experts that answered count. The first period has no score.
    """

    name = "balance_of_opinions"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, table 3"
    formula = r"z_e = 100 \operatorname{sgn}_e(x_t - x_{t-1}), \quad \operatorname{sgn}_e(d) = 0 \text{ if } |d| \le p"
    symbols = {"threshold": "p"}
    needs_periods = True
    missing_without_periods = True
    whole_column = True
    follows_direction = False
    expected_failures: ClassVar[Mapping[str, str]] = _PERIODS
    properties = frozenset({Property.FREE_OF_RANK_REVERSAL, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    threshold: Annotated[
        float, Field(ge=0, description="largest change, in the unit of the indicator, that counts as none")
    ] = 0.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        change = x - s.previous
        return where(change.abs() > self.threshold, 100.0 * change / change.abs(), where(change.is_null(), change, 0.0))
