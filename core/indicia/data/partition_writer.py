"""A folder of Parquet files that tasks write: each appears whole, and a manifest says that all are there.

The folder of a run has

- `part-00000.parquet` …, in the order of the partitions;
- `_manifest.json`, written last: the folder is complete if it is there;
- `.indicia/run.json`, the identity of the run, so that a run that was broken off continues, and no other run does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date, time
from hashlib import file_digest
from typing import TYPE_CHECKING, Any

from polars.exceptions import PanicException, PolarsError

from indicia.data.atomic import clear_parts, locked_part
from indicia.data.partition_files import MANIFEST, RUN, WORKSPACE
from indicia.errors import OutputError, join_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl

_PART = re.compile(r"part-\d{5,}\.parquet")
_IO_REASON = re.compile(r"(?:underlying IO error: )?([^:]+) \(os error \d+\)")
_ROW_GROUP = 100_000
"""The rows of a row group, so that a folder of results can be read in small slices."""
_REMEDY = "free space or rights in the folder, and start again: the finished parts are kept"


@dataclass(frozen=True)
class WrittenPart:
    """A file that a task wrote."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class OutputState:
    """The state of a folder when a run begins to write to it."""

    resumed: bool
    """True if an earlier run with the same identity began the folder."""
    complete: bool
    """True if that run finished, and every file is as it was written."""


