"""The same by every way: parameters written and read, draws as a key and one by one, fitted and run."""

from __future__ import annotations

import json
import tempfile
import warnings
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import polars as pl
from hypothesis import strategies as st
from pydantic import TypeAdapter

from indicia.catalogue import KINDS, Choice
from indicia.catalogue.discovery import build_from_installed
from indicia.errors import DefinitionError, IndiciaError, IndiciaWarning
from indicia.fitted import fit
from indicia.run import Draws, ensemble
from indicia.testing.check import SCORED, check
from indicia.testing.subject import CLOSE, alike, shown
from indicia.testing.tables import costs_of, tables, words_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.fitted import FittedIndex
    from indicia.methods import Array, Method
    from indicia.result import Result
    from indicia.testing.subject import Subject

_DRAWS = 3


@check(*(kind.name for kind in KINDS))
def check_parameters(subject: Subject) -> None:
    """A method that is written as text or as JSON is read again as the same method, whatever its parameters."""
    for method in (subject.method, *varied(subject.method)):
        plain = TypeAdapter(type(method)).dump_python(method, mode="json")
        ways = {"text": str(method), "JSON": json.dumps({"method": method.name, **plain})}
        for way, written in ways.items():
            try:
                choice = Choice.read(written if way == "text" else json.loads(written))
                again = build_from_installed(type(method), choice.parameters, Path())
            except IndiciaError as error:
                subject.fail(f"it can be read again from {way}", f"{method!r} is written {written}: {error}", error)
            if again != method:
                subject.fail(f"it is the same when it is read again from {way}", f"{written} is read as {again}")


def varied(method: Method) -> Iterator[Method]:
    """Yield the method with other values of each parameter, those that it takes."""
    hints = get_type_hints(type(method))
    for one in fields(method):
        for value in _values(hints[one.name]):
            with suppress(IndiciaError):
                yield build_from_installed(type(method), {**method.parameters, one.name: value}, Path())


def _values(hint: Any) -> Iterator[Any]:
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
        for each in get_args(hint):
            yield from _values(each)


@check(*SCORED)
def check_draws(subject: Subject) -> None:
    """Many draws that are scored together score as each of them alone."""
    if subject.kind == "aggregation":
        _check_draws_of_weights(subject)
    else:
        _check_draws_of_errors(subject)


def _check_draws_of_weights(subject: Subject) -> None:
    promise = "draws of weights that are scored together score as each alone"

    def holds(drawn: tuple[dict[str, list[float]], list[int]]) -> bool:
        columns, numbers = drawn
        costs = costs_of(columns)
        weights = np.array(numbers, dtype=float).reshape(_DRAWS, len(columns))
        weights /= weights.sum(axis=1, keepdims=True)
        raw, table = subject.stated(columns, costs)
        whole = _run(subject, raw, table)
        if whole is None:
            return False
        draws = Draws(_DRAWS, {whole.scored.tree.id: weights})
        alone = []
        for row in weights:
            words = {name: {"weight": float(weight)} for name, weight in zip(columns, row, strict=True)}
            run = _run(subject, *subject.stated(columns, costs, words=words))
            if run is None:
                return False
            alone.append(run.scores["score"].to_list())
        _compare_draws(subject, promise, whole, draws, alone, f"{shown(columns, costs)}; weights {weights.tolist()}")
        return True

    numbers = st.lists(st.integers(1, 8), min_size=3 * _DRAWS, max_size=3 * _DRAWS)
    subject.drawn(promise, st.tuples(tables(subject), numbers), holds, share=0.5)


def _check_draws_of_errors(subject: Subject) -> None:
    promise = "draws of errors in the data that are scored together score as each alone"

    def holds(drawn: tuple[dict[str, list[float]], list[int]]) -> bool:
        columns, numbers = drawn
        costs = costs_of(columns)
        raw, table = subject.stated(columns, costs, words=words_for(subject, columns, costs))
        added = np.resize(np.array(numbers, dtype=float) / 16, (len(columns), _DRAWS, len(table)))
        errors = dict(zip(columns, added, strict=True))
        whole = _run(subject, raw, table)
        if whole is None:
            return False
        draws = Draws(_DRAWS, errors=errors)
        alone = []
        for number in range(_DRAWS):
            run = _run(subject, raw, table.with_columns(pl.col(name) + errors[name][number] for name in columns))
            if run is None:
                return False
            alone.append(run.scores["score"].to_list())
        example = f"{shown(columns, costs)}; errors { {name: one.tolist() for name, one in errors.items()} }"
        _compare_draws(subject, promise, whole, draws, alone, example)
        return True

    numbers = st.lists(st.integers(0, 40), min_size=11, max_size=11)
    subject.drawn(promise, st.tuples(tables(subject), numbers), holds, share=0.6)


def _compare_draws(
    subject: Subject, promise: str, whole: Result, draws: Draws, alone: list[list[float]], example: str
) -> None:
    try:
        found: Array = ensemble(whole.definition, whole.scored, draws)
    except IndiciaError as error:
        subject.fail(promise, f"{error}; {example}", error)
    for number, expected in enumerate(alone):
        if not alike(found[number].tolist(), expected, CLOSE):
            subject.fail(promise, f"draw {number} scores {found[number].tolist()}, alone {expected}; {example}")


@check(*SCORED)
def check_fitted(subject: Subject) -> None:
    """An index that is fitted scores as it ran, and a file that is read slice by slice as in memory."""
    promise = "a fitted index scores as it ran"

    def holds(columns: dict[str, list[float]]) -> bool:
        costs = costs_of(columns)
        raw, table = subject.stated(columns, costs, words=words_for(subject, columns, costs))
        ran = _run(subject, raw, table)
        if ran is None:
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IndiciaWarning)
            try:
                fitted = fit(subject.index(raw), table)
            except DefinitionError:  # a method that cannot do without the other units says so
                return True
            expected = ran.scores["score"].to_list()
            example = shown(columns, costs)
            try:
                found = fitted.score(table).scores["score"].to_list()
                slices = streamed(fitted, table)
            except IndiciaError as error:
                subject.fail(promise, f"{error}; {example}", error)
        if not alike(found, expected, CLOSE):
            subject.fail(promise, f"{found} instead of {expected}; {example}")
        if not alike(slices, expected, CLOSE):
            subject.fail("slices of a file score as in memory", f"{slices} instead of {expected}; {example}")
        return True

    subject.drawn(promise, tables(subject), holds, share=0.5)


def streamed(fitted: FittedIndex, table: pl.DataFrame) -> list[float | None]:
    """Return the scores of a file of which some rows are read at a time."""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "table.csv"), Path(folder, "scores.ndjson")
        table.write_csv(source)
        fitted.stream(source, output, size=source.stat().st_size // 2)
        return [json.loads(line)["score"] for line in output.read_text(encoding="utf-8").splitlines()]


def _run(subject: Subject, raw: dict[str, Any], table: pl.DataFrame) -> Result | None:
    """Return what a run gives, where it gives something."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IndiciaWarning)
        try:
            return subject.index(raw).score(table)
        except IndiciaError as error:
            subject.refusals.append(str(error))
            return None
