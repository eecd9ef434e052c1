"""Wrong calls are refused before the function runs, in the words of the other errors: by its own annotations."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from indicia.errors import WrongArgument, join_names, pluralise, suggest, with_article

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Parameters = ParamSpec("_Parameters")
_Returned = TypeVar("_Returned")

_VARIABLE, _VARIABLE_KEYWORDS = 0x04, 0x08
"""The flags of the code of a function with `*args`, and with `**kwargs`."""


def names_its_arguments(function: Callable[_Parameters, _Returned]) -> Callable[_Parameters, _Returned]:
    """Let a function refuse an unknown keyword with the nearest of its own, and a value of another kind than annotated.

    The annotations are read when a value is first looked at; a default is not looked at. The remedy is the sentence on
    the parameter in the docstring.

    >>> @names_its_arguments
    ... def rank(*, ties: str = "min") -> str:
    ...     return ties
    >>> rank(tie="max")
    Traceback (most recent call last):
    indicia.errors.WrongArgument: rank has no argument "tie"
      rank(tie="max")
      fix: did you mean "ties"?
    >>> rank(ties=3)
    Traceback (most recent call last):
    indicia.errors.WrongArgument: ties must be str, and not 3
      rank(ties=3)
      fix: help(rank) lists its arguments
    """
    door = _Door(function)

    @wraps(function)
    def checked(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Returned:
        door.check(args, kwargs)
        return function(*args, **kwargs)

    return checked


def keywords_of(function: Callable[..., Any]) -> list[str]:
    """Return the arguments of a function by name.

    >>> keywords_of(names_its_arguments)
    ['function']
    """
    code = getattr(function, "__wrapped__", function).__code__
    return [name for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if name not in _OWNERS]


_OWNERS = ("self", "cls")
_NOUNS = {"name": "table"}
"""The nouns of arguments with a choice of words, where these are not their names: `frame("scores")`."""


class _Door:
    """The check of the arguments of a function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        code = function.__code__
        self.function = function
        self.positional = code.co_varnames[: code.co_argcount]
        self.owner = self.positional[:1] if self.positional[:1] and self.positional[0] in _OWNERS else ()
        self.keywords = code.co_varnames[len(self.owner) : code.co_argcount + code.co_kwonlyargcount]
        self.variable = code.co_varnames[len(self.owner) + len(self.keywords)] if code.co_flags & _VARIABLE else None
        self.takes_any_keyword = bool(code.co_flags & _VARIABLE_KEYWORDS)
        defaults = function.__defaults__ or ()
        by_place = dict(zip(self.positional[len(self.positional) - len(defaults) :], defaults, strict=True))
        self.defaults = {**by_place, **(function.__kwdefaults__ or {})}
        self.tests: dict[str, Callable[[Any], bool]] = {}

    def check(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Refuse a call whose arguments are not those of the function."""
        for name, value in zip(self.positional, args):  # noqa: B905 - further values are looked at below
            if name not in self.owner:
                self._check(name, value, args)
        if further := args[len(self.positional) :]:
            if self.variable is None:
                self._refuse_further(args)
            for value in further:
                self._check(str(self.variable), value, args)
        for name, value in kwargs.items():
            if name in self.keywords:
                self._check(name, value, args)
            elif not self.takes_any_keyword:
                what = f'{self._word(args)} has no argument "{name}"'
                raise WrongArgument(what, where=self._call(args, name, value), remedy=suggest(name, self.keywords))
        given = {*self.positional[: len(args)], *kwargs}
        if missing := [name for name in self.keywords if name not in given and name not in self.defaults]:
            what = f"{self._word(args)} needs {join_names(missing)}"
            remedy = self._described(missing[0])[1] or self._help(args)
            raise WrongArgument(what, where=f"{self._name(args)}(…)", remedy=remedy)

    def _check(self, name: str, value: Any, args: tuple[Any, ...]) -> None:
        is_default = name in self.defaults and value is self.defaults[name]
        if not is_default and not self._test(name)(value):
            self._refuse(name, value, args)

    def _test(self, name: str) -> Callable[[Any], bool]:
        """Return the test of the values of an argument."""
        if name not in self.tests:
            from indicia.kinds import hint_of, is_of  # imported here, so that `import indicia` stays light

            self.tests[name] = is_of(hint_of(self.function, name))
        return self.tests[name]

    def _refuse(self, name: str, value: Any, args: tuple[Any, ...]) -> None:
        from indicia.kinds import choices_of, hint_of, limits_of

        hint = hint_of(self.function, name)
        kind, text = self._described(name)
        limits, words = dict.fromkeys(limit for *_, limit in limits_of(hint)), choices_of(hint)
        what = f"{name} must be {', '.join((kind, *limits))}, and not {shown(value)}"
        remedy: str | None = self._elsewhere(name, value) or text or self._help(args)
        listed = value if isinstance(value, (list, tuple)) else [value]
        unknown = next((word for word in listed if isinstance(word, str) and word not in words), None)
        if words and unknown is not None:
            what = f"{self._word(args)} has no {_NOUNS.get(name, name)} {shown(unknown)}"
            remedy = suggest(unknown, words)
        raise WrongArgument(what, where=self._call(args, name, value), remedy=remedy)

    def _refuse_further(self, args: tuple[Any, ...]) -> None:
        own = len(self.owner)
        most, named = len(self.positional) - own, self.keywords[len(self.positional) - own :]
        takes = pluralise(most, "argument") if most else "no argument"
        what = f"{self._word(args)} takes {takes} without a name, and not {len(args) - own}"
        values = ", ".join(map(shown, args[own:]))
        remedy = (
            f"name the others: {join_names((f'{name}=…' for name in named), 20)}" if named else "leave out the others"
        )
        raise WrongArgument(what, where=f"{self._name(args)}({values})", remedy=remedy)

    def _elsewhere(self, name: str, value: Any) -> str | None:
        """Return the remedy for a value that the argument takes in a list, or that another argument takes."""
        if self._test(name)([value]):
            return f"{name}=[{shown(value)}]"
        if value is None or isinstance(value, (str, int, float, list, tuple)):
            return None
        others = (other for other in self.keywords if other != name and self._test(other)(value))
        other = next(others, None)
        text = self._described(name)[1]
        if other is None:
            return None
        return f"{other}=… takes {with_article(type(value).__name__)}{f'; {name} is {text}' if text else ''}"

    def _described(self, name: str) -> tuple[str, str | None]:
        """Return the kind of a parameter and the first sentence about it, from the docstring, else its annotation."""
        from inspect import cleandoc  # imported for an error only

        text = cleandoc(self.function.__doc__ or "")
        found = re.search(rf"^[\w*, ]*\b{name}(?:, [\w*, ]+)? : (.+)\n((?:    .+\n?)+)", text, re.MULTILINE)
        annotation = str(self.function.__annotations__.get(name, ""))
        if about := re.match(r"Annotated\[(.+), About\((['\"])(.+?)\2", annotation, re.DOTALL):
            annotation = about[1]
        if found is None:
            return annotation, about[3] if about else None
        kind = re.sub(r",? ?(optional|default .*)$", "", found[1]).strip()
        sentence = re.split(r"\.(?:\s|$)|;", " ".join(found[2].split()))[0]
        return kind or annotation, sentence[:1].lower() + sentence[1:]

    def _help(self, args: tuple[Any, ...]) -> str:
        return f"help({self._name(args)}) lists its arguments"

    def _word(self, args: tuple[Any, ...]) -> str:
        """Return the name of the function; of `__init__` and `__call__`, that of their class."""
        return type(args[0]).__name__ if self.function.__name__.startswith("__") else self.function.__name__

    def _name(self, args: tuple[Any, ...]) -> str:
        """Return the name of the function with its class or module, as users write it."""
        word = self._word(args)
        if self.owner and word == self.function.__name__:
            owner = args[0] if isinstance(args[0], type) else type(args[0])
            return f"{owner.__name__}.{word}"
        return f"indicia.{word}" if self.function.__module__ == "indicia" else word

    def _call(self, args: tuple[Any, ...], name: str, value: Any) -> str:
        return f"{self._name(args)}({'' if name == self.variable else f'{name}='}{shown(value)})"


def shown(value: Any) -> str:
    """Return a short text for a value: figures and texts as they are, others by their kind.

    >>> shown(3), shown("±25%"), shown([1, "a"]), shown(object())
    ('3', '"±25%"', "[1, 'a']", 'an object')
    """
    import reprlib  # imported for an error only

    if isinstance(value, str):
        return f'"{reprlib.repr(value)[1:-1]}"'
    if value is None or isinstance(value, (bool, int, float)):
        return reprlib.repr(value)
    if isinstance(value, (list, tuple, set, dict)) and all(isinstance(item, (str, int, float)) for item in value):
        return reprlib.repr(value)
    return with_article(type(value).__name__)
