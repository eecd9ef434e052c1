"""The benefit of the doubt: each unit is weighed as it is best for it, and compared with the best of all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field

from indicia.methods import Domain, MatrixAggregation, Property
from indicia_methods.aggregation.common import common_weights
from indicia_methods.aggregation.envelopment import Found, distance
from indicia_methods.aggregation.percomponent import of_each

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array, MatrixContext

    Whole = npt.NDArray[np.int64]
    Told: TypeAlias = dict[str, list[float | str | None]]

Shares: TypeAlias = float | tuple[float, ...] | dict[str, float]

_NUDGE = 1e-7
"""How far units are moved to choose between weights that are equally good."""

_MANY, _SURE = 20_000, 200
"""From so many units on, the frontier is first looked for with so many prices."""

_TRACE = 1e-13
"""What is no more than this share of the largest value counts as zero."""


@dataclass(frozen=True)
class _Units:
    """Units that differ, in an order of their own, so that nothing depends on the order in which they came."""

    values: Array
    """Shares of the largest of all; 0 where a unit misses a component, and where next to nothing is left."""
    exact: Array
    """The same with what is next to nothing, and 1 where a unit misses a component."""
    present: npt.NDArray[np.bool_]
    scale: Array
    kind: Whole
    """Which of them each unit is."""

    @classmethod
    def of(cls, values: Array) -> _Units:
        largest: Array = np.fmax.reduce(values)
        scale = np.where(largest > 0, largest, 1.0)  # a component that nobody has is NaN, and 1 here
        distinct, kind = np.unique(np.nan_to_num(values / scale, nan=-1.0), axis=0, return_inverse=True)
        there = distinct >= 0
        some = np.where(distinct > _TRACE, distinct, 0.0)
        return cls(some, np.where(there, distinct, 1.0), there, scale, kind.ravel())


def _each(parameter: str, given: Shares, context: MatrixContext, otherwise: float) -> Array:
    """Return what is given of each component, or what holds where a component is not named."""
    found = [case[parameter] for case in of_each({parameter: given}, context.components)]
    return np.array([otherwise if value is None else value for value in found], dtype=float)


def _all(given: Shares) -> tuple[float, ...]:
    """Return all values that are given."""
    return tuple(given.values()) if isinstance(given, dict) else given if isinstance(given, tuple) else (given,)


def _checked(lower: Shares, upper: Shares) -> None:
    """Refuse shares that are none."""
    for name, given in (("lower", lower), ("upper", upper)):
        if any(not 0 <= share <= 1 for share in _all(given)):
            raise ValueError(f"{name} is a share, from 0 to 1")


def _sum_of(shares: Array) -> str:
    """Write a sum in full."""
    if len(set(shares.tolist())) == 1:
        return f"{len(shares)} × {shares[0]:g} = {shares.sum():g}"
    return f"{' + '.join(f'{share:g}' for share in shares)} = {shares.sum():g}"


def _shares(lower: Shares, upper: Shares, units: _Units, context: MatrixContext) -> tuple[Array, Array]:
    """Return the bounds of each unit's shares, or say by which sum there are no such shares."""
    low, high = _each("lower", lower, context, 0.0), _each("upper", upper, context, 1.0)
    width = len(context.components)
    for name, least, most in zip(context.components, low.tolist(), high.tolist(), strict=True):
        if least > most:
            raise ValueError(f"no share of {name} is at least {least:g} and at most {most:g}")
    if (units.exact <= _TRACE).any():
        raise ValueError(f"some values are less than {_TRACE:g} of the largest: too little to bound a share of")
    for row in np.unique(units.present, axis=0):
        of = "" if row.all() else f" of a unit that has {row.sum()} of {width} components"
        if low[row].sum() > 1 + 1e-12:
            raise ValueError(f"no weights have these shares: the lower ones{of} are {_sum_of(low[row])}, more than 1")
        if high[row].sum() < 1 - 1e-12:
            raise ValueError(f"no weights have these shares: the upper ones{of} are {_sum_of(high[row])}, less than 1")
    return np.where(units.present, low, 0.0), np.where(units.present, high, 0.0)


