"""Rows of a table that repeat its header."""

from __future__ import annotations

import polars as pl

from indicia.recognition.observation import Observation
from indicia.recognition.row_table import KEEP_ROWS


def repeated_headers(frame: pl.DataFrame) -> Observation | None:
    """Return the rows that repeat the header; their name is the cell of the first column of text.

    >>> pages = pl.DataFrame({"town": ["Lima", "town", "Oslo"], "rent": ["3", "rent", "4"]})
    >>> print(repeated_headers(pages).sentence)
    row 2 is left out: it repeats the header, and "town" is no unit
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
    name = str(frame[texts[0]][int(rows[0])] or "").strip()
    row = f"row {rows[0] + 1}"
    fact = (
        f"{row} is left out: it repeats"
        if len(rows) == 1
        else f"{len(rows)} rows, such as {row}, are left out: they repeat"
    )
    return Observation(
        "repeated_header",
        (name,),
        f'{fact} the header, and "{name}" is no unit',
        "left_out",
        KEEP_ROWS,
    )
