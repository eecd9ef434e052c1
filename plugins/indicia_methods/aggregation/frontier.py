"""Methods of a frontier: common weights, shares and efficiency."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field

from indicia.errors import require_optional
from indicia.methods import Array, Domain, MatrixAggregation, MatrixContext, Property
from indicia.methods.numbers import widened
from indicia_methods.aggregation.envelopment import Envelopment, distance
from indicia_methods.aggregation.percomponent import of_each

if TYPE_CHECKING:
    from indicia_methods.arrays import Integers, Mask

    Details: TypeAlias = dict[str, list[float | str | None]]


_TOLERANCE = 1e-7
"""Units with a score this close to 1 are among the best."""

_STEPS = 200
"""Limit of the steps; many are needed only if components are nearly linear combinations of others."""


def common_weights(values: Array, target: Array, multiplicity: Integers) -> Array:
    """Return the non-negative weights whose scores are nearest to the target, with no score above 1.

    `multiplicity` is the number of units with the same values. If components are linearly dependent, several weights
    are optimal. So each step adds a small penalty on the distance from the last weights, which makes its solution
    unique (proximal point method). The steps end when the scores no longer change.
    """
    best_units = values[target >= 1 - _TOLERANCE]
    limits = np.concatenate([np.eye(values.shape[1]), -best_units])
    bounds = np.concatenate([np.zeros(values.shape[1]), -np.ones(len(best_units))])
    root_multiplicity = np.sqrt(multiplicity)
    damping = 1e-4 * (np.linalg.norm(values * root_multiplicity[:, None], 2) or 1.0)
    stacked = np.concatenate([values * root_multiplicity[:, None], damping * np.eye(values.shape[1])])
    orthogonal, triangular = np.linalg.qr(stacked)
    limits_in_basis = np.linalg.solve(triangular.T, limits.T).T
    weights = np.zeros(values.shape[1])
    for _ in range(_STEPS):
        projected = orthogonal.T @ np.concatenate([target * root_multiplicity, damping * weights])
        next_weights = np.linalg.solve(
            triangular, projected + _least_norm(limits_in_basis, bounds - limits_in_basis @ projected)
        )
        change = np.abs(values @ (next_weights - weights)).max()
        weights = np.maximum(next_weights, 0.0)
        if change < 1e-13:
            break
    return weights


def _least_norm(limits: Array, bounds: Array) -> Array:
    """Return the vector of least norm that satisfies the limits (LDP: Lawson & Hanson 1974, chapter 23)."""
    stacked = np.concatenate([limits.T, bounds[None, :]])
    last = np.zeros(len(stacked))
    last[-1] = 1.0
    multipliers, _ = require_optional("scipy.optimize", "common weights", "scipy").nnls(stacked, last)
    rest = stacked @ multipliers - last
    least: Array = -rest[:-1] / rest[-1]
    return least


Shares: TypeAlias = float | tuple[float, ...] | dict[str, float]


def by_component(parameter: str, parameter_value: Shares, context: MatrixContext, default: float) -> Array:
    """Return the value of a parameter for each component; the default if a component is not named."""
    values = [case[parameter] for case in of_each({parameter: parameter_value}, context.components)]
    return np.array([default if value is None else value for value in values], dtype=float)


def all_values(values: Shares) -> tuple[float, ...]:
    """Return all values of a parameter."""
    return tuple(values.values()) if isinstance(values, dict) else values if isinstance(values, tuple) else (values,)


def check_shares(lower: Shares, upper: Shares) -> None:
    """Refuse shares that are not between 0 and 1."""
    for name, shares in (("lower", lower), ("upper", upper)):
        if any(not 0 <= share <= 1 for share in all_values(shares)):
            raise ValueError(f"{name} must be a share between 0 and 1")


def _sum_text(shares: Array) -> str:
    """Write a sum with its terms."""
    if len(set(shares.tolist())) == 1:
        return f"{len(shares)} × {shares[0]:g} = {shares.sum():g}"
    return f"{' + '.join(f'{share:g}' for share in shares)} = {shares.sum():g}"


def share_bounds(lower: Shares, upper: Shares, present: Mask, context: MatrixContext) -> tuple[Array, Array]:
    """Return the bounds of each unit's shares; refuse bounds that no shares with sum 1 satisfy."""
    low, high = by_component("lower", lower, context, 0.0), by_component("upper", upper, context, 1.0)
    width = len(context.components)
    for name, lowest, highest in zip(context.components, low.tolist(), high.tolist(), strict=True):
        if lowest > highest:
            raise ValueError(f"lower = {lowest:g} exceeds upper = {highest:g} for {name}")
    below, above = widened(1, 1)
    for row in np.unique(present, axis=0):
        case = "" if row.all() else f" of a unit that has {row.sum()} of {width} components"
        if low[row].sum() > above:
            raise ValueError(f"no weights have these shares: lower bounds{case} are {_sum_text(low[row])}, more than 1")
        if high[row].sum() < below:
            raise ValueError(
                f"no weights have these shares: upper bounds{case} are {_sum_text(high[row])}, less than 1"
            )
    low, high = np.where(present, low, 0.0), np.where(present, high, 0.0)
    return low / low.sum(axis=1, keepdims=True).clip(min=1.0), high / high.sum(axis=1, keepdims=True).clip(max=1.0)


