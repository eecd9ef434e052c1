"""The cells that stages changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from indicia.run import Scored
    from indicia.stages.stage import Change


def cells(scored: Scored, unit: str, period: str | None) -> pl.DataFrame:
    """Return the cells that stages changed, in the order of the stages, indicators and rows."""
    keys = scored.units.select(unit, *([period] if period else []))
    rows = [_changed_cells(keys, change, name) for change in scored.changes for name in change.after.columns]
    kinds = {"indicator": pl.String, "stage": pl.String, "before": pl.Float64, "after": pl.Float64, "why": pl.String}
    empty = keys.clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in kinds.items())
    return pl.concat([empty, *rows])


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
