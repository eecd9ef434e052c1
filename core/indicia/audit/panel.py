"""The scores of the last two periods of a panel, for checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.checks import PanelFacts
from indicia.definition import ROOT, Scope
from indicia.errors import IndiciaError
from indicia.run import score
from indicia.stages.rank import lowest_ranks_first, ranked_scores
from indicia.stages.weigh import looks_at_values
from indicia.tables.periods import rows_of_period

if TYPE_CHECKING:
    from indicia.definition import Definition, Node, StatisticsStage
    from indicia.methods import Array
    from indicia.result import Result
    from indicia.run import Scored


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
