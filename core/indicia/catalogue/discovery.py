"""The discovery of plugins: their entry points and hooks, the catalogue of their offers, and doubts about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from time import perf_counter
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from indicia import tracing
from indicia.callers import warn
from indicia.catalogue import hookspecs
from indicia.catalogue.choice import Choice, build
from indicia.catalogue.hookspecs import HOOKS, OFFERED_KINDS, PLACES, SOURCES, Hook
from indicia.catalogue.method_table import method_table
from indicia.catalogue.offers import (
    BUILT_IN,
    Offer,
    code_files,
    contract_of,
    hash_of,
    import_plugin,
    is_core,
    is_shipped,
    label_of,
    load,
    offers_of,
    plugin_points,
    version_of,
)
from indicia.errors import IndiciaError, MethodError, PluginError, PluginWarning, join_names, suggest
from indicia.methods import Method
from indicia.sources import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from importlib.metadata import EntryPoint

    import polars as pl


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


@dataclass(frozen=True)
class Catalogue:
    """The methods of plugins by kind and name, sorted, so that the order of installation does not matter."""

    offers: Mapping[tuple[str, str], Offer]
    failures: Mapping[str, str] = field(default_factory=dict)
    """Plugins that could not be loaded, with the reason."""
    origins: Mapping[str, EntryPoint | Path] = field(default_factory=dict)
    """The entry point or file of each plugin."""
    shadowed: Mapping[tuple[str, str], tuple[Offer, ...]] = field(default_factory=dict)
    """Methods that are not used, since another plugin offers a method of the same name."""
    defaults: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """Default parameters by kind and name of the method."""
    named: Mapping[tuple[str, str], Method] = field(default_factory=dict)
    """Methods with their parameters, by kind and a name that an index file gives them."""
    doubts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Sentences on hooks and methods that a plugin seems to lack, by plugin."""
    only: tuple[str, ...] | None = None
    """The installed plugins that are used besides the shipped ones; None for all."""
    places: Mapping[tuple[str, str], Offer] = field(default_factory=dict)
    """Sections of the index file and writers, which are no methods, by hook and name."""
    _instances: dict[tuple[str, str, Path], Method] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def versions(self) -> dict[str, str]:
        """The distribution and version of each plugin, or the hash of its file."""
        return {plugin: version_of(origin) for plugin, origin in self.origins.items()}

    def versions_of(self, methods: Iterable[Method]) -> dict[str, str]:
        """Return the plugins of these methods, with their versions."""
        classes = {type(part) for method in methods for part in with_nested(method)}
        plugins = {self._plugin_of(method) for method in classes if not is_core(method)}
        return {plugin: self.versions.get(plugin, "unknown") for plugin in sorted(plugins)}

    def _plugin_of(self, method: type[Method]) -> str:
        """Return the plugin that offers a class, or the module of a class that no plugin offers."""
        kinds = [kind for kind in OFFERED_KINDS if (kind.name, method.name) in self.offers]
        offers = (self.offers[kind.name, method.name] for kind in kinds if issubclass(method, kind.base))
        return next((offer.plugin for offer in offers if offer.method is method), method.__module__)

    def code_of(self, plugins: Iterable[str]) -> dict[str, str]:
        """Return the hash of the code of each plugin, if its code is in files."""
        code = {plugin: tuple(code_files(self.origins[plugin])) for plugin in plugins if plugin in self.origins}
        hashes = {files: hash_of(files) for files in set(code.values()) if files}
        return {plugin: hashes[files] for plugin, files in code.items() if files}

    def names(self, kind: str) -> list[str]:
        """Return the names of the methods of a kind, sorted."""
        return sorted(name for of_kind, name in (*self.offers, *self.named) if of_kind == kind)

    def find(self, name: str) -> list[Offer]:
        """Return the methods with this name, of all kinds; MethodError if there is none."""
        offers = [offer for (_, key), offer in self.offers.items() if key == name]
        if not offers:
            raise self._unknown("method", name, {key for _, key in self.offers})
        return offers

    def choose(self, kind: str, choice: object, folder: str | Path = Path()) -> Method:
        """Return the method of a choice, with its parameters checked.

        Parameters
        ----------
        kind
            The kind of the method, such as "normalisation".
        choice
            A text, a table of an index file, or an instance.
        folder
            The folder that paths in parameters are relative to.

        Raises
        ------
        MethodError
            If there is no such method, or if its parameters are wrong.

        Examples
        --------
        >>> print(installed().choose("normalisation", "min_max(lower=1, upper=100)"))
        min_max(lower=1, upper=100)
        """
        folder = Path(folder)
        if isinstance(choice, str):
            return self._from_text(kind, choice, folder)
        if isinstance(choice, next(entry.base for entry in OFFERED_KINDS if entry.name == kind)):
            return build(type(choice), choice.parameters, folder, self.nested(folder))
        return self._read(kind, choice, folder)

    def with_defaults(self, kind: str, parameters: Mapping[str, Mapping[str, Any]]) -> Catalogue:
        """Return a catalogue with other default parameters of methods of a kind, by the names of the methods."""
        defaults = {(kind, name): values for name, values in parameters.items()}
        return replace(self, defaults={**self.defaults, **defaults}, _instances={}) if defaults else self

    def with_named(self, kind: str, methods: Mapping[str, Method]) -> Catalogue:
        """Return a catalogue with further methods of a kind, by the names that an index file gives them."""
        named = {(kind, name): method for name, method in methods.items()}
        return replace(self, named={**self.named, **named}, _instances={}) if named else self

    def with_checks(self) -> Catalogue:
        """Return the catalogue with the checks of all plugins, since a run imports no plugin of checks alone."""
        return self.with_kind("check")

    def with_kind(self, kind: str) -> Catalogue:
        """Return the catalogue with the classes of one more kind of all plugins, which a run alone does not import.

        Raises
        ------
        PluginError
            If a plugin file and an installed plugin offer the same name.
        """
        of_installed = {
            key: offer for key, offer in installed(kinds=[kind], only=self.only).offers.items() if key[0] == kind
        }
        for key, offer in of_installed.items():
            _refuse_two_offers(self.offers.get(key, offer), offer)
        return replace(self, offers=dict(sorted({**self.offers, **of_installed}.items())), _instances={})

    def offered(self, hook: Hook) -> dict[str, Offer]:
        """Return what plugins offer by a hook of places, such as sections of the index file, by name."""
        of_installed = installed(kinds=[hook.name], only=self.only).places
        for key, offer in of_installed.items():
            _refuse_two_offers(self.places.get(key, offer), offer)
        offers = sorted({**self.places, **of_installed}.items())
        return {name: offer for (kind, name), offer in offers if kind == hook.name}

    def nested(self, folder: Path) -> Callable[[type[Method], object], Method]:
        """Return the function that builds a method which is a parameter of another method."""
        return lambda base, choice: self.choose(_kind_of(base), choice, folder)

    def _from_text(self, kind: str, choice: str, folder: Path) -> Method:
        """Return the method of a text; equal texts share an instance, since many indicators share a choice.

        A choice with quotes is read each time, since it may name a file that changes.
        """
        if "'" in choice or '"' in choice:
            return self._read(kind, choice, folder)
        key = (kind, choice, folder)
        if key not in self._instances:
            self._instances[key] = self._read(kind, choice, folder)
        return self._instances[key]

    def _read(self, kind: str, choice: object, folder: Path) -> Method:
        chosen = Choice.read(choice)
        if (named := self.named.get((kind, chosen.method))) is not None:
            if chosen.parameters:
                raise MethodError(
                    f"{chosen.method} has no parameters, since the index file states it",
                    remedy=f'write "{chosen.method}" alone',
                )
            return named
        offer = self.offers.get((kind, chosen.method))
        if offer is None and (kind, chosen.method) in self.shadowed:
            plugins = [shadowed.plugin for shadowed in self.shadowed[kind, chosen.method]]
            raise MethodError(
                f'several plugins offer the {kind} "{chosen.method}"',
                where=" and ".join(plugins),
                remedy=f"choose one: --only-plugins {plugins[0]}, or uninstall the others",
            )
        if offer is None:
            raise self._unknown(kind, chosen.method, self.names(kind))
        parameters = {**self.defaults.get((kind, chosen.method), {}), **chosen.parameters}
        return build(offer.method, parameters, folder, self.nested(folder))

    def table(self, properties: Iterable[str] = (), kind: str | None = None) -> pl.DataFrame:
        """Return a table of the methods with all these properties, of one kind or of all.

        The columns are kind, name, parameters, summary, plugin, formula, reference, doi and properties. The formula is
        that of the default parameters, in LaTeX; DOIs and properties are separated by commas.

        Raises
        ------
        MethodError
            If a property or the kind is unknown.
        """
        return method_table(self.importable().offers.values(), properties, kind)

    @cached_property
    def not_importable(self) -> dict[tuple[str, str], PluginError]:
        """Methods that cannot be imported, with the reason; this imports all methods."""
        return self._import_errors(self.offers)

    def _import_errors(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], PluginError]:
        errors = {}
        for key in keys:
            try:
                _ = self.offers[key].method
            except PluginError as error:
                errors[key] = error
        return errors

    def importable(self, kind: str | None = None) -> Catalogue:
        """Return a catalogue of the methods that can be imported; a warning names each of the others.

        Methods of other kinds than `kind`, if it is given, are not imported, and stay.
        """
        errors = (
            self.not_importable if kind is None else self._import_errors(key for key in self.offers if key[0] == kind)
        )
        for error in errors.values():
            warn(str(error), PluginWarning)
        offers = {key: offer for key, offer in self.offers.items() if key not in errors}
        return replace(self, offers=offers) if errors else self

    def _unknown(self, kind: str, name: str, names: Iterable[str]) -> MethodError:
        lines = [f"plugin {plugin} was not loaded: {reason}" for plugin, reason in self.failures.items()]
        lines += self.doubt_sentences
        others = [other for other, key in self.offers if key == name]
        remedy = f"it is a method of {join_names(others)}" if others else suggest(name, names)
        if remedy is None and kind == "check":
            remedy = "indicia checks lists the codes"
        if not others and (left_out := self.left_out()):
            option = "--only-plugins" if self.only else "--no-plugins"
            lines.append(f"{option} leaves out these plugins: {join_names(left_out)}")
            plugins = ",".join([*(self.only or ()), left_out[0] if len(left_out) == 1 else "NAME"])
            suggestion = f"; or {remedy}" if remedy and remedy.startswith("did") else ""
            remedy = f"if one of them has the method, leave out {option} or write --only-plugins {plugins}{suggestion}"
        return MethodError(f'unknown {kind} "{name}"', where="\n".join(lines) or None, remedy=remedy)

    @property
    def doubt_sentences(self) -> list[str]:
        """Sentences on plugins that look incomplete, such as a function without @hookimpl."""
        return [f"plugin {plugin}: {doubt}" for plugin, doubts in self.doubts.items() for doubt in doubts]

    def left_out(self) -> list[str]:
        """Return the distributions of the installed plugins that the user has excluded."""
        if self.only is None:
            return []
        used = set(plugin_points(self.only))
        points = (point for point in plugin_points() if point not in used)
        return sorted({point.dist.name if point.dist else point.value for point in points})


