"""Weights that serve the scores and the data at once, found by optimisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from indicia.errors import require_optional
from indicia.methods import Property, Weighting, Weights
from indicia_methods.weighting.directed import costs, refuse_without_ratio

if TYPE_CHECKING:
    from indicia.methods import Array, Indicators

_NEAR, _EXACT = 1e-6, 1e-10
_ROUNDS = 200


@dataclass(frozen=True)
class Seca(Weighting):
    """Weigh so that the worst unit scores well, and weights stay near those of deviation and of conflict (SECA).

    Needs scipy. Raw values are divided by the largest, or the smallest by a cost. σ are the standard deviations of
    these, π the sums of 1 - r, both scaled to sum 1; a larger β holds the weights nearer to them. The programme is
    strictly convex, so its weights are unique; of many units only those are looked at that can be the worst.
    """

    name = "seca"
    reference = "Keshavarz-Ghorabaee, Amiri, Zavadskas, Turskis & Antucheviciene (2018), Informatica 29(2)"
    formula = (
        r"\max_w \min_i \sum_j w_j x_{ij} - \beta \sum_j \bigl((w_j - \sigma_j)^2 + (w_j - \pi_j)^2\bigr), \quad "
        r"\sum_j w_j = 1, \quad w_j \ge \varepsilon"
    )
    symbols = {"beta": r"\beta", "least": r"\varepsilon"}
    properties = frozenset({Property.SCALE_INVARIANT})

    beta: Annotated[float, Field(gt=0, description="how much nearness to the data counts")] = 3.0
    least: Annotated[float, Field(ge=0, lt=1, description="ε, the least weight")] = 1e-3

    def weigh(self, indicators: Indicators) -> Weights:
        raw = indicators.on("raw")
        refuse_without_ratio(raw)
        values = raw.matrix()
        values = values[~np.isnan(values).any(axis=1)]
        size = values.shape[1]
        if len(values) < 2:
            raise ValueError("fewer than two units have all components")
        if self.least * size >= 1:
            raise ValueError(f"{size} weights of {self.least:g} or more do not sum to 1")
        cost = costs(raw)
        high = values.max(axis=0)
        ratios = values / np.where(high > 0, high, 1.0)
        ratios[:, cost] = values[:, cost].min(axis=0) / values[:, cost]
        wanted = _wanted(ratios)
        weights, score = self._solved(ratios, wanted)
        return Weights(weights, {"score of the worst unit": score})

    def _solved(self, ratios: Array, wanted: Array) -> tuple[Array, float]:
        """Solve the programme for the units that are the worst so far, until no other one is worse."""
        low = np.full(len(wanted), self.least)
        weights = low + (1 - low.sum()) / len(low)
        chosen: list[int] = []
        for _ in range(_ROUNDS):
            scores = ratios @ weights
            worst = int(scores.argmin())
            if chosen and scores[worst] >= scores[chosen].min() - _EXACT:
                return weights, float(scores[worst])
            chosen.append(worst)
            weights = self._programme(ratios[chosen], wanted, weights)
        raise ValueError("the programme was not solved")

    def _programme(self, units: Array, wanted: Array, start: Array) -> Array:
        size = len(wanted)

        def objective(at: Array) -> tuple[float, Array]:
            off = at[:-1] - wanted
            return 2 * self.beta * float(off @ off) - at[-1], np.append(4 * self.beta * off, -1.0)

        slack = np.hstack([units, -np.ones((len(units), 1))])
        total = np.append(np.ones(size), 0.0)
        found = require_optional("scipy.optimize", "seca", "scipy").minimize(
            objective,
            np.append(start, (units @ start).min()),
            jac=True,
            method="SLSQP",
            bounds=[(self.least, 1.0)] * size + [(None, None)],
            constraints=[
                {"type": "ineq", "fun": lambda at: slack @ at, "jac": lambda _: slack},
                {"type": "eq", "fun": lambda at: total @ at - 1, "jac": lambda _: total},
            ],
            options={"ftol": 1e-14, "maxiter": 500},
        )
        near: Array = found.x[:-1]
        scores = units @ near
        return self._exact(units, wanted, near, scores <= scores.min() + _NEAR, near <= self.least + _NEAR)

    def _exact(self, units: Array, wanted: Array, near: Array, worst: Any, least: Any) -> Array:
        """Solve the conditions of the optimum for the units that are the worst and the weights that are the least."""
        size = len(wanted)
        bound, held = units[worst], np.eye(size)[least]
        rows, number = len(bound), len(held)
        system = np.zeros((size + rows + number + 2, size + rows + number + 2))
        right = np.concatenate([4 * self.beta * wanted, np.zeros(rows), np.full(number, self.least), [1.0, 1.0]])
        t, nu = size + rows + number, size + rows + number + 1
        w, p, mu = slice(0, size), slice(size, size + rows), slice(size + rows, t)
        system[w, w] = 4 * self.beta * np.eye(size)
        system[w, p], system[w, mu], system[w, nu] = -bound.T, -held.T, 1.0
        system[p, w], system[p, t] = bound, -1.0
        system[mu, w] = held
        system[t, w] = 1.0
        system[nu, p] = 1.0
        solved = np.linalg.lstsq(system, right, rcond=None)[0]
        exact = solved[w]
        fits = (
            np.abs(system @ solved - right).max() < _EXACT
            and np.abs(exact - near).max() < 100 * _NEAR
            and solved[p].min() > -_NEAR
        )
        return np.clip(exact, self.least, None) if fits else near


def _wanted(ratios: Array) -> Array:
    """Return the mean of the weights by deviation and by conflict."""
    centred = ratios - ratios.mean(axis=0)
    deviation = np.sqrt((centred**2).mean(axis=0))
    if not deviation.sum() > 0:
        raise ValueError("no component varies")
    scaled = np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-15)
    correlation = scaled.T @ scaled / len(scaled)
    np.fill_diagonal(correlation, 1.0)
    conflict = (1 - correlation).sum(axis=1).clip(0.0)
    if not conflict.sum() > 1e-12:
        raise ValueError("all components go together entirely, so that there is no conflict to weigh by")
    wanted: Array = (deviation / deviation.sum() + conflict / conflict.sum()) / 2
    return wanted
