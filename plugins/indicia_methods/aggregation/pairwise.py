"""Scores from comparisons of each unit with all others, or with as many ideal units, by distances."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import MatrixAggregation, Property
from indicia_methods.aggregation.properties import DISTANCE

if TYPE_CHECKING:
    from indicia.methods import Array, MatrixContext
    from indicia_methods.arrays import Integers

_CELLS = 32_768
"""Pairs computed at a time, so that they fit in the cache of a processor."""

_ROUNDING = 1e-12
"""A difference reaches a threshold if it misses it by at most this share of the largest distance."""

_MANY = 500
"""From this number of units on, components are computed in parallel."""


def _shares(values: Array, weights: Array) -> Array:
    """Return the weights of each unit, scaled to its present components; a single row if nothing is missing."""
    present = ~np.isnan(values)
    if present.all():
        return weights[None, :]
    shares: Array = present * weights
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


@dataclass(frozen=True)
class Codas(MatrixAggregation):
    """Add up a unit's differences to all others in Euclidean distance to the worst values, plus taxicab distance.

    The taxicab distance is used only if the Euclidean distances of two units differ by τ or more.
    """

    name = "codas"
    reference = (
        "Keshavarz Ghorabaee, Zavadskas, Turskis & Antucheviciene (2016), "
        "Economic Computation and Economic Cybernetics Studies and Research 50(3)"
    )
    formula = (
        r"H_i = \sum_k (E_i - E_k) + [|E_i - E_k| \ge \tau] (T_i - T_k), \quad "
        r"E = \sqrt{\sum_j w_j^2 (z_j - \min z_j)^2}, \; T = \sum_j w_j (z_j - \min z_j)"
    )
    symbols = {"tau": r"\tau"}
    canonical_normalisation = "linear_ratio"
    properties = frozenset(
        {Property.COMPENSATORY, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
    )

    tau: Annotated[float, Field(ge=0, description="τ, difference from which taxicab distances count")] = 0.02

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            euclidean, taxicab = _above_worst(values, _shares(values, weights))
            scores: Array = len(values) * euclidean - euclidean.sum() + _differences(euclidean, taxicab, self.tau)
        return scores


def _above_worst(values: Array, shares: Array) -> tuple[Array, Array]:
    """Return the Euclidean and the taxicab distance of each unit to the worst values."""
    squares, taxicab = np.zeros(len(values)), np.zeros(len(values))
    for column, share in zip(values.T, shares.T, strict=True):
        gap = share * (column - np.fmin.reduce(column))
        gap[np.isnan(column)] = 0.0
        squares += gap**2
        taxicab += gap
    return np.sqrt(squares), taxicab


def _differences(distance: Array, other: Array, threshold: float) -> Array:
    """Sum a unit's differences in `other` to the units whose `distance` differs by the threshold or more."""
    order = np.argsort(distance, kind="stable")
    ascending = distance[order]
    threshold -= _ROUNDING * ascending[-1]  # allows for rounding errors
    cumulated = np.concatenate([[0.0], np.cumsum(other[order])])
    first = np.searchsorted(ascending, distance - threshold, side="right")
    last = np.searchsorted(ascending, distance + threshold, side="left")
    near = np.maximum(last - first, 0)
    sums: Array = (len(other) - near) * other - (cumulated[-1] - (cumulated[first + near] - cumulated[first]))
    return sums


@dataclass(frozen=True)
class Todim(MatrixAggregation):
    """Add up the dominance of a unit over each other unit; losses count more than gains (prospect theory).

    Scores are rescaled to 0 to 1. The method ignores components of weight 0, and compares two units by the components
    that both have.
    """

    name = "todim"
    reference = "Gomes & Lima (1992), Foundations of Computing and Decision Sciences 16(4)"
    formula = (
        r"\frac{\delta - \min \delta}{\max \delta - \min \delta}, \quad \delta_i = \sum_k \sum_j \phi_j(i, k), \quad "
        r"\phi_j = \sqrt{w_j (z_{ij} - z_{kj})} \text{ of a gain}, \; "
        r"-\frac{1}{\theta} \sqrt{\frac{z_{kj} - z_{ij}}{w_j}} \text{ of a loss}"
    )
    symbols = {"theta": r"\theta"}
    canonical_normalisation = "sum"
    properties = DISTANCE

    theta: Annotated[float, Field(gt=0, description="θ; the smaller, the more a loss counts")] = 1.0

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        dominance = np.zeros(len(values))
        shares = np.sqrt(np.broadcast_to(_shares(values, weights), values.shape))
        present = ~np.isnan(values)

        def compute(column: int) -> tuple[Integers, Array]:
            rows = np.flatnonzero(present[:, column])
            rows = rows[np.argsort(values[rows, column], kind="stable")]
            gains, losses = _roots(values[rows, column])
            return rows, gains * shares[rows, column] - losses / (self.theta * shares[rows, column])

        columns = np.flatnonzero((weights > 0) & present.any(axis=0)).tolist()
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for rows, part in threads.map(compute, columns) if len(values) >= _MANY else map(compute, columns):
                dominance[rows] += part
        lowest, highest = dominance.min(), dominance.max()
        with np.errstate(invalid="ignore"):
            scores: Array = (dominance - lowest) / (highest - lowest)
        return scores


