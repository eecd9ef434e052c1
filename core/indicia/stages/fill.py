"""Fill the missing components of nodes for which the methodology has a rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.definition import Node, check_group
from indicia.formulas import column, record_each
from indicia.partitions.partition import for_each
from indicia.stages.groups_and_parents import sources_of, units_of_rows, with_groups_and_parents
from indicia.stages.stage import Change, NodeStage, Record, nodes_taking_part
from indicia.tables.evaluate import evaluate
from indicia.tables.parents import GAPS
from indicia.tables.table import NodeColumns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.definition import Data, Missing
    from indicia.formulas import Expression, Recorder
    from indicia.stages.stage import Fitted
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table

_NO_SOURCES: Mapping[str, pl.Series] = MappingProxyType({})


@dataclass(frozen=True)
class Fill(NodeStage[Node]):
    """Fill the missing components of nodes: with a value, the mean of a group, or the value of the parent."""

    name: ClassVar[str] = "missing"
    data: Data

    @property
    def is_idle(self) -> bool:
        """True if no node has a rule that fills missing components."""
        return not any(node.missing.replaces for node in self.nodes)

    def reads(self, node: Node) -> Iterator[tuple[str, str]]:
        """Yield the components of the node."""
        return (("components", part.id) for part in node.components)

    @property
    def _ids(self) -> str:
        return ", ".join(node.id for node in self.nodes)

    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:
        """Return the filled components."""
        nodes = [node for node in nodes_taking_part(self.nodes, table) if node.missing.replaces]
        fillings = for_each(table.partition, nodes, lambda node: self._fill(node, table, fitted))
        filled = [filling for filling in fillings if filling is not None]
        changes = tuple(change for filling in filled for change in filling.changes)
        columns = [column for change in changes for column in change.after]
        return NodeColumns(table.profiled(pl.DataFrame(columns), f"{self.name} of {self._ids}")), Record(
            self.name,
            statistics={question: value for filling in filled for question, value in filling.statistics.items()},
            sources={question: units for filling in filled for question, units in filling.sources.items()},
            formulas={name: formula for filling in filled for name, formula in filling.formulas.items()},
            changes=changes,
        )

    def _fill(self, node: Node, table: Table, fitted: Fitted | None) -> Record | None:
        """Fill the components of a node; None if there is nothing to do."""
        values = table.columns.components.frame
        names = [part.id for part in node.components]
        gaps = [name for name in names if table.columns.components.profiles[name].missing]
        if node.missing.value is not None:
            filled = values.select(pl.col(gaps).fill_null(node.missing.value)) if gaps else None
            return None if filled is None else self._record(values, filled, f"value = {node.missing.value:g}")
        frame, scope = _with_groups_or_parents(node, values.select(names), table, self.data)
        # components without gaps need statistics too, which may fill gaps in other data
        recorded = record_each({name: FillFormula(name, node.missing) for name in names})
        of_fit, own = (fitted.of(self.name), fitted.computed_at(self.name)) if fitted else (None, ())
        evaluation = evaluate(frame, recorded, scope, of_fit, computed=own, place=f"{self.name} of {node.id}")
        sources = sources_of(self.name, scope, evaluation.statistics, fitted)
        rule = f"{node.missing.policy}(within={node.missing.within})"
        record = self._record(values, evaluation.frame.select(gaps), rule, units_of_rows(scope, sources, gaps))
        return replace(record, statistics=evaluation.statistics, sources=sources, formulas=evaluation.formulas)

    def _record(
        self, values: pl.DataFrame, filled: pl.DataFrame, rule: str, source_units: Mapping[str, pl.Series] = _NO_SOURCES
    ) -> Record:
        gaps = filled.columns
        change = Change(self.name, values.select(gaps), filled, dict.fromkeys(gaps, rule), source_units)
        return Record(self.name, changes=(change,) if gaps else ())


@dataclass(frozen=True)
class FillFormula:
    """The formula that fills the gaps of a component."""

    name: str
    missing: Missing

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        if self.missing.policy == "parent":
            return x.fill_null(recorder(self.name, x, parents=self.missing.within).parent)
        return x.fill_null(recorder(self.name, x).mean)


def _with_groups_or_parents(
    node: Node, values: pl.DataFrame, table: Table, data: Data
) -> tuple[pl.DataFrame, StatisticsScope]:
    """Return values with the groups or parents that the rule of a node names, and the scope of its statistics."""
    column, rule, scope = str(node.missing.within), f"{node.missing.policy} of {node.id}", table.scopes.aggregation
    if node.missing.policy == "parent":
        return with_groups_and_parents(table, values, scope, data, rule, (), column, GAPS, raw=False)
    check_group(column, data, f"{rule} names the groups")  # else "period" would be the period of the data
    return with_groups_and_parents(table, values, scope, data, rule, (column,), None, GAPS, raw=False)
