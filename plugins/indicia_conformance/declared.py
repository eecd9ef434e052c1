"""Properties that a method declares, and promises of its kind: direction, order, compensation, weights."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from indicia.errors import with_article
from indicia.methods import Aggregation, Property
from indicia_conformance.cells import COMPONENTS, components, samples
from indicia_conformance.check import ON_TABLES, check
from indicia_conformance.tolerance import CLOSE, EXACT, size_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia_conformance.sample import Columns, Sample
    from indicia_conformance.subject import Subject

_PREPARING = {Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
FITTING = {
    "imputation": _PREPARING,
    "treatment": _PREPARING,
    "normalisation": _PREPARING | {Property.MONOTONE, Property.FREE_OF_RANK_REVERSAL},
    "weighting": _PREPARING | {Property.ZERO_FOR_CONSTANT},
    "aggregation": set(Property) - {Property.ZERO_FOR_CONSTANT},
}
"""The properties that a method may declare, by kind; a check verifies each of them."""


@check(*ON_TABLES)
def check_properties_fit_the_kind(subject: Subject) -> None:
    """A method declares only properties that a method of its kind can have."""
    if unfit := subject.method.properties - FITTING[subject.kind]:
        promise = f"{with_article(subject.kind)} declares only properties that a check verifies"
        subject.fail(promise, f"{sorted(declared.value for declared in unfit)}")


@check("normalisation", "aggregation")
def check_direction(subject: Subject) -> None:
    """A larger benefit is never worse, a larger cost is never better, and the best unit is not behind the worst."""
    if subject.kind == "normalisation":
        _check_direction_of_values(subject)
    else:
        _check_direction_of_scores(subject)


def _check_direction_of_values(subject: Subject) -> None:
    promise = "a larger benefit never gets a smaller value, and a larger cost never gets a larger value"

    def holds(sample: Sample) -> bool:
        outcome = subject.run(sample)
        if outcome.against_direction:
            subject.fail(promise, f"{outcome.error}\n  {sample}")
        for name, z in outcome.normalised.items():
            turn = -1 if name in sample.costs else 1
            for unit, x in enumerate(sample.numbers[name]):
                for other, y in enumerate(sample.numbers[name]):
                    is_worse = turn * x > turn * y and z[unit] < z[other] - EXACT * size_of(z)
                    if is_worse and subject.are_comparable(sample, unit, other):
                        subject.fail(promise, f"{name} becomes {z}; {sample}")
        return outcome.error is None

    subject.try_examples(promise, samples(subject), holds)


def _check_direction_of_scores(subject: Subject) -> None:
    promise = "the unit with the best values is not behind the unit with the worst values"

    def holds(example: Sample) -> bool:
        columns: dict[str, list[float]] = {}
        for name, x in example.numbers.items():
            best, worst = (min(x) / 2, max(x) * 2) if name in example.costs else (max(x) * 2, min(x) / 2)
            columns[name] = [*x, best, worst]
        sample = subject.sample(columns)
        outcome = subject.run_above_zero(sample)
        if outcome.error is None and outcome.ranks[-2] > outcome.ranks[-1]:
            reason = f"scores {outcome.scores}, ranks {outcome.ranks}; the last unit but one is the best"
            subject.fail(promise, f"{reason}: {sample}")
        return outcome.error is None

    subject.try_examples(promise, samples(subject), holds)
    if subject.may_name_components:  # which may hold the directions of indicators
        return
    for costs in _COSTS:  # few benefits or none, which could make up for costs in the wrong direction
        columns = {name: [*x, 2.0, 9.0] if name in costs else [*x, 9.0, 2.0] for name, x in _BETWEEN.items()}
        sample = subject.sample(columns, costs)
        outcome = subject.run_above_zero(sample)
        if outcome.error is None and outcome.ranks[-2] > outcome.ranks[-1]:
            reason = f"scores {outcome.scores}, ranks {outcome.ranks}; the last unit but one is the best"
            subject.fail(promise, f"{reason}: {sample}")


_BETWEEN = {"x0": [4.0, 5.0, 7.0, 3.0], "x1": [6.0, 3.0, 4.0, 5.0], "x2": [5.0, 6.0, 3.0, 7.0]}
"""Values between those of the best and the worst unit."""
_COSTS = (("x0", "x1", "x2"), ("x0", "x2"))


@check("normalisation", "aggregation", declared=Property.MONOTONE)
def check_monotone(subject: Subject) -> None:
    """If `monotone` is declared, a unit with a better value gets no lower normalised value and falls behind no unit.

    For an aggregation, the normalised values of all other units stay the same.
    """
    if subject.kind == "normalisation":
        _check_monotone_values(subject)
    else:
        _check_monotone_scores(subject)


def _improve(columns: Columns, costs: Iterable[str], row: int, gain: float) -> dict[str, list[float | None]]:
    """Return the columns with better values in one row: benefits larger, costs smaller by the same ratio."""
    better = {name: list(x) for name, x in columns.items()}
    for name, x in better.items():
        value = x[row]
        if value is not None:
            x[row] = value - abs(value) * gain / (1 + gain) if name in costs else value + abs(value) * gain
    return better


def _check_monotone_values(subject: Subject) -> None:
    promise = "a better value never gets a lower normalised value"

    def holds(example: tuple[Sample, int, float]) -> bool:
        sample, row, gain = example
        row %= sample.rows
        before = subject.run(sample)
        after = subject.run(subject.sample(_improve(sample.columns, sample.costs, row, gain)))
        if before.error is not None or after.error is not None:
            return False
        for name, z in before.normalised.items():
            better = after.normalised[name][row]
            if better < z[row] - CLOSE * size_of(z):
                reason = (
                    f"u{row} has {z[row]} of {name}, and {better} with a value that is better by the factor {1 + gain}"
                )
                subject.fail(promise, f"{reason}; {sample}")
        return True

    factors = st.sampled_from([0.125, 1.0, 8.0])
    subject.try_examples(promise, st.tuples(samples(subject), st.integers(0, 5), factors), holds)


def _check_monotone_scores(subject: Subject) -> None:
    promise = "a unit with a better component falls behind no unit"
    assert isinstance(subject.method, Aggregation)
    turn = -1 if subject.method.low_is_best else 1

    def holds(example: tuple[Columns, int, int, float, tuple[int, ...]]) -> bool:
        columns, row, number, gain, weights = example
        row, name = row % len(columns["x0"]), f"x{number}"
        columns = {name: [*x, x[row]] for name, x in columns.items()}  # an equal unit, which does not change
        sample = subject.as_given(columns).with_weights(weights)
        better = {**columns, name: _improve({name: columns[name]}, sample.costs, row, gain)[name]}
        before, after = subject.run(sample), subject.run(subject.as_given(better).with_weights(weights))
        if before.error is not None or after.error is not None:
            return False
        first, second = before.scores, after.scores
        for other in range(len(first)):
            order = subject.sign(turn * (first[row] - first[other]), size_of(first))
            if subject.sign(turn * (second[row] - second[other]), size_of(second)) < order:
                reason = f"u{row} falls behind u{other} when its {name} becomes {better[name][row]}"
                subject.fail(promise, f"{reason}: scores {first}, then {second}; {sample}")
        return True

    factors = st.sampled_from([0.125, 1.0, 8.0])
    weights = st.sampled_from([(1, 1, 1), (1, 2, 5), (5, 1, 2)])
    strategy = st.tuples(components(subject), st.integers(0, 5), st.integers(0, COMPONENTS - 1), factors, weights)
    subject.try_examples(promise, strategy, holds)


@check("normalisation", "aggregation", declared=Property.FREE_OF_RANK_REVERSAL)
def check_rank_reversal(subject: Subject) -> None:
    """If `free_of_rank_reversal` is declared, the other units keep their order when a unit is removed.

    The order is that of the scores of an aggregation, whose normalised values stay the same, or of normalised values.
    """
    promise = "the other units keep their order when a unit is removed"
    sample_of = subject.as_given if subject.kind == "aggregation" else subject.sample

    def holds(example: tuple[dict[str, list[float]], int]) -> bool:
        columns, number = example
        if (name := f"x{number}") in columns:  # the last unit, which is removed, is an outlier
            columns = {**columns, name: [*(value / 4 for value in columns[name][:-1]), 1.0]}
        sample = sample_of(columns)
        last = sample.rows - 1
        before, after = subject.run(sample), subject.run(sample.take(range(last)))
        if before.error is not None or after.error is not None:
            return False
        for name, first in subject.figures(before).items():
            second = subject.figures(after)[name]
            for unit in range(last):
                for other in range(unit):
                    order = subject.sign(first[unit] - first[other], size_of(first))
                    if order != subject.sign(second[unit] - second[other], size_of(second)):
                        reason = f"u{unit} and u{other} change their order when u{last} is removed"
                        subject.fail(promise, f"{reason}: {name} {first}, then {second}; {sample}")
        return True

    columns = components(subject, (4, 7))
    if subject.kind == "normalisation":
        columns = samples(subject, (4, 7)).map(lambda sample: sample.numbers)
    subject.try_examples(promise, st.tuples(columns, st.integers(0, COMPONENTS)), holds)


@check("aggregation", declared=Property.COMPENSATORY)
def check_compensation(subject: Subject) -> None:
    """If `compensatory` is declared, a large gain in one component makes up for a small loss in any other."""
    promise = "a large gain in one component makes up for a small loss in another"
    plain = [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5], [0.125, 0.25, 0.125], [0.75, 1.0, 0.875], [0.25, 0.625, 0.375]]
    costs = subject.as_given({f"x{j}": [1.0] for j in range(COMPONENTS)}).costs
    for gain in range(COMPONENTS):
        for loss in set(range(COMPONENTS)) - {gain}:
            columns = {f"x{j}": [row[j] for row in plain] for j in range(COMPONENTS)}
            for number, change in ((gain, 0.75), (loss, -1 / 1024)):
                columns[f"x{number}"][0] *= 1 + change * (-0.5 if f"x{number}" in costs else 1.0)
            sample = subject.as_given(columns)
            outcome = subject.run(sample)
            if outcome.error is not None:
                subject.fail(promise, f"{outcome.error}; {sample}")
            if outcome.ranks[0] > outcome.ranks[1]:
                reason = f"u0 gains much in x{gain}, loses little in x{loss}, and is behind u1: ranks {outcome.ranks}"
                subject.fail(promise, f"{reason}; {sample}")


@check("aggregation")
def check_power(subject: Subject) -> None:
    """A score with a `power` is the weighted power mean of this order."""
    method = subject.method
    assert isinstance(method, Aggregation)
    promise, power = "the score is the weighted power mean of the order that `power` states", method.power
    assert power is not None
    shares = [weight / sum(_WEIGHTS) for weight in _WEIGHTS]

    def holds(columns: Columns) -> bool:
        sample = subject.as_given(columns).with_weights(_WEIGHTS)
        outcome = subject.run(sample)
        if outcome.error is not None:
            return False
        expected = [power_mean(row, shares, power) for row in zip(*sample.numbers.values(), strict=True)]
        if method.weights_sum_to_count:
            expected = [mean**COMPONENTS if power == 0 else COMPONENTS * mean for mean in expected]
        if not subject.equal(outcome.scores, expected, CLOSE):
            subject.fail(promise, f"{outcome.scores} instead of {expected}; {sample}")
        return True

    subject.try_examples(promise, components(subject), holds)


_WEIGHTS = (1.0, 2.0, 5.0)


def power_mean(values: Sequence[float], shares: Sequence[float], power: float) -> float:
    """Return the weighted power mean of values above 0, or of any values if the order is 1.

    >>> [round(power_mean([1.0, 4.0], [0.5, 0.5], power), 3) for power in (1, 0, -1, 2)]
    [2.5, 2.0, 1.6, 2.915]
    """
    pairs = list(zip(values, shares, strict=True))
    if power == 0:
        return exp(sum(share * log(value) for value, share in pairs))
    return float(sum(share * value**power for value, share in pairs) ** (1 / power))


@check("weighting")
def check_weights(subject: Subject) -> None:
    """Weights are finite, not negative and sum to 1."""
    promise = "weights are not negative and sum to 1"

    def holds(sample: Sample) -> bool:
        outcome = subject.run(sample)
        weights = list(outcome.weights.values())
        if subject.require_sound(outcome, sample) and (min(weights) < 0 or abs(sum(weights) - 1) > CLOSE):
            subject.fail(promise, f"{outcome.weights}; {sample}")
        return outcome.error is None

    subject.try_examples(promise, samples(subject), holds)
