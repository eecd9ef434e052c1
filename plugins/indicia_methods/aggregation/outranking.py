"""PROMETHEE and PROSA: flows of preference between a unit and all other units."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import numpy as np
from pydantic import Field

from indicia.methods import (
    Array,
    MatrixAggregation,
    MatrixContext,
    Property,
    matrix_table,
    order_with_ties,
    sort_with_order,
)
from indicia_methods.aggregation import flows, percomponent, preferences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Integers, Mask

Preference: TypeAlias = Literal["usual", "u_shape", "v_shape", "level", "linear", "gaussian"]
Threshold: TypeAlias = float | tuple[float, ...] | dict[str, float] | None

Preferences: TypeAlias = Annotated[
    Preference | tuple[Preference, ...] | dict[str, Preference],
    Field(description="preference function: one for all components, a list, or by name"),
]
Ignored: TypeAlias = Annotated[
    Threshold, Field(description="largest difference that does not count: a number, a list, or by name")
]
Full: TypeAlias = Annotated[Threshold, Field(description="smallest difference that counts in full, likewise")]
Gaussian: TypeAlias = Annotated[Threshold, Field(description="difference with a Gaussian preference of 0.39, likewise")]

Rule: TypeAlias = dict[str, Any]
"""The preference function of a component, and its thresholds."""

_USUAL: Rule = {"preference": "usual", "q": None, "p": None, "s": None}

PREFERENCE_FORMULAS: dict[str, str] = {
    "usual": "1",
    "u_shape": "[d > q]",
    "v_shape": r"\min(1, d / p)",
    "level": r"\tfrac12 [d > q] + \tfrac12 [d > p]",
    "linear": r"\min\left(1, \frac{(d - q)_+}{p - q}\right)",
    "gaussian": "1 - e^{-d^2 / 2 s^2}",
}
"""The preference functions of a difference d above 0, in LaTeX."""

_THRESHOLDS_OF: dict[str, tuple[str, ...]] = {
    "usual": (),
    "u_shape": ("q",),
    "v_shape": ("p",),
    "level": ("q", "p"),
    "linear": ("q", "p"),
    "gaussian": ("s",),
}
_MANY = 10_000
"""From this number of units on, components are computed in parallel."""

_DETAILED, _LISTED = 20_000, 5
"""Largest table whose details list preferred units, and the largest number of names in such a list."""

_ROUNDING = 1e-12
"""Flows that differ by less are equal."""


@dataclass(frozen=True)
class Promethee(MatrixAggregation):
    """Take the net flow: the mean preference of a unit over the others, less that of the others over it.

    Thresholds are differences of normalised values: in the unit of measure if there is no normalisation, shares of the
    range under `min_max`. Values for each component are a list in the order of the index file, or named, as in
    `p={"price": 50, "speed": 10}`; a threshold that a preference function does not use is ignored. A component is
    compared over the units that have it, and the weights of a unit are scaled to the components that it has. The
    details hold PROMETHEE I: both flows, and for up to 20,000 units the units that are preferred to each, and those
    that are incomparable with it, since each is ahead in one of the two flows.
    """

    name = "promethee"
    reference = (
        "Brans, Vincke & Mareschal (1986), European Journal of Operational Research 24(2); Brans, Mareschal & Vincke "
        "(1984), Operational Research '84, for PROMETHEE III; Mareschal & Brans (1988), European Journal of "
        "Operational Research 34(1), for GAIA"
    )
    formula = (
        r"\phi_a = \phi_a^+ - \phi_a^-, \quad \phi_a^+ = \frac{1}{n - 1} \sum_b \sum_j w_j P_j(z_{aj} - z_{bj}), "
        r"\; \phi_a^- = \frac{1}{n - 1} \sum_b \sum_j w_j P_j(z_{bj} - z_{aj}), \quad P(d) = 0 \text{ for } d \le "
        r"0, \; \text{else } <preference>"
    )
    symbols = {"q": "q", "p": "p", "s": "s"}
    variants = {"preference": PREFERENCE_FORMULAS}
    canonical_normalisation = "none"
    properties = frozenset({Property.MONOTONE, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    detail_tables = {
        "units": "a unit: its flows, and up to 20,000 units, the units preferred to it and incomparable with it",
        "pairs": "two units: the preference of a over b, and their relation in PROMETHEE I and III (P: a is preferred, "
        "P-: b is preferred, I: indifferent, R: incomparable)",
        "intervals": "a unit: its net flow, and the interval of PROMETHEE III around it",
        "unicriterion": "a unit: its net flow by each component alone",
        "gaia": "a point of the GAIA plane: a unit, a component, or the decision stick, the direction of the weights",
        "gaia_axes": "an axis of GAIA: its eigenvalue, and its share of the variance of the unicriterion flows",
    }

    preference: Preferences = "usual"
    q: Ignored = None
    p: Full = None
    s: Gaussian = None
    interval: Annotated[
        float, Field(ge=0, description="PROMETHEE III, in the details: half an interval, in standard deviations")
    ] = 0.15

    def __post_init__(self) -> None:
        check_options(self._options)

    @property
    def _options(self) -> dict[str, object]:
        return {"preference": self.preference, "q": self.q, "p": self.p, "s": self.s}

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        _check_units(values)
        return net_flow(values, weights, self._rules(context))

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        positive, negative = self._both_flows(values, weights, context)
        details: dict[str, Sequence[float | str | None]] = {
            "positive": positive.tolist(),
            "negative": negative.tolist(),
        }
        return details | (_partial_order(positive, negative, context.units) if len(context.units) <= _DETAILED else {})

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        _check_units(values)
        if table in ("pairs", "intervals"):
            preferred = preferences.preference_matrix(values, weights, self._rules(context))
            both_flows = self._both_flows(values, weights, context)
            intervals = preferences.intervals(preferred, both_flows[0] - both_flows[1], self.interval, context.units)
            return intervals if table == "intervals" else preferences.pairs(preferred, both_flows, intervals)
        single = self._single_flows(values, context)
        if table == "gaia":
            return preferences.gaia(single, weights, context)
        if table == "gaia_axes":
            return preferences.gaia_axes(single)
        return matrix_table("unit", context.units, context.components, single)

    def _both_flows(self, values: Array, weights: Array, context: MatrixContext) -> tuple[Array, Array]:
        parts = _flows(values, weights, self._rules(context), lambda plus, minus: [plus, minus])
        positive, negative = _add_up(values, weights, parts)
        return positive, negative

    def _single_flows(self, values: Array, context: MatrixContext) -> Array:
        """Return the net flow of each unit by each component alone, shape (n, k); NaN where it is missing."""
        ones = np.ones(values.shape[1])
        parts = _flows(values, ones, self._rules(context), lambda plus, minus: [plus - minus])
        return np.where(np.isnan(values), np.nan, np.array([part[0] for part in parts]).T)

    def _rules(self, context: MatrixContext) -> list[Rule]:
        return rules_of_components(self._options, context.components)


def _partial_order(positive: Array, negative: Array, units: Sequence[str]) -> dict[str, list[float | str | None]]:
    """Name the units that PROMETHEE I prefers to each unit, and those that are incomparable with it."""
    preferred: list[float | str | None] = []
    incomparable: list[float | str | None] = []
    for plus, minus in zip(positive.tolist(), negative.tolist(), strict=True):
        worse = (positive <= plus + _ROUNDING) & (negative >= minus - _ROUNDING)
        better = (positive >= plus - _ROUNDING) & (negative <= minus + _ROUNDING)
        preferred.append(_list_names(units, better & ~worse))
        incomparable.append(_list_names(units, ~better & ~worse))
    return {"preferred_to_it": preferred, "incomparable_with": incomparable}


def _list_names(units: Sequence[str], selected: Mask) -> str:
    names = sorted(units[place] for place in np.flatnonzero(selected).tolist())
    rest = [f"and {len(names) - _LISTED} more"] if len(names) > _LISTED else []
    return ", ".join([*names[:_LISTED], *rest]) or "none"


def net_flow(values: Array, weights: Array, rules: Sequence[Rule] | None = None) -> Array:
    """Return the mean preference over the other units, less theirs over the unit, from -1 to 1."""
    parts = _flows(values, weights, rules or [_USUAL] * len(weights), lambda plus, minus: [plus - minus])
    net: Array = _add_up(values, weights, parts)[0]
    return net


def _flows(
    values: Array, factors: Array, rules: Sequence[Rule], combine: Callable[[Array, Array], list[Array]]
) -> Iterator[Array]:
    """Yield, for each component, its factor times its combined flows, shape (flows, n); 0 if missing."""

    def compute(number: int) -> Array:
        column = np.ascontiguousarray(values[:, number])
        missing = np.isnan(column)
        present = np.flatnonzero(~missing) if missing.any() else None
        present_values = column if present is None else column[present]
        if len(present_values) < 2:  # there is no pair
            return np.zeros((len(combine(present_values, present_values)), len(column)))
        with np.errstate(over="ignore", invalid="ignore"):
            order, sums = _sums(present_values, **rules[number])
        combined = combine(*sums)
        flows_of_units = np.zeros((len(combined), len(column)))
        for row, flow in zip(flows_of_units, combined, strict=True):
            row[order if present is None else present[order]] = flow * (factors[number] / (len(present_values) - 1))
        return flows_of_units

    numbers = range(values.shape[1])
    if len(values) < _MANY:
        yield from map(compute, numbers)
        return
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        yield from threads.map(compute, numbers)


def _add_up(values: Array, weights: Array, parts: Iterator[Array]) -> Array:
    """Sum the parts of all components; scale a unit's sum to the components that it has."""
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
        raise ValueError("compares each unit with the others, and there is only one unit")


