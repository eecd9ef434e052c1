"""The rows from which statistics are computed, the values of statistics, and their joins with rows."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Protocol, TypeAlias

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from indicia.formulas import Question
    from indicia.partitions.partition import Partition


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


Value: TypeAlias = "float | list[float] | pl.DataFrame | None"
"""A number or a list of numbers; within a key, a frame with the columns of the key and a last column `VALUE`."""


StatisticValues: TypeAlias = "dict[Question, Value]"


VALUE = "\0value"
"""The column of values in such a frame; no column of the data has this name."""


def cast_key(values: pl.DataFrame, frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Cast the key of values to the types of a frame, since one table may have years as text, another as numbers."""

    def cast(name: str) -> pl.Expr:
        source, target = values.schema[name], frame.schema[name]
        if source.is_numeric() and target.is_numeric():
            return pl.col(name).cast(target)
        text = pl.col(name).cast(pl.String)
        if isinstance(target, pl.Date | pl.Datetime):
            return text.str.strptime(target, strict=False)
        return text.cast(target, strict=False)

    differing = [name for name in key if values.schema[name] != frame.schema[name]]
    return values.with_columns(map(cast, differing)) if differing else values


def join_statistics(frame: pl.DataFrame, statistics: Iterable[pl.DataFrame], key: Sequence[str]) -> pl.DataFrame:
    """Join statistics within a key to the rows of a frame."""
    frames = [cast_key(values, frame, key) for values in statistics]
    # statistics of one query have equal keys, and need a single join
    if all(values.height == frames[0].height and values[list(key)].equals(frames[0][list(key)]) for values in frames):
        others = [column for values in frames[1:] for column in values.get_columns() if column.name not in key]
        frames = [frames[0].hstack(others)]
    for values in frames:
        frame = frame.join(values, on=list(key), how="left", nulls_equal=True, maintain_order="left")
    return frame.rechunk()
