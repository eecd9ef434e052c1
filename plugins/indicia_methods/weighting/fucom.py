"""Weights from priorities, or from ratios of pairs that may be inconsistent: the full consistency method."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import Array, Indicators, Ratings, Weighting, Weights
from indicia_methods.weighting.consistency import refuse_unlinked
from indicia_methods.weighting.judged import ANY_VALUES, JudgeWeights, Numbers, judgements_of, refuse
from indicia_methods.weighting.stated import JUDGES, average

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.methods.contract import DetailTable

_ROUNDS = 200


@dataclass(frozen=True)
class Fucom(Weighting):
    """Weigh by priorities relative to the most important component, or by ratios of pairs (full consistency method).

    The most important component has priority 1. Priorities imply consistent ratios, so the deviation from full
    consistency (DFC) is 0 and the weights are proportional to 1 / priority. Ratios of pairs, as in
    `{ "x/y" = 2, "y/z" = 1.5, "x/z" = 2.5 }`, may be inconsistent: the weights then minimise the largest deviation of a
    ratio. If several weights do, the method takes the midpoints of their logarithms.
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
    detail_tables = {
        "ratios": "a pair of components: the judged ratio of their weights, the ratio of the weights, and how far they "
        "differ; from the priorities of one judge the pairs of the paper, one and two places apart",
        **JUDGES,
    }

    priorities: Annotated[
        Numbers,
        Field(
            description="importance of the first component over each, or ratios of pairs: a table, a CSV file, or one "
            "of these for each dimension"
        ),
    ]
    judge_weights: JudgeWeights = None

    def weigh(self, indicators: Indicators) -> Weights:
        ratings, names = judgements_of(self.priorities, indicators.node), indicators.names
        if all("/" in name for name in ratings.names) and not set(ratings.names) & set(names):
            ratios = _pairs(ratings, names)
            weights, deviation = _weights_of_pairs(ratios, names)
            return Weights(weights, {"DFC": deviation}, tables={"ratios": _table_of_ratios(ratios, weights, names)})
        ratings = ratings.about(names)
        priorities = ratings.values(names)
        refuse(names, (priorities < 1).any(axis=1), "priorities are 1 or more")
        for judge, lowest in zip(ratings.columns, priorities.min(axis=0), strict=True):
            if lowest != 1:
                of_judge = f" of {judge}" if judge else ""
                raise ValueError(f"the most important component has priority 1; the lowest{of_judge} is {lowest:g}")
        weights = 1 / priorities
        result = average(weights / weights.sum(axis=0), ratings.columns, self.judge_weights, names)
        if priorities.shape[1] > 1:
            return result
        ratios_of_judge = _table_of_ratios(_ratios_in_order(priorities[:, 0]), result.values, names)
        return replace(result, tables={"ratios": ratios_of_judge, **result.tables})


def _ratios_in_order(priorities: Array) -> dict[tuple[int, int], float]:
    """Return the ratios of components one and two places apart, by importance, that their priorities imply."""
    order = [int(place) for place in np.argsort(priorities, kind="stable")]
    pairs = [*pairwise(order), *zip(order, order[2:], strict=False)]
    return {(i, j): float(priorities[j] / priorities[i]) for i, j in pairs}


def _table_of_ratios(ratios: Mapping[tuple[int, int], float], weights: Array, names: Sequence[str]) -> DetailTable:
    judged = np.array(list(ratios.values()))
    found = np.array([weights[i] / weights[j] for i, j in ratios])
    return {
        "a": [names[i] for i, _ in ratios],
        "b": [names[j] for _, j in ratios],
        "judged": judged,
        "ratio": found,
        "deviation": np.abs(found - judged),
    }


def _pairs(ratings: Ratings, names: Sequence[str]) -> dict[tuple[int, int], float]:
    """Return the judged ratios by the numbers of their two components."""
    if len(ratings.columns) != 1:
        raise ValueError("ratios of pairs come from one judge: for several judges use combination")
    ratios = {}
    for pair, ratio in zip(ratings.names, ratings.values(ratings.names)[:, 0], strict=True):
        first, _, second = (part.strip() for part in pair.partition("/"))
        if unknown := [name for name in (first, second) if name not in names]:
            raise ValueError(f"{pair} names {', '.join(unknown)}; the components are {', '.join(names)}")
        if first == second or not ratio > 0:
            raise ValueError(f"a ratio of two components is a positive number, unlike {pair} = {ratio:g}")
        ratios[names.index(first), names.index(second)] = float(ratio)
    return ratios


def _weights_of_pairs(ratios: Mapping[tuple[int, int], float], names: Sequence[str]) -> tuple[Array, float]:
    """Return the weights that minimise the largest deviation from the judged ratios, and this deviation.

    A deviation bounds the differences between the logarithms of two weights. Weights within all bounds exist if and
    only if the graph of these bounds has no negative cycle. Bisection finds the smallest such deviation.
    """
    links = np.eye(len(names), dtype=bool)
    for i, j in ratios:
        links[i, j] = links[j, i] = True
    refuse_unlinked(links, names, "ratio")
    low, high = 0.0, max(abs(ratio - 1) for ratio in ratios.values())  # the deviation of equal weights is feasible
    if _is_consistent(_shortest_paths(ratios, 0.0, len(names)), 1e-15):
        high = 0.0
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if _is_consistent(_shortest_paths(ratios, middle, len(names))) else (middle, high)
    paths = _shortest_paths(ratios, high, len(names))
    midpoints = np.where(np.isfinite(paths) & np.isfinite(paths.T), (paths - paths.T) / 2, np.nan)
    if np.isnan(midpoints).any():
        raise ValueError(f"the ratios contradict each other so much that weights are undetermined: DFC = {high:.3g}")
    return np.exp(midpoints.mean(axis=1)), high


def _is_consistent(paths: Array, rounding: float = 0.0) -> bool:
    return bool((np.diag(paths) >= -rounding).all())


def _shortest_paths(ratios: Mapping[tuple[int, int], float], deviation: float, size: int) -> Array:
    """Return the upper bound of the logarithm of each ratio of weights, by Floyd and Warshall."""
    paths = np.full((size, size), np.inf)
    np.fill_diagonal(paths, 0.0)
    for (i, j), ratio in ratios.items():
        paths[i, j] = min(paths[i, j], float(np.log(ratio + deviation)))
        if ratio > deviation:
            paths[j, i] = min(paths[j, i], -float(np.log(ratio - deviation)))
    for through in range(size):
        paths = np.minimum(paths, paths[:, through, None] + paths[through])
    return paths
