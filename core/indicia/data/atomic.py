"""Files that appear complete or not at all: each is written to a part-file in its folder, which is then renamed."""

from __future__ import annotations

import errno
import os
import secrets
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.errors import OutputError
from indicia.paths import check_path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PARTS = ".indicia-*.part"
_NO_SPACE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
"""The errors of a full disk."""
_MAX_AGE = 60.0
"""On Windows, which has no locks, a part-file without a change in these seconds is no longer written."""


def check_output_path(path: str | Path) -> None:
    """Refuse a path that is a folder, or in a folder that does not exist."""
    path = Path(path)
    check_path(path)
    if path.is_dir():
        raise OutputError(f'"{path}" is a folder', remedy="name a file in it")
    if not path.resolve().parent.is_dir():
        raise OutputError(f'there is no folder "{path.resolve().parent}"', where=str(path), remedy="create it first")


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn an error of the operating system into an OutputError that names the file."""
    try:
        yield
    except OSError as error:
        remedy = "free space on the disk, and start again" if error.errno in _NO_SPACE else None
        raise OutputError(f'cannot write "{path.name}": {error.strerror}', where=str(path), remedy=remedy) from error


@contextmanager
def part_files(*paths: Path) -> Iterator[list[Path]]:
    """Yield a part-file for each path, and rename all part-files at the end; after an error, rename none.

    The first path is the output, the others describe it. The next write to a folder removes part-files of processes
    that were killed.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with part_files(Path(folder) / "scores.csv") as [part]:
    ...         _ = part.write_text("city,score")
    ...     [path.name for path in Path(folder).iterdir()]
    ['scores.csv']
    """
    targets = [path.resolve() for path in paths]
    for path in paths:
        check_output_path(path)
    for folder in dict.fromkeys(target.parent for target in targets):
        clear_parts(folder)
    with ExitStack() as stack:
        parts = []
        for path, target in zip(paths, targets, strict=True):
            with output_errors(path):
                parts.append(stack.enter_context(locked_part(target.parent)))
        yield parts
        with output_errors(paths[0]):
            _rename_all(parts, targets)


def clear_parts(folder: Path) -> None:
    """Remove the part-files in a folder that no process writes."""
    for part in folder.glob(_PARTS):
        with suppress(OSError):  # the part-file is locked, removed, or of another user, or the file system has no locks
            _clear(part)


def _rename_all(parts: Sequence[Path], targets: Sequence[Path]) -> None:
    """Rename the part-files; before the output changes, the descriptions of the old output are moved aside.

    A process that is killed in between leaves an output without a description, but never with a wrong description.
    """
    moved = []
    try:
        for target in targets[1:]:
            if target.exists():
                aside = _new_part(target.parent)
                os.replace(target, aside)  # noqa: PTH105
                moved.append((aside, target))
        os.replace(parts[0], targets[0])  # noqa: PTH105
    except OSError:
        for aside, target in moved:
            os.replace(aside, target)  # noqa: PTH105
        raise
    for part, target in zip(parts[1:], targets[1:], strict=True):
        os.replace(part, target)  # noqa: PTH105
    for aside, _ in moved:
        aside.unlink()


def _new_part(folder: Path) -> Path:
    return folder / f".indicia-{secrets.token_hex(8)}.part"


@contextmanager
def locked_part(folder: Path) -> Iterator[Path]:
    """Create a part-file that is locked while this process writes it; remove it at the end unless it was renamed.

    The operating system releases the lock when the process ends, even if it is killed. A process id in the
    name would not suffice: systems reuse ids, and machines and containers that share a folder may use the same ids.
    """
    part, lock = _locked(folder)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


def _locked(folder: Path) -> tuple[Path, int | None]:
    while True:
        part = _new_part(folder)
        file = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        if fcntl is None:  # Windows neither removes nor renames an open file
            os.close(file)
            return part, None
        with suppress(OSError):  # a file system without locks: `_clear` fails there, and removes no part-file
            fcntl.flock(file, fcntl.LOCK_EX)
        if part.exists():  # else another process removed the file before it was locked
            return part, file
        os.close(file)


def _clear(part: Path) -> None:
    """Remove a part-file unless a process holds its lock; the lock is kept until the file is removed."""
    if fcntl is None:
        if time.time() - part.stat().st_mtime > _MAX_AGE:
            part.unlink()
        return
    file = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.unlink()
    finally:
        os.close(file)
