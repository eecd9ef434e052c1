"""Columns that are the sum or the mean of other columns by their name and values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import join_names
from indicia.recognition.text_columns import AS_INDICATOR, left_out
from indicia.recognition.words import word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    import polars as pl

    from indicia.recognition.observation import Observation

_AGREE = 1e-3
"""A sum agrees with a total if they differ by no more than this share: totals are often rounded."""
_LEAST_SHARE = 0.9
"""The share of the rows in which they agree, at least."""
_LEAST_ROWS = 4
_MOST_COLUMNS = 200


def total_columns(sample: pl.DataFrame) -> Iterator[Observation]:
    """Yield the columns with the name of a total that are the sum or the mean of others, or of those beside them.

    >>> import polars as pl
    >>> table = pl.DataFrame({"men": [3, 1, 4, 2], "women": [5, 9, 2, 1], "Total": [8, 10, 6, 3]})
    >>> [observation.sentence for observation in total_columns(table)]
    ['Total is left out: it is a total, the sum of men, women, which would count twice']
    """
    totals = [name for name in sample.columns if word_lists("rows")["total"].matches(name)]
    if not totals or sample.height < _LEAST_ROWS or sample.width > _MOST_COLUMNS:
        return
    parts = [name for name in sample.columns if name not in totals]
    values = {name: sample[name].cast(float).to_numpy() for name in sample.columns}
    for total in totals:
        at = sample.columns.index(total)
        before = [name for name in sample.columns[:at] if name in parts]
        after = [name for name in sample.columns[at + 1 :] if name in parts]
        runs = [parts, *(before[start:] for start in range(len(before)))]
        runs += [after[:end] for end in range(len(after) + 1)]
        for names in runs:
            if len(names) > 1 and (kind := _kind(values[total], np.array([values[name] for name in names]))):
                reason = f"it is a total, the {kind} of {join_names(names)}, which would count twice"
                yield left_out("total_column", total, reason, AS_INDICATOR)
                break


def _kind(total: npt.NDArray[np.float64], parts: npt.NDArray[np.float64]) -> str:
    """Return "sum" or "mean" if a column is that of others; empty if it is neither."""
    complete = ~np.isnan(total) & ~np.isnan(parts).any(axis=0)
    if complete.sum() < _LEAST_ROWS:
        return ""
    sums, total = parts[:, complete].sum(axis=0), total[complete]
    for kind, expected in (("sum", sums), ("mean", sums / len(parts))):
        if (np.abs(expected - total) <= _AGREE * np.abs(total)).mean() >= _LEAST_SHARE and total.any():
            return kind
    return ""
