"""How consistent a table of pairwise comparisons is, and what can stand for comparisons that are missing."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.methods import Array

RandomIndex: TypeAlias = Literal["saaty_1980", "saaty_2005", "donegan_dodd_1991", "alonso_lamata_2006"]
Missing: TypeAlias = Literal["refuse", "harker", "least_eigenvalue", "log_least_squares"]

_INDICES: dict[RandomIndex, tuple[float, ...]] = {
    "saaty_1980": (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
    "saaty_2005": (0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
    "donegan_dodd_1991": (
        *(0.4914, 0.8286, 1.0591, 1.1797, 1.2519, 1.3171, 1.3733, 1.4055, 1.4213, 1.4497, 1.4643, 1.4822, 1.4969),
    ),
    "alonso_lamata_2006": (
        *(0.5245, 0.8815, 1.1086, 1.2479, 1.3417, 1.4056, 1.4499, 1.4854, 1.5141, 1.5365, 1.5551, 1.5713, 1.5838),
    ),
}
"""The mean consistency index of random matrices of 3, 4 … 15 components."""

_NOISE = 1e-12
"""What is left of a difference that is none."""
_STEP = 1e-6
_ROUNDS = 50


def random_index(table: RandomIndex, size: int) -> float:
    """Return the mean consistency index of random matrices; above 15 components by the fit of Alonso & Lamata."""
    if size < 3:
        return 0.0
    if size <= 15:
        return _INDICES[table][size - 3]
    return (2.7699 * size - 4.3513 - size) / (size - 1)


def principal(table: Array) -> tuple[float, Array]:
    """Return the largest eigenvalue of a positive matrix, and its eigenvector, which is positive too."""
    eigenvalues, vectors = np.linalg.eig(table)
    first = eigenvalues.real.argmax()
    return float(eigenvalues.real[first]), np.abs(vectors[:, first].real)


def consistency_index(table: Array) -> float:
    """Return (λ - n) / (n - 1), 0 of one or two components."""
    size = len(table)
    over = principal(table)[0] - size
    return over / (size - 1) if size > 2 and abs(over) > _NOISE * size else 0.0


def geometric_consistency(table: Array) -> float:
    """Return the geometric consistency index, the mean squared logarithm of what judgements are off row means by."""
    size = len(table)
    logs = np.log(table)
    means = logs.mean(axis=1)
    off = np.triu(logs - means[:, None] + means, 1)
    off[np.abs(off) < _NOISE] = 0.0
    return float(2 * (off**2).sum() / ((size - 1) * (size - 2)))


def worst_triads(table: Array, names: Sequence[str], count: int = 3) -> list[str]:
    """Say which three components are judged most at odds: the product of two judgements, and the third one."""
    logs = np.log(table)
    found = []
    for i, j, k in combinations(range(len(table)), 3):
        off = abs(logs[i, j] + logs[j, k] - logs[i, k])
        if off > 1e-9:
            found.append((float(off), i, j, k))
    told = []
    for _, i, j, k in sorted(found, key=lambda one: -one[0])[:count]:
        a, b, c = names[i], names[j], names[k]
        told.append(
            f"{a} : {b} = {table[i, j]:.3g} and {b} : {c} = {table[j, k]:.3g} make "
            f"{a} : {c} = {table[i, j] * table[j, k]:.3g}, judged {table[i, k]:.3g}"
        )
    return told


def checked(table: Array, names: Sequence[str] | None = None) -> Array:
    """Return the table with comparisons taken from their counterparts where only these are made.

    Judgements that are not positive, or not reciprocal, are a ValueError that says where.
    """

    def place(i: int, j: int) -> str:
        return f"{names[i]} : {names[j]}" if names is not None else f"row {i + 1}, column {j + 1}"

    if (unfit := np.argwhere(table <= 0)).size:
        row, column = map(int, unfit[0])
        raise ValueError(f"judgements must be positive, unlike {place(row, column)} = {table[row, column]:g}")
    diagonal = np.diag(table)
    if (unequal := np.flatnonzero(np.abs(diagonal - 1) > 0.01)).size:  # a missing one is 1 too
        at = int(unequal[0])
        raise ValueError(f"a component is as important as itself, unlike {place(at, at)} = {diagonal[at]:g}")
    off = np.nan_to_num(np.abs(table * table.T - 1))
    row, column = map(int, np.unravel_index(off.argmax(), off.shape))
    if off[row, column] > 0.01:
        raise ValueError(
            f"the matrix is not reciprocal: {place(row, column)} is {table[row, column]:g}, "
            f"and its counterpart {table[column, row]:g}"
        )
    whole: Array = np.where(np.isnan(table), 1 / table.T, table)
    np.fill_diagonal(whole, np.where(np.isnan(diagonal), 1.0, diagonal))
    return whole


def completed(table: Array, rule: Missing, names: Sequence[str]) -> Array:
    """Return the table with ratios of weights where comparisons are missing."""
    gaps = np.isnan(table)
    if not gaps.any():
        return table
    if rule == "refuse":
        pairs = [f"{names[i]} : {names[j]}" for i, j in np.argwhere(np.triu(gaps))]
        raise ValueError(f'not compared: {", ".join(pairs)}; missing = "harker" weighs by the other comparisons')
    if len(groups := connected(~gaps)) > 1:
        told = " | ".join(", ".join(names[i] for i in group) for group in groups)
        raise ValueError(f"no comparison links these groups, so their weights are open: {told}")
    if rule == "harker":
        known = np.where(gaps, 0.0, table)
        np.fill_diagonal(known, 1.0 + gaps.sum(axis=1))
        weights = principal(known)[1]
        return np.where(gaps, weights[:, None] / weights, table)
    logs = _log_least_squares(table, gaps)
    whole = np.where(gaps, np.exp(logs[:, None] - logs), table)
    return whole if rule == "log_least_squares" else _least_eigenvalue(whole, gaps)


def _log_least_squares(table: Array, gaps: npt.NDArray[np.bool_]) -> Array:
    """Return the logarithms of the weights whose ratios are nearest to the logarithms of the known comparisons."""
    known = ~gaps
    logs = np.log(np.where(known, table, 1.0))
    laplacian = np.diag(known.sum(axis=1)) - known
    return np.asarray(np.linalg.lstsq(laplacian.astype(float), logs.sum(axis=1), rcond=None)[0], dtype=float)


def _least_eigenvalue(start: Array, gaps: npt.NDArray[np.bool_]) -> Array:
    """Choose the missing comparisons so that the largest eigenvalue is least, by Newton's method on their logarithms.

    The eigenvalue is a convex function of them (Bozóki, Fülöp & Rónyai 2010).
    """
    rows, columns = np.nonzero(np.triu(gaps))

    def filled(at: Array) -> Array:
        table = start.copy()
        table[rows, columns], table[columns, rows] = np.exp(at), np.exp(-at)
        return table

    def slope(at: Array) -> Array:
        table = filled(at)
        right, left = principal(table)[1], principal(table.T)[1]
        pull = left[rows] * table[rows, columns] * right[columns] - left[columns] * table[columns, rows] * right[rows]
        return np.asarray(pull / (left @ right), dtype=float)

    at = np.log(start[rows, columns])
    for _ in range(_ROUNDS):
        gradient = slope(at)
        if np.abs(gradient).max() < 1e-14:
            break
        unit = np.eye(len(at)) * _STEP
        curvature = np.array([(slope(at + one) - slope(at - one)) / (2 * _STEP) for one in unit])
        step = np.linalg.solve((curvature + curvature.T) / 2, gradient)
        step *= min(1.0, 1.0 / max(np.abs(step).max(), 1e-300))  # far from the end Newton's steps may be too long
        at = at - step
        if np.abs(step).max() < 1e-13:
            break
    return filled(at)


def connected(links: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Return the components in groups that are linked with each other, each by number."""
    left = set(range(len(links)))
    groups = []
    while left:
        group, reached = [], [min(left)]
        while reached:
            one = reached.pop()
            if one in left:
                left.remove(one)
                group.append(one)
                reached += [int(other) for other in np.flatnonzero(links[one])]
        groups.append(sorted(group))
    return groups
