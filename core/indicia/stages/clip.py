"""Clip and rescale: values within their scale, and scores on another scale."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import polars as pl

from indicia.definition import Leaf, Node
from indicia.errors import DataError
from indicia.formulas import DRAW, Expression, Question, Recorder, column, record_each
from indicia.formulas import Node as FormulaNode
from indicia.formulas.expression import within_groups
from indicia.formulas.to_polars import to_polars
from indicia.methods.noise import without_noise
from indicia.methods.profile import domain_error, profile, rounded
from indicia.partitions.partition import for_each
from indicia.stages.direction import check_rescaling
from indicia.stages.normalise import is_mirrored, normalisation_formula, with_names
from indicia.stages.plugin_boundary import attribute_errors_to, checked_expression, evaluate_checked, plugin_of
from indicia.stages.stage import Change, Fitted, NodeStage, Record, Stage, nodes_taking_part
from indicia.tables.evaluate import Evaluation, evaluate
from indicia.tables.scope import VALUE, StatisticsScope, StatisticValues, cast_key
from indicia.tables.table import NodeColumns, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.methods import Normalisation


@dataclass(frozen=True)
class Clip(Stage):
    """Record the values beyond an end of the scale whose scores are equal to the score of the end.

    Ends of the scale are fixed bounds, worst values, targets and the value of the unit of comparison; if statistics are
    computed from some of the rows only, also the range of these rows. The stage changes no value, since the
    normalisation has limited the scores.
    """

    name: ClassVar[str] = "clip"
    leaves: tuple[Leaf, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the same table; the record has these cells as changes."""
        frame = with_names(table)
        statistics: dict[str, StatisticValues] = {}
        for question, value in table.statistics.items():
            statistics.setdefault(question.subject[0], {})[question] = value
        of_fit = {leaf.id for leaf in self.leaves if fitted and leaf.id not in fitted.computed_at("normalisation")}
        limits = [
            [
                _Limit(leaf, word, low, high)
                for word, low, high in _limits(table, leaf, statistics.get(leaf.id, {}), is_fitted=leaf.id in of_fit)
                if not table.profiles[leaf.id].between(low, high)
            ]
            for leaf in table.taking_part(self.leaves)
            if not leaf.normalisation.whole_column
        ]
        # an indicator may have several limits, and a query computes each column once: hence a query of all first
        # limits, a query of all second limits, and so on
        rounds = ([limit for limit in column if limit] for column in zip_longest(*limits))
        batch_size = max(1, _CELLS // max(1, len(frame)))
        batches = (
            of_round[start : start + batch_size] for of_round in rounds for start in range(0, len(of_round), batch_size)
        )
        return table, Record(
            self.name, changes=tuple(change for batch in batches for change in cells_beyond_scale(frame, batch, table))
        )


_CELLS = 1_000_000
"""The number of values computed at a time: the clipped columns need as much memory as the indicators."""

_End: TypeAlias = "float | FormulaNode | pl.DataFrame | None"
"""An end of the scale: a number, a column of the table, a value for each key of the scope, or no end."""


@dataclass(frozen=True)
class _Limit:
    """The lower and the upper end of the scale of an indicator, and the word for them."""

    leaf: Leaf
    word: str
    low: _End
    high: _End


def _limits(table: Table, leaf: Leaf, statistics: StatisticValues, is_fitted: bool) -> Iterator[tuple[str, _End, _End]]:
    """Yield the ends of the scale beyond which scores may be equal, with the word for them."""
    fixed, spec, scope = table.fixed_values[leaf.id], leaf.spec, table.scopes.normalisation
    cost = spec.direction == "cost"
    if spec.best is not None:
        if spec.worst is not None:
            yield "worst", *(table.target_ranges[leaf.id].worst or (None, None))
        return
    if spec.bounds is not None:
        yield "bounds", fixed.min, fixed.max
    elif scope.reference is not None or is_fitted:
        ends = ("max", "min") if is_mirrored(leaf) else ("min", "max")
        low, high = (_of_values(leaf, statistics.get(Question((leaf.id,), end))) for end in ends)
        yield "fitted range" if is_fitted else "range of the reference", low, high
    if fixed.target is not None:
        yield "target", *((fixed.target, None) if cost else (None, fixed.target))
    for question, statistic in statistics.items():
        if question.kind == "value_of_unit":
            value = _of_values(leaf, statistic)
            yield f"value of {question.arguments[0]}", *((value, None) if cost else (None, value))


def _of_values(leaf: Leaf, value: object) -> _End:
    """Return a statistic on the scale of the values: for a cost, the formula and its statistics use -x."""
    if isinstance(value, pl.DataFrame):
        return value.with_columns(-pl.col(value.columns[-1])) if is_mirrored(leaf) else value
    if not isinstance(value, float):
        return None
    return -value if is_mirrored(leaf) else value


def cells_beyond_scale(frame: pl.DataFrame, limits: Sequence[_Limit], table: Table) -> Iterator[Change]:
    """Clip each indicator at its limits, normalise it again, and yield the clipped cells with unchanged scores."""
    scope = table.scopes.normalisation
    clips = (
        pl.col(limit.leaf.id).clip(_expression(frame, scope, limit.low), _expression(frame, scope, limit.high))
        for limit in limits
    )
    clipped = frame.select(clips)
    names = {name for name in clipped.columns if not clipped[name].equals(frame[name], null_equal=True)}
    exceeded = [limit for limit in limits if limit.leaf.id in names]
    leaves = [limit.leaf for limit in exceeded]
    formulas = record_each({leaf.id: normalisation_formula(leaf, table, constant=False) for leaf in leaves})
    scores = evaluate(frame.with_columns(clipped), formulas, scope, table.statistics).frame
    normalised = table.columns.components.frame
    for leaf, limit in zip(leaves, exceeded, strict=True):
        z = scores.select(rounded(leaf.id, leaf.decimals)).to_series() if leaf.decimals is not None else scores[leaf.id]
        before, inside = table.values[leaf.id], clipped[leaf.id]
        beyond = (before != inside) & (z == normalised[leaf.id])
        if beyond.any():
            after = pl.select(pl.when(beyond).then(inside).otherwise(before).alias(leaf.id))
            yield Change("clip", before.to_frame(), after, {leaf.id: f"{limit.word}, by {leaf.normalisation}"})


def _expression(frame: pl.DataFrame, scope: StatisticsScope, end: _End) -> pl.Expr:
    """Return an end of the scale as an expression."""
    if isinstance(end, pl.DataFrame):
        values = cast_key(end, frame, scope.key)
        of_rows = frame.select(scope.key).join(
            values, on=scope.key, how="left", nulls_equal=True, maintain_order="left"
        )
        return pl.lit(of_rows[VALUE])
    return to_polars(end) if isinstance(end, FormulaNode) else pl.lit(end, pl.Float64)


@dataclass(frozen=True)
class Rescale(NodeStage[Node]):
    """Normalise the scores of nodes that have a rescaling; a larger result stands for larger components."""

    name: ClassVar[str] = "rescaling"

    @property
    def is_idle(self) -> bool:
        """True if no node has a rescaling."""
        return not any(node.rescaling for node in self.nodes)

    def reads(self, node: Node) -> Iterator[tuple[str, str]]:
        """Yield the score of the node."""
        yield "unrounded", node.id

    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:
        """Return the rescaled scores."""
        nodes = [node for node in nodes_taking_part(self.nodes, table) if node.rescaling]
        if not nodes:
            return NodeColumns(), Record(self.name)
        scores = {node.id: table.columns.unrounded[node.id] for node in nodes}
        scores = {node.id: -scores[node.id] if node.aggregation.low_is_best else scores[node.id] for node in nodes}
        methods = {node.id: node.rescaling for node in nodes if node.rescaling}
        evaluation = _rescaled(methods, pl.DataFrame(scores), table, fitted, self.name)
        columns = NodeColumns(unrounded={column.name: column for column in evaluation.frame})
        return columns, Record(self.name, statistics=evaluation.statistics, formulas=evaluation.formulas)


@dataclass(frozen=True)
class AsComponent(NodeStage[Node]):
    """Give scores the sign that they have as components of their parents, and rescale them by `as_component`."""

    name: ClassVar[str] = "as_component"

    def reads(self, node: Node) -> Iterator[tuple[str, str]]:
        """Yield the score of the node."""
        yield "unrounded", node.id
        yield "rounded", node.id

    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:
        """Return the scores as components of their parents."""
        nodes = nodes_taking_part(self.nodes, table)
        scores = table.columns.scores
        handed = {node.id: -scores[node.id] if node.turned else scores[node.id] for node in nodes}
        record = Record(self.name)
        if methods := {node.id: node.as_component for node in nodes if node.as_component}:
            rescalable = pl.DataFrame({name: handed[name] for name in methods})
            evaluation = _rescaled(methods, rescalable, table, fitted, self.name)
            handed |= {column.name: column for column in evaluation.frame}
            record = Record(self.name, statistics=evaluation.statistics, formulas=evaluation.formulas)
        missing = {node.id: table.columns.missing[node.id] for node in nodes if node.id in table.columns.missing}
        place = f"{self.name} {', '.join(handed)}"
        return NodeColumns(table.profiled(pl.DataFrame(handed), place, missing), handed=handed), record


def _rescaled(
    methods: Mapping[str, Normalisation], scores: pl.DataFrame, table: Table, fitted: Fitted | None, stage: str
) -> Evaluation:
    """Normalise scores of nodes; larger scores are better. `stage` is the stage of the fitted statistics."""
    for name, method in methods.items():
        if not profile(scores, [name])[name].within(method.domain):
            units = table.units_outside(scores[name], method.domain)
            raise domain_error(method.name, method.domain, f"the score of {name}", units, "choose another one there")

    def compared(name: str) -> pl.Series:
        # ranks would differ between scores that differ only by rounding noise
        return _without_noise(scores[name], table, stage) if methods[name].whole_column else scores[name]

    columns = for_each(table.partition, methods, compared)
    scope = table.scopes.rescaling
    formulas = record_each({name: RescalingFormula(method, name, scope.key) for name, method in methods.items()})
    whole_column = any(method.whole_column for method in methods.values())
    frame = table.with_scope_columns(pl.DataFrame(columns), scope).hstack(table.names)
    of_fit, own = (fitted.of(stage), fitted.computed_at(stage)) if fitted else (None, ())
    evaluation = evaluate_checked(
        methods,
        frame,
        formulas,
        scope,
        of_fit,
        whole_column=whole_column,
        computed=own,
        place=f"{stage} {', '.join(methods)}",
    )
    for name, rescaled_profile in profile(evaluation.frame, evaluation.frame.columns).items():
        if not rescaled_profile.finite or rescaled_profile.missing > scores[name].null_count():
            what = f"{methods[name].name} has no finite value for the score of {name}"
            raise DataError(what, where=plugin_of(methods[name]), remedy="choose another normalisation of the score")
    if DRAW not in scope.key:  # the run before the draws was checked
        check_rescaling(methods, scores, table, evaluation, f"{stage} of {', '.join(methods)}")
    return evaluation


def _without_noise(scores: pl.Series, table: Table, stage: str) -> pl.Series:
    if table.partition is None:
        return without_noise(scores)
    from indicia.partitions.sorted_columns import lowest_of_noise  # few tables are in partitions

    return lowest_of_noise(table.partition, f"{stage} of {scores.name}", scores)


@dataclass(frozen=True)
class RescalingFormula:
    """The formula that rescales the scores of a node."""

    method: Normalisation
    name: str
    key: tuple[str, ...]

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        with attribute_errors_to(self.method, self.name, recorder):
            z = checked_expression(
                self.method, self.name, self.method.benefit(x, recorder(self.name, x, uses=self.method.used_names))
            )
        return within_groups(z, self.key) if self.method.whole_column else z
