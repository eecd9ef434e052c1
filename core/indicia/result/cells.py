"""The cells that stages changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from indicia.run import Scored
    from indicia.stages.stage import Change


def cells(scored: Scored, unit: str, period: str | None, attributes: pl.DataFrame) -> pl.DataFrame:
    """Return the cells that stages changed, in the order of the stages, indicators and rows.

    `attributes` has the attributes of values, a row for each; the columns of an empty table are left out.
    """
    keys = scored.units.select(unit, *([period] if period else []))
    rows = [_changed_cells(keys, change, name) for change in scored.changes for name in change.after.columns]
    kinds = {"indicator": pl.String, "stage": pl.String, "before": pl.Float64, "after": pl.Float64, "why": pl.String}
    empty = keys.clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in kinds.items())
    changed = pl.concat([empty, *rows])
    return _with_attributes(changed, attributes, keys.columns) if len(attributes) else changed


def _with_attributes(cells: pl.DataFrame, attributes: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Return the cells with the attributes of their values; a value that was missing has none."""
    on = [*key, "indicator"]
    # an attribute is left out if it has no value at all, so that no column is empty
    kept = [column for column in attributes.drop(*on, "value") if column.null_count() < len(column)]
    frame = cells.join(
        attributes.select(*on, *(column.name for column in kept)), on=on, how="left", maintain_order="left"
    )
    is_missing = pl.col("before").is_null()
    return frame.with_columns(pl.when(~is_missing).then(pl.col(column.name)).alias(column.name) for column in kept)


def _changed_cells(keys: pl.DataFrame, change: Change, name: str) -> pl.DataFrame:
    before, after = change.before[name], change.after[name]
    is_changed = before.ne_missing(after)
    return keys.filter(is_changed).with_columns(
        pl.lit(name).alias("indicator"),
        pl.lit(change.stage).alias("stage"),
        before.filter(is_changed).alias("before"),
        after.filter(is_changed).alias("after"),
        change.reasons(name).filter(is_changed).alias("why"),
    )
