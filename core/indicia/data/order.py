"""The order of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


def sorted_rows(frame: pl.DataFrame, first: Sequence[str], then: Sequence[str | pl.Expr]) -> pl.Series:
    """Return the numbers of rows in ascending order of some columns, nulls last; rows that tie go by others.

    Few rows tie as a rule, and only those are sorted by the others: names of a million units take a second to sort.

    >>> sorted_rows(pl.DataFrame({"rank": [2, 1, 2], "city": ["Lima", "Oslo", "Cusco"]}), ["rank"], ["city"]).to_list()
    [1, 2, 0]
    """
    ordered = frame.select(first).with_row_index("\0row").sort(first, nulls_last=True)
    equal = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(-1)) for name in first)
    with_next = ordered.select(equal).to_series()
    tied = (with_next | with_next.shift(1, fill_value=False)).arg_true()
    rows = ordered["\0row"]
    if tied.is_empty():
        return rows
    of_tied = frame.with_row_index("\0row")[rows[tied]].sort([*first, *then], nulls_last=True)["\0row"]
    return rows.clone().scatter(tied, of_tied)
