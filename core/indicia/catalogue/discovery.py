"""The methods at hand, gathered from plugins: the only code that works with pluggy."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from indicia.catalogue import hookspecs
from indicia.catalogue.choice import Choice, build
from indicia.catalogue.doubts import doubts
from indicia.catalogue.hookspecs import KINDS
from indicia.catalogue.importing import called, code_files, found, hash_of, imported, load, own, version
from indicia.catalogue.offers import Offer, offers_of
from indicia.catalogue.versions import contract_of
from indicia.errors import IndiciaError, MethodError, PluginError, PluginWarning, join_names, suggest
from indicia.methods import Method, Property

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from importlib.metadata import EntryPoint

    import polars as pl


@dataclass(frozen=True)
class Catalogue:
    """The methods at hand, by kind and name, sorted, whatever the order of installation."""

    offers: Mapping[tuple[str, str], Offer]
    failures: Mapping[str, str] = field(default_factory=dict)
    """Plugins that could not be imported, with the reason."""
    origins: Mapping[str, EntryPoint | Path] = field(default_factory=dict)
    """Where each plugin comes from."""
    shadowed: Mapping[tuple[str, str], tuple[Offer, ...]] = field(default_factory=dict)
    """Methods that are not used, since another plugin offers one of the same name."""
    assumed: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """Parameters by kind and name that hold where a method is named without them."""
    doubts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By plugin, what seems to be forgotten in it."""
    only: tuple[str, ...] | None = None
    """The installed plugins that were looked at beside Indicia's own; None for all of them."""
    _made: dict[tuple[str, str, Path], Method] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def versions(self) -> dict[str, str]:
        """Plugins with the distribution they come from and its version, or the hash of the file."""
        return {plugin: version(origin) for plugin, origin in self.origins.items()}

    def versions_of(self, methods: Iterable[Method]) -> dict[str, str]:
        """Return the plugins that these methods come from, with their versions."""
        parts = {self._plugin_of(type(one)) for method in methods for one in _with_nested(method)}
        return {plugin: self.versions.get(plugin, "unknown") for plugin in sorted(parts)}

    def _plugin_of(self, method: type[Method]) -> str:
        """Return the plugin that offers a class; of a class that none offers, its module."""
        offers = (self.offers.get((kind.name, method.name)) for kind in KINDS if issubclass(method, kind.base))
        return next((offer.plugin for offer in offers if offer and offer.method is method), method.__module__)

    def code_of(self, plugins: Iterable[str]) -> dict[str, str]:
        """Return the hash of the code of plugins, where their code is at hand."""
        code = {plugin: tuple(code_files(self.origins[plugin])) for plugin in plugins if plugin in self.origins}
        hashes = {files: hash_of(files) for files in set(code.values()) if files}
        return {plugin: hashes[files] for plugin, files in code.items() if files}

    def names(self, kind: str) -> list[str]:
        """Return the names of the methods of a kind, sorted."""
        return [name for of_kind, name in self.offers if of_kind == kind]

    def find(self, name: str) -> list[Offer]:
        """Return the methods of that name, of whatever kind; none is an error."""
        found = [offer for (_, known), offer in self.offers.items() if known == name]
        if not found:
            raise self._unknown("method", name, {known for _, known in self.offers})
        return found

    def choose(self, kind: str, choice: object, folder: str | Path = Path()) -> Method:
        """Return the method that is chosen, with its parameters checked.

        >>> print(installed().choose("normalisation", "min_max(lower=1, upper=100)"))
        min_max(lower=1, upper=100)
        """
        folder = Path(folder)
        if isinstance(choice, str):
            return self._chosen(kind, choice, folder)
        if isinstance(choice, next(one.base for one in KINDS if one.name == kind)):
            return build(type(choice), choice.parameters, folder, self.nested(folder))
        return self._read(kind, choice, folder)

    def assuming(self, kind: str, parameters: Mapping[str, Mapping[str, Any]]) -> Catalogue:
        """Return a catalogue that chooses methods of a kind with these parameters, where others are not given."""
        more = {(kind, name): given for name, given in parameters.items()}
        return replace(self, assumed={**self.assumed, **more}, _made={}) if more else self

    def nested(self, folder: Path) -> Callable[[type[Method], object], Method]:
        """Return what chooses among the methods of a kind, where a method is a parameter of another one."""
        names = {kind.base: kind.name for kind in KINDS}
        return lambda base, choice: self.choose(names[base], choice, folder)

    def _chosen(self, kind: str, choice: str, folder: Path) -> Method:
        """Return the method that a text chooses, made once: an index chooses the same one for every indicator.

        One that may name a file is made each time, as the file may change.
        """
        if "'" in choice or '"' in choice:
            return self._read(kind, choice, folder)
        key = (kind, choice, folder)
        if key not in self._made:
            self._made[key] = self._read(kind, choice, folder)
        return self._made[key]

    def _read(self, kind: str, choice: object, folder: Path) -> Method:
        chosen = Choice.read(choice)
        offer = self.offers.get((kind, chosen.method))
        if offer is None and (kind, chosen.method) in self.shadowed:
            plugins = [one.plugin for one in self.shadowed[kind, chosen.method]]
            raise MethodError(
                f'several plugins offer the {kind} "{chosen.method}"',
                where=" and ".join(plugins),
                remedy=f"choose one: --only-plugins {plugins[0]}, or uninstall the others",
            )
        if offer is None:
            raise self._unknown(kind, chosen.method, self.names(kind))
        parameters = {**self.assumed.get((kind, chosen.method), {}), **chosen.parameters}
        return build(offer.method, parameters, folder, self.nested(folder))

    def table(self, properties: Iterable[str] = ()) -> pl.DataFrame:
        """Return the methods that declare all these properties: kind, name, parameters, summary, plugin."""
        import polars as pl  # here, as the catalogue completes names in a shell

        wanted = {_property(name.strip()) for name in properties}
        kinds = [kind.name for kind in KINDS]
        offers = [offer for offer in self.importable().offers.values() if wanted <= offer.method.properties]
        offers.sort(key=lambda offer: (kinds.index(offer.kind), offer.name))
        return pl.DataFrame(
            {
                "kind": [offer.kind for offer in offers],
                "name": [offer.name for offer in offers],
                "parameters": [", ".join(field.name for field in fields(offer.method)) for offer in offers],
                "summary": [offer.method.summary() for offer in offers],
                "plugin": [offer.plugin for offer in offers],
            },
            schema=dict.fromkeys(("kind", "name", "parameters", "summary", "plugin"), pl.String),
        )

    @cached_property
    def not_importable(self) -> dict[tuple[str, str], PluginError]:
        """Methods that are not where their plugin offers them, with the reason; all methods are imported."""
        errors = {}
        for key, offer in self.offers.items():
            try:
                _ = offer.method
            except PluginError as error:
                errors[key] = error
        return errors

    def importable(self) -> Catalogue:
        """Return a catalogue of which every method is imported; one that cannot be is left out with a warning."""
        for error in self.not_importable.values():
            warnings.warn(str(error), PluginWarning, stacklevel=3)
        offers = {key: offer for key, offer in self.offers.items() if key not in self.not_importable}
        return replace(self, offers=offers) if self.not_importable else self

    def _unknown(self, kind: str, name: str, names: Iterable[str]) -> MethodError:
        lines = [f"plugin {plugin} was not loaded: {reason}" for plugin, reason in self.failures.items()]
        lines += self.questions
        others = [other for other, one in self.offers if one == name]
        remedy = f"it is a method of {join_names(others)}" if others else suggest(name, names)
        if not others and (left_out := self._left_out()):
            option = "--only-plugins" if self.only else "--no-plugins"
            lines.append(f"{option} leaves out these plugins: {join_names(left_out)}")
            wider = ",".join([*(self.only or ()), left_out[0] if len(left_out) == 1 else "NAME"])
            close = f"; or {remedy}" if remedy and remedy.startswith("did") else ""
            remedy = f"if one of them has the method, leave out {option} or write --only-plugins {wider}{close}"
        return MethodError(f'unknown {kind} "{name}"', where="\n".join(lines) or None, remedy=remedy)

    @property
    def questions(self) -> list[str]:
        """Sentences on plugins that look incomplete, such as a function without @hookimpl."""
        return [f"plugin {plugin}: {doubt}" for plugin, several in self.doubts.items() for doubt in several]

    def _left_out(self) -> list[str]:
        """Return the distributions of the installed plugins that were not looked at, as the user chose."""
        if self.only is None:
            return []
        looked_at = set(found(self.only))
        return sorted({point.dist.name if point.dist else point.value for point in found() if point not in looked_at})


