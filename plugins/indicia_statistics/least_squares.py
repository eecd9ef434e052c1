"""Least squares with coefficients of 0 or more, and the regression of a score on its indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import DataError, DefinitionError, join_names, pluralise, require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.methods import Array

    Mask = npt.NDArray[np.bool_]

_NOISE = 1e-10
"""Eigenvalues of correlations, and gradients, below this share of their scale are 0 but for rounding."""


def non_negative_least_squares(a: Array, b: Array) -> Array:
    """Return the x of 0 or more with the least |a x - b|², by the active-set method.

    Parameters
    ----------
    a : array of float, (rows, columns)
        A matrix of full column rank.
    b : array of float, (rows,)

    Returns
    -------
    array of float, (columns,)
        The exact solution but for rounding; it is unique.

    Raises
    ------
    numpy.linalg.LinAlgError
        For a matrix whose columns depend on each other.

    References
    ----------
    Lawson & Hanson (1974), Solving Least Squares Problems, ch. 23.

    Examples
    --------
    >>> non_negative_least_squares(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([2.0, 1.0])).tolist()
    [1.5, 0.0]
    """
    gram, target = a.T @ a, a.T @ b
    tolerance = _NOISE * max(float(np.abs(target).max()), float(np.finfo(float).tiny))
    x, free = np.zeros(len(target)), np.zeros(len(target), dtype=bool)
    for _ in range(3 * len(target)):  # each step frees a coefficient, and few are fixed again
        gradient = np.where(free, -np.inf, target - gram @ x)
        if gradient.max() <= tolerance:
            break
        free[gradient.argmax()] = True
        x, free = _feasible_step(gram, target, x, free)
    return x


def _feasible_step(gram: Array, target: Array, x: Array, free: Mask) -> tuple[Array, Mask]:
    """Return the least squares of the free coefficients, after coefficients that would be negative are fixed at 0."""
    free = free.copy()
    while free.any():
        solution = np.zeros(len(x))
        solution[free] = np.linalg.solve(gram[np.ix_(free, free)], target[free])
        negative = free & (solution <= 0)
        if not negative.any():
            return solution, free
        # walk towards the solution until the first coefficient is 0
        length = np.min(x[negative] / np.maximum(x[negative] - solution[negative], np.finfo(float).tiny))
        x = x + length * (solution - x)
        blocked = negative & (x <= np.finfo(float).eps * np.abs(x).max())
        free &= ~(blocked if blocked.any() else negative)
        x = np.where(free, x, 0.0)
    return x, free


def standardised_regression(table: pl.DataFrame, score: str, indicators: Sequence[str]) -> pl.DataFrame:
    """Regress a score on its indicators, all with mean 0 and standard deviation 1.

    Parameters
    ----------
    table : polars.DataFrame
        A row for each unit. Units without the score or an indicator are left out.
    score : str
        The column of the score.
    indicators : sequence of str
        The columns of the indicators as they are aggregated.

    Returns
    -------
    polars.DataFrame
        `indicator`, the number of `units`, the standardised coefficient `beta`, the correlation `r` with the score, and
        their product `share`. The shares add to R², which is 1 for the weighted mean of the indicators.

    Raises
    ------
    DataError
        For a column that is the same for all units, for fewer units than indicators plus 2, and for indicators that
        determine each other.

    Notes
    -----
    β = R⁻¹ r, with the correlations R of the indicators and r of the indicators with the score.

    References
    ----------
    OECD & JRC (2008), Handbook on Constructing Composite Indicators, step 8; Pratt (1987), Dividing the indivisible.

    Examples
    --------
    >>> table = pl.DataFrame({"air": [1.0, 2.0, 3.0, 4.0], "income": [0.0, 8.0, 0.0, 8.0]})
    >>> table = table.with_columns(score=pl.mean_horizontal("air", "income"))
    >>> standardised_regression(table, "score", ["air", "income"]).select(pl.col("beta", "share").round(3)).rows()
    [(0.243, 0.153), (0.868, 0.847)]
    """
    require_columns(table, [score, *indicators])
    if not indicators:
        raise DefinitionError("coefficients need an indicator", remedy="name the indicators of the score")
    complete = table.select(pl.col(score, *indicators).cast(pl.Float64)).drop_nulls()
    if complete.height < len(indicators) + 2:
        raise DataError(
            f"{pluralise(complete.height, 'unit')} with all of {pluralise(len(indicators), 'indicator')} cannot bear"
            " their coefficients",
            remedy="regress the score of each dimension",
        )
    values = complete.to_numpy()
    spread = np.ptp(values, axis=0)
    if constant := [
        name
        for name, width, size in zip(complete.columns, spread, np.abs(values).max(axis=0), strict=True)
        if width <= _NOISE * size
    ]:
        raise DataError(f"{join_names(constant)}: the same for all units", remedy="leave it out")
    correlation = np.corrcoef((values - values.min(axis=0)) / spread, rowvar=False)
    r, among = correlation[1:, 0], correlation[1:, 1:]
    eigenvalues, vectors = np.linalg.eigh(among)
    if eigenvalues[0] < _NOISE * len(indicators):
        involved = [name for name, part in zip(indicators, vectors[:, 0], strict=True) if abs(part) > 1e-6]
        raise DataError(f"{join_names(involved)} determine each other", remedy="leave one of them out")
    beta = np.linalg.solve(among, r)
    columns = {"indicator": list(indicators), "beta": beta, "r": r, "share": beta * r}
    return pl.DataFrame(columns).insert_column(1, pl.repeat(complete.height, len(r), eager=True).alias("units"))