@dataclass(frozen=True)
class BenefitOfTheDoubt(MatrixAggregation):
    """Give each unit the weights by which it is nearest to the best unit, and score how near it is.

    The weights of the methodology do not count. `lower` and `upper` bound the share of each component in the score, for
    all of them, as a list in the order of the index file, or by name. The directional score looks how often
    `direction`, in normalised values, can be added to a unit until it is on the frontier; the multi-directional one
    takes for each unit its own room for improvement in each component. Common weights are those by which the scores of
    all units are nearest, by least squares, to what each would have with weights of its own; they need scipy. A
    component that a unit misses has no share in its score, and in what others are compared with it counts as nothing.
    """

    name = "benefit_of_the_doubt"
    reference = (
        "Melyn & Moesen (1991), Public Economics Research Paper 17, KU Leuven; Cherchye, Moesen, Rogge & Van "
        "Puyenbroeck (2007), Social Indicators Research 82(1), for shares; Fusco (2015), European Journal of "
        "Operational Research 242(2), directional, and (2023), Socio-Economic Planning Sciences 85, multi-directional; "
        "Kao & Hung (2005), Journal of the Operational Research Society 56(10), for common weights"
    )
    formula = "<form><penalised>"
    symbols = {"lower": "l_j", "upper": "u_j", "direction": "d"}
    variants = {
        "form": {
            "radial": "<weights>",
            "directional": (
                r"\frac{1}{1 + \eta_i}, \quad \eta_i = \max \{ \eta : \sum_k \lambda_k z_k \ge z_i + \eta d, \; \sum_k "
                r"\lambda_k \le 1, \; \lambda \ge 0 \}"
            ),
            "multi_directional": (
                r"\frac{1}{1 + \eta_i}, \quad \eta_i = \max \{ \eta : \sum_k \lambda_k z_k \ge z_i + \eta g_i, \; "
                r"\sum_k "
                r"\lambda_k \le 1, \; \lambda \ge 0 \}, \quad g_{ij} \text{ the room of } i \text{ in component } j "
                r"\text{ alone}"
            ),
        },
        "weights": {
            "own": (
                r"\max_w \sum_j w_j z_{ij}, \quad \sum_j w_j z_{kj} \le 1 \; \forall k, \; w \ge 0, \; l_j \le "
                r"\frac{w_j "
                r"z_{ij}}{\sum_m w_m z_{im}} \le u_j"
            ),
            "common": (
                r"\sum_j w_j z_{ij}, \quad w = \arg\min_w \sum_i (E_i - \sum_j w_j z_{ij})^2, \; \sum_j w_j z_{kj} "
                r"\le 1 "
                r"\; \forall k, \; w \ge 0, \quad E_i \text{ the score with weights of its own}"
            ),
        },
        "penalised": {
            False: "",
            True: r", \quad \text{times } 1 - (s_i / \bar z_i)^2 \text{ of the components of } i",
        },
    }
    properties = frozenset({Property.MONOTONE, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO})

    lower: Annotated[Shares, Field(description="the least share of each component in the score")] = 0.0
    upper: Annotated[Shares, Field(description="the largest share of each component in the score")] = 1.0
    form: Annotated[
        Literal["radial", "directional", "multi_directional"], Field(description="by which way to the frontier")
    ] = "radial"
    direction: Annotated[Shares, Field(description="directional: what is added to each component")] = 1.0
    weights: Annotated[Literal["own", "common"], Field(description="of each unit, or one set for all")] = "own"
    penalised: Annotated[
        bool, Field(description="times 1 less the squared coefficient of variation of the unit's components")
    ] = False

    def __post_init__(self) -> None:
        _checked(self.lower, self.upper)
        if self._bounded and (self.form != "radial" or self.weights == "common"):
            raise ValueError("shares are bounded in the radial form with weights of each unit's own")
        if self.weights == "common" and self.form != "radial":
            raise ValueError("common weights go with the radial form")
        if min(_all(self.direction), default=0) < 0 or max(_all(self.direction), default=0) == 0:
            raise ValueError("direction must not be negative, nor all zero")
        if self.direction != 1 and self.form != "directional":
            raise ValueError('direction goes with form = "directional"')

    @property
    def _bounded(self) -> bool:
        return self.lower != 0 or self.upper != 1

    @property
    def domain(self) -> Domain:
        return Domain.POSITIVE if self._bounded else Domain.NON_NEGATIVE

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        units = _Units.of(values)
        scores = self._scores(units, context)[0][units.kind]
        return scores * _balance(values) if self.penalised else scores

    def unit_details(self, values: Array, weights: Array, context: MatrixContext) -> Told:
        units = _Units.of(values)
        _, of_all, found = self._scores(units, context)
        told: Told = {}
        if self.form == "multi_directional":
            reached = units.values + found.value[:, None] * of_all
            told |= _columns("efficiency", context, _ratio(units.values, reached), units)
            told |= _columns("room", context, of_all * units.scale, units)
        else:
            told |= _columns("weight", context, of_all / units.scale, units)
        if self.form == "radial":
            worth = of_all * units.values
            total = worth.sum(axis=1, keepdims=True)
            told |= _columns("share", context, _ratio(worth, np.where(total > 0, total, 1.0)), units)
        return told | ({"peers": found.peers(units.kind, context.units)} if self.weights == "own" else {})

    def _scores(self, units: _Units, context: MatrixContext) -> tuple[Array, Array, Found]:
        """Return scores, the weights of each unit (or its directions), and the way to the frontier."""
        if self.form == "radial":
            found = _radial(units, _shares(self.lower, self.upper, units, context) if self._bounded else None)
            scores = np.where(units.values.any(axis=1), 1 / (1 + found.value), 0.0)
            if self.weights == "own":
                return scores, found.prices * scores[:, None], found
            if not units.present.all():
                raise ValueError("common weights need units that have all components")
            common = common_weights(units.values, scores, np.bincount(units.kind))
            return np.minimum(units.values @ common, 1.0), np.broadcast_to(common, units.values.shape), found
        if self.form == "directional":
            direction = _each("direction", self.direction, context, 0.0)
            if ((direction > 0) & ((direction <= _TRACE * units.scale) | (units.scale <= _TRACE * direction))).any():
                raise ValueError("direction is out of all proportion to the values")
            direction /= units.scale
            found = _towards(units.values, np.where(units.present, direction, 0.0))
            return 1 / (1 + found.value), found.prices, found
        room = _room(units.values) * units.present
        found = _towards(units.values, room)
        gained = found.value[:, None] * room * units.scale
        reached = units.values * units.scale + gained
        return 1 - gained.sum(axis=1) / np.maximum(reached.sum(axis=1), np.finfo(float).tiny), room, found


