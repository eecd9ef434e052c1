"""Rounding noise: values that differ by no more than a computer's arithmetic does are equal (decision 0004)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.engine.profile import profile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import numpy.typing as npt

    from indicia.definition import Node
    from indicia.engine.prepare import Prepared
    from indicia.engine.profile import Profile
    from indicia.engine.settle import Over

NOISE = 1e-12
"""Values are equal where they differ by no more than this share of the largest."""


def without_noise(values: pl.Series, size: float | None = None) -> pl.Series:
    """Return values in the same order, equal where no gap above the noise of the largest (or of a size) parts them.

    >>> without_noise(pl.Series([0.3, 0.1 + 0.2, 0.2])).rank("min", descending=True).to_list()
    [1, 1, 3]
    """
    if size is None:
        size = largest(profile(values.to_frame("values"), ["values"])["values"])
    places, level = levels(values, NOISE * size)
    lowest = np.flatnonzero(np.diff(level, prepend=-1))
    return placed(values, places, values.to_numpy()[places[lowest]][level])


def largest(facts: Profile) -> float:
    """Return the largest absolute value of a column; 0 where it has none."""
    return max(abs(facts.lowest or 0.0), abs(facts.highest or 0.0))


def levels(values: pl.Series, tolerance: float) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uint32]]:
    """Return where the values stand, from the lowest up, and of each how many gaps above the tolerance are below it."""
    numbers = values.to_numpy()
    places = np.argsort(numbers)[: len(values) - values.null_count()]
    with np.errstate(invalid="ignore", over="ignore"):
        gaps = np.diff(numbers[places], prepend=np.nan)
    return places, np.cumsum(gaps > tolerance, dtype=np.uint32)


def placed(values: pl.Series, places: npt.NDArray[np.intp], ordered: npt.NDArray[np.generic]) -> pl.Series:
    """Put results that are in the order of the values back where the values stand; what is missing stays missing."""
    back = np.zeros(len(values), ordered.dtype)
    back[places] = ordered
    column = pl.Series(values.name, back)
    return column if len(places) == len(values) else column.set(values.is_null(), None)


def level_imputed(prepared: Prepared, tree: Node, over: Over) -> Prepared:
    """Return the units with noise levelled in the indicators that an imputation changed."""
    changed = {name for change in prepared.changes if change.stage == "imputation" for name in change.after.columns}
    return level_noise(prepared, tree, over, changed) if changed else prepared


def level_noise(prepared: Prepared, tree: Node, over: Over, names: Collection[str] | None = None) -> Prepared:
    """Return the units with values made equal that differ by rounding noise alone, each such cell on record.

    An indicator that is constant but for noise becomes constant, over all rows or within the key of `over`; a value
    that misses the best one of a target or interval by noise becomes that. Where methods compare the values of units
    (ranks, outranking), other values become equal too if neighbours differ by no more than the noise of the largest
    value. Of equal values the one with the fewest digits is kept.
    """
    leaves = [leaf for leaf in tree.leaves() if names is None or leaf.id in names]
    columns = _constant_columns(prepared, [leaf.id for leaf in leaves], over)
    for leaf in leaves:
        column = columns.get(leaf.id, prepared.values[leaf.id])
        tolerance = NOISE * largest(prepared.facts[leaf.id])
        if leaf.compared and _noisy(column, tolerance):
            column = columns[leaf.id] = _joined(column, _chains(column, tolerance))
        for best in dict.fromkeys(leaf.spec.best or ()):
            distance = (column - best).abs()
            if ((distance > 0) & (distance <= tolerance)).any():  # else noise might be the farthest from the best
                column = columns[leaf.id] = column.set(distance <= tolerance, best)
    if not columns:
        return prepared
    why = f"equal within {NOISE:g} of the largest value"
    return prepared.changed("noise", pl.DataFrame(list(columns.values())), dict.fromkeys(columns, why), {})


def _constant_columns(prepared: Prepared, names: list[str], over: Over) -> dict[str, pl.Series]:
    """Return the indicators that vary by noise alone where statistics are taken, as columns that do not vary there."""
    if not over.pooled:
        return dict(_constant_within(prepared, names, over))
    facts = {name: prepared.facts[name] for name in names}
    noisy = [name for name, about in facts.items() if 0 < about.spread <= NOISE * largest(about)]
    values = prepared.values
    return {name: _joined(values[name], values[name].is_not_null().replace(False, None)) for name in noisy}


def _constant_within(prepared: Prepared, names: list[str], over: Over) -> Iterator[tuple[str, pl.Series]]:
    """Yield the columns that vary by noise alone within some key, or within the rows of reference."""
    key = list(over.key) or [_ALL]
    frame = prepared.beside(prepared.values.select(names), over).with_columns(pl.lit(0).alias(_ALL))
    rows = frame if over.reference is None else frame.filter(over.reference)
    ends = rows.group_by(key, maintain_order=True).agg(
        end for name in names for end in (pl.col(name).min(), pl.col(name).max().alias(f"{name}{_ALL}"))
    )
    for name in names:
        low, high = pl.col(name), pl.col(f"{name}{_ALL}")
        noise = NOISE * pl.max_horizontal(low.abs(), high.abs())
        level = ends.filter(high > low, high - low <= noise).select(*key, low.alias(_LOW), noise.alias(_NOISE))
        if len(level):
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
