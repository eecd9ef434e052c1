"""Notes on the statistics and weights that a run of a fitted index computes from the data that it scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.definition import OPTIONAL, FittedWeights, Leaf
from indicia.methods import MatrixAggregation
from indicia.notes import Names, Note
from indicia.stages.aggregate import statistics_of_weights
from indicia.stages.frozen import STAGES_WITH_STATISTICS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from indicia.definition import Definition, Node
    from indicia.stages.stage import Record
    from indicia.tables.fitted import Fitted


def computed_notes(
    definition: Definition, tree: Node, fitted: Fitted | None, records: Iterable[Record] | None = None
) -> Iterator[Note]:
    """Yield a note for each method whose statistics or weights are computed, with the method of the fit.

    A further note names the nodes that lack components of the fit, so that the weights of the others are scaled.
    `records` are those of a run; without them, the methods are those of runs to come.
    """
    frozen = definition.frozen
    if fitted is None or frozen is None or frozen.tree is None:
        return
    subjects = None if records is None else {question.subject[0] for each in records for question in each.statistics}
    groups: dict[tuple[str, str | None], list[str]] = {}
    for part, former, stage in _changed_parts(tree, frozen.tree, fitted):
        if _uses_data(part, subjects):
            groups.setdefault(_methods(part, former, stage), []).append(part.id)
    for (method, of_fit), names in groups.items():
        if of_fit is None:
            yield Note("computed_from_data", method=method, parts=Names.of(names))
        else:
            yield Note("computed_by_other_method", method=method, former=of_fit, parts=Names.of(names))
    weightings: dict[str, list[str]] = {}
    for node in tree.nodes():
        if node.id in fitted.computed_at("weighting") and len(node.components) > 1:
            weightings.setdefault(node.weighting.brief, []).append(node.id)
    for method, names in weightings.items():
        yield Note("weights_from_data", method=method, parts=Names.of(names))
    if scaled := [node.id for node in tree.nodes() if _has_scaled_weights(node, fitted)]:
        yield Note("fitted_weights_scaled", parts=Names.of(scaled))


def notes_on_omissions(definition: Definition, fitted: Fitted | None) -> Iterator[Note]:
    """Yield notes on the weights and statistics of runs of a fitted index without a part."""
    if definition.frozen is None or fitted is None:
        return
    yield Note("omissions_scale_weights")
    if names := list(dict.fromkeys(question.subject[0] for question in fitted.of("aggregation"))):
        yield Note("omissions_from_data", parts=Names.of(names))


def notes_on_other_weights(definition: Definition, records: Iterable[Record]) -> Iterator[Note]:
    """Yield a note on the nodes of a fitted index whose statistics depend on weights, for runs with other weights."""
    if definition.frozen is None:
        return
    formulas = {
        name: formula for each in records if each.stage == "aggregation" for name, formula in each.formulas.items()
    }
    if names := [name for name, formula in formulas.items() if any(statistics_of_weights([formula]))]:
        yield Note("weighted_statistics_from_data", parts=Names.of(names))


def _changed_parts(
    tree: Node, fitted_tree: Node, fitted: Fitted
) -> Iterator[tuple[Leaf | Node, Leaf | Node | None, str]]:
    """Yield the parts whose statistics are computed: the part, the part of the fit, and the stage of the change."""
    leaves = {leaf.id: leaf for leaf in fitted_tree.leaves()}
    nodes = {node.id: node for node in fitted_tree.nodes()}
    for leaf in tree.leaves():
        stages = (stage for stage in STAGES_WITH_STATISTICS if leaf.id in fitted.computed_at(stage))
        if stage := next(stages, None):
            yield leaf, leaves.get(leaf.id), stage
    for node in tree.nodes():
        if node.id in fitted.computed_at("aggregation"):
            yield node, nodes.get(node.id), "aggregation"


def _uses_data(part: Leaf | Node, subjects: Collection[str] | None) -> bool:
    """Return whether a method looks at other units: it has statistics in the run, or compares units with each other."""
    if isinstance(part, Leaf):
        return subjects is None or part.id in subjects or part.normalisation.whole_column
    method = part.aggregation
    if isinstance(method, MatrixAggregation):
        return not method.row_by_row
    has_statistics = method.power is None and not method.additive
    return has_statistics if subjects is None else part.id in subjects


def _has_scaled_weights(node: Node, fitted: Fitted) -> bool:
    names = [part.id for part in node.components]
    of_fit = isinstance(node.weighting, FittedWeights) and len(names) > 1
    return of_fit and fitted.has_other_components(node.id, names)


def _methods(part: Leaf | Node, former: Leaf | Node | None, stage: str) -> tuple[str, str | None]:
    """Return the method of a part at a stage, and the method of the fit; None if it is the same."""
    own, of_fit = _word(part, stage), None if former is None else _word(former, stage)
    if own == of_fit and isinstance(part, Leaf):  # other words of the indicator, such as bounds
        return _word(part, "normalisation"), None
    return own, None if own == of_fit else of_fit


def _word(part: Leaf | Node, stage: str) -> str:
    method = getattr(part, stage)
    return "none" if method is None and stage in (*OPTIONAL, "transform") else str(method)
