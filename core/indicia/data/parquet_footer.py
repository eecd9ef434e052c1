"""The footers of Parquet files, and the columns that pandas keeps as an index.

The footer of a Parquet file: the schema and the rows of each row group, without the values of the table.

Polars gives the schema of a footer, but neither the rows of a row group nor the reason why a file cannot be read. The
few fields that tell the rows are read here, in the compact protocol of Thrift.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl
from polars.exceptions import PanicException, PolarsError

from indicia.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from mmap import mmap
    from pathlib import Path


_LEVEL = "__index_level_"
"""The start of the names that pandas gives to levels of an index without a name."""


def with_pandas_index(frame: pl.DataFrame, note: bytes | str | None) -> pl.DataFrame:
    """Return a frame with the index of pandas as its first columns.

    `note` is the note of pandas on the columns in a file of Parquet or in a table of Arrow. An index of numbers without
    a name counts rows, and is left out; another index without a name is called "name".

    >>> note = '{"index_columns": ["__index_level_0__"]}'
    >>> with_pandas_index(pl.DataFrame({"gdp": [1.5], "__index_level_0__": ["Lima"]}), note).rows(named=True)
    [{'name': 'Lima', 'gdp': 1.5}]
    """
    try:
        levels = json.loads(note or "{}").get("index_columns", [])
    except (ValueError, AttributeError):
        return frame
    levels = [level for level in levels if isinstance(level, str) and level in frame.columns]
    if not levels:
        return frame
    others = [name for name in frame.columns if name not in levels]
    named = {level: level for level in levels}
    for number, level in enumerate(levels):
        if level.startswith(_LEVEL):
            if len(levels) == 1 and frame.schema[level].is_integer():
                return pl.DataFrame([frame[name] for name in others])
            named[level] = level_name(number, len(levels), others)
    # by series, as a selection reads a name such as ^x.*$ as a pattern
    return pl.DataFrame([frame[name].alias(named.get(name, name)) for name in (*levels, *others)])


def level_name(number: int, count: int, columns: Collection[object]) -> str:
    """Return the name of a level of an index without a name: "name" for a single level, or as pandas numbers it.

    Pandas calls a single level "index", which is the name of the index in the results.
    """
    return "name" if count == 1 and "name" not in columns else f"level_{number}"


def named_index(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table whose first column "index", if it has names, is called "name"; another table as it is.

    >>> named_index(pl.DataFrame({"index": ["Lima", "Oslo"], "gdp": [1.5, 2.5]})).columns
    ['name', 'gdp']
    """
    if not frame.columns or frame.columns[0] != "index" or frame.schema["index"] != pl.String:
        return frame
    name = level_name(0, 1, frame.columns)
    cells = frame["index"].drop_nulls()
    if name in frame.columns or not len(cells) or cells.str.contains(r"^\s*[-+]?\d").any():
        return frame  # codes, or row numbers above a note
    return frame.rename({"index": name})


_MAGIC = b"PAR1"
_ENCRYPTED = b"PARE"
_END = 8
"""The bytes after the footer: its length in four bytes, and the magic letters."""
_FIRST_READ = 1 << 14
"""The bytes from the end of a file that are read at once; the footer of most small files is shorter."""
_NUM_ROWS, _ROW_GROUPS = 3, 4
"""The fields of the footer that tell its rows and its row groups."""
_ROWS_OF_GROUP = 3
"""The field of a row group that tells its rows."""
_BOOLEANS, _BYTE, _INTEGERS, _DOUBLE, _BINARY, _LISTS, _MAP, _STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 11, 12
"""The types of the compact protocol of Thrift."""
_REMEDY = "write the file again, or take it out of the folder"


@dataclass(frozen=True)
class Footer:
    """The facts of a Parquet file that stand in its footer."""

    rows: int
    """The rows of the file."""
    groups: tuple[int, ...]
    """The rows of each row group; those of the file if it is not to be cut."""
    schema: Mapping[str, pl.DataType]
    """The names of the columns as they stand in the file, with their types."""
    pandas_note: str | None
    """The note of pandas on the columns, which names the columns of its index."""
    digest: str
    """The SHA-256 of the bytes of the footer."""


def read_footer(path: Path, most_rows: int = 0) -> Footer:
    """Read the footer of a Parquet file.

    Parameters
    ----------
    path : Path
        The file.
    most_rows : int
        A file of at most so many rows is not cut, and counts as one row group. Its row groups take most of the time.

    Raises
    ------
    DataError
        The file is missing, forbidden, empty, cut off, encrypted, damaged, or no Parquet file.
    """
    try:
        with path.open("rb") as file:
            content = _footer_bytes(file, path)
    except OSError as error:
        raise DataError(f'cannot read "{path.name}": {error.strerror}', where=str(path), remedy=_REMEDY) from error
    try:
        rows, groups = Thrift(content).rows_and_groups(most_rows)
        source = io.BytesIO(_MAGIC + content + len(content).to_bytes(4, "little") + _MAGIC)
        schema = dict(pl.read_parquet_schema(source))
        note = pl.read_parquet_metadata(source).get("pandas") if b"pandas" in content else None
    except (IndexError, ValueError, RecursionError, PolarsError, PanicException, OSError) as error:
        raise _unreadable(path, "its footer is damaged") from error
    if rows < 0 or any(group < 0 for group in groups) or sum(groups) != rows:
        raise _unreadable(path, "its footer is damaged")
    return Footer(rows, groups, schema, note, sha256(content).hexdigest())


