"""Weights that optimise the scores and the weights at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from indicia.errors import require_optional
from indicia.methods import Property, Weighting, Weights
from indicia_methods.weighting.directed import complete_deviations, complete_range, is_cost, refuse_without_ratio

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Array, Indicators

    Ratios = Callable[[Array], Array]

_TOLERANCE, _EXACT = 1e-6, 1e-10
_ROUNDS = 200


@dataclass(frozen=True)
class Seca(Weighting):
    """Maximise the score of the worst unit, with weights near those of standard deviation and of conflict (SECA).

    Needs scipy. A benefit is divided by its largest raw value; the smallest raw value is divided by a cost. σ are the
    standard deviations of these ratios and π the sums of 1 - r, both scaled to sum 1. A larger β keeps the weights
    nearer to σ and π. The problem is strictly concave, so its weights are unique.
    """

    name = "seca"
    reference = "Keshavarz-Ghorabaee, Amiri, Zavadskas, Turskis & Antucheviciene (2018), Informatica 29(2)"
    formula = (
        r"\max_w \min_i \sum_j w_j x_{ij} - \beta \sum_j \bigl((w_j - \sigma_j)^2 + (w_j - \pi_j)^2\bigr), \quad "
        r"\sum_j w_j = 1, \quad w_j \ge \varepsilon"
    )
    symbols = {"beta": r"\beta", "least": r"\varepsilon"}
    properties = frozenset({Property.SCALE_INVARIANT})

    beta: Annotated[float, Field(gt=0, description="importance of the distance to σ and π")] = 3.0
    least: Annotated[float, Field(ge=0, lt=1, description="ε, the least weight")] = 1e-3

    def weigh(self, indicators: Indicators) -> Weights:
        raw = indicators.on("raw")
        refuse_without_ratio(raw)
        low, high = complete_range(raw)
        size = len(low)
        if self.least * size >= 1:
            raise ValueError(f"{size} weights of {self.least:g} or more exceed a sum of 1: choose a smaller least")
        cost = is_cost(raw)

        def ratios(values: Array) -> Array:
            result = values / np.where(high > 0, high, 1.0)
            result[:, cost] = low[cost] / values[:, cost]
            return result

        reference = _reference_weights(raw, ratios)
        weights, score = self._solve(raw, ratios, reference)
        return Weights(weights, {"score of the worst unit": score})

    def _solve(self, raw: Indicators, ratios: Ratios, reference: Array) -> tuple[Array, float]:
        """Solve for the units that were the worst at earlier weights, and add the worst unit until it is among them."""
        low = np.full(len(reference), self.least)
        weights = low + (1 - low.sum()) / len(low)
        units = np.empty((0, len(low)))
        for _ in range(_ROUNDS):
            score, *worst = raw.reduce(partial(_worst_unit, ratios, weights), _worse)
            if len(units) and score >= (units @ weights).min() - _EXACT:
                return weights, float(score)
            units = np.vstack([units, worst])
            weights = self._solve_units(units, reference, weights)
        raise ValueError(f"no optimum after {_ROUNDS} rounds: choose another beta or least")

    def _solve_units(self, units: Array, reference: Array, start: Array) -> Array:
        size = len(reference)

        def objective(point: Array) -> tuple[float, Array]:
            difference = point[:-1] - reference
            return 2 * self.beta * float(difference @ difference) - point[-1], np.append(
                4 * self.beta * difference, -1.0
            )

        slack = np.hstack([units, -np.ones((len(units), 1))])
        total = np.append(np.ones(size), 0.0)
        solution = require_optional("scipy.optimize", "seca", "scipy").minimize(
            objective,
            np.append(start, (units @ start).min()),
            jac=True,
            method="SLSQP",
            bounds=[(self.least, 1.0)] * size + [(None, None)],
            constraints=[
                {"type": "ineq", "fun": lambda point: slack @ point, "jac": lambda _: slack},
                {"type": "eq", "fun": lambda point: total @ point - 1, "jac": lambda _: total},
            ],
            options={"ftol": 1e-14, "maxiter": 500},
        )
        approximate: Array = solution.x[:-1]
        scores = units @ approximate
        return self._polish(
            units, reference, approximate, scores <= scores.min() + _TOLERANCE, approximate <= self.least + _TOLERANCE
        )

    def _polish(self, units: Array, reference: Array, approximate: Array, is_worst: Any, is_least: Any) -> Array:
        """Solve the optimality conditions (KKT), given the worst units and the weights at their lower bound."""
        size = len(reference)
        worst_units, at_least = units[is_worst], np.eye(size)[is_least]
        rows, bounds = len(worst_units), len(at_least)
        system = np.zeros((size + rows + bounds + 2, size + rows + bounds + 2))
        right = np.concatenate([4 * self.beta * reference, np.zeros(rows), np.full(bounds, self.least), [1.0, 1.0]])
        t, nu = size + rows + bounds, size + rows + bounds + 1
        w, p, mu = slice(0, size), slice(size, size + rows), slice(size + rows, t)
        system[w, w] = 4 * self.beta * np.eye(size)
        system[w, p], system[w, mu], system[w, nu] = -worst_units.T, -at_least.T, 1.0
        system[p, w], system[p, t] = worst_units, -1.0
        system[mu, w] = at_least
        system[t, w] = 1.0
        system[nu, p] = 1.0
        solution = np.linalg.lstsq(system, right, rcond=None)[0]
        exact = solution[w]
        is_solution = (
            np.abs(system @ solution - right).max() < _EXACT
            and np.abs(exact - approximate).max() < 100 * _TOLERANCE
            and solution[p].min() > -_TOLERANCE
        )
        return np.clip(exact, self.least, None) if is_solution else approximate


def _worst_unit(ratios: Ratios, weights: Array, values: Array) -> Array:
    """Return the score of the worst unit, and its ratios; an infinite score if there is no unit."""
    if not len(values):
        return np.full(len(weights) + 1, np.inf)
    x = ratios(np.ascontiguousarray(values))
    scores = x @ weights
    worst = int(scores.argmin())
    return np.append(scores[worst], x[worst])


def _worse(first: Array, second: Array) -> Array:
    return second if second[0] < first[0] else first


def _reference_weights(raw: Indicators, ratios: Ratios) -> Array:
    """Return (σ + π) / 2, the mean of the weights by deviation and by conflict."""
    mean, deviation = complete_deviations(raw, ratios)
    if not deviation.sum() > 0:
        raise ValueError("no component varies")

    def products(values: Array) -> Array:
        centred = ratios(np.ascontiguousarray(values)) - mean
        scaled = np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-15)
        return scaled.T @ scaled

    correlation = raw.reduce(products) / raw.count_complete()
    np.fill_diagonal(correlation, 1.0)
    conflict = (1 - correlation).sum(axis=1).clip(0.0)
    if not conflict.sum() > 1e-12:
        raise ValueError("all components are perfectly correlated, so there is no conflict: choose another weighting")
    reference: Array = (deviation / deviation.sum() + conflict / conflict.sum()) / 2
    return reference
