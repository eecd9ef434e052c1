"""The list of stages of a definition, and the loop over them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import polars as pl

from indicia import tracing
from indicia.definition import Data, Definition, Leaf, Node, Preparation, uses_of
from indicia.methods.profile import rounded
from indicia.stages.aggregate import Aggregate
from indicia.stages.check_columns import Cap, CheckColumns, CheckUnits, Constant, RefuseGaps, UnitRequirement
from indicia.stages.clip import AsComponent, Clip, Rescale
from indicia.stages.direction import CheckDirections
from indicia.stages.impute import Impute
from indicia.stages.level_noise import LevelNoise
from indicia.stages.normalise import Normalise
from indicia.stages.rank import Rank
from indicia.stages.read import Denominate, Read
from indicia.stages.rows import Screen, TakeScope
from indicia.stages.score_formula import Fill
from indicia.stages.stage import NodeStage, Record, Stage, nodes_taking_part
from indicia.stages.transform import Transform, Treat
from indicia.stages.weigh import Weigh
from indicia.tables.table import NodeColumns, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indicia.methods import Method
    from indicia.tables.fitted import Fitted
    from indicia.tables.weights import NodeWeights

    Dimensions: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Step:
    """A stage of a run, the table after it, and its record."""

    stage: Stage
    table: Table
    record: Record


def apply_stage(stage: Stage, table: Table) -> tuple[Table, Record]:
    """Apply a stage to a table, with the statistics and weights that the table has."""
    if not tracing.is_on():
        return stage.apply(table, table.fitted)
    with tracing.step(f"stage {stage.name} of {table.units.height:,} rows × {table.values.width:,} indicators"):
        return stage.apply(table, table.fitted)


def run_stages(stages: Iterable[Stage], table: Table, fitted: Fitted | None = None) -> list[Step]:
    """Apply stages in order; the statistics and weights of a former run, if the table has them, are used.

    `fitted` has other statistics and weights in place of those of the table.
    """
    table = table if fitted is None else table.with_changes(fitted=fitted)
    steps = []
    for stage in stages:
        table, record = apply_stage(stage, table)
        steps.append(Step(stage, table, record))
    return steps


def stages_of(definition: Definition, tree: Node) -> list[Stage]:
    """Return the stages that score a table by a definition; equal definitions have equal stages."""
    data, methodology = definition.data, definition.methodology
    indicators = tuple(leaf.preparation for leaf in tree.leaves())
    measured, uses = _with_choices(indicators), uses_of(definition, tree)
    return [
        Read(data, measured, uses, definition.aggregate_rows),
        Denominate(measured),
        Screen(definition.screening, _counting_dimensions(tree), _not_counting(tree)),
        TakeScope(data, methodology.statistics, methodology.weights),
        CheckColumns(uses),
        *stages_of_rows(definition, tree),  # CheckUnits, LevelNoise, …
        Rank(definition, tree),
    ]


def stages_of_rows(
    definition: Definition, tree: Node, known_weights: Mapping[str, NodeWeights] | None = None
) -> list[Stage]:
    """Return the stages after `TakeScope`, up to the scores; weights in `known_weights` are not computed."""
    data, leaves = definition.data, tuple(tree.leaves())
    indicators = tuple(leaf.preparation for leaf in leaves)
    return [
        _check_units(tree),
        LevelNoise(_with_choices(indicators, "compared")),
        *stages_of_values(definition, by_dimension(tree), indicators),  # Impute, Treat, Cap, Transform
        RefuseGaps(_without_gaps(tree)),
        Constant(definition.methodology.constant, leaves),
        Normalise(leaves, _without_gaps_over_time(tree)),
        CheckDirections(leaves),
        Clip(leaves),
        *stages_of_nodes(
            data, tree, known_weights
        ),  # for each level: Fill, Weigh, Aggregate, Rescale, Round, AsComponent
    ]


def before_normalisation(stages: Iterable[Stage]) -> Iterable[Stage]:
    """Return the stages before normalisation."""
    return takewhile(lambda stage: not isinstance(stage, Normalise), stages)


def stages_of_values(
    definition: Definition, dimensions: Dimensions, indicators: tuple[Preparation, ...]
) -> list[Stage]:
    """Return the stages that change the values of indicators before they are normalised."""
    is_random = any(indicator.imputation and indicator.imputation.is_random for indicator in indicators)
    seed = definition.methodology.seed if is_random else None  # so that runs without random numbers share the stage
    return [
        Impute(_with_choices(indicators, "compared", "imputation"), dimensions, definition.data, seed),
        Treat(_with_choices(indicators, "treatment"), definition.data),
        Cap(_with_choices(indicators)),
        Transform(_with_choices(indicators, "transform")),
    ]


def _with_choices(indicators: tuple[Preparation, ...], *choices: str) -> tuple[Preparation, ...]:
    """Return indicators with these choices only, so that runs that differ in other choices share the stage."""
    return tuple(indicator.with_only(*choices) for indicator in indicators)


def stages_of_nodes(data: Data, tree: Node, known_weights: Mapping[str, NodeWeights] | None = None) -> list[Stage]:
    """Return the stages that score the nodes of a tree, from the lowest level up; see `stages_of_rows`."""
    stages: list[Stage] = []
    by_level = sorted(tree.nodes(), key=lambda node: -node.level)
    first_parents: dict[str, str] = {}
    for node in by_level:
        for part in node.components:
            first_parents.setdefault(part.id, node.id)
    for _, level in groupby(by_level, key=lambda node: node.level):
        nodes = tuple(level)
        weighings = tuple(node.weighing for node in nodes)
        of_level = (
            {node.id: known_weights[node.id] for node in nodes if node.id in known_weights}
            if known_weights
            else _NO_WEIGHTS
        )
        stages += [
            Fill(_filling(nodes, first_parents), data),
            Weigh(weighings, of_level),
            Aggregate(nodes),
            Rescale(nodes),
            Round(nodes),
            AsComponent(nodes),
        ]
    return stages


_NO_WEIGHTS: dict[str, NodeWeights] = {}


def _filling(nodes: tuple[Node, ...], first_parents: Mapping[str, str]) -> tuple[Node, ...]:
    """Return nodes with the components of which they are the first parent, so that each component is filled once."""
    filling = []
    for node in nodes:
        own = tuple(part for part in node.components if first_parents[part.id] == node.id)
        filling.append(node if len(own) == len(node.components) else replace(node, components=own))
    return tuple(node for node in filling if node.components)


def by_dimension(tree: Node) -> Dimensions:
    """Return the nodes, each with the indicators directly below it."""
    return tuple((node.id, tuple(part.id for part in node.parts if isinstance(part, Leaf))) for node in tree.nodes())


def _counting_dimensions(tree: Node) -> Dimensions:
    """Return the nodes on which the index depends, each with the indicators that count directly below it."""
    nodes = tree.counting_nodes()
    return tuple((node.id, tuple(part.id for part in node.components if isinstance(part, Leaf))) for node in nodes)


def _not_counting(tree: Node) -> tuple[str, ...]:
    """Return the indicators on which the index does not depend."""
    return tuple(leaf.id for leaf in tree.leaves() if leaf.id not in tree.counting)


def _check_units(tree: Node) -> CheckUnits:
    normalising: list[tuple[Method, tuple[str, ...]]] = [(leaf.normalisation, (leaf.id,)) for leaf in tree.leaves()]
    below = {node.id: node.indicators for node in tree.nodes()}
    aggregating: list[tuple[Method, tuple[str, ...]]] = [(node.aggregation, below[node.id]) for node in tree.nodes()]
    weighing: list[tuple[Method, tuple[str, ...]]] = [(node.weighting, below[node.id]) for node in tree.nodes()]
    return CheckUnits(_requirements(normalising), _requirements(aggregating), _requirements(weighing))


def _requirements(methods: Iterable[tuple[Method, tuple[str, ...]]]) -> tuple[UnitRequirement, ...]:
    """Return the methods that need several units, each with the indicators below it."""
    return tuple(
        UnitRequirement(method.name, method.minimum_units, indicators)
        for method, indicators in methods
        if method.minimum_units > 1
    )


def _without_gaps_over_time(tree: Node) -> tuple[str, ...]:
    """Return the indicators that may not have gaps, and that have no value without other periods of the unit."""
    ids = {indicator.id for indicator in _without_gaps(tree)}
    return tuple(leaf.id for leaf in tree.leaves() if leaf.id in ids and leaf.normalisation.missing_without_periods)


def _without_gaps(tree: Node) -> tuple[Preparation, ...]:
    """Return the indicators that may not have gaps, parents first."""
    nodes = [node for node in tree.nodes() if node.missing.policy == "refuse"]
    parts = {part.id: part for node in nodes for part in node.components}
    return tuple(part.preparation for part in parts.values() if isinstance(part, Leaf))


@dataclass(frozen=True)
class Round(NodeStage[Node]):
    """Round the scores of nodes that have decimals."""

    name: ClassVar[str] = "rounding"

    @property
    def is_idle(self) -> bool:
        """True if no node has decimals."""
        return not any(node.decimals is not None for node in self.nodes)

    def reads(self, node: Node) -> Iterator[tuple[str, str]]:
        """Yield the score of the node."""
        yield "unrounded", node.id

    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:  # noqa: ARG002
        """Return the rounded scores."""
        decimals = {
            node.id: node.decimals for node in nodes_taking_part(self.nodes, table) if node.decimals is not None
        }
        scores = pl.DataFrame({name: table.columns.unrounded[name] for name in decimals})
        columns = scores.select(rounded(name, places) for name, places in decimals.items())
        return NodeColumns(rounded={column.name: column for column in columns}), Record(self.name)
