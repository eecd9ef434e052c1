"""The kinds of values that annotations stand for: a value is of the kind, or not."""

from __future__ import annotations

import ast
import builtins
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import islice
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from textwrap import dedent
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, Union, get_args, get_origin, is_typeddict

Test: TypeAlias = Callable[[Any], bool]
"""True for a value of a kind."""

_LIMITS = {
    "ge": (operator.ge, "{:g} or more"),
    "gt": (operator.gt, "more than {:g}"),
    "le": (operator.le, "{:g} or less"),
    "lt": (operator.lt, "less than {:g}"),
}
"""The limits of `Annotated[int, Field(ge=1)]`, with their words."""
_ITEMS = 1000
"""The most items of a list that are looked at; longer lists are data, whose reader refuses wrong ones."""
_PLAIN: dict[Any, Test] = {
    Any: lambda _: True,
    object: lambda _: True,
    None: lambda value: value is None,
    NoneType: lambda value: value is None,
    int: lambda value: isinstance(value, Integral) and not isinstance(value, bool),
    float: lambda value: isinstance(value, Real) and not isinstance(value, bool) and value == value,
    Path: lambda value: isinstance(value, PathLike),
}
"""The tests of kinds that are more or less than a class: NaN is no number, and True is none."""


def is_of(hint: Any) -> Test:
    """Return the test of the values of an annotation.

    >>> takes = is_of(Iterable[str] | int)
    >>> [takes(value) for value in (["a", "b"], 3, "ab", ["a", 1], None, True)]
    [True, True, False, False, False, False]
    """
    if isinstance(hint, TypeVar):
        return is_of(hint.__bound__ or Any)
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        tests = [is_of(part) for part in parts]
        return lambda value: any(test(value) for test in tests)
    if origin is Literal:
        return lambda value: isinstance(value, (str, int)) and value in parts
    if origin is Annotated:
        is_number, limits = is_of(parts[0]), limits_of(hint)
        return lambda value: is_number(value) and all(keeps(value, bound) for keeps, bound, _ in limits)
    if is_typeddict(hint):
        return is_of(Mapping)
    kind = origin or hint
    if issubclass(kind, Callable):  # type: ignore[arg-type] # a class at run time
        return callable
    if issubclass(kind, Iterable) and kind.__module__ in ("builtins", "collections.abc") and kind is not str:
        return _of_items(kind, parts)
    return lambda value: isinstance(value, kind)


def _of_items(kind: type, parts: tuple[Any, ...]) -> Test:
    """Return the test of a kind of list or mapping; a text is no list of texts, and a generator is not used up."""
    if kind is tuple and parts and parts[-1] is not Ellipsis:
        places = [is_of(part) for part in parts]
        return lambda value: (
            isinstance(value, (tuple, list))
            and len(value) == len(places)
            and all(test(item) for test, item in zip(places, value, strict=True))
        )
    tests = [is_of(part) for part in parts if part is not Ellipsis]

    def test(value: Any) -> bool:
        if not isinstance(value, kind) or isinstance(value, (str, bytes)):
            return False
        if not tests or isinstance(value, Iterator):
            return True
        items: list[Any] = [value]
        if isinstance(value, Mapping) and len(tests) == 2:
            items = [value.keys(), value.values()]
        return all(test(item) for test, some in zip(tests, items, strict=True) for item in islice(some, _ITEMS))

    return test


def choices_of(hint: Any) -> list[str]:
    """Return the words of an annotation.

    >>> choices_of(Literal["min", "max"] | None), choices_of(int)
    (['min', 'max'], [])
    """
    if get_origin(hint) is Literal:
        return [word for word in get_args(hint) if isinstance(word, str)]
    return [word for part in get_args(hint) for word in choices_of(part)]


def limits_of(hint: Any) -> list[tuple[Callable[[Any, Any], bool], float, str]]:
    """Return the limits of the numbers of an annotation: a comparison, the bound, and both in words."""
    if get_origin(hint) is not Annotated:
        return [limit for part in get_args(hint) for limit in limits_of(part)]
    fields = [found for field in hint.__metadata__ for found in getattr(field, "metadata", ())]
    return [
        (keeps, bound, words.format(bound))
        for field in fields
        for word, (keeps, words) in _LIMITS.items()
        if (bound := getattr(field, word, None)) is not None
    ]


def hint_of(function: Callable[..., Any], name: str) -> Any:
    """Return the annotation of a parameter, with the names that a module imports for checkers of types only."""
    return _evaluated(function.__annotations__.get(name, Any), function.__module__)


def _evaluated(hint: Any, module: str) -> Any:
    """Return an annotation or an alias that is written as a text, as what it means in a module."""
    return eval(hint, {}, _Names(module)) if isinstance(hint, str) else hint


class _Names(dict[str, Any]):
    """The names of a module at run time, and those under `if TYPE_CHECKING`."""

    def __init__(self, module: str) -> None:
        super().__init__()
        self.module = module

    def __missing__(self, name: str) -> Any:
        home = import_module(self.module)
        if hasattr(home, name):
            return _evaluated(getattr(home, name), self.module)
        if name in vars(builtins):
            return getattr(builtins, name)
        place, original = _imported_for_checkers(self.module)[name]
        return import_module(place) if original is None else _Names(place)[original]


def _source(module: str) -> str:
    """Return the source of a module; an empty text for one without."""
    loader: Any = getattr(import_module(module), "__loader__", None)
    return str(loader.get_source(module)) if hasattr(loader, "get_source") else ""


_BLOCK = re.compile(r"^if TYPE_CHECKING:\n((?:[ \t]+.*\n|\n)+)", re.MULTILINE)


@cache
def _imported_for_checkers(module: str) -> dict[str, tuple[str, str | None]]:
    """Return the modules and names that a module imports under `if TYPE_CHECKING`, by the name that it uses."""
    blocks = _BLOCK.findall(_source(module))
    found: dict[str, tuple[str, str | None]] = {}
    for line in (line for block in blocks for line in ast.parse(dedent(block)).body):
        if isinstance(line, ast.ImportFrom):
            found |= {name.asname or name.name: (str(line.module), name.name) for name in line.names}
        elif isinstance(line, ast.Import):
            found |= {name.asname or name.name: (name.name, None) for name in line.names}
    return found
