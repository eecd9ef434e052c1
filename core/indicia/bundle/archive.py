"""Zip files with the same bytes for the same content, and their safe unpacking."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from indicia.errors import DataError, join_names
from indicia.limits import BUNDLE, BUNDLE_RATIO
from indicia.paths import check_regular

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_TIME = (1980, 1, 1, 0, 0, 0)
"""The time of all files, the first that a zip can hold, so that the bytes do not depend on the clock."""
_LEVEL = 6
_FILES = 10_000
"""The largest number of files that are unpacked."""
_HARMLESS = 10_000_000
"""Unpacked bytes that need no look at the ratio."""
_BLOCK = 1 << 20


def archived(contents: Mapping[str, bytes]) -> bytes:
    """Return a zip of files, sorted by name; equal contents give equal bytes.

    >>> archived({"b.txt": b"2", "a.txt": b"1"}) == archived({"a.txt": b"1", "b.txt": b"2"})
    True
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, on every platform
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents[name], compresslevel=_LEVEL)
    return buffer.getvalue()


def hash_of(content: bytes) -> str:
    """Return the SHA-256 of a file."""
    return sha256(content).hexdigest()


@dataclass(frozen=True)
class PackedFiles:
    """The files of an open zip, of which nothing is unpacked yet."""

    archive: zipfile.ZipFile

    @property
    def sizes(self) -> dict[str, int]:
        """The unpacked bytes of each file, as the directory of the zip states them."""
        return {entry.filename: entry.file_size for entry in self.archive.infolist() if not entry.is_dir()}

    def unpack(self, names: Iterable[str], folder: Path) -> None:
        """Write files into a folder."""
        for name in names:
            _write_entry(self.archive, self.archive.getinfo(name), folder)


@contextmanager
def opened(path: Path) -> Iterator[PackedFiles]:
    """Open a zip, and look at the names and sizes of its files.

    Raises
    ------
    DataError
        If the file is not a zip, has more or larger files than the limits, or has a name that leads out of the folder,
        a link, or two files of one name.
    """
    check_regular(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive.infolist(), path)
            yield PackedFiles(archive)
    except FileNotFoundError as error:
        raise DataError(f"no such file: {path}", remedy="indicia pack INDEX -o index.zip writes one") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path} is not a zip file, or is damaged: {error}", remedy=FROM_SOURCE) from error
    except OSError as error:
        raise DataError(f"cannot unpack {path}: {error.strerror or error}") from error
    except zlib.error as error:
        raise DataError(f"{path} is damaged: {error}", remedy=FROM_SOURCE) from error


FROM_SOURCE = "take the file from where it was written"


def _check_entries(entries: list[zipfile.ZipInfo], path: Path) -> None:
    if len(entries) > _FILES:
        raise DataError(f"{path} has {len(entries):,} files, more than the limit of {_FILES:,}")
    size = sum(entry.file_size for entry in entries)
    if excess := BUNDLE.excess(size):
        raise DataError(f"{path} is too large when it is unpacked: {excess}", remedy=BUNDLE.remedy(size))
    ratio = -(-size // path.stat().st_size)
    if size > _HARMLESS and (excess := BUNDLE_RATIO.excess(ratio)):
        raise DataError(f"{path} is much larger when it is unpacked: {excess}", remedy=BUNDLE_RATIO.remedy(ratio))
    names = [entry.filename for entry in entries]
    faults = [name for name in names if leads_out(name)]
    faults += [entry.filename for entry in entries if stat.S_ISLNK(entry.external_attr >> 16)]
    if faults:
        raise DataError(
            f"{path} has names that lead out of its folder, or links: {join_names(faults, 5)}", remedy=FROM_SOURCE
        )
    # file systems of Windows and macOS take names that differ in case only for one
    folded = Counter(name.casefold() for name in names)
    if twice := [name for name in names if folded[name.casefold()] > 1]:
        raise DataError(f"{path} has two files of one name: {join_names(twice, 5)}", remedy=FROM_SOURCE)


def leads_out(name: str) -> bool:
    """Return whether the name of a file in a zip leads out of the folder that it is unpacked into."""
    parts = PurePosixPath(name).parts
    return name.startswith("/") or ".." in parts or any(mark in name for mark in "\\:\0") or not parts


def _write_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    """Write a file in blocks; the size in the directory of the zip is not trusted."""
    target = folder / entry.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(entry) as source, target.open("wb") as file:
        for block in _blocks(source):
            written += len(block)
            if written > entry.file_size:
                raise zipfile.BadZipFile(f"{entry.filename} is larger than its entry says")
            file.write(block)


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    while block := source.read(_BLOCK):
        yield block
