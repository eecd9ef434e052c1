"""The table of an index, in partitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.data.read_partition import read
from indicia.data.table_partitions import ROWS, find_partitions
from indicia.definition import columns_of_numbers
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from indicia.data.table_partitions import TablePartition, TablePartitions
    from indicia.scorable import Scorable


@dataclass(frozen=True)
class ReadColumns:
    """Reads some columns of a partition."""

    columns: tuple[str, ...]

    def __call__(self, partition: TablePartition) -> pl.DataFrame:
        """Return the rows of the partition."""
        return read(partition, self.columns)


@dataclass(frozen=True)
class PartitionedTable:
    """The partitions of the table of an index, and the columns that the index reads."""

    found: TablePartitions
    reader: ReadColumns

    @classmethod
    def of(cls, index: Scorable, source: str | Path | None = None, *, rows: int = ROWS) -> PartitionedTable:
        """Find the partitions of a table, by default of the table of the index file.

        Parameters
        ----------
        index : Index or FittedIndex
        source : path, glob or URL, optional
            A folder of files, a pattern, or a large file.
        rows : int
            The rows of a partition, about.

        Raises
        ------
        DefinitionError
            If the index has no data.
        DataError
            If a file cannot be read, or lacks a column.
        """
        data = index.definition.data
        if source is None and data.path is None:
            raise DefinitionError(
                "the index has no data", where=index.origin.where(["data"]), remedy='write path = "parts/" in [data]'
            )
        place = index.origin.folder / str(data.path) if source is None else source
        found = find_partitions(place, rows=rows, table_format=data.format, columns=columns_of(index))
        columns = tuple(name for name in columns_of(index) if name in found.schema)
        return cls(found, ReadColumns(columns))

    @property
    def partitions(self) -> Sequence[TablePartition]:
        """The partitions, in their order."""
        return self.found.partitions

    @property
    def record(self) -> dict[str, Any]:
        """The facts on the table in manifests."""
        files = {each.path for partition in self.partitions for each in partition.slices}
        return {"sha256": self.found.fingerprint, "files": len(files), "partitions": len(self.partitions)}


def columns_of(index: Scorable) -> list[str]:
    """Return the columns that an index reads."""
    data = index.definition.data
    names = [data.unit, data.period, *data.labels(), *data.groups, *columns_of_numbers(index.definition)]
    names += [use.column.name for use in index.uses]
    conditions = data.where or {}
    names += list(conditions)
    return list(dict.fromkeys(name for name in names if name))