def _roots(ascending: Array) -> tuple[Array, Array]:
    """Return, for each value, the sums of √|difference| to all smaller and to all larger values."""
    units = len(ascending)
    smaller, larger = np.zeros(units), np.zeros(units)
    step = max(1, _CELLS // units)
    buffer = np.empty(step * units)
    for start in range(0, units, step):
        stop = min(units, start + step)
        block = buffer[: (stop - start) * stop].reshape(stop - start, stop)
        np.subtract(ascending[start:stop, None], ascending[:stop], out=block)
        within_block = block[:, start:]
        np.maximum(within_block, 0.0, out=within_block)
        np.sqrt(block, out=block)
        smaller[start:stop] = block.sum(axis=1)
        larger[:stop] += block.sum(axis=0)
    return smaller, larger


@dataclass(frozen=True)
class Probid(MatrixAggregation):
    """Compare the distances to a series of ideal units, from the best to the worst, and to the mean.

    The k-th ideal unit has the k-th best value of each component. The weight of an ideal unit falls with its distance
    from the best or the worst end of the series.
    """

    name = "probid"
    reference = (
        "Wang, Rangaiah & Wang (2021), Industrial & Engineering Chemistry Research 60(30), doi:10.1021/acs.iecr.1c01413"
    )
    formula = (
        r"<form>, \quad S^+ = \sum_{k=1}^m \frac{S_{(k)}}{k}, \; S^- = \sum_{k=n+1-m}^n \frac{S_{(k)}}{n - k + "
        r"1}, \quad S_{(k)} = \sqrt{\sum_j w_j^2 (z_j - z_{(k)j})^2}, \; m = <form.count>"
    )
    variants = {
        "form": {
            "full": r"\frac{1}{1 + (S^+ / S^-)^2} + S^{\text{mean}}",
            "simplified": r"\frac{S^-}{S^+}",
        },
        "form.count": {
            "full": r"\lceil n / 2 \rceil",
            "simplified": r"\max(1, \lfloor n / 4 \rfloor)",
        },
    }
    canonical_normalisation = "vector"
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    form: Annotated[
        Literal["full", "simplified"],
        Field(description="simplified: sPROBID, which uses only the best and the worst quarter"),
    ] = "full"

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        units = len(values)
        ideals = _ranked(values)
        count = (units + 1) // 2 if self.form == "full" else max(1, units // 4)
        squared = _shares(values, weights) ** 2
        present_values = np.nan_to_num(values)
        importance = 1 / np.arange(1.0, count + 1)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            to_best = _distances(present_values, ideals[:count], squared, importance)
            to_worst = _distances(present_values, ideals[::-1][:count], squared, importance)
            if self.form == "simplified":
                return to_worst / to_best
            to_mean = _distances(present_values, ideals.mean(axis=0, keepdims=True), squared, np.ones(1))
            return 1 / (1 + (to_best / to_worst) ** 2) + to_mean


def _ranked(values: Array) -> Array:
    """Sort each column in descending order; a column with gaps is interpolated linearly to full length."""
    places = np.linspace(0.0, 1.0, len(values))
    ranked = np.zeros_like(values)
    for number, column in enumerate(values.T):
        downwards = np.sort(column[~np.isnan(column)])[::-1]
        if len(downwards) == len(column):
            ranked[:, number] = downwards
        elif len(downwards):
            ranked[:, number] = np.interp(places, np.linspace(0.0, 1.0, len(downwards)), downwards)
    return ranked


def _distances(values: Array, ideals: Array, squared_weights: Array, importance: Array) -> Array:
    """Return, for each unit, the sum of its distances to the ideals, each times its importance."""
    centre = ideals[len(ideals) // 2]
    values, ideals = values - centre, ideals - centre
    sums = np.empty(len(values))
    step = max(8, _PRODUCTS // ideals.size)
    for start in range(0, len(values), step):
        rows = slice(start, start + step)
        block, weights = values[rows], squared_weights[rows] if len(squared_weights) > 1 else squared_weights
        terms = (weights * block**2).sum(axis=1, keepdims=True) + weights @ (ideals**2).T
        squares = terms - 2 * (weights * block) @ ideals.T
        row, ideal = np.nonzero(squares < _CANCELLED * terms)
        squared_differences = (block[row] - ideals[ideal]) ** 2
        squared_differences *= weights[row] if len(weights) > 1 else weights
        squares[row, ideal] = squared_differences.sum(axis=1)
        sums[rows] = np.einsum("ij,j->i", np.sqrt(squares), importance)
    return sums


_PRODUCTS = 131_072
"""Products computed at a time: few enough for one thread, which avoids waiting between threads."""

_CANCELLED = 1e-4
"""A square below this share of its terms has lost digits to cancellation and is computed directly."""
