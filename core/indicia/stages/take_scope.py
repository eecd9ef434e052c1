"""Find the rows that statistics are taken over, and those that weights are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.errors import DataError, DefinitionError, join_names, suggest
from indicia.stages.stage import Record, Stage
from indicia.tables.joins import cast_key
from indicia.tables.scope import StatisticsScope
from indicia.tables.written import written, written_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Data, Scope
    from indicia.stages.stage import Fitted
    from indicia.tables.table import Table


@dataclass(frozen=True)
class TakeScope(Stage):
    """Find the rows that the index file names for statistics and for weights."""

    name: ClassVar[str] = "scope"
    data: Data
    statistics: Scope
    weights: Scope

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with both scopes; with `fitted`, without indicators that did not vary then."""
        scope, weights_scope = (
            resolved(words.model_copy(update={"reference": None}) if fitted else words, self.data, table, what)
            for what, words in (("statistics", self.statistics), ("weights", self.weights))
        )
        if fitted:
            _check_known(table.units, fitted, scope, weights_scope)
            table = table.without(fitted.constant)
        return table.with_changes(scope=scope, weights_scope=weights_scope), Record(self.name)


def resolved(scope: Scope, data: Data, table: Table, what: str) -> StatisticsScope:
    """Return the rows that an index file means by `"period"`, a group column or `{ reference = 2015 }`."""
    key = []
    for word in scope.within:
        if word == "period" and data.period is None:
            raise DefinitionError(
                f'{what} = "period" needs a period',
                remedy='write period = "year" in [data]',
                word=("methodology", what),
            )
        column = data.period if word == "period" else word
        if column is None or column not in (*data.groups, data.period):
            raise DefinitionError(
                f'{what} = "{word}" is neither "pooled", "period" nor a column of data.groups',
                remedy=suggest(word, ["pooled", "period", *data.groups]),
                word=("methodology", what),
            )
        key.append(column)
    table.check_groups(key, what)
    if scope.reference is None:
        return StatisticsScope(tuple(key))
    if data.period is None:
        raise DefinitionError(
            "a reference period needs a period", remedy='write period = "year" in [data]', word=("methodology", what)
        )
    period, of_row = written_word(scope.reference), written(data.period, table.units.schema[data.period])
    periods = table.units.select(of_row.unique().sort()).to_series().to_list()
    if period not in periods:
        raise DataError(
            f"the reference period {period} is not in the data",
            remedy=suggest(period, periods) or "choose another",
            word=("methodology", what),
        )
    key = [one for one in key if one != data.period]
    if key:
        there = table.units.filter(of_row == period).select(key)
        if len(absent := table.units.select(key).unique(maintain_order=True).join(there, on=key, how="anti")):
            names = join_names(" ".join(map(str, row)) for row in absent.iter_rows())
            raise DataError(
                f"the reference period {period} is not in the data of {' '.join(key)} {names}",
                remedy="choose another, or other groups",
            )
    return StatisticsScope(tuple(key), of_row == period)


def _check_known(units: pl.DataFrame, fitted: Fitted, scope: StatisticsScope, weights_scope: StatisticsScope) -> None:
    """Refuse units of a period or group that nothing was fitted to."""
    statistics = [value for stage in fitted.statistics.values() for value in stage.values()]
    keyed = [one for one in statistics if isinstance(one, pl.DataFrame) and one.columns[:-1] == list(scope.key)]
    weights = [one.keys for one in fitted.weighed.values() if one.keys is not None]
    for what, key, known in (("statistics", scope.key, keyed), ("weights", weights_scope.key, weights)):
        if key and known:
            check_known(units, key, known[0], what)


def check_known(units: pl.DataFrame, key: Sequence[str], known: pl.DataFrame, what: str) -> None:
    """Refuse units of a period or group that is not among the known ones."""
    there = cast_key(known.select(key), units, key)
    new = units.select(key).unique(maintain_order=True).join(there, on=key, how="anti", nulls_equal=True)
    if len(new):
        names, fitted_to = ([" ".join(map(str, row)) for row in one.iter_rows()] for one in (new, there))
        raise DataError(
            f"no {what} were fitted for {' '.join(key)} {join_names(names)}",
            remedy=f"known: {join_names(fitted_to)}; fit the index to data that have it too",
        )
