"""The kinds of table files; a new kind is one entry of `FILE_KINDS`."""

from __future__ import annotations

import io
import re
import struct
import zlib
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from indicia.data import parse
from indicia.data.databases import is_database
from indicia.data.partition_files import STORES
from indicia.errors import DataError
from indicia.limits import WORKBOOK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from indicia.data.table_format import TableFormat

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
"""The first bytes of old workbooks of Excel, and of encrypted ones."""


@dataclass(frozen=True)
class Reading:
    """The name and the settings of a file, which a reader needs in addition to the content."""

    where: str
    """The name of the file in messages."""
    format: TableFormat
    """The encoding, the header and the notation of the file."""
    sheet: str
    """The sheet of a workbook; empty for the first."""
    type_of: Callable[[pl.Series], Any]
    """Returns the type of a column of a text file by the first cells of the column."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file that holds a table."""

    ending: str
    """The ending of the name, without the dot, in lower case."""
    read: Callable[[bytes, Reading], parse.Table]
    signature: bytes = b""
    """The first bytes of every file of this kind; empty for a text."""
    read_open: Callable[[BinaryIO, Reading], parse.Table] | None = None
    """Reads an open file, for a kind that can be read without loading all its bytes first."""


def _csv(content: bytes, file: Reading) -> parse.Table:
    text = parse.decoded(content, file.format.encoding, file.where)
    return parse.from_csv(text, None, file.where, file.type_of, file.format)


def _tsv(content: bytes, file: Reading) -> parse.Table:
    text = parse.decoded(content, file.format.encoding, file.where)
    return parse.from_csv(text, "\t", file.where, file.type_of, file.format)


def _json(content: bytes, file: Reading) -> parse.Table:
    return parse.from_json(parse.decoded(content, file.format.encoding, file.where), file.where, file.format.columns)


def _parquet(content: bytes, file: Reading) -> parse.Table:
    return parse.from_parquet(io.BytesIO(content), file.where, file.format.columns)


def _open_parquet(source: BinaryIO, file: Reading) -> parse.Table:
    return parse.from_parquet(source, file.where, file.format.columns)


def _excel(content: bytes, file: Reading) -> parse.Table:
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise DataError(
                "the workbook is encrypted", where=file.where, remedy="open it in Excel, and save it without a password"
            )
        raise DataError("this is an old workbook of Excel", where=file.where, remedy="end its name in .xls")
    check_unpacked(content, file.where)
    from indicia.data import workbook  # most tables are no workbooks

    return workbook.from_workbook(content, file.sheet, file.where, file.format)


def _old_excel(content: bytes, file: Reading) -> parse.Table:
    if content.startswith(_ZIP):
        return _excel(content, file)
    if not content.startswith(_OLE):  # portals give pages and texts the names of workbooks
        is_page = re.search(rb"<(html|table|\?xml)", content[:4096], re.IGNORECASE)
        raise DataError(
            f"this is not a workbook but a {'page of HTML or XML' if is_page else 'text'}",
            where=file.where,
            remedy="open it in Excel or LibreOffice, and save it as xlsx" if is_page else "end its name in .txt",
        )
    from indicia.data import workbook  # most tables are no workbooks

    return workbook.from_workbook(content, file.sheet, file.where, file.format)


FILE_KINDS = {
    kind.ending: kind
    for kind in (
        FileKind("csv", _csv),
        FileKind("tsv", _tsv),
        FileKind("txt", _csv),
        FileKind("parquet", _parquet, signature=b"PAR1", read_open=_open_parquet),
        FileKind("json", _json),
        FileKind("ndjson", _json),
        FileKind("jsonl", _json),
        FileKind("xlsx", _excel, signature=_ZIP),
        FileKind("xlsm", _excel, signature=_ZIP),
        FileKind("xlsb", _excel, signature=_ZIP),
        FileKind("xls", _old_excel, signature=_OLE),
        FileKind("ods", _excel, signature=_ZIP),
    )
}
"""The kinds by ending, in the order in which messages list them."""


_WORKBOOK = re.compile(r"(.*\.(?:xlsx|xlsm|xlsb|xls|ods))#(.*)", re.IGNORECASE | re.DOTALL)


def is_table(name: str) -> bool:
    """Return True if a file name has the ending of a table or a database, or is the URL of a database.

    >>> is_table("Cities.CSV"), is_table("postgresql://host/db"), is_table("index.toml")
    (True, True, False)
    """
    return name.lower().endswith(tuple(f".{ending}" for ending in FILE_KINDS)) or is_database(name)


