"""Aggregate: compute the scores of nodes from their components and weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import mul
from typing import TYPE_CHECKING, ClassVar, Literal, overload

import numpy as np
import polars as pl

from indicia.defaults import AGGREGATION, CLIPPED_NORMALISATION, POSITIVE_NORMALISATION
from indicia.definition import Leaf, Node
from indicia.errors import DataError, MethodError, join_names
from indicia.formulas import Expression, Recorder, Weight, column, record_each
from indicia.formulas.to_polars import Compiler, to_polars
from indicia.methods import Component, Components, MatrixAggregation, MatrixContext, row_sum
from indicia.stages.plugin_boundary import (
    attribute_errors_to,
    checked_array,
    checked_expression,
    evaluate_checked,
    plugin_of,
)
from indicia.stages.stage import NodeStage, Record, nodes_taking_part
from indicia.tables.evaluate import evaluate
from indicia.tables.noise import without_noise
from indicia.tables.profile import Profile, domain_error, profile
from indicia.tables.table import NodeColumns
from indicia.tables.weights import weights_of, with_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from indicia import formulas
    from indicia.definition import Part
    from indicia.formulas import RecordedFormula
    from indicia.methods import Aggregation, Array
    from indicia.stages.stage import Fitted
    from indicia.tables.profile import ProfiledColumns
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table
    from indicia.tables.values import StatisticValues
    from indicia.tables.weights import NodeWeights


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
        nodes, values, node_weights = (
            nodes_taking_part(self.nodes, table),
            table.columns.components,
            table.columns.weights,
        )
        for node in nodes:
            check_components(node, values, table)
        frame = with_weights(table.beside(values.frame, table.scope), table.units, _parts(nodes), node_weights)
        incomplete = [node for node in nodes if _is_incomplete(node, values.profiles)]
        complete = [node for node in nodes if is_row_by_row(node, values.profiles)]
        frame = with_present_weight(frame, incomplete, node_weights)
        run = _Run(node_weights, frame, table.scope, fitted.of(self.name) if fitted else None, values.profiles, {}, {})
        columns = run.evaluate(complete) if complete else {}
        for node in nodes:
            if node not in complete:
                eligible = (
                    frame.select(_is_eligible(node, node_weights[node.id])).to_series() if node in incomplete else None
                )
                columns[node.id] = run.score_eligible_units(node, eligible)
        scores = pl.DataFrame({node.id: columns[node.id] for node in nodes})
        profiles = profile(scores, scores.columns)
        for node in nodes:
            if not profiles[node.id].finite:
                raise _not_finite(node, scores[node.id], table)
        missing = {node.id: _missing_components(node, values.frame) for node in incomplete}
        unrounded = {column.name: column for column in scores}
        return NodeColumns(unrounded=unrounded), Record(
            self.name, statistics=run.statistics, formulas=run.formulas, incomplete=missing
        )


def _parts(nodes: Iterable[Node]) -> dict[str, list[str]]:
    return {node.id: [part.id for part in node.components] for node in nodes}


def _missing_components(node: Node, values: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that miss components: row number, number of present components, and number of components."""
    names = [part.id for part in node.components]
    rows = (
        values.select(present=pl.sum_horizontal(to_polars(present.node) for present in _present(names)))
        .with_row_index("row")
        .filter(pl.col("present") < len(names))
    )
    return rows.with_columns(node=pl.lit(node.id), components=pl.lit(len(names)))


def weights_of_present(node: Node, node_weights: NodeWeights, incomplete: bool) -> list[pl.Expr | float]:
    """Return the weights; if units miss components, divided by the weight of those that each unit has.

    `with_present_weight` adds the column of these sums.
    """
    weights = weights_of(node.id, [part.id for part in node.components], node_weights)
    return [weight / pl.col(_present_weight(node.id)) for weight in weights] if incomplete else weights


def with_present_weight(
    frame: pl.DataFrame, nodes: Sequence[Node], node_weights: Mapping[str, NodeWeights]
) -> pl.DataFrame:
    """Add, for each node, a column with the sum of the weights of the components that each unit has."""

    def present_weight(node: Node) -> pl.Expr:
        names = [part.id for part in node.components]
        weights = (Expression(_weight(node.id, name)) for name in names)
        present = row_sum(map(mul, weights, _present(names)))
        is_complete = pl.all_horizontal(pl.col(name).is_not_null() for name in names)
        # the sum may differ from 1 in the last digit, and gaps of other units should not change a complete unit
        return pl.when(is_complete).then(1.0).otherwise(Compiler(_weights(node, node_weights[node.id]))(present.node))

    return (
        frame.with_columns(present_weight(node).alias(_present_weight(node.id)) for node in nodes) if nodes else frame
    )


