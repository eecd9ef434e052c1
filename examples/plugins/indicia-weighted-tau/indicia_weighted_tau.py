"""The weighted tau of Vigna, an agreement of rankings for Indicia."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.catalogue import hookimpl
from indicia.methods import Agreement, Array, WorkedExample

indicia_contract = 2

SCIPY = "SciPy 1.17, documentation of scipy.stats.weightedtau, examples"
RANKINGS = {"unit": ["A", "B", "C", "D", "E"], "first": [1.5, 3.5, 5, 1.5, 3.5], "second": [3.5, 2, 1, 3.5, 5]}
"""The ranks of the scores (12, 2, 1, 12, 2) and (1, 4, 7, 1, 0)."""


@dataclass(frozen=True)
class WeightedTau(Agreement):
    """Subtract discordant from concordant pairs, where a pair counts for more if its units are near the top.

    The result is the mean of two coefficients: one takes the weights from the first ranking, and the other one from
    the second. Units that tie in this ranking are ordered by the other ranking.
    """

    name = "weighted_tau"
    reference = "Vigna (2015), 24th International Conference on World Wide Web, doi:10.1145/2736277.2741088"
    formula = (
        r"\tau = \frac{\langle x, y \rangle}{\sqrt{\langle x, x \rangle \langle y, y \rangle}}, \quad"
        r" \langle x, y \rangle = \sum_{i < j} <pair> \operatorname{sgn}(x_i - x_j) \operatorname{sgn}(y_i - y_j),"
        r" \quad f(r) = <weigher>"
    )
    variants = {
        "pair": {"add": r"(f(r_i) + f(r_j))", "multiply": r"f(r_i) f(r_j)"},
        "weigher": {
            "hyperbolic": r"\frac{1}{r}",
            "logarithmic": r"\frac{1}{\log_2 (r + 1)}",
            "quadratic": r"\frac{1}{r^2}",
            "constant": "1",
        },
    }
    minimum_units = 2
    worked_examples = (
        WorkedExample(table=RANKINGS, expected={"with": {"second": -0.56694968153682723}}, source=SCIPY),
        WorkedExample(
            table=RANKINGS,
            expected={"with": {"second": -0.62205716951801038}},
            source=SCIPY,
            parameters={"pair": "multiply"},
        ),
        WorkedExample(
            table=RANKINGS,
            expected={"with": {"second": -0.47140452079103173}},
            source=f"{SCIPY}: Kendall's tau_b",
            parameters={"weigher": "constant"},
        ),
    )

    weigher: Annotated[
        Literal["hyperbolic", "logarithmic", "quadratic", "constant"],
        Field(description="the weight of a unit as a function of its rank"),
    ] = "hyperbolic"
    pair: Annotated[
        Literal["add", "multiply"], Field(description="the weight of a pair: the sum or the product of both weights")
    ] = "add"

    def measure(self, first: Array, others: Array) -> Array:
        return np.array([self._mean_of_both(first, other) for other in others])

    def _mean_of_both(self, x: Array, y: Array) -> float:
        return (self._coefficient(x, y, np.lexsort((y, x))) + self._coefficient(x, y, np.lexsort((x, y)))) / 2

    def _coefficient(self, x: Array, y: Array, order: Array) -> float:
        """Compute the coefficient with the weights of this order: its first unit has the largest weight."""
        weights = np.empty(len(x))
        weights[order] = self._weights(np.arange(1.0, len(x) + 1))
        xy = xx = yy = 0.0
        for x_i, y_i, weight in zip(x, y, weights, strict=True):  # one unit at a time: memory holds no table of pairs
            pairs = weight + weights if self.pair == "add" else weight * weights
            sign_x, sign_y = np.sign(x_i - x), np.sign(y_i - y)
            xy += pairs @ (sign_x * sign_y)
            xx += pairs @ np.abs(sign_x)
            yy += pairs @ np.abs(sign_y)
        return float(np.divide(xy, np.sqrt(xx * yy)))

    def _weights(self, ranks: Array) -> Array:
        match self.weigher:
            case "hyperbolic":
                return 1 / ranks
            case "logarithmic":
                return 1 / np.log2(ranks + 1)
            case "quadratic":
                return 1 / ranks**2
            case "constant":
                return np.ones_like(ranks)


@hookimpl
def indicia_agreements() -> list[type[Agreement]]:
    """Offer the method."""
    return [WeightedTau]