def gather(*plugins: object) -> Catalogue:
    """Return the catalogue of these plugins.

    Parameters
    ----------
    plugins
        Modules, or other objects with hooks.

    Raises
    ------
    PluginError
        If a hook is misspelt, a class is no method of its kind, or two plugins offer the same name.
    """
    manager = _manager()
    offers: dict[tuple[str, str], Offer] = {}
    registered: dict[str, list[str]] = {}
    for plugin in plugins:
        module = name_of(plugin)
        try:
            contract_of(plugin)
        except PluginError as error:
            raise PluginError(f"plugin {module}: {error.what}", remedy=error.remedy) from error
        try:
            manager.register(hooks := _hooks_of(plugin), name=module)
            manager.check_pending()
            registered[module] = [caller.name for caller in manager.get_hookcallers(hooks) or ()]
        except (ValueError, pluggy.PluginValidationError) as error:
            raise _hook_error(module, error) from error
    offers_by_plugin: dict[str, list[Offer]] = {module: [] for module in registered}
    places: dict[tuple[str, str], Offer] = {}
    for kind in (*OFFERED_KINDS, *PLACES):
        known = offers if isinstance(kind, hookspecs.Kind) else places
        for implementation in getattr(manager.hook, kind.hook).get_hookimpls():
            start = perf_counter()
            offered = offers_of(kind, implementation)
            if tracing.is_on():
                names = join_names([offer.name for offer in offered], 6)
                tracing.say(f"hook {kind.hook} of {implementation.plugin_name} gave {names}", start)
            for offer in offered:
                offers_by_plugin[offer.plugin].append(offer)
                _refuse_two_offers(known.setdefault((kind.name, offer.name), offer), offer)
    by_plugin = {
        name: tuple(doubts(plugin, registered[name], offers_by_plugin[name]))
        for plugin in plugins
        if (name := name_of(plugin))
    }
    return Catalogue(
        dict(sorted(offers.items())),
        doubts={name: sentences for name, sentences in by_plugin.items() if sentences},
        places=places,
    )


