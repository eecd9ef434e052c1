"""The facts of a run, for checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.audit.panel import panel_facts_of
from indicia.checks import RunFacts
from indicia.definition.robustness_section import DataErrors
from indicia.formulas import Weight
from indicia.robustness.baseline import Baseline
from indicia.robustness.measurement import deviations
from indicia.tables.periods import rows_of_period

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.definition import Node
    from indicia.formulas.node import Node as FormulaNode
    from indicia.result import Result
    from indicia.run import Scored
    from indicia.scorable import Scorable
    from indicia.types import Period


def run_facts_of(result: Result, period: Period | None = None) -> RunFacts:
    """Return the facts of a run for one period of a panel, by default the last."""
    scored = result.scored
    name, mask = rows_of_period(scored.source, period)
    rows = mask.arg_true()
    nodes = list(scored.tree.nodes())
    components = _oriented(scored)[rows]
    effective = scored.effective_weights
    return RunFacts(
        units=scored.units[scored.source.unit].cast(pl.String)[rows].alias("unit"),
        rows=rows.cast(pl.Int64).to_numpy(),
        components={node.id: components.select(part.id for part in node.components) for node in nodes},
        scores=scored.nodes[rows],
        ranks=result.ranks.select(node.id for node in nodes)[rows].cast(pl.Float64),
        weights={node.id: _weights(scored, node) for node in nodes} if effective else {},
        effective_weights=effective,
        methods=_methods(scored.tree),
        costs=frozenset(node.id for node in nodes if node.low_is_best),
        distances=frozenset(node.id for node in nodes if node.is_distance),
        ordinal=frozenset(leaf.id for leaf in scored.tree.leaves() if leaf.normalisation.ordinal),
        additive=frozenset(node.id for node in nodes if node.aggregation.additive),
        unweighted=frozenset(_unweighted(scored)),
        period=name,
        measurement=_measurement(result, nodes),
    )


def facts_beside_scores(index: Scorable, result: Result, frame: pl.DataFrame, run: RunFacts) -> dict[str, Any]:
    """Return the facts beside a run: variables outside, neighbours, standard errors, and the period before."""
    outside = result.outside_data
    return {
        "outside": outside.frame.select(outside.variables)[run.rows] if outside.variables else pl.DataFrame(),
        "neighbours": neighbour_facts(result),
        "standard_errors": _standard_errors(index, result, frame, run),
        "panel": panel_facts_of(result, index.tree, frame, run.period),
    }


def _standard_errors(index: Scorable, result: Result, frame: pl.DataFrame, run: RunFacts) -> pl.DataFrame:
    """Return the standard errors of `[data.attributes]` in the units of measure of the denominated values."""
    names = result.cell_attributes.frames.get("standard_error", pl.DataFrame()).columns
    if not set(names) & set(result.scored.raw.values.columns):
        return pl.DataFrame()
    every_row = np.ones(len(result.scored.units), dtype=bool)
    baseline = Baseline(result.definition, result.scored, every_row)
    errors = deviations(DataErrors(se="attributes"), frame, baseline, index.origin.folder)
    return pl.DataFrame({name: sizes[run.rows] for name, sizes in errors.items()})


def neighbour_facts(result: Result) -> pl.DataFrame:
    """Return the pairs of `[outside.neighbours]`: `unit`, `neighbour` and `weight`; empty without them."""
    pairs = result.neighbour_pairs
    if pairs is None:
        return pl.DataFrame(schema={"unit": pl.String, "neighbour": pl.String, "weight": pl.Float64})
    names = pl.Series(pairs.units).cast(pl.String)
    return pl.DataFrame({"unit": names[pairs.first], "neighbour": names[pairs.second], "weight": pairs.weights})


def _unweighted(scored: Scored) -> Iterator[str]:
    """Yield the nodes whose formula has no weight; a method without a formula may use weights."""
    for record in scored.records:
        if record.stage == "aggregation":
            yield from (name for name, formula in record.formulas.items() if not _has_weight(formula.root))


def _has_weight(root: FormulaNode) -> bool:
    pending, seen = [root], {root.serial}
    for node in pending:
        if isinstance(node, Weight):
            return True
        others = [arg for arg in node.args if arg.serial not in seen]
        seen.update(arg.serial for arg in others)
        pending += others
    return False


def _measurement(result: Result, nodes: Iterable[Node]) -> dict[str, str]:
    """Return the measurement model of each node that has one."""
    models = {node.id: result.definition.measurement_of(node.id) for node in nodes}
    return {node: model for node, model in models.items() if model}


def _oriented(scored: Scored) -> pl.DataFrame:
    """Return the components with the opposite sign of indicators whose direction the aggregation handles."""
    costs = [leaf.id for leaf in scored.tree.leaves() if not leaf.oriented and leaf.spec.direction == "cost"]
    return scored.components.with_columns(-pl.col(name) for name in costs)


def _weights(scored: Scored, node: Node) -> dict[str, float]:
    """Return the weight of each component of a node."""
    weights = scored.node_weights[node.id].values.tolist()
    return {part.id: weight for part, weight in zip(node.components, weights, strict=True)}


def _methods(tree: Node) -> dict[str, dict[str, str]]:
    """Return the methods of each node and indicator, by stage."""
    nodes = {node.id: {"weighting": str(node.weighting), "aggregation": str(node.aggregation)} for node in tree.nodes()}
    return nodes | {leaf.id: {"normalisation": str(leaf.normalisation)} for leaf in tree.leaves()}
