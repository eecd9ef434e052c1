"""The import of plugins, installed ones and files that the user names. To import a plugin is to run its code."""

from __future__ import annotations

import importlib.util
import sys
import threading
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution, entry_points
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from indicia import tracing
from indicia.callers import warn
from indicia.errors import PluginError, PluginWarning, suggest
from indicia.paths import check_path, module_spec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

BUILT_IN = (
    EntryPoint("file_section", "indicia.definition.file_sections", "indicia"),
    EntryPoint("writer", "indicia.answers.writers", "indicia"),
    EntryPoint("source", "indicia.shipped_sources", "indicia"),
)
"""The modules of the core with hooks; they are named here, since the core works without metadata of a distribution."""
SLOW = 3.0
"""The seconds of an import above which a warning names the plugin."""


@dataclass(frozen=True)
class ImportResult:
    """A plugin module that was imported, or the reason why it was not."""

    module: object
    failure: str | None
    seconds: float
    printed: str

    def complaints(self) -> Iterator[str]:
        """Yield a sentence on output of the import, and a sentence on a slow import."""
        if self.printed:
            yield f"prints as it is imported: {self.printed.splitlines()[0]!r}"
        if self.seconds > SLOW:
            yield f"takes {self.seconds:.1f} s to import: its authors can import large libraries inside functions"


@contextmanager
def captured_prints() -> Iterator[StringIO]:
    """Catch the output of the code of a plugin, which must not mix with the output of Indicia."""
    printed = StringIO()
    if threading.current_thread() is not threading.main_thread():  # two threads would restore each other's output
        yield printed
        return
    with redirect_stdout(printed):
        yield printed


@cache
def import_plugin(point: EntryPoint) -> ImportResult:
    """Import a plugin, once per process, without its output."""
    module, failure, start = None, None, perf_counter()
    with captured_prints() as printed:
        try:
            module = point.load()
        except (Exception, SystemExit) as error:
            failure = f"{type(error).__name__}: {error}"
    if tracing.is_on():
        tracing.say(f"import of plugin {label_of(point)}{' failed' if failure else ''}", start)
    return ImportResult(module, failure, perf_counter() - start, printed.getvalue().strip())


def load(path: Path) -> ModuleType:
    """Import a plugin file as a module whose name is the path, so that files of the same name do not collide."""
    check_path(path)
    if not path.is_file():
        raise PluginError(
            f"no plugin file {path}", remedy="name a Python file; an index file names it relative to itself"
        )
    name = str(path)
    spec = module_spec(name, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    start = perf_counter()
    try:
        with captured_prints() as printed:
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise PluginError(f"plugin {path} cannot be loaded: {type(error).__name__}: {error}") from error
    for complaint in ImportResult(module, None, perf_counter() - start, printed.getvalue().strip()).complaints():
        warn(f"plugin {path} {complaint}", PluginWarning)
    return module


def plugin_points(only: Iterable[str] | None = None) -> list[EntryPoint]:
    """Return the entry points of installed plugins, sorted, the shipped ones first.

    `only` restricts plugins that are not shipped to these distributions and modules.
    """
    if only is None:
        return list(_points())
    names = {point: {plain_name(name) for name in _names(point)} for point in _points()}
    wanted = {plain_name(name.strip()) for name in only}
    if unknown := wanted.difference(*names.values()):
        others = {name for point in names if not is_shipped(point) for name in names[point]}
        raise PluginError(f'no plugin "{min(unknown)}" is installed', remedy=suggest(min(unknown), others))
    return [point for point in names if is_shipped(point) or names[point] & wanted]


def _names(point: EntryPoint) -> list[str]:
    return [point.value, point.dist.name] if point.dist else [point.value]


@cache
def _points() -> tuple[EntryPoint, ...]:
    """Return all entry points, once per process: the search through installed distributions takes milliseconds."""
    return tuple(
        sorted(entry_points(group="indicia"), key=lambda point: (not is_shipped(point), point.value, point.name))
    )


def is_shipped(point: EntryPoint) -> bool:
    """Return True if a plugin comes with Indicia itself."""
    return point in BUILT_IN or (point.name, point.value) in _shipped_points()


@cache
def _shipped_points() -> frozenset[tuple[str, str]]:
    """Return the entry points of Indicia itself; a search of all distributions would take longer."""
    try:
        declared = distribution("indicia").entry_points.select(group="indicia")
    except PackageNotFoundError:
        return frozenset()
    return frozenset((point.name, point.value) for point in declared)


def plain_name(name: str) -> str:
    """Return the name of a distribution for comparisons: in lower case, with dashes for underscores."""
    return name.replace("_", "-").lower()


def label_of(point: EntryPoint) -> str:
    """Return the name of a plugin in messages: its distribution and module."""
    return f"{point.dist.name} ({point.value})" if point.dist else point.value


def version_of(origin: EntryPoint | Path) -> str:
    """Return the version of the distribution of a plugin, or the hash of a file."""
    if isinstance(origin, Path):
        return f"sha256 {sha256(origin.read_bytes()).hexdigest()}"
    return f"{origin.dist.name} {origin.dist.version}" if origin.dist else "unknown"


def code_files(origin: EntryPoint | Path) -> list[Path]:
    """Return the Python files of a plugin, sorted: all files of its package, or the plugin file.

    The list is empty if the code is in an archive.
    """
    if isinstance(origin, Path):
        return [origin]
    parts = origin.module.split(".")
    for length in range(1, len(parts) + 1):  # skip namespace packages, which distributions share
        spec = importlib.util.find_spec(".".join(parts[:length]))
        if spec is None:
            return []
        if spec.origin is not None:
            path = Path(spec.origin)
            files = path.parent.rglob("*.py") if spec.submodule_search_locations else [path]
            return sorted(file for file in files if file.is_file())
    return []


def hash_of(files: Iterable[Path]) -> str:
    """Return the SHA-256 of files in this order."""
    digest = sha256()
    for file in files:
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_core(method: object) -> bool:
    """Return whether a method or class is a part of the core, such as a set of weights of an index file."""
    return method.__module__.partition(".")[0] == __name__.partition(".")[0]


def plugin_of(method: object) -> str | None:
    """Return the plugin of a method or class, as error messages name it; None if it comes with Indicia."""
    module = method.__module__
    if is_core(method):
        return None
    for point in _points():
        if point.dist and f"{module}.".startswith(f"{point.module}."):
            return None if is_shipped(point) else f"plugin {point.dist.name} {point.dist.version} ({module})"
    return f"plugin {module}"
