"""Paths that no file can have, and files that cannot be read to their end."""

from __future__ import annotations

import errno
import importlib.util
import stat
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.errors import DataError

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType


class _SourceLoader(SourceFileLoader):
    """Compiles a Python file whenever it is loaded.

    Bytecode on disk is taken for that of a file with the same size and second of change, so that an edit may be missed.
    """

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return self.source_to_code(self.get_data(self.path), self.path)


def module_spec(name: str, path: str | Path) -> ModuleSpec | None:
    """Return the specification of a module in a file: its source counts, not its bytecode. None for other files."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is not None and isinstance(spec.loader, SourceFileLoader):
        spec.loader = _SourceLoader(name, spec.loader.path)
    return spec


def expanded(path: str) -> Path:
    """Return a path with the home folder in place of ~; DataError if the home folder is unknown.

    >>> expanded("tables/cities.csv").name
    'cities.csv'
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise DataError(f'"{path[:40]}" cannot be the path of a file: nobody has that home folder') from error


def check_path(path: Path) -> int | None:
    """Refuse a path that no file can have; return the mode of the file, None if there is no file.

    Such a path is too long, has a null byte, or is a link to itself. The function that reads the file refuses a missing
    or forbidden file.
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
    """Refuse a path that no file can have, and a pipe, a socket or a device, which may be endless."""
    mode = check_path(path)
    if mode is not None and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise DataError(
            f'"{path.name}" is a pipe or a device, not a file',
            where=str(path),
            remedy='a table is read from standard input where its path is "-"',
        )
