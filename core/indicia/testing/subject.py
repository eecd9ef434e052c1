"""A method under test, and what comes out when tables are scored with it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import polars as pl
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from indicia.catalogue import Catalogue, installed
from indicia.defaults import POSITIVE_NORMALISATION
from indicia.definition.model import ROOT
from indicia.errors import AgainstDirection, IndiciaError, IndiciaWarning, MethodFailure, MethodWarning
from indicia.formulas.recorder import forget
from indicia.index import Index
from indicia.methods import Aggregation, Domain, Method, Normalisation, Property
from indicia.testing.chance import watched

if TYPE_CHECKING:
    from indicia.result import Result

Column: TypeAlias = Sequence[float | None]
Columns: TypeAlias = Mapping[str, Column]
Words: TypeAlias = Mapping[str, Any]

EXAMPLES = {
    "imputation": 12,
    "treatment": 8,
    "normalisation": 15,
    "weighting": 24,
    "aggregation": 20,
    "agreement": 20,
    "consensus": 20,
}
"""Tables that hypothesis draws for a promise; some hold four indicators, each an example."""

SEED: int | None = None
"""Draws other tables than those that are always drawn."""

PHASES = (Phase.generate, Phase.shrink)
"""An example against a promise is made as small as can be."""

FOLLOWS_DIRECTION = "a larger benefit never gets a smaller value, a larger cost never a larger one"
_SOUND = "raises nothing but errors that state what is wrong"

EXACT, CLOSE = 1e-12, 1e-9
"""How far figures may differ, as a share of the largest."""


FIRST, _LATER = 2015, 2016
"""The periods of tables, for a method that needs several; its example names the first."""


@dataclass(frozen=True)
class Outcome:
    """What came out of a run: figures in the order of the rows, or the error that was stated."""

    normalised: Mapping[str, list[Any]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    scores: list[Any] = field(default_factory=list)
    ranks: list[Any] = field(default_factory=list)
    error: str | None = None
    against_direction: bool = False
    """The engine refuses the figures, since a better value scores less than a worse one."""

    def after(self, rows: int) -> Outcome:
        """Return what came out for all rows but the first."""
        normalised = {name: z[rows:] for name, z in self.normalised.items()}
        return replace(self, normalised=normalised, scores=self.scores[rows:], ranks=self.ranks[rows:])


@cache
def catalogue_of(plugins: tuple[str | Path, ...]) -> Catalogue:
    """Return the installed methods, and those of plugin files.

    Plugins are imported here, and not while a method is asked. What a plugin warns of, or what there is to say of it,
    is shown and never an error: it tells nothing of the method under test.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        return installed(map(Path, plugins))


_INDICES: dict[Any, Index] = {}
_OUTCOMES: dict[Any, Outcome] = {}
"""What was read and scored before: checks of one method draw many of the same tables."""


