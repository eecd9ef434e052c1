"""A stage of a run, and the record that it returns.

A run is a list of stages. Each stage receives a table, and returns a new table and a record. The same list scores data,
scores other data with fitted statistics, and scores draws. Runs of several methodologies share equal stages.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, Self, TypeVar

import polars as pl

from indicia.tables.fitted import Fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from indicia.definition import Node
    from indicia.formulas import Question, RecordedFormula
    from indicia.methods import Method
    from indicia.methods.contract import DetailTable
    from indicia.notes import Note
    from indicia.tables.last_values import LastValues
    from indicia.tables.scope import StatisticValues
    from indicia.tables.table import NodeColumns, Table
    from indicia.tables.weights import NodeWeights


@dataclass(frozen=True)
class Change:
    """The columns whose cells a stage changed, before and after."""

    stage: str
    before: pl.DataFrame
    after: pl.DataFrame
    rules: Mapping[str, str]
    """By column, the method or rule that changed it."""
    source_units: Mapping[str, pl.Series] = field(default_factory=dict)
    """By column, the unit that provides the new value of each row, if the value is that of a parent."""
    source_periods: Mapping[str, pl.Series] = field(default_factory=dict)
    """By column, the period of the fitted data that provides the new value of each row, if the table lacks it."""

    def reasons(self, name: str) -> pl.Series:
        """Return, for each row, the reason of the change of a column."""
        rule, units = self.rules[name], self.source_units.get(name)
        if (periods := self.source_periods.get(name)) is not None:
            words = pl.concat_str(pl.lit(f"{rule}: the value of "), periods, pl.lit(" in the fitted data"))
            return pl.select(words.fill_null(rule)).to_series()
        if units is None:
            return pl.Series([rule]).new_from_index(0, len(self.before))
        return pl.select(pl.concat_str(pl.lit(f"{rule}: "), units).fill_null(rule)).to_series()

    def of_columns(self, names: Collection[str]) -> Change:
        """Return the change of these columns alone."""
        kept = [name for name in self.after.columns if name in names]
        return replace(self, before=self.before.select(kept), after=self.after.select(kept))


def changes_between(
    stage: str,
    before: pl.DataFrame,
    after: pl.DataFrame,
    rules: Mapping[str, str],
    source_units: Mapping[str, pl.Series] | None = None,
    source_periods: Mapping[str, pl.Series] | None = None,
) -> tuple[Change, ...]:
    """Return one change of all columns that differ, or an empty tuple if no cell differs."""
    names = [name for name in after.columns if not after[name].equals(before[name], null_equal=True)]
    if not names:
        return ()
    sources = source_units or {}, source_periods or {}
    return (Change(stage, before.select(names), after.select(names), rules, *sources),)


@dataclass(frozen=True)
class MethodTable:
    """A table of further results of a method that prepares indicators."""

    method: Method
    name: str
    indicators: tuple[str, ...]
    """The indicators that the method saw together."""
    key: Mapping[str, object]
    """The group of rows, by the columns of the scope; empty for all rows."""
    columns: Callable[[], DetailTable]
    """The function that computes the columns."""


@dataclass(frozen=True)
class Record:
    """The facts that a stage returns in addition to its table, to score other data, explain scores and write notes."""

    stage: str
    statistics: StatisticValues = field(default_factory=dict)
    """The values of the statistics in formulas."""
    sources: Mapping[Question, pl.DataFrame] = field(default_factory=dict)
    """For look-ups of parents that fill gaps: the unit that provides the value of each parent."""
    formulas: Mapping[str, RecordedFormula] = field(default_factory=dict)
    """The formulas of the computed columns, by indicator or node."""
    weights: Mapping[str, NodeWeights] = field(default_factory=dict)
    """The weights of the components of nodes."""
    changes: tuple[Change, ...] = ()
    left_out: pl.DataFrame | None = None
    """Units and indicators that are left out, with the reasons."""
    dropped: tuple[str, ...] = ()
    """Indicators that are left out."""
    dropped_values: pl.DataFrame | None = None
    """The values of constant indicators that are left out."""
    neutral: tuple[str, ...] = ()
    """Constant indicators that get the neutral score."""
    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    """The smallest and the largest value of each indicator."""
    beyond: Mapping[str, list[str]] = field(default_factory=dict)
    """Units with a value beyond the fitted range, by indicator."""
    incomplete: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """Rows that miss components, by node."""
    notes: tuple[Note, ...] = ()
    warnings: tuple[str, ...] = ()
    tables: tuple[MethodTable, ...] = ()
    """Tables of further results of methods."""
    last_values: LastValues | None = None
    """The last value of each unit, for imputations that carry it forward to later data."""
    kinds_used: frozenset[str] | None = None
    """The kinds of columns that the stage used; None if it used all columns of `NodeStage.reads`."""


def fitted_of(records: Iterable[Record]) -> Fitted:
    """Return the statistics and weights of a run, given its records."""
    statistics: dict[str, StatisticValues] = {}
    sources: dict[str, dict[Question, pl.DataFrame]] = {}
    node_weights: dict[str, NodeWeights] = {}
    by_stage: dict[str, Record] = {}
    columns: set[str] = set()
    for record in records:
        statistics[record.stage] = {**statistics.get(record.stage, {}), **record.statistics}
        sources[record.stage] = {**sources.get(record.stage, {}), **record.sources}
        node_weights |= record.weights
        by_stage[record.stage] = record
        columns |= {name for formula in record.formulas.values() for name in formula.columns_by_row}
    return Fitted(
        {stage: values for stage, values in statistics.items() if values},
        node_weights,
        by_stage["normalisation"].ranges,
        by_stage["screening"].dropped,
        by_stage["constant"].dropped,
        by_stage["constant"].neutral,
        {stage: units for stage, units in sources.items() if units},
        tuple(sorted(columns)),
    )


class Stage(ABC):
    """A step of a run: a frozen dataclass, whose outcome depends only on its fields and on the table.

    Hence equal stages have equal outcomes for equal tables, and runs of several methodologies can share them.
    """

    name: ClassVar[str]
    """The word for the stage in records, notes and files."""

    @abstractmethod
    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with the columns that this stage computes, and the record.

        With `fitted`, the stage uses the statistics and weights of a former run, and computes none from this table.
        """


class _Named(Protocol):
    @property
    def id(self) -> str:
        """The name of a node."""


AnyNode = TypeVar("AnyNode", bound=_Named)


@dataclass(frozen=True)
class NodeStage(Stage, Generic[AnyNode]):
    """A stage of the nodes of one level of the tree, which can be applied to each node separately."""

    nodes: tuple[AnyNode, ...]

    @abstractmethod
    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:
        """Return the columns that this stage computes from the table, and the record."""

    @property
    def is_idle(self) -> bool:
        """True if the methodology does not use this stage at these nodes."""
        return False

    @abstractmethod
    def reads(self, node: AnyNode) -> Iterator[tuple[str, str]]:
        """Yield the columns that the outcome of a node depends on: the kind, and the indicator or node."""

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with the columns of these nodes, and the record."""
        if self.is_idle:
            return table, Record(self.name)
        columns, record = self.make(table, fitted)
        return table.with_columns(columns), record

    def of_node(self, node: AnyNode) -> Self:
        """Return the stage of one node."""
        return replace(self, nodes=(node,))


def nodes_taking_part(nodes: Iterable[Node], table: Table) -> tuple[Node, ...]:
    """Return nodes without the indicators that are left out; a node without components disappears."""
    if not table.dropped:
        return tuple(nodes)
    rest = (node.without(table.dropped) for node in nodes)
    return tuple(node for node in rest if node.components)
