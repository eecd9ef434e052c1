"""Calls for workers: the bytes of functions and of their arguments.

Pickles of values whose classes may come from plugin files.

The module of a plugin file has its path as a name, and a worker has not imported it. Pickles therefore contain the path
and the hash of the file, and the worker imports the file before it looks up a class.

Calls in other processes: a pickled function and item go there; an outcome or error, and warnings, come back.

All engines with workers send the same bytes, so that errors and warnings reach the driver alike from each of them.
"""

from __future__ import annotations

import importlib.util
import operator
import os
import pickle
import socket
import sys
import threading
import traceback
import warnings
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import RLock
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from indicia.callers import warn
from indicia.errors import EngineError, IndiciaError, PluginError
from indicia.paths import module_spec
from indicia_engines.workers import core_versions, version_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator


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


_INSTALL = "install the same packages on every worker as here; put methods of your own into a package or a plugin file"


@dataclass(frozen=True)
class Reply:
    """The reply of a worker to a call."""

    outcome: Any = None
    error: BaseException | None = None
    warnings: tuple[tuple[type[Warning], str], ...] = ()
    """The category and text of each warning of the call."""


def pickle_function(function: Callable[[Any], object]) -> bytes:
    """Return the pickle of a function; EngineError if it cannot be pickled."""
    try:
        return dumps(function)
    except IndiciaError:
        raise
    except Exception as error:
        what = f"the run cannot be sent to workers: {type(error).__name__}: {error}"
        raise EngineError(what, remedy=_INSTALL) from error


SHARED_BYTES = 1 << 20
"""The size above which a function is sent once to each worker, apart from its calls: it holds a table, for example."""


def call_of(function: bytes | None, item: object) -> bytes:
    """Return the bytes that `answer` takes: a pickled function, an item, and the folder and versions of the driver.

    The function is None if the worker has it already.
    """
    return dumps((core_versions(), Path.cwd(), function, item))


def answer(call: bytes, shared: bytes | None = None) -> bytes:
    """Call the function with the item, in a worker.

    Parameters
    ----------
    call : bytes
        A function and an item, from `call_of`.
    shared : bytes, optional
        The function, for a call without one.

    Returns
    -------
    bytes
        A pickled `Reply`. It contains the error, if the function raises one.

    Notes
    -----
    BaseException is caught: a panic of polars is no Exception, and would end the worker.
    """
    with _recorded_warnings() as messages:
        try:
            function, item = _load(call, shared)
            outcome = function(item)
            return dumps(Reply(outcome, warnings=tuple(messages)))
        except BaseException as error:
            error.add_note(f"on worker {socket.gethostname()}, process {os.getpid()}:\n{traceback.format_exc()}")
            return dumps(Reply(error=_portable(error), warnings=tuple(messages)))


def outcome_of(reply: bytes) -> Any:
    """Return the outcome of a pickled reply. Issue its warnings, and raise its error."""
    content: Reply = pickle.loads(reply)
    for category, message in content.warnings:
        warn(message, category)
    if content.error is not None:
        raise content.error
    return content.outcome


def outcomes_of(replies: Generator[bytes]) -> Iterator[Any]:
    """Yield the outcomes of replies. An error cancels the calls that are under way at once, in this thread."""
    with closing(replies):
        for reply in replies:
            yield outcome_of(reply)


def _load(call: bytes, shared: bytes | None) -> tuple[Callable[[Any], object], Any]:
    versions, folder, own, item = pickle.loads(call)
    function: Any = shared if own is None else own
    if problem := version_problem(versions, core_versions()):  # `check_workers` has not seen a worker that came later
        what, remedy = problem
        raise EngineError(f"a worker has {what}", where=f"worker {socket.gethostname()}", remedy=remedy)
    with suppress(OSError):  # relative paths name the same files as in the driver, if the worker has its folder
        os.chdir(folder)
    try:
        return pickle.loads(function), item
    except IndiciaError:
        raise
    except Exception as error:
        raise EngineError(
            f"a worker cannot load the run: {type(error).__name__}: {error}",
            where=f"worker {socket.gethostname()}",
            remedy=_INSTALL,
        ) from error


def _portable(error: BaseException) -> BaseException:
    """Return an error that the driver can unpickle: a RuntimeError with the same words in place of another."""
    try:
        copy = pickle.loads(dumps(error))
        if type(copy) is type(error) and str(copy) == str(error):
            return error
    except Exception:  # the class cannot be imported, its __init__ takes other arguments, or it holds a lock
        pass
    substitute = RuntimeError(f"{type(error).__name__}: {error}")
    for note in getattr(error, "__notes__", ()):
        substitute.add_note(note)
    return substitute


_RECORDS = threading.local()
_SHOW = warnings.showwarning


@contextmanager
def _recorded_warnings() -> Iterator[list[tuple[type[Warning], str]]]:
    """Record the warnings of this thread; workers of Dask run calls in several threads.

    `warnings.catch_warnings` changes all threads. The function that shows warnings is therefore replaced for good, and
    records warnings only for threads within this block.
    """
    warnings.showwarning = _show
    messages: list[tuple[type[Warning], str]] = []
    _RECORDS.messages = messages
    try:
        yield messages
    finally:
        _RECORDS.messages = None


def _show(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: Any = None,
    line: str | None = None,
) -> None:
    messages = getattr(_RECORDS, "messages", None)
    if messages is None:
        _SHOW(message, category, filename, lineno, file, line)
        return
    importable = category.__module__.partition(".")[0] in {"indicia", "builtins"}
    messages.append((category if importable else UserWarning, str(message)))
