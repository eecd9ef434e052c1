"""Whole numbers in the order of decimals: each float64 has one, and neighbours have neighbouring ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Bits = npt.NDArray[np.uint64]
    Floats = npt.NDArray[np.float64]

_SIGN = np.uint64(1 << 63)


def ordered_bits(values: Floats) -> Bits:
    """Return the place of each value among all float64; NaN is above infinity, and -0.0 equals 0.0.

    >>> bits = ordered_bits(np.array([-1.0, 0.0, 5e-324, np.inf, np.nan]))
    >>> bool((np.diff(bits) > 0).all()), int(bits[2] - bits[1])
    (True, 1)
    """
    bits = (values + 0.0).view(np.uint64)
    bits = np.where(bits & _SIGN, ~bits, bits | _SIGN)
    nan = np.isnan(values)
    return np.where(nan, np.uint64(0xFFF8 << 48), bits) if nan.any() else bits


def values_of_bits(bits: Bits) -> Floats:
    """Return the value of each place.

    >>> values_of_bits(ordered_bits(np.array([-1.5, 2.0]))).tolist()
    [-1.5, 2.0]
    """
    return np.where(bits & _SIGN, bits ^ _SIGN, ~bits).view(np.float64)
