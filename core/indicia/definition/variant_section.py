"""The tables `[variants]` of an index file: the words in which another methodology differs from the index."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from indicia.definition.methodology_section import Methodology
from indicia.definition.parts_section import Dimension, Indicator
from indicia.definition.screening_section import Eligible, Screening
from indicia.definition.section import NodeDirection, Section, Text, Words


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
