"""Impute: missing values are filled, from statistics, from other indicators or from the series of a unit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from indicia import tracing
from indicia.catalogue.over_partitions import verdict
from indicia.errors import DataError, DefinitionError, join_names
from indicia.formulas import DRAW, USED, Expression, Question, RecordedFormula, Recorder, column, record_each
from indicia.formulas.to_polars import to_polars
from indicia.methods import (
    Array,
    Completed,
    Imputation,
    MatrixImputation,
    RandomImputation,
    RandomNumbers,
    SeriesImputation,
)
from indicia.methods.numbers import SEED
from indicia.notes import Count, Names, Note
from indicia.partitions.mergeable import error_of_method
from indicia.partitions.partition import for_each
from indicia.stages.groups_and_parents import sources_of, units_of_rows, with_columns_of_method
from indicia.stages.level_noise import level_noise
from indicia.stages.plugin_boundary import (
    attribute_errors_to,
    checked_array,
    checked_expression,
    evaluate_checked,
    plugin_of,
    unit_keys,
)
from indicia.stages.stage import Fitted, MethodTable, Record, Stage, changes_between
from indicia.tables.fitted import computed_of
from indicia.tables.last_values import PERIOD, TIME, LastValues, time_of
from indicia.tables.parents import GAPS
from indicia.tables.scope import VALUE, StatisticsScope, StatisticValues

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from indicia.definition import Data, Preparation
    from indicia.methods.contract import DetailTable
    from indicia.tables.table import Table


_ROW, _SINCE = "\0row", "\0since"


@dataclass(frozen=True)
class SeriesColumns:
    """Columns whose gaps are filled from other periods."""

    columns: list[pl.Series]
    source_periods: dict[str, pl.Series] = field(default_factory=dict)
    """By column, the period of the fitted data that provides the value of each row; null for other rows."""


def fill_series(
    method: SeriesImputation, names: Sequence[str], table: Table, last_values: LastValues | None
) -> SeriesColumns:
    """Fill the gaps of columns from other periods of the table, and from the last values of a fitted index."""
    if table.period is None:
        raise DefinitionError(f"{method.name} looks at other periods", remedy='write period = "year" in [data]')
    carried = [name for name in names if last_values is not None and name in last_values.rows]
    unit = [table.unit, *(name for name in (DRAW,) if name in table.units.columns)]
    filled = {column.name: column for column in _fill(method, names, table, unit)}
    periods: dict[str, pl.Series] = {}
    if last_values is not None and carried:
        times = last_values.check(table.units[table.period])
        for name in carried:
            column, since = _fill_with_past(method, name, table, unit, times, last_values)
            is_carried = table.values[name].is_null() & column.ne_missing(filled[name])
            if is_carried.any():
                periods[name] = pl.select(pl.when(is_carried).then(since)).to_series()
            filled[name] = column
    return SeriesColumns(list(filled.values()), periods)


def _fill(method: SeriesImputation, names: Sequence[str], table: Table, unit: list[str]) -> list[pl.Series]:
    order = table.units.select(*unit, pl.Series(TIME, time_of(table.units[table.period or ""])))
    frame = table.values.select(names).hstack(order.get_columns()).with_row_index(_ROW)
    ordered = frame.sort(*unit, TIME)  # a formula over a series reads the rows in the order of time
    return (
        ordered.with_columns(pl.col(name).fill_null(_series(method, name).over(unit)).alias(name) for name in names)
        .sort(_ROW)
        .select(names)
        .get_columns()
    )


def _fill_with_past(
    method: SeriesImputation, name: str, table: Table, unit: list[str], times: pl.Series, last_values: LastValues
) -> tuple[pl.Series, pl.Series]:
    """Return a column with gaps filled, and the period of the last value before each cell, if the table lacks it."""
    none = pl.lit(None, pl.String).alias(PERIOD)
    own = table.units.select(unit).hstack([table.values[name], times.alias(TIME)]).with_row_index(_ROW)
    past = _missing_rows(own, name, unit, last_values)
    rows = pl.concat([own.with_columns(none), past.select(*own.columns, PERIOD)]).sort(*unit, TIME)
    since = pl.when(pl.col(name).is_not_null()).then(pl.col(PERIOD).fill_null("")).forward_fill().over(unit)
    ordered = (
        rows.with_columns(
            pl.col(name).fill_null(_series(method, name).over(unit)).alias(name), since.replace("", None).alias(_SINCE)
        )
        .filter(pl.col(_ROW).is_not_null())
        .sort(_ROW)
    )
    return ordered[name], ordered[_SINCE]


def _missing_rows(own: pl.DataFrame, name: str, unit: list[str], last_values: LastValues) -> pl.DataFrame:
    """Return the last value of each unit and the gaps after it, where the table lacks these rows and has later ones."""
    rows = last_values.rows[name]
    past = pl.DataFrame(
        {
            unit[0]: rows.to_series(0).cast(own.schema[unit[0]]),
            PERIOD: rows[PERIOD],
            name: rows[VALUE].cast(pl.Float64),
            TIME: last_values.times(rows[PERIOD]),
        }
    )
    latest = own.group_by(unit).agg(pl.col(TIME).max().alias("\0latest"))
    return (
        past.join(latest, on=unit[0])
        .filter(pl.col(TIME) < pl.col("\0latest"))
        .join(own.select(*unit, TIME), on=[*unit, TIME], how="anti")
        .with_columns(pl.lit(None, own.schema[_ROW]).alias(_ROW))
    )


def _series(method: SeriesImputation, name: str) -> pl.Expr:
    return to_polars(checked_expression(method, name, method.follow(column(name), column(TIME))).node)


@dataclass(frozen=True)
class Impute(Stage):
    """Impute the missing values of indicators; no imputation reads the values that another one has imputed."""

    name: ClassVar[str] = "imputation"
    indicators: tuple[Preparation, ...]
    dimensions: tuple[tuple[str, tuple[str, ...]], ...]
    """The nodes of the tree, each with the indicators directly below it."""
    data: Data
    seed: int | None = None
    """The seed of random imputations, if the methodology states one and an imputation is random."""

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with imputed values; the record has each filled cell."""
        dimension = {name: node for node, names in self.dimensions for name in names}
        order = {name: number for number, name in enumerate(dimension)}
        indicators = [indicator for indicator in table.taking_part(self.indicators) if indicator.imputation]
        indicators.sort(key=lambda indicator: order[indicator.id])
        last_values = _last_values(table, indicators, _last_values_that_hold(fitted))
        filled = _ImputedColumns()
        gaps = {name for name, profile in table.profiles.items() if profile.missing}
        for_each(
            table.partition,
            _by_method(indicators, dimension, gaps),
            lambda pair: self._fill(filled, *pair, table, gaps, fitted),
        )
        if not filled.columns:
            return table, Record(self.name, notes=tuple(_unfilled(table, indicators)), last_values=last_values)
        for values in filled.columns:
            if units := table.units_where(values, ~pl.col("\0").is_finite()):
                method = filled.methods[values.name]
                what = f"{method} has no finite value of {values.name} for {join_names(units)}"
                raise DataError(what, where=plugin_of(method), remedy=f"choose another imputation for {values.name}")
        columns, rules = pl.DataFrame(filled.columns), {name: str(method) for name, method in filled.methods.items()}
        changes = changes_between(self.name, table.values, columns, rules, filled.source_units, filled.source_periods)
        table = table.with_values(columns, place=self.name)
        own = computed_of(fitted, columns.columns, self.name)
        changed = changes[0].after.columns if changes else []
        if table.partition is not None:
            changed = [name for name in columns.columns if name in gaps]
        if own and changed:  # imputed values may differ from other values by rounding noise only
            levelled = [indicator for indicator in self.indicators if indicator.id in own and indicator.id in changed]
            table, noise = level_noise(table, levelled, "noise after imputation")
            changes = (*changes, *noise)
        notes = (*filled.notes, *_carried(table, filled.source_periods), *_unfilled(table, indicators))
        return table, Record(
            self.name,
            statistics=filled.statistics,
            sources=filled.sources,
            formulas=filled.formulas,
            changes=changes,
            notes=notes,
            tables=tuple(filled.tables),
            last_values=last_values,
        )

    def _fill(
        self,
        filled: _ImputedColumns,
        method: Imputation,
        indicators: Sequence[Preparation],
        table: Table,
        gaps: set[str],
        fitted: Fitted | None,
    ) -> None:
        """Impute the indicators that one method fills groups."""
        names = [indicator.id for indicator in indicators]
        filled.methods |= dict.fromkeys(names, method)
        if table.partition is not None and isinstance(method, MatrixImputation | SeriesImputation):
            raise error_of_method(f"{method.name} of {join_names(names)}", str(getattr(verdict(method), "needs", "")))
        with attribute_errors_to(method, join_names(names)):
            if isinstance(method, MatrixImputation):
                scope = with_columns_of_method(table, method, table.scopes.imputation, self.data, GAPS)[1]
                filled.columns += _complete_matrix(method, indicators, table, gaps, scope, self.seed, filled.tables)
                if method.is_random:
                    filled.notes.append(self._note_on_seed(method, [name for name in names if name in gaps]))
            elif isinstance(method, SeriesImputation):
                last_values, got = _last_values_that_hold(fitted), {"values": table.values.select(names)}
                series = tracing.called(
                    method, join_names(names), got, lambda: fill_series(method, names, table, last_values)
                )
                filled.columns += series.columns
                filled.source_periods |= series.source_periods
            else:
                frame, scope = with_columns_of_method(table, method, table.scopes.imputation, self.data, GAPS)
                formulas = record_each({name: _ImputationFormula(method, name) for name in names})
                statistics, own = (fitted.of(self.name), fitted.computed_at(self.name)) if fitted else (None, ())
                evaluation = evaluate_checked(
                    dict.fromkeys(formulas, method),
                    frame,
                    formulas,
                    scope,
                    statistics,
                    gaps=True,
                    computed=own,
                    place=f"{self.name} by {method} of {join_names(names, len(names))}",
                )
                filled.columns += evaluation.frame.get_columns()
                filled.statistics |= evaluation.statistics
                filled.formulas |= evaluation.formulas
                sources = sources_of(self.name, scope, evaluation.statistics, fitted)
                filled.sources |= sources
                filled.source_units |= units_of_rows(scope, sources, gaps)

    def _note_on_seed(self, method: Imputation, names: Sequence[str]) -> Note:
        """Return the note on the seed of a random imputation."""
        kind = "default_seed" if self.seed is None else "seed"
        return Note(kind, method=method, seed=SEED if self.seed is None else self.seed, parts=Names.of(names))


