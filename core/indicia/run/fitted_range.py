"""Refuse data that a fitted scale does not suit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.errors import DataError, join_names

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 0.5
"""The share of rows that may lie outside the fitted range of an indicator: a majority has left the scale of the fit."""
FEWEST = 3
"""The least number of rows that are refused: one or two units outside show no other scale."""


def check_fitted_range(outside: Mapping[str, int], rows: int) -> None:
    """Refuse data of which most rows lie outside the fitted range of an indicator.

    Parameters
    ----------
    outside
        The number of rows outside the fitted range, by indicator.
    rows
        The number of all rows.

    Raises
    ------
    DataError
        If at least three rows, and more than half of all, lie outside.
    """
    refused = {name: count for name, count in outside.items() if count >= FEWEST and count > MOST * rows}
    if refused:
        counts = [f"{count:,} of {rows:,} rows in {name}" for name, count in refused.items()]
        raise DataError(
            f"outside the fitted range: {join_names(counts, 3)}; the scale of the fit is not the scale of these data",
            remedy="look at the unit of measure of these values, or fit the index again; --allow-outside scores them "
            "all the same, in Python index.allowing_outside()",
        )
