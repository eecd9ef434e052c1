"""The tables of an index file as classes: indicators, dimensions, methodology, and the index itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from indicia.catalogue.choice import Choice
from indicia.data import (
    MISSING,
    PASSWORD,
    PASSWORD_REMEDY,
    Join,
    LongLayout,
    NumberFormat,
    TableFormat,
    WideLayout,
    has_password,
)
from indicia.errors import DefinitionError

ROOT = "index"
"""The name of the top node."""

Text: TypeAlias = str | dict[str, str]
"""A text, or the same text by language."""

MethodChoice: TypeAlias = Any
"""The name or table of a method in the index file; `catalogue.Choice` reads it."""

_DIRECTIONS = {"max": "benefit", "+": "benefit", "1": "benefit", "min": "cost", "-": "cost", "-1": "cost"}


def _direction(word: object) -> object:
    return _DIRECTIONS.get(str(word).strip().removesuffix(".0"), word)


def _number(value: object) -> object:
    if isinstance(value, (bool, str)):
        raise PydanticCustomError("float_type", "a number")
    return value


def _whole(value: object) -> object:
    if isinstance(value, (bool, str)):
        raise PydanticCustomError("int_type", "a whole number")
    return value


Number = Annotated[float, BeforeValidator(_number)]
"""A number; true, which Python reads as 1, and a number in quotes are errors."""
Whole = Annotated[int, BeforeValidator(_whole)]
Column = Annotated[str, Field(min_length=1)]
Direction = Annotated[Literal["benefit", "cost", "target", "interval"], BeforeValidator(_direction)]
Pair = tuple[Number, Number]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that is not blank."""


def text(value: Text | None, language: str | None = None, default: str = "") -> str:
    """Return a text in a language; without the language in English, without English in the first language.

    >>> text({"en": "Economy", "zh": "经济"}, "zh")
    '经济'
    """
    if isinstance(value, dict):
        return value.get(language or "en") or value.get("en") or next(iter(value.values()), default)
    return value or default


class Section(BaseModel):
    """A table of an index file; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


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


class Scope(Section):
    """The rows from which statistics or weights are computed."""

    within: tuple[str, ...] = Field((), description="within the rows that are equal in these columns")
    reference: str | int | float | None = Field(
        None, description="statistics are taken over the rows of this period, and the others compared with them"
    )


def _scope(value: object) -> object:
    if isinstance(value, str):
        return {"within": () if value == "pooled" else (value,)}
    if not isinstance(value, dict):
        return {"within": tuple(value)} if isinstance(value, (list, tuple)) else value
    within, reference = value.get("within", ()), value.get("reference")
    return {
        **value,
        "within": (within,) if isinstance(within, str) else within,
        "reference": str(reference) if isinstance(reference, date) else reference,
    }


ScopeChoice = Annotated[Scope, BeforeValidator(_scope)]


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
    rescaling: MethodChoice = Field(None, description="a normalisation of the score itself, before it is rounded")
    as_component: MethodChoice = Field(
        None, description="a normalisation of the score where it is a component of its parent"
    )


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
    dimension: str | None = None
    unit: Text | None = Field(None, description="unit of measure")
    direction: Direction = Field(
        "benefit", description="whether more is better, or less, or a target or an interval is best"
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
    weight: Number = Field(1.0, ge=0)
    normalisation: MethodChoice = None
    decimals: Decimals | None = Field(None, description="round the normalised values half-up")
    simulated: bool = Field(False, description="the figures are simulated, which each ranking notes")
    source: Text | None = None
    note: Text | None = None

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
    def best(self) -> Pair | None:
        """The best values of a target or interval, from and to."""
        if self.direction == "target" and self.target is not None:
            return self.target, self.target
        return self.interval if self.direction == "interval" else None


class Dimension(Stages):
    """A node of the tree between the indicators and the index."""

    name: Text | None = None
    parent: str | None = None
    weight: Number = Field(1.0, ge=0)
    note: Text | None = None


class Methodology(Stages):
    """The choice of a method per stage, for the index or by level."""

    constant: Literal["refuse", "neutral", "drop"] = Field(
        "refuse", description="what happens to an indicator that does not vary"
    )
    statistics: ScopeChoice = Field(
        Scope(), description='over which rows statistics are taken: "pooled", "period", a group, { reference = 2015 }'
    )
    weights: ScopeChoice = Field(
        Scope(), description='over which rows weights are computed: "pooled", "period", a group, { reference = 2015 }'
    )
    ties: Literal["min", "max", "average", "dense"] = Field("min", description="the rank of equal scores")
    rank_by: Literal["rounded", "unrounded"] = Field(
        "rounded", description="which scores are ranked if scores are rounded"
    )
    ranks: tuple[str, ...] = Field((), description="group columns within which units are ranked too")
    levels: tuple[Stages, ...] = Field(
        (), description="choices by level: first the index, then first-level dimensions, …"
    )


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""A text or a list of texts."""