def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("indicia")
    manager.add_hookspecs(hookspecs)
    return manager


_NOUNS = {"check": "check", "file_section": "section", "writer": "writer"}


def _refuse_two_offers(first: Offer, second: Offer) -> None:
    """Refuse two classes of one kind and name."""
    if not first.is_same(second):
        raise PluginError(
            f'two plugins offer the {first.kind} "{first.name}"',
            where=f"{first.plugin} and {second.plugin}",
            remedy=f"uninstall one of them, or rename the {_NOUNS.get(first.kind, 'method')} in it",
        )


def name_of(plugin: object) -> str:
    """Return the module name of a plugin; the class name of another object."""
    return getattr(plugin, "__name__", type(plugin).__name__)


def _hooks_of(plugin: object) -> object:
    """Return the hooks of a module without its other names, which pluggy would inspect one by one."""
    if not isinstance(plugin, ModuleType):
        return plugin
    hooks = ModuleType(plugin.__name__)
    for name, value in vars(plugin).items():
        if isinstance(value, FunctionType | MethodType) and hasattr(value, "indicia_impl"):
            setattr(hooks, name, value)
    return hooks


def _points_with(kinds: Iterable[str] | None, only: Iterable[str] | None) -> tuple[EntryPoint, ...]:
    """Return the entry points of plugins that may have these kinds; None for all kinds."""
    names = {hook.name for hook in HOOKS}
    unwanted = names.difference(names if kinds is None else kinds)
    return tuple(p for p in (*BUILT_IN, *plugin_points(only)) if p.name.partition(".")[0] not in unwanted)


