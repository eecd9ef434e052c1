"""Inputs that figures must follow: weights, the direction of costs, and the values of this run alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.methods import Aggregation, MatrixAggregation, MatrixImputation
from indicia_conformance.check import check
from indicia_conformance.invariance import TABLES

if TYPE_CHECKING:
    from indicia_conformance.sample import Columns, Sample
    from indicia_conformance.subject import Subject


_WEIGHTS = ((1.0, 1.0, 1.0), (8.0, 1.0, 1.0), (1.0, 8.0, 1.0), (1.0, 1.0, 8.0))


@check("aggregation")
def check_weights_of_components(subject: Subject) -> None:
    """Other weights give other scores, unless the method declares `uses_weights = False`; then they change no score."""
    method = subject.method
    assert isinstance(method, Aggregation)
    uses_weights = method.uses_weights and not (isinstance(method, MatrixAggregation) and method.row_by_row)
    changed = scored = False
    for columns in TABLES:
        equal, *others = (subject.run_above_zero(subject.sample(columns).with_weights(row)) for row in _WEIGHTS)
        for weights, outcome in zip(_WEIGHTS[1:], others, strict=True):
            if outcome.error is not None or equal.error is not None:
                continue
            scored = True
            if subject.equal(outcome.scores, equal.scores):
                continue
            changed = True
            if not uses_weights:
                reason = f"scores {equal.scores} with equal weights, {outcome.scores} with weights {weights}"
                promise = "a method that declares uses_weights = False, or row_by_row, ignores weights"
                subject.fail(promise, f"{reason}; {subject.sample(columns)}")
        if changed:
            return
    if uses_weights and scored:
        reason = f"the scores are the same with the weights {', '.join(map(str, _WEIGHTS))}"
        remedy = "a formula without weights declares uses_weights = False"
        promise = "other weights give other scores"
        subject.fail(promise, f"{reason}; {subject.sample(TABLES[0])}\n  fix: {remedy}")


_FAR_FROM_ZERO: Columns = {
    "x0": [104.0, 101.0, 107.0, 109.0, 103.0, 105.0, 110.0, 102.0],
    "x1": [103.0, None, 106.0, 108.0, 104.0, 106.0, 109.0, 101.0],
    "x2": [105.0, 102.0, None, 107.0, 101.0, 104.0, None, 103.0],
    "x3": [106.0, 103.0, 108.0, None, 102.0, 107.0, 110.0, 104.0],
}
"""Values from 101 to 110: a fill from 50 to 160 may be rough, and one beyond has another sign or scale."""


_LOWEST, _HIGHEST = 50.0, 160.0


@check("imputation")
def check_negated_costs(subject: Subject) -> None:
    """An imputation that sees all indicators fills a cost as well as a benefit, though it gets costs negated."""
    if not isinstance(subject.method, MatrixImputation):
        return
    if not _is_near(subject, subject.sample(_FAR_FROM_ZERO, ())):
        return
    for costs in (("x1", "x3"), tuple(_FAR_FROM_ZERO)):
        sample = subject.sample(_FAR_FROM_ZERO, costs)
        if not _is_near(subject, sample):
            filled = subject.run(sample).prepared
            reason = f"values from 101 to 110 are filled with {_filled(filled)} if {', '.join(costs)} are costs"
            remedy = "`complete` gets -x of a cost: take no absolute values, no limit at 0, no mean of several columns"
            subject.fail("a cost is filled as well as a benefit", f"{reason}; {sample}\n  fix: {remedy}")


def _is_near(subject: Subject, sample: Sample) -> bool:
    """Return True if each filled value is near the present values, or if the method refuses the table."""
    outcome = subject.run(sample)
    return outcome.error is not None or all(_LOWEST <= value <= _HIGHEST for value in _filled(outcome.prepared))


def _filled(prepared: Columns) -> list[float]:
    return [
        value
        for name, x in prepared.items()
        for value, before in zip(x, _FAR_FROM_ZERO[name], strict=True)
        if before is None and value is not None
    ]


@check("weighting", "aggregation", whatever_the_order=True)
def check_earlier_runs(subject: Subject) -> None:
    """Figures depend on no earlier run: values that change places between indicators take their figures along.

    A random method, one with a seed, or one with parameters that name indicators, is exempt.
    """
    if subject.may_name_components or subject.draws_by_name:
        return
    promise = "figures depend on the values of a run, and on no earlier run"
    for columns in TABLES:
        weights = dict(zip(columns, (1.0, 2.0, 5.0), strict=True))
        first = subject.sample(columns).with_weights(weights.values())
        moved = dict(zip(columns, [*columns][1:] + [*columns][:1], strict=True))
        back = {new: name for name, new in moved.items()}
        second = subject.sample(
            {name: columns[back[name]] for name in columns}, [moved[name] for name in first.costs]
        ).with_weights([weights[back[name]] for name in columns])
        expected, outcome = subject.run(first), subject.run(second)
        if expected.error is not None and outcome.error is not None:
            continue
        same = subject.equal(outcome.scores, expected.scores) and subject.equal(
            [outcome.weights.get(moved[name]) for name in columns], [expected.weights.get(name) for name in columns]
        )
        if expected.error or outcome.error or not same:
            reason = outcome.error or f"weights {dict(outcome.weights)}, scores {outcome.scores}"
            before = expected.error or f"weights {dict(expected.weights)}, scores {expected.scores}"
            subject.fail(promise, f"{reason} after a run with {before}, when {moved} change places; {second}")
