"""Aggregate: compute the scores of nodes from their components and weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from indicia.defaults import AGGREGATION, CLIPPED_NORMALISATION, POSITIVE_NORMALISATION
from indicia.definition import Leaf, Node
from indicia.errors import DataError, join_names
from indicia.formulas import DRAW, Question, RecordedFormula, depends_on_weights, record_each
from indicia.formulas import Node as FormulaNode
from indicia.formulas.to_polars import to_polars
from indicia.methods import MatrixAggregation, row_sum
from indicia.methods.profile import Profile, ProfiledColumns, domain_error
from indicia.partitions.partition import for_each
from indicia.stages.normalise import is_mirrored
from indicia.stages.plugin_boundary import evaluate_checked, plugin_of, with_unit_keys
from indicia.stages.score_formula import (
    present_components,
    score_formula,
    weight_values,
    weights_in_score,
    with_present_weight,
)
from indicia.stages.score_matrix import score_matrix
from indicia.stages.stage import Fitted, NodeStage, Record, nodes_taking_part
from indicia.tables.table import NodeColumns, Table
from indicia.tables.weights import NodeWeights, with_weights

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from indicia.tables.scope import StatisticsScope, StatisticValues


@dataclass(frozen=True)
class Aggregate(NodeStage[Node]):
    """Compute the scores of nodes from their components and weights."""

    name: ClassVar[str] = "aggregation"

    def reads(self, node: Node) -> Iterator[tuple[str, str]]:
        """Yield the components of the node, and their weights."""
        yield "weights", node.id
        for part in node.components:
            yield "components", part.id

    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:
        """Return the scores of the nodes, all of one level of the tree; missing components are null."""
        nodes = nodes_taking_part(self.nodes, table)
        values, all_weights = table.columns.components, table.columns.weights
        node_weights = {node.id: weights_in_score(node, all_weights[node.id]) for node in nodes}
        for node in nodes:
            check_components(node, values, table)
        frame = with_weights(
            table.with_scope_columns(values.frame, table.scopes.aggregation), table.units, _parts(nodes), node_weights
        )
        incomplete = [node for node in nodes if _is_incomplete(node, values.profiles)]
        complete = [node for node in nodes if is_row_by_row(node, values.profiles)]
        frame = with_unit_keys(with_present_weight(frame, incomplete, node_weights), table, nodes)
        statistics = fitted.of(self.name) if fitted else None
        own = [node.id for node in nodes if aggregates_anew(node, fitted)]
        other_weights = {node.id for node in nodes if fitted and not _has_fitted_weights(node, all_weights, fitted)}
        scorer = _NodeScorer(
            node_weights, frame, table.scopes.aggregation, statistics, own, other_weights, values.profiles, {}, {}
        )
        columns: dict[str, pl.Series] = {}

        def add_scores(node: Node | None) -> None:
            if node is None:
                columns.update(scorer.evaluate(complete))
            elif node in incomplete:
                eligible = frame.select(is_eligible(node, node_weights[node.id])).to_series()
                columns[node.id] = scorer.score_eligible_units(node, eligible)
            else:
                columns[node.id] = scorer.score_eligible_units(node, None)

        others = [node for node in nodes if node not in complete]
        for_each(table.partition, [*([None] if complete else []), *others], add_scores)
        scores = pl.DataFrame({node.id: columns[node.id] for node in nodes})
        # a node scores every unit that has all components
        complete_scores = {node.id: 0 for node in nodes if node not in incomplete}
        place = f"{self.name} {', '.join(scores.columns)}"
        profiles = table.profile_columns(scores, place, complete_scores)
        for node in nodes:
            if not profiles[node.id].finite:
                raise _not_finite(node, scores[node.id], table)
        # only the record of a run shows which components a unit misses, and draws keep no records
        recorded = () if DRAW in table.units.columns else incomplete
        missing = {node.id: _missing_components(node, values.frame) for node in recorded}
        unrounded = {column.name: column for column in scores}
        return NodeColumns(unrounded=unrounded, missing=complete_scores), Record(
            self.name, statistics=scorer.statistics, formulas=scorer.formulas, incomplete=missing
        )


def _parts(nodes: Iterable[Node]) -> dict[str, list[str]]:
    return {node.id: [part.id for part in node.components] for node in nodes}


def _missing_components(node: Node, values: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that miss components: row number, number of present components, and number of components."""
    names = [part.id for part in node.components]
    rows = (
        values.select(present=pl.sum_horizontal(to_polars(present.node) for present in present_components(names)))
        .with_row_index("row")
        .filter(pl.col("present") < len(names))
    )
    return rows.with_columns(node=pl.lit(node.id), components=pl.lit(len(names)))