def _radial(units: _Units, shares: tuple[Array, Array] | None, nudge: Array | None = None) -> Found:
    """Return how much further each unit could be in the same proportions; one without anything goes nowhere."""
    values = units.values
    direction = np.where(values.any(axis=1, keepdims=True), values, 1.0)
    return distance(values, values, direction, shares=shares, nudge=nudge, among=_candidates(values))


def _candidates(values: Array) -> Whole | None:
    """Return the rows that may be on the frontier, as a few that certainly are tell, where that is worth the while."""
    size, width = values.shape
    if size < _MANY:
        return None
    prices = np.random.default_rng(0).dirichlet(np.full(width, 0.5), _SURE)
    sure = np.unique((values @ np.concatenate([np.eye(width), prices]).T).argmax(axis=0))
    direction = np.where(values.any(axis=1, keepdims=True), values, 1.0)
    near: Whole = np.flatnonzero(distance(values, values, direction, among=sure).value <= 0)
    return near


def _towards(values: Array, direction: Array) -> Found:
    """Return how often a direction of each unit can be added; not at all where there is none."""
    moves = direction.max(axis=1, keepdims=True) > 0
    found = distance(values, values, np.where(moves, direction, 1.0), among=_candidates(values))
    return replace(found, value=np.where(moves[:, 0], found.value, 0.0))


def _room(values: Array) -> Array:
    """Return how much more of each component a unit could have and no less of the others."""
    room, among = np.zeros_like(values), _candidates(values)
    for number in range(values.shape[1]):
        one = np.zeros_like(values)
        one[:, number] = 1.0
        room[:, number] = distance(values, values, one, among=among).value
    return room


def _ratio(above: Array, below: Array) -> Array:
    """Divide, 1 where there is nothing to divide by."""
    ratio: Array = np.divide(above, below, out=np.ones_like(above), where=below != 0)
    return ratio


