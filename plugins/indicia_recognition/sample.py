"""The rows of a table that recognition looks at: all of a small table, and a bounded part of a large one."""

from __future__ import annotations

import numpy as np
import polars as pl

_UNITS = 1_000
"""The units of a sample of a panel."""
HEAD, TAIL, BETWEEN = 2_000, 1_000, 1_000
"""The rows of a sample."""
MANY_CELLS = 10_000_000
"""A table of more cells has a sample of a quarter of the rows, as recognition should cost little next to reading."""
ALL_ROWS = 20_000
"""A table of fewer rows is compared row by row in full."""


def sample_rows(frame: pl.DataFrame, most: int = HEAD + TAIL + BETWEEN) -> pl.DataFrame:
    """Return a frame of at most `most` rows as it is; of a larger one the head, the tail and rows between them.

    >>> sample_rows(pl.DataFrame({"x": range(10**5)})).height
    4000
    """
    if frame.height <= most:
        return frame
    parts = 4 if frame.height * frame.width > MANY_CELLS else 1
    head, tail, size = HEAD // parts, TAIL // parts, BETWEEN // parts
    between = np.linspace(head, frame.height - tail, size, endpoint=False).astype(np.int64)
    return pl.concat([frame.head(head), frame[between], frame.tail(tail)])


def sample_units(frame: pl.DataFrame, unit: str, period: str | None) -> pl.DataFrame:
    """Return the sample of a large table; in a panel, all rows of some of its units, with all their periods.

    >>> panel = pl.DataFrame({"city": ["a", "b"] * 2, "year": [1, 1, 2, 2]})
    >>> sample_units(panel, "city", "year").height
    4
    """
    if frame.height < ALL_ROWS or period is None:
        return frame if frame.height < ALL_ROWS else sample_rows(frame)
    names = sample_rows(frame)[unit].unique(maintain_order=True)
    kept = names.gather_every(max(1, -(-len(names) // _UNITS)))
    return frame.filter(pl.col(unit).is_in(kept.implode()))