def _present_weight(node: str) -> str:
    return f"\0\0{node}"  # two null characters: `with_weights` adds columns with one


def _present(names: Sequence[str]) -> list[Expression]:
    return [column(name).is_not_null().cast(float) for name in names]


def is_row_by_row(node: Node, profiles: Mapping[str, Profile]) -> bool:
    """Return whether a node is scored by a formula, and all units have all components."""
    return not isinstance(node.aggregation, MatrixAggregation) and not _is_incomplete(node, profiles)


def _is_incomplete(node: Node, profiles: Mapping[str, Profile]) -> bool:
    return any(profiles[part.id].missing for part in node.components)


@dataclass(frozen=True)
class _Run:
    """The inputs of the nodes of one level, and the statistics and formulas that scoring them adds."""

    node_weights: Mapping[str, NodeWeights]
    frame: pl.DataFrame
    scope: StatisticsScope
    fitted: StatisticValues | None
    profiles: Mapping[str, Profile]
    """The profiles of the components, over all units."""
    statistics: StatisticValues
    formulas: dict[str, RecordedFormula]

    def evaluate(
        self, nodes: Sequence[Node], rows: pl.DataFrame | None = None, incomplete: bool = False
    ) -> dict[str, pl.Series]:
        """Score nodes by their formulas, for all units or for these rows; `incomplete`, if rows miss components."""
        recorded = record_each({node.id: score_formula(node, incomplete) for node in nodes})
        weights: dict[formulas.Node, pl.Expr | float] = {}
        for node in nodes:
            weights |= _weights(node, self.node_weights[node.id])
        methods = {node.id: node.aggregation for node in nodes}
        profiles: dict[tuple[str, ...], Profile] = {}
        if rows is None:
            rows = self.frame
            profiles = {_subject(node, part): self.profiles[part.id] for node in nodes for part in node.components}
        evaluation = evaluate_checked(
            methods, rows, recorded, self.scope, self.fitted, profiles=profiles, weights=weights
        )
        self.statistics.update(evaluation.statistics)
        self.formulas.update(evaluation.formulas)
        is_complete = pl.lit(value=True)
        if incomplete:  # a missing score of a complete unit is an error; a unit with gaps may have none
            is_complete = pl.all_horizontal(pl.col(part.id).is_not_null() for node in nodes for part in node.components)

        def mark_undefined(scores: pl.Series) -> pl.Series:
            """Replace missing scores of complete units by NaN, which is an error later."""
            if not scores.null_count():
                return scores
            complete_rows = rows.select(is_complete).to_series()
            return scores.set(scores.is_null() & complete_rows, math.nan)

        return {scores.name: mark_undefined(scores) for scores in evaluation.frame}

    def score_eligible_units(self, node: Node, eligible: pl.Series | None) -> pl.Series:
        """Score a node for the eligible units (None: all), as if there were no other units."""
        if eligible is not None and eligible.all():
            eligible = None
        rows = self.frame if eligible is None else self.frame.filter(eligible)
        if rows.is_empty():
            scores = pl.Series(node.id, [], pl.Float64)
        elif isinstance(node.aggregation, MatrixAggregation):
            scores = _score_matrix(node, self.node_weights[node.id], rows, self.scope)
        else:
            scores = self.evaluate([node], rows, incomplete=True)[node.id]
        if eligible is None:
            return scores
        of_all_rows = pl.repeat(None, len(self.frame), dtype=pl.Float64, eager=True).alias(node.id)
        return of_all_rows.scatter(eligible.arg_true(), scores)


@dataclass(frozen=True)
class _ComponentInput:
    """A component as the formula of a node sees it."""

    name: str
    subject: tuple[str, str]
    direction: Literal["benefit", "cost"]


def score_formula(node: Node, incomplete: bool) -> ScoreFormula:
    """Return the formula that scores a node; `incomplete`, if units miss components."""
    inputs = tuple(_ComponentInput(part.id, _subject(node, part), direction(node, part)) for part in node.components)
    return ScoreFormula(node.aggregation, node.id, inputs, incomplete)


@dataclass(frozen=True)
class ScoreFormula:
    """The formula that scores a node."""

    method: Aggregation
    name: str
    inputs: tuple[_ComponentInput, ...]
    incomplete: bool
    """True if units miss components, so that weights are divided by the weight of the components that they have."""

    def __call__(self, recorder: Recorder) -> Expression:
        with attribute_errors_to(self.method, self.name, recorder):
            score = self.method.combine(self._components(recorder))
        return checked_expression(self.method, self.name, score)

    def details(self, recorder: Recorder) -> Mapping[str, Expression]:
        """Return the columns that the method reports of each unit beside its score."""
        with attribute_errors_to(self.method, self.name, recorder):
            return self.method.details(self._components(recorder))

    def _components(self, recorder: Recorder) -> _Components:
        return _Components(self.name, self.inputs, self.incomplete, recorder)


