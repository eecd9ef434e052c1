"""The rows of a table with their names and values, as the rules on rows see them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia_recognition.keys import kind_of_name, may_have_kind
from indicia_recognition.sentinels import VAST
from indicia_recognition.words import plain_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from indicia_recognition.columns import Inferred

KEEP_ROWS = "without = […] in [data] lists the rows that are left out (--set data.without=[] keeps all)"
"""The remedy for a row that is left out."""
_FEW_NAMES = 50
"""So few names are compared one by one, which takes less time than to prepare the search in all of them."""


@dataclass(frozen=True)
class RowTable:
    """The rows of a table with their names and values; in a panel, each unit once, in its last period."""

    frame: pl.DataFrame
    roles: Inferred
    names: list[str | None]
    labels: list[str | None]
    values: npt.NDArray[np.float64]
    """One row for each row of the table, one column for each indicator."""
    is_complete: bool
    """False for a sample of rows, whose sums and means prove nothing."""

    @classmethod
    def of(cls, frame: pl.DataFrame, roles: Inferred, *, is_complete: bool) -> RowTable:
        if roles.period:
            last = frame[roles.period].drop_nulls().max()
            present = frame.filter(pl.col(roles.period) == pl.lit(last))
            others = frame.filter(~pl.col(roles.unit).is_in(present[roles.unit].to_list()))
            frame = pl.concat([present, others.unique(roles.unit, keep="last", maintain_order=True)])
        names = frame[roles.unit].cast(pl.String).to_list()
        labels = frame[roles.label].cast(pl.String).to_list() if roles.label else [None] * len(names)
        numbers = frame.select(pl.col(list(roles.indicators)).cast(pl.Float64, strict=False)).to_numpy()
        # infinite and vast numbers have no sum
        numbers = np.where(np.abs(numbers) < VAST, numbers, np.nan)
        return cls(frame, roles, names, labels, numbers, is_complete)

    def shown(self, row: int) -> str:
        """Return the name of a row, with its label if that is another name."""
        name, label = (self.names[row] or "").strip(), (self.labels[row] or "").strip()
        return f"{name} ({label})" if label and label != name else name

    @cached_property
    def kinds(self) -> list[str | None]:
        """The kind of each row by its name or label."""
        candidates: Iterable[int] = range(len(self.names))
        if len(self.names) > _FEW_NAMES:
            columns = [pl.Series(names, dtype=pl.String) for names in (self.names, self.labels) if any(names)]
            suspected = [may_have_kind(names) for names in columns]
            candidates = (suspected[0] | suspected[-1]).arg_true() if suspected else ()
        kinds: list[str | None] = [None] * len(self.names)
        for row in candidates:
            name, label = self.names[row], self.labels[row]
            kinds[row] = (kind_of_name(name) if name else None) or (kind_of_name(label) if label else None)
        return kinds

    @cached_property
    def ends(self) -> set[str | None]:
        """The first and the last name."""
        names = list(dict.fromkeys(self.names))
        return {names[0], names[-1]} if names else set()

    @cached_property
    def group_of(self) -> dict[int, str]:
        """The rows that bear the name of a group, with the column of the group."""
        named: dict[int, str] = {}
        for group in self.roles.groups:
            values = self.frame[group].cast(pl.String).to_list()
            groups = {plain_words(value) for value in values if value}
            for row, value in enumerate(values):
                own = {plain_words(name) for name in (self.names[row], self.labels[row]) if name}
                if own & groups and (value is None or plain_words(value) in own):
                    named[row] = group
        return named


def quoted_names(names: Sequence[str]) -> str:
    """Return the first names as they stand in a list of the index file."""
    return ", ".join(f'"{name}"' for name in names[:5]) + (", …" if len(names) > 5 else "")


def other_rows(table: RowTable, row: int, no_units: set[int]) -> list[int]:
    """Return the rows of units without a row."""
    return [other for other in range(len(table.names)) if other != row and other not in no_units]
