"""Aggregations that use the order of a unit's components, or sets of components."""

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
"""Units sorted at a time, so that they fit in the cache of a processor."""

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
    """Take the lowest component; weights do not count."""

    name = "min"
    uses_weights = False
    reference = "Wald (1945), Annals of Mathematics 46(2)"
    formula = r"\min_j z_j"
    properties = _ROW_BY_ROW

    def combine(self, components: Components) -> Expression:
        return row_min(c.z for c in components)


@dataclass(frozen=True)
class Maximum(Aggregation):
    """Take the highest component; weights do not count."""

    name = "max"
    uses_weights = False
    reference = "Yager (1988), IEEE Transactions on Systems, Man, and Cybernetics 18(1)"
    formula = r"\max_j z_j"
    properties = _ROW_BY_ROW

    def combine(self, components: Components) -> Expression:
        return row_max(c.z for c in components)


@dataclass(frozen=True)
class Median(MatrixAggregation):
    """Take the median of the components (of an even number, the mean of the middle two); weights do not count."""

    name = "median"
    uses_weights = False
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"\operatorname{median}_j z_j"
    row_by_row = True
    properties = _ROW_BY_ROW

    def combine(self, components: Components) -> Expression:
        return row_median(c.z for c in components)

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        scores = np.empty(len(values))
        for rows, upwards, count in _sorted_blocks(values):
            row = np.arange(len(upwards))
            below, above = upwards[row, (count - 1) // 2], upwards[row, count // 2]
            scores[rows] = below + (above - below) / 2
        return scores


@dataclass(frozen=True)
class Owa(MatrixAggregation):
    """Sort a unit's components from high to low, and weigh them by their place (ordered weighted averaging).

    By default the highest of k components has weight k, the next k - 1, and the lowest 1. If a unit misses components,
    the weights of the k places are distributed in proportion over the places that it has.
    """

    name = "owa"
    uses_weights = False
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
        tuple[float, ...] | None, Field(description="a weight for each place, highest component first; scaled to sum 1")
    ] = None

    def __post_init__(self) -> None:
        if self.weights is not None and (min(self.weights, default=0) < 0 or sum(self.weights) <= 0):
            raise ValueError("weights must not be negative, nor all zero")

    def combine(self, components: Components) -> Expression:
        ordered = row_sorted(c.z for c in components)
        shares = self._shares(len(ordered))
        return where(
            ordered[-1].is_null(), _weigh_gaps(components, ordered, shares), row_sum(map(mul, shares, ordered))
        )

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        places = values.shape[1]
        cumulated = np.concatenate([[0.0], np.cumsum(self._shares(places))])
        scores = np.empty(len(values))
        for rows, upwards, count in _sorted_blocks(values):
            block = scores[rows]
            for size in np.unique(count).tolist():
                shares = np.diff(np.interp(np.arange(size + 1) / size, np.arange(places + 1) / places, cumulated))
                block[count == size] = np.einsum("ij,j->i", upwards[count == size, :size], shares[::-1])
        return scores

    def _shares(self, places: int) -> list[float]:
        weights = self.weights if self.weights is not None else range(places, 0, -1)
        if len(weights) != places:
            raise ValueError(f"{len(weights)} weights for {places} components: there is a weight for each place")
        return [weight / sum(weights) for weight in weights]


def _weigh_gaps(components: Components, ordered: list[Expression], shares: list[float]) -> Expression:
    """Distribute the weights of k places over n: place i takes the weight between (i - 1)/n and i/n."""
    k = len(ordered)
    n = components.cache_column(row_sum(where(z.is_null(), 0.0, 1.0) for z in ordered))
    inner_bounds = (row_sum(v * (k * i / n - j).clip(0.0, 1.0) for j, v in enumerate(shares)) for i in range(1, k))
    bounds: list[Any] = [0.0, *map(components.cache_column, inner_bounds), 1.0]
    return row_sum((above - below) * z for below, above, z in zip(bounds, bounds[1:], ordered, strict=False))


