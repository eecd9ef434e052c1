"""Units compared with each other, or with as many ideal ones, by distances."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import MatrixAggregation, Property

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array, MatrixContext

_CELLS = 32_768
"""Pairs compared at a time: they fit in the cache of a processor."""

_NOISE = 1e-12
"""A difference equals a threshold if they differ by no more than this share of the largest distance."""

_MANY = 500
"""From so many units on, components are worked on at the same time."""


def _shares(values: Array, weights: Array) -> Array:
    """Return the weights of each unit, scaled to what it has, 0 where it misses; one row where none misses anything."""
    present = ~np.isnan(values)
    if present.all():
        return weights[None, :]
    shares: Array = present * weights
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


@dataclass(frozen=True)
class Codas(MatrixAggregation):
    """Compare the Euclidean distances to the worst values, and the taxicab distances where the former tell apart."""

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

    tau: Annotated[float, Field(ge=0, description="difference of distances from which two units are told apart")] = 0.02

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            euclidean, taxicab = _above_worst(values, _shares(values, weights))
            scores: Array = len(values) * euclidean - euclidean.sum() + _told_apart(euclidean, taxicab, self.tau)
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


def _told_apart(distance: Array, other: Array, threshold: float) -> Array:
    """Return, per unit, the sum of its differences in `other` to the units from which `distance` tells it apart."""
    order = np.argsort(distance, kind="stable")
    upwards = distance[order]
    threshold -= _NOISE * upwards[-1]  # a difference that misses the threshold by noise reaches it
    cumulated = np.concatenate([[0.0], np.cumsum(other[order])])
    first = np.searchsorted(upwards, distance - threshold, side="right")
    last = np.searchsorted(upwards, distance + threshold, side="left")
    near = np.maximum(last - first, 0)
    sums: Array = (len(other) - near) * other - (cumulated[-1] - (cumulated[first + near] - cumulated[first]))
    return sums


@dataclass(frozen=True)
class Todim(MatrixAggregation):
    """Add up how much a unit dominates each other one, where losses hurt more than gains please.

    Scores run from 0 to 1. Components of weight 0 do not count, and neither do pairs of which one misses a component.
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
    properties = frozenset(
        {
            Property.COMPENSATORY,
            Property.MONOTONE,
            Property.SCALE_INVARIANT,
            Property.DEFINED_AT_ZERO,
            Property.DEFINED_BELOW_ZERO,
        }
    )

    theta: Annotated[float, Field(gt=0, description="the smaller, the more a loss hurts")] = 1.0

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        dominance = np.zeros(len(values))
        shares = np.sqrt(np.broadcast_to(_shares(values, weights), values.shape))
        present = ~np.isnan(values)

        def of(column: int) -> tuple[npt.NDArray[np.intp], Array]:
            rows = np.flatnonzero(present[:, column])
            rows = rows[np.argsort(values[rows, column], kind="stable")]
            gains, losses = _roots(values[rows, column])
            return rows, gains * shares[rows, column] - losses / (self.theta * shares[rows, column])

        columns = np.flatnonzero((weights > 0) & present.any(axis=0)).tolist()
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for rows, ahead in threads.map(of, columns) if len(values) >= _MANY else map(of, columns):
                dominance[rows] += ahead
        lowest, highest = dominance.min(), dominance.max()
        with np.errstate(invalid="ignore"):
            scores: Array = (dominance - lowest) / (highest - lowest)
        return scores


def _roots(upwards: Array) -> tuple[Array, Array]:
    """Return, per value, the sums of the roots of its differences to all smaller and to all larger ones."""
    units = len(upwards)
    smaller, larger = np.zeros(units), np.zeros(units)
    step = max(1, _CELLS // units)
    space = np.empty(step * units)
    for start in range(0, units, step):
        stop = min(units, start + step)
        block = space[: (stop - start) * stop].reshape(stop - start, stop)
        np.subtract(upwards[start:stop, None], upwards[:stop], out=block)
        among_themselves = block[:, start:]
        np.maximum(among_themselves, 0.0, out=among_themselves)
        np.sqrt(block, out=block)
        smaller[start:stop] = block.sum(axis=1)
        larger[:stop] += block.sum(axis=0)
    return smaller, larger


@dataclass(frozen=True)
class Probid(MatrixAggregation):
    """Compare the distances to all ideal units, from the best values to the worst, and to the mean.

    The k-th ideal unit has the k-th best value of each component; the further it is from the best or the worst, the
    less it counts.
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
        Literal["full", "simplified"], Field(description="simplified: sPROBID, the best and the worst quarter alone")
    ] = "full"

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        units = len(values)
        ideals = _ranked(values)
        count = (units + 1) // 2 if self.form == "full" else max(1, units // 4)
        squared = _shares(values, weights) ** 2
        own = np.nan_to_num(values)
        nearest = 1 / np.arange(1.0, count + 1)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            to_best = _distances(own, ideals[:count], squared, nearest)
            to_worst = _distances(own, ideals[::-1][:count], squared, nearest)
            if self.form == "simplified":
                return to_worst / to_best
            to_mean = _distances(own, ideals.mean(axis=0, keepdims=True), squared, np.ones(1))
            return 1 / (1 + (to_best / to_worst) ** 2) + to_mean


def _ranked(values: Array) -> Array:
    """Return each column from its best value to its worst; one with gaps is drawn out, linear between its values."""
    places = np.linspace(0.0, 1.0, len(values))
    ranked = np.zeros_like(values)
    for number, column in enumerate(values.T):
        downwards = np.sort(column[~np.isnan(column)])[::-1]
        if len(downwards) == len(column):
            ranked[:, number] = downwards
        elif len(downwards):
            ranked[:, number] = np.interp(places, np.linspace(0.0, 1.0, len(downwards)), downwards)
    return ranked


def _distances(own: Array, ideals: Array, squared_weights: Array, counts: Array) -> Array:
    """Return, per unit, the sum of its distances to the ideals, each times how much it counts."""
    centre = ideals[len(ideals) // 2]
    own, ideals = own - centre, ideals - centre
    sums = np.empty(len(own))
    step = max(8, _PRODUCTS // ideals.size)
    for start in range(0, len(own), step):
        rows = slice(start, start + step)
        block, weights = own[rows], squared_weights[rows] if len(squared_weights) > 1 else squared_weights
        size = (weights * block**2).sum(axis=1, keepdims=True) + weights @ (ideals**2).T
        squares = size - 2 * (weights * block) @ ideals.T
        row, ideal = np.nonzero(squares < _CANCELLED * size)
        apart = (block[row] - ideals[ideal]) ** 2
        apart *= weights[row] if len(weights) > 1 else weights
        squares[row, ideal] = apart.sum(axis=1)
        sums[rows] = np.einsum("ij,j->i", np.sqrt(squares), counts)
    return sums


_PRODUCTS = 131_072
"""Multiplied at a time: so few that one thread does it, and threads do not wait for each other."""

_CANCELLED = 1e-4
"""Where a square is this much smaller than what it is the difference of, too few of its digits are left."""
