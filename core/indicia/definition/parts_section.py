"""The parts of an index file: indicators and dimensions with their words, and bands of scores."""

from __future__ import annotations

from itertools import accumulate
from math import inf, isinf
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from indicia.definition.data_section import IndicatorAttributes
from indicia.definition.methodology_section import INHERITED, Decimals, Stages
from indicia.definition.section import (
    ROOT,
    Column,
    Limit,
    Measurement,
    MethodChoice,
    NodeDirection,
    Number,
    Pair,
    Parents,
    Section,
    Text,
    Weight,
    Whole,
    Word,
    Words,
    direction_word,
    text,
    without_value,
)

SCORE, RANK = "score", "rank"
"""The words of `of` for the score and the rank of the index."""


def _ranges(value: object) -> object:
    """Name the range that is no pair; pydantic would name the place in the pair only."""
    if isinstance(value, dict):
        for name, pair in value.items():
            if not isinstance(pair, (list, tuple)) or len(pair) != 2:
                raise ValueError(f'the range "{name}" is no pair of limits: "{name}" = [from, to]')
    return value


class Bands(Section):
    """The bands of one classification, such as deciles, grades or levels of risk; each unit is in one band."""

    name: Text | None = Field(None, description="the name that readers see; default: the key")
    of: str = Field(
        SCORE,
        description='the figure that is classified: "score" or "rank" of the index, a dimension (its score) or an '
        "indicator (its value before treatment)",
    )
    shares: Whole | tuple[Number, ...] | None = Field(
        None, description="the number of equal shares of the units, or a list of shares that sum to 1"
    )
    thresholds: tuple[Number, ...] | None = Field(None, description="the limits between bands, in ascending order")
    ranges: Annotated[dict[str, tuple[Limit, Limit]] | None, BeforeValidator(_ranges)] = Field(
        None, description="the bands by name, each with its limits from and to; inf and -inf are allowed"
    )
    names: tuple[Text, ...] | None = Field(
        None, description="shares, thresholds: the names of the bands, from the lowest figures up; default: 1, 2, 3, …"
    )
    closed: Literal["lower", "upper"] = Field(
        "lower", description="thresholds, ranges: the end of a band that belongs to it"
    )
    decimals: Whole | None = Field(
        None,
        ge=0,
        le=15,
        description="the number of decimals to which the figure is rounded half up before it is classified",
    )
    direction: Literal["benefit", "cost"] | None = Field(
        None,
        description="whether the bands of higher figures are better (benefit) or worse (cost), for the shades of "
        "pages and charts; default: as the figure",
    )
    within: Words = Field(
        (), description="shares: columns of groups; the units of each group are shared out separately"
    )
    note: Text | None = None

    @property
    def ordered_ranges(self) -> list[tuple[str, tuple[float, float]]]:
        """The ranges by name, from the lowest up."""
        return sorted((self.ranges or {}).items(), key=lambda entry: entry[1])

    @property
    def limits(self) -> tuple[float, ...]:
        """The limits between bands, ascending; none for shares."""
        if self.ranges is not None:
            return tuple(low for _, (low, _) in self.ordered_ranges[1:])
        return self.thresholds or ()

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest figure that has a band."""
        ranges = self.ordered_ranges
        return (ranges[0][1][0], ranges[-1][1][1]) if ranges else (-inf, inf)

    @property
    def cumulative_shares(self) -> tuple[float, ...]:
        """The share of the units up to the end of each band; the last is 1, and bands by limits have none."""
        if self.shares is None:
            return ()
        if isinstance(self.shares, int):
            return tuple(place / self.shares for place in range(1, self.shares + 1))
        return (*accumulate(self.shares[:-1]), 1.0)

    @property
    def count(self) -> int:
        """The number of bands."""
        return len(self.cumulative_shares) or len(self.limits) + 1

    @property
    def has_names(self) -> bool:
        """True if the bands have names; others have numbers from 1."""
        return self.names is not None or self.ranges is not None

    def labels(self, language: str | None = None) -> list[str]:
        """Return the names of the bands in a language, or their numbers, from the lowest figures up."""
        if self.ranges is not None:
            return [name for name, _ in self.ordered_ranges]
        if self.names is not None:
            return [text(name, language) for name in self.names]
        return [str(number + 1) for number in range(self.count)]


class Aggregate(Section):
    """A group of units with a score of its own, such as the world: a row of the table, or a mean of members."""

    name: Text | None = None
    row: Word | None = Field(None, description="its unit in the table: a row that is scored by the same rules")
    members: Words = Field((), description="the units that belong to it")
    groups: Column | None = Field(None, description="a column of the groups: one aggregate for each group")
    weights: Column | None = Field(None, description="the column that weights the members; default: equal weights")
    of: Literal["scores", "values"] = Field(
        "scores",
        description="scores: the weighted means of the members' scores; values: the weighted means of their values, "
        "which are scored by the same rules",
    )
    note: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Aggregate:
        stated = [word for word in ("row", "members", "groups") if getattr(self, word)]
        if len(stated) != 1:
            clause = f"states {' and '.join(stated)}" if stated else "states none of them"
            raise ValueError(f"an aggregate has either row, members or groups, and this {clause}")
        if self.row and (contrary := sorted({"weights", "of"} & self.model_fields_set)):
            raise ValueError(f"{' and '.join(contrary)} apply to members or groups, and row is scored as it stands")
        return self


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
