"""Covariances and correlations of the components of a node, whose values may have gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from indicia.methods.noise import NOISE

if TYPE_CHECKING:
    from indicia.methods.contract import Array

CANCELLATION = 1e-3
"""A difference of squares smaller than this share of the squares loses digits: the pair is then centred separately."""

NO_SHARED_UNITS = "there are two components that fewer than two units share"
NO_SHARED_RANKS = "two components have values in common for fewer than two units"
NO_COMPLETE_UNITS = "fewer than two units have all components"


def covariances(x: Array, rows: Literal["pairwise", "complete"]) -> tuple[Array, Array]:
    """Return the covariances (j, k), and the variances of j over the rows in which j and k are present.

    The function may overwrite x.

    Parameters
    ----------
    x : array of float, (n, k)
        Values, missing ones as NaN.
    rows : "pairwise" or "complete"
        The rows in which both components are present, or those in which all are.

    Raises
    ------
    ValueError
        If there are fewer than two such rows.
    """
    gaps = bool(np.isnan(x.sum(axis=0)).any())
    if gaps and rows == "complete":
        x, gaps = x[~np.isnan(x).any(axis=1)], False
    if len(x) < 2:
        raise ValueError(NO_COMPLETE_UNITS)
    if not gaps:
        x -= x.mean(axis=0)  # sums of squares of centred values lose no digits
        covariance = x.T @ x / (len(x) - 1)
        return covariance, np.broadcast_to(np.diag(covariance)[:, None], covariance.shape)
    present = ~np.isnan(x)
    means = np.divide(np.nansum(x, axis=0), present.sum(axis=0), where=present.any(axis=0), out=np.zeros(x.shape[1]))
    centred, shared = np.where(present, x - means, 0.0), present.astype(float)
    count = shared.T @ shared
    if count.min() < 2:
        raise ValueError(NO_SHARED_UNITS)
    sums = centred.T @ shared
    squares = (centred**2).T @ shared
    covariance = (centred.T @ centred - sums * sums.T / count) / (count - 1)
    variances = (squares - sums**2 / count) / (count - 1)
    inexact = (count - 1) * variances < CANCELLATION * squares
    for j, k in np.argwhere(np.triu(inexact | inexact.T)):
        shared_rows = x[present[:, j] & present[:, k]][:, [j, k]]
        of_pair = covariances(shared_rows, "complete")[0]
        covariance[j, k] = covariance[k, j] = of_pair[0, 1]
        variances[j, k], variances[k, j] = np.diag(of_pair)
    return covariance, variances


def correlations_of(covariance: Array, variances: Array) -> Array:
    """Return correlations from the covariances and variances of values that are at most 1 in absolute value.

    >>> correlations_of(np.array([[0.25, 0.1], [0.1, 0.16]]), np.array([[0.25, 0.25], [0.16, 0.16]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    variances = np.where(variances > NOISE**2, variances, 0.0)  # values that vary only by noise do not correlate
    scale = np.sqrt(variances * variances.T)
    correlation = np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 0)
    np.fill_diagonal(correlation, 1.0)
    return np.clip(correlation, -1.0, 1.0)


def rank_correlations(values: Array, rows: Literal["pairwise", "complete"]) -> Array:
    """Correlate the ranks of each pair of components over the rows that have both; a constant has correlation 0.

    Parameters
    ----------
    values : array of float, (n, k)
        Values, missing ones as NaN.
    rows : "pairwise" or "complete"
        The rows in which both components are present, or those in which all are.

    Raises
    ------
    ValueError
        If there are fewer than two such rows.

    Examples
    --------
    >>> rank_correlations(np.array([[1.0, 3.0], [2.0, 9.0], [5.0, 1.0]]), "complete").round(12)
    array([[ 1. , -0.5],
           [-0.5,  1. ]])
    """
    present = ~np.isnan(values)
    if rows == "complete":
        complete = present.all(axis=1)
        if complete.sum() < 2:
            raise ValueError(NO_COMPLETE_UNITS)
        values, present = values[complete], present[complete]
    if present.all():
        return correlations_of_ranks(np.apply_along_axis(average_ranks, 0, values))
    correlation = np.eye(values.shape[1])
    for j, k in zip(*np.triu_indices_from(correlation, 1), strict=True):
        shared = values[present[:, j] & present[:, k]][:, [j, k]]
        if len(shared) < 2:
            raise ValueError(NO_SHARED_RANKS)
        ranks = np.apply_along_axis(average_ranks, 0, shared)
        correlation[j, k] = correlation[k, j] = correlations_of_ranks(ranks)[0, 1]
    return correlation


def average_ranks(column: Array) -> Array:
    """Rank the values of a component from 1, average for ties; values that differ by rounding are tied.

    >>> average_ranks(np.array([5.0, 0.3, 0.1 + 0.2, 7.0])).tolist()
    [3.0, 1.5, 1.5, 4.0]
    """
    order = np.argsort(column, kind="stable")
    noise = NOISE * np.abs(column[order[[0, -1]]]).max()
    group = np.empty(len(column), dtype=np.int64)
    group[order] = np.cumsum(np.diff(column[order], prepend=column[order[0]]) > noise)
    size = np.bincount(group)
    ranks: Array = (size.cumsum() - (size - 1) / 2)[group]
    return ranks


def correlations_of_ranks(ranks: Array) -> Array:
    """Return the correlations of columns of ranks 1 to n, shape (k, k)."""
    centred = ranks - (len(ranks) + 1) / 2
    return correlations_of_products(centred.T @ centred)


def correlations_of_products(products: Array) -> Array:
    """Return correlations from the cross products of centred columns, shape (k, k)."""
    norms = np.sqrt(np.diag(products))
    scale = np.outer(norms, norms)
    correlation: Array = np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)
    np.fill_diagonal(correlation, 1.0)
    return correlation.clip(-1.0, 1.0)
