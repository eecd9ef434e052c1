"""Round the scores of the nodes for which the methodology gives decimals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.definition import Node
from indicia.stages.stage import NodeStage, Record, nodes_taking_part
from indicia.statistics.profile import rounded
from indicia.tables.table import NodeColumns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.stages.stage import Fitted
    from indicia.tables.table import Table


@dataclass(frozen=True)
class Round(NodeStage[Node]):
    """Round the scores of nodes that have decimals."""

    name: ClassVar[str] = "rounding"

    @property
    def is_idle(self) -> bool:
        """True if no node has decimals."""
        return not any(node.decimals is not None for node in self.nodes)

    def reads(self, node: Node) -> Iterator[tuple[str, str]]:
        """Yield the score of the node."""
        yield "unrounded", node.id

    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:  # noqa: ARG002
        """Return the rounded scores."""
        decimals = {
            node.id: node.decimals for node in nodes_taking_part(self.nodes, table) if node.decimals is not None
        }
        scores = pl.DataFrame({name: table.columns.unrounded[name] for name in decimals})
        columns = scores.select(rounded(name, places) for name, places in decimals.items())
        return NodeColumns(rounded={column.name: column for column in columns}), Record(self.name)
