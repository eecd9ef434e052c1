"""Rank units by their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from indicia.definition import Definition, Node, check_group
from indicia.errors import DataError, suggest_unit
from indicia.methods import Domain
from indicia.methods.noise import NOISE, by_group, largest_absolute, noise_levels, ranks_in_order, scatter
from indicia.methods.profile import profile
from indicia.partitions.partition import MergeNamesInData, NamesInData
from indicia.stages.stage import Fitted, Record, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from indicia.tables.table import NodeColumns, Table


@dataclass(frozen=True)
class Rank(Stage):
    """Rank eligible units by the index, within each period, and within the groups that the methodology names.

    Rank 1 is the best score, or the worst if the methodology ranks from the worst; units without a score have no rank.
    """

    name: ClassVar[str] = "rank"
    definition: Definition
    tree: Node

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the table with ranks: `rank`, and a column `rank_GROUP` for each group column that has ranks."""
        definition, tree, columns = self.definition, self.tree, table.columns
        check_eligible(definition, table)
        data = definition.data
        within = {"rank": [data.period] if data.period else []}
        for group in definition.methodology.ranks:
            check_group(group, data, "ranks names")
            within[f"rank_{group}"] = [*within["rank"], group]
        order = _order_of_ranks(definition, tree, ranked_scores(definition, columns)[tree.id])
        ranks = [_ranked(definition, table.units, order, key).alias(name) for name, key in within.items()]
        return table.with_changes(ranks=pl.DataFrame(ranks)), Record(self.name)


def ranked_scores(definition: Definition, columns: NodeColumns) -> Mapping[str, pl.Series]:
    """Return the scores that are ranked: rounded or unrounded, by the methodology."""
    return columns.unrounded if definition.methodology.rank_by == "unrounded" else columns.scores


def node_ranks(definition: Definition, tree: Node, units: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Return the ranks of eligible units by every node, within each period."""
    key = [definition.data.period] if definition.data.period else []
    return pl.DataFrame(
        [
            _ranked(definition, units, _order_of_ranks(definition, node, scores[node.id]), key).alias(node.id)
            for node in tree.nodes()
        ]
    )


def indicator_ranks(definition: Definition, tree: Node, units: pl.DataFrame, normalised: pl.DataFrame) -> pl.DataFrame:
    """Return the ranks of eligible units by the normalised values of every indicator, within each period."""
    key = [definition.data.period] if definition.data.period else []
    leaves = {leaf.id: leaf for leaf in tree.leaves()}
    profiles, ranks = profile(normalised, normalised.columns), []
    for name in normalised.columns:
        rows, level = noise_levels(normalised[name], NOISE * largest_absolute(profiles[name]))
        is_cost = leaves[name].spec.direction == "cost" and not leaves[name].oriented
        # larger values mean more of the node, which may be worse
        lowest_is_best = is_cost != (name in tree.harms)
        lowest_first = lowest_is_best != (definition.methodology.rank_from == "worst")
        order = _Order.of(rows, level, lowest_first)
        ranks.append(_ranked(definition, units, order, key).alias(name))
    return pl.DataFrame(ranks)


def lowest_ranks_first(definition: Definition, node: Node) -> bool:
    """Return True if the lowest score of a node has rank 1."""
    return node.low_is_best != (definition.methodology.rank_from == "worst")


@dataclass(frozen=True)
class _Order:
    """The rows that have a score, in the order of ranks."""

    rows: npt.NDArray[np.intp]
    level: npt.NDArray[np.uint32]
    """A number that rows share if their scores differ only by rounding noise."""

    @classmethod
    def of(cls, rows: npt.NDArray[np.intp], level: npt.NDArray[np.uint32], lowest_first: bool) -> _Order:
        """Return the order of rows that are sorted by ascending scores."""
        return cls(rows, level) if lowest_first else cls(rows[::-1], level[::-1])


def _order_of_ranks(definition: Definition, node: Node, scores: pl.Series) -> _Order:
    score_profile = profile(scores.to_frame(), [node.id])[node.id]
    size = largest_absolute(score_profile)
    if node.aggregation.domain is Domain.POSITIVE and (score_profile.lowest or 0.0) > 0:
        # rounding errors of products are relative to the score, and constant on the scale of its logarithm
        scores, size = scores.log(), 1.0
    rows, level = noise_levels(scores, NOISE * size)
    return _Order.of(rows, level, lowest_ranks_first(definition, node))


def _ranked(definition: Definition, units: pl.DataFrame, order: _Order, key: list[str]) -> pl.Series:
    """Rank the eligible units within a key, without sorting the scores again."""
    rows, level = order.rows, order.level
    is_ranked = units.select(
        pl.all_horizontal(pl.repeat(True, pl.len()), is_eligible(definition), pl.col(key).is_not_null())
    ).to_series()
    if not is_ranked.all():
        mask = is_ranked.to_numpy()[rows]
        rows, level = rows[mask], level[mask]
    group = np.zeros(len(rows), np.uint32)
    if key:
        group = units.with_row_index("\0row").select(pl.first("\0row").over(key)).to_series().to_numpy()[rows]
        order_by_group = by_group(group)
        rows, level, group = rows[order_by_group], level[order_by_group], group[order_by_group]
    return scatter("rank", len(units), rows, ranks_in_order(level, group, definition.methodology.ties))


def check_eligible(definition: Definition, table: Table) -> None:
    """Refuse names in `[eligible]` that are no units of the data; new data of a fitted index may lack them."""
    if table.fitted is not None:
        return
    data, eligible, units = definition.data, definition.eligible, table.units
    names_in_data = set(units[str(data.unit)]) if eligible.only or eligible.without else set()
    if names_in_data and table.partition is not None:
        names = (*(eligible.only or ()), *eligible.without)
        own = names_in_data
        answer = table.partition.ask_later(
            "eligible: names", MergeNamesInData(names), lambda: NamesInData.of(names, own)
        )
        if answer is None:
            return
        names_in_data = {*answer[0], *answer[1]}
    known = () if table.partition is not None else names_in_data
    for name in (*(eligible.only or ()), *eligible.without):
        if name not in names_in_data:
            word = "only" if name in (eligible.only or ()) else "without"
            raise DataError(
                f'[eligible] names "{name}", which is no unit of the data',
                remedy=suggest_unit(name, known, data.unit, names_in_data),
                word=("eligible", word),
            )


def is_eligible(definition: Definition) -> pl.Expr:
    """Return the condition for the units that may have a rank."""
    unit, eligible = pl.col(str(definition.data.unit)), definition.eligible
    only = pl.lit(value=True) if eligible.only is None else unit.is_in(eligible.only)
    return only & ~unit.is_in(eligible.without) if eligible.without else only
