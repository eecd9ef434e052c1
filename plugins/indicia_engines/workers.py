"""Workers: their cores, memory allocator, versions of libraries, and checks."""

from __future__ import annotations

import os
import platform
import uuid
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from indicia_engines.engine import Engine, WorkerReply


ALLOCATOR = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1"}
"""The environment in which the allocator keeps freed memory for the next partition: a fifth less time.

The next partition is as large. The allocator reads the environment when a process imports polars.
"""


def core_count(root: Path = Path("/")) -> int:
    """Return the number of cores within the limits of the machine, of the process and of its control group.

    A container with a quota of two cores runs on a machine that has more; a process for each of these would be slow.
    """
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(cores, *_quotas(root)))


def _quotas(root: Path) -> list[int]:
    """Return the cores that control groups allow, rounded up; versions 1 and 2, as a container sees them.

    A file that cannot be read, or says "max", sets no limit.
    """
    groups = root / "sys/fs/cgroup"
    texts = (
        _text(groups / "cpu.max"),
        f"{_text(groups / 'cpu/cpu.cfs_quota_us')} {_text(groups / 'cpu/cpu.cfs_period_us')}",
    )
    quotas = []
    for text in texts:
        match text.split():
            case [quota, period] if quota.isdecimal() and period.isdecimal() and int(period) > 0:
                quotas.append(-(-int(quota) // int(period)))
    return [*quotas, 2**20]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


PYTHON = "Python"
CORE_PACKAGES = ("indicia", "polars", "numpy")
"""The packages whose versions decide the last digits of numbers."""


def installed_versions(packages: Iterable[str] = ()) -> dict[str, str]:
    """Return the versions that `check_workers` requires of workers: of Python, the core and further packages, as here.

    A package that runs from its sources, without being installed, has no version and is left out.

    Parameters
    ----------
    packages : iterable of str
        The distributions of plugins.

    Returns
    -------
    dict of str to str
        The versions by package. Of Python, it has the first two numbers.

    Examples
    --------
    >>> sorted(installed_versions(["no-such-plugin"]))
    ['Python', 'indicia', 'numpy', 'polars']
    """
    versions = {PYTHON: ".".join(platform.python_version_tuple()[:2])}
    for name in dict.fromkeys([*CORE_PACKAGES, *packages]):
        with suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


@cache
def core_versions() -> dict[str, str]:
    """Return the versions of Python and the core; the search takes milliseconds, and each call compares them."""
    return installed_versions()


def version_problem(required: Mapping[str, str], present: Mapping[str, str | None]) -> tuple[str, str] | None:
    """Return the first difference between versions, and its remedy; None if there is none.

    >>> version_problem({"polars": "2.1"}, {"polars": "2.0"})
    ('polars 2.0, and this command has 2.1', 'on each worker: pip install polars==2.1')
    """
    for package, version in required.items():
        there = present.get(package)
        if there == version:
            continue
        what = f"{package} {there}, and this command has {version}" if there else f"no package {package}"
        if package == PYTHON:
            return what, f"start the workers with Python {version}, or run this command with Python {there}"
        return what, f"on each worker: pip install {package}=={version}"
    return None


_SHARED_SECONDS = 5
"""The seconds that a folder may take to show a new file: network file systems keep lists of files for a while."""


def check_workers(engine: Engine, requirements: Mapping[str, str]) -> None:
    """Refuse workers that lack a package, or have another version of it than the driver.

    Parameters
    ----------
    engine : Engine
        The engine.
    requirements : mapping of str to str
        The versions by package, from `installed_versions`.

    Raises
    ------
    EngineError
        With the worker, the package and both versions.
    """
    for reply in _replies(engine, _version_probe(list(requirements))):
        if problem := version_problem(requirements, _outcome(reply)):
            what, remedy = problem
            raise EngineError(f"a worker has {what}", where=f"worker {reply.worker}", remedy=remedy)


def check_shared_folder(engine: Engine, folder: Path, option: str | None = None) -> None:
    """Refuse workers that do not see a folder of the driver, or cannot write into it.

    Parameters
    ----------
    engine : Engine
        The engine.
    folder : Path
        The work folder, which must exist.
    option : str, optional
        The option or variable that names another folder, for the remedy.

    Raises
    ------
    EngineError
        With the worker and the folder.
    """
    content = uuid.uuid4().hex
    token = folder.absolute() / f".indicia-{content}"
    token.write_text(content, encoding="ascii")
    try:
        for reply in _replies(engine, _folder_probe(str(token), content, _SHARED_SECONDS)):
            if problem := _outcome(reply):
                raise EngineError(
                    f"the folder {folder.absolute()} is not shared with a worker: {problem}",
                    where=f"worker {reply.worker}",
                    remedy="name a folder on a file system that all workers can read and write under the same path"
                    + (f": {option}" if option else ""),
                )
    finally:
        token.unlink(missing_ok=True)


def _replies(engine: Engine, function: Callable[[], object]) -> list[WorkerReply]:
    """Return the replies of all workers; EngineError if there are none."""
    replies = engine.on_every_worker(function)
    if not replies:
        raise EngineError(
            "no worker is left", where=f"engine {engine.name}", remedy="start workers, and run the command again"
        )
    return replies


def _outcome(reply: WorkerReply) -> Any:
    if reply.error is not None:
        raise EngineError(
            f"a worker does not run a first call: {type(reply.error).__name__}: {reply.error}",
            where=f"worker {reply.worker}",
            remedy="start it with the same Python and the same packages as this command",
        ) from reply.error
    return reply.outcome


def _version_probe(packages: list[str]) -> Callable[[], dict[str, str | None]]:
    """Return a function for `Engine.on_every_worker`: it imports inside itself, and is sent with its code."""

    def versions() -> dict[str, str | None]:
        import platform

        result: dict[str, str | None] = {}
        for package in packages:
            try:
                result[package] = metadata.version(package)
            except metadata.PackageNotFoundError:
                result[package] = None
        result["Python"] = ".".join(platform.python_version_tuple()[:2])
        return result

    return versions


def _folder_probe(token: str, content: str, seconds: float) -> Callable[[], str | None]:
    """Return a function for `Engine.on_every_worker` that returns the reason why a folder cannot be used."""

    def problem() -> str | None:
        import time
        import uuid

        end = time.monotonic() + seconds
        while True:
            try:
                if Path(token).read_text(encoding="ascii") == content:
                    break
                reason = "a file of this command has another content there"
            except OSError as error:
                reason = f"a file of this command is not there ({error.strerror})"
            if time.monotonic() > end:
                return reason
            time.sleep(0.1)
        trial = Path(f"{token}-{uuid.uuid4().hex}")
        try:
            trial.touch()
            trial.unlink()
        except OSError as error:
            return f"the worker cannot write into it ({error.strerror})"
        return None

    return problem
