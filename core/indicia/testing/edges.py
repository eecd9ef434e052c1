"""What comes out at the edges: constants, extreme values, zeros, gaps, few units."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from indicia.defaults import POSITIVE_NORMALISATION
from indicia.methods import Aggregation, Property
from indicia.testing.check import SCORED, check
from indicia.testing.subject import CLOSE, EXACT, alike, shown
from indicia.testing.tables import EXTREMES, INDICATORS, costs_of, fixed, words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.testing.subject import Columns, Subject


@check(*SCORED)
def check_constant(subject: Subject) -> None:
    """An indicator that does not vary is an error, left out or neutral, as the methodology says."""
    varying = {"x0": [1.0, 2.0, 4.0, 7.0, 3.0], "x1": [3.0, 1.0, 2.0, 6.0, 5.0], "x2": [2.0, 5.0, 3.0, 1.0, 8.0]}
    for name, value in (("x0", 5.0), ("x1", 5.0), ("x0", 0.0), ("x1", -3.0)):
        columns = {**varying, name: [value] * 5}
        for policy in ("refuse", "drop", "neutral"):
            _check_constant(subject, columns, name, {"constant": policy})
        if subject.kind != "normalisation":
            _check_constant(subject, columns, name, {"normalisation": "none"})


def _check_constant(subject: Subject, columns: dict[str, list[float]], name: str, methodology: dict[str, Any]) -> None:
    costs = costs_of(columns)
    example = shown(columns, costs, methodology)
    outcome = subject.score(columns, costs, words=words_for(subject, columns, costs), **methodology)
    if not subject.finite(outcome, example, "an indicator that does not vary is an error or has finite figures"):
        return
    z = outcome.normalised.get(name, [0.0])
    if not alike(z, z[:1] * len(z), EXACT):
        subject.fail("an indicator that does not vary tells no units apart", f"{z} of {example}")
    weight = outcome.weights.get(name, 0.0)
    if subject.declares(Property.ZERO_FOR_CONSTANT) and abs(weight) > EXACT:
        subject.fail("an indicator that does not vary has no weight", f"{name} weighs {weight} of {example}")


_ORDINARY = [[2.0, 5.0, 3.0, 1.0], [1.0, 2.0, 4.0, 3.0], [5.0, 1.0, 2.0, 8.0]]


@check(*SCORED)
def check_extremes(subject: Subject) -> None:
    """Values of 1e-300 and 1e300, alone and among ordinary ones, give finite figures or an error."""
    for x in EXTREMES:
        alone = {f"x{j}": [x[(row + j) % 4] for row in range(4)] for j in range(INDICATORS)}
        among = {f"x{j}": x if j == 1 else ordinary for j, ordinary in enumerate(_ORDINARY)}
        runs = [(among, costs_of(among))] + ([(alone, [])] if subject.kind != "aggregation" else [])
        for columns, costs in runs:
            words = words_for(subject, columns, costs)
            subject.finite(subject.score(columns, costs, words=words), shown(columns, costs))
        if subject.kind != "normalisation":
            for columns in (alone, among):
                outcome = subject.score(columns, normalisation="none")
                subject.finite(outcome, shown(columns, (), {"normalisation": "none"}))


_AT_ZERO = {"x0": [2.0, 0.0, 4.0, 7.0], "x1": [1.0, 0.0, 0.0, 3.0], "x2": [1.0, 0.0, 5.0, 6.0]}
_BELOW_ZERO = {"x0": [2.0, -3.0, 4.0, 7.0], "x1": [-1.0, -7.0, 2.0, 3.0], "x2": [-5.0, -8.0, -3.0, -2.0]}


@check(*SCORED)
def check_zeros_and_negatives(subject: Subject) -> None:
    """Zeros and negative values are taken where that is declared, and else taken or refused.

    What is refused is refused by name: the method, and the indicator or the node.
    """
    for columns, declared in ((_AT_ZERO, Property.DEFINED_AT_ZERO), (_BELOW_ZERO, Property.DEFINED_BELOW_ZERO)):
        runs: list[tuple[Sequence[str], dict[str, Any]]] = [((), {}), (list(columns), {})]
        if subject.kind == "weighting":
            runs = [((), {"normalisation": "none"})]
        elif subject.kind == "aggregation":
            runs = [(fixed(subject, columns)["costs"], {"normalisation": "none"})]
        for costs, methodology in runs:
            example = shown(columns, costs, methodology)
            outcome = subject.score(columns, costs, words=words_for(subject, columns, costs), **methodology)
            if not subject.finite(outcome, example) and subject.declares(declared):
                subject.fail(f"is {declared.value}", f"{outcome.error}; {example}")
            subject.named(outcome.error, columns, example)


_GAPS: Columns = {
    "x0": [4.0, 2.0, 7.0, None, 5.0, 3.0, 6.0, None],
    "x1": [5.0, None, 2.0, 8.0, 4.0, 7.0, 1.0, None],
    "x2": [2.0, 5.0, 8.0, 1.5, 7.0, 1.0, 9.0, 4.0],
}


@check(*SCORED)
def check_missing(subject: Subject) -> None:
    """Missing values are refused, skipped or handed on, as the methodology says."""
    costs = costs_of(_GAPS)
    words = words_for(subject, _GAPS, costs)
    if subject.score(_GAPS, costs, words=words).error is None:
        subject.fail("missing values are refused where nothing is said", shown(_GAPS, costs))
    _check_gaps(subject, "propagate", costs, scored=[0, 2, 4, 5, 6])
    _check_gaps(subject, "skip", costs, scored=[0, 1, 2, 3, 4, 5, 6])
    if subject.kind == "normalisation":
        _check_values_beside_gaps(subject)
    else:
        _check_without_values(subject, costs)
    if subject.kind == "aggregation" and not (subject.judged or subject.method.example):
        _check_without_component(subject)
        _check_even_units(subject)
    if isinstance(subject.method, Aggregation) and subject.method.additive:
        _check_weights_beside_gaps(subject)


def _check_gaps(subject: Subject, policy: str, costs: list[str], scored: list[int]) -> None:
    example = shown(_GAPS, costs, {"missing": policy})
    outcome = subject.score(_GAPS, costs, words=words_for(subject, _GAPS, costs), missing=policy)
    if outcome.error is not None:
        subject.fail(f'units can be scored with missing = "{policy}"', f"{outcome.error}; {example}")
    for name, z in outcome.normalised.items():
        if [value is None for value in z] != [value is None for value in _GAPS[name]]:
            subject.fail("what is missing stays missing, and nothing else is", f"{name} becomes {z}; {example}")
    if [row for row, score in enumerate(outcome.scores) if score is not None] != scored:
        subject.fail(f"with {policy} these units are scored: {scored}", f"{outcome.scores}; {example}")
    values = [*outcome.scores, *outcome.weights.values(), *(value for z in outcome.normalised.values() for value in z)]
    if not all(math.isfinite(value) for value in values if value is not None):
        subject.fail("figures are finite", f"{outcome}; {example}")
    if abs(sum(outcome.weights.values()) - 1) > CLOSE or min(outcome.weights.values()) < 0:
        subject.fail("weights are not negative and sum to 1", f"{outcome.weights}; {example}")


def _check_values_beside_gaps(subject: Subject) -> None:
    for name, x in _GAPS.items():
        costs = [name] if name in costs_of(_GAPS) else []
        present = [row for row, value in enumerate(x) if value is not None]
        words = words_for(subject, [name], costs)
        whole = subject.score({name: x}, costs, words=words, missing="skip")
        units = [f"u{row}" for row in present]
        part = subject.score({name: [x[row] for row in present]}, costs, words=words, units=units)
        if (
            whole.error
            or part.error
            or not alike([whole.normalised[name][row] for row in present], part.normalised[name], EXACT)
        ):
            told = whole.error or part.error or f"{whole.normalised} instead of {part.normalised}"
            subject.fail("a missing value does not count among the units", f"{told}; {shown({name: x}, costs)}")


def _check_without_values(subject: Subject, costs: list[str]) -> None:
    """Score the same units beside two that have nothing."""
    before = subject.score(_GAPS, costs, missing="skip")
    more = {name: [*x, None, None] for name, x in _GAPS.items()}
    after = subject.score(more, costs, missing="skip")
    expected = [*before.weights.values(), *before.scores]
    found = [*after.weights.values(), *after.scores[: len(before.scores)]]
    if after.error is not None or not alike(found, expected, CLOSE):
        told = after.error or f"{found} instead of {expected}"
        subject.fail("a unit without any value counts for nothing", f"{told}; {shown(more, costs)}")


def _check_without_component(subject: Subject) -> None:
    """Score units that all lack a component, beside two that have nothing else and get no score."""
    have = {"x0": [2.0, 5.0, 3.0, 4.0], "x1": [1.0, 2.0, 4.0, 3.0]}
    more = {**{name: [*x, None, None] for name, x in have.items()}, "x2": [None, None, None, None, 1.0, 2.0]}
    run: dict[str, Any] = {"normalisation": POSITIVE_NORMALISATION, "missing": "skip"}
    for costs in ((), ("x1",)):
        before, after = subject.score(have, costs, **run), subject.score(more, costs, **run)
        if before.error is None and (after.error or after.ranks[:4] != before.ranks):
            told = after.error or f"ranks {after.ranks} instead of {before.ranks} without x2"
            subject.fail("a component that nobody has counts for nothing", f"{told}; {shown(more, costs)}")


_EVEN: Columns = {
    "x0": [3.0, 3.0, 3.0, None, 1.0, 2.0, 4.0],
    "x1": [3.0, 3.0, None, 3.0, 2.0, 4.0, 1.0],
    "x2": [3.0, None, 3.0, 3.0, 4.0, 1.0, 2.0],
}


def _check_even_units(subject: Subject) -> None:
    """Score units that have the same of all that they have, where each is looked at alone.

    Among units that are compared with each other, one may gain or lose by a gap.
    """
    run: dict[str, Any] = {"normalisation": "none", "missing": "skip"}
    outcome = subject.score(_EVEN, **run)
    if outcome.error:
        return
    for row in (0, 4, 6):
        alone = subject.score({name: [x[row]] for name, x in _EVEN.items()}, **run)
        if alone.error or not alike(alone.scores, [outcome.scores[row]], CLOSE):
            return
    if len(set(outcome.ranks[:4])) > 1:
        told = f"four units that have 3 of all that they have rank {outcome.ranks[:4]}, score {outcome.scores}"
        subject.fail("weights are scaled to what a unit has", f"{told}; {shown(_EVEN)}")


def _check_weights_beside_gaps(subject: Subject) -> None:
    weights = {"x0": 1.0, "x1": 2.0, "x2": 5.0}
    words = {name: {"weight": weight} for name, weight in weights.items()}
    outcome = subject.score(_GAPS, words=words, normalisation="none", missing="skip")
    for row, score in enumerate(outcome.scores[:-1]):
        present = {name: x[row] for name, x in _GAPS.items() if x[row] is not None}
        share = sum(weights[name] for name in present)
        expected = sum(weights[name] * (value or 0.0) for name, value in present.items()) / share
        if not alike([score], [expected], EXACT):
            told = f"u{row} scores {score} instead of {expected}"
            subject.fail("weights are scaled to what a unit has", f"{told}; {shown(_GAPS)}; weights {weights}")


@check("aggregation")
def check_one_component(subject: Subject) -> None:
    """A node with a single component is scored, or the method says what it lacks; the best benefit is not the worst."""
    if subject.judged or subject.method.example:
        return
    columns = {"x0": [2.0, 1.0, 5.0, 3.0]}
    for costs in ((), ("x0",)):
        outcome, example = subject.score(columns, costs), shown(columns, costs)
        if outcome.error is not None:  # a method may refuse a unit that is worst at everything, and scores 0
            outcome = subject.score(columns, costs, normalisation=POSITIVE_NORMALISATION)
        if outcome.error is not None and "no finite score" in outcome.error:
            subject.fail("a node with a single component is scored", f"{outcome.error}; {example}")
        if outcome.error is None and not costs and outcome.ranks[2] > outcome.ranks[1]:
            subject.fail("the best unit is no worse than the worst", f"ranks {outcome.ranks} of {example}")


_SMALL = {
    "one unit": {"x0": [2.0], "x1": [3.0], "x2": [5.0]},
    "two units": {"x0": [2.0, 1.0], "x1": [3.0, 1.0], "x2": [5.0, 7.0]},
    "two equal units": {"x0": [2.0, 2.0], "x1": [3.0, 3.0], "x2": [5.0, 5.0]},
    "all units equal": {"x0": [2.0] * 4, "x1": [3.0] * 4, "x2": [5.0] * 4},
    "all zero": {"x0": [0.0] * 4, "x1": [0.0] * 4, "x2": [0.0] * 4},
}


@check(*SCORED)
def check_few_units(subject: Subject) -> None:
    """One unit, two, or units that are all alike get finite figures or an error, and the same rank if alike."""
    for title, columns in _SMALL.items():
        costs = costs_of(columns)
        runs: list[dict[str, Any]] = [{}, {"constant": "neutral"}]
        runs += [] if subject.kind == "normalisation" else [{"normalisation": "none"}]
        for methodology in runs:
            turned = () if methodology.get("normalisation") else costs
            outcome = subject.score(columns, turned, words=words_for(subject, columns, turned), **methodology)
            example = shown(columns, turned, methodology)
            if subject.finite(outcome, example) and "equal" in title and len(set(outcome.ranks)) > 1:
                subject.fail("units that are alike have the same rank", f"{outcome.ranks} of {example}")
