"""Options on rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from indicia.errors import DataError, UnknownColumn, suggest

if TYPE_CHECKING:
    from collections.abc import Container

    import polars as pl


@dataclass(frozen=True)
class RowOptions:
    """The rows of a table that are printed or written, and their order."""

    at: Annotated[str | None, typer.Option("--at", help="Panel: the rows of this period only.")] = None
    top: Annotated[int | None, typer.Option("--top", min=1, help="The first rows only, of each period.")] = None
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="COLUMN",
            help="Sort by a column: scores and ranks from rank 1 on, other numbers from the highest; "
            "-COLUMN turns it round.",
        ),
    ] = None

    def rows(
        self, frame: pl.DataFrame, period: str | None, *, latest_first: bool, lowest_first: Container[str] = ()
    ) -> pl.Series:
        """Return the numbers of the chosen rows, in their order.

        Without `--at` and `--sort`, the periods are in the order of the frame, or from the last to the first.
        `lowest_first` are the columns of scores whose lowest number has rank 1.
        """
        # imported when the command runs, so that --help and completion start without polars

        period = period if period in frame.columns else None
        chosen = frame.with_row_index("\0row")
        if self.at is not None:
            chosen = _at(chosen, period, self.at)
        elif period and latest_first:
            chosen = chosen.sort(period, descending=True, maintain_order=True)
        if self.sort is not None:
            chosen = _sorted(chosen, self.sort, lowest_first)
        if self.top is not None:
            chosen = chosen.filter(_among_first(chosen, period, self.top, by_rank=self.sort is None))
        return chosen["\0row"]


def _at(frame: pl.DataFrame, period: str | None, at: str) -> pl.DataFrame:
    from indicia.data.cell_text import cell_text

    if period is None:
        raise DataError("--at chooses a period, and this table has none", remedy="leave --at out")
    texts = frame.select(cell_text(period, frame.schema[period])).to_series()
    if at not in texts:
        raise DataError(f"the period {at} is not in the data", remedy=suggest(at, texts.unique().sort()))
    return frame.filter(texts == at)


def _sorted(frame: pl.DataFrame, column: str, lowest_first: Container[str]) -> pl.DataFrame:
    name = column if column in frame.columns else column.removeprefix("-")
    if name not in frame.columns:
        raise UnknownColumn(name, f'no column "{name}" in this table', remedy=suggest(name, frame.columns[1:]))
    ascending = name in lowest_first or name == "rank" or name.startswith("rank_")
    descending = frame.schema[name].is_numeric() and not ascending
    turned = column != name
    return frame.sort(name, descending=descending != turned, nulls_last=True, maintain_order=True)


def _among_first(frame: pl.DataFrame, period: str | None, top: int, *, by_rank: bool) -> pl.Expr:
    import polars as pl

    if by_rank and "rank" in frame.columns:
        return pl.col("rank") <= top
    place = pl.int_range(pl.len())
    return (place.over(period) if period else place) < top
