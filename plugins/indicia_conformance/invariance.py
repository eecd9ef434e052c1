"""Changes that must not change the figures: order, units of measure, twins, periods, names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from indicia.methods import Property
from indicia_conformance.cells import samples
from indicia_conformance.check import ON_TABLES, PREPARING, SCORING, check
from indicia_conformance.sample import Columns, Outcome, Sample, scale, take
from indicia_conformance.tolerance import CLOSE, EXACT

if TYPE_CHECKING:
    from indicia_conformance.subject import Subject


@check(*ON_TABLES)
def check_order_of_rows(subject: Subject) -> None:
    """Units in another order get the same values, weights, scores and ranks.

    If the order decides ties in an imputation or a treatment, the tables have no tied values.
    """
    promise = "the order of the rows changes nothing"

    def holds(example: tuple[Sample, list[int]]) -> bool:
        sample, order = example
        rows = sorted(range(sample.rows), key=lambda row: (order[row % len(order)], -row))
        outcome, expected = subject.run(sample.take(rows)), subject.run(sample).take(rows)
        if not subject.compare(promise, outcome, expected, f"{sample}; other order {rows}"):
            return False
        if not subject.prepares and not subject.same_ranks(outcome, expected):
            subject.fail(promise, f"ranks {outcome.ranks} instead of {expected.ranks}; {sample}; other order {rows}")
        return True

    orders = st.lists(st.integers(0, 9), min_size=6, max_size=6)
    subject.try_examples(promise, st.tuples(samples(subject, distinct=subject.orders_ties), orders), holds)


@check(*ON_TABLES, whatever_the_order=True)
def check_order_of_indicators(subject: Subject) -> None:
    """Indicators in another order, with their weights, get the same values, weights and scores.

    If the order decides ties in an imputation or a treatment, the tables have no tied values. A method that depends on
    the order does not make the promise.
    """
    promise = "the order of the indicators changes nothing"

    def holds(example: tuple[Sample, list[int], list[int]]) -> bool:
        sample, order, weights = example
        sample = sample.with_weights(weights)
        names = sorted(sample.columns, key=lambda name: order[int(name[1:])])
        other = replace(sample, columns={name: sample.columns[name] for name in names})
        return subject.compare(promise, subject.run(other), subject.run(sample), f"{sample}; other order {names}")

    orders = st.permutations(range(4))
    weights = st.one_of(st.just([1] * 4), st.lists(st.integers(1, 4), min_size=4, max_size=4))
    strategy = samples(subject, distinct=subject.orders_ties)
    subject.try_examples(promise, st.tuples(strategy, orders, weights), holds)


@check(*ON_TABLES, declared=Property.SCALE_INVARIANT)
def check_units_of_measure(subject: Subject) -> None:
    """If `scale_invariant` is declared, another unit of measure for each indicator changes nothing.

    The values of an imputation or a treatment are in the other unit. An aggregation runs after its canonical
    normalisation.
    """
    promise = "the units of measure change nothing"

    def holds(example: tuple[Sample, list[float]]) -> bool:
        sample, numbers = example
        factors = dict(zip(sample.columns, numbers, strict=False))
        expected = subject.run(sample)
        if expected.error is not None:
            return False
        expected = replace(expected, prepared=scale(expected.prepared, factors))
        return subject.compare(promise, subject.run(sample.scale(factors)), expected, f"{sample}; times {factors}")

    factors = st.lists(st.sampled_from([0.001, 0.3, 1.0, 2.54, 1000.0]), min_size=4, max_size=4)
    strategy = samples(subject, distinct=subject.orders_ties)
    subject.try_examples(promise, st.tuples(strategy, factors), holds)


@check(*ON_TABLES, random=False)
def check_duplicates(subject: Subject) -> None:
    """Equal units, gaps included, get the same values, scores and ranks; equal indicators get the same weights.

    A random method does not make the promise: each unit has its own random numbers.
    """
    promise = "equal units get equal figures"
    tolerance = CLOSE if subject.prepares else EXACT

    def holds(sample: Sample) -> bool:
        rows = 4 if subject.fills_from_periods else 1  # all periods of a unit
        sample = sample.repeat(rows)
        outcome = subject.run(sample)
        if outcome.error is not None or (subject.prepares and not subject.require_sound(outcome, sample)):
            return False
        columns = outcome.prepared if subject.prepares else {**outcome.normalised, "score": outcome.scores}
        for name, values in columns.items():
            if not subject.equal(values[:rows], values[-rows:], tolerance):
                subject.fail(promise, f"{name} = {values}, though first and last are equal; {sample}")
        if not subject.prepares and outcome.ranks[0] != outcome.ranks[-1]:
            subject.fail(promise, f"ranks {outcome.ranks}, though first and last are equal; {sample}")
        return True

    subject.try_examples(promise, samples(subject), holds)
    if subject.kind == "weighting" and not subject.needs_parameters and not subject.method.depends_on_order:
        _check_equal_indicators(subject)


def _check_equal_indicators(subject: Subject) -> None:
    promise = "equal indicators get equal weights"

    def holds(sample: Sample) -> bool:
        sample = subject.sample({**sample.columns, "x2": sample.columns["x0"]})
        outcome = subject.run(sample)
        if outcome.error is None and not subject.equal([outcome.weights["x0"]], [outcome.weights["x2"]], CLOSE):
            subject.fail(promise, f"{outcome.weights}; {sample}")
        return True

    subject.try_examples(promise, samples(subject), holds)


@check(*ON_TABLES, random=False)
def check_periods(subject: Subject) -> None:
    """Statistics within a period give the same figures as a run of that period alone; weights use all rows.

    An imputation from other periods gives a unit the same values as a run of that unit alone. A random method does not
    make the promise: random numbers belong to the period too.
    """
    if subject.kind == "weighting":
        _check_weights_of_panels(subject)
        return
    promise = 'statistics = "period" is the same as each period alone'
    if subject.fills_from_periods:
        promise = "the values of a unit are the same in a run of that unit alone"

    def holds(sample: Sample) -> bool:
        if subject.kind == "aggregation" and sample.rows % 2:
            sample = subject.as_given(sample.columns)
        if subject.kind == "normalisation":  # u0 is the best in both periods: some methods compare with it
            best = {name: (min if name in sample.costs else max)(x) for name, x in sample.numbers.items()}
            sample = replace(sample, columns={name: [best[name]] * 2 + x[2:] for name, x in sample.numbers.items()})
        panel, key = (sample, "unit") if subject.fills_from_periods else (subject.panel(sample), "year")
        outcome = subject.run(panel.with_methodology(statistics="period"))
        rows_by_key: dict[object, list[int]] = {}
        for row, value in enumerate(panel.keys[key]):
            rows_by_key.setdefault(value, []).append(row)
        # a period alone is a table without periods; a unit alone keeps them
        table = panel if key == "unit" else replace(panel, keys={k: x for k, x in panel.keys.items() if k != "year"})
        parts = {value: subject.run(table.take(rows)) for value, rows in rows_by_key.items()}
        failure = next((part for part in parts.values() if part.error is not None), None)
        if failure is not None or outcome.error is not None:
            return subject.compare(promise, outcome, failure or next(iter(parts.values())), panel)
        return all(
            subject.compare(promise, outcome.take(rows), parts[value], panel, EXACT)
            for value, rows in rows_by_key.items()
        )

    units = (9, 13) if subject.prepares else (6, 9)
    subject.try_examples(promise, samples(subject, units), holds, effort=1.0 if subject.prepares else 0.5)


def _check_weights_of_panels(subject: Subject) -> None:
    promise = "weights use the rows of all periods"

    def matches(sample: Sample) -> bool:
        outcome = subject.run(subject.panel(sample).with_methodology(statistics="period"))
        return subject.compare(promise, outcome, subject.run(sample), subject.panel(sample), EXACT)

    def holds(sample: Sample) -> bool:
        # Some weightings refuse costs, which are negative here, and some refuse indicators that disagree.
        results = [matches(subject.sample(sample.columns, costs, normalisation="none")) for costs in ((), sample.costs)]
        return any(results)

    subject.try_examples(promise, samples(subject), holds)


_OTHER_NAMES = {"x0": "zinc", "x1": "maize", "x2": "air"}

TABLES: tuple[Columns, ...] = (
    {"x0": [2.0, 5.0, 3.0, 1.0, 7.0], "x1": [1.0, 2.0, 4.0, 3.0, 2.5], "x2": [5.0, 1.0, 2.0, 8.0, 3.0]},
    {"x0": [1.0, 2.0, 3.0, 4.0, 5.5], "x1": [6.0, 5.0, 3.0, 4.0, 2.0], "x2": [1.0, 3.0, 2.0, 4.0, 6.0]},
)
"""In the second table the indicators agree, since some weightings refuse indicators that disagree."""


@check(*SCORING)
def check_names(subject: Subject) -> None:
    """Other names of indicators and units change nothing, unless the parameters of the method hold such names.

    A random method, or one with a seed, is exempt: its draws may depend on the names.
    """
    promise = "the names of indicators and units change nothing"
    if subject.may_name_components or subject.draws_by_name:
        return
    for columns in TABLES:
        sample = subject.sample(columns)
        expected = subject.run(sample)
        expected = replace(
            expected,
            normalised={_OTHER_NAMES[name]: z for name, z in expected.normalised.items()},
            weights={_OTHER_NAMES[name]: weight for name, weight in expected.weights.items()},
        )
        units = {"unit": ["e", "a", "d", "b", "c"]}
        renamed = subject.sample({_OTHER_NAMES[name]: x for name, x in columns.items()}, keys=units)
        subject.compare(promise, subject.run(renamed), expected, renamed)


@check(*PREPARING)
def check_units_without_values(subject: Subject) -> None:
    """Units without any value change nothing for the others.

    For an imputation, or a treatment with parents, the check adds such units. For another treatment it removes the
    gaps of each indicator.
    """
    promise = "units without a value do not change the other values"

    def unchanged_by_empty_units(sample: Sample) -> bool:
        unit = ["u9"] * 4 if subject.fills_from_periods else [f"v{row}" for row in range(4)]
        larger = sample.repeat(4)
        empty = {name: [*x, *[None] * 4] for name, x in sample.columns.items()}
        keys = {**larger.keys, "unit": [*sample.keys["unit"], *unit], "parent": [*sample.keys["parent"], *[None] * 4]}
        larger = replace(larger, columns=empty, keys=keys)
        expected, outcome = subject.run(sample), subject.run(larger)
        subject.require_sound(outcome, larger)
        # An imputation may refuse the larger table, since no indicator is complete any more.
        if outcome.error is None or expected.error is not None:
            rest = {name: x[: sample.rows] for name, x in outcome.prepared.items()}
            subject.compare(promise, Outcome(rest, error=outcome.error), expected, sample)
        return expected.error is None

    def unchanged_by_gaps(sample: Sample) -> bool:
        scored = False
        for name, x in sample.columns.items():
            present = [row for row, value in enumerate(x) if value is not None] or [0]
            column = replace(sample, columns={name: x})
            outcome, expected = subject.run(column), subject.run(column.take(present))
            rest = take(outcome.prepared, present)
            scored |= subject.compare(promise, Outcome(rest, error=outcome.error), expected, column, EXACT)
        return scored

    adds_units = subject.kind == "imputation" or getattr(subject.method, "parents", None) is not None

    def holds(sample: Sample) -> bool:
        sample = replace(sample, costs=())
        return unchanged_by_empty_units(sample) if adds_units else unchanged_by_gaps(sample)

    subject.try_examples(promise, samples(subject), holds)
