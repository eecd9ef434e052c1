"""Rows: units that are eligible, and rows that statistics cover."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.data.cell_text import cell_text, value_text
from indicia.definition import Data, Scope, Screening, StageScopes
from indicia.errors import DataError, DefinitionError, NothingKept, join_names, suggest, suggest_unit
from indicia.notes import Count, Names, Note
from indicia.partitions.mergeable import ByKey, Distinct, MergeEach
from indicia.partitions.partition import (
    MOST_NAMES,
    FirstNames,
    MergeNames,
    MergeNamesInData,
    NamesInData,
    NoRows,
    for_each,
)
from indicia.stages.stage import Fitted, Record, Stage
from indicia.tables.scope import StatisticsScope, StatisticsScopes, cast_key
from indicia.tables.table import Table, count_of, row_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence


@dataclass(frozen=True)
class Screen(Stage):
    """Leave out indicators with values for too few units, then units with values of too few other indicators."""

    name: ClassVar[str] = "screening"
    screening: Screening
    dimensions: tuple[tuple[str, tuple[str, ...]], ...]
    """The nodes on which the index depends, each with the indicators directly below it."""
    not_counting: tuple[str, ...] = ()
    """The indicators on which the index does not depend: a unit needs no values of them."""

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table without units and indicators that have too few values.

        With `fitted`, the indicators were already left out when the table was read, and this table need not have the
        units that the index file names.
        """
        screening = self.screening
        if screening == Screening():
            return table, Record(self.name, left_out=_no_rows(table))
        names = table.values.columns
        if fitted is None:
            _check_names(screening, table)
        sparse = _sparse_indicators(table, names, screening.indicators if fitted is None else None, screening.keep)
        dropped = sparse["indicator"].to_list()
        kept = [name for name in names if name not in dropped]
        if not set(kept).difference(self.not_counting):
            raise DataError(
                "no indicator has as many values as screening asks for",
                remedy="ask for less: [screening] indicators = 0.5",
            )
        criteria = self._shares(table, [name for name in kept if name not in self.not_counting])
        unit = table.units[table.unit]
        forced_in, forced_out = unit.is_in(screening.keep), unit.is_in(screening.without)
        too_low = [(shares, (shares["found"] < shares["asked"]) & ~forced_in) for shares in criteria]
        stays = ~forced_out
        for _, low in too_low:
            stays &= ~low
        left_out = pl.concat([*_left_out(table, too_low, forced_out), sparse], how="diagonal")
        reasons = [*(str(shares["of"][0]) for shares in criteria), "by name"]
        notes = tuple(_notes(sparse["indicator"].to_list(), left_out, table, reasons))
        if not stays.any():
            error = NothingKept("screening leaves out every unit", remedy="ask for less in [screening]")
            if table.partition is not None:  # other partitions may have units that stay
                raise NoRows(error, left_out)
            raise error
        # where partitions leave out units, the profiles of all partitions are those of other rows
        if not stays.all() or len(kept) < table.values.width or table.partition is not None:
            table = replace(_with_rows(table, stays, kept), dropped=table.dropped.union(dropped))
        return table, Record(self.name, left_out=left_out, dropped=tuple(dropped), notes=notes)

    def _shares(self, table: Table, names: list[str]) -> list[pl.DataFrame]:
        """Return, for each criterion of screening, the share that each row has and the share that is required."""
        screening = self.screening

        def share(of: str, actual: pl.Expr, required: float) -> pl.DataFrame:
            return table.values.select(found=actual.cast(pl.Float64), asked=pl.lit(required), of=pl.lit(of))

        def present(columns: list[str]) -> pl.Expr:
            return pl.mean_horizontal(pl.col(name).is_not_null().cast(pl.Float64) for name in columns)

        criteria = []
        if screening.units is not None:
            criteria.append(share("indicators", present(names), screening.units))
        if screening.dimensions is not None:
            for node, columns in self.dimensions:
                if kept := [name for name in columns if name in names]:
                    criteria.append(share(f"indicators of {node}", present(kept), screening.dimensions))
        if screening.non_zero is not None:
            non_zero = pl.mean_horizontal((pl.col(name) != 0).cast(pl.Float64) for name in names)
            criteria.append(share("values other than zero", non_zero.fill_null(1.0), screening.non_zero))
        return criteria


