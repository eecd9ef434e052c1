"""Files of arrays in the work folder of a run, which all workers share."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.data.atomic import output_errors
from indicia.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt


@dataclass(frozen=True)
class WorkFiles:
    """The files of one sorted column in the work folder of a run.

    A file appears whole under its name. A task that is run again writes the same bytes again.
    """

    folder: Path
    """The work folder of the run."""
    name: str
    """The name of the column in the run; it may have any characters."""

    def path(self, kind: str, number: int) -> Path:
        """Return the path of a file, given its kind and the number of its partition or bucket."""
        return self.place / f"{kind}-{number:06}.arrays"

    @property
    def place(self) -> Path:
        """The folder of the column."""
        return Path(self.folder) / hashlib.sha256(self.name.encode()).hexdigest()[:24]


def _damaged(path: Path, reason: str | None) -> OutputError:
    return OutputError(
        f'a file of this run, "{path.name}", is missing or not whole: {reason}',
        where=str(path),
        remedy="remove the folder of the output, and run again; all workers must share the folder",
    )


_ALIGNED = 64
"""Arrays begin at multiples of this number of bytes."""


def write_arrays(path: Path, arrays: Sequence[npt.NDArray[Any]]) -> None:
    """Write arrays of one dimension to a file, which appears whole; `ArrayFile` reads them.

    Raises
    ------
    OutputError
        If the file cannot be written, such as on a full disk; nothing stays under its name.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                file.write(_header(arrays))
                for array in arrays:
                    file.write(np.ascontiguousarray(array).data)
                    file.write(bytes(-array.nbytes % _ALIGNED))
            os.replace(part, path)  # noqa: PTH105
        finally:
            part.unlink(missing_ok=True)


def _header(arrays: Sequence[npt.NDArray[Any]]) -> bytes:
    text = ",".join(f"{array.dtype.str}:{len(array)}" for array in arrays).encode()
    return len(text).to_bytes(8, "little") + text + bytes(-(8 + len(text)) % _ALIGNED)


@dataclass(frozen=True)
class ArrayFile:
    """The arrays of a file, of which any part can be read."""

    path: Path
    kinds: tuple[np.dtype[Any], ...]
    lengths: tuple[int, ...]
    starts: tuple[int, ...]
    """The place of each array in the file, in bytes."""

    @classmethod
    def open(cls, path: Path) -> ArrayFile:
        """Return the arrays of a file that `write_arrays` wrote.

        Raises
        ------
        OutputError
            If the file is missing or not whole, such as after a folder was emptied or a disk failed.
        """
        try:
            with path.open("rb") as file:
                size = int.from_bytes(file.read(8), "little")
                fields = [field.split(":") for field in file.read(size).decode().split(",")]
        except OSError as error:
            raise _damaged(path, error.strerror) from error
        kinds, lengths = [np.dtype(kind) for kind, _ in fields], [int(length) for _, length in fields]
        starts, start = [], -(-(8 + size) // _ALIGNED) * _ALIGNED
        for kind, length in zip(kinds, lengths, strict=True):
            starts.append(start)
            start += -(-kind.itemsize * length // _ALIGNED) * _ALIGNED
        if path.stat().st_size != start:
            raise _damaged(path, f"{path.stat().st_size} bytes in place of {start}")
        return cls(path, tuple(kinds), tuple(lengths), tuple(starts))

    def mapped(self, array: int) -> npt.NDArray[Any]:
        """Return an array that stays in the file, for a search that touches little of it."""
        if not self.lengths[array]:
            return np.zeros(0, self.kinds[array])
        return np.memmap(self.path, self.kinds[array], "r", self.starts[array], (self.lengths[array],))

    def read(self, array: int, start: int = 0, end: int | None = None) -> npt.NDArray[Any]:
        """Return the elements of an array from `start` to `end`."""
        end = self.lengths[array] if end is None else end
        kind = self.kinds[array]
        if end <= start:
            return np.zeros(0, kind)
        return np.fromfile(self.path, kind, end - start, offset=self.starts[array] + start * kind.itemsize)
