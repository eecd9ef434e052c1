"""The rows from which statistics are computed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from indicia.formulas import Question
    from indicia.tables.values import StatisticValues


@dataclass(frozen=True)
class StatisticsScope:
    """The rows from which statistics are computed: all rows, the rows of each key, or those of a reference period."""

    key: tuple[str, ...] = ()
    """Columns, such as the period: rows with equal values in these columns have statistics of their own."""
    reference: pl.Expr | None = None
    """A condition, such as a reference period: statistics are computed from the rows that meet it."""
    parents: ParentLookup | None = field(default=None, compare=False)
    """The parents of units, where a formula may use their values."""

    @property
    def pooled(self) -> bool:
        """True if statistics are computed from all rows together."""
        return not self.key and self.reference is None


class ParentLookup(Protocol):
    """Looks up the values of parents: the units that other units belong to."""

    @property
    def column(self) -> str:
        """The column that names the parents."""

    @property
    def key(self) -> tuple[str, ...]:
        """The columns by which a row finds its parent."""

    def look_up(self, expressions: Mapping[Question, pl.Expr]) -> StatisticValues:
        """Return the value of every unit that is a parent."""

    def check_fitted(self, frame: pl.DataFrame, values: StatisticValues) -> None:
        """Refuse rows that need the value of a parent for which the fitted index has no value."""

    def sources(self, statistics: StatisticValues) -> dict[Question, pl.DataFrame]:
        """Return, for each look-up, the unit that provides the value of each parent: the parent or its own parent …"""

    def of_rows(self, sources: pl.DataFrame) -> pl.Series:
        """Return, for each row, the unit that provides the value of its parent."""
