"""Errors in a command line: typer's messages in the form of all other errors (problem, place, remedy)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand

from indicia.errors import DefinitionError, explain_validation, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable


class Command(TyperCommand):
    """A command that refuses an option given twice, such as by its short and its long name.

    The types of click are Any here: later versions of Typer have their own copy of click.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words of the command line, after the check."""
        if not ctx.resilient_parsing:
            _, _, given = self.make_parser(ctx).parse_args(args=list(args))
            for option in given:
                if option.param_type_name == "option" and not option.multiple and given.count(option) > 1:
                    what = f"{' or '.join(option.opts)} is given twice"
                    raise DefinitionError(what, where=ctx.command_path, remedy="leave one of them out")
        return super().parse_args(ctx, args)


UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""The class of typer's errors about a command line; typer has no public name for it."""


def is_help(error: Exception) -> bool:
    """Return whether typer raised this error to show the help of a command without arguments."""
    return type(error).__name__ == "NoArgsIsHelpError"


def explain(error: Any) -> DefinitionError:
    """Return typer's error about a command line as an error of Indicia."""
    if error.ctx is None:
        return DefinitionError(_option_problem(error.option_name, error.message))
    command, path = error.ctx.command, error.ctx.command_path
    hint = f"{path} -h lists the arguments and options"
    if param := getattr(error, "param", None):
        name = param.opts[0] if param.param_type_name == "option" else param.metavar or param.name.upper()
        missing = type(error).__name__ == "MissingParameter"
        return DefinitionError(f"{path} needs {name}", remedy=hint) if missing else _value_problem(name, error, hint)
    if type(error).__name__ == "NoSuchOption":
        options = [name for parameter in command.params for name in parameter.opts if name.startswith("--")]
        remedy = _suggestion(error.option_name, options) or hint
        return DefinitionError(f"{path} has no option {error.option_name}", remedy=remedy)
    if match := re.match("No such command '(.*?)'", error.message):
        return DefinitionError(
            f'unknown command "{match[1]}"', remedy=_suggestion(match[1], command.list_commands(error.ctx)) or hint
        )
    if match := re.match(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", error.message):
        return DefinitionError(f'{path} has no argument for "{match[1]}"', remedy=hint)
    return DefinitionError(_option_problem(getattr(error, "option_name", path), error.message), remedy=hint)


def _option_problem(option: str, message: str) -> str:
    if "requires an argument" in message:
        return f"{option} needs a value"
    return f"{option} takes no value" if "does not take a value" in message else f"{option}: {message}"


def _value_problem(name: str, error: Any, hint: str) -> DefinitionError:
    if match := re.search("'(.*)' is not one of (.*)", error.message):
        choices = re.findall("'(.*?)'", match[2])
        return DefinitionError(f'{name} cannot be "{match[1]}"', remedy=suggest(match[1], choices) or hint)
    problem = next(iter(getattr(error.__cause__, "errors", list)()), None) or _parse_message(error.message)
    if problem is None:
        return DefinitionError(f"{name}: {error.message}", remedy=hint)
    return DefinitionError(f"{name}{explain_validation(problem)[0]}, not {problem['input']}", remedy=hint)


def _parse_message(message: str) -> dict[str, Any] | None:
    """Return the message of an early typer in the form of pydantic's errors; later versions of typer use pydantic.

    >>> _parse_message("'x' is not a valid integer range.")
    {'type': 'int_parsing', 'input': 'x'}
    >>> _parse_message("0 is not in the range x>=1.")
    {'type': 'greater_than_equal', 'input': '0', 'ctx': {'ge': 1.0}}
    """
    if match := re.fullmatch(r"'(.*)' is not a valid (int|float)\w*( range)?\.", message):
        return {"type": f"{match[2]}_parsing", "input": match[1]}
    if match := re.fullmatch(r"(\S+) is not in the range x>=(\S+)\.", message):
        return {"type": "greater_than_equal", "input": match[1], "ctx": {"ge": float(match[2])}}
    return None


def _suggestion(word: str, choices: Iterable[str]) -> str | None:
    """Return "did you mean …?" if a choice is close to the word."""
    suggestion = suggest(word, choices)
    return suggestion if suggestion and suggestion.startswith("did") else None
