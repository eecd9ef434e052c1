"""The record of a pack, `pack.json`: its form, its content with hashes, and the versions that computed the results."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from indicia.bundle.archive import FROM_SOURCE, leads_out
from indicia.data import checksum, explain_fault, other_form, parse_json, sealed, split_sheet
from indicia.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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
