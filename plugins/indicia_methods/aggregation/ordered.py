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
    Array,
    Components,
    Expression,
    MatrixAggregation,
    MatrixContext,
    Property,
    row_max,
    row_median,
    row_min,
    row_sorted,
    row_sum,
    where,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indicia.methods.contract import DetailTable

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
    detail_tables = {
        "places": "a place in the order of a unit's components, 1 the highest: its weight",
        "orness": "the operator: its orness, from 0 of the minimum to 1 of the maximum, and its dispersion, the "
        "entropy of the weights",
    }

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

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        shares = np.array(self._shares(len(context.components)))
        places = np.arange(1, len(shares) + 1)
        if table == "places":
            return {"place": places, "weight": shares}
        ahead = (len(shares) - places) / max(len(shares) - 1, 1)  # the share of the other places that are lower
        logarithms = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
        orness = float(ahead @ shares) if len(shares) > 1 else None
        return {"orness": [orness], "dispersion": [0.0 - float(shares @ logarithms)]}

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
    detail_tables = {
        "components": "a component: its Shapley value, its mean contribution to the capacity of a set; the sum is 1",
        "pairs": "two components: their interaction, above 0 if they complement each other, below 0 if they overlap",
        "sets": "a set of components: its capacity, and its Möbius transform m",
        "orness": "the operator: its orness, from 0 of the minimum to 1 of the maximum",
    }

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
        terms = []
        for subset, moebius in self._masses(list(by_name)).items():
            if abs(moebius) > _ROUNDING:
                values = [by_name[name] for name in sorted(subset)]
                mass = where(_any_missing(values), 0.0, moebius)
                terms.append((mass, row_min(values)))
        return row_sum(mass * minimum for mass, minimum in terms) / row_sum(mass for mass, _ in terms)

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        names, masses = context.components, self._masses(context.components)
        if table == "sets":
            capacities = self._weights_of_sets
            sets = ["+".join(name for name in names if name in subset) for subset in masses]
            return {"set": sets, "capacity": [capacities[subset] for subset in masses], "m": [*masses.values()]}
        if table == "pairs":
            pairs = [*combinations(names, 2)]
            return {
                "a": [a for a, _ in pairs],
                "b": [b for _, b in pairs],
                "interaction": [sum(m / (len(t) - 1) for t, m in masses.items() if {*pair} <= t) for pair in pairs],
            }
        if table == "components":
            shapley = [sum(m / len(t) for t, m in masses.items() if name in t) for name in names]
            return {"component": names, "shapley": shapley}
        others = len(names) - 1
        total = sum((len(names) - len(t)) / (len(t) + 1) * m for t, m in masses.items())
        return {"orness": [total / others if others else None]}

    def _masses(self, names: Sequence[str]) -> dict[frozenset[str], float]:
        """Return the Möbius transform of the capacity, for each set of components that is not empty."""
        capacities = self._weights_of_sets
        all_names = max(capacities, key=len)
        if all_names != {*names}:
            raise ValueError(f"capacity names {_format_set(all_names)}; the components are {_format_set(names)}")
        return {
            subset: sum((-1) ** (len(subset) - len(smaller)) * capacities[smaller] for smaller in _subsets(subset))
            for subset in filter(None, _subsets(all_names))
        }


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
