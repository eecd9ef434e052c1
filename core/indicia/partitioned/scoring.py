"""Score the partitions of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.errors import NothingKept
from indicia.partitions.partition import NoRows
from indicia.run import score_partition

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from indicia.partitions.partition import Partition
    from indicia.run import Scored
    from indicia.scorable import Scorable


@dataclass(frozen=True)
class ScoreJob:
    """Scores the rows of one partition."""

    index: Scorable
    read: Callable[[Any], pl.DataFrame]
    """Reads a partition, as `read_table` of the index reads a table."""

    def __call__(self, item: Any, partition: Partition) -> Scored:
        """Return the scores of a partition, without ranks."""
        frame = self.read(item)
        if frame.is_empty():
            raise NoRows(NothingKept("the data have no rows"))
        with self.index.origin.located():
            try:
                return score_partition(self.index.definition, self.index.tree, frame, partition)
            except NothingKept as error:  # `where` in [data] or screening leaves out each row of this partition
                raise NoRows(error) from error
