"""An edition of an index: a table, a method, and a list of units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data.cell_text import cell_text, keep_rows
from indicia.definition import ROOT, text
from indicia.errors import DataError, DefinitionError, join_names
from indicia.stages.read import without_rows
from indicia.tables.periods import rows_of_period

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.result import Result
    from indicia.scorable import Scorable
    from indicia.types import Period, TableLike

    Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Edition:
    """The result of an index, fitted or not, for a table; of a panel, the rows of one period.

    Two periods of one panel are two editions that share a result: `Edition.of(index).at(2021)`.
    """

    result: Result
    period: str | None = None
    """The text of the period that is explained; None if the table has no periods."""
    name: str = "the edition"
    """The name for readers: the period, or the file."""
    index: Scorable | None = None
    """The index, for draws; without it nothing can be drawn."""

    @classmethod
    def of(
        cls, index: Scorable, table: TableLike | None = None, period: Period | None = None, name: str | None = None
    ) -> Edition:
        """Score a table by an index, and return the edition.

        Parameters
        ----------
        index : Index or FittedIndex
            The method.
        table : path, frame, dict or "-", optional
            The data; by default the table of the index file.
        period : str, int or date, optional
            The period of a panel; by default the last.
        name : str, optional
            The name for readers; by default the period, or the name of the index.

        Returns
        -------
        Edition
            The edition.

        Raises
        ------
        IndiciaError
            If the table cannot be scored, or lacks the period.
        """
        return cls.of_result(index.score_frame(index.read_table(table)), period, name, index)

    @classmethod
    def of_result(
        cls, result: Result, period: Period | None = None, name: str | None = None, index: Scorable | None = None
    ) -> Edition:
        """Return the edition of a result; of a panel, by default the last period.

        Parameters
        ----------
        result : Result
            The scores.
        period : str, int or date, optional
            The period of a panel; by default the last.
        name : str, optional
            The name for readers; by default the period, or the name of the index.
        index : Index or FittedIndex, optional
            The index, for draws; by default nothing can be drawn.

        Returns
        -------
        Edition
            The edition.
        """
        period_name, _ = rows_of_period(result.scored.source, period)
        return cls(result, period_name, name or period_name or text(result.definition.name), index)

    def at(self, period: Period | None) -> Edition:
        """Return another period of the same panel, with the same result.

        Parameters
        ----------
        period : str, int, date or None
            The period; None for the last.

        Returns
        -------
        Edition
            The edition.
        """
        return self.of_result(self.result, period, None, self.index)

    @property
    def unit(self) -> str:
        """The column that names the units."""
        return self.result.unit

    @cached_property
    def rows(self) -> pl.DataFrame:
        """The rows of the table that are units, all periods, with the columns as they were read."""
        definition = self.result.definition
        kept = keep_rows(self.result.table, definition.data.where)
        return without_rows(kept, self.unit, definition.aggregate_rows)

    @cached_property
    def periods(self) -> int:
        """The number of periods in the table; 1 for a table without periods."""
        period = self.result.definition.data.period
        return self.rows[period].n_unique() if period else 1

    @property
    def period_value(self) -> object:
        """The period as the cells of the table have it."""
        period = str(self.result.definition.data.period)
        return keep_rows(self.rows, {period: self.period})[period][0]

    @cached_property
    def units(self) -> list[str]:
        """The names of the units in this period, in the order of the table, with those that screening leaves out."""
        period = self.result.definition.data.period
        if period is None:
            return self.rows[self.unit].cast(pl.String).to_list()
        of_period = keep_rows(self.rows, {period: self.period})
        return of_period[self.unit].cast(pl.String).to_list()

    @cached_property
    def scored_rows(self) -> Integers:
        """The row of each unit in the result, (units,); -1 for a unit that screening leaves out."""
        scored = self.result.scored
        _, of_period = rows_of_period(scored.source, self.period)
        numbers = of_period.arg_true()
        names = scored.units[self.unit].cast(pl.String).gather(numbers)
        row = dict(zip(names, numbers, strict=True))
        return np.array([row.get(name, -1) for name in self.units], dtype=np.int64)

    @cached_property
    def scores(self) -> Array:
        """The unrounded score of each unit, (units,); NaN for a unit without a score."""
        return self.of_units(self.result.scored.source.columns.unrounded[ROOT])

    @cached_property
    def ranks(self) -> Array:
        """The rank of each unit, (units,); NaN for a unit without a rank."""
        return self.of_units(self.result.scored.rank)

    @property
    def rank_of_unit(self) -> dict[str, float]:
        """The rank of each ranked unit."""
        return {unit: float(rank) for unit, rank in zip(self.units, self.ranks, strict=True) if not np.isnan(rank)}

    def of_units(self, column: pl.Series) -> Array:
        """Return the values of a column of the result for the units of this period, (units,); NaN where missing.

        Parameters
        ----------
        column : polars.Series
            A column, a value for each row of the result.

        Returns
        -------
        array of float, shape (units,)
            The values.
        """
        values = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return np.where(self.scored_rows >= 0, values[np.maximum(self.scored_rows, 0)], np.nan)


def period_before(result: Result, period: str | None, noun: str) -> Period:
    """Return the period before another, in the order of the data; `noun` is what needs it, for messages."""
    column, units = result.definition.data.period, result.scored.units
    if column is None:
        raise DefinitionError(
            f"{noun} needs two editions, and the index has no periods",
            remedy="--since EDITION names an earlier index file or fitted index",
        )
    values = units[column].unique().sort()
    texts: list[str] = values.to_frame().select(cell_text(column, values.dtype)).to_series().to_list()
    place = texts.index(str(period))
    if place == 0:
        raise DataError(
            f"{period} is the first period of the data", remedy=f"--to names a later one: {join_names(texts[1:])}"
        )
    return texts[place - 1]


def edition_name(index: Scorable) -> str | None:
    """Return the edition that the index file states, else the name of the file; None for an index without a file."""
    stated = index.definition.publication
    edition = text(stated.edition) if stated is not None and stated.edition is not None else None
    return edition or (index.origin.named_file.name if index.origin.named_file else None)
