"""The rows that statistics are taken over."""

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
    """The rows that statistics are taken over: all rows, the rows of one key, or the rows of a reference period."""

    key: tuple[str, ...] = ()
    """Statistics are taken within the rows that are equal in these columns."""
    reference: pl.Expr | None = None
    """Statistics are taken over the rows for which this holds; all rows are then compared with these."""
    parents: ParentLookup | None = field(default=None, compare=False)
    """The units that other units belong to, where a formula may ask for the value of a parent."""

    @property
    def pooled(self) -> bool:
        """True if statistics are taken over all rows."""
        return not self.key and self.reference is None


class ParentLookup(Protocol):
    """The values of the units that other units belong to."""

    @property
    def column(self) -> str:
        """The column that names the parents."""

    @property
    def key(self) -> tuple[str, ...]:
        """The columns by which a row finds its parent."""

    def settle(self, asked: Mapping[Question, pl.Expr]) -> StatisticValues:
        """Return the value of every unit that is a parent."""

    def check_fitted(self, frame: pl.DataFrame, values: StatisticValues) -> None:
        """Refuse rows that need the value of a parent that had none when the index was fitted."""

    def sources(self, statistics: StatisticValues) -> dict[Question, pl.DataFrame]:
        """Return, for each look-up of parents among statistics, the unit whose value each parent gives."""

    def of_rows(self, sources: pl.DataFrame) -> pl.Series:
        """Return, for each row, the unit whose value its parent gives."""
