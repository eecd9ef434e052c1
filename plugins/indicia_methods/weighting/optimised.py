"""Weights by which indicators have the intended correlations with the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Property, Weighting, Weights
from indicia_methods.principal_components import refuse_dependent
from indicia_methods.weighting.directed import complete_deviations, complete_range
from indicia_methods.weighting.judged import refuse

if TYPE_CHECKING:
    from indicia.methods import Array, Indicators
    from indicia_methods.arrays import Mask

_ROUNDING = 1e-12


@dataclass(frozen=True)
class Optimised(Weighting):
    """Weigh so that the correlations of the indicators with their weighted mean match a target.

    `balance` minimises the squared differences between the shares of the correlations and the target. No weight is
    negative, so the target may be missed; the method reports the mean squared miss. `information` maximises the sum of
    the correlations, which the weights 1 / standard deviation do.
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
        Literal["balance", "information"],
        Field(description="correlations close to the target, or correlations with the largest sum"),
    ] = "balance"
    target: Annotated[
        Literal["equal", "given"], Field(description="equal importance, or that of the weights in the index file")
    ] = "equal"

    def weigh(self, indicators: Indicators) -> Weights:
        names = indicators.names
        units = indicators.count_complete()
        if units <= len(names):
            raise ValueError(
                f"{units} units with all components are too few to weigh {len(names)} components: take more units"
            )
        low, high = complete_range(indicators)
        refuse(names, ~(high > low), "every component must vary")
        correlation = indicators.correlation(rows="complete")
        refuse_dependent(names, correlation)  # several weights would be optimal
        target = (
            indicators.given / indicators.given.sum() if self.target == "given" else np.full(len(names), 1 / len(names))
        )
        standardised = (
            np.ones(len(names)) if self.objective == "information" else _balanced_weights(correlation, target)
        )
        covariances = correlation @ standardised
        correlations = covariances / np.sqrt(standardised @ covariances)
        facts: dict[str, float | str] = {"sum of correlations": float(correlations.sum())}
        if self.objective == "balance":
            misses = target - correlations / correlations.sum()
            facts["missed target"] = float(np.where(np.abs(misses) > _ROUNDING, misses**2, 0.0).mean())
        facts |= {f"correlation of {name}": float(value) for name, value in zip(names, correlations, strict=True)}
        return Weights(standardised * _inverse_deviations(indicators, np.maximum(high, -low)), facts)


def _inverse_deviations(indicators: Indicators, largest: Array) -> Array:
    """Return values proportional to 1 / standard deviation; scaled first, since squares may overflow."""
    _, deviation = complete_deviations(indicators, lambda values: values / largest)
    smallest = (deviation * largest).min()
    inverse: Array = (smallest / largest) / deviation
    return inverse


def _balanced_weights(correlation: Array, target: Array) -> Array:
    """Return non-negative weights u of the standardised indicators whose correlations have shares nearest the target t.

    u are the weights times standard deviations. The shares are R u / 1'R u, and the size of u is free. So the minimum
    under 1'R u = 1 is that of |R u - t 1'R u|² + (1'R u - 1)², a linear least squares problem.
    """
    sums = correlation.sum(axis=0)
    system = np.vstack([correlation - np.outer(target, sums), sums])
    right = np.append(np.zeros(len(target)), 1.0)
    solution = _non_negative(system, right)
    if not sums @ solution > _ROUNDING:
        raise ValueError("no weights give a positive sum of correlations: check the directions of the indicators")
    return solution


def _non_negative(system: Array, right: Array) -> Array:
    """Solve non-negative least squares by the active set method of Lawson & Hanson (1974)."""
    size = system.shape[1]
    solution = np.zeros(size)
    free: Mask = np.zeros(size, dtype=bool)
    scale = np.abs(system).max()
    for _ in range(30 * size):
        gradient = system.T @ (right - system @ solution)
        bound = ~free & (gradient > _ROUNDING * scale)
        if not bound.any():
            break
        free[np.flatnonzero(bound)[gradient[bound].argmax()]] = True
        while True:
            step = np.zeros(size)
            step[free] = np.linalg.lstsq(system[:, free], right, rcond=None)[0]
            negative = free & (step <= 0)
            if not negative.any():
                break
            ratio = solution[negative] / (solution[negative] - step[negative])
            solution = solution + ratio.min() * (step - solution)
            free &= solution > _ROUNDING * max(solution.max(), 1e-300)
            solution[~free] = 0.0
        solution = step
    return solution
