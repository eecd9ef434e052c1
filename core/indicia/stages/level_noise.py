"""Make values equal if they differ only by rounding noise (decision 0004)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from indicia.methods.noise import NOISE, largest_absolute, noise_levels
from indicia.partitions.mergeable import AnyOfEach, ByKey, ShortestOfChains
from indicia.partitions.partition import Partition, for_each
from indicia.stages.stage import Change, Fitted, Record, Stage, changes_between
from indicia.tables.fitted import computed_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Preparation
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
        indicators = [indicator for indicator in self.indicators if indicator.id in names]
        table, changes = level_noise(table, indicators, self.name)
        return table, Record(self.name, changes=changes)


def level_noise(table: Table, indicators: Sequence[Preparation], place: str) -> tuple[Table, tuple[Change, ...]]:
    """Return the table without noise in these indicators, and the changed cells.

    A run over partitions asks for the facts of all rows under the name `place`.

    An indicator that varies only by noise becomes constant, over the rows of the treatment and of the normalisation. A
    value that differs from the best value of a target or interval only by noise becomes the best value. For methods
    that compare the values of units (ranks, outranking), neighbours also become equal if they differ by no more than
    the noise of the largest value. Of the values that become equal, the value with the fewest digits replaces the
    others.
    """
    indicators = table.taking_part(indicators)
    columns = _constant_in_any_scope(table, [indicator.id for indicator in indicators], place)
    level = partial(_levelled, table, columns, place)
    levelled = {column.name: column for column in for_each(table.partition, indicators, level) if column is not None}
    if not levelled:
        return table, ()
    rule = f"equal within {NOISE:g} of the largest value"
    after = pl.DataFrame(list(levelled.values()))
    changes = changes_between("noise", table.values, after, dict.fromkeys(levelled, rule))
    return table.with_values(after, place=place), changes


def _levelled(table: Table, constant: Mapping[str, pl.Series], place: str, indicator: Preparation) -> pl.Series | None:
    """Return an indicator in which values that are near each other, or near the best value, are equal.

    None if no value changes. Over partitions, the values of all rows decide whether the indicator has other values
    afterwards, since the run asks for their extremes.
    """
    column, is_changed = constant.get(indicator.id, table.values[indicator.id]), indicator.id in constant
    if not indicator.compared and not indicator.spec.best:
        return column if is_changed else None
    tolerance = NOISE * largest_absolute(table.profiles[indicator.id])
    if indicator.compared:
        compared = _without_noise(table.partition, place, column, tolerance)
        column, is_changed = (column, is_changed) if compared is None else (compared, True)
    bests = tuple(dict.fromkeys(indicator.spec.best or ()))
    distances = [(column - best).abs() for best in bests]
    near = tuple(bool(((distance > 0) & (distance <= tolerance)).any()) for distance in distances)
    if table.partition is not None and bests:
        near = table.partition.ask(f"{place}: values of {indicator.id} near the best", AnyOfEach(), lambda: near)
    for best, has_noise in zip(bests, near, strict=True):
        # if all values are best values, noise would be the largest distance, and its closeness 0
        if has_noise:
            column, is_changed = column.set((column - best).abs() <= tolerance, best), True
    return column if is_changed else None


def _without_noise(partition: Partition | None, place: str, column: pl.Series, tolerance: float) -> pl.Series | None:
    """Return a column in which neighbours that differ by noise are equal; None if no values differ by noise."""
    if partition is not None:
        from indicia.partitions.sorted_columns import without_noise_of  # few tables are in partitions

        return without_noise_of(partition, f"{place} of {column.name}", column, tolerance)
    return _equalise(column, _chains(column, tolerance)) if _has_noise(column, tolerance) else None


def _constant_in_any_scope(table: Table, names: list[str], place: str) -> dict[str, pl.Series]:
    """Return the indicators that vary only by noise in the rows of the treatment or of the normalisation."""
    columns: dict[str, pl.Series] = {}
    for scope, stages in table.scopes.distinct():
        if not {"treatment", "normalisation"}.isdisjoint(stages):
            of_scope = f"{place}: constant for {', '.join(stages)}"
            constant = _constant_columns(table, names, scope, of_scope)
            columns |= constant
            if constant:
                table = table.with_values(pl.DataFrame(list(constant.values())), place=of_scope)
    return columns


def _constant_columns(table: Table, names: list[str], scope: StatisticsScope, place: str) -> dict[str, pl.Series]:
    """Return the indicators that vary only by noise over the rows of a scope, as constant columns."""
    if not scope.pooled:
        return _constant_within(table, names, scope, place)
    profiles = {name: table.profiles[name] for name in names}
    noisy = [name for name, profile in profiles.items() if 0 < profile.spread <= NOISE * largest_absolute(profile)]
    chains = {name: table.values[name].is_not_null().replace(False, None) for name in noisy}
    return _equalise_all(table, chains, place)


def _constant_within(table: Table, names: list[str], scope: StatisticsScope, place: str) -> dict[str, pl.Series]:
    """Return the columns that vary only by noise within any key or over the reference rows, constant in these rows."""
    key = list(scope.key) or [_ALL]
    frame = table.with_scope_columns(table.values.select(names), scope).with_columns(pl.lit(0).alias(_ALL))
    rows = frame if scope.reference is None else frame.filter(scope.reference)
    ends = rows.group_by(key, maintain_order=True).agg(
        end for name in names for end in (pl.col(name).min(), pl.col(name).max().alias(f"{name}{_ALL}"))
    )
    if table.partition is not None:
        aggregates = [end for name in names for end in ((name, "min"), (f"{name}{_ALL}", "max"))]
        merge = ByKey(tuple(key), tuple(aggregates))  # type: ignore[arg-type]
        ends = table.partition.ask(place, merge, lambda own=ends: own)  # type: ignore[misc]
    lows, highs = {name: pl.col(name) for name in names}, {name: pl.col(f"{name}{_ALL}") for name in names}
    noise = {name: NOISE * pl.max_horizontal(lows[name].abs(), highs[name].abs()) for name in names}
    noisy = {name: (highs[name] > lows[name]) & (highs[name] - lows[name] <= noise[name]) for name in names}
    any_noisy = ends.select(noisy[name].any().alias(name) for name in names)
    chains: dict[str, pl.Series] = {}
    for name in (column.name for column in any_noisy if column[0]):
        level = ends.filter(noisy[name]).select(*key, lows[name].alias(_LOW), noise[name].alias(_NOISE))
        level = level.with_row_index(_CHAIN)
        of_rows = frame.select(*key, name).join(level, on=key, how="left", nulls_equal=True, maintain_order="left")
        near = (pl.col(name) - pl.col(_LOW)).abs() <= pl.col(_NOISE)
        chains[name] = of_rows.select(pl.when(near).then(_CHAIN)).to_series()
    return _equalise_all(table, chains, place)


def _equalise_all(table: Table, chains: Mapping[str, pl.Series], place: str) -> dict[str, pl.Series]:
    """Return indicators in which the values of each chain are equal, given the chains of each."""
    columns = for_each(
        table.partition,
        chains.items(),
        lambda item: _equalise(table.values[item[0]], item[1], table.partition, place),
    )
    return dict(zip(chains, columns, strict=True))


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


def _equalise(values: pl.Series, chain: pl.Series, partition: Partition | None = None, place: str = "") -> pl.Series:
    """Make the values of each chain equal to the value with the fewest digits, or the lowest of several such values."""
    rows = chain.is_not_null().arg_true()
    frame = pl.DataFrame([values.gather(rows), chain.gather(rows).alias(_CHAIN)])
    merge = ShortestOfChains(_CHAIN, values.name)
    kept = merge.choose(frame)
    if partition is not None:
        kept = partition.ask(f"{place}: {values.name}", merge, lambda own=kept: own)  # type: ignore[misc]
    kept = kept.rename({values.name: _LOW})
    return values.clone().scatter(rows, frame.join(kept, on=_CHAIN, how="left", maintain_order="left")[_LOW])