def statistics_of_weights(formulas: Iterable[RecordedFormula]) -> Iterator[Question]:
    """Yield the statistics of scores that depend on weights, such as the largest weighted sum."""
    for formula in formulas:
        yield from (question for question, node in formula.questions.items() if depends_on_weights(node))


def _has_fitted_weights(node: Node, weights: Mapping[str, NodeWeights], fitted: Fitted) -> bool:
    """Return whether the weights of a node are those of the former run."""
    own, of_fit = weights[node.id], fitted.node_weights.get(node.id)
    if of_fit is None or own is of_fit:
        return of_fit is not None
    return own.keys is None and of_fit.keys is None and np.array_equal(own.values, of_fit.values)


def aggregates_anew(node: Node, fitted: Fitted | None) -> bool:
    """Return whether the statistics of a node, without components that are left out, are computed from the data."""
    names = [part.id for part in node.components]
    return fitted is None or node.id in fitted.computed_at("aggregation") or fitted.has_other_components(node.id, names)


def is_row_by_row(node: Node, profiles: Mapping[str, Profile]) -> bool:
    """Return whether a node is scored by a formula, and all units have all components."""
    return not isinstance(node.aggregation, MatrixAggregation) and not _is_incomplete(node, profiles)


def _is_incomplete(node: Node, profiles: Mapping[str, Profile]) -> bool:
    return any(profiles[part.id].missing for part in node.components)


@dataclass(frozen=True)
class _NodeScorer:
    """Scores the nodes of one level, and collects the statistics and formulas of their scores."""

    node_weights: Mapping[str, NodeWeights]
    frame: pl.DataFrame
    scope: StatisticsScope
    fitted: StatisticValues | None
    computed: Sequence[str]
    """The nodes whose statistics are computed from these rows, although `fitted` has values."""
    other_weights: Collection[str]
    """The nodes with other weights than in the former run: statistics that depend on weights are computed anew."""
    profiles: Mapping[str, Profile]
    """The profiles of the components, over all units."""
    statistics: StatisticValues
    formulas: dict[str, RecordedFormula]

    def evaluate(
        self, nodes: Sequence[Node], rows: pl.DataFrame | None = None, incomplete: bool = False
    ) -> dict[str, pl.Series]:
        """Score nodes by their formulas, for all units or for these rows; `incomplete` is True if rows have gaps."""
        recorded = record_each({node.id: score_formula(node, incomplete) for node in nodes})
        weights: dict[FormulaNode, pl.Expr | float] = {}
        for node in nodes:
            weights |= weight_values(node, self.node_weights[node.id])
        methods = {node.id: node.aggregation for node in nodes}
        profiles: dict[tuple[str, ...], Profile] = {}
        if rows is None:
            rows = self.frame
            profiles = {(node.id, part.id): self.profiles[part.id] for node in nodes for part in node.components}
        evaluation = evaluate_checked(
            methods,
            rows,
            recorded,
            self.scope,
            self.fitted,
            profiles=profiles,
            weights=weights,
            computed=self.computed,
            anew=self._anew(recorded),
            place=f"{Aggregate.name} {', '.join(f'by {node.aggregation.name} of {node.id}' for node in nodes)}",
        )
        self.statistics.update(evaluation.statistics)
        self.formulas.update(evaluation.formulas)
        is_complete = pl.lit(value=True)
        if incomplete:  # a missing score of a complete unit is an error, and that of a unit with gaps is not
            is_complete = pl.all_horizontal(pl.col(part.id).is_not_null() for node in nodes for part in node.components)

        def mark_undefined(scores: pl.Series) -> pl.Series:
            """Replace missing scores of complete units by NaN, which is an error later."""
            if not scores.null_count():
                return scores
            complete_rows = rows.select(is_complete).to_series()
            return scores.set(scores.is_null() & complete_rows, math.nan)

        return {scores.name: mark_undefined(scores) for scores in evaluation.frame}

    def _anew(self, recorded: Mapping[str, RecordedFormula]) -> frozenset[Question]:
        """Return the statistics that depend on weights, of nodes with other weights than in the former run."""
        if not self.other_weights:
            return frozenset()
        formulas = [formula for name, formula in recorded.items() if name in self.other_weights]
        return frozenset(statistics_of_weights(formulas))

    def score_eligible_units(self, node: Node, eligible: pl.Series | None) -> pl.Series:
        """Score a node for the eligible units (None: all), as if there were no other units."""
        if eligible is not None and eligible.all():
            eligible = None
        rows = self.frame if eligible is None else self.frame.filter(eligible)
        is_matrix = isinstance(node.aggregation, MatrixAggregation)
        if rows.is_empty() and (is_matrix or self.scope.partition is None):  # a formula has statistics of all rows
            scores = pl.Series(node.id, [], pl.Float64)
        elif is_matrix:
            scores = score_matrix(node, self.node_weights[node.id], rows, self.scope)
        else:
            scores = self.evaluate([node], rows, incomplete=True)[node.id]
        if eligible is None:
            return scores
        of_all_rows = pl.repeat(None, len(self.frame), dtype=pl.Float64, eager=True).alias(node.id)
        return of_all_rows.scatter(eligible.arg_true(), scores)


