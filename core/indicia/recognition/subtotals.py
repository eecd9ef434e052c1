"""The rows that are subtotals of rows beside them: by sums, by indentation, by the name of their group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import join_names
from indicia.recognition.sums_and_means import FEWEST_ROWS, sums_and_means
from indicia.recognition.words import plain_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from indicia.recognition.row_table import RowTable

_MOST_ROWS_OF_BLOCKS = 2_000
_MOST_AMOUNTS = 3
"""The columns by which the blocks of a table are searched."""
_LARGE = 1_000
"""Whole numbers from here on add up to another by no accident."""


def heads_of_blocks(table: RowTable, no_units: set[int]) -> dict[int, str]:
    """Return the rows that are the sums of the rows below them, or above them, in all columns that can be summed.

    A table of such blocks consists of them for the most part; a single sum may be an accident.
    """
    rows = [row for row in range(len(table.names)) if row not in no_units]
    values = table.values[rows]
    usable = [column for column in range(values.shape[1]) if _may_be_summed(values[:, column])]
    if not usable or not FEWEST_ROWS < len(rows) <= _MOST_ROWS_OF_BLOCKS:
        return {}
    amounts = values[:, usable]
    by_size = np.argsort(-np.median(amounts, axis=0))
    best: dict[int, str] = {}
    for place, order in (("below", list(range(len(rows)))), ("above", list(range(len(rows) - 1, -1, -1)))):
        for column in by_size[:_MOST_AMOUNTS].tolist():
            heads: dict[int, str] = {}
            covered = 0
            for position, end, agreeing in _sums_of_next_rows(amounts[order], column):
                names = [table.roles.indicators[usable[each]] for each in agreeing]
                verb = "is" if len(names) == 1 else "are"
                text = f"{join_names(names, 3)} {verb} the sum of the {end} rows {place} it: a subtotal, not a unit"
                heads[rows[order[position]]] = text
                covered += end + 1
            if len(heads) > 1 and covered > len(rows) / 2:
                best = max(best, heads, key=len)
    return best


def _sums_of_next_rows(amounts: npt.NDArray[np.float64], column: int) -> Iterator[tuple[int, int, list[int]]]:
    """Yield the rows that are the sum of the next rows, with the number of these and the columns that agree.

    The column is summed until it reaches the total; the sums of the other columns are compared there.
    """
    totals = np.vstack([np.zeros(amounts.shape[1]), amounts.cumsum(axis=0)])
    is_whole = (amounts % 1 == 0).all(axis=0)
    # the sums of the next rows rise, so that the row at which they reach the total is found at once
    starts = np.arange(1, len(amounts) - 1)
    reached = np.searchsorted(totals[:, column], totals[starts, column] + amounts[starts - 1, column] * (1 - 1e-6))
    within = (reached - starts >= 2) & (reached < len(totals))
    sums = totals[np.where(within, reached, 0)] - totals[starts]
    close = np.isclose(sums, amounts[starts - 1], rtol=1e-6, atol=0)
    for start in starts[within & close[:, column]]:
        position, end = int(start) - 1, int(reached[start - 1] - start)
        own, block = amounts[position], amounts[start : start + end]
        larger = own > block.max(axis=0)
        agree = larger & close[position]
        # a single sum is an accident, unless it is that of large whole numbers beside rates of their size
        is_exact = agree[column] and is_whole[column] and own[column] >= _LARGE and (own >= block.min(axis=0)).all()
        if agree.sum() == larger.sum() and (agree.sum() >= 2 or is_exact):
            yield position, end, np.flatnonzero(agree).tolist()


def _may_be_summed(values: npt.NDArray[np.float64]) -> bool:
    # yes and no, or a few marks, add up by accident
    return bool((values > 0).all()) and len(np.unique(values)) > len(values) / 2


def headings_of_indents(table: RowTable) -> dict[int, str]:
    """Return the rows of a region above its indented units, with the reason."""
    indents = [len(name) - len(name.lstrip()) if name else 0 for name in table.names]
    if not any(indents) or all(indents):
        return {}
    headings = {}
    for row, indent in enumerate(indents):
        below = next((other for other in range(row + 1, len(indents)) if indents[other] <= indent), len(indents))
        if below - row - 1 >= 2:
            text = f"the names of the {below - row - 1} rows below it are indented"
            evidence = sums_and_means(table, row, list(range(row + 1, below)))
            headings[row] = (
                f"it is the total or heading of other rows: {text}{f', and {evidence.text}' if evidence else ''}"
            )
    # a few stray blanks before names make no hierarchy
    return headings if sum(indent > 0 for indent in indents) >= len(indents) / 2 else {}


def rows_of_groups(table: RowTable, grouped: dict[int, str], no_units: set[int]) -> list[tuple[int, str]]:
    """Return the rows that bear the name of a group and stand for it, with the reason."""
    by_sum: list[tuple[int, str]] = []
    by_place: list[tuple[int, str]] = []
    for row, column in grouped.items():
        values = table.frame[column].cast(pl.String).to_list()
        own = {plain_words(name) for name in (table.names[row], table.labels[row]) if name}
        members = [
            other
            for other, value in enumerate(values)
            if value and plain_words(value) in own and other != row and other not in no_units
        ]
        if len(members) < 2:
            continue
        evidence = sums_and_means(table, row, members)
        if evidence and (evidence.certain or evidence.likely or (evidence.means and not evidence.against)):
            reason = f"it has the name of the {column} of {len(members)} rows, and {evidence.text}: a subtotal"
            by_sum.append((row, reason))
        elif row < members[0] or row > members[-1]:
            by_place.append((row, f"it has the name of the {column} of the {len(members)} rows beside it: a subtotal"))
    # a city may bear the name of its province, but a first or last row for most groups is a pattern
    groups = {value for column in set(grouped.values()) for value in table.frame[column].drop_nulls().unique()}
    return by_sum + (by_place if len(by_sum + by_place) > max(1, len(groups) / 2) else [])
