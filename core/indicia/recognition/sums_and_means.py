"""The indicators in which a row is the sum or the mean of other rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import join_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.recognition.row_table import RowTable

_AGREE = 2e-3
"""A sum agrees with a total if they differ by no more than this share: totals are often rounded."""
_MEAN_AGREES = 5e-4
FEWEST_ROWS = 3
"""The rows that a total must have at least: with two, a sum may be an accident."""


@dataclass(frozen=True)
class SumsAndMeans:
    """The indicators in which a row is the sum or the mean of other rows."""

    sums: tuple[str, ...]
    means: tuple[str, ...]
    against: int
    rows: int

    @property
    def text(self) -> str:
        of = f"the {self.rows} other rows" if self.rows > 9 else "the other rows"
        parts = [
            f"{join_names(names, 3)} {'is' if len(names) == 1 else 'are'} the {kind} of {of}"
            for names, kind in ((self.sums, "sum"), (self.means, "mean"))
            if names
        ]
        return ", and ".join(parts)

    @property
    def certain(self) -> bool:
        """True if all indicators with a sum or a mean agree."""
        if self.against or self.rows < FEWEST_ROWS:
            return False
        # one sum, or means of small numbers, may be an accident
        agreeing = len(self.sums) + len(self.means)
        return (bool(self.sums) and (agreeing >= 2 or self.rows >= 8)) or (agreeing >= 3 and self.rows >= 8)

    @property
    def likely(self) -> bool:
        """True if most indicators agree."""
        agreeing = len(self.sums) + len(self.means)
        return bool(self.sums) and agreeing >= 2 and agreeing > self.against and self.rows >= FEWEST_ROWS


def sums_and_means(table: RowTable, row: int, others: Sequence[int]) -> SumsAndMeans | None:
    """Return the indicators in which a row is the sum or the mean of other rows; None without any."""
    if len(others) < 2:
        return None
    block, own = table.values[list(others)], table.values[row]
    sums: list[str] = []
    means: list[str] = []
    weights: list[npt.NDArray[np.float64]] = []
    open_columns: list[int] = []
    against = 0
    for column, name in enumerate(table.roles.indicators):
        values, value = block[:, column], own[column]
        present = values[~np.isnan(values)]
        if np.isnan(value) or len(present) < max(2, len(values) / 2) or present.min() == present.max():
            continue
        if abs(value - present.sum()) <= _AGREE * abs(present.sum()) and abs(value) > np.abs(present).max():
            sums.append(name)
            weights.append(values)
        else:
            open_columns.append(column)
    for column in open_columns:
        values, value = block[:, column], own[column]
        if any(_agrees(value, values, weight) for weight in (np.ones(len(values)), *weights)):
            means.append(table.roles.indicators[column])
        elif not _lies_among(value, values) or not weights:
            against += 1
    return SumsAndMeans(tuple(sums), tuple(means), against, len(others)) if sums or means else None


def _agrees(value: float, values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> bool:
    present = ~np.isnan(values) & ~np.isnan(weights)
    total = weights[present].sum()
    if not total:
        return False
    mean = float((values[present] * weights[present]).sum() / total)
    decimals = _decimals(value)
    return abs(value - mean) <= max(_MEAN_AGREES * abs(mean), 0.51 * 10.0**-decimals if decimals else 0.0)


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _lies_among(value: float, values: npt.NDArray[np.float64]) -> bool:
    return bool(np.nanmin(values) <= value <= np.nanmax(values))
