"""Bring the scores of nodes to another scale: for the scores themselves, or as components of their parents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.definition import Node
from indicia.errors import DataError
from indicia.formulas import DRAW, column, record_each
from indicia.formulas.expression import within_groups
from indicia.partitions.partition import for_each
from indicia.stages.direction import check_rescaling
from indicia.stages.plugin_boundary import attribute_errors_to, checked_expression, evaluate_checked, plugin_of
from indicia.stages.stage import NodeStage, Record, nodes_taking_part
from indicia.statistics.noise import without_noise
from indicia.statistics.profile import domain_error, profile
from indicia.tables.table import NodeColumns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.formulas import Expression, Recorder
    from indicia.methods import Normalisation
    from indicia.stages.stage import Fitted
    from indicia.tables.evaluate import Evaluation
    from indicia.tables.table import Table


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
