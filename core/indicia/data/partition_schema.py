"""The columns that all files of a partitioned table have, with types that hold the values of every file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from indicia.data.pandas_index import with_pandas_index
from indicia.data.parse import header_names
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
