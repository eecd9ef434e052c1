"""Refusal of workbooks that unpack to more than the limit."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from indicia.errors import DataError
from indicia.limits import WORKBOOK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipInfo

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
