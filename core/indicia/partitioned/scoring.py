"""Score the partitions of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from indicia.errors import NothingKept
from indicia.partitions.partition import NoRows
from indicia.run import score_partition

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.definition import Definition, Node, Origin
    from indicia.partitions.partition import Partition
    from indicia.run import Scored


class Planned(Protocol):
    """An index with its methods, or a methodology of a comparison."""

    @property
    def definition(self) -> Definition:
        """The definition, after all checks."""

    @property
    def tree(self) -> Node:
        """The tree of dimensions and indicators."""

    @property
    def catalogue(self) -> Catalogue:
        """The available methods."""

    @property
    def origin(self) -> Origin:
        """The file of the definition, for error messages."""


@dataclass(frozen=True)
class ScoreJob:
    """Scores the rows of one partition."""

    index: Planned
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