def check_options(options: Mapping[str, object]) -> None:
    """Refuse preference functions and thresholds of which a component could not have a valid rule."""
    for case in percomponent.cases(options):
        _check_thresholds(**case)


def rules_of_components(options: Mapping[str, object], components: Sequence[str]) -> list[Rule]:
    """Return the preference function of each component, with its thresholds."""
    rules = percomponent.of_each(options, components)
    for component, rule in zip(components, rules, strict=True):
        if rule["preference"] is None:
            raise ValueError(f"preference lacks {component}")
        _check_thresholds(**rule)
    return rules


def _check_thresholds(preference: str | None, **thresholds: float | None) -> None:
    """Refuse thresholds that are missing or invalid for the preference function."""
    if preference is None:
        return
    required = {name: thresholds[name] for name in _THRESHOLDS_OF[preference]}
    if absent := [name for name, value in required.items() if value is None]:
        raise ValueError(f"{preference} needs {' and '.join(absent)}")
    q, p, s = (required.get(name) for name in ("q", "p", "s"))
    if q is not None and q < 0:
        raise ValueError(f"q = {q:g} must not be negative")
    if p is not None and p <= (q or 0.0):
        raise ValueError(f"p = {p:g} must be above {'0' if q is None else f'q = {q:g}'}")
    if s is not None and s <= 0:
        raise ValueError(f"s = {s:g} must be above 0")


