"""Which code a command may run: plugin files, installed plugins, and those that an index file names."""

from __future__ import annotations

import inspect
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

AllowCode = Annotated[
    bool, typer.Option("--allow-code", help="Load the plugin files that the index file names: it runs their code.")
]
NoPlugins = Annotated[bool, typer.Option("--no-plugins", help="Look at no installed plugin but Indicia's own.")]
OnlyPlugins = Annotated[
    str | None, typer.Option("--only-plugins", metavar="A,B", help="Look at these installed plugins alone.")
]


class Code(list[Path]):
    """The plugin files that a command names, and what else may be loaded."""

    def __init__(self, files: Iterable[Path] = (), *, allowed: bool = False, only: list[str] | None = None) -> None:
        super().__init__(files)
        self.allowed = allowed
        self.only = only


def of(plugins: list[Path]) -> Code:
    """Return what may be loaded beside these files: for a plain list, all installed plugins and no other files."""
    return plugins if isinstance(plugins, Code) else Code(plugins)


def named(none: bool, some: str | None) -> list[str] | None:
    """Return the installed plugins that are looked at beside Indicia's own; None for all of them."""
    if none and some is not None:
        raise DefinitionError("--no-plugins and --only-plugins cannot both be meant", remedy="leave out one of them")
    return [] if none else None if some is None else some.split(",")


def offering(command: Callable[..., None], *, definition: bool = True) -> Callable[..., None]:
    """Give a command that takes plugin files the options that say what else may be loaded.

    The command gets them with its `plugin` argument, which is a `Code`.
    """
    signature = inspect.signature(command, eval_str=True)
    if "plugin" not in signature.parameters:
        return command
    options: dict[str, tuple[Any, Any]] = {"no_plugins": (NoPlugins, False), "only_plugins": (OnlyPlugins, None)}
    if definition:
        options["allow_code"] = (AllowCode, False)

    @wraps(command)
    def run(
        *, no_plugins: bool, only_plugins: str | None, allow_code: bool = False, plugin: list[Path], **rest: Any
    ) -> None:
        command(plugin=Code(plugin, allowed=allow_code, only=named(no_plugins, only_plugins)), **rest)

    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in options.items()
    ]
    whole = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in signature.parameters.values()]
    run.__signature__ = signature.replace(parameters=[*whole, *more])  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in (*whole, *more)}
    del run.__wrapped__
    return run
