"""Checks of the classes that plugins offer, before any method runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from inspect import CO_VARARGS
from types import FunctionType, UnionType
from typing import TYPE_CHECKING, Any

from indicia.methods import (
    Agreement,
    Consensus,
    Domain,
    JointAgreement,
    MatrixAggregation,
    Method,
    Property,
    RandomImputation,
    SeriesImputation,
    UsedColumn,
    Weighting,
    WorkedExample,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.catalogue.hookspecs import Kind

_NUMBER = float | int | None
LARGEST_TOLERANCE = 1e-3
"""The largest `iteration_tolerance`: two runs that agree to fewer digits are no result."""

_DECLARED: dict[str, type | UnionType] = {
    **dict.fromkeys(("code", "title", "severity", "source", "why", "advice"), str),
    **dict.fromkeys(("name", "reference", "formula", "cost_formula", "example", "canonical_normalisation"), str),
    **dict.fromkeys(("depends_on_order", "order_decides_ties", "uses_weights", "penalises_gaps"), bool),
    **dict.fromkeys(("distance", "oriented", "low_is_best", "row_by_row"), bool),
    **dict.fromkeys(("additive", "weights_of_any_sum", "weights_sum_to_count", "votes_by_weight"), bool),
    **dict.fromkeys(
        ("needs_bounds", "needs_spread", "whole_column", "ordinal", "follows_direction", "needs_all_rows"), bool
    ),
    **dict.fromkeys(("symbols", "variants"), dict),
    "always_named": tuple,
    "needs": tuple,
    "uses": tuple,
    "minimum_units": int,
    "iteration_tolerance": float | int,
    "expected_failures": Mapping,
    "power": _NUMBER,
    "properties": frozenset,
    "domain": Domain,
    "cost_domain": Domain,
}
"""The types of the attributes of a class. A property of the class may compute any of them from parameters."""
_COMPUTED = ("neutral_score", "guaranteed_worst_score", "best_score", "groups", "parents", "reach")
"""Further attributes that a property may compute; their types are not checked."""
_TYPE_NAMES: dict[type | UnionType, str] = {
    _NUMBER: "a number or None",
    str: "text",
    bool: "True or False",
    int: "a whole number",
    frozenset: "a frozenset",
    dict: "a table",
    Mapping: "a table",
    float | int: "a number",
    tuple: "a tuple",
    Domain: "a Domain",
}


def class_problem(kind: Kind, method: Any) -> str | None:
    """Return the reason why a class cannot be a method of a kind, as a clause after its name; None if it can."""
    if not (isinstance(method, type) and issubclass(method, kind.base)):
        return f"which is not a subclass of {kind.base.__name__}"
    if not is_dataclass(method) or "__dataclass_fields__" not in vars(method):
        return "which is not a dataclass: write @dataclass(frozen=True) above it"
    for attribute in kind.base.stated:
        if not isinstance(getattr(method, attribute, None), str):
            return f"which has no {attribute}"
    if not method.name.isidentifier():
        return f"whose name {method.name!r} is not a word of letters, digits and _"
    if problem := next(_wrong_declarations(method), None) or next(_wrong_signatures(method), None):
        return problem
    try:
        return method.class_problem()
    except Exception as error:
        return f"whose class_problem() fails: {type(error).__name__}: {error}"


def instance_problem(method: Method) -> str | None:
    """Return a clause on the first computed attribute of a wrong type; None if all types are right."""
    str(method)
    try:
        formulas = (method.formula_of_run, getattr(method, "cost_formula_of_run", ""))
    except KeyError as error:
        return f"its variants have no piece of the formula for {error.args[0]}"
    if not all(isinstance(formula, str) for formula in formulas):
        return "its formula is no text"
    for owner in _classes_of_plugin(type(method)):
        for attribute, declared in vars(owner).items():
            if isinstance(declared, property) and attribute in (*_DECLARED, *_COMPUTED):
                expected = _DECLARED.get(attribute, object)
                if not isinstance(value := getattr(method, attribute), expected):
                    return f"its {attribute} is {value!r:.40}, and has to be {_TYPE_NAMES[expected]}"
    return _problem_of_uses(method)


def _problem_of_uses(method: Method) -> str | None:
    """Return a clause on `uses`, if it names no columns, or if the kind of the method has none."""
    for column in method.uses:
        if not isinstance(column, str | UsedColumn):
            return f"its uses hold {column!r:.40}, which is neither a text nor a UsedColumn"
    if method.uses and isinstance(method, _WITHOUT_COLUMNS):
        return "its uses name columns of the data, which a method of its kind does not get"
    return None


_WITHOUT_COLUMNS = (Agreement, JointAgreement, Consensus, SeriesImputation)
"""The kinds of methods that see rankings, or one unit at a time, and no columns of the data."""


def _wrong_declarations(method: type[Method]) -> Iterator[str]:
    """Yield a clause for each attribute of a wrong type."""
    for owner in _classes_of_plugin(method):
        for attribute, declared in vars(owner).items():
            expected = _DECLARED.get(attribute)
            if expected and not isinstance(declared, expected) and not hasattr(declared, "__get__"):
                yield f"whose {attribute} is {declared!r:.40}, and has to be {_TYPE_NAMES[expected]}"
    if isinstance(method.variants, dict) and isinstance(method.symbols, dict):
        parameters = method.__dataclass_fields__
        for attribute, places in (("variants", method.variants), ("symbols", method.symbols)):
            for place in places:
                if place.partition(".")[0] not in parameters:
                    yield f"whose {attribute} name {place!r:.40}, which is no parameter of it"
    for element in method.properties if isinstance(method.properties, frozenset) else ():
        if not isinstance(element, Property):
            yield f"whose properties hold {element!r:.40}, which is no Property"
    yield from _wrong_randomness(method)
    yield from _wrong_exceptions(method)


def _wrong_randomness(method: type[Method]) -> Iterator[str]:
    """Yield a clause if a class says that it is random and gets no random numbers, or the reverse."""
    declared: Any = method.is_random
    if issubclass(method, Weighting | MatrixAggregation):
        if not isinstance(declared, bool) and not hasattr(declared, "__get__"):
            yield f"whose is_random is {declared!r:.40}, and has to be {_TYPE_NAMES[bool]}"
    elif declared is not issubclass(method, RandomImputation):
        yield (
            f"whose is_random is {declared!r:.40}: it is True for a RandomImputation, may be True for a Weighting and "
            "a MatrixAggregation, and is False for other methods"
        )


def _wrong_exceptions(method: type[Method]) -> Iterator[str]:
    """Yield a clause for an exception without a reason, a wrong worked example, and a tolerance out of its limits."""
    if isinstance(method.expected_failures, Mapping):
        for promise, reason in method.expected_failures.items():
            if not (isinstance(promise, str) and isinstance(reason, str) and reason.strip()):
                yield f"whose expected_failures give no reason for {promise!r:.40}"
    else:
        yield "whose expected_failures have to be a table of promises and reasons"
    for example in method.worked_examples if isinstance(method.worked_examples, tuple | list) else (None,):
        if not isinstance(example, WorkedExample):
            yield "whose worked_examples have to be a tuple of WorkedExample"
    if not 0 <= method.iteration_tolerance <= LARGEST_TOLERANCE:
        yield f"whose iteration_tolerance is {method.iteration_tolerance}, and has to be from 0 to {LARGEST_TOLERANCE}"


def _wrong_signatures(method: type[Method]) -> Iterator[str]:
    """Yield a clause for each function that does not take the arguments of the contract."""
    contract = [base for base in method.__mro__ if _is_of_contract(base)]
    for owner in _classes_of_plugin(method):
        for name, function in vars(owner).items():
            original = next((vars(base)[name] for base in contract if name in vars(base)), None)
            if name[0] == "_" or not (isinstance(function, FunctionType) and isinstance(original, FunctionType)):
                continue
            if not _takes_arguments_of(function, original):
                arguments = ", ".join(original.__code__.co_varnames[: original.__code__.co_argcount])
                yield f"whose {name} does not take its arguments: {name}({arguments})"


def _classes_of_plugin(method: type[Method]) -> Iterator[type]:
    """Yield the class and its bases, without the classes of the contract."""
    return (base for base in method.__mro__ if base is not object and not _is_of_contract(base))


def _is_of_contract(base: type) -> bool:
    return base.__module__.startswith(("indicia.methods", "indicia.checks", "indicia.analyses", "indicia.outputs"))


def _takes_arguments_of(function: FunctionType, original: FunctionType) -> bool:
    """Return True if a function can be called with the positional arguments of another function."""
    code, number = function.__code__, original.__code__.co_argcount
    required = code.co_argcount - len(function.__defaults__ or ())
    has_room = number <= code.co_argcount or bool(code.co_flags & CO_VARARGS)
    has_keyword_defaults = code.co_kwonlyargcount <= len(function.__kwdefaults__ or {})
    return required <= number and has_room and has_keyword_defaults
