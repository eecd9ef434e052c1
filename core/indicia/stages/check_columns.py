"""Checks of columns: values that no method can compute with, and columns with one value only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import polars as pl

from indicia.defaults import NORMALISATION
from indicia.errors import DataError, DefinitionError, join_names, with_article
from indicia.formulas import USED
from indicia.methods.profile import profile
from indicia.notes import Names, Note
from indicia.partitions.mergeable import ByKey
from indicia.stages.stage import Fitted, Record, Stage, changes_between
from indicia.tables.fitted import computed_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Leaf, Preparation, Use
    from indicia.partitions.partition import Partition
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table


@dataclass(frozen=True)
class Constant(Stage):
    """Refuse constant indicators, leave them out or score them neutrally, if their normalisation needs variation."""

    name: ClassVar[str] = "constant"
    policy: Literal["refuse", "drop", "neutral"]
    leaves: tuple[Leaf, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table without constant indicators, or with their names; with `fitted`, those of the former run."""
        if fitted and not fitted.computed_at("normalisation"):
            return _as_fitted(table, fitted)
        varying = [leaf.id for leaf in table.taking_part(self.leaves) if _needs_variation(leaf)]
        own = computed_of(fitted, varying, "normalisation")
        constant = tuple(_constant(table, [name for name in varying if name in own]))
        if fitted:  # the other constant indicators are those of the fit
            table, record = _as_fitted(table, fitted)
        else:
            record = Record(self.name)
        if not constant:
            return table, record
        if self.policy == "refuse":
            raise self._error(constant, table)
        if self.policy == "neutral":
            note, neutral = Note("constant_neutral", parts=Names.of(constant)), (*record.neutral, *constant)
            return table.with_changes(neutral=neutral), replace(record, neutral=neutral, notes=(note,))
        if len(constant) == table.values.width:
            raise DefinitionError("every indicator is the same for all units; nothing is left to score")
        note = Note("constant_dropped", parts=Names.of(constant))
        values = table.values.select(constant)
        return table.without(constant), replace(
            record, dropped=(*record.dropped, *constant), dropped_values=values, notes=(note,)
        )

    def _error(self, names: Sequence[str], table: Table) -> DataError:
        method = next(leaf.normalisation.name for leaf in self.leaves if leaf.id in names)
        if table.count_rows(self.name) == 1:
            return DataError(
                f"{method} compares units, and there is one",
                remedy="score it with an index that was fitted to more: indicia fit, indicia score; "
                f"or by {NORMALISATION} with bounds = [least, greatest] of every indicator",
            )
        key = table.scopes.normalisation.key
        verb, within = "is" if len(names) == 1 else "are", f" within {with_article(key[0])}" if key else ""
        return DataError(
            f"{join_names(names)} {verb} the same for all units{within}; {method} has no value there",
            remedy='leave out the indicator, or write constant = "drop" or constant = "neutral" in [methodology]',
        )


def _as_fitted(table: Table, fitted: Fitted) -> tuple[Table, Record]:
    """Return the table with the constant indicators of the fit; those that are left out were left out before."""
    record = Record(Constant.name, dropped=fitted.constant, neutral=fitted.neutral)
    return table.with_changes(neutral=fitted.neutral), record


def _needs_variation(leaf: Leaf) -> bool:
    # with fixed bounds, a constant has a score
    return leaf.normalisation.needs_spread and leaf.spec.bounds is None


def _constant(table: Table, names: list[str]) -> list[str]:
    """Return the indicators that are constant over all rows, or within any key of the scope."""
    scope = table.scopes.normalisation
    if not names or scope.pooled:
        return [name for name in names if table.profiles[name].constant]
    frame = table.with_scope_columns(table.values.select(names), scope)
    if scope.reference is not None:
        frame = frame.filter(scope.reference)
    ends = frame.group_by(scope.key or pl.lit(0).alias("\0"), maintain_order=table.partition is not None).agg(
        end for name in names for end in (pl.col(name).min(), pl.col(name).max().alias(f"\0max {name}"))
    )
    if table.partition is not None:
        aggregates = [end for name in names for end in ((name, "min"), (f"\0max {name}", "max"))]
        merge = ByKey(scope.key or ("\0",), tuple(aggregates))  # type: ignore[arg-type]
        ends = table.partition.ask(f"{Constant.name}: extremes", merge, lambda own=ends: own)  # type: ignore[misc]
    within = ends.select(pl.col(name) == pl.col(f"\0max {name}") for name in names)
    return [name for name in names if within[name].any()]


