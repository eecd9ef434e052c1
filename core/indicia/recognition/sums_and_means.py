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
_SHARE_OF_SPREAD = 0.02
"""Values that hardly differ all agree with their mean; a mean is nearer to it than this share of their spread."""
_ROUNDED = 0.51
"""A rounded mean differs by no more than this share of its last digit."""
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
    present, names = ~np.isnan(block), table.roles.indicators
    counts = present.sum(axis=0)
    totals = np.where(present, block, 0.0).sum(axis=0)
    sizes = np.where(present, np.abs(block), 0.0).max(axis=0)
    least, most = np.where(present, block, np.inf).min(axis=0), np.where(present, block, -np.inf).max(axis=0)
    usable = ~np.isnan(own) & (counts >= np.maximum(2, len(others) / 2)) & (least < most)
    are_sums = usable & (np.abs(own - totals) <= _AGREE * np.abs(totals)) & (np.abs(own) > sizes)
    columns = np.flatnonzero(usable & ~are_sums).tolist()
    weights = [None, *(block[:, column] for column in np.flatnonzero(are_sums))]
    among = (least <= own) & (own <= most)
    # only a mean among its values, and near their plain mean unless there are weights, is worth a closer look
    plain = totals / np.maximum(counts, 1)
    near = np.abs(own - plain) <= np.minimum(
        np.maximum(_MEAN_AGREES * np.abs(plain), _ROUNDED), _SHARE_OF_SPREAD * (most - least)
    )
    may_be_means = among & (near | are_sums.any())
    are_means = [
        column
        for column in columns
        if may_be_means[column] and any(_agrees(float(own[column]), block[:, column], weight) for weight in weights)
    ]
    if not are_sums.any() and not are_means:
        return None
    against = sum(column not in are_means and (not among[column] or not are_sums.any()) for column in columns)
    sums = tuple(names[column] for column in np.flatnonzero(are_sums))
    return SumsAndMeans(sums, tuple(names[column] for column in are_means), against, len(others))


def _agrees(value: float, values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64] | None) -> bool:
    """Return True if a value is the mean of the others, plain or weighted."""
    if weights is None:
        weights = np.ones(len(values))
    present = ~np.isnan(values) & ~np.isnan(weights)
    total = weights[present].sum()
    if not total:
        return False
    mean = float((values[present] * weights[present]).sum() / total)
    decimals = _decimals(value)
    tolerance = max(_MEAN_AGREES * abs(mean), _ROUNDED * 10.0**-decimals if decimals else 0.0)
    return abs(value - mean) <= min(tolerance, _SHARE_OF_SPREAD * float(np.ptp(values[present])))


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])
