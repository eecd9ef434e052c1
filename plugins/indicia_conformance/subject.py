"""The subject of a trial: a method with its parameters, watched while it runs."""

from __future__ import annotations

import math
import random
import sys
import warnings
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import numpy as np
import polars as pl

from indicia.catalogue import Catalogue, installed
from indicia.defaults import POSITIVE_NORMALISATION
from indicia.definition import ROOT
from indicia.errors import AgainstDirection, IndiciaError, IndiciaWarning, MethodFailure, MethodWarning
from indicia.formulas import FixedStatistics, RecordedFormula, Recorder, column
from indicia.formulas.recorder import forget
from indicia.index import Index
from indicia.methods import (
    Aggregation,
    Domain,
    Imputation,
    Method,
    Normalisation,
    Property,
    SeriesImputation,
    Treatment,
)
from indicia_conformance import sample
from indicia_conformance.sample import Columns, Outcome, Sample, Words, costs_of, mean_places
from indicia_conformance.tolerance import CLOSE, BrokenPromise, Column, equal, sign, size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from hypothesis import strategies as st

    from indicia.result import Result


def prepared_values(result: Result, name: str) -> list[float | None]:
    """Return the prepared values of an indicator before the engine removes rounding noise."""
    values: list[float | None] = result.prepared[name].to_list()
    for change in result.scored.changes:
        if change.stage == "noise" and name in change.after.columns:
            cells = zip(change.before[name], change.after[name], values, strict=True)
            values = [before if value == after else value for before, after, value in cells]
    return values


_ABOUT_LIBRARIES = (
    *(DeprecationWarning, PendingDeprecationWarning, FutureWarning),
    *(SyntaxWarning, ImportWarning, ResourceWarning),
)
"""Warnings about the code of a library that a method uses, which do not concern its figures."""


def raise_warnings() -> None:
    """Turn warnings of a method into errors; ignore those about libraries, other plugins or the methodology."""
    warnings.simplefilter("error")
    for category in (*_ABOUT_LIBRARIES, IndiciaWarning):
        warnings.simplefilter("ignore", category)
    warnings.simplefilter("error", MethodWarning)


@contextmanager
def watch_shared_generators() -> Iterator[Callable[[], bool]]:
    """Yield a function that returns True once the shared generators were used; restore their state at the end.

    A use does not count if a module is imported for the first time, since libraries may draw or seed at import. The
    suite runs each method several times, so that a later run shows a method that draws.
    """
    python, legacy = random.getstate(), np.random.get_state()
    # A method that sets the same seed in each run would leave the state as it was: change it first.
    random.random()
    np.random.random()
    before, modules = _state(), set(sys.modules)
    try:
        yield lambda: _state() != before and sys.modules.keys() <= modules
    finally:
        random.setstate(python)
        np.random.set_state(legacy)


def _state() -> tuple[object, ...]:
    _, words, position, *_ = np.random.get_state()
    return np.asarray(words).tobytes(), position, random.getstate()


T = TypeVar("T")

_COMPANIONS: dict[str, dict[str, Any]] = {
    "imputation": {"normalisation": "none", "missing": "skip"},
    "treatment": {"normalisation": "none", "missing": "skip"},
    "normalisation": {"weighting": "equal"},
    "weighting": {},
    "aggregation": {"weighting": "given"},
}
"""The rest of the methodology, by kind of the method under test."""

FIRST, _LATER = 2015, 2016
"""The base period in the `example` of a method that compares periods, and the period of the sample."""

YEARS = (2000, 2001, 2003, 2004)
"""The periods of each unit in a sample for a series imputation; the gaps between them differ."""

_SOUND = "raises only errors that name the problem"