_NUDGE = 1e-7
"""Size of the shift of units that chooses among equally good weights."""

_MANY, _SAMPLE = 20_000, 200
"""From this number of units on, this number of random prices finds a first part of the frontier."""

_NEGLIGIBLE = 1e-13
"""Values up to this share of the largest count as 0."""

_FREEDOM = 1e-9
"""Share of the sum of the weights that lower bounds leave free at least."""


@dataclass(frozen=True)
class _Units:
    """The kinds of units (units of equal values are one kind), sorted: the order of the table has no effect."""

    values: Array
    """Shares of the largest value; 0 where a unit misses a component, and for negligible shares."""
    exact: Array
    """The same with negligible shares, and 1 where a unit misses a component."""
    present: Mask
    scale: Array
    kind: Integers
    """The kind of each unit."""

    @classmethod
    def of(cls, values: Array) -> _Units:
        largest: Array = np.fmax.reduce(values)
        scale = np.where(largest > 0, largest, 1.0)  # the largest of a component that no unit has is NaN
        distinct, kind = np.unique(np.nan_to_num(values / scale, nan=-1.0), axis=0, return_inverse=True)
        present = distinct >= 0
        positive = np.where(distinct > _NEGLIGIBLE, distinct, 0.0)
        return cls(positive, np.where(present, distinct, 1.0), present, scale, kind.ravel())


def _shares(lower: Shares, upper: Shares, units: _Units, context: MatrixContext) -> tuple[Array, Array]:
    """Return the bounds of each unit's shares; refuse bounds that no shares with sum 1 satisfy, and tiny values."""
    if (units.exact <= _NEGLIGIBLE).any():
        raise ValueError(f"some values are below {_NEGLIGIBLE:g} of the largest, too small for bounds: round them")
    return share_bounds(lower, upper, units.present, context)


def _weight_shares(lower: Shares, upper: Shares, units: _Units, context: MatrixContext) -> tuple[Array, Array]:
    """Return the bounds of the shares in the sum of each unit's weights, as `distance` takes them."""
    bounds = share_bounds(lower, upper, units.present, context)
    if (bounds[0].sum(axis=1) > 1 - _FREEDOM).any():
        raise ValueError("lower leaves no choice of weights: state these weights, and aggregate with them")
    worth = units.scale / units.scale[:, None]  # prices are of shares of the largest value; the bounds, of weights
    least, most = (share[:, None, :] * worth for share in bounds)
    return least, most


