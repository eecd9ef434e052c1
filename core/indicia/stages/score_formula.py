"""The formula that scores a node; if a unit misses components, the weights of the others are scaled up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import mul
from typing import TYPE_CHECKING, Literal, overload

import numpy as np
import polars as pl

from indicia.definition import Leaf, weights_in_file
from indicia.formulas import Expression, Recorder, Weight, column
from indicia.formulas.to_polars import Compiler
from indicia.methods import Component, Components, row_sum
from indicia.stages.plugin_boundary import attribute_errors_to, checked_expression
from indicia.tables.weights import weights_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Node, Part
    from indicia.formulas import Node as FormulaNode
    from indicia.methods import Aggregation
    from indicia.tables.weights import NodeWeights


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
