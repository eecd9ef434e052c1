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
    _, exponent = np.frexp(np.abs(values).max(axis=0, where=present, initial=0.0))
    values = np.ldexp(values, -exponent)  # squares of very large or small values would leave the range
    first = np.where(count > 0, values[present.argmax(axis=0), np.arange(values.shape[1])], np.nan)
    deviation = np.where(present, values - first, 0.0)  # from one of the values: exactly 0 where all are equal
    shift = deviation.sum(axis=0) / np.maximum(count, 1)
    deviation = np.where(present, deviation - shift, 0.0)
    scale = np.sqrt((deviation**2).sum(axis=0) / np.maximum(count - 1, 1))
    still = scale == 0
    z = deviation / np.where(still, 1.0, scale)
    return z, np.ldexp(first + shift, exponent), np.where(still, 1.0, np.ldexp(scale, exponent))


def restored(values: Array, missing: Mask, z: Array, centre: Array, scale: Array) -> Array:
    """Return values with those of z, in their unit of measure, where they are missing."""
    with np.errstate(over="ignore"):  # the core says of which units a value is too large
        return np.where(missing, centre + scale * z, values)


def condensed(rows: Array) -> Array:
    """Return rows (n, k), or at most k rows whose sums of squares and products are the same."""
    return np.asarray(np.linalg.qr(rows, mode="r"), dtype=float) if len(rows) > rows.shape[1] else rows
