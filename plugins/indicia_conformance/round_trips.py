"""Promises of equal results: of parameters after writing and reading, of draws in a batch, of a fitted index."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import suppress
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import polars as pl
from hypothesis import strategies as st
from pydantic import TypeAdapter

from indicia.catalogue import OFFERED_KINDS, Choice
from indicia.catalogue.discovery import build_from_installed
from indicia.errors import IndiciaError
from indicia.methods import MatrixImputation, Method, SeriesImputation
from indicia.run import Draws, score_draws
from indicia_bundle.fitted import FittedIndex, fit
from indicia_bundle.fitted import read as read_fitted
from indicia_conformance.cells import samples
from indicia_conformance.check import ON_TABLES, check
from indicia_conformance.tolerance import CLOSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_conformance.sample import Outcome, Sample
    from indicia_conformance.subject import Subject

_DRAWS = 3


@check(*(kind.name for kind in OFFERED_KINDS))
def check_parameters(subject: Subject) -> None:
    """A method that is written as text or JSON and read again is the same method, for all parameters."""
    for method in (subject.method, *variants(subject.method)):
        parameters = TypeAdapter(type(method)).dump_python(method, mode="json")
        forms = {"text": str(method), "JSON": json.dumps({"method": method.name, **parameters})}
        for form, text in forms.items():
            try:
                choice = Choice.read(text if form == "text" else json.loads(text))
                copy = build_from_installed(type(method), choice.parameters, Path())
            except IndiciaError as error:
                subject.fail(f"it can be read from {form}", f"{method!r} is written {text}: {error}", error)
            if copy != method:
                subject.fail(f"it is the same when it is read from {form}", f"{text} is read as {copy}")


def variants(method: Method) -> Iterator[Method]:
    """Yield the method with other values of each parameter; skip values that it refuses."""
    hints = _types_of_parameters(type(method))
    for parameter in fields(method):
        for value in _values(hints[parameter.name]):
            with suppress(IndiciaError):
                yield build_from_installed(type(method), {**method.parameters, parameter.name: value}, Path())


def _types_of_parameters(method: type[Method]) -> dict[str, Any]:
    """Return the types of the parameters; class variables may have types that are imported for type checkers only."""
    names = {parameter.name for parameter in fields(method)}
    hints: dict[str, Any] = {}
    for owner in reversed(method.__mro__):
        own = {name: hint for name, hint in vars(owner).get("__annotations__", {}).items() if name in names}
        hints |= get_type_hints(type("Parameters", (), {"__annotations__": own}), vars(sys.modules[owner.__module__]))
    return hints


def _values(hint: Any) -> Iterator[Any]:
    """Yield values of a type that are hard to write and to read."""
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    elif hint is bool:
        yield from (True, False)
    elif hint is int:
        yield from (0, 1, 7)
    elif hint is float:
        yield from (0.1, 1 / 3, 1e-300, 1e300, -2.5, 0.3, 12345678.9)
    elif hint is str:
        yield from ("region", "a name of two words", 'with "quotes"', "ü")
    elif hint is type(None):
        yield None
    elif get_origin(hint) is tuple:
        yield from (("region",), ("region", "a name of two words")) if str in get_args(hint) else ()
    else:
        for argument in get_args(hint):
            yield from _values(argument)


@check(*ON_TABLES)
def check_draws(subject: Subject) -> None:
    """Draws get the same scores together as one by one.

    The draws are of weights for an aggregation, and of errors in the data for the other kinds.
    """
    source = "weights" if subject.kind == "aggregation" else "errors in the data"
    promise = f"draws of {source} get the same scores together as one by one"

    def holds(example: tuple[Sample, list[int]]) -> bool:
        sample, numbers = example
        index, frame = subject.index(sample), subject.frame(sample)
        run = subject.attempt(sample, partial(index.score, frame))
        if run is None:
            return False
        if subject.kind == "aggregation":
            weights = np.resize(np.array(numbers, dtype=float), (_DRAWS, len(sample.columns)))
            weights /= weights.sum(axis=1, keepdims=True)
            draws = Draws(_DRAWS, {run.scored.tree.id: weights})
            singles = [(subject.index(sample.with_weights(row)), frame) for row in weights.tolist()]
        else:
            noise = np.resize(np.array(numbers) / 16, (len(sample.columns), _DRAWS, len(frame)))
            errors = dict(zip(sample.columns, noise, strict=True))
            draws = Draws(_DRAWS, errors=errors)
            singles = [
                (index, frame.with_columns(pl.col(name) + x[draw] for name, x in errors.items()))
                for draw in range(_DRAWS)
            ]
        results = [subject.attempt(sample, partial(index.score, frame)) for index, frame in singles]
        details = f"{sample}; drawn from {numbers}"
        try:
            scores = score_draws(run.definition, run.scored, draws)
        except IndiciaError as error:
            if any(result is None for result in results):
                return False
            subject.fail(promise, f"{error}; {details}", error)
        for draw, (row, result) in enumerate(zip(scores, results, strict=True)):
            if result is None:
                return False
            batch, expected = pl.Series(row, nan_to_null=True).to_list(), result.scores["score"].to_list()
            if not subject.equal(batch, expected, CLOSE):
                subject.fail(promise, f"draw {draw} scores {batch} together, {expected} alone; {details}")
        return True

    numbers = st.lists(st.integers(1, 40), min_size=11, max_size=11)
    subject.try_examples(promise, st.tuples(samples(subject), numbers), holds, effort=0.5)


@check(*ON_TABLES)
def check_fitted(subject: Subject) -> None:
    """A fitted index gives its own data the same figures: all units, a part of them, or a file in slices.

    An imputation that carries values forward gives later periods the figures of a run over all periods. A method that
    needs all units is refused by name.
    """
    promise = "a fitted index scores its own data as the run did"
    carries_forward = isinstance(subject.method, SeriesImputation) and subject.method.carries_forward
    needs_all = isinstance(subject.method, SeriesImputation | MatrixImputation) and not carries_forward
    tolerance = 0.0 if subject.prepares else CLOSE

    def holds(sample: Sample) -> bool:
        expected = subject.run(sample)
        if expected.error is not None:
            return False
        fitted = subject.attempt(sample, lambda: _fit(subject, sample))
        if fitted is None or needs_all:
            error = None if fitted else subject.errors[-1]
            if not (error and "cannot be fitted" in error and subject.method.name in error):
                subject.fail("an error names the method that cannot be fitted", f"{error}; {sample}")
            if subject.prepares and not needs_all:
                subject.fail(promise, f"{error}; {sample}")
            return True
        if carries_forward:
            return _fills_later_periods(subject, sample, expected, fitted)
        for rows in (range(sample.rows), [row for row in range(sample.rows) if row % 3 != 1]):
            part = sample.take(rows)
            result = subject.attempt(part, partial(fitted.score, subject.frame(part)))
            if result is None:
                subject.fail(promise, f"{subject.errors[-1]}; {part}")
            outcome = subject.outcome(result, part)
            subject.compare(f"{promise}, also a part of its units", outcome, expected.take(rows), part, tolerance)
            if not subject.equal(outcome.scores, expected.take(rows).scores, CLOSE):
                subject.fail(promise, f"{outcome.scores} instead of {expected.take(rows).scores}; {part}")
        slices = subject.attempt(sample, lambda: stream(fitted, subject.frame(sample)))
        if slices is None or not subject.equal(slices[-sample.rows :], expected.scores, CLOSE):
            reason = f"{slices} instead of {expected.scores}" if slices else subject.errors[-1]
            subject.fail("slices of a file score as in memory", f"{reason}; {sample}")
        return True

    subject.try_examples(promise, samples(subject), holds, effort=1.0 if subject.prepares else 0.5)


def _fills_later_periods(subject: Subject, sample: Sample, expected: Outcome, fitted: FittedIndex) -> bool:
    """Compare the scores of the data of a fit, and those of later periods after a fit to the earlier ones."""
    result = subject.attempt(sample, partial(fitted.score, subject.frame(sample)))
    if result is None:
        subject.fail("a fitted index scores its own data as the run did", f"{subject.errors[-1]}; {sample}")
    subject.compare(
        "a fitted index scores its own data as the run did", subject.outcome(result, sample), expected, sample
    )
    years = sample.keys["year"]
    last = sorted(set(years))[(len(set(years)) - 1) // 2]
    later = [row for row, year in enumerate(years) if year > last]
    before = sample.take(row for row, year in enumerate(years) if year <= last)
    of_before = subject.attempt(before, lambda: _fit(subject, before)) if later else None
    if of_before is None:  # the earlier periods alone cannot be scored, since an indicator may have no value there
        return False
    after = sample.take(later)
    scored = subject.attempt(after, partial(of_before.score, subject.frame(after)))
    if scored is None:
        return False
    promise = "a fitted index fills later periods as a run over all periods does"
    subject.compare(promise, subject.outcome(scored, after), expected.take(later), sample, CLOSE)
    return True


def _fit(subject: Subject, sample: Sample) -> FittedIndex:
    """Fit the index of a sample; write it to a file and read it where a file can name the method."""
    fitted = fit(subject.index(sample), subject.frame(sample))
    if not subject.offered:
        return fitted
    with tempfile.TemporaryDirectory() as folder:
        fitted.write(Path(folder, "fitted.json"))
        return read_fitted(Path(folder, "fitted.json"), subject.plugins)


def stream(fitted: FittedIndex, table: pl.DataFrame) -> list[float | None]:
    """Return the scores of a file that is read in two slices."""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "table.csv"), Path(folder, "scores.ndjson")
        table.write_csv(source)
        fitted.stream(source, output, size=source.stat().st_size // 2)
        return [json.loads(line)["score"] for line in output.read_text(encoding="utf-8").splitlines()]
