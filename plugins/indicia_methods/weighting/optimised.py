"""Weights that give indicators the importance they ought to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Property, Weighting, Weights
from indicia_methods.weighting.factors import refuse_dependent
from indicia_methods.weighting.judged import refuse

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array, Indicators

_NOTHING = 1e-12


@dataclass(frozen=True)
class Optimised(Weighting):
    """Weigh so that the correlations of the indicators with their weighted mean are as they ought to be.

    `balance` makes the shares of the correlations nearest to the target; none is negative, so that the target may be
    missed, and the result says by how much. Shares of correlations are linear in the weights once these are scaled, so
    the least squares are found exactly. `information` makes the sum of the correlations largest, which weights of 1 /
    standard deviation do.
    """

    name = "optimised"
    reference = (
        "Becker, Saisana, Paruolo & Vandecasteele (2017), Ecological Indicators 80, doi:10.1016/j.ecolind.2017.03.056; "
        "Lawson & Hanson (1974), Solving Least Squares Problems"
    )
    formula = "<objective>"
    variants = {
        "objective": {
            "balance": (
                r"\min_{w \ge 0} \sum_j \Bigl(t_j - \frac{r_j}{\sum_l r_l}\Bigr)^2, \quad r_j = "
                r"\operatorname{corr}\Bigl(z_j, \sum_l w_l z_l\Bigr), \quad t_j = <target>"
            ),
            "information": (
                r"\max_w \sum_j r_j, \quad r_j = \operatorname{corr}\Bigl(z_j, \sum_l w_l z_l\Bigr), \quad w_j = "
                r"\frac{1}{s_{z_j}}"
            ),
        },
        "target": {
            "equal": r"\frac1k",
            "given": r"\frac{\text{weight}_j}{\sum_l \text{weight}_l}",
        },
    }
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    objective: Annotated[
        Literal["balance", "information"], Field(description="correlations as the target has them, or large ones")
    ] = "balance"
    target: Annotated[
        Literal["equal", "given"], Field(description="the same importance, or that of the weights in the index file")
    ] = "equal"

    def weigh(self, indicators: Indicators) -> Weights:
        names = indicators.names
        values = indicators.matrix()
        values = values[~np.isnan(values).any(axis=1)]
        if len(values) <= len(names):
            raise ValueError(
                f"to weigh {len(names)} components takes more units than that, and {len(values)} have all of them"
            )
        varying = values.max(axis=0) > values.min(axis=0)
        refuse(names, ~varying, "components must vary")
        correlation = indicators.correlation(rows="complete")
        refuse_dependent(names, correlation)  # else several weights would be the best
        target = (
            indicators.given / indicators.given.sum() if self.target == "given" else np.full(len(names), 1 / len(names))
        )
        standardised = np.ones(len(names)) if self.objective == "information" else _balanced(correlation, target)
        together = correlation @ standardised
        found = together / np.sqrt(standardised @ together)
        facts: dict[str, float | str] = {"sum of correlations": float(found.sum())}
        if self.objective == "balance":
            off = target - found / found.sum()
            facts["missed target"] = float(np.where(np.abs(off) > _NOTHING, off**2, 0.0).mean())
        facts |= {f"correlation of {name}": float(one) for name, one in zip(names, found, strict=True)}
        return Weights(standardised * _inverse(values), facts)


def _inverse(values: Array) -> Array:
    """Return the inverse standard deviations, but for a factor; squares of very large values would be no numbers."""
    size = np.abs(values).max(axis=0)
    deviation = (values / size).std(axis=0)
    smallest = (deviation * size).min()
    inverse: Array = (smallest / size) / deviation
    return inverse


def _balanced(correlation: Array, target: Array) -> Array:
    """Return weights of standardised indicators, not negative, by which shares of correlations are nearest the target.

    With u for the weights times deviations, shares are R u / 1'R u. Among u with 1'R u = 1 the distance is least where
    it is least of |R u - t 1'R u|² + (1'R u - 1)², but for the size of u.
    """
    sums = correlation.sum(axis=0)
    system = np.vstack([correlation - np.outer(target, sums), sums])
    wanted = np.append(np.zeros(len(target)), 1.0)
    found = _non_negative(system, wanted)
    if not sums @ found > _NOTHING:
        raise ValueError("no weights give the components a positive sum of correlations")
    return found


def _non_negative(system: Array, wanted: Array) -> Array:
    """Solve least squares with no negative solution (Lawson & Hanson 1974)."""
    size = system.shape[1]
    solution = np.zeros(size)
    free: npt.NDArray[np.bool_] = np.zeros(size, dtype=bool)
    scale = np.abs(system).max()
    for _ in range(30 * size):
        pull = system.T @ (wanted - system @ solution)
        held = ~free & (pull > _NOTHING * scale)
        if not held.any():
            break
        free[np.flatnonzero(held)[pull[held].argmax()]] = True
        while True:
            step = np.zeros(size)
            step[free] = np.linalg.lstsq(system[:, free], wanted, rcond=None)[0]
            below = free & (step <= 0)
            if not below.any():
                break
            ratio = solution[below] / (solution[below] - step[below])
            solution = solution + ratio.min() * (step - solution)
            free &= solution > _NOTHING * max(solution.max(), 1e-300)
            solution[~free] = 0.0
        solution = step
    return solution
