"""The archive of a pack, and its record `pack.json`."""

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
from typing import IO, TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from indicia.data import checksum, explain_fault, other_form, parse_json, sealed, split_sheet
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


NAME = "pack.json"
MANIFEST = "results/scores.csv.manifest.json"
ROWS = "table/table.parquet"
"""The place of the rows of a table as they were read."""
FORMAT = 1
"""The form of new packs."""


class _Part(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class FileRecord(_Part):
    """The hash and the size of a file."""

    sha256: str
    bytes: int


class WithheldFile(FileRecord):
    """A file that a replay needs, and that the pack does not have."""

    name: str = Field(description="the name of the file, without its folder")


class TableRecord(_Part):
    """The table of units."""

    name: str | None = Field(description="the table and its sheet in the zip; null for the table of the index file")
    file: str | None = Field(None, description="the place in the zip of the rows as they were read")
    as_read: bool = Field(description="true if the file has the rows as they were read from a database or a frame")
    sha256: str = Field(description="the fingerprint of the table as it was read")
    rows: int
    columns: int


class ResultRecord(_Part):
    """A table of the results."""

    file: str | None = Field(description="its place in the zip; null if only its fingerprint is packed")
    sha256: str = Field(description="the fingerprint of the table")
    rows: int


class Record(_Part):
    """The content of `pack.json`."""

    format: Literal[1]
    sha256: str = Field(description="of all else in pack.json, in canonical JSON")
    kind: Literal["index", "fitted"]
    title: str
    index: str = Field(description="the place of the index file or of the fitted index")
    variant: str | None = None
    options: tuple[str, ...] = Field((), description="the words that options have changed; index.json has them")
    code: tuple[str, ...] = Field((), description="files of plugins that no index file names")
    table: TableRecord
    moved: dict[str, str] = Field({}, description="files from outside the folder of the index file, with new names")
    withheld: dict[str, WithheldFile] = Field({}, description="files of data that are not packed, by place")
    environment: dict[str, str] = Field(description="versions of Python, Indicia and libraries; the platform")
    plugins: dict[str, str] = Field({}, description="the plugins that the results use, with versions or hashes")
    results: dict[str, ResultRecord]
    absent: dict[str, str] = Field({}, description="tables of the results that the index does not have, and why")
    files: dict[str, FileRecord]


def rendered(content: dict[str, Any]) -> bytes:
    """Return the bytes of `pack.json`: the form, the checksum and the content."""
    return sealed(content, FORMAT)


def read_record(folder: Path, path: Path) -> Record:
    """Return the record in a folder; `path` is the zip.

    Raises
    ------
    DataError
        If the folder is not that of a pack, is of another form, or the record is not as it was written.
    """
    file = folder / NAME
    if not file.is_file():
        raise DataError(f"{path} is no pack of an index: it has no {NAME}", remedy="indicia pack INDEX -o index.zip")
    try:
        content = parse_json(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path}: {NAME} is not JSON: {error}", remedy=FROM_SOURCE) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        form = content.get("format") if isinstance(content, dict) else None
        what, remedy = other_form(f"{path} is a pack", form, FORMAT, _writer(content))
        raise DataError(what, remedy=remedy)
    if content.get("sha256") != (computed := checksum(content)):
        raise DataError(
            f"{path}: {NAME} is not as it was written: its checksum is {computed}, and it says {content.get('sha256')}",
            remedy=FROM_SOURCE,
        )
    try:
        record = Record.model_validate(content)
    except ValidationError as error:
        fault = explain_fault(error.errors()[0], content, NAME, Record, _writer(content))
        raise DataError(f"{path}: {NAME} is wrong: {fault}", remedy=FROM_SOURCE) from error
    _check_places(record, path)
    return record


def _writer(content: object) -> object:
    """Return the version of Indicia that wrote the pack."""
    environment = content.get("environment") if isinstance(content, dict) else None
    return environment.get("indicia") if isinstance(environment, dict) else None


def check_sizes(record: Record, sizes: Mapping[str, int], path: Path) -> None:
    """Compare the names and sizes of the packed files with the record, before they are unpacked."""
    for name, entry in record.files.items():
        if name not in sizes:
            raise DataError(f"{path} lacks {name}, whose SHA-256 is {entry.sha256}", remedy=FROM_SOURCE)
        if sizes[name] > entry.bytes:
            raise DataError(
                f"{path}: {name} is not as it was packed: it has {sizes[name]:,} bytes, and had {entry.bytes:,}",
                remedy=FROM_SOURCE,
            )
    if added := sizes.keys() - record.files.keys() - {NAME}:
        raise DataError(f"{path}: {min(added)} was added later: {NAME} does not list it", remedy=FROM_SOURCE)


def check_hashes(record: Record, folder: Path, path: Path) -> None:
    """Compare the unpacked files with their hashes in the record."""
    for name, entry in record.files.items():
        if (computed := sha256((folder / name).read_bytes()).hexdigest()) != entry.sha256:
            raise DataError(
                f"{path}: {name} is not as it was packed: its SHA-256 is {computed}, and was {entry.sha256}",
                remedy=FROM_SOURCE,
            )


def _check_places(record: Record, path: Path) -> None:
    """Refuse a record that names files outside the pack, or files that it does not list."""
    table, results = record.table, [entry.file for entry in record.results.values()]
    tables = [*results, None if table.name is None else split_sheet(table.name)[0], table.file]
    listed = {*record.files, *record.withheld, None}
    if record.withheld or table.as_read:
        listed.add(ROWS)  # rows of a database whose data are withheld have no file with a hash
    faults = [place for place in (record.index, *record.code, MANIFEST, *tables) if place not in listed]
    faults += [place for place in record.withheld if leads_out(place)]
    faults += [entry.name for entry in record.withheld.values() if leads_out(entry.name) or "/" in entry.name]
    if faults:
        raise DataError(f"{path}: {NAME} names {faults[0]}, which is not in the pack", remedy=FROM_SOURCE)
    if table.as_read != (table.file is not None):
        raise DataError(f"{path}: {NAME} is wrong: table.as_read and table.file disagree", remedy=FROM_SOURCE)
