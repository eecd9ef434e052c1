"""The index file as a whole, and its tables `[reference]` and `[[waivers]]`."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from indicia.definition.aggregates_section import Aggregate
from indicia.definition.audit_section import AuditChoices
from indicia.definition.bands_section import Bands
from indicia.definition.data_section import Data
from indicia.definition.graph import path_lengths
from indicia.definition.map_section import Map
from indicia.definition.methodology_section import Methodology
from indicia.definition.outside_section import Outside
from indicia.definition.parts_section import Dimension, Indicator
from indicia.definition.publication_section import Published
from indicia.definition.robustness_section import Robustness
from indicia.definition.screening_section import Eligible, Screening
from indicia.definition.section import ROOT, Measurement, NodeDirection, Number, Section, Text, Weight, Word
from indicia.definition.variant_section import Variant

if TYPE_CHECKING:
    from indicia.definition.frozen import Frozen


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


def _last_day(value: object) -> object:
    """Return a date of TOML, or a date in quotes as JSON has it; a number is no day."""
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value.strip())
    if type(value) is not date:
        raise ValueError(f"{value} is no day: write until = 2027-01-01")
    return value


LastDay = Annotated[date, BeforeValidator(_last_day, json_schema_input_type=date)]
"""A day."""


class Waiver(Section):
    """Findings of a check that are accepted, with the reason."""

    code: Word = Field(description='the code of the check: "D05"')
    where: str | None = Field(
        None, description="the indicator, unit, period or dimension of the finding; default: all of the check"
    )
    reason: Word = Field(description="why the finding is accepted")
    until: LastDay | None = Field(
        None, description="the last day on which the waiver accepts findings, such as 2027-01-01; default: no last day"
    )

    @property
    def reason_with_date(self) -> str:
        """The reason, with the last day if there is one."""
        return self.reason if self.until is None else f"{self.reason} (until {self.until})"


class Definition(Published):
    """A composite index, defined."""

    name: Text = "Index"
    note: Text | None = None
    language: str | None = Field(
        None,
        description="the language of what commands print and write for readers, unless --lang or the environment "
        'variable INDICIA_LANG states another: "en", "zh" or a language of the names; default: that of the locale',
    )
    direction: NodeDirection = Field(
        "benefit",
        description="whether a higher score of the index is better (benefit) or worse (cost), such as in an index of "
        "hunger or risk; no score depends on it unless a dimension has another direction",
    )
    measurement: Measurement | None = Field(
        None,
        description="formative: the components are different causes of the score, and need not correlate; reflective: "
        "they are signs of one quantity; an audit judges their correlations accordingly",
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
    map: Map | None = Field(None, description="the file with the shapes of the units, for maps")
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
        {},
        description="by the code of a check, its thresholds, the severity of its findings, and on = false to leave it "
        "out: [checks.D01] share = 0.5",
    )
    analyses: dict[str, dict[str, Any]] = Field(
        {}, description="options of analyses, by the name of the analysis: [analyses.obstacles] top = 3"
    )
    waivers: tuple[Waiver, ...] = Field((), description="findings of checks that are accepted, with the reason")
    audit: AuditChoices = Field(AuditChoices(), description="the choices of an audit")

    _frozen: Any = PrivateAttr(None)

    @property
    def frozen(self) -> Frozen | None:
        """The statistics and weights of the fitted index that is defined; None for an index that is not fitted."""
        frozen: Frozen | None = self._frozen
        return frozen

    def with_frozen(self, frozen: Frozen) -> Self:
        """Return the definition of a fitted index with these statistics and weights."""
        copy = self.model_copy()
        copy._frozen = frozen
        return copy

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

    def measurement_of(self, node: str) -> Measurement | None:
        """Return the measurement model of a node: its own, or that of the nearest node above; None if none is stated.

        A dimension of several parents takes that of the first.
        """
        while node != ROOT:
            dimension = self.dimensions[node]
            if dimension.measurement is not None:
                return dimension.measurement
            node = dimension.parents[0]
        return self.measurement

    @property
    def parts(self) -> dict[str, Dimension | Indicator]:
        """The dimensions, then the indicators."""
        return {**self.dimensions, **self.indicators}

    @property
    def depth(self) -> int:
        """The number of levels of the tree: the index, its dimensions, their dimensions, …"""
        lengths = path_lengths({name: dimension.parents for name, dimension in self.dimensions.items()})
        return 1 + max(max(of_part) for of_part in lengths.values())
