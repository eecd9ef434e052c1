"""The index file as a whole, and the words that a variant may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from pydantic import Field, PrivateAttr, model_validator

from indicia.definition.data_section import Data, Outside
from indicia.definition.graph import path_lengths
from indicia.definition.methodology_section import Eligible, Methodology, Screening
from indicia.definition.parts_section import Aggregate, Bands, Dimension, Indicator
from indicia.definition.section import ROOT, Measurement, NodeDirection, Number, Section, Text, Weight, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition.checks_section import Waiver
    from indicia.definition.frozen import Frozen
    from indicia.definition.publication_section import Map, Publication, Source
    from indicia.definition.robustness_section import AuditChoices, Robustness


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


S = TypeVar("S", bound=Section)
T = TypeVar("T")


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


class Definition(Section):
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
    judgements: dict[str, dict[str, Any]] = Field(
        {},
        description="judgements of people: parameters by the name of a weighting that is named without parameters",
    )
    weights: dict[str, dict[str, Weight]] = Field(
        {}, description="named sets of weights of indicators and dimensions, each a weighting by its name"
    )
    variants: dict[str, Variant] = Field({})

    _frozen: Any = PrivateAttr(None)
    _sections: Any = PrivateAttr({})

    @property
    def sections(self) -> Mapping[str, Any]:
        """The sections of plugins that the index file states, by name."""
        sections: Mapping[str, Any] = self._sections
        return sections

    def with_sections(self, sections: Mapping[str, Any]) -> Self:
        """Return the definition with these sections of plugins."""
        copy = self.model_copy()
        copy._sections = sections
        return copy

    def section(self, model: type[S]) -> S | None:
        """Return the section of this model; None if the index file does not state it."""
        return next((section for section in self.sections.values() if isinstance(section, model)), None)

    def _stated(self, name: str, default: T) -> T:
        """Return a section by its name; the default if the index file does not state it."""
        stated: T = self.sections.get(name, default)
        return stated

    @property
    def publication(self) -> Publication | None:
        """The publisher, the date and the citation of the index."""
        return self._stated("publication", None)

    @property
    def sources(self) -> dict[str, Source]:
        """Sources of data, by the name that indicators give as source."""
        return self._stated("sources", {})

    @property
    def map(self) -> Map | None:
        """The file with the shapes of the units, for maps."""
        return self._stated("map", None)

    @property
    def robustness(self) -> Robustness:
        """The inputs that a robustness analysis varies together."""
        from indicia.definition.robustness_section import Robustness  # imported here, since no score depends on it

        return self.section(Robustness) or Robustness()

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """The settings of checks, by code."""
        return self._stated("checks", {})

    @property
    def analyses(self) -> dict[str, dict[str, Any]]:
        """The options of analyses, by name."""
        return self._stated("analyses", {})

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """Findings of checks that are accepted, with the reason."""
        return self._stated("waivers", ())

    @property
    def audit(self) -> AuditChoices:
        """The choices of an audit."""
        from indicia.definition.robustness_section import AuditChoices  # imported here, since no score depends on it

        return self.section(AuditChoices) or AuditChoices()

    @property
    def publishes_raw_values(self) -> bool:
        """True if files and pages may hold values before normalisation."""
        return self.publication is None or self.publication.raw_values

    def source_for_readers(self, source: Text | None) -> Text | None:
        """Return the source of an indicator as text; the name of a table of `[sources]` stands for its facts."""
        if not self.sources:
            return source
        from indicia.definition.publication_section import source_text  # imported here, since few files have sources

        return source_text(source, self.sources)

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
