"""The table of a run: units, their indicators, and the columns that stages make."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import polars as pl

from indicia.errors import DataError, join_names
from indicia.formulas import PERIOD, UNIT
from indicia.methods import Domain
from indicia.tables.profile import Columns, profile, units_where
from indicia.tables.scope import StatisticsScope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.formulas import FixedStatistics
    from indicia.tables.profile import Profile
    from indicia.tables.values import StatisticValues
    from indicia.tables.weights import Weighed


class _Named(Protocol):
    @property
    def id(self) -> str:
        """The name of an indicator."""


AnyIndicator = TypeVar("AnyIndicator", bound=_Named)


@dataclass(frozen=True)
class TargetRange:
    """The best values of a target or interval, from and to, and the worst value on either side."""

    best: tuple[float, float]
    worst: tuple[float, float] | None


@dataclass(frozen=True)
class NodeColumns:
    """Columns of indicators and nodes on the way from normalised indicators to the index, each by name."""

    components: Columns = field(default_factory=Columns.none)
    """Normalised indicators, and scores of nodes as their parents take them, with gaps filled."""
    weights: Mapping[str, Weighed] = field(default_factory=dict)
    """The weights of the components of nodes."""
    unrounded: Mapping[str, pl.Series] = field(default_factory=dict)
    """Scores of nodes."""
    rounded: Mapping[str, pl.Series] = field(default_factory=dict)
    """Scores of the nodes that are rounded."""
    handed: Mapping[str, pl.Series] = field(default_factory=dict)
    """Scores of nodes as their parents take them: on the scale of components, larger is better."""

    @property
    def scores(self) -> dict[str, pl.Series]:
        """Scores of nodes, rounded where the methodology rounds them."""
        return {**self.unrounded, **self.rounded}

    def with_columns(self, *others: NodeColumns) -> NodeColumns:
        """Return these columns, and others beside them or in their place."""

        def joined(kind: str) -> dict[str, Any]:
            return {name: column for one in (self, *others) for name, column in getattr(one, kind).items()}

        return NodeColumns(
            self.components.with_columns(*(one.components for one in others)),
            *(joined(kind) for kind in ("weights", "unrounded", "rounded", "handed")),
        )


@dataclass(frozen=True)
class Table:
    """Units and their columns, one row per unit (and period). Stages return new tables and change none."""

    source: pl.DataFrame
    """The rows that take part, with all columns of the data, until indicators are denominated."""
    unit: str
    period: str | None
    units: pl.DataFrame
    """Unit, period, labels and groups."""
    values: pl.DataFrame
    """One Float64 column per indicator, in its own unit of measure; missing values are null."""
    scope: StatisticsScope = field(default_factory=StatisticsScope)
    """The rows that statistics are taken over."""
    weights_scope: StatisticsScope = field(default_factory=StatisticsScope)
    """The rows that weights are computed from."""
    dropped: frozenset[str] = frozenset()
    """Indicators that take no part."""
    aside: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Units that screening left out, with their values: other units may belong to them."""
    fixed_values: Mapping[str, FixedStatistics] = field(default_factory=dict)
    """Bounds and targets of the index file, on the scale of the values."""
    target_ranges: Mapping[str, TargetRange] = field(default_factory=dict)
    bounds_by_row: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Bounds that differ between groups, row by row."""
    neutral: tuple[str, ...] = ()
    """Indicators that do not vary and score neutrally."""
    statistics: StatisticValues = field(default_factory=dict)
    """The values of the statistics by which indicators were normalised."""
    columns: NodeColumns = field(default_factory=NodeColumns)
    ranks: pl.DataFrame = field(default_factory=pl.DataFrame)

    @classmethod
    def of(cls, source: pl.DataFrame) -> Table:
        """Return the table of data that no stage has read yet."""
        return cls(source, "", None, pl.DataFrame(), pl.DataFrame())

    @property
    def key(self) -> list[str]:
        """The columns that tell rows apart: unit and period."""
        return [self.unit, *([self.period] if self.period else [])]

    @property
    def names(self) -> list[pl.Series]:
        """The unit and the period of each row, under the names by which formulas look up those of others."""
        units = [self.units[self.unit].alias(UNIT)]
        return [*units, self.units[self.period].cast(pl.String).alias(PERIOD)] if self.period else units

    @cached_property
    def facts(self) -> dict[str, Profile]:
        """Missing values and extremes of each indicator."""
        return profile(self.values, self.values.columns)

    def with_facts(self, facts: Mapping[str, Profile]) -> Table:
        """Return a copy with column profiles attached, so that they are not computed again."""
        copy = replace(self)
        vars(copy)["facts"] = dict(facts)
        return copy

    def naming(self, column: pl.Series, condition: pl.Expr) -> list[str]:
        """Name the units for which a condition on a column holds."""
        return units_where(self.units.with_columns(column.alias("\0")), condition, self.unit, self.period)

    def outside(self, column: pl.Series, domain: Domain) -> list[str]:
        """Name the units whose value lies outside a domain."""
        x = pl.col("\0")
        return self.naming(column, x <= 0 if domain is Domain.POSITIVE else x < 0)

    def without_result(self, made: pl.Series) -> list[str]:
        """Name the units that have a value of this name and no finite result."""
        given = self.values[made.name]
        return self.naming(made.fill_null(math.nan).set(given.is_null(), 0.0), ~pl.col("\0").is_finite())

    def check_groups(self, columns: Iterable[str], what: str) -> None:
        """Refuse units that belong to no group."""
        for column in columns:
            if units := self.naming(self.units[column], pl.col("\0").is_null()):
                raise DataError(
                    f'{what}: "{column}" is empty for {len(units)} unit(s): {join_names(units)}',
                    remedy="name the group of every unit",
                )

    def check_finite(self) -> None:
        """Refuse infinite values."""
        for name, facts in self.facts.items():
            if not facts.finite:
                units = self.naming(self.values[name], pl.col("\0").is_infinite())
                raise DataError(
                    f"{name} is infinite for {join_names(units)}",
                    remedy="write what is not known as missing, not as infinite",
                )

    def beside(self, values: pl.DataFrame, scope: StatisticsScope, *extra: str) -> pl.DataFrame:
        """Return values beside the columns of the units by which a scope finds its rows."""
        about = [*scope.key, *extra, *([self.period] if scope.reference is not None and self.period else [])]
        return values.hstack([self.units[name] for name in dict.fromkeys(about)]) if about else values

    @property
    def raw(self) -> pl.DataFrame:
        """The indicators in their units of measure, and the scores of nodes before gaps are filled."""
        return self.values.hstack(list(self.columns.handed.values()))

    def with_columns(self, *columns: NodeColumns) -> Table:
        """Return the table with more columns of nodes."""
        return self.with_changes(columns=self.columns.with_columns(*columns))

    def with_changes(self, **changes: object) -> Table:
        """Return the table with other fields; the profiles of the values are kept where the values are."""
        copy = replace(self, **changes)  # type: ignore[arg-type]
        if "facts" in vars(self) and "values" not in changes:
            vars(copy)["facts"] = self.facts
        return copy

    def with_values(self, columns: pl.DataFrame, facts: Mapping[str, Profile] | None = None) -> Table:
        """Return the table with other values in some columns, whose profiles are looked at where not given."""
        looked_at = profile(columns, columns.columns) if facts is None else facts
        values = self.values.with_columns(columns.get_columns())
        return replace(self, values=values).with_facts({**self.facts, **looked_at})

    def taking_part(self, indicators: Iterable[AnyIndicator]) -> list[AnyIndicator]:
        """Return the indicators that take part."""
        return [one for one in indicators if one.id not in self.dropped]

    def without(self, names: Iterable[str]) -> Table:
        """Return the table without some indicators."""
        gone = set(names)
        if not gone:
            return self
        facts = {name: about for name, about in self.facts.items() if name not in gone}
        left = replace(self, values=self.values.drop(gone), dropped=self.dropped | gone)
        return left.with_facts(facts)