@dataclass(frozen=True)
class BenefitOfTheDoubt(MatrixAggregation):
    """Score each unit with the weights that are best for it, as a share of the best unit's score.

    The method ignores the weights of the methodology. `lower` and `upper` bound the share of each component: a
    number for all components, a list in the order of the index file, or by name. These are shares of the score,
    which do not depend on the units of measure, or with `shares_of = "weights"` of the sum of the unit's weights,
    as in the Handbook (Table 19), which do. The directional score depends on how many times `direction`, in
    normalised values, fits between a unit and the frontier. The multi-directional score takes the unit's own room
    for improvement in each component as the direction. Common weights are the same for all units; their scores are
    nearest, by least squares, to the scores with own weights (needs scipy). A component that a unit misses has no
    share in its score, and is 0 in comparisons of other units with it.
    """

    name = "benefit_of_the_doubt"
    uses_weights = False
    reference = (
        "Melyn & Moesen (1991), Public Economics Research Paper 17, KU Leuven; Cherchye, Moesen, Rogge & Van "
        "Puyenbroeck (2007), Social Indicators Research 82(1), for shares; Fusco (2015), European Journal of "
        "Operational Research 242(2), directional, and Fusco (2023), Socio-Economic Planning Sciences 85, "
        "multi-directional; Kao & Hung (2005), Journal of the Operational Research Society 56(10), for common weights; "
        "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, for shares of the sum of weights"
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
                r"<shares_of> \le u_j"
            ),
            "common": (
                r"\sum_j w_j z_{ij}, \quad w = \arg\min_w \sum_i (E_i - \sum_j w_j z_{ij})^2, \; \sum_j w_j z_{kj} "
                r"\le 1 "
                r"\; \forall k, \; w \ge 0, \quad E_i \text{ the score with weights of its own}"
            ),
        },
        "shares_of": {
            "score": r"\frac{w_j z_{ij}}{\sum_m w_m z_{im}}",
            "weights": r"\frac{w_j}{\sum_m w_m}",
        },
        "penalised": {
            False: "",
            True: r", \quad \text{times } 1 - (s_i / \bar z_i)^2 \text{ of the components of } i",
        },
    }
    properties = frozenset({Property.DEFINED_AT_ZERO})
    detail_tables = {
        "units": "a unit: its weights and the shares of its score (multi-directional: efficiency and room) of each "
        "component, and the units that it is compared with"
    }

    lower: Annotated[Shares, Field(description="the least share of each component")] = 0.0
    upper: Annotated[Shares, Field(description="the largest share of each component")] = 1.0
    shares_of: Annotated[
        Literal["score", "weights"],
        Field(description="the whole of these shares: the unit's score, or the sum of its weights"),
    ] = "score"
    form: Annotated[
        Literal["radial", "directional", "multi_directional"],
        Field(description="measure of the distance to the frontier"),
    ] = "radial"
    direction: Annotated[Shares, Field(description="directional: increment of each component")] = 1.0
    weights: Annotated[Literal["own", "common"], Field(description="own weights of each unit, or one set")] = "own"
    penalised: Annotated[
        bool, Field(description="multiply by 1 less the squared coefficient of variation of the unit's components")
    ] = False

    def __post_init__(self) -> None:
        check_shares(self.lower, self.upper)
        if self._bounded and (self.form != "radial" or self.weights == "common"):
            raise ValueError("lower and upper need the radial form and own weights")
        if self.shares_of == "weights" and not self._bounded:
            raise ValueError('shares_of = "weights" needs lower or upper')
        if self.weights == "common" and self.form != "radial":
            raise ValueError("common weights need the radial form")
        if min(all_values(self.direction), default=0) < 0 or max(all_values(self.direction), default=0) == 0:
            raise ValueError("direction must not be negative, nor all zero")
        if self.direction != 1 and self.form != "directional":
            raise ValueError('direction needs form = "directional"')

    @property
    def _bounded(self) -> bool:
        return self.lower != 0 or self.upper != 1

    @property
    def domain(self) -> Domain:
        return Domain.POSITIVE if self._bounded and self.shares_of == "score" else Domain.NON_NEGATIVE

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        units = _Units.of(values)
        scores = self._scores(units, context)[0][units.kind]
        return scores * _balance(values) if self.penalised else scores

    def unit_details(self, values: Array, weights: Array, context: MatrixContext) -> Details:
        units = _Units.of(values)
        _, by_kind, envelopment = self._scores(units, context)  # by_kind: weights, or room if multi-directional
        details: Details = {}
        if self.form == "multi_directional":
            reached = units.values + envelopment.value[:, None] * by_kind
            details |= _columns("efficiency", context, _ratio(units.values, reached), units)
            details |= _columns("room", context, by_kind * units.scale, units)
        else:
            details |= _columns("weight", context, by_kind / units.scale, units)
        if self.form == "radial":
            contributions = by_kind * units.values
            total = contributions.sum(axis=1, keepdims=True)
            details |= _columns("share", context, _ratio(contributions, np.where(total > 0, total, 1.0)), units)
        return details | ({"peers": envelopment.peers(units.kind, context.units)} if self.weights == "own" else {})

    def _scores(self, units: _Units, context: MatrixContext) -> tuple[Array, Array, Envelopment]:
        """Return the scores, the weights (or directions) of each unit, and the solution of its programme."""
        if self.form == "radial":
            envelopment = self._radial(units, context)
            scores = np.where(units.values.any(axis=1), 1 / (1 + envelopment.value), 0.0)
            if self.weights == "own":
                return scores, envelopment.prices * scores[:, None], envelopment
            if not units.present.all():
                raise ValueError("common weights need units that have all components")
            common = common_weights(units.values, scores, np.bincount(units.kind))
            return np.minimum(units.values @ common, 1.0), np.broadcast_to(common, units.values.shape), envelopment
        if self.form == "directional":
            direction = by_component("direction", self.direction, context, 0.0)
            if (
                (direction > 0) & ((direction <= _NEGLIGIBLE * units.scale) | (units.scale <= _NEGLIGIBLE * direction))
            ).any():
                raise ValueError("direction and values differ by too many orders of magnitude: rescale direction")
            direction /= units.scale
            envelopment = _solve_direction(units.values, np.where(units.present, direction, 0.0))
            return 1 / (1 + envelopment.value), envelopment.prices, envelopment
        room = _room(units.values) * units.present
        envelopment = _solve_direction(units.values, room)
        gained = envelopment.value[:, None] * room * units.scale
        reached = units.values * units.scale + gained
        return 1 - gained.sum(axis=1) / np.maximum(reached.sum(axis=1), np.finfo(float).tiny), room, envelopment

    def _radial(self, units: _Units, context: MatrixContext) -> Envelopment:
        """Solve for the proportional increase of each unit within the bounds, if there are any."""
        if not self._bounded:
            return _solve_radial(units)
        if self.shares_of == "weights":
            return _solve_radial(units, weight_shares=_weight_shares(self.lower, self.upper, units, context))
        return _solve_radial(units, shares=_shares(self.lower, self.upper, units, context))


