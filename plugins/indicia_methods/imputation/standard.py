"""Standardised columns and covariates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import Array, UsedColumn

if TYPE_CHECKING:
    from indicia_methods.arrays import Mask


Covariates = Annotated[
    tuple[str, ...],
    Field(description="columns of the data, without gaps, that predict beside the indicators: gdp"),
]


def used_covariates(names: tuple[str, ...]) -> tuple[UsedColumn, ...]:
    """Return the columns that an imputation uses as covariates."""
    return tuple(map(UsedColumn, names))


def standardise(values: Array) -> tuple[Array, Array, Array]:
    """Return (x - mean) / sd with 0 where x is missing, the means, and the sample standard deviations.

    The mean of an indicator without any value is NaN; the deviation of a constant indicator is set to 1.
    """
    present = ~np.isnan(values)
    count = present.sum(axis=0)
    _, exponent = np.frexp(np.abs(values).max(axis=0, where=present, initial=0.0))
    values = np.ldexp(values, -exponent)  # a power of two, so that squares neither overflow nor underflow
    first = np.where(count > 0, values[present.argmax(axis=0), np.arange(values.shape[1])], np.nan)
    deviation = np.where(present, values - first, 0.0)  # subtract a value first: exactly 0 if all are equal
    shift = deviation.sum(axis=0) / np.maximum(count, 1)
    deviation = np.where(present, deviation - shift, 0.0)
    scale = np.sqrt((deviation**2).sum(axis=0) / np.maximum(count - 1, 1))
    is_constant = scale == 0
    z = deviation / np.where(is_constant, 1.0, scale)
    return z, np.ldexp(first + shift, exponent), np.where(is_constant, 1.0, np.ldexp(scale, exponent))


def restore(values: Array, missing: Mask, z: Array, centre: Array, scale: Array) -> Array:
    """Fill missing values with those of z, converted to the unit of measure."""
    with np.errstate(over="ignore"):  # the core reports the units with an infinite value
        return np.where(missing, centre + scale * z, values)


def condense(rows: Array) -> Array:
    """Condense rows (n, k) to at most k rows with the same cross products (QR decomposition)."""
    return np.asarray(np.linalg.qr(rows, mode="r"), dtype=float) if len(rows) > rows.shape[1] else rows
