"""MULTIMOORA: three rankings of ratio systems, combined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field

from indicia.methods import Array, MatrixAggregation, MatrixContext, Property, pair_table
from indicia.methods.contract import check_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from indicia.methods.contract import DetailTable

    Levels: TypeAlias = npt.NDArray[np.int32]


_ROUNDING = 1e-12
"""Scores that differ by at most this share of the largest are equal."""

_CELLS = 1_000_000
"""Pairs compared at a time, which bounds the memory for any number of units."""


@dataclass(frozen=True)
class Multimoora(MatrixAggregation):
    """Combine three rankings: by ratio system, by reference point and by full multiplicative form.

    The input are raw values, with costs negated; each component is divided by its Euclidean norm. With `dominance` the
    score is the number of units that a unit beats in the majority of the rankings, less the number that beat it. With
    `borda` it is the number of units that a unit beats, summed over the rankings; ties count half. `improved_borda`
    also counts by how much: the scores behind each ranking, divided by their Euclidean norm, times the places.
    """

    name = "multimoora"
    reference = (
        "Brauers & Zavadskas (2010), Technological and Economic Development of Economy 16(1), doi:10.3846/tede.2010.01"
        "; Wu, Liao, Xu, Hafezalkotob & Herrera (2018), IEEE Transactions on Fuzzy Systems 26(6), for improved_borda"
    )
    formula = (
        r"<join>, \quad f_1 = \sum_j w_j v_j, \; f_2 = -\max_j w_j (\max v_j - v_j), \; f_3 = \prod_{j \in B} "
        r"v_j^{w_j} \big/ \prod_{j \in C} \lvert v_j \rvert^{w_j}, \quad v = \frac{z}{\sqrt{\sum z^2}}"
    )
    variants = {
        "join": {
            "dominance": r"\sum_b \operatorname{sgn} \sum_m \operatorname{sgn}(f_m(a) - f_m(b))",
            "borda": r"\sum_m \sum_{b \ne a} [f_m(a) > f_m(b)] + \tfrac12 [f_m(a) = f_m(b)]",
            "improved_borda": r"\tfrac{2}{n (n + 1)} \left( \tfrac{f_1}{\lVert f_1 \rVert} (n + 1 - r_1) + "
            r"\tfrac{f_2}{\lVert f_2 \rVert} r_2 + \tfrac{f_3}{\lVert f_3 \rVert} (n + 1 - r_3) \right)",
        },
    }
    canonical_normalisation = "none"
    properties = frozenset({Property.SCALE_INVARIANT})
    detail_tables = {
        "units": "a unit: its three scores and its rank by each; the distance to the reference point is best if low",
        "pairs": "two units: how a dominates b (absolute: better in three rankings, general: in two, partial: in one "
        "and level in two), or that it is dominated, or neither (equal)",
    }

    join: Annotated[
        Literal["dominance", "borda", "improved_borda"],
        Field(description="combination of the three rankings; borda is faster for many units"),
    ] = "dominance"

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        scores = _scores(values, weights)
        levels = _rankings(*scores)
        if self.join == "improved_borda":
            return _improved_borda(*scores, [_count_beaten(of_ranking) for of_ranking in levels])
        return sum(map(_count_beaten, levels), np.zeros(len(values))) if self.join == "borda" else _dominance(levels)

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        ratio, reference_point, logarithm, offset = scores = _scores(values, weights)
        ranks = {
            f"rank_{name}": (1 + len(values) - np.cumsum(np.bincount(levels))[levels]).tolist()
            for name, levels in zip(("ratio", "reference_point", "multiplicative"), _rankings(*scores), strict=True)
        }
        multiplicative = np.exp(logarithm - offset)
        return {
            "ratio": ratio.tolist(),
            "reference_point": (-reference_point).tolist(),
            "multiplicative": multiplicative.tolist(),
            **ranks,
        }

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        check_pairs(len(values))
        levels = _rankings(*_scores(values, weights))
        better = sum(((row[:, None] > row).astype(np.int8) for row in levels), np.int8(0))
        dominates = [better == 3, better == 2, (better == 1) & (better.T == 0)]
        dominance = np.select(
            [*dominates, *(relation.T for relation in dominates)],
            ["absolute", "general", "partial", *["dominated"] * 3],
            "equal",
        )
        return pair_table(context.units, dominance=dominance.astype(object))


def _scores(values: Array, weights: Array) -> tuple[Array, Array, Array, Array]:
    """Return the three scores, higher better, the last as a logarithm, and by how much that is too large.

    The logarithm is that of the multiplicative form of values as shares of the largest.
    """
    present = ~np.isnan(values).all(axis=0)
    values, weights = values[:, present], weights[present]
    size = np.nanmax(np.abs(values), axis=0)
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    if not np.all((low > 0) | (high < 0)):
        raise ValueError("needs indicators whose raw values are all positive")
    v = values / size
    norm = np.sqrt(np.nansum(v**2, axis=0))
    v /= norm
    w = np.where(np.isnan(v), 0.0, weights)
    w /= w.sum(axis=1, keepdims=True)
    logarithm = np.log(np.abs(values)) - np.log(size)
    return (
        np.nansum(w * v, axis=1),
        -np.nanmax(w * (np.nanmax(v, axis=0) - v), axis=1),
        np.nansum(w * np.sign(v) * logarithm, axis=1),
        np.nansum(w * np.sign(v) * np.log(norm), axis=1),
    )


def _rankings(ratio: Array, reference_point: Array, logarithm: Array, offset: Array) -> list[Levels]:
    """Return the levels of the units in the three rankings, from 0 for the lowest."""
    return [_levels(ratio, 0.0), _levels(reference_point, 0.0), _levels(logarithm - offset, 1.0)]


def _levels(scores: Array, size: float) -> Levels:
    """Replace scores by dense ranks from 0, the lowest; scores that differ by rounding errors are tied."""
    order = np.argsort(scores)
    gaps = np.diff(scores[order]) > _ROUNDING * max(size, float(np.abs(scores).max()))
    levels = np.zeros(len(scores), dtype=np.int32)
    levels[order[1:]] = np.cumsum(gaps)
    return levels


def _count_beaten(levels: Levels) -> Array:
    """Count the units at a lower level; other units at the same level count half."""
    sizes = np.bincount(levels)
    beaten = np.cumsum(sizes) - sizes + (sizes - 1) / 2
    return np.asarray(beaten[levels])


def _improved_borda(
    ratio: Array, reference_point: Array, logarithm: Array, offset: Array, beaten: Sequence[Array]
) -> Array:
    """Add the three scores, divided by their norms, times the places: of the best unit n, or 1 for a distance."""
    units = len(ratio)
    multiplicative = logarithm - offset
    shares = [_by_norm(score) for score in (ratio, reference_point, np.exp(multiplicative - multiplicative.max()))]
    scores: Array = shares[0] * (beaten[0] + 1) + shares[1] * (units - beaten[1]) + shares[2] * (beaten[2] + 1)
    return scores * 2 / (units * (units + 1))


def _by_norm(scores: Array) -> Array:
    """Divide scores by their Euclidean norm; scores that are all 0 stay 0."""
    largest = np.abs(scores).max()
    return scores if largest == 0 else scores / largest / np.sqrt(((scores / largest) ** 2).sum())


def _dominance(rankings: list[Levels]) -> Array:
    """Count the units that a unit beats in the majority of rankings, less the units that beat it."""
    units = len(rankings[0])
    scores = np.zeros(units)
    step = max(1, _CELLS // units)
    for start in range(0, units, step):
        pairs = [(levels[start : start + step, None], levels[None, :]) for levels in rankings]
        wins = sum(((row > column).view(np.int8) - (row < column).view(np.int8) for row, column in pairs), np.int8(0))
        scores[start : start + step] = np.sign(wins).sum(axis=1, dtype=float)
    return scores
