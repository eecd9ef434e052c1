"""The tables of an index file as classes: indicators, dimensions, methodology, and the index itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from indicia.catalogue.choice import Choice
from indicia.definition.aggregates_section import Aggregate
from indicia.definition.attributes_section import IndicatorAttributes
from indicia.definition.bands_section import Bands
from indicia.definition.data_section import Data
from indicia.definition.graph import path_lengths
from indicia.definition.outside_section import Outside
from indicia.definition.publication_section import Published
from indicia.definition.robustness_section import Robustness
from indicia.definition.scopes import Scope, ScopeChoice, StageScopes, StageScopesChoice
from indicia.definition.screening_section import Eligible, Screening
from indicia.definition.section import (
    ROOT,
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
    without_value,
)

Direction = Annotated[Literal["benefit", "cost", "target", "interval"], BeforeValidator(direction_word)]


class Missing(Section):
    """The rule for a unit that lacks a component of a node."""

    policy: Literal["refuse", "skip", "propagate", "value", "group_mean", "parent"] = Field(
        "refuse",
        description="refuse: an error; skip: re-scale the weights over the components that are present; propagate: no "
        "score; value: a missing component counts as one value; group_mean: as the mean of the unit's group; parent: "
        "as the value of its parent; where these two have no value, the component is skipped",
    )
    minimum_share: Number = Field(
        0.5, ge=0, le=1, description="skip, group_mean, parent: share of the components a unit needs to get a score"
    )
    minimum_count: Whole = Field(1, ge=1, description="skip, group_mean, parent: number of components a unit needs")
    value: Number | None = Field(None, description="value: the normalised value that stands for a missing one")
    within: str | None = Field(
        None, description="group_mean: the column of the groups; parent: the column with the parent of each unit"
    )

    @model_validator(mode="after")
    def _complete(self) -> Missing:
        if (self.policy == "value") != (self.value is not None):
            raise ValueError('the policy "value" and a value go together: value(value=0)')
        if self.policy == "parent" and self.within is None:
            raise ValueError(
                "the policy \"parent\" and the column of the parents go together: parent(within='country')"
            )
        if (self.policy in ("group_mean", "parent")) != (self.within is not None):
            raise ValueError("the policy \"group_mean\" and its groups go together: group_mean(within='region')")
        return self

    @property
    def replaces(self) -> bool:
        """True if missing components get values."""
        return self.policy in ("value", "group_mean", "parent")


def _missing(value: object) -> object:
    if isinstance(value, str):
        choice = Choice.read(value)
        return {"policy": choice.method, **choice.parameters}
    return value


INHERITED = "inherited"
"""The word for a choice that a part does not make itself, so that the level or the methodology makes it."""
WITHOUT_VALUE = ("target", "interval", "worst", "bounds", "per", "floor", "cap")
"""The keys of an indicator that may be "none": the indicator then has no such value."""

Decimals = Annotated[Whole, Field(ge=0, le=15)] | Literal["none"]


class Stages(Section):
    """The choices of methods for a node; a word without a value has the choice of the level or the methodology."""

    imputation: MethodChoice = Field(None, description="how missing values of the node's indicators are filled")
    treatment: MethodChoice = Field(None, description="how outliers of the node's indicators are treated")
    normalisation: MethodChoice = Field(None, description="how the node's indicators are normalised")
    weighting: MethodChoice = Field(None, description="how the node's components are weighed")
    aggregation: MethodChoice = Field(None, description="how the node's components become one score")
    missing: Annotated[Missing | None, BeforeValidator(_missing)] = Field(
        None, description="what happens to missing values"
    )
    decimals: Decimals | None = Field(
        None, description='round the score half-up to so many decimals; "none" where a level above rounds'
    )
    normalised_decimals: Decimals | None = Field(
        None, description="round the normalised values of the node's indicators half-up"
    )
    scale_weights: bool | None = Field(
        None,
        description="true (default): the weights of the node are scaled to sum 1; false: they enter the score as they "
        "stand in the index file, and weights of other methods and draws get the same sum",
    )
    rescaling: MethodChoice = Field(None, description="a normalisation of the score itself, before it is rounded")
    as_component: MethodChoice = Field(
        None, description="a normalisation of the score where it is a component of its parent"
    )

    @model_validator(mode="before")
    @classmethod
    def _inherit(cls, words: object) -> object:
        return without_value(words, INHERITED, Stages.model_fields)


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


class Indicator(Section):
    """A quantity measured for each unit."""

    name: Text | None = None
    column: str | None = Field(None, description="the column of the data; default: the id of the indicator")
    dimension: Parents = Field(
        (), description="the dimension of the indicator, or several dimensions; default: the index"
    )
    unit: Text | None = Field(None, description="unit of measure")
    direction: Direction = Field(
        "benefit",
        description="how the indicator moves the score of its dimension: a benefit raises it, a cost lowers it; or a "
        "target or an interval is best",
    )
    target: Number | None = Field(None, description="the best value, or the value to reach")
    interval: Pair | None = Field(None, description="the best values, from and to")
    worst: Pair | None = Field(None, description="target, interval: the worst value on either side")
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
        for name in ("bounds", "interval", "worst"):
            for pair in self._pairs(name):
                if not pair[0] < pair[1]:
                    raise ValueError(f"{name} = [{pair[0]:g}, {pair[1]:g}]: the first must be smaller than the second")
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
        if best and self.worst and not self.worst[0] < best[0] <= best[1] < self.worst[1]:
            raise ValueError(f"worst = [{self.worst[0]:g}, {self.worst[1]:g}] must enclose the best values")
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


class Dimension(Stages):
    """A node of the tree between the indicators and the index."""

    name: Text | None = None
    parent: Parents = Field((), description="the dimension that it belongs to, or several; default: the index")
    direction: NodeDirection | None = Field(
        None,
        description="whether a higher score of the dimension is better (benefit) or worse (cost); default: as its "
        "parent. If it differs from the parent's direction, the score enters the parent with the opposite sign",
    )
    weight: Weight = Field(1.0, description="the weight, or a table of weights by parent")
    counts: bool = Field(True, description="false: the score is computed and shown, and is no part of its parent")
    note: Text | None = None

    @property
    def parents(self) -> tuple[str, ...]:
        """The dimensions that the dimension belongs to, or the index."""
        return self.parent or (ROOT,)


class Methodology(Stages):
    """The choice of a method per stage, for the index or by level."""

    constant: Literal["refuse", "neutral", "drop"] = Field(
        "refuse", description="what happens to an indicator that does not vary"
    )
    statistics: StageScopesChoice = Field(
        StageScopes(),
        description='over which rows statistics are taken: "pooled", "period", a group, { reference = 2015 }; or by '
        'stage: { treatment = "period", normalisation = "pooled" }',
    )
    weights: ScopeChoice = Field(
        Scope(), description='over which rows weights are computed: "pooled", "period", a group, { reference = 2015 }'
    )
    ties: Literal["min", "max", "average", "dense"] = Field("min", description="the rank of equal scores")
    rank_by: Literal["rounded", "unrounded"] = Field(
        "rounded", description="which scores are ranked if scores are rounded"
    )
    rank_from: Literal["best", "worst"] = Field("best", description="the end of the ranking that has rank 1")
    ranks: tuple[str, ...] = Field((), description="group columns within which units are ranked too")
    levels: tuple[Stages, ...] = Field(
        (), description="choices by level: first the index, then first-level dimensions, …"
    )


class Reference(Section):
    """A published ranking to compare with: a set of top units, or a table of scores or ranks."""

    name: Text | None = None
    source: Text | None = None
    top: tuple[str, ...] | None = Field(None, description="the published top units, in no order")
    path: str | None = None
    unit: str | None = None
    period: str | None = None
    score: str | None = None
    rank: str | None = None
    tolerance: Number = Field(1e-9, ge=0, description="scores that differ by no more are equal")

    @model_validator(mode="after")
    def _one_of(self) -> Reference:
        if (self.top is None) == (self.path is None):
            raise ValueError("a reference is either a set (top = [...]) or a table (path = ...)")
        if self.path is not None and self.score is None and self.rank is None:
            raise ValueError("a table of reference needs score = or rank =, the column to compare with")
        return self


class IndicatorChanges(Indicator):
    """The words of an indicator that differ in a variant."""

    @model_validator(mode="after")
    def _consistent(self) -> IndicatorChanges:
        return self  # words may contradict each other only together with those of [indicators]


class RowChanges(Section):
    """The words of [data] that differ in a variant: the rows that are kept, and the marks of a missing value."""

    where: dict[str, Any] | None = Field(None, description="conditions on rows, in place of those of [data]")
    without: Words | None = Field(None, description="the names of rows that are no units")
    missing: Words | None = Field(None, description="marks of a missing value")


class Variant(Methodology):
    """Another methodology: the words that differ from the index, each in the table that it has there."""

    name: Text | None = Field(None, description="the name that readers see")
    note: Text | None = None
    direction: NodeDirection | None = Field(None, description="whether a higher score of the index is better")
    without: tuple[str, ...] = Field((), description="indicators and dimensions left out")
    indicators: dict[str, IndicatorChanges] = Field({}, description="words of indicators that differ")
    dimensions: dict[str, Dimension] = Field({}, description="words of dimensions that differ")
    data: RowChanges = Field(RowChanges(), description="words of [data] that differ: where, without, missing")
    screening: Screening = Field(Screening(), description="words of [screening] that differ")
    eligible: Eligible = Field(Eligible(), description="words of [eligible] that differ")
    judgements: dict[str, dict[str, Any]] = Field({}, description="judgements that differ, by weighting")


class Waiver(Section):
    """Findings of a check that are accepted, with the reason."""

    code: Word = Field(description='the code of the check: "D05"')
    where: str | None = Field(
        None, description="the indicator, unit, period or dimension of the finding; default: all of the check"
    )
    reason: Word = Field(description="why the finding is accepted")


class Definition(Published):
    """A composite index, defined."""

    name: Text = "Index"
    note: Text | None = None
    direction: NodeDirection = Field(
        "benefit",
        description="whether a higher score of the index is better (benefit) or worse (cost), such as in an index of "
        "hunger or risk; no score depends on it unless a dimension has another direction",
    )
    plugins: tuple[str, ...] = Field((), description="plugin files, relative to the index file")
    data: Data = Data()
    dimensions: dict[str, Dimension] = Field({})
    indicators: dict[str, Indicator]
    screening: Screening = Screening()
    methodology: Methodology = Methodology()
    eligible: Eligible = Eligible()
    bands: dict[str, Bands] = Field(
        default_factory=dict[str, Bands],
        description="classes of the units, such as deciles, grades or levels of risk",
    )
    aggregates: dict[str, Aggregate] = Field({})
    reference: Reference | None = None
    outside: Outside = Field(Outside(), description="variables to compare the index with, and neighbours of units")
    judgements: dict[str, dict[str, Any]] = Field(
        {},
        description="judgements of people: parameters by the name of a weighting that is named without parameters",
    )
    weights: dict[str, dict[str, Weight]] = Field(
        {}, description="named sets of weights of indicators and dimensions, each a weighting by its name"
    )
    variants: dict[str, Variant] = Field({})
    robustness: Robustness = Robustness()
    checks: dict[str, dict[str, Any]] = Field(
        {}, description="thresholds of checks of the data, by code: [checks.D01] share = 0.5"
    )
    waivers: tuple[Waiver, ...] = Field((), description="findings of checks that are accepted, with the reason")

    @property
    def aggregate_rows(self) -> tuple[str, ...]:
        """The units whose rows are aggregates, which take no part in the index."""
        return tuple(aggregate.row for aggregate in self.aggregates.values() if aggregate.row)

    def direction_of(self, dimension: str) -> Literal["benefit", "cost"]:
        """Return the direction of a dimension: its own, or that of the nearest node above that states one.

        All parents of a dimension have one direction.
        """
        while dimension != ROOT:
            node = self.dimensions[dimension]
            if node.direction is not None:
                return node.direction
            dimension = node.parents[0]
        return self.direction

    @property
    def parts(self) -> dict[str, Dimension | Indicator]:
        """The dimensions, then the indicators."""
        return {**self.dimensions, **self.indicators}

    @property
    def depth(self) -> int:
        """The number of levels of the tree: the index, its dimensions, their dimensions, …"""
        lengths = path_lengths({name: dimension.parents for name, dimension in self.dimensions.items()})
        return 1 + max(max(of_part) for of_part in lengths.values())