@dataclass(frozen=True)
class _DetailFormula:
    """The formula of one column that a method reports of each unit beside its score."""

    scoring: ScoreFormula
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        return self.scoring.details(recorder)[self.name]


def _weight(node: str, part: str) -> Weight:
    return Weight("weight", (), (node, part))


def _weights(node: Node, node_weights: NodeWeights) -> dict[formulas.Node, pl.Expr | float]:
    """Return the values of the weights in the formula of a node."""
    parts = (_weight(node.id, part.id) for part in node.components)
    return dict(zip(parts, weights_of(node.id, [part.id for part in node.components], node_weights), strict=True))


def _subject(node: Node, part: Part) -> tuple[str, str]:
    return node.id, part.id


class _Components(Components):
    def __init__(self, node: str, inputs: Sequence[_ComponentInput], incomplete: bool, recorder: Recorder) -> None:
        def weight(name: str) -> Expression:
            own = Expression(_weight(node, name))
            return own / column(_present_weight(node)) if incomplete else own

        self._components = [
            Component(
                z=column(one.name),
                w=weight(one.name),
                s=recorder(one.subject, column(one.name)),
                direction=one.direction,
                name=one.name,
            )
            for one in inputs
        ]
        self._statistics = recorder(node, column(inputs[0].name))
        self._recorder = recorder
        self._node, self._held = node, 0

    def cache_column(self, column: Expression) -> Expression:
        self._held += 1
        return self._recorder.cached_column(self._node, self._held, column)

    def aggregate(self, statistic: Expression) -> Expression:
        return self._statistics(statistic)

    @overload
    def __getitem__(self, index: int) -> Component: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Component]: ...
    def __getitem__(self, index: int | slice) -> Component | Sequence[Component]:
        return self._components[index]

    def __len__(self) -> int:
        return len(self._components)


def direction(node: Node, part: Part) -> Literal["benefit", "cost"]:
    """Return the direction of a component for the aggregation of its node: a cost only if it takes costs as costs."""
    as_cost = isinstance(part, Leaf) and part.spec.direction == "cost" and not node.aggregation.oriented
    return "cost" if as_cost else "benefit"


def _is_eligible(node: Node, node_weights: NodeWeights) -> pl.Expr:
    """Return the condition under which a unit gets a score: that it has enough components."""
    names = [part.id for part in node.components]
    if node.missing.policy == "propagate":
        return pl.all_horizontal(pl.col(name).is_not_null() for name in names)
    count = to_polars(row_sum(_present(names)).node)
    weights = np.atleast_2d(node_weights.values).max(axis=0)
    weighted = [name for name, weight in zip(names, weights, strict=True) if weight > 0]
    return (
        (count / len(names) >= node.missing.minimum_share)
        & (count >= node.missing.minimum_count)
        & pl.any_horizontal(pl.col(name).is_not_null() for name in weighted)
    )


def _score_matrix(node: Node, node_weights: NodeWeights, frame: pl.DataFrame, scope: StatisticsScope) -> pl.Series:
    method = node.aggregation
    assert isinstance(method, MatrixAggregation)
    scores = np.empty(len(frame))
    for rows, values, weights in _groups(node, node_weights, frame, scope):
        with attribute_errors_to(node.aggregation, node.id):
            given = method.score_units(values, weights.copy(), _context(node))
        scores[rows] = checked_array(method, node.id, given, (len(rows),))
    return pl.Series(node.id, scores)


def _groups(
    node: Node, node_weights: NodeWeights, frame: pl.DataFrame, scope: StatisticsScope
) -> Iterator[tuple[npt.NDArray[np.intp], Array, Array]]:
    """Yield the rows that are compared with each other, their values and their weights."""
    assert isinstance(node.aggregation, MatrixAggregation)
    alone = node.aggregation.row_by_row
    if scope.reference is not None and not alone:
        raise MethodError(
            f"{node.aggregation.name} of {node.id} compares units with each other, not with a reference period",
            remedy='statistics = "period", or another aggregation there',
        )
    columns = frame[[part.id for part in node.components]]
    matrix = np.asfortranarray(columns.to_numpy(writable=True))  # sums follow the layout
    group, order = np.ones(len(frame)), np.arange(len(frame))
    if scope.key and not alone:
        group = frame.select(pl.struct(scope.key).rank("dense")).to_series().to_numpy()
        order = np.argsort(group, kind="stable")
    given = np.atleast_2d(node_weights.values)[:1]
    if node_weights.keys is not None and not alone:
        given = frame.select(weights_of(node.id, [part.id for part in node.components], node_weights)).to_numpy()
    several = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    scores = [] if alone else [number for number, part in enumerate(node.components) if not isinstance(part, Leaf)]
    for rows in several:
        with attribute_errors_to(node.aggregation, node.id):
            weights = _shared(given if len(given) == 1 else given[rows])
        values = matrix if len(several) == 1 else np.asfortranarray(matrix[rows])
        for number in scores:  # equal scores may differ by the noise of their sums; indicators were levelled before
            values[:, number] = without_noise(pl.Series(values[:, number], nan_to_null=True)).to_numpy()
        yield rows, values, weights


