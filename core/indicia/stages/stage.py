"""A stage of a run, and the record that it leaves.

A run is a list of stages. Each takes a table and returns a table and a record; none changes a table. The same list
scores, scores by what was fitted, scores draws, and is shared by methodologies that are compared.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, Self, TypeVar

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from indicia.definition import Node
    from indicia.formulas import Question, Recorded
    from indicia.notes import Note
    from indicia.tables.table import NodeColumns, Table
    from indicia.tables.values import StatisticValues
    from indicia.tables.weights import Weighed


@dataclass(frozen=True)
class Change:
    """The columns whose cells a stage changed, before and after."""

    stage: str
    before: pl.DataFrame
    after: pl.DataFrame
    why: Mapping[str, str]
    """The method or rule that changed each column."""
    whose: Mapping[str, pl.Series] = field(default_factory=dict)
    """By column, the unit whose value was taken, row by row."""

    def reasons(self, name: str) -> pl.Series:
        """Return, row by row, why a column was changed."""
        why, whose = self.why[name], self.whose.get(name)
        if whose is None:
            return pl.Series([why]).new_from_index(0, len(self.before))
        return pl.select(pl.concat_str(pl.lit(f"{why}: "), whose).fill_null(why)).to_series()

    def of_columns(self, names: Collection[str]) -> Change:
        """Return the change of some of the columns."""
        kept = [name for name in self.after.columns if name in names]
        return replace(self, before=self.before.select(kept), after=self.after.select(kept))


def changed(
    stage: str,
    before: pl.DataFrame,
    after: pl.DataFrame,
    why: Mapping[str, str],
    whose: Mapping[str, pl.Series] | None = None,
) -> tuple[Change, ...]:
    """Return the change of the columns that differ; none where no cell differs."""
    names = [name for name in after.columns if not after[name].equals(before[name], null_equal=True)]
    return (Change(stage, before.select(names), after.select(names), why, whose or {}),) if names else ()


@dataclass(frozen=True)
class Record:
    """The outcome of a stage: enough to score other data, to explain a score, and to write notes and manifests."""

    stage: str
    statistics: StatisticValues = field(default_factory=dict)
    """The values of the statistics that formulas asked for."""
    sources: Mapping[Question, pl.DataFrame] = field(default_factory=dict)
    """Of look-ups of parents that fill gaps: the unit whose value each parent gives."""
    formulas: Mapping[str, Recorded] = field(default_factory=dict)
    """The formulas of the columns that were made, by indicator or node."""
    weights: Mapping[str, Weighed] = field(default_factory=dict)
    """The weights of the components of nodes."""
    changes: tuple[Change, ...] = ()
    left_out: pl.DataFrame | None = None
    """Units and indicators that are left out, and why."""
    dropped: tuple[str, ...] = ()
    """Indicators that are left out."""
    neutral: tuple[str, ...] = ()
    """Indicators that do not vary and score neutrally."""
    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    """The smallest and the largest value of each indicator."""
    beyond: Mapping[str, list[str]] = field(default_factory=dict)
    """Units with a value beyond the fitted range, by indicator."""
    incomplete: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """Rows that miss components, by node."""
    notes: tuple[Note, ...] = ()
    warnings: tuple[str, ...] = ()
    looked_at: frozenset[str] | None = None
    """The kinds of columns that the stage looked at, where it looked at fewer than it may; see `NodeStage.reads`."""


@dataclass(frozen=True)
class Fitted:
    """The statistics and weights that a run took from its data, read from the records of its stages."""

    statistics: Mapping[str, StatisticValues]
    """The values of statistics, by stage."""
    weighed: Mapping[str, Weighed]
    ranges: Mapping[str, tuple[float | None, float | None]]
    """The smallest and the largest value of each indicator, as it was normalised."""
    left_out: tuple[str, ...] = ()
    """Indicators that screening left out."""
    constant: tuple[str, ...] = ()
    """Indicators that did not vary and take no part."""
    neutral: tuple[str, ...] = field(default=())
    """Indicators that did not vary and score neutrally."""
    sources: Mapping[str, Mapping[Question, pl.DataFrame]] = field(default_factory=dict)
    """By stage, the units whose values parents give."""

    @classmethod
    def of_records(cls, records: Iterable[Record]) -> Fitted:
        """Return the statistics and weights of a run."""
        statistics: dict[str, StatisticValues] = {}
        sources: dict[str, dict[Question, pl.DataFrame]] = {}
        weighed: dict[str, Weighed] = {}
        by_stage: dict[str, Record] = {}
        for record in records:
            statistics[record.stage] = {**statistics.get(record.stage, {}), **record.statistics}
            sources[record.stage] = {**sources.get(record.stage, {}), **record.sources}
            weighed |= record.weights
            by_stage[record.stage] = record
        return cls(
            {stage: values for stage, values in statistics.items() if values},
            weighed,
            by_stage["normalisation"].ranges,
            by_stage["screening"].dropped,
            by_stage["constant"].dropped,
            by_stage["constant"].neutral,
            {stage: units for stage, units in sources.items() if units},
        )

    def of(self, stage: str) -> StatisticValues:
        """Return the statistics of a stage."""
        return self.statistics.get(stage, {})


class Stage(ABC):
    """A step of a run: a frozen dataclass of all that its outcome depends on beside the table.

    Stages of equal fields give the same table for the same table, so that methodologies that are compared share them.
    """

    name: ClassVar[str]
    """The word for the stage in records, notes and files."""

    @abstractmethod
    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with the columns that this stage makes, and the record.

        With `fitted`, the statistics and weights of a former run are used, and none is taken from this table.
        """


class _Named(Protocol):
    @property
    def id(self) -> str:
        """The name of a node."""


AnyNode = TypeVar("AnyNode", bound=_Named)


@dataclass(frozen=True)
class NodeStage(Stage, Generic[AnyNode]):
    """A stage of the nodes of one level of the tree, which may be applied to each node by itself."""

    nodes: tuple[AnyNode, ...]

    @abstractmethod
    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:
        """Return the columns that this stage makes of the table, and the record."""

    @property
    def is_idle(self) -> bool:
        """True if the methodology asks for nothing of this stage at these nodes."""
        return False

    @abstractmethod
    def reads(self, node: AnyNode) -> Iterator[tuple[str, str]]:
        """Yield the columns that the outcome of a node depends on: the kind, and the indicator or node."""

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with the columns of these nodes, and the record."""
        if self.is_idle:
            return table, Record(self.name)
        made, record = self.make(table, fitted)
        return table.with_columns(made), record

    def of_node(self, node: AnyNode) -> Self:
        """Return the stage of one node."""
        return replace(self, nodes=(node,))


def present(nodes: Iterable[Node], table: Table) -> tuple[Node, ...]:
    """Return nodes without the indicators that take no part, those of which anything is left."""
    if not table.dropped:
        return tuple(nodes)
    return tuple(left for node in nodes if (left := node.without(table.dropped)).components)
