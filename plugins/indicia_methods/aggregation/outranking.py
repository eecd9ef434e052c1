"""PROMETHEE: how far a unit is preferred to all others, and they to it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import numpy as np
from pydantic import Field

from indicia.methods import MatrixAggregation, Property, order_with_ties, sort_with_order
from indicia_methods.aggregation import flows, percomponent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from indicia.methods import Array, MatrixContext
    from indicia_methods.relations import Places

Preference: TypeAlias = Literal["usual", "u_shape", "v_shape", "level", "linear", "gaussian"]
Threshold: TypeAlias = float | tuple[float, ...] | dict[str, float] | None

Rule: TypeAlias = dict[str, Any]
"""The preference function of a component, and its thresholds."""

_USUAL: Rule = {"preference": "usual", "q": None, "p": None, "s": None}

_NEEDED: dict[str, tuple[str, ...]] = {
    "usual": (),
    "u_shape": ("q",),
    "v_shape": ("p",),
    "level": ("q", "p"),
    "linear": ("q", "p"),
    "gaussian": ("s",),
}
_MANY = 10_000
"""From so many units on, indicators are worked on at the same time."""

_NAMED, _TOLD = 20_000, 5
"""The most units of which it is told which others are preferred to them, and how many of these are named."""

_NOISE = 1e-12
"""Flows that differ by less are equal."""


@dataclass(frozen=True)
class Promethee(MatrixAggregation):
    """Take how far a unit is preferred to the others on average, less how far they are preferred to it.

    Thresholds are differences of normalised values: in the unit of measure where there is no normalisation, shares of
    the range under `min_max`. What differs between components is a list in the order of the index file, or named, as
    in `p={"price": 50, "speed": 10}`; what the preference function of a component does not need is not looked at. An
    indicator is compared over the units that have it, and the weights of a unit are scaled to what it has. PROMETHEE I
    is among the details: both flows, and of up to 20,000 units which others are preferred to each, and which it cannot
    be compared with, as one is ahead in the one flow and the other in the other.
    """

    name = "promethee"
    reference = "Brans, Vincke & Mareschal (1986), European Journal of Operational Research 24(2)"
    formula = (
        r"\phi_a = \phi_a^+ - \phi_a^-, \quad \phi_a^+ = \frac{1}{n - 1} \sum_b \sum_j w_j P_j(z_{aj} - z_{bj}), "
        r"\; \phi_a^- = \frac{1}{n - 1} \sum_b \sum_j w_j P_j(z_{bj} - z_{aj}), \quad P(d) = 0 \text{ for } d \le "
        r"0, \; \text{else } <preference>"
    )
    symbols = {"q": "q", "p": "p", "s": "s"}
    variants = {
        "preference": {
            "usual": "1",
            "u_shape": "[d > q]",
            "v_shape": r"\min(1, d / p)",
            "level": r"\tfrac12 [d > q] + \tfrac12 [d > p]",
            "linear": r"\min\left(1, \frac{(d - q)_+}{p - q}\right)",
            "gaussian": "1 - e^{-d^2 / 2 s^2}",
        },
    }
    canonical_normalisation = "none"
    properties = frozenset({Property.MONOTONE, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    preference: Annotated[
        Preference | tuple[Preference, ...] | dict[str, Preference],
        Field(description="what a difference counts: one for all, a list, or by name"),
    ] = "usual"
    q: Annotated[
        Threshold, Field(description="the largest difference that does not count: one, a list, or by name")
    ] = None
    p: Annotated[Threshold, Field(description="the smallest that counts in full: one, a list, or by name")] = None
    s: Annotated[Threshold, Field(description="the difference of which a Gaussian preference is 0.39, likewise")] = None

    def __post_init__(self) -> None:
        for case in percomponent.cases(self._given):
            _check(**case)

    @property
    def _given(self) -> dict[str, object]:
        return {"preference": self.preference, "q": self.q, "p": self.p, "s": self.s}

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        _check_units(values)
        return net_flow(values, weights, self._rules(context))

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        parts = _flows(values, weights, self._rules(context), lambda plus, minus: [plus, minus])
        positive, negative = _added(values, weights, parts)
        told: dict[str, Sequence[float | str | None]] = {"positive": positive.tolist(), "negative": negative.tolist()}
        return told | (_partial_order(positive, negative, context.units) if len(context.units) <= _NAMED else {})

    def _rules(self, context: MatrixContext) -> list[Rule]:
        rules = percomponent.of_each(self._given, context.components)
        for component, rule in zip(context.components, rules, strict=True):
            if rule["preference"] is None:
                raise ValueError(f"preference does not name {component}")
            _check(**rule)
        return rules


def _partial_order(positive: Array, negative: Array, units: Sequence[str]) -> dict[str, list[float | str | None]]:
    """Say of each unit which ones are preferred to it by PROMETHEE I, and which it cannot be compared with."""
    preferred: list[float | str | None] = []
    incomparable: list[float | str | None] = []
    for up, down in zip(positive.tolist()[: len(units)], negative.tolist(), strict=False):
        worse = (positive <= up + _NOISE) & (negative >= down - _NOISE)
        better = (positive >= up - _NOISE) & (negative <= down + _NOISE)
        preferred.append(_named(units, better & ~worse))
        incomparable.append(_named(units, ~better & ~worse))
    return {"preferred_to_it": preferred, "incomparable_with": incomparable} if units else {}


def _named(units: Sequence[str], found: npt.NDArray[np.bool_]) -> str:
    places = np.flatnonzero(found)
    names = [units[place] for place in places[:_TOLD].tolist()]
    more = [f"and {len(places) - _TOLD} more"] if len(places) > _TOLD else []
    return ", ".join([*names, *more]) or "none"


def net_flow(values: Array, weights: Array, rules: Sequence[Rule] | None = None) -> Array:
    """Return how far each unit is preferred to the others on average, less how far they are to it, from -1 to 1."""
    parts = _flows(values, weights, rules or [_USUAL] * len(weights), lambda plus, minus: [plus - minus])
    net: Array = _added(values, weights, parts)[0]
    return net


def _flows(
    values: Array, factors: Array, rules: Sequence[Rule], wanted: Callable[[Array, Array], list[Array]]
) -> Iterator[Array]:
    """Yield for each component, shape (flows, n), its factor times what is wanted of its flows; 0 where it misses."""

    def of(number: int) -> Array:
        column = np.ascontiguousarray(values[:, number])
        missing = np.isnan(column)
        present = np.flatnonzero(~missing) if missing.any() else None
        known = column if present is None else column[present]
        if len(known) < 2:  # there is no pair
            return np.zeros((len(wanted(known, known)), len(column)))
        with np.errstate(over="ignore", invalid="ignore"):
            places, summed = _summed(known, **rules[number])
        found = wanted(*summed)
        placed = np.zeros((len(found), len(column)))
        for row, flow in zip(placed, found, strict=True):
            row[places if present is None else present[places]] = flow * (factors[number] / (len(known) - 1))
        return placed

    numbers = range(values.shape[1])
    if len(values) < _MANY:
        yield from map(of, numbers)
        return
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        yield from threads.map(of, numbers)


def _added(values: Array, weights: Array, parts: Iterator[Array]) -> Array:
    """Add up parts, over what units have."""
    sums = next(parts)
    for part in parts:
        sums += part
    if values.size and np.isnan(values.min()):
        missing = np.isnan(values)
        sums /= np.where(missing.any(axis=1), (~missing * weights).sum(axis=1), 1.0)
    return sums


def _check_units(values: Array) -> None:
    """Refuse a unit without others: flows are means over the other units, and the formula divides by n - 1 = 0."""
    if len(values) == 1:
        raise ValueError("compares each unit with the others, and there is one unit only")


def _check(preference: str | None, **thresholds: float | None) -> None:
    """Refuse thresholds that a preference function cannot have."""
    if preference is None:
        return
    given = {name: thresholds[name] for name in _NEEDED[preference]}
    if lacking := [name for name, value in given.items() if value is None]:
        raise ValueError(f"{preference} needs {' and '.join(lacking)}")
    q, p, s = (given.get(name) for name in ("q", "p", "s"))
    if q is not None and q < 0:
        raise ValueError(f"q = {q:g} is negative")
    if p is not None and p <= (q or 0.0):
        raise ValueError(f"p = {p:g} is not above {'0' if q is None else f'q = {q:g}'}")
    if s is not None and s <= 0:
        raise ValueError(f"s = {s:g} is not above 0")


def _summed(values: Array, preference: str, q: float, p: float, s: float) -> tuple[Places, tuple[Array, Array]]:
    """Return the order of the values, and sums of preferences in it."""
    if preference == "usual":
        places, tied = order_with_ties(values)
        return places, flows.usual(tied)
    places, ordered = sort_with_order(values)
    if preference == "u_shape":
        return places, flows.u_shape(ordered, q)
    if preference == "level":
        return places, flows.level(ordered, q, p)
    if preference == "gaussian":
        return places, flows.gaussian(ordered, s)
    return places, flows.linear(ordered, q if preference == "linear" else 0.0, p)


@dataclass(frozen=True)
class Prosa(Promethee):
    """Take the net flow of PROMETHEE, less a penalty for flows of single components that are unlike it.

    Thresholds and missing values as in `promethee`.
    """

    name = "prosa"
    reference = "Ziemba (2019), Sustainability 11(6), doi:10.3390/su11061555"
    formula = (
        r"\phi_a - \sum_j w_j c \, |\phi_a - \phi_{aj}|, \quad \phi_{aj} = \frac{1}{n - 1} \sum_b P_j(z_{aj} - "
        r"z_{bj}) - P_j(z_{bj} - z_{aj}), \; \phi_a = \sum_j w_j \phi_{aj}, \quad P(d) = 0 \text{ for } d \le 0, "
        r"\; \text{else } <preference>"
    )
    symbols = {"q": "q", "p": "p", "s": "s", "c": "c"}
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    c: Annotated[float, Field(ge=0, le=1, description="how much a deviation costs")] = 0.3

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        _check_units(values)
        ones = np.ones(len(weights))
        single = [part[0] for part in _flows(values, ones, self._rules(context), lambda plus, minus: [plus - minus])]
        net = _added(values, weights, (weight * flow for weight, flow in zip(weights, single, strict=True)))
        apart = (
            weight * np.where(np.isnan(column), 0.0, np.abs(net - flow))
            for weight, column, flow in zip(weights, values.T, single, strict=True)
        )
        scores: Array = net - self.c * _added(values, weights, apart)
        return scores
