"""Codes of keys, such as periods and groups, on which all partitions agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from indicia.partitions.partition import Partition
    from indicia.partitions.sorted_runs import Codes

_CODE = "\0code"


@dataclass(frozen=True)
class MergeKeys:
    """Collects the different rows of frames of keys, in the order of their first appearance."""

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the keys of both."""
        return pl.concat([first, second]).unique(maintain_order=True)

    def value(self, state: pl.DataFrame) -> pl.DataFrame:
        """Return all keys."""
        return state


def ask_keys(partition: Partition, place: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the different keys of all rows, given the columns of the key of one partition.

    A missing part is a key of its own, as in groups of polars. `place` is the name of the question in the run.
    """
    keys: pl.DataFrame = partition.ask(f"{place}: keys", MergeKeys(), lambda: rows.unique(maintain_order=True))
    return keys


def codes_of(rows: pl.DataFrame, keys: pl.DataFrame) -> Codes:
    """Return the place of each row in a frame of keys, or -1 for a row that is not there.

    >>> keys = pl.DataFrame({"year": [2020, 2021]})
    >>> codes_of(pl.DataFrame({"year": [2021, 2019, 2020]}), keys).tolist()
    [1, -1, 0]
    """
    if not keys.width:
        return np.zeros(rows.height, np.int32)
    numbered = keys.with_columns(pl.Series(_CODE, np.arange(keys.height, dtype=np.int32)))
    joined = rows.join(numbered, on=keys.columns, how="left", nulls_equal=True, maintain_order="left")
    return joined[_CODE].fill_null(-1).to_numpy()
