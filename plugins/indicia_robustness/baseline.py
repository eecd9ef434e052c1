"""The index without changes: the reference for runs with other choices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import polars as pl

from indicia.errors import DataError, DefinitionError, join_names
from indicia.methods import Domain, MatrixImputation
from indicia.run import ends_of_ranks, is_linear
from indicia.stages.rank import lowest_ranks_first
from indicia_robustness import rank_distribution

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from indicia.definition import Definition, Node
    from indicia.methods import Array
    from indicia.notes import Note
    from indicia.run import Scored

    Integers = npt.NDArray[np.int64]

Plan: TypeAlias = "Callable[[Mapping[str, Any]], tuple[Definition, Node]]"
"""A function of choices by stage; it returns the definition and the tree of the index with these choices."""


@dataclass(frozen=True, repr=False)
class Baseline:
    """The scores of the index without changes, and the units whose ranks are analysed."""

    definition: Definition
    nominal: Scored
    rows: npt.NDArray[np.bool_]
    """A mask of the rows of the data that are analysed: the rows of one period."""

    @property
    def unit(self) -> str:
        """The column that names the units."""
        return self.nominal.source.unit

    @cached_property
    def labelled_units(self) -> pl.DataFrame:
        """The analysed units, with their labels and groups."""
        return self.nominal.units.filter(pl.Series(self.rows))

    @cached_property
    def names(self) -> list[str]:
        """The names of the analysed units."""
        return self.labelled_units[self.unit].to_list()

    @cached_property
    def nominal_ranks(self) -> Array:
        """The ranks of the index without changes, (units,)."""
        return self.nominal.rank.cast(pl.Float64).filter(pl.Series(self.rows)).to_numpy()

    @cached_property
    def order(self) -> Integers:
        """The numbers of the ranked units, by rank; units that tie by name."""
        order = np.lexsort((np.array(self.names), self.nominal_ranks))
        return order[np.isfinite(self.nominal_ranks[order])]

    @property
    def first(self) -> list[str]:
        """The names of the units with the first rank, in order."""
        return first_by(self.names, self.nominal_ranks)

    @cached_property
    def weighable(self) -> list[Node]:
        """The nodes whose weights can change: nodes of several components, with the same weights for all rows."""
        nodes = [node for node in self.nominal.tree.counting_nodes() if len(node.components) > 1]
        return [node for node in nodes if self.nominal.node_weights[node.id].keys is None]

    @property
    def notes_on_ranks(self) -> tuple[Note, ...]:
        """The note on the end of the scores that has rank 1, if it is not the highest score of a benefit."""
        return tuple(ends_of_ranks(self.definition, self.nominal.tree))

    @property
    def sign(self) -> float:
        """The factor of a score so that larger numbers have lower ranks: -1 if the lowest score has rank 1, else 1."""
        return -1.0 if lowest_ranks_first(self.definition, self.nominal.tree) else 1.0

    @cached_property
    def effects(self) -> dict[str, float]:
        """The effect of each node on the signed score, if the score is linear in the node and in all nodes above it.

        The effect of a node with several parents is the sum over its parents.
        """
        tree = self.nominal.tree
        weights: dict[str, dict[str, float]] = {}  # by part and parent
        for node in tree.counting_nodes():
            for part, weight in zip(node.components, self.nominal.node_weights[node.id].values.T, strict=True):
                weights.setdefault(part.id, {})[node.id] = weight
        effects: dict[str, float] = {}
        if is_linear(tree, self.nominal):
            effects[tree.id] = self.sign * (tree.sum_of_weights or 1.0)
        for node in tree.counting_nodes():  # parents first
            of_parents = weights.get(node.id, {})
            if node is tree or node.as_component is not None or not of_parents.keys() <= effects.keys():
                continue
            if is_linear(node, self.nominal):
                effect = sum(effects[parent] * float(weight) for parent, weight in of_parents.items())
                effects[node.id] = (-effect if node.turned else effect) * (node.sum_of_weights or 1.0)
        return effects

    def rows_of(self, scored: Scored) -> Integers:
        """Return the row in the data of each row of another run, -1 for a row that the data lack.

        Parameters
        ----------
        scored : Scored
            The other run.

        Returns
        -------
        array of int, shape (rows,)
            The rows of the data.
        """
        key, own_units, other_units = self.nominal.source.key, self.nominal.units, scored.units
        if other_units is own_units or other_units.select(key).equals(own_units.select(key)):
            return np.arange(len(other_units))
        numbered = own_units.select(key).with_row_index("\0")
        rows = other_units.select(key).join(numbered, on=key, how="left", maintain_order="left")["\0"]
        return rows.cast(pl.Int64).fill_null(-1).to_numpy()

    def units_of(self, scored: Scored) -> Integers:
        """Return the number of the unit of each row of another run, -1 for a row that is not analysed.

        Parameters
        ----------
        scored : Scored
            The other run.

        Returns
        -------
        array of int, shape (rows,)
            The numbers of the units.
        """
        rows, numbers = self.rows_of(scored), np.where(self.rows, self.rows.cumsum() - 1, -1)
        return np.where(rows >= 0, numbers[rows], -1)

    @cached_property
    def eligible(self) -> npt.NDArray[np.bool_]:
        """A mask of the units that may have a rank."""
        only, without = self.definition.eligible.only, set(self.definition.eligible.without)
        eligible = set(self.names if only is None else only) - without
        return np.array([name in eligible for name in self.names])

    def ranked(self, scores: Array) -> Array:
        """Rank the scores (draws, rows of the data) of other runs over the same rows, (draws, units).

        Parameters
        ----------
        scores : array of float, shape (draws, rows)
            The scores of all rows of the data.

        Returns
        -------
        array of float, shape (draws, units)
            The ranks of the analysed units.
        """
        return ranks_of(self.definition, self.nominal, np.where(self.eligible, scores[:, self.rows], np.nan))


def first_by(names: Sequence[str], ranks: Array) -> list[str]:
    """Return the names of the units with the first of some ranks, in order.

    Parameters
    ----------
    names : sequence of str
        The names of the units.
    ranks : array of float, shape (units,)
        Their ranks.

    Returns
    -------
    list of str
        The names.

    >>> first_by(["Oslo", "Lima", "Pune"], np.array([1.0, 1.0, np.nan]))
    ['Lima', 'Oslo']
    """
    return sorted(names[unit] for unit in np.flatnonzero(ranks == np.nanmin(ranks)).tolist())


def check_ranked(ranks: pl.Series, least: int) -> None:
    """Refuse a ranking with fewer ranked units than `least`, in which no rank can change."""
    if ranks.count() < least:
        raise DataError(
            f"{'no unit has' if least == 1 else 'fewer than two units have'} a rank, so that no ranks can change",
            remedy='complete the data, or write missing = "skip" in [methodology]; look at [eligible] too',
        )


def without(tree: Node, omitted: Sequence[str]) -> Node:
    """Return a tree without some indicators and dimensions; DefinitionError if no indicator is left."""
    rest = tree.without(omitted)
    if not rest.components:
        raise nothing_left(omitted)
    return rest


def nothing_left(omitted: Sequence[str]) -> DefinitionError:
    """Return the error for an index without any indicator left."""
    return DefinitionError(
        f"nothing is left to score without {join_names(omitted)}",
        remedy='leave_out = "indicators", or "dimensions": one of the two',
    )


def ranks_of(definition: Definition, scored: Scored, scores: Array) -> Array:
    """Rank the scores (draws, n) of n units as the index ranks them."""
    return rank_distribution.ranks(
        scores,
        definition.methodology.ties,
        lowest_first=lowest_ranks_first(definition, scored.tree),
        positive=scored.tree.aggregation.domain is Domain.POSITIVE,
    )


def prepares_separately(definition: Definition, scored: Scored) -> bool:
    """Return True if leaving out an indicator changes no prepared value of the others, and no unit takes part or not.

    An imputation by a matrix fills the gaps of an indicator from other indicators.
    """
    screening = definition.screening
    screens_units = (screening.units, screening.dimensions, screening.non_zero) != (None, None, None)
    by_matrix = any(isinstance(leaf.imputation, MatrixImputation) for leaf in scored.tree.leaves())
    has_gaps = any(facts.missing for facts in scored.raw.profiles.values())
    return not screens_units and not scored.source.dropped and not (by_matrix and has_gaps)
