"""Sorted runs of rows in work files."""

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
    import polars as pl

    Floats = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.int32]


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


SAMPLED = 1_000
"""The number of values in the sample of a run."""

_VALUES, _ROWS, _KEYS = 0, 1, 2
"""The places of arrays in the file of a run."""


@dataclass(frozen=True)
class RunSample:
    """The size of a sorted run, and a regular sample of its values."""

    number: int
    """The number of the partition."""
    count: int
    """The number of present values."""
    values: Floats
    """Every value in `step` of the sorted values, from the lowest on; the highest is the last element."""
    step: int
    codes: tuple[int, ...] = ()
    """For each key, a number above all its codes."""


def write_run(
    values: pl.Series,
    folder: Path,
    name: str,
    number: int,
    keys: Sequence[Codes] = (),
    *,
    sampled: int = SAMPLED,
) -> RunSample:
    """Write the present values of a partition in ascending order, and return a sample of them.

    Equal values stay in the order of their rows, so that a task that is run again writes the same bytes.

    Parameters
    ----------
    values : pl.Series
        The values of all rows of the partition, without NaN; missing values are left out.
    folder, name
        The work folder, and the name of the column in the run.
    number : int
        The number of the partition.
    keys : sequence of int arrays, (rows,)
        For each column of ranks, the code of each row: a small number that partitions agree on, or -1 for a row that
        has no rank there.
    sampled : int
        The number of values in the sample. Buckets may exceed their size by the rows of all partitions divided by it.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    numbers = values.to_numpy()
    rows = _sorted_rows(numbers, len(values) - values.null_count())
    ordered = numbers[rows].astype(np.float64, copy=False)
    sorted_keys = [np.asarray(key, np.int32)[rows] for key in keys]
    write_arrays(WorkFiles(folder, name).path("run", number), [ordered, rows, *sorted_keys])
    step = max(1, -(-len(ordered) // sampled))
    sample = np.append(ordered[::step], ordered[-1:])
    return RunSample(number, len(ordered), sample, step, tuple(int(key.max(initial=-1)) + 1 for key in sorted_keys))


def _sorted_rows(numbers: Floats, present: int) -> npt.NDArray[np.uint32]:
    """Return the rows of present values in ascending order; rows with equal values are in ascending order."""
    rows: npt.NDArray[np.uint32] = np.argsort(numbers)[:present].astype(np.uint32)
    ordered = numbers[rows]
    begins = ordered[1:] != ordered[:-1]
    if begins.all():
        return rows
    # two fast sorts take less time than a stable sort
    place = np.append(np.uint64(0), np.cumsum(begins, dtype=np.uint64))[: len(rows)]
    return np.sort(place << np.uint64(32) | rows).astype(np.uint32)


@dataclass(frozen=True)
class Run:
    """A sorted run in its file."""

    number: int
    file: ArrayFile

    @classmethod
    def open(cls, folder: Path, name: str, number: int) -> Run:
        """Return the run that `write_run` wrote for a partition."""
        return cls(number, ArrayFile.open(WorkFiles(folder, name).path("run", number)))

    @property
    def count(self) -> int:
        """The number of values."""
        return self.file.lengths[_VALUES]

    def places(self, bounds: Floats) -> npt.NDArray[np.int64]:
        """Return the number of values below each bound; bounds are in ascending order."""
        return np.searchsorted(self.file.mapped(_VALUES), bounds).astype(np.int64)

    def values(self, start: int = 0, end: int | None = None) -> Floats:
        """Return sorted values from one place to another."""
        return self.file.read(_VALUES, start, end)

    def rows(self) -> npt.NDArray[np.uint32]:
        """Return the row of each sorted value in the partition."""
        return self.file.read(_ROWS)

    def codes(self, key: int, start: int = 0, end: int | None = None) -> Codes:
        """Return the codes of sorted values for a key, from one place to another."""
        return self.file.read(_KEYS + key, start, end)
