"""What a class has to be, to be a method of its kind: said as plugins are gathered, before anything is computed."""

from __future__ import annotations

from dataclasses import is_dataclass
from inspect import CO_VARARGS
from types import FunctionType
from typing import TYPE_CHECKING, Any

from indicia.methods import Domain, Method, Property

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.catalogue.hookspecs import Kind

_DECLARED: dict[str, type] = {
    **dict.fromkeys(("name", "reference", "formula", "cost_formula", "example", "canonical_normalisation"), str),
    **dict.fromkeys(("depends_on_order", "distance", "additive", "oriented", "low_is_best", "row_by_row"), bool),
    **dict.fromkeys(("needs_bounds", "needs_spread", "whole_column", "ordinal", "follows_direction"), bool),
    **dict.fromkeys(("symbols", "variants"), dict),
    "always_named": tuple,
    "minimum_units": int,
    "properties": frozenset,
    "domain": Domain,
    "cost_domain": Domain,
}
"""What classes declare, and of what type; a property of the class may work out any of it from parameters."""
_OTHERS = ("neutral_score", "guaranteed_worst_score", "groups", "parents", "reach")
_WORDS = {
    str: "text",
    bool: "True or False",
    int: "a whole number",
    frozenset: "a frozenset",
    dict: "a table",
    tuple: "a tuple",
    Domain: "a Domain",
}


def fault(kind: Kind, method: Any) -> str | None:
    """Say why a class cannot be a method of a kind, if it cannot."""
    if not (isinstance(method, type) and issubclass(method, kind.base)):
        return f"which is not a subclass of {kind.base.__name__}"
    if not is_dataclass(method) or "__dataclass_fields__" not in vars(method):
        return "which is not a dataclass: write @dataclass(frozen=True) above it"
    for attribute in ("name", "reference"):
        if not isinstance(getattr(method, attribute, None), str):
            return f"which has no {attribute}"
    if not method.name.isidentifier():
        return f"whose name {method.name!r} is not a word of letters, digits and _"
    if wrong := next(_misdeclared(method), None) or next(_misshapen(method), None):
        return wrong
    try:
        return method.class_problem()
    except Exception as error:
        return f"which fails to say whether it is fit: {type(error).__name__}: {error}"


def strange(made: Method) -> str | None:
    """Say what a method works out about itself in another type than is read; what it raises there is raised here."""
    str(made)
    try:
        formulas = (made.formula_of_run, getattr(made, "cost_formula_of_run", ""))
    except KeyError as error:
        return f"its variants have no piece of the formula for {error.args[0]}"
    if not all(isinstance(one, str) for one in formulas):
        return "its formula is no text"
    for owner in _own(type(made)):
        for attribute, stated in vars(owner).items():
            if isinstance(stated, property) and attribute in (*_DECLARED, *_OTHERS):
                wanted = _DECLARED.get(attribute, object)
                if not isinstance(value := getattr(made, attribute), wanted):
                    return f"its {attribute} is {value!r:.40}, and has to be {_WORDS[wanted]}"
    return None


def _misdeclared(method: type[Method]) -> Iterator[str]:
    """Say what the class declares in another type than is read."""
    for owner in _own(method):
        for attribute, stated in vars(owner).items():
            wanted = _DECLARED.get(attribute)
            if wanted and not isinstance(stated, wanted) and not hasattr(stated, "__get__"):
                yield f"whose {attribute} is {stated!r:.40}, and has to be {_WORDS[wanted]}"
    if isinstance(method.variants, dict) and isinstance(method.symbols, dict):
        known = method.__dataclass_fields__
        for word, places in (("variants", method.variants), ("symbols", method.symbols)):
            for place in places:
                if place.partition(".")[0] not in known:
                    yield f"whose {word} name {place!r:.40}, which is no parameter of it"
    for one in method.properties if isinstance(method.properties, frozenset) else ():
        if not isinstance(one, Property):
            yield f"whose properties hold {one!r:.40}, which is no Property"


def _misshapen(method: type[Method]) -> Iterator[str]:
    """Say which function of the class cannot be called as functions of its kind are."""
    kept = [base for base in method.__mro__ if _of_the_contract(base)]
    for owner in _own(method):
        for name, own in vars(owner).items():
            called = next((vars(base)[name] for base in kept if name in vars(base)), None)
            if name[0] == "_" or not (isinstance(own, FunctionType) and isinstance(called, FunctionType)):
                continue
            if not _takes(own, called):
                wanted = ", ".join(called.__code__.co_varnames[: called.__code__.co_argcount])
                yield f"whose {name} does not take what it is called with: {name}({wanted})"


def _own(method: type[Method]) -> Iterator[type]:
    """Yield the classes that a plugin wrote, the method and those it derives from."""
    return (one for one in method.__mro__ if one is not object and not _of_the_contract(one))


def _of_the_contract(one: type) -> bool:
    return one.__module__.startswith("indicia.methods")


def _takes(own: FunctionType, called: FunctionType) -> bool:
    """Say whether a function can be called by place as another one is."""
    code, number = own.__code__, called.__code__.co_argcount
    fewest = code.co_argcount - len(own.__defaults__ or ())
    enough = number <= code.co_argcount or bool(code.co_flags & CO_VARARGS)
    needless = code.co_kwonlyargcount <= len(own.__kwdefaults__ or {})
    return fewest <= number and enough and needless
