"""Bring every indicator to its common scale; direction ends here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.defaults import NORMALISATION
from indicia.errors import DataError, IndiciaError, join_names
from indicia.formulas import FixedStatistics, column, record, record_each
from indicia.formulas.expression import within_groups
from indicia.methods import row_max, where
from indicia.stages.plugin_boundary import asked, evaluated, expression, plugin_of
from indicia.stages.stage import Record, Stage
from indicia.tables.profile import Columns, domain_error, rounded
from indicia.tables.scope import StatisticsScope
from indicia.tables.table import NodeColumns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Leaf
    from indicia.formulas import Expression, Recorder
    from indicia.methods import Normalisation
    from indicia.stages.stage import Fitted
    from indicia.tables.profile import Profile
    from indicia.tables.table import Table, TargetRange


@dataclass(frozen=True)
class Normalise(Stage):
    """Bring every indicator to its common scale, on which larger is better."""

    name: ClassVar[str] = "normalisation"
    leaves: tuple[Leaf, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with normalised indicators; those that are `neutral` score so where they do not vary."""
        leaves = table.taking_part(self.leaves)
        for leaf in leaves:
            _check_domain(table, leaf, table.facts[leaf.id])
        formulas = record_each({leaf.id: normalising(leaf, table, leaf.id in table.neutral) for leaf in leaves})
        found = evaluated(
            {leaf.id: leaf.normalisation for leaf in leaves},
            with_names(table),
            formulas,
            table.scope,
            fitted.of(self.name) if fitted else None,
            facts={(leaf.id,): _as_seen(leaf, table) for leaf in leaves if leaf.id not in table.target_ranges},
            whole_column=any(leaf.normalisation.whole_column for leaf in leaves),
        )
        columns = Columns.of(found.frame)
        for name, facts in columns.facts.items():
            if not facts.finite or facts.missing > table.facts[name].missing:
                leaf = next(leaf for leaf in leaves if leaf.id == name)
                raise _not_finite(table, leaf, found.frame[name])
        if rounding := [rounded(leaf.id, leaf.decimals) for leaf in leaves if leaf.decimals is not None]:
            columns = columns.with_columns(Columns.of(found.frame.select(rounding)))
        beyond = _outside(table, fitted) if fitted else {}
        normalised = table.with_changes(columns=NodeColumns(columns), statistics=found.statistics)
        return normalised, Record(
            self.name,
            statistics=found.statistics,
            formulas=formulas,
            ranges={name: (facts.lowest, facts.highest) for name, facts in table.facts.items()},
            beyond=beyond,
            warnings=tuple(
                f'the target of {name} counts for nothing: say direction = "target", or leave it out'
                for name in _idle_targets(table, leaves)
            ),
        )


def _outside(table: Table, fitted: Fitted) -> dict[str, list[str]]:
    """Return the units whose value of an indicator lies outside the fitted range, by indicator."""
    outside = {}
    for name, (low, high) in fitted.ranges.items():
        if low is None or high is None:
            continue
        beyond = (table.values[name] < low) | (table.values[name] > high)
        if beyond.any():
            outside[name] = table.units[table.unit].filter(beyond).to_list()
    return outside


def _idle_targets(table: Table, leaves: Sequence[Leaf]) -> list[str]:
    """Return the indicators with a target that neither their direction nor their normalisation asks for."""
    idle = []
    for leaf in leaves:
        if leaf.spec.target is None or leaf.spec.best is not None:
            continue
        fixed = {leaf.id: replace(table.fixed_values[leaf.id], target=None)}
        try:
            record(normalising(leaf, replace(table, fixed_values=fixed, scope=StatisticsScope()), constant=False))
        except IndiciaError:
            continue
        idle.append(leaf.id)
    return idle


def with_names(table: Table) -> pl.DataFrame:
    """Return the values, beside them all columns by which formulas look values up."""
    return table.beside(table.values, table.scope).hstack([*table.bounds_by_row, *table.names])


def is_mirrored(leaf: Leaf) -> bool:
    """Return whether the formula sees the indicator with its sign turned."""
    return leaf.spec.direction == "cost" and leaf.oriented and not leaf.normalisation.has_cost_formula()