def _balance(values: Array) -> Array:
    """Return 1 less the square of the coefficient of variation of what each unit has."""
    present = ~np.isnan(values)
    own = np.where(present, values, 0.0)
    largest = own.max(axis=1, keepdims=True)
    own = own / np.where(largest > 0, largest, 1.0)  # squares of small values would be nothing
    count = present.sum(axis=1)
    mean = own.sum(axis=1) / count
    variance = (np.where(present, own - mean[:, None], 0.0) ** 2).sum(axis=1) / np.maximum(count - 1, 1)
    balance: Array = 1 - variance / np.where(mean > 0, mean, 1.0) ** 2
    return balance


def _columns(what: str, context: MatrixContext, found: Array, units: _Units) -> Told:
    every, there = found[units.kind], units.present[units.kind]
    return {
        f"{what} {name}": [
            value if has else None for value, has in zip(every[:, number].tolist(), there[:, number], strict=True)
        ]
        for number, name in enumerate(context.components)
    }


@dataclass(frozen=True)
class GeometricBenefitOfTheDoubt(MatrixAggregation):
    """Multiply how a unit compares with a base in each component, to the power of the shares that are best for it.

    The shares are those of `benefit_of_the_doubt` within the same bounds; where several are equally good, those by
    which the unit scores highest. The base is the mean of each component, or what is given. Where a unit misses a
    component, the others share the whole.
    """

    name = "geometric_bod"
    reference = "Van Puyenbroeck & Rogge (2017), European Journal of Operational Research 256(3)"
    formula = (
        r"\prod_j \left( \frac{z_{ij}}{b_j} \right)^{\omega_{ij}}, \quad \omega_{ij} = \frac{w_{ij} "
        r"z_{ij}}{\sum_m w_{im} z_{im}}, \quad w_i = \arg\max_w \sum_j w_j z_{ij}, \; \sum_j w_j z_{kj} \le 1 \; "
        r"\forall k, \; l_j \le \omega_{ij} \le u_j<base>"
    )
    symbols = {"lower": "l_j", "upper": "u_j", "base": "b_j"}
    variants = {
        "base": {
            None: r", \quad b_j = \bar z_j",
            ...: "",
        },
    }
    domain = Domain.POSITIVE
    properties = frozenset({Property.SCALE_INVARIANT})

    lower: Annotated[Shares, Field(description="the least share of each component")] = 0.0
    upper: Annotated[Shares, Field(description="the largest share of each component")] = 1.0
    base: Annotated[
        tuple[float, ...] | dict[str, float] | None,
        Field(description="values to compare with, of each component; otherwise the means"),
    ] = None

    def __post_init__(self) -> None:
        _checked(self.lower, self.upper)
        if self.base is not None and min(_all(self.base), default=0.0) <= 0:
            raise ValueError("base must be positive")

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        units = _Units.of(values)
        shares, ratios, _ = self._shares(units, values, context)
        scores: Array = np.exp((shares * ratios).sum(axis=1))
        return scores[units.kind]

    def unit_details(self, values: Array, weights: Array, context: MatrixContext) -> Told:
        units = _Units.of(values)
        shares, _, found = self._shares(units, values, context)
        return _columns("share", context, shares, units) | {"peers": found.peers(units.kind, context.units)}

    def _shares(self, units: _Units, values: Array, context: MatrixContext) -> tuple[Array, Array, Found]:
        """Return the shares, the logarithms of how units compare with the base, and the way to the frontier."""
        present = ~np.isnan(values)
        with np.errstate(over="ignore"):  # the core refuses the scores if a sum is beyond the largest number
            base = np.where(present, values, 0.0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
        if self.base is not None:
            base = _each("base", self.base, context, np.nan)
            if without := [name for name, value in zip(context.components, base, strict=True) if np.isnan(value)]:
                raise ValueError(f"base does not name {', '.join(without)}")
        bounds = _shares(self.lower, self.upper, units, context)
        logarithms = np.log(units.exact) + np.log(units.scale) - np.log(np.where(base > 0, base, 1.0))
        ratios = np.where(units.present, logarithms, 0.0)
        nudge = _NUDGE * np.clip(ratios, -100, 100) * units.values
        found = _radial(units, bounds, nudge)
        return found.prices * units.values, ratios, found
