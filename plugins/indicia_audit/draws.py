"""The uncertainty analysis of an audit: the design of its draws, and the draws as checks see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.catalogue import Choice
from indicia.definition import STAGES
from indicia.errors import DataError, DefinitionError, MethodError, join_names, pluralise
from indicia_audit.checks import DrawFacts
from indicia_robustness import choice_of_index
from indicia_robustness.design import LEFT_OUT
from indicia_robustness.draws import draw_feasible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition import Robustness
    from indicia.progress import Progress
    from indicia.scorable import Scorable
    from indicia_audit.checks import RunFacts, Subject
    from indicia_audit.settings import AuditSettings
    from indicia_robustness import Robust

_VARIED = (*STAGES, "weights", "leave_out", "data", "design")
"""The words of `[robustness]` that vary a choice."""
_RUNS = 512
"""The number of rows of the design for Sobol' indices, if the index file states none."""
_FIXED_BY_EXPRESSION = {
    "normalisation": "and its numbers suit the scale of the index",
    "aggregation": "and no mean has its meaning",
}
"""The default choices that do not vary if an expression of the index file defines a score, with the reasons."""
_LEAST_INDICATORS = 10
"""The fewest indicators of which a default draw leaves one out."""
_LEAST_UNITS = 3
"""The least number of ranked units: two units have one pair."""


@dataclass(frozen=True)
class AuditDraws:
    """The draws of an audit, or the reason why there are none."""

    robust: Robust | None
    facts: DrawFacts | None
    reason: str = ""
    """The reason why nothing is drawn."""


def draw(
    index: Scorable, subject: Subject, frame: pl.DataFrame, settings: AuditSettings, progress: Progress
) -> AuditDraws:
    """Draw the choices of `[robustness]` of the index file, or if it varies none, those of the profile.

    `subject` has the facts about the data and the run. There are no draws if the index has fewer than three ranked
    units or fewer than two indicators, or if no choice can be varied. A full audit adds the runs for Sobol' indices.

    Raises
    ------
    MethodError
        If the index file or the profile names an unknown method.
    DataError, DefinitionError
        If the index file states choices that cannot be drawn.
    """
    if reason := _obstacle(subject):
        return AuditDraws(None, None, reason)
    stated = varies(index.definition.robustness)
    try:
        robust = draw_feasible(
            index,
            frame,
            _design(index, subject, settings, stated=stated),
            is_default=not stated,
            period=settings.period,
            progress=progress,
        )
    except (DataError, DefinitionError) as error:
        # a mistake in the index file or the profile is no reason to audit without draws
        if stated or isinstance(error, MethodError):
            raise
        return AuditDraws(None, None, error.reason)
    if not robust.draws:
        return AuditDraws(None, None, "no draw can be scored: " + "; ".join({each.reason for each in robust.failures}))
    facts = draw_facts_of(robust, stated=stated)
    nodes = [] if stated else defined_by_expression(index)
    reasons = [
        f"{stage}: an expression defines {join_names(nodes)}, {reason}"
        for stage, reason in _FIXED_BY_EXPRESSION.items()
        if nodes and stage in settings.profile.robustness
    ]
    if not stated and "indicators" in settings.profile.robustness.get("leave_out", ()) and _has_few_indicators(index):
        reasons.append(
            f"indicators: without one of {len(index.tree.indicators)} it is another index; default draws leave out one "
            "of ten or more"
        )
    return AuditDraws(robust, replace(facts, left_out=(*facts.left_out, *reasons)))


def _design(index: Scorable, subject: Subject, settings: AuditSettings, *, stated: bool) -> dict[str, Any]:
    """Return the choices that vary, with the numbers of draws and of runs for Sobol' indices."""
    robustness = index.definition.robustness
    if stated:
        design = robustness.model_dump(exclude_unset=True, exclude={"draws", "seed", "sensitivity"})
    else:
        design = default_design(index, settings.profile.robustness)
        if not subject.has("imputation"):
            design.pop("imputation", None)
    design |= {"draws": settings.draws, "seed": settings.seed}
    return design | ({"sensitivity": robustness.sensitivity or _RUNS} if settings.is_full else {})


def varies(robustness: Robustness) -> bool:
    """Return whether `[robustness]` of an index file varies a choice."""
    return any(getattr(robustness, word) for word in _VARIED)


