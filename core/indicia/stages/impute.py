"""Fill missing values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from indicia.errors import DataError, DefinitionError, join_names
from indicia.formulas import DRAW, column, record_each
from indicia.formulas.to_polars import to_polars
from indicia.methods import MatrixImputation, SeriesImputation
from indicia.notes import Count, Names, Note
from indicia.stages.groups_and_parents import sources_of, units_of_rows, with_groups_and_parents
from indicia.stages.level_noise import level_noise
from indicia.stages.plugin_boundary import asked, evaluated, expression, numbers, plugin_of
from indicia.stages.stage import Record, Stage, changed
from indicia.tables.parents import GAPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from indicia.definition import Data, Preparation
    from indicia.formulas import Expression, Question, Recorded, Recorder
    from indicia.methods import Imputation
    from indicia.stages.stage import Fitted
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table
    from indicia.tables.values import StatisticValues


@dataclass(frozen=True)
class Impute(Stage):
    """Fill the missing values of indicators that have an imputation; all start from the values as they were."""

    name: ClassVar[str] = "imputation"
    indicators: tuple[Preparation, ...]
    dimensions: tuple[tuple[str, tuple[str, ...]], ...]
    """The nodes of the tree, each with the indicators directly below it."""
    data: Data

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with missing values filled, each filled cell on record."""
        dimension = {name: node for node, names in self.dimensions for name in names}
        order = {name: number for number, name in enumerate(dimension)}
        indicators = [one for one in table.taking_part(self.indicators) if one.imputation]
        indicators.sort(key=lambda one: order[one.id])
        filled = _Filled()
        gaps = {name for name, facts in table.facts.items() if facts.missing}
        for method, members in _by_method(indicators, dimension, gaps):
            self._fill(filled, method, members, table, gaps, fitted)
        if not filled.columns:
            return table, Record(self.name, notes=tuple(_unfilled(table, indicators)))
        for values in filled.columns:
            if units := table.naming(values, ~pl.col("\0").is_finite()):
                method = filled.by[values.name]
                what = f"{method} has no finite value of {values.name} for {join_names(units)}"
                raise DataError(what, where=plugin_of(method), remedy=f"choose another imputation for {values.name}")
        columns, why = pl.DataFrame(filled.columns), {name: str(method) for name, method in filled.by.items()}
        changes = changed(self.name, table.values, columns, why, filled.whose)
        table = table.with_values(columns)
        if not fitted and changes:
            touched = changes[0].after.columns
            table, noise = level_noise(table, [one for one in self.indicators if one.id in touched])
            changes = (*changes, *noise)
        notes = tuple(_unfilled(table, indicators))
        return table, Record(
            self.name,
            statistics=filled.statistics,
            sources=filled.sources,
            formulas=filled.formulas,
            changes=changes,
            notes=notes,
        )

    def _fill(
        self,
        filled: _Filled,
        method: Imputation,
        indicators: Sequence[Preparation],
        table: Table,
        gaps: set[str],
        fitted: Fitted | None,
    ) -> None:
        """Fill the indicators that one method fills together."""
        names = [one.id for one in indicators]
        filled.by |= dict.fromkeys(names, method)
        with asked(method, join_names(names)):
            if isinstance(method, MatrixImputation):
                filled.columns += _completed(method, indicators, table, gaps)
            elif isinstance(method, SeriesImputation):
                filled.columns += _followed(method, names, table)
            else:
                frame, scope = with_groups_and_parents(
                    table, table.values, self.data, str(method), method.groups, method.parents, GAPS, raw=True
                )
                formulas = record_each({name: _Filling(method, name) for name in names})
                statistics = fitted.of(self.name) if fitted else None
                found = evaluated(dict.fromkeys(formulas, method), frame, formulas, scope, statistics, gaps=True)
                filled.columns += found.frame.get_columns()
                filled.statistics |= found.statistics
                filled.formulas |= found.formulas
                sources = sources_of(self.name, scope, found.statistics, fitted)
                filled.sources |= sources
                filled.whose |= units_of_rows(scope, sources, gaps)


@dataclass
class _Filled:
    """The columns that were filled so far."""

    columns: list[pl.Series] = field(default_factory=list)
    statistics: StatisticValues = field(default_factory=dict)
    formulas: dict[str, Recorded] = field(default_factory=dict)
    by: dict[str, Imputation] = field(default_factory=dict)
    sources: dict[Question, pl.DataFrame] = field(default_factory=dict)
    whose: dict[str, pl.Series] = field(default_factory=dict)


