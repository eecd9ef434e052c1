"""Partitions of a table: the rows of a folder of files, or of a large file, that one task holds at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import polars as pl
from polars.exceptions import PanicException, PolarsError

from indicia.data import text_parts
from indicia.data.databases import shown
from indicia.data.partition_files import (
    DELTA_LOG,
    ICEBERG_METADATA,
    PartFile,
    files_of,
    is_in_store,
    is_remote,
    latest_metadata,
    part_file,
)
from indicia.data.remote_parquet import (
    Columns,
    ParquetFile,
    cannot_read,
    common_schema,
    files_on_disk,
    remote_file,
    remote_files,
)
from indicia.data.table_format import PLAIN, TableFormat
from indicia.errors import DataError, join_names, require_optional

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence


ROWS = 500_000
"""The rows of a partition, about."""
_TOO_MANY = 1.5
"""A file or row group with so many times the rows of a partition is cut."""
_REFUSED = ("skip_rows", "header_rows", "footer_rows", "range", "hidden", "query", "table", "wide", "long", "joins")
"""The words of [data] that need more than the rows of a partition, or another kind of file."""


@dataclass(frozen=True)
class Slice:
    """Consecutive rows of a file."""

    path: str
    """The absolute path of the file, since workers may have another working folder, or its URL."""
    first: int
    """The first row in the file, or the first byte of a text."""
    length: int
    """The number of rows, or of bytes of a text."""
    keys: tuple[tuple[str, object], ...] = ()
    """The names and values of the keys in the names of the folders of the file."""
    size: int | None = None
    """The bytes of the file when it was found; None for a file that is not on a disk."""
    modified: int | None = None
    """The time of its last change, in nanoseconds."""
    pandas_note: str | None = None
    """The note of pandas on the columns, in a file of Parquet."""
    header: int = 0
    """The bytes of the header of a text."""
    form: int | None = None
    """The number of the schema of a file that is read whole: files with one schema are read together."""


@dataclass(frozen=True)
class TablePartition:
    """The rows that one task holds: slices of one file or of several small files."""

    number: int
    """The place among the partitions of the table, from 0."""
    slices: tuple[Slice, ...]
    rows: int | None
    """The number of rows; None for text."""
    layout: Layout
    """The layout that all partitions share."""

    @property
    def where(self) -> str:
        """The files in messages, with the rows or bytes."""
        unit = "rows" if self.layout.kind == "parquet" else "bytes"
        places = [f"{shown(each.path)}, {unit} {each.first + 1} to {each.first + each.length}" for each in self.slices]
        return join_names(places, 1)


@dataclass(frozen=True)
class Layout:
    """The kind of the files of a table, and the columns that all of them have."""

    kind: str
    """ "parquet" or "csv"."""
    schema: Mapping[str, pl.DataType]
    """The names and types of the columns, those of keys last; text files have text only."""
    encoding: str = "utf-8"
    separator: str | None = None


@dataclass(frozen=True)
class TablePartitions:
    """A table in partitions, in an order that depends on the names of the files only."""

    source: str
    partitions: tuple[TablePartition, ...]
    layout: Layout
    rows: int | None
    """The rows of the table; None for text."""
    fingerprint: str
    """The SHA-256 of paths, sizes, times of change, and footers of Parquet."""
    unread: tuple[str, ...] = ()
    """The columns of the first file that are not read."""

    @property
    def schema(self) -> Mapping[str, pl.DataType]:
        """The names and types of the columns that every file has in the type of the first."""
        return self.layout.schema


def check_format(table_format: TableFormat) -> None:
    """Refuse a format that needs more than the rows of a partition.

    Raises
    ------
    DataError
        The words of [data] that a table in partitions cannot have.
    """
    used = [word for word in _REFUSED if getattr(table_format, word) != getattr(PLAIN, word)]
    if used:
        reason = " (names match by all rows of both tables)" if used == ["joins"] else ""
        raise DataError(
            f"a table with {join_names(used, len(used))} in [data] cannot be read by partitions{reason}",
            remedy="write a table with a row for each unit, for example Parquet, or run it as a whole, in memory",
        )


def find_partitions(
    source: str | Path,
    *,
    rows: int = ROWS,
    table_format: TableFormat = PLAIN,
    columns: Collection[str] | None = None,
) -> TablePartitions:
    """Find the partitions of a table, and check the schemas of all its files. No values are read.

    Parameters
    ----------
    source : str or Path
        A folder, a glob or a file: Parquet, or CSV and TSV with a header in each file; a table of Delta or Iceberg; the
        URL of a folder, a glob or a file of Parquet in an object store, or of a file on the web.
    rows : int
        The rows of a partition, about: small files are joined, and large ones are cut between row groups.
    table_format : TableFormat
        The format of the index file; `encoding` and `separator` hold for text.
    columns : Collection[str], optional
        The columns that will be read; default: those of the first file. Other columns may differ between files.

    Returns
    -------
    TablePartitions
        The partitions, in the sorted order of the paths and of the rows in a file.

    Raises
    ------
    DataError
        No such file, a file that cannot be read, or one whose columns do not fit those of the first file.
    """
    check_format(table_format)
    place = str(source).removeprefix("file://")
    if is_delta(place):
        return _of_parquet(place, delta_files(place, rows), rows, columns)
    if is_iceberg(place):
        return _of_parquet(place, iceberg_files(place, rows), rows, columns)
    if is_remote(place):
        return _of_parquet(place, remote_files(place), rows, columns)
    kind, files = files_of(place)
    if kind == "parquet":
        return _of_parquet(place, files_on_disk(files, rows), rows, columns)
    return _of_text(place, files, rows, columns, table_format)


def _of_parquet(
    source: str, files: Sequence[ParquetFile], rows: int, columns: Collection[str] | None
) -> TablePartitions:
    if not files:
        raise DataError("the table has no files", where=shown(source), remedy="write rows to it")
    layout = Layout(
        "parquet", common_schema([Columns(shown(file.path), file.schema, file.keys) for file in files], columns)
    )
    forms: dict[tuple[str, ...], int] = {}
    slices = [
        Slice(
            file.path if is_remote(file.path) else str(Path(file.path).absolute()),
            first,
            length,
            file.keys,
            file.size,
            file.modified,
            file.pandas_note,
            form=_form(file, forms) if length == sum(file.groups) else None,
        )
        for file in files
        for first, length in _cuts(file.groups, rows)
    ]
    partitions = tuple(
        TablePartition(number, tuple(part), sum(each.length for each in part), layout)
        for number, part in enumerate(_packed(slices, rows))
    )
    facts = [
        [
            file.relative,
            file.size,
            file.modified,
            sum(file.groups),
            file.digest or str(file.schema),
            list(map(str, file.keys)),
        ]
        for file in files
    ]
    total = sum(sum(file.groups) for file in files)
    unread = tuple(name for name in files[0].schema if name not in layout.schema)
    return TablePartitions(source, _nonempty(partitions, source), layout, total, _fingerprint(facts), unread)


def _of_text(
    source: str, files: Sequence[PartFile], rows: int, columns: Collection[str] | None, table_format: TableFormat
) -> TablePartitions:
    heads = [text_parts.read_head(file.path, table_format) for file in files]
    text = pl.String()
    columns_of_files = [
        Columns(str(file.path), dict.fromkeys(head.names, text), file.keys)
        for file, head in zip(files, heads, strict=True)
    ]
    layout = Layout("csv", common_schema(columns_of_files, columns), table_format.encoding, table_format.separator)
    size = max(1, rows * max(head.row_bytes for head in heads))
    slices = [
        replace(_slice_of(file), first=first, length=end - first, header=head.length)
        for file, head in zip(files, heads, strict=True)
        for first, end in text_parts.cuts(file.path, head, file.size, size)
    ]
    partitions = tuple(
        TablePartition(number, tuple(part), None, layout) for number, part in enumerate(_packed(slices, size))
    )
    facts = [[file.relative, file.size, file.modified] for file in files]
    unread = tuple(name for name in heads[0].names if name not in layout.schema)
    return TablePartitions(source, _nonempty(partitions, source), layout, None, _fingerprint(facts), unread)


def _form(file: ParquetFile, forms: dict[tuple[str, ...], int]) -> int | None:
    """Return the number of the schema of a file among the schemas so far; None for a file with an index of pandas."""
    if file.pandas_note is not None:
        return None
    return forms.setdefault(tuple(f"{name} {dtype}" for name, dtype in file.schema.items()), len(forms))


def _slice_of(file: PartFile) -> Slice:
    return Slice(str(file.path.absolute()), 0, 0, file.keys, file.size, file.modified)


def _nonempty(partitions: tuple[TablePartition, ...], source: str) -> tuple[TablePartition, ...]:
    if not partitions:
        raise DataError(
            "the files of the table have columns and no rows", where=shown(source), remedy="write rows to them"
        )
    return partitions


def _cuts(groups: Iterable[int], rows: int) -> Iterator[tuple[int, int]]:
    """Yield the first row and the length of slices of about `rows` rows: row groups, or pieces of a large one.

    >>> list(_cuts([400, 400, 400, 3000], 1000))
    [(0, 800), (800, 400), (1200, 1000), (2200, 1000), (3200, 1000)]
    """
    first = length = 0
    for group in groups:
        if length and length + group > rows:
            yield first, length
            first, length = first + length, 0
        length += group
        if length > _TOO_MANY * rows:
            pieces = -(-length // rows)
            ends = [length * piece // pieces for piece in range(pieces + 1)]
            yield from ((first + start, end - start) for start, end in pairwise(ends))
            first, length = first + length, 0
    if length:
        yield first, length


def _packed(slices: Iterable[Slice], rows: int) -> Iterator[list[Slice]]:
    """Yield slices that make a partition together."""
    part: list[Slice] = []
    length = 0
    for each in slices:
        if part and length + each.length > rows:
            yield part
            part, length = [], 0
        part.append(each)
        length += each.length
    if part:
        yield part


def _fingerprint(facts: Sequence[Sequence[object]]) -> str:
    return sha256(json.dumps(facts).encode()).hexdigest()


_MAPPED = "delta.columnMapping.mode"


def is_delta(source: str) -> bool:
    """Return True if a source is a table of Delta."""
    if not is_remote(source):
        return (Path(source) / DELTA_LOG).is_dir()
    if not is_in_store(source) or source.endswith(".parquet") or "*" in source:
        return False
    try:
        pl.scan_ndjson(f"{source.rstrip('/')}/{DELTA_LOG}/*.json").collect_schema()
    except (PolarsError, PanicException, OSError):
        return False
    return True


def delta_files(source: str, most_rows: int = 0) -> list[ParquetFile]:
    """Return the files that hold the present rows of a table of Delta; see `files_on_disk`.

    Raises
    ------
    MissingDependency
        The library deltalake is not installed.
    DataError
        The table cannot be read, or it marks deleted rows or renames columns outside its files.
    """
    deltalake = require_optional("deltalake", "reading Delta tables", "delta")
    try:
        table = deltalake.DeltaTable(source)
        added = pl.DataFrame(table.get_add_actions(flatten=True))
        uris = sorted(table.file_uris(), key=_decoded)
    except Exception as error:  # the errors of deltalake have no common class
        raise cannot_read(source, error) from error
    _check_delta(table, source)
    added = added.with_columns(pl.Series("path", list(map(_decoded, added["path"])))).sort("path")
    paths = added["path"].to_list()
    if len(uris) != len(paths) or not all(_decoded(uri).endswith(path) for uri, path in zip(uris, paths, strict=True)):
        message = "the log of the Delta table names other files than the table"
        raise DataError(message, where=shown(source), remedy="write the table again with another version of deltalake")
    names = table.metadata().partition_columns
    rows = added.select(f"partition.{name}" for name in names).rows() if names else [()] * len(paths)
    keys = [tuple(zip(names, row, strict=True)) for row in rows]
    if is_remote(source):
        return [remote_file(*facts) for facts in zip(uris, paths, keys, strict=True)]
    places = (Path(uri.removeprefix("file://")) for uri in uris)
    return files_on_disk((part_file(*facts) for facts in zip(places, paths, keys, strict=True)), most_rows)


def _decoded(path: str) -> str:
    """Return a path without the codes of characters; versions of deltalake encode it once or several times."""
    while (decoded := unquote(path)) != path:
        path = decoded
    return path


def _check_delta(table: Any, source: str) -> None:
    """Refuse a table whose files alone do not tell its rows and columns."""
    if table.metadata().configuration.get(_MAPPED, "none") != "none":
        message = "the Delta table renames columns outside its files"
        remedy = "write it again without delta.columnMapping.mode"
        raise DataError(message, where=shown(source), remedy=remedy)
    vectors = getattr(table, "deletion_vectors", None)  # older versions have none
    marks = "deletionVectors" in (table.protocol().reader_features or ())
    if marks and (vectors is None or len(pl.DataFrame(vectors()))):
        message = "the Delta table marks deleted rows outside its files"
        raise DataError(message, where=shown(source), remedy="purge it: REORG TABLE … APPLY (PURGE)")


def is_iceberg(source: str) -> bool:
    """Return True if a source is the folder of a table of Iceberg, or the address of a file of its metadata."""
    return source.endswith(ICEBERG_METADATA) or (not is_remote(source) and latest_metadata(Path(source)) is not None)


def iceberg_files(source: str, most_rows: int = 0) -> list[ParquetFile]:
    """Return the files that hold the present rows of a table of Iceberg; see `files_on_disk`.

    A table is read without a catalogue: from the latest file of metadata in its folder, or from the file that is named.

    Raises
    ------
    MissingDependency
        The library pyiceberg is not installed.
    DataError
        The table cannot be read, or it marks deleted rows or renames columns outside its files.
    """
    table_module = require_optional("pyiceberg.table", "reading Iceberg tables", "iceberg")
    metadata = source if source.endswith(ICEBERG_METADATA) else str(latest_metadata(Path(source)))
    try:
        table = table_module.StaticTable.from_metadata(metadata)
        names = {(field.field_id, field.name) for schema in table.schemas().values() for field in schema.fields}
        tasks = sorted(table.scan().plan_files(), key=lambda task: str(task.file.file_path))
    except Exception as error:  # pyiceberg has no common class of errors
        raise cannot_read(source, error) from error
    if len({number for number, _ in names}) < len(names):
        message = "the Iceberg table renames columns outside its files"
        raise DataError(message, where=shown(source), remedy="write it again with these names")
    if any(task.delete_files for task in tasks):
        message = "the Iceberg table marks deleted rows outside its files"
        raise DataError(
            message, where=shown(source), remedy="rewrite its data files: CALL system.rewrite_data_files(…)"
        )
    paths = [str(task.file.file_path).removeprefix("file://") for task in tasks]
    if any(map(is_remote, paths)):
        return [remote_file(path, path, ()) for path in paths]
    return files_on_disk((part_file(Path(path), path) for path in paths), most_rows)
