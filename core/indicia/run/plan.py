"""The stages of a run, in their order."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from indicia.definition import Leaf
from indicia.stages.aggregate import Aggregate
from indicia.stages.cap import Cap
from indicia.stages.check_units import CheckUnits, Needing
from indicia.stages.clip import Clip
from indicia.stages.constant import Constant
from indicia.stages.denominate import Denominate, Denominated
from indicia.stages.direction import CheckDirections
from indicia.stages.fill import Fill
from indicia.stages.impute import Impute, Imputed
from indicia.stages.level_noise import Levelled, LevelNoise
from indicia.stages.normalise import Normalise
from indicia.stages.rank import Rank
from indicia.stages.read import Read
from indicia.stages.refuse_gaps import Complete, RefuseGaps
from indicia.stages.rescale import AsComponent, Rescale
from indicia.stages.round import Round
from indicia.stages.screen import Screen
from indicia.stages.take_scope import TakeScope
from indicia.stages.transform import Transform, Transformed
from indicia.stages.treat import Treat
from indicia.stages.weigh import Weigh, Weighing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition import Data, Definition, Node
    from indicia.stages.stage import Stage
    from indicia.tables.weights import Weighed


def stages_of(definition: Definition, tree: Node) -> list[Stage]:
    """Return the stages by which a definition scores a table; equal definitions have equal stages."""
    leaves = tuple(tree.leaves())
    return [
        *stages_of_preparation(definition, tree),
        Normalise(leaves),
        CheckDirections(leaves),
        Clip(leaves),
        *stages_of_nodes(definition.data, tree),
        Rank(definition, tree),
    ]


def stages_of_preparation(definition: Definition, tree: Node) -> list[Stage]:
    """Return the stages from the data to the values that are normalised."""
    data, methodology, leaves = definition.data, definition.methodology, tuple(tree.leaves())
    return [
        Read(data, tuple((leaf.id, leaf.column) for leaf in leaves)),
        Denominate(tuple(Denominated.of(leaf) for leaf in leaves if leaf.spec.per or leaf.spec.factor != 1)),
        Screen(definition.screening, _by_dimension(tree)),
        TakeScope(data, methodology.statistics, methodology.weights),
        _check_units(tree),
        LevelNoise(tuple(map(Levelled.of, leaves))),
        *stages_of_values(data, tree),
        RefuseGaps(tuple(map(Complete.of, _without_gaps(tree)))),
        Constant(methodology.constant, tuple((leaf.id, leaf.normalisation.name) for leaf in leaves if _varies(leaf))),
    ]


def stages_of_values(data: Data, tree: Node) -> list[Stage]:
    """Return the stages that change the values of indicators before they are normalised."""
    leaves = tuple(tree.leaves())
    return [
        Impute(_imputed(tree), tuple(map(Levelled.of, leaves)), data),
        Treat(tuple((leaf.id, leaf.treatment) for leaf in leaves if leaf.treatment)),
        Cap(tuple((leaf.id, spec.floor, spec.cap) for leaf in leaves if (spec := leaf.spec).has_limits)),
        Transform(tuple(map(Transformed.of, leaves))),
    ]


def stages_of_nodes(data: Data, tree: Node, given: Mapping[str, Weighed] | None = None) -> list[Stage]:
    """Return the stages that score the nodes of a tree, level by level from the lowest; some weights may be given."""
    stages: list[Stage] = []
    by_level = sorted(tree.nodes(), key=lambda node: -node.level)
    for _, level in groupby(by_level, key=lambda node: node.level):
        nodes = tuple(level)
        weighings = tuple(map(Weighing.of, nodes))
        of_level = {node.id: given[node.id] for node in nodes if given and node.id in given}
        stages += [
            Fill(nodes, data),
            Weigh(weighings, of_level),
            Aggregate(nodes),
            Rescale(nodes),
            Round(nodes),
            AsComponent(nodes),
        ]
    return stages


def _by_dimension(tree: Node) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the nodes, each with the indicators directly below it."""
    return tuple(
        (node.id, tuple(part.id for part in node.components if isinstance(part, Leaf))) for node in tree.nodes()
    )


def _check_units(tree: Node) -> CheckUnits:
    scaling = [
        Needing(one.name, one.minimum_units, (leaf.id,)) for leaf in tree.leaves() if (one := leaf.normalisation)
    ]
    weighing = []
    for node in tree.nodes():
        below = tuple(leaf.id for leaf in node.leaves())
        scaling.append(Needing(node.aggregation.name, node.aggregation.minimum_units, below))
        weighing.append(Needing(node.weighting.name, node.weighting.minimum_units, below))
    return CheckUnits(tuple(scaling), tuple(weighing))


def _imputed(tree: Node) -> tuple[Imputed, ...]:
    return tuple(
        Imputed(part.id, part.imputation, node.id, part.spec.direction == "cost")
        for node in tree.nodes()
        for part in node.components
        if isinstance(part, Leaf) and part.imputation is not None
    )


def _without_gaps(tree: Node) -> list[Leaf]:
    """Return the indicators that may not have gaps, parents first."""
    nodes = [node for node in tree.nodes() if node.missing.policy == "refuse"]
    return [part for node in nodes for part in node.components if isinstance(part, Leaf)]


def _varies(leaf: Leaf) -> bool:
    """Return whether the normalisation of an indicator needs it to vary."""
    return leaf.normalisation.needs_spread and leaf.spec.bounds is None
