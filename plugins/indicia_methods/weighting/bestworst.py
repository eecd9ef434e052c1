"""Weights from comparisons with the best and the worst component."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import sqrt
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from indicia.errors import require_optional
from indicia.methods import Ratings, Weighting, Weights
from indicia_methods.weighting.judged import ANY_VALUES, Numbers, check_each, judgements_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array, Indicators

_COLUMNS = ("best_to_others", "others_to_worst")


@dataclass(frozen=True)
class BestWorst(Weighting):
    """Weigh by ratios of the best component to each, and of each to the worst component (best-worst method).

    The linear model (needs scipy) minimises the largest difference w_B - a_Bj w_j or w_j - a_jW w_W. The model of
    ratios minimises the largest deviation of w_B / w_j or w_j / w_W. Several weights may attain this minimum: the
    method takes the midpoints of their intervals, scaled to sum 1, and reports the ends. It also reports the largest
    deviation ξ, the consistency ratio CR of the model of ratios, and the consistency ratio of the input.
    """

    name = "bwm"
    reference = "Rezaei (2015), Omega 53; Rezaei (2016), Omega 64; Liang, Brunelli & Rezaei (2020), Omega 96"
    formula = "<model>"
    symbols = {"comparisons": "a"}
    variants = {
        "model": {
            "linear": r"\min \xi: \quad |w_B - a_{Bj} w_j| \le \xi, \quad |w_j - a_{jW} w_W| \le \xi",
            "ratios": r"\min \xi: \quad |w_B / w_j - a_{Bj}| \le \xi, \quad |w_j / w_W - a_{jW}| \le \xi",
        },
    }
    example = "bwm(comparisons={x0: [1, 4], x1: [2, 2], x2: [4, 1]})"
    properties = ANY_VALUES
    detail_tables = {
        "components": "a component: its comparisons with the best and the worst, and how far its weight misses each; "
        "with the model of ratios also its lowest and its highest optimal weight",
    }

    comparisons: Annotated[
        Numbers,
        Field(description="best to others, others to worst: a table, a CSV file, or one of these per dimension"),
    ]
    model: Annotated[Literal["linear", "ratios"], Field(description="minimise differences or ratios")] = "linear"

    def __post_init__(self) -> None:
        check_each(self.comparisons, lambda ratings: _vectors(ratings, ratings.names))

    def weigh(self, indicators: Indicators) -> Weights:
        ratings = judgements_of(self.comparisons, indicators.node).about(indicators.names)
        best, worst, to_others, to_worst = _vectors(ratings, indicators.names)
        a_bw = to_others[worst]
        facts: dict[str, float | str] = {}
        if a_bw > 1:
            facts["input consistency ratio"] = float(np.abs(to_others * to_worst - a_bw).max() / (a_bw**2 - a_bw))
        if self.model == "linear":
            weights, deviation = _linear(best, worst, to_others, to_worst)
            to_best, to_lowest = weights[best] - to_others * weights, weights - to_worst * weights[worst]
            table = _table(indicators.names, to_others, to_worst, to_best, to_lowest)
            return Weights(weights, {"xi": deviation, **facts}, tables={"components": table})
        deviation, low, high = _ratios(best, worst, to_others, to_worst)
        facts = {"xi": deviation, "CR": deviation / _consistency_index(a_bw) if a_bw > 1 else 0.0, **facts}
        for name, smallest, largest in zip(indicators.names, low, high, strict=True):
            facts |= {f"lowest {name}": float(smallest), f"highest {name}": float(largest)}
        weights = (low + high) / 2
        misses = weights[best] / weights - to_others, weights / weights[worst] - to_worst
        table = _table(indicators.names, to_others, to_worst, *misses) | {"lowest": low, "highest": high}
        return Weights(weights, facts, tables={"components": table})


def _table(names: Sequence[str], to_others: Array, to_worst: Array, of_best: Array, of_worst: Array) -> dict[str, Any]:
    """Return the comparisons of each component, and how far its weight misses them."""
    return {
        "component": list(names),
        **dict(zip(_COLUMNS, (to_others, to_worst), strict=True)),
        "missed_best": np.abs(of_best),
        "missed_worst": np.abs(of_worst),
    }


def _vectors(ratings: Ratings, names: Sequence[str]) -> tuple[int, int, Array, Array]:
    """Return the numbers of the best and the worst component, and the two vectors of comparisons."""
    values = ratings.values(names)
    if values.shape[1] != 2:
        raise ValueError(f"each component needs two numbers, best to it and it to worst, and has {values.shape[1]}")
    labelled = set(ratings.about(names).columns) == set(_COLUMNS)
    to_others, to_worst = values.T if not labelled or ratings.about(names).columns == _COLUMNS else values.T[::-1]
    if faulty := [name for name, row in zip(names, values, strict=True) if row.min() < 1]:
        raise ValueError(f"comparisons with the best and the worst are 1 or more, unlike those of {', '.join(faulty)}")
    if not ((to_others == 1).any() and (to_worst == 1).any()):
        raise ValueError("best to best and worst to worst are 1: add the missing 1")
    # Components as important as the best have 1 too; of these, the best is the furthest from the worst.
    best = int(np.where(to_others == 1, to_worst, 0).argmax())
    worst = int(np.where(to_worst == 1, to_others, 0).argmax())
    if to_others[worst] != to_worst[best]:
        raise ValueError(
            f"{names[best]} to {names[worst]} is {to_others[worst]:g} in best_to_others, but {to_worst[best]:g} in "
            "others_to_worst"
        )
    return best, worst, to_others, to_worst


def _linear(best: int, worst: int, to_others: Array, to_worst: Array) -> tuple[Array, float]:
    size = len(to_others)
    rows = []
    for j in range(size):
        for numerator, denominator, ratio in ((best, j, to_others[j]), (j, worst, to_worst[j])):
            row = np.zeros(size + 1)
            row[numerator] += 1.0
            row[denominator] -= ratio
            rows += [np.append(row[:-1], -1.0), np.append(-row[:-1], -1.0)]  # |difference| - xi <= 0
    total = np.append(np.ones(size), 0.0)
    objective = np.append(np.zeros(size), 1.0)
    optimize = require_optional("scipy.optimize", "the linear best-worst method", "scipy")
    solution = optimize.linprog(objective, np.array(rows), np.zeros(len(rows)), total[None], [1.0], method="highs-ds")
    if solution.x is None:
        raise ValueError(f"scipy finds no weights: {solution.message}")
    return np.clip(solution.x[:-1], 0.0, None), float(max(solution.x[-1], 0.0))


def _ratios(best: int, worst: int, to_others: Array, to_worst: Array) -> tuple[float, Array, Array]:
    """Return the smallest deviation ξ of ratios, and the lower and upper ends of the weights that attain it.

    With r = w_B / w_W, component j requires (a_Bj - ξ)(a_jW - ξ) ≤ r ≤ (a_Bj + ξ)(a_jW + ξ), and r itself is within ξ
    of a_BW. Each pair of these conditions gives a lower bound of ξ; the largest bound is attained.
    """
    a_bw = to_others[worst]
    others = [j for j in range(len(to_others)) if j not in (best, worst)]
    pairs = [(to_others[j], to_worst[j]) for j in others]
    deviations = [0.0]
    for a, b in pairs:
        half, difference = (a + b + 1) / 2, a * b - a_bw
        root = sqrt(half**2 - difference) if difference > 0 else sqrt(half**2 + abs(difference))
        deviations.append(difference / (half + root) if difference > 0 else abs(difference) / (half + root))
    deviations += [(a * b - c * d) / (a + b + c + d) for (a, b), (c, d) in product(pairs, pairs)]
    deviation = float(max(deviations))
    lower_bound = max([a_bw - deviation, *((a - deviation) * (b - deviation) for a, b in pairs)])
    upper_bound = min([a_bw + deviation, *((a + deviation) * (b + deviation) for a, b in pairs)])
    ratio = (lower_bound + upper_bound) / 2  # the bounds are equal but for rounding
    low, high = np.ones(len(to_others)), np.ones(len(to_others))
    low[best] = high[best] = ratio
    for j, (a, b) in zip(others, pairs, strict=True):
        bounds = max(b - deviation, ratio / (a + deviation)), min(b + deviation, ratio / (a - deviation))
        low[j], high[j] = min(bounds), max(bounds)
    return deviation, low / (low + high.sum() - high), high / (high + low.sum() - low)


def _consistency_index(a_bw: float) -> float:
    """Return the largest possible deviation, the consistency index of Rezaei (2015)."""
    return (1 + 2 * a_bw - sqrt(1 + 8 * a_bw)) / 2
