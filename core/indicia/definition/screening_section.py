"""The tables `[screening]` and `[eligible]`: the units and indicators that take part, and the units that are ranked."""

from __future__ import annotations

from pydantic import Field

from indicia.definition.section import Number, Section


class Screening(Section):
    """The least shares of values; units and indicators with fewer values are left out."""

    units: Number | None = Field(None, ge=0, le=1, description="share of the indicators that a unit must have")
    dimensions: Number | None = Field(
        None, ge=0, le=1, description="share of the indicators of every dimension that a unit must have"
    )
    non_zero: Number | None = Field(
        None, ge=0, le=1, description="share of a unit's present values that must not be zero"
    )
    indicators: Number | None = Field(None, ge=0, le=1, description="share of the units that an indicator must have")
    keep: tuple[str, ...] = Field((), description="units and indicators that stay, even if they lack values")
    without: tuple[str, ...] = Field((), description="units that are left out, even if they have values")


class Eligible(Section):
    """The units that are ranked; the others are scored without a rank."""

    only: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
