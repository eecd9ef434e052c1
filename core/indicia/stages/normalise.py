"""Normalise: the values of indicators on a common scale.

The facts of normalised columns that follow from those of the columns before, so that no partition computes them.

A normalisation that is a straight line takes the ends to the ends, and the mean to the mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.defaults import NORMALISATION
from indicia.errors import SMALLER, DataError, IndiciaError, join_names
from indicia.formulas import DRAW, Expression, FixedStatistics, Recorder, column, record, record_each
from indicia.formulas.expression import within_groups
from indicia.formulas.node import Column, FixedValue, Number, Operation, Statistic, postorder
from indicia.formulas.node import Node as FormulaNode
from indicia.methods import Normalisation, row_max, where
from indicia.methods.noise import NOISE, largest_absolute
from indicia.methods.profile import Profile, domain_error, rounded
from indicia.partitions.profiles import ColumnFacts, PartitionProfile
from indicia.stages.plugin_boundary import attribute_errors_to, checked_expression, evaluate_checked, plugin_of
from indicia.stages.stage import Fitted, Record, Stage
from indicia.tables.evaluate import Evaluation, evaluate
from indicia.tables.fitted import computed_of
from indicia.tables.table import NodeColumns, Table, TargetRange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition import Leaf, Node


_MOST_LOST = 300
"""The factor by which rounding errors of a mean may grow; beyond it, the mean is computed from the values."""


def facts_of_lines(evaluation: Evaluation, profiles: Mapping[str, Profile]) -> dict[str, ColumnFacts]:
    """Return the facts of all rows of computed columns that are straight lines of columns with known facts.

    Parameters
    ----------
    evaluation
        The computed columns, with statistics of all rows.
    profiles
        The profiles of the columns before, under the same names.
    """
    before = {
        name: facts
        for name, formula in evaluation.formulas.items()
        if (facts := _known(profiles[name])) is not None and is_line(formula.root, name)
    }
    if not before:
        return {}
    points = pl.DataFrame(
        {name: [facts.lowest, facts.highest, facts.statistic("mean")] for name, facts in before.items()}
    )
    formulas = {name: evaluation.formulas[name] for name in before}
    images = evaluate(points, formulas, fitted=evaluation.statistics).frame
    return {
        name: image for name, facts in before.items() if (image := _image(facts, images[name].to_list())) is not None
    }


def _known(profile: Profile) -> ColumnFacts | None:
    """Return the facts of all rows if they are known, with a mean."""
    facts = profile.facts() if isinstance(profile, PartitionProfile) else None
    return None if facts is None or facts.statistic("mean") is None else facts


def _image(before: ColumnFacts, points: list[float | None]) -> ColumnFacts | None:
    """Return the facts, given the images of the ends and of the mean; None if an image is not finite."""
    numbers = [point for point in points if point is not None and isfinite(point)]
    if len(numbers) < len(points) or before.lowest == before.highest:
        return None
    *ends, mean = numbers
    assert before.lowest is not None
    assert before.highest is not None
    # values far from 0 with a small range lose digits, as do means close to 0
    slope = (max(ends) - min(ends)) / (before.highest - before.lowest)
    error = slope * max(abs(before.lowest), abs(before.highest)) + max(map(abs, ends))
    has_digits = error < _MOST_LOST * abs(mean)
    return before._replace(lowest=min(ends), highest=max(ends), total=mean * before.present if has_digits else nan)


def is_line(root: FormulaNode, column: str) -> bool:
    """Return True if a formula is a + b x for certain, where x is the column, and a and b are the same in all rows.

    Statistics are the same in all rows if their scope has no key.

    >>> from indicia.formulas import column
    >>> x = column("x")
    >>> is_line(((x - 1) / 2).node, "x"), is_line((1 / x).node, "x"), is_line((x * x).node, "x")
    (True, False, False)
    """
    degrees: dict[FormulaNode, int] = {}
    for node in postorder([root]):
        degree = _degree(node, column, [degrees.get(arg) for arg in node.args])
        if degree is not None:
            degrees[node] = degree
    return degrees.get(root) == 1


def _degree(node: FormulaNode, column: str, of_args: list[int | None]) -> int | None:
    """Return 0 for a value that is the same in all rows, 1 for a line, and None for anything else."""
    match node:
        case Column():
            return 1 if node.options == (column,) else None
        case Number() | FixedValue() | Statistic():
            return 0
        case Operation():
            known = [degree for degree in of_args if degree is not None]
            if len(known) < len(of_args):
                return None
            if not any(known):
                return 0
            is_line = {
                "neg": True,
                "add": True,
                "sub": True,
                "mul": sum(known) == 1,
                "truediv": known[-1] == 0,
                "clip": all(limit.options == (None,) for limit in node.args[1:]),
            }
            return 1 if is_line.get(node.kind, False) else None
    return None


@dataclass(frozen=True)
class Normalise(Stage):
    """Normalise indicators, to scales on which larger values are better."""

    name: ClassVar[str] = "normalisation"
    leaves: tuple[Leaf, ...]
    without_gaps: tuple[str, ...] = ()
    """The indicators that may not have gaps, and whose normalisation may leave some: it needs several periods."""

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with normalised indicators."""
        leaves = table.taking_part(self.leaves)
        for leaf in leaves:
            _check_spread(leaf, table.profiles[leaf.id])
            _check_domain(table, leaf, table.profiles[leaf.id])
            _check_range(table, leaf)
        own = computed_of(fitted, (leaf.id for leaf in leaves), self.name)
        formulas = record_each(
            {
                leaf.id: normalisation_formula(leaf, table, leaf.id in table.neutral, levels=leaf.id in own)
                for leaf in leaves
            }
        )
        evaluation = evaluate_checked(
            {leaf.id: leaf.normalisation for leaf in leaves},
            with_names(table),
            formulas,
            table.scopes.normalisation,
            fitted.of(self.name) if fitted else None,
            profiles={
                (leaf.id,): _profile_as_seen_by_formula(leaf, table)
                for leaf in leaves
                if leaf.id not in table.target_ranges
            },
            whole_column=any(leaf.normalisation.whole_column for leaf in leaves),
            computed=fitted.computed_at(self.name) if fitted else (),
            place=self.name,
        )
        missing = {name: profile.missing for name, profile in table.profiles.items()}
        is_pooled = table.partition is not None and table.scopes.normalisation.pooled
        known = facts_of_lines(evaluation, table.profiles) if is_pooled else {}
        columns = table.profiled(evaluation.frame, self.name, missing, known)
        for name, profile in columns.profiles.items():
            z = evaluation.frame[name]
            if profile.finite and not table.loses_values(name, z):
                continue
            leaf = next(leaf for leaf in leaves if leaf.id == name)
            if not profile.finite or not leaf.normalisation.missing_without_periods:
                raise _not_finite(table, leaf, z)
            is_cross_section = fitted is None and not z.count()  # a slice of a table may have no value
            if name in self.without_gaps or is_cross_section:
                raise _too_few_periods(table, leaf, z, is_cross_section)
        # the index file may round normalised values, as published indices do
        if rounding := [rounded(leaf.id, leaf.decimals) for leaf in leaves if leaf.decimals is not None]:
            rounded_columns = evaluation.frame.select(rounding)
            columns = columns.with_columns(table.profiled(rounded_columns, f"rounded {self.name}", missing))
        normalised = table.with_changes(columns=NodeColumns(columns), statistics=evaluation.statistics)
        return normalised, Record(
            self.name,
            statistics=evaluation.statistics,
            formulas=formulas,
            ranges={name: (profile.lowest, profile.highest) for name, profile in table.profiles.items()},
            beyond=_beyond_fitted_range(table, fitted) if fitted else {},
        )


