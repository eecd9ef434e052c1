"""The index as it stands, which runs with other choices are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import Node
from indicia.errors import DataError, DefinitionError, join_names
from indicia.methods import Domain
from indicia.robustness import standing
from indicia.run import is_linear

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.definition import Definition
    from indicia.methods import Array
    from indicia.run import Scored

    Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class Baseline:
    """An index as it stands, and the units whose ranks are looked at."""

    definition: Definition
    nominal: Scored
    rows: npt.NDArray[np.bool_]
    """The rows of the data that are looked at: those of one period."""

    @property
    def unit(self) -> str:
        """The column that names the units."""
        return self.nominal.source.unit

    @cached_property
    def about(self) -> pl.DataFrame:
        """The units, with their labels and groups."""
        return self.nominal.units.filter(pl.Series(self.rows))

    @cached_property
    def names(self) -> list[str]:
        """The units."""
        return self.about[self.unit].to_list()

    @cached_property
    def nominal_ranks(self) -> Array:
        """The ranks of the index as it stands, (units,)."""
        return self.nominal.rank.cast(pl.Float64).filter(pl.Series(self.rows)).to_numpy()

    @cached_property
    def order(self) -> Whole:
        """The units that have a rank, from the first; units that tie by name."""
        order = np.lexsort((np.array(self.names), self.nominal_ranks))
        return order[np.isfinite(self.nominal_ranks[order])]

    @property
    def first(self) -> list[str]:
        """The units that have the first rank."""
        return [self.names[at] for at in np.flatnonzero(self.nominal_ranks == np.nanmin(self.nominal_ranks))]

    @cached_property
    def weighable(self) -> list[Node]:
        """The nodes of which a weight can change: those of several components, with the same weights for all rows."""
        nodes = [node for node in self.nominal.tree.nodes() if len(node.components) > 1]
        return [node for node in nodes if self.nominal.node_weights[node.id].keys is None]

    @cached_property
    def effects(self) -> dict[str, float]:
        """The weight of each node in the index, where the score is linear in it and in all above it."""
        tree = self.nominal.tree
        effects: dict[str, float] = {tree.id: 1.0}
        for node in tree.nodes():  # parents first
            if node.id not in effects:
                continue
            if not is_linear(node, self.nominal):
                del effects[node.id]
                continue
            for part, weight in zip(node.components, self.nominal.node_weights[node.id].values, strict=True):
                if isinstance(part, Node) and part.as_component is None:
                    effects[part.id] = effects[node.id] * float(weight)
        return effects

    def places(self, scored: Scored) -> Whole:
        """Return at which row of the data each row of another run stands, -1 where it is not there."""
        key, mine, theirs = self.nominal.source.key, self.nominal.units, scored.units
        if theirs is mine or theirs.select(key).equals(mine.select(key)):
            return np.arange(len(theirs))
        beside = mine.select(key).with_row_index("\0")
        found = theirs.select(key).join(beside, on=key, how="left", maintain_order="left")["\0"]
        return found.cast(pl.Int64).fill_null(-1).to_numpy()

    def numbers(self, scored: Scored) -> Whole:
        """Return which of the units each row of another run is, -1 for one that is not looked at."""
        places, number = self.places(scored), np.where(self.rows, self.rows.cumsum() - 1, -1)
        return np.where(places >= 0, number[places], -1)

    @cached_property
    def eligible(self) -> npt.NDArray[np.bool_]:
        """Which of the units may have a rank."""
        only, without = self.definition.eligible.only, set(self.definition.eligible.without)
        among = set(self.names if only is None else only) - without
        return np.array([name in among for name in self.names])

    def ranked(self, scores: Array) -> Array:
        """Rank the scores (draws, rows of the data) of the same units in other runs, (draws, units)."""
        return ranks_of(self.definition, self.nominal, np.where(self.eligible, scores[:, self.rows], np.nan))


def check_ranked(ranks: pl.Series, least: int) -> None:
    """Refuse a ranking of fewer than one unit or two, in which nothing can change."""
    if ranks.count() < least:
        raise DataError(
            f"{'no unit has' if least == 1 else 'fewer than two units have'} a rank, so that none can change places",
            remedy='complete the data, or write missing = "skip" in [methodology]; look at [eligible] too',
        )


def without(tree: Node, gone: Sequence[str]) -> Node:
    """Return a tree without some indicators and dimensions, if anything is left."""
    left = tree.without(gone)
    if not left.components:
        raise nothing_left(gone)
    return left


def nothing_left(gone: Sequence[str]) -> DefinitionError:
    """Return the error of an index of which no indicator is left."""
    return DefinitionError(
        f"nothing is left to score without {join_names(gone)}",
        remedy='leave indicators out, or dimensions: one of the two = "leave_one_out"',
    )


def ranks_of(definition: Definition, scored: Scored, scores: Array) -> Array:
    """Rank the scores (draws, n) of n units as the index ranks them."""
    return standing.ranks(
        scores,
        definition.methodology.ties,
        low_is_best=scored.tree.low_is_best,
        positive=scored.tree.aggregation.domain is Domain.POSITIVE,
    )