def default_design(index: Scorable, default: Mapping[str, Any]) -> dict[str, Any]:
    """Return the default choices, with those of the index first.

    None stands for the methods of the index file, if levels or parts of the index have different ones. A default method
    that the index has with other parameters keeps those that the default does not state, such as clipping.
    Normalisations and aggregations do not vary if an expression defines a score: its numbers suit one scale, and no
    other aggregation has its meaning. An index of fewer than ten indicators keeps all of them.
    """
    fixed = _FIXED_BY_EXPRESSION if defined_by_expression(index) else ()
    design = {word: choices for word, choices in default.items() if word not in fixed}
    for stage in STAGES:
        if stage in design:
            choice = choice_of_index(index.definition, index.tree, stage)
            others = design[stage] if isinstance(design[stage], (list, tuple)) else [design[stage]]
            others = [_with_parameters_of(index, stage, other, choice) for other in others]
            design[stage] = [choice, *(other for other in others if other != choice)]
    left_out, few = design.pop("leave_out", ()), _has_few_indicators(index)
    if kept := [word for word in LEFT_OUT if word in left_out and not (few and word == "indicators")]:
        design["leave_out"] = kept
    return design


def _has_few_indicators(index: Scorable) -> bool:
    """Return whether default draws leave out no indicator."""
    return len(index.tree.indicators) < _LEAST_INDICATORS


def defined_by_expression(index: Scorable) -> list[str]:
    """Return the nodes of the index whose aggregation is an expression of the index file."""
    return sorted(node.id for node in index.tree.counting_nodes() if hasattr(node.aggregation, "expression"))


def _with_parameters_of(index: Scorable, stage: str, default: object, choice: object) -> object:
    """Return a default method with the further parameters that the same method has in the index."""
    if choice is None or "none" in (default, choice):
        return default
    other, own = Choice.read(default), Choice.read(choice)
    if other.method != own.method:
        return default
    parameters = {"method": own.method, **own.parameters, **other.parameters}
    return str(index.catalogue.choose(stage, parameters, index.origin.folder))


def draw_facts_of(robust: Robust, *, stated: bool = True) -> DrawFacts:
    """Return the facts of the draws of an uncertainty analysis.

    `stated` is True if the index file states the choices: one that changes no score is then a fault. A default choice
    that changes no score is left out.
    """
    failed = robust.failed[robust.free_draws]
    ranks = robust.compact_ranks[robust.free_draws]
    feasible, weights = robust.feasible, robust.varied.weights
    left_out = list(feasible.left_out) if feasible else []
    hidden = frozenset() if stated else frozenset(robust.idle)
    single_choices = feasible.ranks if feasible else {}
    if not stated:
        left_out += [f"{name}: it changes no score" for name in robust.idle]
    left_out += [
        f"{failure.choices}: {failure.reason} ({pluralise(failure.draws, 'draw')})" for failure in robust.failures
    ]
    persons = 0 if robust.weights_table is None else len(robust.weights_table)
    return DrawFacts(
        units=robust.names,
        nominal=robust.nominal_ranks,
        ranks=ranks[~failed] if failed.any() else ranks,
        table=robust.units,
        factors={factor.name: len(factor.alternatives) for factor in robust.factors if factor.name not in hidden},
        failed=int(failed.sum()),
        idle=robust.idle if stated else (),
        left_out=tuple(left_out),
        single_choices={choice: ranks for choice, ranks in single_choices.items() if choice[0] not in hidden},
        weights=weights.model_dump(exclude_defaults=True) if weights else {},
        persons=persons,
        sensitivity=robust.sensitivity if robust.sensitivity_runs else pl.DataFrame(),
    )


def _obstacle(subject: Subject) -> str:
    """Return the reason why an index cannot be drawn; empty if it can."""
    run: RunFacts | None = subject.run
    assert run is not None
    ranked = int(np.isfinite(run.ranks["index"].to_numpy()).sum())
    if ranked < _LEAST_UNITS:
        return f"the ranks of {pluralise(ranked, 'unit')} say nothing about uncertainty"
    if len(subject.indicators) < 2:
        return "an index of one indicator has no choices that change its ranks"
    return ""
