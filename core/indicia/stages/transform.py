"""Treat and transform: outliers are treated and indicators transformed, with tables of what was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from indicia.data.cell_text import cell_text
from indicia.definition import Data, GroupBounds, Preparation
from indicia.errors import DataError, DefinitionError, join_names, suggest
from indicia.formulas import (
    Expression,
    FixedStatistics,
    RecordedFormula,
    Recorder,
    column,
    literal,
    record,
    record_each,
)
from indicia.methods.profile import domain_error, profile
from indicia.partitions.partition import Partition, for_each
from indicia.stages.groups_and_parents import with_columns_of_method
from indicia.stages.plugin_boundary import attribute_errors_to, checked_expression, evaluate_checked, plugin_of
from indicia.stages.rows import check_fitted_keys
from indicia.stages.stage import Fitted, MethodTable, Record, Stage, changes_between
from indicia.tables.evaluate import evaluate
from indicia.tables.parents import VALUES
from indicia.tables.scope import StatisticsScope, StatisticValues
from indicia.tables.table import Table, TargetRange

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from indicia.methods import Treatment
    from indicia.methods.contract import DetailTable

    Batch = tuple[Mapping[str, Treatment], StatisticsScope]


TABLE = "treatment"


def treatment_tables(
    step: str,
    methods: Mapping[str, Treatment],
    before: pl.DataFrame,
    scope: StatisticsScope,
    statistics: StatisticValues,
    after: pl.DataFrame,
) -> list[MethodTable]:
    """Return the tables of the treatments that report figures, one for each indicator.

    Parameters
    ----------
    step
        The word of the index file for the step: `treatment` or `transform`.
    methods
        The methods, by indicator.
    before
        The values before the step, and the columns that the scope names.
    scope
        The rows from which the statistics are computed.
    statistics
        The values of the statistics in the formulas.
    after
        The values after the step.
    """
    return [
        MethodTable(method, TABLE, (name,), {}, partial(_columns, step, name, method, before, scope, statistics, after))
        for name, method in methods.items()
        if method.reports_figures
    ]


def _columns(
    step: str,
    name: str,
    method: Treatment,
    before: pl.DataFrame,
    scope: StatisticsScope,
    statistics: StatisticValues,
    after: pl.DataFrame,
) -> DetailTable:
    """Return a row for each group of rows: the number of values that the step changed, and what the method found."""
    changed = before[name].ne_missing(after[name]).alias("\0changed")
    rows = before.select(*scope.key, name).with_columns(changed)
    sums = pl.col("\0changed").sum(), pl.col(name).first()
    rows = rows.group_by(*scope.key, maintain_order=True).agg(*sums) if scope.key else rows.select(*sums)
    keyed = StatisticsScope(scope.key, parents=scope.parents)
    formulas = {figure: record(_FigureFormula(method, name, figure)) for figure in _figures(method, name)}
    figures = evaluate(rows.drop("\0changed"), formulas, keyed, statistics).frame if formulas else pl.DataFrame()
    size = len(rows)
    return {
        **{word: rows[word].cast(pl.String).to_list() for word in scope.key},
        "indicator": [name] * size,
        "step": [step] * size,
        "method": [method.name] * size,
        "changed": rows["\0changed"].to_list(),
        **{figure.name: figure.cast(pl.Float64).to_numpy() for figure in figures},
    }


@dataclass(frozen=True)
class _FigureFormula:
    """The formula of a figure that a treatment found."""

    method: Treatment
    name: str
    figure: str

    def __call__(self, recorder: Recorder) -> Expression:
        figure = _figures(self.method, self.name, recorder)[self.figure]
        return figure if isinstance(figure, Expression) else literal(figure)


def _figures(method: Treatment, name: str, recorder: Recorder | None = None) -> Mapping[str, Expression | float | None]:
    x = column(name)
    s = (recorder or Recorder())(name, x, parents=method.parents, uses=method.used_names)
    with attribute_errors_to(method, name):
        return method.figures(x, s)


@dataclass(frozen=True)
class TreatmentFormula:
    """The formula that treats an indicator."""

    method: Treatment
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        with attribute_errors_to(self.method, self.name, recorder):
            s = recorder(self.name, x, parents=self.method.parents, uses=self.method.used_names)
            return checked_expression(self.method, self.name, self.method.treat(x, s))


def check_domains(table: Table, methods: Mapping[str, Treatment], remedy: Callable[[str, Treatment], str]) -> None:
    """Refuse values outside the domain of a method; `remedy` returns the remedy for an indicator and its method."""
    for name, method in methods.items():
        if not table.profiles[name].within(method.domain):
            units = table.units_outside(table.values[name], method.domain)
            raise domain_error(method.name, method.domain, name, units, remedy(name, method))


def with_treated(table: Table, methods: Mapping[str, Treatment], treated: pl.DataFrame, stage: str) -> Table:
    """Return the table with treated values; values that are not finite are an error."""
    profiles = table.profile_columns(treated, stage, {name: table.profiles[name].missing for name in methods})
    for name, treated_profile in profiles.items():
        if not treated_profile.finite or table.loses_values(name, treated[name]):
            units = table.without_result(treated[name])
            raise DataError(
                f"{methods[name].name} has no finite value of {name} for {join_names(units)}",
                where=plugin_of(methods[name]),
                remedy=f"choose another {stage} for {name}",
            )
    return table.with_values(treated, profiles)


@dataclass(frozen=True)
class Treat(Stage):
    """Treat the outliers of indicators that have a treatment."""

    name: ClassVar[str] = "treatment"
    indicators: tuple[Preparation, ...]
    data: Data

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with treated values; the record has the changed cells, and a warning if outliers remain."""
        indicators = table.taking_part(self.indicators)
        methods = {indicator.id: indicator.treatment for indicator in indicators if indicator.treatment}
        if not methods:
            return table, Record(self.name)
        check_domains(table, methods, _remedy)
        columns: dict[str, pl.Series] = {}
        statistics: StatisticValues = {}
        formulas: dict[str, RecordedFormula] = {}
        batches: list[Batch] = []
        tables: list[MethodTable] = []
        values, own = (fitted.of(self.name), fitted.computed_at(self.name)) if fitted else (None, frozenset(methods))

        def treat(members: dict[str, Treatment]) -> None:
            method = next(iter(members.values()))
            frame, scope = with_columns_of_method(table, method, table.scopes.treatment, self.data, VALUES)
            if values is not None and method.groups:
                _check_groups(table, scope, members, values)
            recorded = record_each({name: TreatmentFormula(method, name) for name, method in members.items()})
            evaluation = evaluate_checked(
                members, frame, recorded, scope, values, computed=own, place=f"{self.name} by {method}"
            )
            tables.extend(treatment_tables(self.name, members, frame, scope, evaluation.statistics, evaluation.frame))
            columns.update({column.name: column for column in evaluation.frame})
            statistics.update(evaluation.statistics)
            formulas.update(evaluation.formulas)
            batches.append((members, scope))

        for_each(table.partition, _by_groups_and_parents(methods), treat)
        treated = pl.DataFrame([columns[name] for name in methods])
        after = with_treated(table, methods, treated, self.name)
        return after, Record(
            self.name,
            statistics=statistics,
            formulas=formulas,
            changes=changes_between(
                self.name, table.values, treated, {name: str(method) for name, method in methods.items()}
            ),
            warnings=tuple(_warnings(after, batches, own)),
            tables=tuple(tables),
        )