@dataclass(frozen=True)
class PartitionedOutput:
    """The folder to which the tasks of a run write; it can be pickled, and all workers share the folder."""

    folder: Path

    @property
    def workspace(self) -> Path:
        """The hidden folder with the identity and the journal of the run."""
        return self.folder / WORKSPACE

    @contextmanager
    def opened(self, identity: Mapping[str, str], *, replace: bool = False) -> Iterator[OutputState]:
        """Create or continue the folder; another run cannot write to it until the end of the block.

        Parameters
        ----------
        identity : Mapping[str, str]
            The facts on which the results depend, by name: hashes of the index and the data, versions of packages.
        replace : bool
            Remove the results of another run.

        Raises
        ------
        OutputError
            The folder has other files, the results of another run, or a run that still writes; or it cannot be written.
        """
        with self.errors(self.folder):
            self._check_place()
            self._check_contents(identity, replace)
            self.workspace.mkdir(parents=True, exist_ok=True)
            with locked_folder(self.workspace):
                resumed = self._identity() == dict(identity)
                if not resumed:
                    self._begin(identity)
                clear_parts(self.workspace)
                complete = resumed and self._is_complete()
                if not complete:
                    (self.folder / MANIFEST).unlink(missing_ok=True)
                yield OutputState(resumed, complete)

    def write(self, number: int, frame: pl.DataFrame) -> WrittenPart:
        """Write the rows of a partition; a second attempt of a task writes the same bytes.

        Parameters
        ----------
        number : int
            The number of the partition, from 0.
        frame : pl.DataFrame
            Its rows, in their order.

        Raises
        ------
        OutputError
            The disk is full, or the folder cannot be written.
        """
        path = self.folder / f"part-{number:05}.parquet"
        with self.errors(path), locked_part(self.workspace) as part:
            frame.rechunk().write_parquet(part, compression="zstd", row_group_size=_ROW_GROUP)
            digest = _synced_digest(part)
            _put(part, path)
        return WrittenPart(path.name, frame.height, digest)

    def write_work_file(self, path: Path, frame: pl.DataFrame) -> None:
        """Write a frame as an Arrow file to the hidden folder; the file appears whole."""
        with self.errors(path), locked_part(self.workspace) as part:
            frame.write_ipc(part)
            _sync(part)
            _put(part, path)

    def remove_work_files(self) -> None:
        """Remove the files of a finished run from the hidden folder, save for its identity."""
        for entry in self.workspace.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name not in (RUN, LOCK):
                entry.unlink()

    def is_whole(self, part: WrittenPart) -> bool:
        """Return True if a file has the bytes that a task wrote."""
        path = self.folder / part.name
        return bool(_PART.fullmatch(part.name)) and path.is_file() and _digest(path) == part.sha256

    def finish(self, parts: Sequence[WrittenPart], manifest: Mapping[str, Any]) -> None:
        """Write the manifest, with the files of all partitions: the folder is complete from now on.

        Raises
        ------
        OutputError
            A file is missing, or a file of an earlier run is left over and cannot be removed.
        """
        path = self.folder / MANIFEST
        with self.errors(path):
            names = {part.name for part in parts}
            for entry in self.folder.iterdir():
                if _PART.fullmatch(entry.name) and entry.name not in names:
                    entry.unlink()
            if missing := [part.name for part in parts if not (self.folder / part.name).is_file()]:
                message = f"{join_names(missing)} disappeared during the run"
                raise OutputError(message, where=str(self.folder), remedy="start again: the other parts are kept")
            content = {**manifest, "parts": [asdict(part) for part in parts]}
            self._write_json(path, content)

    def written_parts(self) -> list[WrittenPart] | None:
        """Return the files that the manifest lists; None without a manifest."""
        try:
            listed = json.loads((self.folder / MANIFEST).read_text("utf-8"))["parts"]
            return [WrittenPart(str(part["name"]), int(part["rows"]), str(part["sha256"])) for part in listed]
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _is_complete(self) -> bool:
        parts = self.written_parts()
        return parts is not None and all(map(self.is_whole, parts))

    def _check_place(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise OutputError(f'"{self.folder}" is a file', remedy="parts are written to a folder: name a new one")
        if self.workspace.is_symlink():
            raise OutputError(f'"{self.workspace}" is a link', remedy="name a new folder")
        parent = self.folder.resolve().parent
        if not parent.is_dir():
            raise OutputError(f'there is no folder "{parent}"', where=str(self.folder), remedy="create it first")

    def _check_contents(self, identity: Mapping[str, str], replace: bool) -> None:
        """Refuse a folder with other files, or with the results of another run."""
        if not self.folder.is_dir():
            return
        earlier = self._identity()
        entries = sorted(entry.name for entry in self.folder.iterdir() if entry.name != WORKSPACE)
        others = (
            entries if earlier is None else [name for name in entries if name != MANIFEST and not _PART.fullmatch(name)]
        )
        if others:
            raise OutputError(
                f'"{self.folder.name}" has other files: {join_names(others)}',
                where=str(self.folder),
                remedy="name a new or an empty folder",
            )
        # A run that failed before it scored a partition has no results: the next run, with corrected data, begins anew.
        has_results = entries or any(self.workspace.glob("*.arrow"))
        if has_results and earlier is not None and earlier != dict(identity) and not replace:
            names = dict.fromkeys((*earlier, *identity))
            different = join_names(name for name in names if earlier.get(name) != identity.get(name))
            raise OutputError(
                f'"{self.folder.name}" has the results of another run, which differs in: {different}',
                where=str(self.folder),
                remedy="name another folder, or replace these results with --force",
            )

    def _identity(self) -> dict[str, str] | None:
        """Return the identity of the run that began the folder; None if none did."""
        try:
            identity = json.loads((self.workspace / RUN).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return {str(name): str(value) for name, value in identity.items()} if isinstance(identity, dict) else None

    def _begin(self, identity: Mapping[str, str]) -> None:
        """Remove the results of another run, the manifest first and its identity last, and write the identity."""
        (self.folder / MANIFEST).unlink(missing_ok=True)
        for part in self.folder.iterdir():
            if _PART.fullmatch(part.name):
                part.unlink()
        self.remove_work_files()
        self._write_json(self.workspace / RUN, dict(identity))

    def _write_json(self, path: Path, content: Mapping[str, Any]) -> None:
        self.write_whole(path, (json.dumps(content, ensure_ascii=False, indent=2, default=_date_text) + "\n").encode())

    def write_whole(self, path: Path, content: bytes) -> str:
        """Write a file that appears whole, and return its SHA-256."""
        with self.errors(path), locked_part(self.workspace) as part:
            part.write_bytes(content)
            digest = _synced_digest(part)
            _put(part, path)
        return digest

    @contextmanager
    def errors(self, path: Path) -> Iterator[None]:
        """Turn an error of the operating system, also as polars reports it, into an OutputError with the file."""
        try:
            yield
        except OSError as error:
            is_lost = isinstance(error, FileNotFoundError)
            remedy = "give all workers the same folder, on a disk that they share" if is_lost else _REMEDY
            message = f'cannot write "{path.name}": {_reason(error)}'
            raise OutputError(message, where=str(path), remedy=remedy) from error
        except (PolarsError, PanicException) as error:
            if not (reason := _IO_REASON.search(str(error))):
                raise
            raise OutputError(f'cannot write "{path.name}": {reason[1]}', where=str(path), remedy=_REMEDY) from error


def _date_text(value: Any) -> str:
    """Return the text of a date or time in JSON: a period of the rows may be one."""
    if isinstance(value, date | time):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no value of JSON")


def _reason(error: OSError) -> str:
    if error.strerror:
        return error.strerror
    reason = _IO_REASON.search(str(error))
    return reason[1] if reason else str(error)


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _synced_digest(path: Path) -> str:
    """Return the SHA-256 of a file, after its bytes are on the disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())
        return file_digest(file, "sha256").hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _put(part: Path, path: Path) -> None:
    """Give a written file its final name, and write the entry of the folder to the disk."""
    os.replace(part, path)  # noqa: PTH105
    with suppress(OSError):  # Windows does not open folders, and some file systems do not sync them
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


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