def _solve_radial(
    units: _Units,
    *,
    shares: tuple[Array, Array] | None = None,
    weight_shares: tuple[Array, Array] | None = None,
    nudge: Array | None = None,
) -> Envelopment:
    """Solve for the proportional increase of each unit; a unit of zeros gets the direction 1."""
    values = units.values
    direction = np.where(values.any(axis=1, keepdims=True), values, 1.0)
    candidates = _candidates(values)
    return distance(
        values, values, direction, shares=shares, weight_shares=weight_shares, nudge=nudge, candidates=candidates
    )


def _candidates(values: Array) -> Integers | None:
    """Return the rows that are not below the frontier of a sample of units; None for few units."""
    size, width = values.shape
    if size < _MANY:
        return None
    prices = np.random.default_rng(0).dirichlet(np.full(width, 0.5), _SAMPLE)
    sure_rows = np.unique((values @ np.concatenate([np.eye(width), prices]).T).argmax(axis=0))
    direction = np.where(values.any(axis=1, keepdims=True), values, 1.0)
    candidates: Integers = np.flatnonzero(distance(values, values, direction, candidates=sure_rows).value <= 0)
    return candidates


def _solve_direction(values: Array, direction: Array) -> Envelopment:
    """Solve for the multiples of a direction of each unit; 0 where the direction is 0."""
    has_direction = direction.max(axis=1, keepdims=True) > 0
    envelopment = distance(values, values, np.where(has_direction, direction, 1.0), candidates=_candidates(values))
    return replace(envelopment, value=np.where(has_direction[:, 0], envelopment.value, 0.0))


