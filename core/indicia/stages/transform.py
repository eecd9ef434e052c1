"""Transform indicators, such as by a logarithm, together with their bounds, targets and best values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.data.cell_text import cell_text
from indicia.definition import GroupBounds
from indicia.errors import DefinitionError, join_names, suggest
from indicia.formulas import FixedStatistics, column, record, record_each
from indicia.stages.plugin_boundary import evaluate_checked
from indicia.stages.stage import Record, Stage
from indicia.stages.treatment_tables import TreatmentFormula, check_domains, treatment_tables, with_treated
from indicia.statistics.profile import profile
from indicia.tables.evaluate import evaluate
from indicia.tables.scope import StatisticsScope
from indicia.tables.table import TargetRange

if TYPE_CHECKING:
    from indicia.definition import Preparation
    from indicia.formulas import RecordedFormula
    from indicia.stages.stage import Fitted, MethodTable
    from indicia.tables.table import Table
    from indicia.tables.values import StatisticValues


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
