"""Score draws of which each leaves out another part, node by node.

Draws with the same components of a node share the query of this node, also if the rest of their trees differs, or if
their indicators are normalised otherwise. So an analysis that leaves out each of 50 indicators in turn needs about one
query for each indicator, and not one for each node of each tree and each normalisation.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT, Leaf
from indicia.formulas import DRAW
from indicia.run.draws import RowsOfDraws, as_leaf
from indicia.run.plan import stages_of_nodes
from indicia.run.steps import run_stages
from indicia.stages.rank import ranked_scores
from indicia.tables.weights import NodeWeights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Definition, Node
    from indicia.methods import Array
    from indicia.run.draws import Draws
    from indicia.run.scored import Scored


@dataclass(frozen=True)
class DrawsOfTree:
    """The draws of a tree without parts."""

    scored: Scored
    """The run of the complete tree, whose normalised values the draws use."""
    tree: Node
    draws: Draws
    """The weights of all nodes of the tree, and no errors of measurement."""


def share_queries(first: Scored, other: Scored) -> bool:
    """Return whether the draws of two runs can be scored together: they differ in their normalised values alone."""
    tables = first.source, other.source
    frames = zip(*((table.units, table.used_columns, table.bounds_by_row) for table in tables), strict=True)
    same = [(table.scopes, table.weights_scope, table.neutral) for table in tables]
    definitions = [(run.definition.data, run.definition.methodology.rank_by) for run in (first, other)]
    gaps = [run.normalised.null_count() for run in (first, other)]
    return (
        same[0] == same[1]
        and definitions[0] == definitions[1]
        and all(frame.equals(of_other) for frame, of_other in frames)
        and gaps[0].equals(gaps[1])
        and _methods(first) == _methods(other)
    )


def _methods(scored: Scored) -> list[Node]:
    """Return the nodes on which the index depends, without their components."""
    return [replace(node, components=(), shown=()) for node in scored.tree.counting_nodes()]


def score_draws_of_trees(definition: Definition, trees: Sequence[DrawsOfTree]) -> Array:
    """Return the scores that are ranked, shape (draws of all trees, rows of the data); a missing score is NaN.

    Parameters
    ----------
    definition
        The definition of one of the runs.
    trees
        The draws of trees whose runs share their queries: see `share_queries`.
    """
    scorer = _TreeScorer(definition, trees, {})
    order = [node.id for node in trees[0].scored.tree.counting_nodes()]
    for name in reversed(order):  # components before their parents
        scorer.score(name)
    return np.concatenate([scorer.columns[place, ROOT] for place in range(len(trees))])


@dataclass(frozen=True)
class _TreeScorer:
    definition: Definition
    trees: Sequence[DrawsOfTree]
    columns: dict[tuple[int, str], Array]
    """The scores of a node in the draws of a tree, by the number of the tree and the node, (draws, rows).

    They are components of the parent; the scores of the index are those that are ranked.
    """

    def score(self, name: str) -> None:
        """Score a node in all trees that have it, those with the same components together."""
        groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
        nodes = [{node.id: node for node in of_tree.tree.nodes()} for of_tree in self.trees]
        for place, of_tree in enumerate(nodes):
            if name in of_tree:
                groups[tuple(part.id for part in of_tree[name].components)].append(place)
        for places in groups.values():
            scores = self._score_group(nodes[places[0]][name], places)
            ends = np.cumsum([self.trees[place].draws.count for place in places])[:-1]
            for place, tree_scores in zip(places, np.split(scores, ends), strict=True):
                self.columns[place, name] = tree_scores

    def _score_group(self, node: Node, places: Sequence[int]) -> Array:
        """Score a node in the draws of several trees, (draws, rows)."""
        of_places = [self.trees[place] for place in places]
        source = of_places[0].scored
        weights = np.concatenate([of_tree.draws.weights[node.id] for of_tree in of_places])
        columns = [
            pl.concat([x for of_tree in of_places for x in [of_tree.scored.normalised[part.id]] * of_tree.draws.count])
            if isinstance(part, Leaf)
            else pl.Series(
                part.id, np.concatenate([self.columns[place, part.id] for place in places]).ravel(), nan_to_null=True
            )
            for part in node.components
        ]
        count = len(weights)
        if count == 1:
            # as in `score_draws`: a single draw is computed twice, to get the same last digit as among others
            weights = np.repeat(weights, 2, axis=0)
            columns = [pl.concat([column, column]) for column in columns]
        draws = len(weights)
        leaves = tuple(part if isinstance(part, Leaf) else as_leaf(part) for part in node.components)
        single = replace(node, components=leaves, shown=())
        keys = pl.DataFrame({DRAW: np.arange(draws, dtype=np.uint32)})
        stages = stages_of_nodes(self.definition.data, single, {node.id: NodeWeights(weights, {}, None, keys)})
        rows = RowsOfDraws(np.repeat(np.arange(draws), len(source.units)), None)
        table = rows.of_values(source, pl.DataFrame([column.rechunk() for column in columns]))
        after = run_stages(stages, table)[-1].table.columns
        scores = ranked_scores(self.definition, after)[ROOT] if node.id == ROOT else after.components.frame[node.id]
        of_draws: Array = scores.to_numpy().reshape(draws, -1)[:count]
        return of_draws