class Wide(Section):
    """The columns of a table that has a column for each period."""

    pattern: str = Field(description='the names of these columns: "{period}", "{indicator} ({period})"')
    period: str = Field("year", description="the name of the column of periods that the table gets")
    value: str = Field("value", description="the name of the column of values, if the pattern has no {indicator}")


class Long(Section):
    """The columns of a table that has a row for each unit and indicator."""

    indicator: str = Field(description="the column with the names of the indicators")
    value: str = Field(description="the column of the values")
    keys: Words = Field(
        (), description="the columns of units and periods; default: those that do not describe the indicators"
    )


class TableSection(Section):
    """The source of a table and its format."""

    path: str | None = Field(None, description="a file, a sheet (book.xlsx#Sheet), a database, or - for standard input")
    query: str | None = Field(None, description="a query to the database")
    table: str | None = Field(None, description="a table of the database")
    encoding: str = "utf-8"
    separator: str | None = Field(None, description="the character between the fields of a text")
    skip_rows: Whole = Field(0, ge=0, description="rows before the header")
    header_rows: Whole = Field(1, ge=1, description="rows of the header, whose cells are joined to one name")
    footer_rows: Whole = Field(0, ge=0, description="rows after the data")
    range: str | None = Field(None, description='the cells of a sheet to read: "B4:K60"')
    columns: tuple[str, ...] = Field((), description="the columns to read; default: all")
    hidden: Literal["skip", "read"] | None = Field(None, description="hidden rows and columns of a sheet")
    decimal: Literal[".", ","] = Field(".", description="the decimal mark")
    thousands: Words = Field((), description="separators of thousands; a space stands for every kind of space")
    percent: bool = Field(False, description="a percent sign may follow a number: 28.7 % is 28.7")
    unit_marks: Words = Field((), description='currencies and units of measure beside a number: ["$", "kg"]')
    magnitudes: dict[str, Number] = Field({}, description="words that multiply a number: { bn = 1e9 }")
    footnotes: Words = Field((), description='footnote marks after a number: ["*", "[1]"]')
    flags: Words = Field((), description='status flags after a number and a space: ["p", "b"]')
    missing: Words | None = Field(None, description="marks of a missing value")
    wide: Wide | None = Field(None, description='a column for each period: wide = { pattern = "{period}" }')
    long: Long | None = Field(None, description="a row for each unit and indicator: long = { indicator, value }")
    without: Words = Field((), description="the names of rows that are no units: totals, notes, repeated headers")

    @field_validator("path")
    @classmethod
    def _has_no_password(cls, path: str | None) -> str | None:
        if path and has_password(path):
            # an error of pydantic would show the path
            raise DefinitionError(PASSWORD, remedy=PASSWORD_REMEDY, word=("data", "path"))
        return path

    @property
    def format(self) -> TableFormat:
        """The format of the table."""
        numbers = NumberFormat(
            decimal=self.decimal,
            thousands=self.thousands,
            percent=self.percent,
            unit_marks=self.unit_marks,
            magnitudes=tuple(self.magnitudes.items()),
            footnotes=self.footnotes,
            flags=self.flags,
            missing=MISSING if self.missing is None else self.missing,
        )
        shared = {name for name in TableFormat.__dataclass_fields__ if name in type(self).model_fields}
        settings = {name: getattr(self, name) for name in shared - {"wide", "long"}}
        return TableFormat(
            **settings,
            numbers=numbers,
            wide=WideLayout(**self.wide.model_dump()) if self.wide else None,
            long=LongLayout(**self.long.model_dump()) if self.long else None,
        )


class JoinedTable(TableSection):
    """Another table with columns for the same units."""

    path: str
    on: Words | dict[str, str] = Field(
        description='the columns to match: "city", ["city", "year"] or { city = "City" }, this table\'s name second'
    )

    @property
    def join(self) -> Join:
        """The join of the table."""
        pairs = self.on.items() if isinstance(self.on, dict) else ((column, column) for column in self.on)
        return Join(self.path, tuple(pairs), self.format)


