"""Compute the statistics of formulas over partitions: ask for their reductions, and put the values together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.formulas import ONE, Node
from indicia.formulas.node import Column, Operation, Reduction, postorder
from indicia.formulas.to_text import to_text
from indicia.partitions.partition import NeedsAllRows, Partition
from indicia.partitions.reductions import MergeReductions, is_mergeable, value_column
from indicia.tables.joins import join_statistics
from indicia.tables.values import VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.formulas.to_polars import Compiler
    from indicia.tables.values import Value

WHOLE_COLUMN = frozenset(["rank", "sort", "cum_sum", "over", "fit"])
"""The operations that look at a column as a whole."""


@dataclass(frozen=True)
class PartitionStatistics:
    """Computes statistics of the rows of a scope, of which this run has one partition."""

    partition: Partition
    place: str
    """The name of the formulas in the run."""
    key: tuple[str, ...]
    reference: pl.Expr | None

    def compute(self, frame: pl.DataFrame, statistics: Mapping[Node, str], compiler: Compiler) -> dict[str, Value]:
        """Return the values of trees of reductions, by name.

        Parameters
        ----------
        frame
            The rows of the partition.
        statistics
            The name of each tree.
        compiler
            Has the values of the placeholders in the trees.
        """
        rows = frame if self.reference is None else frame.filter(self.reference)
        keys, columns = None, dict[Node, str]()
        for reductions in _rounds(statistics):
            merge = MergeReductions(tuple((node.kind, node.options) for node in reductions), self.key)
            expressions = [_compiled(compiler, node.args[0], columns) for node in reductions]
            text = "; ".join(to_text(node) for node in reductions)
            answer: pl.DataFrame = self.partition.ask(
                f"{self.place}: {text}",
                merge,
                lambda e=expressions, m=merge, r=rows: m.state(r, e),  # type: ignore[misc]
            )
            names = {node: f"\0r{len(columns) + place}" for place, node in enumerate(reductions)}
            answer = answer.rename({value_column(place): name for place, name in enumerate(names.values())})
            values = answer.drop(self.key)
            keys = answer if keys is None else keys.hstack(values)
            columns |= names
            if self.key:
                single = [answer.select(*self.key, pl.col(name)) for name in names.values()]
                rows = join_statistics(rows, single, self.key)
            else:
                rows = rows.hstack([column.new_from_index(0, rows.height) for column in values])
        return self._values(keys, statistics, compiler, columns)

    def _values(
        self, keys: pl.DataFrame | None, statistics: Mapping[Node, str], compiler: Compiler, columns: Mapping[Node, str]
    ) -> dict[str, Value]:
        if keys is None:
            keys = pl.DataFrame({ONE: [1.0]})
        keys = keys.with_columns(pl.Series(ONE, np.ones(keys.height)))
        values: dict[str, Value] = {}
        for node, name in statistics.items():
            column = keys.select(_compiled(compiler, node, columns).cast(pl.Float64).alias(VALUE)).to_series()
            values[name] = keys.select(self.key).hstack([column]) if self.key else column[0]
        return values


def _compiled(compiler: Compiler, root: Node, columns: Mapping[Node, str]) -> pl.Expr:
    """Return the expression of a tree in which the values of reductions are columns."""
    trees: dict[Node, Node] = {node: Column("column", (), (name,)) for node, name in columns.items()}
    for node in postorder([root], done=trees):
        args = tuple(trees[arg] for arg in node.args)
        # placeholders have values of their own, whatever stands below them
        trees[node] = node if node.is_placeholder or args == node.args else type(node)(node.kind, args, node.options)
    return compiler(trees[root])


def _rounds(roots: Mapping[Node, str]) -> Iterator[Sequence[Node]]:
    """Yield the reductions of trees: first those that need no other reduction, then those that need these."""
    depths: dict[Node, int] = {}
    placeholders = {node for node in postorder(roots) if node.is_placeholder}
    for node in postorder(roots, done=placeholders):
        depth = max((depths.get(arg, 0) for arg in node.args), default=0)
        if isinstance(node, Reduction):
            depth += 1
        depths[node] = depth
    for depth in range(1, max(depths.values(), default=0) + 1):
        yield [node for node in depths if isinstance(node, Reduction) and depths[node] == depth]


def check_mergeable(method: str, subject: str, roots: Sequence[Node]) -> None:
    """Refuse formulas with reductions that need all rows; `method` and `subject` name them."""
    for node in postorder(roots):
        reduction = isinstance(node, Reduction) and not is_mergeable(node)
        if reduction or (isinstance(node, Operation) and node.kind in WHOLE_COLUMN):
            raise NeedsAllRows(
                f"{method} of {subject} needs all rows at once ({to_text(node)}), and the table is read in partitions",
                remedy="choose another method there, or run the index in memory: --engine memory",
            )
