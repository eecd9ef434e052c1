"""Weights from several other weightings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Array, Expression, Indicators, Property, Statistics, Weighting, Weights, where

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods.contract import Cells, DetailTable


_ROUNDING = 1e-12


@dataclass(frozen=True)
class Combination(Weighting):
    """Combine the weights of several weightings, for example those of judges with those of the data.

    `additive` and `least_squares` take the mean of the weights, which minimises the sum of squared distances to them.
    `multiplicative` takes their product and `geometric` their geometric mean, both scaled to sum 1. `game_theory` takes
    an equilibrium: no weighting comes nearer to the mixture by a change of its own share alone. A negative share is an
    error, or `negative = "zero"` takes the equilibrium of non-negative shares. `distance` mixes two weightings; their
    shares differ by the distance of the weights, and the first has the larger share. `deviation_maximisation` mixes
    weightings in proportion to the differences between units that they put weight on.
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
    detail_tables = {
        "weights": "a component: its weight by each weighting; with game_theory also by the columns of the same names "
        "of shares",
        "shares": "a weighting: its share of the mixture; with game_theory the coefficient of the equilibrium, which "
        "may be negative, scaled to sum 1 (by_sum), and its absolute value scaled to sum 1 (by_absolute)",
    }

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
        Field(description="rule by which several weights become one"),
    ] = "additive"
    shares: Annotated[
        list[float] | None,
        Field(description="additive, least_squares, geometric: importance of each weighting; equal if omitted"),
    ] = None

    negative: Annotated[
        Literal["refuse", "zero"],
        Field(description="game_theory: refuse a negative share, or keep all shares at 0 or above"),
    ] = "refuse"

    def __post_init__(self) -> None:
        if self.negative != "refuse" and self.rule != "game_theory":
            raise ValueError(f"rule = {self.rule} has no negative shares")
        if self.rule == "distance" and len(self.of) != 2:
            raise ValueError(f"rule = distance mixes two weightings, not {len(self.of)}")
        if self.shares is not None:
            if self.rule not in ("additive", "least_squares", "geometric"):
                raise ValueError(f"rule = {self.rule} computes the shares itself: leave out shares")
            if len(self.shares) != len(self.of):
                raise ValueError(f"there are {len(self.of)} weightings and {len(self.shares)} shares")
            if min(self.shares) < 0 or not sum(self.shares) > 0:
                raise ValueError("shares must not be negative, nor all zero")

    @property
    def settings(self) -> dict[str, Any]:
        shares = self.shares
        if shares is None and self.rule in ("additive", "least_squares", "geometric"):
            shares = [1.0] * len(self.of)
        return {**self.parameters, "shares": None if shares is None else [share / sum(shares) for share in shares]}

    @property
    def depends_on_order(self) -> bool:  # type: ignore[override]
        return any(method.depends_on_order for method in self.of)

    @property
    def order_decides_ties(self) -> bool:  # type: ignore[override]
        return any(method.order_decides_ties for method in self.of)

    def weigh(self, indicators: Indicators) -> Weights:
        names = _labels(self.of)
        facts: dict[str, float | str] = {}
        warnings, rows = [], []
        for name, method in zip(names, self.of, strict=True):
            weights_of_method = _scaled_weights(name, method, indicators)
            rows.append(weights_of_method.values)
            facts |= {f"{name}: {fact}": value for fact, value in weights_of_method.facts.items()}
            warnings += [f"{name}: {weights_of_method.warning}"] if weights_of_method.warning else []
        weights_by_method = np.array(rows)
        if self.rule == "multiplicative":
            weights, shares = np.exp(_logs(weights_by_method).sum(axis=0)), None
        else:
            shares = self._mixture(weights_by_method, names, indicators)
            weights = (
                np.exp(_logs(weights_by_method).T @ shares) if self.rule == "geometric" else shares @ weights_by_method
            )
        if not weights.sum() > 0:
            raise ValueError(f"no component has a weight of all of {', '.join(names)}")
        if shares is not None:
            facts = {**{f"share of {name}": float(share) for name, share in zip(names, shares, strict=True)}, **facts}
        tables = self._tables(weights_by_method, shares, names, indicators.names)
        return Weights(weights, facts, "; ".join(warnings) or None, tables)

    def _tables(
        self, weights_by_method: Array, shares: Array | None, names: Sequence[str], components: Sequence[str]
    ) -> dict[str, DetailTable]:
        """Return the weights and the shares of the weightings."""
        weights: dict[str, Cells] = {"component": list(components), **dict(zip(names, weights_by_method, strict=True))}
        if shares is None:
            return {"weights": weights}
        mixture: dict[str, Cells] = {"weighting": list(names), "share": shares}
        if self.rule == "game_theory":
            coefficients = _coefficients(weights_by_method @ weights_by_method.T)
            mixture["coefficient"] = coefficients
            for name, size in (("by_sum", coefficients.sum()), ("by_absolute", np.abs(coefficients).sum())):
                scaled = (coefficients if name == "by_sum" else np.abs(coefficients)) / size
                mixture[name], weights[name] = scaled, scaled @ weights_by_method
        return {"weights": weights, "shares": mixture}

    def _mixture(self, weights_by_method: Array, names: Sequence[str], indicators: Indicators) -> Array:
        if self.rule == "game_theory":
            return _equilibrium(weights_by_method, names, non_negative=self.negative == "zero")
        if self.rule == "distance":
            distance = np.sqrt(((weights_by_method[0] - weights_by_method[1]) ** 2).sum() / 2)
            return np.array([1 + distance, 1 - distance]) / 2
        shares = np.ones(len(weights_by_method)) if self.shares is None else np.array(self.shares, dtype=float)
        if self.rule == "deviation_maximisation":
            differences = indicators.each(_sum_of_differences)
            if not np.isfinite(differences).all():
                raise ValueError("the differences between units are too large to add up: choose a normalisation")
            shares = weights_by_method @ differences
            if not shares.sum() > 0:
                raise ValueError("no units differ in a component that has a weight")
        mixture: Array = shares / shares.sum()
        return mixture