@dataclass
class _ImputedColumns:
    """The imputed columns, their statistics, formulas and methods; each method adds its own."""

    columns: list[pl.Series] = field(default_factory=list)
    statistics: StatisticValues = field(default_factory=dict)
    formulas: dict[str, RecordedFormula] = field(default_factory=dict)
    methods: dict[str, Imputation] = field(default_factory=dict)
    sources: dict[Question, pl.DataFrame] = field(default_factory=dict)
    source_units: dict[str, pl.Series] = field(default_factory=dict)
    source_periods: dict[str, pl.Series] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    tables: list[MethodTable] = field(default_factory=list)


def _last_values_that_hold(fitted: Fitted | None) -> LastValues | None:
    """Return the last values of the indicators that are prepared as in the fit."""
    if fitted is None or fitted.last_values is None:
        return None
    return fitted.last_values.without(fitted.computed_at("imputation"))


def _last_values(table: Table, indicators: Iterable[Preparation], earlier: LastValues | None) -> LastValues | None:
    """Return the last values that a fitted index needs for these indicators; None if it needs none."""
    names = [
        indicator.id
        for indicator in indicators
        if isinstance(indicator.imputation, SeriesImputation) and indicator.imputation.carries_forward
    ]
    if not names or table.period is None or DRAW in table.units.columns:
        return None
    return LastValues.of(table.units, table.unit, table.period, table.values.select(names), earlier)