_OBJECT_STORES = tuple(f"{scheme}://" for scheme in STORES)


def is_in_partitions(name: str) -> bool:
    """Return True if a name is that of a table in partitions: a folder of files, a pattern, or a URL of Parquet.

    A folder with an index file is that of an index. A name with a slash at its end is a folder, even a missing one.

    >>> is_in_partitions("parts/*.parquet"), is_in_partitions("s3://bucket/parts"), is_in_partitions("cities.csv")
    (True, True, False)
    """
    if name.startswith(("http://", "https://")):
        return name.partition("?")[0].lower().endswith(".parquet")
    if name.startswith(_OBJECT_STORES):
        return True
    path = Path(name)
    try:
        if path.is_dir():
            return not (path / "index.toml").is_file()
        return not path.exists() and (has_magic(name) or name.endswith("/"))
    except (OSError, ValueError):  # no file can have this name
        return False


def split_sheet(name: str) -> tuple[str, str]:
    """Return the path of a workbook and its sheet; the sheet is empty if the name has none.

    >>> split_sheet("book.xlsx#Data"), split_sheet("a#b.csv")
    (('book.xlsx', 'Data'), ('a#b.csv', ''))
    """
    match = _WORKBOOK.fullmatch(name)
    return (match[1], match[2]) if match else (name, "")


def binary_kind(content: bytes) -> FileKind | None:
    """Return the kind of a binary file by its first bytes; None for a text."""
    return next((kind for kind in FILE_KINDS.values() if kind.signature and content.startswith(kind.signature)), None)


_NO_TABLES = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF document",
    b"{\\rtf": "a document of a word processor",
    b"\x1f\x8b": "a compressed file",
    b"BZh": "a compressed file",
    b"\xfd7zXZ": "a compressed file",
    b"\x28\xb5\x2f\xfd": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
}


def kind_without_table(content: bytes) -> tuple[str, str] | None:
    """Return what a file is that holds no table, and the remedy; None for a text.

    >>> kind_without_table(b"%PDF-1.7")[0]
    'a PDF document'
    """
    kind = next((kind for start, kind in _NO_TABLES.items() if content.startswith(start)), None)
    if kind == "a compressed file":
        return kind, "unpack it first"
    return (kind, "name a table: csv, xlsx, parquet, …") if kind else None


def kind_of_content(content: bytes) -> FileKind:
    """Return the kind of content by its first bytes: a binary kind, JSON after a bracket, else CSV."""
    is_json = re.match(rb"(\xef\xbb\xbf)?\s*[\[{]", content)
    return binary_kind(content) or FILE_KINDS["json" if is_json else "csv"]


_MAX_RATIO = 1_032
"""The most unpacked bytes per byte of deflated data."""
_STEP = 1 << 16
"""The packed bytes of a step."""


def check_unpacked(content: bytes, where: str) -> None:
    """Refuse a workbook that unpacks to more than the limit.

    The sizes in the directory of the file may be wrong: a file that is large enough to exceed the limit is unpacked.
    """
    try:
        members = ZipFile(io.BytesIO(content)).infolist()
        _check_size(sum(member.file_size for member in members), where)
        if sum(member.compress_size for member in members) * _MAX_RATIO > WORKBOOK.value:
            size = 0
            for member in members:
                for part in _unpacked(content, member):
                    size += part
                    _check_size(size, where)
    except (BadZipFile, NotImplementedError, ValueError, struct.error, zlib.error) as error:
        raise DataError("not an Excel workbook that can be read", where=where) from error


def _unpacked(content: bytes, member: ZipInfo) -> Iterator[int]:
    """Yield the sizes of the parts of a member; `zipfile` would stop at the size in the directory."""
    names = sum(struct.unpack_from("<HH", content, member.header_offset + 26))
    start = member.header_offset + 30 + names
    packed = memoryview(content)[start : start + member.compress_size]
    if member.compress_type != ZIP_DEFLATED:
        yield len(packed)
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(0, len(packed), _STEP):
        yield len(unpacker.decompress(packed[at : at + _STEP]))


def _check_size(size: int, where: str) -> None:
    if excess := WORKBOOK.excess(size):
        raise DataError(
            f"the workbook is too large: unpacked, {excess}",
            where=where,
            remedy=f"save the sheet as CSV; {WORKBOOK.remedy(size)}",
        )
