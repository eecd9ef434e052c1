"""The methodology of an index file: its methods, the rows that statistics cover, and the units that are scored."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from indicia.catalogue.choice import Choice
from indicia.definition.section import MethodChoice, Number, Section, Whole, without_value

StatisticsStage: TypeAlias = Literal["imputation", "treatment", "normalisation", "aggregation", "rescaling"]
"""The stages that compute statistics."""
STATISTICS_STAGES: tuple[StatisticsStage, ...] = get_args(StatisticsStage)


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


class StageScopes(Scope):
    """The rows from which statistics are computed: the same rows for all stages, or other rows for some stages."""

    imputation: ScopeChoice | None = Field(None, description="the rows for statistics of imputations")
    treatment: ScopeChoice | None = Field(None, description="the rows for statistics of treatments and transforms")
    normalisation: ScopeChoice | None = Field(None, description="the rows for statistics of normalisations")
    aggregation: ScopeChoice | None = Field(
        None,
        description="the rows for statistics of aggregations, and for means of groups in place of missing scores",
    )
    rescaling: ScopeChoice | None = Field(None, description="the rows for statistics of `rescaling` and `as_component`")

    @property
    def of_other_stages(self) -> Scope:
        """The rows for the stages that have no rows of their own."""
        return Scope(within=self.within, reference=self.reference)

    def of(self, stage: StatisticsStage) -> Scope:
        """Return the rows for a stage."""
        own: Scope | None = getattr(self, stage)
        return self.of_other_stages if own is None else own

    @property
    def stages(self) -> tuple[StatisticsStage, ...]:
        """The stages that have rows of their own."""
        return tuple(stage for stage in STATISTICS_STAGES if getattr(self, stage) is not None)

    def distinct(self) -> dict[Scope, tuple[StatisticsStage, ...]]:
        """Return each scope with its stages."""
        stages: dict[Scope, tuple[StatisticsStage, ...]] = {}
        for stage in STATISTICS_STAGES:
            stages[self.of(stage)] = (*stages.get(self.of(stage), ()), stage)
        return stages

    @model_serializer(mode="wrap")
    def _without_absent_stages(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # a manifest of an index without rows by stage is that of earlier versions
        content: dict[str, Any] = write(self)
        return {word: value for word, value in content.items() if word not in STATISTICS_STAGES or value is not None}


StageScopesChoice = Annotated[StageScopes, BeforeValidator(_scope)]


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


STAGES = ("imputation", "treatment", "normalisation", "weighting", "aggregation")
"""The stages for which an index file chooses a method."""
OPTIONAL = ("imputation", "treatment")
"""The stages that an index may leave out, with "none"."""
INHERITED = "inherited"
"""The word for a choice that a part does not make itself, so that the level or the methodology makes it."""

Decimals = Annotated[Whole, Field(ge=0, le=15)] | Literal["none"]


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
    seed: Whole | None = Field(
        None, ge=0, description="seed of methods with random numbers, such as random imputations; default: 1"
    )
    ranks: tuple[str, ...] = Field((), description="group columns within which units are ranked too")
    levels: tuple[Stages, ...] = Field(
        (), description="choices by level: first the index, then first-level dimensions, …"
    )
