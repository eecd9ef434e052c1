"""Pickles of values whose classes may come from plugin files.

The module of a plugin file has its path as a name, and a worker has not imported it. Pickles therefore contain the path
and the hash of the file, and the worker imports the file before it looks up a class.
"""

from __future__ import annotations

import importlib.util
import operator
import pickle
import socket
import sys
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import RLock
from types import FunctionType
from typing import TYPE_CHECKING, Any

from indicia.errors import PluginError
from indicia.paths import module_spec

if TYPE_CHECKING:
    from types import ModuleType


@dataclass(frozen=True)
class PluginFile:
    """A plugin file that a process has imported."""

    module: str
    """The name of the module: the path as the user wrote it."""
    path: Path
    digest: str


def dumps(value: object) -> bytes:
    """Return the pickle of a value, which `pickle.loads` reads.

    Raises
    ------
    PluginError
        In the process that reads the pickle, if a plugin file is not there under the same path, or has other content.
    """
    buffer = BytesIO()
    _Pickler(buffer).dump(value)
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    """Pickles classes and functions of plugin files by the path of the file; `pickle` itself cannot import them."""

    def __init__(self, buffer: BytesIO) -> None:
        super().__init__(buffer, pickle.HIGHEST_PROTOCOL)
        self._files: dict[str, PluginFile] = {}

    def reducer_override(self, value: Any) -> Any:
        """Return the parts of a class or function of a plugin file; other values are pickled as usual."""
        if not isinstance(value, type | FunctionType) or not value.__module__.endswith(".py"):
            return NotImplemented
        if "<locals>" in value.__qualname__:  # the usual error
            return NotImplemented
        name = value.__module__
        if name not in self._files:
            path = Path(sys.modules[name].__file__ or name).absolute()
            self._files[name] = PluginFile(name, path, _digest(path))
        return _member, (self._files[name], value.__qualname__)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


_IMPORTED: dict[str, str] = {}
"""The hashes of the plugin files that pickles have imported into this process, by the name of the module."""
_LOCK = RLock()  # a worker of Dask may have several threads


def _member(file: PluginFile, name: str) -> Any:
    """Return a class or function of a plugin file."""
    with _LOCK:
        return operator.attrgetter(name)(_module_of(file))


def _module_of(file: PluginFile) -> ModuleType:
    """Return the module of a plugin file. Import it, unless this process has imported the same content."""
    if _IMPORTED.get(file.module) == file.digest:
        return sys.modules[file.module]
    where = f"worker {socket.gethostname()}"
    if not file.path.is_file():
        raise PluginError(
            f"no plugin file {file.path} on a worker",
            where=where,
            remedy="put it into a folder that all workers share, or make it a package and install it on every worker",
        )
    if _digest(file.path) != file.digest:
        raise PluginError(
            f"the plugin file {file.path} has other content on a worker than here",
            where=where,
            remedy="copy it from here, or put it into a folder that all workers share",
        )
    if file.module in sys.modules and file.module not in _IMPORTED:  # the driver, which reads a reply
        return sys.modules[file.module]
    module = _imported(file)
    _IMPORTED[file.module] = file.digest
    return module


def _imported(file: PluginFile) -> ModuleType:
    """Import a plugin file under the name of its module in the driver."""
    spec = module_spec(file.module, file.path)
    if spec is None or spec.loader is None:
        raise PluginError(f"{file.path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.module] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[file.module]
        what = f"plugin {file.path} cannot be loaded on a worker: {type(error).__name__}: {error}"
        raise PluginError(what, where=f"worker {socket.gethostname()}") from error
    return module
