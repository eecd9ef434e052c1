"""The index of pandas in files of Parquet and in tables of Arrow, which hold it as columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection


_LEVEL = "__index_level_"
"""The start of the names that pandas gives to levels of an index without a name."""


def with_pandas_index(frame: pl.DataFrame, note: bytes | str | None) -> pl.DataFrame:
    """Return a frame with the index of pandas as its first columns.

    `note` is the note of pandas on the columns in a file of Parquet or in a table of Arrow. An index of numbers without
    a name counts rows, and is left out; another index without a name is called "name".

    >>> note = '{"index_columns": ["__index_level_0__"]}'
    >>> with_pandas_index(pl.DataFrame({"gdp": [1.5], "__index_level_0__": ["Lima"]}), note).rows(named=True)
    [{'name': 'Lima', 'gdp': 1.5}]
    """
    try:
        levels = json.loads(note or "{}").get("index_columns", [])
    except (ValueError, AttributeError):
        return frame
    levels = [level for level in levels if isinstance(level, str) and level in frame.columns]
    if not levels:
        return frame
    others = [name for name in frame.columns if name not in levels]
    named = {level: level for level in levels}
    for number, level in enumerate(levels):
        if level.startswith(_LEVEL):
            if len(levels) == 1 and frame.schema[level].is_integer():
                return pl.DataFrame([frame[name] for name in others])
            named[level] = level_name(number, len(levels), others)
    # by series, as a selection reads a name such as ^x.*$ as a pattern
    return pl.DataFrame([frame[name].alias(named.get(name, name)) for name in (*levels, *others)])


def level_name(number: int, count: int, columns: Collection[object]) -> str:
    """Return the name of a level of an index without a name: "name" for a single level, or as pandas numbers it.

    Pandas calls a single level "index", which is the name of the index in the results.
    """
    return "name" if count == 1 and "name" not in columns else f"level_{number}"


def named_index(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table whose first column "index", if it has names, is called "name"; another table as it is.

    >>> named_index(pl.DataFrame({"index": ["Lima", "Oslo"], "gdp": [1.5, 2.5]})).columns
    ['name', 'gdp']
    """
    if not frame.columns or frame.columns[0] != "index" or frame.schema["index"] != pl.String:
        return frame
    name = level_name(0, 1, frame.columns)
    cells = frame["index"].drop_nulls()
    if name in frame.columns or not len(cells) or cells.str.contains(r"^\s*[-+]?\d").any():
        return frame  # codes, or row numbers above a note
    return frame.rename({"index": name})