def _remedy(name: str, method: Treatment) -> str:
    return f'choose another treatment for {name}, or write transform = "{method.name}" and a floor there'


def _by_groups_and_parents(methods: Mapping[str, Treatment]) -> Iterable[dict[str, Treatment]]:
    """Group the indicators that share a query: with no groups and parents of a method, or with equal methods."""
    groups: dict[tuple[object, ...], dict[str, Treatment]] = {}
    for name, method in methods.items():
        key = (str(method), method.groups, method.parents) if method.groups or method.parents else ()
        groups.setdefault(key, {})[name] = method
    return groups.values()


def _check_groups(table: Table, scope: StatisticsScope, names: Collection[str], fitted: StatisticValues) -> None:
    """Refuse units of a group without fitted statistics, in which outliers could not be treated."""
    for question, value in fitted.items():
        if question.subject[0] in names and isinstance(value, pl.DataFrame) and value.columns[:-1] == list(scope.key):
            check_fitted_keys(table.units, scope.key, value, f"statistics of {question.subject[0]}")


def _warnings(table: Table, batches: Iterable[Batch], names: Collection[str]) -> Iterator[str]:
    """Yield a warning for each method after which outliers remain, with those of its indicators that `names` has."""
    failed = dict[str, list[str]]()
    treated = [(name, method, scope) for methods, scope in batches for name, method in methods.items() if name in names]
    passed = for_each(table.partition, treated, lambda each: _passes(table, *each))
    for (name, method, _), has_passed in zip(treated, passed, strict=True):
        if not has_passed:
            failed.setdefault(str(method), []).append(name)
    yield from (f"{method} could not bring in the outliers of {join_names(names)}" for method, names in failed.items())


