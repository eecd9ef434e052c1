"""Join values to the rows with the same key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def cast_key(values: pl.DataFrame, frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Cast the key of values to the types of a frame, since one table may have years as text, another as numbers."""

    def cast(name: str) -> pl.Expr:
        source, target = values.schema[name], frame.schema[name]
        if source.is_numeric() and target.is_numeric():
            return pl.col(name).cast(target)
        text = pl.col(name).cast(pl.String)
        if isinstance(target, pl.Date | pl.Datetime):
            return text.str.strptime(target, strict=False)
        return text.cast(target, strict=False)

    differing = [name for name in key if values.schema[name] != frame.schema[name]]
    return values.with_columns(map(cast, differing)) if differing else values


def join_statistics(frame: pl.DataFrame, statistics: Iterable[pl.DataFrame], key: Sequence[str]) -> pl.DataFrame:
    """Join statistics within a key to the rows of a frame."""
    frames = [cast_key(values, frame, key) for values in statistics]
    # statistics of one query have equal keys, and need a single join
    if all(values.height == frames[0].height and values[list(key)].equals(frames[0][list(key)]) for values in frames):
        others = [column for values in frames[1:] for column in values.get_columns() if column.name not in key]
        frames = [frames[0].hstack(others)]
    for values in frames:
        frame = frame.join(values, on=list(key), how="left", nulls_equal=True, maintain_order="left")
    return frame.rechunk()