def _sums(values: Array, preference: str, q: float, p: float, s: float) -> tuple[Integers, tuple[Array, Array]]:
    """Return the ascending order of the values, and the sums of preferences in this order."""
    if preference == "usual":
        order, tied = order_with_ties(values)
        return order, flows.usual(tied)
    order, sorted_values = sort_with_order(values)
    if preference == "u_shape":
        return order, flows.u_shape(sorted_values, q)
    if preference == "level":
        return order, flows.level(sorted_values, q, p)
    if preference == "gaussian":
        return order, flows.gaussian(sorted_values, s)
    return order, flows.linear(sorted_values, q if preference == "linear" else 0.0, p)


@dataclass(frozen=True)
class Prosa(Promethee):
    """Take the net flow of PROMETHEE, less a penalty for the deviations of single components from it.

    Thresholds and missing values are treated as in `promethee`.
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

    c: Annotated[float, Field(ge=0, le=1, description="coefficient of the penalty")] = 0.3

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        _check_units(values)
        ones = np.ones(len(weights))
        single = [part[0] for part in _flows(values, ones, self._rules(context), lambda plus, minus: [plus - minus])]
        net = _add_up(values, weights, (weight * flow for weight, flow in zip(weights, single, strict=True)))
        penalties = (
            weight * np.where(np.isnan(column), 0.0, np.abs(net - flow))
            for weight, column, flow in zip(weights, values.T, single, strict=True)
        )
        scores: Array = net - self.c * _add_up(values, weights, penalties)
        return scores