def _scaled_weights(name: str, method: Weighting, indicators: Indicators) -> Weights:
    """Return the weights of a weighting, scaled to sum 1; a ValueError names the weighting."""
    try:
        result = method.weigh(indicators)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    weights = result if isinstance(result, Weights) else Weights(result)
    values = np.asarray(weights.values, dtype=float)
    if not np.isfinite(values).all() or not values.sum() > 0:
        raise ValueError(f"{name} has no weights for {', '.join(indicators.names)}")
    if (values < 0).any():
        negative = [component for component, value in zip(indicators.names, values, strict=True) if value < 0]
        raise ValueError(f"{name} gives a negative weight to {', '.join(negative)}")
    return Weights(values / values.sum(), weights.facts, weights.warning)


def _equilibrium(weights_by_method: Array, names: Sequence[str], *, non_negative: bool) -> Array:
    products = weights_by_method @ weights_by_method.T
    if np.linalg.matrix_rank(products, tol=1e-12 * np.diag(products).max()) < len(weights_by_method):
        raise ValueError(f"the weights of {', '.join(names)} are linearly dependent: leave out a weighting")
    shares = _non_negative_equilibrium(products) if non_negative else _coefficients(products)
    negative = [name for name, share in zip(names, shares, strict=True) if share < -_ROUNDING]
    if negative:
        raise ValueError(
            f"the equilibrium has a negative share of {', '.join(negative)}: leave out one of the weightings, choose "
            'negative = "zero" or another rule'
        )
    clipped = shares.clip(0.0)
    mixture: Array = clipped / clipped.sum()
    return mixture


def _coefficients(products: Array) -> Array:
    """Return the coefficients of the equilibrium, which may be negative."""
    return np.asarray(np.linalg.solve(products, np.diag(products)), dtype=float)


def _non_negative_equilibrium(products: Array) -> Array:
    """Return the equilibrium of non-negative shares, by the pivoting rule of Murty (1974), Math. Programming 7."""
    diagonal = np.diag(products)
    active = np.ones(len(products), dtype=np.bool_)
    while True:
        shares = np.zeros(len(products))
        shares[active] = np.linalg.solve(products[np.ix_(active, active)], diagonal[active])
        slopes = diagonal - products @ shares  # gradients in the share of each weighting
        violations = np.flatnonzero(np.where(active, shares < -_ROUNDING, slopes > _ROUNDING * diagonal.max()))
        if not len(violations):
            return shares
        active[violations[0]] ^= True


def _sum_of_differences(x: Expression, s: Statistics) -> Expression:
    """Return Σ|x_i - x_k| over all pairs of units, from the running sums of the sorted values."""
    above = x - s.min  # keeps digits: running sums of large values would lose the differences
    differences = (s.count + 1) * s(above.sum()) - 2 * s(above.sort().cum_sum().sum())
    return where(s.max > s.min, differences, 0.0)


def _logs(weights: Array) -> Array:
    with np.errstate(divide="ignore"):
        logs: Array = np.log(np.maximum(weights, 1e-300))
    return np.where(weights > 0, logs, -1e6)  # exp(-1e6) is 0, and multiples of -1e6 stay finite


def _labels(methods: Sequence[Weighting]) -> list[str]:
    """Return the name of each method, with its parameters if two methods have the same name."""
    names = [method.name for method in methods]
    return [str(method) if names.count(name) > 1 else name for name, method in zip(names, methods, strict=True)]