@dataclass(frozen=True)
class Subject:
    """A method under test, and how tables are scored with it."""

    choice: Any
    kind: str
    plugins: tuple[str | Path, ...]
    refusals: list[str] = field(default_factory=list, compare=False, repr=False)
    """The errors that it stated."""

    @cached_property
    def method(self) -> Method:
        return catalogue_of(self.plugins).choose(self.kind, self.choice)

    @property
    def offered(self) -> bool:
        """Whether the method can be chosen by its name."""
        offer = catalogue_of(self.plugins).offers.get((self.kind, self.method.name))
        return offer is not None and offer.method is type(self.method)

    def declares(self, wanted: Property) -> bool:
        return wanted in self.method.properties

    @property
    def depends_on_order(self) -> bool:
        """Whether the order in which indicators or rankings stand is a part of the method's definition."""
        return self.method.depends_on_order

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
        canonical = catalogue_of(self.plugins).choose("normalisation", self.method.canonical_normalisation)
        assert isinstance(canonical, Normalisation)
        if canonical.guaranteed_worst_score is None or self.method.domain.admits(canonical.guaranteed_worst_score):
            return self.method.canonical_normalisation
        return POSITIVE_NORMALISATION

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
        raw, table = self.stated(columns, costs, words=words, units=units, periods=periods, **methodology)
        said = {word: value for word, value in raw["methodology"].items() if word != self.kind}
        outcome = self._outcome(raw, table, shown(columns, costs, said))
        if outcome.error is not None:
            self.refusals.append(outcome.error)
        before = table.height - len(next(iter(columns.values())))
        return outcome.after(before) if before else outcome

    def stated(
        self,
        columns: Columns,
        costs: Iterable[str] = (),
        *,
        words: Mapping[str, Words] | None = None,
        units: Sequence[str] | None = None,
        periods: Sequence[int] | None = None,
        **methodology: Any,
    ) -> tuple[dict[str, Any], pl.DataFrame]:
        """Return the definition of an index, and its table; a method that needs periods finds every unit in the first.

        There each is as good as the best, so that units compare as they do in the others.
        """
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
        raw: dict[str, Any] = {
            "data": {name: name for name in about},
            "indicators": indicators,
            "methodology": {**stages[self.kind], self.kind: self.choice, **methodology},
        }
        table = about | {name: pl.Series(list(x), dtype=pl.Float64) for name, x in columns.items()}
        whole = pl.DataFrame(table)
        if isinstance(self.method, Normalisation) and self.method.needs_periods:
            raw["data"]["period"] = "period"
            if periods is None:
                whole = whole.insert_column(1, pl.repeat(_LATER, rows, dtype=pl.Int64, eager=True).alias("period"))
            best = [(pl.col(name).min() if name in costs else pl.col(name).max()) for name in columns]
            first = whole.select(pl.col("unit").unique(maintain_order=True)).join(whole.select(best), how="cross")
            whole = pl.concat([first.insert_column(1, pl.lit(FIRST).alias("period")), whole], how="vertical_relaxed")
        return raw, whole

    def index(self, raw: Mapping[str, Any]) -> Index:
        """Return the index of a definition."""
        return Index(raw, catalogue_of(self.plugins))

    def _outcome(self, raw: dict[str, Any], table: pl.DataFrame, example: str) -> Outcome:
        key = type(self.method), repr((raw, self.plugins))
        run = key, table.to_dict(as_series=False).__repr__()
        if len(_OUTCOMES) > 5000:
            _OUTCOMES.clear()
            _INDICES.clear()
        if run in _OUTCOMES:
            return _OUTCOMES[run]
        try:
            with self.asked(example):
                if key not in _INDICES:
                    _INDICES[key] = self.index(raw)
                outcome = outcome_of(_INDICES[key].score(table))
        except IndiciaError as error:
            outcome = Outcome(error=str(error), against_direction=isinstance(error, AgainstDirection))
        _OUTCOMES[run] = outcome
        return outcome

    @contextmanager
    def asked(self, example: object) -> Iterator[None]:
        """Take as a fault whatever the method does beside giving figures, or an error that states what is wrong."""
        catalogue_of(self.plugins)
        forget()
        with watched() as drawn, warnings.catch_warnings():
            strict()
            try:
                yield
            except MethodWarning as warning:
                quiet = "prints nothing" if " prints " in str(warning) else "computes in double precision"
                self.fail(quiet, f"{warning} of {example}", warning)
            except MethodFailure as error:
                told = "\n  ".join(filter(None, (error.what, *(error.where or "").splitlines())))
                self.fail(_SOUND, f"{told}\n  {example}", error)
            except IndiciaError:
                raise
            except Exception as error:
                told = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
                self.fail(_SOUND, f"{self.method.name} fails: {told}\n  {example}", error)
            if drawn():
                told = "it draws from random or numpy.random, or seeds them; take numpy.random.default_rng(seed)"
                self.fail("leaves the random numbers of others alone", f"{told}\n  {example}")

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

    def named(self, error: str | None, columns: Iterable[str], example: str) -> None:
        """See to it that an error, if there is one, names the method, and the indicator or the node."""
        if error is None or (self.method.name in error and any(name in error for name in (*columns, ROOT))):
            return
        self.fail("an error names the method, and the indicator or the node", f"{error}; {example}")

    def same(self, found: Mapping[str, Sequence[float]], expected: Mapping[str, Sequence[float]], share: float) -> bool:
        """Say whether figures are equal, but for rounding."""
        if found.keys() != expected.keys():
            return False
        return all(alike(found[name], expected[name], share) for name in expected)

    def drawn(
        self, promise: str, strategy: st.SearchStrategy[Any], holds: Callable[[Any], bool], share: float = 1.0
    ) -> None:
        """Try a promise on tables that are drawn; `holds` raises, or says whether the table could be scored.

        Where a method refuses all of them, more are drawn: nothing is promised of what was never scored.
        """
        number = max(1, round(EXAMPLES[self.kind] * share))
        if not (_tried(strategy, holds, number) or _tried(strategy, holds, 5 * number)):
            why = f": {self.refusals[-1]}" if self.refusals else ""
            self.fail(promise, f"no table that was tried could be scored{why}")


def _tried(strategy: st.SearchStrategy[Any], holds: Callable[[Any], bool], number: int) -> bool:
    """Try so many examples, always the same ones unless there is a seed; say whether any could be scored."""
    scored = False

    @settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def each(example: Any) -> None:
        nonlocal scored
        scored |= holds(example)

    (each if SEED is None else seed(SEED)(each))()
    return scored


def outcome_of(result: Result) -> Outcome:
    """Return the figures of a result, in the order of the rows."""
    return Outcome(
        normalised={name: result.normalised[name].to_list() for name in result.scored.normalised.columns},
        weights=dict(result.weights.select("id", "weight").iter_rows()),
        scores=result.scores["score"].to_list(),
        ranks=result.scores["rank"].to_list(),
    )


_OF_LIBRARIES = (
    *(DeprecationWarning, PendingDeprecationWarning, FutureWarning),
    *(SyntaxWarning, ImportWarning, ResourceWarning),
)
"""Warnings about the code of a library that a method uses; they tell nothing of the figures."""


def strict() -> None:
    """Turn warnings of a method into errors, except those about libraries, other plugins or the methodology."""
    warnings.simplefilter("error")
    for category in (*_OF_LIBRARIES, IndiciaWarning):
        warnings.simplefilter("ignore", category)
    warnings.simplefilter("error", MethodWarning)


def size_of(*columns: Column) -> float:
    """Return the size against which rounding is measured; what is nearly zero throughout is rounding itself."""
    return max([1e-3, *(abs(value) for column in columns for value in column if value is not None)])


def alike(found: Column, expected: Column, share: float) -> bool:
    """Say whether values are equal, but for rounding, gaps in the same places."""
    if len(found) != len(expected) or any((a is None) != (b is None) for a, b in zip(found, expected, strict=True)):
        return False
    pairs = [(a, b) for a, b in zip(found, expected, strict=True) if a is not None and b is not None]
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
