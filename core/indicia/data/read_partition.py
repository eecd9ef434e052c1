"""The rows of a partition: slices of files, read with the types that all partitions share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PanicException, PolarsError
from polars.selectors import by_index

from indicia.data import parse, text_parts
from indicia.data.object_stores import is_remote
from indicia.data.pandas_index import with_pandas_index
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
    frames = [_read_slice(each, partition.layout, names) for each in partition.slices]
    return pl.concat(frames, how="vertical").rechunk()


def _read_slice(part: Slice, layout: Layout, names: Sequence[str]) -> pl.DataFrame:
    _check_unchanged(part)
    keys = dict(part.keys)
    wanted = [name for name in names if name not in keys]
    try:
        frame = _from_parquet(part, wanted) if layout.kind == "parquet" else _from_text(part, layout, wanted)
        typed = [frame[name].cast(layout.schema[name]) for name in wanted]
    except (PolarsError, PanicException, OSError) as error:
        if is_remote(part.path):
            raise cannot_read(part.path, error) from error
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(f'cannot read "{Path(part.path).name}": {reason}', where=part.path, remedy=_REMEDY) from error
    of_keys = [
        pl.Series(name, [keys[name]], layout.schema[name]).new_from_index(0, frame.height)
        for name in names
        if name in keys
    ]
    return pl.DataFrame([*typed, *of_keys])


def _check_unchanged(part: Slice) -> None:
    """Refuse a file that changed after its partitions were found: its rows may stand elsewhere now."""
    if part.size is None:
        return
    try:
        status = Path(part.path).stat()
    except OSError as error:
        raise DataError(
            f'cannot read "{Path(part.path).name}": {error.strerror}', where=part.path, remedy=_REMEDY
        ) from error
    if (status.st_size, status.st_mtime_ns) != (part.size, part.modified):
        raise DataError(
            f'"{Path(part.path).name}" changed during the run', where=part.path, remedy="start again with this file"
        )


def _from_parquet(part: Slice, names: Sequence[str]) -> pl.DataFrame:
    lazy = pl.scan_parquet(part.path, glob=False, hive_partitioning=False)
    schema = lazy.collect_schema().names()
    # a level of the index of pandas without a name gets its name below, and "name" shows if that name is free
    places = [at for at, name in enumerate(schema) if name.strip() in (*names, "name") or name.startswith(_LEVEL)]
    if not names:
        return pl.DataFrame({"": pl.Series([None], dtype=pl.Null).new_from_index(0, part.length)})
    frame = lazy.slice(part.first, part.length).select(by_index(places)).collect()
    frame = with_pandas_index(frame, part.pandas_note)
    frame = frame.rename({name: name.strip() for name in frame.columns if name != name.strip()})
    if frame.height != part.length:
        raise DataError(f'"{Path(part.path).name}" has other rows now', where=part.path, remedy=_REMEDY)
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
