"""The values of a column over partitions, as methods see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import MergedColumn
from indicia.partitions.merge import Collected

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Array
    from indicia.partitions.partition import Partition


class NoValues(Exception):
    """A column has no value in any partition."""


@dataclass(frozen=True)
class PartitionColumn(MergedColumn):
    """The present values of a column, of which this run has one partition."""

    partition: Partition
    place: str
    """The name of the column in the run."""
    values: Array
    """The present values of the partition."""
    reductions: list[str] = field(default_factory=list)
    """The questions that the method has asked."""

    def reduce(self, function: Callable[[Array], Array], join: Callable[[Array, Array], Array] | None = None) -> Array:
        """Return figures of all values; NoValues if there are none."""
        self.values.flags.writeable = False
        key = f"{self.place}: figures {len(self.reductions) + 1}"
        self.reductions.append(key)
        # a function of a plugin may not be picklable: the figures of partitions are joined here, in each of them
        answer = self.partition.ask(key, Collected(), lambda: ((len(self.values), function(self.values)),))
        if not any(count for count, _ in answer):
            raise NoValues
        return reduce(join or np.add, (figures for _, figures in answer))
