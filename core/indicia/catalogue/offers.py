"""The methods that a plugin offers, as classes or as places of classes that are imported when a run uses them."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from io import StringIO
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from indicia import tracing
from indicia.callers import warn
from indicia.catalogue.contract_check import class_problem
from indicia.catalogue.hookspecs import OFFERED_KINDS, Kind
from indicia.catalogue.importing import ImportResult, captured_prints
from indicia.errors import PluginError, PluginWarning, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pluggy

    from indicia.catalogue.hookspecs import Hook
    from indicia.methods import Method

_PLACE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")
_PLACE_REMEDY = 'write "module:Class", with the whole name of the module'


@dataclass(frozen=True)
class Offer:
    """A method and the plugin that offers it."""

    kind: str
    name: str
    source: type[Method] | str
    """The class, or its place: "my_package.curves:Sigmoid"."""
    plugin: str

    @property
    def place(self) -> str:
        """The module and the name of the class."""
        return self.source if isinstance(self.source, str) else f"{self.source.__module__}:{self.source.__qualname__}"

    @cached_property
    def method(self) -> type[Method]:
        """The class; the first use imports it if the plugin offers its place.

        Raises
        ------
        PluginError
            If the import fails, or the class is not a method of this kind and name.
        """
        if not isinstance(self.source, str):
            return self.source
        kind = next(kind for kind in OFFERED_KINDS if kind.name == self.kind)
        method = self.load()
        offered = f"plugin {self.plugin}: {kind.hook} offers {method!r}"
        if problem := class_problem(kind, method):
            raise PluginError(f"{offered}, {problem}")
        if method.name != self.name:
            raise _name_error(self.plugin, kind, self.name, method, self.source)
        return cast("type[Method]", method)

    def is_same(self, other: Offer) -> bool:
        """Return True if both offer the same class."""
        if isinstance(self.source, str) or isinstance(other.source, str):
            return self.place == other.place
        return self.source is other.source

    def load(self) -> Any:
        """Return the class or function, and import its module, without its output, if the plugin offers its place."""
        if not isinstance(self.source, str):
            return self.source
        place = self.source
        module, _, name = place.partition(":")
        was_loaded = module in sys.modules
        start = perf_counter()
        try:
            with captured_prints() as printed:
                code = import_module(module)
        except (Exception, SystemExit) as error:
            raise PluginError(
                f'plugin {self.plugin}: the {self.kind} "{self.name}" cannot be imported from {place}: '
                f"{type(error).__name__}: {error}"
            ) from error
        if not was_loaded:
            if tracing.is_on():
                tracing.say(f"import of {module} for the {self.kind} {self.name}", start)
            for complaint in ImportResult(code, None, perf_counter() - start, printed.getvalue().strip()).complaints():
                warn(f"plugin {self.plugin}: {module} {complaint}", PluginWarning)
        if not hasattr(code, name):
            names = [key for key, value in vars(code).items() if isinstance(value, type)]
            raise PluginError(
                f'plugin {self.plugin}: the {self.kind} "{self.name}" is not at {place}: '
                f"the module has no class {name}",
                remedy=suggest(name, names),
            )
        return getattr(code, name)


def offers_of(kind: Hook, implementation: pluggy.HookImpl) -> list[Offer]:
    """Return the offers of a hook: of classes, or of a mapping of names to classes and places of classes."""
    plugin = implementation.plugin_name
    try:
        with redirect_stdout(StringIO()):
            offered = implementation.function()
            if not isinstance(offered, Mapping):
                offered = list(cast("Iterable[Any]", offered))
    except (Exception, SystemExit) as error:
        raise PluginError(f"plugin {plugin}: {kind.hook} failed: {type(error).__name__}: {error}") from error
    if isinstance(offered, Mapping):
        return [_offer_of(plugin, kind, name, source) for name, source in offered.items()]
    if not isinstance(kind, Kind):
        raise PluginError(f"plugin {plugin}: {kind.hook} returns no mapping of names to places", remedy=_PLACE_REMEDY)
    for method in offered:
        _check_class(plugin, kind, method)
    return [Offer(kind.name, method.name, method, plugin) for method in offered]


def _offer_of(plugin: str, kind: Hook, name: Any, source: Any) -> Offer:
    """Return the offer of an entry of a mapping, after all checks that need no import."""
    if not isinstance(name, str) or not name.isidentifier():
        raise PluginError(
            f"plugin {plugin}: {kind.hook} offers the name {name!r}, which is not a word of letters, digits and _"
        )
    if isinstance(source, str):
        if not _PLACE.fullmatch(source):
            raise PluginError(
                f'plugin {plugin}: {kind.hook} offers "{name}" at {source!r}, which is no place of a class',
                remedy=_PLACE_REMEDY,
            )
        return Offer(kind.name, name, source, plugin)
    if not isinstance(kind, Kind):
        return Offer(kind.name, name, source, plugin)
    _check_class(plugin, kind, source)
    if source.name != name:
        raise _name_error(plugin, kind, name, source, f"{source.__module__}:{source.__qualname__}")
    return Offer(kind.name, name, source, plugin)


def _check_class(plugin: str, kind: Kind, method: Any) -> None:
    if problem := class_problem(kind, method):
        raise PluginError(f"plugin {plugin}: {kind.hook} offers {method!r}, {problem}")


def _name_error(plugin: str, kind: Kind, name: str, method: type[Method], place: str) -> PluginError:
    return PluginError(
        f'plugin {plugin}: {kind.hook} offers "{name}" at {place}, and the class has the name "{method.name}"',
        remedy=f'write "{method.name}" in {kind.hook}, or name = "{name}" in {method.__name__}',
    )
