"""Score aggregates of units: the world, a union or a region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.cell_text import keep_rows
from indicia.definition import ROOT, Aggregate, Data, Definition, Eligible, Node, Screening, text
from indicia.errors import DataError, DefinitionError, MethodError, join_names, suggest
from indicia.run import Scored, methods_needing_all_units, score

if TYPE_CHECKING:
    from collections.abc import Iterable


_NAME = "\0aggregate"
_WEIGHT = "\0weight"


@dataclass(frozen=True)
class Aggregates:
    """The aggregates of an index, and the run of its units, whose statistics and weights score them too."""

    definition: Definition
    tree: Node
    scored: Scored
    table: pl.DataFrame
    """The table of the run, with the rows of aggregates."""

    def score(self) -> pl.DataFrame:
        """Return one row per aggregate (and period): its name, scores, members and coverage.

        Raises
        ------
        IndiciaError
            If a row or a member is not in the data, if a member has no weight, or if a method compares units.
        """
        rows = self.table if self.scored.fitted_by is None else None  # other data may lack them
        check_aggregates(self.definition, self.tree, rows, self._rows[self._unit])
        frames = [self._score(key, aggregate) for key, aggregate in self.definition.aggregates.items()]
        columns = self._empty.columns
        return pl.concat([self._empty, *(frame.select(columns) for frame in frames)])

    def _score(self, key: str, aggregate: Aggregate) -> pl.DataFrame:
        if aggregate.row:
            scores = self._score_rows(self._rows_of(aggregate))
        elif aggregate.of == "values":
            scores = self._score_rows(self._mean_values(key, aggregate))
        else:
            scores = self._mean_scores(key, aggregate)
        unnamed = pl.col("aggregate") if aggregate.groups else pl.lit(aggregate.row or key)
        named = pl.lit(text(aggregate.name)) if aggregate.name and not aggregate.groups else unnamed
        group = pl.col("aggregate") if aggregate.groups else pl.lit(key)
        return scores.with_columns(named.alias("name"), group.alias("aggregate"))

    @property
    def _data(self) -> Data:
        return self.definition.data

    @property
    def _unit(self) -> str:
        return str(self._data.unit)

    @property
    def _period(self) -> list[str]:
        return [self._data.period] if self._data.period else []

    @property
    def _rows(self) -> pl.DataFrame:
        """The rows of units in the table, with those that screening leaves out."""
        rows = keep_rows(self.table, self._data.where)
        return rows.filter(~pl.col(self._unit).is_in(self.definition.aggregate_rows))

    @property
    def _empty(self) -> pl.DataFrame:
        """The table of aggregates without rows."""
        periods = {name: self.scored.units.schema[name] for name in self._period}
        nodes = dict.fromkeys([node.id for node in self.scored.tree.nodes() if node.id != ROOT], pl.Float64)
        texts, counts = {"aggregate": pl.String, "name": pl.String}, {"members": pl.UInt32, "coverage": pl.Float64}
        return pl.DataFrame(schema={**texts, **periods, "score": pl.Float64, **nodes, **counts})

    def _rows_of(self, aggregate: Aggregate) -> pl.DataFrame:
        """Return the rows of an aggregate that the table has."""
        rows = keep_rows(self.table, self._data.where).filter(pl.col(self._unit) == aggregate.row)
        return rows.with_columns(pl.lit(None, pl.UInt32).alias("members"), pl.lit(None, pl.Float64).alias("coverage"))

    def _score_rows(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Score rows by the statistics and weights of the run of the units."""
        if rows.is_empty():
            return self._empty
        changes = {"aggregates": {}, "screening": Screening(), "eligible": Eligible()}
        data = self._data.model_copy(update={"where": {}})  # the rows are those that `where` keeps
        alone = self.definition.model_copy(update={**changes, "data": data})
        scored = score(alone, self.tree, rows, self.scored.fitted)
        scores = scored.nodes.rename({ROOT: "score"})
        names = scored.units.select(pl.col(self._unit).alias("aggregate"), *self._period)
        return names.hstack([*scores.get_columns(), *rows.select("members", "coverage").get_columns()])

    def _mean_scores(self, key: str, aggregate: Aggregate) -> pl.DataFrame:
        """Return the weighted means of the scores of the members, over the members with a score."""
        nodes = self.scored.nodes.columns
        members, totals = self._members(key, aggregate)
        members = members.hstack(self.scored.nodes.get_columns())
        return self._means(members, totals, nodes, pl.col(ROOT).is_not_null()).rename(
            {_NAME: "aggregate", ROOT: "score"}
        )

    def _mean_values(self, key: str, aggregate: Aggregate) -> pl.DataFrame:
        """Return rows like those of the table, with the weighted means of the columns of the members."""
        columns = {spec.column or name for name, spec in self.definition.indicators.items()}
        columns |= {spec.per for spec in self.definition.indicators.values() if spec.per}
        columns |= set(self.scored.fitted.columns)  # formulas read these in each row
        numbers = [pl.col(name).cast(pl.Float64, strict=False) for name in sorted(columns)]
        members, totals = self._members(key, aggregate)
        members = members.join(
            self.table.select(*self.scored.source.key, *numbers),
            on=self.scored.source.key,
            how="left",
            maintain_order="left",
        )
        has_all = pl.all_horizontal(pl.col(name).is_not_null() for name in sorted(columns))
        means = self._means(members, totals, sorted(columns), has_all)
        of_units = dict.fromkeys([*self._data.labels(), *self._data.groups], pl.lit(None, pl.String))
        if aggregate.groups:
            of_units[aggregate.groups] = pl.col(_NAME)
        of_units[self._unit] = pl.col(_NAME)  # last, as the names of units may be their labels in a language
        return means.with_columns(**of_units).drop(_NAME)

    def _means(
        self, members: pl.DataFrame, totals: pl.DataFrame, columns: Iterable[str], has_all: pl.Expr
    ) -> pl.DataFrame:
        """Return the weighted means of columns by aggregate (and period), with the number of complete members."""
        key = [_NAME, *self._period]
        weight = pl.col(_WEIGHT)

        def mean(name: str) -> pl.Expr:
            is_present = pl.col(name).is_not_null()
            total = weight.filter(is_present).sum()
            return pl.when(total > 0).then((weight * pl.col(name)).sum() / total).alias(name)

        return (
            members.filter(pl.col(_NAME).is_not_null())
            .group_by(key, maintain_order=True)
            .agg(
                *(mean(name) for name in columns),
                has_all.sum().cast(pl.UInt32).alias("members"),
                weight.filter(has_all).sum().alias("coverage"),
            )
            .join(totals, on=key, how="left", maintain_order="left", nulls_equal=True)
            .with_columns(pl.col("coverage") / weight)
            .drop(_WEIGHT)
        )

    def _members(self, key: str, aggregate: Aggregate) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return a row for each unit of the run, and the weight of all members by aggregate (and period).

        A row has unit, period, the aggregate to which the unit belongs (or null), and the weight of the unit. The
        weight of all members includes those that screening leaves out.
        """
        unit_key = self.scored.source.key
        if aggregate.groups:
            name = pl.col(aggregate.groups).cast(pl.String)
        else:
            name = pl.when(pl.col(self._unit).is_in(aggregate.members)).then(pl.lit(key))
        members = self._with_weights(key, aggregate, self.scored.units.select(*unit_key, name.alias(_NAME)))
        rows = self._rows
        left_out = rows.join(self.scored.units, on=unit_key, how="anti", maintain_order="left", nulls_equal=True)
        weight = pl.col(aggregate.weights).cast(pl.Float64, strict=False) if aggregate.weights else pl.lit(1.0)
        left_out = left_out.select(*unit_key, name.alias(_NAME), weight.fill_null(0.0).alias(_WEIGHT))
        totals = pl.concat([members, left_out]).group_by([_NAME, *self._period], maintain_order=True)
        return members, totals.agg(pl.col(_WEIGHT).sum())

    def _with_weights(self, key: str, aggregate: Aggregate, members: pl.DataFrame) -> pl.DataFrame:
        """Add the weights of members; a member without a weight is refused."""
        if aggregate.weights is None:
            return members.with_columns(pl.lit(1.0).alias(_WEIGHT))
        unit_key = self.scored.source.key
        weights = pl.col(aggregate.weights).cast(pl.Float64, strict=False).alias(_WEIGHT)
        members = members.join(
            self.table.select(*unit_key, weights), on=unit_key, how="left", maintain_order="left", nulls_equal=True
        )
        is_weighted = (pl.col(_WEIGHT) >= 0) & pl.col(_WEIGHT).is_finite()
        unweighted = members.filter(pl.col(_NAME).is_not_null() & ~is_weighted.fill_null(value=False))
        if len(unweighted):
            names = join_names(" ".join(map(str, row)) for row in unweighted.select(unit_key).iter_rows())
            raise DataError(
                f'the aggregate {key} weights its members by "{aggregate.weights}", which is no weight for {names}',
                remedy="give every member a weight of 0 or more, or leave it out of the members",
                word=("aggregates", key, "weights"),
            )
        return members


def check_aggregates(definition: Definition, tree: Node, table: pl.DataFrame | None, units: pl.Series) -> None:
    """Refuse aggregates whose row, members or groups do not exist, or whose row no method can score.

    `units` has the names of the units, and those that screening leaves out. Without a table, rows and members are not
    looked up.
    """
    data = definition.data
    rows = [] if table is None else keep_rows(table, data.where)[str(data.unit)].unique(maintain_order=True).to_list()
    names = units.unique(maintain_order=True).to_list()
    methods = list(methods_needing_all_units(tree))
    for key, aggregate in definition.aggregates.items():
        if methods and (aggregate.row or aggregate.of == "values"):
            raise MethodError(
                f"the aggregate {key} is scored like a unit, and methods compare units: {join_names(methods)}",
                remedy='write members = [...] or groups = "…" for the mean of the scores of its members',
                word=("aggregates", key),
            )
        if aggregate.row and table is not None and aggregate.row not in rows:
            raise DataError(
                f'the aggregate {key} is "{aggregate.row}", which is no row of the data',
                remedy=suggest(aggregate.row, rows),
                word=("aggregates", key, "row"),
            )
        if aggregate.groups and aggregate.groups not in data.groups:
            raise DefinitionError(
                f'the aggregate {key} names the groups "{aggregate.groups}", which is no column of data.groups',
                remedy=suggest(aggregate.groups, data.groups) or f'groups = ["{aggregate.groups}"] in [data]',
                word=("aggregates", key, "groups"),
            )
        absent = [member for member in aggregate.members if member not in set(names)]
        if absent and table is not None:
            raise DataError(
                f"the aggregate {key} has {join_names(absent)} as members, which are no units of the index",
                remedy=suggest(absent[0], names),
                word=("aggregates", key, "members"),
            )
