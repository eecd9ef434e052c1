"""Rows of a table that repeat its header."""

from __future__ import annotations

import polars as pl

from indicia.recognition.observation import Observation


def repeated_headers(frame: pl.DataFrame, unit: str | None = None) -> Observation | None:
    """Return the rows that repeat the header; their name is the cell of the unit, by default of the first text column.

    >>> pages = pl.DataFrame({"town": ["Lima", "town", "Oslo"], "rent": ["3", "rent", "4"]})
    >>> print(repeated_headers(pages))
    row 2 repeats the header: "town" is no unit; without = ["town"] in [data] leaves it out
    """
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if len(texts) < 2:  # a header on another page makes texts of all columns
        return None
    equal = pl.sum_horizontal(
        (pl.col(name).str.strip_chars().str.to_lowercase() == name.strip().lower()).fill_null(False) for name in texts
    )
    rows = frame.select((equal >= max(2, len(texts) / 2)).alias("repeats")).to_series().arg_true()
    if rows.is_empty():
        return None
    name = str(frame[unit or texts[0]][int(rows[0])] or "").strip()
    places = f"row {rows[0] + 1} repeats" if len(rows) == 1 else f"{len(rows)} rows, such as row {rows[0] + 1}, repeat"
    return Observation(
        "repeated_header",
        (name,),
        f'{places} the header: "{name}" is no unit',
        "left_out",
        f'without = ["{name}"] in [data] leaves it out',
    )
