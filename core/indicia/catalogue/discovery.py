"""The methods at hand, gathered from plugins: the only code that works with pluggy."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache, cached_property
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pluggy

from indicia.catalogue import hookspecs
from indicia.catalogue.choice import Choice, build
from indicia.catalogue.hookspecs import KINDS, Kind
from indicia.errors import IndiciaError, IndiciaWarning, MethodError, PluginError, nearest
from indicia.methods import Property

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.metadata import EntryPoint
    from types import ModuleType

    import polars as pl

    from indicia.methods import Method


@dataclass(frozen=True)
class Offer:
    """A method and the plugin that offers it."""

    kind: str
    method: type[Method]
    plugin: str


@dataclass(frozen=True)
class Catalogue:
    """The methods at hand, by kind and name, sorted, whatever the order of installation."""

    offers: Mapping[tuple[str, str], Offer]
    failures: Mapping[str, str] = field(default_factory=dict)
    """Plugins that could not be imported, with the reason."""
    origins: Mapping[str, EntryPoint | Path] = field(default_factory=dict)
    """Where each plugin comes from."""

    @cached_property
    def versions(self) -> dict[str, str]:
        """Plugins with the distribution they come from and its version, or the hash of the file."""
        return {plugin: _version(origin) for plugin, origin in self.origins.items()}

    def names(self, kind: str) -> list[str]:
        """Return the names of the methods of a kind, sorted."""
        return [name for of_kind, name in self.offers if of_kind == kind]

    def find(self, name: str) -> list[Offer]:
        """Return the methods of that name, of whatever kind; none is an error."""
        found = [offer for (_, known), offer in self.offers.items() if known == name]
        if not found:
            raise self._unknown("method", name, {known for _, known in self.offers})
        return found

    def choose(self, kind: str, choice: object, folder: Path = Path()) -> Method:
        """Return the method that is chosen, with its parameters checked.

        >>> print(installed().choose("normalisation", "min_max(lower=1, upper=100)"))
        min_max(lower=1, upper=100)
        """
        if isinstance(choice, next(one.base for one in KINDS if one.name == kind)):
            return build(type(choice), choice.parameters, folder)
        chosen = Choice.read(choice)
        offer = self.offers.get((kind, chosen.method))
        if offer is None:
            raise self._unknown(kind, chosen.method, self.names(kind))
        return build(offer.method, chosen.parameters, folder)

    def table(self, properties: Iterable[str] = ()) -> pl.DataFrame:
        """Return the methods that declare all these properties: kind, name, parameters, summary, plugin."""
        import polars as pl

        wanted = {_property(name.strip()) for name in properties}
        kinds = [kind.name for kind in KINDS]
        offers = [offer for offer in self.offers.values() if wanted <= offer.method.properties]
        offers.sort(key=lambda offer: (kinds.index(offer.kind), offer.method.name))
        return pl.DataFrame(
            {
                "kind": [offer.kind for offer in offers],
                "name": [offer.method.name for offer in offers],
                "parameters": [", ".join(field.name for field in fields(offer.method)) for offer in offers],
                "summary": [offer.method.summary() for offer in offers],
                "plugin": [offer.plugin for offer in offers],
            },
            schema=dict.fromkeys(("kind", "name", "parameters", "summary", "plugin"), pl.String),
        )

    def _unknown(self, kind: str, name: str, names: Iterable[str]) -> MethodError:
        where = "\n".join(f"plugin {plugin} was not loaded: {reason}" for plugin, reason in self.failures.items())
        return MethodError(f'unknown {kind} "{name}"', where=where or None, remedy=nearest(name, names))


def of(*plugins: object) -> Catalogue:
    """Gather what these plugins offer; a misspelt hook, a wrong class or two methods of one name is an error."""
    manager = pluggy.PluginManager("indicia")
    manager.add_hookspecs(hookspecs)
    offers: dict[tuple[str, str], Offer] = {}
    for plugin in plugins:
        module = getattr(plugin, "__name__", type(plugin).__name__)
        try:
            manager.register(plugin, name=module)
            manager.check_pending()
        except (ValueError, pluggy.PluginValidationError) as error:
            raise _hook_error(module, error) from error
    for kind in KINDS:
        for implementation in getattr(manager.hook, kind.hook).get_hookimpls():
            for method in _offered(kind, implementation):
                offer = Offer(kind.name, method, implementation.plugin_name)
                other = offers.setdefault((kind.name, method.name), offer)
                if other.method is not method:
                    raise PluginError(
                        f'two plugins offer the {kind.name} "{method.name}"',
                        where=f"{other.plugin} and {offer.plugin}",
                        remedy="uninstall one of them, or rename the method in it",
                    )
    return Catalogue(dict(sorted(offers.items())))


def installed(files: Iterable[Path] = (), kinds: Iterable[str] | None = None) -> Catalogue:
    """Gather the installed plugins and the plugin files that the user names.

    An installed plugin that fails to import is left out with a warning; a file that fails is an error. Where only some
    kinds are wanted, entry points that are named after another kind are not imported.
    """
    every = {kind.name for kind in KINDS}
    plugins, failures, origins = _imported(frozenset(every.difference(every if kinds is None else kinds)))
    for plugin, reason in failures.items():
        warnings.warn(f"plugin {plugin} was not loaded: {reason}", IndiciaWarning, stacklevel=2)
    modules = {path: _load(path) for path in {path.resolve(): path for path in files}.values()}
    return replace(
        of(*plugins, *modules.values()), failures=failures, origins=origins | {str(path): path for path in modules}
    )


@cache
def _imported(unwanted: frozenset[str]) -> tuple[tuple[object, ...], dict[str, str], dict[str, EntryPoint | Path]]:
    """Import installed plugins, once a process: return them, the failures and where they come from."""
    plugins: list[object] = []
    failures: dict[str, str] = {}
    origins: dict[str, EntryPoint | Path] = {}
    for point in sorted(entry_points(group="indicia"), key=lambda point: (point.value, point.name)):
        if point.name in unwanted:
            continue
        try:
            plugins.append(point.load())
        except Exception as error:
            failures[_origin(point)] = f"{type(error).__name__}: {error}"
        else:
            origins[point.value] = point
    return tuple(plugins), failures, origins


def _property(name: str) -> Property:
    try:
        return Property(name)
    except ValueError as error:
        raise MethodError(
            f'unknown property "{name}"', remedy=nearest(name, [one.value for one in Property])
        ) from error


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} ({point.value})" if point.dist else point.value


def _load(path: Path) -> ModuleType:
    if not path.is_file():
        raise PluginError(f"no plugin file {path}", remedy="name a Python file, relative to the index file")
    name = str(path)  # a module of this file alone, whatever it is called
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise PluginError(f"plugin {path} cannot be loaded: {type(error).__name__}: {error}") from error
    return module


def _version(origin: EntryPoint | Path) -> str:
    if isinstance(origin, Path):
        return f"sha256 {sha256(origin.read_bytes()).hexdigest()}"
    return f"{origin.dist.name} {origin.dist.version}" if origin.dist else "unknown"


def _offered(kind: Kind, implementation: pluggy.HookImpl) -> list[type[Method]]:
    try:
        methods = list(cast("Iterable[Any]", implementation.function()))
    except Exception as error:
        raise PluginError(
            f"plugin {implementation.plugin_name}: {kind.hook} failed: {type(error).__name__}: {error}"
        ) from error
    for method in methods:
        fault = _fault(kind, method)
        if fault:
            raise PluginError(f"plugin {implementation.plugin_name}: {kind.hook} offers {method!r}, {fault}")
    return methods


def _fault(kind: Kind, method: Any) -> str | None:
    if not (isinstance(method, type) and issubclass(method, kind.base)):
        return f"which is not a subclass of {kind.base.__name__}"
    if not is_dataclass(method) or "__dataclass_fields__" not in vars(method):
        return "which is not a dataclass: write @dataclass(frozen=True) above it"
    for attribute in ("name", "reference"):
        if not isinstance(getattr(method, attribute, None), str):
            return f"which has no {attribute}"
    if not method.name.isidentifier():
        return f"whose name {method.name!r} is not a word of letters, digits and _"
    return method.unfit()


def _hook_error(module: str, error: Exception) -> IndiciaError:
    known = nearest(
        str(error).partition("'indicia_")[2].partition("'")[0], [kind.hook.removeprefix("indicia_") for kind in KINDS]
    )
    return PluginError(f"plugin {module} has a hook that does not fit: {error}", remedy=known)
