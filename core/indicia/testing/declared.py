"""What a method declares, and what its kind stands for: direction, monotony, rank reversal, compensation, weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from indicia.defaults import POSITIVE_NORMALISATION
from indicia.errors import with_article
from indicia.methods import Aggregation, Property
from indicia.testing.check import check
from indicia.testing.subject import CLOSE, EXACT, FOLLOWS_DIRECTION, Outcome, shown, sign, size_of
from indicia.testing.tables import INDICATORS, as_they_are, components, costs_of, fixed, tables, words_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.testing.subject import Columns, Subject

FITTING = {
    "normalisation": {
        Property.MONOTONE,
        Property.SCALE_INVARIANT,
        Property.DEFINED_AT_ZERO,
        Property.DEFINED_BELOW_ZERO,
        Property.FREE_OF_RANK_REVERSAL,
    },
    "weighting": {
        Property.SCALE_INVARIANT,
        Property.DEFINED_AT_ZERO,
        Property.DEFINED_BELOW_ZERO,
        Property.ZERO_FOR_CONSTANT,
    },
    "aggregation": set(Property) - {Property.ZERO_FOR_CONSTANT},
}
"""What a method of a kind can declare; a promise that nothing tests is none."""


@check(*FITTING)
def check_properties_fit_the_kind(subject: Subject) -> None:
    """A method declares what a method of its kind can have."""
    if strange := subject.method.properties - FITTING[subject.kind]:
        promise = f"{with_article(subject.kind)} declares what can be tested of it"
        subject.fail(promise, f"{sorted(one.value for one in strange)}")


@check("normalisation", "aggregation")
def check_direction(subject: Subject) -> None:
    """More of a benefit is never worse and more of a cost never better; best at all is no worse than worst at all."""
    if subject.kind == "normalisation":
        _check_direction_of_values(subject)
    elif subject.kind == "aggregation":
        _check_direction_of_scores(subject)


def _check_direction_of_values(subject: Subject) -> None:

    def holds(columns: dict[str, list[float]]) -> bool:
        costs = costs_of(columns)
        outcome = subject.score(columns, costs, words=words_for(subject, columns, costs))
        if outcome.against_direction:
            subject.fail(FOLLOWS_DIRECTION, f"{outcome.error}\n  {shown(columns, costs)}")
        for name, z in outcome.normalised.items():
            turn = -1 if name in costs else 1
            for one, x in enumerate(columns[name]):
                for other, y in enumerate(columns[name]):
                    if turn * x > turn * y and z[one] < z[other] - EXACT * size_of(z):
                        told = f"{name} becomes {z} of {shown({name: columns[name]}, costs)}"
                        subject.fail(FOLLOWS_DIRECTION, told)
        return outcome.error is None

    subject.drawn(FOLLOWS_DIRECTION, tables(subject), holds)


def _check_direction_of_scores(subject: Subject) -> None:
    promise = "the unit that is best at everything is no worse than the one that is worst at everything"

    def holds(columns: dict[str, list[float]]) -> bool:
        costs = costs_of(columns)
        ends = {
            name: [*x, *((min(x) / 2, max(x) * 2) if name in costs else (max(x) * 2, min(x) / 2))]
            for name, x in columns.items()
        }
        outcome = subject.score(ends, costs)
        if outcome.error is not None:  # a method may refuse a unit that is worst at everything, and scores 0
            outcome = subject.score(ends, costs, normalisation=POSITIVE_NORMALISATION)
        if outcome.error is None and outcome.ranks[-2] > outcome.ranks[-1]:
            told = f"scores {outcome.scores} ranks {outcome.ranks}; the best but one in the row is the best"
            subject.fail(promise, f"{told}: {shown(ends, costs)}")
        return outcome.error is None

    subject.drawn(promise, tables(subject), holds)


@check("normalisation", "aggregation", declared=Property.MONOTONE)
def check_monotone(subject: Subject) -> None:
    """Where `monotone` is declared: a better value never lowers the unit's normalised value, or its standing.

    For an aggregation the normalised values of all others stay as they are; standing is how the unit compares with
    each of them.
    """
    if subject.kind == "normalisation":
        _check_monotone_values(subject)
    else:
        _check_monotone_scores(subject)


def _improved(columns: Columns, costs: Iterable[str], row: int, by: float) -> dict[str, list[Any]]:
    """Return the columns, all values of a row better: benefits larger, costs smaller by the same ratio."""
    return {
        name: [
            value
            if number != row or value is None
            else (value - abs(value) * by / (1 + by) if name in set(costs) else value + abs(value) * by)
            for number, value in enumerate(x)
        ]
        for name, x in columns.items()
    }


def _check_monotone_values(subject: Subject) -> None:
    promise = "a better value never gets less"

    def holds(drawn: tuple[dict[str, list[float]], int, float]) -> bool:
        columns, row, by = drawn
        costs, row = costs_of(columns), row % len(columns["x0"])
        words = words_for(subject, columns, costs)
        before = subject.score(columns, costs, words=words)
        after = subject.score(_improved(columns, costs, row, by), costs, words=words)
        if before.error is not None or after.error is not None:
            return False
        for name, z in before.normalised.items():
            if after.normalised[name][row] < z[row] - CLOSE * size_of(z):
                told = f"u{row} has {z[row]} and, its value better by a factor {1 + by}, {after.normalised[name][row]}"
                subject.fail(promise, f"{told}; {shown({name: columns[name]}, costs)}")
        return True

    better = st.sampled_from([0.125, 1.0, 8.0])
    subject.drawn(promise, st.tuples(tables(subject), st.integers(0, 5), better), holds)


def _check_monotone_scores(subject: Subject) -> None:
    promise = "a better component never lowers a unit's standing"
    assert isinstance(subject.method, Aggregation)
    turn = -1 if subject.method.low_is_best else 1

    def holds(drawn: tuple[dict[str, list[float]], int, int, float, tuple[int, ...]]) -> bool:
        columns, row, which, by, weights = drawn
        costs, row, name = fixed(subject, columns)["costs"], row % len(columns["x0"]), f"x{which}"
        columns = {name: [*x, x[row]] for name, x in columns.items()}  # a twin, which stays as it is
        better = {**columns, name: _improved({name: columns[name]}, costs, row, by)[name]}
        words = {f"x{number}": {"weight": weight} for number, weight in enumerate(weights)}
        before, after = (as_they_are(subject, one, words=words) for one in (columns, better))
        if before.error is not None or after.error is not None:
            return False
        first, second = before.scores, after.scores
        for other in range(len(first)):
            was = sign(turn * (first[row] - first[other]), size_of(first))
            now = sign(turn * (second[row] - second[other]), size_of(second))
            if now < was:
                told = f"u{row} falls behind u{other} when its {name} becomes {better[name][row]}"
                shares = f"weights {weights}"
                subject.fail(promise, f"{told}: scores {first}, then {second}; {shown(columns, costs)}; {shares}")
        return True

    better = st.sampled_from([0.125, 1.0, 8.0])
    weights = st.sampled_from([(1, 1, 1), (1, 2, 5), (5, 1, 2)])
    drawn = st.tuples(components(subject), st.integers(0, 5), st.integers(0, INDICATORS - 1), better, weights)
    subject.drawn(promise, drawn, holds)


@check("normalisation", "aggregation", declared=Property.FREE_OF_RANK_REVERSAL)
def check_rank_reversal(subject: Subject) -> None:
    """Where `free_of_rank_reversal` is declared: the others keep their order when a unit goes.

    For an aggregation the normalised values are the same; for a normalisation it is the order of the values.
    """
    promise = "the others keep their order when a unit goes"

    def scored(columns: Columns, units: Sequence[str]) -> Outcome:
        if subject.kind == "aggregation":
            return as_they_are(subject, columns, units=units)
        costs = costs_of(columns)
        return subject.score(columns, costs, words=words_for(subject, columns, costs), units=units)

    def holds(columns: dict[str, list[float]]) -> bool:
        rows = len(columns["x0"])
        before = scored(columns, [f"u{row}" for row in range(rows)])
        fewer = {name: x[:-1] for name, x in columns.items()}
        after = scored(fewer, [f"u{row}" for row in range(rows - 1)])
        if before.error is not None or after.error is not None:
            return False
        for name, was in subject.figures(before).items():
            now = subject.figures(after)[name]
            for one in range(rows - 1):
                for other in range(one):
                    then = sign(was[one] - was[other], size_of(was))
                    if then != sign(now[one] - now[other], size_of(now)):
                        told = f"u{one} and u{other} change their order when u{rows - 1} goes: {name} {was}, then {now}"
                        subject.fail(promise, f"{told}; {shown(columns)}")
        return True

    def with_an_outlier(drawn: tuple[dict[str, list[float]], int]) -> bool:
        columns, which = drawn
        if (name := f"x{which}") in columns:
            columns = {**columns, name: [*(value / 4 for value in columns[name][:-1]), 1.0]}
        return holds(columns)

    strategy = components(subject, (4, 7)) if subject.kind == "aggregation" else tables(subject, (4, 7))
    subject.drawn(promise, st.tuples(strategy, st.integers(0, INDICATORS)), with_an_outlier)


@check("aggregation", declared=Property.COMPENSATORY)
def check_compensation(subject: Subject) -> None:
    """Where `compensatory` is declared: much of one component makes up for little of any other."""
    promise = "much of one component makes up for little of another"
    plain = [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5], [0.125, 0.25, 0.125], [0.75, 1.0, 0.875], [0.25, 0.625, 0.375]]
    for more in range(INDICATORS):
        for less in range(INDICATORS):
            if more == less:
                continue
            rows = [list(row) for row in plain]
            probe: dict[str, list[float]] = {f"x{j}": [row[j] for row in rows] for j in range(INDICATORS)}
            costs = fixed(subject, probe)["costs"]
            for which, by in ((more, 0.75), (less, -1 / 1024)):
                turn = -0.5 if f"x{which}" in costs else 1.0
                probe[f"x{which}"][0] *= 1 + turn * by
            outcome = as_they_are(subject, probe)
            if outcome.error is not None:
                subject.fail(promise, f"{outcome.error}; {shown(probe, costs)}")
            if outcome.ranks[0] > outcome.ranks[1]:
                told = f"u0 has much more of x{more} than u1 and little less of x{less}, and ranks {outcome.ranks}"
                subject.fail(promise, f"{told}; {shown(probe, costs)}")


@check("weighting")
def check_weights(subject: Subject) -> None:
    """Weights are finite, not negative and sum to 1."""
    promise = "weights are not negative and sum to 1"

    def holds(columns: dict[str, list[float]]) -> bool:
        outcome = subject.score(columns, costs_of(columns))
        weights = list(outcome.weights.values())
        if subject.finite(outcome, shown(columns)) and (min(weights) < 0 or abs(sum(weights) - 1) > CLOSE):
            subject.fail(promise, f"{outcome.weights}; {shown(columns, costs_of(columns))}")
        return outcome.error is None

    subject.drawn(promise, tables(subject), holds)
