"""Refuse methods that need all rows at once, before a run over partitions reads anything."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.catalogue.over_partitions import verdict, verdict_on_formula
from indicia.catalogue.partitions_reference import methods_over_partitions
from indicia.errors import IndiciaError, join_names
from indicia.formulas import record
from indicia.methods import MatrixAggregation
from indicia.partitions.partition import NeedsAllRows
from indicia.stages.frozen import statistics_that_hold
from indicia.stages.plugin_boundary import attribute_errors_to
from indicia.stages.score_formula import score_formula

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.catalogue.over_partitions import Verdict
    from indicia.definition import Node
    from indicia.methods import Method
    from indicia.scorable import Scorable
    from indicia.tables.fitted import Fitted


@dataclass(frozen=True)
class Refusal:
    """A method that needs all rows, the part of the index that uses it, and the reason."""

    kind: str
    method: str
    part: str
    """The indicator or node."""
    needs: str


def check_can_run_in_partitions(index: Scorable) -> None:
    """Refuse an index with methods that need all rows at once.

    Parameters
    ----------
    index : Index or FittedIndex

    Raises
    ------
    NeedsAllRows
        If there are such methods; the error names each with its indicators or nodes, and the methods of its kind that
        run over partitions.
    """
    refusals = list(refusals_of(index.tree, statistics_that_hold(index.definition, index.tree)))
    if not refusals:
        return
    parts: dict[tuple[str, str], list[str]] = {}
    for refusal in refusals:
        parts.setdefault((refusal.method, refusal.needs), []).append(refusal.part)
    methods = [f"{method} of {join_names(names)}" for (method, _), names in parts.items()]
    kinds = dict.fromkeys(refusal.kind for refusal in refusals if refusal.kind != _RULE)
    instead = [f"{kind} = {join_names(methods_over_partitions(index.catalogue, kind), 8)}" for kind in kinds]
    if any(refusal.kind == _RULE for refusal in refusals):
        instead.append("missing = skip, propagate, value or group_mean")
    raise NeedsAllRows(
        f"{'; '.join(methods)}: {'this needs' if len(refusals) == 1 else 'these need'} all rows at once, and the table "
        "is read in partitions",
        where="\n".join(f"{method}: {needs}" for method, needs in parts),
        remedy=f"run the index in memory (--engine memory), or choose {'; '.join(instead)}",
    )


def refusals_of(tree: Node, fitted: Fitted | None = None) -> Iterator[Refusal]:
    """Yield the methods of a tree that need all rows.

    `fitted` has the statistics and weights of a fitted index that hold for the tree: they need no rows.
    """
    nodes = {node.id: node for node in tree.nodes()}
    for kind, stage, part, method in _methods_of(tree):
        of_fit = fitted is not None and part not in fitted.computed_at(stage)
        own = _verdict_on(method, part, nodes.get(part) if kind == "aggregation" else None, of_fit=of_fit)
        if own is not None and not own.runs and not (of_fit and kind == "weighting"):
            yield Refusal(kind, method.name, part, own.needs)
    for node in tree.nodes():
        if node.missing.policy == "parent":
            yield Refusal(_RULE, f"parent(within={node.missing.within})", node.id, _PARENT)


def _verdict_on(method: Method, part: str, node: Node | None, *, of_fit: bool) -> Verdict | None:
    """Return the verdict on a method of a part; an aggregation gets the components of its node.

    A formula that raises an error is not refused here: the run states the error.
    """
    with suppress(IndiciaError), attribute_errors_to(method, part):
        if node is None or isinstance(method, MatrixAggregation):
            return verdict(method, of_fit=of_fit)
        return verdict_on_formula(record(score_formula(node, incomplete=True)), of_fit=of_fit)
    return None


_RULE = "missing"
_PARENT = "it looks up the value of the parent of a unit, whose row may stand in another partition"


def _methods_of(tree: Node) -> Iterator[tuple[str, str, str, Method]]:
    """Yield the methods of a tree: the kind, the stage of its statistics, the indicator or node, and the method."""
    for leaf in tree.leaves():
        for kind, stage, method in (
            ("imputation", "imputation", leaf.imputation),
            ("treatment", "treatment", leaf.treatment),
            ("treatment", "transform", leaf.transform),
            ("normalisation", "normalisation", leaf.normalisation),
        ):
            if method is not None:
                yield kind, stage, leaf.id, method
    for node in tree.nodes():
        if len(node.components) > 1:
            yield "weighting", "weighting", node.id, node.weighting
        yield "aggregation", "aggregation", node.id, node.aggregation
        for stage, rescaling in (("rescaling", node.rescaling), ("as_component", node.as_component)):
            if rescaling is not None:
                yield "normalisation", stage, node.id, rescaling
