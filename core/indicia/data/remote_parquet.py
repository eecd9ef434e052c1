"""Parquet partitions: their files, their common schema, and reading from object stores."""

from __future__ import annotations

import inspect
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from glob import has_magic
from typing import TYPE_CHECKING, Any

import polars as pl
from polars.exceptions import PanicException, PolarsError

from indicia.data.databases import is_database, shown
from indicia.data.parquet_footer import read_footer, with_pandas_index
from indicia.data.parse import header_names
from indicia.data.partition_files import STORES, WEB, Keys, PartFile, is_in_store, keys_of_folders, typed_keys
from indicia.errors import DataError, UnknownColumn, suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


_TEXTS = (pl.String, pl.Categorical, pl.Enum)


@dataclass(frozen=True)
class Columns:
    """The columns of a file."""

    path: str
    schema: Mapping[str, pl.DataType]
    keys: tuple[tuple[str, object], ...] = ()
    """The keys in the names of its folders, which replace columns of the same names."""


def final_names(schema: Mapping[str, pl.DataType], pandas_note: str | None) -> dict[str, pl.DataType]:
    """Return a schema with the names under which columns are read: without white space, the index of pandas named."""
    if pandas_note is None:
        return {name.strip(): dtype for name, dtype in schema.items()}
    frame = with_pandas_index(pl.DataFrame(schema=dict(schema)), pandas_note)
    return {name.strip(): dtype for name, dtype in frame.schema.items()}


def common_schema(files: Sequence[Columns], columns: Collection[str] | None) -> dict[str, pl.DataType]:
    """Return the columns that are read, with a type that holds the values of every file.

    Parameters
    ----------
    files : Sequence[Columns]
        The columns of each file; the first file has the columns that are read.
    columns : Collection[str], optional
        The columns that must be in every file; default: those of the first file.

    Raises
    ------
    UnknownColumn
        A column that no file has.
    DataError
        A file lacks a column, or a column is text in one file and a number in another.
    """
    keys = {name: _type_of_key([dict(file.keys)[name] for file in files]) for name, _ in files[0].keys}
    distinct: dict[tuple[tuple[str, str], ...], Columns] = {}
    for file in files:  # most files have the same schema, and a table may have thousands of files
        distinct.setdefault(tuple((name, str(dtype)) for name, dtype in file.schema.items()), file)
    representatives = list(distinct.values())
    for file in representatives:
        header_names(file.schema, file.path)
    wanted = dict.fromkeys(files[0].schema if columns is None else columns)
    schema = {name: _common_type(name, representatives) for name in wanted if name not in keys}
    return schema | {name: dtype for name, dtype in keys.items() if columns is None or name in wanted}


def _common_type(name: str, files: Sequence[Columns]) -> pl.DataType:
    """Return the type of a column that holds the values of every file."""
    if all(name not in file.schema for file in files):
        raise UnknownColumn(
            name, f'unknown column "{name}"', where=files[0].path, remedy=suggest(name, files[0].schema)
        )
    typed = next(file for file in files if name in file.schema)
    dtype = plain_type(typed.schema[name])
    for file in files:
        if name not in file.schema:
            close = suggest(name, (other for other in file.schema if other not in typed.schema)) or ""
            hint = f"; {close}" if close.startswith("did") else ""
            message = f'"{file.path}" has no column "{name}", which "{typed.path}" has'
            raise DataError(message, where=file.path, remedy=f"write the file again with this column{hint}")
        other = plain_type(file.schema[name])
        if dtype == pl.Null:
            typed, dtype = file, other
        elif other not in (dtype, pl.Null):
            dtype = _joint_type(name, (typed.path, dtype), (file.path, other))
    return dtype


def _joint_type(name: str, first: tuple[str, pl.DataType], other: tuple[str, pl.DataType]) -> pl.DataType:
    """Return the type that holds the values of two types; text and numbers have none."""
    kinds = _kind(first[1]), _kind(other[1])
    if kinds[0] == kinds[1]:
        try:
            empty = (pl.DataFrame(schema={name: dtype}) for _, dtype in (first, other))
            return pl.concat(empty, how="vertical_relaxed").schema[name]
        except PolarsError:
            pass
    names = kinds if kinds[0] != kinds[1] else (str(first[1]), str(other[1]))
    raise DataError(
        f'"{name}" holds {names[0]} in "{first[0]}" and {names[1]} in "{other[0]}"',
        where=f"{first[0]}\n{other[0]}",
        remedy=f'write "{name}" with the same type in every file',
    )


def plain_type(dtype: pl.DataType) -> pl.DataType:
    """Return the type as which a column is read: categories are text, since files may have other categories."""
    return pl.String() if dtype in _TEXTS else dtype


def _kind(dtype: pl.DataType) -> str:
    if dtype == pl.String:
        return "text"
    if dtype.is_numeric():
        return "numbers"
    if dtype == pl.Boolean:
        return "true and false"
    return "dates or times" if dtype.is_temporal() else f"values of the type {dtype}"


def _type_of_key(values: Iterable[object]) -> pl.DataType:
    return pl.Series(list(values), strict=False).dtype


@dataclass(frozen=True)
class ParquetFile:
    """A Parquet file of a table."""

    path: str
    """The path or URL."""
    relative: str
    """The path below the folder of the table."""
    groups: tuple[int, ...]
    """The rows of each row group; those of the file where its row groups are not known."""
    schema: Mapping[str, pl.DataType]
    """The columns, with the names under which they are read."""
    keys: Keys = ()
    """The names and values of its keys: year=2020."""
    pandas_note: str | None = None
    digest: str = ""
    """The hash of the footer; empty for a file that is not on a disk."""
    size: int | None = None
    """The bytes of a file on a disk."""
    modified: int | None = None
    """The time of its last change, in nanoseconds."""


def files_on_disk(files: Iterable[PartFile], most_rows: int = 0) -> list[ParquetFile]:
    """Read the footers of files; a file of at most `most_rows` rows is not to be cut.

    Raises
    ------
    DataError
        A file cannot be read, or is no whole Parquet file.
    """
    facts = []
    for file in files:
        footer = read_footer(file.path, most_rows)
        schema = final_names(footer.schema, footer.pandas_note)
        facts.append(
            ParquetFile(
                str(file.path),
                file.relative,
                footer.groups,
                schema,
                file.keys,
                footer.pandas_note,
                footer.digest,
                file.size,
                file.modified,
            )
        )
    return facts


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
