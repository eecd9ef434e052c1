"""Weights by priorities, or by ratios of pairs that need not agree: the full consistency method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import Weighting, Weights
from indicia_methods.weighting.consistency import connected
from indicia_methods.weighting.judged import ANY_VALUES, JudgeWeights, Numbers, of_node, refuse
from indicia_methods.weighting.stated import averaged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.methods import Array, Indicators, Ratings

_ROUNDS = 200


@dataclass(frozen=True)
class Fucom(Weighting):
    """Weigh by priorities over the most important component, which has 1, or by ratios of pairs (full consistency).

    Ratios that follow from priorities are consistent whatever the priorities are, so the deviation from full
    consistency (DFC) is 0 and weights are as 1 / priority. Where ratios are judged one by one, as in
    `{ "x/y" = 2, "y/z" = 1.5, "x/z" = 2.5 }`, the largest deviation of a ratio is made least; of several weights that
    do so, the middle ones are taken.
    """

    name = "fucom"
    reference = "Pamučar, Stević & Sremac (2018), Symmetry 10(9), 393"
    formula = (
        r"\min \chi: \quad \left| \frac{w_i}{w_j} - \varphi_{ij} \right| \le \chi, \quad "
        r"\text{from priorities } \varphi_{ij} = \frac{p_j}{p_i}, \ w_j = \frac{1}{p_j}"
    )
    symbols = {"priorities": "p_j"}
    example = "fucom(priorities={x0: 1, x1: 2, x2: 2.5})"
    properties = ANY_VALUES

    priorities: Annotated[
        Numbers,
        Field(
            description="how many times as important the first one is, or ratios of pairs: a table, a CSV file, or one "
            "of these per dimension"
        ),
    ]
    judge_weights: JudgeWeights = None

    def weigh(self, indicators: Indicators) -> Weights:
        ratings, names = of_node(self.priorities, indicators.node), indicators.names
        if all("/" in name for name in ratings.names) and not set(ratings.names) & set(names):
            weights, deviation = _of_pairs(_pairs(ratings, names), names)
            return Weights(weights, {"DFC": deviation})
        ratings = ratings.about(names)
        priorities = ratings.values(names)
        refuse(names, (priorities < 1).any(axis=1), "priorities are 1 or more")
        for judge, lowest in zip(ratings.columns, priorities.min(axis=0), strict=True):
            if lowest != 1:
                whose = f" of {judge}" if judge else ""
                raise ValueError(f"the most important component has priority 1; the lowest{whose} is {lowest:g}")
        weights = 1 / priorities
        return averaged(weights / weights.sum(axis=0), ratings.columns, self.judge_weights, names)


def _pairs(ratings: Ratings, names: Sequence[str]) -> dict[tuple[int, int], float]:
    """Return the ratio of each pair that is judged, by the places of its components."""
    if len(ratings.columns) != 1:
        raise ValueError("ratios of pairs are those of one judge; a combination takes several")
    found = {}
    for pair, ratio in zip(ratings.names, ratings.values(ratings.names)[:, 0], strict=True):
        first, _, second = (part.strip() for part in pair.partition("/"))
        if unknown := [name for name in (first, second) if name not in names]:
            raise ValueError(f"{pair} names {', '.join(unknown)}, and to weigh are {', '.join(names)}")
        if first == second or not ratio > 0:
            raise ValueError(f"a ratio is positive, and of two components, unlike {pair} = {ratio:g}")
        found[names.index(first), names.index(second)] = float(ratio)
    return found


def _of_pairs(ratios: Mapping[tuple[int, int], float], names: Sequence[str]) -> tuple[Array, float]:
    """Return weights whose ratios deviate least, and by how much.

    For a deviation the logarithms of the weights have to be within bounds of each other, which is so for some weights
    where no round trip by the shortest ways is negative; the least deviation is found by halving.
    """
    links = np.eye(len(names), dtype=bool)
    for i, j in ratios:
        links[i, j] = links[j, i] = True
    if len(groups := connected(links)) > 1:
        told = " | ".join(", ".join(names[i] for i in group) for group in groups)
        raise ValueError(f"no ratio links these groups, so their weights are open: {told}")
    low, high = 0.0, max(abs(ratio - 1) for ratio in ratios.values())  # that of equal weights
    if _fits(_ways(ratios, 0.0, len(names)), 1e-15):
        high = 0.0
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if _fits(_ways(ratios, middle, len(names))) else (middle, high)
    ways = _ways(ratios, high, len(names))
    bounded = np.where(np.isfinite(ways) & np.isfinite(ways.T), (ways - ways.T) / 2, np.nan)
    if np.isnan(bounded).any():
        raise ValueError(f"the ratios contradict each other so far that they leave weights open: DFC = {high:.3g}")
    return np.exp(bounded.mean(axis=1)), high


def _fits(ways: Array, rounding: float = 0.0) -> bool:
    return bool((np.diag(ways) >= -rounding).all())


def _ways(ratios: Mapping[tuple[int, int], float], deviation: float, size: int) -> Array:
    """Return the largest logarithm of each ratio of weights, directly and by way of others (Floyd & Warshall)."""
    ways = np.full((size, size), np.inf)
    np.fill_diagonal(ways, 0.0)
    for (i, j), ratio in ratios.items():
        ways[i, j] = min(ways[i, j], float(np.log(ratio + deviation)))
        if ratio > deviation:
            ways[j, i] = min(ways[j, i], -float(np.log(ratio - deviation)))
    for by in range(size):
        ways = np.minimum(ways, ways[:, by, None] + ways[by])
    return ways
