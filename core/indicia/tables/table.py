"""The table of a run: its columns of values and scores, and the names of units."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import polars as pl

from indicia.definition import Data, text
from indicia.errors import DataError, join_names
from indicia.formulas import PERIOD, UNIT, FixedStatistics
from indicia.methods import Domain
from indicia.methods.profile import Profile, ProfiledColumns, profile
from indicia.notes import Count
from indicia.partitions.mergeable import ByKey, Total
from indicia.partitions.partition import FirstNames, MergeNames, Partition
from indicia.partitions.profiles import ColumnFacts, partition_profiles
from indicia.tables.scope import StatisticsScope, StatisticsScopes, StatisticValues

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.tables.fitted import Fitted
    from indicia.tables.weights import NodeWeights


def reader_names(units: pl.DataFrame, data: Data, language: str | None = None) -> pl.Series:
    """Return the name of the unit of each row: its label in a language, or the unit itself where the label is empty.

    The unit follows in brackets where other units of the frame have the same label.

    >>> from indicia.definition import Data
    >>> units = pl.DataFrame({"code": ["PRI", "STP", "PER"], "name": ["Sao Tome", "Sao Tome", "Peru"]})
    >>> reader_names(units, Data(unit="code", label="name")).to_list()
    ['Sao Tome (PRI)', 'Sao Tome (STP)', 'Peru']
    """
    key = str(data.unit)
    column = text(data.label, language)
    unit = pl.col(key).cast(pl.String)
    label = pl.col(column).cast(pl.String) if column in units.columns else unit
    name = pl.when(label.is_null() | (label == "")).then(unit).otherwise(label)
    shared = (unit.n_unique().over(name) > 1) & (name != unit)
    with_unit = pl.concat_str(name, pl.lit(" ("), unit, pl.lit(")"))
    return units.select(pl.when(shared).then(with_unit).otherwise(name)).to_series()


def split_brackets(name: str) -> tuple[str, str]:
    """Split a name into its text and the brackets at its end, which are kept when a long name is cut.

    >>> split_brackets("Sao Tome and Principe (STP)"), split_brackets("Peru")
    (('Sao Tome and Principe', ' (STP)'), ('Peru', ''))
    """
    match = re.fullmatch(r"(.*\S)( \([^()]*\))", name, re.DOTALL)
    return (match[1], match[2]) if match else (name, "")


def shared_labels(units: pl.DataFrame, data: Data) -> dict[str, list[str]]:
    """Return the labels that several units share, with these units.

    >>> from indicia.definition import Data
    >>> units = pl.DataFrame({"code": ["PRI", "STP", "PER"], "name": ["Sao Tome", "Sao Tome", "Peru"]})
    >>> shared_labels(units, Data(unit="code", label="name"))
    {'Sao Tome': ['PRI', 'STP']}
    """
    units_by_label: dict[str, list[str]] = {}
    unit = pl.col(str(data.unit)).cast(pl.String)
    for column in data.labels():
        if column == data.unit or column not in units.columns:
            continue
        pairs = units.select(pl.col(column).cast(pl.String).alias("label"), unit.alias("unit")).drop_nulls("label")
        duplicates = pairs.unique(maintain_order=True).filter(pl.col("label").is_duplicated())
        for label, name in duplicates.iter_rows():
            members = units_by_label.setdefault(label, [])
            if name not in members:
                members.append(name)
    return units_by_label


def row_names(frame: pl.DataFrame, before: str) -> list[str]:
    """Return the distinct names of the rows of a frame: the unit, and in a panel the period.

    The columns of the unit and the period are on the left of the column `before`.
    """
    key = pl.col(frame.columns[: frame.columns.index(before)]).cast(pl.String)
    return frame.select(pl.concat_str(key, separator=" ")).to_series().unique(maintain_order=True).to_list()


def count_of(frame: pl.DataFrame, names: list[str], before: str) -> Count:
    """Return the number of names from `row_names`, with the noun for them: unit, or in a panel row."""
    return Count(len(names), "row" if frame.columns.index(before) > 1 else "unit")


class _Named(Protocol):
    @property
    def id(self) -> str:
        """The name of an indicator."""


AnyIndicator = TypeVar("AnyIndicator", bound=_Named)


@dataclass(frozen=True)
class TargetRange:
    """The best values of an indicator, from and to, and the worst values below and above them."""

    best: tuple[float, float]
    worst: tuple[float, float] | None


@dataclass(frozen=True)
class NodeColumns:
    """Columns of indicators and nodes between the normalised indicators and the index, each by name."""

    components: ProfiledColumns = field(default_factory=ProfiledColumns.none)
    """Normalised indicators, and the `handed` scores of nodes, with gaps filled."""
    weights: Mapping[str, NodeWeights] = field(default_factory=dict)
    """The weights of the components of nodes."""
    unrounded: Mapping[str, pl.Series] = field(default_factory=dict)
    """Scores of nodes."""
    rounded: Mapping[str, pl.Series] = field(default_factory=dict)
    """Scores of the nodes that are rounded."""
    handed: Mapping[str, pl.Series] = field(default_factory=dict)
    """Scores of nodes as components of their parents: larger is better, on the scale that components have."""
    missing: Mapping[str, int] = field(default_factory=dict)
    """The number of missing scores of a node, if it is known without a look at the scores."""

    @property
    def scores(self) -> dict[str, pl.Series]:
        """Scores of nodes, rounded where the methodology rounds them."""
        return {**self.unrounded, **self.rounded}

    def with_columns(self, *others: NodeColumns) -> NodeColumns:
        """Return these columns with others added, or replaced where the names are equal."""

        def joined(kind: str) -> dict[str, Any]:
            return {name: column for columns in (self, *others) for name, column in getattr(columns, kind).items()}

        return NodeColumns(
            self.components.with_columns(*(columns.components for columns in others)),
            *(joined(kind) for kind in ("weights", "unrounded", "rounded", "handed", "missing")),
        )


@dataclass(frozen=True)
class Table:
    """Units and their columns, one row per unit (and period). A stage returns a new table and never changes one."""

    source: pl.DataFrame
    """The rows that take part, with all columns of the data; empty once indicators are denominated."""
    unit: str
    period: str | None
    units: pl.DataFrame
    """Unit, period, labels and groups."""
    values: pl.DataFrame
    """One Float64 column per indicator, in its own unit of measure; missing values are null."""
    scopes: StatisticsScopes = field(default_factory=StatisticsScopes)
    """The rows from which statistics are computed, by stage."""
    weights_scope: StatisticsScope = field(default_factory=StatisticsScope)
    """The rows from which weights are computed."""
    dropped: frozenset[str] = frozenset()
    """Indicators that are left out."""
    screened_out: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Units that screening left out, with their values, since they may be the parents of other units."""
    fixed_values: Mapping[str, FixedStatistics] = field(default_factory=dict)
    """Bounds and targets of the index file, on the scale of the values."""
    target_ranges: Mapping[str, TargetRange] = field(default_factory=dict)
    bounds_by_row: pl.DataFrame = field(default_factory=pl.DataFrame)
    """The bounds of each row, where they differ between groups."""
    used_columns: pl.DataFrame = field(default_factory=pl.DataFrame)
    """The columns that methods use beside the indicators, under the names that formulas use."""
    neutral: tuple[str, ...] = ()
    """Constant indicators that get the neutral score."""
    statistics: StatisticValues = field(default_factory=dict)
    """The values of the statistics by which indicators were normalised."""
    columns: NodeColumns = field(default_factory=NodeColumns)
    ranks: pl.DataFrame = field(default_factory=pl.DataFrame)
    fitted: Fitted | None = None
    """The statistics and weights of a former run, if stages use them."""
    partition: Partition | None = None
    """The partition, where the run has one partition of the rows."""
    rows: str = "values as read"
    """The name of the rows in a run over partitions; other rows have other extremes."""

    @classmethod
    def of(cls, source: pl.DataFrame, fitted: Fitted | None = None, partition: Partition | None = None) -> Table:
        """Return the table of data before the first stage."""
        return cls(source, "", None, pl.DataFrame(), pl.DataFrame(), fitted=fitted, partition=partition)

    @property
    def key(self) -> list[str]:
        """The columns that identify a row: unit and period."""
        return [self.unit, *([self.period] if self.period else [])]

    @property
    def names(self) -> list[pl.Series]:
        """The unit and the period of each row, under the names that formulas use to refer to other rows."""
        units = [self.units[self.unit].alias(UNIT)]
        return [*units, self.units[self.period].cast(pl.String).alias(PERIOD)] if self.period else units

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        """The missing values and extremes of each indicator."""
        return self.profile_columns(self.values, self.rows)

    def profile_columns(
        self,
        frame: pl.DataFrame,
        place: str,
        missing: Mapping[str, int] | None = None,
        known: Mapping[str, ColumnFacts] = MappingProxyType({}),
    ) -> dict[str, Profile]:
        """Return the profiles of columns over all rows.

        Parameters
        ----------
        frame
            The columns, with the rows of the table.
        place
            The name of the columns in the run; a run over partitions asks for their profiles under this name.
        missing
            The numbers of missing values that are known, by column.
        known
            The facts of all rows that are known in a run over partitions, by column.
        """
        if self.partition is None:
            return profile(frame, frame.columns)
        return partition_profiles(self.partition, place, frame, frame.columns, missing, known)

    def distinct_rows(self, frame: pl.DataFrame, place: str) -> pl.DataFrame:
        """Return the distinct rows of a frame over all rows of the data, in the order of their first appearance.

        `place` names the rows in the run; a run over partitions asks for those of all partitions under this name.
        """
        own = frame.unique(maintain_order=True)
        if self.partition is None:
            return own
        rows: pl.DataFrame = self.partition.ask(place, ByKey(tuple(frame.columns), ()), lambda: own)
        return rows

    def profiled(
        self,
        frame: pl.DataFrame,
        place: str,
        missing: Mapping[str, int] | None = None,
        known: Mapping[str, ColumnFacts] = MappingProxyType({}),
    ) -> ProfiledColumns:
        """Return columns with their profiles; see `profile_columns`."""
        return ProfiledColumns(frame, self.profile_columns(frame, place, missing, known))

    def with_profiles(self, profiles: Mapping[str, Profile]) -> Table:
        """Return a copy with column profiles attached, so that they are not computed again."""
        copy = replace(self)
        vars(copy)["profiles"] = dict(profiles)  # `cached_property` stores its value here
        return copy

    def loses_values(self, name: str, result: pl.Series) -> bool:
        """Return whether a result of an indicator misses values that the indicator has."""
        if self.partition is None:
            return result.null_count() > self.profiles[name].missing
        return result.null_count() > self.values[name].null_count()

    def units_where(self, column: pl.Series, condition: pl.Expr) -> list[str]:
        """Return the units for which a condition on the column holds; the condition names the column "\\0"."""
        rows = self.units.with_columns(column.alias("\0")).filter(condition).select(self.key)
        return [" ".join(map(str, row)) for row in rows.iter_rows()]

    def first_units_where(self, column: pl.Series, condition: pl.Expr, place: str) -> FirstNames:
        """Return the first units of all rows for which a condition on the column holds; see `units_where`.

        A run over partitions asks for them under the name `place`.
        """
        if self.partition is None:
            return FirstNames.of(self.units_where(column, condition))
        question = f"{place}: units of {column.name}"
        return FirstNames(
            *self.partition.ask(question, MergeNames(), lambda: FirstNames.of(self.units_where(column, condition)))
        )

    def count_rows(self, place: str) -> int:
        """Return the number of rows, those of all partitions together; `place` names the rows in the run."""
        if self.partition is None:
            return len(self.units)
        count: int = self.partition.ask(f"{place}: number of rows", Total(), lambda: len(self.units))
        return count

    def units_outside(self, column: pl.Series, domain: Domain) -> list[str]:
        """Return the units whose value lies outside a domain."""
        x = pl.col("\0")
        return self.units_where(column, x <= 0 if domain is Domain.POSITIVE else x < 0)

    def without_result(self, result: pl.Series) -> list[str]:
        """Return the units with a value of an indicator and no finite result; `result` has the indicator's name."""
        missing = self.values[result.name].is_null()
        return self.units_where(result.fill_null(math.nan).set(missing, 0.0), ~pl.col("\0").is_finite())

    def check_groups(self, columns: Iterable[str], rule: str) -> None:
        """Refuse units without a group; the error begins with the rule that names the columns."""
        for column in columns:
            if units := self.units_where(self.units[column], pl.col("\0").is_null()):
                raise DataError(
                    f'{rule}: "{column}" is empty for {len(units)} unit(s): {join_names(units)}',
                    remedy="name the group of every unit",
                )

    def check_finite(self) -> None:
        """Refuse infinite values."""
        for name, column_profile in self.profiles.items():
            if not column_profile.finite:
                units = self.units_where(self.values[name], pl.col("\0").is_infinite())
                raise DataError(
                    f"{name} is infinite for {join_names(units)}",
                    remedy="write an unknown value as missing, not as infinite",
                )

    def with_scope_columns(self, values: pl.DataFrame, scope: StatisticsScope, *extra: str) -> pl.DataFrame:
        """Return values together with the columns that methods use, and the columns of units that the scope names."""
        names = [*scope.key, *extra, *([self.period] if scope.reference is not None and self.period else [])]
        columns = [*self.used_columns, *(self.units[name] for name in dict.fromkeys(names))]
        return values.hstack(columns) if columns else values

    @property
    def raw(self) -> pl.DataFrame:
        """The indicators in their units of measure, and the scores of nodes before gaps were filled."""
        return self.values.hstack(list(self.columns.handed.values()))

    def with_columns(self, *columns: NodeColumns) -> Table:
        """Return the table with more columns of nodes."""
        return self.with_changes(columns=self.columns.with_columns(*columns))

    def with_changes(self, **changes: object) -> Table:
        """Return the table with other fields; profiles are kept unless the values change."""
        copy = replace(self, **changes)  # type: ignore[arg-type]
        if "profiles" in vars(self) and "values" not in changes:
            vars(copy)["profiles"] = self.profiles
        return copy

    def with_values(
        self, columns: pl.DataFrame, profiles: Mapping[str, Profile] | None = None, place: str = ""
    ) -> Table:
        """Return the table with new values in these columns; without `profiles`, their profiles are computed.

        `place` names the columns in the run; see `profile_columns`.
        """
        new_profiles = self.profile_columns(columns, place) if profiles is None else profiles
        values = self.values.with_columns(columns.get_columns())
        return replace(self, values=values).with_profiles({**self.profiles, **new_profiles})

    def taking_part(self, indicators: Iterable[AnyIndicator]) -> list[AnyIndicator]:
        """Return the indicators that are not left out."""
        return [indicator for indicator in indicators if indicator.id not in self.dropped]

    def without(self, names: Iterable[str]) -> Table:
        """Return the table without these indicators."""
        dropped = set(names)
        if not dropped:
            return self
        profiles = {name: profile for name, profile in self.profiles.items() if name not in dropped}
        rest = replace(self, values=self.values.drop(dropped), dropped=self.dropped | dropped)
        return rest.with_profiles(profiles)
