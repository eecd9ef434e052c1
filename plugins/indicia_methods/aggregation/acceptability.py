"""Scores over all weights that there might be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zlib import crc32

import numpy as np
from pydantic import Field

from indicia.limits import DRAWS
from indicia.methods import MatrixAggregation, Property

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from indicia.methods import Array, MatrixContext

_CELLS = 1 << 20
"""The most scores held at once."""


@dataclass(frozen=True)
class Smaa(MatrixAggregation):
    """Draw weights from all that there might be, rank units by each, and average what their ranks are worth.

    The weights of the index file do not count: draws are uniform over those that are not negative and sum to 1. A unit
    is scored over what it has, the weights scaled to that. More draws, a smaller error: that of a score is below
    0.5 / √draws.
    """

    name = "smaa"
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

    importance: Annotated[
        Literal["centroid", "inverse", "linear"], Field(description="what the rank r is worth, 1 for the first")
    ] = "centroid"
    draws: Annotated[int, Field(ge=1, description="how many weights are drawn")] = 10_000
    seed: Annotated[int, Field(ge=0, description="which ones; the same seed gives the same scores")] = 0

    def __post_init__(self) -> None:
        if excess := DRAWS.excess(self.draws):
            raise ValueError(f"{excess}; {DRAWS.remedy(self.draws)}")

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        worth = _IMPORTANCE[self.importance](np.arange(1.0, len(values) + 1))
        scores: Array = sum(worth[ranks].sum(axis=0) for ranks in self._ranks(values, context)) / self.draws
        return scores

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        first, rank = np.zeros(len(values)), np.zeros(len(values))
        for ranks in self._ranks(values, context):
            first += (ranks == 0).sum(axis=0)
            rank += (ranks + 1).sum(axis=0)
        return {"first": (first / self.draws).tolist(), "mean_rank": (rank / self.draws).tolist()}

    def _ranks(self, values: Array, context: MatrixContext) -> Iterator[Any]:
        """Yield how many units are better than each, shape (some draws, n)."""
        # weights follow the name of a component, so that they do not depend on the order of the index file
        random = [np.random.default_rng([self.seed, crc32(name.encode())]) for name in context.components]
        missing = np.isnan(values).T
        step = max(1, _CELLS // max(len(values), 1))
        for start in range(0, self.draws, step):
            count = min(step, self.draws - start)
            drawn = np.array([generator.standard_exponential(count) for generator in random]).T
            sums, share = np.zeros((len(drawn), len(values))), np.zeros((len(drawn), len(values)))
            for weight, column, gaps in zip(drawn.T, values.T, missing, strict=True):  # alike units have equal sums
                with np.errstate(over="ignore", invalid="ignore"):
                    sums += weight[:, None] * np.where(gaps, 0.0, column)
                if missing.any():
                    share += weight[:, None] * ~gaps
            if missing.any():
                sums /= share
            if not np.isfinite(sums).all():
                raise ValueError("values are too large to be added up")
            order = np.argsort(-sums, axis=1, kind="stable")
            downwards = np.take_along_axis(sums, order, axis=1)
            places = np.broadcast_to(np.arange(len(values)), order.shape)
            level = np.zeros(order.shape, dtype=bool)
            level[:, 1:] = downwards[:, 1:] == downwards[:, :-1]
            better = np.empty_like(order)
            np.put_along_axis(better, order, np.maximum.accumulate(np.where(level, 0, places), axis=1), axis=1)
            yield better


def _centroid(places: Array) -> Array:
    from_here = (1 / places)[::-1].cumsum()[::-1]
    centroid: Array = from_here / from_here[0]
    return centroid


def _inverse(places: Array) -> Array:
    return 1 / places


def _linear(places: Array) -> Array:
    return (len(places) - places) / max(len(places) - 1, 1)


_IMPORTANCE: dict[str, Callable[[Array], Array]] = {"centroid": _centroid, "inverse": _inverse, "linear": _linear}
