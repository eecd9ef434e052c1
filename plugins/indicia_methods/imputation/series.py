"""Imputations from other periods of the same unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Property, SeriesImputation, where

if TYPE_CHECKING:
    from indicia.methods import Expression

_PROPERTIES = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

Gap = Annotated[int | None, Field(ge=1, description="a gap of more periods than this stays missing as a whole")]


@dataclass(frozen=True)
class LastValue(SeriesImputation):
    """Carry the last value of the unit forward, or its next value backward.

    `limit` and `gap` count the periods of the unit in the table; `age` measures the time between them.
    """

    name = "last_value"
    reference = "Zeileis & Grothendieck (2005), Journal of Statistical Software 14(6), na.locf"
    formula = "<direction>"
    variants = {
        "direction": {
            "forwards": r"x_t = x_{t'}, \quad t' = \max \{ u \le t : x_u \text{ is present} \}",
            "backwards": r"x_t = x_{t'}, \quad t' = \min \{ u \ge t : x_u \text{ is present} \}",
            "both": (
                r"x_t = x_{t'}, \quad t' = \max \{ u \le t : x_u \text{ is present} \}, \text{ or where there is none "
                "} "
                r"\min \{ u \ge t : x_u \text{ is present} \}"
            ),
        },
    }
    properties = _PROPERTIES

    limit: Annotated[int | None, Field(ge=1, description="largest number of periods to carry a value")] = None
    age: Annotated[
        float | None, Field(gt=0, description="largest distance in time of a carried value, in years or days")
    ] = None
    gap: Gap = None
    direction: Annotated[
        Literal["forwards", "backwards", "both"],
        Field(description="last value, next value, or both: the next if there is no last"),
    ] = "forwards"

    @property
    def carries_forward(self) -> bool:
        return True

    def follow(self, x: Expression, t: Expression) -> Expression:
        last = self._within_age(x, t, x.forward_fill(self.limit), _period_of_value(x, t).forward_fill())
        following = self._within_age(x, t, x.backward_fill(self.limit), _period_of_value(x, t).backward_fill())
        carried = {"forwards": last, "backwards": following, "both": last.fill_null(following)}[self.direction]
        return carried if self.gap is None else where(_gap_length(x) <= self.gap, carried, x)

    def _within_age(self, x: Expression, t: Expression, carried: Expression, since: Expression) -> Expression:
        return carried if self.age is None else where((t - since).abs() <= self.age, carried, x)


@dataclass(frozen=True)
class Linear(SeriesImputation):
    """Interpolate linearly in time between the previous and the next value of the unit.

    Before the first and after the last value, cells stay missing, or take the nearest value.
    """

    name = "linear"
    reference = "Zeileis & Grothendieck (2005), Journal of Statistical Software 14(6), na.approx"
    formula = r"x_t = x_a + (x_b - x_a) \frac{t - a}{b - a}, \quad a < t < b<ends>"
    variants = {
        "ends": {
            "missing": "",
            "flat": r", \quad \text{and before the first value or after the last } x_t \text{ is that value}",
        },
    }
    properties = _PROPERTIES

    ends: Annotated[
        Literal["missing", "flat"],
        Field(description="before the first and after the last value: missing, or the nearest value"),
    ] = "missing"
    gap: Gap = None
    span: Annotated[
        float | None,
        Field(gt=0, description="largest time between the two values, in years or days"),
    ] = None

    @property
    def carries_forward(self) -> bool:
        return True

    def follow(self, x: Expression, t: Expression) -> Expression:
        a, b = _period_of_value(x, t).forward_fill(), _period_of_value(x, t).backward_fill()
        before, after = x.forward_fill(), x.backward_fill()
        between = before + (after - before) * (t - a) / (b - a)
        joined = x.fill_null(between)
        if self.ends == "flat":
            joined = joined.fill_null(before).fill_null(after)
        if self.span is not None:
            joined = where(b.fill_null(t) - a.fill_null(t) <= self.span, joined, x)
        return joined if self.gap is None else where(_gap_length(x) <= self.gap, joined, x)


def _period_of_value(x: Expression, t: Expression) -> Expression:
    """Return the period of cells with a value; missing for other cells."""
    return where(x.is_null(), x, t)


def _gap_length(x: Expression) -> Expression:
    """Return the number of missing periods in the gap of a cell."""
    missing = where(x.is_null(), x, x.is_null().cum_sum())
    return missing.backward_fill().fill_null(x.null_count()) - missing.forward_fill().fill_null(0)