def _with_rows(table: Table, stays: pl.Series, names: list[str]) -> Table:
    """Return a table with some rows and indicators; the other rows become `screened_out`."""
    values, used = table.values.select(names), table.used_columns
    return replace(
        table,
        units=table.units.filter(stays),
        values=values.filter(stays),
        used_columns=used.filter(stays) if used.width else used,
        screened_out=table.units.filter(~stays).hstack(values.filter(~stays)),
        rows="values after screening",
    )


def _left_out(
    table: Table, too_low: Iterable[tuple[pl.DataFrame, pl.Series]], forced_out: pl.Series
) -> list[pl.DataFrame]:
    """Return the units that are left out, with their share, the required share, and the criterion."""
    keys = table.units.select(table.key)
    reasons = [
        keys.hstack(shares.get_columns()).filter(low).with_columns(pl.lit(None, pl.String).alias("indicator"))
        for shares, low in too_low
    ]
    by_name = keys.filter(forced_out).with_columns(
        found=pl.lit(None, pl.Float64),
        asked=pl.lit(None, pl.Float64),
        of=pl.lit("by name"),
        indicator=pl.lit(None, pl.String),
    )
    return [_no_rows(table), *reasons, by_name]


def _no_rows(table: Table) -> pl.DataFrame:
    kinds = {"found": pl.Float64, "asked": pl.Float64, "of": pl.String, "indicator": pl.String}
    return pl.DataFrame(schema={**{name: table.units.schema[name] for name in table.key}, **kinds})


def _sparse_indicators(table: Table, names: list[str], required: float | None, keep: Collection[str]) -> pl.DataFrame:
    sparse = {}
    if required is not None:
        facts = for_each(
            table.partition,
            [lambda: table.count_rows("screening"), *(_missing_of(table, name) for name in names)],
            lambda fact: fact(),
        )
        rows, missing = facts[0], dict(zip(names, facts[1:], strict=True))
        shares = {name: (rows - missing[name]) / rows for name in names}
        sparse = {name: share for name, share in shares.items() if share < required and name not in keep}
    return pl.DataFrame(
        {"indicator": list(sparse), "found": list(sparse.values())},
        schema={"indicator": pl.String, "found": pl.Float64},
    ).with_columns(asked=pl.lit(required, pl.Float64), of=pl.lit("units"))


def _missing_of(table: Table, name: str) -> Callable[[], int]:
    return lambda: table.profiles[name].missing


def _check_names(screening: Screening, table: Table) -> None:
    if not (screening.keep or screening.without):
        return
    units = set(table.units[table.unit])
    for word, names, names_in_data in (
        ("keep", screening.keep, units | set(table.values.columns)),
        ("without", screening.without, units),
    ):
        if names and table.partition is not None:
            answer = table.partition.ask_later(
                f"screening: names of {word}",
                MergeNamesInData(tuple(names)),
                lambda wanted=names, known=names_in_data: NamesInData.of(wanted, known),  # type: ignore[misc]
            )
            if answer is None:
                continue
            present, alike = answer
            names_in_data = {*present, *alike}
        if unknown := [name for name in names if name not in names_in_data]:
            raise DataError(
                f"[screening] {word} names what is not there: {join_names(unknown)}",
                remedy=suggest_unit(unknown[0], units if table.partition is None else (), table.unit, names_in_data),
                word=("screening", word),
            )


def _notes(dropped: list[str], left_out: pl.DataFrame, table: Table, reasons: Sequence[str]) -> Iterator[Note]:
    """Yield notes on what is left out; over partitions, the units of all of them."""
    if dropped:
        yield Note("screened_indicators", parts=Names.of(dropped))
    names = row_names(left_out.filter(pl.col(table.unit).is_not_null()), before="found")
    count = count_of(left_out, names, before="found")
    if table.partition is None:
        if names:
            yield Note("screened_units", count=count, units=Names.of(names))
        return
    answer = table.partition.ask_later(
        "screening: units left out",
        MergeEach((("", MergeNames()), *((reason, MergeNames()) for reason in reasons))),
        lambda: {"": FirstNames.of(names), **{reason: _names_by(left_out, reason) for reason in reasons}},
    )
    if answer is not None and answer[""][0]:
        number = answer[""][0]
        first = tuple(dict.fromkeys(name for reason in reasons for name in answer[reason][1]))[:MOST_NAMES]
        yield Note("screened_units", count=Count(number, count.noun), units=Names(first, count=number))


def _names_by(left_out: pl.DataFrame, reason: str) -> FirstNames:
    """Return the first units that are left out for a reason; in memory, units of the first reason come first."""
    return FirstNames.of(row_names(left_out.filter(pl.col("of") == reason), before="found"))


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
