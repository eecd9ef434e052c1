"""Doubts about a plugin: it is imported without an error, and offers less than its module holds."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from indicia.catalogue.hookspecs import HOOKS, OFFERED_KINDS
from indicia.errors import suggest
from indicia.methods import Method

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from indicia.catalogue.offers import Offer

_PREFIX = "indicia_"
_HOOKS = {hook.hook for hook in HOOKS}


def doubts(plugin: object, registered: Collection[str], offered: Collection[Offer]) -> list[str]:
    """Return a sentence for each hook that is not registered and each method that no hook offers.

    If a plugin offers places of classes, its other methods raise no doubt: they may be bases of these classes, which
    are not imported yet.

    Parameters
    ----------
    plugin
        A module, or any object with hooks.
    registered
        The names of the functions that pluggy has registered as hooks.
    offered
        The methods that these hooks return.
    """
    names = vars(plugin) if isinstance(plugin, ModuleType) else dir(plugin)
    candidates = {name: getattr(plugin, name, None) for name in names if name.startswith(_PREFIX)}
    functions = [
        name
        for name, value in candidates.items()
        if callable(value) and not isinstance(value, type) and name not in registered
    ]
    if functions:
        return [_of_function(name) for name in functions]
    sources = [offer.source for offer in offered]
    methods = [source for source in sources if not isinstance(source, str)]
    if isinstance(plugin, ModuleType) and len(methods) == len(sources):
        forgotten = [_of_class(method) for method in _methods_without_hook(plugin, methods)]
        if forgotten:
            return forgotten
    return [] if registered else ["no function is marked with @hookimpl, so nothing is offered"]


def _of_function(name: str) -> str:
    if name in _HOOKS:
        return f'{name} is not used as a hook: write @hookimpl, and no other decorator, above "def {name}"'
    suggestion = suggest(name.removeprefix(_PREFIX), [hook.removeprefix(_PREFIX) for hook in _HOOKS])
    return f"{name} is not used: no hook has this name ({suggestion})"


def _methods_without_hook(module: ModuleType, offered: Collection[type[Method]]) -> Iterator[type[Method]]:
    """Yield the methods of a module that it neither offers nor uses as a base of offered ones."""
    for name, value in vars(module).items():
        if name.startswith("_") or not (isinstance(value, type) and issubclass(value, Method)):
            continue
        is_local = f"{value.__module__}.".startswith(f"{module.__name__}.")
        if (
            is_local
            and isinstance(vars(value).get("name"), str)
            and not any(issubclass(method, value) for method in offered)
        ):
            yield value


def _of_class(method: type[Method]) -> str:
    hook = next((kind.hook for kind in OFFERED_KINDS if issubclass(method, kind.base)), "a hook")
    return (
        f'the method "{method.name}" is not offered: return {method.__name__} from {hook}, or call the class '
        f"_{method.__name__}"
    )