def _context(node: Node, units: Sequence[str] = ()) -> MatrixContext:
    costs = np.array([direction(node, part) == "cost" for part in node.components])
    return MatrixContext(tuple(part.id for part in node.components), costs, units)


def details(node: Node, table: Table) -> pl.DataFrame:
    """Return the columns that a method reports of each unit beside its score; units without a score have nulls."""
    scope, node_weights, values = table.scope, table.columns.weights[node.id], table.columns.components.frame
    frame = with_weights(table.beside(values, scope), table.units, _parts([node]), {node.id: node_weights})
    incomplete = any(values[part.id].null_count() for part in node.components)
    frame = with_present_weight(frame, [node] if incomplete else [], {node.id: node_weights}).with_row_index("\0row")
    rows = frame.filter(_is_eligible(node, node_weights)) if incomplete else frame
    if isinstance(node.aggregation, MatrixAggregation):
        told_by = [name for name in (table.unit, table.period) if name and name not in scope.key]
        called = table.units.select(pl.concat_str(told_by, separator=" ")).to_series().gather(rows["\0row"]).to_list()
        parts = []
        for group, matrix, weights in _groups(node, node_weights, rows, scope):
            with attribute_errors_to(node.aggregation, node.id):
                found = node.aggregation.unit_details(matrix, weights, _context(node, [called[row] for row in group]))
            parts.append(pl.DataFrame({"\0row": rows["\0row"].gather(group), **found}, strict=False))
        told = pl.concat(parts, how="vertical_relaxed")
    else:
        formula = score_formula(node, incomplete)
        formulas = record_each({name: _DetailFormula(formula, name) for name in formula.details(Recorder())})
        columns = evaluate(rows, formulas, scope, weights=_weights(node, node_weights)).frame.get_columns()
        told = rows.select("\0row").hstack(columns)
    return frame.select("\0row").join(told, on="\0row", how="left", maintain_order="left").drop("\0row")


def _shared(weights: Array) -> Array:
    """Return the weights of rows that are compared with each other."""
    if (weights != weights[0]).any():
        raise ValueError("compares units whose weights differ: take statistics and weights over the same rows")
    first: Array = weights[0]
    return first


def check_components(node: Node, values: ProfiledColumns, table: Table) -> None:
    """Refuse components with gaps that the methodology does not allow, or with values that the method cannot take."""
    domain = node.aggregation.domain
    for part in node.components:
        column, facts = values.frame[part.id], values.profiles[part.id]
        if facts.missing and node.missing.policy == "refuse":
            units = table.units_where(column, pl.col("\0").is_null())
            raise DataError(
                f"{part.id} has no score for {len(units)} unit(s): {join_names(units)}",
                remedy=f'say what {node.id} does with that: missing = "skip" or missing = "propagate"',
            )
        if not facts.within(domain):
            units = table.units_outside(column, domain)
            leaves = [part] if isinstance(part, Leaf) else list(part.leaves())
            certain = [leaf.normalisation.guaranteed_worst_score for leaf in leaves]
            # where the worst unit scores enough, it is one beyond the bounds or the fitted range that does not
            normalisation = POSITIVE_NORMALISATION
            if all(one is not None and domain.admits(one) for one in certain):
                normalisation = CLIPPED_NORMALISATION
            remedy = f'normalisation = "{normalisation}", or aggregation = "{AGGREGATION}"'
            raise domain_error(f"{node.aggregation.name} of {node.id}", domain, f"normalised {part.id}", units, remedy)


def _not_finite(node: Node, scores: pl.Series, table: Table) -> DataError:
    units = table.units_where(scores, ~pl.col("\0").is_finite())
    alike = len(scores) == 1 or all(table.profiles[leaf.id].constant for leaf in node.leaves())
    if len(node.components) == 1:
        remedy = f'{node.id} has a single component, {node.components[0].id}: aggregation = "{AGGREGATION}" there'
    elif alike:
        remedy = "units that are all alike, or a single one, cannot be told apart by this method"
    else:
        remedy = (
            f"look at the parts of {node.id}: a number that is divided by may be zero, or a logarithm have no value"
        )
    told = f"{node.aggregation.name} gives no finite score of {node.id} for {join_names(units)}"
    return DataError(told, where=plugin_of(node.aggregation), remedy=remedy)
