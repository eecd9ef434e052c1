"""Make the scores of nodes of the scores of their components."""

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
from indicia.stages.plugin_boundary import asked, evaluated, expression, numbers, plugin_of
from indicia.stages.stage import NodeStage, Record, present
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
    from indicia.formulas import Recorded
    from indicia.methods import Aggregation, Array
    from indicia.stages.stage import Fitted
    from indicia.tables.profile import Columns
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table
    from indicia.tables.values import StatisticValues
    from indicia.tables.weights import Weighed


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
        """Return the scores of the nodes, all of one level; missing components are null."""
        nodes, values, weighed = present(self.nodes, table), table.columns.components, table.columns.weights
        for node in nodes:
            check_components(node, values, table)
        frame = with_weights(table.beside(values.frame, table.scope), table.units, _parts(nodes), weighed)
        incomplete = [node for node in nodes if _is_incomplete(node, values.facts)]
        whole = [node for node in nodes if is_row_by_row(node, values.facts)]
        frame = with_presence(frame, incomplete, weighed)
        run = _Run(weighed, frame, table.scope, fitted.of(self.name) if fitted else None, values.facts, {}, {})
        columns = run.evaluated(whole) if whole else {}
        for node in nodes:
            if node not in whole:
                scored = frame.select(_scored(node, weighed[node.id])).to_series() if node in incomplete else None
                columns[node.id] = run.among(node, scored)
        scores = pl.DataFrame({node.id: columns[node.id] for node in nodes})
        facts = profile(scores, scores.columns)
        for node in nodes:
            if not facts[node.id].finite:
                raise _not_finite(node, scores[node.id], table)
        missing = {node.id: _missing_components(node, values.frame) for node in incomplete}
        made = NodeColumns(unrounded={column.name: column for column in scores})
        return made, Record(self.name, statistics=run.statistics, formulas=run.formulas, incomplete=missing)


def _parts(nodes: Iterable[Node]) -> dict[str, list[str]]:
    return {node.id: [part.id for part in node.components] for node in nodes}


