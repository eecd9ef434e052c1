"""Tables of Delta and Iceberg: their logs tell which files hold the present rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import polars as pl
from polars.exceptions import PanicException, PolarsError

from indicia.data.databases import shown
from indicia.data.object_stores import is_in_store, is_remote
from indicia.data.parquet_files import files_on_disk
from indicia.data.partition_files import DELTA_LOG, ICEBERG_METADATA, latest_metadata, part_file
from indicia.data.remote_parquet import cannot_read, remote_file
from indicia.errors import DataError, require_optional

if TYPE_CHECKING:
    from indicia.data.parquet_files import ParquetFile

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
