"""Resolve the rows from which statistics are computed, and the rows from which weights are computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.data.cell_text import cell_text, value_text
from indicia.errors import DataError, DefinitionError, join_names, suggest
from indicia.partitions.merge import ByKey, Distinct
from indicia.stages.stage import Record, Stage
from indicia.tables.joins import cast_key
from indicia.tables.scope import StatisticsScope, StatisticsScopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.definition import Data, Scope, StageScopes
    from indicia.stages.stage import Fitted
    from indicia.tables.table import Table


@dataclass(frozen=True)
class TakeScope(Stage):
    """Resolve the rows that the index file names for statistics and for weights."""

    name: ClassVar[str] = "scope"
    data: Data
    statistics: StageScopes
    weights: Scope

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with the scopes; with `fitted`, without the constant indicators of the former run."""

        def resolved(words: Scope, stages: Iterable[str], *place: str) -> StatisticsScope:
            records = [name for stage in stages for name in _RECORDS[stage]]
            if fitted and not fitted.computed_at(*records):  # these data need not have the reference period
                words = words.model_copy(update={"reference": None})
            return resolve_scope(words, self.data, table, place)

        own = set(self.statistics.stages)
        by_stage: dict[str, StatisticsScope] = {}
        for words, stages in self.statistics.distinct().items():
            place = [] if own.isdisjoint(stages) else [next(stage for stage in stages if stage in own)]
            by_stage |= dict.fromkeys(stages, resolved(words, stages, "statistics", *place))
        scopes, weights_scope = StatisticsScopes(**by_stage), resolved(self.weights, ["weighting"], "weights")
        if fitted:
            _check_keys(table.units, fitted, scopes, weights_scope)
            table = table.without(fitted.constant)
        return table.with_changes(scopes=scopes, weights_scope=weights_scope), Record(self.name)


def resolve_scope(scope: Scope, data: Data, table: Table, place: Sequence[str]) -> StatisticsScope:
    """Return the rows that the index file names by `"period"`, a group column or `{ reference = 2015 }`.

    `place` has the keys of the words in `[methodology]`.
    """
    subject, word = ".".join(place), ("methodology", *place)
    key = _key_of(scope, data, subject, word)
    table.check_groups(key, subject)
    if scope.reference is None:
        return StatisticsScope(tuple(key), partition=table.partition)
    if data.period is None:
        raise DefinitionError("a reference period needs a period", remedy='write period = "year" in [data]', word=word)
    period, of_row = value_text(scope.reference), cell_text(data.period, table.units.schema[data.period])
    periods = _periods(table, of_row, subject)
    if periods is not None and period not in periods:
        raise DataError(
            f"the reference period {period} is not in the data",
            remedy=suggest(period, periods) or "choose another",
            word=word,
        )
    key = [column for column in key if column != data.period]
    if key:
        absent = _without_reference(table, key, of_row == period, subject)
        if absent is not None and len(absent):
            names = join_names(" ".join(map(str, row)) for row in absent.iter_rows())
            raise DataError(
                f"the reference period {period} is not in the data of {' '.join(key)} {names}",
                remedy="choose another, or other groups",
            )
    return StatisticsScope(tuple(key), of_row == period, partition=table.partition)


def _periods(table: Table, of_row: pl.Expr, subject: str) -> list[str] | None:
    """Return the periods of all rows; None in the round in which a run over partitions asks for them."""
    periods: list[str] = table.units.select(of_row.unique().sort()).to_series().to_list()
    if table.partition is None:
        return periods
    answer = table.partition.ask_later(f"periods for {subject}", Distinct(), lambda: tuple(periods))
    return None if answer is None else sorted(answer)


def _without_reference(table: Table, key: list[str], in_reference: pl.Expr, subject: str) -> pl.DataFrame | None:
    """Return the keys without rows in a reference period; None in the round that asks for them."""
    merge = ByKey(tuple(key), ((_REFERENCE, "max"),))
    keys = merge.aggregate(table.units.select(*key, in_reference.cast(pl.Int8).alias(_REFERENCE)))
    if table.partition is not None:
        place = f"groups of the reference period for {subject}"
        answer: pl.DataFrame | None = table.partition.ask_later(place, merge, lambda: keys)
        if answer is None:
            return None
        keys = answer
    return keys.filter(pl.col(_REFERENCE) == 0).drop(_REFERENCE)


_REFERENCE = "\0in reference"


def _key_of(scope: Scope, data: Data, subject: str, place: Sequence[str]) -> list[str]:
    """Return the columns within which statistics are computed."""
    key = []
    for word in scope.within:
        if word == "period" and data.period is None:
            raise DefinitionError(
                f'{subject} = "period" needs a period', remedy='write period = "year" in [data]', word=tuple(place)
            )
        column = data.period if word == "period" else word
        if column is None or column not in (*data.groups, data.period):
            raise DefinitionError(
                f'{subject} = "{word}" is neither "pooled", "period" nor a column of data.groups',
                remedy=suggest(word, ["pooled", "period", *data.groups]),
                word=tuple(place),
            )
        key.append(column)
    return key


_RECORDS = {
    "imputation": ("imputation",),
    "treatment": ("treatment", "transform"),
    "normalisation": ("normalisation",),
    "aggregation": ("missing", "aggregation"),
    "rescaling": ("rescaling", "as_component"),
    "weighting": ("weighting",),
}
"""The records with statistics, by the word of the index file for their scope."""


def _check_keys(units: pl.DataFrame, fitted: Fitted, scopes: StatisticsScopes, weights_scope: StatisticsScope) -> None:
    """Refuse units of a period or group that the index was not fitted to."""
    for scope, stages in scopes.distinct():
        records = {name for stage in stages for name in _RECORDS[stage]}
        statistics = [value for name, stage in fitted.statistics.items() if name in records for value in stage.values()]
        frames = [value for value in statistics if isinstance(value, pl.DataFrame)]
        keyed = [frame for frame in frames if frame.columns[:-1] == list(scope.key)]
        if scope.key and keyed:
            check_fitted_keys(units, scope.key, keyed[0], "statistics")
    weights = [weights.keys for weights in fitted.node_weights.values() if weights.keys is not None]
    if weights_scope.key and weights:
        check_fitted_keys(units, weights_scope.key, weights[0], "weights")


def check_fitted_keys(units: pl.DataFrame, key: Sequence[str], fitted: pl.DataFrame, subject: str) -> None:
    """Refuse units of a period or group that is not among the fitted periods or groups."""
    fitted = cast_key(fitted.select(key), units, key)
    new = units.select(key).unique(maintain_order=True).join(fitted, on=key, how="anti", nulls_equal=True)
    if len(new):
        names, fitted_to = ([" ".join(map(str, row)) for row in keys.iter_rows()] for keys in (new, fitted))
        raise DataError(
            f"no {subject} were fitted for {' '.join(key)} {join_names(names)}",
            remedy=f"known: {join_names(fitted_to)}; fit the index to data that have it too",
        )
