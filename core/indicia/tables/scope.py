"""The rows from which statistics are computed."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from indicia.formulas import Question
    from indicia.partitions.partition import Partition
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
    partition: Partition | None = field(default=None, compare=False)
    """The partition, where a run has one partition of the rows."""

    @property
    def pooled(self) -> bool:
        """True if statistics are computed from all rows together."""
        return not self.key and self.reference is None


ALL_ROWS = StatisticsScope()


@dataclass(frozen=True)
class StatisticsScopes:
    """The rows from which each stage computes statistics; stages with the same rows share one object."""

    imputation: StatisticsScope = ALL_ROWS
    treatment: StatisticsScope = ALL_ROWS
    """Of treatments and transforms."""
    normalisation: StatisticsScope = ALL_ROWS
    aggregation: StatisticsScope = ALL_ROWS
    """Of aggregations, and of rules that fill the missing components of a node."""
    rescaling: StatisticsScope = ALL_ROWS
    """Of the normalisations of scores."""

    def by_stage(self) -> dict[str, StatisticsScope]:
        """Return the rows of each stage."""
        return {stage.name: getattr(self, stage.name) for stage in fields(self)}

    def distinct(self) -> list[tuple[StatisticsScope, list[str]]]:
        """Return each scope with the stages that share it."""
        # by identity, as expressions of polars cannot be compared
        stages: dict[int, tuple[StatisticsScope, list[str]]] = {}
        for stage, scope in self.by_stage().items():
            stages.setdefault(id(scope), (scope, []))[1].append(stage)
        return list(stages.values())

    def mapped(self, change: Callable[[StatisticsScope], StatisticsScope]) -> StatisticsScopes:
        """Return the scopes after a change of each; stages that share a scope still share it."""
        return StatisticsScopes(
            **{stage: changed for scope, stages in self.distinct() for changed in [change(scope)] for stage in stages}
        )


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
