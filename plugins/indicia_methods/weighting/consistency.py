"""Consistency of a table of pairwise comparisons, and estimates of missing comparisons."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array
    from indicia_methods.arrays import Mask

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
"""Mean consistency index of random matrices of 3, 4 … 15 components, by source."""

_ROUNDING = 1e-12
"""Differences up to this size are rounding errors."""
_STEP = 1e-6
_ROUNDS = 50


def random_index(table: RandomIndex, size: int) -> float:
    """Return the mean consistency index of random matrices; above 15 components, the fit of Alonso & Lamata (2006)."""
    if size < 3:
        return 0.0
    if size <= 15:
        return _INDICES[table][size - 3]
    return (2.7699 * size - 4.3513 - size) / (size - 1)


def principal_eigenvector(table: Array) -> tuple[float, Array]:
    """Return the largest eigenvalue of a positive matrix and its positive eigenvector (Perron)."""
    eigenvalues, vectors = np.linalg.eig(table)
    largest = eigenvalues.real.argmax()
    return float(eigenvalues.real[largest]), np.abs(vectors[:, largest].real)


def consistency_index(table: Array) -> float:
    """Return (λ - n) / (n - 1); one or two components are always consistent, so their index is 0."""
    size = len(table)
    excess = principal_eigenvector(table)[0] - size
    return excess / (size - 1) if size > 2 and abs(excess) > _ROUNDING * size else 0.0


def geometric_consistency(table: Array) -> float:
    """Return the geometric consistency index: mean squared log ratio of judgements to the ratios of row means."""
    size = len(table)
    logs = np.log(table)
    means = logs.mean(axis=1)
    deviations = np.triu(logs - means[:, None] + means, 1)
    deviations[np.abs(deviations) < _ROUNDING] = 0.0
    return float(2 * (deviations**2).sum() / ((size - 1) * (size - 2)))


def worst_triads(table: Array, names: Sequence[str], count: int = 3) -> list[str]:
    """Describe the triads in which the product of two judgements differs most from the third judgement."""
    logs = np.log(table)
    triads = []
    for i, j, k in combinations(range(len(table)), 3):
        deviation = abs(logs[i, j] + logs[j, k] - logs[i, k])
        if deviation > 1e-9:
            triads.append((float(deviation), i, j, k))
    texts = []
    for _, i, j, k in sorted(triads, key=lambda triad: -triad[0])[:count]:
        a, b, c = names[i], names[j], names[k]
        texts.append(
            f"{a} : {b} = {table[i, j]:.3g} and {b} : {c} = {table[j, k]:.3g} make "
            f"{a} : {c} = {table[i, j] * table[j, k]:.3g}, judged {table[i, k]:.3g}"
        )
    return texts


def check_table(table: Array, names: Sequence[str] | None = None) -> Array:
    """Refuse judgements that are not positive and reciprocal; fill a missing one from its counterpart."""

    def place(i: int, j: int) -> str:
        return f"{names[i]} : {names[j]}" if names is not None else f"row {i + 1}, column {j + 1}"

    if (negative := np.argwhere(table <= 0)).size:
        row, column = map(int, negative[0])
        raise ValueError(f"judgements must be positive, unlike {place(row, column)} = {table[row, column]:g}")
    diagonal = np.diag(table)
    if (faulty := np.flatnonzero(np.abs(diagonal - 1) > 0.01)).size:  # NaN, a missing judgement, passes
        number = int(faulty[0])
        raise ValueError(
            f"a component is as important as itself, unlike {place(number, number)} = {diagonal[number]:g}"
        )
    deviation = np.nan_to_num(np.abs(table * table.T - 1))
    row, column = map(int, np.unravel_index(deviation.argmax(), deviation.shape))
    if deviation[row, column] > 0.01:
        raise ValueError(
            f"the matrix is not reciprocal: {place(row, column)} is {table[row, column]:g}, "
            f"and its counterpart {table[column, row]:g}"
        )
    filled: Array = np.where(np.isnan(table), 1 / table.T, table)
    np.fill_diagonal(filled, np.where(np.isnan(diagonal), 1.0, diagonal))
    return filled


def complete_table(table: Array, rule: Missing, names: Sequence[str]) -> Array:
    """Fill missing comparisons with ratios of weights that the other comparisons imply."""
    gaps = np.isnan(table)
    if not gaps.any():
        return table
    if rule == "refuse":
        pairs = [f"{names[i]} : {names[j]}" for i, j in np.argwhere(np.triu(gaps))]
        raise ValueError(
            f'not compared: {", ".join(pairs)}; choose missing = "harker" to weigh by the other comparisons'
        )
    refuse_unlinked(~gaps, names, "comparison")
    if rule == "harker":
        judged = np.where(gaps, 0.0, table)
        np.fill_diagonal(judged, 1.0 + gaps.sum(axis=1))
        weights = principal_eigenvector(judged)[1]
        return np.where(gaps, weights[:, None] / weights, table)
    logs = _log_least_squares(table, gaps)
    filled = np.where(gaps, np.exp(logs[:, None] - logs), table)
    return filled if rule == "log_least_squares" else _least_eigenvalue(filled, gaps)


def _log_least_squares(table: Array, gaps: Mask) -> Array:
    """Return logarithms of weights whose differences are nearest to the logarithms of the judgements."""
    judged = ~gaps
    logs = np.log(np.where(judged, table, 1.0))
    laplacian = np.diag(judged.sum(axis=1)) - judged
    return np.asarray(np.linalg.lstsq(laplacian.astype(float), logs.sum(axis=1), rcond=None)[0], dtype=float)


def _least_eigenvalue(start: Array, gaps: Mask) -> Array:
    """Choose missing comparisons that minimise the largest eigenvalue, by Newton's method on their logarithms.

    The eigenvalue is a convex function of these logarithms (Bozóki, Fülöp & Rónyai 2010).
    """
    rows, columns = np.nonzero(np.triu(gaps))

    def filled(logarithms: Array) -> Array:
        table = start.copy()
        table[rows, columns], table[columns, rows] = np.exp(logarithms), np.exp(-logarithms)
        return table

    def slope(logarithms: Array) -> Array:
        table = filled(logarithms)
        right, left = principal_eigenvector(table)[1], principal_eigenvector(table.T)[1]
        pull = left[rows] * table[rows, columns] * right[columns] - left[columns] * table[columns, rows] * right[rows]
        return np.asarray(pull / (left @ right), dtype=float)

    logarithms = np.log(start[rows, columns])
    for _ in range(_ROUNDS):
        gradient = slope(logarithms)
        if np.abs(gradient).max() < 1e-14:
            break
        unit = np.eye(len(logarithms)) * _STEP
        curvature = np.array([(slope(logarithms + shift) - slope(logarithms - shift)) / (2 * _STEP) for shift in unit])
        step = np.linalg.solve((curvature + curvature.T) / 2, gradient)
        step *= min(1.0, 1.0 / max(np.abs(step).max(), 1e-300))  # a full Newton step may overshoot far from the minimum
        logarithms = logarithms - step
        if np.abs(step).max() < 1e-13:
            break
    return filled(logarithms)


def refuse_unlinked(links: Mask, names: Sequence[str], link: str) -> None:
    """Refuse components in several groups without a link, whose weights could be in any proportion."""
    groups = [", ".join(names[number] for number in group) for group in _linked_groups(links)]
    if len(groups) > 1:
        raise ValueError(f"no {link} links these groups, so their weights are undetermined: {' | '.join(groups)}")


def _linked_groups(links: Mask) -> list[list[int]]:
    """Split the components, by number, into the connected components of the graph of links."""
    remaining = set(range(len(links)))
    groups = []
    while remaining:
        group, pending = [], [min(remaining)]
        while pending:
            component = pending.pop()
            if component in remaining:
                remaining.remove(component)
                group.append(component)
                pending += [int(other) for other in np.flatnonzero(links[component])]
        groups.append(sorted(group))
    return groups
