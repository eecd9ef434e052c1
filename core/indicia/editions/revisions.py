"""The values that changed between the data of two editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.data.cell_text import cell_text
from indicia.tables.periods import rows_of_period

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from indicia.definition import Indicator
    from indicia.editions.scored_edition import ScoredEdition
    from indicia.result import Result

SCHEMA = {
    "unit": pl.String,
    "period": pl.String,
    "indicator": pl.String,
    "old": pl.Float64,
    "new": pl.Float64,
    "change": pl.Float64,
}
"""The columns of the table of changed values; `period` is there if both editions have periods."""


def cells_in_both(old: ScoredEdition, new: ScoredEdition, renamed: Mapping[str, str]) -> pl.DataFrame:
    """Return the values of the indicators, units and periods that both editions have: `SCHEMA`, one row each.

    Parameters
    ----------
    old, new : ScoredEdition
        Two editions with data.
    renamed : mapping of str to str
        The new names of renamed units.

    Returns
    -------
    DataFrame
        Values that both editions lack are left out. If only one edition is a panel, the values of its period are
        compared with those of the other edition.

    Notes
    -----
    If both editions state the same `per` and `factor`, the values are those after both, in the unit of measure of the
    indicator: a revised denominator revises each indicator that it divides. Otherwise they are the values as read,
    since a change of the method is no revision of data.
    """
    if old.result is None or new.result is None:
        return pl.DataFrame(schema={name: kind for name, kind in SCHEMA.items() if name != "period"})
    results = (old.result, new.result)
    by_period = all(result.definition.data.period for result in results)
    common = [name for name in old.definition.indicators if name in new.definition.indicators]
    with_unit = {name for name in common if _denomination(old, name) == _denomination(new, name)}
    before, after = (
        _long(edition, result, common, by_period, with_unit)
        for edition, result in zip((old, new), results, strict=True)
    )
    before = before.with_columns(pl.col("unit").replace(dict(renamed)))
    key = ["unit", *(["period"] if by_period else []), "indicator"]
    cells = before.rename({"value": "old"}).join(
        after.rename({"value": "new"}), on=key, how="inner", maintain_order="left_right"
    )
    cells = cells.filter(pl.col("old").is_not_null() | pl.col("new").is_not_null())
    return cells.with_columns(change=pl.col("new") - pl.col("old"))


def _denomination(edition: ScoredEdition, indicator: str) -> tuple[str | None, float]:
    """Return the denominator and the factor of an indicator."""
    spec = edition.definition.indicators[indicator]
    return spec.per, spec.factor


def _long(
    edition: ScoredEdition, result: Result, indicators: list[str], by_period: bool, with_unit: Collection[str]
) -> pl.DataFrame:
    """Return the values, one row for each unit, period and indicator; those of `with_unit` in their unit of measure."""
    frame, data, specs = result.table, result.definition.data, edition.definition.indicators
    keys = [pl.col(str(data.unit)).cast(pl.String).alias("unit")]
    if by_period:
        keys.append(cell_text(str(data.period), frame.schema[str(data.period)]).alias("period"))
    elif data.period is not None:
        name = cell_text(data.period, frame.schema[data.period])
        frame = frame.filter(name == rows_of_period(result.scored.source, edition.period)[0])
    values = [
        _value(column, specs[name] if name in with_unit else None).fill_nan(None).alias(f"\0{name}")
        for name in indicators
        if (column := specs[name].column or name) in frame.columns
    ]
    index = [str(key.meta.output_name()) for key in keys]
    long = frame.select(*keys, *values).unpivot(index=index, variable_name="indicator", value_name="value")
    return long.with_columns(pl.col("indicator").str.strip_prefix("\0"))


def _value(column: str, spec: Indicator | None) -> pl.Expr:
    """Return the value as read; with the words of the indicator, times its factor and divided by its denominator."""
    value = pl.col(column).cast(pl.Float64)
    if spec is None:
        return value
    value = value * spec.factor
    return value if spec.per is None else value / pl.col(spec.per).cast(pl.Float64, strict=False)


def changed_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the values that differ, by indicator; a value that only one edition has differs too."""
    return cells.filter(pl.col("old").ne_missing(pl.col("new")))


def revision_summary(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers of changed values by indicator, with the mean and the largest change.

    `filled` are values that only the new edition has, `emptied` those that only the old edition has; both are among
    `changed`. `unit` is the unit of the largest change.
    """
    old, new, change = pl.col("old"), pl.col("new"), pl.col("change")
    changed, keys = old.ne_missing(new), cells.select(pl.exclude("indicator", "old", "new", "change")).columns
    largest, unit = (
        column.sort_by(-change.abs(), *keys, nulls_last=True).first() for column in (change, pl.col("unit"))
    )
    return cells.group_by("indicator", maintain_order=True).agg(
        values=pl.len().cast(pl.Int64),
        changed=changed.sum().cast(pl.Int64),
        filled=old.is_null().sum().cast(pl.Int64),
        emptied=new.is_null().sum().cast(pl.Int64),
        mean_change=change.filter(change != 0).mean(),
        largest_change=pl.when(largest != 0).then(largest),
        unit=pl.when(largest != 0).then(unit),
    )
