"""Rank units by their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.definition import check_group
from indicia.errors import DataError, nearest
from indicia.methods import Domain
from indicia.stages.stage import Record, Stage
from indicia.tables.noise import NOISE, largest, levels, placed
from indicia.tables.profile import profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition import Definition, Node
    from indicia.stages.stage import Fitted
    from indicia.tables.table import NodeColumns, Table


@dataclass(frozen=True)
class Rank(Stage):
    """Rank eligible units by the index, within each period, and within the groups that the methodology names.

    1 is the best score; units without a score have no rank.
    """

    name: ClassVar[str] = "rank"
    definition: Definition
    tree: Node

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the table with ranks: `rank`, and one column for each group column that is ranked within."""
        definition, tree, columns = self.definition, self.tree, table.columns
        check_eligible(definition, table.units)
        data = definition.data
        within = {"rank": [data.period] if data.period else []}
        for group in definition.methodology.ranks:
            check_group(group, data, "ranks names")
            within[f"rank_{group}"] = [*within["rank"], group]
        scores = ranked_scores(definition, columns)[tree.id]
        frame = table.units.hstack([_comparable(tree, scores)])
        ranks = frame.select(
            pl.when(pl.all_horizontal(True, *(pl.col(group).is_not_null() for group in key)))
            .then(_ranked(definition, tree, key))
            .alias(name)
            for name, key in within.items()
        )
        return table.with_changes(ranks=ranks), Record(self.name)


def ranked_scores(definition: Definition, columns: NodeColumns) -> Mapping[str, pl.Series]:
    """Return the scores that are ranked: rounded, or as they were before."""
    return columns.unrounded if definition.methodology.rank_by == "unrounded" else columns.scores


def node_ranks(definition: Definition, tree: Node, units: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Rank eligible units by every node, within each period."""
    nodes = list(tree.nodes())
    key = [definition.data.period] if definition.data.period else []
    frame = units.hstack([_comparable(node, scores[node.id]) for node in nodes])
    return frame.select(_ranked(definition, node, key).alias(node.id) for node in nodes)


def _ranked(definition: Definition, node: Node, key: list[str]) -> pl.Expr:
    ties = definition.methodology.ties
    rank = pl.when(_eligible(definition)).then(pl.col(node.id)).rank(ties, descending=not node.low_is_best)
    return (rank.over(key) if key else rank).cast(pl.Float64 if ties == "average" else pl.Int64)


def check_eligible(definition: Definition, units: pl.DataFrame) -> None:
    """Refuse names of eligible units that the data do not have."""
    data, eligible = definition.data, definition.eligible
    known = set(units[str(data.unit)]) if eligible.only or eligible.without else set()
    for name in (*(eligible.only or ()), *eligible.without):
        if name not in known:
            word = "only" if name in (eligible.only or ()) else "without"
            raise DataError(
                f'[eligible] names "{name}", which is no unit of the data',
                remedy=nearest(name, known),
                word=("eligible", word),
            )


def _eligible(definition: Definition) -> pl.Expr:
    unit, eligible = pl.col(str(definition.data.unit)), definition.eligible
    only = pl.lit(value=True) if eligible.only is None else unit.is_in(eligible.only)
    return only & ~unit.is_in(eligible.without) if eligible.without else only


def _comparable(node: Node, scores: pl.Series) -> pl.Series:
    """Return numbers in the order of the scores, without the noise of arithmetic."""
    facts = profile(scores.to_frame(), [node.id])[node.id]
    size = largest(facts)
    if node.aggregation.domain is Domain.POSITIVE and (facts.lowest or 0.0) > 0:
        scores, size = scores.log(), 1.0  # what is made of positive values is as exact when it is small
    places, level = levels(scores, NOISE * size)
    return placed(scores, places, level)
