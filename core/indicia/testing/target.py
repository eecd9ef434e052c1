"""Which methods are tested: those of a file, of a folder with a package, of an installed plugin, or a method."""

from __future__ import annotations

import sys
import tomllib
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.catalogue import installed, inventory, of
from indicia.catalogue.importing import load
from indicia.errors import MethodError, PluginError

if TYPE_CHECKING:
    from types import ModuleType

    from indicia.catalogue import Offer


def offers(target: str) -> list[Offer]:
    """Return the methods of a plugin: a Python file, a folder with pyproject.toml, or a name."""
    path = Path(target)
    if path.is_file():
        return list(of(load(path)).offers.values())
    if path.is_dir():
        return _of_folder(path)
    try:
        plugins = inventory.find(target)
    except PluginError as error:
        try:
            return installed().find(target.partition("(")[0])
        except MethodError:
            raise error from None
    if failed := [plugin for plugin in plugins if plugin.state.startswith("failed")]:
        raise PluginError(f"plugin {failed[0].name} {failed[0].state}", where=failed[0].origin)
    return [offer for plugin in plugins for offer in plugin.offers]


def _of_folder(path: Path) -> list[Offer]:
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
    sources = [str(one.resolve()) for one in (path / "src", path) if one.is_dir()]
    sys.path[:0] = sources
    try:
        modules = [_import(module.partition(":")[0], path) for module in points.values()]
    except Exception as error:
        raise PluginError(f"the plugin in {path} cannot be loaded: {type(error).__name__}: {error}") from error
    finally:
        sys.path[: len(sources)] = []
    return list(of(*modules).offers.values())


def _import(name: str, path: Path) -> ModuleType:
    """Import a module of this folder, though another of its name was imported from elsewhere."""
    found = sys.modules.get(name)
    if found and found.__file__ and not Path(found.__file__).resolve().is_relative_to(path.resolve()):
        for other in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
            del sys.modules[other]
        invalidate_caches()
    return import_module(name)
