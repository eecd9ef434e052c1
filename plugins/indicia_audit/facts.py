"""The facts of a run, for checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.definition import ROOT, Scope
from indicia.definition.robustness_section import DataErrors
from indicia.errors import IndiciaError
from indicia.formulas import Weight
from indicia.run import score
from indicia.stages.rank import lowest_ranks_first, ranked_scores
from indicia.stages.weigh import looks_at_values
from indicia.tables.periods import rows_of_period
from indicia_audit.checks import PanelFacts, RunFacts
from indicia_robustness.baseline import Baseline
from indicia_robustness.measurement import deviations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.definition import Definition, Node, StatisticsStage
    from indicia.formulas.node import Node as FormulaNode
    from indicia.methods import Array
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


def panel_facts_of(result: Result, tree: Node, frame: pl.DataFrame, period: str | None) -> PanelFacts | None:
    """Return the scores of a period and of the period before; None without a period before."""
    scored, column = result.scored, result.definition.data.period
    if column is None or period is None:
        return None
    periods = scored.units[column].unique().sort().to_list()
    names = [rows_of_period(scored.source, value)[0] for value in periods]
    place = names.index(period)
    if not place:
        return None
    now, before = _scores(scored, periods[place]), _scores(scored, periods[place - 1])
    units = sorted(now.keys() | before.keys())
    moving, weights_move = _moving(scored), _weights_move(scored)
    restated, fault = before, None
    if moving or weights_move:
        try:
            restated = _scores(score(_with_reference(result.definition, period), tree, frame), periods[place - 1])
        except IndiciaError as error:
            fault = error.reason
    return PanelFacts(
        period=period,
        previous=str(names[place - 1]),
        units=units,
        now=_array(now, units),
        before=_array(before, units),
        restated=_array(restated, units),
        moving=tuple(moving),
        weights_move=weights_move,
        fault=fault,
    )


def _scores(scored: Scored, period: object) -> dict[str, float]:
    """Return the score of each ranked unit of a period, with the sign that makes larger scores better."""
    _, rows = rows_of_period(scored.source, period)
    sign = -1.0 if lowest_ranks_first(scored.definition, scored.tree) else 1.0
    column = ranked_scores(scored.definition, scored.source.columns)[ROOT].cast(pl.Float64)
    ranked = rows & scored.rank.is_not_null() & column.is_not_null()
    names = scored.units[scored.source.unit].cast(pl.String).filter(ranked)
    return dict(zip(names.to_list(), (sign * column.filter(ranked)).to_list(), strict=True))


def _array(scores: dict[str, float], units: list[str]) -> Array:
    return np.array([scores.get(unit, np.nan) for unit in units])


def _moving(scored: Scored) -> list[str]:
    """Return the indicators whose normalisation takes statistics or ranks within each period."""
    if scored.source.period not in scored.scopes.normalisation.key:
        return []
    leaves = [leaf for leaf in scored.tree.leaves() if not leaf.spec.bounds]
    return sorted(leaf.id for leaf in leaves if leaf.normalisation.needs_spread or leaf.normalisation.ordinal)


def _weights_move(scored: Scored) -> bool:
    """Return True if a weighting is computed from the values of each period."""
    is_by_period = scored.source.period in scored.source.weights_scope.key
    return is_by_period and any(looks_at_values(node.weighing) for node in scored.tree.nodes())


def _with_reference(definition: Definition, period: str) -> Definition:
    """Return a definition that compares all periods with the statistics and weights of one period."""
    methodology, words = definition.methodology, {"period", definition.data.period}

    def fixed(scope: Scope) -> Scope:
        if scope.reference is not None or words.isdisjoint(scope.within):
            return scope
        return Scope(within=tuple(word for word in scope.within if word not in words), reference=period)

    stages: tuple[StatisticsStage, ...] = ("normalisation", "aggregation", "rescaling")
    statistics = methodology.statistics.model_copy(
        update={stage: fixed(methodology.statistics.of(stage)) for stage in stages}
    )
    changed = methodology.model_copy(update={"statistics": statistics, "weights": fixed(methodology.weights)})
    return definition.model_copy(update={"methodology": changed})
