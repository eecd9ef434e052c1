"""The statistics and weights of a fitted index that hold for a methodology; all others are computed from the data.

The statistics of an indicator at a stage hold as long as its methods up to this stage are those of the fit, and the
statistics have the same rows: all rows, a period, a group. The statistics of a node hold as long as its aggregation is
that of the fit, and its components are those of the fit and prepared by the same methods. The weights of a node hold as
long as no other weighting is chosen for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indicia.definition import STATISTICS_STAGES, Definition, FittedWeights, Leaf, Node
from indicia.tables.fitted import Fitted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from indicia.definition.frozen import Frozen
    from indicia.definition.parts_section import Indicator

STAGES_WITH_STATISTICS = ("imputation", "treatment", "transform", "normalisation")
"""The stages of an indicator that have statistics, in their order."""
_OF_SCORES = frozenset({"aggregation", "rescaling"})
"""The words for the rows of statistics of scores."""
_BEFORE_IMPUTATION = ("column", "per", "factor")
_BEFORE_TRANSFORM = ("cap", "floor")
_BEFORE_NORMALISATION = ("direction", "target", "interval", "worst", "bounds")
"""The words of an indicator that change the values from which the statistics of a stage are computed."""
_OF_NODES = ("aggregation", "missing", "rescaling", "as_component", "direction", "opposes_parent", "sum_of_weights")
"""The attributes of a node that change the values from which its statistics are computed, or the statistics."""


def statistics_that_hold(definition: Definition, tree: Node) -> Fitted | None:
    """Return the statistics and weights of the fitted index of a definition that hold for a tree.

    None for a definition that is not that of a fitted index.
    """
    frozen = definition.frozen
    if frozen is None or frozen.tree is None:
        return None
    fitted = frozen.fitted
    assert isinstance(fitted, Fitted)
    moved = moved_stages(frozen, definition)
    computed, names = computed_parts(frozen.tree, tree, moved), frozenset(leaf.id for leaf in tree.leaves())
    key = frozenset(computed.items()), names
    if key not in frozen.holding:
        frozen.holding[key] = _holding(fitted, frozen.tree, computed, names)
    held: Fitted = frozen.holding[key]
    return held


def moved_stages(frozen: Frozen, definition: Definition) -> set[str]:
    """Return the stages whose statistics have other rows in a definition than in the fit."""
    own, of_fit = definition.methodology.statistics, frozen.scopes
    return {stage for stage in STATISTICS_STAGES if of_fit is not None and own.of(stage) != of_fit.of(stage)}


def computed_parts(fitted_tree: Node, tree: Node, moved: Collection[str]) -> dict[str, frozenset[str]]:
    """Return, by stage, the indicators and nodes whose statistics or weights are computed from the data.

    `moved` has the stages whose statistics have other rows than in the fit.
    """
    leaves = {leaf.id: leaf for leaf in fitted_tree.leaves()}
    computed: dict[str, set[str]] = {}
    changed = set[str]()  # the parts whose scores have another meaning or scale than in the fit
    for leaf in tree.leaves():
        for stage in _changed_stages(leaf, leaves.get(leaf.id), moved):
            computed.setdefault(stage, set()).add(leaf.id)
            changed.add(leaf.id)
        if leaf.id not in leaves or leaf.decimals != leaves[leaf.id].decimals:
            changed.add(leaf.id)
    nodes = {node.id: node for node in fitted_tree.nodes()}
    for node in reversed(list(tree.nodes())):  # parts before their nodes
        parts = {part.id for part in node.components}
        if parts & changed or _is_other_node(node, nodes.get(node.id)) or not _OF_SCORES.isdisjoint(moved):
            changed.add(node.id)
            for stage in ("aggregation", "rescaling", "as_component"):
                computed.setdefault(stage, set()).add(node.id)
        if not isinstance(node.weighting, FittedWeights):
            computed.setdefault("weighting", set()).add(node.id)
    if changed:
        computed["missing"] = changed
    return {stage: frozenset(names) for stage, names in computed.items()}


def _changed_stages(leaf: Leaf, fitted: Leaf | None, moved: Collection[str]) -> Iterator[str]:
    """Yield the stages at which the statistics of an indicator do not hold: the first change, and all stages after."""
    changed = fitted is None
    words: Mapping[str, tuple[str, ...]] = {
        "imputation": _BEFORE_IMPUTATION,
        "transform": _BEFORE_TRANSFORM,
        "normalisation": _BEFORE_NORMALISATION,
    }
    for stage in STAGES_WITH_STATISTICS:
        changed = changed or fitted is None or getattr(leaf, stage) != getattr(fitted, stage)
        changed = changed or ("treatment" if stage == "transform" else stage) in moved
        changed = changed or (fitted is not None and _differ(leaf.spec, fitted.spec, words.get(stage, ())))
        if stage == "normalisation":
            changed = changed or (fitted is not None and leaf.oriented != fitted.oriented)
        if changed:
            yield stage


def _differ(spec: Indicator, fitted: Indicator, words: tuple[str, ...]) -> bool:
    return any(getattr(spec, word) != getattr(fitted, word) for word in words)


def _is_other_node(node: Node, fitted: Node | None) -> bool:
    """Return whether a node has other methods than in the fit, or components that it did not have then."""
    if fitted is None or any(getattr(node, word) != getattr(fitted, word) for word in _OF_NODES):
        return True
    return not {part.id for part in node.components} <= {part.id for part in fitted.components}


def _holding(fitted: Fitted, tree: Node, computed: Mapping[str, frozenset[str]], names: frozenset[str]) -> Fitted:
    """Return the statistics of a fit without those that are computed from the data."""
    dropped = {*fitted.left_out, *fitted.constant}
    rest = [node for node in tree.without(dropped).nodes() if node.components]
    at = {stage: computed.get(stage, frozenset()) for stage in ("normalisation", "weighting")}
    return replace(
        fitted,
        statistics={
            stage: {
                question: value
                for question, value in values.items()
                if question.subject[0] not in computed.get(stage, ())
            }
            for stage, values in fitted.statistics.items()
        },
        node_weights={name: of for name, of in fitted.node_weights.items() if name not in at["weighting"]},
        ranges={
            name: ends for name, ends in fitted.ranges.items() if name in names and name not in at["normalisation"]
        },
        constant=tuple(name for name in fitted.constant if name in names),
        neutral=tuple(name for name in fitted.neutral if name in names and name not in at["normalisation"]),
        components={node.id: tuple(part.id for part in node.components) for node in rest},
        computed=dict(computed),
    )