@cache
def catalogue_of(plugins: tuple[str | Path, ...]) -> Catalogue:
    """Gather the installed methods and those of plugin files.

    Plugins are imported here, before a method is watched. Warnings about plugins are shown and fail no check, since
    they may concern another plugin.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        return installed(map(Path, plugins))


_INDICES: dict[Any, Index] = {}
_OUTCOMES: dict[Any, Outcome] = {}
"""Indices and outcomes of earlier runs: the checks of a method draw many of the same samples."""


@dataclass(frozen=True)
class Subject:
    """A method under test: a choice as an index file states it, or an instance."""

    choice: Any
    kind: str
    plugins: tuple[str | Path, ...]
    errors: list[str] = field(default_factory=list, compare=False, repr=False)
    """The messages of errors in runs with the method."""
    assumed: Property | None = None
    """A property that the method does not declare, and that a check tries."""

    @cached_property
    def method(self) -> Method:
        return catalogue_of(self.plugins).choose(self.kind, self.choice)

    @property
    def offered(self) -> bool:
        """True if a plugin offers the method, so that a file can name it."""
        offer = catalogue_of(self.plugins).offers.get((self.kind, self.method.name))
        return offer is not None and offer.method is type(self.method)

    def declares(self, declared: Property) -> bool:
        """Return True if the method declares a property, or if a check assumes it."""
        return declared is self.assumed or declared in self.method.properties

    @property
    def draws_by_name(self) -> bool:
        """True if random numbers of the method may depend on the names of indicators and units."""
        return self.method.draws_random_numbers or "seed" in self.method.parameters

    @property
    def draws_scores(self) -> bool:
        """True if equal units may have different scores, since the method draws a random number for each."""
        return self.kind == "aggregation" and self.method.draws_random_numbers

    @property
    def needs_parameters(self) -> bool:
        """True if a parameter has no default, such as judgements of pairs of components."""
        return any(
            parameter.default is MISSING and parameter.default_factory is MISSING for parameter in fields(self.method)
        )

    @property
    def may_name_components(self) -> bool:
        """True if parameters may hold names of components: required ones, those of the example, and tables."""
        tables = any(isinstance(value, dict) for value in self.method.parameters.values())
        return self.needs_parameters or bool(self.method.example) or tables

    @property
    def orders_ties(self) -> bool:
        """True if the order of rows or indicators may decide between equal candidates."""
        return self.method.order_decides_ties or self.method.depends_on_order

    @property
    def prepares(self) -> bool:
        """True if the method changes raw values: an imputation or a treatment."""
        return isinstance(self.method, Imputation | Treatment)

    @property
    def fills_from_periods(self) -> bool:
        """True if the method fills the gaps of a unit from its other periods."""
        return isinstance(self.method, SeriesImputation)

    @cached_property
    def domains(self) -> tuple[Domain, Domain]:
        """The domains of a benefit and of a cost."""
        if isinstance(self.method, Normalisation):
            benefit = self.method.domain
            return benefit, self.method.cost_domain if self.method.has_cost_formula() else benefit
        domain = self.method.domain if isinstance(self.method, Aggregation | Treatment) else Domain.REAL
        return domain, domain

    @cached_property
    def normalisation(self) -> Any:
        """The canonical normalisation of an aggregation; a positive one if the aggregation refuses its worst score."""
        assert isinstance(self.method, Aggregation)
        canonical = catalogue_of(self.plugins).choose("normalisation", self.method.canonical_normalisation)
        assert isinstance(canonical, Normalisation)
        if canonical.guaranteed_worst_score is None or self.method.domain.admits(canonical.guaranteed_worst_score):
            return self.method.canonical_normalisation
        return POSITIVE_NORMALISATION

    def sample(
        self,
        columns: Columns,
        costs: Iterable[str] | None = None,
        *,
        keys: Mapping[str, Sequence[Any]] | None = None,
        **methodology: Any,
    ) -> Sample:
        """Return a sample that the method can run on.

        Parameters
        ----------
        columns
            The values by indicator.
        costs
            The indicators for which less is better; default: every second indicator.
        keys
            The columns "unit" and "year"; default: units u0, u1 … of one period, or of four periods if the method fills
            gaps from other periods.
        methodology
            Other keys of the methodology.
        """
        rows = range(len(next(iter(columns.values()))))
        if keys is None:
            keys = {"unit": [f"u{row}" for row in rows]}
            if self.fills_from_periods:
                keys = {"unit": [f"u{row // 4}" for row in rows], "year": [YEARS[row % 4] for row in rows]}
        if self.prepares:
            numbers = [int(unit.removeprefix("u")) for unit in keys["unit"]]
            parents = [f"u{(number - 1) // 2}" if number else None for number in numbers]
            keys = {**keys, "group": ["ab"[number % 2] for number in numbers], "parent": parents}
        costs = costs_of(columns) if costs is None else tuple(costs)
        if names := self.method.used_names:
            # an outcome that rises with the indicators, and positive weights of units, which differ
            keys = {**dict.fromkeys(names, mean_places(columns, costs)), **keys}
        words: dict[str, Words] = {}
        if self.kind == "normalisation":  # a target beyond all values, which some methods require
            words = {name: {"target": -1000.0 if name in costs else 1000.0} for name in columns}
        return Sample(columns, keys, costs, words, methodology)

    @cached_property
    def columns_by_row(self) -> list[str]:
        """The columns of `uses` that a normalisation reads in each row, so that equal values may score differently."""
        if not isinstance(self.method, Normalisation) or not self.method.used_names:
            return []
        recorder, x = Recorder(), column("x")
        z = self.method.benefit(x, recorder("x", x, FixedStatistics(-1.0, 9.0, 1000.0), uses=self.method.used_names))
        return RecordedFormula(z.node, recorder.questions).columns_by_row

    def are_comparable(self, sample: Sample, row: int, other: int) -> bool:
        """Return True if two rows have equal values in the columns that the method reads in each row."""
        return all(sample.keys[name][row] == sample.keys[name][other] for name in self.columns_by_row)

    def panel(self, sample: Sample) -> Sample:
        """Return the sample as a panel of two periods: each pair of rows is a unit."""
        rows = range(sample.rows)
        keys: dict[str, list[Any]] = {"unit": [f"u{row // 2}" for row in rows]}
        keys["year"] = [2020 + row % 2 for row in rows]
        return self.sample(sample.columns, sample.costs, keys=keys, **sample.methodology)

    def as_given(self, columns: Columns) -> Sample:
        """Return a sample whose values reach an aggregation as they are."""
        assert isinstance(self.method, Aggregation)
        return self.sample(columns, () if self.method.oriented else None, normalisation="none")

    def definition(self, sample: Sample) -> dict[str, Any]:
        """Return the content of an index file for the sample."""
        bounds = {"bounds": [-1.0, 9.0]} if isinstance(self.method, Normalisation) and self.method.needs_bounds else {}
        data: dict[str, Any] = {"unit": "unit"}
        if "year" in sample.keys or self._needs_periods:
            data["period"] = "year"
        if groups := [name for name in ("group", "parent") if name in sample.keys]:
            data["groups"] = groups
        methodology = {**_COMPANIONS[self.kind], self.kind: self.choice, **sample.methodology}
        if self.kind == "aggregation":
            methodology.setdefault("normalisation", self.normalisation)
        if not any(value is None for x in sample.columns.values() for value in x):
            methodology.setdefault("missing", "skip")  # so that a value that a method drops is no error
        indicators = {
            name: {"direction": "cost" if name in sample.costs else "benefit", **bounds, **sample.words.get(name, {})}
            for name in sample.columns
        }
        return {"data": data, "indicators": indicators, "methodology": methodology}

    def frame(self, sample: Sample) -> pl.DataFrame:
        """Return the table of the sample; for a method that needs periods, an earlier period comes first.

        In the earlier period each unit has the best values of the sample, so that all units have the same base.
        """
        columns = {name: pl.Series(list(x), dtype=pl.Float64) for name, x in sample.columns.items()}
        frame = pl.DataFrame({**sample.keys, **columns})
        if not self._needs_periods:
            return frame
        if "year" not in sample.keys:
            frame = frame.insert_column(1, pl.repeat(_LATER, len(frame), dtype=pl.Int64, eager=True).alias("year"))
        best = [pl.col(name).min() if name in sample.costs else pl.col(name).max() for name in columns]
        best += [pl.col(name).max() for name in self.method.used_names]
        units = frame.unique("unit", keep="first", maintain_order=True).with_columns(pl.lit(FIRST).alias("year"))
        first = units.drop(frame.select(best).columns).join(frame.select(best), how="cross").select(frame.columns)
        return pl.concat([first, frame], how="vertical_relaxed")

    @property
    def _needs_periods(self) -> bool:
        return isinstance(self.method, Normalisation) and self.method.needs_periods

    def index(self, sample: Sample) -> Index:
        """Return the index of the sample, read once."""
        definition = self.definition(sample)
        key = type(self.method), repr((definition, self.plugins))
        if key not in _INDICES:
            _INDICES[key] = Index(definition, catalogue_of(self.plugins))
        return _INDICES[key]

    def run(self, sample: Sample) -> Outcome:
        """Score the sample; an equal sample is scored once."""
        key = type(self.method), repr((self.kind, self.choice, self.plugins, sample))
        if len(_OUTCOMES) > 5000:
            _OUTCOMES.clear()
            _INDICES.clear()
        if key not in _OUTCOMES:
            try:
                with self.watch(sample):
                    _OUTCOMES[key] = self.outcome(self.index(sample).score(self.frame(sample)), sample)
            except IndiciaError as error:
                _OUTCOMES[key] = Outcome(error=str(error), against_direction=isinstance(error, AgainstDirection))
        outcome = _OUTCOMES[key]
        if outcome.error is not None:
            self.errors.append(outcome.error)
        return outcome

    def run_above_zero(self, sample: Sample) -> Outcome:
        """Score the sample; after an error, retry on a scale from 1, since a method may refuse a worst score of 0."""
        outcome = self.run(sample)
        if outcome.error is None:
            return outcome
        return self.run(sample.with_methodology(normalisation=POSITIVE_NORMALISATION))

    def outcome(self, result: Result, sample: Sample) -> Outcome:
        """Return the figures of a result for the rows of the sample."""
        normalised = result.scored.normalised.columns
        outcome = Outcome(
            prepared={name: prepared_values(result, name) for name in sample.columns} if self.prepares else {},
            normalised={} if self.prepares else {name: result.normalised[name].to_list() for name in normalised},
            weights=dict(result.weights.select("id", "weight").iter_rows()),
            scores=result.scores["score"].to_list(),
            ranks=result.scores["rank"].to_list(),
        )
        rows = range(len(outcome.scores))
        return outcome.take(rows[-sample.rows :])  # without the earlier period

    def attempt(self, example: object, work: Callable[[], T]) -> T | None:
        """Return the result of `work`, or None after an error, whose message is added to `errors`."""
        try:
            with self.watch(example):
                return work()
        except IndiciaError as error:
            self.errors.append(str(error))
            return None

    @contextmanager
    def watch(self, example: object) -> Iterator[None]:
        """Fail if the method does anything except return figures or raise an IndiciaError.

        It must not print, warn, raise another exception, or use the random generators that all code shares.
        """
        catalogue_of(self.plugins)
        forget()
        with watch_shared_generators() as used, warnings.catch_warnings():
            raise_warnings()
            try:
                yield
            except MethodWarning as warning:
                promise = "prints nothing" if " prints " in str(warning) else "computes in double precision"
                self.fail(promise, f"{warning} of {example}", warning, is_fault_of_code=True)
            except MethodFailure as error:
                lines = filter(None, (error.what, *(error.where or "").splitlines()))
                self.fail(_SOUND, "\n  ".join([*lines, str(example)]), error, is_fault_of_code=True)
            except IndiciaError:
                raise
            except Exception as error:
                reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
                message = f"{self.method.name} fails: {reason}\n  {example}"
                self.fail(_SOUND, message, error, is_fault_of_code=True)
            if used():
                reason = "it draws from random or numpy.random, or seeds them; use numpy.random.default_rng(seed)"
                promise = "does not use the shared random generators"
                self.fail(promise, f"{reason}\n  {example}", is_fault_of_code=True)

    def fail(self, promise: str, example: str, cause: Exception | None = None, **facts: bool) -> NoReturn:
        """Raise the failure of a promise, with the smallest counterexample and the facts of a `BrokenPromise`."""
        message = f"{self.method} ({self.kind}) does not keep its promise: {promise}\n  {example}"
        raise BrokenPromise(message, **facts) from cause

    def equal(self, column: Column, expected: Column, tolerance: float = CLOSE) -> bool:
        """Compare two columns up to rounding, and up to the tolerance of a method that iterates."""
        return equal(column, expected, max(tolerance, self.method.iteration_tolerance))

    def sign(self, difference: float, size: float) -> int:
        """Return the sign of a difference; one by rounding, or within the tolerance of the method, is 0."""
        return sign(difference, size, max(CLOSE, 2 * self.method.iteration_tolerance))

    def same_ranks(self, outcome: Outcome, expected: Outcome) -> bool:
        """Return True if the ranks are equal; scores within the tolerance of a method that iterates may be tied."""
        if outcome.ranks == expected.ranks or not self.method.iteration_tolerance:
            return outcome.ranks == expected.ranks
        scores, rows = expected.scores, range(len(expected.ranks))
        size = size_of(scores)
        return all(
            not self.sign(scores[row] - scores[other], size)
            or (outcome.ranks[row] < outcome.ranks[other]) == (expected.ranks[row] < expected.ranks[other])
            for row in rows
            for other in range(row)
            if scores[row] is not None and scores[other] is not None
        )

    def figures(self, outcome: Outcome) -> Mapping[str, list[Any]]:
        """Return the figures that a method of this kind computes, by name."""
        if self.prepares:
            return outcome.prepared
        if self.kind == "normalisation":
            return outcome.normalised
        if self.kind == "weighting":
            return {name: [weight] for name, weight in outcome.weights.items()}
        return {"score": outcome.scores}

    def compare(
        self, promise: str, outcome: Outcome, expected: Outcome, example: object, tolerance: float = CLOSE
    ) -> bool:
        """Fail if the figures of two runs differ, or if only one run is an error; return False if both are."""
        if (outcome.error is None) != (expected.error is None):
            self.fail(promise, f"an error in one run, none in the other: {outcome.error or expected.error}; {example}")
        if outcome.error is not None:
            return False
        figures, target = self.figures(outcome), self.figures(expected)
        if figures.keys() != target.keys() or not all(
            self.equal(figures[name], target[name], tolerance) for name in target
        ):
            self.fail(promise, f"{figures} instead of {target}; {example}")
        return True

    def require_sound(
        self, outcome: Outcome, sample: Sample, promise: str = "figures are finite, or an error is stated"
    ) -> bool:
        """Fail if a figure is missing or infinite, or if a cell changes that must stay; return False for an error."""
        if outcome.error is not None:
            return False
        gaps_allowed = self.prepares  # an imputation may leave gaps, a treatment keeps them
        columns = outcome.prepared if self.prepares else {**outcome.normalised, **self.figures(outcome)}
        for name, values in {**columns, "score": [] if self.prepares else outcome.scores}.items():
            if any(not gaps_allowed if value is None else not math.isfinite(value) for value in values):
                self.fail(promise, f"{name} = {list(values)} of {sample}")
        for name, values in outcome.prepared.items():
            x, example = sample.columns[name], f"{name} becomes {list(values)}; {sample}"
            changed = (before is not None and before != after for before, after in zip(x, values, strict=True))
            if self.kind == "imputation" and any(changed):
                self.fail("present cells are untouched", example)
            if self.kind == "treatment" and [value is None for value in x] != [value is None for value in values]:
                self.fail("missing cells stay missing, and no other cell becomes missing", example)
        return True

    def require_names(self, error: str | None, sample: Sample) -> None:
        """Fail if an error does not name the method, and the indicator or the node."""
        if error is not None and not (
            self.method.name in error and any(name in error for name in (*sample.columns, ROOT))
        ):
            self.fail("an error names the method, and the indicator or the node", f"{error}; {sample}")

    def try_examples(
        self, promise: str, strategy: st.SearchStrategy[Any], holds: Callable[[Any], bool], effort: float = 1.0
    ) -> None:
        """Search for a counterexample.

        Parameters
        ----------
        promise
            The promise, as the message of a failure states it.
        strategy
            The examples.
        holds
            Raises AssertionError on a counterexample, and returns False if the method refuses the example. If it
            refuses all examples, five times as many are tried, since a check without an example verifies nothing.
        effort
            The number of examples, as a share of the usual number.
        """
        number = min(sample.LIMIT, max(1, round(sample.NUMBERS[self.kind] * effort)))
        if not any(sample.try_examples(strategy, holds, times * number) for times in (1, 5)):
            reason = f": {self.errors[-1]}" if self.errors else ""
            self.fail(promise, f"no table that was tried could be scored{reason}", is_without_example=True)
