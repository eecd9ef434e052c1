"""The methods of a plugin to test: a file, the folder of a package, an installed plugin, or one method."""

from __future__ import annotations

import sys
import tomllib
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.callers import warn
from indicia.catalogue import Catalogue, Offer, gather, inventory
from indicia.catalogue.offers import load
from indicia.errors import MethodError, PluginError, PluginWarning
from indicia.paths import check_path
from indicia_conformance.subject import catalogue_of

if TYPE_CHECKING:
    from types import ModuleType


def offers(target: str) -> list[Offer]:
    """Return the methods of a plugin: a Python file, a folder with pyproject.toml, or a name.

    A plugin that seems incomplete causes a warning; a plugin without methods causes an error.
    """
    path = Path(target)
    check_path(path)
    if path.is_file() or path.suffix == ".py":
        return _offers_of(gather(load(path)), target)
    if path.is_dir():
        return _offers_of(_of_folder(path), target)
    try:
        plugins = inventory.find(target)
    except PluginError as error:
        try:
            return catalogue_of(()).find(target.partition("(")[0])
        except MethodError:
            raise error from None
    if failed := [plugin for plugin in plugins if plugin.state.startswith("failed")]:
        raise PluginError(f"plugin {failed[0].name} {failed[0].state}", where=failed[0].origin)
    methods = [offer for plugin in plugins for offer in plugin.offers]
    if not methods:
        states = "\n".join(f"{plugin.name}: {plugin.state}" for plugin in plugins)
        raise PluginError(f"{target} offers no method", where=states, remedy=_REMEDY)
    return methods


_REMEDY = "return the class of the method from a function that is marked with @hookimpl"


def _offers_of(catalogue: Catalogue, target: str) -> list[Offer]:
    doubts = [doubt for sentences in catalogue.doubts.values() for doubt in sentences]
    if not catalogue.offers:
        raise PluginError(f"{target} offers no method", where="\n".join(doubts) or None, remedy=_REMEDY)
    for doubt in doubts:
        warn(f"plugin {target}: {doubt}", PluginWarning)
    return list(catalogue.offers.values())


def _of_folder(path: Path) -> Catalogue:
    project = path / "pyproject.toml"
    if not project.is_file():
        raise PluginError(f"{path} holds no pyproject.toml", remedy="name a Python file, or the folder of a package")
    try:
        points = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["entry-points"]["indicia"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise PluginError(
            f"{project} names no entry point of the group indicia",
            remedy='write [project.entry-points.indicia] and my_plugin = "my_module" below it',
        ) from error
    sources = [str(folder.resolve()) for folder in (path / "src", path) if folder.is_dir()]
    sys.path[:0] = sources
    try:
        names = dict.fromkeys(place.partition(":")[0] for place in points.values())  # a module may offer several kinds
        modules = [_import(name, path) for name in names]
    except Exception as error:
        raise PluginError(f"the plugin in {path} cannot be loaded: {type(error).__name__}: {error}") from error
    finally:
        sys.path[: len(sources)] = []
    return gather(*modules)


def _import(name: str, path: Path) -> ModuleType:
    """Import a module of this folder, even if a module of the same name from elsewhere is imported already."""
    imported = sys.modules.get(name)
    if imported and imported.__file__ and not Path(imported.__file__).resolve().is_relative_to(path.resolve()):
        for module in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
            del sys.modules[module]
        invalidate_caches()
    return import_module(name)
