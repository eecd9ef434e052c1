"""Make values equal if they differ only by rounding noise (decision 0004)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from indicia.stages.stage import Change, Record, Stage, changes_between
from indicia.statistics.noise import NOISE, largest_absolute, noise_levels
from indicia.tables.fitted import computed_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.definition import Preparation
    from indicia.stages.stage import Fitted
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table


_STAGES = ("imputation", "treatment", "transform", "normalisation")
"""The stages of an indicator that have statistics."""


@dataclass(frozen=True)
class LevelNoise(Stage):
    """Make values equal if they differ only by rounding noise.

    With a fitted index, the values of indicators whose statistics are fitted stay as they are.
    """

    name: ClassVar[str] = "noise"
    indicators: tuple[Preparation, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table without noise; the record has each changed cell."""
        names = computed_of(fitted, (indicator.id for indicator in self.indicators), *_STAGES)
        if not names:
            return table, Record(self.name)
        table, changes = level_noise(table, [indicator for indicator in self.indicators if indicator.id in names])
        return table, Record(self.name, changes=changes)


def level_noise(table: Table, indicators: Sequence[Preparation]) -> tuple[Table, tuple[Change, ...]]:
    """Return the table without noise in these indicators, and the changed cells.

    An indicator that varies only by noise becomes constant, over the rows of the treatment and of the normalisation. A
    value that differs from the best value of a target or interval only by noise becomes the best value. For methods
    that compare the values of units (ranks, outranking), neighbours also become equal if they differ by no more than
    the noise of the largest value. Of the values that become equal, the value with the fewest digits replaces the
    others.
    """
    indicators = table.taking_part(indicators)
    columns = _constant_in_any_scope(table, [indicator.id for indicator in indicators])
    for indicator in indicators:
        column = columns.get(indicator.id, table.values[indicator.id])
        tolerance = NOISE * largest_absolute(table.profiles[indicator.id])
        if indicator.compared and _has_noise(column, tolerance):
            column = columns[indicator.id] = _equalise(column, _chains(column, tolerance))
        for best in dict.fromkeys(indicator.spec.best or ()):
            distance = (column - best).abs()
            # if all values are best values, noise would be the largest distance, and its closeness 0
            if ((distance > 0) & (distance <= tolerance)).any():
                column = columns[indicator.id] = column.set(distance <= tolerance, best)
    if not columns:
        return table, ()
    rule = f"equal within {NOISE:g} of the largest value"
    levelled = pl.DataFrame(list(columns.values()))
    changes = changes_between("noise", table.values, levelled, dict.fromkeys(columns, rule))
    return table.with_values(levelled, place="noise"), changes


def _constant_in_any_scope(table: Table, names: list[str]) -> dict[str, pl.Series]:
    """Return the indicators that vary only by noise in the rows of the treatment or of the normalisation."""
    columns: dict[str, pl.Series] = {}
    for scope, stages in table.scopes.distinct():
        if not {"treatment", "normalisation"}.isdisjoint(stages):
            constant = _constant_columns(table, names, scope)
            columns |= constant
            if constant:
                place = f"constant for {', '.join(stages)}"
                table = table.with_values(pl.DataFrame(list(constant.values())), place=place)
    return columns


def _constant_columns(table: Table, names: list[str], scope: StatisticsScope) -> dict[str, pl.Series]:
    """Return the indicators that vary only by noise over the rows of a scope, as constant columns."""
    if not scope.pooled:
        return dict(_constant_within(table, names, scope))
    profiles = {name: table.profiles[name] for name in names}
    noisy = [name for name, profile in profiles.items() if 0 < profile.spread <= NOISE * largest_absolute(profile)]
    values = table.values
    return {name: _equalise(values[name], values[name].is_not_null().replace(False, None)) for name in noisy}


def _constant_within(table: Table, names: list[str], scope: StatisticsScope) -> Iterator[tuple[str, pl.Series]]:
    """Yield the columns that vary only by noise within any key or over the reference rows, constant in these rows."""
    key = list(scope.key) or [_ALL]
    frame = table.with_scope_columns(table.values.select(names), scope).with_columns(pl.lit(0).alias(_ALL))
    rows = frame if scope.reference is None else frame.filter(scope.reference)
    ends = rows.group_by(key, maintain_order=True).agg(
        end for name in names for end in (pl.col(name).min(), pl.col(name).max().alias(f"{name}{_ALL}"))
    )
    lows, highs = {name: pl.col(name) for name in names}, {name: pl.col(f"{name}{_ALL}") for name in names}
    noise = {name: NOISE * pl.max_horizontal(lows[name].abs(), highs[name].abs()) for name in names}
    noisy = {name: (highs[name] > lows[name]) & (highs[name] - lows[name] <= noise[name]) for name in names}
    any_noisy = ends.select(noisy[name].any().alias(name) for name in names)
    for name in (column.name for column in any_noisy if column[0]):
        level = ends.filter(noisy[name]).select(*key, lows[name].alias(_LOW), noise[name].alias(_NOISE))
        level = level.with_row_index(_CHAIN)
        of_rows = frame.select(*key, name).join(level, on=key, how="left", nulls_equal=True, maintain_order="left")
        near = (pl.col(name) - pl.col(_LOW)).abs() <= pl.col(_NOISE)
        yield name, _equalise(frame[name], of_rows.select(pl.when(near).then(_CHAIN)).to_series())


_ALL, _LOW, _NOISE, _CHAIN = "\0all", "\0low", "\0noise", "\0chain"
"""Names of added columns, which no column of the data has."""


def _has_noise(column: pl.Series, tolerance: float) -> bool:
    """Return whether any two values differ by no more than the tolerance."""
    gaps = np.diff(np.sort(column.drop_nulls().to_numpy()))
    return bool(((gaps > 0) & (gaps <= tolerance)).any())


def _chains(column: pl.Series, tolerance: float) -> pl.Series:
    """Return, for each value, the number of its chain of near neighbours; missing if all values of it are equal."""
    rows, level = noise_levels(column, tolerance)
    ordered = column.to_numpy()[rows]
    levels_with_noise = level[1:][(level[1:] == level[:-1]) & (ordered[1:] != ordered[:-1])]
    has_noise = np.isin(level, levels_with_noise)
    chain = pl.repeat(None, len(column), dtype=pl.UInt32, eager=True)
    return chain.scatter(rows[has_noise], level[has_noise])


def _equalise(values: pl.Series, chain: pl.Series) -> pl.Series:
    """Make the values of each chain equal to the value with the fewest digits, or the lowest of several such values."""
    rows = chain.is_not_null().arg_true()
    value, length = pl.col(values.name), pl.col(values.name).cast(pl.String).str.len_bytes()
    frame = pl.DataFrame([values.gather(rows), chain.gather(rows).alias(_CHAIN)])
    distinct = frame.unique().sort(_CHAIN, length, value)
    kept = distinct.unique(_CHAIN, keep="first", maintain_order=True).rename({values.name: _LOW})
    return values.clone().scatter(rows, frame.join(kept, on=_CHAIN, how="left", maintain_order="left")[_LOW])
