"""The tables `[indicators]` and `[dimensions]` of an index file."""

from __future__ import annotations

from math import isinf
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from indicia.definition.data_section import IndicatorAttributes
from indicia.definition.methodology_section import INHERITED, Decimals, Stages
from indicia.definition.section import (
    ROOT,
    Measurement,
    MethodChoice,
    NodeDirection,
    Number,
    Pair,
    Parents,
    Section,
    Text,
    Weight,
    direction_word,
    without_value,
)

IndicatorDirection = Annotated[Literal["benefit", "cost", "target", "interval"], BeforeValidator(direction_word)]
WITHOUT_VALUE = ("target", "interval", "worst", "bounds", "per", "floor", "cap", "limits")
"""The keys of an indicator that may be "none": the indicator then has no such value."""


class NamedPart(Section):
    """The names that readers see of an indicator or a dimension."""

    name: Text | None = None
    short: Text | None = Field(
        None, description="a short name for the labels of charts and for sentences; default: the name"
    )

    @property
    def short_name(self) -> Text | None:
        """The short name, or else the name; None if the part has neither."""
        return self.short or self.name


class GroupBounds(Section):
    """Fixed least and greatest values by group, or by period."""

    by: str = Field(description="the column of the groups")
    groups: dict[str, Pair]


def _group_bounds(value: object) -> object:
    """Convert `{ by = "sex", female = [22.5, 87.5], male = [17.5, 82.5] }` to the words of `GroupBounds`."""
    if isinstance(value, dict) and not isinstance(value.get("by"), str):
        raise ValueError('bounds that differ between groups need the column of the groups: by = "sex"')
    if isinstance(value, dict) and "groups" not in value:
        return {"by": value.get("by"), "groups": {str(key): pair for key, pair in value.items() if key != "by"}}
    return value


