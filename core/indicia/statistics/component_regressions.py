"""Regressions among the components of a node, and of a column of the data on the components.

They run on the values, not on the matrix of correlations: rounding in the matrix would hide the small differences of
closely correlated components.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array

_SAME_PREDICTION = 1e-10
"""Components are linearly dependent if a singular value is smaller, as a share of the largest one."""


def multiple_correlations(values: Array) -> Array:
    """Return the correlation of each component with its least squares fit on the others, shape (k,).

    Parameters
    ----------
    values : array of float, (n, k)
        Values of at least one unit, none missing.
    """
    largest = np.abs(values).max(axis=0)
    centred = values / np.where(largest > 0, largest, 1.0)
    centred -= centred.mean(axis=0)
    norms = np.linalg.norm(centred, axis=0)
    return multiple_correlations_of(np.asarray(np.linalg.qr(centred / np.where(norms > 0, norms, 1.0), mode="r")))


def multiple_correlations_of(triangle: Array) -> Array:
    """Return multiple correlations, given the triangle R of the QR decomposition of standardised values.

    A component whose column is 0 does not vary, and has correlation 0.

    >>> multiple_correlations_of(np.array([[1.0, 0.6], [0.0, 0.8]])).round(12).tolist()
    [0.6, 0.6]
    """
    fits = []
    for j, column in enumerate(triangle.T):
        others = np.delete(triangle, j, axis=1)
        fits.append(np.linalg.norm(others @ np.linalg.lstsq(others, column, rcond=None)[0]))
    return np.array(fits).clip(0.0, 1.0)


def slopes(values: Array, y: Array) -> Array:
    """Return the slopes of the least squares regression of y / max |y|, over the units that have all components.

    Parameters
    ----------
    values : array of float, (n, k)
        Values that vary, missing ones as NaN.
    y : array of float, (n,)
        The dependent column, without gaps.

    Raises
    ------
    ValueError
        If components are linearly dependent, or if there are not more units than coefficients.

    Examples
    --------
    >>> slopes(np.array([[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 2.0]]), np.array([1.0, 3.0, 3.0, 6.0])).round(9)
    array([0.16666667, 0.16666667])
    """
    complete = ~np.isnan(values).any(axis=1)
    values, y = values[complete], y[complete]
    check_units(len(values), values.shape[1])
    size = np.abs(values).max(axis=0)
    size = np.where(size > 0, size, 1.0)
    scaled = values / size  # sums of very large values overflow
    return solve(scaled - scaled.mean(axis=0), centred(y)) / size


def check_units(units: int, components: int) -> None:
    """Refuse a regression without more units than coefficients."""
    if units <= components + 1:
        raise ValueError(
            f"least squares on {components} components need more than {components + 1} units that have all "
            f"of them, and there are {units}: correlations need fewer"
        )


def solve(x: Array, y: Array) -> Array:
    """Return the solution of least squares; ValueError if the columns of x are linearly dependent."""
    solution, _, rank, _ = np.linalg.lstsq(x, y, rcond=_SAME_PREDICTION)
    if rank < x.shape[1]:
        raise ValueError("components are linearly dependent, so their coefficients are not unique: leave one out")
    return np.asarray(solution, dtype=np.float64)


def correlations_with(values: Array, y: Array) -> Array:
    """Return the correlation of each component with y, over the units that have the component, shape (k,).

    >>> correlations_with(np.array([[1.0], [2.0], [np.nan], [4.0]]), np.array([1.0, 2.0, 9.0, 4.0])).round(12)
    array([1.])
    """
    correlations = np.zeros(values.shape[1])
    for number, column in enumerate(values.T):
        present = ~np.isnan(column)
        x, other = centred(column[present]), centred(y[present])
        scale = np.linalg.norm(x) * np.linalg.norm(other)
        correlations[number] = x @ other / scale if scale > 0 else 0.0
    return correlations


def centred(column: Array) -> Array:
    """Return the deviations from the mean, of values that are scaled to at most 1: squares of large ones overflow."""
    size = np.abs(column).max(initial=0.0)
    scaled = column / size if size > 0 else column
    deviations: Array = scaled - scaled.mean()
    return deviations