def _passes(table: Table, name: str, method: Treatment, scope: StatisticsScope) -> bool:
    """Return whether the treated values of an indicator meet the aim of its treatment, in each group of rows."""
    if not method.checks_values:
        return True
    frame = table.with_scope_columns(table.values.select(name), scope)
    frame = frame if scope.reference is None else frame.filter(scope.reference)
    with attribute_errors_to(method, name):
        if table.partition is not None:
            return all(_pass_merged(table.partition, frame, name, method, scope))
        groups = frame.partition_by(scope.key) if scope.key else [frame]
        columns = [group[name].drop_nulls().to_numpy() for group in groups]
        return all(method.passes(values) for values in columns if values.size)


def _pass_merged(
    partition: Partition, frame: pl.DataFrame, name: str, method: Treatment, scope: StatisticsScope
) -> list[bool]:
    """Return whether the treated values of all rows meet the aim of the treatment, for each group of rows."""
    place = f"{name} after {method}"
    from indicia.partitions.central_moments import (  # few tables are in partitions
        NoValues,
        PartitionColumn,
        ask_keys,
        codes_of,
    )

    keys = ask_keys(partition, place, frame.select(scope.key)) if scope.key else None
    codes = np.zeros(frame.height) if keys is None else codes_of(frame.select(scope.key), keys)

    def passes(code: int) -> bool:
        values = frame[name].filter(pl.Series(codes == code)).drop_nulls().to_numpy(writable=True)
        try:
            return method.passes_merged(PartitionColumn(partition, f"{place}, {code}", values))
        except NoValues:
            return True

    return for_each(partition, range(1 if keys is None else keys.height), passes)


