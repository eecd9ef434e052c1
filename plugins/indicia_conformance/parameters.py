"""Promises about parameters: each is used, and other values within their limits keep the promises of the kind."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, replace
from itertools import islice
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from indicia.catalogue import KINDS
from indicia.catalogue.choice import schema
from indicia.catalogue.discovery import build_from_installed
from indicia.errors import IndiciaError
from indicia_conformance import cells, declared, invariance, rankings, sample
from indicia_conformance.cells import with_gaps
from indicia_conformance.check import ON_RANKINGS, Check, check
from indicia_conformance.invariance import TABLES
from indicia_conformance.rankings import Rankings, compare_rankings, table_of
from indicia_conformance.tolerance import BrokenPromise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.methods import Method
    from indicia_conformance.sample import Columns
    from indicia_conformance.subject import Subject

VARIANTS = 4
"""The number of other values, of all parameters, that promises are tried with."""
_VALUES = 2
"""The number of other values of one parameter that promises are tried with."""

_EXAMPLES = 3
"""The number of tables or rankings that a promise is tried on with each of these values."""

_OF_VARIANTS: tuple[Check, ...] = (
    declared.check_direction,
    declared.check_monotone,
    declared.check_power,
    declared.check_weights,
    invariance.check_order_of_rows,
    invariance.check_duplicates,
    invariance.check_units_of_measure,
    cells.check_order_of_values,
    cells.check_present_cells,
    rankings.check_unanimity,
    rankings.check_order_of_units,
    rankings.check_twins,
    rankings.check_unanimous_pairs,
)
"""The promises that a parameter can break; the others are about single numbers, or about the engine."""


def other_values(method: Method) -> Iterator[tuple[str, Any, Method]]:
    """Yield parameter, value and method, for values of each parameter that its type and its limits admit.

    The limits themselves come first. Values that the method refuses, and types without a finite choice such as texts
    and lists, are left out.
    """
    entries = schema(type(method)).get("properties", {})
    for parameter in fields(method):
        tried = [getattr(method, parameter.name)]
        for value in _values(entries.get(parameter.name, {})):
            if not any(value is known or (type(value) is type(known) and value == known) for known in tried):
                tried.append(value)
                with suppress(IndiciaError):
                    parameters = {**method.parameters, parameter.name: value}
                    yield parameter.name, value, build_from_installed(type(method), parameters, Path())


def _values(entry: Mapping[str, Any]) -> Iterator[Any]:
    """Yield values of a parameter, by its JSON Schema."""
    for option in entry.get("anyOf", [entry]):
        kind = option.get("type")
        if "enum" in option:
            yield from option["enum"]
        elif kind == "boolean":
            yield from (True, False)
        elif kind == "null":
            yield None
        elif kind in ("number", "integer"):
            for value in _numbers(option):
                if kind == "number":
                    yield float(value)
                elif value == int(value):
                    yield int(value)


def _numbers(option: Mapping[str, Any]) -> Iterator[float]:
    """Yield the limits of a number that belong to its range, and numbers between and near them."""
    low, high = (option.get(word, option.get(f"exclusive{word.capitalize()}")) for word in ("minimum", "maximum"))
    if low is not None and high is not None:
        numbers = [low, high, (low + high) / 2, low + (high - low) / 8]
    elif low is not None:
        numbers = [low, low + 2, low + 0.125, low + 20]
    elif high is not None:
        numbers = [high, high - 2, high - 20]
    else:
        numbers = [-1, 2.5, 0, 20]
    for number in numbers:
        if number != option.get("exclusiveMinimum") and number != option.get("exclusiveMaximum"):
            yield number


@check(*(kind.name for kind in KINDS))
def check_other_parameters(subject: Subject) -> None:
    """With other values of its parameters, within their limits, a method keeps the promises of its kind too."""
    for method in islice(_variants(subject.method), VARIANTS):
        variant = replace(subject, choice=method)
        for promise in _OF_VARIANTS:
            if not promise.concerns(variant) or promise.name in method.expected_failures:
                continue
            if promise is declared.check_power and getattr(method, "power", None) is None:
                continue
            with sample.at_most(_EXAMPLES):
                try:
                    promise.verify(variant)
                except BrokenPromise as broken:
                    if not broken.is_without_example:  # a value may leave no table that the method accepts
                        raise


def _variants(method: Method) -> Iterator[Method]:
    """Yield methods with the first other values of each parameter, one value of each parameter first."""
    by_parameter: dict[str, list[Method]] = {}
    for name, _, variant in other_values(method):
        by_parameter.setdefault(name, []).append(variant)
    for place in range(_VALUES):
        yield from (variants[place] for variants in by_parameter.values() if place < len(variants))


@check(*(kind.name for kind in KINDS))
def check_parameters_are_used(subject: Subject) -> None:
    """Each parameter is used: the code of the class reads it, or another value changes a figure."""
    method = subject.method
    named = _names_in(type(method))
    for name in parameters_without_effect(subject, [field.name for field in fields(method) if field.name not in named]):
        subject.fail(
            f"the parameter {name} is used",
            f"no function of {type(method).__name__} but __post_init__ reads it, and other values change no figure",
        )


def parameters_without_effect(subject: Subject, names: list[str], *, chosen: bool = False) -> list[str]:
    """Return the parameters among `names` whose other values change no figure of the tables that are tried.

    If `chosen`, parameters without other values, such as texts and lists, are left out.
    """
    if not names:
        return []
    before, used, tried = _outcomes(subject), set(), set()
    for name, _, method in other_values(subject.method):
        tried.add(name)
        if name in names and name not in used and _outcomes(replace(subject, choice=method)) != before:
            used.add(name)
    return [name for name in names if name not in used and (name in tried or not chosen)]


def _names_in(method: type[Method]) -> set[str]:
    """Return the names that the functions of a class read but `__post_init__`, and the attributes of the contract."""
    names: set[str] = set()
    for owner in method.__mro__:
        if owner is object or owner.__module__.startswith("indicia.methods"):
            names |= set(vars(owner))  # an attribute of the contract, which a parameter stands for
            continue
        for name, member in vars(owner).items():
            function = member.fget if isinstance(member, property) else getattr(member, "func", member)
            function = getattr(function, "__func__", function)
            if name in _WRITTEN or not isinstance(function, FunctionType):
                continue
            names |= set(_names_of_code(function.__code__))
    return names


_WRITTEN = ("__post_init__", "__init__", "__eq__", "__repr__", "__hash__", "__setattr__", "__delattr__")
"""Functions that dataclasses write, or that check parameters."""


def _names_of_code(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_of_code(constant)
        elif isinstance(constant, str):
            yield constant


_TABLE: Columns = {
    "x0": [2.0, 5.0, 3.0, 1.0, 7.0, 4.0, 6.0, 2.0, 3.0, 90.0],
    "x1": [1.0, 2.0, 4.0, 3.0, 2.5, 5.0, 6.0, 7.0, 1.0, 0.5],
    "x2": [5.0, 1.0, 2.0, 8.0, 3.0, 4.0, 6.0, 7.0, 9.0, 30.0],
}
"""A table with ties and outliers."""
_RANKINGS = (
    [[1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 1.0, 3.0, 5.0, 4.0], [1.0, 3.0, 2.0, 4.0, 5.0]],
    [[1.0, 2.5, 2.5, 4.0, 5.0], [2.0, 1.0, 4.5, 4.5, 3.0], [5.0, 4.0, 3.0, 2.0, 1.0]],
)


def _outcomes(subject: Subject) -> list[object]:
    """Return the figures or errors of the tables that parameters are tried on."""
    if subject.kind in ON_RANKINGS:
        return [_compared(subject, ranks) for ranks in _RANKINGS]
    outcomes: list[object] = []
    for columns in (*TABLES, _TABLE):
        for costs in ((), None):
            sample = subject.sample(with_gaps(subject, columns), costs)
            outcome = subject.run(sample.with_weights((1, 2, 5)) if subject.kind == "aggregation" else sample)
            outcomes.append(outcome if outcome.error is None else "an error")  # whose text states the parameters
    return outcomes


def _compared(subject: Subject, ranks: Rankings) -> object:
    """Return the figures of rankings; None for an error."""
    table = subject.attempt(ranks, lambda: compare_rankings(subject.method, table_of(ranks)))
    return None if table is None else table.to_dict(as_series=False)
