"""The Parquet files of a partitioned table, with the facts of their footers, wherever they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.data.parquet_footer import read_footer
from indicia.data.partition_schema import final_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from indicia.data.partition_files import Keys, PartFile


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