def open_source(source: object, files: Iterable[str | Path] = (), only: Iterable[str] | None = None) -> Source:
    """Return what a text, a path or a value is: the first plugin decides that knows its kind, shipped ones last.

    Parameters
    ----------
    source
        The text, the path or the value that a user names.
    files
        Plugin files that the user names.
    only
        The distributions or modules that are used besides the shipped plugins (default: all installed ones).

    Raises
    ------
    PluginError
        If the hook of a plugin fails, or returns something else than a source.
    """
    manager, modules = _manager(), _gather_installed(_points_with([SOURCES.name], only)).modules
    for module in (*modules.values(), *map(load, map(Path, files))):
        manager.register(_hooks_of(module), name=name_of(module))
    for implementation in reversed(manager.hook.indicia_open.get_hookimpls()):
        plugin = implementation.plugin_name
        try:
            opened = implementation.function(*[source for _ in implementation.argnames])
        except IndiciaError:
            raise
        except Exception as error:
            raise PluginError(f"plugin {plugin}: indicia_open failed: {type(error).__name__}: {error}") from error
        if isinstance(opened, Source):
            return opened
        if opened is not None:
            raise PluginError(f"plugin {plugin}: indicia_open returned {opened!r}, which is no Source")
    raise PluginError(f"no plugin opens {source!r}")


def installed(
    files: Iterable[str | Path] = (), kinds: Iterable[str] | None = None, only: Iterable[str] | None = None
) -> Catalogue:
    """Return the catalogue of the installed plugins and of plugin files.

    Parameters
    ----------
    files
        Plugin files that the user names.
    kinds
        The kinds that the caller needs (default: all). Entry points with the name of another kind, or with a name that
        begins with it and a full stop, are not imported.
    only
        The distributions or modules that are used besides the shipped plugins (default: all installed ones).

    Raises
    ------
    PluginError
        If a file cannot be loaded. An installed plugin that cannot be loaded causes a warning.
    """
    only = None if only is None else tuple(name.strip() for name in only)
    gathered = _gather_installed(_points_with(kinds, only))
    for text in (*gathered.warnings, *(f"plugin {name} was not loaded: {reason}" for name, reason in gathered.failed)):
        warn(text, PluginWarning)
    modules = {path: load(path) for path in {path.resolve(): path for path in map(Path, files)}.values()}
    catalogue = gathered.catalogue
    if modules:
        others = () if catalogue.shadowed else gathered.modules.values()  # shadowed names would be errors
        from_files = gather(*others, *modules.values())
        offers = dict(sorted({**catalogue.offers, **from_files.offers}.items()))
        places = {**catalogue.places, **from_files.places}
        sentences = {**catalogue.doubts, **from_files.doubts}
        catalogue = replace(catalogue, offers=offers, places=places, doubts=sentences)
    origins = {**catalogue.origins, **{str(path): path for path in modules}}
    for text in catalogue.doubt_sentences:
        warn(text, PluginWarning)
    return replace(catalogue, origins=origins, only=only, _instances={})