class Indicator(NamedPart):
    """A quantity measured for each unit."""

    column: str | None = Field(None, description="the column of the data; default: the id of the indicator")
    dimension: Parents = Field(
        (), description="the dimension of the indicator, or several dimensions; default: the index"
    )
    unit: Text | None = Field(None, description="unit of measure")
    direction: IndicatorDirection = Field(
        "benefit",
        description="how the indicator moves the score of its dimension: a benefit raises it, a cost lowers it; or a "
        "target or an interval is best",
    )
    target: Number | None = Field(None, description="the best value, or the value to reach")
    interval: Pair | None = Field(None, description="the best values, from and to")
    worst: Pair | None = Field(
        None, description="target, interval: the worst value on either side, or where the range ends at the best values"
    )
    bounds: Annotated[Pair | GroupBounds | None, BeforeValidator(_group_bounds)] = Field(
        None, description="fixed least and greatest value, in place of the data's own"
    )
    per: str | None = Field(None, description="a column that the values are divided by: population, area")
    factor: Number = Field(1.0, description="a number that the values are multiplied by")
    imputation: MethodChoice = Field(None, description="how missing values are filled")
    treatment: MethodChoice = Field(None, description="how outliers are treated")
    transform: MethodChoice = Field(
        None, description="a change of scale after all else: log; bounds and target are given before it"
    )
    floor: Number | None = Field(None, description="a smaller value counts as this one")
    cap: Number | None = Field(None, description="a larger value counts as this one")
    limits: Pair | None = Field(
        None, description="the least and the greatest value that a unit can have, for the way to a rank"
    )
    whole: bool | None = Field(
        None, description="true: only whole numbers are possible, for the way to a rank; default: for counts and ranks"
    )
    lever: bool = Field(True, description="false: no unit can change its value, and no way to a rank does")
    weight: Weight = Field(1.0, description="the weight, or a table of weights by dimension")
    counts: bool = Field(True, description="false: the indicator is shown, and is no part of a score")
    normalisation: MethodChoice = None
    decimals: Decimals | None = Field(None, description="round the normalised values half-up")
    simulated: bool = Field(False, description="the figures are simulated, which each ranking notes")
    source: Text | None = None
    note: Text | None = None
    attributes: IndicatorAttributes | None = Field(
        None, description='columns with year, source, status or standard error of each value: { year = "gdp_date" }'
    )

    @model_validator(mode="before")
    @classmethod
    def _unset(cls, words: object) -> object:
        inherited = without_value(words, INHERITED, ("imputation", "treatment", "normalisation", "decimals"))
        return without_value(inherited, "none", WITHOUT_VALUE)

    @model_validator(mode="after")
    def _consistent(self) -> Indicator:
        for name in ("bounds", "interval", "worst", "limits"):
            for pair in self._pairs(name):
                if not pair[0] < pair[1]:
                    raise ValueError(f"{name} = [{pair[0]:g}, {pair[1]:g}]: the first must be smaller than the second")
                if isinf(pair[1] - pair[0]):
                    raise ValueError(
                        f"{name} = [{pair[0]:g}, {pair[1]:g}]: the difference is infinite; write closer ends, or the "
                        "values in a larger unit of measure"
                    )
        if self.floor is not None and self.cap is not None and not self.floor < self.cap:
            raise ValueError(f"floor = {self.floor:g}, cap = {self.cap:g}: the floor must be smaller than the cap")
        if self.direction == "target" and self.target is None:
            raise ValueError('direction "target" needs the best value: target = 60')
        if self.direction == "interval" and self.interval is None:
            raise ValueError('direction "interval" needs the best values: interval = [40, 60]')
        if self.direction in ("target", "interval") and self.bounds is not None:
            raise ValueError(f'direction "{self.direction}" takes worst = [low, high] in place of bounds')
        if self.interval is not None and self.direction != "interval":
            raise ValueError('interval = [from, to] goes with direction = "interval"')
        if self.worst is not None and self.direction not in ("target", "interval"):
            raise ValueError('worst = [low, high] goes with direction = "target" or "interval"')
        if self.factor == 0:
            raise ValueError("factor = 0 makes all units the same")
        for low, high in self._pairs("bounds"):
            if (self.cap is not None and self.cap <= low) or (self.floor is not None and self.floor >= high):
                raise ValueError(
                    f"bounds = [{low:g}, {high:g}] lie beyond the cap or the floor: all units would be the same"
                )
        best = self.best
        if best and self.worst and not self.worst[0] <= best[0] <= best[1] <= self.worst[1]:
            raise ValueError(f"worst = [{self.worst[0]:g}, {self.worst[1]:g}] must enclose the best values")
        if best and best == self.worst:
            raise ValueError(f"worst = [{best[0]:g}, {best[1]:g}] are the best values: all units would be the same")
        return self

    def _pairs(self, name: str) -> list[Pair]:
        pairs = getattr(self, name)
        if isinstance(pairs, GroupBounds):
            return list(pairs.groups.values())
        return [] if pairs is None else [pairs]

    @property
    def parents(self) -> tuple[str, ...]:
        """The dimensions of the indicator, or the index."""
        return self.dimension or (ROOT,)

    @property
    def best(self) -> Pair | None:
        """The best values of a target or interval, from and to."""
        if self.direction == "target" and self.target is not None:
            return self.target, self.target
        return self.interval if self.direction == "interval" else None


class Dimension(NamedPart, Stages):
    """A node of the tree between the indicators and the index."""

    parent: Parents = Field((), description="the dimension that it belongs to, or several; default: the index")
    direction: NodeDirection | None = Field(
        None,
        description="whether a higher score of the dimension is better (benefit) or worse (cost); default: as its "
        "parent. If it differs from the parent's direction, the score enters the parent with the opposite sign",
    )
    weight: Weight = Field(1.0, description="the weight, or a table of weights by parent")
    measurement: Measurement | None = Field(
        None,
        description="formative: the components are different causes of the score, and need not correlate; reflective: "
        "they are signs of one quantity; an audit judges their correlations accordingly; default: as its parent",
    )
    counts: bool = Field(True, description="false: the score is computed and shown, and is no part of its parent")
    note: Text | None = None

    @property
    def parents(self) -> tuple[str, ...]:
        """The dimensions that the dimension belongs to, or the index."""
        return self.parent or (ROOT,)
