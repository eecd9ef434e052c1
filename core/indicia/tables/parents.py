"""Units that other units belong to: a country and its provinces, as a column of the data names them.

A parent is looked up in its own row of the same period. One without a value passes the question on to its own parent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import DataError, join_names, suggest
from indicia.formulas import DRAW, PARENT, PERIOD, UNIT
from indicia.tables.joins import cast_key
from indicia.tables.values import VALUE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from indicia.formulas import Question
    from indicia.tables.values import StatisticValues

    Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class NeedOfParents:
    """The rows that need the value of their parent: a look-up that finds none for such a row is an error."""

    rows: Callable[[pl.Expr], pl.Expr]
    """True if a row needs it, by the row's own value."""
    words: str
    """Why, after the indicator and before the units."""


GAPS = NeedOfParents(pl.Expr.is_null, "is missing for")
VALUES = NeedOfParents(pl.Expr.is_not_null, "is treated by the value of the parent for")


@dataclass(frozen=True)
class Parents:
    """The parent of each unit, and the values that units inherit from it."""

    column: str
    """The column that names the parents."""
    rows: pl.DataFrame
    """The units that take part, their parents, periods and draws, and their values."""
    aside: pl.DataFrame
    """The units that screening left out: they are parents all the same, and a value that they lack is missing."""
    need: NeedOfParents = GAPS

    @property
    def key(self) -> tuple[str, ...]:
        """The columns by which a row finds its parent."""
        return tuple(name for name in (PARENT, PERIOD, DRAW) if name in self.rows.columns)

    def settle(self, asked: Mapping[Question, pl.Expr]) -> StatisticValues:
        """Return the value of every unit that is a parent, by its name and period.

        A parent without a value has that of its own parent.
        """
        values: StatisticValues = {}
        for question, expression in asked.items():
            column = self._column(expression)
            at = self._nearest(column)
            if DRAW not in self.key:  # units come and go between draws; the run that they vary was checked
                self._check_periods(column, at, question.subject[0])
            values[question] = self._by_parent(column[at])
        return values

    def sources(self, statistics: StatisticValues) -> dict[Question, pl.DataFrame]:
        """Return, for each look-up of parents among statistics, the unit whose value each parent gives."""
        found = {}
        for question in statistics:
            if question.kind == "parent":
                column = self._column(pl.col(question.subject[0]))
                at = self._nearest(column)
                found[question] = self._by_parent(self._about[UNIT][at].set(column[at].is_null(), None))
        return found

    def of_rows(self, sources: pl.DataFrame) -> pl.Series:
        """Return, for each row that takes part, the unit whose value its parent gives."""
        rows, units = self.rows.select(self.key), cast_key(sources, self.rows, self.key)
        return rows.join(units, on=self.key, how="left", nulls_equal=True, maintain_order="left").to_series(-1)

    def check_fitted(self, frame: pl.DataFrame, values: StatisticValues) -> None:
        """Refuse rows that need the value of a parent that had none when the index was fitted, or none of a period."""
        for question, value in values.items():
            if question.kind != "parent" or not isinstance(value, pl.DataFrame):
                continue
            subject = question.subject[0]
            wanting = frame.filter(self.need.rows(pl.col(subject)), pl.col(PARENT).is_not_null())
            known = cast_key(value.select(self.key), frame, self.key)
            unknown = wanting.join(known, on=self.key, how="anti", nulls_equal=True)
            if len(unknown):
                raise DataError(
                    f"{subject} {self.need.words} {_named(unknown, UNIT)}, and no value was fitted of the parent: "
                    f"{_named(unknown, PARENT)}",
                    remedy="fit the index to data that have it too, or complete the data",
                )

    @cached_property
    def _about(self) -> pl.DataFrame:
        """All units that may be parents, first those that take part."""
        columns = [UNIT, *self.key]
        return pl.concat([one.select(columns) for one in (self.rows, self.aside) if one.width])

    def _column(self, expression: pl.Expr) -> pl.Series:
        column = self.rows.select(expression).to_series()
        if self.aside.is_empty():
            return column
        if set(expression.meta.root_names()) <= set(self.aside.columns):
            aside = self.aside.select(expression).to_series()
        else:
            aside = pl.Series(column.name, [None], column.dtype).new_from_index(0, len(self.aside))
        return pl.concat([column, aside], rechunk=True)

    def _by_parent(self, column: pl.Series) -> pl.DataFrame:
        """Return a column of all units for those that are parents, by name and period."""
        parents = np.unique(self._above[self._above >= 0])
        about = self._about.select(pl.col(UNIT).alias(PARENT), *self.key[1:])
        return about[parents].hstack([column[parents].alias(VALUE)])

    def _nearest(self, column: pl.Series) -> Rows:
        """Return for every row the nearest one that has a value, itself or on the way up, or the last on that way."""
        at, above = np.arange(len(column)), self._above
        missing = column.is_null().to_numpy()
        on = np.flatnonzero(missing)
        while len(on := on[above[at[on]] >= 0]):
            at[on] = above[at[on]]
            on = on[missing[at[on]]]
        return at

    def _check_periods(self, column: pl.Series, at: Rows, subject: str) -> None:
        """Refuse rows that need the value of a parent, and whose way up ends at one that has no row in their period."""
        count, above = len(self.rows), self._above
        has_row = above[:count] >= 0
        last = np.where(has_row, at[above[:count]], np.arange(count))
        ends = self._about[PARENT].is_not_null().to_numpy() & (above < 0)
        without = column.is_null().to_numpy()
        need = self.rows.select(self.need.rows(pl.col(subject))).to_series().to_numpy()
        lacking = np.flatnonzero(need & ends[last] & (without[last] | ~has_row))
        if len(lacking):
            raise DataError(
                f"{subject} {self.need.words} {_named(self._about[lacking], UNIT)}, and the parent in "
                f'"{self.column}" has no row of that period: {_named(self._about[last[lacking]], PARENT)}',
                remedy="give the parent a row in every period, or complete the data",
            )

    @cached_property
    def _above(self) -> Rows:
        """The row of each row's parent, -1 where it has none."""
        own = self._about.select(pl.col(UNIT).alias(PARENT), *self.key[1:]).with_row_index("\0row")
        found = self._about.select(self.key).join(own, on=self.key, how="left", maintain_order="left")["\0row"]
        above = found.cast(pl.Int64).fill_null(-1).to_numpy().astype(np.intp)
        if DRAW not in self.key:  # see settle
            self._check_units()
            self._check_circles(above)
        return above

    def _check_units(self) -> None:
        units = self._about[UNIT]
        strange = self._about.filter(pl.col(PARENT).is_not_null() & ~pl.col(PARENT).is_in(units.unique().implode()))
        if len(strange):
            names, of = (strange[name].unique(maintain_order=True) for name in (PARENT, UNIT))
            near = suggest(str(names[0]), units.unique())
            raise DataError(
                f'"{self.column}" names parents that are no units of the data: '
                f"{join_names(names)}, of {join_names(of)}",
                remedy=near
                if near and near.startswith("did")
                else "add a row for each, which data.where keeps, or leave the cell empty where a unit has no parent",
            )
        own = self._about.filter(pl.col(PARENT) == pl.col(UNIT))
        if len(own):
            raise DataError(
                f'"{self.column}" names units as their own parents: {_named(own, UNIT)}',
                remedy="leave the cell empty where a unit has no parent",
            )

    def _check_circles(self, above: Rows) -> None:
        ahead = above
        for _ in range(len(above).bit_length()):  # twice as far up each time; what is not at an end by then goes round
            ahead = np.where(ahead >= 0, ahead[ahead], -1)
        if not (ahead >= 0).any():
            return
        way = [int(ahead[ahead >= 0][0])]
        while int(above[way[-1]]) != way[0]:
            way.append(int(above[way[-1]]))
        raise DataError(
            f'"{self.column}" leads in a circle: {" → ".join(self._about[UNIT][[*way, way[0]]])}',
            remedy="name as the parent of a unit the one that it is a part of",
        )


def _named(rows: pl.DataFrame, column: str) -> str:
    there = rows.select(name for name in (column, PERIOD) if name in rows.columns).unique(maintain_order=True)
    return join_names(" ".join(map(str, row)) for row in there.iter_rows())
