"""Constants, extreme values, zeros, gaps, single components and few units."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from indicia.defaults import POSITIVE_NORMALISATION
from indicia.methods import Aggregation, Property
from indicia_conformance.cells import COMPONENTS, EXTREMES, WIDTH, rows_treated_together, with_gaps
from indicia_conformance.check import ON_TABLES, SCORING, check
from indicia_conformance.sample import Columns, Sample, costs_of
from indicia_conformance.tolerance import CLOSE, EXACT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_conformance.subject import Subject

_VARYING: Columns = {
    "x0": [1.0, 2.0, 4.0, 7.0, 3.0, 6.0, 2.5, 5.0],
    "x1": [3.0, 1.0, 2.0, 6.0, 5.0, 1.5, 4.0, 7.0],
    "x2": [2.0, 5.0, 3.0, 1.0, 8.0, 4.0, 7.0, 6.0],
}
CONSTANTS: tuple[tuple[str, float], ...] = (("x0", 5.0), ("x1", 5.0), ("x0", 0.0), ("x1", -3.0))
"""Indicators with the value that all units have, for methods after the treatment."""

_CONSTANTS_AND_GAPS = tuple(product(("x0", "x1", "x2"), (5.0, 0.0, -3.0, 0.1, 1e300)))


@check(*ON_TABLES)
def check_constant(subject: Subject) -> None:
    """An indicator that does not vary is refused, dropped or neutral, as the methodology says; figures are finite.

    A treatment keeps its values equal.
    """
    for name, value in _CONSTANTS_AND_GAPS if subject.prepares else CONSTANTS:
        columns = with_gaps(subject, {**_VARYING, name: [value] * 8})
        if subject.prepares:
            _check_constant(subject, subject.sample(columns, ()), name)
            continue
        for policy in ("refuse", "drop", "neutral"):
            _check_constant(subject, subject.sample(columns, constant=policy), name)
        if subject.kind != "normalisation":
            _check_constant(subject, subject.sample(columns, normalisation="none"), name)


def _check_constant(subject: Subject, sample: Sample, name: str) -> None:
    outcome = subject.run(sample)
    if not subject.require_sound(outcome, sample, "an indicator that does not vary is an error or has finite figures"):
        return
    # an indicator that the policy drops has no normalised values
    values = outcome.prepared[name] if subject.kind == "treatment" else outcome.normalised.get(name, [])
    groups = rows_treated_together(subject, sample) if subject.kind == "treatment" else [range(len(values))]
    for group in groups:
        rows = [row for row in group if subject.are_comparable(sample, row, group[0])]
        if not subject.equal([values[row] for row in rows], [values[rows[0]] for _ in rows], EXACT):
            subject.fail("an indicator that does not vary has the same value for all units", f"{values} of {sample}")
    weight = outcome.weights.get(name, 0.0)
    if subject.declares(Property.ZERO_FOR_CONSTANT) and abs(weight) > EXACT:
        subject.fail("an indicator that does not vary has no weight", f"{name} has weight {weight}; {sample}")


@check(*ON_TABLES)
def check_extremes(subject: Subject) -> None:
    """Values of 1e-300 and 1e300, alone and among ordinary values, give finite figures or an error."""
    for values in EXTREMES:
        for sample in _with_extremes(subject, values):
            subject.require_sound(subject.run(sample), sample)


def _with_extremes(subject: Subject, values: list[float]) -> Iterator[Sample]:
    x = [*values, *(value / 2 for value in values)]
    ordinary = [2.0, 5.0, 3.0, 1.0, 4.0, 2.5, 7.0, 6.0]
    width = COMPONENTS if subject.kind in ("weighting", "aggregation") else WIDTH
    extreme = {f"x{j}": [x[(row + 3 * j) % 8] for row in range(8)] for j in range(width)}
    mixed = {f"x{j}": x if j == 1 else ordinary[j:] + ordinary[:j] for j in range(width)}
    if subject.prepares:
        for columns in (extreme, mixed, {"x0": values}):
            for costs in ((), costs_of(columns)):
                yield subject.sample(with_gaps(subject, columns), costs)
        return
    yield subject.sample(mixed)
    if subject.kind != "aggregation":
        yield subject.sample(extreme, ())
    if subject.kind != "normalisation":
        for columns in (extreme, mixed):
            yield subject.sample(columns, (), normalisation="none")


_AT_ZERO: Columns = {
    "x0": [2.0, 0.0, 4.0, 7.0, 0.0, 1.0, 3.0, 9.0],
    "x1": [1.0, 0.0, 0.0, 3.0, 4.0, 2.0, 8.0, 1.5],
    "x2": [1.0, 0.0, 5.0, 6.0, 0.0, 2.0, 9.0, 3.0],
}
_BELOW_ZERO: Columns = {
    "x0": [2.0, -3.0, 4.0, 7.0, -1.0, 5.0, 3.0, 6.0],
    "x1": [-1.0, -7.0, 2.0, 3.0, 4.0, 1.5, 8.0, 1.0],
    "x2": [-5.0, -8.0, -3.0, -2.0, -4.0, -9.0, -1.0, -6.0],
}


@check(*ON_TABLES)
def check_zeros_and_negatives(subject: Subject) -> None:
    """A method that declares zeros or negative values accepts them; any other method accepts or refuses them.

    An error names the method, and the indicator or the node.
    """
    for columns, declared in ((_AT_ZERO, Property.DEFINED_AT_ZERO), (_BELOW_ZERO, Property.DEFINED_BELOW_ZERO)):
        if subject.kind == "weighting":
            samples = [subject.sample(columns, (), normalisation="none")]
        elif subject.kind == "aggregation":
            samples = [subject.as_given(columns)]
        else:
            samples = [subject.sample(with_gaps(subject, columns), costs) for costs in ((), tuple(columns))]
        for sample in samples:
            outcome = subject.run(sample)
            if not subject.require_sound(outcome, sample) and subject.declares(declared):
                subject.fail(f"is {declared.value}", f"{outcome.error}; {sample}")
            subject.require_names(outcome.error, sample)


_SMALL: dict[str, Columns] = {
    "one unit": {"x0": [2.0], "x1": [3.0], "x2": [5.0]},
    "two units": {"x0": [2.0, 1.0], "x1": [3.0, 1.0], "x2": [5.0, 7.0]},
    "two equal units": {"x0": [2.0, 2.0], "x1": [3.0, 3.0], "x2": [5.0, 5.0]},
    "all units equal": {"x0": [2.0] * 4, "x1": [3.0] * 4, "x2": [5.0] * 4},
    "all zero": {"x0": [0.0] * 4, "x1": [0.0] * 4, "x2": [0.0] * 4},
}
_SMALL_WITH_GAPS: dict[str, Columns] = {
    "one unit": {"x0": [2.0], "x1": [None], "x2": [5.0]},
    "two units": {"x0": [2.0, 1.0], "x1": [3.0, None], "x2": [5.0, 7.0]},
    "equal values": {"x0": [2.0] * 4, "x1": [3.0, None, 3.0, 3.0], "x2": [5.0] * 4},
    "zeros": {"x0": [0.0] * 4, "x1": [0.0, None, 0.0, 0.0], "x2": [0.0] * 4},
    "an empty indicator": {"x0": [2.0, 1.0, 3.0, 4.0], "x1": [None] * 4, "x2": [5.0, None, 7.0, 1.0]},
    "an empty unit": {"x0": [2.0, None, 3.0, 4.0], "x1": [5.0, None, 3.0, 1.0], "x2": [5.0, None, 7.0, 1.0]},
    "no values": {"x0": [None] * 4, "x1": [None] * 4, "x2": [None] * 4},
}


@check(*ON_TABLES)
def check_few_units(subject: Subject) -> None:
    """One unit, two units, or equal units give finite figures or an error; equal units get the same rank.

    Units have their own random numbers in a random aggregation, which need not give equal ranks.
    Imputations and treatments also give them for indicators and units without any value.
    """
    if subject.prepares:
        for columns in (*_SMALL.values(), *_SMALL_WITH_GAPS.values()):
            sample = subject.sample(columns, ())
            subject.require_sound(subject.run(sample), sample)
        return
    for title, columns in _SMALL.items():
        samples = [subject.sample(columns), subject.sample(columns, constant="neutral")]
        if subject.kind != "normalisation":
            samples.append(subject.sample(columns, (), normalisation="none"))
        for sample in samples:
            outcome = subject.run(sample)
            ranks = set(outcome.ranks) if subject.require_sound(outcome, sample) else set()
            if "equal" in title and len(ranks) > 1 and not subject.draws_scores:
                subject.fail("equal units have the same rank", f"{outcome.ranks} of {sample}")


_GAPS: Columns = {
    "x0": [4.0, 2.0, 7.0, None, 5.0, 3.0, 6.0, None],
    "x1": [5.0, None, 2.0, 8.0, 4.0, 7.0, 1.0, None],
    "x2": [2.0, 5.0, 8.0, 1.5, 7.0, 1.0, 9.0, 4.0],
}


@check(*SCORING)
def check_missing(subject: Subject) -> None:
    """Missing values are refused, skipped or propagated, as the methodology says."""
    sample = subject.sample(_GAPS)
    if subject.run(sample).error is None:
        subject.fail("missing values are refused unless the methodology allows them", str(sample))
    _check_gaps(subject, "propagate", scored=[0, 2, 4, 5, 6])
    _check_gaps(subject, "skip", scored=[0, 1, 2, 3, 4, 5, 6])
    if subject.kind == "normalisation":
        _check_values_beside_gaps(subject)
    else:
        _check_without_values(subject)
    if isinstance(subject.method, Aggregation) and not subject.may_name_components:
        if subject.method.penalises_gaps:
            _check_penalty(subject)
        else:
            _check_without_component(subject)
            _check_even_units(subject)
    if isinstance(subject.method, Aggregation) and subject.method.additive:
        _check_weights_beside_gaps(subject)
    if isinstance(subject.method, Aggregation) and subject.method.weights_of_any_sum:
        _check_unscaled_weights(subject)


def _check_gaps(subject: Subject, policy: str, scored: list[int]) -> None:
    sample = subject.sample(_GAPS, missing=policy)
    outcome = subject.run(sample)
    if outcome.error is not None:
        subject.fail(f'units can be scored with missing = "{policy}"', f"{outcome.error}; {sample}")
    for name, z in outcome.normalised.items():
        if [value is None for value in z] != [value is None for value in _GAPS[name]]:
            subject.fail(
                "missing cells stay missing, and no other cell becomes missing", f"{name} becomes {z}; {sample}"
            )
    if [row for row, score in enumerate(outcome.scores) if score is not None] != scored:
        subject.fail(f"with {policy} these units are scored: {scored}", f"{outcome.scores}; {sample}")
    values = [*outcome.scores, *outcome.weights.values(), *(value for z in outcome.normalised.values() for value in z)]
    if not all(math.isfinite(value) for value in values if value is not None):
        subject.fail("figures are finite", f"{outcome}; {sample}")
    if abs(sum(outcome.weights.values()) - 1) > CLOSE or min(outcome.weights.values()) < 0:
        subject.fail("weights are not negative and sum to 1", f"{outcome.weights}; {sample}")


def _check_values_beside_gaps(subject: Subject) -> None:
    """Compare each indicator with gaps to the same indicator without the units that lack it."""
    for name, x in _GAPS.items():
        present = [row for row, value in enumerate(x) if value is not None]
        sample = subject.sample({name: x}, [name] if name in costs_of(_GAPS) else [], missing="skip")
        outcome = subject.run(sample)
        expected = subject.run(replace(sample.take(present), methodology={}))
        promise = "a unit without a value does not change the other values"
        if not subject.compare(promise, outcome.take(present), expected, sample, EXACT):
            subject.fail(promise, f"{outcome.error}; {sample}")


def _check_without_values(subject: Subject) -> None:
    """Score the same units together with two units without values."""
    expected = subject.run(subject.sample(_GAPS, missing="skip"))
    sample = subject.sample({name: [*x, None, None] for name, x in _GAPS.items()}, missing="skip")
    outcome = subject.run(sample)
    figures = [*outcome.weights.values(), *outcome.scores[: len(expected.scores)]]
    expected_figures = [*expected.weights.values(), *expected.scores]
    if outcome.error is not None or not subject.equal(figures, expected_figures, CLOSE):
        reason = outcome.error or f"{figures} instead of {expected_figures}"
        subject.fail("a unit without any value changes no figure", f"{reason}; {sample}")


def _check_without_component(subject: Subject) -> None:
    """Score units that all lack x2, together with two units that have only x2 and get no score."""
    columns = {"x0": [2.0, 5.0, 3.0, 4.0], "x1": [1.0, 2.0, 4.0, 3.0]}
    table = {**{name: [*x, None, None] for name, x in columns.items()}, "x2": [None, None, None, None, 1.0, 2.0]}
    methodology: dict[str, Any] = {"normalisation": POSITIVE_NORMALISATION, "missing": "skip"}
    for costs in ((), ("x1",)):
        sample = subject.sample(table, costs, **methodology)
        expected, outcome = subject.run(subject.sample(columns, costs, **methodology)), subject.run(sample)
        if expected.error is None and (outcome.error or not subject.same_ranks(outcome.take(range(4)), expected)):
            reason = outcome.error or f"ranks {outcome.ranks} instead of {expected.ranks} without x2"
            subject.fail("a component that no scored unit has changes no rank", f"{reason}; {sample}")


_EVEN: Columns = {
    "x0": [3.0, 3.0, 3.0, None, 1.0, 2.0, 4.0],
    "x1": [3.0, 3.0, None, 3.0, 2.0, 4.0, 1.0],
    "x2": [3.0, None, 3.0, 3.0, 4.0, 1.0, 2.0],
}


def _check_even_units(subject: Subject) -> None:
    """Score units whose present components all have the value 3.

    Skip methods that compare units, since a gap may raise or lower their scores, and random ones.
    """
    if subject.draws_scores:
        return
    sample = subject.sample(_EVEN, (), normalisation="none", missing="skip")
    outcome = subject.run(sample)
    if outcome.error:
        return
    for row in (0, 4, 6):
        single = subject.run(sample.take([row]))
        if single.error or not subject.equal(single.scores, [outcome.scores[row]], CLOSE):
            return
    if len(set(outcome.ranks[:4])) > 1 and not subject.equal(outcome.scores[:4], outcome.scores[:1] * 4):
        reason = f"the present components of four units are 3; ranks {outcome.ranks[:4]}, scores {outcome.scores}"
        remedy = "a method that lowers the score of a unit with gaps declares penalises_gaps"
        subject.fail("weights are rescaled to the components that a unit has", f"{reason}; {sample}\n  fix: {remedy}")


def _check_penalty(subject: Subject) -> None:
    """Compare a complete unit with units that lack a component, where all present values are 3."""
    if subject.draws_scores:
        return
    promise = "a unit with gaps is behind a complete unit with the same values, as penalises_gaps declares"
    sample = subject.sample(_EVEN, (), normalisation="none", missing="skip")
    outcome = subject.run(sample)
    if outcome.error is not None:
        sample = sample.with_methodology(normalisation=POSITIVE_NORMALISATION)
        outcome = subject.run(sample)
    complete, *others = outcome.ranks[:4] or [0]
    if outcome.error is not None or min(others) < complete or max(others) == complete:
        reason = outcome.error or f"ranks {outcome.ranks[:4]}, scores {outcome.scores}"
        subject.fail(promise, f"{reason}; {sample}")


def _check_weights_beside_gaps(subject: Subject) -> None:
    weights = {"x0": 1.0, "x1": 2.0, "x2": 5.0}
    sample = subject.sample(_GAPS, (), normalisation="none", missing="skip").with_weights(weights.values())
    for row, score in enumerate(subject.run(sample).scores[:-1]):
        present = {name: value for name, x in _GAPS.items() if (value := x[row]) is not None}
        share = sum(weights[name] for name in present)
        expected = sum(weights[name] * value for name, value in present.items()) / share
        if not subject.equal([score], [expected], EXACT):
            reason = f"u{row} scores {score} instead of {expected}"
            subject.fail("weights are rescaled to the components that a unit has", f"{reason}; {sample}")


def _check_unscaled_weights(subject: Subject) -> None:
    """Compare weights that sum to 2 with the same weights scaled to sum 1: if the scores are equal, they are scaled."""
    promise = "weights_of_any_sum: weights of another sum give other scores"
    columns = {name: x[4:7] for name, x in _GAPS.items()}
    scaled = subject.sample(columns, ()).with_weights((0.25, 0.5, 1.25))
    unscaled = replace(scaled, methodology={**scaled.methodology, "scale_weights": False})
    outcome, expected = subject.run(unscaled), subject.run(scaled)
    if outcome.error is not None or subject.equal(outcome.scores, expected.scores, CLOSE):
        subject.fail(promise, f"{outcome.error or outcome.scores}; {unscaled}")


@check("aggregation")
def check_one_component(subject: Subject) -> None:
    """A node with a single component is scored or refused with a reason; the best unit is not behind the worst."""
    if subject.may_name_components:
        return
    for costs in ((), ("x0",)):
        sample = subject.sample({"x0": [2.0, 1.0, 5.0, 3.0]}, costs)
        outcome = subject.run_above_zero(sample)
        if outcome.error is not None and "no finite score" in outcome.error:
            subject.fail("a node with a single component is scored", f"{outcome.error}; {sample}")
        if outcome.error is None and not costs and outcome.ranks[2] > outcome.ranks[1]:
            subject.fail("the best unit is not behind the worst", f"ranks {outcome.ranks} of {sample}")
