"""Compromise solutions: scores of units relative to the best and the worst observed values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from indicia.methods import Aggregation, Domain, Property, row_max, row_min, row_product, row_sum, where
from indicia_methods.aggregation.percomponent import by_name
from indicia_methods.aggregation.properties import DISTANCE_SUM, RATIO_SUM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Component, Components, Expression


@dataclass(frozen=True)
class Vikor(Aggregation):
    """Mix the sum of all losses and the largest loss of a unit, each relative to the best and the worst unit."""

    name = "vikor"
    reference = (
        "Opricovic & Tzeng (2004), European Journal of Operational Research 156(2), doi:10.1016/S0377-2217(03)00020-1"
    )
    formula = r"<report>S = \sum_j l_j, \; R = \max_j l_j, \; l_j = w_j \frac{\max z_j - z_j}{\max z_j - \min z_j}"
    symbols = {"v": "v"}
    variants = {
        "report": {
            "q": r"Q = v \frac{S - \min S}{\max S - \min S} + (1 - v) \frac{R - \min R}{\max R - \min R}, \quad ",
            "s": r"S, \quad ",
            "r": r"R, \quad ",
        },
    }
    low_is_best = True
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    detail_tables = {
        "units": "a unit: S, R and Q, the two conditions of the paper, and whether it is in the compromise set"
    }

    report: Annotated[
        Literal["q", "s", "r"], Field(description="score: the compromise Q, the sum of losses S, or the largest loss R")
    ] = "q"
    v: Annotated[float, Field(ge=0, le=1, description="v, the share of the sum of losses")] = 0.5

    def combine(self, components: Components) -> Expression:
        losses = _losses(components)
        if self.report == "s":
            return row_sum(losses)
        if self.report == "r":
            return row_max(losses)
        return self._compromise(
            components, components.cache_column(row_sum(losses)), components.cache_column(row_max(losses))
        )

    def _compromise(self, components: Components, s: Expression, r: Expression) -> Expression:
        relative_s = (s - components.aggregate(s.min())) / components.aggregate(_span(s))
        relative_r = (r - components.aggregate(r.min())) / components.aggregate(_span(r))
        return self.v * relative_s + (1 - self.v) * relative_r

    def details(self, components: Components) -> Mapping[str, Expression]:
        """Return S, R and Q, the two conditions of the paper, and the compromise set.

        C1, acceptable advantage: Q of the second unit exceeds Q of the first by at least 1 / (n - 1). C2, acceptable
        stability: the first by Q is also the first by S or by R. If both hold, the set is the first unit. If only C1
        holds, the second joins it. Without C1, all units within 1 / (n - 1) join it.
        """
        losses, aggregate = _losses(components), components.aggregate
        s, r = components.cache_column(row_sum(losses)), components.cache_column(row_max(losses))
        q = components.cache_column(self._compromise(components, s, r))
        gap = q - aggregate(q.min())
        second_gap = aggregate(q.bottom_k(2).max() - q.min())
        threshold = aggregate(1 / (q.count() - 1).clip(1))
        is_first = gap <= _ROUNDING
        is_first_by_s_or_r = (s <= aggregate(s.min()) + _ROUNDING) | (r <= aggregate(r.min()) + _ROUNDING)
        advantage = second_gap >= threshold - _ROUNDING
        stability = aggregate((is_first & is_first_by_s_or_r).any().cast(float)) > 0
        in_set = where(
            advantage, is_first | (~stability & (gap <= second_gap + _ROUNDING)), gap < threshold - _ROUNDING
        )
        return {
            "s": s,
            "r": r,
            "q": q,
            "advantage": _label(advantage, "holds", "fails"),
            "stability": _label(stability, "holds", "fails"),
            "compromise": _label(in_set, "in the compromise set", "outside"),
        }


_ROUNDING = 1e-12
"""Values that differ by at most this are equal."""


def _losses(components: Components) -> list[Expression]:
    return [c.w * ((c.s.max - c.z) / c.s(_span(c.z))) for c in components]


def _label(holds: Expression, yes: str, no: str) -> Expression:
    return holds.replace_strict([True, False], [yes, no])


def _span(column: Expression) -> Expression:
    """Return the range; 1 if all values are equal, so that relative values are 0."""
    return (column.max() - column.min()).replace(0.0, 1.0)


@dataclass(frozen=True)
class Marcos(Aggregation):
    """Compare the weighted sum with those of the best and of the worst observed values (utility degrees)."""

    name = "marcos"
    reference = (
        "Stević, Pamučar, Puška & Chatterjee (2020), Computers & Industrial Engineering 140, "
        "doi:10.1016/j.cie.2019.106231"
    )
    formula = (
        r"\frac{K^+ + K^-}{1 + \frac{1 - f^+}{f^+} + \frac{1 - f^-}{f^-}} = \frac{S (S^+ + S^-)}"
        r"{(S^+)^2 + S^+ S^- + (S^-)^2}, \quad K^\pm = \frac{S}{S^\pm}, \; f^\pm = \frac{K^\mp}{K^+ + K^-}, \quad "
        r"S = \sum_j w_j z_j, \; S^+ = \sum_j w_j \max z_j, \; S^- = \sum_j w_j \min z_j"
    )
    domain = Domain.NON_NEGATIVE
    canonical_normalisation = "linear_ratio"
    properties = RATIO_SUM

    def combine(self, components: Components) -> Expression:
        best = components.cache_column(row_sum(_where_present(c, c.w * c.s.max) for c in components))
        worst = components.cache_column(row_sum(_where_present(c, c.w * c.s.min) for c in components))
        # multiplied by S⁻, so that the score exists for worst values of 0
        return row_sum(c.w * c.z for c in components) * (best + worst) / (best**2 + best * worst + worst**2)


@dataclass(frozen=True)
class Aras(Aggregation):
    """Divide the weighted sum by that of an optimal row, which counts as an additional unit.

    The optimal row has the best observed values. With `optimal`, it has these values, of costs too, and the input are
    raw values (normalisation `none`), those of costs above 0; another normalisation takes optimal values on its scale.
    """

    name = "aras"
    reference = (
        "Zavadskas & Turskis (2010), Technological and Economic Development of Economy 16(2), doi:10.3846/tede.2010.10"
    )
    formula = r"\frac{\sum_j w_j r_j}{\sum_j w_j r_j^+}, \quad <optimal>"
    symbols = {"optimal": "x_j^+"}
    variants = {
        "optimal": {
            None: r"r_j = \frac{z_j}{\max z_j + \sum z_j}, \; r_j^+ = \frac{\max z_j}{\max z_j + \sum z_j}",
            ...: (
                r"r_j = \frac{x_j}{x_j^+ + \sum x_j}, \; r_j^+ = \frac{x_j^+}{x_j^+ + \sum x_j}, \text{ of a cost with "
                r"} 1 / x_j, \; 1 / x_j^+"
            ),
        },
    }
    domain = Domain.NON_NEGATIVE

    optimal: Annotated[
        dict[str, float] | None,
        Field(description="optimal value of each component, by name; the best observed values if omitted"),
    ] = None

    def __post_init__(self) -> None:
        for name, value in (self.optimal or {}).items():
            if value <= 0:
                raise ValueError(f"optimal of {name} is {value:g}, and has to be above 0")

    @property
    def canonical_normalisation(self) -> str:  # type: ignore[override]
        return "sum" if self.optimal is None else "none"

    @property
    def oriented(self) -> bool:
        return self.optimal is None

    @property
    def properties(self) -> frozenset[Property]:  # type: ignore[override]
        of_all = frozenset({Property.MONOTONE, Property.COMPENSATORY})
        return of_all if self.optimal else of_all | {Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO}

    def combine(self, components: Components) -> Expression:
        if self.optimal is not None:
            return self._against_optimal(components, self.optimal)
        total = row_sum(c.w * (c.z / c.s(c.z.max() + c.z.sum())) for c in components)
        best = row_sum(_where_present(c, c.w * c.s(c.z.max() / (c.z.max() + c.z.sum()))) for c in components)
        return total / best

    def _against_optimal(self, components: Components, optimal: dict[str, float]) -> Expression:
        own, best = [], []
        for c, value in zip(components, by_name("optimal", optimal, [c.name for c in components]), strict=True):
            x, x_best = (c.z, value) if c.direction == "benefit" else (1 / c.z, 1 / value)
            total = components.aggregate(x_best + x.sum())
            own.append(c.w * x / total)
            best.append(_where_present(c, c.w * x_best / total))
        return row_sum(own) / row_sum(best)


@dataclass(frozen=True)
class Cradis(Aggregation):
    """Average two ratios: distances to the largest and to the smallest weighted value, relative to the best unit.

    The best unit is a fictitious unit with the best observed value of each component.
    """

    name = "cradis"
    reference = (
        "Puška, Stević & Pamučar (2022), Environment, Development and Sustainability 24, doi:10.1007/s10668-021-01902-2"
    )
    formula = (
        r"\frac12 \left( \frac{S_0^+}{S^+} + \frac{S^-}{S_0^-} \right), \quad S^+ = \sum_j (\max_{k} v_k^+ - v_j), "
        r"\; S^- = \sum_j (v_j - \min_{k} v_k^-), \; v_j = w_j z_j, \; v_j^+ = \max v_j, \; v_j^- = \min v_j, "
        r"\quad S_0^\pm \text{ those of } v^+"
    )
    canonical_normalisation = "linear_ratio"
    properties = DISTANCE_SUM

    def combine(self, components: Components) -> Expression:
        best = [_where_present(c, c.w * c.s.max) for c in components]
        worst = [_where_present(c, c.w * c.s.min) for c in components]
        cache = components.cache_column
        ideal, anti_ideal = cache(row_max(best)), cache(row_min(worst))
        count = cache(row_sum(_where_present(c, 1.0) for c in components))
        own_sum, best_sum = cache(row_sum(c.w * c.z for c in components)), cache(row_sum(best))
        # Σ (a - v_j) = k a - Σ v_j, with k the number of present components
        to_ideal, best_to_ideal = count * ideal - own_sum, count * ideal - best_sum
        to_anti_ideal, best_to_anti_ideal = own_sum - count * anti_ideal, best_sum - count * anti_ideal
        # only the best unit itself has a distance of 0; its ratio is 1
        first = where(to_ideal > 0, best_to_ideal / to_ideal, 1.0)
        second = where(best_to_anti_ideal > 0, to_anti_ideal / best_to_anti_ideal, 1.0)
        return (first + second) / 2


def _where_present(c: Component, value: Expression | float) -> Expression:
    """Return the value; missing if the unit misses the component."""
    return where(c.z.is_null(), c.z, value)


@dataclass(frozen=True)
class Wisp(Aggregation):
    """Average four utilities: the differences and the ratios of the sums and of the products of benefits and costs.

    Without benefits, or without costs, their term is 0 in a difference and 1 in a ratio.
    """

    name = "wisp"
    reference = (
        "Stanujkic, Popovic, Karabasevic, Meidute-Kavaliauskiene & Ulutaş (2023), "
        "IEEE Transactions on Engineering Management 70(5), "
        "doi:10.1109/TEM.2021.3075783"
    )
    formula = (
        r"\frac14 \sum_u \frac{1 + u}{1 + \max u}, \quad u \in \left\{ S_B - S_C, \; P_B - P_C, \; \frac{S_B}{S_C}, "
        r"\; \frac{P_B}{P_C} \right\}, \; S = \sum_j w_j z_j, \; P = \prod_j w_j z_j"
    )
    domain = Domain.POSITIVE
    canonical_normalisation = "max"
    oriented = False
    properties = frozenset({Property.COMPENSATORY, Property.SCALE_INVARIANT})

    def combine(self, components: Components) -> Expression:
        sums, products = [], []
        for direction in ("benefit", "cost"):
            values = [c.w * c.z for c in components if c.direction == direction] or [0.0 * components[0].z]
            sums.append(components.cache_column(row_sum(values)))
            products.append(components.cache_column(row_product(where(value > 0, value, 1.0) for value in values)))
        (gained, given_up), (gains, losses) = sums, products
        utilities = [
            gained - given_up,
            where(gained > 0, gains, 0.0) - where(given_up > 0, losses, 0.0),
            where(gained > 0, gained, 1.0) / where(given_up > 0, given_up, 1.0),
            gains / losses,
        ]
        return row_sum((1 + u) / (1 + components.aggregate(u.max())) for u in utilities) / 4
