"""Import plugins: those that are installed, and files that the user names. Importing a plugin runs its code."""

from __future__ import annotations

import importlib.util
import sys
import threading
import warnings
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution, entry_points
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from indicia.errors import PluginError, PluginWarning, suggest
from indicia.paths import check_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import EntryPoint
    from types import ModuleType

SLOW = 3.0
"""Seconds that a plugin may take to import before a warning says so."""


@dataclass(frozen=True)
class Imported:
    """A plugin module that was imported, or the reason why it was not."""

    module: object
    failure: str | None
    seconds: float
    printed: str

    def amiss(self) -> Iterator[str]:
        """Say what a plugin should not do as it is imported."""
        if self.printed:
            yield f"prints as it is imported: {self.printed.splitlines()[0]!r}"
        if self.seconds > SLOW:
            yield f"takes {self.seconds:.1f} s to import: its authors can import large libraries inside functions"


@contextmanager
def hushed() -> Iterator[StringIO]:
    """Keep what the code of a plugin prints from getting between our output."""
    printed = StringIO()
    if threading.current_thread() is not threading.main_thread():  # what two threads redirect is never put back
        yield printed
        return
    with redirect_stdout(printed):
        yield printed


@cache
def imported(point: EntryPoint) -> Imported:
    """Import a plugin, once a process; what it prints is no output of ours."""
    module, failure, start = None, None, perf_counter()
    with hushed() as printed:
        try:
            module = point.load()
        except (Exception, SystemExit) as error:
            failure = f"{type(error).__name__}: {error}"
    return Imported(module, failure, perf_counter() - start, printed.getvalue().strip())


def load(path: Path) -> ModuleType:
    """Import a plugin file, as a module of this file alone."""
    check_path(path)
    if not path.is_file():
        raise PluginError(f"no plugin file {path}", remedy="name a Python file, relative to the index file")
    name = str(path)  # a module of this file alone, whatever it is called
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    start = perf_counter()
    try:
        with hushed() as printed:
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise PluginError(f"plugin {path} cannot be loaded: {type(error).__name__}: {error}") from error
    for told in Imported(module, None, perf_counter() - start, printed.getvalue().strip()).amiss():
        warnings.warn(f"plugin {path} {told}", PluginWarning, stacklevel=3)
    return module


def found(only: Iterable[str] | None = None) -> list[EntryPoint]:
    """Return the entry points of installed plugins, sorted, those that come with Indicia first.

    `only` names those that are looked at beside Indicia's own, by distribution or by module.
    """
    if only is None:
        return list(_points())
    words = {point: {plain(point.value), *([plain(point.dist.name)] if point.dist else [])} for point in _points()}
    wanted = {plain(name.strip()) for name in only}
    if unknown := wanted.difference(*words.values()):
        known = {word for point, those in words.items() if not own(point) for word in those}
        raise PluginError(f'no plugin "{min(unknown)}" is installed', remedy=suggest(min(unknown), known))
    return [point for point, those in words.items() if own(point) or those & wanted]


@cache
def _points() -> tuple[EntryPoint, ...]:
    """Return all entry points; looking through what is installed takes milliseconds."""
    return tuple(sorted(entry_points(group="indicia"), key=lambda point: (not own(point), point.value, point.name)))


def own(point: EntryPoint) -> bool:
    """Say whether a plugin comes with Indicia itself."""
    return (point.name, point.value) in _own()


@cache
def _own() -> frozenset[tuple[str, str]]:
    """Return the entry points that Indicia declares; the names of other distributions take long to read."""
    try:
        declared = distribution("indicia").entry_points.select(group="indicia")
    except PackageNotFoundError:
        return frozenset()
    return frozenset((point.name, point.value) for point in declared)


def plain(name: str) -> str:
    """Return a name as it is compared: of distributions neither case nor the kind of dash counts."""
    return name.replace("_", "-").lower()


def called(point: EntryPoint) -> str:
    """Name a plugin by distribution and module."""
    return f"{point.dist.name} ({point.value})" if point.dist else point.value


def version(origin: EntryPoint | Path) -> str:
    """Return the version of the distribution of a plugin, or the hash of a file."""
    if isinstance(origin, Path):
        return f"sha256 {sha256(origin.read_bytes()).hexdigest()}"
    return f"{origin.dist.name} {origin.dist.version}" if origin.dist else "unknown"


def code_files(origin: EntryPoint | Path) -> list[Path]:
    """Return the Python files of the package that a plugin belongs to, sorted; of a file, the file itself.

    A plugin may use any module of its package. There is none where the code is in an archive.
    """
    if isinstance(origin, Path):
        return [origin]
    parts = origin.module.split(".")
    for length in range(1, len(parts) + 1):  # the first are namespaces, perhaps, which distributions share
        spec = importlib.util.find_spec(".".join(parts[:length]))
        if spec is None:
            return []
        if spec.origin is not None:
            path = Path(spec.origin)
            files = path.parent.rglob("*.py") if spec.submodule_search_locations else [path]
            return sorted(file for file in files if file.is_file())
    return []


def hash_of(files: Iterable[Path]) -> str:
    """Return the SHA-256 of the contents of files, in this order."""
    digest = sha256()
    for file in files:
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def plugin_of(method: object) -> str | None:
    """Name the plugin of a method, or of its class, unless it comes with Indicia."""
    module = method.__module__
    for point in _points():
        if point.dist and f"{module}.".startswith(f"{point.module}."):
            return None if own(point) else f"plugin {point.dist.name} {point.dist.version} ({module})"
    return f"plugin {module}"
