"""What imputations need of the indicators, made easy to compute with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy.typing as npt

    from indicia.methods import Array

    Mask: TypeAlias = npt.NDArray[np.bool_]
    Places: TypeAlias = npt.NDArray[np.intp]


def standardised(values: Array) -> tuple[Array, Array, Array]:
    """Return (x - mean) / sd with 0 where x is missing, the means, and the sample standard deviations.

    The mean of an indicator without any value is NaN; the deviation of one that does not vary is given as 1.
    """
    present = ~np.isnan(values)
    count = present.sum(axis=0)
    first = np.where(count > 0, values[present.argmax(axis=0), np.arange(values.shape[1])], np.nan)
    deviation = np.where(present, values - first, 0.0)  # from one of the values: exactly 0 where all are equal
    shift = deviation.sum(axis=0) / np.maximum(count, 1)
    deviation = np.where(present, deviation - shift, 0.0)
    scale = np.sqrt((deviation**2).sum(axis=0) / np.maximum(count - 1, 1))
    scale[scale == 0] = 1.0
    return deviation / scale, first + shift, scale


def condensed(rows: Array) -> Array:
    """Return rows (n, k), or at most k rows whose sums of squares and products are the same."""
    return np.asarray(np.linalg.qr(rows, mode="r"), dtype=float) if len(rows) > rows.shape[1] else rows
