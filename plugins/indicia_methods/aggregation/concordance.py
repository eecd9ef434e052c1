"""Concordance, discordance and credibility of outranking relations between units, or between units and profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array

CELLS = 65_536
"""Values compared at a time, so that they fit in the cache of a processor."""

ROUNDING = 1e-12
"""Sums of weights that differ by less are equal."""


def indices(rows: Array, columns: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Return concordance, discordance and balance (weight ahead - behind) of rows (k, m) over columns (k, n)."""
    shape = rows.shape[1], columns.shape[1]
    behind, ahead, discordance = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for values, column_values, weight in zip(rows, columns, weights, strict=True):
        shortfall = column_values - values[:, None]
        behind += weight * (shortfall > 0)
        ahead += weight * (shortfall < 0)
        np.fmax(discordance, shortfall, out=discordance)
    common = _common_weight(rows, columns, weights)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num((common - behind) / common), discordance, ahead - behind


def _common_weight(rows: Array, columns: Array, weights: Array) -> Array | float:
    """Return the weight of the components that both units have."""
    if not (np.isnan(rows).any() or np.isnan(columns).any()):
        return float(weights.sum())
    common: Array = (~np.isnan(rows) * weights[:, None]).T @ ~np.isnan(columns)
    return common


def credibilities(rows: Array, columns: Array, weights: Array, thresholds: Array) -> Array:
    """Return the credibility that the units of the rows (k, m) outrank those of the columns (k, n)."""
    return _credibilities(rows, columns, weights, thresholds, (1,))[0]


def both_credibilities(rows: Array, columns: Array, weights: Array, thresholds: Array) -> tuple[Array, Array]:
    """Return the credibility that the rows outrank the columns, and that the columns outrank the rows."""
    forward, backward = _credibilities(rows, columns, weights, thresholds, (1, -1))
    return forward, backward


def _credibilities(
    rows: Array, columns: Array, weights: Array, thresholds: Array, signs: tuple[int, ...]
) -> list[Array]:
    matrices = [np.empty((rows.shape[1], columns.shape[1])) for _ in signs]
    step = max(1, CELLS // 2 // max(columns.shape[1], 1))
    for start in range(0, rows.shape[1], step):
        part = slice(start, start + step)
        for matrix, block in zip(
            matrices, _credibility(rows[:, part], columns, weights, thresholds, signs), strict=True
        ):
            matrix[part] = block
    return matrices


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _credibility(
    rows: Array, columns: Array, weights: Array, thresholds: Array, signs: tuple[int, ...]
) -> Sequence[Array]:
    """Compute credibilities, a few components at a time, so that arrays fit in the cache of a processor."""
    shape = rows.shape[1], columns.shape[1]
    step = max(1, CELLS // 2 // max(shape[0] * shape[1], 1))
    finite = _all_finite(rows, columns)
    largest_in_rows, largest_in_columns = (np.fmax.reduce(np.abs(values), axis=1) for values in (rows, columns))
    concordances = [np.zeros(shape) for _ in signs]
    for part in (slice(start, start + step) for start in range(0, len(rows), step)):
        (q, p, _), weight = thresholds[:, part, None, None], weights[part, None, None]
        shortfall = columns[part, None, :] - rows[part, :, None]
        steps = np.flatnonzero(p == q)
        noise = ROUNDING * np.fmax(largest_in_rows[part], largest_in_columns[part])[:, None, None]
        for concordance, sign in zip(concordances, signs, strict=True):
            # w (p - (z_b - z_a)) / (p - q), held to 0 and w
            support = p - shortfall if sign > 0 else p + shortfall
            support *= weight / np.where(p > q, p - q, 1.0)
            np.clip(support, 0.0, weight, out=support)
            if len(steps):
                support[steps] = weight[steps] * (sign * shortfall[steps] <= q[steps] + noise[steps])
            if not finite:
                np.copyto(support, 0.0, where=np.isnan(support))
            concordance += support.sum(axis=0)
    common = _common_weight(rows, columns, weights)
    for concordance in concordances:
        concordance /= common
        if not finite:
            np.nan_to_num(concordance, copy=False)
    with_veto = np.flatnonzero(np.isfinite(thresholds[2]))
    scales = [1 / (1 - concordance) for concordance in concordances]
    products = [np.ones(shape) for _ in signs]
    for vetoing in (with_veto[start : start + step] for start in range(0, len(with_veto), step)):
        _, p, v = thresholds[:, vetoing, None, None]
        shortfall = columns[vetoing, None, :] - rows[vetoing, :, None]
        for product, sign, scale in zip(products, signs, scales, strict=True):
            # (1 - d) / (1 - C) with 1 - d = (v - (z_b - z_a)) / (v - p); 1 where d ≤ C
            remaining = v - shortfall if sign > 0 else v + shortfall
            remaining *= 1 / (v - p)
            remaining *= scale
            np.clip(remaining, 0.0, 1.0, out=remaining)
            if not finite:
                np.copyto(remaining, 1.0, where=np.isnan(remaining))
            product *= remaining.prod(axis=0)
    for concordance, product in zip(concordances, products, strict=True):
        # at full concordance no discordance exceeds it
        np.multiply(concordance, product, out=concordance, where=concordance < 1)
    return concordances


def _all_finite(rows: Array, columns: Array) -> bool:
    """Return True if all differences between rows and columns are finite."""
    if not (rows.size and columns.size):
        return True
    ends = [rows.min(), rows.max(), columns.min(), columns.max()]
    return bool(np.isfinite(np.max(ends) - np.min(ends)))
