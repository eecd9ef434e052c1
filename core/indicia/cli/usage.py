"""What is wrong with a command line, in the words of all other errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer

from indicia.errors import DefinitionError, explain_validation, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable

UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""A command line that cannot be understood; typer has no public name for it."""


def is_help(error: Exception) -> bool:
    """Say whether the error is the help of a command that was called without anything."""
    return type(error).__name__ == "NoArgsIsHelpError"


def explained(error: Any) -> DefinitionError:
    """Say what is wrong with a command line: the error of typer in our words."""
    if error.ctx is None:
        return DefinitionError(_of_option(error.option_name, error.message))
    command, path = error.ctx.command, error.ctx.command_path
    hint = f"{path} -h says what there is"
    if param := getattr(error, "param", None):
        name = param.opts[0] if param.param_type_name == "option" else param.metavar or param.name.upper()
        missing = type(error).__name__ == "MissingParameter"
        return DefinitionError(f"{path} needs {name}", remedy=hint) if missing else _of_value(name, error, hint)
    if type(error).__name__ == "NoSuchOption":
        known = [name for one in command.params for name in one.opts if name.startswith("--")]
        remedy = _meant(error.option_name, known) or hint
        return DefinitionError(f"{path} has no option {error.option_name}", remedy=remedy)
    if found := re.match("No such command '(.*?)'", error.message):
        return DefinitionError(f'unknown command "{found[1]}"', remedy=_meant(found[1], command.commands) or hint)
    if found := re.match(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", error.message):
        return DefinitionError(f'{path} does not know what to do with "{found[1]}"', remedy=hint)
    return DefinitionError(_of_option(getattr(error, "option_name", path), error.message), remedy=hint)


def _of_option(option: str, message: str) -> str:
    if "requires an argument" in message:
        return f"{option} needs a value"
    return f"{option} takes no value" if "does not take a value" in message else f"{option}: {message}"


def _of_value(name: str, error: Any, hint: str) -> DefinitionError:
    if found := re.search("'(.*)' is not one of (.*)", error.message):
        known = re.findall("'(.*?)'", found[2])
        return DefinitionError(f'{name} does not know "{found[1]}"', remedy=suggest(found[1], known) or hint)
    finding = next(iter(getattr(error.__cause__, "errors", list)()), None) or _finding(error.message)
    if finding is None:
        return DefinitionError(f"{name}: {error.message}", remedy=hint)
    return DefinitionError(f"{name}{explain_validation(finding)[0]}, not {finding['input']}", remedy=hint)


def _finding(message: str) -> dict[str, Any] | None:
    """Return what an earlier typer finds amiss in a value, as pydantic says it; a later one asks pydantic itself.

    >>> _finding("'x' is not a valid integer range.")
    {'type': 'int_parsing', 'input': 'x'}
    >>> _finding("0 is not in the range x>=1.")
    {'type': 'greater_than_equal', 'input': '0', 'ctx': {'ge': 1.0}}
    """
    if found := re.fullmatch(r"'(.*)' is not a valid (int|float)\w*( range)?\.", message):
        return {"type": f"{found[2]}_parsing", "input": found[1]}
    if found := re.fullmatch(r"(\S+) is not in the range x>=(\S+)\.", message):
        return {"type": "greater_than_equal", "input": found[1], "ctx": {"ge": float(found[2])}}
    return None


def _meant(given: str, known: Iterable[str]) -> str | None:
    """Return the word that was meant, if one is near."""
    close = suggest(given, known)
    return close if close and close.startswith("did") else None
