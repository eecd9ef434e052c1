"""Bands of ranks, which partitions know only after all rows are ranked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import RANK
from indicia.errors import DataError
from indicia.partitions.partition import NeedsAllRows
from indicia.run import label_bands, numbers_by_limits, numbers_by_places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Bands, Definition


def early_bands(definition: Definition) -> dict[str, Bands]:
    """Return the classifications of scores and indicators by limits, which each row shows.

    Raises
    ------
    NeedsAllRows
        For shares of the units by another figure than the rank, or within groups.
    """
    early = {}
    for name, bands in definition.bands.items():
        if bands.shares is not None and (bands.of != RANK or bands.within):
            of = f" within {', '.join(bands.within)}" if bands.within else f" by {bands.of}"
            raise NeedsAllRows(
                f"the bands {name} share out all units{of}, and the table is read in partitions",
                remedy='of = "rank" without within, or thresholds, or --engine memory',
                word=("bands", name, "shares"),
            )
        if bands.of != RANK:
            early[name] = bands
    return early


@dataclass(frozen=True)
class RankBands:
    """The classifications of ranks, and the number of ranked units."""

    bands: Mapping[str, Bands]
    ranked: pl.DataFrame
    """The number of ranked units, `units`, by period."""

    @classmethod
    def of(cls, definition: Definition, ranked: Sequence[pl.DataFrame]) -> RankBands:
        """Return the classifications of ranks, given the numbers of ranked units of partitions.

        Raises
        ------
        DataError
            For fewer units than shares.
        """
        period = [definition.data.period] if definition.data.period else []
        counts = pl.concat(ranked)
        counts = counts.group_by(period, maintain_order=True).sum() if period else counts.sum()
        bands = {name: each for name, each in definition.bands.items() if each.of == RANK}
        for name, each in bands.items():
            few = counts.filter(pl.col("units") < each.count) if each.shares is not None else counts.clear()
            if len(few):
                *where, count = few.row(0)
                in_period = f" in {where[0]}" if where else ""
                raise DataError(
                    f"{each.count} shares of the bands {name} need as many units, and there are {count}{in_period}",
                    remedy="fewer shares, or thresholds",
                    word=("bands", name, "shares"),
                )
        return cls(bands, counts)

    def columns(self, frame: pl.DataFrame) -> dict[str, pl.Series]:
        """Return a column for each classification of the rows of a frame with ranks."""
        ranks = frame["rank"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        period = self.ranked.drop("units").columns
        if period:
            units = frame.select(period).join(self.ranked, on=period, how="left", maintain_order="left")["units"]
        else:
            units = self.ranked["units"].new_from_index(0, len(frame))
        of_rows = units.cast(pl.Float64).fill_null(0.0).to_numpy()
        return {
            name: label_bands(
                name,
                bands,
                numbers_by_limits(bands, ranks) if bands.shares is None else numbers_by_places(bands, ranks, of_rows),
            )
            for name, bands in self.bands.items()
        }
