"""Draws of an uncertainty analysis, scored together.

Draws: score the same units many times, with other weights, with errors in the data, or in sets of units.

The draw becomes a key, like the period: the rows of the table are repeated for each draw, and statistics and weights
are computed within each draw. The stages are those of a single run, so that every method gives the scores of a single
run. If the tree is linear, the scores are a matrix product.

Score draws of which each leaves out another part, node by node.

Draws with the same components of a node share the query of this node, also if the rest of their trees differs, or if
their indicators are normalised otherwise. So an analysis that leaves out each of 50 indicators in turn needs about one
query for each indicator, and not one for each node of each tree and each normalisation.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT, Definition, Indicator, Leaf, Node, Part
from indicia.errors import DefinitionError, IndiciaError
from indicia.formulas import DRAW
from indicia.methods.profile import ProfiledColumns
from indicia.run.plan import by_dimension, run_stages, stages_of_nodes, stages_of_rows, stages_of_values
from indicia.stages.clip import Clip
from indicia.stages.normalise import Normalise
from indicia.stages.rank import ranked_scores
from indicia.stages.score_formula import weights_in_score
from indicia.stages.weigh import looks_at_values
from indicia.tables.fitted import computed_of
from indicia.tables.scope import StatisticsScope
from indicia.tables.table import NodeColumns, Table
from indicia.tables.weights import NodeWeights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.run.scored import Scored
    from indicia.stages.stage import Stage

    Whole = npt.NDArray[np.int64]


ROWS_PER_BATCH = 200_000
"""The number of rows, units times draws, that are held in memory at a time."""
_NUMBERS = 1 << 22
"""The number of scores that a matrix product computes at a time."""


@dataclass(frozen=True)
class Draws:
    """The weights and values that differ between draws."""

    count: int
    weights: Mapping[str, Array] = field(default_factory=dict)
    """Weights of the components of nodes, shape (count, k), that sum to 1; other nodes keep the weights of the run."""
    errors: Mapping[str, Array] | None = None
    """Errors that are added to the raw values of indicators, shape (count, rows) each."""

    def twice(self) -> Draws:
        """Return every draw twice."""

        def repeated(columns: Mapping[str, Array]) -> dict[str, Array]:
            return {name: np.repeat(column, 2, axis=0) for name, column in columns.items()}

        errors = None if self.errors is None else repeated(self.errors)
        return Draws(2 * self.count, repeated(self.weights), errors)


def score_draws(definition: Definition, scored: Scored, draws: Draws) -> Array:
    """Return the scores that are ranked, shape (draws, rows of the data); a missing score is NaN.

    The draws use the methods and data of the run `scored`. `draws_per_batch` returns the number of draws that fit into
    memory; scoring the draws in batches gives the same scores.
    """
    if draws.errors is None and tree_is_linear(scored):
        return _product(scored, draws)
    if draws.count == 1:
        # Polars uses scalar kernels for a single statistic, and the last digit can differ. One draw is computed twice,
        # so that it gets the same scores as among others.
        with suppress(IndiciaError):  # the code below raises it again; an error of two draws names every unit twice
            return score_draws(definition, scored, draws.twice())[:1]
    rows = RowsOfDraws(np.repeat(np.arange(draws.count), len(scored.units)), None)
    if draws.errors is None:
        tree = _without_fixed_dimensions(scored.tree, draws.weights)
        table = rows.of_components(scored, tree)
        stages = stages_of_nodes(definition.data, tree, _weights(scored, draws, scored.node_weights))
    else:
        nodes = [*draws.weights, *(name for name in _nodes_with_fixed_weights(scored) if name not in draws.weights)]
        leaves = tuple(scored.tree.leaves())
        table = rows.of_table(scored.raw, scored.raw.values.select(leaf.id for leaf in leaves))
        table = table.with_values(_with_errors(table.values, draws.errors)).with_changes(neutral=scored.source.neutral)
        stages = [
            *stages_of_values(definition, by_dimension(scored.tree), tuple(leaf.preparation for leaf in leaves)),
            Normalise(leaves),
            *stages_of_nodes(definition.data, scored.tree, _weights(scored, draws, nodes)),
        ]
    return _scores(definition, stages, table).reshape(draws.count, len(scored.units))


def draws_per_batch(scored: Scored, errors: bool) -> int:
    """Return the number of draws that fit into memory."""
    rows = _NUMBERS if not errors and tree_is_linear(scored) else ROWS_PER_BATCH
    return max(1, rows // max(1, len(scored.units)))


def score_subsets(
    definition: Definition, scored: Scored, rows: Whole, number: Whole, values: pl.DataFrame | None = None
) -> Array:
    """Score subsets of the units with the prepared values and the weights of a run.

    Only the normalisation and the scores are computed within each subset. An indicator that is constant within a subset
    gets the neutral score there.

    Parameters
    ----------
    definition, scored
        The definition and the run.
    rows
        The rows of all subsets, one subset after another; a row may be in many subsets.
    number
        For each of these rows, the number of its subset, ascending.
    values
        Prepared values of these rows, which replace the values of the run.

    Returns
    -------
    Array
        The scores that are ranked, shape (len(rows),).
    """
    leaves = tuple(scored.tree.leaves())
    table = RowsOfDraws(number, rows).of_table(scored.source, scored.source.values)
    table = table if values is None else replace(table, values=values)
    varying = [leaf.id for leaf in leaves if leaf.normalisation.needs_spread]
    own = computed_of(scored.fitted_by, varying, Normalise.name)
    neutral = (*(name for name in scored.source.neutral if name not in own), *(name for name in varying if name in own))
    stages = [Normalise(leaves), *stages_of_nodes(definition.data, scored.tree, scored.node_weights)]
    return _scores(definition, stages, table.with_changes(neutral=neutral))


def rescore_subsets(definition: Definition, scored: Scored, rows: Whole, number: Whole) -> Array:
    """Score subsets of the units, each as a separate table, from imputation to weights; shape (len(rows),).

    `rows` and `number` are as in `score_subsets`. It is an error if a subset would leave out other indicators than the
    run did: such a subset needs a separate run.
    """
    table = RowsOfDraws(number, rows).of_table(scored.raw, scored.raw.values)
    if definition.methodology.constant == "drop":  # an indicator that is constant in one subset would be dropped in all
        refusing = definition.methodology.model_copy(update={"constant": "refuse"})
        definition = definition.model_copy(update={"methodology": refusing})
    stages = stages_of_rows(definition, scored.tree, _weights(scored, Draws(0), _nodes_with_fixed_weights(scored)))
    # Clip only records cells, and changes no score
    return _scores(definition, (stage for stage in stages if not isinstance(stage, Clip)), table)


def _scores(definition: Definition, stages: Iterable[Stage], table: Table) -> Array:
    """Return the scores that are ranked, one per row."""
    scores: Array = ranked_scores(definition, run_stages(stages, table)[-1].table.columns)[ROOT].to_numpy()
    return scores


def _with_errors(values: pl.DataFrame, errors: Mapping[str, Array]) -> pl.DataFrame:
    """Return the indicators that have errors, with these added."""
    names = [name for name in values.columns if name in errors]
    return values.select(pl.col(name) + pl.Series(errors[name].reshape(-1)) for name in names)


def _weights(scored: Scored, draws: Draws, names: Iterable[str]) -> dict[str, NodeWeights]:
    """Return the weights of these nodes: the drawn weights, or else the weights of the run."""
    keys = pl.DataFrame({DRAW: np.arange(draws.count, dtype=np.uint32)})
    drawn = {name: NodeWeights(values, {}, None, keys) for name, values in draws.weights.items()}
    return {name: drawn.get(name, scored.node_weights[name]) for name in names}


def _nodes_with_fixed_weights(scored: Scored) -> list[str]:
    """Return the nodes whose weights do not depend on values; other weights are computed in each draw."""
    return [node.id for node in scored.tree.nodes() if not looks_at_values(node.weighing)]


def is_linear(node: Node, scored: Scored) -> bool:
    """Return whether the score of a node is a weighted sum of its components, with the same weights for all rows."""
    profiles = scored.source.columns.components.profiles
    return (
        node.aggregation.additive
        and (node.rescaling, node.decimals) == (None, None)
        and scored.node_weights[node.id].keys is None
        and not any(profiles[part.id].missing for part in node.components)
    )


def tree_is_linear(scored: Scored) -> bool:
    """Return whether the score of the index is a weighted sum of the indicators, with the same weights for all rows."""
    root, *dimensions = scored.tree.counting_nodes()
    as_they_are = all(node.as_component is None and not node.turned for node in dimensions)
    return as_they_are and all(is_linear(node, scored) for node in (root, *dimensions))


def _without_fixed_dimensions(tree: Node, drawn: Mapping[str, Array]) -> Node:
    """Return a tree in which dimensions with equal scores in all draws are leaves, so that they are scored once.

    The tree has only parts on which the index depends.
    """
    fixed: dict[str, Leaf] = {}

    def simplified(node: Node, components: tuple[Part, ...], _: tuple[Part, ...]) -> Node:
        parts = tuple(fixed.get(part.id, part) for part in components)
        simpler = replace(node, components=parts, shown=())
        if node.id not in drawn and all(isinstance(part, Leaf) for part in parts):
            fixed[node.id] = as_leaf(simpler)
        return simpler

    return tree.with_parts(simplified)


def as_leaf(node: Node) -> Leaf:
    """Return a leaf in place of a node whose scores are known."""
    first = next(iter(node.leaves()))
    return Leaf(node.id, Indicator(weight=_plain(node.weight)), first.normalisation)


def _plain(weight: float | Mapping[str, float]) -> float | dict[str, float]:
    return dict(weight) if not isinstance(weight, float) else weight


def effective_weights(scored: Scored, draws: Draws) -> dict[str, Array]:
    """Return the effective weight of each indicator in each draw, (draws,): the sum over its paths to the index."""
    tree = scored.tree
    weights: dict[str, Array] = {tree.id: np.ones(draws.count)}
    for node in tree.counting_nodes():  # parents first
        if node.id not in draws.weights and scored.node_weights[node.id].keys is not None:
            raise DefinitionError(
                f"the weights of {node.id} differ between periods or groups, so that no indicator has one in the index",
                remedy='weights = "pooled"',
            )
        component_weights = np.atleast_2d(draws.weights.get(node.id, scored.node_weights[node.id].values))
        if node.sum_of_weights is not None:
            component_weights = weights_in_score(node, NodeWeights(component_weights, {})).values
        for number, part in enumerate(node.components):
            share = weights[node.id] * component_weights[:, number]
            weights[part.id] = weights[part.id] + share if part.id in weights else share
    return {leaf.id: weights[leaf.id] for leaf in tree.leaves() if leaf.id in weights}


def _product(scored: Scored, draws: Draws) -> Array:
    weights = effective_weights(scored, draws)
    values = np.ascontiguousarray(scored.components.select(list(weights)).to_numpy())
    # einsum adds in a fixed order; in a matrix product of BLAS, the order depends on the number of rows and threads
    product: Array = np.einsum("dk,uk->du", np.stack(list(weights.values()), axis=1), values)
    return product


@dataclass(frozen=True)
class RowsOfDraws:
    """The rows of the data for each draw: one long table, with the draw as a key."""

    number: Whole
    """The draw of each row."""
    rows: Whole | None
    """The rows of the data; None for all rows in each draw."""

    def of_table(self, table: Table, values: pl.DataFrame) -> Table:
        """Return these rows of a table, with statistics within each draw."""
        return replace(
            table,
            units=self._of(table.units).hstack([pl.Series(DRAW, self.number.astype(np.uint32))]),
            values=self._of(values),
            bounds_by_row=self._of(table.bounds_by_row),
            used_columns=self._of(table.used_columns),
            scopes=table.scopes.mapped(_within_draw),
            weights_scope=_within_draw(table.weights_scope),
            columns=NodeColumns(),
        )

    def of_components(self, scored: Scored, tree: Node) -> Table:
        """Return these rows of the leaves of a tree, as normalised indicators."""
        return self.of_values(scored, self._of(scored.components.select(leaf.id for leaf in tree.leaves())))

    def of_values(self, scored: Scored, values: pl.DataFrame) -> Table:
        """Return these rows with values of the leaves of a tree in each draw, as normalised indicators."""
        table = replace(self.of_table(scored.source, scored.source.values.select()), values=values)
        return table.with_changes(columns=NodeColumns(ProfiledColumns.of(values)))

    def _of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return these rows of a frame whose rows are the rows of the data."""
        if not frame.width:
            return frame
        if self.rows is not None:
            return frame[self.rows]
        return pl.concat([frame] * int(self.number[-1] + 1), rechunk=True)


def _within_draw(scope: StatisticsScope) -> StatisticsScope:
    return StatisticsScope((DRAW, *scope.key), scope.reference)


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