def build_from_installed(method: type[Method], parameters: Mapping[str, Any], folder: Path) -> Method:
    """Return an instance of a method; a parameter that is a method itself is chosen among the installed methods."""
    return build(method, parameters, folder, lambda base, choice: installed().nested(folder)(base, choice))


@dataclass(frozen=True)
class _InstalledPlugins:
    """The installed plugins after their import."""

    catalogue: Catalogue
    modules: dict[str, object]
    failed: list[tuple[str, str]]
    warnings: list[str]


@cache
def _gather_installed(points: tuple[EntryPoint, ...]) -> _InstalledPlugins:
    """Import plugins, once per process, and gather their methods."""
    imports = {point: import_plugin(point) for point in points}
    modules = {point.value: result.module for point, result in imports.items() if result.failure is None}
    failed = [(label_of(point), result.failure) for point, result in imports.items() if result.failure is not None]
    messages = [
        f"plugin {label_of(point)} {complaint}"
        for point, result in imports.items()
        for complaint in result.complaints()
    ]
    try:
        catalogue = gather(*modules.values())
    except PluginError:
        catalogue = _gather_one_by_one(modules, {point.value for point in points if is_shipped(point)}, failed)
        messages += [_shadow(key, catalogue, offers) for key, offers in catalogue.shadowed.items()]
    origins = {point.value: point for point in points if point.value in modules}
    return _InstalledPlugins(replace(catalogue, failures=dict(failed), origins=origins), modules, failed, messages)


def _gather_one_by_one(modules: dict[str, object], shipped: set[str], failed: list[tuple[str, str]]) -> Catalogue:
    """Gather plugins one by one, and drop each plugin that fails.

    If two plugins offer the same name, neither of the methods is used, unless one of them comes with Indicia.
    """
    by_key: dict[tuple[str, str], list[Offer]] = {}
    sentences: dict[str, tuple[str, ...]] = {}
    for name in list(modules):
        try:
            single = gather(modules[name])
        except PluginError as error:
            failed.append((name, "; ".join(filter(None, (error.what, error.remedy)))))
            del modules[name]
            continue
        sentences |= single.doubts
        for key, offer in (*single.offers.items(), *single.places.items()):
            by_key.setdefault(key, []).append(offer)
    used: dict[tuple[str, str], Offer] = {}
    shadowed: dict[tuple[str, str], tuple[Offer, ...]] = {}
    for key, offers in sorted(by_key.items()):
        first, *others = offers
        if not others or first.plugin in shipped:
            used[key] = first
            offers = others
        if offers:
            shadowed[key] = tuple(offers)
    places = {key: used.pop(key) for key in list(used) if key[0] in {hook.name for hook in PLACES}}
    return Catalogue(used, shadowed=shadowed, doubts=sentences, places=places)


def _shadow(key: tuple[str, str], catalogue: Catalogue, offers: tuple[Offer, ...]) -> str:
    kind, name = key
    plugins = " and ".join(offer.plugin for offer in offers)
    if key in catalogue.offers:
        return f'the {kind} "{name}" of plugin {plugins} is not used: it comes with {catalogue.offers[key].plugin}'
    return f'the {kind} "{name}" is offered by {plugins}: none of them is used'


def _kind_of(base: type[Method]) -> str:
    return next(kind.name for kind in OFFERED_KINDS if kind.base is base)


def with_nested(method: Method) -> Iterator[Method]:
    """Yield a method, and the methods among its parameters."""
    yield method
    for value in method.parameters.values():
        for element in value if isinstance(value, list | tuple) else [value]:
            if isinstance(element, Method):
                yield from with_nested(element)


def _hook_error(module: str, error: Exception) -> IndiciaError:
    remedy = suggest(
        str(error).partition("'indicia_")[2].partition("'")[0],
        [hook.hook.removeprefix("indicia_") for hook in HOOKS],
    )
    return PluginError(f"plugin {module} has a hook that does not fit: {error}", remedy=remedy)