def _beyond_fitted_range(table: Table, fitted: Fitted) -> dict[str, list[str]]:
    """Return, by indicator, the units whose value lies beyond the fitted range."""
    units = {}
    for name, (low, high) in fitted.ranges.items():
        if low is None or high is None or name not in table.values.columns:
            continue
        beyond = (table.values[name] < low) | (table.values[name] > high)
        if beyond.any():
            units[name] = table.units[table.unit].filter(beyond).to_list()
    return units


def targets_in_use(tree: Node) -> set[str]:
    """Return the indicators whose target the direction or the normalisation uses."""
    leaves = [leaf for leaf in tree.leaves() if leaf.spec.target is not None]
    return {leaf.id for leaf in leaves if leaf.spec.best is not None or _reads_target(leaf)}


def _reads_target(leaf: Leaf) -> bool:
    """Return whether the formula of an indicator fails without its target."""
    is_cost = leaf.spec.direction == "cost" and leaf.oriented
    without_target = FixedStatistics(0.0, 1.0)
    try:
        record(NormalisationFormula(leaf.normalisation, leaf.id, is_cost, without_target, None, (), constant=False))
    except IndiciaError:
        return True
    return False


def reads_ends_of_scale(leaf: Leaf) -> bool:
    """Return whether the formula of an indicator depends on its minimum or maximum, and so on its fixed bounds."""
    is_cost = leaf.spec.direction == "cost" and leaf.oriented
    formula = NormalisationFormula(leaf.normalisation, leaf.id, is_cost, FixedStatistics(), None, (), constant=False)
    try:
        recorded = record(formula)
    except IndiciaError:  # the method refuses an indicator without bounds
        return True
    return any(question.kind in ("min", "max") for question in recorded.questions)


