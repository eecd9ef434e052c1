"""The column of indicators of a long table, by its name or by the structure of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.data.layouts import set_condition
from indicia.errors import DataError, join_names
from indicia.recognition.names import column_words, is_name, rank_of, split_part
from indicia.recognition.words import plain_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.recognition.long_columns import LongColumns

_PROSE = 80
"""The mean number of characters of cells that are descriptions, not names."""
_MOST_TEXTS = 12
"""The columns of text that are compared in pairs."""


def indicator_column(columns: LongColumns, where: Mapping[str, object], *, in_sdmx: bool) -> str | None:
    """Return the column whose name says that it holds indicators."""
    ranks = {name: rank for name in columns.texts if (rank := rank_of(name, "indicators")) is not None}
    several = {name: rank for name, rank in ranks.items() if columns.sizes[name] > 1}
    # A word such as "item" may name groups; a table with a single indicator needs one of the certain words.
    single = {
        name: rank for name, rank in ranks.items() if split_part(name)[0] in column_words().certain and columns.evident
    }
    candidates = several or single
    if candidates and not several:
        return _most_readable(columns, [name for name in single if single[name] == min(single.values())])
    if candidates:
        return _most_readable(columns, columns.equal_to(min(candidates, key=lambda name: candidates[name])))
    if not in_sdmx:
        return None
    units = columns.units
    dimensions: list[str] = []
    for name in columns.texts:
        same = columns.equal_to(name)
        is_further = columns.sizes[name] > 1 and name not in where and not columns.is_measure(name)
        if is_further and not {*units, *dimensions} & {*same}:
            dimensions.append(name)
    if len(dimensions) > 1:
        raise _several_dimensions(columns, dimensions)
    if dimensions:
        return _most_readable(columns, columns.equal_to(dimensions[0]))
    constant = [name for name in columns.texts if columns.sizes[name] == 1 and rank_of(name, "units") is None]
    flow = [name for name in columns.frame.columns if name.lower() in ("dataflow", "structure_id")]
    return next(iter([*constant, *flow]), None)


def _most_readable(columns: LongColumns, names: Sequence[str]) -> str:
    """Return the column with names for readers, among columns that name the same indicators."""

    def order(name: str) -> tuple[bool, bool, bool, int]:
        cells = columns.frame[name].drop_nulls().unique()
        lengths = cells.str.len_chars().mean()
        is_prose = isinstance(lengths, float) and lengths > _PROSE
        is_code = bool(cells.str.contains(r"^[A-Z0-9_.:-]+$").all())
        return is_prose, not is_name(name), is_code or bool(split_part(name)[1]), columns.frame.columns.index(name)

    return min([name for name in names if not columns.is_measure(name)] or names, key=order)


def _several_dimensions(columns: LongColumns, dimensions: Sequence[str]) -> DataError:
    values = {name: columns.frame[name].unique(maintain_order=True).to_list() for name in dimensions}
    listed = "; ".join(f"{name} ({join_names(values[name])})" for name in dimensions)
    totals = {name: plain_words(total_of(values[name])) in column_words().totals for name in dimensions}
    *others, last = sorted(dimensions, key=lambda name: (not totals[name], len(values[name])))
    words = " ".join(set_condition(name, total_of(values[name])) for name in others)
    return DataError(
        f"the long table, SDMX, has several dimensions that may be the indicators: {listed}",
        remedy=f"keep one value of each but one, such as {words} for the indicators of {last}",
    )


def indicator_by_structure(columns: LongColumns) -> str | None:
    """Return the column of indicators of a table whose units repeat for no other reason; None for another table."""
    texts = [name for name in columns.texts if columns.sizes[name] > 1][:_MOST_TEXTS]
    if any(columns.is_key(unit) or columns.is_key(unit, *columns.periods) for unit in texts):
        return None  # a table with a row for each unit and period
    pairs = []
    for indicator in texts:
        for unit in texts:
            if columns.determines([indicator], unit) or columns.determines([unit], indicator):
                continue
            for periods in ([], columns.periods):
                rows = columns.count(unit, *periods)
                complete = columns.frame.height >= 2 * rows
                if complete and columns.is_key(unit, *periods, indicator):
                    pairs.append((unit, indicator))
                    break
    if not pairs:
        return None
    return max(pairs, key=lambda pair: _evidence(columns, *pair))[1]


def _evidence(columns: LongColumns, unit: str, indicator: str) -> tuple[bool, bool, float]:
    """Return the evidence for a column of indicators: its name, the number of its names, the magnitudes of values."""
    named = rank_of(unit, "units") is not None and rank_of(indicator, "units") is None
    fewer = columns.sizes[indicator] * 2 < columns.sizes[unit]
    return named, fewer, _explained(columns, indicator)


def _explained(columns: LongColumns, name: str) -> float:
    """Return the share of the variance of the magnitudes of the values that a column explains."""
    if columns.value is None or not columns.frame.schema[columns.value].is_numeric():
        return 0.0
    magnitudes = columns.frame.select(
        pl.col(name), pl.col(columns.value).cast(pl.Float64).abs().add(1e-9).log().alias("\0magnitude")
    ).drop_nulls()
    total = magnitudes["\0magnitude"].var()
    within = magnitudes.group_by(name).agg(pl.col("\0magnitude").var(ddof=0), pl.len())
    inner = (within["\0magnitude"] * within["len"]).sum() / max(magnitudes.height, 1)
    return 1.0 - float(inner) / total if isinstance(total, float) and total > 0 else 0.0


def total_of(values: Sequence[str]) -> str:
    """Return the value that stands for all others, such as both sexes; the first value if there is none."""
    return next((value for value in values if plain_words(value) in column_words().totals), values[0])
