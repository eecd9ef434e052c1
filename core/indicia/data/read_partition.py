"""The rows of a partition: slices of files, read with the types that all partitions share."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from polars.exceptions import PanicException, PolarsError
from polars.selectors import by_index

from indicia.data import parse, text_parts
from indicia.data.page_checksums import check_pages
from indicia.data.parquet_footer import with_pandas_index
from indicia.data.partition_files import is_remote
from indicia.data.remote_parquet import cannot_read
from indicia.data.table_format import TableFormat
from indicia.errors import DataError, UnknownColumn, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.data.table_partitions import Layout, Slice, TablePartition

_LEVEL = "__index_level_"
_REMEDY = "write the file again, and start again"


def read(partition: TablePartition, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Read the rows of a partition.

    Parameters
    ----------
    partition : TablePartition
        A partition of `find_partitions`.
    columns : Sequence[str], optional
        The columns to read; default: all of the schema.

    Returns
    -------
    pl.DataFrame
        The columns in the order of the schema, in one chunk, with the types of the schema.

    Raises
    ------
    UnknownColumn
        The schema lacks a column.
    DataError
        A file changed after the partitions were found, or it cannot be read.
    """
    schema = partition.layout.schema
    for name in columns or ():
        if name not in schema:
            raise UnknownColumn(name, f'unknown column "{name}"', where=partition.where, remedy=suggest(name, schema))
    names = [name for name in schema if columns is None or name in columns]
    groups = groupby(enumerate(partition.slices), key=lambda numbered: _group_of(*numbered))
    frames = [_read_slices([each for _, each in group], partition.layout, names) for _, group in groups]
    return pl.concat(frames, how="vertical").rechunk()


def _group_of(number: int, part: Slice) -> tuple[bool, int]:
    """Return the group of a slice: slices next to each other with one form are read by one query."""
    return (True, part.form) if part.form is not None else (False, number)


def _read_slices(parts: Sequence[Slice], layout: Layout, names: Sequence[str]) -> pl.DataFrame:
    """Read slices of files with the same schema."""
    for part in parts:
        _check_unchanged(part)
    keys = [name for name, _ in parts[0].keys]
    wanted = [name for name in names if name not in keys]
    try:
        frame = _from_parquet(parts, wanted) if layout.kind == "parquet" else _from_text(parts[0], layout, wanted)
        typed = [frame[name].cast(layout.schema[name]) for name in wanted]
    except (PolarsError, PanicException, OSError) as error:
        if len(parts) > 1:  # alone, the file with the fault is named
            return pl.concat(_read_slices([part], layout, names) for part in parts)
        raise _cannot_read(parts[0].path, error) from error
    heights = [part.length for part in parts] if layout.kind == "parquet" else [frame.height]
    of_keys = [_repeated(name, parts, heights, layout.schema[name]) for name in names if name in keys]
    return pl.DataFrame([*typed, *of_keys])


def _repeated(name: str, parts: Sequence[Slice], heights: Sequence[int], dtype: pl.DataType) -> pl.Series:
    """Return the column of a key, with the value of each file in its rows."""
    values = pl.Series(name, [dict(part.keys)[name] for part in parts], dtype)
    return values.gather(np.repeat(np.arange(len(parts)), heights))


def _cannot_read(path: str, error: BaseException) -> DataError:
    if is_remote(path):
        return cannot_read(path, error)
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return DataError(f'cannot read "{Path(path).name}": {reason}', where=path, remedy=_REMEDY)


def _check_unchanged(part: Slice) -> None:
    """Refuse a file that changed after its partitions were found: its rows may stand elsewhere now."""
    if part.size is None:
        return
    try:
        status = Path(part.path).stat()
    except OSError as error:
        message = f'cannot read "{Path(part.path).name}": {error.strerror}'
        remedy = "put the file back; on a cluster, give all workers the same files under the same path"
        raise DataError(message, where=part.path, remedy=remedy) from error
    if (status.st_size, status.st_mtime_ns) != (part.size, part.modified):
        raise DataError(
            f'"{Path(part.path).name}" changed during the run', where=part.path, remedy="start again with this file"
        )


def _from_parquet(parts: Sequence[Slice], names: Sequence[str]) -> pl.DataFrame:
    """Read a slice of a file, or files with the same schema as wholes."""
    rows = sum(part.length for part in parts)
    if not names:
        return pl.DataFrame({"": pl.Series([None], dtype=pl.Null).new_from_index(0, rows)})
    lazy = pl.scan_parquet([part.path for part in parts], glob=False, hive_partitioning=False)
    schema = lazy.collect_schema().names()
    # a level of the index of pandas without a name gets its name below, and "name" shows if that name is free
    places = [at for at, name in enumerate(schema) if name.strip() in (*names, "name") or name.startswith(_LEVEL)]
    frame = (lazy.slice(parts[0].first, rows) if len(parts) == 1 else lazy).select(by_index(places)).collect()
    frame = with_pandas_index(frame, parts[0].pandas_note)
    frame = frame.rename({name: name.strip() for name in frame.columns if name != name.strip()})
    for part in parts:
        if part.size is not None:
            check_pages(Path(part.path), part.path, frame.columns, part.first, part.length)
    if frame.height != rows:
        raise DataError(f'"{Path(parts[0].path).name}" has other rows now', where=parts[0].path, remedy=_REMEDY)
    return frame


def _from_text(part: Slice, layout: Layout, names: Sequence[str]) -> pl.DataFrame:
    path = Path(part.path)
    with path.open("rb") as file:
        header = file.read(part.header)
        file.seek(part.first)
        content = file.read(part.length)
    where = part.path if part.first == part.header else f"{part.path}, after byte {part.first}"
    text = parse.decoded(header + content, layout.encoding, where)
    if not content.strip():
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    separator = layout.separator or text_parts.separator_of(path, parse.decoded(header, layout.encoding, where))
    table_format = TableFormat(columns=tuple(names))
    table = parse.from_csv(text, separator, where, lambda _: pl.String, table_format)
    return table.frame if table.blank is None else table.frame.filter(~table.blank)
