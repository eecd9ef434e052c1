"""Weights from other weightings, nested in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Property, Weighting, Weights, where

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array, Expression, Indicators, Statistics


_NOTHING = 1e-12


@dataclass(frozen=True)
class Combination(Weighting):
    """Combine the weights that several other weightings give, say those of judges with those of the data.

    `additive` and `least_squares` take the mean of the weights (which is what the sum of squared distances is least
    of), `multiplicative` their product and `geometric` their geometric mean, both scaled. `game_theory` takes the
    mixture that no weighting can bring nearer to itself by changing its own share alone, an equilibrium; shares that
    come out negative are refused, unless it is to be the equilibrium without such shares. `distance` mixes two
    weightings by shares that differ by their distance, the first having the larger; `deviation_maximisation` shares in
    proportion to how far apart they put the units.
    """

    name = "combination"
    reference = "R package mathmodels (zhjx19/mathmodels), combine_weights(); Nash (1951), Annals of Mathematics 54(2)"
    formula = "<rule>"
    symbols = {"of": "w_l", "shares": "a_l"}
    variants = {
        "rule": {
            "additive": r"w = \sum_l a_l w_l",
            "least_squares": r"w = \sum_l a_l w_l",
            "multiplicative": r"w_j = \prod_l w_{lj}",
            "geometric": r"w_j = \prod_l w_{lj}^{a_l}",
            "game_theory": r"w = \sum_l a_l w_l, \quad \sum_l (w_k \cdot w_l) a_l = w_k \cdot w_k",
            "distance": (
                r"w = \frac{(1 + d) w_1 + (1 - d) w_2}{2}, \quad d = \sqrt{\tfrac12 \sum_j (w_{1j} - w_{2j})^2}"
            ),
            "deviation_maximisation": (
                r"w = \sum_l a_l w_l, \quad a_l \propto \sum_j w_{lj} \sum_{i, k} |z_{ij} - z_{kj}|"
            ),
        },
    }
    example = "combination(of=[equal, standard_deviation])"
    properties = frozenset[Property]()

    of: Annotated[list[Weighting], Field(min_length=2, description="the weightings: [entropy, critic]")]
    rule: Annotated[
        Literal[
            "additive",
            "multiplicative",
            "geometric",
            "game_theory",
            "least_squares",
            "distance",
            "deviation_maximisation",
        ],
        Field(description="how one weight follows from several"),
    ] = "additive"
    shares: Annotated[
        list[float] | None,
        Field(description="how much each counts with additive, least_squares and geometric; the same if not given"),
    ] = None

    negative: Annotated[
        Literal["refuse", "zero"],
        Field(description="game_theory: a share that would be negative is an error, or 0, and so are the others found"),
    ] = "refuse"

    def __post_init__(self) -> None:
        if self.negative != "refuse" and self.rule != "game_theory":
            raise ValueError(f"rule = {self.rule} has no negative shares")
        if self.rule == "distance" and len(self.of) != 2:
            raise ValueError(f"rule = distance mixes two weightings, not {len(self.of)}")
        if self.shares is not None:
            if self.rule not in ("additive", "least_squares", "geometric"):
                raise ValueError(f"rule = {self.rule} finds the shares itself")
            if len(self.shares) != len(self.of):
                raise ValueError(f"there are {len(self.of)} weightings and {len(self.shares)} shares")
            if min(self.shares) < 0 or not sum(self.shares) > 0:
                raise ValueError("shares must not be negative, nor all zero")

    @property
    def settings(self) -> dict[str, Any]:
        given = self.shares
        if given is None and self.rule in ("additive", "least_squares", "geometric"):
            given = [1.0] * len(self.of)
        return {**self.parameters, "shares": None if given is None else [share / sum(given) for share in given]}

    @property
    def depends_on_order(self) -> bool:  # type: ignore[override]
        return any(one.depends_on_order for one in self.of)

    def weigh(self, indicators: Indicators) -> Weights:
        names = _called(self.of)
        facts: dict[str, float | str] = {}
        warnings, rows = [], []
        for name, method in zip(names, self.of, strict=True):
            one = _scaled(name, method, indicators)
            rows.append(one.values)
            facts |= {f"{name}: {fact}": value for fact, value in one.facts.items()}
            warnings += [f"{name}: {one.warning}"] if one.warning else []
        found = np.array(rows)
        if self.rule == "multiplicative":
            weights, told = np.exp(_logs(found).sum(axis=0)), None
        else:
            told = self._mixture(found, names, indicators)
            weights = np.exp(_logs(found).T @ told) if self.rule == "geometric" else told @ found
        if not weights.sum() > 0:
            raise ValueError(f"no component has a weight of all of {', '.join(names)}")
        if told is not None:
            facts = {**{f"share of {name}": float(one) for name, one in zip(names, told, strict=True)}, **facts}
        return Weights(weights, facts, "; ".join(warnings) or None)

    def _mixture(self, found: Array, names: Sequence[str], indicators: Indicators) -> Array:
        if self.rule == "game_theory":
            return _equilibrium(found, names, held=self.negative == "zero")
        if self.rule == "distance":
            distance = np.sqrt(((found[0] - found[1]) ** 2).sum() / 2)
            return np.array([1 + distance, 1 - distance]) / 2
        given = np.ones(len(found)) if self.shares is None else np.array(self.shares, dtype=float)
        if self.rule == "deviation_maximisation":
            apart = indicators.each(_deviation)
            if not np.isfinite(apart).all():
                raise ValueError("the differences of units are too large to be added up: choose a normalisation")
            given = found @ apart
            if not given.sum() > 0:
                raise ValueError("no units differ in a component that has a weight")
        mixture: Array = given / given.sum()
        return mixture


def _scaled(name: str, method: Weighting, indicators: Indicators) -> Weights:
    """Return what a weighting gives, scaled to sum 1; ValueError where the core would refuse it."""
    try:
        told = method.weigh(indicators)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    one = told if isinstance(told, Weights) else Weights(told)
    values = np.asarray(one.values, dtype=float)
    if not np.isfinite(values).all() or not values.sum() > 0:
        raise ValueError(f"{name} has no weights for {', '.join(indicators.names)}")
    if (values < 0).any():
        negative = [part for part, value in zip(indicators.names, values, strict=True) if value < 0]
        raise ValueError(f"{name} gives a negative weight to {', '.join(negative)}")
    return Weights(values / values.sum(), one.facts, one.warning)


def _equilibrium(found: Array, names: Sequence[str], *, held: bool) -> Array:
    products = found @ found.T
    if np.linalg.matrix_rank(products, tol=1e-12 * np.diag(products).max()) < len(found):
        raise ValueError(f"the weights of {', '.join(names)} follow from each other: leave one out")
    shares = _best_responses(products) if held else np.linalg.solve(products, np.diag(products))
    negative = [name for name, share in zip(names, shares, strict=True) if share < -_NOTHING]
    if negative:
        raise ValueError(
            f"the share of {', '.join(negative)} comes out negative, so that the equilibrium is no mixture: leave out "
            'one of the weightings, choose negative = "zero" or another rule'
        )
    clipped = shares.clip(0.0)
    mixture: Array = clipped / clipped.sum()
    return mixture


def _best_responses(products: Array) -> Array:
    """Return the shares of the equilibrium in which none is negative: Murty (1974), Mathematical Programming 7."""
    own = np.diag(products)
    taken = np.ones(len(products), dtype=np.bool_)
    while True:
        shares = np.zeros(len(products))
        shares[taken] = np.linalg.solve(products[np.ix_(taken, taken)], own[taken])
        gains = own - products @ shares  # of a larger share
        wrong = np.flatnonzero(np.where(taken, shares < -_NOTHING, gains > _NOTHING * own.max()))
        if not len(wrong):
            return shares
        taken[wrong[0]] ^= True


def _deviation(x: Expression, s: Statistics) -> Expression:
    """Return the sum of the differences of all pairs of units, by sorting."""
    above = x - s.min  # differences stay, and do not drown in the sums
    differences = (s.count + 1) * s(above.sum()) - 2 * s(above.sort().cum_sum().sum())
    return where(s.max > s.min, differences, 0.0)


def _logs(found: Array) -> Array:
    with np.errstate(divide="ignore"):
        logs: Array = np.log(np.maximum(found, 1e-300))
    return np.where(found > 0, logs, -1e6)  # e^-1e6 is 0, and its multiples are numbers


def _called(methods: Sequence[Weighting]) -> list[str]:
    """Return a name for each method: its own, with parameters where the name is there twice."""
    names = [method.name for method in methods]
    return [str(method) if names.count(name) > 1 else name for name, method in zip(names, methods, strict=True)]