@dataclass(frozen=True)
class Cap(Stage):
    """Limit values to a floor and a cap."""

    name: ClassVar[str] = "cap"
    indicators: tuple[Preparation, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the table with limited values; the record has each changed cell."""
        limits = {
            indicator.id: (indicator.spec.floor, indicator.spec.cap) for indicator in table.taking_part(self.indicators)
        }
        limits = {name: pair for name, pair in limits.items() if pair != (None, None)}
        if not limits:
            return table, Record(self.name)
        capped = table.values.select(pl.col(name).clip(*pair) for name, pair in limits.items())
        rules = {
            name: ", ".join(
                f"{word} = {end:g}" for word, end in zip(("floor", "cap"), pair, strict=True) if end is not None
            )
            for name, pair in limits.items()
        }
        profiles = None
        if table.partition is not None:  # the extremes of all rows follow from those before
            profiles = {name: table.profiles[name].clipped(*pair) for name, pair in limits.items()}
        return table.with_values(capped, profiles), Record(
            self.name, changes=changes_between(self.name, table.values, capped, rules)
        )


_SCOPES = {"transform": "treatment", "as_component": "rescaling"}
"""The stages whose statistics have the rows of another stage."""


@dataclass(frozen=True)
class CheckColumns(Stage):
    """Refuse a used column that lacks values, or that has values that its method does not accept.

    Units that screening leaves out need no values.
    """

    name: ClassVar[str] = "columns"
    uses: tuple[Use, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the same table, if its used columns meet the needs of their methods."""
        profiles = profile(table.used_columns, table.used_columns.columns)
        for use in self.uses:
            name = USED + use.column.name
            if name not in profiles:  # a fitted index reads the columns that its formulas need in each row
                continue
            column, facts = table.used_columns[name], profiles[name]
            if facts.missing:
                units = table.units_where(column, pl.col("\0").is_null())
                raise _error(
                    use, f"has no value for {join_names(units)}", "complete the column, or leave the units out"
                )
            if not facts.finite:
                units = table.units_where(column, ~pl.col("\0").is_finite())
                raise _error(use, f"is not finite for {join_names(units)}", "mend the values, or leave the units out")
            if not facts.within(use.column.domain):
                units = table.units_outside(column, use.column.domain)
                what = f"has values that are not {use.column.domain.value}: {join_names(units)}"
                raise _error(use, what, "name another column, or mend the values")
            if use.column.is_weight and (fitted is None or fitted.computed_at(use.stage)):
                _check_sum(use, column, table)
        return table, Record(self.name)


def _check_sum(use: Use, column: pl.Series, table: Table) -> None:
    """Refuse weights whose sum is 0 over the rows of any statistic."""
    stage = _SCOPES.get(use.stage, use.stage)
    scope = table.weights_scope if stage == "weighting" else table.scopes.by_stage()[stage]
    frame = table.with_scope_columns(pl.DataFrame([column.alias("\0")]), scope)
    rows = frame if scope.reference is None else frame.filter(scope.reference)
    merge = ByKey(scope.key, (("\0", "sum"),))
    sums = own = merge.aggregate(rows)
    if table.partition is not None:
        place = f"{CheckColumns.name}: sum of {use.column.name} for {stage}"
        answer = table.partition.ask_later(place, merge, lambda: own)
        if answer is None:
            return
        sums = answer
    sums = sums.filter(pl.col("\0") == 0)
    if len(sums) and not scope.key:
        raise _error(use, "has the sum 0, and weights need a larger sum", "name another column")
    if len(sums):
        keys = join_names(" ".join(map(str, row)) for row in sums.select(scope.key).iter_rows())
        what = f"has the sum 0 within {' '.join(scope.key)} {keys}, and weights need a larger sum"
        raise _error(use, what, 'name another column, or compute statistics over all rows: statistics = "pooled"')


def _error(use: Use, what: str, remedy: str) -> DataError:
    return DataError(f'the column "{use.column.name}", which {use.method} uses, {what}', remedy=remedy, word=use.word)


@dataclass(frozen=True)
class RefuseGaps(Stage):
    """Refuse missing values in indicators that may not have gaps."""

    name: ClassVar[str] = "gaps"
    indicators: tuple[Preparation, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the same table, if these indicators have no gaps."""
        if gaps := [
            indicator for indicator in table.taking_part(self.indicators) if table.profiles[indicator.id].missing
        ]:
            raise _missing_error(gaps, table)
        return table, Record(self.name)


def _missing_error(indicators: Sequence[Preparation], table: Table) -> DataError:
    """Return the error, with the units that lack a value and the other indicators with gaps."""

    def label(indicator: Preparation) -> str:
        return f"{indicator.id} (per {indicator.spec.per})" if indicator.spec.per else indicator.id

    first, *more = indicators
    units = table.first_units_where(table.values[first.id], pl.col("\0").is_null(), RefuseGaps.name)
    others = [f"{label(indicator)} ({table.profiles[indicator.id].missing})" for indicator in more]
    where = [f"missing too: {join_names(others, 10)}"] if others else []
    remedy = (
        'complete the data, or write missing = "skip", missing = "propagate" or an imputation in [methodology]; '
        "--set methodology.missing=skip does so for a run"
    )
    if first.imputation is not None:  # the imputation could not fill the gaps, for example in a group without values
        where.insert(0, f"{first.imputation} found no value for these units")
        remedy = 'complete the data, choose another imputation, or write missing = "skip" or missing = "propagate"'
    return DataError(
        f"{label(first)} is missing for {units.count} unit(s): {join_names(units.names, count=units.count)}",
        where="\n".join(where) or None,
        remedy=remedy,
    )


@dataclass(frozen=True)
class UnitRequirement:
    """A method that needs several units, and their number."""

    method: str
    units: int
    indicators: tuple[str, ...]
    """The indicators below the method: if all are left out, the method is not used."""


@dataclass(frozen=True)
class CheckUnits(Stage):
    """Refuse methods that need more units than there are in all rows, or in the smallest period or group."""

    name: ClassVar[str] = "units"
    normalising: tuple[UnitRequirement, ...]
    """The methods that compare units over the rows of the normalisation."""
    aggregating: tuple[UnitRequirement, ...]
    """The methods that compare units over the rows of the aggregation."""
    weighing: tuple[UnitRequirement, ...]
    """The methods that compute weights over the scope of weights."""

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the same table, if there are enough units; the statistics of a fitted index need only one."""
        if not fitted or fitted.computed_at("normalisation"):
            own = [each for each in self.normalising if computed_of(fitted, each.indicators, "normalisation")]
            _check(own, table, table.scopes.normalisation, "normalisation")
        if not fitted or fitted.computed_at("aggregation"):
            _check(self.aggregating, table, table.scopes.aggregation, "aggregation")
        if not fitted or fitted.computed_at("weighting"):
            _check(self.weighing, table, table.weights_scope, "weighting")
        return table, Record(self.name)


def _check(methods: Sequence[UnitRequirement], table: Table, scope: StatisticsScope, stage: str) -> None:
    methods = [method for method in methods if not table.dropped.issuperset(method.indicators)]
    if not methods:
        return
    units = table.units if scope.reference is None else table.units.filter(scope.reference)
    sizes = _sizes(units, scope, table.partition, stage)
    if sizes is None:
        return
    *where, fewest = sizes.row(sizes["len"].arg_min() or 0)
    fact = " ".join(["there are", str(fewest), *(["in", *map(str, where)] if where else [])])
    for method in methods:
        if fewest < method.units:
            raise DataError(
                f"{method.method} needs at least {method.units} units, and {fact}",
                remedy="choose another method there, or compute it over more rows together",
            )


def _sizes(units: pl.DataFrame, scope: StatisticsScope, partition: Partition | None, stage: str) -> pl.DataFrame | None:
    """Return the number of rows by key; None in the round in which a run over partitions asks for it."""
    sizes = units.group_by(scope.key, maintain_order=True).len() if scope.key else units.select(pl.len())
    if partition is None:
        return sizes
    sizes = sizes.with_columns(pl.col("len").cast(pl.Int64))
    question = f"numbers of units for {stage}"
    answer: pl.DataFrame | None = partition.ask_later(question, ByKey(scope.key, (("len", "sum"),)), lambda: sizes)
    return answer