def with_names(table: Table) -> pl.DataFrame:
    """Return the values with all columns that formulas use to refer to other rows."""
    values = table.with_scope_columns(table.values, table.scopes.normalisation)
    return values.hstack([*table.bounds_by_row, *table.names])


def is_mirrored(leaf: Leaf) -> bool:
    """Return whether the formula uses -x in place of x: for a cost, unless the method has a formula for costs."""
    return leaf.spec.direction == "cost" and leaf.oriented and not leaf.normalisation.has_cost_formula()


def _profile_as_seen_by_formula(leaf: Leaf, table: Table) -> Profile:
    profile = table.profiles[leaf.id]
    return profile.mirrored() if is_mirrored(leaf) else profile


def normalisation_formula(leaf: Leaf, table: Table, constant: bool, *, levels: bool = False) -> NormalisationFormula:
    """Return the formula that normalises an indicator; with `constant`, a constant gets the neutral score.

    With `levels`, distances from the best values are equal if they differ by rounding noise only.
    """
    method, is_cost = leaf.normalisation, leaf.spec.direction == "cost"
    return NormalisationFormula(
        method=method,
        name=leaf.id,
        is_cost=is_cost and leaf.oriented,
        fixed=table.fixed_values[leaf.id],
        target_range=None if is_cost else table.target_ranges.get(leaf.id),
        tolerance=_tolerance(leaf, table) if levels else None,
        key=table.scopes.normalisation.key if method.whole_column else (),
        constant=constant,
    )


def _tolerance(leaf: Leaf, table: Table) -> float | None:
    """Return the rounding noise of the distances of an indicator from its best values; None without best values."""
    ends = table.target_ranges.get(leaf.id)
    if ends is None:
        return None
    largest: float = max(largest_absolute(table.profiles[leaf.id]), *map(abs, (*ends.best, *(ends.worst or ()))))
    return NOISE * largest


@dataclass(frozen=True)
class NormalisationFormula:
    """The formula that normalises an indicator."""

    method: Normalisation
    name: str
    is_cost: bool
    """True if a lower value is better."""
    fixed: FixedStatistics
    target_range: TargetRange | None
    key: tuple[str, ...]
    """The columns of groups, if the method needs the whole column, such as ranks, and is computed within groups."""
    constant: bool
    """True if the indicator gets the neutral score where it is constant."""
    tolerance: float | None = None
    """The rounding noise of distances from the best values; None if these are not levelled."""

    def __call__(self, recorder: Recorder) -> Expression:
        method, x, fixed = self.method, column(self.name), self.fixed
        with attribute_errors_to(method, self.name, recorder):
            if self.is_cost and not method.has_cost_formula():
                x = -x
            elif self.target_range is not None:
                x, fixed = _closeness(x, self.name, self.target_range, recorder, self.tolerance), _CLOSENESS
            s = recorder(self.name, x, fixed, uses=method.used_names)
            z = method.cost(x, s) if self.is_cost and method.has_cost_formula() else method.benefit(x, s)
        if self.constant:
            z = where(x.is_null() | (s.max > s.min), z, method.neutral_score)
        # ranks, for example, are computed within the same groups as statistics
        return within_groups(checked_expression(method, self.name, z), self.key)


@dataclass(frozen=True)
class ClosenessFormula:
    """The formula of the closeness of an indicator to its best values: 1 at these, 0 at the worst value."""

    name: str
    target_range: TargetRange

    def __call__(self, recorder: Recorder) -> Expression:
        return _closeness(column(self.name), self.name, self.target_range, recorder)


_CLOSENESS = FixedStatistics(0.0, 1.0, 1.0)


def _closeness(
    x: Expression, name: str, target_range: TargetRange, recorder: Recorder, tolerance: float | None = None
) -> Expression:
    """Return 1 at the best values, 0 at the worst or else at the farthest unit, and linear values between them.

    Units whose distances differ by no more than the tolerance are equally close: 0.1 and 0.3 are equally far from 0.2,
    although the machine computes other distances.
    """
    low, high = target_range.best
    if target_range.worst is not None:
        least, most = target_range.worst
        # if the range ends at the best values, no observed value lies beyond them: see `_check_range`
        below = (x - least) / (low - least) if least < low else 1.0
        above = (most - x) / (most - high) if high < most else 1.0
        closeness = where(x < low, below, where(x > high, above, where(x.is_null(), x, 1.0))).clip(0.0, 1.0)
        if tolerance is None:
            return closeness
        narrowest = min(width for width in (low - least, most - high) if width > 0)
        return recorder.levelled_column(name, closeness, tolerance / narrowest)
    distance = row_max([low - x, x - high]).clip(0.0)
    if tolerance is not None:  # the largest of equal distances, so that no unit is farther than the farthest
        distance = -recorder.levelled_column(name, -distance, tolerance)
    farthest = recorder((name, "distance"), distance).max
    return where(farthest > 0, 1 - distance / farthest, where(x.is_null(), x, 1.0))