def _room(values: Array) -> Array:
    """Return the possible increase of each component of a unit, with the others unchanged."""
    room, candidates = np.zeros_like(values), _candidates(values)
    for number in range(values.shape[1]):
        unit_vector = np.zeros_like(values)
        unit_vector[:, number] = 1.0
        room[:, number] = distance(values, values, unit_vector, candidates=candidates).value
    return room


def _ratio(above: Array, below: Array) -> Array:
    """Divide; 1 where the divisor is 0."""
    ratio: Array = np.divide(above, below, out=np.ones_like(above), where=below != 0)
    return ratio


def _balance(values: Array) -> Array:
    """Return 1 less the squared coefficient of variation of the components that each unit has."""
    present = ~np.isnan(values)
    shares = np.where(present, values, 0.0)
    largest = shares.max(axis=1, keepdims=True)
    shares = shares / np.where(largest > 0, largest, 1.0)  # scaled first, since squares of small values may underflow
    count = present.sum(axis=1)
    mean = shares.sum(axis=1) / count
    variance = (np.where(present, shares - mean[:, None], 0.0) ** 2).sum(axis=1) / np.maximum(count - 1, 1)
    balance: Array = 1 - variance / np.where(mean > 0, mean, 1.0) ** 2
    return balance


def _columns(label: str, context: MatrixContext, values: Array, units: _Units) -> Details:
    by_unit, present = values[units.kind], units.present[units.kind]
    return {
        f"{label} {name}": [
            value if shown else None
            for value, shown in zip(by_unit[:, number].tolist(), present[:, number], strict=True)
        ]
        for number, name in enumerate(context.components)
    }


@dataclass(frozen=True)
class GeometricBenefitOfTheDoubt(MatrixAggregation):
    """Multiply the unit's ratios to a base, each to the power of its share in `benefit_of_the_doubt`.

    The shares are those with the best benefit-of-the-doubt score within the same bounds; of several, those with the
    highest geometric score. The base is the mean of each component, or `base`. If a unit misses a component, the shares
    of its other components sum to 1.
    """

    name = "geometric_bod"
    uses_weights = False
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
    detail_tables = {"units": "a unit: the share of each component, and the units that it is compared with"}

    lower: Annotated[Shares, Field(description="the least share of each component")] = 0.0
    upper: Annotated[Shares, Field(description="the largest share of each component")] = 1.0
    base: Annotated[
        tuple[float, ...] | dict[str, float] | None,
        Field(description="base value of each component; the means if omitted"),
    ] = None

    def __post_init__(self) -> None:
        check_shares(self.lower, self.upper)
        if self.base is not None and min(all_values(self.base), default=0.0) <= 0:
            raise ValueError("base must be positive")

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        units = _Units.of(values)
        shares, ratios, _ = self._shares(units, values, context)
        scores: Array = np.exp((shares * ratios).sum(axis=1))
        return scores[units.kind]

    def unit_details(self, values: Array, weights: Array, context: MatrixContext) -> Details:
        units = _Units.of(values)
        shares, _, envelopment = self._shares(units, values, context)
        return _columns("share", context, shares, units) | {"peers": envelopment.peers(units.kind, context.units)}

    def _shares(self, units: _Units, values: Array, context: MatrixContext) -> tuple[Array, Array, Envelopment]:
        """Return the shares, the logarithms of the ratios to the base, and the solution of the programme."""
        present = ~np.isnan(values)
        with np.errstate(over="ignore"):  # the core refuses the scores if a sum is beyond the largest number
            base = np.where(present, values, 0.0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
        if self.base is not None:
            base = by_component("base", self.base, context, np.nan)
            if absent := [name for name, value in zip(context.components, base, strict=True) if np.isnan(value)]:
                raise ValueError(f"base lacks {', '.join(absent)}")
        bounds = _shares(self.lower, self.upper, units, context)
        logarithms = np.log(units.exact) + np.log(units.scale) - np.log(np.where(base > 0, base, 1.0))
        ratios = np.where(units.present, logarithms, 0.0)
        nudge = _NUDGE * np.clip(ratios, -100, 100) * units.values
        envelopment = _solve_radial(units, shares=bounds, nudge=nudge)
        return envelopment.prices * units.values, ratios, envelopment
