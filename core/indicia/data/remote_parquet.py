"""Parquet files in object stores and on the web: polars lists and reads them, with the rights of its environment."""

from __future__ import annotations

import inspect
import re
from concurrent.futures import ThreadPoolExecutor
from glob import has_magic
from typing import TYPE_CHECKING, Any

import polars as pl
from polars.exceptions import PanicException, PolarsError

from indicia.data.databases import is_database, shown
from indicia.data.object_stores import STORES, WEB, is_in_store
from indicia.data.parquet_files import ParquetFile
from indicia.data.partition_files import Keys, keys_of_folders, typed_keys
from indicia.data.partition_schema import final_names
from indicia.errors import DataError, suggest

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATH = "\0path"
_REQUESTS = 16
"""The footers that are requested at the same time."""
_RIGHTS = (
    "correct the address; polars takes the rights from the environment: AWS_ACCESS_KEY_ID, GOOGLE_SERVICE_ACCOUNT, "
    "AZURE_STORAGE_ACCOUNT_NAME, …"
)


def remote_files(source: str) -> list[ParquetFile]:
    """List the Parquet files of a folder, a pattern or a file in an object store, or a file on the web.

    A folder ends with a slash, or has no ending. Rows are counted by footers; the row groups of a file are not known.

    Raises
    ------
    DataError
        The scheme is unknown, nothing is there, the store does not answer, or it is no Parquet file.
    """
    check_scheme(source)
    place = _folder_or_file(source)
    glob = is_in_store(place)
    options: dict[str, Any] = {}
    if "hidden_file_prefix" in inspect.signature(pl.scan_parquet).parameters:
        options["hidden_file_prefix"] = ["_", "."]
    try:
        lazy = pl.scan_parquet(place, glob=glob, hive_partitioning=False, include_file_paths=_PATH, **options)
        counted = lazy.select(_PATH).group_by(_PATH).len().sort(_PATH).collect()
        paths, rows = counted[_PATH].to_list(), counted["len"].to_list()
        with ThreadPoolExecutor(_REQUESTS) as threads:
            schemas = list(threads.map(_schema, paths))
    except (PolarsError, PanicException, OSError) as error:
        raise cannot_read(source, error) from error
    relatives = [_relative(path, place) for path in paths]
    keys = typed_keys([keys_of_folders(name.split("/")[:-1]) for name in relatives], relatives, shown(source))
    facts = zip(paths, relatives, rows, schemas, keys, strict=True)
    return [ParquetFile(path, relative, (height,), schema, key) for path, relative, height, schema, key in facts]


def remote_file(path: str, relative: str, keys: Keys) -> ParquetFile:
    """Return the facts of one file in an object store."""
    try:
        height = pl.scan_parquet(path, glob=False, hive_partitioning=False).select(pl.len()).collect().item()
        return ParquetFile(path, relative, (height,), _schema(path), keys)
    except (PolarsError, PanicException, OSError) as error:
        raise cannot_read(path, error) from error


def check_scheme(source: str) -> None:
    """Refuse a URL that is neither that of an object store nor of the web."""
    scheme = source.partition("://")[0].lower()
    if is_database(source):
        raise DataError("a database cannot be read by partitions", where=shown(source), remedy="read it in memory")
    if scheme not in (*STORES, *WEB):
        remedy = suggest(scheme, [*STORES, *WEB])
        raise DataError(f"no table can be read from {scheme}://", where=shown(source), remedy=remedy)


def cannot_read(source: str, error: BaseException) -> DataError:
    """Return the error for a source that does not answer, without the parameters of URLs."""
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    if parameters := source.partition("?")[2]:
        reason = reason.replace(parameters, "…")  # a signature is secret
    reason = re.sub(r"\S+://\S+", lambda url: shown(url[0]), reason.partition(" (path")[0])
    if "expanded paths were empty" in reason:
        reason = "no Parquet file is there"
    return DataError(f"cannot read {shown(source)}: {reason}", where=shown(source), remedy=_RIGHTS)


def _schema(path: str) -> Mapping[str, pl.DataType]:
    return final_names(pl.scan_parquet(path, glob=False, hive_partitioning=False).collect_schema(), None)


def _folder_or_file(source: str) -> str:
    """Return the source with a slash at the end of a folder, which polars would take for a file."""
    name = source.rsplit("/", 1)[-1]
    return f"{source}/" if is_in_store(source) and name and "." not in name and not has_magic(name) else source


def _relative(path: str, place: str) -> str:
    """Return a path below the folder of the table, or below the folder above the first wildcard."""
    parts = place.split("/")
    fixed = next((at for at, part in enumerate(parts) if has_magic(part)), len(parts) - 1)
    root = "/".join(parts[:fixed]) + "/"
    return path.removeprefix(root) if path.startswith(root) else path.rsplit("/", 1)[-1]
