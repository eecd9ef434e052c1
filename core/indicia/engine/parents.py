"""Units that other units belong to: a country and its provinces, as a column of the data names them.

A parent is looked up in its own row of the same period. One without a value passes the question on to its own parent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.engine.keyed import matched
from indicia.engine.prepare import check_group, written
from indicia.errors import DataError, listed, nearest
from indicia.formulas import DRAW, PARENT, PERIOD, UNIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.definition import Data
    from indicia.engine.prepare import Prepared
    from indicia.engine.settle import Over, Settled

    Rows = npt.NDArray[np.intp]

_WHOSE = "\0whose"
"""What a parent has may be the value of its own parent: beside the value the name of the unit that has it is kept."""


@dataclass(frozen=True)
class Parents:
    """Who belongs to whom, and what they have."""

    column: str
    """That of the parents, as the index file calls it."""
    rows: pl.DataFrame
    """The units that take part, their parents, periods and draws, and their values."""
    aside: pl.DataFrame
    """Those that screening left out, which are parents all the same; a value that is not there is missing."""

    @property
    def key(self) -> tuple[str, ...]:
        """The columns by which a row finds its parent."""
        return tuple(name for name in (PARENT, PERIOD, DRAW) if name in self.rows.columns)

    @property
    def word(self) -> str:
        """What the value of the parent is called among statistics."""
        return f"parent in {self.column}"

    def settle(self, asked: Sequence[pl.Expr]) -> Settled:
        """Return the value of every unit that is a parent, by its name and period, and whose value that is."""
        parents = np.unique(self._above[self._above >= 0])
        about = self._about.select(pl.col(UNIT).alias(PARENT), *self.key[1:])[parents]
        names = self._about[UNIT]
        found: Settled = {}
        for expression in asked:
            column = self._column(expression)
            at = self._nearest(column)[parents]
            whose = names[at].set(column[at].is_null(), None).alias(f"{column.name}{_WHOSE}")
            found[column.name] = about.hstack([column[at]])
            found[whose.name] = about.hstack([whose])
        return found

    def names(self, subjects: Sequence[str]) -> list[str]:
        """Return all names under which something is settled."""
        return [*subjects, *(f"{subject}{_WHOSE}" for subject in subjects)]

    def whose(self, subject: str, settled: Settled) -> pl.Series | None:
        """Name, for each row that takes part, the unit whose value its parent gives; None where nobody asked for it."""
        found = settled.get(f"{subject}\0{self.word}{_WHOSE}")
        if not isinstance(found, pl.DataFrame):
            return None
        rows, found = self.rows.select(self.key), matched(found, self.rows, self.key)
        return rows.join(found, on=self.key, how="left", nulls_equal=True, maintain_order="left").to_series(-1)

    def check_fitted(self, frame: pl.DataFrame, found: Settled) -> None:
        """Refuse rows without a value, and with a parent of which nothing was fitted, or not of their period."""
        for name, value in found.items():
            subject, _, word = name.partition("\0")
            if word != self.word or not isinstance(value, pl.DataFrame):
                continue
            wanting = frame.filter(pl.col(subject).is_null(), pl.col(PARENT).is_not_null())
            known = matched(value.select(self.key), frame, self.key)
            unknown = wanting.join(known, on=self.key, how="anti", nulls_equal=True)
            if len(unknown):
                raise DataError(
                    f"{subject} is missing for {_named(unknown, UNIT)}, and no value was fitted of the parent: "
                    f"{_named(unknown, PARENT)}",
                    remedy="fit the index to data that have it too, or complete the data",
                )

    @cached_property
    def _about(self) -> pl.DataFrame:
        """All that may be parents, first those that take part."""
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

    def _nearest(self, column: pl.Series) -> Rows:
        """Return for every row the nearest one that has a value, itself or on the way up, or the last on that way."""
        at, above = np.arange(len(column)), self._above
        missing = column.is_null().to_numpy()
        on = np.flatnonzero(missing)
        while len(on := on[above[at[on]] >= 0]):
            at[on] = above[at[on]]
            on = on[missing[at[on]]]
        if DRAW not in self.key:
            self._check_periods(column, at)
        return at

    def _check_periods(self, column: pl.Series, at: Rows) -> None:
        """Refuse rows whose way up ends at a parent that has no row in their period."""
        ends = self._about[PARENT].is_not_null().to_numpy() & (self._above < 0)
        count = len(self.rows)
        lacking = np.flatnonzero(column[:count].is_null().to_numpy() & ends[at[:count]])
        lacking = lacking[column[at[lacking]].is_null().to_numpy()]
        if len(lacking):
            subject = column.name.partition("\0")[0]
            raise DataError(
                f"{subject} is missing for {_named(self._about[lacking], UNIT)}, and the parent in "
                f'"{self.column}" has no row of that period: {_named(self._about[at[lacking]], PARENT)}',
                remedy="give the parent a row in every period, or complete the data",
            )

    @cached_property
    def _above(self) -> Rows:
        """The row of each row's parent, -1 where it has none."""
        own = self._about.select(pl.col(UNIT).alias(PARENT), *self.key[1:]).with_row_index("\0row")
        found = self._about.select(self.key).join(own, on=self.key, how="left", maintain_order="left")["\0row"]
        above = found.cast(pl.Int64).fill_null(-1).to_numpy().astype(np.intp)
        if DRAW not in self.key:  # units come and go between draws; the run that they vary was checked
            self._check_units()
            self._check_circles(above)
        return above

    def _check_units(self) -> None:
        units = self._about[UNIT]
        strange = self._about.filter(pl.col(PARENT).is_not_null() & ~pl.col(PARENT).is_in(units.unique().implode()))
        if len(strange):
            names, of = (strange[name].unique(maintain_order=True) for name in (PARENT, UNIT))
            near = nearest(str(names[0]), units.unique())
            raise DataError(
                f'"{self.column}" names parents that are no units of the data: {listed(names)}, of {listed(of)}',
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


def with_parents(
    prepared: Prepared, values: pl.DataFrame, data: Data, over: Over, column: str, what: str, raw: bool
) -> tuple[pl.DataFrame, Over]:
    """Return values beside all by which statistics and parents are found.

    Raw values have units that screening left out as well; of scores those have none.
    """
    check_group(column, data, f"{what} names the parents")
    about = _about(prepared.units, prepared, column)
    extra = [name for name in (DRAW,) if name in prepared.units.columns and name not in over.key]
    frame = prepared.beside(values, over, *extra).hstack(about.get_columns())
    aside = prepared.aside
    if not aside.is_empty():
        left = aside if raw else aside.select(name for name in prepared.units.columns if name in aside.columns)
        aside = left.hstack(_about(aside, prepared, column).get_columns())
        if DRAW in frame.columns:
            aside = aside.join(frame.select(DRAW).unique(maintain_order=True), how="cross")
    return frame, replace(over, parents=Parents(column, frame, aside))


def _about(units: pl.DataFrame, prepared: Prepared, column: str) -> pl.DataFrame:
    period = prepared.period
    return units.select(
        pl.col(prepared.unit).alias(UNIT),
        pl.col(column).alias(PARENT),
        *([written(period, units.schema[period]).alias(PERIOD)] if period else []),
    )


def _named(rows: pl.DataFrame, column: str) -> str:
    there = rows.select(name for name in (column, PERIOD) if name in rows.columns).unique(maintain_order=True)
    return listed(" ".join(map(str, row)) for row in there.iter_rows())
