"""Scores over all possible weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zlib import crc32

import numpy as np
from pydantic import Field

from indicia.limits import DRAWS
from indicia.methods import Array, MatrixAggregation, MatrixContext, Property, matrix_table
from indicia.methods.contract import check_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from indicia.methods.contract import DetailTable


_CELLS = 1 << 20
"""Most scores that are held in memory."""


@dataclass(frozen=True)
class Smaa(MatrixAggregation):
    """Draw random weights, rank the units with each, and average the values of the ranks (Monte Carlo).

    The method ignores the weights of the index file: draws are uniform over the non-negative weights with sum 1. The
    weights of a unit are scaled to the components that it has. The standard error of a score is below 0.5 / √draws.
    """

    name = "smaa"
    uses_weights = False
    reference = "Lahdelma & Salminen (2001), Operations Research 49(3), doi:10.1287/opre.49.3.444.11220"
    formula = (
        r"\sum_r \alpha_r b_a^r, \quad b_a^r = P \left( \text{rank}_a = r \right) \text{ by } \sum_j w_j z_j "
        r"\text{ over } N \text{ draws of } w, \; \alpha_r = <importance>"
    )
    symbols = {"draws": "N"}
    variants = {
        "importance": {
            "centroid": r"\frac{\sum_{i \ge r} 1 / i}{\sum_i 1 / i}",
            "inverse": r"\frac1r",
            "linear": r"\frac{n - r}{n - 1}",
        },
    }
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    detail_tables = {
        "units": "a unit: the share of the draws in which it is first, and its mean rank",
        "acceptability": "a unit: the share of the draws in which it has each rank",
        "central_weights": "a unit: the mean of the weights with which it is first, or none if it never is",
    }

    importance: Annotated[
        Literal["centroid", "inverse", "linear"], Field(description="value of rank r, 1 for the first")
    ] = "centroid"
    draws: Annotated[int, Field(ge=1, description="number of draws of weights")] = 10_000
    seed: Annotated[int, Field(ge=0, description="seed of the random numbers; the same seed gives the same scores")] = 0

    def __post_init__(self) -> None:
        if excess := DRAWS.excess(self.draws):
            raise ValueError(f"{excess}; {DRAWS.remedy(self.draws)}")

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        values_of_ranks = _IMPORTANCE[self.importance](np.arange(1.0, len(values) + 1))
        sums: Array = sum(values_of_ranks[ranks].sum(axis=0) for _, ranks in self._ranks(values, context))
        return sums / self.draws

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        first, rank = np.zeros(len(values)), np.zeros(len(values))
        for _, ranks in self._ranks(values, context):
            first += (ranks == 0).sum(axis=0)
            rank += (ranks + 1).sum(axis=0)
        return {"first": (first / self.draws).tolist(), "mean_rank": (rank / self.draws).tolist()}

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        if table == "acceptability":
            return self._acceptability(values, context)
        sums, firsts = np.zeros(values.shape), np.zeros((len(values), 1))
        for drawn, ranks in self._ranks(values, context):
            is_first = (ranks == 0).T
            sums += is_first @ drawn
            firsts += is_first.sum(axis=1, keepdims=True)
        central = np.divide(sums, firsts, out=np.full_like(sums, np.nan), where=firsts > 0)
        return matrix_table("unit", context.units, context.components, central)

    def _acceptability(self, values: Array, context: MatrixContext) -> DetailTable:
        units = len(values)
        check_pairs(units)
        acceptability = np.zeros((units, units))
        for _, ranks in self._ranks(values, context):
            places = ranks + units * np.arange(units)
            acceptability += np.bincount(places.ravel(), minlength=units**2).reshape(units, units)
        names = [f"rank_{number}" for number in range(1, units + 1)]
        return matrix_table("unit", context.units, names, acceptability / self.draws)

    def _ranks(self, values: Array, context: MatrixContext) -> Iterator[tuple[Array, Any]]:
        """Yield blocks of weights with sum 1, and of the number of units better than each unit, shape (draws, n)."""
        # seeded by the name of a component, so that draws do not depend on the order of the index file
        generators = [np.random.default_rng([self.seed, crc32(name.encode())]) for name in context.components]
        missing = np.isnan(values).T
        step = max(1, _CELLS // max(len(values), 1))
        for start in range(0, self.draws, step):
            count = min(step, self.draws - start)
            weights = np.array([generator.standard_exponential(count) for generator in generators]).T
            sums, weight_sums = np.zeros((len(weights), len(values))), np.zeros((len(weights), len(values)))
            for weight, column, gaps in zip(
                weights.T, values.T, missing, strict=True
            ):  # a matrix product could give equal units different sums
                with np.errstate(over="ignore", invalid="ignore"):
                    sums += weight[:, None] * np.where(gaps, 0.0, column)
                if missing.any():
                    weight_sums += weight[:, None] * ~gaps
            if missing.any():
                sums /= weight_sums
            if not np.isfinite(sums).all():
                raise ValueError("values are too large to add up: choose a normalisation")
            order = np.argsort(-sums, axis=1, kind="stable")
            descending = np.take_along_axis(sums, order, axis=1)
            positions = np.broadcast_to(np.arange(len(values)), order.shape)
            is_tied = np.zeros(order.shape, dtype=bool)
            is_tied[:, 1:] = descending[:, 1:] == descending[:, :-1]
            better = np.empty_like(order)
            np.put_along_axis(better, order, np.maximum.accumulate(np.where(is_tied, 0, positions), axis=1), axis=1)
            yield weights / weights.sum(axis=1, keepdims=True), better


def _centroid(ranks: Array) -> Array:
    tail_sums = (1 / ranks)[::-1].cumsum()[::-1]
    centroid: Array = tail_sums / tail_sums[0]
    return centroid


def _inverse(ranks: Array) -> Array:
    return 1 / ranks


def _linear(ranks: Array) -> Array:
    return (len(ranks) - ranks) / max(len(ranks) - 1, 1)


_IMPORTANCE: dict[str, Callable[[Array], Array]] = {"centroid": _centroid, "inverse": _inverse, "linear": _linear}
