"""A keyword that a function does not have is refused with the nearest one, in the words of the other errors."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from indicia.errors import UnknownArgument, suggest

if TYPE_CHECKING:
    from collections.abc import Callable

_Parameters = ParamSpec("_Parameters")
_Returned = TypeVar("_Returned")


def names_its_arguments(function: Callable[_Parameters, _Returned]) -> Callable[_Parameters, _Returned]:
    """Let a function refuse an unknown keyword with the nearest of its own.

    >>> @names_its_arguments
    ... def rank(*, ties: str = "min") -> str:
    ...     return ties
    >>> rank(tie="max")
    Traceback (most recent call last):
    indicia.errors.UnknownArgument: rank has no argument "tie"
      fix: did you mean "ties"?
    """
    names = keywords_of(function)

    @wraps(function)
    def checked(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Returned:
        for name in kwargs:
            if name not in names:
                raise UnknownArgument(f'{function.__name__} has no argument "{name}"', remedy=suggest(name, names))
        return function(*args, **kwargs)

    return checked


def keywords_of(function: Callable[..., Any]) -> list[str]:
    """Return the arguments of a function by name.

    >>> keywords_of(names_its_arguments)
    ['function']
    """
    code = function.__code__
    return [name for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if name != "self"]
