"""Parents: units that other units belong to, as provinces belong to a country. A column of the data names them.

The value of a parent is looked up in its row of the same period. If the parent has no value, the value of its parent is
used, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import DataError, join_names, suggest
from indicia.formulas import DRAW, PARENT, PERIOD, UNIT, Question
from indicia.tables.scope import VALUE, StatisticValues, cast_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class NeedOfParents:
    """The rows that need the value of their parent: it is an error if the parent of such a row has no value."""

    rows: Callable[[pl.Expr], pl.Expr]
    """A condition on the value of the row."""
    words: str
    """The verb of the error, between the indicator and the units."""


GAPS = NeedOfParents(pl.Expr.is_null, "is missing for")
VALUES = NeedOfParents(pl.Expr.is_not_null, "is treated by the value of the parent for")


@dataclass(frozen=True)
class Parents:
    """The parent of each unit, and the values that units inherit from it."""

    column: str
    """The column that names the parents."""
    rows: pl.DataFrame
    """The units that take part, their parents, periods and draws, and their values."""
    screened_out: pl.DataFrame
    """The units that screening left out, which may be parents; columns that this frame lacks count as missing."""
    need: NeedOfParents = GAPS

    @property
    def key(self) -> tuple[str, ...]:
        """The columns by which a row finds its parent."""
        return tuple(name for name in (PARENT, PERIOD, DRAW) if name in self.rows.columns)

    def look_up(self, expressions: Mapping[Question, pl.Expr]) -> StatisticValues:
        """Return the value of every unit that is a parent, by its name and period."""
        values: StatisticValues = {}
        for question, expression in expressions.items():
            column = self._column(expression)
            rows = self._nearest_with_value(column)
            if DRAW not in self.key:  # a draw may leave out parents, and the run before the draws was checked
                self._check_periods(column, rows, question.subject[0])
            values[question] = self._by_parent(column[rows])
        return values

    def sources(self, statistics: StatisticValues) -> dict[Question, pl.DataFrame]:
        """Return, for each look-up, the unit that provides the value of each parent."""
        sources = {}
        for question in statistics:
            if question.kind == "parent":
                column = self._column(pl.col(question.subject[0]))
                rows = self._nearest_with_value(column)
                sources[question] = self._by_parent(self._candidates[UNIT][rows].set(column[rows].is_null(), None))
        return sources

    def of_rows(self, sources: pl.DataFrame) -> pl.Series:
        """Return, for each row that takes part, the unit that provides the value of its parent."""
        key = [name for name in self.key if name in sources.columns]
        rows, units = self.rows.select(key), cast_key(sources, self.rows, key)
        return rows.join(units, on=key, how="left", nulls_equal=True, maintain_order="left").to_series(-1)

    def check_fitted(self, frame: pl.DataFrame, values: StatisticValues) -> None:
        """Refuse rows that need the value of a parent for which the fitted index has no value in their period."""
        for question, value in values.items():
            if question.kind != "parent" or not isinstance(value, pl.DataFrame):
                continue
            subject = question.subject[0]
            needing = frame.filter(self.need.rows(pl.col(subject)), pl.col(PARENT).is_not_null())
            key = [name for name in self.key if name in value.columns]  # a fitted value is of no draw
            fitted = cast_key(value.select(key), frame, key)
            unknown = needing.join(fitted, on=key, how="anti", nulls_equal=True)
            if len(unknown):
                raise DataError(
                    f"{subject} {self.need.words} {_unit_names(unknown, UNIT)}, and no value was fitted of the parent: "
                    f"{_unit_names(unknown, PARENT)}",
                    remedy="fit the index to data that have it too, or complete the data",
                )

    @cached_property
    def _candidates(self) -> pl.DataFrame:
        """All units that may be parents: the units that take part, then the units that screening left out."""
        columns = [UNIT, *self.key]
        return pl.concat([rows.select(columns) for rows in (self.rows, self.screened_out) if rows.width])

    def _column(self, expression: pl.Expr) -> pl.Series:
        """Return the values of all candidates, in the order of `_candidates`."""
        column = self.rows.select(expression).to_series()
        if self.screened_out.is_empty():
            return column
        if set(expression.meta.root_names()) <= set(self.screened_out.columns):
            screened_out = self.screened_out.select(expression).to_series()
        else:
            screened_out = pl.Series(column.name, [None], column.dtype).new_from_index(0, len(self.screened_out))
        return pl.concat([column, screened_out], rechunk=True)

    def _by_parent(self, column: pl.Series) -> pl.DataFrame:
        """Return the values of the candidates that are parents, by name and period."""
        parents = np.unique(self._parent_rows[self._parent_rows >= 0])
        keys = self._candidates.select(pl.col(UNIT).alias(PARENT), *self.key[1:])
        return keys[parents].hstack([column[parents].alias(VALUE)])

    def _nearest_with_value(self, column: pl.Series) -> Rows:
        """Return, for each row, the first row with a value in its chain: the row, its parent, its parent's parent …

        In a chain without a value, it is the last row.
        """
        nearest, parent_rows = np.arange(len(column)), self._parent_rows
        missing = column.is_null().to_numpy()
        unresolved = np.flatnonzero(missing)
        while len(unresolved := unresolved[parent_rows[nearest[unresolved]] >= 0]):
            nearest[unresolved] = parent_rows[nearest[unresolved]]
            unresolved = unresolved[missing[nearest[unresolved]]]
        return nearest

    def _check_periods(self, column: pl.Series, nearest: Rows, subject: str) -> None:
        """Refuse rows that need the value of a parent, if the parent has no row in their period.

        If the parent has a row without a value, its own parent must have a row, and so on.
        """
        count, parent_rows = len(self.rows), self._parent_rows
        has_row = parent_rows[:count] >= 0
        last = np.where(has_row, nearest[parent_rows[:count]], np.arange(count))
        without_row = self._candidates[PARENT].is_not_null().to_numpy() & (parent_rows < 0)
        missing = column.is_null().to_numpy()
        needs_parent = self.rows.select(self.need.rows(pl.col(subject))).to_series().to_numpy()
        lacking = np.flatnonzero(needs_parent & without_row[last] & (missing[last] | ~has_row))
        if len(lacking):
            raise DataError(
                f"{subject} {self.need.words} {_unit_names(self._candidates[lacking], UNIT)}, and the parent in "
                f'"{self.column}" has no row of that period: {_unit_names(self._candidates[last[lacking]], PARENT)}',
                remedy="give the parent a row in every period, or complete the data",
            )

    @cached_property
    def _parent_rows(self) -> Rows:
        """For each candidate, the row of its parent; -1 without a parent."""
        numbered = self._candidates.select(pl.col(UNIT).alias(PARENT), *self.key[1:]).with_row_index("\0row")
        joined = self._candidates.select(self.key).join(numbered, on=self.key, how="left", maintain_order="left")[
            "\0row"
        ]
        parent_rows = joined.cast(pl.Int64).fill_null(-1).to_numpy().astype(np.intp)
        if DRAW not in self.key:  # see `look_up`
            self._check_units()
            self._check_circles(parent_rows)
        return parent_rows

    def _check_units(self) -> None:
        units = self._candidates[UNIT]
        unknown = self._candidates.filter(
            pl.col(PARENT).is_not_null() & ~pl.col(PARENT).is_in(units.unique().implode())
        )
        if len(unknown):
            names, children = (unknown[name].unique(maintain_order=True) for name in (PARENT, UNIT))
            suggestion = suggest(str(names[0]), units.unique())
            raise DataError(
                f'"{self.column}" names parents that are no units of the data: {join_names(names)}, '
                f"of {join_names(children)}",
                remedy=suggestion
                if suggestion and suggestion.startswith("did")
                else "add a row for each, which data.where keeps, or leave the cell empty where a unit has no parent",
            )
        self_parents = self._candidates.filter(pl.col(PARENT) == pl.col(UNIT))
        if len(self_parents):
            raise DataError(
                f'"{self.column}" names units as their own parents: {_unit_names(self_parents, UNIT)}',
                remedy="leave the cell empty where a unit has no parent",
            )

    def _check_circles(self, parent_rows: Rows) -> None:
        ancestors = parent_rows
        for _ in range(len(parent_rows).bit_length()):  # each step doubles the distance; an endless chain is a circle
            ancestors = np.where(ancestors >= 0, ancestors[ancestors], -1)
        if not (ancestors >= 0).any():
            return
        circle = [int(ancestors[ancestors >= 0][0])]
        while int(parent_rows[circle[-1]]) != circle[0]:
            circle.append(int(parent_rows[circle[-1]]))
        raise DataError(
            f'"{self.column}" leads in a circle: {" → ".join(self._candidates[UNIT][[*circle, circle[0]]])}',
            remedy="as the parent of a unit, name the larger unit to which it belongs",
        )


def _unit_names(rows: pl.DataFrame, column: str) -> str:
    names = rows.select(name for name in (column, PERIOD) if name in rows.columns).unique(maintain_order=True)
    return join_names(" ".join(map(str, row)) for row in names.iter_rows())
