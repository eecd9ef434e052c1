r"""Tables of Eurostat's own format, whose first column joins the keys of a row: "unit,geo\time"."""

from __future__ import annotations

import re

import polars as pl

_NAME = re.compile(r"([^,;\\]+(?:,[^,;\\]+)*)\\[^,;\\]+")
"""The keys with commas between them, and behind the backslash the key of the other columns."""


def split_keys(frame: pl.DataFrame) -> pl.DataFrame:
    r"""Return a table of Eurostat with a column for each key; another table is returned as it is.

    >>> split_keys(pl.DataFrame({"unit,geo\\time": ["PC,AT", "PC,BE"], "2020 ": [5.1, 6.2]})).columns
    ['unit', 'geo', '2020 ']
    """
    name = frame.columns[0] if frame.columns else ""
    match = _NAME.fullmatch(name)
    if match is None or frame.schema[name] != pl.String:
        return frame
    keys = [key.strip() for key in match[1].split(",")]
    others = frame.drop(name)
    cells = frame[name]
    if set(keys) & set(others.columns) or len(set(keys)) < len(keys):
        return frame
    if (cells.str.count_matches(",", literal=True) != len(keys) - 1).any():
        return frame
    parts = cells.str.split_exact(",", len(keys) - 1).struct.rename_fields(keys).struct.unnest()
    return pl.DataFrame([*(part.str.strip_chars() for part in parts), *others])
