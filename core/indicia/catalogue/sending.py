"""Functions that are sent to other processes together with the plugin files and plugin packages that they need."""

from __future__ import annotations

import pickle
import socket
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from indicia.catalogue.importing import load
from indicia.engines.pickles import dumps
from indicia.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.catalogue.discovery import Catalogue


def plugin_packages(catalogue: Catalogue) -> list[str]:
    """Return the distributions of the installed plugins of a catalogue, sorted: a worker needs the same versions."""
    points = (origin for origin in catalogue.origins.values() if not isinstance(origin, Path))
    return sorted({point.dist.name for point in points if point.dist})


def with_plugin_files(function: Callable[[Any], Any], catalogue: Catalogue) -> Callable[[Any], Any]:
    """Return a function that imports the plugin files of a catalogue when it is unpickled in another process.

    Parameters
    ----------
    function : callable
        A function of one argument that can be pickled, such as a task of a run.
    catalogue : Catalogue
        The catalogue of the index.

    Returns
    -------
    callable
        The function itself if the catalogue has no plugin files.

    Raises
    ------
    PluginError
        In the other process, if the file is not there under the same path, or has other content there.
    """
    files = tuple(origin for origin in catalogue.origins.values() if isinstance(origin, Path))
    return WithPluginFiles(function, files) if files else function


@dataclass(frozen=True)
class WithPluginFiles:
    """A function whose classes come from plugin files. Its pickle imports them first, since they are no modules."""

    function: Callable[[Any], Any]
    files: tuple[Path, ...]

    def __call__(self, item: Any) -> Any:
        """Call the function."""
        return self.function(item)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return the parts of the pickle: names, paths and hashes of the files, and the pickle of the function."""
        files = tuple((str(file), str(file.absolute()), _hash(file)) for file in self.files)
        return _restore, (files, dumps(self.function))


def _hash(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


_IMPORTED: dict[str, str] = {}
"""The hashes of the plugin files that this process has imported, by the name of the module."""
_LOCK = RLock()  # a worker of Dask may have several threads


def _restore(files: tuple[tuple[str, str, str], ...], function: bytes) -> WithPluginFiles:
    for name, path, digest in files:
        with _LOCK:
            _import(name, Path(path), digest)
    return WithPluginFiles(pickle.loads(function), tuple(Path(name) for name, _, _ in files))


def _import(name: str, path: Path, digest: str) -> None:
    """Import a plugin file under the name that it has in the driver, unless this process has the same content."""
    if _IMPORTED.get(name) == digest:
        return
    where = f"worker {socket.gethostname()}"
    if not path.is_file():
        raise PluginError(
            f"no plugin file {path} on a worker",
            where=where,
            remedy="put it into a folder that all workers share, or make it a package and install it on every worker",
        )
    if _hash(path) != digest:
        raise PluginError(
            f"the plugin file {path} has other content on a worker than here",
            where=where,
            remedy="copy it from here, or put it into a folder that all workers share",
        )
    if name in _IMPORTED or name not in sys.modules:  # it is there in the driver itself, or after an edit
        load(path, name)
    _IMPORTED[name] = digest
