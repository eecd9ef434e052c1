"""Values that were found by key, and the rows that have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def matched(found: pl.DataFrame, frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Return what was found by key, the key in the types of a frame: another table may hold years as text."""

    def cast(name: str) -> pl.Expr:
        has, wanted = found.schema[name], frame.schema[name]
        if has.is_numeric() and wanted.is_numeric():
            return pl.col(name).cast(wanted)
        text = pl.col(name).cast(pl.String)
        if isinstance(wanted, pl.Date | pl.Datetime):
            return text.str.strptime(wanted, strict=False)
        return text.cast(wanted, strict=False)

    return found.with_columns(cast(name) for name in key if found.schema[name] != frame.schema[name])


def beside_rows(frame: pl.DataFrame, found: Iterable[object], key: Sequence[str]) -> pl.DataFrame:
    """Put settled values beside the rows of their key."""
    frames = [matched(one, frame, key) for one in found if isinstance(one, pl.DataFrame)]
    if all(one.height == frames[0].height and one[list(key)].equals(frames[0][list(key)]) for one in frames):
        frames = [frames[0].hstack([column for one in frames[1:] for column in one.drop(key).get_columns()])]
    for one in frames:
        frame = frame.join(one, on=list(key), how="left", nulls_equal=True, maintain_order="left")
    return frame.rechunk()
