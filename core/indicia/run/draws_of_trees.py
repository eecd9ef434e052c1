"""Score draws of which each leaves out another part, node by node.

Draws with the same components of a node share the query of this node, also if the rest of their trees differs. So an
analysis that leaves out each of 50 indicators in turn needs about one query for each indicator, and not one for each
node of each tree.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

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

    DrawsOfTree: TypeAlias = "tuple[Node, Draws]"
    """A tree, and its draws with the weights of all its nodes."""


def score_draws_of_trees(definition: Definition, scored: Scored, trees: Sequence[DrawsOfTree]) -> Array:
    """Return the scores that are ranked, shape (draws of all trees, rows of the data); a missing score is NaN.

    Parameters
    ----------
    definition, scored
        The run of the complete tree, whose normalised values the draws use.
    trees
        Trees without parts, each with its draws: the weights of all nodes, and no errors of measurement.
    """
    scorer = _TreeScorer(definition, scored, trees, {})
    order = [node.id for node in scored.tree.counting_nodes()]
    for name in reversed(order):  # components before their parents
        scorer.score(name)
    return np.concatenate([scorer.columns[place, ROOT] for place in range(len(trees))])


@dataclass(frozen=True)
class _TreeScorer:
    definition: Definition
    scored: Scored
    trees: Sequence[DrawsOfTree]
    columns: dict[tuple[int, str], Array]
    """The scores of a node in the draws of a tree, by the number of the tree and the node, (draws, rows).

    They are components of the parent; the scores of the index are those that are ranked.
    """

    def score(self, name: str) -> None:
        """Score a node in all trees that have it, those with the same components together."""
        groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
        nodes = [{node.id: node for node in tree.nodes()} for tree, _ in self.trees]
        for place, of_tree in enumerate(nodes):
            if name in of_tree:
                groups[tuple(part.id for part in of_tree[name].components)].append(place)
        for places in groups.values():
            scores = self._score_group(nodes[places[0]][name], places)
            ends = np.cumsum([self.trees[place][1].count for place in places])[:-1]
            for place, tree_scores in zip(places, np.split(scores, ends), strict=True):
                self.columns[place, name] = tree_scores

    def _score_group(self, node: Node, places: Sequence[int]) -> Array:
        """Score a node in the draws of several trees, (draws, rows)."""
        rows = len(self.scored.units)
        weights = np.concatenate([self.trees[place][1].weights[node.id] for place in places])
        columns = {
            part.id: None
            if isinstance(part, Leaf)
            else np.concatenate([self.columns[place, part.id] for place in places])
            for part in node.components
        }
        count = len(weights)
        if (
            count == 1
        ):  # as in `score_draws`: a single draw is computed twice, to get the same last digit as among others
            weights = np.repeat(weights, 2, axis=0)
            columns = {
                name: None if column is None else np.repeat(column, 2, axis=0) for name, column in columns.items()
            }
        draws = len(weights)
        values = pl.DataFrame(
            [
                pl.concat([self.scored.normalised[name]] * draws, rechunk=True)
                if column is None
                else pl.Series(name, column.reshape(-1), nan_to_null=True)
                for name, column in columns.items()
            ]
        )
        leaves = tuple(part if isinstance(part, Leaf) else as_leaf(part) for part in node.components)
        single = replace(node, components=leaves, shown=())
        keys = pl.DataFrame({DRAW: np.arange(draws, dtype=np.uint32)})
        stages = stages_of_nodes(self.definition.data, single, {node.id: NodeWeights(weights, {}, None, keys)})
        table = RowsOfDraws(np.repeat(np.arange(draws), rows), None).of_values(self.scored, values)
        after = run_stages(stages, table)[-1].table.columns
        scores = ranked_scores(self.definition, after)[ROOT] if node.id == ROOT else after.components.frame[node.id]
        of_draws: Array = scores.to_numpy().reshape(draws, rows)[:count]
        return of_draws