def _sorted_blocks(values: Array) -> Iterator[tuple[slice, Array, Array]]:
    """Yield slices of units, their ascending values with NaN last, and the number of values of each unit."""
    for start in range(0, len(values), _ROWS):
        rows = slice(start, start + _ROWS)
        block = np.ascontiguousarray(values[rows])
        block.sort(axis=1)
        yield rows, block, block.shape[1] - np.isnan(block).sum(axis=1)


@dataclass(frozen=True)
class Choquet(Aggregation):
    """Aggregate by a capacity, which gives a weight to every set of components (Choquet integral).

    If a unit misses components, the capacity of the set of its present components is scaled to 1.
    """

    name = "choquet"
    uses_weights = False
    reference = "Grabisch (1996), European Journal of Operational Research 89(3)"
    example = "choquet(capacity={'x0': 0.2, 'x1': 0.3, 'x2': 0.25, 'x0+x1': 0.6, 'x0+x2': 0.5, 'x1+x2': 0.7})"
    formula = r"\sum_T m(T) \min_{j \in T} z_j, \quad m(T) = \sum_{S \subseteq T} (-1)^{|T \setminus S|} \mu(S)"
    symbols = {"capacity": r"\mu"}
    properties = _ROW_BY_ROW

    capacity: Annotated[
        dict[str, float],
        Field(description='weight of each set of components: {"a": 0.3, "b": 0.4, "a+b": 1}; of all: 1'),
    ]

    def __post_init__(self) -> None:
        capacities = self._weights_of_sets
        components = max(capacities, key=len)
        if absent := [_format_set(subset) for subset in _subsets(components) if subset not in capacities]:
            raise ValueError(f"capacity lacks {', '.join(absent)}")
        if capacities[frozenset()] != 0 or capacities[components] != 1:
            raise ValueError(f"the empty set must have capacity 0, and {_format_set(components)} 1")
        for larger in capacities:
            for smaller in (larger - {name} for name in larger):
                if capacities[smaller] > capacities[larger]:
                    raise ValueError(
                        f"capacity of {_format_set(smaller)} exceeds that of {_format_set(larger)}, which contains it"
                    )

    @property
    def _weights_of_sets(self) -> dict[frozenset[str], float]:
        parsed = {_parse_set(text): value for text, value in self.capacity.items()}
        components = frozenset().union(*parsed)
        return {frozenset(): 0.0, components: 1.0, **parsed}

    def combine(self, components: Components) -> Expression:
        by_name = {c.name: c.z for c in components}
        capacities = self._weights_of_sets
        names = max(capacities, key=len)
        if names != by_name.keys():
            raise ValueError(f"capacity names {_format_set(names)}; the components are {_format_set(by_name)}")
        terms = []
        for subset in filter(None, _subsets(names)):
            moebius = sum((-1) ** (len(subset) - len(smaller)) * capacities[smaller] for smaller in _subsets(subset))
            if abs(moebius) > _ROUNDING:
                values = [by_name[name] for name in sorted(subset)]
                mass = where(_any_missing(values), 0.0, moebius)
                terms.append((mass, row_min(values)))
        return row_sum(mass * minimum for mass, minimum in terms) / row_sum(mass for mass, _ in terms)


_ROUNDING = 1e-12
"""Sums of capacities up to this size are rounding errors of 0."""


def _any_missing(values: list[Expression]) -> Expression:
    missing = values[0].is_null()
    for value in values[1:]:
        missing = missing | value.is_null()
    return missing


def _subsets(names: frozenset[str]) -> Iterator[frozenset[str]]:
    """Yield all subsets, from the empty set to the set itself."""
    for size in range(len(names) + 1):
        yield from map(frozenset, combinations(sorted(names), size))


def _parse_set(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split("+") if name.strip())


def _format_set(names: Iterable[str]) -> str:
    return "+".join(sorted(names)) or "the empty set"
