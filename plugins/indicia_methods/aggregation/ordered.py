"""Aggregations that look at the order of a unit's components, or at which of them are high together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from operator import mul
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from indicia.methods import (
    Aggregation,
    MatrixAggregation,
    Property,
    row_max,
    row_median,
    row_min,
    row_sorted,
    row_sum,
    where,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.methods import Array, Components, Expression, MatrixContext

_ROWS = 4096
"""Units sorted at a time: they fit in the cache of a processor."""

_ROW_BY_ROW = frozenset(
    {
        Property.MONOTONE,
        Property.DEFINED_AT_ZERO,
        Property.DEFINED_BELOW_ZERO,
        Property.FREE_OF_RANK_REVERSAL,
    }
)


@dataclass(frozen=True)
class Minimum(Aggregation):
    """Take the lowest component, whatever the weights."""

    name = "min"
    reference = "Wald (1945), Annals of Mathematics 46(2)"
    formula = r"\min_j z_j"
    properties = _ROW_BY_ROW

    def combine(self, components: Components) -> Expression:
        return row_min(c.z for c in components)


@dataclass(frozen=True)
class Maximum(Aggregation):
    """Take the highest component, whatever the weights."""

    name = "max"
    reference = "Yager (1988), IEEE Transactions on Systems, Man, and Cybernetics 18(1)"
    formula = r"\max_j z_j"
    properties = _ROW_BY_ROW

    def combine(self, components: Components) -> Expression:
        return row_max(c.z for c in components)


@dataclass(frozen=True)
class Median(MatrixAggregation):
    """Take the median of the components, whatever the weights; of an even number, the mean of the middle two."""

    name = "median"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"\operatorname{median}_j z_j"
    row_by_row = True
    properties = _ROW_BY_ROW

    def combine(self, components: Components) -> Expression:
        return row_median(c.z for c in components)

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        scores = np.empty(len(values))
        for rows, upwards, count in _sorted(values):
            row = np.arange(len(upwards))
            below, above = upwards[row, (count - 1) // 2], upwards[row, count // 2]
            scores[rows] = below + (above - below) / 2
        return scores


@dataclass(frozen=True)
class Owa(MatrixAggregation):
    """Sort a unit's components from high to low and weigh them by their place, not by what they are.

    Without weights of its own, the highest of k components counts k, the next k - 1, and the lowest 1. For a unit that
    misses components, the places share the weights in proportion.
    """

    name = "owa"
    reference = "Yager (1988), IEEE Transactions on Systems, Man, and Cybernetics 18(1)"
    formula = r"\sum_i v_i z_{(i)}, \quad z_{(1)} \ge \dots \ge z_{(k)}<weights>"
    symbols = {"weights": "v"}
    variants = {
        "weights": {
            None: r", \quad v_i = \frac{2 (k + 1 - i)}{k (k + 1)}",
            ...: r", \quad v \text{ scaled to sum } 1",
        },
    }
    row_by_row = True
    properties = _ROW_BY_ROW

    weights: Annotated[
        tuple[float, ...] | None, Field(description="one per place, of the highest component first; scaled to sum 1")
    ] = None

    def __post_init__(self) -> None:
        if self.weights is not None and (min(self.weights, default=0) < 0 or sum(self.weights) <= 0):
            raise ValueError("weights must not be negative, nor all zero")

    def combine(self, components: Components) -> Expression:
        ordered = row_sorted(c.z for c in components)
        own = self._shares(len(ordered))
        return where(ordered[-1].is_null(), _of_present(components, ordered, own), row_sum(map(mul, own, ordered)))

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        places = values.shape[1]
        cumulated = np.concatenate([[0.0], np.cumsum(self._shares(places))])
        scores = np.empty(len(values))
        for rows, upwards, count in _sorted(values):
            block = scores[rows]
            for present in np.unique(count).tolist():
                shares = np.diff(np.interp(np.arange(present + 1) / present, np.arange(places + 1) / places, cumulated))
                block[count == present] = np.einsum("ij,j->i", upwards[count == present, :present], shares[::-1])
        return scores

    def _shares(self, places: int) -> list[float]:
        given = self.weights if self.weights is not None else range(places, 0, -1)
        if len(given) != places:
            raise ValueError(f"{len(given)} weights for {places} components")
        return [weight / sum(given) for weight in given]


def _of_present(components: Components, ordered: list[Expression], shares: list[float]) -> Expression:
    """Share the weights of k places among those that a unit has: the i-th of n takes what lies in ((i - 1)/n, i/n]."""
    k = len(ordered)
    n = components.cache_column(row_sum(where(z.is_null(), 0.0, 1.0) for z in ordered))
    inner = (row_sum(v * (k * i / n - j).clip(0.0, 1.0) for j, v in enumerate(shares)) for i in range(1, k))
    upto: list[Any] = [0.0, *map(components.cache_column, inner), 1.0]
    return row_sum((above - below) * z for below, above, z in zip(upto, upto[1:], ordered, strict=False))


def _sorted(values: Array) -> Iterator[tuple[slice, Array, Array]]:
    """Yield slices of units, their values from low to high with missing ones last, and how many each has."""
    for start in range(0, len(values), _ROWS):
        rows = slice(start, start + _ROWS)
        block = np.ascontiguousarray(values[rows])
        block.sort(axis=1)
        yield rows, block, block.shape[1] - np.isnan(block).sum(axis=1)


@dataclass(frozen=True)
class Choquet(Aggregation):
    """Weigh sets of components: how much those that are high together are worth is given for every set.

    For a unit that misses components, the worth of the set that it has counts as 1.
    """

    name = "choquet"
    reference = "Grabisch (1996), European Journal of Operational Research 89(3)"
    example = "choquet(capacity={'x0': 0.2, 'x1': 0.3, 'x2': 0.25, 'x0+x1': 0.6, 'x0+x2': 0.5, 'x1+x2': 0.7})"
    formula = r"\sum_T m(T) \min_{j \in T} z_j, \quad m(T) = \sum_{S \subseteq T} (-1)^{|T \setminus S|} \mu(S)"
    symbols = {"capacity": r"\mu"}
    properties = _ROW_BY_ROW

    capacity: Annotated[
        dict[str, float],
        Field(description='worth of each set of components: {"a": 0.3, "b": 0.4, "a+b": 1}; that of all is 1'),
    ]

    def __post_init__(self) -> None:
        worth = self._worth
        everything = max(worth, key=len)
        if lacking := [_written(part) for part in _parts(everything) if part not in worth]:
            raise ValueError(f"capacity lacks {', '.join(lacking)}")
        if worth[frozenset()] != 0 or worth[everything] != 1:
            raise ValueError(f"the worth of no component is 0, and that of {_written(everything)} is 1")
        for larger in worth:
            for smaller in (larger - {name} for name in larger):
                if worth[smaller] > worth[larger]:
                    raise ValueError(f"{_written(smaller)} is worth more than {_written(larger)}, which contains it")

    @property
    def _worth(self) -> dict[frozenset[str], float]:
        given = {_read(written): value for written, value in self.capacity.items()}
        everything = frozenset().union(*given)
        return {frozenset(): 0.0, everything: 1.0, **given}

    def combine(self, components: Components) -> Expression:
        by_name = {c.name: c.z for c in components}
        worth = self._worth
        everything = max(worth, key=len)
        if everything != by_name.keys():
            raise ValueError(f"the capacity is of {_written(everything)}; the components are {_written(by_name)}")
        terms = []
        for part in filter(None, _parts(everything)):
            mass = sum((-1) ** (len(part) - len(smaller)) * worth[smaller] for smaller in _parts(part))
            if abs(mass) > _NOISE:
                values = [by_name[name] for name in sorted(part)]
                held = where(_any_missing(values), 0.0, mass)
                terms.append((held, row_min(values)))
        return row_sum(held * least for held, least in terms) / row_sum(held for held, _ in terms)


_NOISE = 1e-12
"""Sums of worths that cancel leave rounding noise."""


def _any_missing(values: list[Expression]) -> Expression:
    missing = values[0].is_null()
    for value in values[1:]:
        missing = missing | value.is_null()
    return missing


def _parts(names: frozenset[str]) -> Iterator[frozenset[str]]:
    """Yield the subsets, the empty and the whole one among them."""
    for size in range(len(names) + 1):
        yield from map(frozenset, combinations(sorted(names), size))


def _read(written: str) -> frozenset[str]:
    return frozenset(name.strip() for name in written.split("+") if name.strip())


def _written(names: Iterable[str]) -> str:
    return "+".join(sorted(names)) or "the empty set"
