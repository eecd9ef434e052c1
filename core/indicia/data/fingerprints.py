"""The fingerprint of a table: a hash that is equal for equal tables, so that a manifest can identify its data."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXTS = (pl.String, pl.Categorical, pl.Enum)
_BLOCK = 1 << 15
"""The rows of a block, a multiple of 8; a block of numbers fits into the cache of a processor."""


def fingerprint(frame: pl.DataFrame) -> str:
    """Return the SHA-256 of the names, the types and the values of a table.

    The fingerprint does not depend on the platform or on the storage: the size of chunks, the values under nulls, and
    text as strings or as categories. 0.0 and -0.0 differ, as do 1 and 1.0.

    Notes
    -----
    The fingerprint is the hash of the hashes of the columns, in their order. The hash of a column has

    - a JSON list: the name, the type (String for categories), the number of rows, the number of nulls;
    - in a column with nulls: a bit for each row, 1 for a value, eight bits to a byte from the lowest bit;
    - of numbers, dates and times: the values in little-endian bytes, 0 for a null;
    - of text: the number of bytes of each value in four little-endian bytes, then the bytes of all values;
    - of true and false: a bit for each row, as above, 0 for a null;
    - of other types: the Python texts of the values, in blocks of 32,768 rows.

    Examples
    --------
    >>> fingerprint(pl.DataFrame({"x": [1, 2]})) == fingerprint(pl.DataFrame({"x": [2, 1]}))
    False
    """
    if frame.height <= _BLOCK:  # starting threads takes longer than hashing
        digests = list(map(_column_digest, frame))
    else:
        with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
            digests = list(threads.map(_column_digest, frame))
    return sha256(b"".join(digests)).hexdigest()


def _column_digest(column: pl.Series) -> bytes:
    if column.dtype in _TEXTS:
        column = column.cast(pl.String)
    header = [column.name, str(column.dtype), len(column), column.null_count()]
    digest = sha256(json.dumps(header).encode())
    if column.null_count():
        for block in _blocks(column.is_not_null()):
            digest.update(_bits(block))
    for content in _contents(column):
        digest.update(content)
    return digest.digest()


def _contents(column: pl.Series) -> Iterator[Any]:
    """Yield the bytes of the values, block by block."""
    dtype = column.dtype
    if dtype == pl.String:
        for block in _blocks(column):
            yield _little_endian(block.str.len_bytes().fill_null(0))
        for block in _blocks(column):
            yield (block.str.join("").item() or "").encode()
    elif dtype == pl.Boolean:
        for block in _blocks(column):
            yield _bits(block.fill_null(False))
    elif dtype.is_temporal() or _has_numpy_type(dtype):
        for block in _blocks(column.to_physical()):
            yield _little_endian(block.fill_null(0))
    else:
        for block in _blocks(column):
            yield repr(block.to_list()).encode()


def _blocks(column: pl.Series) -> Iterator[pl.Series]:
    return (column.slice(at, _BLOCK) for at in range(0, len(column), _BLOCK))


def _bits(flags: pl.Series) -> Any:
    return np.packbits(flags.to_numpy(), bitorder="little")


def _little_endian(numbers: pl.Series) -> Any:
    values = numbers.to_numpy()
    return np.ascontiguousarray(values, values.dtype.newbyteorder("<"))


def _has_numpy_type(dtype: pl.DataType) -> bool:
    return dtype.is_float() or (dtype.is_integer() and str(dtype) not in ("Int128", "UInt128"))