def _unfilled(table: Table, indicators: Iterable[Preparation]) -> Iterator[Note]:
    """Yield a note for each indicator with gaps that its imputation could not fill."""
    methods = {one.id: one.imputation for one in indicators}
    for name in table.values.columns:
        if name in methods and (count := table.facts[name].missing):
            units = table.naming(table.values[name], pl.col("\0").is_null())
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
    """Yield the indicators that are filled together: those of a method, or of a method in one dimension."""
    together: list[
        tuple[Imputation, str, list[Preparation]]
    ] = []  # no keys: a method may have parameters without a hash
    for one in indicators:
        method = one.imputation
        assert method is not None
        alone = isinstance(method, MatrixImputation) and method.reach == "dimension"
        place = dimension[one.id] if alone else ""
        same = (members for other, at, members in together if at == place and other == method)
        if (members := next(same, None)) is None:
            together.append((method, place, [one]))
        else:
            members.append(one)
    for method, _, members in together:
        wanting = [one for one in members if one.id in gaps]
        if not isinstance(method, MatrixImputation | SeriesImputation):
            yield method, members  # those without gaps too: what is fitted here may have to fill them in other data
        elif wanting:
            yield method, members if isinstance(method, MatrixImputation) else wanting


@dataclass(frozen=True)
class _Filling:
    """The formula by which the missing values of an indicator are filled."""

    method: Imputation
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        with asked(self.method, self.name, recorder):
            value = self.method.fill(x, recorder(self.name, x, parents=self.method.parents))
        return x.fill_null(value if isinstance(value, int | float) else expression(self.method, self.name, value))


def _followed(method: SeriesImputation, names: Sequence[str], table: Table) -> list[pl.Series]:
    if table.period is None:
        raise DefinitionError(f"{method.name} looks at other periods", remedy='write period = "year" in [data]')
    unit = [table.unit, *(name for name in (DRAW,) if name in table.units.columns)]
    order = table.units.select(*unit, pl.Series("\0t", _time(table.units[table.period])))
    frame = table.values.select(names).hstack(order.get_columns()).with_row_index("\0row")
    ordered = frame.sort(*unit, "\0t")
    return (
        ordered.with_columns(pl.col(name).fill_null(_series(method, name).over(unit)).alias(name) for name in names)
        .sort("\0row")
        .select(names)
        .get_columns()
    )


def _series(method: SeriesImputation, name: str) -> pl.Expr:
    return to_polars(expression(method, name, method.follow(column(name), column("\0t"))).node)


def _time(period: pl.Series) -> pl.Series:
    """Return periods as numbers: years as they are, dates in days, other words by their order."""
    if period.dtype.is_temporal():
        return period.cast(pl.Date).cast(pl.Int32).cast(pl.Float64)
    numbers = period.cast(pl.Float64, strict=False)
    return period.rank("dense").cast(pl.Float64) if numbers.null_count() else numbers


def _completed(
    method: MatrixImputation, indicators: Sequence[Preparation], table: Table, gaps: set[str]
) -> list[pl.Series]:
    names = [one.id for one in indicators]
    values = table.values.select(names)
    signs = np.array([-1.0 if one.spec.direction == "cost" else 1.0 for one in indicators])
    completed = np.asfortranarray(values.to_numpy()) * signs  # sums follow the layout, which polars leaves open
    for rows in _together(table.units, table.scope):
        given = completed[rows].copy()
        completed[rows] = numbers(method, join_names(names), method.complete(given), given.shape)
    completed *= signs
    columns = [(name, pl.Series(name, completed[:, number])) for number, name in enumerate(names)]
    return [values[name].fill_null(whole.fill_nan(None)) for name, whole in columns if name in gaps]


def _together(units: pl.DataFrame, scope: StatisticsScope) -> Iterator[npt.NDArray[np.intp] | slice]:
    """Yield the rows that are completed together."""
    if not scope.key:
        yield slice(None)
        return
    for group in units.with_row_index("\0row").partition_by(scope.key, maintain_order=True):
        yield group["\0row"].to_numpy().astype(np.intp)
