"""Checks of the workers before the first call: their packages, and the folder that they share with the driver."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from indicia.engines.versions import version_problem
from indicia.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from indicia.engines.engine import Engine, WorkerReply

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
        from importlib import metadata

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
        from pathlib import Path

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