def of(*plugins: object) -> Catalogue:
    """Gather what these plugins offer; a misspelt hook, a wrong class or two methods of one name is an error."""
    manager = pluggy.PluginManager("indicia")
    manager.add_hookspecs(hookspecs)
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
    offered: dict[str, list[Offer]] = {module: [] for module in registered}
    for kind in KINDS:
        for implementation in getattr(manager.hook, kind.hook).get_hookimpls():
            for offer in offers_of(kind, implementation):
                offered[offer.plugin].append(offer)
                other = offers.setdefault((kind.name, offer.name), offer)
                if not other.is_same(offer):
                    raise PluginError(
                        f'two plugins offer the {kind.name} "{offer.name}"',
                        where=f"{other.plugin} and {offer.plugin}",
                        remedy="uninstall one of them, or rename the method in it",
                    )
    questions = {name_of(one): doubts(one, registered[name_of(one)], offered[name_of(one)]) for one in plugins}
    return Catalogue(dict(sorted(offers.items())), doubts={name: tuple(of) for name, of in questions.items() if of})


def name_of(plugin: object) -> str:
    """Return the name of the module of a plugin, or of the class where the plugin is another object."""
    return getattr(plugin, "__name__", type(plugin).__name__)


def _hooks_of(plugin: object) -> object:
    """Return the hooks of a module, and nothing else that pluggy would look through."""
    if not isinstance(plugin, ModuleType):
        return plugin
    hooks = ModuleType(plugin.__name__)
    for name, value in vars(plugin).items():
        if isinstance(value, FunctionType | MethodType) and hasattr(value, "indicia_impl"):
            setattr(hooks, name, value)
    return hooks