def _missing_components(node: Node, values: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that miss components: their number, how many components they have, and of how many."""
    names = [part.id for part in node.components]
    rows = (
        values.select(present=pl.sum_horizontal(to_polars(one.node) for one in _present(names)))
        .with_row_index("row")
        .filter(pl.col("present") < len(names))
    )
    return rows.with_columns(node=pl.lit(node.id), components=pl.lit(len(names)))


def shares(node: Node, weighed: Weighed, incomplete: bool) -> list[pl.Expr | float]:
    """Return the weights, over what a unit has where some units miss components: see `with_presence`."""
    weights = weights_of(node.id, [part.id for part in node.components], weighed)
    return [weight / pl.col(_presence(node.id)) for weight in weights] if incomplete else weights


def with_presence(frame: pl.DataFrame, nodes: Sequence[Node], weighed: Mapping[str, Weighed]) -> pl.DataFrame:
    """Add, per node, the total weight of the components that a unit has."""

    def share(node: Node) -> pl.Expr:
        names = [part.id for part in node.components]
        weights = (Expression(_weight(node.id, name)) for name in names)
        present = row_sum(map(mul, weights, _present(names)))
        whole = pl.all_horizontal(pl.col(name).is_not_null() for name in names)
        # a sum of weights may miss 1 by a digit, and a unit that has all should score as if no other missed any
        return pl.when(whole).then(1.0).otherwise(Compiler(_weights(node, weighed[node.id]))(present.node))

    return frame.with_columns(share(node).alias(_presence(node.id)) for node in nodes) if nodes else frame


def _presence(node: str) -> str:
    return f"\0\0{node}"  # no column that the engine adds is called so, whatever the node is


def _present(names: Sequence[str]) -> list[Expression]:
    return [column(name).is_not_null().cast(float) for name in names]


def is_row_by_row(node: Node, facts: Mapping[str, Profile]) -> bool:
    """Say whether a node is scored by a formula, and for all units."""
    return not isinstance(node.aggregation, MatrixAggregation) and not _is_incomplete(node, facts)


def _is_incomplete(node: Node, facts: Mapping[str, Profile]) -> bool:
    return any(facts[part.id].missing for part in node.components)


@dataclass(frozen=True)
class _Run:
    weighed: Mapping[str, Weighed]
    frame: pl.DataFrame
    scope: StatisticsScope
    fitted: StatisticValues | None
    facts: Mapping[str, Profile]
    """Of the components, over all units."""
    statistics: StatisticValues
    """Filled as nodes are scored."""
    formulas: dict[str, Recorded]
    """Filled as nodes are scored."""

    def evaluated(
        self, nodes: Sequence[Node], rows: pl.DataFrame | None = None, incomplete: bool = False
    ) -> dict[str, pl.Series]:
        formulas = record_each({node.id: scoring(node, incomplete) for node in nodes})
        weights = {one: weight for node in nodes for one, weight in _weights(node, self.weighed[node.id]).items()}
        methods = {node.id: node.aggregation for node in nodes}
        facts: dict[tuple[str, ...], Profile] = {}
        if rows is None:
            rows = self.frame
            facts = {_subject(node, part): self.facts[part.id] for node in nodes for part in node.components}
        found = evaluated(methods, rows, formulas, self.scope, self.fitted, facts=facts, weights=weights)
        self.statistics.update(found.statistics)
        self.formulas.update(found.formulas)
        whole = pl.lit(value=True)
        if incomplete:  # a formula may need the very component that a unit misses
            whole = pl.all_horizontal(pl.col(part.id).is_not_null() for node in nodes for part in node.components)

        def without_gaps(scores: pl.Series) -> pl.Series:
            """Turn what is undefined, and no gap, into no number, which is an error later."""
            if not scores.null_count():
                return scores
            undefined = rows.select(whole).to_series()
            return scores.set(scores.is_null() & undefined, math.nan)

        return {scores.name: without_gaps(scores) for scores in found.frame}

    def among(self, node: Node, scored: pl.Series | None) -> pl.Series:
        """Score the units that get a score, as if there were no others."""
        if scored is not None and scored.all():
            scored = None
        rows = self.frame if scored is None else self.frame.filter(scored)
        if rows.is_empty():
            found = pl.Series(node.id, [], pl.Float64)
        elif isinstance(node.aggregation, MatrixAggregation):
            found = _compared(node, self.weighed[node.id], rows, self.scope)
        else:
            found = self.evaluated([node], rows, incomplete=True)[node.id]
        if scored is None:
            return found
        whole = pl.repeat(None, len(self.frame), dtype=pl.Float64, eager=True).alias(node.id)
        return whole.scatter(scored.arg_true(), found)


@dataclass(frozen=True)
class _Input:
    """A component as the formula of a node sees it."""

    name: str
    subject: tuple[str, str]
    direction: Literal["benefit", "cost"]


def scoring(node: Node, incomplete: bool) -> Scoring:
    """Return the formula by which a node is scored; `incomplete`, if units miss components."""
    inputs = tuple(_Input(part.id, _subject(node, part), direction(node, part)) for part in node.components)
    return Scoring(node.aggregation, node.id, inputs, incomplete)


@dataclass(frozen=True)
class Scoring:
    """The formula by which a node is scored."""

    method: Aggregation
    name: str
    inputs: tuple[_Input, ...]
    incomplete: bool
    """True if units miss components, so that the weights of those that they have sum to less than 1."""

    def __call__(self, recorder: Recorder) -> Expression:
        with asked(self.method, self.name, recorder):
            score = self.method.combine(self._components(recorder))
        return expression(self.method, self.name, score)

    def details(self, recorder: Recorder) -> Mapping[str, Expression]:
        """Return what the method tells of each unit beside its score."""
        with asked(self.method, self.name, recorder):
            return self.method.details(self._components(recorder))

    def _components(self, recorder: Recorder) -> _Components:
        return _Components(self.name, self.inputs, self.incomplete, recorder)


@dataclass(frozen=True)
class _Detail:
    """The formula of one column that a method tells of each unit beside its score."""

    scoring: Scoring
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        return self.scoring.details(recorder)[self.name]


def _weight(node: str, part: str) -> Weight:
    return Weight("weight", (), (node, part))


def _weights(node: Node, weighed: Weighed) -> dict[formulas.Node, pl.Expr | float]:
    """Return what is put in for the weights in the formula of a node."""
    parts = (_weight(node.id, part.id) for part in node.components)
    return dict(zip(parts, weights_of(node.id, [part.id for part in node.components], weighed), strict=True))


def _subject(node: Node, part: Part) -> tuple[str, str]:
    return node.id, part.id


class _Components(Components):
    def __init__(self, node: str, inputs: Sequence[_Input], incomplete: bool, recorder: Recorder) -> None:
        def weight(name: str) -> Expression:
            own = Expression(_weight(node, name))
            return own / column(_presence(node)) if incomplete else own

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
    """Return how the aggregation of a node sees a component: a cost only where it takes costs as costs."""
    as_cost = isinstance(part, Leaf) and part.spec.direction == "cost" and not node.aggregation.oriented
    return "cost" if as_cost else "benefit"


def _scored(node: Node, weighed: Weighed) -> pl.Expr:
    """Say which units get a score."""
    names = [part.id for part in node.components]
    if node.missing.policy == "propagate":
        return pl.all_horizontal(pl.col(name).is_not_null() for name in names)
    count = to_polars(row_sum(_present(names)).node)
    weights = np.atleast_2d(weighed.values).max(axis=0)
    counting = [name for name, weight in zip(names, weights, strict=True) if weight > 0]
    return (
        (count / len(names) >= node.missing.minimum_share)
        & (count >= node.missing.minimum_count)
        & pl.any_horizontal(pl.col(name).is_not_null() for name in counting)
    )


def _compared(node: Node, weighed: Weighed, frame: pl.DataFrame, scope: StatisticsScope) -> pl.Series:
    method = node.aggregation
    assert isinstance(method, MatrixAggregation)
    scores = np.empty(len(frame))
    for rows, values, weights in _groups(node, weighed, frame, scope):
        with asked(node.aggregation, node.id):
            given = method.score_units(values, weights.copy(), _context(node))
        scores[rows] = numbers(method, node.id, given, (len(rows),))
    return pl.Series(node.id, scores)


def _groups(
    node: Node, weighed: Weighed, frame: pl.DataFrame, scope: StatisticsScope
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
    given = np.atleast_2d(weighed.values)[:1]
    if weighed.keys is not None and not alone:
        given = frame.select(weights_of(node.id, [part.id for part in node.components], weighed)).to_numpy()
    several = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    scores = [] if alone else [number for number, part in enumerate(node.components) if not isinstance(part, Leaf)]
    for rows in several:
        with asked(node.aggregation, node.id):
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
    scope, weighed, values = table.scope, table.columns.weights[node.id], table.columns.components.frame
    frame = with_weights(table.beside(values, scope), table.units, _parts([node]), {node.id: weighed})
    incomplete = any(values[part.id].null_count() for part in node.components)
    frame = with_presence(frame, [node] if incomplete else [], {node.id: weighed}).with_row_index("\0row")
    rows = frame.filter(_scored(node, weighed)) if incomplete else frame
    if isinstance(node.aggregation, MatrixAggregation):
        told_by = [name for name in (table.unit, table.period) if name and name not in scope.key]
        called = table.units.select(pl.concat_str(told_by, separator=" ")).to_series().gather(rows["\0row"]).to_list()
        parts = []
        for group, matrix, weights in _groups(node, weighed, rows, scope):
            with asked(node.aggregation, node.id):
                found = node.aggregation.unit_details(matrix, weights, _context(node, [called[row] for row in group]))
            parts.append(pl.DataFrame({"\0row": rows["\0row"].gather(group), **found}, strict=False))
        told = pl.concat(parts, how="vertical_relaxed")
    else:
        formula = scoring(node, incomplete)
        formulas = record_each({name: _Detail(formula, name) for name in formula.details(Recorder())})
        columns = evaluate(rows, formulas, scope, weights=_weights(node, weighed)).frame.get_columns()
        told = rows.select("\0row").hstack(columns)
    return frame.select("\0row").join(told, on="\0row", how="left", maintain_order="left").drop("\0row")


def _shared(weights: Array) -> Array:
    """Return the weights of rows that are compared with each other."""
    if (weights != weights[0]).any():
        raise ValueError("compares units whose weights differ: take statistics and weights over the same rows")
    first: Array = weights[0]
    return first


def check_components(node: Node, values: Columns, table: Table) -> None:
    """Refuse components with gaps that the methodology does not allow, or with values that the method cannot take."""
    domain = node.aggregation.domain
    for part in node.components:
        column, facts = values.frame[part.id], values.facts[part.id]
        if facts.missing and node.missing.policy == "refuse":
            units = table.naming(column, pl.col("\0").is_null())
            raise DataError(
                f"{part.id} has no score for {len(units)} unit(s): {join_names(units)}",
                remedy=f'say what {node.id} does with that: missing = "skip" or missing = "propagate"',
            )
        if not facts.within(domain):
            units = table.outside(column, domain)
            leaves = [part] if isinstance(part, Leaf) else list(part.leaves())
            certain = [leaf.normalisation.guaranteed_worst_score for leaf in leaves]
            # where the worst unit scores enough, it is one beyond the bounds or the fitted range that does not
            normalisation = POSITIVE_NORMALISATION
            if all(one is not None and domain.admits(one) for one in certain):
                normalisation = CLIPPED_NORMALISATION
            remedy = f'normalisation = "{normalisation}", or aggregation = "{AGGREGATION}"'
            raise domain_error(f"{node.aggregation.name} of {node.id}", domain, f"normalised {part.id}", units, remedy)


def _not_finite(node: Node, scores: pl.Series, table: Table) -> DataError:
    units = table.naming(scores, ~pl.col("\0").is_finite())
    alike = len(scores) == 1 or all(table.facts[leaf.id].constant for leaf in node.leaves())
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
