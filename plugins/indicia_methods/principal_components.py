"""Principal components of correlations, and their rotation by varimax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia.errors import join_names
from indicia_statistics.factors import varimax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array

Rotation: TypeAlias = Literal["varimax", "none"]
SINGULAR = 1e-12
"""Loadings and differences of eigenvalues up to this size are rounding errors of 0."""
_ZERO_EIGENVALUE = 1e-10
"""Eigenvalues up to this size are 0: some components are then linearly dependent."""
_SMALLEST_SHARE = 1e-4
"""Smallest coefficient with which a component takes part in a linear dependence."""


def refuse_dependent(names: Sequence[str], correlation: Array) -> None:
    """Refuse linearly dependent indicators, and name the groups of dependent indicators."""
    eigenvalues, vectors = np.linalg.eigh(correlation)
    size, rank = len(names), int((eigenvalues > _ZERO_EIGENVALUE).sum())
    if rank == size:
        return
    rows = _reduce_rows(vectors[:, : size - rank].T)
    dependent = sorted(np.flatnonzero(row).tolist() for row in rows)  # row order depends on the machine
    groups = [join_names(names[at] for at in places) for places in dependent]
    raise ValueError(
        f"its components are linearly dependent, so that correlations of {size} have rank {rank}: {'; '.join(groups)}. "
        f"Leave out one of {'them' if len(groups) == 1 else 'each'}"
    )


def _reduce_rows(rows: Array) -> Array:
    """Reduce rows to row echelon form with full pivoting: each row has a column in which the other rows are 0."""
    rows = rows.copy()
    pivots: list[int] = []
    for _ in range(len(rows)):
        unused = np.delete(np.arange(len(rows)), pivots)
        row, column = np.unravel_index(np.abs(rows[unused]).argmax(), rows[unused].shape)
        pivot = int(unused[row])
        pivots.append(pivot)
        rows[pivot] /= rows[pivot, column]
        others = np.arange(len(rows)) != pivot
        rows[others] -= np.outer(rows[others, column], rows[pivot])
    return np.where(np.abs(rows) > _SMALLEST_SHARE, rows, 0.0)


def principal_components(correlation: Array) -> tuple[Array, Array]:
    """Return eigenvalues in descending order, and eigenvectors with positive sums, shape (k, k)."""
    eigenvalues, vectors = np.linalg.eigh(correlation)
    vectors = np.where(np.abs(vectors) < SINGULAR, 0.0, vectors)  # rounding errors
    return eigenvalues[::-1], (vectors * np.where(vectors.sum(axis=0) >= 0, 1.0, -1.0) + 0.0)[:, ::-1]  # 0, not -0


def factor_loadings(correlation: Array, factors: int | None, rotation: Rotation) -> Array:
    """Return the loadings of factors by principal components, shape (k, factors).

    Parameters
    ----------
    correlation
        Correlations of the k components of a node, shape (k, k).
    factors
        The number of factors; None for those with an eigenvalue above 1.
    rotation
        The rotation of the factors. A single factor is not rotated.

    Raises
    ------
    ValueError
        If there are not so many factors, or if factors of equal variance are not unique.
    """
    eigenvalues, vectors = principal_components(correlation)
    count = count_above_one(eigenvalues) if factors is None else factors
    if count > len(eigenvalues):
        raise ValueError(f"factors = {count} exceeds the {len(eigenvalues)} indicators")
    if are_tied(eigenvalues, count, inside=rotation == "none"):
        raise ValueError("factors of equal variance are not unique: choose another number of factors")
    loadings: Array = vectors[:, :count] * np.sqrt(eigenvalues[:count])
    if rotation == "none" or count == 1:
        return loadings
    return varimax(loadings)


def score_coefficients(correlation: Array, loadings: Array) -> Array:
    """Return the coefficients of standardised components in the scores of factors, shape (k, factors).

    These are the coefficients of the regression of factors on components, R⁻¹ L. The sign of a factor makes the sum of
    its loadings positive; ValueError if the sum is 0.
    """
    sums = loadings.sum(axis=0)
    if (np.abs(sums) <= SINGULAR * len(loadings)).any():
        raise ValueError("the loadings of a factor sum to 0, so that its sign is arbitrary: reverse an indicator")
    signs = np.sign(sums)
    return np.asarray(np.linalg.solve(correlation, loadings * signs), dtype=np.float64)


def in_order(loadings: Array) -> Array:
    """Return loadings with the factor of the largest variance first, and no negative sum of a factor's loadings."""
    largest_first = np.argsort(-(loadings**2).sum(axis=0), kind="stable")
    signs = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    ordered: Array = (loadings * signs)[:, largest_first]
    return ordered


def count_above_one(eigenvalues: Array) -> int:
    count = int((eigenvalues > 1 + 1e-9).sum())
    if count == 0:
        raise ValueError(
            "no eigenvalue is above 1, since the components do not correlate: state the number or take another method"
        )
    return count


def are_tied(eigenvalues: Array, count: int, inside: bool = True) -> bool:
    """Return True if eigenvalue `count` equals the next, or with `inside`, if any two of the first equal each other."""
    gaps = eigenvalues[:-1] - eigenvalues[1:]
    close = gaps <= SINGULAR * eigenvalues[0]
    return bool(close[:count].any() if inside else close[count - 1 : count].any())