def installed(
    files: Iterable[str | Path] = (), kinds: Iterable[str] | None = None, only: Iterable[str] | None = None
) -> Catalogue:
    """Gather the installed plugins and the plugin files that the user names.

    An installed plugin that fails to import, or offers what the catalogue cannot take, is left out with a warning; a
    file that fails is an error. Where only some kinds are wanted, entry points that are named after another kind are
    not imported. `only` names the plugins that are looked at beside those that come with Indicia: by distribution or by
    module.
    """
    every = {kind.name for kind in KINDS}
    unwanted = every.difference(every if kinds is None else kinds)
    only = None if only is None else tuple(name.strip() for name in only)
    points = [point for point in found(only) if point.name not in unwanted]
    gathered = _gathered(tuple(points))
    for text in (*gathered.warnings, *(f"plugin {name} was not loaded: {why}" for name, why in gathered.failed)):
        warnings.warn(text, PluginWarning, stacklevel=2)
    modules = {path: load(path) for path in {path.resolve(): path for path in map(Path, files)}.values()}
    catalogue = gathered.catalogue
    if modules:
        named = of(*gathered.modules.values(), *modules.values()) if not catalogue.shadowed else of(*modules.values())
        offers = dict(sorted({**catalogue.offers, **named.offers}.items()))
        catalogue = replace(catalogue, offers=offers, doubts={**catalogue.doubts, **named.doubts})
    origins = {**catalogue.origins, **{str(path): path for path in modules}}
    for text in catalogue.questions:
        warnings.warn(text, PluginWarning, stacklevel=2)
    return replace(catalogue, origins=origins, only=only, _made={})


