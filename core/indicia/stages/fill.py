"""Put values in place of the missing components of nodes, where the methodology says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.definition import Node, check_group
from indicia.formulas import column, record_each
from indicia.stages.groups_and_parents import sources_of, units_of_rows, with_groups_and_parents
from indicia.stages.stage import Change, NodeStage, Record, present
from indicia.tables.evaluate import evaluate
from indicia.tables.parents import GAPS
from indicia.tables.profile import Columns
from indicia.tables.table import NodeColumns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition import Data, Missing
    from indicia.formulas import Expression, Question, Recorded, Recorder
    from indicia.stages.stage import Fitted
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table
    from indicia.tables.values import StatisticValues


@dataclass(frozen=True)
class Fill(NodeStage[Node]):
    """Put values in place of the missing components of nodes."""

    name: ClassVar[str] = "missing"
    data: Data

    @property
    def is_idle(self) -> bool:
        """True if no node puts values in place of missing components."""
        return not any(node.missing.replaces for node in self.nodes)

    def reads(self, node: Node) -> Iterator[tuple[str, str]]:
        """Yield the components of the node."""
        return (("components", part.id) for part in node.components)

    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:
        """Return the components whose gaps are filled."""
        columns: list[pl.Series] = []
        statistics: StatisticValues = {}
        sources: dict[Question, pl.DataFrame] = {}
        formulas: dict[str, Recorded] = {}
        changes: list[Change] = []
        values = table.columns.components.frame
        for node in present(self.nodes, table):
            names = [part.id for part in node.components]
            gaps = [name for name in names if values[name].null_count()]
            if not node.missing.replaces or (node.missing.value is not None and not gaps):
                continue
            whose: dict[str, pl.Series] = {}
            if node.missing.value is not None:
                filled = values.select(pl.col(gaps).fill_null(node.missing.value))
                why = f"value = {node.missing.value:g}"
            else:
                frame, scope = _beside(node, values.select(names), table, self.data)
                replacing = record_each({name: Replacing(name, node.missing) for name in names})  # all: see Impute
                found = evaluate(frame, replacing, scope, fitted.of(self.name) if fitted else None)
                filled = found.frame.select(gaps)
                statistics |= found.statistics
                formulas |= found.formulas
                why = f"{node.missing.policy}(within={node.missing.within})"
                of_node = sources_of(self.name, scope, found.statistics, fitted)
                sources |= of_node
                whose = units_of_rows(scope, of_node, gaps)
            if gaps:
                columns += filled.get_columns()
                changes.append(Change(self.name, values.select(gaps), filled, dict.fromkeys(gaps, why), whose))
        made = NodeColumns(Columns.of(pl.DataFrame(columns)))
        return made, Record(
            self.name, statistics=statistics, sources=sources, formulas=formulas, changes=tuple(changes)
        )


@dataclass(frozen=True)
class Replacing:
    """The formula by which the missing scores of a component are replaced."""

    name: str
    missing: Missing

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        if self.missing.policy == "parent":
            return x.fill_null(recorder(self.name, x, parents=self.missing.within).parent)
        return x.fill_null(recorder(self.name, x).mean)


def _beside(node: Node, values: pl.DataFrame, table: Table, data: Data) -> tuple[pl.DataFrame, StatisticsScope]:
    """Return values beside the groups, or the parents, that the policy of a node names; and the scope within these."""
    column, what = str(node.missing.within), f"{node.missing.policy} of {node.id}"
    if node.missing.policy == "parent":
        return with_groups_and_parents(table, values, data, what, (), column, GAPS, raw=False)
    check_group(column, data, f"{what} names the groups")  # "period" is a group here only if the data say so
    return with_groups_and_parents(table, values, data, what, (column,), None, GAPS, raw=False)
