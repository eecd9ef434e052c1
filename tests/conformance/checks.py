"""What a method promises, as plain functions: `check_order_of_rows("topsis", "aggregation")`.

Each check takes a method as a user writes it, its kind, and the plugin files it may come from, scores small tables
through the public functions, and raises an AssertionError that names the method, the promise and the smallest example
against it. An error that Indicia states is an answer; a missing, infinite or undefined figure never is, nor is any
other exception.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import indicia
from indicia import IndiciaError, IndiciaWarning
from indicia.catalogue import Catalogue, installed
from indicia.methods import Aggregation, Domain, Method, Normalisation, Property

Column: TypeAlias = Sequence[float | None]
Columns: TypeAlias = Mapping[str, Column]
Plugins: TypeAlias = Iterable[str | Path]
Words: TypeAlias = Mapping[str, Any]

EXAMPLES = {"normalisation": 5, "weighting": 10, "aggregation": 8}
"""Tables that hypothesis draws for a promise; one of a normalisation holds four indicators, each an example."""

EXACT, CLOSE = 1e-12, 1e-9
"""How far figures may differ, as a share of the largest."""

INDICATORS = 3
"""How many components are weighed and aggregated; parameters that speak of components speak of x0, x1 and x2."""

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


@dataclass(frozen=True)
class Outcome:
    """What came out of a run: figures in the order of the rows, or the error that was stated."""

    normalised: Mapping[str, list[Any]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    scores: list[Any] = field(default_factory=list)
    ranks: list[Any] = field(default_factory=list)
    error: str | None = None


@cache
def _catalogue(plugins: tuple[str | Path, ...]) -> Catalogue:
    return installed(map(Path, plugins))


_INDICES: dict[str, indicia.Index] = {}
_OUTCOMES: dict[tuple[str, str], Outcome] = {}
"""What was read and scored before: checks of one method draw many of the same tables."""


@dataclass(frozen=True)
class Subject:
    """A method under test, and how tables are scored with it."""

    choice: Any
    kind: str
    plugins: tuple[str | Path, ...]

    @cached_property
    def method(self) -> Method:
        return _catalogue(self.plugins).choose(self.kind, self.choice)

    def declares(self, wanted: Property) -> bool:
        return wanted in self.method.properties

    @property
    def depends_on_order(self) -> bool:
        """Whether the order in which the indicators stand is a part of the method's definition."""
        return bool(getattr(self.method, "depends_on_order", False))

    @property
    def judged(self) -> bool:
        """Whether the method asks for parameters, such as judgements of one component against another."""
        return any(one.default is MISSING and one.default_factory is MISSING for one in fields(self.method))

    @cached_property
    def domains(self) -> tuple[Domain, Domain]:
        """The values that the method takes of a benefit and of a cost."""
        if isinstance(self.method, Normalisation):
            benefit = self.method.domain
            return benefit, self.method.cost_domain if self.method.has_cost_formula() else benefit
        domain = self.method.domain if isinstance(self.method, Aggregation) else Domain.REAL
        return domain, domain

    @cached_property
    def fitting(self) -> Any:
        """The normalisation that an aggregation names for itself, or one whose values it can take."""
        assert isinstance(self.method, Aggregation)
        canonical = _catalogue(self.plugins).choose("normalisation", self.method.canonical_normalisation)
        assert isinstance(canonical, Normalisation)
        if canonical.certain is None or self.method.domain.admits(canonical.certain):
            return self.method.canonical_normalisation
        return {"method": "min_max", "lower": 1.0, "upper": 100.0}

    def score(
        self,
        columns: Columns,
        costs: Iterable[str] = (),
        *,
        words: Mapping[str, Words] | None = None,
        units: Sequence[str] | None = None,
        periods: Sequence[int] | None = None,
        **methodology: Any,
    ) -> Outcome:
        """Score a table; `words` are what the index file says of indicators, beside their direction."""
        rows = len(next(iter(columns.values())))
        about = {"unit": list(units or (f"u{row}" for row in range(rows)))} | ({"period": periods} if periods else {})
        costs = set(costs)
        indicators = {
            name: {"direction": "cost" if name in costs else "benefit"} | dict((words or {}).get(name, {}))
            for name in columns
        }
        if isinstance(self.method, Normalisation) and self.method.needs_bounds:
            indicators = {name: {"bounds": [-1.0, 9.0]} | words for name, words in indicators.items()}
        stages = {"normalisation": {"weighting": "equal"}, "weighting": {}, "aggregation": {"weighting": "given"}}
        if self.kind == "aggregation":
            methodology.setdefault("normalisation", self.fitting)
        if not any(value is None for x in columns.values() for value in x):
            methodology.setdefault("missing", "skip")  # a value that a method leaves out is not an error then
        raw = {
            "data": {name: name for name in about},
            "indicators": indicators,
            "methodology": {**stages[self.kind], self.kind: self.choice, **methodology},
        }
        table = about | {name: pl.Series(list(x), dtype=pl.Float64) for name, x in columns.items()}
        return self._outcome(raw, pl.DataFrame(table), shown(columns, costs, methodology))

    def _outcome(self, raw: dict[str, Any], table: pl.DataFrame, example: str) -> Outcome:
        key = repr((raw, self.plugins))
        run = key, table.to_dict(as_series=False).__repr__()
        if len(_OUTCOMES) > 5000:
            _OUTCOMES.clear()
            _INDICES.clear()
        if run in _OUTCOMES:
            return _OUTCOMES[run]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", IndiciaWarning)
            try:
                if key not in _INDICES:
                    _INDICES[key] = indicia.Index(raw, _catalogue(self.plugins))
                result = _INDICES[key].score(table)
                outcome = Outcome(
                    normalised={name: result.normalised[name].to_list() for name in result.scored.normalised.columns},
                    weights=dict(result.weights.select("id", "weight").iter_rows()),
                    scores=result.scores["score"].to_list(),
                    ranks=result.scores["rank"].to_list(),
                )
            except IndiciaError as error:
                outcome = Outcome(error=str(error))
            except Exception as error:
                self.fail("raises nothing but errors that state what is wrong", f"{error!r} of {example}", error)
        _OUTCOMES[run] = outcome
        return outcome

    def fail(self, promise: str, example: str, cause: Exception | None = None) -> NoReturn:
        raise AssertionError(
            f"{self.method} ({self.kind}) does not keep what it promises: {promise}\n  {example}"
        ) from cause

    def figures(self, outcome: Outcome) -> dict[str, list[float]]:
        """Return what the method is responsible for, by name."""
        if self.kind == "normalisation":
            return dict(outcome.normalised)
        if self.kind == "weighting":
            return {name: [weight] for name, weight in outcome.weights.items()}
        return {"score": outcome.scores}

    def finite(
        self, outcome: Outcome, example: str, promise: str = "figures are finite, or an error is stated"
    ) -> bool:
        """Say whether there are figures; a missing or infinite one among them is a fault."""
        if outcome.error is not None:
            return False
        for name, values in {**outcome.normalised, **self.figures(outcome), "score": outcome.scores}.items():
            if any(value is None or not math.isfinite(value) for value in values):
                self.fail(promise, f"{name} = {values} of {example}")
        return True

    def same(self, found: Mapping[str, Sequence[float]], expected: Mapping[str, Sequence[float]], share: float) -> bool:
        """Say whether figures are equal, but for rounding."""
        if found.keys() != expected.keys():
            return False
        return all(alike(found[name], expected[name], share) for name in expected)

    def drawn(
        self, promise: str, strategy: st.SearchStrategy[Any], holds: Callable[[Any], bool], share: float = 1.0
    ) -> None:
        """Try a promise on tables that are drawn; `holds` raises, or says whether the table could be scored."""
        scored = 0

        @settings(
            max_examples=round(EXAMPLES[self.kind] * share),
            deadline=None,
            derandomize=True,
            database=None,
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def each(example: Any) -> None:
            nonlocal scored
            scored += holds(example)

        each()
        if not scored:
            self.fail(promise, "no table that was tried could be scored")


def size_of(*columns: Sequence[float]) -> float:
    """Return the size against which rounding is measured; what is nearly zero throughout is rounding itself."""
    return max([1e-3, *(abs(value) for column in columns for value in column)])


def alike(found: Sequence[float], expected: Sequence[float], share: float) -> bool:
    """Say whether values are equal, but for rounding, gaps in the same places."""
    if len(found) != len(expected) or any((a is None) != (b is None) for a, b in zip(found, expected, strict=True)):
        return False
    pairs = [(a, b) for a, b in zip(found, expected, strict=True) if a is not None]
    size = size_of([a for a, _ in pairs], [b for _, b in pairs])
    return all(abs(a - b) <= share * size for a, b in pairs)


def sign(difference: float, size: float) -> int:
    """Return how two values compare; what differs by rounding alone is equal."""
    return 0 if abs(difference) <= CLOSE * size else (1 if difference > 0 else -1)


def shown(columns: Columns, costs: Iterable[str] = (), methodology: Words | None = None) -> str:
    """Write a table in one line."""
    costs = set(costs)
    cells = [f"{name} ({'cost' if name in costs else 'benefit'}) = {list(x)}" for name, x in columns.items()]
    return "; ".join(cells + [f"{word} = {value}" for word, value in (methodology or {}).items()])


# Tables


def costs_of(columns: Columns) -> list[str]:
    """Every second indicator is a cost."""
    return list(columns)[1::2]


def words_for(
    subject: Subject, names: Iterable[str], costs: Iterable[str], by: Mapping[str, float] | None = None
) -> Any:
    """Say of each indicator what a method may ask for: a target, beyond all values and in the unit of measure."""
    if subject.kind != "normalisation":
        return {}
    by, costs = by or {}, set(costs)
    return {name: {"target": (-1000.0 if name in costs else 1000.0) * by.get(name, 1.0)} for name in names}


@st.composite
def tables(draw: st.DrawFn, subject: Subject, units: tuple[int, int] = (3, 6)) -> dict[str, list[float]]:
    """Draw a table of values that the method takes, some of them tied, all exact in binary notation."""
    width = 4 if subject.kind == "normalisation" else INDICATORS
    lowest = -40 if subject.kind == "normalisation" and set(subject.domains) == {Domain.REAL} else 1
    columns = draw(grids(subject, units, width, st.integers(lowest, 40), 4))
    if subject.kind == "weighting" and draw(st.booleans()):  # some weightings refuse indicators that disagree
        return {name: sorted(x, reverse=name in costs_of(columns)) for name, x in columns.items()}
    return columns


@st.composite
def components(draw: st.DrawFn, subject: Subject, units: tuple[int, int] = (3, 6)) -> dict[str, list[float]]:
    """Draw normalised values between 0 and 1, 0 itself left out."""
    return draw(grids(subject, units, INDICATORS, st.integers(1, 64), 64))


@st.composite
def grids(
    draw: st.DrawFn, subject: Subject, units: tuple[int, int], width: int, whole: st.SearchStrategy[int], parts: int
) -> dict[str, list[float]]:
    fewest, most = (max(number, subject.method.minimum_units) for number in units)
    rows = draw(st.integers(fewest, most))
    cells = draw(st.lists(whole, min_size=rows * width, max_size=rows * width))
    return {f"x{j}": [cell / parts for cell in cells[j::width]] for j in range(width)}


def fixed(subject: Subject, columns: Columns) -> dict[str, Any]:
    """Return the words that hand the values to an aggregation as they are."""
    assert isinstance(subject.method, Aggregation)
    return {"normalisation": "none", "costs": () if subject.method.oriented else costs_of(columns)}


def as_they_are(subject: Subject, columns: Columns, **more: Any) -> Outcome:
    return subject.score(columns, **fixed(subject, columns), **more)


# The promises


def check_properties_fit_the_kind(method: object, kind: str, plugins: Plugins = ()) -> None:
    """A method declares what a method of its kind can have."""
    subject = Subject(method, kind, tuple(plugins))
    if strange := subject.method.properties - FITTING[kind]:
        subject.fail(f"a {kind} declares what can be tested of it", f"{sorted(one.value for one in strange)}")


def check_order_of_rows(method: object, kind: str, plugins: Plugins = ()) -> None:
    """Units that come in another order get the same values, weights and scores."""
    subject, promise = Subject(method, kind, tuple(plugins)), "the order of the rows changes nothing"

    def holds(drawn: tuple[dict[str, list[float]], list[int]]) -> bool:
        columns, order = drawn
        costs = costs_of(columns)
        words = words_for(subject, columns, costs)
        rows = sorted(range(len(columns["x0"])), key=lambda row: (order[row % len(order)], row))
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


def check_order_of_indicators(method: object, kind: str, plugins: Plugins = ()) -> None:
    """Indicators that come in another order, with their weights, get the same values, weights and scores."""
    subject, promise = Subject(method, kind, tuple(plugins)), "the order of the indicators changes nothing"
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


def check_units_of_measure(method: object, kind: str, plugins: Plugins = ()) -> None:
    """Where `scale_invariant` is declared: x to a x, with a of its own for each indicator, changes nothing.

    Of an aggregation that holds together with the normalisation that it names for itself.
    """
    subject, promise = Subject(method, kind, tuple(plugins)), "the units of measure change nothing"
    if not subject.declares(Property.SCALE_INVARIANT):
        return

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


def check_direction(method: object, kind: str, plugins: Plugins = ()) -> None:
    """More of a benefit is never worse and more of a cost never better; best at all is no worse than worst at all."""
    subject = Subject(method, kind, tuple(plugins))
    if kind == "normalisation":
        _check_direction_of_values(subject)
    elif kind == "aggregation":
        _check_direction_of_scores(subject)


def _check_direction_of_values(subject: Subject) -> None:
    promise = "a larger benefit never gets a smaller value, a larger cost never a larger one"

    def holds(columns: dict[str, list[float]]) -> bool:
        costs = costs_of(columns)
        outcome = subject.score(columns, costs, words=words_for(subject, columns, costs))
        for name, z in outcome.normalised.items():
            turn = -1 if name in costs else 1
            for one, x in enumerate(columns[name]):
                for other, y in enumerate(columns[name]):
                    if turn * x > turn * y and z[one] < z[other] - EXACT * size_of(z):
                        subject.fail(promise, f"{name} becomes {z} of {shown({name: columns[name]}, costs)}")
        return outcome.error is None

    subject.drawn(promise, tables(subject), holds)


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
            outcome = subject.score(ends, costs, normalisation={"method": "min_max", "lower": 1.0, "upper": 100.0})
        if outcome.error is None and outcome.ranks[-2] > outcome.ranks[-1]:
            told = f"scores {outcome.scores} ranks {outcome.ranks}; the best but one in the row is the best"
            subject.fail(promise, f"{told}: {shown(ends, costs)}")
        return outcome.error is None

    subject.drawn(promise, tables(subject), holds)


def check_monotone(method: object, kind: str, plugins: Plugins = ()) -> None:
    """Where `monotone` is declared: a better value never lowers the unit's normalised value, or its standing.

    For an aggregation the normalised values of all others stay as they are; standing is how the unit compares with
    each of them.
    """
    subject = Subject(method, kind, tuple(plugins))
    if not subject.declares(Property.MONOTONE):
        return
    if kind == "normalisation":
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

    def holds(drawn: tuple[dict[str, list[float]], int, int, float]) -> bool:
        columns, row, which, by = drawn
        costs, row, name = fixed(subject, columns)["costs"], row % len(columns["x0"]), f"x{which}"
        better = {**columns, name: _improved({name: columns[name]}, costs, row, by)[name]}
        before, after = as_they_are(subject, columns), as_they_are(subject, better)
        if before.error is not None or after.error is not None:
            return False
        first, second = before.scores, after.scores
        for other in range(len(first)):
            was = sign(turn * (first[row] - first[other]), size_of(first))
            now = sign(turn * (second[row] - second[other]), size_of(second))
            if now < was:
                told = f"u{row} falls behind u{other} when its {name} becomes {better[name][row]}"
                subject.fail(promise, f"{told}: scores {first}, then {second}; {shown(columns, costs)}")
        return True

    better = st.sampled_from([0.125, 1.0, 8.0])
    drawn = st.tuples(components(subject), st.integers(0, 5), st.integers(0, INDICATORS - 1), better)
    subject.drawn(promise, drawn, holds)


def check_duplicates(method: object, kind: str, plugins: Plugins = ()) -> None:
    """Units that are alike get the same values, scores and ranks; indicators that are alike the same weights."""
    subject = Subject(method, kind, tuple(plugins))
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
    if kind == "weighting" and not subject.judged and not subject.depends_on_order:
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


def check_constant(method: object, kind: str, plugins: Plugins = ()) -> None:
    """An indicator that does not vary is an error, left out or neutral, as the methodology says."""
    subject = Subject(method, kind, tuple(plugins))
    varying = {"x0": [1.0, 2.0, 4.0, 7.0, 3.0], "x1": [3.0, 1.0, 2.0, 6.0, 5.0], "x2": [2.0, 5.0, 3.0, 1.0, 8.0]}
    for name, value in (("x0", 5.0), ("x1", 5.0), ("x0", 0.0), ("x1", -3.0)):
        columns = {**varying, name: [value] * 5}
        for policy in ("refuse", "drop", "neutral"):
            _check_constant(subject, columns, name, {"constant": policy})
        if kind != "normalisation":
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


_EXTREMES = {
    "tiny": [1e-300, 2e-300, 5e-300, 3e-300],
    "huge": [1e300, 2e300, 5e300, 3e300],
    "tiny to huge": [1e-300, 1.0, 1e300, 2.0],
    "subnormal": [5e-324, 1e-310, 1e-308, 1.0],
    "either side": [-1e300, 1e300, 0.5, 2.0],
    "largest": [1.7976931348623157e308, 1.0, 2.0, 3.0],
    "nearly equal": [1.0, 1.0000000000000002, 1.0, 1.0],
}
_ORDINARY = [[2.0, 5.0, 3.0, 1.0], [1.0, 2.0, 4.0, 3.0], [5.0, 1.0, 2.0, 8.0]]


def check_extremes(method: object, kind: str, plugins: Plugins = ()) -> None:
    """Values of 1e-300 and 1e300, alone and among ordinary ones, give finite figures or an error."""
    subject = Subject(method, kind, tuple(plugins))
    for x in _EXTREMES.values():
        alone = {f"x{j}": [x[(row + j) % 4] for row in range(4)] for j in range(INDICATORS)}
        among = {f"x{j}": x if j == 1 else ordinary for j, ordinary in enumerate(_ORDINARY)}
        runs = [(among, costs_of(among))] + ([(alone, [])] if kind != "aggregation" else [])
        for columns, costs in runs:
            words = words_for(subject, columns, costs)
            subject.finite(subject.score(columns, costs, words=words), shown(columns, costs))
        if kind != "normalisation":
            for columns in (alone, among):
                outcome = subject.score(columns, normalisation="none")
                subject.finite(outcome, shown(columns, (), {"normalisation": "none"}))


_AT_ZERO = {"x0": [2.0, 0.0, 4.0, 7.0], "x1": [1.0, 0.0, 0.0, 3.0], "x2": [1.0, 0.0, 5.0, 6.0]}
_BELOW_ZERO = {"x0": [2.0, -3.0, 4.0, 7.0], "x1": [-1.0, -7.0, 2.0, 3.0], "x2": [-5.0, -8.0, -3.0, -2.0]}


def check_zeros_and_negatives(method: object, kind: str, plugins: Plugins = ()) -> None:
    """A method takes the zeros and negative values that it declares to take; others it takes or refuses."""
    subject = Subject(method, kind, tuple(plugins))
    for columns, declared in ((_AT_ZERO, Property.DEFINED_AT_ZERO), (_BELOW_ZERO, Property.DEFINED_BELOW_ZERO)):
        runs: list[tuple[Sequence[str], dict[str, Any]]] = [((), {}), (list(columns), {})]
        if kind == "weighting":
            runs = [((), {"normalisation": "none"})]
        elif kind == "aggregation":
            runs = [(fixed(subject, columns)["costs"], {"normalisation": "none"})]
        for costs, methodology in runs:
            example = shown(columns, costs, methodology)
            outcome = subject.score(columns, costs, words=words_for(subject, columns, costs), **methodology)
            if not subject.finite(outcome, example) and subject.declares(declared):
                subject.fail(f"is {declared.value}", f"{outcome.error}; {example}")


_GAPS: dict[str, list[float | None]] = {
    "x0": [4.0, 2.0, 7.0, None, 5.0, 3.0, 6.0, None],
    "x1": [5.0, None, 2.0, 8.0, 4.0, 7.0, 1.0, None],
    "x2": [2.0, 5.0, 8.0, 1.5, 7.0, 1.0, 9.0, 4.0],
}


def check_missing(method: object, kind: str, plugins: Plugins = ()) -> None:
    """Missing values are refused, skipped or handed on, as the methodology says."""
    subject = Subject(method, kind, tuple(plugins))
    costs = costs_of(_GAPS)
    words = words_for(subject, _GAPS, costs)
    if subject.score(_GAPS, costs, words=words).error is None:
        subject.fail("missing values are refused where nothing is said", shown(_GAPS, costs))
    _check_gaps(subject, "propagate", costs, scored=[0, 2, 4, 5, 6])
    _check_gaps(subject, "skip", costs, scored=[0, 1, 2, 3, 4, 5, 6])
    if kind == "normalisation":
        _check_values_beside_gaps(subject)
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


_SMALL = {
    "one unit": {"x0": [2.0], "x1": [3.0], "x2": [5.0]},
    "two units": {"x0": [2.0, 1.0], "x1": [3.0, 1.0], "x2": [5.0, 7.0]},
    "two equal units": {"x0": [2.0, 2.0], "x1": [3.0, 3.0], "x2": [5.0, 5.0]},
    "all units equal": {"x0": [2.0] * 4, "x1": [3.0] * 4, "x2": [5.0] * 4},
    "all zero": {"x0": [0.0] * 4, "x1": [0.0] * 4, "x2": [0.0] * 4},
}


def check_few_units(method: object, kind: str, plugins: Plugins = ()) -> None:
    """One unit, two, or units that are all alike get finite figures or an error, and the same rank if alike."""
    subject = Subject(method, kind, tuple(plugins))
    for title, columns in _SMALL.items():
        costs = costs_of(columns)
        runs: list[dict[str, Any]] = [{}, {"constant": "neutral"}]
        runs += [] if kind == "normalisation" else [{"normalisation": "none"}]
        for methodology in runs:
            turned = () if methodology.get("normalisation") else costs
            outcome = subject.score(columns, turned, words=words_for(subject, columns, turned), **methodology)
            example = shown(columns, turned, methodology)
            if subject.finite(outcome, example) and "equal" in title and len(set(outcome.ranks)) > 1:
                subject.fail("units that are alike have the same rank", f"{outcome.ranks} of {example}")


def check_periods(method: object, kind: str, plugins: Plugins = ()) -> None:
    """Statistics within the period are those of each period alone; weights are taken over all rows."""
    subject = Subject(method, kind, tuple(plugins))
    if kind == "weighting":
        _check_weights_of_panels(subject)
        return
    promise = 'statistics = "period" is the same as scoring each period alone'

    def holds(columns: dict[str, list[float]]) -> bool:
        rows = len(columns["x0"])
        periods = [2020 + (row % 3 == 1) for row in range(rows)]
        costs = costs_of(columns)
        words = words_for(subject, columns, costs)
        if kind == "normalisation":  # u0 is best in both periods: a unit that others are compared with has to be good
            best = {name: (min if name in costs else max)(x) for name, x in columns.items()}
            columns = {name: [best[name], best[name], *x[2:]] for name, x in columns.items()}
        units = [f"u{periods[:row].count(year)}" for row, year in enumerate(periods)]
        run: dict[str, Any] = fixed(subject, columns) if kind == "aggregation" and rows % 2 else {}
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

    def holds(columns: dict[str, list[float]]) -> bool:
        rows = len(columns["x0"])
        periods, units = [2020 + row % 2 for row in range(rows)], [f"u{row // 2}" for row in range(rows)]
        flat = subject.score(columns, normalisation="none")
        panel = subject.score(columns, normalisation="none", units=units, periods=periods, statistics="period")
        if (flat.error is None) != (panel.error is None):
            subject.fail(promise, f"{flat.error or panel.error}; {shown(columns)}")
        if flat.error is None and not subject.same(subject.figures(panel), subject.figures(flat), EXACT):
            subject.fail(promise, f"{panel.weights} instead of {flat.weights}; {shown(columns)}; periods {periods}")
        return flat.error is None

    subject.drawn(promise, tables(subject), holds)


def check_rank_reversal(method: object, kind: str, plugins: Plugins = ()) -> None:
    """Where `free_of_rank_reversal` is declared: the others keep their order when a unit goes.

    For an aggregation the normalised values are the same; for a normalisation it is the order of the values.
    """
    subject, promise = Subject(method, kind, tuple(plugins)), "the others keep their order when a unit goes"
    if not subject.declares(Property.FREE_OF_RANK_REVERSAL):
        return

    def scored(columns: Columns, units: Sequence[str]) -> Outcome:
        if kind == "aggregation":
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

    strategy = components(subject, (4, 7)) if kind == "aggregation" else tables(subject, (4, 7))
    subject.drawn(promise, st.tuples(strategy, st.integers(0, INDICATORS)), with_an_outlier)


def check_compensation(method: object, kind: str, plugins: Plugins = ()) -> None:
    """Where `compensatory` is declared: much of one component makes up for little of any other."""
    subject, promise = Subject(method, kind, tuple(plugins)), "much of one component makes up for little of another"
    if not subject.declares(Property.COMPENSATORY):
        return
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


def check_weights(method: object, kind: str, plugins: Plugins = ()) -> None:
    """Weights are finite, not negative and sum to 1."""
    subject, promise = Subject(method, kind, tuple(plugins)), "weights are not negative and sum to 1"
    if kind != "weighting":
        return

    def holds(columns: dict[str, list[float]]) -> bool:
        outcome = subject.score(columns, costs_of(columns))
        weights = list(outcome.weights.values())
        if subject.finite(outcome, shown(columns)) and (min(weights) < 0 or abs(sum(weights) - 1) > CLOSE):
            subject.fail(promise, f"{outcome.weights}; {shown(columns, costs_of(columns))}")
        return outcome.error is None

    subject.drawn(promise, tables(subject), holds)


CHECKS = {name: check for name, check in sorted(globals().items()) if name.startswith("check_")}
"""Every check, by name."""
