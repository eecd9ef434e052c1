"""Parts of a table in text files: the header of each file, and places between rows at which a large file is cut."""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from indicia.data import parse
from indicia.data.file_kinds import binary_kind, kind_without_table
from indicia.data.parse import join_header
from indicia.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indicia.data.table_format import TableFormat

_SAMPLE = 1 << 16
"""The bytes that show the width of a row."""
_BLOCK = 1 << 22
"""The bytes of a block in which quotation marks are counted."""
_MAX_HEADER = 1 << 24
_TOO_LARGE = 1.5
"""A file with so many times the bytes of a partition is cut."""


@dataclass(frozen=True)
class TextHead:
    """The header of a text file."""

    names: tuple[str, ...]
    length: int
    """The bytes of the header, with its line break."""
    row_bytes: int
    """The bytes of a row, about, by the first rows."""


def read_head(path: Path, table_format: TableFormat) -> TextHead:
    """Read the header of a text file.

    Raises
    ------
    DataError
        The file is forbidden, empty, no text, or not in the encoding.
    """
    if not _is_like_ascii(table_format.encoding):
        message = f"a text in {table_format.encoding} cannot be read by partitions"
        raise DataError(message, where=str(path), remedy="save it as UTF-8, and leave encoding out of [data]")
    remedy = "write the file again, or take it out of the folder"
    try:
        with path.open("rb") as file:
            header = header_of(file, str(path))
            sample = file.read(_SAMPLE)
    except OSError as error:
        raise DataError(f'cannot read "{path.name}": {error.strerror}', where=str(path), remedy=remedy) from error
    if not header.strip():
        raise DataError("the file is empty", where=str(path), remedy=remedy)
    if binary := binary_kind(header):
        raise DataError(
            f"this is not a text but {binary.ending}", where=str(path), remedy=f"end its name in .{binary.ending}"
        )
    if other := kind_without_table(header):
        raise DataError(f"this is not a text but {other[0]}", where=str(path), remedy=other[1])
    lines = max(1, sample.count(b"\n"))
    return TextHead(tuple(names_of(header, path, table_format)), len(header), max(1, len(sample) // lines))


def header_of(file: BinaryIO, where: str) -> bytes:
    """Return the first line that is not blank, with the blank lines above; a quoted name may have line breaks."""
    header = file.readline()
    while header.count(b'"') % 2 or (header and not header.removeprefix(codecs.BOM_UTF8).strip()):
        line = file.readline()
        if not line:
            break
        header += line
        if len(header) > _MAX_HEADER:
            raise DataError("a quotation mark in the header is not closed", where=where)
    return header


def names_of(header: bytes, path: Path, table_format: TableFormat) -> list[str]:
    """Return the names of the columns in a header; a column without a name is not read."""
    row = parse.decoded(header, table_format.encoding, str(path)).strip(b"\r\n")
    separator = parse.single_character(table_format.separator or separator_of(path, row), str(path))
    try:
        (fields,) = csv.reader([row.decode()], delimiter=separator, strict=True)
    except UnicodeDecodeError as error:
        message = f"the header is not {table_format.encoding}: byte {error.start + 1} (0x{row[error.start]:02x})"
        remedy = 'name the encoding of all files in [data], for example encoding = "gb18030"'
        raise DataError(message, where=str(path), remedy=remedy) from error
    except csv.Error as error:
        remedy = "close the quotation marks in the header"
        raise DataError(f"the header cannot be read: {error}", where=str(path), remedy=remedy) from error
    names = [name for name in join_header([fields]) if name]
    parse.check_names(names, names, str(path))
    return names


def separator_of(path: Path, header: bytes) -> str:
    """Return the separator of a text file: a tab in a .tsv file, else the one that the header has most often."""
    return "\t" if path.suffix.lower() == ".tsv" else parse.header_separator(header)


def cuts(path: Path, head: TextHead, end: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last byte of slices of about `size` bytes, which end between rows."""
    first = head.length
    if end - first > _TOO_LARGE * size:
        with path.open("rb") as file:
            for cut in _row_ends(file, first, size):
                yield first, cut
                first = cut
    if first < end:
        yield first, end


def _is_like_ascii(encoding: str) -> bool:
    """Return True if the bytes of line feeds and quotation marks are those of ASCII, and stand for nothing else."""
    try:
        return not codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    except LookupError:
        return True  # the error of an unknown encoding comes where the text is decoded


def _row_ends(file: BinaryIO, start: int, size: int) -> Iterator[int]:
    """Yield a line feed outside quotation marks about every `size` bytes."""
    file.seek(start)
    done, next_cut, quotes = start, start + size, 0
    while block := file.read(min(_BLOCK, size)):
        if done + len(block) > next_cut:
            before = max(0, next_cut - done)
            open_quotes = quotes + block.count(b'"', 0, before)
            at = before
            while (line := block.find(b"\n", at)) >= 0:
                open_quotes += block.count(b'"', at, line)
                at = line + 1
                if open_quotes % 2 == 0:
                    yield done + at
                    next_cut = done + at + size
                    break
        quotes += block.count(b'"')
        done += len(block)