def _carried(table: Table, periods: Mapping[str, pl.Series]) -> Iterator[Note]:
    """Yield a note for each indicator with values that a fitted index carries forward."""
    for name, of_rows in periods.items():
        units = table.units_where(of_rows, pl.col("\0").is_not_null())
        count = Count(len(of_rows) - of_rows.null_count(), "value")
        yield Note("carried_forward", count=count, part=Names.of([name]), units=Names.of(units))


def _unfilled(table: Table, indicators: Iterable[Preparation]) -> Iterator[Note]:
    """Yield a note for each indicator that still has gaps after its imputation."""
    methods = {indicator.id: indicator.imputation for indicator in indicators}
    for name in table.values.columns:
        if name in methods and (count := table.values[name].null_count()):
            units = table.units_where(table.values[name], pl.col("\0").is_null())
            yield Note(
                "unfilled",
                method=methods[name],
                count=Count(count, "value"),
                part=Names.of([name]),
                units=Names.of(units),
            )


def _by_method(
    indicators: Sequence[Preparation], dimension: Mapping[str, str], gaps: set[str]
) -> Iterator[tuple[Imputation, list[Preparation]]]:
    """Yield the indicators that a method fills groups: all of them, or those of one dimension."""
    # a list instead of a dictionary, since a method may have parameters without a hash
    groups: list[tuple[Imputation, str, list[Preparation]]] = []
    for indicator in indicators:
        method = indicator.imputation
        assert method is not None
        within_dimension = isinstance(method, MatrixImputation) and method.reach == "dimension"
        node = dimension[indicator.id] if within_dimension else ""
        equal = (members for other, other_node, members in groups if other_node == node and other == method)
        if (members := next(equal, None)) is None:
            groups.append((method, node, [indicator]))
        else:
            members.append(indicator)
    for method, _, members in groups:
        with_gaps = [indicator for indicator in members if indicator.id in gaps]
        if not isinstance(method, MatrixImputation | SeriesImputation):
            yield method, members  # indicators without gaps too, whose statistics may fill gaps in other data
        elif with_gaps:
            yield method, members if isinstance(method, MatrixImputation) else with_gaps


