"""The checksums of the pages of a Parquet file, which polars does not compare with the bytes of the pages.

Spark and, if asked, pyarrow write a checksum (CRC-32) into the header of each page. Polars writes none: in its files,
damaged bytes within a page are not found.
"""

from __future__ import annotations

import io
import mmap
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from indicia.data.parquet_footer import Thrift, footer_range
from indicia.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import BinaryIO

_Content: TypeAlias = "mmap.mmap | bytes"

_ROW_GROUPS = 4
"""The field of a footer that has its row groups."""
_COLUMNS, _ROWS = 1, 3
"""The fields of a row group that have its columns and tell its rows."""
_OTHER_FILE, _CHUNK = 1, 3
"""The fields of a column that name another file, and that tell the place of its pages."""
_PATH, _SIZE, _DATA, _DICTIONARY = 3, 7, 9, 11
"""The fields of the place of pages: the names of the column, the bytes of all pages, the first byte of each kind."""
_PAGE_SIZE, _CRC = 3, 4
"""The fields of the header of a page that tell its bytes and its checksum."""


def check_pages(
    file: BinaryIO | Path, where: str, names: Collection[str] | None = None, first: int = 0, rows: int | None = None
) -> None:
    """Compare the pages of a Parquet file with their checksums, where it has them.

    Parameters
    ----------
    file : BinaryIO or Path
        The file.
    where : str
        The file in messages.
    names : Collection[str], optional
        The columns whose pages are read; default: all.
    first, rows : int
        The first row that is read, and the number of rows; default: all.

    Raises
    ------
    DataError
        A page differs from its checksum.
    """
    with _mapped(file) as content:
        try:
            for name, start, size in _chunks(content, names, first, rows):
                if not _is_whole(content, start, start + size):
                    raise DataError(
                        f'the values of "{name}" differ from their checksum: the file is damaged',
                        where=where,
                        remedy="take the file from where it was written",
                    )
        except (IndexError, ValueError, KeyError, TypeError, RecursionError):
            return  # the bytes are no footer or header: polars states the fault


@contextmanager
def _mapped(file: BinaryIO | Path) -> Iterator[_Content]:
    """Map a file into memory, of which only the pages that are looked at are read."""
    if isinstance(file, Path):
        with file.open("rb") as opened, _mapped(opened) as content:
            yield content
    elif isinstance(file, io.BytesIO):
        yield file.getvalue()
    else:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content


def _chunks(
    content: _Content, names: Collection[str] | None, first: int, rows: int | None
) -> Iterator[tuple[str, int, int]]:
    """Yield the name of each column of a row group, the first byte of its pages, and their bytes."""
    row = 0
    footer = Thrift(content[slice(*footer_range(content))]).struct()
    for group in footer[_ROW_GROUPS]:
        is_read = row + group[_ROWS] > first and (rows is None or row < first + rows)
        row += group[_ROWS]
        for chunk in group[_COLUMNS] if is_read else ():
            place = chunk.get(_CHUNK)
            if place is None or _OTHER_FILE in chunk:
                continue
            name = place[_PATH][0].decode("utf-8", "replace")
            if names is None or name.strip() in names:
                starts = [place[kind] for kind in (_DICTIONARY, _DATA) if place.get(kind)]
                yield name, min(starts), place[_SIZE]


def _is_whole(content: _Content, start: int, end: int) -> bool:
    """Return False if a page differs from its checksum; pages without one are not read."""
    thrift, view = Thrift(content), memoryview(content)
    try:
        while start < end:
            thrift.at = start
            header = thrift.struct()
            if header[_PAGE_SIZE] < 0:
                raise ValueError("no page has a negative size")
            start = thrift.at + header[_PAGE_SIZE]
            if _CRC not in header:
                return True
            if crc32(view[thrift.at : start]) != header[_CRC] & 0xFFFFFFFF:
                return False
        return True
    finally:
        view.release()
