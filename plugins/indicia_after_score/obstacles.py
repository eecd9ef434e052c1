"""The analysis of obstacle degrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from indicia.analyses import About, Analysis, Column, Kind, Table
from indicia.answers.needs import BestValue, Rows, Scores
from indicia.messages.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.analyses import Facts, Frames


@dataclass(frozen=True)
class Obstacles(Analysis):
    """The indicators that keep the score of each unit down most: their shares in its gap to the best values.

    A gap is the effective weight of the indicator times the distance of the normalised value from `best`. Shares of a
    unit sum to 1 over the indicators that it has.
    """

    name = "obstacles"
    heading = "What holds each unit back?"
    reference = "Lei, Qiu & Liu (2016), Transactions of the Chinese Society of Agricultural Engineering 32(13)"
    formula = r"O_{ij} = \frac{w_j (b - z_{ij})}{\sum_k w_k (b - z_{ik})}"
    symbols = {"best": "b"}

    top: Annotated[int, About("the number of indicators of each unit", ge=1)] = 5
    best: Annotated[float | None, About("the best normalised value; by default that of the normalisation", gt=0)] = None

    degrees = Table(
        "The largest obstacles of each unit",
        Column("unit", Kind.UNIT, "the unit"),
        Column("place", Kind.COUNT, "1 for the largest obstacle of the unit"),
        Column("indicator", Kind.PART, "the indicator"),
        Column("degree", Kind.SHARE, "its share in the gaps of the unit to the best values"),
        order="By unit, its largest obstacle first; ties by the name of the indicator.",
    )
    counts = Table(
        "Indicators among the largest obstacles",
        Column("indicator", Kind.PART, "the indicator"),
        Column("units", Kind.COUNT, "the number of units of which it is among the largest obstacles"),
        Column("mean", Kind.SHARE, "its mean degree over all units that have a value"),
        order="The largest mean degree first; ties by the name of the indicator.",
    )

    def compute(self, facts: Facts) -> Frames:
        """Compute the degrees of the period."""
        import polars as pl

        from indicia_statistics.analysis import obstacle_degree

        result, (_, rows) = facts[Scores()], facts[Rows()]
        best = facts[BestValue()] if self.best is None else self.best
        names = sorted(result.scored.tree.indicators)
        wide = obstacle_degree(result, best=best).filter(rows)
        long = (
            wide.select(pl.col(result.unit).alias("unit"), *names)
            .unpivot(names, index="unit", variable_name="indicator", value_name="degree")
            .drop_nulls("degree")
            .sort("unit", "degree", "indicator", descending=[False, True, False])
            .with_columns(place=pl.int_range(1, pl.len() + 1).over("unit"))
        )
        largest = long.filter(pl.col("place") <= self.top, pl.col("degree") > 0)
        counts = (
            long.group_by("indicator")
            .agg(mean=pl.col("degree").mean())
            .join(largest.group_by("indicator").agg(units=pl.len()), on="indicator", how="left")
            .with_columns(pl.col("units").fill_null(0))
            .sort("mean", "indicator", descending=[True, False])
        )
        return {self.degrees: self.degrees.select(largest), self.counts: self.counts.select(counts)}

    def sentences(self, frames: Frames) -> Iterator[Sentence]:
        """Name the largest obstacle on average."""
        counts, units = frames[self.counts], frames[self.degrees]["unit"].n_unique()
        if units:
            indicator, among, mean = counts.row(0)
            place = "the largest obstacle" if self.top == 1 else "among the {top} largest obstacles"
            template = (
                "{indicator} is the largest obstacle on average: its mean degree is {mean:.1f} %, and it is "
                f"{place} of {{among}} of {{units}} units with a gap"
            )
            figures = {"mean": 100 * mean, "top": self.top, "among": among, "units": units}
            yield Sentence(template, indicator=indicator, **figures)
