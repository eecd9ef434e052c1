"""Score made-up profiles by the statistics, weights and ideal points of a run, which they do not change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.defaults import AGGREGATION
from indicia.definition import ROOT, Node
from indicia.errors import DefinitionError, join_names
from indicia.formulas import USED
from indicia.methods import Array, MatrixAggregation, Normalisation
from indicia.methods.profile import ProfiledColumns
from indicia.run.plan import stages_of_nodes
from indicia.stages.aggregate import Aggregate
from indicia.stages.plugin_boundary import draws_numbers
from indicia.stages.stage import Record, nodes_taking_part
from indicia.tables.table import NodeColumns, Table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from indicia.run import Scored
    from indicia.tables.scope import StatisticsScope

_STAGES = ("aggregation", "rescaling", "as_component")
_OF_OTHER_PERIODS = ("value_of_period", "previous", "over_time")


@dataclass(frozen=True)
class ProfileScores:
    """The scores of profiles."""

    table: Table
    """The table after the last stage."""
    aggregated: Mapping[str, pl.Series]
    """The scores of nodes as their aggregation returns them, before they are rescaled."""

    @property
    def index(self) -> Array:
        """The scores of the index before rounding, (m,); NaN for a profile without a score."""
        return self.of_node(ROOT)

    def of_node(self, name: str) -> Array:
        """Return the scores of a node before rounding, (m,); NaN for a profile without a score."""
        return self.table.columns.unrounded[name].to_numpy()


@dataclass(frozen=True)
class ProfileScorer:
    """Scores profiles of normalised values as if they belonged to the unit of one row of a run.

    The profiles join no sample: statistics, weights, bounds and ideal points are those of the run.
    """

    scored: Scored
    row: int
    """The row whose period and groups the profiles have."""

    def __post_init__(self) -> None:
        if methods := list(comparing_methods(self.tree)):
            raise DefinitionError(
                "the score cannot be divided into parts, since a mixture of two units has no score of its own where "
                f"units are compared with each other, or have random numbers: {join_names(methods, 3)}",
                remedy="ask how often one unit is ahead (indicia robustness --show pairwise), or explain a variant "
                f"with other methods there{_other_aggregation(self.tree)}",
            )

    @cached_property
    def tree(self) -> Node:
        """The tree of the parts on which the index depends."""
        return self.scored.tree.with_parts(lambda node, parts, _: replace(node, components=parts, shown=()))

    def score(self, values: Mapping[str, Array]) -> ProfileScores:
        """Score profiles, given the normalised values of each indicator, (m,); NaN for a value that is missing."""
        frame = pl.DataFrame({name: pl.Series(name, column, nan_to_null=True) for name, column in values.items()})
        table, aggregated = self._table(frame), dict[str, pl.Series]()
        for stage in stages_of_nodes(self.scored.definition.data, self.tree):
            table, _ = stage.apply(table, self.scored.fitted)
            if isinstance(stage, Aggregate):
                nodes = nodes_taking_part(stage.nodes, table)
                aggregated |= {node.id: table.columns.unrounded[node.id] for node in nodes}
        return ProfileScores(table, aggregated)

    def _table(self, values: pl.DataFrame) -> Table:
        """Return a table of profiles whose other columns are those of the row."""
        source = self.scored.source
        row = np.full(len(values), self.row)

        def repeated(frame: pl.DataFrame) -> pl.DataFrame:
            return frame[row] if frame.width else frame

        return replace(
            source,
            units=repeated(source.units),
            values=values,
            bounds_by_row=repeated(source.bounds_by_row),
            used_columns=repeated(source.used_columns),
            scopes=source.scopes.mapped(_without_reference),
            columns=NodeColumns(ProfiledColumns.of(values)),
            ranks=pl.DataFrame(),
        )

    def check_same_context(self, other: int) -> None:
        """Refuse two rows of a run that are scored by different statistics, weights or columns beside the indicators.

        A mixture of the two would have the group, the period or the column of neither.
        """
        units = self.scored.units.hstack(self.scored.source.used_columns.get_columns())
        for column, reason in self._context(other):
            first, second = units[column][self.row], units[column][other]
            if first != second:
                name = column.rsplit("\0", 1)[-1]
                raise DefinitionError(
                    f"the gap cannot be divided into parts: {reason} {name}, which is {first} for one and {second} "
                    "for the other, so that a mixture of the two has no score of its own",
                    remedy=f"explain two units with the same {name}, or take statistics and weights over all units",
                )

    def _context(self, other: int) -> Iterator[tuple[str, str]]:
        """Yield the columns beside the indicators on which scores of nodes depend, each with the reason."""
        counting, both = [node.id for node in self.tree.nodes()], self.scored.units[[self.row, other]]
        for name in counting:
            weights = self.scored.node_weights[name]
            if weights.keys is not None and np.ptp(weights.of_rows(both), axis=0).any():
                yield from ((column, f"the weights of {name} depend on") for column in weights.keys.columns)
        for stage in _STAGES:
            for question, value in self.scored.fitted.of(stage).items():
                if isinstance(value, pl.DataFrame) and not set(counting).isdisjoint(question.subject):
                    of_rows = (column for column in value.columns[:-1] if column in self.scored.units.columns)
                    yield from ((column, f"statistics of {question.subject[0]} depend on") for column in of_rows)
        for record in self.scored.records:
            if record.stage in _STAGES:
                yield from self._columns_read(record, counting)
        for node in self.tree.nodes():
            if isinstance(node.aggregation, MatrixAggregation):
                names = node.aggregation.used_names
                yield from ((USED + name, f"the score of {node.id} depends on") for name in names)

    def _columns_read(self, record: Record, counting: Collection[str]) -> Iterator[tuple[str, str]]:
        for name, formula in record.formulas.items():
            if name in counting:
                yield from ((USED + column, f"the score of {name} depends on") for column in formula.columns_by_row)
                if any(question.kind in _OF_OTHER_PERIODS for question in formula.questions):
                    yield self.scored.source.unit, f"the score of {name} depends on another period of the"


def _without_reference(scope: StatisticsScope) -> StatisticsScope:
    """Return a scope without a condition on the rows of statistics: fitted statistics need none."""
    return replace(scope, reference=None)


def _other_aggregation(tree: Node) -> str:
    """Return an aggregation that compares no units, as a clause, if it would help."""
    is_rescaled = any(node.rescaling or node.as_component for node in tree.counting_nodes())
    return "" if is_rescaled else f', such as aggregation = "{AGGREGATION}"'


def comparing_methods(tree: Node) -> Iterator[str]:
    """Yield the methods of nodes for which the score of a unit depends on the values of all others, with the node.

    They have no statistics that could be held fixed.
    """
    for node in tree.counting_nodes():
        compares = isinstance(node.aggregation, MatrixAggregation) and not node.aggregation.row_by_row
        if compares or draws_numbers(node):  # the random numbers of two units differ
            yield f"{node.aggregation.name} of {node.id}"
        methods: tuple[Normalisation | None, ...] = (node.rescaling, node.as_component)
        yield from (f"{method.name} of {node.id}" for method in methods if method is not None and method.whole_column)