def _as_seen(leaf: Leaf, table: Table) -> Profile:
    """Return the profile of an indicator as the formula sees it."""
    facts = table.facts[leaf.id]
    return facts.mirrored() if is_mirrored(leaf) else facts


def normalising(leaf: Leaf, table: Table, constant: bool) -> Normalising:
    """Return the formula by which an indicator is normalised; `constant`, if it may not vary and then is neutral."""
    method, is_cost = leaf.normalisation, leaf.spec.direction == "cost"
    return Normalising(
        method=method,
        name=leaf.id,
        is_cost=is_cost and leaf.oriented,
        fixed=table.fixed_values[leaf.id],
        ends=None if is_cost else table.target_ranges.get(leaf.id),
        key=table.scope.key if method.whole_column else (),
        constant=constant,
    )


@dataclass(frozen=True)
class Normalising:
    """The formula by which an indicator is normalised."""

    method: Normalisation
    name: str
    is_cost: bool
    """True if a lower value is better, and scores more."""
    fixed: FixedStatistics
    ends: TargetRange | None
    key: tuple[str, ...]
    """The groups within which a method that looks at the column as a whole is computed."""
    constant: bool
    """True if the indicator scores neutrally where it does not vary."""

    def __call__(self, recorder: Recorder) -> Expression:
        method, x, fixed = self.method, column(self.name), self.fixed
        with asked(method, self.name, recorder):
            if self.is_cost and not method.has_cost_formula():
                x = -x
            elif self.ends is not None:
                x, fixed = _closeness(x, self.name, self.ends, recorder), FixedStatistics(0.0, 1.0, 1.0)
            s = recorder(self.name, x, fixed)
            z = method.cost(x, s) if self.is_cost and method.has_cost_formula() else method.benefit(x, s)
        if self.constant:
            z = where(x.is_null() | (s.max > s.min), z, method.neutral_score)
        return within_groups(expression(method, self.name, z), self.key)


@dataclass(frozen=True)
class Closeness:
    """The formula of an indicator with best values: 1 at these, 0 at the worst."""

    name: str
    ends: TargetRange

    def __call__(self, recorder: Recorder) -> Expression:
        return _closeness(column(self.name), self.name, self.ends, recorder)


def _closeness(x: Expression, name: str, ends: TargetRange, recorder: Recorder) -> Expression:
    """Return 1 at the best values, 0 at the worst, linear between: the worst given, or the farthest unit."""
    low, high = ends.best
    if ends.worst is not None:
        least, most = ends.worst
        below, above = (x - least) / (low - least), (most - x) / (most - high)
        return where(x < low, below, where(x > high, above, where(x.is_null(), x, 1.0))).clip(0.0, 1.0)
    distance = row_max([low - x, x - high]).clip(0.0)
    farthest = recorder((name, "distance"), distance).max
    return where(farthest > 0, 1 - distance / farthest, where(x.is_null(), x, 1.0))


def _check_domain(table: Table, leaf: Leaf, facts: Profile) -> None:
    method = leaf.normalisation
    cost = leaf.spec.direction == "cost" and leaf.oriented
    domain = method.cost_domain if cost else method.domain
    mirrored = cost and not method.has_cost_formula()
    if leaf.spec.best is not None:
        facts = replace(facts, lowest=0.0)
    elif mirrored:
        facts = facts.mirrored()
    if not facts.within(domain):
        values = table.values[leaf.id]
        if leaf.spec.best is not None:
            values = pl.repeat(0.0, len(values), eager=True)
        units = table.outside(-values if mirrored else values, domain)
        seen = f"{leaf.id}, a cost and so taken as -x," if is_mirrored(leaf) and leaf.spec.best is None else leaf.id
        remedy = f'choose one that takes them, such as normalisation = "{NORMALISATION}"'
        raise domain_error(method.name, domain, seen, units, remedy)


def _not_finite(table: Table, leaf: Leaf, z: pl.Series) -> DataError:
    units = table.without_result(z)
    return DataError(
        f"{leaf.normalisation.name} has no finite value of {leaf.id} for {len(units)} unit(s): {join_names(units)}",
        where=plugin_of(leaf.normalisation),
        remedy=f"look at {leaf.id} there: a logarithm or root may have no value, a sum, maximum or difference that the "
        "formula divides by be zero, or a figure be too large",
    )