@dataclass(frozen=True)
class Transform(Stage):
    """Transform indicators that have a transform, and their bounds, targets and best values."""

    name: ClassVar[str] = "transform"
    indicators: tuple[Preparation, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with transformed values, fixed values and best values."""
        indicators = table.taking_part(self.indicators)
        methods = {indicator.id: indicator.transform for indicator in indicators if indicator.transform}
        statistics: StatisticValues = {}
        formulas: dict[str, RecordedFormula] = {}
        tables: list[MethodTable] = []
        if methods:
            check_domains(table, methods, lambda name, _: f"give {name} a floor, or no transform")
            recorded = record_each({name: TreatmentFormula(method, name) for name, method in methods.items()})
            scope, frame = table.scopes.treatment, table.with_scope_columns(table.values, table.scopes.treatment)
            values, own = (fitted.of(self.name), fitted.computed_at(self.name)) if fitted else (None, ())
            evaluation = evaluate_checked(methods, frame, recorded, scope, values, computed=own, place=self.name)
            tables = treatment_tables(self.name, methods, frame, scope, evaluation.statistics, evaluation.frame)
            table = with_treated(table, methods, evaluation.frame, self.name)
            statistics, formulas = evaluation.statistics, dict(evaluation.formulas)
        return _with_fixed_values(table, indicators, statistics), Record(
            self.name, statistics=statistics, formulas=formulas, tables=tuple(tables)
        )


def _with_fixed_values(table: Table, indicators: list[Preparation], statistics: StatisticValues) -> Table:
    """Return the table with bounds, targets and best values on the scale of the transformed values."""
    fixed: dict[str, FixedStatistics] = {}
    ranges: dict[str, TargetRange] = {}
    by_row: list[pl.Series] = []
    for indicator in indicators:
        spec = indicator.spec
        bounds = spec.bounds
        if isinstance(bounds, GroupBounds):
            ends = _bounds_by_group(table, indicator, bounds, statistics)
            by_row += ends
            low, high = (column(end.name).node for end in ends)
            fixed[indicator.id] = FixedStatistics(low, high, *_transform_all(table, indicator, statistics, spec.target))
            continue
        least, most, target = _transform_all(table, indicator, statistics, *(bounds or (None, None)), spec.target)
        fixed[indicator.id] = FixedStatistics(least, most, target)
        if spec.best is not None:
            least, most, *worst = _transform(table, indicator, statistics, [*spec.best, *(spec.worst or ())])
            ranges[indicator.id] = TargetRange((least, most), (worst[0], worst[1]) if worst else None)
    return table.with_changes(fixed_values=fixed, target_ranges=ranges, bounds_by_row=pl.DataFrame(by_row))


def _transform_all(
    table: Table, indicator: Preparation, statistics: StatisticValues, *values: float | None
) -> list[float | None]:
    """Transform numbers of the index file; None, for a number that the file leaves out, stays None."""
    present = [value for value in values if value is not None]
    scaled = iter(_transform(table, indicator, statistics, present))
    return [None if value is None else next(scaled) for value in values]


def _transform(table: Table, indicator: Preparation, statistics: StatisticValues, numbers: list[float]) -> list[float]:
    """Transform numbers that the index file gives, by the same formula and statistics as the values."""
    method, name = indicator.transform, indicator.id
    if method is None or not numbers:
        return numbers
    frame = pl.DataFrame({name: pl.Series(numbers, dtype=pl.Float64)})
    key = table.scopes.treatment.key
    if key and any(question.subject == (name,) for question in statistics):
        raise DefinitionError(
            f"{method.name} changes the scale of {name} differently within each {key[0]}, and its bounds are the same",
            remedy='statistics = "pooled", or no bounds',
        )
    if not profile(frame, [name])[name].within(method.domain):
        listed = join_names(f"{number:g}" for number in numbers)
        raise DefinitionError(
            f"{method.name} takes {method.domain.value} values, and the index file gives {name} {listed}",
            remedy="bounds, target and interval are given in the unit of measure, before the transform",
        )
    scaled = evaluate(frame, {name: record(TreatmentFormula(method, name))}, StatisticsScope(), statistics).frame[name]
    # if the lower bound became the upper bound, the scale would be reversed
    ordered = scaled.gather(frame[name].arg_sort())
    if not (scaled.is_finite().all() and ordered.is_sorted()):
        raise DefinitionError(
            f"{method.name} does not keep the order of the bounds of {name}",
            remedy=f"choose another transform for {name}, or give it no bounds",
        )
    return scaled.to_list()


def _bounds_by_group(
    table: Table, indicator: Preparation, bounds: GroupBounds, statistics: StatisticValues
) -> list[pl.Series]:
    name = indicator.id
    group_column = table.period if bounds.by == "period" and table.period else bounds.by
    if group_column not in table.units.columns:
        raise DefinitionError(
            f'the bounds of {name} differ by "{bounds.by}", which is no group of the data',
            remedy=suggest(bounds.by, table.units.columns) or f'groups = ["{bounds.by}"] in [data]',
            word=("indicators", name, "bounds"),
        )
    table.check_groups([group_column], f"the bounds of {name}")
    group = table.units.select(cell_text(group_column, table.units.schema[group_column])).to_series()
    if unknown := [str(word) for word in group.unique().sort() if word not in bounds.groups]:
        raise DefinitionError(
            f"{name} has no bounds for {group_column} {join_names(unknown)}",
            remedy=f'add "{unknown[0]}" = [least, greatest]',
            word=("indicators", name, "bounds"),
        )
    columns = []
    for number, end in enumerate(("low", "high")):
        values = _transform(table, indicator, statistics, [float(pair[number]) for pair in bounds.groups.values()])
        of_row = group.replace_strict(list(bounds.groups), values, return_dtype=pl.Float64)
        columns.append(of_row.alias(f"\0{end} {name}"))
    return columns
