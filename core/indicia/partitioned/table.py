"""The table of an index, in partitions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.data.object_stores import place_below
from indicia.data.table_partitions import ROWS
from indicia.engines.here import Here
from indicia.errors import DefinitionError, NothingKept
from indicia.partitioned.reading import PartitionReader, partitions_of_index, reader_of
from indicia.partitioned.refusals import check_can_run_in_partitions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.data.table_partitions import TablePartition, TablePartitions
    from indicia.partitioned.replay import Mapper
    from indicia.scorable import Scorable


@dataclass(frozen=True)
class PartitionedTable:
    """The partitions of the table of an index, and the reader of their rows."""

    source: TablePartitions
    """The files of the table, and their cuts."""
    reader: PartitionReader

    @classmethod
    def of(cls, index: Scorable, source: object, engine: Mapper, *, rows: int = ROWS) -> PartitionedTable:
        """Find the partitions of a table, by default of the table of the index file.

        Methods that need all rows at once are refused before anything is read.

        Parameters
        ----------
        index : Index or FittedIndex
        source : path, glob or URL, optional
            A folder of files, a pattern, or a large file.
        engine : Mapper
            Looks at the cells of columns whose type no file tells, such as periods in text.
        rows : int
            The rows of a partition, about.

        Raises
        ------
        DefinitionError
            If the index has no data, or the source is neither a path nor a text.
        NeedsAllRows
            For methods that need all rows at once.
        DataError
            If a file cannot be read, or lacks a column.
        """
        check_can_run_in_partitions(index)
        data = index.definition.data
        if source is None and data.path is None:
            raise DefinitionError(
                "the index has no data", where=index.origin.where(["data"]), remedy='write path = "parts/" in [data]'
            )
        if source is not None and not isinstance(source, str | Path):
            raise DefinitionError(
                f"{type(source).__name__} is no table in partitions",
                remedy="name a folder, a pattern or a file; frames are scored in memory",
            )
        place = place_below(index.origin.folder, str(data.path)) if source is None else source
        partitions = partitions_of_index(index, place, rows=rows)
        return cls(partitions, reader_of(index, partitions, engine))

    @property
    def partitions(self) -> Sequence[TablePartition]:
        """The partitions, in their order."""
        return self.source.partitions

    @property
    def record(self) -> dict[str, Any]:
        """The facts on the table in manifests."""
        files = {each.path for partition in self.partitions for each in partition.slices}
        return {"sha256": self.source.fingerprint, "files": len(files), "partitions": len(self.partitions)}


def read_all_partitions(index: Scorable, source: str | Path) -> pl.DataFrame:
    """Read all partitions of a table into memory, as `read_table` of the index reads a table.

    Parameters
    ----------
    index : Index
    source : path, glob or URL
        A folder of files or a pattern.

    Raises
    ------
    DataError
        If a file cannot be read, or lacks a column.
    """
    table = partitions_of_index(index, source)
    reader = reader_of(index, table, Here("memory"))
    frames = [frame for partition in table.partitions if not (frame := reader(partition)).is_empty()]
    if not frames:
        raise NothingKept("the partitions have no row to score", where=str(source))
    return pl.concat(frames).rechunk()
