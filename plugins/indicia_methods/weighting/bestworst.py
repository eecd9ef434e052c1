"""Weights from comparisons with the best and the worst component."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import sqrt
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.errors import require_optional
from indicia.methods import Ratings, Weighting, Weights
from indicia_methods.weighting.judged import ANY_VALUES, Numbers, check, of_node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array, Indicators

_COLUMNS = ("best_to_others", "others_to_worst")


@dataclass(frozen=True)
class BestWorst(Weighting):
    """Weigh by how many times the best component is as important as each, and each as the worst (best-worst method).

    The linear model (needs scipy) keeps the differences w_B - a_Bj w_j and w_j - a_jW w_W small; the other one the
    ratios, of which several weights are the best: the middles of their intervals are taken, scaled, and the ends
    reported. ξ is the largest deviation; its ratio to the largest there can be is told of ratios, and of the input.
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

    comparisons: Annotated[
        Numbers,
        Field(description="best to others, others to worst: a table, a CSV file, or one of these per dimension"),
    ]
    model: Annotated[Literal["linear", "ratios"], Field(description="what is kept small, differences or ratios")] = (
        "linear"
    )

    def __post_init__(self) -> None:
        check(self.comparisons, lambda one: _vectors(one, one.names))

    def weigh(self, indicators: Indicators) -> Weights:
        one = of_node(self.comparisons, indicators.node).about(indicators.names)
        best, worst, to_others, to_worst = _vectors(one, indicators.names)
        most = to_others[worst]
        facts: dict[str, float | str] = {}
        if most > 1:
            facts["input consistency ratio"] = float(np.abs(to_others * to_worst - most).max() / (most**2 - most))
        if self.model == "linear":
            weights, deviation = _linear(best, worst, to_others, to_worst)
            return Weights(weights, {"xi": deviation, **facts})
        deviation, low, high = _ratios(best, worst, to_others, to_worst)
        facts = {"xi": deviation, "CR": deviation / _largest(most) if most > 1 else 0.0, **facts}
        for name, least, greatest in zip(indicators.names, low, high, strict=True):
            facts |= {f"lowest {name}": float(least), f"highest {name}": float(greatest)}
        return Weights((low + high) / 2, facts)


def _vectors(one: Ratings, names: Sequence[str]) -> tuple[int, int, Array, Array]:
    """Return which component is the best and which the worst, and the two vectors of comparisons."""
    values = one.values(names)
    if values.shape[1] != 2:
        raise ValueError(f"two numbers are asked of each, best to it and it to worst, and {values.shape[1]} are given")
    named = set(one.about(names).columns) == set(_COLUMNS)
    to_others, to_worst = values.T if not named or one.about(names).columns == _COLUMNS else values.T[::-1]
    if low := [name for name, row in zip(names, values, strict=True) if row.min() < 1]:
        raise ValueError(f"comparisons with the best and the worst are 1 or more, unlike those of {', '.join(low)}")
    if not ((to_others == 1).any() and (to_worst == 1).any()):
        raise ValueError("the best to itself is 1, and the worst to itself: one of them is not there")
    # Components as important as the best have 1 too: the best is the one that is furthest from the worst.
    best = int(np.where(to_others == 1, to_worst, 0).argmax())
    worst = int(np.where(to_worst == 1, to_others, 0).argmax())
    if to_others[worst] != to_worst[best]:
        raise ValueError(
            f"{names[best]} to {names[worst]} is {to_others[worst]:g} among the best to others, and {to_worst[best]:g} "
            "among the others to worst"
        )
    return best, worst, to_others, to_worst


def _linear(best: int, worst: int, to_others: Array, to_worst: Array) -> tuple[Array, float]:
    size = len(to_others)
    rows = []
    for j in range(size):
        for at, other, times in ((best, j, to_others[j]), (j, worst, to_worst[j])):
            row = np.zeros(size + 1)
            row[at] += 1.0
            row[other] -= times
            rows += [np.append(row[:-1], -1.0), np.append(-row[:-1], -1.0)]
    total = np.append(np.ones(size), 0.0)
    objective = np.append(np.zeros(size), 1.0)
    optimize = require_optional("scipy.optimize", "the linear best-worst method", "scipy")
    found = optimize.linprog(objective, np.array(rows), np.zeros(len(rows)), total[None], [1.0], method="highs-ds")
    if found.x is None:
        raise ValueError(f"no weights were found: {found.message}")
    return np.clip(found.x[:-1], 0.0, None), float(max(found.x[-1], 0.0))


def _ratios(best: int, worst: int, to_others: Array, to_worst: Array) -> tuple[float, Array, Array]:
    """Return the least deviation of ratios, and the ends of the intervals of weights that have it.

    With r = w_B / w_W a component fits where (a_Bj - ξ)(a_jW - ξ) ≤ r ≤ (a_Bj + ξ)(a_jW + ξ), and r itself is within ξ
    of a_BW: so ξ is the largest of what two such conditions ask for.
    """
    most = to_others[worst]
    others = [j for j in range(len(to_others)) if j not in (best, worst)]
    pairs = [(to_others[j], to_worst[j]) for j in others]
    asked = [0.0]
    for a, b in pairs:
        half, off = (a + b + 1) / 2, a * b - most
        root = sqrt(half**2 - off) if off > 0 else sqrt(half**2 + abs(off))
        asked.append(off / (half + root) if off > 0 else abs(off) / (half + root))
    asked += [(a * b - c * d) / (a + b + c + d) for (a, b), (c, d) in product(pairs, pairs)]
    least = float(max(asked))
    lowest = max([most - least, *((a - least) * (b - least) for a, b in pairs)])
    highest = min([most + least, *((a + least) * (b + least) for a, b in pairs)])
    ratio = (lowest + highest) / 2  # one number, but for rounding
    low, high = np.ones(len(to_others)), np.ones(len(to_others))
    low[best] = high[best] = ratio
    for j, (a, b) in zip(others, pairs, strict=True):
        ends = max(b - least, ratio / (a + least)), min(b + least, ratio / (a - least))
        low[j], high[j] = min(ends), max(ends)
    return least, low / (low + high.sum() - high), high / (high + low.sum() - low)


def _largest(most: float) -> float:
    """Return the largest deviation that there can be, the consistency index of the method."""
    return (1 + 2 * most - sqrt(1 + 8 * most)) / 2
