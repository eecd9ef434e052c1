"""What changes nothing: the order of rows and indicators, units of measure, duplicates, other periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from indicia.methods import Property
from indicia.testing.check import SCORED, check
from indicia.testing.subject import CLOSE, EXACT, alike, shown
from indicia.testing.tables import costs_of, fixed, tables, words_for

if TYPE_CHECKING:
    from indicia.testing.subject import Subject


@check(*SCORED)
def check_order_of_rows(subject: Subject) -> None:
    """Units that come in another order get the same values, weights and scores."""
    promise = "the order of the rows changes nothing"

    def holds(drawn: tuple[dict[str, list[float]], list[int]]) -> bool:
        columns, order = drawn
        costs = costs_of(columns)
        words = words_for(subject, columns, costs)
        rows = sorted(range(len(columns["x0"])), key=lambda row: (order[row % len(order)], -row))
        turned = {name: [x[row] for row in rows] for name, x in columns.items()}
        before = subject.score(columns, costs, words=words)
        after = subject.score(turned, costs, words=words, units=[f"u{row}" for row in rows])
        example = f"{shown(columns, costs)}; other order {rows}"
        if (before.error is None) != (after.error is None):
            subject.fail(promise, f"an error in one order, none in the other: {before.error or after.error}; {example}")
        if before.error is not None:
            return False
        expected = subject.figures(before)
        if subject.kind != "weighting":
            expected = {name: [values[row] for row in rows] for name, values in expected.items()}
        ranks = [before.ranks[row] for row in rows]
        if not subject.same(subject.figures(after), expected, CLOSE) or ranks != after.ranks:
            subject.fail(promise, f"{subject.figures(after)} instead of {expected}; {example}")
        return True

    orders = st.lists(st.integers(0, 9), min_size=6, max_size=6)
    subject.drawn(promise, st.tuples(tables(subject), orders), holds)


@check(*SCORED)
def check_order_of_indicators(subject: Subject) -> None:
    """Indicators that come in another order, with their weights, get the same values, weights and scores."""
    promise = "the order of the indicators changes nothing"
    if subject.depends_on_order:
        return

    def holds(drawn: tuple[dict[str, list[float]], list[int], list[int]]) -> bool:
        columns, order, weights = drawn
        costs = costs_of(columns)
        words = {
            name: {**words_for(subject, columns, costs).get(name, {}), "weight": weight}
            for name, weight in zip(columns, weights, strict=False)
        }
        names = sorted(columns, key=lambda name: order[int(name[1:])])
        turned = {name: columns[name] for name in names}
        before = subject.score(columns, costs, words=words)
        after = subject.score(turned, costs, words={name: words[name] for name in names}, units=None)
        example = f"{shown(columns, costs)}; weights {weights[: len(columns)]}; other order {names}"
        if (before.error is None) != (after.error is None):
            subject.fail(promise, f"an error in one order, none in the other: {before.error or after.error}; {example}")
        if before.error is not None:
            return False
        found, expected = subject.figures(after), subject.figures(before)
        if not subject.same(found, expected, CLOSE):
            subject.fail(promise, f"{found} instead of {expected}; {example}")
        return True

    orders = st.permutations(range(4))
    weights = st.one_of(st.just([1] * 4), st.lists(st.integers(1, 4), min_size=4, max_size=4))
    subject.drawn(promise, st.tuples(tables(subject), orders, weights), holds)


@check(*SCORED, declared=Property.SCALE_INVARIANT)
def check_units_of_measure(subject: Subject) -> None:
    """Where `scale_invariant` is declared: x to a x, with a of its own for each indicator, changes nothing.

    Of an aggregation that holds together with the normalisation that it names for itself.
    """
    promise = "the units of measure change nothing"

    def holds(drawn: tuple[dict[str, list[float]], list[float]]) -> bool:
        columns, factors = drawn
        costs, by = costs_of(columns), dict(zip(columns, factors, strict=False))
        other = {name: [value * by[name] for value in x] for name, x in columns.items()}
        before = subject.score(columns, costs, words=words_for(subject, columns, costs))
        if before.error is not None:
            return False
        after = subject.score(other, costs, words=words_for(subject, columns, costs, by))
        found, expected = subject.figures(after), subject.figures(before)
        if not subject.same(found, expected, CLOSE):
            told = after.error or f"{found} instead of {expected}"
            subject.fail(promise, f"{told}; {shown(columns, costs)}; times {by}")
        return True

    factors = st.lists(st.sampled_from([0.001, 0.3, 1.0, 2.54, 1000.0]), min_size=4, max_size=4)
    subject.drawn(promise, st.tuples(tables(subject), factors), holds)


@check(*SCORED)
def check_duplicates(subject: Subject) -> None:
    """Units that are alike get the same values, scores and ranks; indicators that are alike the same weights."""
    promise = "what is alike is treated alike"

    def holds(columns: dict[str, list[float]]) -> bool:
        costs = costs_of(columns)
        twice = {name: [*x, x[0]] for name, x in columns.items()}
        outcome = subject.score(twice, costs, words=words_for(subject, columns, costs))
        if outcome.error is not None:
            return False
        for name, values in {**outcome.normalised, "score": outcome.scores}.items():
            if not alike(values[:1], values[-1:], EXACT):
                subject.fail(promise, f"{name} = {values}, first and last alike; {shown(twice, costs)}")
        if outcome.ranks[0] != outcome.ranks[-1]:
            subject.fail(promise, f"ranks {outcome.ranks}, first and last alike; {shown(twice, costs)}")
        return True

    subject.drawn(promise, tables(subject), holds)
    if subject.kind == "weighting" and not subject.judged and not subject.depends_on_order:
        _check_twins(subject)


def _check_twins(subject: Subject) -> None:
    promise = "indicators that are alike weigh the same"

    def holds(columns: dict[str, list[float]]) -> bool:
        twins = {**columns, "x2": columns["x0"]}
        outcome = subject.score(twins, costs_of(twins))
        if outcome.error is None and not alike([outcome.weights["x0"]], [outcome.weights["x2"]], CLOSE):
            subject.fail(promise, f"{outcome.weights}; {shown(twins, costs_of(twins))}")
        return True

    subject.drawn(promise, tables(subject), holds)


@check(*SCORED)
def check_periods(subject: Subject) -> None:
    """Statistics within the period are those of each period alone; weights are taken over all rows."""
    if subject.kind == "weighting":
        _check_weights_of_panels(subject)
        return
    promise = 'statistics = "period" is the same as scoring each period alone'

    def holds(columns: dict[str, list[float]]) -> bool:
        rows = len(columns["x0"])
        periods = [2020 + (row % 3 == 1) for row in range(rows)]
        costs = costs_of(columns)
        words = words_for(subject, columns, costs)
        if (
            subject.kind == "normalisation"
        ):  # u0 is best in both periods: a unit that others are compared with has to be good
            best = {name: (min if name in costs else max)(x) for name, x in columns.items()}
            columns = {name: [best[name], best[name], *x[2:]] for name, x in columns.items()}
        units = [f"u{periods[:row].count(year)}" for row, year in enumerate(periods)]
        run: dict[str, Any] = fixed(subject, columns) if subject.kind == "aggregation" and rows % 2 else {}
        run = {"costs": costs, **run}
        whole = subject.score(columns, words=words, units=units, periods=periods, statistics="period", **run)
        parts = []
        for year in (2020, 2021):
            of_year = [row for row in range(rows) if periods[row] == year]
            part = {name: [x[row] for row in of_year] for name, x in columns.items()}
            parts.append((of_year, subject.score(part, words=words, units=[units[row] for row in of_year], **run)))
        example = f"{shown(columns, run['costs'])}; periods {periods}"
        failed = [part.error for _, part in parts if part.error]
        if bool(failed) != (whole.error is not None):
            told = f"an error in one, none in the other: {whole.error or failed[0]}"
            subject.fail(promise, f"{told}; {example}")
        if failed:
            return False
        for of_year, alone in parts:
            found = {name: [z[row] for row in of_year] for name, z in subject.figures(whole).items()}
            if not subject.same(found, subject.figures(alone), EXACT):
                subject.fail(promise, f"{found} instead of {subject.figures(alone)}; {example}")
        return True

    subject.drawn(promise, tables(subject, units=(6, 9)), holds, share=0.5)


def _check_weights_of_panels(subject: Subject) -> None:
    promise = "weights are taken over the rows of all periods"

    def same(columns: dict[str, list[float]], costs: list[str]) -> bool:
        rows = len(columns["x0"])
        periods, units = [2020 + row % 2 for row in range(rows)], [f"u{row // 2}" for row in range(rows)]
        flat = subject.score(columns, costs, normalisation="none")
        panel = subject.score(columns, costs, normalisation="none", units=units, periods=periods, statistics="period")
        if (flat.error is None) != (panel.error is None):
            subject.fail(promise, f"{flat.error or panel.error}; {shown(columns, costs)}")
        if flat.error is None and not subject.same(subject.figures(panel), subject.figures(flat), EXACT):
            told = f"{panel.weights} instead of {flat.weights}"
            subject.fail(promise, f"{told}; {shown(columns, costs)}; periods {periods}")
        return flat.error is None

    def holds(columns: dict[str, list[float]]) -> bool:
        """Some weightings refuse costs, which are negative here, and some refuse indicators that disagree."""
        found = [same(columns, costs) for costs in ([], costs_of(columns))]
        return any(found)

    subject.drawn(promise, tables(subject), holds)
