"""Imputations from other periods of the same unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Property, SeriesImputation, where

if TYPE_CHECKING:
    from indicia.methods import Expression

_SHIFTED = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

Gap = Annotated[int | None, Field(ge=1, description="a run of more missing periods than this stays missing, all of it")]


@dataclass(frozen=True)
class LastValue(SeriesImputation):
    """Carry the last value of the unit on to the periods that follow, or the next one back.

    Periods are counted as the unit has them in the table; only `age` looks at how far apart they are.
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
    properties = _SHIFTED

    limit: Annotated[int | None, Field(ge=1, description="carry a value to no more periods than this")] = None
    age: Annotated[
        float | None, Field(gt=0, description="take no value that is further away in time than this: years, or days")
    ] = None
    gap: Gap = None
    direction: Annotated[
        Literal["forwards", "backwards", "both"],
        Field(description="take the last value, the next one, or the next where there is no last one to take"),
    ] = "forwards"

    def follow(self, x: Expression, t: Expression) -> Expression:
        last = self._within_age(x, t, x.forward_fill(self.limit), _time_of(x, t).forward_fill())
        following = self._within_age(x, t, x.backward_fill(self.limit), _time_of(x, t).backward_fill())
        carried = {"forwards": last, "backwards": following, "both": last.fill_null(following)}[self.direction]
        return carried if self.gap is None else where(_run(x) <= self.gap, carried, x)

    def _within_age(self, x: Expression, t: Expression, carried: Expression, since: Expression) -> Expression:
        return carried if self.age is None else where((t - since).abs() <= self.age, carried, x)


@dataclass(frozen=True)
class Linear(SeriesImputation):
    """Interpolate linearly in time between the values of the unit on either side.

    Before the first value and after the last there is nothing to interpolate: the ends are left, or taken as flat.
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
    properties = _SHIFTED

    ends: Annotated[
        Literal["missing", "flat"],
        Field(description="what the ends of a series get: nothing, or the value next to them"),
    ] = "missing"
    gap: Gap = None
    span: Annotated[
        float | None,
        Field(gt=0, description="join no values that are further apart in time than this: years, or days"),
    ] = None

    def follow(self, x: Expression, t: Expression) -> Expression:
        a, b = _time_of(x, t).forward_fill(), _time_of(x, t).backward_fill()
        before, after = x.forward_fill(), x.backward_fill()
        between = before + (after - before) * (t - a) / (b - a)
        joined = x.fill_null(between)
        if self.ends == "flat":
            joined = joined.fill_null(before).fill_null(after)
        if self.span is not None:
            joined = where(b.fill_null(t) - a.fill_null(t) <= self.span, joined, x)
        return joined if self.gap is None else where(_run(x) <= self.gap, joined, x)


def _time_of(x: Expression, t: Expression) -> Expression:
    """Return the period where there is a value."""
    return where(x.is_null(), x, t)


def _run(x: Expression) -> Expression:
    """Count the missing periods between the values on either side of a cell."""
    missing = where(x.is_null(), x, x.is_null().cum_sum())
    return missing.backward_fill().fill_null(x.null_count()) - missing.forward_fill().fill_null(0)
