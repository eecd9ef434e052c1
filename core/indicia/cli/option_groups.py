"""Groups of options that several commands share, declared once as the fields of a dataclass.

A command has the dataclass as one parameter, which Typer cannot read: it reads options from a function's signature.
`expand_option_groups` returns a function with one parameter for each field, which builds the dataclass.
"""

from __future__ import annotations

import inspect
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable


def expand_option_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with one parameter for each field in place of each dataclass parameter.

    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Size:
    ...     width: int = 80
    >>> @expand_option_groups
    ... def page(*, size: Size, title: str = "") -> None:
    ...     print(size, title)
    >>> print(inspect.signature(page))
    (*, width: int = 80, title: str = '') -> None
    >>> page(width=60, title="index")
    Size(width=60) index
    """
    signature = inspect.signature(command, eval_str=True)
    declared = signature.parameters.values()
    groups = {parameter.name: parameter.annotation for parameter in declared if is_dataclass(parameter.annotation)}

    def run(**values: Any) -> None:
        built = {name: _build(group, values) for name, group in groups.items()}
        command(**built, **values)

    parameters = [
        option
        for parameter in declared
        for option in (
            _parameters(parameter.annotation)
            if parameter.name in groups
            else [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
        )
    ]
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _build(group: Any, values: dict[str, Any]) -> Any:
    """Build a group from the values of its options, and remove these from the values."""
    types = get_type_hints(group)
    return group(
        **{
            field.name: _build(types[field.name], values) if is_dataclass(types[field.name]) else values.pop(field.name)
            for field in fields(group)
        }
    )


@cache
def _parameters(group: Any) -> tuple[inspect.Parameter, ...]:
    parameters: list[inspect.Parameter] = []
    types = get_type_hints(group, include_extras=True)
    for field in fields(group):
        if is_dataclass(types[field.name]):
            parameters += _parameters(types[field.name])
        else:
            default = field.default if field.default_factory is MISSING else field.default_factory()
            default = inspect.Parameter.empty if default is MISSING else default
            keyword = inspect.Parameter.KEYWORD_ONLY
            parameters.append(inspect.Parameter(field.name, keyword, default=default, annotation=types[field.name]))
    return tuple(parameters)
