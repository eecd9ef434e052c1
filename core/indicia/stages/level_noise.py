"""Make values equal that differ by rounding noise alone (decision 0004)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from indicia.stages.stage import Change, Record, Stage, changed
from indicia.tables.noise import NOISE, largest, levels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.definition import Preparation
    from indicia.stages.stage import Fitted
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table


@dataclass(frozen=True)
class LevelNoise(Stage):
    """Make values equal that differ by rounding noise alone; a fitted index levels no noise."""

    name: ClassVar[str] = "noise"
    indicators: tuple[Preparation, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table with noise levelled, each changed cell on record."""
        if fitted:
            return table, Record(self.name)
        table, changes = level_noise(table, self.indicators)
        return table, Record(self.name, changes=changes)


def level_noise(table: Table, indicators: Sequence[Preparation]) -> tuple[Table, tuple[Change, ...]]:
    """Return the table with noise levelled in some indicators, and the changed cells.

    An indicator that is constant but for noise becomes constant, over all rows or within the key of the scope; a value
    that misses the best one of a target or interval by noise becomes that. Where methods compare the values of units
    (ranks, outranking), other values become equal too if neighbours differ by no more than the noise of the largest
    value. Of equal values the one with the fewest digits is kept.
    """
    indicators = table.taking_part(indicators)
    columns = _constant_columns(table, [one.id for one in indicators], table.scope)
    for one in indicators:
        column = columns.get(one.id, table.values[one.id])
        tolerance = NOISE * largest(table.facts[one.id])
        if one.compared and _noisy(column, tolerance):
            column = columns[one.id] = _joined(column, _chains(column, tolerance))
        for best in dict.fromkeys(one.spec.best or ()):
            distance = (column - best).abs()
            if ((distance > 0) & (distance <= tolerance)).any():  # else noise might be the farthest from the best
                column = columns[one.id] = column.set(distance <= tolerance, best)
    if not columns:
        return table, ()
    why = f"equal within {NOISE:g} of the largest value"
    levelled = pl.DataFrame(list(columns.values()))
    return table.with_values(levelled), changed("noise", table.values, levelled, dict.fromkeys(columns, why))


def _constant_columns(table: Table, names: list[str], scope: StatisticsScope) -> dict[str, pl.Series]:
    """Return the indicators that vary by noise alone where statistics are taken, as columns that do not vary there."""
    if not scope.pooled:
        return dict(_constant_within(table, names, scope))
    facts = {name: table.facts[name] for name in names}
    noisy = [name for name, about in facts.items() if 0 < about.spread <= NOISE * largest(about)]
    values = table.values
    return {name: _joined(values[name], values[name].is_not_null().replace(False, None)) for name in noisy}


def _constant_within(table: Table, names: list[str], scope: StatisticsScope) -> Iterator[tuple[str, pl.Series]]:
    """Yield the columns that vary by noise alone within some key, or within the rows of reference."""
    key = list(scope.key) or [_ALL]
    frame = table.beside(table.values.select(names), scope).with_columns(pl.lit(0).alias(_ALL))
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
        beside = frame.select(*key, name).join(level, on=key, how="left", nulls_equal=True, maintain_order="left")
        near = (pl.col(name) - pl.col(_LOW)).abs() <= pl.col(_NOISE)
        yield name, _joined(frame[name], beside.select(pl.when(near).then(_CHAIN)).to_series())


_ALL, _LOW, _NOISE, _CHAIN = "\0all", "\0low", "\0noise", "\0chain"
"""Columns beside the values; no column of a table is called so."""


def _noisy(column: pl.Series, tolerance: float) -> bool:
    """Return whether two values differ, and by no more than the tolerance."""
    gaps = np.diff(np.sort(column.drop_nulls().to_numpy()))
    return bool(((gaps > 0) & (gaps <= tolerance)).any())


def _chains(column: pl.Series, tolerance: float) -> pl.Series:
    """Return the number of the chain of each value whose chain holds values that differ; missing for all others."""
    places, level = levels(column, tolerance)
    ordered = column.to_numpy()[places]
    differing = level[1:][(level[1:] == level[:-1]) & (ordered[1:] != ordered[:-1])]
    inside = np.isin(level, differing)
    chain = pl.repeat(None, len(column), dtype=pl.UInt32, eager=True)
    return chain.scatter(places[inside], level[inside])


def _joined(values: pl.Series, chain: pl.Series) -> pl.Series:
    """Return values with those of one chain made equal: to the one with the fewest digits, the lowest of several."""
    rows = chain.is_not_null().arg_true()
    value, length = pl.col(values.name), pl.col(values.name).cast(pl.String).str.len_bytes()
    frame = pl.DataFrame([values.gather(rows), chain.gather(rows).alias(_CHAIN)])
    distinct = frame.unique().sort(_CHAIN, length, value)
    kept = distinct.unique(_CHAIN, keep="first", maintain_order=True).rename({values.name: _LOW})
    return values.clone().scatter(rows, frame.join(kept, on=_CHAIN, how="left", maintain_order="left")[_LOW])
