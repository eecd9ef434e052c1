"""Paths that no file can have, and files that cannot be read to their end."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from indicia.errors import DataError


def expanded(path: str) -> Path:
    """Return a path with the home folder in place of ~; DataError where there is no such home.

    >>> expanded("tables/cities.csv").name
    'cities.csv'
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise DataError(f'"{path[:40]}" cannot be the path of a file: nobody has that home folder') from error


def check_path(path: Path) -> int | None:
    """Refuse a path that the file system takes for no file; return the mode of the file, None where there is none.

    Such a path is too long, holds a null byte, or is a link to itself. A file that is not there or that may not be read
    is for the reader to refuse.
    """
    try:
        return path.stat().st_mode
    except OSError as error:
        if error.errno not in (errno.ENAMETOOLONG, errno.ELOOP):
            return None
        reason = (error.strerror or "").lower()
    except ValueError as error:
        reason = str(error)
    raise DataError(f'"{path.name[:40]}" cannot be the path of a file: {reason}')


def check_regular(path: Path) -> None:
    """Refuse a path of no file, and a pipe, a socket or a device, of which reading may never end."""
    mode = check_path(path)
    if mode is not None and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise DataError(
            f'"{path.name}" is a pipe or a device, not a file',
            where=str(path),
            remedy='a table is read from standard input where its path is "-"',
        )
