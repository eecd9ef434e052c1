"""Many scores of the same units at once: draws of weights, of errors in the data, of sets of units.

A draw is one more key, as the period is: the rows of the table are repeated, statistics are taken within the draw, and
weights belong to it. The stages are those of a single run, so that any method works here as it does there. Where all
is linear, the scores are a product.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT, Indicator, Leaf
from indicia.errors import DefinitionError, IndiciaError
from indicia.formulas import DRAW
from indicia.run.plan import by_dimension, stages_of_nodes, stages_of_rows, stages_of_values
from indicia.run.steps import run_stages
from indicia.stages.clip import Clip
from indicia.stages.normalise import Normalise
from indicia.stages.rank import ranked_scores
from indicia.stages.weigh import looks_at_values
from indicia.tables.profile import ProfiledColumns
from indicia.tables.scope import StatisticsScope
from indicia.tables.table import NodeColumns
from indicia.tables.weights import NodeWeights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from indicia.definition import Definition, Node, Part
    from indicia.methods import Array
    from indicia.run.scored import Scored
    from indicia.stages.stage import Stage
    from indicia.tables.table import Table

    Whole = npt.NDArray[np.int64]

ROWS_PER_BATCH = 200_000
"""Rows, units times draws, that are held at a time."""
_NUMBERS = 1 << 22
"""Scores that a product makes at a time."""


@dataclass(frozen=True)
class Draws:
    """The weights and values that differ between draws."""

    count: int
    weights: Mapping[str, Array] = field(default_factory=dict)
    """Weights of the components of nodes, shape (count, k) and summing to 1; a node that is not named keeps its own."""
    errors: Mapping[str, Array] | None = None
    """Errors that are added to raw values of indicators, shape (count, rows) each; weightings see the sums."""

    def twice(self) -> Draws:
        """Return every draw twice."""

        def repeated(columns: Mapping[str, Array]) -> dict[str, Array]:
            return {name: np.repeat(column, 2, axis=0) for name, column in columns.items()}

        errors = None if self.errors is None else repeated(self.errors)
        return Draws(2 * self.count, repeated(self.weights), errors)


def score_draws(definition: Definition, scored: Scored, draws: Draws) -> Array:
    """Return the scores that are ranked, shape (draws, rows of the data), NaN where there is none.

    `scored` is the run whose methods and data the draws share. `draws_per_batch` gives the number of draws that fit
    into memory; scoring the draws in batches gives the same scores.
    """
    if draws.errors is None and _tree_is_linear(scored):
        return _product(scored, draws)
    if draws.count == 1:
        # Polars divides by a column of one value as by a number, inexactly: one draw is computed twice, so that it
        # gets the same scores as among others. An error of two draws would name every unit twice.
        with suppress(IndiciaError):
            return score_draws(definition, scored, draws.twice())[:1]
    rows = _Rows(np.repeat(np.arange(draws.count), len(scored.units)), None)
    if draws.errors is None:
        tree = _varying(scored.tree, draws.weights)
        given = _weights(scored, draws, scored.node_weights)
        table = rows.of_components(scored, tree)
        stages = stages_of_nodes(definition.data, tree, given)
    else:
        fixed = [*draws.weights, *(name for name in _not_by_values(scored) if name not in draws.weights)]
        leaves = tuple(scored.tree.leaves())
        table = rows.of_table(scored.raw, scored.raw.values.select(leaf.id for leaf in leaves))
        table = table.with_values(_with_errors(table.values, draws.errors)).with_changes(neutral=scored.source.neutral)
        stages = [
            *stages_of_values(definition.data, by_dimension(scored.tree), tuple(leaf.preparation for leaf in leaves)),
            Normalise(leaves),
            *stages_of_nodes(definition.data, scored.tree, _weights(scored, draws, fixed)),
        ]
    return _scores(definition, stages, table).reshape(draws.count, len(scored.units))


def draws_per_batch(scored: Scored, errors: bool) -> int:
    """Return how many draws are scored at a time."""
    rows = _NUMBERS if not errors and _tree_is_linear(scored) else ROWS_PER_BATCH
    return max(1, rows // max(1, len(scored.units)))


def score_subsets(
    definition: Definition, scored: Scored, rows: Whole, number: Whole, values: pl.DataFrame | None = None
) -> Array:
    """Score sets of rows, each as if there were no other; shape (len(rows),).

    `rows` are those of the data, `number` (ascending) is the set of each, and `values` are prepared values in place of
    those of these rows. Weights are those of the run, and so are gaps that were filled and outliers that were drawn in;
    an indicator that does not vary within a set scores neutrally there.
    """
    leaves = tuple(scored.tree.leaves())
    table = _Rows(number, rows).of_table(scored.source, scored.source.values)
    table = table if values is None else replace(table, values=values)
    neutral = tuple(leaf.id for leaf in leaves if leaf.normalisation.needs_spread)
    stages = [Normalise(leaves), *stages_of_nodes(definition.data, scored.tree, scored.node_weights)]
    return _scores(definition, stages, table.with_changes(neutral=neutral))


def rescore_subsets(definition: Definition, scored: Scored, rows: Whole, number: Whole) -> Array:
    """Score sets of rows, each as a table of its own, from filled gaps to weights; shape (len(rows),).

    `rows` and `number` are as in `score_subsets`. No set may differ from the run in the indicators that take part:
    that raises an error, and such a set must be scored alone.
    """
    table = _Rows(number, rows).of_table(scored.raw, scored.raw.values)
    if definition.methodology.constant == "drop":  # an indicator that does not vary in one set would leave all
        refusing = definition.methodology.model_copy(update={"constant": "refuse"})
        definition = definition.model_copy(update={"methodology": refusing})
    stages = stages_of_rows(definition, scored.tree, _weights(scored, Draws(0), _not_by_values(scored)))
    # clipped cells are on record and change no score
    return _scores(definition, (stage for stage in stages if not isinstance(stage, Clip)), table)


def _scores(definition: Definition, stages: Iterable[Stage], table: Table) -> Array:
    """Return the scores that are ranked, of all rows."""
    scores: Array = ranked_scores(definition, run_stages(stages, table)[-1].table.columns)[ROOT].to_numpy()
    return scores


def _with_errors(values: pl.DataFrame, errors: Mapping[str, Array]) -> pl.DataFrame:
    """Return the values that have errors, shape (draws, rows) each, with these added."""
    names = [name for name in values.columns if name in errors]
    return values.select(pl.col(name) + pl.Series(errors[name].reshape(-1)) for name in names)


def _weights(scored: Scored, draws: Draws, names: Iterable[str]) -> dict[str, NodeWeights]:
    """Return the weights of nodes: those of their draw where they are drawn, those of the run elsewhere."""
    keys = pl.DataFrame({DRAW: np.arange(draws.count, dtype=np.uint32)})
    drawn = {name: NodeWeights(values, {}, None, keys) for name, values in draws.weights.items()}
    return {name: drawn.get(name, scored.node_weights[name]) for name in names}


def _not_by_values(scored: Scored) -> list[str]:
    """Return the nodes whose weights are the same whatever the values; the others are weighed anew in each draw."""
    return [node.id for node in scored.tree.nodes() if not looks_at_values(node.weighing)]


def is_linear(node: Node, scored: Scored) -> bool:
    """Return whether the score of a node is the sum of its components times weights that are the same for all rows."""
    return (
        node.aggregation.additive
        and (node.rescaling, node.decimals) == (None, None)
        and scored.node_weights[node.id].keys is None
        and not any(scored.components[part.id].null_count() for part in node.components)
    )


def _tree_is_linear(scored: Scored) -> bool:
    nodes = scored.tree.nodes()
    return all(is_linear(node, scored) and node.as_component is None for node in nodes)


def _varying(tree: Node, drawn: Mapping[str, Array]) -> Node:
    """Return a tree in which dimensions that score alike in all draws stand as indicators do."""
    return replace(tree, components=tuple(_shortened(part, drawn) for part in tree.components))


def _shortened(part: Part, drawn: Mapping[str, Array]) -> Part:
    if isinstance(part, Leaf):
        return part
    varying = _varying(part, drawn)
    if part.id not in drawn and all(isinstance(one, Leaf) for one in varying.components):
        return Leaf(part.id, Indicator(weight=part.weight), next(varying.leaves()).normalisation)
    return varying


def effective_weights(scored: Scored, draws: Draws) -> dict[str, Array]:
    """Return the effective weight of each indicator in each draw, (draws,)."""
    found: dict[str, Array] = {}

    def descend(node: Node, above: Array) -> None:
        if node.id not in draws.weights and scored.node_weights[node.id].keys is not None:
            raise DefinitionError(
                f"the weights of {node.id} differ between periods or groups, so that no indicator has one in the index",
                remedy='weights = "pooled"',
            )
        own = np.atleast_2d(draws.weights.get(node.id, scored.node_weights[node.id].values))
        for number, part in enumerate(node.components):
            share = above * own[:, number]
            if isinstance(part, Leaf):
                found[part.id] = share
            else:
                descend(part, share)

    descend(scored.tree, np.ones(draws.count))
    return found


def _product(scored: Scored, draws: Draws) -> Array:
    weights = effective_weights(scored, draws)
    values = np.ascontiguousarray(scored.components.select(list(weights)).to_numpy())
    # a matrix product of BLAS adds in an order that hangs on the number of rows, and of threads
    product: Array = np.einsum("dk,uk->du", np.stack(list(weights.values()), axis=1), values)
    return product


@dataclass(frozen=True)
class _Rows:
    """Rows of the data, taken as often as there are draws: one long table, with the draw as a key."""

    number: Whole
    """The draw of each row."""
    rows: Whole | None
    """The rows of the data; None: all, in each draw."""

    def of_table(self, table: Table, values: pl.DataFrame) -> Table:
        """Return these rows of a table, whose statistics are taken within the draw."""
        return replace(
            table,
            units=self._of(table.units).hstack([pl.Series(DRAW, self.number.astype(np.uint32))]),
            values=self._of(values),
            bounds_by_row=self._of(table.bounds_by_row),
            scope=_within_draw(table.scope),
            weights_scope=_within_draw(table.weights_scope),
            columns=NodeColumns(),
        )

    def of_components(self, scored: Scored, tree: Node) -> Table:
        """Return these rows of the components that a tree starts from, as indicators that are normalised."""
        parts = [part for node in tree.nodes() for part in node.components]
        table = self.of_table(
            scored.source, scored.components.select(part.id for part in parts if isinstance(part, Leaf))
        )
        return table.with_changes(columns=NodeColumns(ProfiledColumns.of(table.values)))

    def _of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return these rows of a frame that has those of the data."""
        if not frame.width:
            return frame
        if self.rows is not None:
            return frame[self.rows]
        return pl.concat([frame] * int(self.number[-1] + 1), rechunk=True)


def _within_draw(scope: StatisticsScope) -> StatisticsScope:
    return StatisticsScope((DRAW, *scope.key), scope.reference)
