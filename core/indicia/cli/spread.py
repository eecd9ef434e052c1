"""Options that commands share: declared once, as the fields of a dataclass that a command takes."""

from __future__ import annotations

import inspect
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that its parameters stand for: of a dataclass, one for each field.

    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Size:
    ...     width: int = 80
    >>> @spread
    ... def page(*, size: Size, title: str = "") -> None:
    ...     print(size, title)
    >>> print(inspect.signature(page))
    (*, width: int = 80, title: str = '') -> None
    >>> page(width=60, title="index")
    Size(width=60) index
    """
    signature = inspect.signature(command, eval_str=True)
    bundles = {one.name: one.annotation for one in signature.parameters.values() if is_dataclass(one.annotation)}

    def run(**values: Any) -> None:
        made = {name: _made(bundle, values) for name, bundle in bundles.items()}
        command(**made, **values)

    parameters = [
        one
        for declared in signature.parameters.values()
        for one in (
            _options(declared.annotation)
            if declared.name in bundles
            else [declared.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
        )
    ]
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _made(bundle: Any, values: dict[str, Any]) -> Any:
    """Make a bundle of the values of its options, and take these out."""
    kinds = get_type_hints(bundle)
    return bundle(
        **{name: _made(kind, values) if is_dataclass(kind) else values.pop(name) for name, kind in kinds.items()}
    )


@cache
def _options(bundle: Any) -> tuple[inspect.Parameter, ...]:
    options: list[inspect.Parameter] = []
    kinds = get_type_hints(bundle, include_extras=True)
    for one in fields(bundle):
        if is_dataclass(kinds[one.name]):
            options += _options(kinds[one.name])
        else:
            default = one.default if one.default_factory is MISSING else one.default_factory()
            keyword = inspect.Parameter.KEYWORD_ONLY
            options.append(inspect.Parameter(one.name, keyword, default=default, annotation=kinds[one.name]))
    return tuple(options)
