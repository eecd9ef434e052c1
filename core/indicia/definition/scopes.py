"""The words `statistics` and `weights` of a methodology: the rows from which statistics or weights are computed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer

from indicia.definition.section import Section

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
