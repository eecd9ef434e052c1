"""Agreement of rankings by the differences of ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import Agreement, JointAgreement

if TYPE_CHECKING:
    from indicia.methods import Array


@dataclass(frozen=True)
class Spearman(Agreement):
    """Take the Pearson correlation of the ranks. With ties it differs from 1 - 6 Σ d² / (n³ - n)."""

    name = "spearman"
    reference = "Spearman (1904), American Journal of Psychology 15(1)"
    formula = (
        r"\rho = \frac{\sum_i (x_i - m)(y_i - m)}{\sqrt{\sum_i (x_i - m)^2 \sum_i (y_i - m)^2}}, "
        r"\quad m = \frac{n + 1}{2}"
    )

    def measure(self, first: Array, others: Array) -> Array:
        middle = (len(first) + 1) / 2
        x, y = first - middle, others - middle
        rho: Array = (x * y).sum(axis=-1) / np.sqrt((x**2).sum() * (y**2).sum(axis=-1))
        return rho


@dataclass(frozen=True)
class WeightedSpearman(Agreement):
    """Weigh squared differences of ranks by the nearness of both ranks to the top."""

    name = "weighted_spearman"
    reference = "Pinto da Costa & Soares (2005), Australian & New Zealand Journal of Statistics 47(4)"
    formula = (
        r"r_W = 1 - \frac{6 \sum_i (x_i - y_i)^2 \left( (n - x_i + 1) + (n - y_i + 1) \right)}{n^4 + n^3 - n^2 - n}"
    )

    def measure(self, first: Array, others: Array) -> Array:
        n = float(len(first))
        weighted: Array = ((first - others) ** 2 * ((n - first + 1) + (n - others + 1))).sum(axis=-1)
        return 1 - 6 * weighted / (n**4 + n**3 - n**2 - n)


@dataclass(frozen=True)
class Ws(Agreement):
    """Weigh a difference of ranks by the rank in the first ranking: each rank has half the weight of the rank before.

    The measure is not symmetric: the first ranking is the reference.
    """

    name = "ws"
    reference = "Sałabun & Urbaniak (2020), ICCS 2020, Lecture Notes in Computer Science 12138"
    formula = r"WS = 1 - \sum_i 2^{-x_i} \frac{|x_i - y_i|}{\max(|x_i - 1|, |x_i - n|)}"

    def measure(self, first: Array, others: Array) -> Array:
        furthest = np.maximum(np.abs(first - 1), np.abs(first - len(first)))
        weighted: Array = (2.0**-first * np.abs(first - others) / furthest).sum(axis=-1)
        return 1 - weighted


@dataclass(frozen=True)
class Footrule(Agreement):
    """Add up the absolute differences of ranks, a distance (0 for equal rankings)."""

    name = "footrule"
    reference = "Spearman (1906), British Journal of Psychology 2(1); Diaconis & Graham (1977), JRSS B 39(2)"
    formula = r"F = <normalised>\sum_i |x_i - y_i|"
    variants = {
        "normalised": {
            False: "",
            True: r"\frac{1}{\lfloor n^2 / 2 \rfloor} ",
        },
    }
    distance = True

    normalised: Annotated[bool, Field(description="divide by ⌊n²/2⌋, the sum for the reverse ranking")] = False

    def measure(self, first: Array, others: Array) -> Array:
        differences: Array = np.abs(first - others).sum(axis=-1)
        return differences / (len(first) ** 2 // 2) if self.normalised else differences


@dataclass(frozen=True)
class KendallW(JointAgreement):
    """Divide the variation of the rank sums by their variation for equal rankings, corrected for ties."""

    name = "kendall_w"
    reference = "Kendall & Babington Smith (1939), Annals of Mathematical Statistics 10(3)"
    formula = r"W = \frac{12 \sum_i (R_i - \bar R)^2}{m^2 (n^3 - n) - m \sum_t (t^3 - t)}, \quad R_i = \sum_j x_{ji}"

    def concord(self, rankings: Array) -> float:
        middle = (rankings.shape[1] + 1) / 2
        sums = rankings.sum(axis=0)
        # the squares of a ranking sum to (n³ - n - Σ (t³ - t)) / 12
        squares = ((rankings - middle) ** 2).sum()
        return float(((sums - len(rankings) * middle) ** 2).sum() / (len(rankings) * squares))
