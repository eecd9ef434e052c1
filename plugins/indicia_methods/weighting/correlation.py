"""Weights from the correlations of the indicators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Property, Weighting, where

if TYPE_CHECKING:
    from indicia.methods import Array, Expression, Indicators, Statistics

_ROUNDING = 1e-12
"""Values are tied if they differ by at most this share of the largest absolute value."""


_PROPERTIES = frozenset(
    {Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT}
)


@dataclass(frozen=True)
class Critic(Weighting):
    """Weigh an indicator by its contrast (standard deviation over range) times its conflict with the other indicators.

    The paper takes the standard deviation of min-max values. Dividing by the range gives the same weights after any
    linear normalisation.
    """

    name = "critic"
    reference = (
        "Diakoulaki, Mavrotas & Papayannakis (1995), Computers & Operations Research 22(7), "
        "doi:10.1016/0305-0548(94)00059-H"
    )
    formula = (
        r"w_j = s_j \sum_k (1 - r_{jk}), \quad s_j = \frac{s_{z_j}}{\max z_j - \min z_j}, \quad r_{jk} = "
        "<correlation>"
    )
    variants = {
        "correlation": {
            "pearson": r"\operatorname{corr}(z_j, z_k)",
            "spearman": r"\operatorname{corr}(\operatorname{rank} z_j, \operatorname{rank} z_k)",
        },
    }
    properties = _PROPERTIES

    correlation: Annotated[
        Literal["pearson", "spearman"], Field(description="of the values, or of their ranks (average for ties)")
    ] = "pearson"

    def weigh(self, indicators: Indicators) -> Array:
        def contrast(x: Expression, s: Statistics) -> Expression:
            return where(s.max > s.min, s(((x - s.min) / (s.max - s.min)).std()), 0.0)

        correlation = indicators.correlation() if self.correlation == "pearson" else _spearman(indicators.matrix())
        conflict: Array = (1 - correlation).sum(axis=-1)
        return indicators.each(contrast) * conflict


def _spearman(values: Array) -> Array:
    """Correlate the ranks of each pair of indicators over the units that have both; a constant has correlation 0."""
    present = ~np.isnan(values)
    if present.all():
        return _correlate(np.apply_along_axis(_ranks, 0, values))
    correlation = np.eye(values.shape[1])
    for j, k in zip(*np.triu_indices_from(correlation, 1), strict=True):
        shared = values[present[:, j] & present[:, k]][:, [j, k]]
        if len(shared) < 2:
            raise ValueError("two components have values in common for fewer than two units")
        correlation[j, k] = correlation[k, j] = _correlate(np.apply_along_axis(_ranks, 0, shared))[0, 1]
    return correlation


def _ranks(column: Array) -> Array:
    """Rank the values of an indicator from 1, average for ties; values that differ by rounding are tied."""
    order = np.argsort(column, kind="stable")
    noise = _ROUNDING * np.abs(column[order[[0, -1]]]).max()
    group = np.empty(len(column), dtype=np.int64)
    group[order] = np.cumsum(np.diff(column[order], prepend=column[order[0]]) > noise)
    size = np.bincount(group)
    ranks: Array = (size.cumsum() - (size - 1) / 2)[group]
    return ranks


def _correlate(ranks: Array) -> Array:
    centred = ranks - (len(ranks) + 1) / 2
    products = centred.T @ centred
    norms = np.sqrt(np.diag(products))
    scale = np.outer(norms, norms)
    correlation: Array = np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)
    np.fill_diagonal(correlation, 1.0)
    return correlation.clip(-1.0, 1.0)


@dataclass(frozen=True)
class Independence(Weighting):
    """Weigh an indicator by the inverse of its multiple correlation with the other indicators.

    An indicator that the others explain weighs less. Correlations are taken over the units that have all indicators. An
    indicator that does not vary gets weight 0.
    """

    name = "independence"
    reference = "SPSSAU user guide, independence weights, by the coefficient of multiple correlation"
    formula = r"w_j = \frac{1}{R_j}, \quad R_j^2 = r_j^\top R_{-j}^{-1} r_j"
    properties = _PROPERTIES

    def weigh(self, indicators: Indicators) -> Array:
        values = indicators.matrix()
        values = values[~np.isnan(values).any(axis=1)]
        if len(values) <= len(indicators.names):
            raise ValueError(
                f"the multiple correlation of {len(indicators.names)} components needs more units than components, "
                f"and {len(values)} units have all components"
            )
        varying = indicators.each(lambda x, s: s.max - s.min) > 0
        multiple = _multiple_correlation(values)
        unrelated = varying & (multiple < 1e-12)
        if unrelated.any():
            names = [name for name, is_unrelated in zip(indicators.names, unrelated, strict=True) if is_unrelated]
            raise ValueError(
                f"{', '.join(names)} does not correlate with the other components, so 1 / R has no value: leave it out"
            )
        return np.divide(1.0, multiple, out=np.zeros_like(multiple), where=varying)


def _multiple_correlation(values: Array) -> Array:
    """Return the correlation of each indicator with its least squares fit on the others.

    The regression runs on the values, not on the correlation matrix: rounding in the matrix would hide the small
    differences of closely correlated indicators.
    """
    largest = np.abs(values).max(axis=0)
    centred = values / np.where(largest > 0, largest, 1.0)
    centred -= centred.mean(axis=0)
    norms = np.linalg.norm(centred, axis=0)
    triangle = np.asarray(np.linalg.qr(centred / np.where(norms > 0, norms, 1.0), mode="r"))
    fits = []
    for j, column in enumerate(triangle.T):
        others = np.delete(triangle, j, axis=1)
        fits.append(np.linalg.norm(others @ np.linalg.lstsq(others, column, rcond=None)[0]))
    return np.array(fits).clip(0.0, 1.0)