def is_parquet(path: Path) -> bool:
    """Return True if the first bytes of a file are those of Parquet."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) in (_MAGIC, _ENCRYPTED)
    except OSError:
        return False


def _footer_bytes(file: BinaryIO, path: Path) -> bytes:
    size = file.seek(0, io.SEEK_END)
    if size == 0:
        raise _unreadable(path, "it is empty")
    file.seek(max(0, size - _FIRST_READ))
    end = file.read()
    length = int.from_bytes(end[-_END:-4], "little")
    if end[-4:] != _MAGIC or size < 2 * len(_MAGIC) + _END or length > size - _END - len(_MAGIC):
        raise _unreadable(path, _fault_of(file, end))
    if length + _END > len(end):
        file.seek(size - _END - length)
        end = file.read()
    return end[-_END - length : -_END]


def _fault_of(file: BinaryIO, end: bytes) -> str:
    """Return the reason why a file does not end with a footer."""
    file.seek(0)
    start = file.read(len(_MAGIC))
    if _ENCRYPTED in (start, end[-4:]):
        return "it is encrypted"
    return "it is cut off or damaged" if start == _MAGIC else "it is not Parquet"


def _unreadable(path: Path, fault: str) -> DataError:
    return DataError(f'cannot read "{path.name}": {fault}', where=str(path), remedy=_REMEDY)


def footer_range(content: bytes | mmap) -> tuple[int, int]:
    """Return the first byte of the footer of a Parquet file, and the byte after it."""
    end = len(content) - _END
    return end - int.from_bytes(content[end : end + 4], "little"), end


class Thrift:
    """A reader of a footer in the compact protocol of Thrift; IndexError or ValueError for damaged bytes."""

    def __init__(self, content: bytes | mmap) -> None:
        self.content = content
        self.at: int = 0

    def rows_and_groups(self, most_rows: int) -> tuple[int, tuple[int, ...]]:
        """Return the rows of the file and of each row group."""
        rows, field = -1, 0
        groups: tuple[int, ...] = ()
        while header := self._byte():
            field = self._field(header, field)
            if field == _NUM_ROWS:
                rows = self._integer()
                if rows <= most_rows:
                    return rows, (rows,)
            elif field == _ROW_GROUPS:
                groups = tuple(self._rows_of_group() for _ in range(self._size_and_kind()[0]))
                break
            else:
                self._skip(header & 15)
        return rows, groups

    def struct(self) -> dict[int, Any]:
        """Return the integers, texts, lists and structures of a structure, by field."""
        fields: dict[int, Any] = {}
        field = 0
        while header := self._byte():
            field = self._field(header, field)
            fields[field] = self._value(header & 15)
        return fields

    def _value(self, kind: int) -> Any:
        if kind in _INTEGERS:
            return self._integer()
        if kind == _BINARY:
            length = self._varint()
            self.at += length
            return self.content[self.at - length : self.at]
        if kind == _STRUCT:
            return self.struct()
        if kind in _LISTS:
            size, element = self._size_and_kind()
            if element in (*_INTEGERS, _BINARY, _STRUCT):
                return [self._value(element) for _ in range(size)]
            for _ in range(size):
                self._skip_element(element)
            return None
        self._skip(kind)
        return None

    def _rows_of_group(self) -> int:
        rows, field = -1, 0
        while header := self._byte():
            field = self._field(header, field)
            if field == _ROWS_OF_GROUP:
                rows = self._integer()
            else:
                self._skip(header & 15)
        return rows

    def _byte(self) -> int:
        value = self.content[self.at]
        self.at += 1
        return value

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 128:
            value |= (byte & 127) << shift
            shift += 7
        return value | byte << shift

    def _integer(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)

    def _field(self, header: int, previous: int) -> int:
        """Return the number of a field: its distance from the previous field, or the number itself."""
        return previous + (header >> 4) if header >> 4 else self._integer()

    def _size_and_kind(self) -> tuple[int, int]:
        header = self._byte()
        size = header >> 4
        return self._checked(self._varint() if size == 15 else size), header & 15

    def _checked(self, size: int) -> int:
        """Refuse a number of elements that the bytes cannot hold, since each element has a byte at least."""
        if size > len(self.content):
            raise ValueError(f"no list of a footer has {size} elements")
        return size

    def _skip(self, kind: int) -> None:
        """Move behind a value of a type."""
        if kind in _INTEGERS:
            self._varint()
        elif kind == _BINARY:
            length = self._varint()
            self.at += length
        elif kind == _STRUCT:
            while header := self._byte():
                self._field(header, 0)
                self._skip(header & 15)
        elif kind in _LISTS:
            size, element = self._size_and_kind()
            for _ in range(size):
                self._skip_element(element)
        elif kind == _MAP:
            size = self._checked(self._varint())
            kinds = self._byte() if size else 0
            for _ in range(size):
                self._skip_element(kinds >> 4)
                self._skip_element(kinds & 15)
        elif kind in (_BYTE, _DOUBLE):
            self.at += 1 if kind == _BYTE else 8
        elif kind not in _BOOLEANS:
            raise ValueError(f"no type of Thrift: {kind}")

    def _skip_element(self, kind: int) -> None:
        """Move behind an element of a list or map, in which a boolean is a byte."""
        if kind in _BOOLEANS:
            self.at += 1
        else:
            self._skip(kind)
