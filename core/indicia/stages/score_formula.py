"""Scores by a formula: weights of the present components, and values that replace missing components."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import mul
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Literal, overload

import numpy as np
import polars as pl

from indicia.definition import Data, Leaf, Missing, Node, Part, check_group, weights_in_file
from indicia.formulas import Expression, Recorder, Weight, column, record_each
from indicia.formulas import Node as FormulaNode
from indicia.formulas.to_polars import Compiler
from indicia.methods import Aggregation, Component, Components, row_sum
from indicia.partitions.partition import for_each
from indicia.stages.groups_and_parents import sources_of, units_of_rows, with_groups_and_parents
from indicia.stages.plugin_boundary import attribute_errors_to, checked_expression
from indicia.stages.stage import Change, Fitted, NodeStage, Record, nodes_taking_part
from indicia.tables.evaluate import evaluate
from indicia.tables.parents import GAPS
from indicia.tables.table import NodeColumns, Table
from indicia.tables.weights import NodeWeights, weights_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.tables.scope import StatisticsScope


@dataclass(frozen=True)
class ComponentInput:
    """A component of a node, as its formula uses it."""

    name: str
    subject: tuple[str, str]
    direction: Literal["benefit", "cost"]


def score_formula(node: Node, incomplete: bool) -> ScoreFormula:
    """Return the formula that scores a node; `incomplete` is True if units miss components."""
    inputs = tuple(ComponentInput(part.id, (node.id, part.id), direction(node, part)) for part in node.components)
    return ScoreFormula(node.aggregation, node.id, inputs, incomplete)


@dataclass(frozen=True)
class ScoreFormula:
    """The formula that scores a node."""

    method: Aggregation
    name: str
    inputs: tuple[ComponentInput, ...]
    incomplete: bool
    """True if units miss components: each weight is then divided by the share of weight that is present."""

    def __call__(self, recorder: Recorder) -> Expression:
        with attribute_errors_to(self.method, self.name, recorder):
            score = self.method.combine(self._components(recorder))
        return checked_expression(self.method, self.name, score)

    def details(self, recorder: Recorder) -> Mapping[str, Expression]:
        """Return the details that the method reports of each unit, as columns."""
        with attribute_errors_to(self.method, self.name, recorder):
            return self.method.details(self._components(recorder))

    def _components(self, recorder: Recorder) -> _Components:
        return _Components(self.name, self.inputs, self.incomplete, recorder, self.method.used_names)


@dataclass(frozen=True)
class DetailFormula:
    """The formula of one column of details."""

    formula: ScoreFormula
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        return self.formula.details(recorder)[self.name]


def _weight(node: str, part: str) -> Weight:
    return Weight("weight", (), (node, part))


def weight_values(node: Node, node_weights: NodeWeights) -> dict[FormulaNode, pl.Expr | float]:
    """Return the values of the weights in the formula of a node."""
    parts = (_weight(node.id, part.id) for part in node.components)
    return dict(zip(parts, weights_of(node.id, [part.id for part in node.components], node_weights), strict=True))


class _Components(Components):
    """The components of a node, as its formula uses them."""

    def __init__(
        self,
        node: str,
        inputs: Sequence[ComponentInput],
        incomplete: bool,
        recorder: Recorder,
        uses: tuple[str, ...],
    ) -> None:
        def weight(name: str) -> Expression:
            declared = Expression(_weight(node, name))
            return declared / column(_present_weight(node)) if incomplete else declared

        self._components = [
            Component(
                z=column(component.name),
                w=weight(component.name),
                s=recorder(component.subject, column(component.name), uses=uses),
                direction=component.direction,
                name=component.name,
            )
            for component in inputs
        ]
        self._statistics = recorder(node, column(inputs[0].name), uses=uses)
        self._recorder = recorder
        self._node, self._cached_columns = node, 0

    def cache_column(self, column: Expression) -> Expression:
        self._cached_columns += 1
        return self._recorder.cached_column(self._node, self._cached_columns, column)

    def aggregate(self, statistic: Expression) -> Expression:
        return self._statistics(statistic)

    def column(self, name: str) -> Expression:
        return self._statistics.column(name)

    @overload
    def __getitem__(self, index: int) -> Component: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Component]: ...
    def __getitem__(self, index: int | slice) -> Component | Sequence[Component]:
        return self._components[index]

    def __len__(self) -> int:
        return len(self._components)


def direction(node: Node, part: Part) -> Literal["benefit", "cost"]:
    """Return the direction of a component for the aggregation: cost only if the aggregation handles costs itself."""
    as_cost = isinstance(part, Leaf) and part.spec.direction == "cost" and not node.aggregation.oriented
    return "cost" if as_cost else "benefit"


def weights_in_score(node: Node, node_weights: NodeWeights) -> NodeWeights:
    """Return weights as they enter the score: with sum 1, or with the sum that they have in the index file.

    Weights that are those of the index file enter without a change of the last digit.
    """
    if node.sum_of_weights is None:
        return node_weights
    values = node_weights.values * node.sum_of_weights
    of_file = weights_in_file(node)
    return replace(node_weights, values=np.where(np.isclose(values, of_file, rtol=1e-12, atol=0), of_file, values))


def weights_of_present(node: Node, node_weights: NodeWeights, incomplete: bool) -> list[pl.Expr | float]:
    """Return the weights of components; if units miss components, divided by the share of weight that is present.

    `with_present_weight` adds the column of these shares.
    """
    weights = weights_of(node.id, [part.id for part in node.components], node_weights)
    return [weight / pl.col(_present_weight(node.id)) for weight in weights] if incomplete else weights


def with_present_weight(
    frame: pl.DataFrame, nodes: Sequence[Node], node_weights: Mapping[str, NodeWeights]
) -> pl.DataFrame:
    """Add, for each node, a column with the share of weight that is on components with a value in the row."""

    def present_weight(node: Node) -> pl.Expr:
        names = [part.id for part in node.components]
        weights = (Expression(_weight(node.id, name)) for name in names)
        present = row_sum(map(mul, weights, present_components(names)))
        is_complete = pl.all_horizontal(pl.col(name).is_not_null() for name in names)
        weight = Compiler(weight_values(node, node_weights[node.id]))(present.node)
        share = weight if node.sum_of_weights is None else weight / node.sum_of_weights
        # the computed share may differ from 1 in the last digit, and a gap must not change the scores of other units
        return pl.when(is_complete).then(1.0).otherwise(share)

    return (
        frame.with_columns(present_weight(node).alias(_present_weight(node.id)) for node in nodes) if nodes else frame
    )


def _present_weight(node: str) -> str:
    return f"\0\0{node}"  # two null characters: `with_weights` adds columns with one


def present_components(names: Sequence[str]) -> list[Expression]:
    """Return, for each component, 1 where it is present and 0 where it is missing."""
    return [column(name).is_not_null().cast(float) for name in names]


_NO_SOURCES: Mapping[str, pl.Series] = MappingProxyType({})


@dataclass(frozen=True)
class Fill(NodeStage[Node]):
    """Fill the missing components of nodes: with a value, the mean of a group, or the value of the parent."""

    name: ClassVar[str] = "missing"
    data: Data

    @property
    def is_idle(self) -> bool:
        """True if no node has a rule that fills missing components."""
        return not any(node.missing.replaces for node in self.nodes)

    def reads(self, node: Node) -> Iterator[tuple[str, str]]:
        """Yield the components of the node."""
        return (("components", part.id) for part in node.components)

    @property
    def _ids(self) -> str:
        return ", ".join(node.id for node in self.nodes)

    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:
        """Return the filled components."""
        nodes = [node for node in nodes_taking_part(self.nodes, table) if node.missing.replaces]
        fillings = for_each(table.partition, nodes, lambda node: self._fill(node, table, fitted))
        filled = [filling for filling in fillings if filling is not None]
        changes = tuple(change for filling in filled for change in filling.changes)
        columns = [column for change in changes for column in change.after]
        return NodeColumns(table.profiled(pl.DataFrame(columns), f"{self.name} of {self._ids}")), Record(
            self.name,
            statistics={question: value for filling in filled for question, value in filling.statistics.items()},
            sources={question: units for filling in filled for question, units in filling.sources.items()},
            formulas={name: formula for filling in filled for name, formula in filling.formulas.items()},
            changes=changes,
        )

    def _fill(self, node: Node, table: Table, fitted: Fitted | None) -> Record | None:
        """Fill the components of a node; None if there is nothing to do."""
        values = table.columns.components.frame
        names = [part.id for part in node.components]
        gaps = [name for name in names if table.columns.components.profiles[name].missing]
        if node.missing.value is not None:
            filled = values.select(pl.col(gaps).fill_null(node.missing.value)) if gaps else None
            return None if filled is None else self._record(values, filled, f"value = {node.missing.value:g}")
        frame, scope = _with_groups_or_parents(node, values.select(names), table, self.data)
        # components without gaps need statistics too, which may fill gaps in other data
        recorded = record_each({name: FillFormula(name, node.missing) for name in names})
        of_fit, own = (fitted.of(self.name), fitted.computed_at(self.name)) if fitted else (None, ())
        evaluation = evaluate(frame, recorded, scope, of_fit, computed=own, place=f"{self.name} of {node.id}")
        sources = sources_of(self.name, scope, evaluation.statistics, fitted)
        rule = f"{node.missing.policy}(within={node.missing.within})"
        record = self._record(values, evaluation.frame.select(gaps), rule, units_of_rows(scope, sources, gaps))
        return replace(record, statistics=evaluation.statistics, sources=sources, formulas=evaluation.formulas)

    def _record(
        self, values: pl.DataFrame, filled: pl.DataFrame, rule: str, source_units: Mapping[str, pl.Series] = _NO_SOURCES
    ) -> Record:
        gaps = filled.columns
        change = Change(self.name, values.select(gaps), filled, dict.fromkeys(gaps, rule), source_units)
        return Record(self.name, changes=(change,) if gaps else ())


@dataclass(frozen=True)
class FillFormula:
    """The formula that fills the gaps of a component."""

    name: str
    missing: Missing

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        if self.missing.policy == "parent":
            return x.fill_null(recorder(self.name, x, parents=self.missing.within).parent)
        return x.fill_null(recorder(self.name, x).mean)


def _with_groups_or_parents(
    node: Node, values: pl.DataFrame, table: Table, data: Data
) -> tuple[pl.DataFrame, StatisticsScope]:
    """Return values with the groups or parents that the rule of a node names, and the scope of its statistics."""
    column, rule, scope = str(node.missing.within), f"{node.missing.policy} of {node.id}", table.scopes.aggregation
    if node.missing.policy == "parent":
        return with_groups_and_parents(table, values, scope, data, rule, (), column, GAPS, raw=False)
    check_group(column, data, f"{rule} names the groups")  # else "period" would be the period of the data
    return with_groups_and_parents(table, values, scope, data, rule, (column,), None, GAPS, raw=False)
