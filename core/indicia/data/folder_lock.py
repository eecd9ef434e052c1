"""A lock on a folder, so that two runs do not write to it at the same time."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from indicia.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = ".lock"
"""The name of the file that a run locks."""


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Lock a folder until the end of the block; the system releases the lock of a process that ends.

    Raises
    ------
    OutputError
        Another process has the lock.
    """
    if fcntl is None:
        yield
        return
    file = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o666)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = "another run writes to this folder"
            remedy = "wait until it ends, or name another folder"
            raise OutputError(message, where=str(folder.parent), remedy=remedy) from error
        except OSError:  # the file system has no locks
            pass
        yield
    finally:
        os.close(file)
