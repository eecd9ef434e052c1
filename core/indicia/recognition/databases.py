"""The table of a database that holds the units and their numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.databases import database_of
from indicia.errors import join_names
from indicia.recognition.observation import Observation

if TYPE_CHECKING:
    from indicia.data import TableFormat
    from indicia.data.databases import Connection

_SAMPLE = 200
"""The rows by which columns of numbers are recognised."""
_MOST_ROWS = 100_000
"""The most rows of a table that are counted."""
_MOST_TABLES = 100
_SIMILAR = 0.5
"""A table with this share of the numbers of the chosen table may be meant as well."""


@dataclass(frozen=True, order=True)
class _Rating:
    """The reasons to read a table, in the order of their importance."""

    has_names: bool
    numbers: int
    """The number of cells with numbers."""

    @classmethod
    def of(cls, connection: Connection, table: str) -> _Rating:
        query = connection.query_of(table)
        sample = connection.run(f"SELECT * FROM ({query} LIMIT {_SAMPLE}) AS sample")
        rows = connection.run(f"SELECT count(*) AS n FROM ({query} LIMIT {_MOST_ROWS}) AS counted").item()
        columns = sum(map(_is_numeric, sample))
        has_names = any(column.dtype == pl.String and not _is_numeric(column) for column in sample)
        return cls(has_names, columns * int(rows))


def recognise_database(
    source: str, stated: TableFormat, folder: Path = Path()
) -> tuple[TableFormat, list[Observation]]:
    """Return the format with the table to read, and the observations.

    Of several tables, the table with names and with the most numbers is read. A query or a table that is stated is
    kept.
    """
    database = database_of(source, folder)
    if database is None or stated.query or stated.table:
        return stated, []
    with database.opened() as connection:
        tables = connection.tables[:_MOST_TABLES]
        if len(tables) < 2:
            return replace(stated, table=tables[0] if tables else None), []
        ratings = {table: _Rating.of(connection, table) for table in tables}
    chosen = max(tables, key=lambda table: ratings[table])  # the first of equals
    names = join_names((f'"{table}"' for table in tables), 12)
    other = next(table for table in tables if table != chosen)
    found = [
        Observation(
            "database_table",
            (chosen,),
            f'the table "{chosen}" is read, which has the most numbers of {len(tables)} tables: {names}',
            "format",
            f"table = … in [data] reads another table (--set data.table={other}), query = … a selection of rows",
        )
    ]
    least = _SIMILAR * ratings[chosen].numbers
    similar = [
        table
        for table in tables
        if table != chosen and ratings[table].has_names and ratings[table].numbers >= max(least, 1)
    ]
    if similar:
        quoted = join_names(f'"{table}"' for table in similar)
        subject = f"the table {quoted} has" if len(similar) == 1 else f"the tables {quoted} have"
        found.append(
            Observation(
                "similar_tables",
                tuple(similar),
                f'{subject} a similar number of values, and only the table "{chosen}" is read',
                "question",
                f"to read another table: --set data.table={similar[0]}; to join tables: joins = … in [data]",
            )
        )
    return replace(stated, table=chosen), found


def _is_numeric(column: pl.Series) -> bool:
    """Return True if most of the cells are numbers or texts of numbers."""
    if column.dtype == pl.String:
        numbers = column.cast(pl.Float64, strict=False)
        return 2 * (len(column) - numbers.null_count()) > len(column)
    return column.dtype.is_numeric() and column.null_count() < len(column)