def build_from_installed(method: type[Method], parameters: Mapping[str, Any], folder: Path) -> Method:
    """Make the method with its parameters; a parameter that is a method itself is one of the installed methods."""
    return build(method, parameters, folder, lambda base, choice: installed().nested(folder)(base, choice))


@dataclass(frozen=True)
class _Gathered:
    """What became of installed plugins."""

    catalogue: Catalogue
    modules: dict[str, object]
    failed: list[tuple[str, str]]
    warnings: list[str]


@cache
def _gathered(points: tuple[EntryPoint, ...]) -> _Gathered:
    """Import plugins, once a process, and gather what they offer."""
    loaded = {point: imported(point) for point in points}
    modules = {point.value: one.module for point, one in loaded.items() if one.failure is None}
    failed = [(called(point), one.failure) for point, one in loaded.items() if one.failure is not None]
    said = [f"plugin {called(point)} {told}" for point, one in loaded.items() for told in one.amiss()]
    try:
        catalogue = of(*modules.values())
    except PluginError:
        catalogue = _apart(modules, {point.value for point in points if own(point)}, failed)
        said += [_shadow(key, catalogue, offers) for key, offers in catalogue.shadowed.items()]
    origins = {point.value: point for point in points if point.value in modules}
    return _Gathered(replace(catalogue, failures=dict(failed), origins=origins), modules, failed, said)


def _apart(modules: dict[str, object], owned: set[str], failed: list[tuple[str, str]]) -> Catalogue:
    """Gather plugins one by one: of two that offer one name neither is taken, unless one comes with Indicia."""
    every: dict[tuple[str, str], list[Offer]] = {}
    questions: dict[str, tuple[str, ...]] = {}
    for name in list(modules):
        try:
            alone = of(modules[name])
        except PluginError as error:
            failed.append((name, "; ".join(filter(None, (error.what, error.remedy)))))
            del modules[name]
            continue
        questions |= alone.doubts
        for key, offer in alone.offers.items():
            every.setdefault(key, []).append(offer)
    taken: dict[tuple[str, str], Offer] = {}
    shadowed: dict[tuple[str, str], tuple[Offer, ...]] = {}
    for key, several in sorted(every.items()):
        first, *others = several
        if not others or first.plugin in owned:
            taken[key] = first
            several = others
        if several:
            shadowed[key] = tuple(several)
    return Catalogue(taken, shadowed=shadowed, doubts=questions)


def _shadow(key: tuple[str, str], catalogue: Catalogue, offers: tuple[Offer, ...]) -> str:
    kind, name = key
    plugins = " and ".join(offer.plugin for offer in offers)
    if key in catalogue.offers:
        return f'the {kind} "{name}" of plugin {plugins} is not used: it comes with {catalogue.offers[key].plugin}'
    return f'the {kind} "{name}" is offered by {plugins}: none of them is used'


def _with_nested(method: Method) -> Iterator[Method]:
    """Yield a method, and those that are among its parameters."""
    yield method
    for value in method.parameters.values():
        for one in value if isinstance(value, list | tuple) else [value]:
            if isinstance(one, Method):
                yield from _with_nested(one)


def _property(name: str) -> Property:
    try:
        return Property(name)
    except ValueError as error:
        raise MethodError(
            f'unknown property "{name}"', remedy=suggest(name, [one.value for one in Property])
        ) from error


def _hook_error(module: str, error: Exception) -> IndiciaError:
    known = suggest(
        str(error).partition("'indicia_")[2].partition("'")[0], [kind.hook.removeprefix("indicia_") for kind in KINDS]
    )
    return PluginError(f"plugin {module} has a hook that does not fit: {error}", remedy=known)
