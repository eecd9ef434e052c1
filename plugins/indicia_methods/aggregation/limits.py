"""Limits on properties, a method of material selection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import Field

from indicia.methods import Aggregation, Domain, Property, row_sum
from indicia_methods.aggregation.percomponent import check_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.methods import Component, Components, Expression

Limits: TypeAlias = dict[str, float] | None


@dataclass(frozen=True)
class LimitsOnProperties(Aggregation):
    """Add up the weighted ratios of a limit to a benefit, and of a cost to a limit; low is good.

    The limits are the best observed values, or those of the user, in the unit of measure: `lower` of benefits, `upper`
    of costs, and `target` of components whose relative distance to the target counts, on either side. If one limit is
    stated, each component needs one. A component with a target keeps the direction `benefit` or `cost` in the index
    file, which has no effect on it.
    """

    name = "limits_on_properties"
    reference = "Farag (1997), Materials Selection for Engineering Design"
    formula = r"\sum_{j \in B} w_j b_j + \sum_{j \in C} w_j c_j<target>, \quad b_j = <lower>, \quad c_j = <upper>"
    symbols = {"lower": "l_j", "upper": "u_j", "target": "t_j"}
    variants = {
        "lower": {None: r"\frac{\max x_j}{x_j}", ...: r"\frac{l_j}{x_j}"},
        "upper": {None: r"\frac{x_j}{\min x_j}", ...: r"\frac{x_j}{u_j}"},
        "target": {None: "", ...: r" + \sum_{j \in T} w_j \left| \frac{x_j}{t_j} - 1 \right|"},
    }
    domain = Domain.POSITIVE
    canonical_normalisation = "none"
    oriented = False
    low_is_best = True

    lower: Annotated[Limits, Field(description="lower limits of benefits, by name; else the largest values")] = None
    upper: Annotated[Limits, Field(description="upper limits of costs, by name; else the smallest values")] = None
    target: Annotated[Limits, Field(description="targets of other components, by name")] = None

    def __post_init__(self) -> None:
        seen: dict[str, str] = {}
        for parameter, name, value in self._limits():
            if value <= 0:
                raise ValueError(f"{parameter} of {name} is {value:g}, and has to be above 0")
            if name in seen:
                raise ValueError(f"{name} has a limit in {seen[name]} and in {parameter}: leave one out")
            seen[name] = parameter

    @property
    def properties(self) -> frozenset[Property]:  # type: ignore[override]
        if not any(self._limits()):
            return frozenset({Property.MONOTONE, Property.SCALE_INVARIANT})
        free = frozenset({Property.FREE_OF_RANK_REVERSAL})
        return free if self.target else free | {Property.MONOTONE}

    def combine(self, components: Components) -> Expression:
        if not any(self._limits()):
            return row_sum(c.w * (c.s.max / c.z if c.direction == "benefit" else c.z / c.s.min) for c in components)
        limits = self._limits_of([c.name for c in components])
        return row_sum(c.w * _ratio(c, *limits[c.name]) for c in components)

    def _limits(self) -> Iterator[tuple[str, str, float]]:
        """Yield the parameter, the component and the value of each limit."""
        for parameter, limits in (("lower", self.lower), ("upper", self.upper), ("target", self.target)):
            for name, value in (limits or {}).items():
                yield parameter, name, value

    def _limits_of(self, components: list[str]) -> dict[str, tuple[str, float]]:
        """Return the parameter and the limit of each component; refuse unknown and missing names."""
        limits = {}
        for parameter, name, value in self._limits():
            check_names(parameter, [name], components)
            limits[name] = (parameter, value)
        if missing := [name for name in components if name not in limits]:
            raise ValueError(f"no limit of {', '.join(missing)}: each component needs one in lower, upper or target")
        return limits


def _ratio(c: Component, parameter: str, limit: float) -> Expression:
    """Return the ratio of a value and its limit, which is low if the value is good."""
    if parameter == "target":
        return (c.z / limit - 1).abs()
    if parameter != ("lower" if c.direction == "benefit" else "upper"):
        other = "upper" if c.direction == "cost" else "lower"
        raise ValueError(f"{c.name} is a {c.direction}, and has a limit in {parameter}: state its limit in {other}")
    return limit / c.z if parameter == "lower" else c.z / limit