class Data(TableSection):
    """The table of the data and the roles of its columns."""

    unit: Column | None = None
    label: Text | None = Field(None, description="a column that names the unit for readers, or one by language")
    period: Column | None = None
    groups: tuple[str, ...] = ()
    where: dict[str, Any] = Field(
        {}, description='keep the rows where a column has this value, a value of this list, or a value such as "> 0"'
    )
    joins: tuple[JoinedTable, ...] = Field((), description="further tables with columns for the same units")

    @property
    def format(self) -> TableFormat:
        """The format of the table, with the joined tables."""
        return replace(super().format, joins=tuple(table.join for table in self.joins))

    def labels(self) -> tuple[str, ...]:
        """Return the label columns."""
        if self.label is None:
            return ()
        return (self.label,) if isinstance(self.label, str) else tuple(dict.fromkeys(self.label.values()))


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


class Variant(Methodology):
    """Another methodology: the words that differ from [methodology]."""

    without: tuple[str, ...] = Field((), description="indicators left out")


class WeightDraws(Section):
    """The distribution of the weights of each node with more than one component."""

    spread: Number | None = Field(None, ge=0, description="each weight times a number from 1 - spread to 1 + spread")
    dirichlet: Number | None = Field(None, gt=0, description="around the weights, the closer the larger this number")
    simplex: bool = Field(False, description="uniformly among all weights that sum to 1")
    ranges: dict[str, Pair] | None = Field(
        None, description="from and to, by indicator or dimension; others share the rest"
    )
    table: str | None = Field(
        None, description="a table of weights: a row a person, a column an indicator or dimension"
    )

    @model_validator(mode="after")
    def _one(self) -> WeightDraws:
        # by identity, as a spread of 0 equals False but is a choice
        words = [word for word in type(self).model_fields if not any(getattr(self, word) is no for no in (None, False))]
        if len(words) != 1:
            raise ValueError("choose one of spread, dirichlet, simplex, ranges and table")
        return self


class DataErrors(Section):
    """Normal errors of measurement, by their standard deviation."""

    noise: Number | None = Field(None, gt=0, description="standard deviation as a share of the value")
    se: dict[str, str] | Literal["columns"] | None = Field(
        None,
        description='columns of standard errors, by indicator; "columns": the columns of the indicators with _se added',
    )


def _as_list(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


Choices = Annotated[tuple[MethodChoice, ...], BeforeValidator(_as_list)]


class Robustness(Section):
    """The inputs that a robustness analysis varies together; it compares the draws with the index itself."""

    draws: Whole = Field(10_000, ge=1, le=1_000_000_000, description="number of draws")
    seed: Whole | None = Field(
        None, ge=0, description="seed of the random numbers; default: a seed is drawn and reported"
    )
    imputation: Choices = ()
    treatment: Choices = ()
    normalisation: Choices = ()
    weighting: Choices = ()
    aggregation: Choices = ()
    weights: WeightDraws | None = None
    indicators: Literal["leave_one_out"] | None = None
    dimensions: Literal["leave_one_out"] | None = None
    data: DataErrors | None = None
    top: tuple[Whole, ...] = Field(
        (10,), description="the k for which the probability of a rank among the top k is reported"
    )
    sensitivity: Whole | None = Field(
        None,
        ge=4,
        le=1_000_000_000,
        description="number of rows of the design of a sensitivity analysis, a power of two; default: no such analysis",
    )


class Waiver(Section):
    """Findings of a check that are accepted, with the reason."""

    code: Word = Field(description='the code of the check: "D05"')
    where: str | None = Field(
        None, description="the indicator, unit, period or dimension of the finding; default: all of the check"
    )
    reason: Word = Field(description="why the finding is accepted")


class Definition(Section):
    """A composite index, defined."""

    name: Text = "Index"
    note: Text | None = None
    plugins: tuple[str, ...] = Field((), description="plugin files, relative to the index file")
    data: Data = Data()
    dimensions: dict[str, Dimension] = {}
    indicators: dict[str, Indicator]
    screening: Screening = Screening()
    methodology: Methodology = Methodology()
    eligible: Eligible = Eligible()
    reference: Reference | None = None
    judgements: dict[str, dict[str, Any]] = Field(
        {},
        description="judgements of people: parameters by the name of a weighting that is named without parameters",
    )
    variants: dict[str, Variant] = {}
    robustness: Robustness = Robustness()
    checks: dict[str, dict[str, Any]] = Field(
        {}, description="thresholds of checks of the data, by code: [checks.D01] share = 0.5"
    )
    waivers: tuple[Waiver, ...] = Field((), description="findings of checks that are accepted, with the reason")

    @property
    def depth(self) -> int:
        """The number of levels of the tree: the index, its dimensions, their dimensions, …"""
        depth, level = 0, {ROOT}
        while level:
            depth += 1
            level = {name for name, dimension in self.dimensions.items() if (dimension.parent or ROOT) in level}
        return depth