def _check_spread(leaf: Leaf, profile: Profile) -> None:
    """Refuse values whose difference is too large for a number."""
    if math.isinf(profile.spread):
        raise DataError(
            f"{leaf.id} is from {profile.lowest:g} to {profile.highest:g}, and the difference is infinite",
            remedy=SMALLER,
            word=("indicators", leaf.id),
        )


def _check_domain(table: Table, leaf: Leaf, profile: Profile) -> None:
    """Refuse values outside the method's domain; the formula uses x, -x or the closeness, which is from 0 to 1."""
    method = leaf.normalisation
    cost = leaf.spec.direction == "cost" and leaf.oriented
    domain = method.cost_domain if cost else method.domain
    mirrored = cost and not method.has_cost_formula()
    if leaf.spec.best is not None:
        profile = Profile(0, invalid=False, lowest=0.0, highest=1.0)
    elif mirrored:
        profile = profile.mirrored()
    if not profile.within(domain):
        values = table.values[leaf.id]
        if leaf.spec.best is not None:
            values = pl.repeat(0.0, len(values), eager=True)
        units = table.units_outside(-values if mirrored else values, domain)
        subject = f"{leaf.id}, a cost and so taken as -x," if is_mirrored(leaf) and leaf.spec.best is None else leaf.id
        remedy = f'choose one that takes them, such as normalisation = "{NORMALISATION}"'
        raise domain_error(method.name, domain, subject, units, remedy)


def _too_few_periods(table: Table, leaf: Leaf, z: pl.Series, is_cross_section: bool) -> DataError:
    """Return the error for a normalisation that needs periods which units lack."""
    method, where = leaf.normalisation, plugin_of(leaf.normalisation)
    if is_cross_section:
        return DataError(
            f"{method.name} of {leaf.id} compares a unit with itself in other periods, and no unit has them",
            where=where,
            remedy="add the rows of other periods, or choose a normalisation that compares units with each other",
        )
    is_lost = z.is_null() & table.values[leaf.id].is_not_null()
    rows = table.units.filter(is_lost).select(table.key)
    units = [" ".join(map(str, row)) for row in rows.iter_rows()]
    return DataError(
        f"{method.name} has no value of {leaf.id} for {len(units)} unit(s) without the periods to compare with: "
        f"{join_names(units)}",
        where=where,
        remedy='write missing = "skip" or missing = "propagate" in [methodology], so that they have no value there',
    )


def _check_range(table: Table, leaf: Leaf) -> None:
    """Refuse values beyond an end of the range that is a best value: neither a worst nor a best value lies there.

    Draws around such an end are not refused, and count as the end.
    """
    target = table.target_ranges.get(leaf.id)
    if target is None or target.worst is None or DRAW in table.units.columns:
        return
    (low, high), (least, most) = target.best, target.worst
    if table.profiles[leaf.id].between(low if low == least else None, high if high == most else None):
        return
    value = pl.col("\0")
    is_beyond = (value < low if low == least else pl.lit(False)) | (value > high if high == most else pl.lit(False))
    units = table.first_units_where(table.values[leaf.id], is_beyond, "normalisation")
    assert leaf.spec.worst is not None
    raise DataError(
        f"{leaf.id} lies beyond its range, [{leaf.spec.worst[0]:g}, {leaf.spec.worst[1]:g}], on the side of the best "
        f"values for {units.count} unit(s): {join_names(units.names, count=units.count)}",
        remedy=f"widen worst of {leaf.id}, or limit the values by floor or cap",
    )


def _not_finite(table: Table, leaf: Leaf, z: pl.Series) -> DataError:
    is_present = leaf.normalisation.missing_without_periods  # missing results are those of units without periods
    units = table.units_where(z, ~pl.col("\0").is_finite()) if is_present else table.without_result(z)
    return DataError(
        f"{leaf.normalisation.name} has no finite value of {leaf.id} for {len(units)} unit(s): {join_names(units)}",
        where=plugin_of(leaf.normalisation),
        remedy=f"look at {leaf.id} there: a logarithm or root may have no value, a sum, maximum or difference that the "
        "formula divides by be zero, or a figure be too large",
    )