@dataclass(frozen=True)
class _ImputationFormula:
    """The formula that fills the missing values of an indicator."""

    method: Imputation
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        with attribute_errors_to(self.method, self.name, recorder):
            value = self.method.fill(
                x, recorder(self.name, x, parents=self.method.parents, uses=self.method.used_names)
            )
        return x.fill_null(
            value if isinstance(value, int | float) else checked_expression(self.method, self.name, value)
        )


def _complete_matrix(
    method: MatrixImputation,
    indicators: Sequence[Preparation],
    table: Table,
    gaps: set[str],
    scope: StatisticsScope,
    seed: int | None,
    tables: list[MethodTable],
) -> list[pl.Series]:
    """Return the completed columns; tables of further results of the method are added to `tables`."""
    names = [indicator.id for indicator in indicators]
    values = table.values.select(names)
    signs = np.array([-1.0 if indicator.spec.direction == "cost" else 1.0 for indicator in indicators])
    # the order of sums, and so their last digit, depends on the memory layout; polars returns either layout
    completed = np.asfortranarray(values.to_numpy()) * signs
    used = [table.used_columns[USED + name].to_numpy() for name in method.used_names]
    random = _random_numbers(table, names, SEED if seed is None else seed) if method.is_random else None
    for rows, group in _row_groups(table.units, scope):
        matrix = completed[rows].copy()  # a method may write to its argument
        if used:
            matrix = np.asfortranarray(np.column_stack([matrix, *(column[rows] for column in used)]))
        complete: Callable[[], Array | Completed]
        if isinstance(method, RandomImputation) and random is not None:
            complete = partial(method.draw, matrix, replace(random, keys=random.keys[rows], group=group))
        else:
            complete = partial(method.complete, matrix)
        filled = tracing.called(method, join_names(names), {"values": matrix}, complete)
        if isinstance(filled, Completed) and DRAW in table.units.columns:
            filled = filled.values  # nobody asks for the tables of a draw
        elif isinstance(filled, Completed):
            key = dict(zip(scope.key, group, strict=True))
            of_columns = (*names, *method.used_names), np.append(signs, np.ones(len(used)))
            tables += [
                MethodTable(
                    method,
                    name,
                    tuple(names),
                    key,
                    partial(_with_units, columns, of_columns, filled.columns_of_units.get(name, ()), table, rows),
                )
                for name, columns in filled.tables.items()
            ]
            filled = filled.values
        result = checked_array(method, join_names(names), filled, matrix.shape)
        completed[rows] = result[:, : len(names)]
    completed *= signs
    columns = [(name, pl.Series(name, completed[:, number])) for number, name in enumerate(names)]
    return [values[name].fill_null(column.fill_nan(None)) for name, column in columns if name in gaps]


def _with_units(
    columns: Callable[[Sequence[str], Array], DetailTable],
    of_columns: tuple[Sequence[str], Array],
    of_units: Sequence[str],
    table: Table,
    rows: npt.NDArray[np.intp] | slice,
) -> DetailTable:
    """Return a table of a method with the names of units in place of the numbers of rows."""
    found = columns(*of_columns)
    if not of_units:
        return found
    units = table.units.select(pl.concat_str(table.key, separator=" ")).to_series().to_numpy()[rows]
    return {**found, **{name: units[np.asarray(found[name], dtype=np.intp)] for name in of_units}}


def _random_numbers(table: Table, names: Sequence[str], seed: int) -> RandomNumbers:
    """Return the random numbers of a table, which belong to the unit and period of each row."""
    return RandomNumbers(seed, unit_keys(table), tuple(names))


def _row_groups(
    units: pl.DataFrame, scope: StatisticsScope
) -> Iterator[tuple[npt.NDArray[np.intp] | slice, tuple[str, ...]]]:
    """Yield the rows that are completed together, and the names of their group; all draws have the same names."""
    if not scope.key:
        yield slice(None), ()
        return
    named = [number for number, column in enumerate(scope.key) if column != DRAW]
    groups = units.with_row_index("\0row").partition_by(scope.key, maintain_order=True, as_dict=True)
    for key, group in groups.items():
        yield group["\0row"].to_numpy().astype(np.intp), tuple(str(key[number]) for number in named)