def is_eligible(node: Node, node_weights: NodeWeights) -> pl.Expr:
    """Return the condition for a score: the unit has enough components."""
    names = [part.id for part in node.components]
    if node.missing.policy == "propagate":
        return pl.all_horizontal(pl.col(name).is_not_null() for name in names)
    count = to_polars(row_sum(present_components(names)).node)
    weights = np.atleast_2d(node_weights.values).max(axis=0)
    weighted = [name for name, weight in zip(names, weights, strict=True) if weight > 0]
    return (
        (count / len(names) >= node.missing.minimum_share)
        & (count >= node.missing.minimum_count)
        & pl.any_horizontal(pl.col(name).is_not_null() for name in weighted)
    )


def check_components(node: Node, values: ProfiledColumns, table: Table) -> None:
    """Refuse components with gaps that the methodology does not allow, or with values outside the method's domain."""
    domain = node.aggregation.domain
    for part in node.components:
        column, part_profile = values.frame[part.id], values.profiles[part.id]
        if part_profile.missing and node.missing.policy == "refuse":
            units = table.first_units_where(column, pl.col("\0").is_null(), f"components of {node.id}")
            raise DataError(
                f"{part.id} has no score for {units.count} unit(s): {join_names(units.names, count=units.count)}",
                remedy=f'choose how {node.id} treats gaps: missing = "skip" or missing = "propagate"',
            )
        if not part_profile.within(domain):
            outside = table.units_outside(column, domain)
            leaves = [part] if isinstance(part, Leaf) else list(part.leaves())
            worst_scores = [leaf.normalisation.guaranteed_worst_score for leaf in leaves]
            # if the worst score of the scale lies in the domain, only values beyond the scale can lie outside
            normalisation = POSITIVE_NORMALISATION
            if all(score is not None and domain.admits(score) for score in worst_scores):
                normalisation = CLIPPED_NORMALISATION
            remedy = f'normalisation = "{normalisation}", or aggregation = "{AGGREGATION}"'
            raise domain_error(
                f"{node.aggregation.name} of {node.id}", domain, f"normalised {part.id}", outside, remedy
            )


def _not_finite(node: Node, scores: pl.Series, table: Table) -> DataError:
    units = table.units_where(scores, ~pl.col("\0").is_finite())
    alike = len(scores) == 1 or all(table.profiles[leaf.id].constant for leaf in node.leaves())
    if len(node.components) == 1:
        remedy = f'{node.id} has a single component, {node.components[0].id}: aggregation = "{AGGREGATION}" there'
    elif alike:
        remedy = "units that are all alike, or a single one, cannot be told apart by this method"
    else:
        remedy = f"look at the parts of {node.id}: a divisor may be zero, or a logarithm may have no value"
        if turned := [part.id for part in node.components if isinstance(part, Leaf) and is_mirrored(part)]:
            remedy += (
                f"; the costs {join_names(turned)} enter the normalisation as -x, so a formula may need -{turned[0]}"
            )
    message = f"{node.aggregation.name} gives no finite score of {node.id} for {join_names(units)}"
    return DataError(message, where=plugin_of(node.aggregation), remedy=remedy)
